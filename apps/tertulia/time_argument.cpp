// SPDX-License-Identifier: Apache-2.0
#include "time_argument.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>

namespace tertulia::app {

using base::Error;
using base::Reason;
using base::Result;

Result<base::WallTime> time_of(const std::string& given) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  const std::string text = given.ends_with('Z') ? given.substr(0, given.size() - 1) : given;
  const int fields =
      std::sscanf(text.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d", &year, &month, &day, &hour, &minute, &second);  // NOLINT
  std::string again = fmt::format("{:04}-{:02}-{:02}", year, month, day);  // the same, if nothing was passed over
  if (fields > 3) again += fmt::format("T{:02}:{:02}", hour, minute);
  if (fields > 5) again += fmt::format(":{:02}", second);
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (again != text || fields == 4 || !date.ok() || hour > 23 || minute > 59 || second > 59)
    return Error{Reason::command_malformed, fmt::format("{}: a time like 2026-03-01T09:30 is needed", given)};
  const auto days = std::chrono::sys_days{date}.time_since_epoch();
  const base::Duration whole =
      days + std::chrono::hours{hour} + std::chrono::minutes{minute} + std::chrono::seconds{second};
  return base::WallTime{whole.count()};
}

}  // namespace tertulia::app
