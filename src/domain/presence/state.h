// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tertulia::domain {

/// Availability as the product numbers it: a number inside a range, the range is what people see (presence-model 2).
enum class AvailabilityClass : std::uint8_t {
  unset,           ///< below 3000: says nothing
  online,          ///< to 4499
  idle_online,     ///< 4500 to 5999, shown as Inactive
  busy,            ///< 6000 to 7499
  idle_busy,       ///< 7500 to 8999
  do_not_disturb,  ///< 9000 to 11999
  be_right_back,   ///< 12000 to 14999
  away,            ///< 15000 to 17999, with off-work and out-of-office
  offline,         ///< 18000 and up
};

/// The numbers that are published.
inline constexpr std::uint16_t availability_unset = 0;
inline constexpr std::uint16_t availability_online = 3500;
inline constexpr std::uint16_t availability_idle_online = 5000;
inline constexpr std::uint16_t availability_busy = 6500;
inline constexpr std::uint16_t availability_urgent_only = 6900;  ///< what the workgroup sees of do-not-disturb
inline constexpr std::uint16_t availability_idle_busy = 8000;
inline constexpr std::uint16_t availability_do_not_disturb = 9500;
inline constexpr std::uint16_t availability_be_right_back = 12500;
inline constexpr std::uint16_t availability_away = 15500;
inline constexpr std::uint16_t availability_offline = 18500;

AvailabilityClass class_of(std::uint16_t availability);
/// Stable words: "unset", "online", "inactive", "busy", "busy-inactive", "do-not-disturb", "be-right-back", "away",
/// "offline".
std::string_view name_of(AvailabilityClass availability);

/// Activity tokens of the product (presence-model 3); `custom` carries a text of its own.
enum class Activity : std::uint8_t {
  none,
  on_the_phone,
  in_a_conference,
  in_a_meeting,
  out_of_office,
  urgent_interruptions_only,
  off_work,
  in_presentation,
  custom,
};
/// The token as it is published: "on-the-phone" ...; empty for none, "custom" for custom.
std::string_view token_of(Activity activity);
/// `none` for a token that we do not know.
Activity activity_from(std::string_view token);

/// Own words about what somebody does, in one language.
struct ActivityText {
  std::string text;           ///< UTF-8, at most activity_text_octets_max
  std::string language = {};  ///< BCP 47, "es-ES" (is_language_tag); empty: not said
  friend bool operator==(const ActivityText&, const ActivityText&) = default;
};
/// Whether it has the shape of a language tag (RFC 5646 2.1: subtags of 1 to 8 letters and digits) of at most
/// language_tag_octets_max; not whether there is such a language.
bool is_language_tag(std::string_view text);

/// What somebody, or one of his sources, says about him now.
struct State {
  std::uint16_t availability = availability_unset;
  Activity activity = Activity::none;
  /// Only for custom: the same in several languages, at most activity_texts_max.  Who knows no languages shows the first.
  std::vector<ActivityText> activity_texts = {};
  friend bool operator==(const State&, const State&) = default;
};

}  // namespace tertulia::domain
