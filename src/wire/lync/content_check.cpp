// SPDX-License-Identifier: Apache-2.0
#include "wire/lync/content_check.h"

#include <algorithm>
#include <array>
#include <vector>

#include "wire/lync/reading.h"
#include "wire/xml/xml.h"

namespace tertulia::wire::lync {

namespace {

/// Elements of WorkingHours whose text the client takes without a look whether there is one.
constexpr std::array<std::string_view, 6> hour_numbers{"Bias", "DayOrder",           "Month",
                                                       "Year", "StartTimeInMinutes", "EndTimeInMinutes"};
constexpr std::array<std::string_view, 2> hour_texts{"Time", "DayOfWeek"};

template <std::size_t size>
bool among(std::string_view name, const std::array<std::string_view, size>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// What is looked at while the elements end, innermost first.
class Inspection {
 public:
  void begin(std::string_view name) {
    inside_hours_ += name == "WorkingHours";
    periods_.push_back({name == "WorkingPeriod", false, false});
  }

  void end(std::string_view name, std::string_view text) {
    const Period ended = periods_.back();
    periods_.pop_back();
    if (name == "availability" && !number_of(text)) good_ = false;
    if (inside_hours_ > 0) {
      if (among(name, hour_numbers) && !signed_number_of(text)) good_ = false;
      if (among(name, hour_texts) && !has_text(text)) good_ = false;
      if (ended.is_period && !(ended.start && ended.end)) good_ = false;
    }
    if (!periods_.empty()) {
      periods_.back().start |= name == "StartTimeInMinutes";
      periods_.back().end |= name == "EndTimeInMinutes";
    }
    inside_hours_ -= name == "WorkingHours";
  }

  bool good() const { return good_; }

 private:
  struct Period {
    bool is_period, start, end;
  };
  std::vector<Period> periods_;  // one for each open element
  int inside_hours_ = 0;
  bool good_ = true;
};

}  // namespace

bool is_harmless(std::string_view element) {
  // Not an XML declaration, a comment or a DOCTYPE: it will stand inside of another document.
  if (element.size() < 2 || element[0] != '<' || element[1] == '?' || element[1] == '!') return false;
  Inspection inspection;
  xml::XmlHandler handler;
  handler.begin = [&](int, std::string_view name, xml::XmlHandler::Attributes) { inspection.begin(local_name(name)); };
  handler.end = [&](int, std::string_view name, std::string_view text) { inspection.end(local_name(name), text); };
  return xml::read_xml(element, handler).has_value() && inspection.good();
}

}  // namespace tertulia::wire::lync
