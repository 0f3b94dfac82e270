# SPDX-License-Identifier: Apache-2.0
"""Photos of people: the administrator sets them, the web services give them, Pidgin with SIPE shows them."""
import hashlib
import http.client
import json
import os
import re
import ssl
import struct
import tempfile
import unittest
import zlib

from server import Server, eventually
from test_pidgin import Clients


def png(shade, side=48, more=b""):
    """A grey square that every program can show."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + bytes([shade]) * side for _ in range(side))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + more + chunk(b"IEND", b""))


def sha1(data):
    return hashlib.sha1(data).hexdigest()


class Photos(Clients):
    settings = {**Clients.settings, "web.public_host": '"127.0.0.1"'}

    def setUp(self):
        super().setUp()
        self.folder = tempfile.TemporaryDirectory(prefix="tertulia-photo-")
        self.addCleanup(self.folder.cleanup)
        self.addCleanup(self.clear, "alice")

    def file(self, data, name="photo"):
        path = os.path.join(self.folder.name, name)
        with open(path, "wb") as f:
            f.write(data)
        return path

    def photo(self, user, *words, server=None, **options):
        return (server or self.server).run("user", "photo", user + "@example.com", *words, **options)

    def set(self, user, data):
        return self.photo(user, "--set", self.file(data))["photo"]

    def clear(self, user):
        self.photo(user, "--clear")

    def ask(self, path, method="GET", headers=None):
        """(response, body)"""
        connection = http.client.HTTPSConnection("127.0.0.1", self.server.web_port, timeout=20,
                                                 context=ssl.create_default_context(cafile=self.server.ca))
        self.addCleanup(connection.close)
        connection.request(method, path, headers=headers or {})
        response = connection.getresponse()
        return response, response.read()

    def address_of(self, watcher, hash):
        """Where the watcher was told to find a picture, as a path."""
        told = eventually(lambda: re.findall(r"<photo[^>]*>\s*<uri>https://[^/<]+(/[^<]+)</uri>\s*<hash>%s</hash>" % hash,
                                             watcher.log_text()), what="a photo in the card")
        return told[-1]

    # -- administration ----------------------------------------------------------------------------------------------

    def test_without_and_with_a_server(self):
        server = Server(users=("erin",))
        self.addCleanup(server.close)
        first, second = png(10), png(20)
        self.assertIsNone(self.photo("erin", server=server)["photo"])
        told = self.photo("erin", "--set", self.file(first), server=server)["photo"]
        self.assertEqual(told, {"type": "image/png", "bytes": len(first), "sha1": sha1(first)})
        server.start()
        self.assertEqual(self.photo("erin", server=server)["photo"], told)
        copy = os.path.join(self.folder.name, "copy")
        self.photo("erin", "--save", copy, server=server)
        with open(copy, "rb") as f:
            self.assertEqual(f.read(), first)
        self.assertEqual(self.photo("erin", "--save", copy, server=server, check=False).returncode, 1, "nothing is replaced")
        self.photo("erin", "--set", self.file(second), server=server)
        for wrong in (b"GIF89a", b"", png(1, 1025), second + b"x" * (100 * 1024 + 1 - len(second))):
            refused = self.photo("erin", "--set", self.file(wrong), server=server, check=False)
            self.assertEqual((refused.returncode, json.loads(refused.stdout)["error"]["reason"]), (5, "photo_unusable"))
        largest = second + b"x" * (100 * 1024 - len(second))
        self.assertEqual(self.photo("erin", "--set", self.file(largest), server=server)["photo"]["bytes"], 100 * 1024)
        self.assertEqual(self.photo("erin", "--set", self.file(second), server=server)["photo"]["sha1"], sha1(second))
        self.assertEqual(self.photo("nobody", server=server, check=False).returncode, 3)
        self.assertEqual(server.stop(), 0)
        self.assertEqual(self.photo("erin", server=server)["photo"]["sha1"], sha1(second))
        self.assertIsNone(self.photo("erin", "--clear", server=server)["photo"])
        self.assertEqual(self.photo("erin", "--save", copy + "2", server=server, check=False).returncode, 3)

    # -- what the client shows -----------------------------------------------------------------------------------------

    def test_appears_changes_and_vanishes(self):
        first, second = png(30), png(60, more=b"")
        self.set("alice", first)
        bob = self.online("bob", "alice")
        bob.wait_for_photo("alice", sha1(first))
        self.set("alice", second)
        bob.wait_for_photo("alice", sha1(second))
        self.clear("alice")
        bob.wait_for_photo("alice", None)
        self.set("alice", first)
        bob.wait_for_photo("alice", sha1(first))
        self.assertGreaterEqual(self.server.metric("tertulia_photos_served_total"), 3)

    def test_whatever_the_scheme(self):
        """The client does not prove itself when it fetches: so it works however it has signed in."""
        picture = png(90)
        self.set("alice", picture)
        self.online("bob", "alice", authentication="tls-dsk").wait_for_photo("alice", sha1(picture))

    def test_is_not_for_those_who_may_not_see_the_card(self):
        picture = png(120)
        alice = self.online("alice", "bob")
        bob = self.online("bob", "alice")
        alice.wait_to_see("bob", "available")
        alice.block("bob")
        self.set("alice", picture)
        carol = self.online("carol", "alice")
        carol.wait_for_photo("alice", sha1(picture))
        self.assertNotIn(sha1(picture), bob.log_text())
        alice.unblock("bob")
        bob.wait_for_photo("alice", sha1(picture))

    # -- what the web services give ------------------------------------------------------------------------------------

    def test_over_https(self):
        picture = png(150)
        self.set("alice", picture)
        bob = self.online("bob", "alice")
        path = self.address_of(bob, sha1(picture))
        response, body = self.ask(path)
        self.assertEqual((response.status, response.getheader("Content-Type"), body), (200, "image/png", picture))
        self.assertEqual(response.getheader("X-Content-Type-Options"), "nosniff")
        tag = response.getheader("ETag")
        self.assertEqual(tag, '"%s"' % sha1(picture))
        response, body = self.ask(path, "HEAD")
        self.assertEqual((response.status, response.getheader("Content-Length"), body), (200, str(len(picture)), b""))
        response, body = self.ask(path, headers={"If-None-Match": tag})
        self.assertEqual((response.status, response.getheader("Content-Length"), body), (304, None, b""))
        missed = self.server.metric("tertulia_photos_not_found_total")
        wrong = [self.ask(p) for p in (path[:-1] + ("0" if path[-1] != "0" else "1"), "/photos/1-", "/photos/99-" + "0" * 40,
                                       "/photos/alice@example.com")]
        self.assertEqual({(r.status, b) for r, b in wrong}, {(404, wrong[0][1])})
        self.assertEqual(self.server.metric("tertulia_photos_not_found_total"), missed + len(wrong))
        self.clear("alice")
        self.assertEqual(self.ask(path)[0].status, 404)


if __name__ == "__main__":
    unittest.main()
