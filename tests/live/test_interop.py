# SPDX-License-Identifier: Apache-2.0
"""Real clients against the real binary: baresip and Linphone over TLS, SIPp with our scenarios over TCP, sipsak."""
import datetime
import os
import subprocess
import tempfile
import time
import unittest

import live
from baresip import Baresip
from linphone import Linphone
from server import eventually, password_of
from tone import strongest

SCENARIOS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sipp")
SOON = 2.0        # seconds in which a person sees a change: one is promised, the client's own work comes on top
SPEAKING = 1.5    # seconds of tone in a call


class Clients(live.Case):
    """Base of the tests with programs of others."""
    settings = {"server.host": '"127.0.0.1"'}   # baresip does not know what localhost is

    def start(self, kind, user, *peers, **options):
        client = kind(self.server, user, *peers, **options)
        self.addCleanup(client.close)
        return client.signed_in()

    def setUp(self):
        self.began = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)

    def last_call(self):
        """The record of the call that ended last, of those that began in this test: an earlier test's may be written now."""
        def ended():
            return [r for r in self.server.run("cdr", "list", "--limit", "5") if r["mode"] == "call" and r["end_time"]
                    and datetime.datetime.fromisoformat(r["invite_time"]) >= self.began]
        return eventually(ended, what="the record of the call")[0]

    def explained(self, user):
        facts = self.server.run("explain", "presence", user + "@example.com", "--for", "carol@example.com")
        return facts["state"]["name"], facts["rule"]

    def assert_heard(self, client, hertz):
        heard, share = strongest(client.heard())
        self.assertEqual(heard, hertz)
        self.assertGreater(share, 0.7)


class BaresipClients(Clients):
    def test_two_of_them_talk_and_the_record_shows_it(self):
        alice, bob = self.start(Baresip, "alice", "bob"), self.start(Baresip, "bob", "alice")
        alice.say("hello bob")
        bob.wait_for("hello bob")
        bob.say("hello alice")
        alice.wait_for("hello alice")
        record = eventually(lambda: self.server.run("cdr", "list", "--user", "bob@example.com"))[0]
        self.assertEqual(record["user1"], "alice@example.com")
        self.assertIn("baresip", record["user1_client_version"])
        devices = self.server.run("user", "show", "alice@example.com")["endpoints"]
        self.assertEqual(len(devices), 1)

    def test_a_message_waits_for_it(self):
        with self.client("alice") as alice:
            alice.register()
            self.assertEqual(alice.message("carol", "while you were out").status, 202)
        self.start(Baresip, "carol", "alice").wait_for("while you were out")

    def test_they_see_each_other(self):
        alice = self.start(Baresip, "alice", "bob")
        eventually(lambda: alice.sees("bob", "Offline"), what="bob offline")
        bob = self.start(Baresip, "bob", "alice", publish=True)
        eventually(lambda: alice.sees("bob", "Online"), SOON, "bob online")
        eventually(lambda: bob.sees("alice", "Online"), what="alice online")
        self.server.run("presence", "set", "bob@example.com", "--state", "busy")
        eventually(lambda: alice.sees("bob", "Busy"), SOON, "bob busy")
        self.server.run("presence", "set", "bob@example.com", "--state", "reset")
        eventually(lambda: alice.sees("bob", "Online"), SOON, "bob online again")
        for word, command in (("Offline", "presence_offline"), ("Online", "presence_online")):
            bob.command(command)
            eventually(lambda: alice.sees("bob", word), SOON, "bob %s by his own word" % word)
        bob.close()
        eventually(lambda: alice.sees("bob", "Offline"), what="bob offline again")

    def test_a_call_with_a_tone_each_way_hold_and_end(self):
        alice, bob = self.start(Baresip, "alice", "bob", hertz=700), self.start(Baresip, "bob", "alice", hertz=1000)
        alice.dial("bob")
        bob.wait_for("Incoming call from:  sip:alice@example.com")
        bob.command("accept")
        for side in (alice, bob):
            side.wait_for("incoming rtp for 'audio' established")
        eventually(lambda: alice.sees("bob", "Busy") and bob.sees("alice", "Busy"), SOON, "both on the phone")
        time.sleep(SPEAKING)
        for command, offer, answer in (("hold", "sendonly", "recvonly"), ("resume", "sendrecv", "sendrecv")):
            asked, told = bob.mark(), alice.mark()
            alice.command(command)
            bob.wait_for("a=" + offer, since=asked)
            alice.wait_for(r"SIP/2\.0 200 [\s\S]*a=" + answer, since=told)
            bob.wait_for(r"ACK sip:bob", since=asked)
        bob.command("hangup")
        alice.wait_for("session closed")
        eventually(lambda: alice.sees("bob", "Online") and bob.sees("alice", "Online"), SOON, "both free again")
        self.assert_heard(alice, 1000)
        self.assert_heard(bob, 700)
        record = self.last_call()
        self.assertEqual((record["response_code"], record["disconnected_by"], record["media_types"]), (200, 2, 16))

    def test_busy_and_do_not_disturb(self):
        alice, bob = self.start(Baresip, "alice", "bob"), self.start(Baresip, "bob", "alice")
        alice.dial("bob")
        bob.wait_for("Incoming call from")
        bob.command("hangup")
        alice.wait_for("session closed: 486")
        self.assertEqual(self.last_call()["response_code"], 486)
        self.server.run("presence", "set", "bob@example.com", "--state", "do-not-disturb")
        try:
            mark = bob.mark()
            alice.dial("bob")
            alice.wait_for("session closed: 480")
            self.assertNotIn("INVITE", bob.output[mark:])
        finally:
            self.server.run("presence", "set", "bob@example.com", "--state", "reset")


