# SPDX-License-Identifier: Apache-2.0
"""An unmodified Pidgin with SIPE against the real binary: sign-in, presence, contacts, messages, restart."""
import os
import threading
import time
import unittest

import live
import test_interop
from baresip import Baresip
from lync import NOTE, LyncClient
from pidgin import Pidgin
from server import eventually
from watching import Publication, Subscription, document

SOON = 5.0         # a change is seen: the client itself waits for a second before it publishes


class Clients(live.Case):
    settings = {"server.host": '"127.0.0.1"'}   # baresip does not know what localhost is

    def pidgin(self, user, **options):
        """A client that is not signed in."""
        client = Pidgin(self.server, user, **options)
        self.addCleanup(client.close)
        return client

    def online(self, user, *contacts, **options):
        """A client that is signed in and has these contacts."""
        client = self.pidgin(user, **options).signed_in()
        for contact in contacts:
            if client.contact(contact) is None:
                client.add(contact)
                # It asks twice, for the group and then for the contact; who signs out between loses the second.
                eventually(lambda: contact in self.listed(user), what="%s on the list of %s" % (contact, user))
        return client

    def listed(self, user):
        """Whom the server has on the user's contact list."""
        contacts = self.server.run("contacts", "list", user + "@example.com")["contacts"]
        return [one["address"].partition("@")[0] for one in contacts]

    def baresip(self, user, *peers, **options):
        client = Baresip(self.server, user, *peers, **options)
        self.addCleanup(client.close)
        return client.signed_in()

    def devices(self, user):
        return self.server.run("user", "show", user + "@example.com")["endpoints"]

    def clear_contacts(self, client):
        for users in client.contacts().values():
            for user in users:
                client.remove(user)
        eventually(lambda: not client.contacts(), what="an empty list")


class SignIn(Clients):
    def test_ntlm_shows_contacts_and_presence(self):
        first = self.online("alice", "bob", authentication="ntlm")
        eventually(lambda: first.contact("bob"))
        self.assertIn("Sipe", self.devices("alice")[0]["client"])
        first.sign_out()
        eventually(lambda: not self.devices("alice"), what="no device")
        # Another machine, which has nothing but what the server tells.
        alice = self.pidgin("alice").signed_in()
        alice.wait_for("contact-added", uri="sip:bob@example.com")
        self.online("bob")
        alice.wait_to_see("bob", "available")
        self.assertIn("Sipe", str(self.server.run("explain", "presence", "alice@example.com", "--for", "bob@example.com")))

    def test_it_calls_its_device_by_the_name_that_it_was_given(self):
        alice = self.online("alice")
        self.assertRegex(alice.log_text(), r"Contact: <sip:alice@example.com;opaque=user:epid:[\w-]+;gruu>")

    def test_automatic_choice_of_the_scheme(self):
        self.online("alice", authentication="auto")

    def test_with_a_login_beside_the_address(self):
        self.online("carol", login="carol@example.com")

    def test_unknown_user(self):
        self.assertRegex(self.pidgin("nobody", password="whatever").rejected(), r"\w+ \w+")

    def test_disabled_user_is_told_why(self):
        self.server.run("user", "disable", "carol@example.com")
        try:
            reason = self.pidgin("carol").rejected()
        finally:
            self.server.run("user", "enable", "carol@example.com")
        self.assertRegex(reason, r"\w+ \w+")
        self.assertNotIn("no reason given", reason)

    def test_disabling_ends_the_connection(self):
        carol = self.online("carol")
        carol.command("stay", "no")
        self.server.run("user", "disable", "carol@example.com")
        try:
            self.assertIn("This account is disabled", carol.wait_for("connection-error")["text"])
            carol.wait_for("signed-off")
        finally:
            self.server.run("user", "enable", "carol@example.com")


