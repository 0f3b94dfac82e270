# SPDX-License-Identifier: Apache-2.0
"""Sign-in over TLS and TCP: challenges, identity, bindings, lock-out, users changed while the server runs."""
import re
import ssl
import socket
import unittest

import live
from server import Server, eventually, password_of
from sip import Client, token


class SignIn(live.Case):
    def test_every_request_is_challenged_sha256_first(self):
        with self.client("alice") as alice:
            answer = alice.request("REGISTER", "sip:example.com", to="<sip:alice@example.com>", authenticate=False,
                                   headers=["Contact: " + alice.contact()])
            self.assertEqual(answer.status, 401)
            offers = answer.headers["www-authenticate"]
            self.assertRegex(offers[0], "SHA-256")
            self.assertRegex(offers[1], "MD5")
            self.assertIn("ms-diagnostics", answer.headers)
            for method in ("MESSAGE", "OPTIONS", "INVITE"):
                refused = alice.request(method, "sip:bob@example.com", authenticate=False, body="x",
                                        content_type="text/plain")
                self.assertEqual(refused.status, 401, method)

    def test_both_algorithms_and_both_transports(self):
        for transport in ("tls", "tcp"):
            for algorithm in ("SHA-256", "MD5"):
                with self.client("alice", transport=transport, algorithm=algorithm) as alice:
                    answer = alice.register()
                    self.assertEqual(answer.status, 200, (transport, algorithm))
                    self.assertEqual([alice.contact()[1:-1] in line for line in answer.headers["contact"]], [True])

    def test_bindings_one_line_each_query_and_removal(self):
        with self.client("alice") as first, self.client("alice") as second:
            self.assertEqual(first.register(expires=300).status, 200)
            answer = second.register(expires=200)
            self.assertEqual(len(answer.headers["contact"]), 2)
            self.assertTrue(all(re.search(r"expires=\d+", c) for c in answer.headers["contact"]))
            query = second.register(expires=None, contact=[])
            self.assertEqual(len(query.headers["contact"]), 2)
            gone = second.register(expires=0, contact="*")
            self.assertEqual(gone.status, 200)
            self.assertEqual(gone.headers["contact"], [])

    def test_a_binding_ends_with_its_connection(self):
        first = self.client("alice")
        self.assertEqual(first.register().status, 200)
        first.close()
        with self.client("alice") as second:
            eventually(lambda: len(second.register(expires=None, contact=[]).headers["contact"]) == 0)

    def test_too_brief_an_interval_is_refused_with_the_minimum(self):
        with self.client("alice") as alice:
            answer = alice.register(expires=5)
            self.assertEqual(answer.status, 423)
            self.assertEqual(answer.get("min-expires"), "60")

    def test_only_the_own_address(self):
        with self.client("alice") as alice:
            answer = alice.request("REGISTER", "sip:example.com", to="<sip:bob@example.com>",
                                   headers=["Contact: " + alice.contact()])
            self.assertEqual(answer.status, 403)
            wrong_from = alice.request("MESSAGE", "sip:bob@example.com", body="x", content_type="text/plain",
                                       from_="<sip:bob@example.com>;tag=1")
            self.assertEqual(wrong_from.status, 403)
            self.assertIn("52006", wrong_from.get("ms-diagnostics"))

    def test_endpoints_max(self):
        self.server.run("user", "set", "alice@example.com", "endpoints_max=2")
        clients = [self.client("alice") for _ in range(3)]
        try:
            self.assertEqual([c.register().status for c in clients], [200, 200, 403])
        finally:
            for client in clients:
                client.close()
            self.server.run("user", "set", "alice@example.com", "--unset", "endpoints_max")

    def test_gruu_is_given_when_it_is_understood(self):
        with self.client("alice") as alice:
            instance = '"<urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6>"'
            answer = alice.register(contact=alice.contact() + ";+sip.instance=" + instance, headers=["Supported: gruu"])
            self.assertRegex(answer.get("contact"), r'pub-gruu="sip:alice@example.com;gr=')

    def test_options_and_unknown_users(self):
        with self.client("alice") as alice:
            self.assertEqual(alice.request("OPTIONS", "sip:example.com").status, 200)
            self.assertEqual(alice.request("OPTIONS", "sip:bob@example.com").status, 200)
            missing = alice.request("OPTIONS", "sip:nobody@example.com")
            self.assertEqual(missing.status, 404)

    def test_old_tls_is_refused(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.set_ciphers("ALL:@SECLEVEL=0")
        with socket.create_connection(("127.0.0.1", self.server.tls_port), 5) as raw:
            with self.assertRaises((ssl.SSLError, ConnectionError)):
                context.wrap_socket(raw)

    def test_certificate_names_host_and_domain(self):
        context = ssl.create_default_context(cafile=self.server.ca)
        for name in ("localhost", "example.com", "sip.example.com", "127.0.0.1"):
            with socket.create_connection(("127.0.0.1", self.server.tls_port), 5) as raw:
                with context.wrap_socket(raw, server_hostname=name) as tls:
                    self.assertIn(tls.version(), ("TLSv1.3", "TLSv1.2"))


class ChangedUsers(live.Case):
    def test_changes_are_effective_at_once(self):
        self.server.add_user("dave")
        with self.client("dave") as dave:
            self.assertEqual(dave.register().status, 200)
            self.server.run("user", "disable", "dave@example.com")
            eventually(lambda: dave.closed, what="the end of a disabled user's connection")
        with self.client("dave") as dave:
            answer = dave.register()
            self.assertEqual(answer.status, 403)
            self.assertIn("52005", answer.get("ms-diagnostics"))
        self.server.run("user", "enable", "dave@example.com")
        self.server.run("user", "password", "dave@example.com", "--password-stdin", stdin="another secret\n")
        with self.client("dave") as dave:
            self.assertEqual(dave.register().status, 401)
        with self.client("dave", password="another secret") as dave:
            self.assertEqual(dave.register().status, 200)
            self.server.run("user", "remove", "dave@example.com")
            eventually(lambda: dave.closed)
        self.assertEqual(self.server.run("user", "show", "dave@example.com", check=False).returncode, 3)


class LockOut(live.Case):
    settings = {"sip.lockout_free_tries": "3", "sip.lockout_first": "3600", "sip.lockout_longest": "3600"}

    def test_wrong_passwords_lock_and_tell_nothing(self):
        known = self.answers_to_guesses("alice")
        unknown = self.answers_to_guesses("nobody")
        self.assertEqual(known, unknown)   # the same answers whether the user exists or not
        self.assertEqual(known[0], 401)
        self.assertEqual(known[-1], 403)
        records = eventually(lambda: self.server.run("cdr", "list", "registrations", "--user", "alice@example.com"))
        self.assertTrue(any(r["response_code"] != 200 for r in records))

    def answers_to_guesses(self, user):
        # A fresh server each time: the lock by address would otherwise speak for the second user.
        self.restart()
        answers = []
        for _ in range(5):
            with self.client(user, password="wrong guess") as guesser:
                answers.append(guesser.register().status)
        return answers


if __name__ == "__main__":
    unittest.main()
