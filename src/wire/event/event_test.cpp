// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "wire/event/dialog_info.h"
#include "wire/event/limits.h"
#include "wire/event/reg_info.h"
#include "wire/event/watcher_info.h"

namespace tertulia::wire::event {
namespace {

using base::Reason;

constexpr std::string_view declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n";

TEST(WatcherInfo, rfc3858_section_4_example) {
  const Result<WatcherInfo> read = read_watcher_info(
      "<?xml version=\"1.0\"?>\n"
      "<watcherinfo xmlns=\"urn:ietf:params:xml:ns:watcherinfo\"\n"
      "             version=\"0\" state=\"full\">\n"
      "  <watcher-list resource=\"sip:professor@example.net\" package=\"presence\">\n"
      "    <watcher status=\"active\"\n"
      "             id=\"8ajksjda7s\"\n"
      "             duration-subscribed=\"509\"\n"
      "             event=\"approved\" >sip:userA@example.net</watcher>\n"
      "    <watcher status=\"pending\"\n"
      "             id=\"hh8juja87s997-ass7\"\n"
      "             display-name=\"Mr. Subscriber\"\n"
      "             event=\"subscribe\">sip:userB@example.org</watcher>\n"
      "  </watcher-list>\n"
      "</watcherinfo>\n");
  ASSERT_TRUE(read) << read.error().detail;
  const WatcherInfo expected{
      0,
      true,
      {{"sip:professor@example.net",
        "presence",
        {{"8ajksjda7s", WatcherStatus::active, WatcherEvent::approved, "sip:userA@example.net", "", {}, 509},
         {"hh8juja87s997-ass7",
          WatcherStatus::pending,
          WatcherEvent::subscribe,
          "sip:userB@example.org",
          "Mr. Subscriber",
          {},
          {}}}}}};
  EXPECT_EQ(*read, expected);
  EXPECT_EQ(write_watcher_info(expected),
            std::string(declaration) +
                "<watcherinfo xmlns=\"urn:ietf:params:xml:ns:watcherinfo\" version=\"0\" state=\"full\">"
                "<watcher-list resource=\"sip:professor@example.net\" package=\"presence\">"
                "<watcher status=\"active\" id=\"8ajksjda7s\" duration-subscribed=\"509\" event=\"approved\">"
                "sip:userA@example.net</watcher>"
                "<watcher status=\"pending\" id=\"hh8juja87s997-ass7\" display-name=\"Mr. Subscriber\" "
                "event=\"subscribe\">sip:userB@example.org</watcher></watcher-list></watcherinfo>\r\n");
}

TEST(WatcherInfo, writes_what_it_reads) {
  WatcherInfo info{7, false, {{"sip:a@b", "presence", {}}, {"sip:<&\"@b", "presence", {}}}};
  for (int status = 0; status < 4; ++status)
    for (int event = 0; event < 8; ++event)
      info.lists[0].watchers.push_back({"w", static_cast<WatcherStatus>(status), static_cast<WatcherEvent>(event),
                                        "sip:<&>\"@b", "\"x\"", 0, 4294967295U});
  const auto again = read_watcher_info(write_watcher_info(info));
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, info);
  info.lists[1].watchers.resize(watchers_max - 32);
  EXPECT_TRUE(read_watcher_info(write_watcher_info(info)));
  info.lists[1].watchers.resize(watchers_max - 31);
  EXPECT_EQ(read_watcher_info(write_watcher_info(info)).reason(), Reason::malformed_message);
}

TEST(WatcherInfo, refuses) {
  const std::string begin = "<watcherinfo xmlns='urn:ietf:params:xml:ns:watcherinfo' version='0' state='full'>";
  for (const std::string& text :
       {std::string(), std::string("<watcherinfo version='0' state='full'/>"),
        std::string("<watcherinfo xmlns='urn:ietf:params:xml:ns:watcherinfo' version='0'/>"),
        std::string("<watcherinfo xmlns='urn:ietf:params:xml:ns:watcherinfo' version='x' state='full'/>"),
        begin + "<watcher-list resource='a'/></watcherinfo>",
        begin + "<watcher-list resource='a' package='b'><watcher id='1' status='?' event='approved'/></watcher-list>"
                "</watcherinfo>",
        begin + "<watcher-list resource='a' package='b'><watcher status='active' event='approved'/></watcher-list>"
                "</watcherinfo>"})
    EXPECT_EQ(read_watcher_info(text).reason(), Reason::malformed_message) << text;
  EXPECT_EQ(read_watcher_info(std::string(document_bytes_max + 1, ' ')).reason(), Reason::message_too_large);
}

TEST(DialogInfo, rfc4235_section_6_2_examples) {
  const Result<DialogInfo> trying = read_dialog_info(
      "<?xml version=\"1.0\"?>\n"
      "<dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\"\n"
      "             version=\"0\"\n"
      "             state=\"full\"\n"
      "             entity=\"sip:alice@example.com\">\n"
      "  <dialog id=\"as7d900as8\" call-id=\"a84b4c76e66710\"\n"
      "          local-tag=\"1928301774\" direction=\"initiator\">\n"
      "    <state>trying</state>\n"
      "  </dialog>\n"
      "</dialog-info>\n");
  ASSERT_TRUE(trying) << trying.error().detail;
  DialogInfo expected{"sip:alice@example.com", 0, true, {}};
  expected.dialogs.push_back({"as7d900as8",
                              "a84b4c76e66710",
                              "1928301774",
                              "",
                              DialogDirection::initiator,
                              DialogState::trying,
                              DialogEvent::none,
                              {},
                              {},
                              {},
                              {}});
  EXPECT_EQ(*trying, expected);
  EXPECT_EQ(write_dialog_info(expected),
            std::string(declaration) +
                "<dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" version=\"0\" state=\"full\" "
                "entity=\"sip:alice@example.com\"><dialog id=\"as7d900as8\" call-id=\"a84b4c76e66710\" "
                "local-tag=\"1928301774\" direction=\"initiator\"><state>trying</state></dialog></dialog-info>\r\n");
}

TEST(DialogInfo, parties_as_in_rfc4235_section_4_4) {
  const Result<DialogInfo> read = read_dialog_info(
      "<d:dialog-info xmlns:d='urn:ietf:params:xml:ns:dialog-info' version='1' state='partial' entity='sip:a@b'>"
      "<d:dialog id='1' direction='sideways'><d:state event='rejected' code='486'>terminated</d:state>"
      "<d:duration>274</d:duration>"
      "<d:local><d:identity display='Alice'>sip:alice@example.com</d:identity>"
      "<d:target uri='sip:alice@pc33.example.com'><d:param pname='+sip.rendering' pval='no'/><d:param/></d:target>"
      "<d:session-description type='application/sdp'>v=0</d:session-description></d:local>"
      "<d:remote><d:cseq>1</d:cseq></d:remote><d:unknown/></d:dialog></d:dialog-info>");
  ASSERT_TRUE(read) << read.error().detail;
  DialogInfo expected{"sip:a@b", 1, false, {}};
  expected.dialogs.push_back(
      {"1",
       "",
       "",
       "",
       DialogDirection::unknown,
       DialogState::terminated,
       DialogEvent::rejected,
       486,
       274,
       {"sip:alice@example.com", "Alice", "sip:alice@pc33.example.com", {{"+sip.rendering", "no"}}},
       {}});
  EXPECT_EQ(*read, expected);
}

TEST(DialogInfo, writes_what_it_reads) {
  DialogInfo info{"sip:<&\"@b", 9, true, {}};
  for (int state = 0; state < 5; ++state)
    for (int event = 0; event < 8; ++event)
      info.dialogs.push_back({"i",
                              "c",
                              "l",
                              "r",
                              static_cast<DialogDirection>(event % 3),
                              static_cast<DialogState>(state),
                              static_cast<DialogEvent>(event),
                              699,
                              0,
                              {"sip:<a>@b", "\"A\"", "sip:&@b", {{"p", ""}}},
                              {"", "only a name", "", {}}});
  const auto again = read_dialog_info(write_dialog_info(info));
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, info);
  EXPECT_EQ(name_of(DialogEvent::local_bye), "local-bye");
  info.dialogs.resize(dialogs_max);
  EXPECT_TRUE(read_dialog_info(write_dialog_info(info)));
  info.dialogs.resize(dialogs_max + 1);
  EXPECT_EQ(read_dialog_info(write_dialog_info(info)).reason(), Reason::malformed_message);
  info.dialogs.resize(1);
  info.dialogs[0].remote.target_parameters.resize(target_parameters_max);
  EXPECT_TRUE(read_dialog_info(write_dialog_info(info)));
  info.dialogs[0].remote.target_parameters.resize(target_parameters_max + 1);
  EXPECT_EQ(read_dialog_info(write_dialog_info(info)).reason(), Reason::malformed_message);
}

