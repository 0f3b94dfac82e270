// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>

#include "wire/sip/capture_reader.h"
#include "wire/sip/framer.h"
#include "wire/sip/headers.h"
#include "wire/sip/message.h"

namespace tertulia::wire::sip {
namespace {

/// A header reader of its own, as plain as possible: the value is what stands behind the colon, trimmed.
std::vector<std::string> plain_values(const std::string& bytes) {
  std::vector<std::string> values;
  const std::string head = bytes.substr(0, bytes.find("\r\n\r\n") + 2);
  for (std::size_t at = head.find("\r\n") + 2; at < head.size();) {
    std::size_t end = head.find("\r\n", at);
    while (end + 2 < head.size() && (head[end + 2] == ' ' || head[end + 2] == '\t')) end = head.find("\r\n", end + 2);
    std::string value = head.substr(head.find(':', at) + 1, end - head.find(':', at) - 1);
    value.erase(0, value.find_first_not_of(" \t\r\n"));
    value.erase(value.find_last_not_of(" \t\r\n") + 1);
    values.push_back(value);
    at = end + 2;
  }
  return values;
}

TEST(Capture, every_message_survives_byte_for_byte) {
  std::size_t messages = 0;
  std::size_t requests_of_clients = 0;
  std::set<std::string> without_branch;
  for (const auto& file : testing::capture_files(TERTULIA_TEST_DATA)) {
    for (const testing::Captured& entry : testing::read_capture(file)) {
      SCOPED_TRACE(file.filename().string() + " " + entry.title);
      Framer framer{Framer::Limits{}};
      framer.append(entry.bytes);
      Framer::Event event = framer.next();
      ASSERT_TRUE(std::holds_alternative<Framer::Complete>(event)) << entry.bytes;
      const std::string bytes = std::get<Framer::Complete>(event).bytes;
      ASSERT_EQ(bytes, entry.bytes.substr(0, bytes.size()));
      // Only the line feed that closes the entry is left.
      ASSERT_LE(framer.pending(), 2U);
      const Result<Message> message = Message::parse(bytes);
      ASSERT_TRUE(message) << message.error().detail;
      EXPECT_EQ(message->flaw(), nullptr);
      EXPECT_EQ(message->bytes(), bytes);
      EXPECT_EQ(std::string(message->head()) + "\r\n" + std::string(message->body()), bytes);
      const std::vector<std::string> values = plain_values(bytes);
      ASSERT_EQ(message->header_count(), values.size());
      for (std::size_t i = 0; i < values.size(); ++i) EXPECT_EQ(message->header_at(i).value, values[i]);
      const Result<Basics> basics = validate(*message);
      ASSERT_TRUE(basics) << basics.error().detail;
      ++messages;
      if (!entry.from_client || !message->is_request()) continue;
      ++requests_of_clients;
      EXPECT_TRUE(basics->via.transport == "tls" || basics->via.transport == "tcp");
      EXPECT_TRUE(basics->from.parameters.has("epid"));
      EXPECT_TRUE(basics->from.parameters.has("tag"));
      if (basics->via.branch().empty()) without_branch.insert(basics->cseq.method);
    }
  }
  EXPECT_GT(messages, 700U);
  EXPECT_GT(requests_of_clients, 300U);
  EXPECT_TRUE(without_branch.count("INVITE")) << "initial INVITEs of these clients have no branch";
  EXPECT_TRUE(without_branch.count("MESSAGE"));
  RecordProperty("messages", static_cast<int>(messages));
}

TEST(Capture, a_whole_connection_in_one_stream) {
  for (const auto& file : testing::capture_files(TERTULIA_TEST_DATA)) {
    std::string stream;
    std::size_t expected = 0;
    for (const testing::Captured& entry : testing::read_capture(file)) {
      Framer one{Framer::Limits{}};
      one.append(entry.bytes);
      const Framer::Event event = one.next();
      if (const auto* complete = std::get_if<Framer::Complete>(&event)) stream += complete->bytes, ++expected;
    }
    Framer framer{Framer::Limits{}};
    std::size_t seen = 0;
    std::string again;
    for (std::size_t at = 0; at < stream.size(); at += 7) {  // pieces that fit nothing
      framer.append(std::string_view(stream).substr(at, 7));
      while (true) {
        Framer::Event event = framer.next();
        ASSERT_FALSE(std::holds_alternative<Framer::Broken>(event));
        if (std::holds_alternative<Framer::NeedMore>(event)) break;
        if (auto* complete = std::get_if<Framer::Complete>(&event)) again += complete->bytes, ++seen;
      }
    }
    EXPECT_EQ(seen, expected) << file;
    EXPECT_EQ(again, stream) << file;
  }
}

}  // namespace
}  // namespace tertulia::wire::sip