class LinphoneClients(Clients):
    settings = {}   # localhost

    def test_it_sees_its_friend_and_writes(self):
        alice = self.start(Linphone, "alice", "bob")
        alice.wait_to_see("bob", "Offline")
        bob = self.start(Linphone, "bob", "alice")
        alice.wait_to_see("bob", "Online", SOON)
        bob.wait_to_see("alice", "Online")
        self.assertIn("Linphone", self.server.run("user", "show", "bob@example.com")["endpoints"][0]["client"])
        mark = alice.mark()
        self.server.run("presence", "set", "bob@example.com", "--state", "busy")
        alice.wait_to_see("bob", "Busy", SOON, mark)
        self.server.run("presence", "set", "bob@example.com", "--state", "reset")
        alice.wait_to_see("bob", "Online", SOON, alice.mark())

    def test_it_does_not_sign_in_without_our_authority(self):
        stranger = Linphone(self.server, "alice", ca="/nonexistent.pem")
        self.addCleanup(stranger.close)
        with self.assertRaises(AssertionError):
            stranger.signed_in(patience=2)
        self.assertEqual(self.server.run("user", "show", "alice@example.com")["endpoints"], [])

    def test_a_call_with_a_tone_each_way_hold_and_end(self):
        alice, bob = self.start(Linphone, "alice", "bob", hertz=700), self.start(Linphone, "bob", "alice", hertz=1000)
        alice.dial("bob")
        bob.wait_for("Receiving new incoming call from sip:alice@example.com")
        alice.wait_for("ringing")
        bob.type("answer")
        for side in (alice, bob):
            side.wait_for("Media streams established")
        alice.wait_to_see("bob", "On the phone")
        bob.wait_to_see("alice", "On the phone")
        time.sleep(SPEAKING)
        alice.type("pause")
        bob.wait_for("has been paused by sip:alice@example.com")
        alice.wait_for("is now paused")
        mark = bob.mark()
        alice.type("resume")
        bob.wait_for("Media streams established", since=mark)
        time.sleep(SPEAKING)
        mark = alice.mark()
        bob.type("terminate")
        alice.wait_for("ended")
        alice.wait_to_see("bob", "Online", SOON, mark)
        self.assert_heard(alice, 1000)
        self.assert_heard(bob, 700)
        self.assertEqual(self.last_call()["disconnected_by"], 2)

    def test_declined(self):
        alice, bob = self.start(Linphone, "alice", "bob"), self.start(Linphone, "bob", "alice")
        alice.dial("bob")
        bob.wait_for("Receiving new incoming call")
        bob.type("terminate")
        alice.wait_for("error|ended|declined")
        self.assertEqual(self.last_call()["response_code"], 603)