TEST(DialogInfo, refuses) {
  const std::string begin = "<dialog-info xmlns='urn:ietf:params:xml:ns:dialog-info' version='0' state='full'";
  for (const std::string& text : {std::string(), begin + "/>", begin + " entity='a'><dialog id='1'/></dialog-info>",
                                  begin + " entity='a'><dialog><state>early</state></dialog></dialog-info>",
                                  begin + " entity='a'><dialog id='1'><state>asleep</state></dialog></dialog-info>"})
    EXPECT_EQ(read_dialog_info(text).reason(), Reason::malformed_message) << text;
}

TEST(RegInfo, rfc3680_section_5_3_example) {
  const Result<RegInfo> read = read_reg_info(
      "<?xml version=\"1.0\"?>\n"
      "    <reginfo xmlns=\"urn:ietf:params:xml:ns:reginfo\"\n"
      "        xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"\n"
      "        version=\"0\" state=\"partial\">\n"
      "      <registration aor=\"sip:user@example.com\" id=\"as9\"\n"
      "        state=\"active\">\n"
      "        <contact id=\"76\" state=\"active\" event=\"registered\"\n"
      "                 duration-registered=\"7322\"\n"
      "                 q=\"0.8\">\n"
      "                 <uri>sip:user@pc887.example.com</uri>\n"
      "        </contact>\n"
      "        <contact id=\"77\" state=\"terminated\" event=\"expired\"\n"
      "                 duration-registered=\"3600\"\n"
      "                 q=\"0.5\">\n"
      "                 <uri>sip:user@university.edu</uri>\n"
      "        </contact>\n"
      "      </registration>\n"
      "    </reginfo>\n");
  ASSERT_TRUE(read) << read.error().detail;
  RegInfo expected{0, false, {{"sip:user@example.com", "as9", RegistrationState::active, {}}}};
  RegContact contact;
  contact.id = "76";
  contact.duration_seconds = 7322;
  contact.q = "0.8";
  contact.uri = "sip:user@pc887.example.com";
  expected.registrations[0].contacts.push_back(contact);
  contact.id = "77";
  contact.state = ContactState::terminated;
  contact.event = ContactEvent::expired;
  contact.duration_seconds = 3600;
  contact.q = "0.5";
  contact.uri = "sip:user@university.edu";
  expected.registrations[0].contacts.push_back(contact);
  EXPECT_EQ(*read, expected);
  EXPECT_EQ(write_reg_info(expected),
            std::string(declaration) +
                "<reginfo xmlns=\"urn:ietf:params:xml:ns:reginfo\" version=\"0\" state=\"partial\">"
                "<registration aor=\"sip:user@example.com\" id=\"as9\" state=\"active\">"
                "<contact id=\"76\" state=\"active\" event=\"registered\" duration-registered=\"7322\" q=\"0.8\">"
                "<uri>sip:user@pc887.example.com</uri></contact>"
                "<contact id=\"77\" state=\"terminated\" event=\"expired\" duration-registered=\"3600\" q=\"0.5\">"
                "<uri>sip:user@university.edu</uri></contact></registration></reginfo>\r\n");
}

