# SPDX-License-Identifier: Apache-2.0
"""A small SIP user agent for the live tests: written apart from the server's code, so that both must agree with the RFC."""
import collections
import hashlib
import os
import re
import select
import socket
import ssl
import struct
import threading
import time

from server import password_of


class Message:
    """One parsed message; header names in lower case, values in order."""

    COMPACT = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length",
               "c": "content-type", "s": "subject", "k": "supported"}

    def __init__(self, head, body):
        lines = re.sub(r"\r\n[ \t]+", " ", head).split("\r\n")
        self.start = lines[0]
        self.headers = collections.defaultdict(list)
        for line in lines[1:]:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            self.headers[self.COMPACT.get(name, name)].append(value.strip())
        self.body = body
        self.is_request = not self.start.startswith("SIP/")
        if self.is_request:
            self.method, self.uri, _ = self.start.split(" ", 2)
            self.status = None
        else:
            self.method = None
            self.status = int(self.start.split(" ", 2)[1])

    def get(self, name):
        values = self.headers.get(name.lower())
        return values[0] if values else None

    @property
    def cseq(self):
        number, method = self.get("cseq").split()
        return int(number), method

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    def tag(self, name):
        found = re.search(r";\s*tag=([^;\s]+)", self.get(name))
        return found.group(1) if found else None

    def __repr__(self):
        return "<%s>" % self.start


