// SPDX-License-Identifier: Apache-2.0
// Documents of the Lync dialect as its clients read and write them.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "lync_side.h"
#include "wire/lync/reading.h"

namespace tertulia::sim {

using wire::lync::Element;
using wire::lync::PublicationItem;

namespace {

constexpr std::uint32_t user_state = 0x20000000;
constexpr std::uint32_t machine_state = 0x30000000;
constexpr std::uint32_t aggregate = 1;
constexpr std::array<std::uint32_t, 2> state_containers = {2, 3};
constexpr std::array<std::uint32_t, 3> note_containers = {200, 300, 400};
/// Groups of the server's own, which no client publishes.
constexpr std::array<std::string_view, 2> server_categories = {"contactCard", "userProperties"};

base::Result<Element> read(std::string_view body, std::string_view root) {
  return wire::lync::read_element(body, root, base::Reason::malformed_message);
}

/// The element as one text, without what is written differently and means the same.
std::string plain(const Element& element) {
  std::string text = element.name + "(";
  for (const auto& [name, value] : element.attributes)
    if (!name.starts_with("xmlns")) text += fmt::format("{}={} ", name, value);
  if (!wire::lync::without_blanks(element.text).empty())
    text += fmt::format("'{}'", wire::lync::without_blanks(element.text));
  for (const Element& child : element.children) text += plain(child);
  return text + ")";
}

std::uint32_t number_in(const Element& element, std::string_view name) {
  return wire::lync::number_of(element.attribute(name)).value_or(0);
}

PublicationItem piece(std::string_view category, std::uint32_t instance, std::uint32_t container,
                      wire::lync::ExpireType type, std::optional<std::string> content) {
  PublicationItem item;
  item.category = category;
  item.instance = instance;
  item.container = container;
  item.expire_type = type;
  if (!content) item.expires_seconds = 0;
  item.content = std::move(content);
  return item;
}

std::string state_text(std::string_view type, bool manual, std::uint32_t availability) {
  return fmt::format(
      R"(<state xmlns="http://schemas.microsoft.com/2006/09/sip/state" manual="{}" )"
      R"(xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="{}"><availability>{}</availability>)"
      R"(<endpointLocation/></state>)",
      manual, type, availability);
}

void put(Watch& watch, const std::string& name, std::string value) {
  if (value.empty()) {
    watch.parts.erase(name);
  } else {
    watch.parts[name] = std::move(value);
  }
}

void erase_beginning(std::map<std::string, std::string>& parts, std::string_view begin) {
  std::erase_if(parts, [&](const auto& one) { return one.first.starts_with(begin); });
}

std::string contact_text(const Element& contact) {
  return fmt::format("{}|{}|{}", contact.attribute_or_empty("name"), contact.attribute_or_empty("groups"),
                     contact.attribute_or_empty("subscribed"));
}

void take_category(Watch& watch, const Element& category, std::map<PieceName, std::uint32_t>& versions) {
  const std::string name = category.attribute_or_empty("name");
  const auto instance = wire::lync::number_of(category.attribute("instance"));
  if (!instance || std::find(server_categories.begin(), server_categories.end(), name) != server_categories.end())
    return;
  const std::uint32_t container = number_in(category, "container"), version = number_in(category, "version");
  if (name == "state" && *instance == aggregate) {
    if (watch.version && version < *watch.version)
      watch.out_of_order.push_back(fmt::format("own state {} after {}", version, *watch.version));
    watch.version = std::max(version, watch.version.value_or(0));
    return;
  }
  versions[{name, *instance, container}] = version;
  watch.parts[fmt::format("{}/{}/{}", name, *instance, container)] = fmt::format("{}", version);
}

}  // namespace

// ---- what is published

Pieces introduction(std::string_view address, std::uint32_t number) {
  return {piece("device", number, 2, wire::lync::ExpireType::endpoint,
                fmt::format(R"(<device xmlns="http://schemas.microsoft.com/2006/09/sip/device" endpointId="e{}">)"
                            R"(<capabilities preferred="false" uri="sip:{}"><text capture="true" render="true" )"
                            R"(publish="false"/></capabilities><machineName>sim</machineName></device>)",
                            number, address))};
}

Pieces state_pieces(std::uint32_t number, std::uint32_t availability) {
  Pieces pieces;
  for (const std::uint32_t container : state_containers) {
    pieces.push_back(piece("state", machine_state | number, container, wire::lync::ExpireType::endpoint,
                           state_text("machineState", false, availability)));
    pieces.push_back(piece("state", user_state, container, wire::lync::ExpireType::static_,
                           state_text("userState", true, availability)));
  }
  return pieces;
}

Pieces note_pieces(std::string_view text) {
  Pieces pieces;
  for (const std::uint32_t container : note_containers) {
    std::optional<std::string> content;
    if (!text.empty())
      content =
          fmt::format(R"(<note xmlns="http://schemas.microsoft.com/2006/09/sip/note"><body type="personal" uri="">)"
                      R"({}</body></note>)",
                      text);
    pieces.push_back(piece("note", 0, container, wire::lync::ExpireType::static_, std::move(content)));
  }
  return pieces;
}

std::uint32_t availability_of(std::string_view activity) {
  if (activity == "busy" || activity == "meeting") return 6500;
  if (activity == "away" || activity == "vacation") return 15500;
  if (activity == "Do not disturb") return 9500;
  return 3500;
}

// ---- what is told

bool read_contacts(Watch& watch, std::string_view body) {
  const auto whole = read(body, "contactList");
  const auto delta = whole ? whole : read(body, "contactDelta");
  if (!delta) return false;
  const std::uint32_t number = number_in(*delta, "deltanum");
  if (whole) {
    watch.parts.clear();
    if (watch.version && number < *watch.version)
      watch.out_of_order.push_back(fmt::format("contacts {} after {}", number, *watch.version));
  } else if (number_in(*delta, "prevdeltanum") != watch.version || number <= watch.version) {
    watch.out_of_order.push_back(fmt::format("contacts {} (behind {}) after {}", number,
                                             number_in(*delta, "prevdeltanum"), watch.version.value_or(0)));
  }
  watch.version = number;
  for (const Element& one : delta->children) {
    const std::string address(wire::lync::without_scheme(one.attribute_or_empty("uri")));
    const std::string group = "group " + one.attribute_or_empty("id");
    if (one.name == "group" || one.name == "addedGroup" || one.name == "modifiedGroup")
      watch.parts[group] = one.attribute_or_empty("name");
    if (one.name == "contact" || one.name == "addedContact" || one.name == "modifiedContact")
      watch.parts[address] = contact_text(one);
    if (one.name == "deletedContact") watch.parts.erase(address);
    if (one.name == "deletedGroup") watch.parts.erase(group);
  }
  return true;
}

bool read_self(Watch& watch, std::string_view body, std::map<PieceName, std::uint32_t>& versions) {
  const auto data = read(body, "roamingData");
  if (!data) return false;
  if (const Element* categories = data->child("categories")) {
    // A document has every piece of each category that it names.
    for (const Element& one : categories->children) {
      const std::string name = one.attribute_or_empty("name");
      erase_beginning(watch.parts, name + "/");
      std::erase_if(versions, [&](const auto& known) { return std::get<0>(known.first) == name; });
    }
    for (const Element& one : categories->children) take_category(watch, one, versions);
  }
  if (const Element* containers = data->child("containers")) {
    erase_beginning(watch.parts, "level/");
    for (const Element& container : containers->children)
      for (const Element& member : container.children)
        watch.parts[fmt::format("level/{}/{}:{}", number_in(container, "id"), member.attribute_or_empty("type"),
                                member.attribute_or_empty("value"))] = "member";
  }
  return true;
}

std::string person_of(std::string_view categories) {
  const auto document = read(categories, "categories");
  return document ? std::string(wire::lync::without_scheme(document->attribute_or_empty("uri"))) : std::string();
}

bool read_categories(Watch& watch, std::string_view body) {
  const auto document = read(body, "categories");
  if (!document) return false;
  std::map<std::string, std::string> told;
  Sight sight;
  for (const Element& category : document->children) {
    std::string& text = told[category.attribute_or_empty("name")];
    for (const Element& child : category.children) {
      text += plain(child);
      if (child.name != "note") continue;
      for (const Element& note : child.children) sight.notes.push_back(note.text);
    }
  }
  for (auto& [name, text] : told) put(watch, name, std::move(text));
  watch.document = body;
  watch.sights.push_back(std::move(sight));
  return true;
}

std::vector<std::string> terminated_in(std::string_view list) {
  std::vector<std::string> gone;
  const auto document = read(list, "list");
  if (!document) return gone;
  for (const Element& resource : document->children)
    if (const Element* instance = resource.child("instance"); instance && instance->attribute("state") == "terminated")
      gone.emplace_back(wire::lync::without_scheme(resource.attribute_or_empty("uri")));
  return gone;
}

std::map<std::uint32_t, std::uint32_t> versions_in(std::string_view fault) {
  std::map<std::uint32_t, std::uint32_t> versions;
  const auto document = read(fault, "Fault");
  const Element* details = document ? document->child("details") : nullptr;
  if (details == nullptr) return versions;
  for (const Element& one : details->children) versions[number_in(one, "index")] = number_in(one, "curversion");
  return versions;
}

namespace {

std::string_view part(const Watch& watch, const std::string& name) {
  const auto found = watch.parts.find(name);
  return found == watch.parts.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace

std::uint32_t availability_shown(const Watch& watch) {
  static constexpr std::string_view name = "availability('";
  const std::string_view state = part(watch, "state");
  const std::size_t at = state.find(name);
  if (at == std::string_view::npos) return 0;
  const std::string_view rest = state.substr(at + name.size());
  return static_cast<std::uint32_t>(base::to_number(rest.substr(0, rest.find('\''))).value_or(0));
}

bool token_shown(const Watch& watch, std::string_view token) {
  return part(watch, "state").find(fmt::format("token={} ", token)) != std::string_view::npos;
}

bool note_shown(const Watch& watch, std::string_view text) {
  return part(watch, "note").find(fmt::format("'{}'", text)) != std::string_view::npos;
}

}  // namespace tertulia::sim
