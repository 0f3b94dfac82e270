# SPDX-License-Identifier: Apache-2.0
"""The client's side of NTLM in SIP ([MS-NLMP], [MS-SIPAE]) for the live tests: written apart from the server's code."""
import hashlib
import hmac as keyed
import os
import re
import struct

FLAGS = 0x62988255
SEQUENCE = struct.pack("<I", 100)   # of every message


def md4(data):
    """RFC 1320; hashlib has it no more."""
    def turn(value, bits):
        value &= 0xffffffff
        return (value << bits | value >> (32 - bits)) & 0xffffffff
    rounds = ((lambda x, y, z: x & y | ~x & z, 0, range(16), (3, 7, 11, 19)),
              (lambda x, y, z: x & y | x & z | y & z, 0x5a827999, [4 * (i % 4) + i // 4 for i in range(16)], (3, 5, 9, 13)),
              (lambda x, y, z: x ^ y ^ z, 0x6ed9eba1, (0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15),
               (3, 9, 11, 15)))
    state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]
    padded = data + b"\x80" + bytes((55 - len(data)) % 64) + struct.pack("<Q", 8 * len(data))
    for at in range(0, len(padded), 64):
        block = struct.unpack("<16I", padded[at:at + 64])
        a, b, c, d = state
        for mix, constant, order, shifts in rounds:
            for step, index in enumerate(order):
                a, b, c, d = d, turn(a + mix(b, c, d) + block[index] + constant, shifts[step % 4]), b, c
        state = [(old + new) & 0xffffffff for old, new in zip(state, (a, b, c, d))]
    return struct.pack("<4I", *state)


def rc4(key, data):
    box, j, out = list(range(256)), 0, bytearray()
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) % 256
        box[i], box[j] = box[j], box[i]
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + box[i]) % 256
        box[i], box[j] = box[j], box[i]
        out.append(byte ^ box[(box[i] + box[j]) % 256])
    return bytes(out)


def hmac(key, data):
    return keyed.new(key, data, hashlib.md5).digest()


def wide(text):
    return text.encode("utf-16-le")


class Session:
    """Keys that both sides have."""

    def __init__(self, exported):
        self.keys = {(use, way): hashlib.md5(exported + b"session key to %s %s key magic constant\0" % (way, use)).digest()
                     for use in (b"signing", b"sealing") for way in (b"client-to-server", b"server-to-client")}

    def mac(self, way, text):
        seal = hashlib.md5(self.keys[b"sealing", way] + SEQUENCE).digest()
        check = hmac(self.keys[b"signing", way], SEQUENCE + text.encode())
        return (b"\1\0\0\0" + rc4(seal, check[:8]) + SEQUENCE).hex()

    def from_client(self, text):
        return self.mac(b"client-to-server", text)

    def from_server(self, text):
        return self.mac(b"server-to-client", text)


def authenticate(challenge, user, password, exported=None, client_challenge=None, time=bytes(8)):
    """The answer to a CHALLENGE and the session that it makes; the domain is empty."""
    exported, client_challenge = exported or os.urandom(16), client_challenge or os.urandom(8)
    length, _, offset = struct.unpack_from("<HHI", challenge, 40)
    blob = b"\1\1" + bytes(6) + time + client_challenge + bytes(4) + challenge[offset:offset + length] + bytes(4)
    key = hmac(md4(wide(password)), wide(user.upper()))
    proof = hmac(key, challenge[24:32] + blob)
    encrypted = rc4(hmac(key, proof), exported)
    fields, payload = b"", b""
    pieces = {"domain": b"", "user": wide(user), "host": wide("VM"), "lm": bytes(24), "nt": proof + blob, "key": encrypted}
    places = {}
    for name, piece in pieces.items():
        places[name] = struct.pack("<HHI", len(piece), len(piece), 72 + len(payload))
        payload += piece
    fields = b"".join(places[name] for name in ("lm", "nt", "domain", "user", "host", "key"))
    message = b"NTLMSSP\0\3\0\0\0" + fields + struct.pack("<I", FLAGS) + b"\5\1\x28\x0a\0\0\0\x0f" + payload
    return message, Session(exported)


def signature_text(message, rand, number, realm, target):
    """What a signature covers ([MS-SIPAE] 3.2.5.1, version 4); `message`: sip.Message."""
    def piece(pattern, value):
        found = re.search(pattern, value or "")
        return found.group(1) if found else ""
    cseq, method = message.get("cseq").split()
    sender, to = message.get("from"), message.get("to")
    fields = ["NTLM", rand, str(number), realm, target, message.get("call-id"), cseq, method, piece("<([^>]*)>", sender),
              piece(";tag=([^;]*)", sender), piece("<([^>]*)>", to), piece(";tag=([^;]*)", to), "", "",
              message.get("expires") or ""]
    if not message.is_request:
        fields.append(str(message.status))
    return "".join("<%s>" % field for field in fields)
