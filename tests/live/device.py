# SPDX-License-Identifier: Apache-2.0
"""One device of a person in a talk: asks without waiting, answers in the manner it was told, remembers what it saw."""
import functools
import re
import threading
import uuid
from urllib.parse import unquote

import calling
import conferencing
from server import eventually
from sip import Client, token
from watching import Publication, Subscription, View, document

ANSWER_PATIENCE = 70.0   # longer than the server waits for any device (RFC 3261 timer F, sip.invite_patience)


DO_NOT_DISTURB = "Do not disturb"


def tag_of(value):
    """The tag of a From or To value."""
    return re.search(r";tag=([^;]+)", value).group(1)


class Manner:
    """How texts or calls are answered."""

    def __init__(self, what="well", number=0):
        self.what = what
        self.status = number if what == "status" else 200
        self.delay = number if what == "late" else 0


class Asked:
    """A request and its final status; 0: none came."""

    def __init__(self, method):
        self.method, self.status, self.done = method, 0, threading.Event()


class Call:
    """A call as one side sees it.  local and remote: complete From and To values."""

    def __init__(self, client, call_id, local, remote, target):
        self.client, self.call_id, self.local, self.remote, self.target = client, call_id, local, remote, target
        self.seen, self.cseq = "ringing", 0
        self.audio, self.routes = False, []
        self.incoming = None                 # INVITE that is not answered
        self.told_in = None                  # the call in which somebody asked for this one, and is told how it went
        self.branch = None                   # of the own INVITE

    def end(self, state):
        if self.seen in ("ringing", "open"):
            self.seen = state


