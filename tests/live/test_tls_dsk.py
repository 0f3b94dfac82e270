# SPDX-License-Identifier: Apache-2.0
"""Sign-in with TLS-DSK: an unmodified Pidgin with SIPE gets a certificate at the web services and shows it."""
import base64
import http.client
import os
import ssl
import unittest

from server import eventually, password_of
from test_pidgin import Clients

FIRST_MESSAGE = 45.0   # the client may wait for ten seconds before it answers an invitation
REFRESHED = 90.0       # registrations of this server last a minute


class TlsDsk(Clients):
    settings = {**Clients.settings, "web.public_host": '"127.0.0.1"', "sip.registration_min": 30, "sip.registration_max": 60,
                "sip.lockout_free_tries": 1000}

    def pidgin(self, user, **options):
        return super().pidgin(user, **{"authentication": "tls-dsk", **options})

    def proved(self, client):
        """Which scheme its last signed request names."""
        lines = [line for line in client.log_text().splitlines() if line.startswith("Authorization: ")]
        return lines[-1].split()[1] if lines else None

    def test_signs_in_and_talks_with_everybody(self):
        tickets = self.server.metric("tertulia_web_tickets_total")
        alice, bob = self.online("alice", "bob"), self.online("bob", "alice", authentication="ntlm")
        self.assertEqual((self.proved(alice), self.proved(bob)), ("TLS-DSK", "NTLM"))
        self.assertEqual(self.server.metric("tertulia_web_tickets_total"), tickets + 1)
        alice.wait_to_see("bob", "available")
        bob.wait_to_see("alice", "available")
        alice.say("bob", "hello bob")
        bob.wait_to_hear("alice", "hello bob", patience=FIRST_MESSAGE)
        bob.say("alice", "hello alice")
        alice.wait_to_hear("bob", "hello alice")
        carol = self.signed_in("carol")
        alice.say("carol", "hello phone")
        self.assertIn("hello phone", self.heard_by(carol))
        self.assertLess(carol.message("alice", "hello Pidgin").status, 300)
        alice.wait_to_hear("carol", "hello Pidgin", patience=FIRST_MESSAGE)
        self.assertIsNone(alice.seen("line", manner="error"))

    def heard_by(self, phone):
        request = phone.take("MESSAGE", FIRST_MESSAGE)
        phone.respond(request, 200)
        return request.text

    def test_people_are_searched_over_the_web(self):
        """However somebody has signed in: his password buys a ticket, and the address book takes it."""
        for user, scheme in (("alice", "tls-dsk"), ("carol", "ntlm")):   # two clients of one user here are one device
            with self.subTest(scheme):
                client = self.online(user, authentication=scheme)
                found = client.search(given="bo")
                self.assertEqual([row["User name"] for row in found], ["bob@example.com"])
                self.assertEqual(found[0]["Name"], "Bob")
                self.assertEqual(client.search(given="zebedee"), "No contacts found")
                self.assertEqual(client.info("bob")["Display name"], "Bob")
                log = client.log_text()
                self.assertEqual((log.count("SearchAbEntryResponse>") > 0, log.count("directorySearch")), (True, 0))

    def test_automatic_choice(self):
        alice = self.online("alice", authentication="auto")
        self.assertEqual(self.proved(alice), "TLS-DSK")

    def test_wrong_password_is_told(self):
        failures = self.server.metric("tertulia_sign_in_failures_total")
        reason = self.pidgin("alice", password="not mine").rejected()
        self.assertIn("password is not right", reason)
        self.assertEqual(self.server.metric("tertulia_sign_in_failures_total"), failures + 1)
        eventually(lambda: [r for r in self.server.run("cdr", "list", "registrations", "--user", "alice@example.com")
                            if "52002" in str(r) or "401" in str(r)], what="the record of the failure")

    def test_unknown_user_is_told_the_same(self):
        self.assertIn("password is not right", self.pidgin("nobody", password="whatever").rejected())

    def test_disabled_user_is_told(self):
        self.server.run("user", "disable", "carol@example.com")
        try:
            self.assertIn("disabled", self.pidgin("carol").rejected())
        finally:
            self.server.run("user", "enable", "carol@example.com")

    def test_signs_in_again_and_on_two_devices(self):
        self.online("alice").sign_out()   # the certificate is gone with the program: another one is made
        self.online("alice")
        self.online("alice", host="laptop2")
        self.assertEqual(len(self.devices("alice")), 2)

    def test_refresh_keeps_it_and_a_new_password_ends_the_certificate(self):
        bob = self.online("bob")
        before = bob.answered("REGISTER")
        eventually(lambda: bob.answered("REGISTER") > before, REFRESHED, "a refresh")
        self.assertIsNone(bob.seen("connection-error"))
        self.assertEqual(len(self.devices("bob")), 1)
        mark = bob.mark()
        bob.command("stay", "no")
        self.server.run("user", "password", "bob@example.com", "--password-stdin", stdin="another-long-one\n")
        try:
            reason = bob.wait_for("connection-error", since=mark, patience=REFRESHED)["text"]
            self.assertIn("certificate", reason)
            self.assertIn("password is not right", self.pidgin("bob").rejected())
            self.online("bob", password="another-long-one")
        finally:
            self.server.run("user", "password", "bob@example.com", "--password-stdin", stdin=password_of("bob") + "\n")

    def test_certificates_survive_a_restart_of_the_server(self):
        folder = self.server.folder
        with open(os.path.join(folder, "tls", "users-ca.pem"), encoding="ascii") as f:
            authority = f.read()
        self.assertEqual(os.stat(os.path.join(folder, "keys", "users-ca-key.pem")).st_mode & 0o777, 0o600)
        self.restart()
        self.online("alice")
        with open(os.path.join(folder, "tls", "users-ca.pem"), encoding="ascii") as f:
            self.assertEqual(f.read(), authority)


