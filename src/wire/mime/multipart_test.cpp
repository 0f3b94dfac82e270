// SPDX-License-Identifier: Apache-2.0
#include "wire/mime/multipart.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "wire/mime/limits.h"

namespace tertulia::wire::mime {
namespace {

using base::Reason;

std::string file(const std::string& name) {
  std::ifstream in(std::string(TERTULIA_TEST_DATA "/").append(name), std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

TEST(Multipart, two_parts_with_headers) {
  const std::string_view body =
      "preamble\r\n--b1\r\nContent-Type: text/plain;\r\n charset=utf-8\r\nX: 1\r\n\r\nhello\r\n\r\nworld\r\n--b1  \r\n"
      "content-type: text/html\r\n\r\n<b>hello</b>\r\n--b1--\r\nepilogue";
  const auto parts = read_multipart("Multipart/Alternative ; charset=x; boundary=b1", body);
  ASSERT_TRUE(parts) << parts.error().detail;
  ASSERT_EQ(parts->size(), 2U);
  EXPECT_EQ(parts->at(0).body, "hello\r\n\r\nworld");
  EXPECT_EQ(parts->at(0).content_type(), "text/plain;\r\n charset=utf-8");
  EXPECT_EQ(parts->at(0).header("x"), "1");
  EXPECT_EQ(parts->at(0).header("y"), std::nullopt);
  EXPECT_EQ(parts->at(1).body, "<b>hello</b>");
  EXPECT_EQ(media_type_of(parts->at(1).content_type()), "text/html");
}

TEST(Multipart, empty_parts_and_default_type) {
  const auto parts = read_multipart("multipart/mixed;boundary=\"a b\"",
                                    "--a b\r\n\r\ntext\r\n--a b\r\n\r\n--a b\r\nX: y\r\n\r\n--a b\r\n--a b--");
  ASSERT_TRUE(parts) << parts.error().detail;
  ASSERT_EQ(parts->size(), 4U);
  EXPECT_EQ(parts->at(0).body, "text");
  EXPECT_EQ(parts->at(0).content_type(), "text/plain");
  EXPECT_EQ(parts->at(1).body, "");
  EXPECT_EQ(parts->at(2).header("X"), "y");
  EXPECT_EQ(parts->at(3).body, "");
}

TEST(Multipart, a_longer_word_is_no_boundary) {
  const auto parts = read_multipart("multipart/mixed;boundary=b", "--b\r\n\r\n--bb\r\nx--b\r\n--b-\r\n--b--");
  ASSERT_TRUE(parts);
  ASSERT_EQ(parts->size(), 1U);
  EXPECT_EQ(parts->at(0).body, "--bb\r\nx--b\r\n--b-");
}

TEST(Multipart, refuses) {
  const auto reason = [](std::string_view type, std::string_view body) { return read_multipart(type, body).reason(); };
  EXPECT_EQ(reason("multipart/mixed", "--b\r\n\r\nx\r\n--b--"), Reason::malformed_message);
  EXPECT_EQ(reason("multipart/mixed;boundary=", "--\r\n\r\nx\r\n----"), Reason::malformed_message);
  EXPECT_EQ(reason("text/plain;boundary=b", "--b\r\n\r\nx\r\n--b--"), Reason::malformed_message);
  EXPECT_EQ(reason("multipart/mixed;boundary=\"b", "--b\r\n\r\nx\r\n--b--"), Reason::malformed_message);
  EXPECT_EQ(reason("multipart/mixed;boundary=b", ""), Reason::malformed_message);
  EXPECT_EQ(reason("multipart/mixed;boundary=b", "--b--"), Reason::malformed_message);
  EXPECT_EQ(reason("multipart/mixed;boundary=b", "--b\r\n\r\nx"), Reason::malformed_message);
  EXPECT_EQ(reason("multipart/mixed;boundary=b", "--b\r\nno blank line\r\n--b--"), Reason::malformed_message);
}

TEST(Multipart, bounds) {
  std::string body;
  for (std::size_t i = 0; i < parts_max; ++i) body += "--b\r\n\r\nx\r\n";
  EXPECT_EQ(read_multipart("multipart/mixed;boundary=b", body + "--b--")->size(), parts_max);
  EXPECT_EQ(read_multipart("multipart/mixed;boundary=b", body + "--b\r\n\r\nx\r\n--b--").reason(),
            Reason::message_too_large);
  const std::string longest(boundary_bytes_max, 'b');
  EXPECT_TRUE(
      read_multipart("multipart/mixed;boundary=" + longest, "--" + longest + "\r\n\r\n\r\n--" + longest + "--"));
  EXPECT_FALSE(
      read_multipart("multipart/mixed;boundary=b" + longest, "--b" + longest + "\r\n\r\n\r\n--b" + longest + "--"));
  const std::string head = "X: " + std::string(part_head_bytes_max - 3, 'x');
  EXPECT_TRUE(read_multipart("multipart/mixed;boundary=b", "--b\r\n" + head + "\r\n\r\nbody\r\n--b--"));
  EXPECT_FALSE(read_multipart("multipart/mixed;boundary=b", "--b\r\n" + head + "x\r\n\r\nbody\r\n--b--"));
}

TEST(Multipart, rfc4475_mpart01_keeps_nul_octets) {
  const std::string message = file("sip-torture/rfc4475/mpart01.dat");
  const std::string body = message.substr(message.find("\r\n\r\n") + 4);
  const auto parts = read_multipart("multipart/mixed;boundary=7a9cbec02ceef655", body);
  ASSERT_TRUE(parts);
  ASSERT_EQ(parts->size(), 2U);
  EXPECT_EQ(parts->at(0).body, "Hello");
  EXPECT_EQ(media_type_of(parts->at(1).content_type()), "application/octet-stream");
  EXPECT_NE(parts->at(1).body.find('\0'), std::string_view::npos);
  EXPECT_EQ(*decoded(parts->at(1)), parts->at(1).body);
}

TEST(Multipart, two_descriptions_of_a_real_call) {
  const std::string text = file("sipe-captures/33-audio-call-rejected.txt");
  const std::string type = "multipart/alternative;boundary=\"----=_NextPart_000_001E_01CB4397.0B5EB570\"";
  const std::size_t begin = text.find("\r\n\r\n", text.find("Content-Type: " + type)) + 4;
  const std::string body = text.substr(begin, text.find("\n===", begin) - begin);
  const auto parts = read_multipart(type, body);
  ASSERT_TRUE(parts) << parts.error().detail;
  ASSERT_EQ(parts->size(), 2U);
  EXPECT_EQ(parts->at(1).header("Content-Disposition"), "session; handling=optional");
  constexpr std::string_view wanted[] = {"application/sdp"};
  EXPECT_EQ(choose(type, *parts, wanted), &parts->at(1)) << "the best alternative comes last";
  EXPECT_EQ(choose("multipart/mixed", *parts, wanted), &parts->at(0));
  constexpr std::string_view other[] = {"text/plain"};
  EXPECT_EQ(choose(type, *parts, other), nullptr);
}

TEST(Parameter, of_a_content_type) {
  EXPECT_EQ(parameter_of("a/b; x=1;Y=\"2;\\\"3\\\"\" ; flag; z = 4 ", "y"), "2;\"3\"");
  EXPECT_EQ(parameter_of("a/b; x=1;Y=\"2;\\\"3\\\"\" ; flag; z = 4 ", "z"), "4");
  EXPECT_EQ(parameter_of("a/b; x=1", "boundary"), std::nullopt);
  EXPECT_EQ(parameter_of("a/b;", "x"), std::nullopt);
  EXPECT_EQ(parameter_of("a/b;x=", "x"), "");
  EXPECT_EQ(parameter_of("a/b;flag", "flag"), std::nullopt);
  EXPECT_EQ(media_type_of(" Text / Plain ;x"), "text/plain");
  EXPECT_EQ(media_type_of("text"), "");
  EXPECT_EQ(media_type_of("/x"), "");
}

TEST(Decoded, transfer_encodings) {
  const auto part = [](std::string_view encoding, std::string_view body) {
    static thread_local std::string head;
    head = "Content-Transfer-Encoding: " + std::string(encoding) + "\r\n";
    return decoded(PartView{head, body});
  };
  EXPECT_EQ(*part("Quoted-Printable", "gr=C3=BC=\r\n=c3=9f"), "gr\xc3\xbc\xc3\x9f");
  EXPECT_EQ(part("quoted-printable", "a=4").reason(), Reason::malformed_message);
  EXPECT_EQ(part("quoted-printable", "a=zz").reason(), Reason::malformed_message);
  EXPECT_EQ(part("quoted-printable", "a=").reason(), Reason::malformed_message);
  EXPECT_EQ(*part("base64", "aGVs\r\nbG8="), "hello");
  EXPECT_EQ(part("base64", "a*").reason(), Reason::malformed_message);
  EXPECT_EQ(*part("8bit", "x=3D"), "x=3D");
  EXPECT_EQ(part("x-uuencode", "x").reason(), Reason::media_type_unsupported);
}

}  // namespace
}  // namespace tertulia::wire::mime
