# SPDX-License-Identifier: Apache-2.0
"""The torture messages of RFC 4475 and RFC 5118 against the running server: 0 FAIL, 0 DEAD over TCP and TLS."""
import os
import subprocess
import sys
import unittest

import live

RUNNER = os.path.join(os.path.dirname(__file__), "..", "data", "sip-torture", "torture.py")


class Torture(live.Case):
    settings = {"server.domains": '"example.com example.net example.org"'}

    def play(self, transport, port):
        done = subprocess.run([sys.executable, RUNNER, "--host", "127.0.0.1", "--port", str(port), "--proto", transport,
                               "--source", "127.0.0.1", "--wait", "1.0"], capture_output=True, text=True, timeout=600)
        print(done.stdout.splitlines()[-1])
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertRegex(done.stdout.splitlines()[-1], r"^60 messages")   # two of 62 are for datagrams only

    def test_tcp(self):
        self.play("tcp", self.server.tcp_port)

    def test_tls(self):
        self.play("tls", self.server.tls_port)


if __name__ == "__main__":
    unittest.main()
