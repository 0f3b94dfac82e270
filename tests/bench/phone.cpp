// SPDX-License-Identifier: Apache-2.0
#include "phone.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "sip_text.h"

namespace tertulia::bench {
namespace {

constexpr std::string_view offer =
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=message 5060 sip null\r\n"
    "a=accept-types:text/plain\r\n";
constexpr std::string_view offer_type = "Content-Type: application/sdp\r\n";
constexpr std::string_view audio =
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 49170 RTP/AVP 0 101\r\n"
    "a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n";
constexpr std::string_view text_type = "Content-Type: text/plain\r\n";

}  // namespace

std::string user_name(std::size_t number) { return fmt::format("bench{:05}", number); }

Account make_account(std::size_t number, const std::string& domain, const std::string& password, base::Hasher& hasher) {
  Account account;
  account.user = user_name(number);
  account.address = account.user + "@" + domain;
  account.ha1 = hasher.hex({account.user, ":", domain, ":", password});
  return account;
}

Phone::Phone(std::uint64_t id_in, int fd, ssl_ctx_st* context, const Account& account_in, base::Hasher& hasher)
    : link(fd, context, false), id(id_in), account(account_in), hasher_(hasher) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
}

std::string Phone::contact(std::string_view parameters) const {
  return fmt::format("Contact: <sip:{}@127.0.0.1:{};transport=tls>{}\r\n", account.user, port_, parameters);
}

std::string Phone::credentials(std::string_view method, std::string_view uri) {
  if (nonce_.empty()) return {};
  const std::string count = fmt::format("{:08x}", ++nonce_count_);
  const std::string ha2 = hasher_.hex({method, ":", uri});
  const std::string response = hasher_.hex({account.ha1, ":", nonce_, ":", count, ":c0ffee00:auth:", ha2});
  return fmt::format(
      "Authorization: Digest username=\"{}\", realm=\"{}\", nonce=\"{}\", uri=\"{}\", response=\"{}\", "
      "algorithm=SHA-256, cnonce=\"c0ffee00\", qop=auth, nc={}\r\n",
      account.user, account.address.substr(account.user.size() + 1), nonce_, uri, response, count);
}

std::string Phone::request(std::string_view method, std::string_view uri, std::string_view to, std::string_view call_id,
                           std::string_view extra, std::string_view body) {
  ++cseq_;
  return fmt::format(
      "{} {} SIP/2.0\r\nVia: SIP/2.0/TLS 127.0.0.1:{};branch=z9hG4bK{}x{};rport\r\nMax-Forwards: 70\r\n"
      "From: <sip:{}>;tag=f{}\r\nTo: {}\r\nCall-ID: {}\r\nCSeq: {} {}\r\nUser-Agent: tertulia-load\r\n{}{}"
      "Content-Length: {}\r\n\r\n{}",
      method, uri, port_, id, cseq_, account.address, id, to, call_id, cseq_, method, credentials(method, uri), extra,
      body.size(), body);
}

std::string Phone::register_request(std::string_view contact_parameters, std::size_t expires) {
  const std::string uri = "sip:" + account.address.substr(account.user.size() + 1);
  std::string parameters(contact_parameters);
  if (lync)  // a client of the Lync family has to name its device
    parameters += fmt::format(";+sip.instance=\"<urn:uuid:00000000-0000-5000-8000-{:012x}>\"", id);
  return request("REGISTER", uri, fmt::format("<sip:{}>", account.address), fmt::format("r{}", id),
                 fmt::format("{}Expires: {}\r\n{}", contact(parameters), expires,
                             lync ? lync_registration_lines : std::string_view()),
                 {});
}

std::string Phone::page(const Phone& to, std::string_view body) {
  const std::string uri = "sip:" + to.account.address;
  return request("MESSAGE", uri, "<" + uri + ">", fmt::format("p{}-{}", id, ++calls_), text_type, body);
}

std::string Phone::invite(const Phone& to) { return enter("sip:" + to.account.address); }

std::string Phone::enter(const std::string& uri) {
  dialog_call_ = fmt::format("s{}-{}", id, ++calls_);
  return request("INVITE", uri, "<" + uri + ">", dialog_call_, contact({}) + std::string(offer_type), offer);
}

std::string Phone::call(const Phone& to) {
  const std::string uri = "sip:" + to.account.address;
  dialog_call_ = fmt::format("c{}-{}", id, ++calls_);
  return request("INVITE", uri, "<" + uri + ">", dialog_call_, contact({}) + std::string(offer_type), audio);
}