class Device(conferencing.Standard):
    def __init__(self, server, user):
        self.server, self.user = server, user
        self.sessions = self.sessions_alone = False
        self.texts_manner, self.calls_manner = Manner(), Manner()
        self.client, self.clients = None, []
        self.instance = uuid.uuid4()
        self.received = []                   # (text, From, in a session), not yet asked for
        self.calls, self.asked = [], []
        self.watches, self.views = {}, {}    # by address: the subscription, and the last document
        self.publication = None
        self.roster, self.outcome = None, None   # of the last conference, and what the last REFER came to
        self.lock = threading.Lock()         # answers of INVITE: each is given once

    # -- connection --------------------------------------------------------------------------------------------------

    @property
    def connected(self):
        return self.client is not None and not self.client.closed and not self.client.vanished

    def make_client(self):
        return Client(self.server, self.user)

    def connect(self):
        if not self.connected:
            self.client = client = self.make_client()
            self.clients.append(client)
            client.answers = {method: functools.partial(work, client) for method, work in (
                ("MESSAGE", self.on_message), ("INVITE", self.on_invite), ("CANCEL", self.on_cancel), ("BYE", self.on_bye),
                ("NOTIFY", self.on_notify), ("REFER", self.on_refer))}

    def hang_up(self):
        if self.client:
            self.client.close()

    def lose(self):
        if self.connected:
            self.client.reset()

    def vanish(self):
        if self.connected:
            self.client.vanish()

    def close(self):
        for client in self.clients:
            client.close()

    # -- requests ----------------------------------------------------------------------------------------------------

    def ask(self, method, work, by_itself=False):
        """Runs work(), which returns the final answer, beside the talk.  What a device does by itself is not asked for."""
        asked = Asked(method)
        if not by_itself:
            self.asked.append(asked)

        def run():
            try:
                asked.status = work().status
            except (OSError, ValueError, AssertionError):   # no answer, or no connection any more
                pass
            asked.done.set()
        threading.Thread(target=run, daemon=True).start()

    def await_answer(self, of_call):
        asked = [a for a in self.asked if not of_call or a.method == "INVITE"]
        return asked[-1].status if asked and asked[-1].done.wait(ANSWER_PATIENCE) else 0

    def register(self, password, seconds=600):
        self.connect()
        client = self.client
        client.password = password
        contact = '%s;expires=%d;+sip.instance="<urn:uuid:%s>"%s%s' % (
            client.contact(), seconds, self.instance, ";+sip.message" if self.sessions else "",
            ';methods="INVITE, ACK, CANCEL, BYE, OPTIONS, INFO"' if self.sessions_alone else "")
        self.ask("REGISTER", lambda: client.register(expires=None, contact=contact))

    def page(self, to, text):
        self.connect()
        client = self.client
        self.ask("MESSAGE", lambda: client.message(to, text, patience=ANSWER_PATIENCE))

    def inside(self, call, method, text="", content_type="text/plain", headers=(), by_itself=False):
        """A request in a dialog."""
        call.cseq += 1
        number = call.cseq

        def work():
            routes = ["Route: " + route for route in call.routes]
            answer = call.client.request(method, call.target, to=call.remote, call_id=call.call_id, cseq=number, body=text,
                                         content_type=content_type if text else None, from_=call.local,
                                         headers=[*routes, *headers], patience=ANSWER_PATIENCE)
            call.cseq = max(call.cseq, answer.cseq[0])
            if method == "INVITE" and answer.status < 300:
                call.client.send_raw(call.client.build("ACK", call.target, call.call_id, call.cseq, call.remote, routes,
                                                       from_=call.local))
            if answer.status in (408, 481):
                call.end("ended")
            return answer
        if method == "BYE":
            call.end("ended")
        self.ask(method, work, by_itself)

    def hold(self, call, silent):
        self.inside(call, "INVITE", calling.audio(direction="sendonly" if silent else "sendrecv"), "application/sdp",
                    ["Contact: " + call.client.contact()])

    def open_call(self, address):
        """The call that stands with this person."""
        return next((call for call in self.calls
                     if call.audio and call.seen == "open" and "sip:" + address in call.remote), None)

    def transfer(self, call, address, taken=None):
        """Asks the other side to call this one (RFC 3515); `taken`: the own call whose place that one takes."""
        target = "sip:" + address
        if taken:
            target += "?Replaces=%s%%3Bto-tag%%3D%s%%3Bfrom-tag%%3D%s" % (taken.call_id, tag_of(taken.remote),
                                                                        tag_of(taken.local))
        self.inside(call, "REFER", headers=["Refer-To: <%s>" % target, "Referred-By: <sip:%s>" % call.client.address,
                                            "Contact: " + call.client.contact()])

    def invite(self, to, audio=False, headers=(), told_in=None):
        self.connect()
        call = self.new_call(self.client, "sip:%s@example.com" % to)
        call.audio, call.told_in = audio, told_in
        self.ask("INVITE", lambda: self.carry_invite(call, headers), by_itself=told_in is not None)

    def new_call(self, client, uri):
        call = Call(client, token(), "<sip:%s>;tag=%s" % (client.address, token()), "<%s>" % uri, uri)
        self.calls.append(call)
        return call

    def carry_invite(self, call, headers):
        client = call.client
        while True:
            call.cseq += 1
            call.branch = "z9hG4bK" + token()
            known = client.challenge is not None
            head = [*client.credentials("INVITE", call.target), "Contact: " + client.contact(), *headers]
            client.send_raw(client.build("INVITE", call.target, call.call_id, call.cseq, call.remote, head,
                                         calling.audio() if call.audio else client.sdp(), "application/sdp", call.branch, call.local))
            answer = client.final(call.call_id, call.cseq, "INVITE", ANSWER_PATIENCE)
            if answer.status < 300:
                call.remote = answer.get("to")
                call.target = calling.target_of(answer)
                call.routes = calling.entries(answer, "record-route")[::-1]
                call.seen = "open"
            # A refusal is acknowledged in its own transaction, an acceptance in the dialog (RFC 3261 17.1.1.3, 13.2.2.4).
            branch = None if answer.status < 300 else call.branch
            client.send_raw(client.build("ACK", call.target, call.call_id, call.cseq, answer.get("to"),
                                         ["Route: " + route for route in call.routes], branch=branch, from_=call.local))
            stale = "stale=true" in (answer.get("www-authenticate") or "").lower()
            if answer.status != 401 or known and not stale or not client.take_challenge(answer):
                break
        if answer.status >= 300:
            call.end("cancelled" if answer.status == 487 else "refused")
        if call.told_in:
            self.tell_of_transfer(call.told_in, answer.status)
        return answer

    def tell_of_transfer(self, call, status):
        state = "active;expires=300" if status < 200 else "terminated;reason=noresource"
        self.inside(call, "NOTIFY", "SIP/2.0 %d Told\r\n" % status, "message/sipfrag;version=2.0",
                    ["Event: refer", "Subscription-State: " + state, "Contact: " + call.client.contact()],
                    by_itself=True)

    def cancel(self, call):
        """RFC 3261 9.1: the INVITE's own branch, and never before a provisional response."""
        client = call.client

        def work():
            eventually(lambda: client.responses[(call.call_id, call.cseq, "INVITE")], what="ringing")
            client.send_raw(client.build("CANCEL", call.target, call.call_id, call.cseq, call.remote, branch=call.branch,
                                         from_=call.local))
            return client.final(call.call_id, call.cseq, "CANCEL", ANSWER_PATIENCE)
        self.ask("CANCEL", work)

    def watch(self, address):
        self.connect()
        client = self.client

        def work():
            self.watches[address] = Subscription(client, "sip:" + address)
            return self.watches[address].answer
        self.ask("SUBSCRIBE", work)

    def unwatch(self, address):
        watch = self.watches.pop(address)
        self.ask("SUBSCRIBE", lambda: watch.again(0))

    def publish(self, address, word, note, seconds=300):
        self.connect()
        if self.publication is None or self.publication.client is not self.client:
            self.publication = Publication(self.client)
        publication, activity = self.publication, None if word == "nothing" else word
        if word == "do-not-disturb":
            activity, note = None, DO_NOT_DISTURB
        self.ask("PUBLISH", lambda: publication.send(document(address, activity, note or None), expires=seconds))

    def unpublish(self):
        publication = self.publication
        self.ask("PUBLISH", lambda: publication.send(expires=0))

    def shows(self, address, state):
        """Whether the last document about this person says so."""
        view = self.views.get(address)
        if view is None or state == "offline":
            return view is not None and not view.open
        if state == "online":
            return view.open and not view.activities
        return DO_NOT_DISTURB in view.notify.text if state == "do-not-disturb" else state in view.activities

    # -- what comes in: in the thread of the client that reads; the return value is the answer, None is silence ------

    def later(self, client, delay, event):
        """At once, or after the delay if the connection is still the same."""
        def still():
            if self.client is client and self.connected:
                event()
        if not delay:
            event()
            return
        timer = threading.Timer(delay, still)
        timer.daemon = True
        timer.start()

    def on_message(self, client, request):
        manner = self.texts_manner
        self.received.append((request.text, request.get("ms-sender") or request.get("from"), request.tag("to") is not None))
        if manner.what == "leaving":
            client.reset()
        elif manner.what != "never":
            self.later(client, manner.delay, lambda: client.respond(request, manner.status))

    def on_notify(self, client, request):
        if self.session_of(client, request) is not None:
            return self.on_addition_news(request)
        if (request.get("event") or "").startswith("refer"):
            return self.on_refer_news(client, request)
        if request.get("event") == "conference":
            if request.body:
                self.roster.take(request.text)
            return 200
        if request.body:
            view = View(request)
            self.views[view.entity[4:]] = view
        return 200

    def call_of(self, client, request):
        return next((call for call in self.calls if call.client is client and call.audio and call.seen == "open"
                     and call.call_id == request.get("call-id")), None)

    def on_refer_news(self, client, request):
        call, status = self.call_of(client, request), int(request.text[8:11])
        if call is None:
            return 481
        client.respond(request, 200)
        if 200 <= status < 300:
            self.inside(call, "BYE", by_itself=True)
        return None

    def on_refer(self, client, request):
        call = self.call_of(client, request)
        target = re.match(r"<sip:([^@]+)@[^?>]+(?:\?Replaces=([^>]+))?>", request.get("refer-to"))
        if call is None:
            return 481
        client.respond(request, 202, ["Contact: " + client.contact()])
        self.tell_of_transfer(call, 100)
        headers = ["Referred-By: " + request.get("referred-by")]
        if target.group(2):
            headers.append("Replaces: " + unquote(target.group(2)))
        self.invite(target.group(1), audio=True, headers=headers, told_in=call)
        return None

    def on_offer(self, client, request):
        session = self.session_of(client, request)
        if session is not None:
            return self.on_session_offer(client, request, session)
        if self.call_of(client, request) is None:
            return 481
        direction = "recvonly" if "a=sendonly" in request.text else "sendrecv"
        client.respond(request, 200, body=calling.audio(49180, direction=direction), content_type="application/sdp")
        return None

    def replaced_call(self, client, request):
        """The call whose place the INVITE wants to take (RFC 3891 3)."""
        return next((call for call in self.calls if call.client is client and call.seen == "open" and request.get("replaces")
                     == "%s;to-tag=%s;from-tag=%s" % (call.call_id, tag_of(call.local), tag_of(call.remote))), None)

    def on_invite(self, client, request):
        if request.tag("to") is not None:
            return self.on_offer(client, request)
        replaced = self.replaced_call(client, request)
        if replaced is None and request.get("replaces"):
            return 481
        manner = self.calls_manner
        call = Call(client, request.get("call-id"), request.get("to") + ";tag=" + client.from_tag, request.get("from"),
                    calling.target_of(request))
        call.incoming = request
        call.audio, call.routes = "m=audio" in request.text, calling.entries(request, "record-route")
        self.calls.append(call)
        if replaced:
            self.answer_invite(call, 200)
            self.inside(replaced, "BYE", by_itself=True)
            return None
        if manner.what == "leaving":
            client.reset()
            return None
        client.respond(request, 180)
        if manner.what != "never":
            self.later(client, manner.delay, lambda: self.answer_invite(call, manner.status))
        return None

    def answer_invite(self, call, status):
        with self.lock:
            request, call.incoming = call.incoming, None
        if request is None:   # cancelled meanwhile
            return
        if status < 300:
            call.seen = "open"
        else:
            call.end("cancelled" if status == 487 else "refused")
        if status < 300 and call.audio:
            call.client.respond(request, status, body=calling.audio(49180), content_type="application/sdp")
        else:
            call.client.respond(request, status)

    def on_cancel(self, client, request):
        client.respond(request, 200)
        for call in self.calls:
            if call.client is client and call.call_id == request.get("call-id"):
                self.answer_invite(call, 487)

    def on_bye(self, client, request):
        for call in self.calls:
            if call.client is client and call.call_id == request.get("call-id"):
                call.end("ended")
                return 200
        return 481

    def sees(self):
        """State of the last call; a call ends with its connection."""
        if not self.calls:
            return "unknown"
        call = self.calls[-1]
        gone = call.client is not self.client or call.client.closed
        return "ended" if gone and call.seen in ("ringing", "open") else call.seen
