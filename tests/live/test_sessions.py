# SPDX-License-Identifier: Apache-2.0
"""Message sessions: INVITE with an m=message medium, then MESSAGE in the dialog, always through the IMMCU."""
import re
import threading
import unittest

import live
from server import eventually
from sip import token


class Session:
    """A dialog that this side opened or answered."""

    def __init__(self, client, peer_uri, call_id, local, remote, target, cseq):
        self.client, self.peer_uri, self.call_id = client, peer_uri, call_id
        self.local, self.remote, self.target, self.cseq = local, remote, target, cseq

    @classmethod
    def open(cls, client, to, patience=20.0, authenticate=True):
        """Returns (final response, session or None)."""
        call_id, uri = token(), "sip:%s@example.com" % to
        answer = client.request("INVITE", uri, call_id=call_id, body=client.sdp(), content_type="application/sdp",
                                headers=["Contact: " + client.contact()], patience=patience)
        if answer.status != 200:
            return answer, None
        target = re.search(r"<([^>]+)>", answer.get("contact")).group(1)
        session = cls(client, uri, call_id, '<sip:%s>;tag=%s' % (client.address, client.from_tag), answer.get("to"), target,
                      answer.cseq[0])
        client.send_raw(client.build("ACK", target, call_id, answer.cseq[0], answer.get("to")))
        return answer, session

    @classmethod
    def answered(cls, client, invite):
        target = re.search(r"<([^>]+)>", invite.get("contact")).group(1)
        return cls(client, None, invite.get("call-id"), invite.get("to") + ";tag=" + client.from_tag, invite.get("from"), target, 0)

    def request(self, method, body="", content_type=None, headers=()):
        self.cseq += 1
        answer = self.client.request(method, self.target, to=self.remote, call_id=self.call_id, cseq=self.cseq, body=body,
                                     content_type=content_type, from_=self.local, headers=headers)
        self.cseq = answer.cseq[0]
        return answer

    def say(self, text):
        return self.request("MESSAGE", text, "text/plain")


