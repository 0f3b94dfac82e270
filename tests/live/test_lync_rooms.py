# SPDX-License-Identifier: Apache-2.0
"""Conferences of clients of the Lync family: what others hear in them, and what the administrator is shown."""
import re
import unittest

import conferencing
import live
from lync import LyncClient
from server import eventually
from sip import token
from test_sessions import Session


class Member(LyncClient):
    """A client of the Lync family in a conference: a dialog with the focus, one with the unit for messages."""

    def __init__(self, server, user):
        super().__init__(server, user)
        instance = "b7878522-d7fe-5c33-b30d-%012x" % sum(user.encode())
        answer = self.sign_in('%s;+sip.instance="<urn:uuid:%s>"' % (self.contact(), instance))
        assert answer.status == 200, answer.headers

    def c3p(self, operation, to=None, **dialog):
        """SERVICE to the own factory or to `to`; in `dialog` another method."""
        to = to or "sip:%s;gruu;opaque=app:conf:focusfactory" % self.address
        method = dialog.pop("method", "SERVICE")
        return self.request(method, to, to=dialog.pop("remote", "<%s>" % to), content_type="application/cccp+xml",
                            body=conferencing.CCCP % (to, self.address, operation), headers=["Contact: " + self.contact()],
                            patience=60, **dialog)

    def make(self):
        answer = self.c3p(conferencing.ADD_CONFERENCE % token(16).upper())
        self.go_in(re.search('entity="(sip:[^"]*focus:id[^"]*)"', answer.text).group(1))
        return self

    def go_in(self, focus):
        self.focus = focus
        self.seat = self.dialog(focus, lambda **of: self.c3p(conferencing.ADD_USER % (focus, self.address, token()), focus,
                                                             method="INVITE", **of))
        unit = focus.replace(":focus:", ":chat:")
        if self.seat["answer"].status == 200:
            self.talk = self.dialog(unit, lambda **of: self.request(
                "INVITE", unit, body=self.sdp(), content_type="application/sdp", headers=["Contact: " + self.contact()], **of))
        return self.seat["answer"]

    def dialog(self, target, begin):
        of = {"call_id": token(), "from_": "<sip:%s>;tag=%s" % (self.address, token())}
        answer = begin(**of)
        self.send_raw(self.build("ACK", target, of["call_id"], 1, answer.get("to"), from_=of["from_"]))
        return {"target": target, "answer": answer, "cseq": 1, **of}

    def say(self, text, content_type="text/plain; charset=UTF-8"):
        self.talk["cseq"] += 1
        return self.request("MESSAGE", self.talk["target"], to=self.talk["answer"].get("to"), call_id=self.talk["call_id"],
                            cseq=self.talk["cseq"], from_=self.talk["from_"], body=text, content_type=content_type,
                            headers=["Contact: " + self.contact()], patience=60)

    def info(self, operation):
        self.seat["cseq"] += 1
        return self.c3p(operation, self.focus, method="INFO", remote=self.seat["answer"].get("to"),
                        call_id=self.seat["call_id"], cseq=self.seat["cseq"], from_=self.seat["from_"])

    def bring(self, address, subject="", first_im=""):
        body = conferencing.INVITE % self.focus
        body = body.replace("<subject/>", "<subject>%s</subject>" % subject)
        body = body.replace("<first-im/>", "<first-im>%s</first-im>" % first_im)
        of = self.dialog("sip:" + address, lambda **of: self.request(
            "INVITE", "sip:" + address, body=body, content_type="application/ms-conf-invite+xml",
            headers=["Supported: ms-sender", "Contact: " + self.contact()], **of))
        return of["answer"]


