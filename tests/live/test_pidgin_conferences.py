# SPDX-License-Identifier: Apache-2.0
"""Conferences of unmodified Pidgins with SIPE: two people who chat become many."""
import time

from server import eventually
from test_pidgin import Clients

QUIET = 2.0     # nothing comes of it within this time


class Conferences(Clients):
    users = ("alice", "bob", "carol", "dave")

    def together(self, **members):
        """Waits until each of these clients shows these people in its room: user -> client, and who is leader."""
        leaders = members.pop("leaders", {"alice"})
        wanted = {user: "leader" if user in leaders else "member" for user in members}
        for user, client in members.items():
            eventually(lambda: client.members() == wanted, 20, "the room of %s: %s\n%s" % (user, wanted, client.log_end()))

    def hears(self, client, speaker, text):
        """A line in the room, with who has said it."""
        return client.wait_for("line", lambda line: line.get("who", "").find(speaker + "@example.com") >= 0, manner="received",
                               text=text)

    def two_who_talk(self):
        alice, bob = self.online("alice", "bob", "carol", "dave"), self.online("bob", "alice")
        alice.say("bob", "hello bob")
        bob.wait_to_hear("alice", "hello bob")
        bob.say("alice", "hello alice")
        alice.wait_to_hear("bob", "hello alice")
        return alice, bob

    def escalated(self):
        alice, bob = self.two_who_talk()
        alice.new_chat("bob")
        bob.wait_for("joined")
        self.together(alice=alice, bob=bob)
        return alice, bob

    def focus_of(self, client):
        """Address of the conference that the client has made last."""
        text = client.log_text()
        at = text.rindex(";gruu;opaque=app:conf:focus:id:")
        start = text.rindex("sip:", 0, at)
        end = at + len(";gruu;opaque=app:conf:focus:id:")
        while text[end].isalnum():
            end += 1
        return text[start:end]

    def test_from_two_to_three(self):
        alice, bob = self.escalated()
        carol = self.online("carol")
        alice.invite("carol")
        carol.wait_for("joined")
        self.together(alice=alice, bob=bob, carol=carol)
        clients = {"alice": alice, "bob": bob, "carol": carol}
        for speaker, client in clients.items():
            client.room_say("I am " + speaker)
            for listener, other in clients.items():
                if listener != speaker:
                    self.hears(other, speaker, "I am " + speaker)
        for client in clients.values():
            self.assertIsNone(client.seen("line", manner="error"))

    def test_a_leader_makes_leaders_locks_and_puts_out(self):
        alice, bob = self.escalated()
        alice.make_leader("bob")
        self.together(alice=alice, bob=bob, leaders={"alice", "bob"})
        alice.lock()
        bob.wait_for("line", lambda line: "is locked" in line["text"])
        dave = self.online("dave")
        # He knows the address, and is told why he does not get in.
        focus = self.focus_of(alice)
        mark = dave.mark()
        dave.command("action", "Join scheduled conference")
        form = dave.wait_for("request", since=mark, kind="fields")
        dave.command("answer-request", form["id"], 0, "meetingLocation", focus)
        notice = dave.wait_for("notice", since=mark)
        self.assertIn("locked", str(notice))
        self.assertEqual(dave.members(), {})
        alice.unlock()
        bob.wait_for("line", lambda line: "no longer locked" in line["text"])
        mark = bob.mark()
        alice.eject("bob")
        bob.wait_for("line", lambda line: "disconnected from this conference" in line["text"], since=mark)
        self.together(alice=alice)
        time.sleep(QUIET)
        self.assertEqual(alice.members(), {"alice": "leader"}, "he is back")

    def test_who_leaves_is_gone_and_may_come_again(self):
        alice, bob = self.escalated()
        bob.leave()
        self.together(alice=alice)
        alice.room_say("alone")
        mark = bob.mark()
        alice.invite("bob")
        bob.wait_for("joined", since=mark)
        self.together(alice=alice, bob=bob)
        bob.room_say("back")
        self.hears(alice, "bob", "back")

    def test_the_organizer_leaves_and_the_others_go_on(self):
        alice, bob = self.escalated()
        carol = self.online("carol")
        alice.invite("carol")
        carol.wait_for("joined")
        self.together(alice=alice, bob=bob, carol=carol)
        alice.leave()
        eventually(lambda: set(bob.members()) == {"bob", "carol"} == set(carol.members()), 20, "the two others")
        bob.room_say("still here")
        self.hears(carol, "bob", "still here")

    def test_who_signs_out_is_gone(self):
        alice, bob = self.escalated()
        bob.sign_out()
        self.together(alice=alice)
        alice.room_say("alone")
        self.assertIsNone(alice.seen("line", manner="error"))
