# SPDX-License-Identifier: Apache-2.0
"""Single messages through the IMMCU: both ways, several devices, absent users, policy, component stop, records."""
import unittest

import live
from server import eventually
from sip import Client
from test_sessions import Session

TYPING = ('<?xml version="1.0"?><isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"><state>active</state>'
          '</isComposing>')


class Messages(live.Case):
    users = ("alice", "bob", "carol", "dave")

    def test_both_ways_with_a_record(self):
        alice, bob = self.signed_in("alice"), self.signed_in("bob")
        self.assertEqual(alice.message("bob", "Hello Bob").status, 200)
        got = bob.take("MESSAGE")
        self.assertEqual(got.text, "Hello Bob")
        self.assertIn("sip:alice@example.com", got.get("from"))
        self.assertEqual(got.get("content-type"), "text/plain")
        self.assertEqual(bob.message("alice", "¡Hola! ☕").status, 200)
        self.assertEqual(alice.take("MESSAGE").text, "¡Hola! ☕")
        running = self.server.run("conversation", "list")
        self.assertTrue(any(sorted(c["participants"]) == ["alice@example.com", "bob@example.com"] for c in running), running)
        eventually(lambda: [r for r in self.server.run("cdr", "list", "--user", "alice@example.com")
                            if (r["user1"], r["user2"], r["mode"]) == ("alice@example.com", "bob@example.com", "page")])
        self.assertNotIn("Hola", self.server.run("cdr", "export", "--format", "json", parse=False))

    def test_every_device_gets_each_message_once_and_in_order(self):
        alice = self.signed_in("alice")
        devices = [self.signed_in("carol") for _ in range(3)]
        for i in range(20):
            self.assertEqual(alice.message("carol", "number %d" % i).status, 200)
        for device in devices:
            self.assertEqual([device.take("MESSAGE").text for _ in range(20)], ["number %d" % i for i in range(20)])
            self.assertTrue(device.nothing("MESSAGE", 0.2))

    def test_unknown_recipient_and_foreign_domain(self):
        alice = self.signed_in("alice")
        self.assert_refused(alice.message("nobody", "x"), 404, 4005)
        self.assert_refused(alice.request("MESSAGE", "sip:x@elsewhere.org", body="x", content_type="text/plain"), 404)

    def test_the_sender_is_told_when_the_device_refuses(self):
        alice, bob = self.signed_in("alice"), self.signed_in("bob")
        bob.answers["MESSAGE"] = 486
        self.assert_refused(alice.message("bob", "are you there"), 486)
        bob.answers["MESSAGE"] = 401   # a device's own challenge is not the sender's business
        answer = alice.message("bob", "and now")
        self.assertNotIn(answer.status, (200, 202, 401, 407))

    def test_a_kept_message_outlives_a_device_that_cannot_take_it(self):
        alice = self.signed_in("alice")
        self.assertEqual(alice.message("dave", "kept").status, 202)
        for status in (486, 500, 481):
            dave = self.client("dave")
            dave.answers["MESSAGE"] = status
            dave.register()
            self.assertEqual(dave.take("MESSAGE").text, "kept")
            dave.close()
        eventually(lambda: self.server.run("status")["messages_waiting"] == 1)
        self.assertEqual(self.signed_in("dave").take("MESSAGE").text, "kept")
        eventually(lambda: self.server.run("status")["messages_waiting"] == 0)

    def test_typing_and_notification_pass_unchanged(self):
        alice, bob = self.signed_in("alice"), self.signed_in("bob")
        self.assertEqual(alice.message("bob", TYPING, "application/im-iscomposing+xml").status, 200)
        got = bob.take("MESSAGE")
        self.assertEqual(got.text, TYPING)
        self.assertEqual(got.get("content-type"), "application/im-iscomposing+xml")
        cpim = ("From: <im:alice@example.com>\r\nTo: <im:bob@example.com>\r\nNS: imdn <urn:ietf:params:imdn>\r\n"
                "imdn.Message-ID: 34jk324j\r\nimdn.Disposition-Notification: positive-delivery\r\n\r\n"
                "Content-type: text/plain\r\n\r\nHello World")
        self.assertEqual(alice.message("bob", cpim, "message/cpim").status, 200)
        self.assertEqual(bob.take("MESSAGE").body, cpim.encode())

    def test_unsupported_content_names_what_is_accepted(self):
        alice = self.signed_in("alice")
        self.signed_in("bob")
        answer = alice.message("bob", "x", "image/png")
        self.assert_refused(answer, 415)
        self.assertIn("text/*", answer.get("accept"))


