# SPDX-License-Identifier: Apache-2.0
"""Acknowledged means kept: kill -9 under load, 20 times; a full disk; a damaged store."""
import json
import os
import resource
import subprocess
import tempfile
import threading
import unittest

import live
from server import BINARY, Server, eventually
from sip import Client

KILLS = int(os.environ.get("TERTULIA_KILLS", "20"))


class Kill(unittest.TestCase):
    def test_nothing_acknowledged_is_missing_after_kill(self):
        """Alice writes to the absent Bob (202 = kept) and to Carol (200 = delivered) and users are added, until the server is
        killed; afterwards everything acknowledged must be there."""
        server = Server()
        self.addCleanup(server.close)
        kept, users = [], []
        for round_ in range(KILLS):
            server.start()
            stop = threading.Event()
            workers = [threading.Thread(target=self.write, args=(server, stop, "k%d-%d" % (round_, n), kept)) for n in range(2)]
            workers.append(threading.Thread(target=self.add, args=(server, stop, round_, users)))
            for worker in workers:
                worker.start()
            threading.Event().wait(0.15 + 0.05 * (round_ % 7))
            server.kill()
            stop.set()
            for worker in workers:
                worker.join()
        server.start()
        self.assertGreater(len(kept), KILLS)
        self.assertGreater(len(users), 0)
        known = {u["address"] for u in server.run("user", "list")}
        self.assertEqual([u for u in users if u not in known], [])
        received = self.collect(server, len(kept))
        missing = [text for text in kept if text not in received]
        print("%d kills, %d messages acknowledged as kept, %d users added, missing: %d" % (KILLS, len(kept), len(users), len(missing)))
        self.assertEqual(missing, [])
        for n in range(2):   # and in the order each writer was told
            mine = [t for t in received if t.startswith("k") and t.split("-")[1].split(".")[0] == str(n)]
            self.assertEqual(mine, sorted(mine, key=lambda t: (int(t[1:].split("-")[0]), int(t.split(".")[1]))))

    def write(self, server, stop, name, kept):
        try:
            with Client(server, "alice") as alice:
                alice.register()
                number = 0
                while not stop.is_set():
                    text = "%s.%d" % (name, number)
                    if alice.message("bob", text, patience=5).status == 202:
                        kept.append(text)
                    number += 1
        except (OSError, TimeoutError, ConnectionError):
            pass

    def add(self, server, stop, round_, users):
        number = 0
        while not stop.is_set():
            address = "u%d-%d@example.com" % (round_, number)
            done = server.run("user", "add", address, "--password-stdin", stdin="a good password\n", check=False)
            if done.returncode == 0:
                users.append(address)
            number += 1

    def collect(self, server, at_least):
        with Client(server, "bob") as bob:
            bob.register()
            eventually(lambda: len(bob.requests) >= at_least and server.run("status")["messages_waiting"] == 0, 120,
                       "the delivery of all kept messages")
            return [r.text for r in bob.requests if r.method == "MESSAGE"]


class Trouble(unittest.TestCase):
    def test_a_full_disk_is_told_and_heals(self):
        """A file size limit stands for the full disk; the store says store_unavailable, nothing acknowledged is lost."""
        server = Server()
        self.addCleanup(server.close)
        server.run("user", "set", "bob@example.com", "offline_messages_max=10000")
        limit = os.path.getsize(os.path.join(server.folder, "tertulia.db")) + 1024 * 1024
        server.start(preexec=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY)))
        kept = 0
        with Client(server, "alice") as alice:
            self.assertEqual(alice.register().status, 200)
            for _ in range(200):
                answer = alice.message("bob", "x" * 60000)
                if answer.status != 202:
                    break
                kept += 1
            self.assertIn(answer.status, (480, 503))
            self.assertIn("52403", answer.get("ms-diagnostics"))
            self.assertEqual(server.run("health", check=False).returncode, 6)
            self.assertEqual(alice.register().status, 200)   # sign-in goes on
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        with Client(server, "alice") as alice:
            alice.register()
            eventually(lambda: alice.message("bob", "after").status == 202, 15, "the healing of the store")
        with Client(server, "bob") as bob:
            bob.register()
            eventually(lambda: len([r for r in bob.requests if r.method == "MESSAGE"]) >= kept + 1, 60)

    def test_a_disk_that_is_full_is_told_and_no_fault_of_the_store(self):
        """On a small file system of its own, in a namespace of its own."""
        folder = tempfile.mkdtemp()
        self.addCleanup(os.rmdir, folder)
        words = """set -e; mount -t tmpfs -o size=4m tmpfs "$1"; data="$1/data"
            "$0" init --data "$data" --domain example.com >/dev/null
            dd if=/dev/zero of="$1/rest" bs=4k 2>/dev/null || true
            "$0" doctor --json --data "$data" || true; printf "\\0"
            "$0" serve --json --data "$data" --sip-tls 127.0.0.1:0 --http "" --web "" 2>/dev/null || true; printf "\\0"
            rm "$1/rest"; "$0" doctor --json --data "$data" || true"""
        apart = ["unshare", "--mount", "--map-root-user", "sh", "-c"]
        if subprocess.run(apart + ['mount -t tmpfs tmpfs "$0"', folder], capture_output=True).returncode != 0:
            self.skipTest("this machine allows no file system of one's own")
        done = subprocess.run(apart + [words, BINARY, folder], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        full, refused, again = (json.loads(said) for said in done.stdout.split("\0"))
        found = {f["check"]: f for f in full["result"]}
        self.assertEqual([found[check]["grade"] for check in ("store", "disk")], ["fault", "fault"])
        self.assertIn("make room", found["store"]["remedy"])
        self.assertEqual(refused["error"]["reason"], "store_unavailable")
        self.assertIn("No space left on device", refused["error"]["detail"])
        self.assertEqual({f["check"]: f for f in again["result"]}["store"]["grade"], "ok")

    def test_a_damaged_store_is_refused_by_name(self):
        server = Server()
        self.addCleanup(server.close)
        path = os.path.join(server.folder, "tertulia.db")
        with open(path, "r+b") as f:
            f.seek(100)
            f.write(os.urandom(8000))
        done = subprocess.run([BINARY, "serve", "--data", server.folder, "--sip-tls", "127.0.0.1:0", "--http", ""],
                              capture_output=True, text=True, timeout=30)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("tertulia.db", done.stderr)
        self.assertEqual(server.run("doctor", check=False).returncode, 6)


if __name__ == "__main__":
    unittest.main()