class Sessions(live.Case):
    def session_endpoint(self, user, **options):
        """A device that takes part in sessions (RFC 4569 feature tag)."""
        client = self.client(user, **options)
        self.addCleanup(client.close)
        answer = client.register(contact=client.contact() + ";+sip.message")
        self.assertEqual(answer.status, 200)
        return client

    def test_invite_message_both_ways_bye_and_the_record(self):
        alice, bob = self.session_endpoint("alice"), self.session_endpoint("bob")
        answer, session = Session.open(alice, "bob")
        self.assertEqual(answer.status, 200, answer.headers)
        self.assertIn("m=message", answer.text)
        invite = bob.take("INVITE")
        self.assertRegex(invite.get("from"), r"<sip:alice@example\.com>;tag=")
        self.assertIn("m=message", invite.text)
        bob.take("ACK")
        self.assertEqual(session.say("one").status, 200)
        got = bob.take("MESSAGE")
        self.assertEqual((got.text, got.get("call-id")), ("one", invite.get("call-id")))
        back = Session.answered(bob, invite)
        self.assertEqual(back.say("two").status, 200)
        self.assertEqual(alice.take("MESSAGE").text, "two")
        self.assertNotEqual(invite.get("call-id"), session.call_id)   # two dialogs, the IMMCU between them
        self.assertEqual(session.request("BYE").status, 200)
        # The end was acknowledged, so the record is there: no waiting.
        record = self.server.run("cdr", "list", "--user", "bob@example.com", "--limit", "1")[0]
        self.assertEqual((record["mode"], record["response_code"]), ("session", 200))
        self.assertEqual((record["user1_message_count"], record["user2_message_count"]), (1, 1))
        self.assertIsNotNone(record["end_time"])
        bob.take("BYE")
        self.assert_refused(session.say("too late"), 481)

    def test_the_answering_device_has_it_and_the_others_are_cancelled(self):
        alice = self.session_endpoint("alice")
        slow, quick = self.session_endpoint("carol"), self.session_endpoint("carol")
        slow.answers["INVITE"] = 180
        answer, session = Session.open(alice, "carol")
        self.assertEqual(answer.status, 200)
        ringing = slow.take("INVITE")
        cancel = slow.take("CANCEL")
        self.assertEqual(cancel.get("call-id"), ringing.get("call-id"))
        slow.respond(ringing, 487)
        quick.take("INVITE")
        self.assertEqual(session.say("to the one that answered").status, 200)
        self.assertEqual(quick.take("MESSAGE").text, "to the one that answered")
        self.assertTrue(slow.nothing("MESSAGE", 0.3))

    def test_a_late_answer_is_ended(self):
        alice = self.session_endpoint("alice")
        late, quick = self.session_endpoint("bob"), self.session_endpoint("bob")
        late.answers["INVITE"] = 180
        answer, _ = Session.open(alice, "bob")
        self.assertEqual(answer.status, 200)
        quick.take("INVITE")
        invite = late.take("INVITE")
        late.take("CANCEL")
        late.respond(invite, 200)   # crossed with the CANCEL
        late.take("ACK")
        late.take("BYE")

    def test_refusals_reach_the_inviter(self):
        alice, bob = self.session_endpoint("alice"), self.session_endpoint("bob")
        for status in (486, 603):
            bob.answers["INVITE"] = status
            answer, _ = Session.open(alice, "bob")
            self.assert_refused(answer, status)
            self.assertEqual(self.record(answer.get("call-id"))["response_code"], status)
        self.assert_refused(Session.open(alice, "nobody")[0], 404, 4005)

    def test_both_invite_each_other_at_once(self):
        """Whichever invitation comes first, they are in one conversation, and whatever rings still is taken back."""
        for _ in range(10):
            alice, bob = self.session_endpoint("alice"), self.session_endpoint("bob")
            alice.answers["INVITE"] = bob.answers["INVITE"] = 180   # nobody answers but by the own invitation
            for client in (alice, bob):
                client.request("OPTIONS", "sip:example.com")   # learns the challenge, so that both INVITEs go through at once
            opened = {}
            threads = [threading.Thread(target=lambda one=one, to=to: opened.update({to: Session.open(one, to)}))
                       for one, to in ((alice, "bob"), (bob, "alice"))]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(30)
            (first, hers), (second, his) = opened["bob"], opened["alice"]
            self.assertEqual((first.status, second.status), (200, 200))
            self.assertEqual(hers.say("one").status, 200)
            self.assertEqual(bob.take("MESSAGE").text, "one")
            self.assertEqual(his.say("two").status, 200)
            self.assertEqual(alice.take("MESSAGE").text, "two")
            self.assertEqual(hers.request("BYE").status, 200)
            self.assertEqual(bob.take("BYE").get("call-id"), his.call_id)
            alice.close()
            bob.close()

    def test_a_status_that_is_not_passed_on_is_not_in_the_record(self):
        alice, bob = self.session_endpoint("alice"), self.session_endpoint("bob")
        bob.answers["INVITE"] = 500
        answer, _ = Session.open(alice, "bob")
        self.assert_refused(answer, 480, 52304)
        self.assertEqual(self.record(answer.get("call-id"))["response_code"], 480)

    def test_a_stop_of_the_immcu_ends_what_rings(self):
        alice, bob = self.session_endpoint("alice"), self.session_endpoint("bob")
        bob.answers["INVITE"] = 180
        alice.request("OPTIONS", "sip:example.com")   # learns the challenge, so that the INVITE goes through at once
        call_id, uri = token(), "sip:bob@example.com"
        head = [*alice.credentials("INVITE", uri), "Contact: " + alice.contact()]
        alice.send_raw(alice.build("INVITE", uri, call_id, 1, "<%s>" % uri, head, alice.sdp(), "application/sdp"))
        invite = bob.take("INVITE")
        self.server.run("component", "stop", "immcu")
        try:
            self.assert_refused(alice.final(call_id, 1, "INVITE"), 503, 52301)
            bob.take("CANCEL")
            bob.respond(invite, 487)
        finally:
            self.server.run("component", "start", "immcu")

    def test_cancel(self):
        alice, bob = self.session_endpoint("alice"), self.session_endpoint("bob")
        bob.answers["INVITE"] = 180
        alice.request("OPTIONS", "sip:example.com")   # learns the challenge, so that the INVITE goes through at once
        call_id, branch, uri = token(), "z9hG4bK" + token(), "sip:bob@example.com"
        head = [*alice.credentials("INVITE", uri), "Contact: " + alice.contact()]
        alice.send_raw(alice.build("INVITE", uri, call_id, 1, "<%s>" % uri, head, alice.sdp(), "application/sdp", branch))
        invite = bob.take("INVITE")
        alice.send_raw(alice.build("CANCEL", uri, call_id, 1, "<%s>" % uri, branch=branch))
        self.assertEqual(alice.final(call_id, 1, "CANCEL").status, 200)
        self.assertEqual(alice.final(call_id, 1, "INVITE").status, 487)
        bob.take("CANCEL")
        bob.respond(invite, 487)

    def test_session_user_and_page_user_talk(self):
        alice, bob = self.session_endpoint("alice"), self.signed_in("bob")   # bob's phone knows single messages only
        bob.answers["INVITE"] = 488
        answer, session = Session.open(alice, "bob")
        self.assertEqual(answer.status, 200, answer.headers)
        self.assertEqual(session.say("hello phone").status, 200)
        got = bob.take("MESSAGE")
        self.assertEqual(got.text, "hello phone")
        self.assertEqual(bob.message("alice", "hello desk").status, 200)
        back = alice.take("MESSAGE")
        self.assertEqual((back.text, back.get("call-id")), ("hello desk", session.call_id))   # inside her session
        self.assertEqual(session.request("BYE").status, 200)
        record = self.server.run("cdr", "list", "--user", "alice@example.com", "--limit", "1")[0]
        self.assertEqual((record["user1_message_count"], record["user2_message_count"]), (1, 1))

    def session_only(self, user, **options):
        """A device that says it takes no MESSAGE outside of sessions (RFC 3840)."""
        client = self.client(user, **options)
        self.addCleanup(client.close)
        contact = client.contact() + ';+sip.message;methods="INVITE, ACK, BYE, CANCEL, OPTIONS, INFO"'
        self.assertEqual(client.register(contact=contact).status, 200)
        return client

    def test_single_messages_reach_a_device_that_takes_sessions_alone(self):
        alice = self.signed_in("alice")
        self.assertEqual(alice.message("carol", "while you were away").status, 202)
        carol = self.session_only("carol")
        invite = carol.take("INVITE")
        self.assertRegex(invite.get("from"), r"<sip:alice@example\.com>;tag=")
        got = carol.take("MESSAGE")
        self.assertEqual((got.text, got.get("call-id")), ("while you were away", invite.get("call-id")))
        # Until the server has her answer, what comes next is kept behind it.
        eventually(lambda: self.server.run("status")["messages_waiting"] == 0)
        for text in ("one", "two"):
            self.assertEqual(alice.message("carol", text).status, 200)
            got = carol.take("MESSAGE")
            self.assertEqual((got.text, got.get("call-id")), (text, invite.get("call-id")))
        back = Session.answered(carol, invite)
        self.assertEqual(back.say("here I am").status, 200)
        self.assertEqual(alice.take("MESSAGE").text, "here I am")
        self.assert_refused(back.request("REFER", headers=["Refer-To: <sip:bob@example.com>"]), 405)
        self.assertTrue(carol.nothing("INVITE", 0.2))
        running = [c for c in self.server.run("conversation", "list") if "carol@example.com" in c["participants"]]
        self.assertEqual(len(running), 1, running)   # the IMMCU knows of single messages alone
        self.assertEqual(running[0]["mode"], "page")
        self.assertEqual(back.request("BYE").status, 200)
        self.assertEqual(alice.message("carol", "again").status, 200)
        again = carol.take("INVITE")
        self.assertNotEqual(again.get("call-id"), invite.get("call-id"))
        self.assertEqual(carol.take("MESSAGE").text, "again")

    def test_a_device_that_turns_out_to_take_sessions_alone(self):
        alice, bob = self.signed_in("alice"), self.session_endpoint("bob")
        bob.answers["MESSAGE"] = lambda request: 200 if request.tag("to") else 405
        for text in ("one", "two"):
            self.assertEqual(alice.message("bob", text).status, 200)
            self.assertEqual(bob.take("MESSAGE", where=lambda request: request.tag("to")).text, text)
        bob.take("INVITE")
        self.assertTrue(bob.nothing("INVITE", 0.2))   # one dialog for both

    def test_the_sender_of_a_single_message_hears_what_became_of_the_invitation(self):
        alice, bob = self.signed_in("alice"), self.session_only("bob")
        bob.answers["INVITE"] = 486
        self.assert_refused(alice.message("bob", "are you there"), 486)
        bob.answers["INVITE"] = 180   # rings, and nobody comes
        self.assert_refused(alice.message("bob", "hello", patience=32), 408)
        bob.take("CANCEL")

    def test_the_other_side_is_told_when_a_connection_dies(self):
        alice, bob = self.session_endpoint("alice"), self.session_endpoint("bob")
        _, session = Session.open(alice, "bob")
        invite = bob.take("INVITE")
        bob.take("ACK")
        alice.close()
        self.assertEqual(bob.take("BYE").get("call-id"), invite.get("call-id"))

    def test_a_foreign_dialog_is_unknown(self):
        alice, bob, carol = (self.session_endpoint(u) for u in ("alice", "bob", "carol"))
        _, session = Session.open(alice, "bob")
        bob.take("INVITE")
        stolen = Session(carol, session.peer_uri, session.call_id, "<sip:carol@example.com>;tag=" + alice.from_tag,
                         session.remote, session.target, 10)
        self.assert_refused(stolen.say("I am Alice"), 481)
        self.assertTrue(bob.nothing("MESSAGE", 0.3))

    def test_immcu_stopped_inside_a_session(self):
        alice, bob = self.session_endpoint("alice"), self.session_endpoint("bob")
        _, session = Session.open(alice, "bob")
        bob.take("INVITE")
        self.server.run("component", "stop", "immcu")
        try:
            self.assert_refused(session.say("x"), 503, 52301)
            self.assert_refused(Session.open(bob, "alice")[0], 503, 52301)
        finally:
            self.server.run("component", "start", "immcu")
        self.assertEqual(session.say("again").status, 200)
        self.assertEqual(bob.take("MESSAGE").text, "again")


if __name__ == "__main__":
    unittest.main()
