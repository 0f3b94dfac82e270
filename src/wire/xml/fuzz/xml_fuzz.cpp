// SPDX-License-Identifier: Apache-2.0
// Slices of a document stand for themselves, and what is escaped reads as it was.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "wire/xml/document.h"
#include "wire/xml/writer.h"

namespace {

using namespace tertulia::wire::xml;

void check_alike(ElementView a, ElementView b) {
  TERTULIA_CHECK(a.local() == b.local());
  TERTULIA_CHECK(a.name_space() == b.name_space());
  TERTULIA_CHECK(a.whole_text() == b.whole_text());
  std::optional<ElementView> left = a.first_child();
  std::optional<ElementView> right = b.first_child();
  for (; left && right; left = left->next_sibling(), right = right->next_sibling()) check_alike(*left, *right);
  TERTULIA_CHECK(!left && !right);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  Limits wide;
  wide.document_bytes = 4 * document_bytes_max;
  wide.depth = depth_max + 1;
  if (const auto document = Document::parse(input)) {
    int looked_at = 0;
    for (ElementView one : document->root().children()) {
      if (++looked_at > 16) break;
      const std::string alone = one.standalone();
      const auto elsewhere =
          Document::parse("<x xmlns='urn:x' xmlns:a='urn:y' xmlns:b='urn:z'>" + alone + "</x>", wide);
      if (!elsewhere) continue;  // the three namespaces of x may be too many
      check_alike(one, *elsewhere->root().first_child());
      TERTULIA_CHECK(elsewhere->root().first_child()->standalone() == alone);
    }
  }
  Writer out;
  out.begin("a").attribute("b", input).text(input).end();
  const std::string written = std::move(out).take();
  if (written.size() > wide.document_bytes) return 0;
  wide.text_bytes = wide.document_bytes;
  const auto read = Document::parse(written, wide);
  TERTULIA_CHECK(read);
  TERTULIA_CHECK(*read->root().attribute("b") == read->root().whole_text());
  return 0;
}