std::string Phone::bye() { return request("BYE", dialog_target_, dialog_to_, dialog_call_, {}, {}); }

std::string Phone::subscribe(const std::string& address, std::string_view types) {
  watch_types_ = types;
  watch_target_ = "sip:" + address;
  watch_to_ = "<" + watch_target_ + ">";
  return subscribe_request(lease_seconds);
}

void Phone::subscribed(std::string_view answer) {
  watch_to_ = header_of(answer, "To");
  watch_target_ = between(header_of(answer, "Contact"), "<", ">");
}

std::string Phone::unsubscribe() { return subscribe_request(0); }

std::string Phone::subscribe_request(std::size_t expires) {
  return request("SUBSCRIBE", watch_target_, watch_to_, fmt::format("w{}", id),
                 fmt::format("{}Event: presence\r\nAccept: {}\r\nSupported: eventlist\r\nExpires: {}\r\n", contact({}),
                             watch_types_, expires),
                 {});
}

std::string Phone::publish(std::string_view body, std::string_view tag) {
  const std::string uri = "sip:" + account.address;
  std::string extra = fmt::format("Event: presence\r\nExpires: {}\r\n", body.empty() ? 0 : lease_seconds);
  if (!tag.empty()) extra += fmt::format("SIP-If-Match: {}\r\n", tag);
  if (!body.empty()) extra += fmt::format("Content-Type: {}\r\n", pidf_type);
  return request("PUBLISH", uri, "<" + uri + ">", fmt::format("u{}-{}", id, ++calls_), extra, body);
}

std::string Phone::subscribe_own(std::string_view event, std::string_view headers, std::string_view body) {
  const std::string uri = "sip:" + account.address;
  return request("SUBSCRIBE", uri, "<" + uri + ">", fmt::format("l{}-{}", id, ++calls_),
                 fmt::format("{}Event: {}\r\nSupported: ms-piggyback-first-notify\r\nSupported: ms-benotify\r\n"
                             "Proxy-Require: ms-benotify\r\n{}",
                             contact({}), event, headers),
                 body);
}

std::string Phone::service(std::string_view content_type, std::string_view body) {
  const std::string uri = "sip:" + account.address;
  return request("SERVICE", uri, "<" + uri + ">", fmt::format("v{}-{}", id, ++calls_),
                 fmt::format("{}Content-Type: {}\r\n", contact({}), content_type), body);
}

std::string Phone::say(std::string_view body) {
  return request("MESSAGE", dialog_target_, dialog_to_, dialog_call_, text_type, body);
}

bool Phone::take_challenge(std::string_view answer) {
  for (std::size_t at = answer.find("WWW-Authenticate:"); at != std::string_view::npos;
       at = answer.find("WWW-Authenticate:", at + 1)) {
    const std::string_view line = answer.substr(at, answer.find("\r\n", at) - at);
    if (line.find("algorithm=SHA-256") == std::string_view::npos) continue;
    nonce_ = between(line, "nonce=\"", "\"");
    nonce_count_ = 0;
    return !nonce_.empty();
  }
  return false;
}

std::string Phone::accepted(std::string_view answer) {
  dialog_to_ = header_of(answer, "To");
  dialog_target_ = between(header_of(answer, "Contact"), "<", ">");
  return fmt::format(
      "ACK {} SIP/2.0\r\nVia: SIP/2.0/TLS 127.0.0.1:{};branch=z9hG4bK{}a;rport\r\nMax-Forwards: 70\r\n"
      "From: <sip:{}>;tag=f{}\r\nTo: {}\r\nCall-ID: {}\r\nCSeq: {}\r\nContent-Length: 0\r\n\r\n",
      dialog_target_, port_, id, account.address, id, dialog_to_, dialog_call_,
      std::string(between(header_of(answer, "CSeq"), "", " ")) + " ACK");
}

std::string Phone::ok(std::string_view request) const {
  const std::string tag = fmt::format("t{}", id);
  if (method_of(request) != "INVITE") return ok_for(request, tag, {}, {});
  return ok_for(request, tag, contact({}) + std::string(offer_type), is_call(request) ? audio : offer);
}

std::string Phone::ringing(std::string_view request) const {
  return response_for("180 Ringing", request, fmt::format("t{}", id), contact({}), {});
}

bool is_call(std::string_view request) {
  return method_of(request) == "INVITE" && request.find("\r\nm=audio") != std::string_view::npos;
}

}  // namespace tertulia::bench