class Presence(Clients):
    def test_two_of_them_see_state_and_note(self):
        alice, bob = self.online("alice", "bob"), self.online("bob", "alice")
        alice.wait_to_see("bob", "available")
        bob.wait_to_see("alice", "available")
        for state in ("busy", "do-not-disturb", "be-right-back", "away", "available"):
            bob.status(state)
            alice.wait_to_see("bob", state, patience=SOON)
        bob.status("busy", "In the lab")
        alice.wait_to_see("bob", "busy", "In the lab", SOON)
        alice.status("away", "At lunch & back at 2")
        bob.wait_to_see("alice", "away", "At lunch & back at 2", SOON)
        bob.status("busy", "")
        eventually(lambda: "In the lab" not in str(alice.contact("bob")), SOON, "the note is gone")
        bob.sign_out()
        alice.wait_to_see("bob", "offline", patience=SOON)

    def test_the_administrator_sets_it(self):
        alice, bob = self.online("alice", "bob"), self.online("bob")
        alice.wait_to_see("bob", "available")
        self.server.run("presence", "set", "bob@example.com", "--state", "busy")
        alice.wait_to_see("bob", "busy", patience=SOON)
        eventually(lambda: bob.own_status == "busy", what="bob's client shows it too")
        self.server.run("presence", "set", "bob@example.com", "--state", "reset")
        alice.wait_to_see("bob", "available", patience=SOON)

    def test_invisible_counts_where_the_policy_permits_it(self):
        alice, bob = self.online("alice"), self.online("bob", "alice")
        alice.status("busy")
        bob.wait_to_see("alice", "busy")
        alice.status("invisible")
        # What is not permitted is not applied, and the client shows what the others see.
        eventually(lambda: alice.answered("SERVICE") >= 3 and alice.own_status == "busy", what="busy again")
        bob.wait_to_see("alice", "busy")
        alice.status("available")
        bob.wait_to_see("alice", "available")
        self.server.run("user", "set", "alice@example.com", "appear_offline=on")
        self.addCleanup(self.server.run, "user", "set", "alice@example.com", "appear_offline=off")
        alice.status("invisible")
        bob.wait_to_see("alice", "offline")
        self.assertEqual(alice.own_status, "invisible")
        alice.status("available")
        bob.wait_to_see("alice", "available")

    def test_the_later_of_two_notes_is_shown(self):
        carol, bob = LyncClient(self.server, "carol"), self.online("bob", "carol")
        self.addCleanup(carol.close)
        instance = ';expires=600;+sip.instance="<urn:uuid:0f1e2d3c-4b5a-5697-8879-6a5b4c3d2e1f>"'
        self.assertEqual(carol.sign_in(carol.contact() + instance).status, 200)

        def write(kind, number, text):
            note = NOTE.replace("personal", kind) % text
            pieces = "".join('<publication categoryName="note" instance="%d" container="%d" version="0" expireType="user">%s'
                             "</publication>" % (number, container, note) for container in (200, 300, 400))
            own = "sip:" + carol.address
            answer = carol.request("SERVICE", own, headers=["Contact: " + carol.contact()],
                                   content_type="application/msrtc-category-publish+xml",
                                   body='<publish xmlns="http://schemas.microsoft.com/2006/09/sip/rich-presence"><publications '
                                        'uri="%s">%s</publications></publish>' % (own, pieces))
            self.assertEqual(answer.status, 200, answer.headers)

        write("OOF", 7, "Away until Monday")
        bob.wait_to_see("carol", "available", "Away until Monday")
        write("personal", 0, "Back already")
        bob.wait_to_see("carol", "available", "Back already")

    def test_a_second_device_follows(self):
        here, there = self.online("alice"), self.online("alice", host="laptop2")
        self.assertEqual(len(self.devices("alice")), 2)
        bob = self.online("bob", "alice")
        there.status("do-not-disturb")
        eventually(lambda: here.own_status == "do-not-disturb", what="the first follows")
        bob.wait_to_see("alice", "do-not-disturb")
        there.status("available")
        eventually(lambda: here.own_status == "available", what="the first follows again")
        # What one of them has published as busy does not hold the user when he picks available at the other.
        there.status("busy")
        eventually(lambda: here.own_status == "busy", what="the first follows once more")
        bob.wait_to_see("alice", "busy")
        here.status("available")
        bob.wait_to_see("alice", "available")
        eventually(lambda: there.own_status == "available", what="the second follows")
        there.sign_out()
        bob.wait_to_see("alice", "available")
        here.sign_out()
        bob.wait_to_see("alice", "offline", patience=SOON)

    def test_state_and_note_with_a_standard_client(self):
        alice, bob = self.online("alice", "bob"), self.signed_in("bob")
        watch = Subscription(bob, "sip:alice@example.com")
        alice.status("busy", "In the lab")
        watch.until(lambda view: "busy" in view.activities and "In the lab" in view.notes)
        self.assertEqual(Publication(bob).send(document("bob@example.com", "meeting", "Room 2")).status, 200)
        alice.wait_to_see("bob", "busy", "Room 2", SOON)


