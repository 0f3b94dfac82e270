# SPDX-License-Identifier: Apache-2.0
"""Clients of the Lync family, one request at a time: what they are refused, told and spared."""
import collections
import re
import unittest

import live
from lync import FEED, NOTE, ROAMING, REGISTRATION, LyncClient
from server import eventually
from sip import token
from test_sessions import Session

INSTANCE = "urn:uuid:b7878522-d7fe-5c33-b30d-%012x"
SOAP = ('<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="http://schemas.microsoft.com/winrtc/2002'
        '/11/sip"><s:Body>%s</s:Body></s:Envelope>')
SET_CONTACT = ('<m:setContact><m:displayName/><m:groups>1</m:groups><m:subscribed>true</m:subscribed><m:URI>sip:c%d@example'
               '.com</m:URI><m:externalURI/><m:deltaNum>1</m:deltaNum></m:setContact>')
DELETE_CONTACT = '<m:deleteContact><m:URI>sip:c%d@example.com</m:URI><m:deltaNum>1</m:deltaNum></m:deleteContact>'
ACKNOWLEDGE = ('<setSubscribers xmlns="http://schemas.microsoft.com/2006/09/sip/presence-subscribers"><subscriber '
               'user="c%d@example.com" acknowledged="true"/></setSubscribers>')
PUBLISH = ('<publish xmlns="http://schemas.microsoft.com/2006/09/sip/rich-presence"><publications uri="sip:%s">%s'
           '</publications></publish>')
TOPIC = '<ConversationInfo><From uri="sip:mallory@example.com"/><Subject>tea &amp; cake</Subject></ConversationInfo>'


