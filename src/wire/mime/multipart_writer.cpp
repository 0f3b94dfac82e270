// SPDX-License-Identifier: Apache-2.0
#include "wire/mime/multipart_writer.h"

#include <utility>

#include "base/check.h"
#include "wire/mime/limits.h"

namespace tertulia::wire::mime {

RelatedWriter::RelatedWriter(std::string boundary) : boundary_(std::move(boundary)) {
  TERTULIA_CHECK(!boundary_.empty() && boundary_.size() <= boundary_bytes_max);
}

void RelatedWriter::add(std::string_view content_type, std::string_view content_id, std::string_view body) {
  if (root_type_.empty()) {
    root_type_ = content_type.substr(0, content_type.find(';'));
    root_id_ = content_id;
  }
  out_.append("--").append(boundary_).append("\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <");
  out_.append(content_id).append(">\r\nContent-Type: ").append(content_type).append("\r\n\r\n");
  out_.append(body).append("\r\n");
}

std::string RelatedWriter::content_type() const {
  return std::string("multipart/related;type=\"")
      .append(root_type_)
      .append("\";start=\"<")
      .append(root_id_)
      .append(">\";boundary=\"")
      .append(boundary_)
      .append("\"");
}

std::string RelatedWriter::take() && {
  TERTULIA_CHECK(!out_.empty());
  return std::move(out_.append("--").append(boundary_).append("--\r\n"));
}

}  // namespace tertulia::wire::mime
