// SPDX-License-Identifier: Apache-2.0
#include "wire/xml/document.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "wire/xml/escape.h"
#include "wire/xml/parse.h"

namespace tertulia::wire::xml {

/// Turns what a parse tells into nodes; they come in the order of the document.
class DocumentBuilder final : public Sink {
 public:
  explicit DocumentBuilder(Document& document) : document_(document) {}

  void declare(std::string_view prefix, std::string_view name_space) override {
    document_.declarations_.push_back({known(prefix), known(name_space)});
  }

  void begin(int, const NameView& name, std::span<const AttributeView> attributes, std::size_t offset) override {
    const auto index = static_cast<std::uint32_t>(document_.nodes_.size());
    Document::Node node;
    node.name_space = known(name.name_space);
    node.local = known(name.local);
    node.prefix = known(name.prefix);
    node.offset = static_cast<std::uint32_t>(offset);
    node.declarations_begin = declarations_taken_;
    node.declarations_end = declarations_taken_ = static_cast<std::uint32_t>(document_.declarations_.size());
    node.attributes_begin = static_cast<std::uint32_t>(document_.attributes_.size());
    for (const AttributeView& one : attributes)
      document_.attributes_.push_back(
          {known(one.name.name_space), known(one.name.local), known(one.name.prefix), added(one.value)});
    node.attributes_end = static_cast<std::uint32_t>(document_.attributes_.size());
    if (!open_.empty()) {
      node.parent = open_.back().index;
      std::uint32_t& last = open_.back().last_child;
      (last == Document::nobody ? document_.nodes_[node.parent].first_child : document_.nodes_[last].next) = index;
      last = index;
    }
    document_.nodes_.push_back(node);
    open_.push_back({index, Document::nobody});
  }

  void end(int, const NameView&, std::string_view text, std::size_t end_offset) override {
    Document::Node& node = document_.nodes_[open_.back().index];
    node.text = added(text);
    node.length = static_cast<std::uint32_t>(end_offset) - node.offset;
    open_.pop_back();
  }

 private:
  Document::Slice added(std::string_view text) {
    const Document::Slice slice{static_cast<std::uint32_t>(document_.arena_.size()),
                                static_cast<std::uint32_t>(text.size())};
    document_.arena_.append(text);
    return slice;
  }
  /// Names repeat: each is kept once.
  Document::Slice known(std::string_view name) {
    if (name.empty()) return {};
    const auto [at, is_new] = names_.try_emplace(std::string(name));
    if (is_new) at->second = added(name);
    return at->second;
  }

