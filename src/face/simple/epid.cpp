// SPDX-License-Identifier: Apache-2.0
#include "face/simple/epid.h"

#include <array>
#include <cstddef>

#include "base/digest.h"

namespace tertulia::face::simple {
namespace {

/// fcacfb03-8a73-46ef-91b1-e5ebeeaba4fe, its first three fields with the last octet first.
constexpr std::string_view name_space("\x03\xfb\xac\xfc\x73\x8a\xef\x46\x91\xb1\xe5\xeb\xee\xab\xa4\xfe", 16);
/// Octets of the hash as the text of the UUID has them: the same fields turned back.
constexpr std::array<std::size_t, 16> text_order = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};

}  // namespace

std::string instance_of_epid(std::string_view epid) {
  std::string hash = base::Hasher(base::HashAlgorithm::sha1).raw({name_space, epid});
  hash[7] = static_cast<char>((static_cast<unsigned char>(hash[7]) & 0x0FU) | 0x50U);
  hash[8] = static_cast<char>((static_cast<unsigned char>(hash[8]) & 0x3FU) | 0x80U);
  std::string name = "urn:uuid:";
  for (std::size_t i = 0; i < text_order.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) name.push_back('-');
    name.append(base::to_hex(std::string_view(&hash[text_order.at(i)], 1)));
  }
  return name;
}

}  // namespace tertulia::face::simple
