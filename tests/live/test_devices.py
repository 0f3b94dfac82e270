# SPDX-License-Identifier: Apache-2.0
"""One device of several: GRUUs (RFC 5627), what the others are told (RFC 3326), and what an INVITE may carry."""
import re
import unittest

import live
from sip import token

PLAIN = "text/plain"
IMDN = ("From: <im:alice@example.com>\r\nTo: <im:bob@example.com>\r\nNS: imdn <urn:ietf:params:imdn>\r\n\r\n"
        "Content-type: message/imdn+xml\r\nContent-Disposition: notification\r\n\r\n"
        '<imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>http://x.example.net/1</message-id></imdn>')


class OneDevice(live.Case):
    def device(self, user, number, parameters=""):
        """A signed-in device that has a name, with its public and its temporary GRUU."""
        client = self.client(user)
        self.addCleanup(client.close)
        client.instance = "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e%04x" % number
        self.sign_in(client, parameters)
        return client

    def sign_in(self, client, parameters=""):
        contact = '%s;+sip.instance="<%s>"%s' % (client.contact(), client.instance, parameters)
        answer = client.register(contact=contact, headers=["Supported: gruu"])
        self.assertEqual(answer.status, 200)
        mine = next(value for value in answer.headers["contact"] if client.instance in value)
        client.public, client.temporary = (re.search(name + r'-gruu="([^"]+)"', mine).group(1) for name in ("pub", "temp"))

    def say(self, client, uri, text="x"):
        return client.request("MESSAGE", uri, body=text, content_type=PLAIN)

    def test_a_message_reaches_the_named_device_alone(self):
        alice = self.signed_in("alice")
        desk, phone = self.device("bob", 1), self.device("bob", 2)
        first = phone.temporary
        self.sign_in(phone)
        self.assertNotEqual(first, phone.temporary)
        self.assertNotIn("bob", first)
        for text, uri in (("public", phone.public), ("first", first), ("second", phone.temporary)):
            self.assertEqual(self.say(alice, uri, text).status, 200, uri)
            self.assertEqual(phone.take("MESSAGE").text, text)
        self.assertTrue(desk.nothing("MESSAGE", 0.3))

    def test_a_device_that_is_not_there_is_told_and_nothing_is_kept(self):
        alice = self.signed_in("alice")
        phone = self.device("bob", 3)
        self.assertEqual(phone.register(expires=0, contact="*").status, 200)
        self.assert_refused(self.say(alice, phone.public), 480, 52302)
        self.assert_refused(self.say(alice, phone.temporary), 404, 4005)
        self.assert_refused(self.say(alice, "sip:tgruu.%s@example.com;gr" % token(24)), 404, 4005)
        self.assertEqual(self.server.run("status")["messages_waiting"], 0)
        self.sign_in(phone)
        self.assertTrue(phone.nothing("MESSAGE", 0.3))

    def test_an_invitation_rings_the_named_device_alone(self):
        alice = self.signed_in("alice")
        desk, phone = self.device("bob", 4, ";+sip.message"), self.device("bob", 5, ";+sip.message")
        answer = alice.request("INVITE", phone.temporary, body=alice.sdp(), content_type="application/sdp",
                               headers=["Contact: " + alice.contact()])
        self.assertEqual(answer.status, 200)
        phone.take("INVITE")
        self.assertTrue(desk.nothing("INVITE", 0.3))

    def test_the_others_are_told_that_another_device_has_answered(self):
        alice = self.signed_in("alice")
        slow, quick = self.device("carol", 6, ";+sip.message"), self.device("carol", 7, ";+sip.message")
        slow.answers["INVITE"] = 180
        call_id = token()
        answer = alice.request("INVITE", "sip:carol@example.com", call_id=call_id, body=alice.sdp(),
                               content_type="application/sdp", headers=["Contact: " + alice.contact()])
        self.assertEqual(answer.status, 200)
        self.assertEqual(alice.responses[(call_id, answer.cseq[0], "INVITE")][0].status, 100)
        quick.take("INVITE")
        self.assertEqual(slow.take("CANCEL").get("reason"), 'SIP;cause=200;text="Call completed elsewhere"')

    def test_a_description_may_stand_in_a_multipart(self):
        alice = self.signed_in("alice")
        self.device("bob", 8, ";+sip.message")

        def invite(head):
            body = ("--b\r\nContent-Type: application/x-map\r\n%s\r\n??\r\n--b\r\nContent-Type: application/sdp\r\n\r\n%s\r\n--b--\r\n"
                    % (head, alice.sdp()))
            return alice.request("INVITE", "sip:bob@example.com", body=body, content_type="multipart/mixed;boundary=b",
                                 headers=["Contact: " + alice.contact()])
        self.assertEqual(invite("Content-Disposition: render;handling=optional\r\n").status, 200)
        self.assert_refused(invite(""), 415)

    def test_a_wrapped_notification_is_neither_counted_nor_filtered(self):
        self.server.run("user", "set", "alice@example.com", "link_action=block")
        self.addCleanup(self.server.run, "user", "set", "alice@example.com", "--unset", "link_action")
        alice, bob = self.signed_in("alice"), self.signed_in("bob")
        self.assertEqual(alice.message("bob", IMDN, "message/cpim").status, 200)
        self.assertEqual(bob.take("MESSAGE").body, IMDN.encode())
        text = IMDN.replace("message/imdn+xml", "text/plain")
        self.assert_refused(alice.message("bob", text, "message/cpim"), 403, 52307)


if __name__ == "__main__":
    unittest.main()