class BothKinds(Clients):
    def test_a_call_between_them_turns_both_red_and_back(self):
        alice = self.start(Baresip, "alice", "bob", hertz=700, publish=True)
        bob = self.start(Linphone, "bob", "alice", hertz=1000, host="127.0.0.1")
        carol = self.start(Baresip, "carol", "alice", "bob")
        eventually(lambda: carol.sees("alice", "Online") and carol.sees("bob", "Online"), what="both online")
        bob.dial("alice")
        alice.wait_for("Incoming call from")
        mark = bob.mark()
        alice.command("accept")
        bob.wait_for("Media streams established")
        eventually(lambda: carol.sees("alice", "Busy") and carol.sees("bob", "Busy"), SOON, "both red")
        bob.wait_to_see("alice", "On the phone", SOON, mark)
        self.assertEqual([self.explained(user) for user in ("alice", "bob")], [("busy", "call")] * 2)
        alice.wait_for("incoming rtp for 'audio' established")
        time.sleep(SPEAKING)
        mark = bob.mark()
        alice.command("hangup")
        bob.wait_for("ended", since=mark)
        eventually(lambda: carol.sees("alice", "Online") and carol.sees("bob", "Online"), SOON, "both free again")
        bob.wait_to_see("alice", "Online", SOON, mark)
        self.assertEqual([self.explained(user)[0] for user in ("alice", "bob")], ["online"] * 2)
        self.assert_heard(alice, 1000)
        self.assert_heard(bob, 700)


class SippScenarios(live.Case):
    def play(self, scenario, calls=3, more=()):
        with tempfile.TemporaryDirectory(prefix="tertulia-sipp-") as folder:
            done = subprocess.run(["sipp", "127.0.0.1:%d" % self.server.tcp_port, "-sf", os.path.join(SCENARIOS, scenario),
                                   "-t", "t1", "-i", "127.0.0.1", "-m", str(calls), "-r", "5", "-timeout", "30s",
                                   "-timeout_error", "-trace_err", "-error_file", "errors.log", "-nostdin", *more],
                                  cwd=folder, capture_output=True, text=True, timeout=90)
            errors = os.path.join(folder, "errors.log")
            text = open(errors, encoding="utf-8", errors="replace").read() if os.path.exists(errors) else ""
            self.assertEqual(done.returncode, 0, done.stdout[-2000:] + done.stderr[-2000:] + text[-3000:])

    def test_registration_with_several_contacts(self):
        self.play("register.xml")

    def test_wrong_password(self):
        self.play("wrong_password.xml", calls=2)

    def test_presence_is_watched(self):
        self.play("presence_watch.xml")
        eventually(lambda: self.server.run("status")["presence_watches"] == 0)

    def test_presence_is_published(self):
        self.play("presence_publish.xml")

    def test_presence_that_is_refused(self):
        self.play("presence_refused.xml")

    def test_session(self):
        bob = self.client("bob")
        self.addCleanup(bob.close)
        self.assertEqual(bob.register(contact=bob.contact() + ";+sip.message").status, 200)
        self.play("session.xml")
        self.assertEqual([bob.take("MESSAGE").text for _ in range(3)], ["hello from SIPp"] * 3)

    def test_session_forks_to_the_device_that_answers(self):
        silent, quick = self.client("bob"), self.client("bob")
        silent.answers["INVITE"] = 180
        for device in (silent, quick):
            self.addCleanup(device.close)
            self.assertEqual(device.register(contact=device.contact() + ";+sip.message").status, 200)
        self.play("session.xml", calls=1)
        self.assertEqual(quick.take("MESSAGE").text, "hello from SIPp")
        silent.take("CANCEL")


class Sipsak(live.Case):
    def test_options_and_registration(self):
        uri = "sip:alice@example.com"
        common = ["sipsak", "-E", "tcp", "-p", "127.0.0.1:%d" % self.server.tcp_port, "-s", uri]
        options = subprocess.run([*common, "-vv", "-a", password_of("alice"), "-u", "alice"], capture_output=True, text=True,
                                 timeout=30)
        self.assertIn("SIP/2.0", options.stdout)
        register = subprocess.run([*common, "-U", "-vv", "-C", "sip:alice@127.0.0.1:5999", "-a",
                                   password_of("alice"), "-u", "alice", "-x", "120"], capture_output=True, text=True, timeout=30)
        self.assertIn("All usrloc tests completed successful", register.stdout + register.stderr)


if __name__ == "__main__":
    unittest.main()