class Contacts(Clients):
    users = ("alice", "bob", "carol", "dave")

    def setUp(self):
        self.here = self.online("alice")
        self.addCleanup(self.clear_contacts, self.here)   # before the client is closed

    def test_who_is_added_hears_of_it(self):
        carol = self.online("carol")
        self.here.add("carol")
        carol.wait_for("added-you", uri="sip:alice@example.com")

    def test_several_at_once_in_a_new_group(self):
        """The client adds the group once for each of them; and it mixes up the dialogs of the two batches that follow."""
        others = {user: self.signed_in(user) for user in ("bob", "carol", "dave")}
        for user in ("bob", "carol"):
            self.here.add(user, "Team")
        for user in ("bob", "carol"):
            self.here.wait_to_see(user, "available")
        eventually(lambda: set(self.listed("alice")) == {"bob", "carol"}, what="both on the list")
        self.assertEqual(self.here.contacts(), {"Team": {"bob", "carol"}})
        self.here.add("dave", "Team")
        self.here.wait_to_see("dave", "available")   # which the client asks for beside the change of its list
        eventually(lambda: set(self.listed("alice")) == set(others), what="all three on the list")

    def test_in_a_group_that_another_device_has_removed(self):
        there = self.online("alice", host="laptop2")
        self.here.add("bob", "Old project")
        eventually(lambda: there.contact("bob"), what="bob on the other device")
        self.here.remove("bob")
        self.here.delete_group("Old project")
        eventually(lambda: "Old project" not in str(self.server.run("contacts", "list", "alice@example.com")["groups"]),
                   what="no such group")
        there.add("carol", "Old project")
        eventually(lambda: self.listed("alice") == ["carol"], what="carol on the list")
        eventually(lambda: self.here.contact("carol"), what="carol on the first device")

    def test_the_administrator_sees_the_list(self):
        self.here.add("bob", "Friends")
        eventually(lambda: "bob@example.com" in str(self.server.run("contacts", "list", "alice@example.com")))


class AccessLevels(Clients):
    def test_blocking_ends_a_standing_conversation(self):
        alice, bob = self.online("alice", "bob"), self.online("bob", "alice")
        alice.wait_to_see("bob", "available")
        bob.say("alice", "hello")
        alice.wait_to_hear("bob", "hello")
        self.addCleanup(alice.unblock, "bob")
        alice.block("bob")
        record = eventually(lambda: [r for r in self.server.run("cdr", "list", "--user", "bob@example.com")
                                     if r["end_time"] and r["mode"] == "session"], what="the record")[0]
        self.assertEqual((record["response_code"], record["diagnostic_id"]), (200, 52309))
        mark = bob.mark()
        bob.say("alice", "still there?")
        bob.wait_for_error("alice", since=mark)
        self.assertIsNone(alice.seen("line", manner="received", text="still there?"))

    def test_a_level_is_kept(self):
        alice = self.online("alice", "bob")
        eventually(lambda: alice.level("bob") == "Company", what="the usual level")
        for level in ("Personal", "Team", "Public", "Company"):
            alice.access_level("bob", level)
        alice.access_level("bob", "Personal")
        alice.sign_out()
        again = self.pidgin("alice").signed_in()
        eventually(lambda: again.contact("bob"))
        again.wait_for_level("bob", "Personal")