  struct Open {
    std::uint32_t index;
    std::uint32_t last_child;
  };
  Document& document_;
  std::vector<Open> open_;
  std::unordered_map<std::string, Document::Slice> names_;
  std::uint32_t declarations_taken_ = 0;
};

Result<Document> Document::parse(std::string source, const Limits& limits) {
  Document document;
  DocumentBuilder builder(document);
  if (Result<void> parsed = xml::parse(source, limits, builder); !parsed) return parsed.error();
  document.source_ = std::move(source);
  return document;
}

bool Document::declared_inside(std::uint32_t index, std::uint32_t top, std::string_view prefix) const {
  for (std::uint32_t at = index;; at = nodes_[at].parent) {
    const Node& node = nodes_[at];
    for (std::uint32_t i = node.declarations_begin; i < node.declarations_end; ++i)
      if (view(declarations_[i].prefix) == prefix) return true;
    if (at == top) return false;
  }
}

/// Prefixes that stand on a tag below `top` and are declared above it; "" is the default namespace.
std::vector<std::string_view> Document::prefixes_from_outside(std::uint32_t top) const {
  std::vector<std::string_view> found;
  const auto look = [&](std::uint32_t index, std::string_view prefix) {
    if (prefix == "xml" || std::find(found.begin(), found.end(), prefix) != found.end()) return;
    if (!declared_inside(index, top, prefix)) found.push_back(prefix);
  };
  const std::size_t end = std::size_t{nodes_[top].offset} + nodes_[top].length;
  for (std::uint32_t at = top; at < nodes_.size() && nodes_[at].offset < end; ++at) {
    look(at, view(nodes_[at].prefix));
    for (std::uint32_t i = nodes_[at].attributes_begin; i < nodes_[at].attributes_end; ++i)
      if (const std::string_view prefix = view(attributes_[i].prefix); !prefix.empty()) look(at, prefix);
  }
  return found;
}

std::string_view ElementView::name_space() const { return document_->view(document_->nodes_[index_].name_space); }
std::string_view ElementView::local() const { return document_->view(document_->nodes_[index_].local); }

bool ElementView::is(std::string_view wanted_namespace, std::string_view wanted_local) const {
  return local() == wanted_local && name_space() == wanted_namespace;
}

std::optional<std::string_view> ElementView::attribute(std::string_view wanted, std::string_view wanted_space) const {
  const Document::Node& node = document_->nodes_[index_];
  for (std::uint32_t i = node.attributes_begin; i < node.attributes_end; ++i) {
    const Document::Attribute& one = document_->attributes_[i];
    if (document_->view(one.local) == wanted && document_->view(one.name_space) == wanted_space)
      return document_->view(one.value);
  }
  return std::nullopt;
}

std::string_view ElementView::whole_text() const { return document_->view(document_->nodes_[index_].text); }

std::string_view ElementView::text() const {
  constexpr std::string_view blanks = " \t\r\n";
  const std::string_view whole = whole_text();
  const std::size_t first = whole.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return whole.substr(first, whole.find_last_not_of(blanks) - first + 1);
}

std::optional<ElementView> ElementView::first_child() const {
  const std::uint32_t first = document_->nodes_[index_].first_child;
  return first == Document::nobody ? std::nullopt : std::optional(ElementView(*document_, first));
}

std::optional<ElementView> ElementView::next_sibling() const {
  const std::uint32_t next = document_->nodes_[index_].next;
  return next == Document::nobody ? std::nullopt : std::optional(ElementView(*document_, next));
}

std::optional<ElementView> ElementView::child(std::string_view wanted_namespace, std::string_view wanted_local) const {
  for (ElementView one : children())
    if (one.is(wanted_namespace, wanted_local)) return one;
  return std::nullopt;
}

std::size_t ElementView::offset() const { return document_->nodes_[index_].offset; }
std::size_t ElementView::length() const { return document_->nodes_[index_].length; }

std::string_view ElementView::raw() const {
  const Document::Node& node = document_->nodes_[index_];
  return std::string_view(document_->source_).substr(node.offset, node.length);
}

std::string ElementView::standalone() const {
  std::vector<std::string_view> missing = document_->prefixes_from_outside(index_);
  std::string declarations;
  const auto declare = [&](std::string_view prefix, std::string_view name_space) {
    declarations.append(prefix.empty() ? " xmlns" : " xmlns:").append(prefix).append("=\"");
    append_escaped(declarations, name_space, Place::attribute);
    declarations.push_back('"');
  };
  for (std::uint32_t at = document_->nodes_[index_].parent; at != Document::nobody && !missing.empty();
       at = document_->nodes_[at].parent) {
    const Document::Node& outer = document_->nodes_[at];
    for (std::uint32_t i = outer.declarations_begin; i < outer.declarations_end; ++i) {
      const Document::Declaration& one = document_->declarations_[i];
      if (std::erase(missing, document_->view(one.prefix)) != 0)
        declare(document_->view(one.prefix), document_->view(one.name_space));
    }
  }
  // Elsewhere another default namespace may hold: say that here is none.
  if (!missing.empty()) declare({}, {});
  const std::string_view whole = raw();
  const std::size_t name_end = whole.find_first_of(" \t\r\n/>");
  return std::string(whole.substr(0, name_end)).append(declarations).append(whole.substr(name_end));
}

}  // namespace tertulia::wire::xml
