// SPDX-License-Identifier: Apache-2.0
// A file that is offered by an INVITE of its own.
#include "face/simple/call_world.h"

namespace tertulia::face::simple::call_world {
namespace {

using namespace std::chrono_literals;

std::string offer_of(const std::string& name) {
  return "--b\r\nContent-Type: application/ms-filetransfer+xml\r\nContent-Transfer-Encoding: 7bit\r\n"
         "Content-Disposition: render; handling=optional\r\n\r\n"
         "<request xmlns=\"http://schemas.microsoft.com/rtc/2009/05/filetransfer\" "
         "requestId=\"1\"><publishFile><fileInfo>"
         "<id>{6244F934}</id><name>" +
         name +
         "</name><size>50000</size></fileInfo></publishFile></request>\r\n"
         "--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\no=- 0 0 IN IP4 10.0.0.1\r\ns=session\r\n"
         "c=IN IP4 10.0.0.1\r\nt=0 0\r\nm=data 6891 TCP/RTP/AVP 127\r\na=rtpmap:127 x-data/90000\r\n--b--\r\n";
}

struct Offer : Pair {
  Message offers(const std::string& name) {
    at_alice = alice.line_to("sip:bob@example.com");
    const std::string body = offer_of(name);
    alice.say(alice.request(at_alice, "INVITE", {}, body, "multipart/mixed;boundary=\"b\""));
    Message arrived = bob.hears("INVITE " + bob.contact + " SIP/2.0");
    EXPECT_EQ(arrived.body(), body);
    return arrived;
  }
};

TEST(CallFile, is_carried_like_a_call_with_all_that_is_said_in_it) {
  Offer p;
  const Message invite = p.offers("plan.txt");
  ASSERT_EQ(p.world.agent.placed.size(), 1U);
  const domain::PlaceCall& placed = p.world.agent.placed.back();
  ASSERT_TRUE(placed.file);
  EXPECT_EQ(placed.file->name, "plan.txt");
  EXPECT_EQ(placed.file->identity, "{6244F934}");
  EXPECT_EQ(placed.media_types, 0U);
  p.at_bob = Phone::line_of(invite, "b1");
  p.bob.answer(invite, "200 OK", "b1", {}, "v=0\r\nm=data 6892 TCP/RTP/AVP 127\r\n");
  Phone::learn(p.at_alice, p.alice.hears("SIP/2.0 200"));
  p.alice.ask(p.at_alice, "ACK");
  p.bob.hears("ACK");
  // The path that was chosen, then what is said of the file.
  p.alice.ask(p.at_alice, "INVITE", {}, "v=0\r\nm=data 6891 TCP/RTP/AVP 127\r\na=remote-candidate:x\r\n");
  const Message again = p.bob.hears("INVITE");
  EXPECT_TRUE(again.body().find("remote-candidate") != std::string_view::npos);
  p.bob.answer(again, "200 OK", {}, {}, "v=0\r\nm=data 6892 TCP/RTP/AVP 127\r\n");
  p.alice.hears("SIP/2.0 200");
  p.alice.ask(p.at_alice, "ACK");
  p.bob.hears("ACK");
  const std::string cancel =
      "<request requestId=\"3\"/><cancelTransfer><transferId>1</transferId></cancelTransfer></request>";
  p.bob.say(p.bob.request(p.at_bob, "INFO", {}, cancel, "application/ms-filetransfer+xml"));
  const Message info = p.alice.hears("INFO");
  EXPECT_EQ(info.body(), cancel) << "byte for byte";
  EXPECT_TRUE(p.world.agent.requests.back().cancels_file);
  p.alice.answer(info, "200 OK");
  p.bob.hears("SIP/2.0 200");
}

TEST(CallFile, what_names_none_is_a_call_of_an_unknown_kind) {
  Offer p;
  p.offers("");
  EXPECT_FALSE(p.world.agent.placed.back().file);
}

}  // namespace
}  // namespace tertulia::face::simple::call_world