class People(Clients):
    def test_search_and_information(self):
        alice = self.online("alice")
        found = alice.search(given="bo")
        self.assertEqual([row["User name"] for row in found], ["bob@example.com"])
        self.assertEqual(found[0]["Name"], "Bob")
        self.assertEqual(alice.search(given="zebedee"), "No contacts found")
        self.assertEqual(alice.info("bob")["Display name"], "Bob")

    def test_another_name_is_seen_without_a_new_sign_in(self):
        alice = self.online("alice", "carol")
        eventually(lambda: alice.contact("carol")["name"] == "Carol", what="the name on her card")
        self.server.run("user", "set", "carol@example.com", "--name", "Caroline")
        self.addCleanup(self.server.run, "user", "set", "carol@example.com", "--name", "Carol")
        # What Alice calls her in the own list stays as it is.
        eventually(lambda: alice.contact("carol")["name"] == "Caroline", SOON, "the new name")


class Messages(Clients):
    def test_both_ways_with_typing_and_the_record(self):
        alice, bob = self.online("alice", "bob"), self.online("bob", "alice")
        alice.wait_to_see("bob", "available")
        alice.say("bob", "hello <bob> & co")
        bob.wait_to_hear("alice", "hello <bob> & co")
        bob.type("alice")
        alice.wait_for("typing", uri="sip:bob@example.com", does=True)
        bob.say("alice", "¡hola! ñandú 漢字 🙂")
        alice.wait_to_hear("bob", "¡hola! ñandú 漢字 🙂")
        for number in range(20):
            alice.say("bob", "number %d" % number)
        bob.wait_to_hear("alice", "number 19")
        heard = [line["text"] for line in bob.events if line["event"] == "line" and line["manner"] == "received"]
        self.assertEqual(heard[1:], ["number %d" % number for number in range(20)])   # each once, in order
        self.assertIsNone(alice.seen("line", manner="error"))
        alice.close_talk("bob")
        record = eventually(lambda: [r for r in self.server.run("cdr", "list", "--user", "bob@example.com")
                                     if r["end_time"] and r["user1"] == "alice@example.com"], what="the record")[0]
        self.assertIn("Sipe", record["user1_client_version"])
        self.assertIn("Sipe", record["user2_client_version"])
        self.assertEqual((record["user1_message_count"], record["user2_message_count"]), (21, 1))
        self.assertRegex(record["correlation_id"], r"^\d+$")   # the client's own number of the conversation

    def test_both_write_first_at_the_same_moment(self):
        """Each INVITE crosses the other's: one conversation, nothing lost, doubled or said to be lost."""
        people = {"alice": "bob", "bob": "alice"}
        clients = {user: self.online(user, other) for user, other in people.items()}
        for turn in range(6):
            marks = {user: client.mark() for user, client in clients.items()}
            said = {user: ["%s %d %d" % (user, turn, line) for line in range(3)] for user in people}
            threads = [threading.Thread(target=lambda user=user: [clients[user].say(people[user], text) for text in said[user]])
                       for user in people]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            for user, client in clients.items():
                client.wait_to_hear(people[user], said[people[user]][-1], marks[user])
                lines = [event for event in client.events[marks[user]:] if event["event"] == "line"]
                self.assertEqual([line["text"] for line in lines if line["manner"] == "received"], said[people[user]])
                self.assertEqual([line["text"] for line in lines if line["manner"] == "error"], [])
            self.assertEqual(len(self.server.run("conversation", "list")), 1)
            for user, client in clients.items():
                client.close_talk(people[user])
            eventually(lambda: not self.server.run("conversation", "list"), what="the end of the conversation")

    def test_window_is_closed_before_the_answer(self):
        """The client says BYE without a tag: taken for what it means, and nobody is left in a conversation."""
        alice, bob = self.online("alice", "bob"), self.client("bob")
        self.addCleanup(bob.close)
        self.assertEqual(bob.register(contact=bob.contact() + ";+sip.message").status, 200)
        bob.answers["INVITE"] = 180
        alice.say("bob", "never mind")
        invite = bob.take("INVITE")
        alice.close_talk("bob")
        bob.take("CANCEL")
        bob.respond(invite, 487)
        eventually(lambda: not self.server.run("conversation", "list"), what="no conversation")
        bob.answers["INVITE"] = 200
        mark = alice.mark()
        alice.say("bob", "but now")
        bob.take("INVITE")
        self.assertEqual(bob.take("MESSAGE").text, "but now")
        self.assertIsNone(alice.seen("line", since=mark, manner="error"))

    def test_to_nobody_is_told(self):
        alice = self.online("alice")
        alice.say("nobody", "anybody there?")
        self.assertIn("not delivered", alice.wait_for_error("nobody")["text"])

    def test_do_not_disturb_refuses_no_messages(self):
        alice, bob = self.online("alice", "bob"), self.online("bob")
        bob.status("do-not-disturb")
        alice.wait_to_see("bob", "do-not-disturb")
        alice.say("bob", "when you have a moment")
        bob.wait_to_hear("alice", "when you have a moment")
        self.assertIsNone(alice.seen("line", manner="error"))

    def test_from_a_client_with_sessions(self):
        bob = self.online("bob")
        test_interop.SippScenarios.play(self, "session.xml", calls=1)
        bob.wait_for("line", manner="received", text="hello from SIPp")

    def test_to_a_client_with_sessions(self):
        bob, alice = self.client("bob"), self.online("alice")
        self.addCleanup(bob.close)
        self.assertEqual(bob.register(contact=bob.contact() + ";+sip.message").status, 200)
        alice.say("bob", "in a session")
        bob.take("INVITE")
        self.assertEqual(bob.take("MESSAGE").text, "in a session")
        alice.close_talk("bob")
        bob.take("BYE")