TEST(RegInfo, gruus_as_in_rfc5628) {
  const std::string text =
      std::string(declaration) +
      "<reginfo xmlns=\"urn:ietf:params:xml:ns:reginfo\" xmlns:gr=\"urn:ietf:params:xml:ns:gruuinfo\" version=\"0\" "
      "state=\"full\"><registration aor=\"sip:user@example.com\" id=\"as9\" state=\"active\">"
      "<contact id=\"76\" state=\"active\" event=\"registered\" duration-registered=\"7322\" q=\"0.8\">"
      "<uri>sip:user@192.0.2.1</uri>"
      "<unknown-param name=\"+sip.instance\">&quot;&lt;urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6&gt;&quot;"
      "</unknown-param><gr:pub-gruu uri=\"sip:user@example.com;gr=urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6\"/>"
      "<gr:temp-gruu uri=\"sip:tgruu.7hatz6cn-098shfyq193=ajfux8fyg7ajqqe7@example.com;gr\" first-cseq=\"54301\"/>"
      "</contact></registration></reginfo>\r\n";
  const Result<RegInfo> read = read_reg_info(text);
  ASSERT_TRUE(read) << read.error().detail;
  const RegContact& contact = read->registrations[0].contacts[0];
  EXPECT_EQ(contact.unknown_parameters[0].value, "\"<urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6>\"");
  EXPECT_EQ(contact.temporary_gruu_first_cseq, 54301U);
  EXPECT_EQ(write_reg_info(*read), text);
}

