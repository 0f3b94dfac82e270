// SPDX-License-Identifier: Apache-2.0
#include "wire/sip/framer.h"

#include <gtest/gtest.h>

#include "wire/sip/limits.h"
#include "wire/sip/message.h"

namespace tertulia::wire::sip {
namespace {

using base::Reason;

/// One letter an event: M(essage), P(ing), p(ong), B(roken); the end of each run of events is left out.
std::string events_of(Framer& framer, std::string* messages = nullptr) {
  std::string letters;
  while (true) {
    Framer::Event event = framer.next();
    if (std::holds_alternative<Framer::NeedMore>(event)) return letters;
    if (auto* complete = std::get_if<Framer::Complete>(&event)) {
      letters += 'M';
      if (messages) *messages += complete->bytes + "|";
    }
    if (std::holds_alternative<Framer::Ping>(event)) letters += 'P';
    if (std::holds_alternative<Framer::Pong>(event)) letters += 'p';
    if (std::holds_alternative<Framer::Broken>(event)) return letters + 'B';
  }
}

std::string events(std::string_view stream) {
  Framer framer{Framer::Limits{}};
  framer.append(stream);
  return events_of(framer);
}

constexpr std::string_view options = "OPTIONS sip:a SIP/2.0\r\nVia: x\r\nl: 3\r\n\r\nabc";

TEST(Framer, messages_and_keep_alives) {
  EXPECT_EQ(events(options), "M");
  EXPECT_EQ(events(std::string(options) + std::string(options)), "MM");
  EXPECT_EQ(events("\r\n\r\n"), "P");
  EXPECT_EQ(events("\r\n"), "p");
  EXPECT_EQ(events("\r\n\r\n\r\n"), "Pp");
  EXPECT_EQ(events("\r\n\r\n\r\n\r\n"), "PP");
  EXPECT_EQ(events("\r\n" + std::string(options)), "pM");
  EXPECT_EQ(events("\r\n\r\n" + std::string(options) + "\r\n\r\n"), "PMP");
  EXPECT_EQ(events("A sip:a SIP/2.0\r\n\r\nB sip:b SIP/2.0\r\n\r\n"), "MM") << "no Content-Length means no body";
}

TEST(Framer, a_keep_alive_in_two_halves_answers_once) {
  Framer framer{Framer::Limits{}};
  framer.append("\r\n");
  EXPECT_EQ(events_of(framer), "p");
  EXPECT_EQ(framer.pending(), 0U) << "no message has begun";
  framer.append("\r");
  EXPECT_EQ(events_of(framer), "");
  framer.append("\n");
  EXPECT_EQ(events_of(framer), "P");
  framer.append("\r\n");
  EXPECT_EQ(events_of(framer), "p");
  framer.append(options);
  EXPECT_EQ(events_of(framer), "M");
  framer.append("\r\n");
  EXPECT_EQ(events_of(framer), "p") << "the halves do not belong together";
}

TEST(Framer, one_byte_at_a_time) {
  const std::string stream = "\r\n\r\n" + std::string(options) + "\r\n" + std::string(options) + "\r\n\r\n";
  Framer framer{Framer::Limits{}};
  std::string letters;
  std::string messages;
  for (const char c : stream) {
    framer.append(std::string_view(&c, 1));
    letters += events_of(framer, &messages);
  }
  EXPECT_EQ(letters, "pPMpMpP");
  const std::string one = std::string(options).append("|");
  EXPECT_EQ(messages, one + one);
  EXPECT_EQ(framer.pending(), 0U);
}

TEST(Framer, reads_content_length_in_every_form) {
  for (const std::string_view line : {"Content-Length: 3", "CONTENT-LENGTH:3", "l:3", "L  :\t 3  ",
                                      "Content-Length:\r\n 3", "l:\r\n \r\n\t0003", "l: 3\r\nContent-Length: 3"}) {
    EXPECT_EQ(events("A sip:a SIP/2.0\r\n" + std::string(line) + "\r\nX: y\r\n\r\nabc\r\n"), "Mp") << line;
  }
}

TEST(Framer, refuses_what_is_no_length) {
  for (const std::string_view line :
       {"Content-Length: -1", "l: +3", "l: three", "l:", "l: 3 3", "l: 3, 3", "l: 0x3", "l: 3\r\nl: 4",
        "Content-Length: 4294967296", "l: 99999999999999999999999", "l: 3\r\n 4", "l: 3;x"}) {
    Framer framer{Framer::Limits{}};
    const std::string head = "A sip:a SIP/2.0\r\nVia: v\r\n" + std::string(line) + "\r\n\r\n";
    framer.append(head + "abc");
    Framer::Event event = framer.next();
    ASSERT_TRUE(std::holds_alternative<Framer::Broken>(event)) << line;
    EXPECT_EQ(std::get<Framer::Broken>(event).error.reason, Reason::content_length_bad);
    EXPECT_EQ(std::get<Framer::Broken>(event).head, head);
    framer.append("OPTIONS sip:a SIP/2.0\r\n\r\n");
    event = framer.next();
    ASSERT_TRUE(std::holds_alternative<Framer::Broken>(event)) << "nothing behind it is a message";
    EXPECT_EQ(std::get<Framer::Broken>(event).head, "");
    EXPECT_FALSE(Message::parse(head + "abc")->flaw() == nullptr) << "both layers agree";
  }
}

TEST(Framer, a_folded_line_is_no_length) {
  EXPECT_EQ(events("A sip:a SIP/2.0\r\nX: y\r\n l: 3\r\n\r\n"), "M");
  EXPECT_EQ(events("l: 3 SIP/2.0\r\nX: y\r\n\r\n"), "M") << "nor is the start line";
}

TEST(Framer, line_ends_are_cr_lf) {
  for (const std::string_view stream : {"\n", "A sip:a SIP/2.0\n\n", "A sip:a SIP/2.0\r\nX: y\nl: 3\r\n\r\n"}) {
    Framer framer{Framer::Limits{}};
    framer.append(stream);
    Framer::Event event = framer.next();
    ASSERT_TRUE(std::holds_alternative<Framer::Broken>(event));
    EXPECT_EQ(std::get<Framer::Broken>(event).error.reason, Reason::malformed_message);
  }
}

TEST(Framer, head_at_and_over_its_bound) {
  const Framer::Limits limits{100, 10};
  std::string head = "A sip:a SIP/2.0\r\nX: ";
  head.append(limits.head_bytes_max - head.size() - 4, 'x').append("\r\n\r\n");
  ASSERT_EQ(head.size(), 100U);
  Framer fits(limits);
  fits.append(head);
  EXPECT_EQ(events_of(fits), "M");
  head.insert(20, "x");
  for (const bool at_once : {true, false}) {
    Framer framer(limits);
    Framer::Event event;
    std::size_t used = 0;
    for (; used < head.size() && !std::holds_alternative<Framer::Broken>(event); ++used) {
      framer.append(at_once ? std::string_view(head) : std::string_view(head).substr(used, 1));
      event = framer.next();
      if (at_once) break;
    }
    ASSERT_TRUE(std::holds_alternative<Framer::Broken>(event));
    EXPECT_EQ(std::get<Framer::Broken>(event).error.reason, Reason::message_too_large);
    EXPECT_EQ(std::get<Framer::Broken>(event).head, head.substr(0, 100));
  }
}

TEST(Framer, body_at_and_over_its_bound) {
  const Framer::Limits limits{100, 10};
  Framer fits(limits);
  fits.append("A sip:a SIP/2.0\r\nl: 10\r\n\r\n0123456789");
  EXPECT_EQ(events_of(fits), "M");
  Framer over(limits);
  over.append("A sip:a SIP/2.0\r\nl: 11\r\n\r\n");
  Framer::Event event = over.next();  // before the first octet of the body
  ASSERT_TRUE(std::holds_alternative<Framer::Broken>(event));
  EXPECT_EQ(std::get<Framer::Broken>(event).error.reason, Reason::message_too_large);
  EXPECT_TRUE(Message::parse(std::get<Framer::Broken>(event).head)) << "can be answered with 513";
}

TEST(Framer, keeps_no_memory_for_idle_connections) {
  Framer framer{Framer::Limits{}};
  framer.append(options.substr(0, 10));
  EXPECT_EQ(events_of(framer), "");
  framer.release_if_idle();
  EXPECT_EQ(framer.pending(), 10U);
  framer.append(options.substr(10));
  EXPECT_EQ(events_of(framer), "M");
  EXPECT_EQ(framer.pending(), 0U);
  framer.release_if_idle();
  framer.append(options);
  EXPECT_EQ(events_of(framer), "M");
}

TEST(Framer, a_long_pipeline_stays_in_step) {
  std::string stream;
  for (int i = 0; i < 3000; ++i) stream += options;
  Framer framer{Framer::Limits{}};
  std::size_t messages = 0;
  for (std::size_t at = 0; at < stream.size(); at += 16381) {
    framer.append(std::string_view(stream).substr(at, 16381));
    messages += events_of(framer).size();
    EXPECT_LT(framer.pending(), options.size());
  }
  EXPECT_EQ(messages, 3000U);
}

}  // namespace
}  // namespace tertulia::wire::sip
