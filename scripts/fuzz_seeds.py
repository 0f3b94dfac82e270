#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes seed corpora from tests/data: fuzz_seeds.py OUT TARGET...  One folder OUT/TARGET each; it may stay empty."""
import hashlib
import pathlib
import re
import sys

DATA = pathlib.Path(__file__).resolve().parents[1] / "tests" / "data"


def captured(path):
    """SIP of one capture: what follows each title line `=== time way transport address`."""
    for entry in re.split(rb"(?m)^=== [^\n]*\n", path.read_bytes())[1:]:
        entry = entry[:-1]   # the empty line between two entries
        if b"SIP/2.0" in entry.split(b"\r\n", 1)[0] and b"\r\n\r\n" in entry:
            yield entry


def all_messages():
    messages = [path.read_bytes() for path in sorted(DATA.glob("sip-torture/*/*.dat"))]
    for path in sorted(DATA.glob("sipe-captures/*.txt")):
        messages += captured(path)
    return list(dict.fromkeys(messages))


def header(message, name):
    head = message.split(b"\r\n\r\n", 1)[0]
    found = re.search(rb"(?mi)^" + name + rb"[ \t]*:[ \t]*([^\r\n]*)", head)
    return found.group(1) if found else b""


def body(message):
    return message.split(b"\r\n\r\n", 1)[1] if b"\r\n\r\n" in message else b""


def content_type(message):
    return header(message, rb"(?:Content-Type|c)")


def streams():
    """Two messages behind each other, with a keep-alive between them."""
    messages = all_messages()
    return messages + [one + b"\r\n\r\n" + two for one, two in zip(messages[::2], messages[1::2])]


def uris():
    found = set()
    for message in all_messages():
        found.update(re.findall(rb"(?:sips?|tel|im|pres):[^\s<>\",]+", message, re.I))
    return sorted(found)


def descriptions():
    return [body(m) for m in all_messages() if b"sdp" in content_type(m).lower()]


def multiparts():
    return [content_type(m) + b"\n" + body(m) for m in all_messages() if b"multipart" in content_type(m).lower()]


def documents():
    return [body(m) for m in all_messages() if b"xml" in content_type(m).lower() and len(body(m)) < 16384]


def credentials():
    # What follows realm="example.com" in a header; $ stands for the nonce of the challenge.
    values = (re.sub(rb"^Digest\s+", b"", header(m, rb"(?:Proxy-)?Authorization")) for m in all_messages())
    made = b'username="alice", nonce="$", uri="sip:example.com", response="00000000000000000000000000000000"'
    return [made, made + b', algorithm=SHA-256, qop=auth, nc=00000001, cnonce="x"'] + [v for v in values if v]


def faces():
    # The first octet chooses the mode: even is a raw stream, odd a request with good credentials.
    # Of such a request, the next octet chooses method and address: F SUBSCRIBE to bob, n to alice herself, o PUBLISH.
    contact = b"\r\nContact: <sip:alice@10.0.0.9>\r\n"
    document = (b'<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:alice@example.com"><tuple id="t"><status><basic>open'
                b"</basic></status><note>here</note></tuple></presence>")
    made = [b"FEvent: presence;max-rate=0.1;id=1" + contact, b"FEvent: presence\r\nExpires: 0" + contact,
            b"nEvent: presence.winfo\r\nAccept: application/watcherinfo+xml" + contact,
            b"oEvent: presence\r\nContent-Type: application/pidf+xml\r\n\r\n" + document,
            b"oEvent: presence\r\nSIP-If-Match: tag\r\nExpires: 0\r\n"]
    return ([bytes([0]) + b"\x40" + m for m in all_messages()] + [bytes([1]) + m.split(b"\r\n", 1)[-1] for m in all_messages()]
            + [bytes([1]) + one for one in made])


SEEDS = {"sip_uri_fuzz": uris, "sdp_fuzz": descriptions, "mime_fuzz": multiparts, "im_fuzz": documents,
         "digest_fuzz": credentials, "face_fuzz": faces, "sip_framer_fuzz": streams, "sip_message_fuzz": all_messages}


def main():
    out = pathlib.Path(sys.argv[1])
    for target in sys.argv[2:]:
        folder = out / target
        folder.mkdir(parents=True, exist_ok=True)
        seeds = [seed for seed in SEEDS.get(target, list)() if seed]
        for seed in seeds:
            (folder / hashlib.sha1(seed).hexdigest()).write_bytes(seed)
        print(f"{target}: {len(set(seeds))} seeds")


if __name__ == "__main__":
    main()
