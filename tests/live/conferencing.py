# SPDX-License-Identifier: Apache-2.0
"""Conferences of talks: what a device of the standards (RFC 4579) and one of the Lync family ([MS-CONFBAS]) do in them."""
import re
import threading
import types
import xml.etree.ElementTree as ElementTree

from sip import token
from watching import Subscription

PATIENCE = 70.0
CCCP = ('<?xml version="1.0"?><request xmlns="urn:ietf:params:xml:ns:cccp" xmlns:mscp="http://schemas.microsoft.com/rtc/2005/'
        '08/cccpextensions" C3PVersion="1" to="%s" from="sip:%s" requestId="1">%s</request>')
INFO = 'xmlns:ci="urn:ietf:params:xml:ns:conference-info"'
EXTENSIONS = 'xmlns:msci="http://schemas.microsoft.com/rtc/2005/08/confinfoextensions"'
ADD_CONFERENCE = ('<addConference><ci:conference-info %s entity="" %s><ci:conference-description><ci:subject/>'
                  '<msci:conference-id>%%s</msci:conference-id><msci:admission-policy>openAuthenticated'
                  '</msci:admission-policy></ci:conference-description><msci:conference-view><msci:entity-view '
                  'entity="chat"/></msci:conference-view></ci:conference-info></addConference>' % (INFO, EXTENSIONS))
ADD_USER = ('<addUser><conferenceKeys confEntity="%%s"/><ci:user %s entity="sip:%%s"><ci:roles><ci:entry>attendee</ci:entry>'
            '</ci:roles><ci:endpoint entity="{%%s}" %s/></ci:user></addUser>' % (INFO, EXTENSIONS))
USER_KEYS = '<userKeys confEntity="%s" userEntity="sip:%s"/>'
ROLES = '<user-roles xmlns="urn:ietf:params:xml:ns:conference-info"><entry>presenter</entry></user-roles>'
COMMANDS = {
    "lock": '<modifyConferenceLock><conferenceKeys confEntity="%s"/><locked>true</locked></modifyConferenceLock>',
    "unlock": '<modifyConferenceLock><conferenceKeys confEntity="%s"/><locked>false</locked></modifyConferenceLock>',
    "end_conference": '<deleteConference><conferenceKeys confEntity="%s"/></deleteConference>',
    "make_leader": "<modifyUserRoles>" + USER_KEYS + ROLES + "</modifyUserRoles>",
    "put_out": "<deleteUser>" + USER_KEYS + "</deleteUser>"}
INVITE = ('<Conferencing version="2.0"><focus-uri>%s</focus-uri><subject/><im available="true"><first-im/></im>'
          '</Conferencing>')
DOCUMENT = "application/conference-info+xml"


def plain(name):
    return name.rpartition("}")[2]


class Roster:
    """Who is in, as documents of either dialect tell (RFC 4575): address -> (role, devices that take messages)."""

    def __init__(self):
        self.people, self.unit = {}, None

    def take(self, text):
        root = ElementTree.fromstring(text)
        if root.get("state", "full") == "full":
            self.people = {}
        for entry in root.iter():
            parts = {plain(child.tag): child.text for child in entry}
            if plain(entry.tag) == "entry" and parts.get("purpose") == "chat":
                self.unit = parts["uri"]
        for user in (one for one in root.iter() if plain(one.tag) == "user"):
            address = user.get("entity")[4:]
            role = next((one.text for one in user.iter() if plain(one.tag) == "entry"), "")
            chats = sum(1 for one in user.iter() if plain(one.tag) == "media")
            if user.get("state") == "deleted":
                self.people.pop(address, None)
            else:
                self.people[address] = (role, chats)

    def inside(self):
        return {address for address, (_, chats) in self.people.items() if chats}


