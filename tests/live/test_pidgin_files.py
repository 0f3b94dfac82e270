# SPDX-License-Identifier: Apache-2.0
"""Files between Pidgins with SIPE, and to one from a client that offers the way of Lync 2010: what passes the server."""
import os
import tempfile
import unittest

from calling import Call
from server import eventually
from test_pidgin import Clients

# What a client offers to carry a file: a path over TCP, its key.
DATA = ("v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=session\r\nc=IN IP4 127.0.0.1\r\nb=CT:99980\r\nt=0 0\r\n"
        "m=data 6891 TCP/RTP/AVP 127\r\na=ice-ufrag:q4Yd\r\na=ice-pwd:SxY8iYd4LzQ2cLr1Wc9w3X\r\n"
        "a=candidate:1 1 TCP-PASS 2120613887 127.0.0.1 6891 typ host\r\n"
        "a=candidate:1 2 TCP-PASS 2120613374 127.0.0.1 6891 typ host\r\n"
        "a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:eXl1MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkw|2^31|1:1\r\n"
        "a=rtcp:6891\r\na=mid:1\r\na=rtpmap:127 x-data/90000\r\na=encryption:required\r\n")


class Files(Clients):
    def file(self, name, size=400):
        folder = tempfile.TemporaryDirectory(prefix="tertulia-file-")
        self.addCleanup(folder.cleanup)
        path = os.path.join(folder.name, name)
        with open(path, "wb") as f:
            f.write(b"x" * size)
        return path

    def offer(self, client, name):
        """As Lync 2010 offers a file: an INVITE of its own, two parts."""
        parts = [("application/ms-filetransfer+xml",
                  '<request xmlns="http://schemas.microsoft.com/rtc/2009/05/filetransfer" requestId="1"><publishFile><fileInfo>'
                  "<id>{6244F934-2EB1-443F-8E2C-48BA64AF463D}</id><name>%s</name><size>400</size></fileInfo></publishFile>"
                  "</request>" % name), ("application/sdp", DATA)]
        body = "".join("--b\r\nContent-Type: %s\r\nContent-Transfer-Encoding: 7bit\r\n\r\n%s\r\n" % part for part in parts)
        return Call.place(client, "bob", body=body + "--b--\r\n", content_type='multipart/mixed;boundary="b"')

    def files_of(self, one, other, mode):
        """What the newest finished record of the two says of files."""
        addresses = (one + "@example.com", other + "@example.com")
        known = getattr(self, "known", set())
        record = eventually(lambda: next((r for r in self.server.run("cdr", "list", "--user", addresses[0])
                                          if (r["user1"], r["user2"]) == addresses and r["mode"] == mode and r["end_time"]
                                          and r["files"] and r["id"] not in known), None), what="the record")
        self.known = known | {record["id"]}
        self.assertEqual(self.server.run("cdr", "show", record["id"])["files"], record["files"])
        return record["files"]

    def test_offered_and_refused(self):
        alice, bob = self.online("alice", "bob"), self.online("bob", "alice")
        alice.wait_to_see("bob", "available")
        alice.send_file("bob", self.file("plan.txt"))
        offer = bob.offered_file()
        self.assertEqual((offer["name"], offer["size"], offer["uri"]), ("plan.txt", 400, "sip:alice@example.com"))
        bob.refuse_file(offer["number"])
        alice.wait_for("file", state="cancelled", by_peer=True)
        alice.sign_out()   # it has a session for the file and no window that could be closed
        self.assertEqual(self.files_of("alice", "bob", "session"), "rejected plan.txt")

    def test_offered_the_way_of_lync_2010(self):
        """Pidgin offers so only what it thinks a newer server understands, so the offer comes from here.  Without what it
        takes to carry data over TCP it refuses, and the sender is told with the very status."""
        alice, bob = self.signed_in("alice"), self.online("bob")
        call = self.offer(alice, "refused.txt")
        self.assertEqual(call.outcome().status, 488)
        self.assertIn("application/ms-filetransfer+xml", bob.log_text())
        self.assertNotEqual(bob.own_status, "busy")
        self.assertEqual(self.files_of("alice", "bob", "file"), "rejected refused.txt")
        call = self.offer(alice, "tool.exe")
        self.assert_refused(call.outcome(), 403, 52316)
        self.assertEqual(self.files_of("alice", "bob", "file"), "rejected tool.exe")
        self.assertNotIn("tool.exe", bob.log_text())

    def test_a_dangerous_kind_is_not_passed_on(self):
        alice, bob = self.online("alice", "bob"), self.online("bob", "alice")
        alice.wait_to_see("bob", "available")
        alice.send_file("bob", self.file("tool.exe"))
        alice.wait_for("file", state="cancelled")
        self.assertIsNone(bob.seen("file"))


if __name__ == "__main__":
    unittest.main()
