# SPDX-License-Identifier: Apache-2.0
"""Users whom another server serves: their clients are sent there, and senders are told."""
import live
from server import Server, eventually
from sip import Client


class Homes(live.Case):
    """Two servers that know alice and bob; where each is served is said at the first."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = Server(cls.users)
        cls.addClassCleanup(cls.other.close)
        cls.other.start()
        cls.home = "localhost:%d" % cls.other.tls_port   # a name of its own: clients remember certificates by name

    @classmethod
    def move(cls, user, home):
        return cls.server.run("user", "set", user + "@example.com", "home_server=" + home)

    def setUp(self):
        for user in self.users:
            self.move(user, "")


class Phones(Homes):
    def test_a_phone_is_sent_to_the_server_of_its_user(self):
        self.move("alice", self.home)
        before = self.server.metric("tertulia_redirections_total")
        with self.client("alice") as alice:
            answer = alice.register()
            self.assert_refused(answer, 302, 52023)
            self.assertEqual(answer.headers["contact"], ["<sip:%s;transport=tls>" % self.home])
            self.assertEqual(self.server.run("user", "show", "alice@example.com")["endpoints"], [])
            wrong = self.client("alice", password="not hers")
            self.addCleanup(wrong.close)
            self.assertEqual(wrong.register().status, 401, "nobody else is told where")
        self.assertEqual(self.server.metric("tertulia_redirections_total"), before + 1)
        with Client(self.other, "alice") as alice:
            self.assertEqual(alice.register().status, 200)

    def test_who_is_signed_in_signs_in_again_and_what_comes_is_refused(self):
        alice, bob = self.signed_in("alice"), self.signed_in("bob")
        self.move("alice", self.home)
        eventually(lambda: alice.closed, what="the end of her connection")
        refused = bob.message("alice", "are you there?")
        self.assert_refused(refused, 480, 52023)
        record = eventually(lambda: [r for r in self.server.run("cdr", "list", "registrations", "--user", "alice@example.com")
                                     if r["diagnostic_id"] == 52023])[0]
        self.assertTrue(record["deregister_time"], record)
        self.move("alice", "")
        again = self.signed_in("alice")
        self.assertEqual(bob.message("alice", "and now?").status, 200)
        self.assertEqual(again.take("MESSAGE").text, "and now?")

    def test_what_was_kept_waits_until_he_is_served_here_again(self):
        bob = self.signed_in("bob")
        self.assertEqual(bob.message("carol", "for later").status, 202)
        self.move("carol", self.home)
        self.assert_refused(bob.message("carol", "not kept"), 480, 52023)
        self.move("carol", "")
        carol = self.signed_in("carol")
        self.assertEqual(carol.take("MESSAGE").text, "for later")

    def test_the_whole_server_but_for_one(self):
        self.server.configure({"policy.home_server": '"%s"' % self.home})
        self.addCleanup(self.server.run, "reload")
        self.addCleanup(self.server.configure, {"policy.home_server": '""'})
        self.server.run("user", "set", "bob@example.com", "home_server=")
        self.server.run("user", "set", "alice@example.com", "--unset", "home_server")
        self.server.run("reload")
        with self.client("alice") as alice, self.client("bob") as bob:
            self.assertEqual(alice.register().status, 302)
            self.assertEqual(bob.register().status, 200)

    def test_what_is_no_server_is_refused(self):
        for home in ("two words", "a;b", "host:0", "sip:host"):
            done = self.server.run("user", "set", "alice@example.com", "home_server=" + home, check=False)
            self.assertNotEqual(done.returncode, 0, home)
            self.assertIn("home_server", done.stdout + done.stderr)


class Pair(Homes):
    """A server that is told to send people to itself serves them: they must not run in circles."""

    def test_itself(self):
        port = self.server.tls_port
        self.server.stop()
        self.server.start(tls=False, extra=["--sip-tls", "127.0.0.1:%d" % port])
        self.move("alice", "localhost:%d" % port)
        with self.client("alice") as alice:
            self.assertEqual(alice.register().status, 200)
