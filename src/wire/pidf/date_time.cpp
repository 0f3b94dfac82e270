// SPDX-License-Identifier: Apache-2.0
#include "wire/pidf/date_time.h"

#include <chrono>

#include "base/text.h"

namespace tertulia::wire::pidf {

namespace {

/// Reads from the front; a failure stays.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}
  bool good() const { return good_; }
  bool at_end() const { return text_.empty(); }
  bool next_is(std::string_view any_of) const { return !text_.empty() && any_of.find(text_[0]) != any_of.npos; }
  char take(std::string_view any_of) {
    if (!next_is(any_of)) good_ = false;
    if (!good_) return '\0';
    const char c = text_[0];
    text_.remove_prefix(1);
    return c;
  }
  int number(std::size_t digits, int least, int most) {
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) value = value * 10 + (take("0123456789") - '0');
    if (value < least || value > most) good_ = false;
    return good_ ? value : least;
  }

 private:
  std::string_view text_;
  bool good_ = true;
};

}  // namespace

std::optional<base::WallTime> read_date_time(std::string_view text) {
  using namespace std::chrono;
  Cursor in(base::trimmed(text));
  const year year{in.number(4, 1, 9999)};
  in.take("-");
  const month month{static_cast<unsigned>(in.number(2, 1, 12))};
  in.take("-");
  const year_month_day date{year, month, day{static_cast<unsigned>(in.number(2, 1, 31))}};
  in.take("Tt ");
  const hours hour{in.number(2, 0, 23)};
  in.take(":");
  const minutes minute{in.number(2, 0, 59)};
  in.take(":");
  const seconds second{in.number(2, 0, 60)};  // a leap second counts into the next minute
  milliseconds fraction{0};
  if (in.next_is(".")) {
    in.take(".");
    for (int weight = 100; in.good() && (weight == 100 || in.next_is("0123456789")); weight /= 10)
      fraction += milliseconds{in.number(1, 0, 9) * weight};
  }
  minutes offset{0};
  if (in.next_is("+-")) {
    const int sign = in.take("+-") == '-' ? -1 : 1;
    offset = hours{in.number(2, 0, 23)};
    in.take(":");
    offset = sign * (offset + minutes{in.number(2, 0, 59)});
  } else if (in.next_is("Zz")) {
    in.take("Zz");
  }
  if (!in.good() || !in.at_end() || !date.ok()) return std::nullopt;
  const auto point = sys_days{date} + hour + minute + second + fraction - offset;
  // The offset may lead out of the years that can be written.
  constexpr sys_days first = sys_days{std::chrono::year{1} / 1 / 1};
  constexpr sys_days behind = sys_days{std::chrono::year{9999} / 12 / 31} + days{1};
  if (point < first || point >= behind) return std::nullopt;
  return base::WallTime{duration_cast<microseconds>(point.time_since_epoch()).count()};
}

}  // namespace tertulia::wire::pidf
