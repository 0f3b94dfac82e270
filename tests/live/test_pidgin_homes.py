# SPDX-License-Identifier: Apache-2.0
"""An unmodified Pidgin with SIPE whose user another server serves: 301, and all goes on there."""
import unittest

from pidgin import Pidgin
from server import eventually
from test_homes import Homes


class PidginMoves(Homes):
    settings = {"server.host": '"127.0.0.1"'}

    def pidgin(self, user, **options):
        """A client of the first server, whose user trusts the other as well."""
        client = Pidgin(self.server, user, **options)
        self.addCleanup(client.close)
        client.trust(self.other, "localhost")
        return client

    def devices(self, server, user):
        return server.run("user", "show", user + "@example.com")["endpoints"]

    def arrives(self, scheme):
        self.move("alice", self.home)
        alice = self.pidgin("alice", authentication=scheme).signed_in()
        self.assertEqual(len(self.devices(self.other, "alice")), 1)
        self.assertEqual(self.devices(self.server, "alice"), [])
        self.assertEqual(alice.answered("REGISTER", "301"), 1)
        return alice

    def test_ntlm(self):
        alice = self.arrives("ntlm")
        bob = Pidgin(self.other, "bob")
        self.addCleanup(bob.close)
        bob.signed_in()
        bob.say("alice", "found you")
        alice.wait_to_hear("bob", "found you")

    def test_tls_dsk(self):
        self.arrives("tls-dsk")

    def test_who_is_signed_in_is_moved(self):
        alice = self.pidgin("alice").signed_in()
        mark = alice.mark()
        self.move("alice", self.home)
        alice.wait_for("connection-error", since=mark)
        alice.wait_for("signed-on", since=mark)   # it tries again by itself
        eventually(lambda: len(self.devices(self.other, "alice")) == 1, what="her device at the other server")
        eventually(lambda: not self.devices(self.server, "alice"))
        self.move("alice", "")
        self.pidgin("alice", host="later").signed_in()
        self.assertEqual(len(self.devices(self.server, "alice")), 1, "who signs in now is served here")


if __name__ == "__main__":
    unittest.main()
