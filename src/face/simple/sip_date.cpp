// SPDX-License-Identifier: Apache-2.0
#include "face/simple/sip_date.h"

#include <array>
#include <chrono>
#include <string_view>

namespace tertulia::face::simple {
namespace {

constexpr std::array<std::string_view, 7> days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

void append_two(std::string& out, std::uint64_t number) {
  out.push_back(static_cast<char>('0' + number / 10 % 10));
  out.push_back(static_cast<char>('0' + number % 10));
}

}  // namespace

std::string sip_date(base::WallTime time) {
  const std::chrono::sys_time<std::chrono::microseconds> point{std::chrono::microseconds{time.us}};
  const auto midnight = std::chrono::floor<std::chrono::days>(point);
  const std::chrono::year_month_day date{midnight};
  const auto second = static_cast<std::uint64_t>(std::chrono::floor<std::chrono::seconds>(point - midnight).count());
  std::string out(days[std::chrono::weekday{midnight}.c_encoding()]);
  out.append(", ");
  append_two(out, static_cast<unsigned>(date.day()));
  out.append(" ").append(months[static_cast<unsigned>(date.month()) - 1]).append(" ");
  out.append(std::to_string(static_cast<int>(date.year()))).append(" ");
  append_two(out, second / 3600);
  out.push_back(':');
  append_two(out, second / 60 % 60);
  out.push_back(':');
  append_two(out, second % 60);
  return out.append(" GMT");
}

}  // namespace tertulia::face::simple
