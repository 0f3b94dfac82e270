// SPDX-License-Identifier: Apache-2.0
#include "wire/lync/language_id.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/text.h"

namespace tertulia::wire::lync {

namespace {

/// Of [MS-LCID] 2.2: languages without a country, and the countries that programs of the family are made for; ordered.
/// Each tag stands here once: 1034, the older sorting of es-ES, is left to the private ones.
constexpr std::array<std::pair<std::uint32_t, std::string_view>, 123> languages{{
    {1, "ar"},        {2, "bg"},        {3, "ca"},        {5, "cs"},       {6, "da"},       {7, "de"},
    {8, "el"},        {9, "en"},        {10, "es"},       {11, "fi"},      {12, "fr"},      {13, "he"},
    {14, "hu"},       {15, "is"},       {16, "it"},       {17, "ja"},      {18, "ko"},      {19, "nl"},
    {20, "no"},       {21, "pl"},       {22, "pt"},       {24, "ro"},      {25, "ru"},      {26, "hr"},
    {27, "sk"},       {28, "sq"},       {29, "sv"},       {30, "th"},      {31, "tr"},      {32, "ur"},
    {33, "id"},       {34, "uk"},       {35, "be"},       {36, "sl"},      {37, "et"},      {38, "lv"},
    {39, "lt"},       {41, "fa"},       {42, "vi"},       {43, "hy"},      {44, "az"},      {45, "eu"},
    {47, "mk"},       {54, "af"},       {55, "ka"},       {57, "hi"},      {60, "ga"},      {62, "ms"},
    {63, "kk"},       {82, "cy"},       {86, "gl"},       {1025, "ar-SA"}, {1026, "bg-BG"}, {1027, "ca-ES"},
    {1028, "zh-TW"},  {1029, "cs-CZ"},  {1030, "da-DK"},  {1031, "de-DE"}, {1032, "el-GR"}, {1033, "en-US"},
    {1035, "fi-FI"},  {1036, "fr-FR"},  {1037, "he-IL"},  {1038, "hu-HU"}, {1039, "is-IS"}, {1040, "it-IT"},
    {1041, "ja-JP"},  {1042, "ko-KR"},  {1043, "nl-NL"},  {1044, "nb-NO"}, {1045, "pl-PL"}, {1046, "pt-BR"},
    {1048, "ro-RO"},  {1049, "ru-RU"},  {1050, "hr-HR"},  {1051, "sk-SK"}, {1052, "sq-AL"}, {1053, "sv-SE"},
    {1054, "th-TH"},  {1055, "tr-TR"},  {1056, "ur-PK"},  {1057, "id-ID"}, {1058, "uk-UA"}, {1059, "be-BY"},
    {1060, "sl-SI"},  {1061, "et-EE"},  {1062, "lv-LV"},  {1063, "lt-LT"}, {1065, "fa-IR"}, {1066, "vi-VN"},
    {1069, "eu-ES"},  {1071, "mk-MK"},  {1078, "af-ZA"},  {1079, "ka-GE"}, {1081, "hi-IN"}, {1086, "ms-MY"},
    {1087, "kk-KZ"},  {1106, "cy-GB"},  {1110, "gl-ES"},  {2052, "zh-CN"}, {2055, "de-CH"}, {2057, "en-GB"},
    {2058, "es-MX"},  {2060, "fr-BE"},  {2064, "it-CH"},  {2067, "nl-BE"}, {2068, "nn-NO"}, {2070, "pt-PT"},
    {2077, "sv-FI"},  {3076, "zh-HK"},  {3079, "de-AT"},  {3081, "en-AU"}, {3082, "es-ES"}, {3084, "fr-CA"},
    {4100, "zh-SG"},  {4105, "en-CA"},  {4108, "fr-CH"},  {6153, "en-IE"}, {8202, "es-VE"}, {9226, "es-CO"},
    {10250, "es-PE"}, {11274, "es-AR"}, {13322, "es-CL"},
}};
constexpr std::string_view private_prefix = "x-lcid-";

std::optional<std::uint32_t> private_id_of(std::string_view tag) {
  if (!base::equal_ignoring_case(tag.substr(0, private_prefix.size()), private_prefix)) return std::nullopt;
  tag.remove_prefix(private_prefix.size());
  std::uint32_t lcid = 0;
  const char* const end = tag.data() + tag.size();
  const auto [rest, wrong] = std::from_chars(tag.data(), end, lcid, 16);
  return wrong == std::errc() && rest == end ? std::optional(lcid) : std::nullopt;
}

}  // namespace

std::string language_tag_of(std::uint32_t lcid) {
  const auto* at = std::lower_bound(languages.begin(), languages.end(), lcid,
                                    [](const auto& one, std::uint32_t wanted) { return one.first < wanted; });
  if (at != languages.end() && at->first == lcid) return std::string(at->second);
  std::array<char, 8> digits{};
  const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), lcid, 16);
  return std::string(private_prefix).append(digits.data(), written.ptr);
}

std::optional<std::uint32_t> language_id_of(std::string_view tag) {
  if (const auto lcid = private_id_of(tag)) return lcid;
  while (true) {
    for (const auto& [lcid, known] : languages)
      if (base::equal_ignoring_case(known, tag)) return lcid;
    const std::size_t hyphen = tag.rfind('-');
    if (hyphen == std::string_view::npos) return std::nullopt;
    tag = tag.substr(0, hyphen);
  }
}

}  // namespace tertulia::wire::lync
