// SPDX-License-Identifier: Apache-2.0
#include "wire/sip/framer.h"

#include <cstring>
#include <utility>

#include "base/text.h"
#include "wire/sip/content_length.h"
#include "wire/sip/limits.h"
#include "wire/sip/message.h"

namespace tertulia::wire::sip {

using base::Reason;

namespace {

/// Where the colon of a Content-Length line is; 0: the line is another.
std::size_t content_length_colon(std::string_view line) {
  constexpr std::string_view name = "content-length";
  std::size_t at = base::to_lower(line.front()) == 'l' ? 1 : 0;
  if (base::equal_ignoring_case(line.substr(0, name.size()), name)) at = name.size();
  if (at == 0) return 0;
  while (at < line.size() && (line[at] == ' ' || line[at] == '\t')) ++at;
  return at < line.size() && line[at] == ':' ? at : 0;
}

}  // namespace

void Framer::consume(std::size_t count) {
  start_ += count;
  scanned_ = line_ = head_bytes_ = body_bytes_ = 0;
  if (start_ == buffer_.size()) {
    buffer_.clear();
    start_ = 0;
  } else if (start_ >= framer_slack_bytes && start_ >= buffer_.size() / 2) {
    buffer_.erase(0, start_);  // moves fewer bytes than were consumed, so the sum stays linear
    start_ = 0;
  }
}

bool Framer::fail(Reason reason, std::string detail, std::size_t head_bytes) {
  failure_ = std::make_unique<Broken>(Broken{{reason, std::move(detail)}, std::string(rest().substr(0, head_bytes))});
  return false;
}

bool Framer::take_keep_alive(Event& event) {
  const std::string_view bytes = rest();
  if (bytes.substr(0, 2) != "\r\n") {
    if (!bytes.empty() && bytes != "\r") half_ping_ = false;
    return false;
  }
  const bool whole = !half_ping_ && bytes.substr(2, 2) == "\r\n";
  const bool ping = half_ping_ || whole;
  half_ping_ = !ping;
  consume(whole ? 4 : 2);
  event = ping ? Event{Ping{}} : Event{Pong{}};
  return true;
}

/// True once the blank line is found; else more bytes are needed or the framing is lost.
bool Framer::find_head_end() {
  const std::string_view bytes = rest();
  while (scanned_ < bytes.size()) {
    const void* found = std::memchr(bytes.data() + scanned_, '\n', bytes.size() - scanned_);
    if (found == nullptr) {
      scanned_ = bytes.size();
      break;
    }
    const auto feed = static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
    if (feed >= limits_.head_bytes_max) break;
    if (feed == line_ || bytes[feed - 1] != '\r') {
      return fail(Reason::malformed_message, "LF without CR at offset " + std::to_string(feed), feed + 1);
    }
    const bool blank = feed - line_ == 1;
    scanned_ = line_ = feed + 1;
    if (blank) {
      head_bytes_ = feed + 1;
      return true;
    }
  }
  if (bytes.size() >= limits_.head_bytes_max) return fail(Reason::message_too_large, "head", limits_.head_bytes_max);
  return false;
}

/// Reads Content-Length out of the whole head; false when it is no usable number.
bool Framer::measure_body() {
  const std::string_view head = rest().substr(0, head_bytes_);
  ContentLength length;
  std::size_t begin = 0;
  while (begin < head.size()) {
    std::size_t end = head.find('\n', begin) + 1;
    const std::size_t colon = begin > 0 ? content_length_colon(head.substr(begin, end - begin)) : 0;
    if (colon > 0) {
      while (head[end] == ' ' || head[end] == '\t') end = head.find('\n', end) + 1;
      if (!length.add(head.substr(begin + colon + 1, end - begin - colon - 1)))
        return fail(Reason::content_length_bad, "Content-Length at offset " + std::to_string(begin), head_bytes_);
    }
    begin = end;
  }
  body_bytes_ = length.value().value_or(0);
  if (body_bytes_ > limits_.body_bytes_max) return fail(Reason::message_too_large, "body", head_bytes_);
  return true;
}

Framer::Event Framer::next() {
  if (failure_) return Broken{failure_->error, std::exchange(failure_->head, {})};
  Event event;
  if (head_bytes_ == 0) {
    if (line_ == 0 && take_keep_alive(event)) return event;
    const bool whole = !rest().empty() && find_head_end() && measure_body();
    if (failure_) return Broken{failure_->error, std::exchange(failure_->head, {})};
    if (!whole) return NeedMore{};
  }
  if (pending() < head_bytes_ + body_bytes_) return NeedMore{};
  const std::size_t size = head_bytes_ + body_bytes_;
  // Most often the buffer holds just this message, and can be given away.
  Complete complete{start_ == 0 && buffer_.size() == size ? std::exchange(buffer_, {})
                                                          : std::string(rest().substr(0, size))};
  if (buffer_.empty()) {
    scanned_ = line_ = head_bytes_ = body_bytes_ = 0;
  } else {
    consume(size);
  }
  return complete;
}

void Framer::release_if_idle() {
  if (pending() == 0) buffer_ = {};
}

}  // namespace tertulia::wire::sip
