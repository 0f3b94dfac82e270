// SPDX-License-Identifier: Apache-2.0
// Presence documents, and what a client publishes itself (RFC 3903).
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "phone.h"
#include "phone_parts.h"

namespace tertulia::sim {

using wire::sip::HeaderName;
using wire::sip::Message;
using Kind = Question::Kind;

namespace {

std::string activities(std::string_view activity) {
  if (activity.empty()) return {};
  // A word of RFC 4480 is an element; what has a space in it is a text of its own.
  if (activity.find(' ') != std::string_view::npos)
    return fmt::format("<rpid:activities><rpid:other>{}</rpid:other></rpid:activities>", activity);
  return fmt::format("<rpid:activities><rpid:{}/></rpid:activities>", activity);
}

std::string document(std::string_view address, std::string_view activity, std::string_view note) {
  return fmt::format(
      R"(<?xml version="1.0"?><presence xmlns="urn:ietf:params:xml:ns:pidf" )"
      R"(xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid" )"
      R"(entity="sip:{}"><tuple id="t1"><status><basic>open</basic></status></tuple><dm:person id="p1">{}{}</dm:person>)"
      R"(</presence>)",
      address, activities(activity), note.empty() ? "" : fmt::format("<dm:note>{}</dm:note>", note));
}

}  // namespace

std::vector<std::string> notes_in(std::string_view document) {
  std::vector<std::string> notes;
  for (std::size_t at = document.find("note"); at != std::string_view::npos; at = document.find("note", at + 4)) {
    const std::size_t begin = document.find('>', at);
    const std::size_t end = document.find('<', at);
    if (begin == std::string_view::npos || end == std::string_view::npos || end <= begin + 1) continue;
    std::string text(document.substr(begin + 1, end - begin - 1));
    if (std::find(notes.begin(), notes.end(), text) == notes.end()) notes.push_back(std::move(text));
  }
  return notes;
}

std::string timeless(std::string document) {
  static constexpr std::string_view name = "timestamp>";
  for (std::size_t begin = document.find(name); begin != std::string::npos; begin = document.find(name, begin)) {
    begin += name.size();
    const std::size_t end = document.find('<', begin);
    if (end == std::string::npos) break;
    document.erase(begin, end - begin);
    begin = document.find(name, begin);  // the closing one
    if (begin == std::string::npos) break;
    begin += name.size();
  }
  return document;
}

// ---- the own publication

std::string Phone::next_note() {
  if (publication_.piece == 0) publication_.piece = ++pieces_;
  return fmt::format("d{}x{}-{}", device_, publication_.piece, ++publication_.number);
}

void Phone::publish(std::string_view activity, std::string_view note, std::uint32_t seconds) {
  if (traits_.lync) {
    Pieces pieces = state_pieces(own_number(), availability_of(activity));
    for (auto& piece : note_pieces(note)) pieces.push_back(std::move(piece));
    return publish_pieces(std::move(pieces));
  }
  send_publication(document(traits_.address, activity, note), seconds);
}

void Phone::refresh_publication(std::uint32_t seconds) {
  if (!publication_.tag.empty()) send_publication({}, seconds);
}

void Phone::remove_publication() {
  if (!publication_.tag.empty()) send_publication({}, 0);
}

void Phone::send_publication(std::string body, std::uint32_t seconds) {
  if (publication_.busy || !connect()) return;
  Outgoing request = outside("PUBLISH", traits_.address);
  request.extra = {{"Event", "presence"}, {"Expires", std::to_string(seconds)}};
  if (!publication_.tag.empty()) request.extra.emplace_back("SIP-If-Match", publication_.tag);
  if (!body.empty()) request.content_type = "application/pidf+xml";
  request.body = std::move(body);
  request.question = ask(Kind::publish, traits_.user, request, {});
  publication_.busy = true;
  publication_.lease = seconds;
  send(std::move(request));
}

void Phone::on_published(const Message& message) {
  publication_.busy = false;
  if (message.status() >= 300) {
    if (message.status() == 412) publication_ = {};  // the server has forgotten it: what comes next is a new one
    return;
  }
  if (publication_.lease == 0) {
    publication_ = {};
    return;
  }
  publication_.tag = message.header(HeaderName::sip_etag).value_or("");
  later(std::chrono::seconds{publication_.lease * 2 / 3}, [this, tag = publication_.tag, lease = publication_.lease] {
    if (!asleep_ && keep_published && publication_.tag == tag) refresh_publication(lease);
  });
}

}  // namespace tertulia::sim
