// SPDX-License-Identifier: Apache-2.0
// Clients of the Lync family: complete sign-ins, and messages signed both ways.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "scenario.h"
#include "sip_text.h"

namespace tertulia::bench {
namespace {

constexpr std::size_t people = 50;  // in the batch
/// The requests of a sign-in behind its three REGISTERs.
constexpr int provisioning = 3, contacts = 4, own_data = 5, publication = 6, batch = 7;

constexpr std::string_view groups =
    "<provisioningGroupList xmlns=\"http://schemas.microsoft.com/2006/09/sip/provisioninggrouplist\"> "
    "<provisioningGroup name=\"ServerConfiguration\"/> <provisioningGroup name=\"meetingPolicy\"/> "
    "<provisioningGroup name=\"ucPolicy\"/></provisioningGroupList>";
constexpr std::string_view roaming =
    "<roamingList xmlns=\"http://schemas.microsoft.com/2006/09/sip/roaming-self\"><roaming type=\"categories\"/>"
    "<roaming type=\"containers\"/><roaming type=\"subscribers\"/></roamingList>";

/// The number of the state picked by hand that the server keeps, in the own data; 0: there is none.
std::string_view version_of(std::string_view own_data_answer, int container) {
  for (std::size_t at = own_data_answer.find("instance=\"536870912\""); at != std::string_view::npos;
       at = own_data_answer.find("instance=\"536870912\"", at + 1)) {
    const std::string_view element = own_data_answer.substr(at, own_data_answer.find('>', at) - at);
    if (between(element, " container=\"", "\"") == std::to_string(container))
      return between(element, " version=\"", "\"");
  }
  return "0";
}

std::string state(const Phone& phone, int container, bool by_hand, std::string_view version) {
  return fmt::format(
      "<publication categoryName=\"state\" instance=\"{}\" container=\"{}\" version=\"{}\" expireType=\"{}\">"
      "<state xmlns=\"http://schemas.microsoft.com/2006/09/sip/state\" manual=\"{}\" "
      "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"{}\"><availability>3500</availability>"
      "<endpointLocation/></state></publication>",
      by_hand ? 536870912 : 805306368 + phone.id, container, version, by_hand ? "static" : "endpoint", by_hand,
      by_hand ? "userState" : "machineState");
}

std::string first_publication(const Phone& phone, std::string_view own_data_answer) {
  std::string text = fmt::format(
      "<publish xmlns=\"http://schemas.microsoft.com/2006/09/sip/rich-presence\"><publications uri=\"sip:{0}\">"
      "<publication categoryName=\"device\" instance=\"{1}\" container=\"2\" version=\"0\" expireType=\"endpoint\">"
      "<device xmlns=\"http://schemas.microsoft.com/2006/09/sip/device\" endpointId=\"e{1}\"><capabilities "
      "preferred=\"false\" uri=\"sip:{0}\"><text capture=\"true\" render=\"true\" publish=\"false\"/></capabilities>"
      "<machineName>bench</machineName></device></publication>",
      phone.account.address, phone.id);
  for (const int container : {2, 3}) text += state(phone, container, false, "0");
  for (const int container : {2, 3}) text += state(phone, container, true, version_of(own_data_answer, container));
  return text + "</publications></publish>";
}

/// The next ones in the numbers of accounts, round about.
std::string batch_of(const Load& load, const Phone& phone) {
  const std::size_t own = std::strtoul(phone.account.user.c_str() + 5, nullptr, 10);
  std::string text = fmt::format(
      "<batchSub xmlns=\"http://schemas.microsoft.com/2006/01/sip/batch-subscribe\" uri=\"sip:{}\" name=\"\">\n"
      "<action name=\"subscribe\" id=\"63792024\">\n<adhocList>\n",
      phone.account.address);
  for (std::size_t i = 1; i <= std::min(people, load.settings.users - 1); ++i)
    text += fmt::format("<resource uri=\"sip:{}@{}\"/>\n", user_name((own + i) % load.settings.users),
                        load.settings.domain);
  return text +
         "</adhocList>\n<categoryList xmlns=\"http://schemas.microsoft.com/2006/09/sip/categorylist\">\n"
         "<category name=\"calendarData\"/><category name=\"contactCard\"/><category name=\"note\"/>"
         "<category name=\"state\"/>\n</categoryList></action></batchSub>";
}

std::string next_request(const Load& load, Phone& phone, std::string_view last_answer) {
  switch (phone.step) {
    case provisioning:
      return phone.subscribe_own("vnd-microsoft-provisioning-v2",
                                 "Expires: 0\r\nAccept: application/vnd-microsoft-roaming-provisioning-v2+xml\r\n"
                                 "Content-Type: application/vnd-microsoft-roaming-provisioning-v2+xml\r\n",
                                 groups);
    case contacts:
      return phone.subscribe_own("vnd-microsoft-roaming-contacts",
                                 "Accept: application/vnd-microsoft-roaming-contacts+xml\r\n", {});
    case own_data:
      return phone.subscribe_own("vnd-microsoft-roaming-self",
                                 "Accept: application/vnd-microsoft-roaming-self+xml\r\n"
                                 "Content-Type: application/vnd-microsoft-roaming-self+xml\r\n",
                                 roaming);
    case publication:
      return phone.service("application/msrtc-category-publish+xml", first_publication(phone, last_answer));
    default:
      return phone.subscribe_own("presence",
                                 "Require: adhoclist, categoryList\r\nSupported: eventlist\r\n"
                                 "Accept: application/rlmi+xml, multipart/related, "
                                 "application/msrtc-event-categories+xml, application/pidf+xml\r\n"
                                 "Content-Type: application/msrtc-adrl-categorylist+xml\r\n",
                                 batch_of(load, phone));
  }
}

void speak_lync(Load& load) {
  load.lync = true;
  load.contact_parameters = ";methods=\"INVITE, MESSAGE, INFO, OPTIONS, BYE, CANCEL, NOTIFY, ACK, REFER, BENOTIFY\"";
}

}  // namespace

Outcome storm(Load& load, std::size_t window) {
  speak_lync(load);
  std::uint64_t operations = 0, notifications = 0;
  std::size_t next = 0;
  load.on_request = [&](Phone&, std::string_view) { ++notifications; };
  load.on_signed_in = [&](Phone& phone) { load.send(phone, next_request(load, phone, {})); };
  load.on_answer = [&](Phone& phone, int, std::string_view answer) {
    load.lync_answer_bytes.resize(batch + 1);
    load.lync_answer_bytes[static_cast<std::size_t>(phone.step)] = answer.size();
    if (phone.step++ < batch) return load.send(phone, next_request(load, phone, answer));
    ++operations;
    load.disconnect(phone);
    load.connect(next++);
  };
  for (std::size_t i = 0; i < window; ++i) load.connect(next++);
  Outcome out = measure(load, operations);
  load.on_request = nullptr;
  out.more = fmt::format(
      ", \"lync_answer_bytes\": [{}], \"notifications_each\": {:.1f}", fmt::join(load.lync_answer_bytes, ", "),
      static_cast<double>(notifications) / static_cast<double>(std::max<std::uint64_t>(1, operations)));
  return out;
}

Outcome signed_message(Load& load, std::size_t window) {
  speak_lync(load);
  Outcome out = session_pair(load, window);
  out.more = fmt::format(", \"lync_answer_bytes\": [{}]", fmt::join(load.lync_answer_bytes, ", "));
  return out;
}

}  // namespace tertulia::bench
