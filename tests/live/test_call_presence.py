# SPDX-License-Identifier: Apache-2.0
"""What calls and presence have to do with each other: who may ring, who is on the phone, lamps, registrations."""
import re
import unittest

from calling import Call, CallCase, connected
from watching import Subscription


class CallsAndPresence(CallCase):
    def explained(self, user, watcher="alice"):
        return self.server.run("explain", "presence", user + "@example.com", "--for", watcher + "@example.com")

    def test_do_not_disturb_lets_only_the_workgroup_through(self):
        alice, bob, carol = (self.phone(user) for user in ("alice", "bob", "carol"))
        self.server.run("presence", "set", "bob@example.com", "--state", "do-not-disturb")
        self.server.run("level", "set", "bob@example.com", "carol@example.com", "workgroup")
        try:
            self.refused(Call.place(alice, "bob"), 480, 52701)
            self.assertTrue(bob.nothing("INVITE", 0.3))
            call, _ = connected(carol, bob)
            self.assertEqual(call.hang_up().status, 200)
        finally:
            self.server.run("presence", "set", "bob@example.com", "--state", "reset")
            self.server.run("level", "set", "bob@example.com", "carol@example.com", "none")
        call, _ = connected(alice, bob)
        self.assertEqual(call.hang_up().status, 200)

    def test_blocked_callers_hear_that_he_is_not_available(self):
        alice, bob = self.phone("alice"), self.phone("bob")
        self.server.run("user", "set", "bob@example.com", "--block", "alice@example.com")
        try:
            self.refused(Call.place(alice, "bob"), 480, 52309)
        finally:
            self.server.run("user", "set", "bob@example.com", "--unblock", "alice@example.com")
        self.server.run("level", "set", "bob@example.com", "alice@example.com", "blocked")
        try:
            self.refused(Call.place(alice, "bob"), 480, 52309)
        finally:
            self.server.run("level", "set", "bob@example.com", "alice@example.com", "none")
        self.assertTrue(bob.nothing("INVITE", 0.3))

    def test_on_the_phone_while_the_call_lasts(self):
        alice, bob, carol = (self.phone(user) for user in ("alice", "bob", "carol"))
        watches = [Subscription(carol, "sip:%s@example.com" % user) for user in ("alice", "bob")]
        for watch in watches:
            watch.until(lambda v: v.open)
        before = [self.explained(user, "carol")["state"] for user in ("alice", "bob")]
        call, other = connected(alice, bob)
        for watch in watches:
            watch.until(lambda v: "on-the-phone" in v.activities, patience=5)
        for user in ("alice", "bob"):
            facts = self.explained(user, "carol")
            self.assertEqual((facts["state"]["name"], facts["rule"]), ("busy", "call"))
        self.assertEqual(call.hang_up().status, 200)
        for watch in watches:
            watch.until(lambda v: v.open and "on-the-phone" not in v.activities, patience=5)
        self.assertEqual([self.explained(user, "carol")["state"] for user in ("alice", "bob")], before)
        other.take("BYE")

    def test_a_call_that_breaks_off_leaves_nobody_on_the_phone(self):
        self.server.run("presence", "set", "bob@example.com", "--note", "in the workshop")
        try:
            alice, bob, carol = (self.phone(user) for user in ("alice", "bob", "carol"))
            watch = Subscription(carol, "sip:bob@example.com")
            call, _ = connected(alice, bob)
            self.assertIn("in the workshop", watch.until(lambda v: "on-the-phone" in v.activities).notes)
            alice.reset()
            view = watch.until(lambda v: v.open and "on-the-phone" not in v.activities)
            self.assertIn("in the workshop", view.notes)
            self.record(call.call_id)
        finally:
            self.server.run("presence", "set", "bob@example.com", "--note", "")

    def test_a_state_picked_by_hand_stands_above_a_call(self):
        self.server.run("presence", "set", "bob@example.com", "--state", "away")
        try:
            call, _ = connected(self.phone("alice"), self.phone("bob"))
            facts = self.explained("bob")
            self.assertEqual((facts["state"]["name"], facts["rule"]), ("away", "manual"))
            self.assertEqual(call.hang_up().status, 200)
        finally:
            self.server.run("presence", "set", "bob@example.com", "--state", "reset")

    def test_the_lamp_of_a_telephone(self):
        alice, bob, carol = (self.phone(user) for user in ("alice", "bob", "carol"))
        own, lamp = (Subscription(client, "sip:bob@example.com", event="dialog", accept="application/dialog-info+xml")
                     for client in (bob, carol))
        call = Call.place(alice, "bob")
        ringing = Call.incoming(bob)
        ringing.respond(180)
        lamp.notified(where=lambda n: "<state>early</state>" in n.text)
        ringing.accept()
        self.assertEqual(call.outcome().status, 200)
        lit = lamp.notified(where=lambda n: "<state>confirmed</state>" in n.text).text
        self.assertIn('direction="recipient"', lit)
        self.assertNotIn("alice", lit)                                              # with whom is his own affair
        self.assertIn("sip:alice@example.com", own.notified(where=lambda n: "<state>confirmed</state>" in n.text).text)
        self.assertEqual(call.hang_up().status, 200)
        lamp.notified(where=lambda n: "<state>terminated</state>" in n.text)

    def test_the_registrations_of_oneself(self):
        bob = self.phone("bob")
        watch = Subscription(bob, "sip:bob@example.com", event="reg", accept="application/reginfo+xml")
        first = watch.notified(where=lambda n: bool(n.body)).text
        self.assertEqual(len(re.findall(r"<contact\b", first)), 1)
        other = self.phone("bob")
        port = ":%d;" % other.local[1]
        watch.notified(where=lambda n: len(re.findall(r'<contact\b[^>]*state="active"', n.text)) == 2 and port in n.text)
        self.assertEqual(other.register(expires=0).status, 200)
        watch.notified(where=lambda n: re.search(r'<contact\b[^>]*event="unregistered"', n.text) and port in n.text)
        self.assert_refused(Subscription(bob, "sip:alice@example.com", event="reg", accept="application/reginfo+xml").answer,
                            403, 52609)


if __name__ == "__main__":
    unittest.main()
