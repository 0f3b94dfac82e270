// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace tertulia::wire::mime {

/// Puts parts together as multipart/related (RFC 2387), the form of a list notification (RFC 4662 4.5): the first part
/// is the root.  `boundary`: letters and digits, at most boundary_bytes_max, random so that no part holds it.
class RelatedWriter {
 public:
  explicit RelatedWriter(std::string boundary);

  /// `content_id`: without brackets, as RLMI's cid.  `body` is copied as it is and called binary.
  void add(std::string_view content_type, std::string_view content_id, std::string_view body);

  /// Value for the Content-Type header; names the type and the Content-ID of the first part.
  std::string content_type() const;
  /// The body; at least one part was added.
  std::string take() &&;

 private:
  std::string boundary_;
  std::string root_type_, root_id_;
  std::string out_;
};

}  // namespace tertulia::wire::mime