class Restart(Clients):
    def restart_here(self, end):
        """On the same port: the clients come back by themselves."""
        port = self.server.tls_port
        end()
        self.server.start(tls=False, extra=("--sip-tls", "127.0.0.1:%d" % port))

    def test_an_orderly_stop(self):
        alice = self.online("alice")
        mark = alice.mark()
        self.restart_here(lambda: self.assertEqual(self.server.stop(), 0))
        alice.wait_for("signed-on", since=mark)
        eventually(lambda: len(self.devices("alice")) == 1, what="one device")


class Refresh(Clients):
    LEASE = 45       # seconds; the client refreshes 30 s before the end
    settings = {**Clients.settings, "sip.registration_min": "30", "sip.registration_default": str(LEASE),
                "sip.registration_max": "60"}

    def test_idle_for_longer_than_a_registration(self):
        alice, bob = self.online("alice", "bob"), self.online("bob")
        alice.wait_to_see("bob", "available")
        first = alice.answered("REGISTER")
        time.sleep(self.LEASE + 5)
        self.assertGreaterEqual(alice.answered("REGISTER"), first + 2)
        self.assertEqual(len(self.devices("alice")), 1)
        bob.status("busy")
        alice.wait_to_see("bob", "busy", patience=SOON)
        bob.say("alice", "still there?")
        alice.wait_to_hear("bob", "still there?")
        self.assertIsNone(alice.seen("connection-error"))


if __name__ == "__main__":
    unittest.main()
