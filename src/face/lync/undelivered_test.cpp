// SPDX-License-Identifier: Apache-2.0
#include "face/lync/conference_script.h"
#include "wire/lync/imdn.h"

namespace tertulia::face::lync::lync_script {
namespace {

/// Alice is in her room, with a dialog for messages, and has said something.
struct Speaking : Meeting {
  Speaking() {
    enter(alice);
    alice.ask(typed({.method = "INVITE",
                     .uri = std::string(chat_address),
                     .headers = contact(alice),
                     .body = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=session\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                             "m=message 5061 sip null\r\na=accept-types:text/plain\r\n",
                     .call_id = "chat-alice"},
                    "application/sdp"));
    script.face.on(domain::ChatAnswer{script.world.chats.at(0).ticket, Reason::none, talk_of_conference}, script.now);
    chat_tag = tag_in(last(alice));
    alice.ask(typed({.method = "MESSAGE",
                     .uri = std::string(chat_address),
                     .body = "hello",
                     .call_id = "chat-alice",
                     .to_tag = chat_tag,
                     .cseq = 2},
                    "text/plain"));
    answer.ticket = script.world.posts.at(0).ticket;
    answer.outcome = domain::PostOutcome::delivered;
    alice.heard();
  }

  domain::PostAnswer answer;
  std::string chat_tag;
};

//   alice              server
//     | MESSAGE          |
//     |----------------->|  bob has refused it, carol has it
//     |              202 |  Message-Id
//     |<-----------------|
//     |         BENOTIFY |  who, and why
//     |<-----------------|
TEST(Undelivered, the_speaker_in_a_room_is_told_who_has_not_got_it) {
  Speaking t;
  t.answer.missed = {{base::UserId{2}, Reason::recipient_refused, 486},
                     {base::UserId{2}, Reason::recipient_silent, 408},  // another device of his
                     {base::UserId{99}, Reason::recipient_silent, 408}};
  t.script.face.on(t.answer, t.script.now);
  const std::vector<std::string> heard = t.alice.heard();
  ASSERT_EQ(heard.size(), 2U);
  EXPECT_EQ(status_of_text(heard[0]), 202);
  const std::string id = value_of(heard[0], "Message-Id");
  EXPECT_FALSE(id.empty());
  EXPECT_EQ(value_of(heard[0], "To"), "<" + std::string(chat_address) + ">;tag=" + t.chat_tag) << "as it was asked";
  EXPECT_TRUE(heard[1].starts_with("BENOTIFY ")) << heard[1];
  EXPECT_EQ(value_of(heard[1], "Call-ID"), "chat-alice");
  EXPECT_TRUE(value_of(heard[1], "From").starts_with("<" + std::string(chat_address) + ">;tag=")) << heard[1];
  EXPECT_EQ(value_of(heard[1], "Content-Type"), wire::lync::imdn_type);
  EXPECT_EQ(body_of(heard[1]), wire::lync::write_imdn({id, {{"sip:bob@example.com", 486}}}));
  EXPECT_NE(t.alice.signature_number(heard[1]), 0U);
}

TEST(Undelivered, nothing_is_told_when_everybody_has_it) {
  Speaking t;
  t.script.face.on(t.answer, t.script.now);
  const std::vector<std::string> heard = t.alice.heard();
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(status_of_text(heard[0]), 200);
  EXPECT_EQ(value_of(heard[0], "Message-Id"), "");
}

}  // namespace
}  // namespace tertulia::face::lync::lync_script
