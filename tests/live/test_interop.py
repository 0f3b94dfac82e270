# SPDX-License-Identifier: Apache-2.0
"""Real clients against the real binary: baresip over TLS, SIPp with our scenarios over TCP, sipsak."""
import os
import subprocess
import tempfile
import unittest

import live
from baresip import Baresip
from server import eventually, password_of

SCENARIOS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sipp")


class BaresipClients(live.Case):
    def start(self, user, peer):
        client = Baresip(self.server, user, peer)
        self.addCleanup(client.close)
        client.wait_for("200 OK")
        return client

    def test_two_of_them_talk_and_the_record_shows_it(self):
        alice, bob = self.start("alice", "bob"), self.start("bob", "alice")
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
        self.start("carol", "alice").wait_for("while you were out")


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
