// SPDX-License-Identifier: Apache-2.0
// Session descriptions inside of other bodies, and what surrounds an INVITE (RFC 5621, RFC 3261 17.2.1).
#include "face/simple/session_offers.h"

#include "base/digest.h"
#include "face/simple/session_limits.h"
#include "face/simple/session_world.h"

namespace tertulia::face::simple::session_world {
namespace {

const ConnectionId alice{1};
constexpr std::string_view audio =
    "v=0\r\no=- 0 0 IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\nt=0 0\r\nm=audio 5000 RTP/AVP 0\r\n";

std::string part(std::string_view head, std::string_view body) {
  return "--b\r\n" + std::string(head) + "\r\n" + std::string(body) + "\r\n";
}
const std::string sdp = "Content-Type: application/sdp\r\n";
const std::string good = part(sdp, offer);

struct Row {
  const char* name;
  std::string type;
  std::string body;
  int status;  ///< 200: it goes to the IMMCU
};

TEST(SessionOffers, in_every_kind_of_body) {
  const std::string nested_head = "Content-Type: multipart/alternative;boundary=i\r\n";
  const std::string nested = "--i\r\n" + sdp + "\r\n" + std::string(audio) + "\r\n--i\r\n" + sdp + "\r\n" +
                             std::string(offer) + "\r\n--i--\r\n";
  const std::string mixed = "multipart/mixed;boundary=b";
  const std::string alternative = "multipart/alternative;boundary=b";
  const std::string isup = "Content-Type: application/isup\r\n";
  const std::string aside = "Content-Disposition: signal;handling=optional\r\n";
  const std::vector<Row> table = {
      {"mixed with it alone", mixed, good + "--b--", 200},
      {"mixed, an optional part", mixed, part(isup + aside, "??") + good + "--b--", 200},
      {"mixed, optional in capitals", mixed,
       good + part(isup + "Content-Disposition: Signal ; Handling = \"OPTIONAL\"\r\n", "??") + "--b--", 200},
      {"mixed, an unknown part", mixed, good + part(isup, "??") + "--b--", 415},
      {"mixed, required in words", mixed,
       good + part(isup + "Content-Disposition: signal;handling=required\r\n", "??") + "--b--", 415},
      {"mixed, words for people", mixed, good + part("Content-Type: text/plain\r\n", "hi") + "--b--", 415},
      {"mixed, base64", mixed, part(sdp + "Content-Transfer-Encoding: base64\r\n", base::to_base64(offer)) + "--b--",
       200},
      {"mixed, only audio", mixed, part(sdp, audio) + "--b--", 488},
      {"mixed, nothing that counts", mixed, part(isup + aside, "??") + "--b--", 200},
      {"mixed, early session", mixed,
       good + part(sdp + "Content-Disposition: early-session;handling=optional\r\n", audio) + "--b--", 200},
      {"alternative, the last is best", alternative, part(sdp, audio) + good + "--b--", 200},
      {"alternative, the best cannot be answered", alternative, good + part(sdp, audio) + "--b--", 200},
      {"alternative, unknown ones", alternative, part(isup, "??") + good + part(isup, "??") + "--b--", 200},
      {"alternative, none known", alternative, part(isup, "??") + "--b--", 415},
      {"alternative inside of mixed", mixed, part(nested_head, nested) + "--b--", 200},
      {"no end", mixed, part(sdp, offer), 400},
      {"no boundary", "multipart/mixed", good, 400},
      {"whole body may be left aside", "application/isup\r\nContent-Disposition: signal;handling=optional", "??", 200},
      {"description for something else", "application/sdp\r\nContent-Disposition: render", std::string(offer), 415},
  };
  for (const Row& row : table) {
    World w;
    ClientDialog d = w.dialog(alice, "alice", "bob");
    w.say(d, "INVITE", row.type, row.body);
    if (row.status == 200) {
      EXPECT_EQ(w.asked.opens.size(), 1U) << row.name;
      EXPECT_TRUE(w.take(alice).empty()) << row.name;
      continue;
    }
    const Message refused = w.take_one(alice, "SIP/2.0 ");
    EXPECT_EQ(refused.status(), row.status) << row.name;
    EXPECT_TRUE(w.asked.opens.empty()) << row.name;
    const bool names_types =
        refused.header(HeaderName::accept).value_or("").find("multipart/mixed") != std::string_view::npos;
    EXPECT_EQ(names_types, row.status == 415) << row.name;
  }
}

TEST(SessionOffers, alternatives_are_tried_from_the_last) {
  const std::string body =
      "SIP/2.0 200 OK\r\nVia: SIP/2.0/TLS h;branch=z9hG4bK1\r\nContent-Type: multipart/alternative;"
      "boundary=b\r\n\r\n" +
      part(sdp, "first") + part(sdp, "second") + "--b--";
  const auto offers = offers_in(*Message::parse(body));
  ASSERT_TRUE(offers);
  EXPECT_EQ(*offers, (std::vector<std::string>{"second", "first"}));
}

TEST(SessionOffers, depth_is_bounded) {
  std::string body = std::string(offer);
  std::string type = "application/sdp";
  for (std::size_t depth = 1; depth <= description_depth_max + 1; ++depth) {
    const std::string mark = "x" + std::to_string(depth);
    body = "--" + mark + "\r\nContent-Type: " + type + "\r\n\r\n" + body + "\r\n--" + mark + "--\r\n";
    type = "multipart/mixed;boundary=" + mark;
    World w;
    ClientDialog d = w.dialog(alice, "alice", "bob");
    w.say(d, "INVITE", type, body);
    EXPECT_EQ(w.asked.opens.size(), depth <= description_depth_max ? 1U : 0U) << depth;
  }
}

TEST(SessionOffers, refresh_may_come_in_parts_too) {
  World w;
  ClientDialog d = w.open_session();
  w.say(d, "INVITE", "multipart/mixed;boundary=b", good + "--b--");
  EXPECT_NE(w.take_one(alice, "SIP/2.0 200").body().find("m=message"), std::string_view::npos);
}

TEST(SessionIncoming, trying_is_said_at_once) {  // RFC 3261 17.2.1
  World w;
  ClientDialog d = w.dialog(alice, "alice", "bob");
  w.say(d, "INVITE", "application/sdp", offer, "Timestamp: 54\r\n");
  const std::vector<Message>& sent = w.asked.sent[alice];
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].status(), 100);
  EXPECT_EQ(sent[0].header(HeaderName::to), "<sip:bob@example.com>");  // 8.2.6.2: no tag
  EXPECT_NE(sent[0].bytes().find("\r\nTimestamp: 54\r\n"), std::string_view::npos);
  // What is refused at once needs none.
  ClientDialog nobody = w.dialog(alice, "alice", "dave");
  w.asked.sent[alice].clear();
  w.say(nobody, "INVITE", "application/sdp", offer);
  ASSERT_EQ(w.asked.sent[alice].size(), 1U);
  EXPECT_EQ(w.asked.sent[alice][0].status(), 404);
}

}  // namespace
}  // namespace tertulia::face::simple::session_world
