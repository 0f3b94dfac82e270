# SPDX-License-Identifier: Apache-2.0
"""Audio calls: INVITE to all devices, one dialog between the two telephones, how they end, what is recorded."""
import unittest

from calling import Call, CallCase, audio, connected


class Dialogs(CallCase):
    def test_answered_and_ended_by_the_caller(self):
        alice, bob = self.phone("alice", user_agent="desk/1"), self.phone("bob", user_agent="mobile/2")
        call = Call.place(alice, "bob")
        other = Call.incoming(bob)
        self.assertEqual(other.invite.text, audio())                                # the offer passes unread
        self.assertEqual(other.invite.get("p-asserted-identity"), '"Alice" <sip:alice@example.com>')
        self.assertIsNone(other.invite.get("authorization"))
        self.assertEqual(other.call_id, call.call_id)                               # one dialog
        other.respond(180)
        call.progress(180)
        other.accept()
        self.assertEqual(call.outcome().text, audio(49180))
        self.assertEqual(other.take("ACK").cseq[0], 1)
        self.assertEqual(call.hang_up().status, 200)
        other.take("BYE")
        record = self.record(call.call_id)
        self.assertEqual((record["mode"], record["response_code"], record["media_types"]), ("call", 200, 16))
        self.assertEqual((record["user1"], record["user2"]), ("alice@example.com", "bob@example.com"))
        self.assertEqual((record["user1_client_version"], record["user2_client_version"]), ("desk/1", "mobile/2"))
        self.assertEqual((record["disconnected_by"], record["referred_by"]), (1, ""))
        self.assertLessEqual(record["invite_time"], record["response_time"])
        self.assertLessEqual(record["response_time"], record["end_time"])

    def test_ended_by_the_callee(self):
        call, other = connected(self.phone("alice"), self.phone("bob"))
        self.assertEqual(other.hang_up().status, 200)
        call.take("BYE")
        self.assertEqual(self.record(call.call_id)["disconnected_by"], 2)
        self.assert_refused(call.request("INFO"), 481)

    def test_hold_and_resume_from_either_side(self):
        call, other = connected(self.phone("alice"), self.phone("bob"))
        for holding, held in ((call, other), (other, call)):
            for version, (offer, answer) in enumerate((("sendonly", "recvonly"), ("sendrecv", "sendrecv")), 2):
                held.client.answers["INVITE"] = lambda r: held.respond(200, body=audio(49180, version, answer), request=r)
                got = holding.request("INVITE", body=audio(version=version, direction=offer))
                self.assertEqual((got.status, got.text), (200, audio(49180, version, answer)))
                self.assertEqual(held.take("INVITE").text, audio(version=version, direction=offer))
                held.take("ACK")
        held.client.answers["INVITE"] = 488
        self.assertEqual(holding.request("INVITE", body=audio(version=4)).status, 488)   # and the call stands
        self.assertEqual(call.hang_up().status, 200)

    def test_reliable_progress_and_update_in_an_early_dialog(self):
        alice, bob = self.phone("alice"), self.phone("bob")
        call = Call.place(alice, "bob", headers=["Supported: 100rel"])
        other = Call.incoming(bob)
        self.assertEqual(other.invite.get("supported"), "100rel")
        other.respond(183, ["Require: 100rel", "RSeq: 7"], audio(49180))
        early = call.progress(183)
        self.assertEqual((early.get("rseq"), early.text), ("7", audio(49180)))
        self.assertEqual(call.request("PRACK", ["RAck: 7 1 INVITE"]).status, 200)
        self.assertEqual(other.take("PRACK").get("rack"), "7 1 INVITE")
        bob.answers["UPDATE"] = lambda r: other.respond(200, body=audio(49180, 2), request=r)
        self.assertEqual(call.request("UPDATE", body=audio(version=2)).text, audio(49180, 2))
        self.assertEqual(other.take("UPDATE").text, audio(version=2))
        alice.answers["UPDATE"] = lambda r: call.respond(200, body=audio(version=3), request=r)
        self.assertEqual(other.request("UPDATE", body=audio(49180, 3)).text, audio(version=3))
        other.accept()
        self.assertEqual(call.outcome().status, 200)
        other.take("ACK")
        self.assertEqual(other.hang_up().status, 200)

    def test_transfer(self):
        alice, bob, carol = (self.phone(user) for user in ("alice", "bob", "carol"))
        bob.answers["REFER"] = 202
        call, other = connected(alice, bob)
        by = "<sip:alice@example.com>"
        self.assertEqual(call.request("REFER", ["Refer-To: <sip:carol@example.com>", "Referred-By: " + by,
                                                "Contact: " + alice.contact()]).status, 202)
        self.assertEqual(other.take("REFER").get("refer-to"), "<sip:carol@example.com>")

        def tell(line, state):
            answer = other.request("NOTIFY", ["Event: refer", "Subscription-State: " + state, "Contact: " + bob.contact()],
                                   line + "\r\n", "message/sipfrag;version=2.0")
            self.assertEqual(answer.status, 200)
            self.assertEqual(call.take("NOTIFY").text, line + "\r\n")
        tell("SIP/2.0 100 Trying", "active;expires=60")
        onward, third = connected(bob, carol, headers=["Referred-By: " + by])
        tell("SIP/2.0 200 OK", "terminated;reason=noresource")
        self.assertEqual(call.hang_up().status, 200)
        self.assertEqual(third.invite.get("referred-by"), by)
        self.assertEqual(third.hang_up().status, 200)
        self.assertEqual(self.record(onward.call_id)["referred_by"], "alice@example.com")

    def test_a_foreign_dialog_is_unknown(self):
        call, other = connected(self.phone("alice"), self.phone("bob"))
        stolen = Call(self.phone("carol"), call.call_id, "<sip:carol@example.com>;" + call.local.split(";")[1], call.remote, 50)
        stolen.target, stolen.routes = call.target, call.routes
        self.assert_refused(stolen.hang_up(), 481)
        self.assertTrue(other.client.nothing("BYE", 0.3))
        self.assertEqual(call.hang_up().status, 200)

    def test_a_call_and_a_conversation_of_the_same_two(self):
        alice, bob = self.phone("alice"), self.phone("bob")
        call, other = connected(alice, bob)
        self.assertEqual(alice.message("bob", "beside the call").status, 200)
        self.assertEqual(bob.take("MESSAGE").text, "beside the call")
        self.assertEqual(call.hang_up().status, 200)
        other.take("BYE")

    def test_a_lost_connection_ends_the_other_side(self):
        for lost_side in (0, 1):
            sides = connected(self.phone("alice"), self.phone("bob"))
            sides[lost_side].client.reset()
            bye = sides[1 - lost_side].take("BYE")
            self.assertEqual(bye.get("call-id"), sides[0].call_id)
            record = self.record(sides[0].call_id)
            self.assertEqual((record["disconnected_by"], record["diagnostic_id"]), (lost_side + 1, 52704))
            sides[1 - lost_side].client.close()

    def test_an_orderly_stop_ends_calls(self):
        call, other = connected(self.phone("alice"), self.phone("bob"))
        self.restart()
        call.take("BYE")
        other.take("BYE")
        self.assertIsNotNone(self.record(call.call_id)["end_time"])


