// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "wire/xml/limits.h"

namespace tertulia::wire::xml {

using base::Result;

class Document;

/// One element of a Document.  A cheap view: good while the document lives where it is.
class ElementView {
 public:
  std::string_view name_space() const;  ///< empty: none
  std::string_view local() const;
  bool is(std::string_view wanted_namespace, std::string_view wanted_local) const;
  /// Value of an attribute; those without a prefix have no namespace.
  std::optional<std::string_view> attribute(std::string_view local, std::string_view name_space = {}) const;
  /// Text directly inside, pieces joined; `text()` without blanks and line ends around it.
  std::string_view text() const;
  std::string_view whole_text() const;

  std::optional<ElementView> first_child() const;
  std::optional<ElementView> next_sibling() const;
  /// First child of this name.
  std::optional<ElementView> child(std::string_view wanted_namespace, std::string_view wanted_local) const;
  /// for (ElementView one : element.children())
  class Children;
  Children children() const;

  /// From `<` of its begin to `>` of its end, in the octets that were parsed.
  std::size_t offset() const;
  std::size_t length() const;
  std::string_view raw() const;
  /// The raw slice, made to mean the same anywhere: namespaces that outer elements declare are added to its first tag.
  std::string standalone() const;

 private:
  friend class Document;
  ElementView(const Document& document, std::uint32_t index) : document_(&document), index_(index) {}
  const Document* document_;
  std::uint32_t index_;
};

/// A small document read into one arena.  A value; views of its elements end when it moves or dies.
class Document {
 public:
  /// Errors: malformed_message with the offset in detail, message_too_large.
  static Result<Document> parse(std::string source, const Limits& limits = {});

  ElementView root() const { return {*this, 0}; }
  const std::string& source() const { return source_; }

 private:
  friend class ElementView;
  friend class DocumentBuilder;
  struct Slice {
    std::uint32_t offset = 0, length = 0;  // into arena_
  };
  struct Attribute {
    Slice name_space, local, prefix, value;
  };
  struct Declaration {
    Slice prefix, name_space;
  };
  static constexpr std::uint32_t nobody = UINT32_MAX;
  struct Node {
    Slice name_space, local, prefix, text;
    std::uint32_t offset = 0, length = 0;  // into source_
    std::uint32_t parent = nobody, first_child = nobody, next = nobody;
    std::uint32_t attributes_begin = 0, attributes_end = 0;
    std::uint32_t declarations_begin = 0, declarations_end = 0;
  };
  bool declared_inside(std::uint32_t index, std::uint32_t top, std::string_view prefix) const;
  std::vector<std::string_view> prefixes_from_outside(std::uint32_t top) const;
  std::string_view view(Slice slice) const { return std::string_view(arena_).substr(slice.offset, slice.length); }

  std::string source_;
  std::string arena_;  // names, values and texts, decoded
  std::vector<Node> nodes_;
  std::vector<Attribute> attributes_;
  std::vector<Declaration> declarations_;
};

class ElementView::Children {
 public:
  class Iterator {
   public:
    explicit Iterator(std::optional<ElementView> at) : at_(at) {}
    ElementView operator*() const { return *at_; }
    Iterator& operator++() {
      at_ = at_->next_sibling();
      return *this;
    }
    bool operator!=(const Iterator& other) const { return at_.has_value() != other.at_.has_value(); }

   private:
    std::optional<ElementView> at_;
  };
  explicit Children(std::optional<ElementView> first) : first_(first) {}
  Iterator begin() const { return Iterator(first_); }
  Iterator end() const { return Iterator(std::nullopt); }

 private:
  std::optional<ElementView> first_;
};

inline ElementView::Children ElementView::children() const { return Children(first_child()); }

}  // namespace tertulia::wire::xml
