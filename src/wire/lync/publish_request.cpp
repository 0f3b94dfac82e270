// SPDX-License-Identifier: Apache-2.0
#include "wire/lync/publish_request.h"

#include "wire/lync/limits.h"
#include "wire/lync/reading.h"
#include "wire/lync/writing.h"
#include "wire/xml/document.h"

namespace tertulia::wire::lync {

using base::Error;
using base::Reason;
using base::Result;

namespace {

constexpr std::string_view publish_namespace = "http://schemas.microsoft.com/2006/09/sip/rich-presence";

Error wrong_publication(std::string_view what) { return malformed(Reason::presence_document_malformed, what); }

/// `slice` is the same element, for the octets of what is inside.
Result<PublicationItem> read_item(const Element& element, xml::ElementView slice) {
  PublicationItem item;
  item.category = element.attribute_or_empty("categoryname");
  if (!has_text(item.category)) return wrong_publication("publication without categoryName");
  const auto instance = number_of(element.attribute("instance"));
  const auto container = number_of(element.attribute("container"));
  const auto version = number_of(element.attribute("version"));
  if (!instance || !container || !version)
    return wrong_publication("publication without instance, container or version");
  item.instance = *instance;
  item.container = *container;
  item.version = *version;
  if (const auto name = element.attribute("expiretype")) {
    const auto type = expire_type_of(*name);
    if (!type) return wrong_publication("publication of an unknown expireType");
    item.expire_type = *type;
  }
  if (const auto expires = element.attribute("expires")) {
    item.expires_seconds = number_of(expires);
    if (!item.expires_seconds) return wrong_publication("publication whose expires is no number");
  }
  if (const auto inside = slice.first_child()) item.content = inside->standalone();
  return item;
}

}  // namespace

Result<PublishRequest> read_publish_request(std::string_view document) {
  const Result<Element> root = read_element(document, "publish", Reason::presence_document_malformed);
  if (!root) return root.error();
  xml::Limits limits;
  limits.document_bytes = limits.text_bytes = document_bytes_max;
  const Result<xml::Document> octets = xml::Document::parse(std::string(document), limits);
  if (!octets) return octets.error();
  PublishRequest request;
  bool found = false;
  auto slices = octets->root().first_child();  // walks beside the elements: both are the children in their order
  for (const Element& publications : root->children) {
    const xml::ElementView here = *slices;
    slices = slices->next_sibling();
    if (found || publications.name != "publications") continue;
    found = true;
    request.uri = publications.attribute_or_empty("uri");
    if (!has_text(request.uri)) return wrong_publication("publications without uri");
    auto slice = here.first_child();
    for (const Element& one : publications.children) {
      const xml::ElementView inside = *slice;
      slice = slice->next_sibling();
      if (one.name != "publication") continue;
      if (request.publications.size() == publications_max) return too_long("publication");
      Result<PublicationItem> item = read_item(one, inside);
      if (!item) return item.error();
      request.publications.push_back(*std::move(item));
    }
  }
  if (!found) return wrong_publication("publish without publications");
  return request;
}

std::string write_publish_request(const PublishRequest& request) {
  xml::Writer out;
  out.begin("publish").attribute("xmlns", publish_namespace).begin("publications").attribute("uri", request.uri);
  for (const PublicationItem& item : request.publications) {
    out.begin("publication").attribute("categoryName", item.category).attribute("instance", item.instance);
    out.attribute("container", item.container).attribute("version", item.version);
    out.attribute("expireType", name_of(item.expire_type));
    if (item.expires_seconds) out.attribute("expires", *item.expires_seconds);
    if (item.content) out.raw(*item.content);
    out.end();
  }
  out.end().end();
  return finished(std::move(out));
}

}  // namespace tertulia::wire::lync
