// SPDX-License-Identifier: Apache-2.0
#include "wire/lync/multipart_related.h"

#include <algorithm>
#include <array>

#include "wire/lync/categories.h"
#include "wire/lync/reading.h"
#include "wire/lync/writing.h"
#include "wire/mime/limits.h"
#include "wire/mime/multipart_writer.h"

namespace tertulia::wire::lync {

namespace {

constexpr std::string_view rlmi_namespace = "urn:ietf:params:xml:ns:rlmi";
constexpr std::string_view rlmi_type = "application/rlmi+xml";
constexpr std::array<std::string_view, 3> state_names{"active", "terminated", "resubscribe"};

std::string write_list(std::string_view list_uri, const std::vector<ResourcePart>& resources,
                       const std::vector<std::string>& content_ids) {
  xml::Writer out;
  out.begin("list").attribute("xmlns", rlmi_namespace).attribute("uri", list_uri);
  out.attribute("version", "0").attribute("fullState", "false");
  for (std::size_t i = 0; i < resources.size(); ++i) {
    const ResourcePart& resource = resources[i];
    out.begin("resource").attribute("uri", resource.uri).begin("instance").attribute("id", "0");
    out.attribute("state", state_names[static_cast<std::size_t>(resource.state)]);
    out.attribute_unless_empty("reason", resource.reason).attribute_unless_empty("poolFqdn", resource.pool_fqdn);
    out.attribute_unless_empty("cid", content_ids[i]).end().end();
  }
  out.end();
  return finished(std::move(out));
}

/// No part may hold the boundary: the client would cut it there.
std::string unused_boundary(std::string boundary, const std::vector<std::string>& documents) {
  const auto holds = [&](const std::string& document) { return document.find("--" + boundary) != std::string::npos; };
  while (boundary.size() < mime::boundary_bytes_max && std::any_of(documents.begin(), documents.end(), holds))
    boundary.push_back('x');
  return boundary;
}

}  // namespace

MultipartBody write_multipart_related(std::string_view list_uri, const std::vector<ResourcePart>& resources,
                                      std::string boundary, std::string_view host) {
  std::vector<std::string> content_ids;  // one for each resource; empty: no part
  std::vector<std::string> documents;    // the same
  for (std::size_t i = 0; i < resources.size(); ++i) {
    const ResourcePart& resource = resources[i];
    documents.push_back(resource.categories);
    if (documents.back().empty() && resource.state == ResourceState::active)
      documents.back() = write_categories(resource.uri, {}, CategoryReader::watcher);
    content_ids.emplace_back();
    if (documents.back().empty()) continue;
    content_ids.back() = "c" + std::to_string(i + 1);
    content_ids.back().append("@").append(host);
  }
  std::string list = write_list(list_uri, resources, content_ids);
  documents.push_back(list);
  mime::RelatedWriter out(unused_boundary(std::move(boundary), documents));
  // The writer ends each body with the CRLF of the boundary; the client wants another one in front of it.
  out.add(rlmi_type, std::string("r1@").append(host), list.append("\r\n"));
  for (std::size_t i = 0; i < resources.size(); ++i)
    if (!documents[i].empty()) out.add(categories_type, content_ids[i], documents[i].append("\r\n"));
  return {out.content_type(), std::move(out).take()};
}

}  // namespace tertulia::wire::lync