class Dialect(live.Case):
    def lync(self, user, number=0):
        client = LyncClient(self.server, user)
        self.addCleanup(client.close)
        answer = client.sign_in('%s;+sip.instance="<%s>"' % (client.contact(), INSTANCE % number))
        self.assertEqual(answer.status, 200, answer.headers)
        return client

    def service(self, client, content_type, body):
        return client.request("SERVICE", "sip:" + client.address, body=body, content_type=content_type,
                              headers=["Contact: " + client.contact()])

    def all_at_once(self, client, content_type, bodies):
        """How often each status came, of requests that did not wait for each other."""
        own, calls = "sip:" + client.address, [token() for _ in bodies]
        for call, body in zip(calls, bodies):
            client.send_raw(client.build("SERVICE", own, call, 1, "<%s>" % own, ["Contact: " + client.contact()], body,
                                         content_type))
        return collections.Counter(client.final(call, 1, "SERVICE", 60).status for call in calls)

    def test_a_registration_has_to_name_its_device(self):
        client = LyncClient(self.server, "alice")
        self.addCleanup(client.close)

        def register(lines, to="<sip:alice@example.com>"):
            return client.request("REGISTER", "sip:example.com", to=to, headers=lines)
        bare, named = "Contact: " + client.contact(), "Contact: %s;+sip.instance=\"<%s>\"" % (client.contact(), INSTANCE % 9)
        self.assert_refused(register([bare, *REGISTRATION]), 400, 4010)
        self.assert_refused(register([named, REGISTRATION[0], "Event: presence"]), 489, 4055)
        answer = register([named, "Supported: msrtc-event-categories"])
        self.assert_refused(answer, 421, 2057)
        self.assertEqual(answer.get("require"), "gruu-10")
        answer = register([named, *REGISTRATION])
        self.assertEqual(answer.status, 401)
        self.assertRegex(answer.get("date"), r"^\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT$")
        # A standard phone, whose Event is its own affair, needs none of it.
        phone = self.client("alice")
        self.addCleanup(phone.close)
        self.assertEqual(phone.register(headers=["Event: presence"]).status, 200)

    def test_an_epid_and_a_gruu_reach_one_device(self):
        alice, laptop = self.lync("alice", 6), self.lync("bob", 7)
        desk = LyncClient(self.server, "bob")
        self.addCleanup(desk.close)
        # An epid and the instance that belongs to it, as they were seen on the wire.
        answer = desk.sign_in(desk.contact() + ';+sip.instance="<urn:uuid:b7878522-d7fe-5c33-b30d-265f6618ae78>"')
        own = next(line for line in answer.headers["contact"] if "265f6618ae78" in line)
        self.assertNotIn("pub-gruu", own)
        gruu = re.search(r';gruu="(sip:bob@example.com;opaque=user:epid:[\w-]+;gruu)"', own).group(1)
        for name, uri in (("epid", "sip:bob@example.com;epid=cf0b98dadeb9"), ("gruu", gruu)):
            answer = alice.request("MESSAGE", uri, body=name, content_type="text/plain")
            self.assertEqual(answer.status, 200, answer.headers)
            self.assertEqual(desk.take("MESSAGE").text, name)
        self.assertFalse([request for request in laptop.requests if request.method == "MESSAGE"])
        self.assert_refused(alice.request("MESSAGE", "sip:bob@example.com;epid=000000000000", body="x",
                                          content_type="text/plain"), 480)

    def test_many_changes_at_once_are_all_made(self):
        alice = self.lync("alice")
        soap = "application/SOAP+xml"
        self.assertEqual(self.all_at_once(alice, soap, [SOAP % (SET_CONTACT % n) for n in range(240)]), {200: 240})
        self.assertEqual(self.all_at_once(alice, "application/msrtc-presence-setsubscriber+xml",
                                          [ACKNOWLEDGE % n for n in range(200)]), {200: 200})
        self.assertEqual(self.all_at_once(alice, soap, [SOAP % (DELETE_CONTACT % n) for n in range(240)]), {200: 240})
        self.assertEqual(alice.bad, [])

    def test_another_topic_is_shown_by_clients_of_the_family_alone(self):
        alice, bob = self.lync("alice", 1), self.lync("bob", 2)
        answer, session = Session.open(alice, "bob")
        self.assertEqual(answer.status, 200)
        self.assertEqual(session.request("INFO", TOPIC, "application/xml+conversationinfo").status, 200)
        info = bob.take("INFO")
        self.assertEqual(info.get("content-type"), "application/xml+conversationinfo")
        self.assertIn('<From uri="sip:alice@example.com"/><Subject>tea &amp; cake</Subject>', info.text)
        self.assertEqual(session.request("INFO", "<ConversationInfo", "application/xml+conversationinfo").status, 400)
        link = TOPIC.replace("tea", "http://tea.example.org")
        self.assertEqual(session.request("INFO", link, "application/xml+conversationinfo").status, 200)
        self.assertIn("<Subject>_http://tea.example.org", bob.take("INFO").text)
        self.assertEqual(session.say("still there").status, 200)
        self.assertEqual(bob.take("MESSAGE").text, "still there")
        session.request("BYE")
        carol = self.client("carol")
        self.addCleanup(carol.close)
        self.assertEqual(carol.register(contact=carol.contact() + ";+sip.message").status, 200)
        answer, session = Session.open(alice, "carol")
        self.assertEqual(answer.status, 200)
        self.assertEqual(session.request("INFO", TOPIC, "application/xml+conversationinfo").status, 200)
        self.assertEqual(session.say("after it").status, 200)
        self.assertEqual(carol.take("MESSAGE").text, "after it")
        self.assertFalse([request for request in carol.requests if request.method == "INFO"])
        session.request("BYE")

    def test_an_encoded_message_arrives_in_clear(self):
        alice, bob = self.lync("alice", 3), self.signed_in("bob")
        encoded = ["Content-Transfer-Encoding: base64"]
        answer = alice.request("MESSAGE", "sip:bob@example.com", body="w6FyYm9s", content_type="text/plain", headers=encoded)
        self.assertEqual(answer.status, 200)
        message = bob.take("MESSAGE")
        self.assertEqual((message.text, message.get("content-transfer-encoding")), ("\u00e1rbol", None))
        self.assert_refused(alice.request("MESSAGE", "sip:bob@example.com", body="x", content_type="text/plain",
                                          headers=["Content-Transfer-Encoding: x-zip"]), 415)
        self.assert_refused(alice.request("MESSAGE", "sip:bob@example.com", body="!", content_type="text/plain",
                                          headers=encoded), 400)

    def test_a_note_that_is_too_long_does_not_hold_up_the_states(self):
        alice, desk = self.lync("alice", 4), self.lync("alice", 5)
        own, told = "sip:" + desk.address, []
        desk.answers["BENOTIFY"] = lambda request: told.append(request.text)
        answer = desk.request("SUBSCRIBE", own, to="<%s>" % own, body=ROAMING, headers=[
            "Event: vnd-microsoft-roaming-self", "Contact: " + desk.contact(), *FEED,
            "Content-Type: application/vnd-microsoft-roaming-self+xml"])
        self.assertEqual(answer.status, 200)
        note = ('<publication categoryName="note" instance="0" container="200" version="0" expireType="static">%s'
                '</publication>' % (NOTE % ("\u00f1" * 2000)))
        gone = '<publication categoryName="state" instance="7" container="2" version="3" expireType="endpoint" expires="0"/>'
        kind = "application/msrtc-category-publish+xml"
        self.assertEqual(self.service(alice, kind, PUBLISH % (alice.address, note + gone)).status, 200)
        shown = eventually(lambda: re.findall("\u00f1+", "".join(told)), what="the note on the other device")
        self.assertEqual(len(shown[0].encode()), 2048)
        self.assert_refused(self.service(alice, kind, PUBLISH % ("bob@example.com", gone)), 403)

    def test_who_is_disabled_or_removed_is_told_why(self):
        self.server.add_user("erin")
        for command, number in (("disable", "52005"), ("remove", "1003")):
            erin = self.lync("erin")
            self.server.run("user", command, "erin@example.com")
            eventually(lambda: erin.closed, what="the end of the connection")
            notice = erin.take("NOTIFY")
            self.assertEqual((notice.get("event"), notice.text), ("registration-notify", "deregistered;event=rejected"))
            self.assertTrue(notice.get("ms-diagnostics").startswith(number + ";"), notice.get("ms-diagnostics"))
            self.assertEqual(erin.bad, [])
            if command == "disable":
                self.server.run("user", "enable", "erin@example.com")


if __name__ == "__main__":
    unittest.main()
