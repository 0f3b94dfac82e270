// SPDX-License-Identifier: Apache-2.0
#include "wire/im/file_offer.h"

#include "wire/im/file_name.h"
#include "wire/im/limits.h"
#include "wire/xml/document.h"

namespace tertulia::wire::im {

namespace {

constexpr std::string_view file_transfer_namespace = "http://schemas.microsoft.com/rtc/2009/05/filetransfer";

}  // namespace

std::optional<FileOffer> read_file_offer(std::string_view document) {
  const auto parsed = xml::Document::parse(std::string(document));
  if (!parsed || !parsed->root().is(file_transfer_namespace, "request")) return std::nullopt;
  const auto publish = parsed->root().child(file_transfer_namespace, "publishFile");
  const auto info = publish ? publish->child(file_transfer_namespace, "fileInfo") : std::nullopt;
  const auto name = info ? info->child(file_transfer_namespace, "name") : std::nullopt;
  if (!name) return std::nullopt;
  FileOffer offer;
  offer.name = plain_file_name(name->text());
  if (offer.name.empty()) return std::nullopt;
  if (const auto id = info->child(file_transfer_namespace, "id"))
    offer.id = id->text().substr(0, file_cookie_bytes_max);
  offer.request = parsed->root().attribute("requestId").value_or("").substr(0, file_cookie_bytes_max);
  return offer;
}

bool cancels_file(std::string_view document) { return document.find("<cancelTransfer") != std::string_view::npos; }

}  // namespace tertulia::wire::im
