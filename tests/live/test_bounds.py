# SPDX-License-Identifier: Apache-2.0
"""Named limits on the wire: broken framing, never-finished messages, slow readers, floods; others never notice."""
import os
import socket
import threading
import time
import unittest

import live
from server import eventually
from sip import Client


def connect(server):
    raw = socket.create_connection(("127.0.0.1", server.tcp_port), 10)
    raw.settimeout(20)
    return raw


def read_until_closed(raw):
    data = b""
    try:
        while True:
            piece = raw.recv(65536)
            if not piece:
                break
            data += piece
    except ConnectionError:
        pass
    return data


class Bounds(live.Case):
    settings = {"limits.first_message_seconds": "2", "limits.unfinished_message_seconds": "2", "limits.head_bytes": "8192",
                "limits.body_bytes": "16384", "limits.connections_per_address_max": "200", "limits.write_queue_bytes": "65536"}

    def test_silence_and_unfinished_messages_end_the_connection(self):
        with connect(self.server) as silent, connect(self.server) as slow:
            slow.sendall(b"OPTIONS sip:example.com SIP/2.0\r\nVia: SIP/2.0/TCP x;branch=z9hG4bK1\r\n")
            begun = time.monotonic()
            self.assertEqual(read_until_closed(silent), b"")
            read_until_closed(slow)
            self.assertLess(time.monotonic() - begun, 15)

    def test_too_large_a_head_or_body(self):
        with connect(self.server) as raw:
            raw.sendall(b"OPTIONS sip:example.com SIP/2.0\r\nX: " + b"y" * 9000)
            read_until_closed(raw)
        with connect(self.server) as raw:
            raw.sendall(b"MESSAGE sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK2\r\n"
                        b"From: <sip:a@example.com>;tag=1\r\nTo: <sip:bob@example.com>\r\nCall-ID: 1\r\nCSeq: 1 MESSAGE\r\n"
                        b"Max-Forwards: 70\r\nContent-Type: text/plain\r\nContent-Length: 16385\r\n\r\n")
            answer = read_until_closed(raw)
            self.assertRegex(answer, rb"^SIP/2\.0 (413|513) ")

    def test_keep_alive_is_answered(self):
        with connect(self.server) as raw:
            raw.sendall(b"\r\n\r\n")
            self.assertEqual(raw.recv(10), b"\r\n")

    def test_a_message_in_single_bytes_is_understood(self):
        with connect(self.server) as raw:
            for byte in (b"OPTIONS sip:example.com SIP/2.0\r\nv: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK3\r\n"
                         b"f: <sip:a@example.com>;tag=1\r\nt: <sip:example.com>\r\ni: 7\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nl: 0\r\n\r\n"):
                raw.sendall(bytes([byte]))
            self.assertRegex(raw.recv(4096), rb"^SIP/2\.0 401 ")

    def test_a_slow_reader_is_dropped_and_others_go_on(self):
        """Asks and never reads: the answers fill the kernel's buffers, then the server's own bound."""
        alice, fast = self.signed_in("alice"), self.signed_in("carol")
        sloth = socket.socket()
        sloth.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sloth.connect(("127.0.0.1", self.server.tcp_port))
        sloth.settimeout(5)
        ask = (b"OPTIONS sip:example.com SIP/2.0\r\nv: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK%d\r\nf: <sip:a@example.com>;tag=1\r\n"
               b"t: <sip:example.com>\r\ni: %d\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nl: 0\r\n\r\n")
        try:
            for batch in range(1000):
                sloth.sendall(b"".join(ask % (n, n) for n in range(batch * 100, batch * 100 + 100)))
        except OSError:
            pass   # dropped, as it should be
        eventually(lambda: 'cause="slow_reader"} 0' not in self.slow_readers(), what="the end of the slow reader")
        sloth.close()
        self.assertEqual(alice.message("carol", "still here").status, 200)
        self.assertEqual(fast.take("MESSAGE").text, "still here")

    def slow_readers(self):
        """The series of slow readers; without the shards that had none, when another had one."""
        lines = [l for l in self.server.get("/metrics")[1].splitlines() if 'cause="slow_reader"' in l]
        dropped = [l for l in lines if not l.endswith(" 0")]
        return "\n".join(dropped or lines)

    def test_connections_of_one_address_are_bounded(self):
        held = []
        try:
            for _ in range(460):   # 200 for each shard at the most
                try:
                    held.append(connect(self.server))
                except OSError:
                    break
            eventually(lambda: self.server.metric("tertulia_connections_refused_total") > 0)
        finally:
            for raw in held:
                raw.close()
        eventually(lambda: self.server.metric("tertulia_connections") < 50)


class Flood(live.Case):
    def test_a_flood_of_malformed_input_does_not_move_the_others(self):
        """Two users talk beside a flood: every message is answered, and none waits long.  The ratio of the latencies is
        printed for people; it depends on the flooding threads too, which share the processors."""
        alice, bob = self.signed_in("alice"), self.signed_in("bob")
        quiet = self.latencies(alice, bob)
        stop = threading.Event()
        flooders = [threading.Thread(target=self.flood, args=(stop, n)) for n in range(3)]
        for flooder in flooders:
            flooder.start()
        try:
            loud = self.latencies(alice, bob)
        finally:
            stop.set()
            for flooder in flooders:
                flooder.join()
        middle = len(quiet) // 2
        print("median latency with flood / without: %.1f" % (loud[middle] / quiet[middle]))
        self.assertLess(loud[-1], 5.0)   # a stalled loop would show as the transaction's 32 s
        self.assertEqual(alice.message("bob", "end").status, 200)

    def latencies(self, alice, bob):
        times = []
        for i in range(60):
            begun = time.perf_counter()
            self.assertEqual(alice.message("bob", "m%d" % i).status, 200)
            times.append(time.perf_counter() - begun)
            bob.take("MESSAGE")
        return sorted(times)

    def flood(self, stop, seed):
        junk = [os.urandom(300) + b"\r\n\r\n", b"INVITE\r\n\r\n", b"REGISTER sip:example.com SIP/2.0\r\nVia: x\r\n\r\n",
                b"OPTIONS sip:example.com SIP/2.0\r\nContent-Length: -1\r\n\r\n"]
        while not stop.is_set():
            try:
                with connect(self.server) as raw:
                    raw.settimeout(1)
                    for _ in range(20):
                        raw.sendall(junk[seed % len(junk)] * 5)
                        seed += 1
            except OSError:
                pass


if __name__ == "__main__":
    unittest.main()