class Outcomes(CallCase):
    settings = {"call.ring": "10"}

    def test_busy_and_declined(self):
        alice, bob = self.phone("alice"), self.phone("bob")
        for status, diagnostic in ((486, 52306), (603, 52305), (488, 52707)):   # the telephone gives no reason
            call = Call.place(alice, "bob")
            Call.incoming(bob).respond(status)
            self.refused(call, status, diagnostic)
            self.assertEqual(self.record(call.call_id)["response_code"], status)

    def test_no_device_and_nobody(self):
        alice = self.phone("alice")
        self.refused(Call.place(alice, "carol"), 480, 52302)
        self.refused(Call.place(alice, "nobody"), 404, 4005)

    def test_no_answer(self):
        alice, bob = self.phone("alice"), self.phone("bob")
        call = Call.place(alice, "bob")
        ringing = Call.incoming(bob)
        ringing.respond(180)
        self.refused(call, 408, 52702)
        ringing.take("CANCEL")
        ringing.respond(487)
        self.assertEqual(self.record(call.call_id)["diagnostic_id"], 52702)

    def test_cancel(self):
        alice, bob = self.phone("alice"), self.phone("bob")
        call = Call.place(alice, "bob")
        ringing = Call.incoming(bob)
        ringing.respond(180)
        call.progress(180)
        self.assertEqual(call.cancel().status, 200)
        ringing.take("CANCEL")
        ringing.respond(487)
        self.assertEqual(call.outcome().status, 487)
        record = self.record(call.call_id)
        self.assertEqual((record["response_code"], record["disconnected_by"]), (487, 1))

    def test_a_caller_that_vanishes_stops_the_ringing(self):
        alice, bob = self.phone("alice"), self.phone("bob")
        call = Call.place(alice, "bob")
        ringing = Call.incoming(bob)
        ringing.respond(180)
        call.progress(180)
        alice.reset()
        ringing.take("CANCEL")
        ringing.respond(487)

    def test_all_devices_ring_and_one_has_it(self):
        alice, desk, mobile = self.phone("alice"), self.phone("bob"), self.phone("bob")
        call = Call.place(alice, "bob")
        slow, quick = Call.incoming(desk), Call.incoming(mobile)
        for side in (slow, quick):
            side.respond(180)
        call.progress(180, where=lambda r: r.tag("to") == mobile.from_tag)
        call.progress(180, where=lambda r: r.tag("to") == desk.from_tag)
        quick.accept()
        self.assertEqual(call.outcome().tag("to"), mobile.from_tag)
        self.assertIn("200", slow.take("CANCEL").get("reason"))          # "Call completed elsewhere": not a missed call
        slow.respond(487)
        quick.take("ACK")
        self.assertEqual(call.hang_up().status, 200)
        quick.take("BYE")
        self.assertTrue(desk.nothing("BYE", 0.3))

    def test_a_late_answer_is_ended(self):
        alice, late, quick = self.phone("alice"), self.phone("bob"), self.phone("bob")
        call = Call.place(alice, "bob")
        second, first = Call.incoming(late), Call.incoming(quick)
        second.respond(180)                                             # RFC 3261 9.1: only then may it be cancelled
        call.progress(180)
        first.accept()
        self.assertEqual(call.outcome().status, 200)
        second.take("CANCEL")
        second.accept()                                                 # crossed with the CANCEL
        second.take("ACK")
        second.take("BYE")
        self.assertEqual(call.hang_up().status, 200)

    def test_the_best_refusal_speaks_for_all(self):
        alice, desk, mobile = self.phone("alice"), self.phone("bob"), self.phone("bob")
        call = Call.place(alice, "bob")
        Call.incoming(desk).respond(488)
        Call.incoming(mobile).respond(486)
        self.assertEqual(call.outcome().status, 486)                    # a person's answer says more than "cannot"
        call = Call.place(alice, "bob")
        side = Call.incoming(mobile)
        side.respond(180)
        call.progress(180)
        Call.incoming(desk).respond(603)
        side.take("CANCEL")                                             # a 6xx speaks for the person
        side.respond(487)
        self.assertEqual(call.outcome().status, 603)


if __name__ == "__main__":
    unittest.main()