TEST(RegInfo, writes_what_it_reads) {
  RegInfo info{
      3, true, {{"sip:<&\"@b", "r", RegistrationState::init, {}}, {"sip:c@d", "s", RegistrationState::terminated, {}}}};
  for (int event = 0; event < 9; ++event)
    info.registrations[1].contacts.push_back({"i",
                                              static_cast<ContactState>(event % 2),
                                              static_cast<ContactEvent>(event),
                                              0,
                                              3600,
                                              5,
                                              "1",
                                              "call",
                                              4294967295U,
                                              "sip:<a>@b",
                                              "A & B",
                                              {{"p", "<"}, {"q", ""}},
                                              "sip:g@b;gr=1",
                                              "sip:t@b;gr",
                                              7});
  const auto again = read_reg_info(write_reg_info(info));
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, info);
  const auto read_changed = [&info](std::size_t registrations, std::size_t contacts, std::size_t parameters) {
    RegInfo changed = info;
    changed.registrations.resize(registrations);
    changed.registrations[0].contacts.resize(contacts);
    changed.registrations[0].contacts[0].unknown_parameters.resize(parameters);
    return read_reg_info(write_reg_info(changed)).reason();
  };
  EXPECT_EQ(read_changed(registrations_max, contacts_max, unknown_params_max), Reason::none);
  EXPECT_EQ(read_changed(registrations_max + 1, 1, 1), Reason::malformed_message);
  EXPECT_EQ(read_changed(1, contacts_max + 1, 1), Reason::malformed_message);
  EXPECT_EQ(read_changed(1, 1, unknown_params_max + 1), Reason::malformed_message);
}

TEST(RegInfo, refuses) {
  const std::string begin = "<reginfo xmlns='urn:ietf:params:xml:ns:reginfo' version='0' state='full'>";
  for (const std::string& text :
       {std::string(), std::string("<reginfo version='0' state='full'/>"),
        begin + "<registration aor='a' id='1' state='?'/></reginfo>",
        begin + "<registration aor='a' state='init'/></reginfo>",
        begin + "<registration aor='a' id='1' state='init'><contact id='1' state='active'/></registration></reginfo>",
        begin + "<registration aor='a' id='1' state='init'><contact id='1' state='active' event='created'>"
                "<unknown-param/></contact></registration></reginfo>"})
    EXPECT_EQ(read_reg_info(text).reason(), Reason::malformed_message) << text;
}

}  // namespace
}  // namespace tertulia::wire::event
