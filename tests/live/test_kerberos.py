# SPDX-License-Identifier: Apache-2.0
"""An unmodified Pidgin with SIPE signs in with Kerberos: a real KDC, its tickets, its keytab."""
import glob
import os
import time
import unittest

import live
from kdc import Kdc, prolong
from pidgin import Pidgin
from server import Server, password_of

SERVICE = "sip/localhost"
FAKETIME = next(iter(glob.glob("/usr/lib/*/faketime/libfaketime.so.1")), "")


class Kerberos(live.Case):
    @classmethod
    def setUpClass(cls):
        # dora is known to the domain and not to the server
        cls.kdc = Kdc({name: password_of(name) for name in ("alice", "bob", "carol", "dora")}, SERVICE)
        cls.addClassCleanup(cls.kdc.close)
        # Of several, the client picks TLS-DSK first.
        cls.settings = {"server.host": '"localhost"', "lync.tls_dsk": "false", "lync.kerberos.keytab": '"%s"' % cls.kdc.keytab}
        cls.server = Server(cls.users, cls.settings)
        cls.addClassCleanup(cls.server.close)
        cls.server.start(environment={"KRB5_CONFIG": cls.kdc.config})

    def pidgin(self, user, environment=None, authentication="krb5", **options):
        client = Pidgin(self.server, user, authentication=authentication, environment=environment or {}, **options)
        self.addCleanup(client.close)
        return client

    def with_ticket(self, user, environment, authentication="krb5"):
        """Single sign-on: no password is known to the client."""
        return self.pidgin(user, environment, authentication, password="", options={"sso": True})

    def devices(self, user):
        return self.server.run("user", "show", user + "@example.com")["endpoints"]

    def scheme_of(self, client):
        """Of the signatures that the client makes."""
        lines = [line for line in client.log_text().splitlines() if line.startswith("Authorization: ") and "cnum=" in line]
        return lines[-1].split()[1] if lines else None

    def talk(self, first, second):
        """A text both ways."""
        first.say(second.user, "hello from " + first.user)
        second.wait_to_hear(first.user, "hello from " + first.user)
        second.say(first.user, "hello from " + second.user)
        first.wait_to_hear(second.user, "hello from " + second.user)

    def restart(self, **environment):
        """With other variables until the test ends."""
        def start(variables):
            self.server.stop()
            self.server.start(environment=dict({"KRB5_CONFIG": self.kdc.config}, **variables))
        start(environment)
        self.addCleanup(start, {})

    def rejection(self, client, *devices_of):
        reason = client.rejected()
        print("\n%s is shown: %s" % (client.user, reason))   # for who reads the log
        for user in devices_of:
            self.assertEqual(self.devices(user), [])
        return reason


class SignIn(Kerberos):
    def test_ticket_and_talk_with_ntlm(self):
        alice = self.with_ticket("alice", self.kdc.ticket("alice", password_of("alice"))).signed_in()
        bob = self.pidgin("bob", authentication="ntlm").signed_in()
        self.assertEqual(self.scheme_of(alice), "Kerberos")
        self.talk(bob, alice)
        self.assertEqual(len(self.devices("alice")), 1)

    def test_automatic_choice_prefers_the_ticket(self):
        alice = self.with_ticket("alice", self.kdc.ticket("alice", password_of("alice"), "auto"), "auto").signed_in()
        self.assertEqual(self.scheme_of(alice), "Kerberos")

    def test_wrong_password(self):
        self.kdc.command("kdestroy", "-q", **self.kdc.of_client("wrong"))
        client = self.pidgin("carol", self.kdc.of_client("wrong"), password="not mine")
        self.assertRegex(self.rejection(client, "carol"), r"\w+ \w+")

    def test_account_that_the_server_does_not_know(self):
        client = self.with_ticket("dora", self.kdc.ticket("dora", password_of("dora")))
        self.assertIn("User does not exist", self.rejection(client))
        self.assertEqual(self.server.metric("tertulia_sign_in_failures_total"), 0)

    def test_ticket_of_another_user(self):
        client = self.with_ticket("bob", self.kdc.ticket("carol", password_of("carol"), "of-another"))
        self.assertIn("not the one of the signed-in user", self.rejection(client, "bob", "carol"))

    def test_disabled_user(self):
        self.server.run("user", "disable", "carol@example.com")
        try:
            client = self.with_ticket("carol", self.kdc.ticket("carol", password_of("carol"), "disabled"))
            self.assertIn("disabled", self.rejection(client))
        finally:
            self.server.run("user", "enable", "carol@example.com")


