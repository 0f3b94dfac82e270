// SPDX-License-Identifier: Apache-2.0
#include "face/admin/card_commands.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "base/digest.h"

namespace tertulia::face::admin {
namespace {

using base::Error;
using base::Reason;
using base::Result;

Result<UserChange> card_change_of(const Json& command) {
  UserChange change;
  if (const auto set = command.find("set"); set != command.end()) {
    if (!set->is_object()) return Error{Reason::command_malformed, "set must be an object"};
    for (const auto& [name, value] : set->items()) {
      if (!value.is_string()) return Error{Reason::command_malformed, "a field's value must be a text"};
      change.card.emplace(name, value.get<std::string>());
    }
  }
  if (const auto clear = command.find("clear"); clear != command.end()) {
    if (!clear->is_array()) return Error{Reason::command_malformed, "clear must be a list"};
    for (const Json& name : *clear) {
      if (!name.is_string()) return Error{Reason::command_malformed, "a field's name must be a text"};
      if (!change.card.emplace(name.get<std::string>(), "").second)
        return Error{Reason::command_malformed, "a field is named twice"};
    }
  }
  return change;
}

}  // namespace

Json card_json(const domain::User& user) {
  Json fields = Json::object();
  if (user.card)
    for (const domain::CardField& field : domain::card_fields())
      if (const std::string& value = (*user.card).*field.value; !value.empty()) fields[std::string(field.name)] = value;
  return fields;
}

Json user_card(const Json& command, AdminPorts& ports) {
  const Result<domain::Address> address = address_of(command);
  if (!address) return failure(address.error());
  const Result<UserChange> change = card_change_of(command);
  if (!change) return failure(change.error());
  const auto user = change->card.empty() ? ports.show_user(*address) : ports.change_user(*address, *change);
  if (!user) return failure(user.error());
  return success({{"address", user->address.text()}, {"card", card_json(*user)}});
}

Json user_photo(const Json& command, AdminPorts& ports) {
  const Result<domain::Address> address = address_of(command);
  if (!address) return failure(address.error());
  if (const auto set = command.find("set"); set != command.end()) {
    std::string bytes;
    if (!set->is_string() || !base::from_base64(set->get_ref<const std::string&>(), bytes))
      return failure({Reason::command_malformed, "set must be a picture in base64"});
    const Result<domain::PhotoPtr> photo = domain::make_photo(std::move(bytes));
    if (!photo) return failure(photo.error());
    if (const Result<void> done = ports.set_photo(*address, *photo); !done) return failure(done.error());
  } else if (command.value("clear", Json()) == true) {
    if (const Result<void> done = ports.set_photo(*address, nullptr); !done) return failure(done.error());
  }
  const Result<domain::PhotoPtr> photo = ports.photo(*address);
  if (!photo) return failure(photo.error());
  Json result = {{"address", address->text()}, {"photo", nullptr}};
  if (*photo != nullptr && (*photo)->mark.has_picture()) {
    result["photo"] = {{"type", domain::media_type_of((*photo)->mark.kind)},
                       {"bytes", (*photo)->bytes.size()},
                       {"sha1", (*photo)->mark.hash}};
    if (command.value("picture", Json()) == true) result["photo"]["picture"] = base::to_base64((*photo)->bytes);
  }
  return success(std::move(result));
}

}  // namespace tertulia::face::admin