class Standard:
    """Of a device: needs what Device has."""

    def make_conference(self):
        self.invite("conference")

    def enter(self, fact):
        self.invite(fact["join_uri"][4:].partition("@")[0])

    def tell(self, fact, text):
        self.page(fact["join_uri"][4:].partition("@")[0], text)

    def refer(self, call, address, method=""):
        self.outcome = None
        self.inside(call, "REFER", headers=["Refer-To: <sip:%s%s>" % (address, method), "Contact: " + call.client.contact()])

    def add(self, call, fact, address):
        self.refer(call, address)

    def command(self, call, fact, verb, address):
        if verb != "put_out":
            return "a standard client has no word for it"
        self.refer(call, address, ";method=BYE")
        return None

    def leave(self, call, fact):
        self.inside(call, "BYE")

    def watch_conference(self, fact):
        client = self.client

        def work():
            self.roster = Roster()
            self.roster_watch = Subscription(client, fact["join_uri"], "conference", accept=DOCUMENT)
            return self.roster_watch.answer
        self.ask("SUBSCRIBE", work)

    def session_of(self, client, request):
        return next((call for call in self.calls if call.client is client and not call.audio and call.seen == "open"
                     and call.call_id == request.get("call-id")), None)

    def on_session_offer(self, client, request, call):
        """The session goes on as a conference: its address is the new target."""
        call.target = re.search("<([^>]+)>", request.get("contact")).group(1)
        client.respond(request, 200, body=client.sdp(), content_type="application/sdp")

    def on_addition_news(self, request):
        if "terminated" in request.get("subscription-state"):
            self.outcome = int(request.text[8:11])
        return 200


class Lync(Standard):
    """The same for a device of the Lync family."""

    def __init__(self):
        self.rooms = {}                          # focus address: call-id, local, remote, number of the dialog

    def cccp(self, client, method, target, content, call_id=None, to=None, local=None, cseq=1):
        answer = client.request(method, target, to=to or "<%s>" % target, call_id=call_id or token(), cseq=cseq,
                                from_=local, body=CCCP % (target, client.address, content),
                                content_type="application/cccp+xml", headers=["Contact: " + client.contact()],
                                patience=PATIENCE)
        if answer.status == 200 and 'code="success"' not in answer.text:
            return types.SimpleNamespace(status=403, text=answer.text, get=answer.get)
        return answer

    def make_conference(self, first=None):
        client = self.client
        known = next((call for call in self.calls if call.seen == "open" and first and first in call.remote + call.local),
                     None)

        def work():
            name = "".join("%08X" % int(token(4), 16) for _ in range(4))
            factory = "sip:%s;gruu;opaque=app:conf:focusfactory" % client.address
            answer = self.cccp(client, "SERVICE", factory, ADD_CONFERENCE % name)
            if answer.status != 200:
                return answer
            focus = re.search('entity="(sip:[^"]*focus:id[^"]*)"', answer.text).group(1)
            answer = self.go_in(client, focus)
            if answer.status == 200 and first:
                self.ask("INVITE", lambda: self.ask_guest(client, focus, first, known), by_itself=True)
            return answer
        self.ask("INVITE", work)

    def enter(self, fact):
        client = self.client
        self.ask("INVITE", lambda: self.go_in(client, fact["focus_uri"]))

    def go_in(self, client, focus):
        """Focus, subscription, unit."""
        call_id, local = token(), "<sip:%s>;tag=%s" % (client.address, token())
        answer = self.cccp(client, "INVITE", focus, ADD_USER % (focus, client.address, token()), call_id, local=local)
        client.send_raw(client.build("ACK", focus, call_id, 1, answer.get("to"), from_=local))
        if answer.status != 200:
            return answer
        self.rooms[focus] = {"call_id": call_id, "local": local, "to": answer.get("to"), "cseq": 1}
        self.roster = Roster()
        _, document = self.subscribe(client, "conference", ["Accept: " + DOCUMENT], "", to="<%s>" % focus, target=focus)
        if document.status == 200:
            self.roster.take(document.text)
        return self.go_to_unit(client, self.roster.unit)

    def go_to_unit(self, client, unit):
        call = self.new_call(client, unit)
        return self.carry_invite(call, ["Supported: ms-sender"])

    def ask_guest(self, client, focus, address, known=None):
        call_id = token()
        answer = client.request("INVITE", "sip:" + address, to="<sip:%s>" % address, call_id=call_id, body=INVITE % focus,
                                content_type="application/ms-conf-invite+xml", patience=PATIENCE,
                                headers=["Supported: ms-sender", "Contact: " + client.contact()])
        client.send_raw(client.build("ACK", "sip:" + address, call_id, answer.cseq[0], answer.get("to")))
        if answer.status == 200 and known is not None and known.seen == "open":
            self.inside(known, "BYE", by_itself=True)
        return answer

    def add(self, call, fact, address):
        client = self.client
        self.ask("INVITE", lambda: self.ask_guest(client, fact["focus_uri"], address))

    def command(self, call, fact, verb, address):
        client, focus = self.client, fact["focus_uri"]
        form = COMMANDS[verb]
        content = form % ((focus, address) if address else (focus,))
        room = self.rooms[focus]
        room["cseq"] += 1
        self.ask("INFO", lambda: self.cccp(client, "INFO", focus, content, **room))

    def leave(self, call, fact):
        client, focus = self.client, fact["focus_uri"]
        room = self.rooms.pop(focus)

        def work():
            client.request("SUBSCRIBE", focus, to="<%s>" % focus, call_id=token(), body="",
                           headers=["Event: conference", "Expires: 0", "Contact: " + client.contact()])
            return client.request("BYE", focus, to=room["to"], call_id=room["call_id"], cseq=room["cseq"] + 1,
                                  from_=room["local"])
        self.ask("BYE", work)
        self.inside(call, "BYE", by_itself=True)

    def on_conference_invite(self, client, request):
        client.respond(request, 200)
        focus = re.search("<focus-uri>([^<]+)<", request.text).group(1)
        if focus not in self.rooms:
            threading.Thread(target=self.go_in, args=(client, focus), daemon=True).start()

    def on_focus_bye(self, request):
        """True: it was the dialog with a focus."""
        for focus, room in list(self.rooms.items()):
            if room["call_id"] == request.get("call-id"):
                del self.rooms[focus]
                return True
        return False


