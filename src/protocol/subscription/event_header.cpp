// SPDX-License-Identifier: Apache-2.0
#include "protocol/subscription/event_header.h"

#include <algorithm>

#include "base/text.h"
#include "protocol/subscription/limits.h"
#include "wire/sip/scan.h"

namespace tertulia::protocol::subscription {
namespace {

using base::Duration;
using base::Error;
using base::Reason;
using base::Result;

constexpr std::uint64_t ten_digits = 10'000'000'000ULL;
constexpr std::uint64_t us_per_second = 1'000'000;

/// `1*2DIGIT [ "." 1*10DIGIT ]` (RFC 6446 7.1) as notifications in 10^10 seconds.
std::optional<std::uint64_t> read_rate(std::string_view text) {
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view part = point == std::string_view::npos ? std::string_view("0") : text.substr(point + 1);
  if (whole.empty() || whole.size() > 2 || part.empty() || part.size() > 10) return std::nullopt;
  const auto high = base::to_number(whole);
  auto low = base::to_number(part);
  if (!high || !low) return std::nullopt;
  for (std::size_t i = part.size(); i < 10; ++i) *low *= 10;
  return *high * ten_digits + *low;
}

/// One over the rate; a rate of nothing is no wish.
std::optional<Duration> interval_of(std::uint64_t rate) {
  if (rate == 0) return std::nullopt;
  const std::uint64_t us = us_per_second * ten_digits / rate;  // 10^16 fits
  return std::min(Duration{static_cast<std::int64_t>(us)}, pace_slowest);
}

bool read_rate_into(const wire::sip::Parameters& parameters, std::string_view name, std::optional<Duration>& interval) {
  const wire::sip::Parameter* found = parameters.find(name);
  if (found == nullptr) return true;
  const auto rate = read_rate(found->value);
  if (!rate) return false;
  interval = interval_of(*rate);
  return true;
}

void append_rate(std::string& out, std::string_view name, const std::optional<Duration>& interval) {
  if (interval) out.append(";").append(name).append("=").append(rate_text(*interval));
}

}  // namespace

Result<EventHeader> EventHeader::parse(std::string_view value) {
  wire::sip::ScanView scan(value);
  scan.skip_lws();
  EventHeader event;
  event.package = scan.take_run(wire::sip::chars::token);
  wire::sip::Parameters parameters;
  const bool good = !event.package.empty() && event.package.size() <= event_name_octets_max &&
                    wire::sip::read_parameters(scan, parameters);
  if (!good) return Error{Reason::header_malformed, "Event"};
  event.id = parameters.value("id");
  if (event.id.size() > event_id_octets_max || !wire::sip::all_of(event.id, wire::sip::chars::token))
    return Error{Reason::header_malformed, "Event id"};
  const bool rates_good = read_rate_into(parameters, "max-rate", event.rates.min_interval) &&
                          read_rate_into(parameters, "min-rate", event.rates.max_interval) &&
                          read_rate_into(parameters, "adaptive-min-rate", event.rates.adaptive);
  if (!rates_good) return Error{Reason::header_malformed, "Event rate"};
  for (std::optional<Duration>* repeat : {&event.rates.max_interval, &event.rates.adaptive})
    if (*repeat) *repeat = std::max(**repeat, repeat_interval_min);
  return event;
}

std::string EventHeader::to_string() const { return id.empty() ? package : package + ";id=" + id; }

std::string rate_text(Duration interval) {
  if (interval <= Duration{}) return "99";
  const std::uint64_t rate = us_per_second * ten_digits / static_cast<std::uint64_t>(interval.count());
  const std::uint64_t whole = std::min<std::uint64_t>(rate / ten_digits, 99);
  std::string part = std::to_string(rate % ten_digits);
  part.insert(0, 10 - part.size(), '0');
  while (!part.empty() && part.back() == '0') part.pop_back();
  return part.empty() ? std::to_string(whole) : std::to_string(whole) + "." + part;
}

std::string_view name_of(End end) {
  switch (end) {
    case End::deactivated:
      return "deactivated";
    case End::probation:
      return "probation";
    case End::rejected:
      return "rejected";
    case End::timeout:
      return "timeout";
    case End::giveup:
      return "giveup";
    case End::noresource:
      return "noresource";
    case End::invariant:
      return "invariant";
  }
  return "timeout";
}

std::string subscription_state(const Standing& standing) {
  if (standing.kind == Standing::Kind::terminated) {
    std::string value = "terminated;reason=";
    value.append(name_of(standing.end));
    if (standing.retry_after > Duration{})
      value.append(";retry-after=").append(std::to_string(base::whole_seconds(standing.retry_after)));
    return value;
  }
  std::string value = standing.kind == Standing::Kind::pending ? "pending" : "active";
  value.append(";expires=").append(std::to_string(base::whole_seconds(standing.left)));
  append_rate(value, "max-rate", standing.rates.min_interval);
  append_rate(value, "min-rate", standing.rates.max_interval);
  append_rate(value, "adaptive-min-rate", standing.rates.adaptive);
  return value;
}

}  // namespace tertulia::protocol::subscription