class WebServices(Clients):
    """What anybody may ask them."""
    def ask(self, method, path, body=None, headers=()):
        context = ssl.create_default_context(cafile=self.server.ca)
        connection = http.client.HTTPSConnection("localhost", self.server.web_port, context=context, timeout=20)
        self.addCleanup(connection.close)
        connection.request(method, path, body, dict(headers))
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), answer.headers

    def test_paths_methods_and_challenge(self):
        status, text, _ = self.ask("GET", "/CertProv/CertProvisioningService.svc/mex")
        self.assertEqual(status, 200)
        self.assertIn("https://127.0.0.1:%d/" % self.server.web_port, text)
        self.assertEqual(self.ask("GET", "/elsewhere")[0], 404)
        self.assertEqual(self.ask("GET", "/WebTicket/WebTicketService.svc/Auth")[0], 405)
        status, _, headers = self.ask("POST", "/WebTicket/WebTicketService.svc/Auth", "<a/>")
        self.assertEqual(status, 401)
        self.assertTrue(headers["WWW-Authenticate"].startswith("Basic realm="))

    def test_lock_out_holds_here_and_for_sip(self):
        request = ('<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><RequestSecurityToken><Entropy>'
                   "<BinarySecret>%s</BinarySecret></Entropy></RequestSecurityToken></e:Body></e:Envelope>"
                   % base64.b64encode(b"e" * 32).decode())

        def guess(password):
            word = base64.b64encode(("carol:" + password).encode()).decode()
            return self.ask("POST", "/WebTicket/WebTicketService.svc/Auth", request, {"Authorization": "Basic " + word})[1]
        for _ in range(6):
            self.assertIn("52002", guess("wrong"))
        self.assertIn("52004", guess(password_of("carol")))
        with self.client("carol") as phone:
            self.assert_refused(phone.register(), 403, 52004)

    def test_off_is_off(self):
        self.server.stop()
        self.server.configure({"lync.tls_dsk": "false"})
        self.server.start()
        try:
            self.assertIsNone(self.server.web_port)
            self.online("alice", authentication="auto")
        finally:
            self.server.stop()
            self.server.configure({"lync.tls_dsk": "true"})
            self.server.start()


if __name__ == "__main__":
    unittest.main()
