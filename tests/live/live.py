# SPDX-License-Identifier: Apache-2.0
"""Base of the live tests: one server a test class, closed whatever happens."""
import unittest

from server import Server, eventually
from sip import Client


class Case(unittest.TestCase):
    users = ("alice", "bob", "carol")
    settings = {}

    @classmethod
    def setUpClass(cls):
        cls.server = Server(cls.users, cls.settings)
        cls.addClassCleanup(cls.server.close)
        cls.server.start()

    @classmethod
    def restart(cls):
        cls.server.stop()
        cls.server.start()

    def client(self, user, **options):
        return Client(self.server, user, **options)

    def signed_in(self, user, **options):
        """A registered client that the test's end closes."""
        client = self.client(user, **options)
        self.addCleanup(client.close)
        answer = client.register()
        self.assertEqual(answer.status, 200, answer.headers)
        return client

    def record(self, call_id):
        """The finished record of this dialog.  Waits: where nothing acknowledged the end, rows are written behind."""
        return eventually(lambda: next((r for r in self.server.run("cdr", "list", "--limit", "20")
                                        if r["call_id"] == call_id and r["end_time"]), None), what="the record")

    def assert_refused(self, answer, status, diagnostic=None):
        """Status, and a reason that a person understands (invariant 5)."""
        self.assertEqual(answer.status, status, answer.headers)
        self.assertRegex(answer.get("ms-diagnostics") or "", r'^\d+;\s*reason="[^"]{8,}"')
        if diagnostic is not None:
            self.assertTrue(answer.get("ms-diagnostics").startswith(str(diagnostic)), answer.get("ms-diagnostics"))
