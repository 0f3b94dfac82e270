// SPDX-License-Identifier: Apache-2.0
#include "wire/lync/contact_request.h"
#include "wire/lync/limits.h"
#include "wire/lync/reading.h"
#include "wire/lync/soap.h"
#include "wire/lync/writing.h"

namespace tertulia::wire::lync {

namespace {

constexpr std::string_view operations_namespace = "http://schemas.microsoft.com/winrtc/2002/11/sip";

void begin_operations(xml::Writer& out) {
  out.begin("s:Envelope").attribute("xmlns:s", soap_namespace).attribute("xmlns:m", operations_namespace);
  out.begin("s:Body");
}

std::string ended(xml::Writer&& out) {
  out.end().end();
  return finished(std::move(out));
}

/// Writes each operation with its children in the order of the client.
class OperationWriter {
 public:
  explicit OperationWriter(xml::Writer& out) : out_(out) {}

  void operator()(const SetContact& one) {
    std::string groups;
    for (const std::uint32_t group : one.groups) groups.append(groups.empty() ? "" : " ").append(std::to_string(group));
    out_.begin("m:setContact").element("m:displayName", one.display_name).element("m:groups", groups);
    out_.element("m:subscribed", one.subscribed ? "true" : "false").element("m:URI", one.uri);
    out_.element("m:externalURI", one.external_uri);
    end_with(one.delta_number);
  }
  void operator()(const DeleteContact& one) {
    out_.begin("m:deleteContact").element("m:URI", one.uri);
    end_with(one.delta_number);
  }
  void operator()(const AddGroup& one) {
    out_.begin("m:addGroup").element("m:name", one.name).element("m:externalURI", one.external_uri);
    end_with(one.delta_number);
  }
  void operator()(const ModifyGroup& one) {
    out_.begin("m:modifyGroup").element("m:groupID", std::to_string(one.group_id)).element("m:name", one.name);
    out_.element("m:externalURI", one.external_uri);
    end_with(one.delta_number);
  }
  void operator()(const DeleteGroup& one) {
    out_.begin("m:deleteGroup").element("m:groupID", std::to_string(one.group_id));
    end_with(one.delta_number);
  }
  void operator()(const SetAce& one) {
    out_.begin("m:setACE").element("m:type", one.type).element("m:mask", one.mask).element("m:rights", one.rights);
    end_with(one.delta_number);
  }
  void operator()(const DirectorySearch& one) {
    out_.begin("m:directorySearch").begin("m:filter").attribute("m:href", "#searchArray").end();
    if (one.max_results != 0) out_.element("m:maxResults", std::to_string(one.max_results));
    out_.end().begin("m:Array").attribute("m:id", "searchArray");
    for (const DirectorySearch::Condition& condition : one.conditions)
      out_.begin("m:row").attribute("m:attrib", condition.attribute).attribute("m:value", condition.value).end();
    out_.end();
  }

 private:
  void end_with(std::uint32_t delta_number) { out_.element("m:deltaNum", std::to_string(delta_number)).end(); }

  xml::Writer& out_;
};

void write_row(xml::Writer& out, const DirectoryRow& row) {
  out.begin("m:row").attribute("m:uri", with_scheme(row.uri));
  out.attribute_unless_empty("m:displayName", row.display_name).attribute_unless_empty("m:email", row.email);
  out.attribute_unless_empty("m:company", row.company).attribute_unless_empty("m:country", row.country);
  out.attribute_unless_empty("m:title", row.title).attribute_unless_empty("m:office", row.office);
  out.attribute_unless_empty("m:phone", row.phone).attribute_unless_empty("m:city", row.city);
  out.attribute_unless_empty("m:state", row.state).end();
}

}  // namespace

std::string write_contact_request(const ContactRequest& request) {
  xml::Writer out;
  begin_operations(out);
  std::visit(OperationWriter(out), request);
  return ended(std::move(out));
}

std::string write_add_group_answer(std::uint32_t group_id) {
  xml::Writer out;
  begin_operations(out);
  out.begin("m:addGroup").element("m:groupID", std::to_string(group_id)).end();
  return ended(std::move(out));
}

std::string write_search_answer(const std::vector<DirectoryRow>& rows, bool more_available) {
  xml::Writer out;
  begin_operations(out);
  std::vector<const DirectoryRow*> good;
  for (const DirectoryRow& row : rows)
    if (has_address(row.uri)) good.push_back(&row);
  const bool more = more_available || good.size() > search_rows_max;
  if (good.size() > search_rows_max) good.resize(search_rows_max);
  out.begin("m:directorySearch").element("m:moreAvailable", more ? "true" : "false").end();
  out.begin("m:Array");
  for (const DirectoryRow* row : good) write_row(out, *row);
  out.end();
  return ended(std::move(out));
}

std::string write_soap_fault(std::string_view code, std::string_view text) {
  xml::Writer out;
  begin_operations(out);
  out.begin("s:Fault").element("faultcode", std::string("s:").append(code)).element("faultstring", text).end();
  return ended(std::move(out));
}

}  // namespace tertulia::wire::lync