class LyncFamily(live.Case):
    """Conferences of clients of the Lync family, with what others hear and the administrator is shown of them."""
    users = ("alice", "bob", "carol", "dave")
    settings = {"conference.lobby_patience": "10"}

    def member(self, user):
        client = Member(self.server, user)
        self.addCleanup(client.close)
        return client

    def shown(self, member):
        return self.server.run("conference", "show", "alice@example.com", member.focus.partition("focus:id:")[2])

    def joins(self, member):
        conference = member.focus.partition("focus:id:")[2]
        rows = [row for row in self.server.run("cdr", "list", "conferences") if row["conference_id"] == conference]
        return [(join["user"].partition("@")[0], int(join["response_code"]), int(join["diagnostic_id"]))
                for row in rows for join in self.server.run("cdr", "show", row["id"])["joins"] if join["role"] == "unknown"]

    def test_who_reads_plain_text_alone_hears_html_too(self):
        dave = self.client("dave")
        self.addCleanup(dave.close)
        dave.answers["MESSAGE"] = lambda message: 200 if message.get("content-type").startswith("text/plain") else 415
        self.assertEqual(dave.register().status, 200)
        alice = self.member("alice").make()
        self.assertEqual(alice.bring("dave@example.com").status, 200)
        parts = ("--x\r\nContent-Type: text/plain\r\n\r\nfor all\r\n--x\r\nContent-Type: text/html\r\n\r\n<b>for few</b>\r\n"
                 "--x--\r\n")
        for said, content_type, heard in (("hello", "text/plain", "Alice: hello"),
                                          ("<b>tea</b> &amp; more", "text/html", "Alice: tea & more"),
                                          (parts, 'multipart/alternative;boundary="x"', "Alice: for all")):
            self.assertEqual(alice.say(said, content_type).status, 200)
            self.assertEqual(dave.take("MESSAGE").text, heard)
        self.assertEqual({one["address"]: one["name"] for one in self.shown(alice)["roster"]},
                         {"alice@example.com": "Alice", "dave@example.com": "Dave"})

    def test_a_speaker_whom_nobody_hears_stays(self):
        bob = self.member("bob")
        alice = self.member("alice").make()
        self.assertEqual(bob.go_in(alice.focus).status, 200)
        bob.answers["MESSAGE"] = 480
        self.assert_refused(alice.say("are you there?"), 504)
        bob.answers["MESSAGE"] = 200
        self.assertEqual(alice.say("and now?").status, 200)

    def test_a_speaker_is_told_who_has_not_got_it(self):
        alice, bob, carol = self.member("alice").make(), self.member("bob"), self.member("carol")
        for one in (bob, carol):
            self.assertEqual(one.go_in(alice.focus).status, 200)
        bob.answers["MESSAGE"] = 486
        answer = alice.say("hello")
        self.assertEqual(answer.status, 202)
        self.assertEqual(carol.take("MESSAGE").text, "hello")
        told = alice.take("BENOTIFY", where=lambda one: one.get("content-type") == "application/ms-imdn+xml")
        self.assertEqual(told.get("call-id"), alice.talk["call_id"])
        self.assertEqual(told.text, '<imdn><message-id>%s</message-id><recipient uri="sip:bob@example.com"><status>486</status>'
                                    '</recipient></imdn>' % answer.get("message-id"))
        bob.answers["MESSAGE"] = 200
        self.assertEqual(alice.say("and now?").status, 200)

    def test_typing_stays_out_of_rooms(self):
        bob = self.member("bob")
        alice = self.member("alice").make()
        self.assertEqual(bob.go_in(alice.focus).status, 200)
        typing = ('<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"><state>active</state></isComposing>')
        self.assertEqual(alice.say(typing, "application/im-iscomposing+xml").status, 200)
        self.assertEqual(alice.say("typed").status, 200)
        self.assertEqual(bob.take("MESSAGE").text, "typed")

    def test_who_is_kept_out_stands_in_the_records(self):
        alice, bob, carol = self.member("alice").make(), self.member("bob"), self.member("carol")
        name = alice.focus.partition("focus:id:")[2]
        self.server.run("conference", "lock", "alice@example.com", name)
        self.assert_refused(bob.go_in(alice.focus), 403, 52354)
        eventually(lambda: self.joins(alice) == [("bob", 403, 52354)], what="the row of bob")
        made = self.server.run("conference", "create", "alice@example.com", "--admission", "invited", "--lobby")
        self.assert_refused(carol.go_in(made["focus_uri"]), 480, 52362)     # nobody was in who could open
        eventually(lambda: self.joins(carol) == [("carol", 480, 52362)], what="the row of carol")

    def test_a_muted_conference(self):
        alice, bob = self.member("alice").make(), self.member("bob")
        self.assertEqual(bob.go_in(alice.focus).status, 200)
        name = alice.focus.partition("focus:id:")[2]
        self.server.run("conference", "mute", "alice@example.com", name)
        self.assertTrue(self.shown(alice)["muted"])
        self.assert_refused(bob.say("may I?"), 403, 52359)
        self.assertEqual(alice.say("no").status, 200)
        self.server.run("conference", "unmute", "alice@example.com", name)
        self.assertEqual(bob.say("thanks").status, 200)

    def test_an_organizer_looks_from_outside_and_a_focus_is_no_other(self):
        alice = self.member("alice")
        made = self.server.run("conference", "create", "alice@example.com", "--admission", "invited", "--until", "2099-01-01")
        look = "<getConference><conferenceKeys confEntity=\"%s\"/></getConference>" % made["focus_uri"]
        answer = alice.c3p(look).text
        self.assertIn('code="success"', answer)
        for fact in ("<msci:conference-id>" + made["id"], "<msci:admission-policy>closedAuthenticated",
                     "<msci:expiry-time>2099-01-01T00:00:00"):
            self.assertIn(fact, answer)
        self.assertIn('reason="userDoesntExist"', self.member("bob").c3p(look, made["focus_uri"]).text)
        alice.make()
        self.assertIn('reason="conferenceDoesntExist"', alice.info(conferencing.COMMANDS["lock"] % made["focus_uri"]).text)
        self.assertFalse(self.shown(alice)["locked"])
        self.assertIn('code="success"', alice.info(conferencing.COMMANDS["lock"] % alice.focus).text)

    def test_an_invitation_keeps_its_words(self):
        alice, bob = self.member("alice").make(), self.member("bob")
        for subject, shown in (("Lunch", "Lunch"), ("Tea & <cake", "Tea &amp; &lt;cake"), ("", "")):
            self.assertEqual(alice.bring("bob@example.com", subject, "aGVsbG8=").status, 200)
            text = bob.take("INVITE").text
            self.assertIn("<first-im>aGVsbG8=</first-im>", text)
            self.assertIn("<subject>%s</subject>" % shown if shown else "<subject/>", text)

    def test_one_conversation_under_one_number(self):
        alice, bob = self.member("alice"), self.member("bob")
        answer, talk = Session.open(alice, "bob")
        self.assertEqual(answer.status, 200)
        bob.take("INVITE")
        self.assertEqual(talk.say("hello").status, 200)
        before = eventually(lambda: next((one for one in self.server.run("conversation", "list")
                                          if one["mode"] == "session"), None), what="the conversation")["id"]
        alice.make()
        self.assertEqual(alice.bring("bob@example.com").status, 200)
        self.assertEqual(talk.request("BYE").status, 200)
        self.assertEqual(self.shown(alice)["conversation"], before)
        eventually(lambda: [(one["id"], one["mode"]) for one in self.server.run("conversation", "list")
                            if one.get("conference") == self.shown(alice)["id"]] == [(before, "conference")])
        self.assertEqual(self.server.run("conversation", "show", str(before))["conference"], self.shown(alice)["id"])


if __name__ == "__main__":
    unittest.main()
