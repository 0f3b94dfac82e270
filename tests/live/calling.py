# SPDX-License-Identifier: Apache-2.0
"""One side of an audio call for the live tests: the dialog of RFC 3261 12 with its route set, early or confirmed."""
import re

import live
from sip import token

AUDIO = ("v=0\r\no=- {0} {1} IN IP4 127.0.0.1\r\ns=call\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
         "m=audio {0} RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na={2}\r\n")


def audio(port=49170, version=1, direction="sendrecv"):
    """An SDP description (RFC 4566) of one audio medium."""
    return AUDIO.format(port, version, direction)


def target_of(message):
    return re.search(r"<([^>]+)>", message.get("contact")).group(1)


def entries(message, name):
    return [entry.strip() for value in message.headers[name] for entry in value.split(",")]


class Call:
    """`client` calls (Call.place) or is called (Call.incoming)."""

    def __init__(self, client, call_id, local, remote, cseq):
        self.client, self.call_id, self.local, self.remote, self.cseq = client, call_id, local, remote, cseq
        self.target, self.routes, self.invite, self.invite_cseq = None, [], None, None

    # -- the caller's side -------------------------------------------------------------------------------------------

    @classmethod
    def place(cls, client, to, headers=(), body=None, content_type="application/sdp"):
        """Sends the INVITE and does not wait.  The client is signed in, so it knows the challenge."""
        call = cls(client, token(), "<sip:%s>;tag=%s" % (client.address, token()), "<sip:%s@example.com>" % to, 1)
        call.uri, call.branch, call.invite_cseq = "sip:%s@example.com" % to, "z9hG4bK" + token(), 1
        lines = [*client.credentials("INVITE", call.uri), "Contact: " + client.contact(), *headers]
        client.send_raw(client.build("INVITE", call.uri, call.call_id, 1, call.remote, lines, body or audio(),
                                     content_type, call.branch, call.local))
        return call

    def progress(self, status, patience=10.0, where=lambda _: True):
        """The provisional response with this status; the early dialog is then known."""
        def found():
            return next((r for r in self.client.responses[(self.call_id, self.invite_cseq, "INVITE")]
                         if r.status == status and where(r)), None)
        with self.client.lock:
            if not self.client.lock.wait_for(found, patience):
                raise TimeoutError("no %d came" % status)
            answer = found()
        if answer.get("contact"):
            self.adopt(answer)
        return answer

    def outcome(self, patience=20.0):
        """The final response; a 2xx is acknowledged."""
        answer = self.client.final(self.call_id, self.invite_cseq, "INVITE", patience)
        if answer.status < 300:
            self.adopt(answer)
            self.acknowledge(self.invite_cseq)
        else:
            self.client.send_raw(self.client.build("ACK", self.uri, self.call_id, self.invite_cseq, answer.get("to"),
                                                   branch=self.branch, from_=self.local))
        return answer

    def cancel(self):
        self.client.send_raw(self.client.build("CANCEL", self.uri, self.call_id, self.invite_cseq, self.remote,
                                               branch=self.branch, from_=self.local))
        return self.client.final(self.call_id, self.invite_cseq, "CANCEL")

    def adopt(self, response):
        self.remote, self.target = response.get("to"), target_of(response)
        self.routes = entries(response, "record-route")[::-1]

    # -- the callee's side -------------------------------------------------------------------------------------------

    @classmethod
    def incoming(cls, client, patience=10.0, where=lambda _: True):
        """The next INVITE of a call.  Without a manner in client.answers the client would answer it by itself."""
        invite = client.take("INVITE", patience, where)
        call = cls(client, invite.get("call-id"), invite.get("to") + ";tag=" + client.from_tag, invite.get("from"), 100)
        call.invite, call.target, call.routes = invite, target_of(invite), entries(invite, "record-route")
        return call

    def respond(self, status, headers=(), body="", request=None):
        self.client.respond(request or self.invite, status, headers, body, "application/sdp" if body else None)

    def accept(self, body=None):
        """200; the ACK is still to come."""
        self.respond(200, body=body or audio(49180))

    # -- both --------------------------------------------------------------------------------------------------------

    def take(self, method, patience=10.0, where=lambda _: True):
        """The next request of the other side in this dialog."""
        return self.client.take(method, patience, lambda r: r.get("call-id") == self.call_id and where(r))

    def lines(self, headers=()):
        return ["Route: " + route for route in self.routes] + list(headers)

    def acknowledge(self, cseq):
        self.client.send_raw(self.client.build("ACK", self.target, self.call_id, cseq, self.remote, self.lines(),
                                               from_=self.local))

    def request(self, method, headers=(), body="", content_type=None, patience=20.0):
        """A request in the dialog; returns its final response.  An INVITE's 2xx is acknowledged."""
        if method in ("INVITE", "UPDATE"):
            headers, content_type = ["Contact: " + self.client.contact(), *headers], "application/sdp"
        self.cseq += 1
        answer = self.client.request(method, self.target, to=self.remote, call_id=self.call_id, cseq=self.cseq, body=body,
                                     content_type=content_type, from_=self.local, headers=self.lines(headers),
                                     patience=patience)
        self.cseq = answer.cseq[0]
        if method == "INVITE" and answer.status < 300:
            self.acknowledge(self.cseq)
        return answer

    def hang_up(self):
        return self.request("BYE")


def connected(caller, callee, **options):
    """An answered call: its two sides.  The callee's device must not answer by itself (answers["INVITE"])."""
    call = Call.place(caller, callee.user, **options)
    ringing = Call.incoming(callee)
    ringing.respond(180)
    ringing.accept()
    answer = call.outcome()
    if answer.status != 200:
        raise AssertionError("the call was not answered: %s" % answer.headers)
    ringing.take("ACK")
    return call, ringing


class CallCase(live.Case):
    """Base of tests with telephones."""

    def phone(self, user, **options):
        """A telephone that rings until the test says what becomes of the call."""
        client = self.signed_in(user, **options)
        client.answers["INVITE"] = None
        return client

    def refused(self, call, status, diagnostic):
        answer = call.outcome()
        self.assert_refused(answer, status, diagnostic)
        return answer