class Client:
    """One connection of one user.  A thread reads; requests from the server are answered 200 by default."""

    def __init__(self, server, user="alice", transport="tls", password=None, host="127.0.0.1", algorithm="SHA-256",
                 user_agent="tertulia-live-test"):
        self.user = user
        self.address = user + "@example.com"
        self.password = password if password is not None else password_of(user)
        self.transport = transport
        self.algorithm = algorithm
        self.user_agent = user_agent
        port = server.tls_port if transport == "tls" else server.tcp_port
        raw = socket.create_connection((host, port), 10)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if transport == "tls":
            context = ssl.create_default_context(cafile=server.ca)
            self.socket = context.wrap_socket(raw, server_hostname="localhost")
        else:
            self.socket = raw
        self.local = self.socket.getsockname()
        self.socket.setblocking(False)
        self.lock = threading.Condition()
        self.stream_lock = threading.Lock()   # an SSL object must not be used by two threads at once
        self.responses = collections.defaultdict(list)   # (call-id, cseq number, method) -> messages
        self.requests = []                               # from the server, in order, not yet taken
        self.closed = False
        self.vanished = False
        self.answers = {}                                # method -> status, or None for silence
        self.challenge = None
        self.nonce_count = 0
        self.register_call = "reg" + token()
        self.register_cseq = 0
        self.from_tag = token()
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    # -- bytes -------------------------------------------------------------------------------------------------------

    def send_raw(self, data):
        if self.vanished:
            return
        view = memoryview(data if isinstance(data, bytes) else data.encode())
        while view:
            try:
                with self.stream_lock:
                    view = view[self.socket.send(view):]
            except (ssl.SSLWantWriteError, ssl.SSLWantReadError, BlockingIOError):
                select.select([], [self.socket], [], 1)

    def _receive(self):
        """Some bytes, b"" at the end."""
        while True:
            try:
                with self.stream_lock:
                    return self.socket.recv(65536)
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError, BlockingIOError):
                poller = select.poll()
                poller.register(self.socket, select.POLLIN)
                poller.poll(1000)

    def close(self):
        """Ends the connection, and waits until the server has ended it too: what hung on it is gone then."""
        try:
            # Not SSLSocket.shutdown, after which the reader could not understand what still comes.
            socket.socket.shutdown(self.socket, socket.SHUT_WR)
        except OSError:
            pass
        if threading.current_thread() is not self.thread:
            self.thread.join(10)
        self.socket.close()

    def reset(self):
        """The connection breaks: the server gets an RST.  Also from within an answer."""
        self.closed = True
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if threading.current_thread() is not self.thread:
            self.socket.shutdown(socket.SHUT_RD)   # sends nothing, wakes the reader
            self.thread.join(10)
        with self.stream_lock:
            self.socket.close()

    def vanish(self):
        """The connection stays, but nothing is heard or said on it any more."""
        self.vanished = True

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _read(self):
        buffer = b""
        try:
            while True:
                data = self._receive()
                if not data:
                    break
                buffer += data
                while True:
                    buffer = buffer.lstrip(b"\r\n")
                    end = buffer.find(b"\r\n\r\n")
                    if end < 0:
                        break
                    head = buffer[:end].decode("utf-8", "replace")
                    length = re.search(r"(?im)^(?:content-length|l)\s*:\s*(\d+)", head)
                    size = int(length.group(1)) if length else 0
                    if len(buffer) < end + 4 + size:
                        break
                    self._on(Message(head, buffer[end + 4:end + 4 + size]))
                    buffer = buffer[end + 4 + size:]
        except (OSError, ssl.SSLError, ValueError):
            pass
        with self.lock:
            self.closed = True
            self.lock.notify_all()

    def _on(self, message):
        if self.vanished or self.closed:
            return
        if message.is_request and message.method != "ACK":
            status = self.answers.get(message.method, 200)
            if callable(status):
                status = status(message)
            if status is not None:
                try:
                    self.respond(message, status)
                except OSError:
                    pass
        with self.lock:
            if message.is_request:
                self.requests.append(message)
            else:
                number, method = message.cseq
                self.responses[(message.get("call-id"), number, method)].append(message)
            self.lock.notify_all()

    def respond(self, request, status, headers=(), body="", content_type=None):
        lines = ["SIP/2.0 %d X" % status]
        lines += ["Via: " + value for value in request.headers["via"]]
        lines += ["Record-Route: " + value for value in request.headers["record-route"]]
        to = request.get("to")
        if request.tag("to") is None and status > 100:
            to += ";tag=" + self.from_tag
        lines += ["From: " + request.get("from"), "To: " + to, "Call-ID: " + request.get("call-id"),
                  "CSeq: " + request.get("cseq")]
        if request.method == "INVITE":
            lines.append("Contact: " + self.contact())
            if status == 200 and not body:
                body, content_type = self.sdp(), "application/sdp"
        lines += list(headers)
        if content_type:
            lines.append("Content-Type: " + content_type)
        payload = body.encode()
        lines.append("Content-Length: %d" % len(payload))
        self.send_raw(("\r\n".join(lines) + "\r\n\r\n").encode() + payload)

    # -- requests ----------------------------------------------------------------------------------------------------

    def contact(self):
        return "<sip:%s@%s:%d;transport=%s>" % (self.user, self.local[0], self.local[1], self.transport)

    def sdp(self):
        return ("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=session\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                "m=message 5060 sip null\r\na=accept-types:text/plain\r\n")

    def credentials(self, method, uri):
        if self.challenge is None:
            return []
        c = self.challenge
        digest = (lambda t: hashlib.md5(t.encode()).hexdigest()) if c["algorithm"].upper() == "MD5" else \
            (lambda t: hashlib.sha256(t.encode()).hexdigest())
        self.nonce_count += 1
        nc, cnonce = "%08x" % self.nonce_count, token()
        a1 = digest("%s:%s:%s" % (self.user, c["realm"], self.password))
        a2 = digest("%s:%s" % (method, uri))
        response = digest(":".join((a1, c["nonce"], nc, cnonce, "auth", a2)))
        return ['Authorization: Digest username="%s", realm="%s", nonce="%s", uri="%s", response="%s", algorithm=%s, '
                'qop=auth, nc=%s, cnonce="%s"' % (self.user, c["realm"], c["nonce"], uri, response, c["algorithm"], nc,
                                                  cnonce)]

    def take_challenge(self, message):
        """Remembers the challenge with the wanted algorithm out of a 401."""
        for value in message.headers["www-authenticate"]:
            fields = dict((k.lower(), a or b) for k, a, b in re.findall(r'(\w+)=(?:"([^"]*)"|([^,\s]+))', value))
            fields.setdefault("algorithm", "MD5")
            if fields["algorithm"].upper() == self.algorithm.upper():
                self.challenge, self.nonce_count = fields, 0
                return True
        return False

    def build(self, method, uri, call_id, cseq, to, headers=(), body="", content_type=None, branch=None, from_=None):
        lines = ["%s %s SIP/2.0" % (method, uri),
                 "Via: SIP/2.0/%s %s:%d;branch=%s;rport" % (self.transport.upper(), self.local[0], self.local[1],
                                                            branch or "z9hG4bK" + token()),
                 "Max-Forwards: 70",
                 "From: " + (from_ or '<sip:%s>;tag=%s' % (self.address, self.from_tag)),
                 "To: " + to, "Call-ID: " + call_id, "CSeq: %d %s" % (cseq, method), "User-Agent: " + self.user_agent]
        lines += list(headers)
        if content_type:
            lines.append("Content-Type: " + content_type)
        payload = body if isinstance(body, bytes) else body.encode()
        lines.append("Content-Length: %d" % len(payload))
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + payload

    def request(self, method, uri, to=None, call_id=None, cseq=1, headers=(), body="", content_type=None, patience=20.0,
                authenticate=True, from_=None):
        """Sends, answers a challenge, returns the final response."""
        call_id = call_id or token()
        to = to or "<%s>" % uri
        for _ in range(3):
            credentials = self.credentials(method, uri) if authenticate else []
            self.send_raw(self.build(method, uri, call_id, cseq, to, [*credentials, *headers], body, content_type,
                                     from_=from_))
            final = self.final(call_id, cseq, method, patience)
            if final.status != 401 or not authenticate or not self.take_challenge(final):
                return final
            if credentials and "stale=true" not in (final.get("www-authenticate") or "").lower():
                return final
            self.last_cseq = cseq = cseq + 1
        return final

    def final(self, call_id, cseq, method, patience=20.0):
        end = time.monotonic() + patience
        with self.lock:
            while True:
                for response in self.responses[(call_id, cseq, method)]:
                    if response.status >= 200:
                        return response
                left = end - time.monotonic()
                if self.closed:
                    raise ConnectionError("the server closed the connection before it answered %s" % method)
                if left <= 0:
                    raise TimeoutError("no final answer to %s" % method)
                self.lock.wait(left)

    def register(self, expires=300, contact=None, headers=()):
        self.register_cseq += 1
        contacts = [contact] if isinstance(contact, str) else contact
        lines = ["Contact: " + c for c in (contacts if contacts is not None else [self.contact()])]
        if expires is not None:
            lines.append("Expires: %d" % expires)
        answer = self.request("REGISTER", "sip:example.com", to="<sip:%s>" % self.address, call_id=self.register_call,
                              cseq=self.register_cseq, headers=[*lines, *headers])
        self.register_cseq = answer.cseq[0]
        return answer

    def message(self, to, text, content_type="text/plain", headers=(), patience=20.0):
        return self.request("MESSAGE", "sip:%s@example.com" % to, body=text, content_type=content_type, headers=headers,
                            patience=patience)

    # -- what came ---------------------------------------------------------------------------------------------------

    def take(self, method, patience=10.0, where=lambda _: True):
        """The next request of this method from the server."""
        end = time.monotonic() + patience
        with self.lock:
            while True:
                for i, request in enumerate(self.requests):
                    if request.method == method and where(request):
                        return self.requests.pop(i)
                left = end - time.monotonic()
                if left <= 0 or self.closed:
                    raise TimeoutError("no %s came; there are %s" % (method, self.requests))
                self.lock.wait(left)

    def nothing(self, method, patience=0.5):
        """True when no request of this method comes in the time."""
        try:
            self.take(method, patience)
            return False
        except TimeoutError:
            return True


def token(size=12):
    return os.urandom(size).hex()