class Trouble(Kerberos):
    def test_clock_of_the_server_differs(self):
        self.assertTrue(FAKETIME, "install libfaketime")
        environment = self.kdc.ticket("alice", password_of("alice"))
        self.restart(LD_PRELOAD=FAKETIME, FAKETIME="+1h", FAKETIME_DONT_FAKE_MONOTONIC="1")
        self.assertIn("clock of this computer differs", self.rejection(self.with_ticket("alice", environment), "alice"))

    def test_expired_ticket(self):
        environment = self.kdc.ticket("alice", password_of("alice"), "expired", seconds=3)
        made = time.monotonic()
        prolong(self.kdc.cache("expired"), 36000)
        self.restart(KRB5_CONFIG=self.kdc.strict_config)
        time.sleep(max(0.0, made + 3 + 5 + 2 - time.monotonic()))   # its end, what clocks may differ, rounding
        self.assertIn("ticket has expired", self.rejection(self.with_ticket("alice", environment), "alice"))

    def test_without_a_ticket_the_automatic_choice_is_ntlm(self):
        alice = self.pidgin("alice", self.kdc.of_client("no-kdc", self.kdc.dead_config), "auto").signed_in()
        self.assertEqual(self.scheme_of(alice), "NTLM")

    def test_keytab_of_an_older_key(self):
        """The client goes on with NTLM if it may choose; the log tells the administrator what to do."""
        self.kdc.admin("change_password -randkey " + SERVICE)
        environment = self.kdc.ticket("alice", password_of("alice"), "newer-key")
        alice = self.pidgin("alice", environment, "auto").signed_in()
        self.assertEqual(self.scheme_of(alice), "NTLM")
        self.assertIn("make the keytab anew", self.server.log_text())
        with_ticket_alone = self.with_ticket("carol", self.kdc.ticket("carol", password_of("carol"), "newer"))
        self.assertRegex(self.rejection(with_ticket_alone, "carol"), r"\w+ \w+")
        # The new key is good without a restart.
        self.kdc.admin("ktadd -norandkey -k %s %s" % (self.kdc.keytab, SERVICE))
        self.with_ticket("carol", self.kdc.of_client("newer")).signed_in()


class Keytab(unittest.TestCase):
    def test_the_server_does_not_start_without_it_and_doctor_names_the_remedy(self):
        kdc = Kdc({}, SERVICE)
        self.addCleanup(kdc.close)
        server = Server((), {"server.host": '"localhost"', "lync.kerberos.keytab": '"nowhere.keytab"'})
        self.addCleanup(server.close)

        def serve():
            return server.run("serve", "--sip-tls", "127.0.0.1:0", "--http", "", check=False)

        def doctor(*words):
            said = server.run("doctor", *words, check=False).stdout
            self.assertIn('"kerberos"', said)
            return said

        self.assertEqual(serve().returncode, 1)
        self.assertIn("nowhere.keytab", serve().stderr + serve().stdout)
        self.assertIn("make it readable for the server's account", doctor())
        self.assertIn("legible", doctor("--language", "es"))
        server.configure({"lync.kerberos.keytab": '"%s"' % kdc.keytab, "lync.kerberos.service": '"sip/elsewhere"'})
        refused = serve()
        self.assertEqual(refused.returncode, 1)
        self.assertIn("no key of sip/elsewhere", refused.stderr + refused.stdout)
        self.assertIn("holds no key of sip/elsewhere", doctor())
        server.configure({"lync.kerberos.service": '""'})
        said = doctor()
        self.assertIn("key version 2", said)
        self.assertNotIn("belongs to no domain", said)


if __name__ == "__main__":
    unittest.main()
