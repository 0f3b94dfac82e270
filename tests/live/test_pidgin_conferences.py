# SPDX-License-Identifier: Apache-2.0
"""Conferences of unmodified Pidgins with SIPE: two people who chat become many."""
import re
import threading
import time

from server import eventually
from sip import Client
from test_pidgin import Clients
from test_sessions import Session

QUIET = 2.0     # nothing comes of it within this time


class Rooms(Clients):
    users = ("alice", "bob", "carol", "dave")

    def together(self, **members):
        """Waits until each of these clients shows these people in its room: user -> client, and who is leader."""
        leaders = members.pop("leaders", {"alice"})
        wanted = {user: "leader" if user in leaders else "member" for user in members}
        for user, client in members.items():
            if client is None:   # he is there, with a client of another kind
                continue
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


class Conferences(Rooms):
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

    def test_the_speaker_is_told_who_has_not_got_it(self):
        alice, bob = self.escalated()
        fact = max(self.server.run("conference", "list", "alice@example.com"), key=lambda one: one["created"])
        dave = self.client("dave")
        self.addCleanup(dave.close)
        self.assertEqual(dave.register(contact=dave.contact() + ";+sip.message").status, 200)
        address = fact["join_uri"].partition(":")[2]
        self.assertEqual(Session.open(dave, address.partition("@")[0])[0].status, 200)
        self.together(alice=alice, bob=bob, dave=None)
        dave.answers["MESSAGE"] = 486
        alice.room_say("who hears me?")
        self.hears(bob, "alice", "who hears me?")
        alice.wait_for("line", lambda line: "do not want to be disturbed" in line["text"] and "dave" in line["text"].lower(),
                       manner="error")
        dave.answers["MESSAGE"] = 200
        alice.room_say("and now?")
        self.hears(bob, "alice", "and now?")
        self.assertIsNone(alice.seen("line", lambda line: "and now" in line["text"], manner="error"))

    def test_who_signs_out_is_gone(self):
        alice, bob = self.escalated()
        bob.sign_out()
        self.together(alice=alice)
        alice.room_say("alone")
        self.assertIsNone(alice.seen("line", manner="error"))


class Mixed(Rooms):
    """Two Pidgins chat; a third and a telephone program are added, and a client of standard sessions enters."""

    LINES = 12
    users = people = ("alice", "bob", "carol", "dave", "erin")

    def everybody(self):
        alice, bob = self.escalated()
        fact = max(self.server.run("conference", "list", "alice@example.com"), key=lambda one: one["created"])
        carol = self.online("carol")
        alice.invite("carol")
        carol.wait_for("joined")
        address = fact["join_uri"].partition(":")[2]
        dave = self.baresip("dave", address.partition("@")[0])   # who writes to his first contact
        alice.invite("dave")
        erin = self.client("erin")
        self.addCleanup(erin.close)
        self.assertEqual(erin.register(contact=erin.contact() + ";+sip.message").status, 200)
        answer, session = Session.open(erin, address.partition("@")[0])
        self.assertEqual(answer.status, 200, answer.headers)
        for client in (alice, bob, carol):
            eventually(lambda: set(client.members()) == set(self.people), 20, "five in the room of " + client.name)
        return alice, bob, carol, dave, erin, session, fact

    def speak(self, clients):
        """All at once, each his lines in order; the slowest decides how long it takes."""
        def lines(name, say):
            for number in range(self.LINES):
                say("%s-%d" % (name, number))
        threads = [threading.Thread(target=lines, args=one) for one in clients.items()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)

    def heard_by_pidgin(self, client):
        lines = [event for event in list(client.events) if event["event"] == "line" and event.get("manner") == "received"]
        return [line["text"] for line in lines if re.fullmatch(r"\w+-\d+", line["text"])]

    def heard_by_erin(self, erin, texts):
        while len(texts) < 4 * self.LINES:
            text = erin.take("MESSAGE", 20).text
            texts.append(text.partition(": ")[2])
        return texts

    def test_all_write_and_read_in_one_order(self):
        alice, bob, carol, dave, erin, session, fact = self.everybody()
        self.speak({"alice": alice.room_say, "bob": bob.room_say, "carol": carol.room_say, "dave": dave.say,
                    "erin": lambda text: self.assertEqual(session.say(text).status, 200)})
        heard = {"erin": self.heard_by_erin(erin, [])}
        for name, client in (("alice", alice), ("bob", bob), ("carol", carol)):
            eventually(lambda: len(self.heard_by_pidgin(client)) >= 4 * self.LINES, 30, name + " hears everybody")
            heard[name] = self.heard_by_pidgin(client)
        for name in ("Alice", "Bob", "Carol", "Erin"):
            dave.wait_for('"%s: %s-%d"' % (name, name.lower(), self.LINES - 1))
        # As it shows them, in quotes; the trace beside has each once more.
        heard["dave"] = re.findall(r'"\w+: ((?:alice|bob|carol|erin)-\d+)"', dave.output)
        for name, texts in heard.items():
            self.assertEqual(len(texts), len(set(texts)), name + " heard something twice")
            self.assertEqual(len(texts), 4 * self.LINES, name)
        for one in heard:
            for other in heard:   # what neither has said himself came to both in the same order
                mutual = [[text for text in heard[who] if text.partition("-")[0] not in (one, other)] for who in (one, other)]
                self.assertEqual(*mutual, (one, other))
        self.tells_one_story(fact)
        self.assertIsNone(alice.seen("line", manner="error"))

    def tells_one_story(self, fact):
        self.server.run("conference", "end", "alice@example.com", fact["id"])
        session = [one for one in self.server.run("cdr", "list", "--user", "bob@example.com")
                   if one["conversation"] == str(fact["conversation"])][0]
        story = self.server.run("cdr", "show", session["id"])
        self.assertEqual((story["user1_message_count"], story["user2_message_count"]), (1, 1))
        self.assertEqual([one["replaces"] for one in story["became"]], [session["id"]])
        self.assertEqual(story["became"][0]["messages"], {name + "@example.com": self.LINES for name in self.people})
        self.assertEqual({join["user"].partition("@")[0] for join in story["became"][0]["joins"]}, set(self.people))

    def test_a_standard_client_adds_a_third_to_a_chat_with_pidgin(self):
        """Pidgin's chat window goes on as a room; nothing is lost or doubled on the way."""
        alice, bob = self.client("alice"), self.online("bob")
        self.addCleanup(alice.close)
        self.assertEqual(alice.register(contact=alice.contact() + ";+sip.message").status, 200)
        answer, session = Session.open(alice, "bob")
        self.assertEqual(answer.status, 200)
        self.assertEqual(session.say("hello bob").status, 200)
        bob.wait_for("line", text="hello bob", manner="received")
        carol = self.online("carol")
        headers = ["Refer-To: <sip:carol@example.com>", "Contact: " + alice.contact()]
        self.assertEqual(session.request("REFER", headers=headers).status, 202)
        for client in (bob, carol):
            client.wait_for("joined")
            eventually(lambda: set(client.members()) == {"alice", "bob", "carol"}, 20, "the room of " + client.name)
        self.assertEqual(session.say("to both").status, 200)
        for client in (bob, carol):
            self.hears(client, "alice", "to both")
        bob.room_say("I hear")
        self.assertEqual(alice.take("MESSAGE").text, "Bob: I hear")
        self.hears(carol, "bob", "I hear")
        self.assertTrue(alice.nothing("MESSAGE", 0.3))
