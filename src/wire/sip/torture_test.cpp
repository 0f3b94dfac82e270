// SPDX-License-Identifier: Apache-2.0
// RFC 4475 and RFC 5118, every message: framing, parsing, judgement, and the property each one is there for.
#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "wire/sip/capture_reader.h"
#include "wire/sip/framer.h"
#include "wire/sip/headers.h"
#include "wire/sip/message.h"
#include "wire/sip/writer.h"

namespace tertulia::wire::sip {
namespace {

using base::Reason;

struct Row {
  std::string file, kind, parser, want, also, stream;
};

std::string name_of_row(const Row& row) {
  std::string name = row.file.substr(row.file.find('/') + 1);
  name = name.substr(0, name.find('.'));
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

std::vector<Row> expectations() {
  std::vector<Row> rows;
  std::istringstream table(testing::read_file(std::string(TERTULIA_TEST_DATA) + "/sip-torture/expect.tsv"));
  std::string line;
  while (std::getline(table, line)) {
    if (line.empty() || line.front() == '#') continue;
    std::vector<std::string> cells;
    std::istringstream cut(line);
    for (std::string cell; std::getline(cut, cell, '\t');) cells.push_back(cell);
    if (cells.size() >= 7) rows.push_back({cells[0], cells[2], cells[3], cells[4], cells[5], cells[6]});
  }
  return rows;
}

std::string raw(const std::string& file) {
  return testing::read_file(std::string(TERTULIA_TEST_DATA) + "/sip-torture/" + file);
}

Framer::Event frame(const std::string& bytes) {
  Framer framer{Framer::Limits{}};
  framer.append(bytes);
  return framer.next();
}

Message framed(const std::string& name) {
  Framer::Event event = frame(raw(name));
  EXPECT_TRUE(std::holds_alternative<Framer::Complete>(event)) << name;
  Result<Message> message = Message::parse(std::get<Framer::Complete>(event).bytes);
  EXPECT_TRUE(message) << name;
  return *std::move(message);
}

/// Reason that the wire layer gives to a rejected message, beyond its status.
const std::map<std::string, Reason> reasons = {
    {"badinv01", Reason::header_malformed},     {"ncl", Reason::content_length_bad},
    {"scalar02", Reason::header_malformed},     {"scalarlg", Reason::header_malformed},
    {"quotbal", Reason::header_malformed},      {"ltgtruri", Reason::uri_malformed},
    {"lwsruri", Reason::malformed_message},     {"lwsstart", Reason::malformed_message},
    {"trws", Reason::malformed_message},        {"escruri", Reason::uri_malformed},
    {"regbadct", Reason::header_malformed},     {"badaspec", Reason::uri_malformed},
    {"badvers", Reason::version_not_supported}, {"mismatch01", Reason::cseq_method_mismatch},
    {"mismatch02", Reason::method_unknown},     {"bigcode", Reason::malformed_message},
    {"insuf", Reason::header_missing},          {"multi01", Reason::header_repeated},
    {"mcl01", Reason::content_length_bad},      {"baddn_terminated", Reason::header_malformed},
    {"ipv6_bad", Reason::uri_malformed},        {"unksm2", Reason::header_malformed},
};

class Torture : public ::testing::TestWithParam<Row> {};

TEST_P(Torture, is_judged_as_wanted) {
  const Row& row = GetParam();
  const std::string name = name_of_row(row);
  const std::string bytes = raw(row.file);
  ASSERT_FALSE(bytes.empty());
  Framer::Event event = frame(bytes);

  if (row.stream == "wait-close") {  // never finished: the connection's deadline ends it
    EXPECT_TRUE(std::holds_alternative<Framer::NeedMore>(event));
    return;
  }
  if (row.stream == "close") {
    ASSERT_TRUE(std::holds_alternative<Framer::Broken>(event));
    const auto& broken = std::get<Framer::Broken>(event);
    EXPECT_EQ(broken.error.reason, reasons.at(name));
    const Result<Message> head = Message::parse(broken.head);
    ASSERT_TRUE(head) << "a refusal can be addressed";
    EXPECT_EQ(head->flaw()->reason, Reason::content_length_bad);
    return;
  }
  ASSERT_TRUE(std::holds_alternative<Framer::Complete>(event));
  const Result<Message> message = Message::parse(std::get<Framer::Complete>(event).bytes);
  const bool tolerated = name == "baddate";  // Date means nothing to us, and the table allows it
  const bool rejected = (row.parser == "reject" && !tolerated) || name == "unksm2";
  if (!rejected) {
    ASSERT_TRUE(message) << message.error().detail;
    const Result<Basics> basics = validate(*message);
    EXPECT_TRUE(basics) << base::name_of(basics.reason()) << ": " << basics.error().detail;
    return;
  }
  const Reason reason = message ? validate(*message).reason() : message.reason();
  EXPECT_EQ(reason, reasons.at(name)) << base::name_of(reason);
  if (row.kind == "response") return;  // dropped, never answered
  ASSERT_TRUE(message) << "every request with a defect can be answered";
  EXPECT_EQ(std::to_string(base::status_of(reason)), row.stream == "same" ? row.want : row.stream);
  const std::string answer =
      response_to(*message, base::status_of(reason), phrase_of(base::status_of(reason)), "t1", "192.0.2.99", 5060)
          .finish();
  const Result<Message> response = Message::parse(answer);
  ASSERT_TRUE(response) << answer;
  EXPECT_EQ(response->status(), base::status_of(reason));
  EXPECT_EQ(response->count(HeaderName::via), message->count(HeaderName::via));
  EXPECT_LE(response->count(HeaderName::to), 1U);
}

INSTANTIATE_TEST_SUITE_P(Rfc4475And5118, Torture, ::testing::ValuesIn(expectations()),
                         [](const auto& row_info) { return name_of_row(row_info.param); });

TEST(TortureTable, has_all_62_messages) { EXPECT_EQ(expectations().size(), 62U); }

TEST(TortureInvariant, wsinv) {
  const Message message = framed("rfc4475/wsinv.dat");
  EXPECT_EQ(message.body().size(), 150U);
  EXPECT_EQ(message.header("newfangledheader"), "newfangled value\r\n continued newfangled value");
  EXPECT_EQ(unfolded(*message.header("NewFangledHeader")), "newfangled value continued newfangled value");
  EXPECT_EQ(message.header("UnknownHeaderWithUnusualValue"), ";;,,;;,;");
  EXPECT_EQ(message.header(HeaderName::subject), "");
  const Result<Basics> basics = validate(message);
  ASSERT_TRUE(basics);
  EXPECT_EQ(basics->from.display_name, "J Rosenberg \\\"");
  EXPECT_EQ(basics->from.tag(), "98asjd8");
  EXPECT_EQ(basics->to.tag(), "1918181833n");
  EXPECT_EQ(basics->cseq.number, 9U);
  EXPECT_EQ(basics->cseq.method, "INVITE");
  EXPECT_EQ(*number_header(message, HeaderName::max_forwards), 68U);
  const Result<std::vector<Via>> vias = all_vias(message);
  ASSERT_TRUE(vias);
  ASSERT_EQ(vias->size(), 3U);
  EXPECT_EQ((*vias)[0].branch(), "390skdjuw");
  EXPECT_EQ((*vias)[1].transport, "TCP");
  EXPECT_EQ((*vias)[1].host, "spindle.example.com");
  EXPECT_EQ((*vias)[2].branch(), "z9hG4bK30239");
  const auto contacts = all_addresses(message, HeaderName::contact);
  ASSERT_TRUE(contacts);
  EXPECT_EQ(contacts->at(0).display_name, "Quoted string \"\"");
  EXPECT_EQ(contacts->at(0).parameters.value("q"), "0.33");
  EXPECT_EQ(contacts->at(0).parameters.value("newparam"), "newvalue");
  EXPECT_TRUE(contacts->at(0).parameters.has("secondparam"));
}

TEST(TortureInvariant, intmeth) {
  const Message message = framed("rfc4475/intmeth.dat");
  EXPECT_EQ(message.method(), Method::other);
  EXPECT_EQ(message.method_text(), "!interesting-Method0123456789_*+`.%indeed'~");
  const Result<Uri> uri = Uri::parse(message.request_uri());
  ASSERT_TRUE(uri);
  EXPECT_EQ(uri->user, "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*");
  EXPECT_EQ(uri->host, "example.com");
  const Result<Basics> basics = validate(message);
  ASSERT_TRUE(basics);
  using namespace std::string_view_literals;
  EXPECT_EQ(basics->to.display_name, "BEL:\x07 NUL:\0 DEL:\x7f"sv);
  EXPECT_EQ(basics->from.display_name, "token1~` token2'+_ token3*%!.-");
  EXPECT_EQ(basics->from.parameters.value("fromparam''~+*_!.-%"), "работающий");
  EXPECT_EQ(basics->from.tag(), "_token~1'+`*%!-.");
  EXPECT_EQ(basics->call_id, "intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{");
  EXPECT_EQ(message.header("EXTENSIONHEADER-!.%*+_`'~"), "\xef\xbb\xbf大停電");
}

TEST(TortureInvariant, esc01) {
  const Message message = framed("rfc4475/esc01.dat");
  const Result<Uri> uri = Uri::parse(message.request_uri());
  ASSERT_TRUE(uri);
  EXPECT_EQ(uri->scheme, Scheme::sip);
  EXPECT_EQ(uri->user, "sips:user@example.com");
  EXPECT_EQ(uri->host, "example.net");
  EXPECT_EQ(uri->to_string(), "sip:sips%3auser%40example.com@example.net");
  EXPECT_EQ(uri->address_of_record(), "sips%3auser%40example.com@example.net");
  const Result<Basics> basics = validate(message);
  ASSERT_TRUE(basics);
  EXPECT_EQ(basics->to.uri.user, "user");
  EXPECT_EQ(basics->from.uri.user, "I have spaces");
  const auto contacts = all_addresses(message, HeaderName::contact);
  ASSERT_TRUE(contacts);
  EXPECT_EQ(contacts->at(0).uri.user, "caller");
  EXPECT_TRUE(contacts->at(0).uri.parameters.has("lr"));
  EXPECT_EQ(contacts->at(0).uri.parameters.value("name"), "value%41");
}

TEST(TortureInvariant, escnull) {
  const Message message = framed("rfc4475/escnull.dat");
  const Result<Basics> basics = validate(message);
  ASSERT_TRUE(basics);
  using namespace std::string_literals;
  EXPECT_EQ(basics->to.uri.user, "null-\0-null"s);
  EXPECT_EQ(basics->to.uri.address_of_record(), "null-%00-null@example.com");
  const auto contacts = all_addresses(message, HeaderName::contact);
  ASSERT_TRUE(contacts);
  ASSERT_EQ(contacts->size(), 2U);
  EXPECT_EQ(contacts->at(0).uri.user, "\0"s);
  EXPECT_EQ(contacts->at(1).uri.user, "\0\0"s);
  EXPECT_FALSE(contacts->at(0).uri.equivalent(contacts->at(1).uri));
}

TEST(TortureInvariant, esc02) {
  const Message message = framed("rfc4475/esc02.dat");
  EXPECT_EQ(message.method(), Method::other);
  EXPECT_EQ(message.method_text(), "RE%47IST%45R");
  EXPECT_EQ(message.count(HeaderName::contact), 2U);
  EXPECT_TRUE(message.header("C%6Fntact"));
  EXPECT_EQ(validate(message)->to.display_name, "%Z%45");
}

TEST(TortureInvariant, lwsdisp_longreq_dblreq_semiuri) {
  EXPECT_EQ(validate(framed("rfc4475/lwsdisp.dat"))->from.display_name, "caller");
  const Message longreq = framed("rfc4475/longreq.dat");
  EXPECT_EQ(all_vias(longreq)->size(), 34U);
  EXPECT_EQ(all_vias(longreq)->back().host, "host.example.com");
  EXPECT_EQ(longreq.header(HeaderName::call_id)->size(), 141U);
  EXPECT_EQ(longreq.body().size(), 150U);
  const Result<Message> dblreq = Message::parse(raw("rfc4475/dblreq.dat"));  // as a datagram
  ASSERT_TRUE(dblreq);
  EXPECT_EQ(dblreq->body(), "");
  EXPECT_EQ(dblreq->bytes().find("INVITE"), std::string::npos);
  EXPECT_EQ(Uri::parse(framed("rfc4475/semiuri.dat").request_uri())->user, "user;par=u@example.net");
}

TEST(TortureInvariant, transports_mpart01_reasons) {
  const auto vias = all_vias(framed("rfc4475/transports.dat"));
  ASSERT_EQ(vias->size(), 5U);
  EXPECT_EQ(vias->at(3).transport, "UNKNOWN");
  const Message mpart = framed("rfc4475/mpart01.dat");
  EXPECT_EQ(mpart.body().size(), 553U);
  EXPECT_NE(mpart.body().find('\0'), std::string_view::npos);
  EXPECT_EQ(framed("rfc4475/unreason.dat").reason_phrase().substr(0, 16), "= 2**3 * 5**2 н");
  EXPECT_EQ(framed("rfc4475/noreason.dat").reason_phrase(), "");
  EXPECT_EQ(framed("rfc4475/noreason.dat").status(), 100);
}

TEST(TortureInvariant, contact_parameters_and_routes) {
  const auto outside = all_addresses(framed("rfc4475/cparam01.dat"), HeaderName::contact);
  EXPECT_EQ(outside->at(0).uri_text, "sip:+19725552222@gw1.example.net");
  EXPECT_TRUE(outside->at(0).parameters.has("unknownparam"));
  const auto inside = all_addresses(framed("rfc4475/cparam02.dat"), HeaderName::contact);
  EXPECT_EQ(inside->at(0).uri_text, "sip:+19725552222@gw1.example.net;unknownparam");
  EXPECT_TRUE(inside->at(0).uri.parameters.has("unknownparam"));
  EXPECT_TRUE(inside->at(0).parameters.empty());
  const auto escaped = all_addresses(framed("rfc4475/regescrt.dat"), HeaderName::contact);
  EXPECT_EQ(escaped->at(0).uri_text, "sip:user@example.com?Route=%3Csip:sip.example.com%3E");
  EXPECT_EQ(escaped->at(0).uri.headers, "Route=%3Csip:sip.example.com%3E");
}

TEST(TortureInvariant, tokens_and_schemes) {
  const Message bext = framed("rfc4475/bext01.dat");
  EXPECT_EQ(all_tokens(bext, HeaderName::proxy_require),
            (std::vector<std::string>{"noProxiesSupportThis", "norDoAnyProxiesSupportThis"}));
  EXPECT_EQ(Uri::parse(framed("rfc4475/unkscm.dat").request_uri())->scheme, Scheme::other);
  const Result<Uri> novel = Uri::parse(framed("rfc4475/novelsc.dat").request_uri());
  EXPECT_EQ(novel->scheme_text, "soap.beep");
  EXPECT_EQ(novel->opaque, "//192.0.2.103:3002");
  const auto auth = AuthValue::parse(*framed("rfc4475/regaut01.dat").header(HeaderName::authorization));
  EXPECT_EQ(auth->scheme, "NoOneKnowsThisScheme");
  EXPECT_EQ(auth->parameters.value("opaque-data"), "here");
  EXPECT_EQ(validate(framed("rfc4475/badbranch.dat"))->via.branch(), "z9hG4bK");
  EXPECT_EQ(all_vias(framed("rfc4475/bcast.dat"))->at(1).host, "255.255.255.255");
  EXPECT_EQ(*number_header(framed("rfc4475/zeromf.dat"), HeaderName::max_forwards), 0U);
  const Message scalar = framed("rfc4475/scalar02.dat");
  EXPECT_EQ(*number_header(scalar, HeaderName::max_forwards), 300U);
  EXPECT_EQ(*number_header(scalar, HeaderName::expires), 4294967295U) << "clamped";
}

TEST(TortureInvariant, rfc5118) {
  const Result<Uri> ambiguous = Uri::parse(framed("rfc5118/port-ambiguous.dat").request_uri());
  EXPECT_EQ(ambiguous->host, "2001:db8::10:5070");
  EXPECT_FALSE(ambiguous->port);
  const Result<Uri> unambiguous = Uri::parse(framed("rfc5118/port-unambiguous.dat").request_uri());
  EXPECT_EQ(unambiguous->host, "2001:db8::10");
  EXPECT_EQ(unambiguous->port, 5070);
  EXPECT_EQ(top_via(framed("rfc5118/via-received-param-with-delim.dat"))->parameters.value("received"),
            "[2001:db8::9:255]");
  const Result<Via> bare = top_via(framed("rfc5118/via-received-param-no-delim.dat"));
  EXPECT_EQ(bare->parameters.value("received"), "2001:db8::9:255");
  EXPECT_EQ(bare->branch(), "z9hG4bKas3");
  const auto chain = all_vias(framed("rfc5118/mult-ip-in-header.dat"));
  ASSERT_EQ(chain->size(), 3U);
  EXPECT_EQ(chain->at(0).port, 6050);
  EXPECT_EQ(chain->at(2).parameters.value("received"), "192.0.2.200");
  EXPECT_EQ(top_via(framed("rfc5118/ipv4-mapped-ipv6.dat"))->host, "::ffff:192.0.2.10");
  const Result<Uri> three = Uri::parse(framed("rfc5118/ipv6-bug-abnf-3-colons.dat").request_uri());
  const Result<Uri> two = Uri::parse(framed("rfc5118/ipv6-correct-abnf-2-colons.dat").request_uri());
  EXPECT_EQ(three->host, "2001:db8::192.0.2.1");
  EXPECT_TRUE(three->equivalent(*two));
}

TEST(TortureInvariant, inv2543_as_datagram_has_its_body) {
  const Result<Message> message = Message::parse(raw("rfc4475/inv2543.dat"));
  ASSERT_TRUE(message);
  EXPECT_EQ(message->body().substr(0, 5), "v=0\r\n");
  const Result<Basics> basics = validate(*message);
  ASSERT_TRUE(basics);
  EXPECT_EQ(basics->from.tag(), "");
  EXPECT_EQ(basics->to.uri.user, "+16505552222");
  EXPECT_TRUE(basics->to.parameters.has("user"));
  EXPECT_EQ(validate(*Message::parse(raw("rfc4475/clerr.dat"))).reason(), Reason::content_length_bad);
}

}  // namespace
}  // namespace tertulia::wire::sip
