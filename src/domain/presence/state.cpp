// SPDX-License-Identifier: Apache-2.0
#include "domain/presence/state.h"

#include <array>
#include <utility>

#include "base/text.h"
#include "domain/presence/limits.h"

namespace tertulia::domain {
namespace {

/// First number behind each class, in the order of the classes (presence-model 2).
constexpr std::array<std::pair<std::uint16_t, AvailabilityClass>, 8> ranges{{
    {3000, AvailabilityClass::unset},
    {4500, AvailabilityClass::online},
    {6000, AvailabilityClass::idle_online},
    {7500, AvailabilityClass::busy},
    {9000, AvailabilityClass::idle_busy},
    {12000, AvailabilityClass::do_not_disturb},
    {15000, AvailabilityClass::be_right_back},
    {18000, AvailabilityClass::away},
}};

constexpr std::array<std::pair<Activity, std::string_view>, 7> tokens{{
    {Activity::on_the_phone, "on-the-phone"},
    {Activity::in_a_conference, "in-a-conference"},
    {Activity::in_a_meeting, "in-a-meeting"},
    {Activity::out_of_office, "out-of-office"},
    {Activity::urgent_interruptions_only, "urgent-interruptions-only"},
    {Activity::off_work, "off-work"},
    {Activity::in_presentation, "in-presentation"},
}};

}  // namespace

AvailabilityClass class_of(std::uint16_t availability) {
  for (const auto& [behind, name] : ranges) {
    if (availability < behind) return name;
  }
  return AvailabilityClass::offline;
}

std::string_view name_of(AvailabilityClass availability) {
  switch (availability) {
    case AvailabilityClass::unset:
      return "unset";
    case AvailabilityClass::online:
      return "online";
    case AvailabilityClass::idle_online:
      return "inactive";
    case AvailabilityClass::busy:
      return "busy";
    case AvailabilityClass::idle_busy:
      return "busy-inactive";
    case AvailabilityClass::do_not_disturb:
      return "do-not-disturb";
    case AvailabilityClass::be_right_back:
      return "be-right-back";
    case AvailabilityClass::away:
      return "away";
    case AvailabilityClass::offline:
      return "offline";
  }
  return {};
}

std::string_view token_of(Activity activity) {
  if (activity == Activity::custom) return "custom";
  for (const auto& [known, token] : tokens) {
    if (known == activity) return token;
  }
  return {};
}

Activity activity_from(std::string_view token) {
  if (token == "custom") return Activity::custom;
  for (const auto& [activity, known] : tokens) {
    if (known == token) return activity;
  }
  return Activity::none;
}

bool is_language_tag(std::string_view text) {
  constexpr std::size_t subtag_octets_max = 8;
  if (text.size() > language_tag_octets_max) return false;
  while (true) {
    const std::size_t hyphen = text.find('-');
    const std::string_view subtag = text.substr(0, hyphen);
    if (subtag.empty() || subtag.size() > subtag_octets_max) return false;
    for (const char c : subtag)
      if (!base::is_alphanumeric(c)) return false;
    if (hyphen == std::string_view::npos) return true;
    text.remove_prefix(hyphen + 1);
  }
}

}  // namespace tertulia::domain
