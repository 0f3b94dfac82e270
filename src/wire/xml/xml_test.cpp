// SPDX-License-Identifier: Apache-2.0
#include "wire/xml/xml.h"

#include <gtest/gtest.h>

#include "wire/xml/document.h"
#include "wire/xml/writer.h"

namespace tertulia::wire::xml {
namespace {

using base::Reason;

std::string repeated(std::size_t count, std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

std::string nested(int depth) {
  const auto count = static_cast<std::size_t>(depth);
  return repeated(count, "<a>") + repeated(count, "</a>");
}

std::string with_attributes(int count) {
  std::string text = "<a";
  for (int i = 0; i < count; ++i) text += " a" + std::to_string(i) + "=''";
  return text + "/>";
}

TEST(Xml, no_doctype_no_entities) {
  const Result<void> read =
      read_xml("<!DOCTYPE a [<!ENTITY b \"bbbb\"><!ENTITY c \"&b;&b;&b;\">]><a>&c;</a>", XmlHandler{});
  ASSERT_FALSE(read);
  EXPECT_EQ(read.reason(), Reason::malformed_message);
  EXPECT_NE(read.error().detail.find("DOCTYPE"), std::string::npos);
  EXPECT_FALSE(read_xml("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", XmlHandler{}));
  EXPECT_FALSE(read_xml("<a>&b;</a>", XmlHandler{}));
}

TEST(Xml, bounds) {
  EXPECT_TRUE(read_xml(nested(depth_max), {}));
  EXPECT_FALSE(read_xml(nested(depth_max + 1), {}));
  EXPECT_TRUE(read_xml(with_attributes(attributes_max), {}));
  EXPECT_FALSE(read_xml(with_attributes(attributes_max + 1), {}));
  const std::string many = "<a>" + repeated(elements_max - 1, "<b/>");
  EXPECT_TRUE(read_xml(many + "</a>", {}));
  EXPECT_FALSE(read_xml(many + "<b/></a>", {}));
  const std::string frame = "<a><!----></a>";
  std::string full = frame;
  full.insert(7, document_bytes_max - frame.size(), 'x');
  EXPECT_TRUE(read_xml(full, {}));
  full.insert(7, "x");
  EXPECT_EQ(read_xml(full, {}).reason(), Reason::message_too_large);
}

TEST(Xml, bounds_of_namespaces) {
  const auto declared = [](std::size_t octets) {
    return "<a><!-- ' --><?b \" ?><![CDATA[<\"]]><c x='>' xmlns:d = '" + std::string(octets, 'n') + "'/></a>";
  };
  EXPECT_TRUE(read_xml(declared(namespace_bytes_max), {}));
  const Result<void> read = read_xml(declared(namespace_bytes_max + 1), {});
  EXPECT_NE(read.error().detail.find("namespace too long"), std::string::npos) << read.error().detail;
  const auto times = [](std::size_t count) { return "<a>" + repeated(count, "<b xmlns='c'/>") + "</a>"; };
  EXPECT_TRUE(read_xml(times(declarations_max), {}));
  EXPECT_FALSE(read_xml(times(declarations_max + 1), {}));
}

TEST(Xml, the_caller_may_bound_otherwise) {
  const Limits small{.document_bytes = 100, .depth = 2, .attributes = 1, .elements = 3, .text_bytes = 4};
  EXPECT_TRUE(read_xml("<a b=''><c>1234</c><d/></a>", {}, small));
  EXPECT_FALSE(read_xml("<a><b><c/></b></a>", {}, small));
  EXPECT_FALSE(read_xml("<a b='' c=''/>", {}, small));
  EXPECT_FALSE(read_xml("<a><b/><c/><d/></a>", {}, small));
  EXPECT_FALSE(read_xml("<a>12<b/>345</a>", {}, small));
  EXPECT_EQ(read_xml("<a>" + std::string(100, ' ') + "</a>", {}, small).reason(), Reason::message_too_large);
}

TEST(Xml, errors_tell_the_offset) {
  EXPECT_NE(read_xml("<a></b>", {}).error().detail.find("at offset 5"), std::string::npos)
      << read_xml("<a></b>", {}).error().detail;
  EXPECT_TRUE(read_xml("", {}).error().detail.ends_with("at offset 0")) << read_xml("", {}).error().detail;
}

TEST(Xml, only_utf8) {
  EXPECT_TRUE(read_xml("\xef\xbb\xbf<a>\xc3\xa9</a>", {})) << "byte order mark of UTF-8";
  EXPECT_TRUE(read_xml("<?xml version='1.0' encoding='ISO-8859-1'?><a>\xc3\xa9</a>", {})) << "says so, is not";
  using namespace std::string_view_literals;
  for (const std::string_view text :
       {"<a>\xff</a>"sv, "<a>\xc3</a>"sv, "\xff\xfe<\0a\0/\0>\0"sv, "<\0a\0/\0>\0"sv, "\0<\0a\0/\0>"sv, "<a>\0</a>"sv,
        "<a>\xed\xa0\x80</a>"sv, "<a>\x01</a>"sv, "<a>&#1;</a>"sv, "<a b:c=''/>"sv, "<b:a/>"sv, "<a/><a/>"sv})
    EXPECT_EQ(read_xml(text, {}).reason(), Reason::malformed_message) << text;
}

TEST(Xml, tells_names_and_text_in_order) {
  std::string told;
  XmlHandler handler;
  handler.begin = [&](int depth, std::string_view name, XmlHandler::Attributes attributes) {
    told.append(std::to_string(depth)).append("<").append(name);
    for (const auto& [key, value] : attributes) told.append("|").append(key).append("=").append(value);
    told.append(">");
  };
  handler.end = [&](int, std::string_view name, std::string_view text) {
    told.append("[").append(text).append("]</").append(name).append(">");
  };
  ASSERT_TRUE(read_xml("<p:a xmlns:p='urn:p'>x<b p:c='1' d='&lt;'/>y</p:a>", handler));
  EXPECT_EQ(told, "1<urn:p a>2<b|urn:p c=1|d=<>[]</b>[xy]</urn:p a>");
}

TEST(Xml, escapes) {
  EXPECT_EQ(escaped_xml("a<b>&\"'\r\n\t\x01\x7f"), "a&lt;b&gt;&amp;&quot;'&#13;\n\t\x7f");
  EXPECT_EQ(escaped_xml("\xc3\xa9 \xf0\x9f\x98\x80 \xef\xbf\xbe"), "\xc3\xa9 \xf0\x9f\x98\x80 ");
  EXPECT_EQ(escaped_xml("\xff\xc3"), "\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(escaped_xml("\xc3("), "\xef\xbf\xbd(");
}

TEST(XmlWriter, gives_back_what_was_put_in) {
  const std::string nasty = "\t<&>\"'\r\n]]> \xc3\xa9\xf0\x9f\x98\x80 ";
  Writer out;
  out.begin("a").attribute("xmlns", "urn:a").attribute("b", nasty).attribute("n", 18446744073709551615U);
  out.attribute_unless_empty("none", "").element_unless_empty("none", "").element("c", nasty).begin("d").end();
  out.begin("e").raw("<f/>").end().end();
  const Result<Document> read = Document::parse(std::move(out).take());
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(read->root().attribute("b"), nasty);
  EXPECT_EQ(read->root().attribute("n"), "18446744073709551615");
  EXPECT_FALSE(read->root().attribute("none"));
  EXPECT_EQ(read->root().child("urn:a", "c")->whole_text(), nasty);
  EXPECT_EQ(read->root().child("urn:a", "d")->raw(), "<d/>");
  EXPECT_EQ(read->root().child("urn:a", "e")->first_child()->raw(), "<f/>");
  EXPECT_FALSE(read->root().child("urn:a", "none"));
}

TEST(XmlDocument, elements_with_text_attributes_and_slices) {
  const std::string source =
      "\xef\xbb\xbf<?xml version='1.0'?>\n<a xmlns='urn:a' xmlns:p='urn:p'> x <p:b c='1' p:c='2'/>\n y"
      "<d><![CDATA[<e>]]>f</d><!-- g --><d  /></a>\n<!-- h -->";
  Result<Document> read = Document::parse(source);
  ASSERT_TRUE(read);
  const Document moved = *std::move(read);
  const ElementView root = moved.root();
  EXPECT_TRUE(root.is("urn:a", "a"));
  EXPECT_FALSE(root.is("", "a"));
  EXPECT_EQ(root.whole_text(), " x \n y");
  EXPECT_EQ(root.text(), "x \n y");
  EXPECT_EQ(root.offset(), source.find("<a "));
  std::vector<std::string> slices;
  for (ElementView one : root.children()) {
    EXPECT_EQ(source.substr(one.offset(), one.length()), one.raw());
    slices.emplace_back(one.raw());
  }
  EXPECT_EQ(slices, (std::vector<std::string>{"<p:b c='1' p:c='2'/>", "<d><![CDATA[<e>]]>f</d>", "<d  />"}));
  const ElementView b = *root.child("urn:p", "b");
  EXPECT_EQ(b.attribute("c"), "1");
  EXPECT_EQ(b.attribute("c", "urn:p"), "2");
  EXPECT_FALSE(b.attribute("c", "urn:a"));
  EXPECT_EQ(root.child("urn:a", "d")->text(), "<e>f");
  EXPECT_FALSE(root.child("urn:a", "b"));
  EXPECT_FALSE(b.first_child());
}

TEST(XmlDocument, a_standalone_slice_means_the_same_anywhere) {
  struct Case {
    std::string_view document, standalone;
  };
  for (const Case& one : {
           Case{"<a xmlns='urn:a'><b/></a>", "<b xmlns=\"urn:a\"/>"},
           Case{"<a><b>c</b></a>", "<b xmlns=\"\">c</b>"},
           Case{"<p:a xmlns:p='urn:p' xmlns:q='urn:q'><p:b/></p:a>", "<p:b xmlns:p=\"urn:p\"/>"},
           Case{"<p:a xmlns:p='urn:p'><p:b><c q='' p:d='e'/></p:b></p:a>",
                "<p:b xmlns:p=\"urn:p\" xmlns=\"\"><c q='' p:d='e'/></p:b>"},
           Case{"<p:a xmlns:p='urn:1'><b xmlns='urn:b' xmlns:p='urn:2'>p:</b></p:a>",
                "<b xmlns='urn:b' xmlns:p='urn:2'>p:</b>"},
           Case{"<a xmlns:p='urn:1'><b xmlns=''><p:c xmlns:p='urn:2'/></b></a>",
                "<b xmlns=''><p:c xmlns:p='urn:2'/></b>"},
           Case{"<a xmlns:p='urn:1'><b\nxml:lang='es' xmlns=''><p:c xmlns:p='urn:2'/><p:d/></b></a>",
                "<b xmlns:p=\"urn:1\"\nxml:lang='es' xmlns=''><p:c xmlns:p='urn:2'/><p:d/></b>"},
           Case{"<a xmlns='&quot;&lt;'><b/></a>", "<b xmlns=\"&quot;&lt;\"/>"},
       }) {
    const Result<Document> read = Document::parse(std::string(one.document));
    ASSERT_TRUE(read) << one.document;
    const std::string alone = read->root().first_child()->standalone();
    EXPECT_EQ(alone, one.standalone);
    const Result<Document> elsewhere = Document::parse("<x xmlns='urn:x' xmlns:p='urn:y'>" + alone + "</x>");
    ASSERT_TRUE(elsewhere) << alone;
    EXPECT_EQ(elsewhere->root().first_child()->name_space(), read->root().first_child()->name_space());
    EXPECT_EQ(elsewhere->root().first_child()->standalone(), alone);
  }
}

TEST(XmlDocument, refuses) {
  for (const std::string_view text : {"", " ", "x", "<a>", "<a></b>", "<a b='1' b='2'/>", "<a>&lt</a>", "<a/>x"})
    EXPECT_EQ(Document::parse(std::string(text)).reason(), Reason::malformed_message) << text;
  EXPECT_EQ(Document::parse(std::string(document_bytes_max + 1, ' ')).reason(), Reason::message_too_large);
  EXPECT_FALSE(Document::parse(nested(depth_max + 1)));
}

}  // namespace
}  // namespace tertulia::wire::xml
