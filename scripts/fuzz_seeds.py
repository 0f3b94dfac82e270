#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes seed corpora from tests/data and from the documents in unit tests: fuzz_seeds.py OUT TARGET...  One folder OUT/TARGET
each; it may stay empty."""
import ast
import base64
import hashlib
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
DATA = ROOT / "tests" / "data"


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
    # Of such a request, the next octet chooses method and address: F SUBSCRIBE to bob, n to alice herself, o PUBLISH; to a conference 0x81
    # MESSAGE, 0x82 INVITE, 0x86 SUBSCRIBE, 0x87 REFER; 0xC2 INVITE to the factory.  A zero ends it, and another may follow.
    contact = b"\r\nContact: <sip:alice@10.0.0.9>\r\n"
    document = (b'<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:alice@example.com"><tuple id="t"><status><basic>open'
                b"</basic></status><note>here</note></tuple></presence>")
    made = [b"FEvent: presence;max-rate=0.1;id=1" + contact, b"FEvent: presence\r\nExpires: 0" + contact,
            b"nEvent: presence.winfo\r\nAccept: application/watcherinfo+xml" + contact,
            b"oEvent: presence\r\nContent-Type: application/pidf+xml\r\n\r\n" + document,
            b"oEvent: presence\r\nSIP-If-Match: tag\r\nExpires: 0\r\n"]
    offer = b"v=0\r\no=- 0 0 IN IP4 10.0.0.9\r\ns=-\r\nt=0 0\r\nm=message 5061 sip null\r\na=accept-types:message/cpim text/plain\r\n"
    people = (b'<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list><entry uri="sip:bob@example.com"/></list>'
              b"</resource-lists>")
    both = (b"Content-Type: multipart/mixed;boundary=b\r\n\r\n--b\r\nContent-Type: application/sdp\r\n\r\n" + offer
            + b"\r\n--b\r\nContent-Type: application/resource-lists+xml\r\nContent-Disposition: recipient-list\r\n\r\n" + people + b"\r\n--b--")
    lines = contact.lstrip()
    enter = b"\x82" + lines + b"Content-Type: application/sdp\r\n\r\n" + offer
    refer = b"\x87" + lines + b"Refer-To: <sip:bob@example.com>\r\n"
    made += [b"\xc2" + lines + b"Require: recipient-list-invite\r\n" + both, enter, b"\0".join([enter, refer]),
             b"\0".join([enter, refer.replace(b".com>", b".com;method=BYE>") + b"Refer-Sub: false\r\n"]),
             b"\x86Event: conference" + contact, b"\x81Content-Type: text/plain\r\n\r\nhello", b"\x83", b"\xc3"]
    return ([bytes([0]) + b"\x40" + m for m in all_messages()] + [bytes([1]) + m.split(b"\r\n", 1)[-1] for m in all_messages()]
            + [bytes([1]) + one for one in made])


def tested(*folders):
    """XML documents that stand as string literals in the unit tests of these folders of src."""
    literal = re.compile(r'"((?:\\.|[^"\\\n])*)"')
    found = set()
    for folder in folders:
        for path in sorted((ROOT / "src" / folder).glob("*_test.cpp")):
            # Neighbours are one literal, as the compiler joins them.
            joined = re.sub(r'(?<!\\)"[ \t]*\n[ \t]*"', "", path.read_text())
            for text in literal.findall(joined):
                octets = ast.literal_eval('"' + text.encode().decode("latin-1") + '"').encode("latin-1", "ignore")
                value = octets.lstrip()
                if value.startswith(b"<") and value.rstrip().endswith(b">"):
                    found.add(value)
    return sorted(found)


def samples():
    return [path.read_bytes() for path in sorted(DATA.glob("lync/*.xml"))]


def xml_documents():
    return documents() + samples() + tested("wire/xml", "wire/pidf", "wire/rlmi", "wire/event", "wire/conference_info", "wire/lync")


def pidf_documents():
    times = [b"2024-05-06T07:08:09.123Z", b"2001-10-27T16:49:29+01:00", b"1999-12-31T23:59:59.9-00:30"]
    return tested("wire/pidf", "wire/event") + times


def rlmi_documents():
    return tested("wire/rlmi") + re.findall(rb"<list .*?</list>", b"".join(body(m) for m in all_messages()), re.S)


# The reader that the first octet chooses, by the root of the document.
LYNC_READERS = [b"publish", b"state", b"note", b"contactCard", b"setContainerMembers", b"setSubscribers", b"roamingList",
                b"Envelope", b"batchSub", b"provisioningGroupList", None, b"request", b"Conferencing"]
LYNC_CONTENT = 10


def lync_documents():
    whole = documents() + samples() + tested("wire/lync")
    inside = re.findall(rb"<(state|note|calendarData|contactCard)\b([^>]*[^>/])>(.*?)</\1>", b"".join(whole), re.S)
    pieces = {b"<" + name + b" " + rest.strip() + b">" + content + b"</" + name + b">" for name, rest, content in inside}
    seeds = [bytes([LYNC_CONTENT]) + b"state\n" + piece for piece in sorted(pieces)]
    for document in whole + sorted(pieces):
        root = re.match(rb"(?:<\?[^>]*>\s*)?<(?:\w+:)?(\w+)", document)
        if root and root.group(1) in LYNC_READERS:
            seeds.append(bytes([LYNC_READERS.index(root.group(1))]) + document)
    return [seed for seed in seeds if len(seed) <= 16384]


def web_documents():
    # Which reader: 0 asks for a ticket, 2 for a certificate; the others read answers, which no client sends.
    readers = {"sipe-ticket-request.xml": 0, "sipe-certificate-request.xml": 2}
    return [bytes([readers[path.name]]) + path.read_bytes() for path in sorted(DATA.glob("lync/web/*.xml"))]


def calls():
    # Steps up to a zero: what happens, a choice (of a status, a method, a side), header lines and body.
    offer = b"Contact: <sip:bob@10.0.0.9>\r\nContent-Type: application/sdp\r\n\r\nv=0\r\nm=audio 4002 RTP/AVP 0\r\n"
    invite, ring, accept, ack, bye, good = b"\0\1", b"\1\1", b"\1\4" + offer, b"\5\2", b"\3\1", b"\2\4"
    talks = [[invite, ring, accept, ack, bye, b"\1\4"], [invite, ring, b"\6\0", b"\1\x0c"], [invite, b"\1\x0b", ack],
             [invite, accept, ack, b"\4\1", good], [invite, accept, ack, b"\3\2" + offer, b"\1\4" + offer],
             [invite, b"\1\1Require: 100rel\r\nRSeq: 1\r\n" + offer, b"\3\3RAck: 1 1 INVITE", b"\1\4"],
             [invite, accept, ack, b"\7\0"], [invite, b"\7\xff"], [invite, accept, ack, b"\3\6", b"\1\4", b"\4\4Refer-To: <sip:x@y>"]]
    made = [b"\0\1Contact: <sip:alice@10.0.0.8>\r\nContent-Type: application/sdp\r\n\r\n" + one for one in descriptions() if b"\0" not in one]
    return [b"\0".join(steps) for steps in talks] + [b"\0".join([one, ring, accept, ack]) for one in made]


def lync_faces():
    # The first octet chooses the client: even is a stream without proof, odd one that is signed in and whose steps end at a zero.
    # A step's first octet chooses the method; what the client adds itself is left out.
    steps = {b"SERVICE": 9, b"SUBSCRIBE": 1, b"REGISTER": 3, b"MESSAGE": 4, b"INFO": 5, b"OPTIONS": 6, b"INVITE": 16}
    own = re.compile(rb"(?mi)^(?:Via|From|To|Call-ID|CSeq|Max-Forwards|Content-Length|(?:Proxy-)?Authorization|Route)[ \t]*:[^\r\n]*\r\n")
    seeds, talk = [], []
    for message in all_messages():
        seeds.append(bytes([0]) + b"\x40" + message)
        method, _, rest = message.partition(b" ")
        if method not in steps or b"\r\n\r\n" not in rest:
            continue
        head, _, octets = rest.partition(b"\r\n\r\n")
        headers = own.sub(b"", head.partition(b"\r\n")[2] + b"\r\n").rstrip(b"\r\n")
        talk.append(bytes([steps[method]]) + headers + b"\r\n\r\n" + octets)
    talk = list(dict.fromkeys(step for step in talk if b"\0" not in step[1:])) + conference_steps()
    # Alone, and several behind each other, as a client that signs in says them.
    return seeds + [bytes([1]) + step for step in talk] + [bytes([1]) + b"\0".join(talk[at:at + 8]) for at in range(0, len(talk), 4)]


def conference_steps():
    # What a client says from the making of a conference to its end; the octets stand for method and address.
    focus = b"sip:alice@example.com;gruu;opaque=app:conf:focus:id:54BD"
    keys = b'<userKeys confEntity="%s" userEntity="sip:bob@example.com"/>' % focus

    def c3p(what, operation):
        return bytes([what]) + b"Contact: <sip:alice@example.com>\r\nContent-Type: application/cccp+xml\r\n\r\n" + (
            b'<request C3PVersion="1" to="%s" from="sip:alice@example.com" requestId="1">%s</request>' % (focus, operation))

    return [
        c3p(54, b"<getConferencingCapabilities/>"),
        c3p(54, b'<addConference><conference-info entity=""><conference-description><subject/><conference-id>54BD</conference-id>'
                b"<expiry-time>2024-05-06T14:08:09Z</expiry-time><admission-policy>openAuthenticated</admission-policy>"
                b"</conference-description></conference-info></addConference>"),
        c3p(34, b'<addUser><conferenceKeys confEntity="%s"/><user entity="sip:alice@example.com"><roles><entry>attendee</entry></roles>'
                b'<endpoint entity="{64BC69AF}"/></user></addUser>' % focus),
        bytes([37]) + b"Event: conference\r\nContact: <sip:alice@example.com>\r\nSupported: ms-benotify\r\nSupported: "
                      b"ms-piggyback-first-notify\r\n\r\n",
        bytes([52]) + b"Contact: <sip:alice@example.com>\r\nContent-Type: application/sdp\r\n\r\nv=0\r\no=- 0 0 IN IP4 h\r\ns=-\r\n"
                      b"c=IN IP4 h\r\nt=0 0\r\nm=message 5061 sip null\r\n",
        bytes([142]) + b"Contact: <sip:alice@example.com>\r\nContent-Type: application/ms-conf-invite+xml\r\n\r\n"
                       b'<Conferencing version="2.0"><focus-uri>%s</focus-uri><subject>R&D</subject></Conferencing>' % focus,
        c3p(104, b"<modifyConferenceLock><locked>true</locked></modifyConferenceLock>"),
        c3p(104, b"<modifyUserRoles>%s<user-roles><entry>presenter</entry></user-roles></modifyUserRoles>" % keys),
        c3p(104, b"<deleteUser>%s</deleteUser>" % keys),
        c3p(36, b"<getConference/>"),
        bytes([98]) + b"Contact: <sip:alice@example.com>\r\n\r\n",
    ]


def rtf_texts():
    text = (ROOT / "src/wire/im/rtf_text_test.cpp").read_text()
    return [one.encode() for one in re.findall(r'R"\((.*?)\)"', text, re.S)]


def written_messages():
    html, rtf = b"Content-Type: text/html\r\n\r\n<b>tea</b>", b"Content-Type: text/rtf\r\n\r\n{\\rtf1 tea}"
    plain = b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\ndGVh"
    both = b"--b\r\n" + html + b"\r\n--b\r\n" + rtf + b"\r\n--b--\r\n"
    inside = b"Content-Type: multipart/mixed;boundary=b\r\n\r\n" + both
    made = [b"text/html;charset=iso-8859-1\n<p>tea", b"text/rtf\n{\\rtf1 tea}", b"multipart/alternative;boundary=b\n" + both,
            b"multipart/mixed;boundary=b\n--b\r\n" + plain + b"\r\n" + both]
    head = b"message/cpim\nFrom: <im:alice@example.com>\r\nTo: <im:bob@example.com>\r\n\r\n"
    return multiparts() + made + [head + part for part in (html, rtf, plain, inside, b"Content-Type: message/cpim\r\n\r\n\r\n" + html)]


def ntlm_credentials():
    # A whole AUTHENTICATE message, or what follows its first 12 octets; the value of an Authorization header; header lines.
    seeds = []
    for message in all_messages():
        for value in re.findall(rb"(?mi)^(?:Proxy-)?Authorization[ \t]*:[ \t]*NTLM[ \t]+([^\r\n]*)", message):
            seeds += [value, b"Authorization: NTLM " + value + b"\r\n\r\n"]
            for data in re.findall(rb'gssapi-data="([A-Za-z0-9+/=]+)"', value):
                token = base64.b64decode(data + b"=" * (-len(data) % 4))
                seeds += [token, token[12:]]
    return seeds


SEEDS = {"sip_uri_fuzz": uris, "sdp_fuzz": descriptions, "mime_fuzz": multiparts, "im_fuzz": documents, "rtf_fuzz": rtf_texts,
         "allowed_format_fuzz": written_messages,
         "digest_fuzz": credentials, "face_fuzz": faces, "sip_framer_fuzz": streams, "sip_message_fuzz": all_messages,
         "xml_fuzz": xml_documents, "pidf_fuzz": pidf_documents, "rlmi_fuzz": rlmi_documents,
         "event_fuzz": lambda: tested("wire/event"), "conference_info_fuzz": lambda: tested("wire/conference_info"),
         "lync_fuzz": lync_documents,
         "web_service_fuzz": web_documents, "call_fuzz": calls,
         "lync_face_fuzz": lync_faces, "ntlm_fuzz": ntlm_credentials}


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
