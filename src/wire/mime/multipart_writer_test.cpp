// SPDX-License-Identifier: Apache-2.0
#include "wire/mime/multipart_writer.h"

#include <gtest/gtest.h>

#include "wire/mime/limits.h"
#include "wire/mime/multipart.h"

namespace tertulia::wire::mime {
namespace {

TEST(RelatedWriter, rfc4662_section_5_4_form) {
  RelatedWriter out("50UBfW7LSCVLtggUPe5z");
  out.add("application/rlmi+xml;charset=\"UTF-8\"", "nXYxAE@pres.vancouver.example.com", "<list/>\r\n");
  out.add("application/pidf+xml;charset=\"UTF-8\"", "bUZBsM@pres.vancouver.example.com", "<presence/>");
  EXPECT_EQ(out.content_type(),
            "multipart/related;type=\"application/rlmi+xml\";start=\"<nXYxAE@pres.vancouver.example.com>\";"
            "boundary=\"50UBfW7LSCVLtggUPe5z\"");
  EXPECT_EQ(std::move(out).take(),
            "--50UBfW7LSCVLtggUPe5z\r\n"
            "Content-Transfer-Encoding: binary\r\n"
            "Content-ID: <nXYxAE@pres.vancouver.example.com>\r\n"
            "Content-Type: application/rlmi+xml;charset=\"UTF-8\"\r\n"
            "\r\n"
            "<list/>\r\n\r\n"
            "--50UBfW7LSCVLtggUPe5z\r\n"
            "Content-Transfer-Encoding: binary\r\n"
            "Content-ID: <bUZBsM@pres.vancouver.example.com>\r\n"
            "Content-Type: application/pidf+xml;charset=\"UTF-8\"\r\n"
            "\r\n"
            "<presence/>\r\n"
            "--50UBfW7LSCVLtggUPe5z--\r\n");
}

TEST(RelatedWriter, is_read_by_our_reader) {
  RelatedWriter out(std::string(boundary_bytes_max, 'b'));
  std::vector<std::string> bodies;
  for (std::size_t i = 0; i < parts_max; ++i) {
    bodies.push_back(std::string(i, '-') + "\r\n" + std::string(i, '\n'));
    out.add("text/x-" + std::to_string(i), std::to_string(i) + "@example.com", bodies.back());
  }
  const std::string type = out.content_type();
  const std::string body = std::move(out).take();
  const Result<std::vector<PartView>> parts = read_multipart(type, body);
  ASSERT_TRUE(parts) << parts.error().detail;
  ASSERT_EQ(parts->size(), parts_max);
  for (std::size_t i = 0; i < parts_max; ++i) {
    EXPECT_EQ((*parts)[i].body, bodies[i]);
    EXPECT_EQ((*parts)[i].content_type(), "text/x-" + std::to_string(i));
    EXPECT_EQ((*parts)[i].header("Content-ID"), "<" + std::to_string(i) + "@example.com>");
  }
  EXPECT_EQ(parameter_of(type, "start"), "<0@example.com>");
  EXPECT_EQ(parameter_of(type, "type"), "text/x-0");
}

}  // namespace
}  // namespace tertulia::wire::mime