class Stage:
    """Of a stage: needs `server`, `device`, `came`."""

    def act_in_conference(self, step):
        words = {"admin_locks": "lock", "admin_unlocks": "unlock", "admin_ends": "end"}
        if step.verb == "admin_makes":
            self.server.run("conference", "create", step.other + "@example.com", "--size", str(step.numbers[0]))
            return None
        fact = self.fact()
        if step.verb in words:
            self.server.run("conference", words[step.verb], organizer_of(fact), fact["id"])
            return None
        device, address = self.device(step.who), step.other + "@example.com" if step.other else ""
        if step.verb == "make_conference":
            device.make_conference()
        elif step.verb == "take_along":
            device.make_conference(address)
        elif step.verb == "enter":
            device.enter(fact)
        elif step.verb == "tell":
            device.tell(fact, step.text)
        elif step.verb == "watch_conference":
            device.watch_conference(fact)
        elif device.sees() != "open":
            return "the call is " + device.sees()
        elif step.verb == "add":
            device.add(device.calls[-1], fact, address)
        elif step.verb == "leave":
            device.leave(device.calls[-1], fact)
        else:
            return device.command(device.calls[-1], fact, step.verb, address)
        return None

    def fact(self):
        """What the administrator is shown of the last conference; as it was when it has ended."""
        facts = self.server.run("conference", "list")
        if facts:
            self.last_fact = max(facts, key=lambda one: one["created"])
        return self.last_fact

    def await_sees_people(self, step):
        device, wanted = self.device(step.who), {person + "@example.com" for person in step.people}
        return None if self.came(lambda: device.roster and device.roster.inside() == wanted) else "was shown %s" % (
            device.roster and device.roster.people)

    def await_sees_role(self, step):
        device, address = self.device(step.who), step.other + "@example.com"

        def shown():
            role = device.roster.people.get(address, ("", 0))[0]
            return role != "" and (role == "attendee") == (step.word == "member")
        return None if self.came(shown) else "was shown %s" % device.roster.people

    def await_told_addition(self, step):
        device = self.device(step.who)
        return None if self.came(lambda: device.outcome == step.numbers[0]) else "was told %s" % device.outcome

    def await_receive_room(self, step):
        device = self.device(step.who)
        if not self.came(lambda: device.received):
            return "received nothing, not even '%s'" % step.text
        text, sender, _ = device.received.pop(0)
        if "sip:%s@" % step.other in sender and text == step.text:   # named apart from what is said
            return None
        return None if text == step.other.capitalize() + ": " + step.text else "received '%s' from %s" % (text, sender)

    def await_room_record(self, step):
        fact, wanted = self.fact(), {person + "@example.com" for person in step.people}

        def names():
            rows = self.server.run("cdr", "list", "conferences", "--user", organizer_of(fact))
            shown = [self.server.run("cdr", "show", row["id"]) for row in rows if row["conference_id"] == fact["id"]]
            return {join["user"] for row in shown for join in row["joins"] if join["response_code"] == 200}
        return None if self.came(lambda: names() == wanted) else "the record names %s" % sorted(names())


def organizer_of(fact):
    return fact["join_uri"][4:].split(".")[1] + "@example.com"