class AbsentUsers(live.Case):
    def test_kept_and_delivered_in_order_at_the_next_sign_in(self):
        alice = self.signed_in("alice")
        for i in range(5):
            self.assertEqual(alice.message("bob", "later %d" % i).status, 202)
        self.assertEqual(alice.message("bob", TYPING, "application/im-iscomposing+xml").status // 100, 4)
        self.restart()   # kept means kept
        bob = self.signed_in("bob")
        self.assertEqual([bob.take("MESSAGE").text for _ in range(5)], ["later %d" % i for i in range(5)])
        self.assertTrue(bob.nothing("MESSAGE", 0.3))
        eventually(lambda: self.server.run("status")["messages_waiting"] == 0)
        again = self.signed_in("bob")
        self.assertTrue(again.nothing("MESSAGE", 0.3))

    def test_policy_off_refuses_with_a_reason(self):
        self.server.run("user", "set", "carol@example.com", "offline_messages=off")
        self.assert_refused(self.signed_in("alice").message("carol", "x"), 480, 52302)


class Policies(live.Case):
    settings = {"policy.message_bytes_max": "1000", "policy.link_notice": '"[links are not active] "'}

    def test_size_limit_at_the_limit(self):
        alice, bob = self.signed_in("alice"), self.signed_in("bob")
        self.assertEqual(alice.message("bob", "x" * 1000).status, 200)
        self.assertEqual(len(bob.take("MESSAGE").text), 1000)
        self.assert_refused(alice.message("bob", "x" * 1001), 413)

    def test_link_filter_allow_block_warn(self):
        alice, bob = self.signed_in("alice"), self.signed_in("bob")
        self.assertEqual(alice.message("bob", "see http://example.net/page").status, 200)
        text = bob.take("MESSAGE").text
        self.assertIn("_http://example.net/page", text)
        self.assertIn("[links are not active]", text)
        self.server.run("user", "set", "alice@example.com", "link_action=block")
        self.assert_refused(alice.message("bob", "see http://example.net/page"), 403, 52307)
        self.server.run("user", "set", "alice@example.com", "link_action=warn", "link_warning=Careful: ")
        self.assertEqual(alice.message("bob", "see http://example.net/page").status, 200)
        self.assertRegex(bob.take("MESSAGE").text, r"^Careful:\s*see http://example.net/page")

    def test_blocked_sender(self):
        alice, bob = self.signed_in("alice"), self.signed_in("bob")
        self.server.run("user", "set", "bob@example.com", "--block", "alice@example.com")
        self.assert_refused(alice.message("bob", "x"), 480)
        self.assertTrue(bob.nothing("MESSAGE", 0.2))
        self.server.run("user", "set", "bob@example.com", "--unblock", "alice@example.com")
        self.assertEqual(alice.message("bob", "x").status, 200)


HTML = ("text/html;charset=utf-8", "<b>see</b> caf&#xe9; &amp; http://example.net/page")
RTF = ("text/rtf", r"{\rtf1\ansi{\fonttbl{\f0 Arial;}}\f0 see {\b caf\'e9}\par now}")
PARTS = ("multipart/alternative;boundary=b",
         "--b\r\nContent-Type: text/plain\r\n\r\nin plain\r\n--b\r\nContent-Type: text/html\r\n\r\n<i>in HTML</i>\r\n--b--\r\n")
CPIM_HEAD = "From: <im:alice@example.com>\r\nTo: <im:bob@example.com>\r\n\r\n"


class Formats(live.Case):
    """HTML and RTF by the policy of who writes."""

    def device(self, user):
        client = self.client(user)
        self.addCleanup(client.close)
        self.assertEqual(client.register(contact=client.contact() + ";+sip.message").status, 200)
        return client

    def test_the_writer_s_policy_makes_plain_text(self):
        alice, bob, carol = (self.device(user) for user in ("alice", "bob", "carol"))
        sessions = {client: Session.open(client, "bob")[1] for client in (alice, carol)}

        def said(client, content_type, text):
            """What bob gets of it as a single message and within the session: type and text."""
            self.assertEqual(client.message("bob", text, content_type).status, 200)
            self.assertEqual(sessions[client].request("MESSAGE", text, content_type).status, 200)
            got = [bob.take("MESSAGE") for _ in range(2)]
            self.assertEqual(len({request.get("call-id") for request in got}), 2)
            self.assertTrue(all(client.address in request.get("from") for request in got))
            (one,) = {(request.get("content-type"), request.text) for request in got}
            return one

        self.server.run("user", "set", "alice@example.com", "html_messages=off", "link_notice=")
        link = "see café & _http://example.net/page"   # the link filter sees the words
        self.assertEqual(said(alice, *HTML), ("text/plain;charset=utf-8", link))
        self.assertEqual(said(alice, *PARTS), ("text/plain", "in plain"))
        self.assertEqual(said(alice, "message/cpim", CPIM_HEAD + "Content-Type: text/html\r\nContent-Length: 9\r\n\r\n<b>hi</b>"),
                         ("message/cpim", CPIM_HEAD + "Content-Type: text/plain;charset=UTF-8\r\n\r\nhi"))
        self.assertEqual(said(alice, *RTF), RTF)
        self.server.run("user", "set", "alice@example.com", "rtf_messages=off")
        self.assertEqual(said(alice, *RTF), ("text/plain;charset=UTF-8", "see café\nnow"))
        formatted = ("text/plain; charset=UTF-8;msgr=WAAtAE0A", "plain <b>already</b>")
        self.assertEqual(said(alice, *formatted), formatted)
        for content in (HTML[0], "<img src='x'>"), ("text/enriched", "<bold>x</bold>"):
            for answer in alice.message("bob", content[1], content[0]), sessions[alice].request("MESSAGE", content[1], content[0]):
                self.assert_refused(answer, 415, 52317)
                self.assertTrue(answer.get("accept").startswith("text/plain, message/cpim"), answer.get("accept"))
        self.server.run("user", "set", "carol@example.com", "link_filter=off")
        for content in HTML, RTF, PARTS:
            self.assertEqual(said(carol, *content), content)
        self.server.run("user", "set", "alice@example.com", "--unset", "html_messages", "--unset", "rtf_messages")
        self.assertEqual(said(alice, *RTF), RTF)
        self.assertTrue(bob.nothing("MESSAGE", 0.2))


class ImmcuStopped(live.Case):
    def test_messages_fail_at_once_and_work_again_without_a_new_sign_in(self):
        alice, bob = self.signed_in("alice"), self.signed_in("bob")
        self.assertEqual(alice.message("bob", "before").status, 200)
        self.server.run("component", "stop", "immcu")
        self.assert_refused(alice.message("bob", "while stopped"), 503, 52301)
        carol = self.signed_in("carol")   # sign-in goes on
        self.assertEqual(carol.register().status, 200)
        health = self.server.run("health", check=False)
        self.assertEqual(health.returncode, 6)
        self.assertEqual(self.server.get("/health")[0], 503)
        self.server.run("component", "start", "immcu")
        self.assertEqual(alice.message("bob", "after").status, 200)
        self.assertEqual([bob.take("MESSAGE").text for _ in range(2)], ["before", "after"])
        self.assertEqual(self.server.get("/health")[0], 200)


if __name__ == "__main__":
    unittest.main()
