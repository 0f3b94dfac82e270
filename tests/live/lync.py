# SPDX-License-Identifier: Apache-2.0
"""A device of the Lync family in a talk: keys by NTLM, every message signed and every signature looked at, the
subscriptions that such a client has by itself, publications with versions."""
import base64
import re
import threading
import xml.etree.ElementTree as ElementTree

import conferencing
import ntlm
from device import Device
from sip import Client, Message, token

PATIENCE = 20.0
CONTAINERS = {"external": 100, "colleagues": 200, "workgroup": 300, "friends": 400, "blocked": 32000}
AVAILABILITY = {"nothing": 3500, "busy": 6500, "away": 15500, "do-not-disturb": 9500}
USER_STATE, MACHINE_STATE = 0x20000000, 0x30000000
REGISTRATION = ["Supported: gruu-10, adhoclist, msrtc-event-categories, com.microsoft.msrtc.presence",
                "Event: registration"]
FEED = ["Supported: ms-piggyback-first-notify", "Supported: ms-benotify", "Proxy-Require: ms-benotify"]
ROAMING = ('<roamingList xmlns="http://schemas.microsoft.com/2006/09/sip/roaming-self"><roaming type="categories"/>'
           '<roaming type="containers"/><roaming type="subscribers"/></roamingList>')
BATCH = ('<batchSub xmlns="http://schemas.microsoft.com/2006/01/sip/batch-subscribe" uri="sip:%s" name="">'
         '<action name="subscribe" id="1"><adhocList><resource uri="sip:%s"/></adhocList>'
         '<categoryList xmlns="http://schemas.microsoft.com/2006/09/sip/categorylist"><category name="note"/>'
         '<category name="state"/></categoryList></action></batchSub>')
STATE = ('<state xmlns="http://schemas.microsoft.com/2006/09/sip/state" manual="%s" xmlns:xsi="http://www.w3.org/2001/'
         'XMLSchema-instance" xsi:type="%s"><availability>%d</availability><endpointLocation/></state>')
NOTE = '<note xmlns="http://schemas.microsoft.com/2006/09/sip/note"><body type="personal" uri="">%s</body></note>'


def fields_of(value):
    return dict((k.lower(), a or b) for k, a, b in re.findall(r'([\w-]+)=(?:"([^"]*)"|([^,\s]+))', value or ""))


def ntlm_line(answer):
    """The challenge of NTLM among those of a 401."""
    return next((line for line in answer.headers["www-authenticate"] if line.startswith("NTLM")), None)


def plain(name):
    """An XML name without its namespace."""
    return name.rpartition("}")[2]


def numbers(element, *names):
    return tuple(int(element.get(name) or 0) for name in names)


class LyncClient(Client):
    """A connection with keys.  What the server signs wrongly, or not at all, stands in `bad`."""

    def __init__(self, server, user):
        self.session = self.new_session = None
        self.opaque = self.new_opaque = self.realm = self.target = ""
        self.shaking, self.count, self.heard, self.keys_made = False, 0, 0, 0
        self.bad = []
        super().__init__(server, user, user_agent="UCCAPI/15.0 OC/15.0 (live test)")

    def take_challenge(self, message):
        return False

    def authorization(self, message, session, opaque, extra=""):
        self.count += 1
        text = ntlm.signature_text(message, "0a1b2c3d", self.count, self.realm, self.target)
        return ('Authorization: NTLM qop="auth", opaque="%s", realm="%s", targetname="%s", %scrand="0a1b2c3d", cnum="%d", '
                'response="%s"' % (opaque, self.realm, self.target, extra, self.count, session.from_client(text)))

    def send_raw(self, data):
        data = data if isinstance(data, bytes) else data.encode()
        head, rest = data.split(b"\r\n\r\n", 1)
        if self.session and not self.shaking:
            line = self.authorization(Message(head.decode(), b""), self.session, self.opaque)
            head += b"\r\n" + line.encode()
        super().send_raw(head + b"\r\n\r\n" + rest)

    def _on(self, message):
        why = self.judge(message)
        if why:
            self.bad.append("%s: %s" % (message.start, why))
        else:
            super()._on(message)

    def judge(self, message):
        if not message.is_request and (message.status < 200 or message.status == 401):
            return None
        value = message.get("authentication-info")
        if not value:
            return "not signed" if self.session else None
        shown = fields_of(value)
        session = self.new_session if self.new_session and shown["opaque"] == self.new_opaque else self.session
        if session is None or shown["opaque"] not in (self.opaque, self.new_opaque):
            return "signed with other keys"
        number = int(shown["snum"])
        text = ntlm.signature_text(message, shown["srand"], number, self.realm, self.target)
        if session.from_server(text) != shown["rspauth"].lower():
            return "a wrong signature"
        if session is self.new_session and session is not self.session:
            self.session, self.opaque, self.new_session, self.heard = session, self.new_opaque, None, 0
            self.shaking, self.keys_made = False, self.keys_made + 1
        if number <= self.heard:
            return "a number that was used before"
        self.heard = number
        return None

    def sign_in(self, contact):
        """Registers; makes keys where there are none, or new ones while `shaking`."""
        def register(*lines):
            self.register_cseq += 1
            return self.request("REGISTER", "sip:example.com", to="<sip:%s>" % self.address, call_id=self.register_call,
                                cseq=self.register_cseq, headers=["Contact: " + contact, *REGISTRATION, *lines])
        if self.session and not self.shaking:
            return register()
        self.shaking = True
        answer = register()
        offered = fields_of(ntlm_line(answer))
        self.realm, self.target = offered["realm"], offered["targetname"]
        answer = register('Authorization: NTLM qop="auth", realm="%s", targetname="%s", gssapi-data="", version=4'
                          % (self.realm, self.target))
        told = fields_of(ntlm_line(answer))
        proof, session = ntlm.authenticate(base64.b64decode(told["gssapi-data"]), self.address, self.password)
        self.new_opaque, self.count = told["opaque"], 0
        # The signature covers the number of the REGISTER, which is written with the next one.
        self.register_cseq += 1
        head = self.build("REGISTER", "sip:example.com", self.register_call, self.register_cseq,
                          "<sip:%s>" % self.address, ["Contact: " + contact, *REGISTRATION])
        line = self.authorization(Message(head.decode().split("\r\n\r\n")[0], b""), session, self.new_opaque,
                                  'gssapi-data="%s", version=4, ' % base64.b64encode(proof).decode())
        self.new_session = session
        self.send_raw(head.replace(b"\r\n\r\n", b"\r\n" + line.encode() + b"\r\n\r\n", 1))
        answer = self.final(self.register_call, self.register_cseq, "REGISTER")
        self.shaking = False
        return answer


class LyncView:
    """What a watcher was shown of one person; each category replaces what was known of it."""

    def __init__(self):
        self.availability, self.notes, self.token = 0, [], None
        self.words = []          # of an activity of his own: (LCID, text) in their order

    def take(self, document):
        for category in document:
            if category.get("name") == "note":
                self.notes = [body.text for body in category.iter() if plain(body.tag) == "body"]
            if category.get("name") == "state":
                for element in category.iter():
                    if plain(element.tag) == "availability":
                        self.availability = int(element.text)
                tokens = [element.get("token") for element in category.iter() if plain(element.tag) == "activity"]
                self.token = tokens[0] if tokens else None
                self.words = [(one.get("LCID"), one.text) for one in category.iter() if plain(one.tag) == "custom"]

    def shows(self, word):
        low, high = {"offline": (18000, 99999), "online": (3000, 6000), "busy": (6000, 9000), "away": (15000, 18000),
                     "do-not-disturb": (9000, 12000), "on-the-phone": (6000, 9000)}[word]
        return low <= self.availability < high and (self.token == "on-the-phone") == (word == "on-the-phone")

    def __repr__(self):
        return "<availability=%d token=%s notes=%s>" % (self.availability, self.token, self.notes)


class LyncDevice(conferencing.Lync, Device):
    def __init__(self, server, user):
        Device.__init__(self, server, user)
        conferencing.Lync.__init__(self)
        self.sessions = True
        self.number = int(token(3), 16)
        self.contacts, self.versions, self.conflicts = set(), {}, 0
        self.forgetful = False   # of the versions
        self.ready = threading.Event()           # the subscriptions stand, and the device has published itself
        self.dialogs = {}                        # by Call-ID: the event
        self.batch = None                        # call-id, To, target and number of the subscription to people
        self.publishing = threading.Lock()

    def make_client(self):
        self.ready.clear()
        self.batch, self.dialogs, self.versions = None, {}, {}
        return LyncClient(self.server, self.user)

    def connect(self):
        known = self.client
        super().connect()
        if self.client is not known:
            self.client.answers["BENOTIFY"] = self.on_benotify

    def register(self, password, seconds=600, renew=False):
        self.connect()
        client = self.client
        client.password = password
        client.shaking = renew
        contact = '%s;expires=%d;+sip.instance="<urn:uuid:%s>";methods="INVITE, MESSAGE, INFO, BYE, CANCEL, ACK, BENOTIFY"' % (
            client.contact(), seconds, self.instance)

        def work():
            answer = client.sign_in(contact)
            if answer.status == 200 and seconds and not self.dialogs:
                threading.Thread(target=self.open_feeds, args=(client,), daemon=True).start()
            return answer
        self.ask("REGISTER", work)

    def subscribe(self, client, event, headers, body, call_id=None, to=None, target=None, cseq=1):
        own = "sip:" + client.address
        call_id = call_id or token()
        self.dialogs[call_id] = event
        return call_id, client.request("SUBSCRIBE", target or own, to=to or "<%s>" % own, call_id=call_id, cseq=cseq,
                                       headers=["Event: " + event, "Contact: " + client.contact(), *FEED, *headers], body=body)

    def open_feeds(self, client):
        try:
            self.subscribe_and_publish(client)
            self.ready.set()
        except OSError:
            pass   # signed out, or cut off, before all of it stood: whoever waits for `ready` notices

    def subscribe_and_publish(self, client):
        for event, headers, body in (("vnd-microsoft-roaming-contacts", [], ""),
                                     ("vnd-microsoft-roaming-self",
                                      ["Content-Type: application/vnd-microsoft-roaming-self+xml"], ROAMING)):
            _, answer = self.subscribe(client, event, headers, body)
            self.read(answer)
        device = ('<device xmlns="http://schemas.microsoft.com/2006/09/sip/device" endpointId="e%d"><capabilities preferred='
                  '"false" uri="sip:%s"><text capture="true" render="true" publish="false"/></capabilities></device>')
        self.publish_pieces(client, [("device", self.number, 2, "endpoint", device % (self.number, client.address)),
                                     *self.states(AVAILABILITY["nothing"])])

    def states(self, availability):
        return [piece for container in (2, 3) for piece in (
            ("state", MACHINE_STATE | self.number, container, "endpoint", STATE % ("false", "machineState", availability)),
            ("state", USER_STATE, container, "static", STATE % ("true", "userState", availability)))]

    def service(self, client, content_type, body):
        own = "sip:" + client.address
        return client.request("SERVICE", own, body=body, content_type=content_type,
                              headers=["Contact: " + client.contact()])

    def publish_pieces(self, client, pieces):
        """Until it is settled, as such a client does; the real one without end."""
        for _ in range(12):
            known = {} if self.forgetful else self.versions
            self.forgetful = False
            body = "".join('<publication categoryName="%s" instance="%d" container="%d" version="%d" expireType="%s"%s' % (
                *piece[:3], known.get(piece[:3], 0), piece[3],
                ">%s</publication>" % piece[4] if piece[4] else ' expires="0"/>') for piece in pieces)
            answer = self.service(client, "application/msrtc-category-publish+xml",
                                  '<publish xmlns="http://schemas.microsoft.com/2006/09/sip/rich-presence"><publications '
                                  'uri="sip:%s">%s</publications></publish>' % (client.address, body))
            if answer.status != 409:
                if answer.body:
                    self.read(answer)
                return answer
            self.conflicts += 1
            for one in ElementTree.fromstring(answer.text).iter():
                if plain(one.tag) == "operation":
                    index, version = numbers(one, "index", "curVersion")
                    self.versions[pieces[index - 1][:3]] = version
        return answer

    def publish(self, address, word, note, seconds=300):
        client = self.client
        notes = [("note", 0, container, "static", NOTE % note if note else None) for container in (200, 300, 400)]
        pieces = [*self.states(AVAILABILITY[word]), *notes]

        def work():
            self.ready.wait(PATIENCE)
            with self.publishing:
                return self.publish_pieces(client, pieces)
        self.ask("SERVICE", work)

    def forget_versions(self):
        """The next publication says versions that are wrong, whatever notice comes before it.  What conflicts there were at
        sign-in, when another endpoint published at the same moment, does not count."""
        self.ready.wait(PATIENCE)
        with self.publishing:
            self.forgetful, self.conflicts = True, 0

    def watch(self, address):
        client = self.client

        def work():
            self.ready.wait(PATIENCE)
            headers = ["Require: adhoclist, categoryList", "Supported: eventlist",
                       "Accept: application/rlmi+xml, multipart/related, application/msrtc-event-categories+xml",
                       "Content-Type: application/msrtc-adrl-categorylist+xml"]
            body = BATCH % (client.address, address)
            if self.batch:
                self.batch["cseq"] += 1
                _, answer = self.subscribe(client, "presence", headers, body, **self.batch)
            else:
                call_id, answer = self.subscribe(client, "presence", headers, body)
                target = re.search("<([^>]+)>", answer.get("contact") or "<>")
                self.batch = {"call_id": call_id, "to": answer.get("to"), "target": target and target.group(1), "cseq": 1}
            self.read(answer)
            return answer
        self.ask("SUBSCRIBE", work)

    def change_contact(self, address, stands):
        client = self.client
        text = ('<m:setContact xmlns:m="http://schemas.microsoft.com/winrtc/2002/11/sip"><m:displayName/><m:groups>1 '
                '</m:groups><m:subscribed>true</m:subscribed><m:URI>sip:%s</m:URI><m:externalURI/><m:deltaNum>1</m:deltaNum>'
                '</m:setContact>' if stands else
                '<m:deleteContact xmlns:m="http://schemas.microsoft.com/winrtc/2002/11/sip"><m:URI>sip:%s</m:URI>'
                '<m:deltaNum>1</m:deltaNum></m:deleteContact>') % address
        body = ('<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Body>%s'
                '</SOAP-ENV:Body></SOAP-ENV:Envelope>' % text)
        self.ask("SERVICE", lambda: self.service(client, "application/SOAP+xml", body))

    def set_level(self, address, level):
        client = self.client
        body = ('<setContainerMembers xmlns="http://schemas.microsoft.com/2006/09/sip/container-management"><container '
                'id="%d" version="0"><member action="add" type="user" value="%s"/></container></setContainerMembers>' % (
                    CONTAINERS[level], address))
        self.ask("SERVICE", lambda: self.service(client, "application/msrtc-setcontainermembers+xml", body))

    def shows(self, address, state):
        view = self.views.get(address)
        return view is not None and view.shows(state)

    # -- conferences: what comes in ----------------------------------------------------------------------------------

    def on_invite(self, client, request):
        if request.get("content-type") == "application/ms-conf-invite+xml":
            return self.on_conference_invite(client, request)
        return super().on_invite(client, request)

    def on_bye(self, client, request):
        return 200 if self.on_focus_bye(request) else super().on_bye(client, request)

    # -- documents ---------------------------------------------------------------------------------------------------

    def on_benotify(self, request):
        if request.body:
            self.read(request)
        return None   # no answer

    def read(self, message):
        """Takes in what an answer or notification brings."""
        text = message.text
        if "<conference-info" in text and self.roster:
            self.roster.take(text)
        for document in re.findall(r"<categories .*?</categories>", text, re.S) if "<roamingData" not in text else ():
            root = ElementTree.fromstring(document)
            self.views.setdefault(root.get("uri")[4:], LyncView()).take(root)
        if "<roamingData" in text:
            self.read_self(ElementTree.fromstring(text))
        if "<contactList" in text or "<contactDelta" in text:
            self.read_contacts(ElementTree.fromstring(text))

    def read_self(self, root):
        pieces = [element for element in root.iter() if plain(element.tag) == "category"]
        named = {element.get("name") for element in pieces}
        versions = {name: version for name, version in self.versions.items() if name[0] not in named}
        for element in pieces:
            if element.get("instance") is not None:
                instance, container, version = numbers(element, "instance", "container", "version")
                versions[element.get("name"), instance, container] = version
        self.versions = versions

    def read_contacts(self, root):
        if plain(root.tag) == "contactList":
            self.contacts = set()
        for element in root:
            address = re.sub("^sip:", "", element.get("uri") or "")
            if plain(element.tag) in ("contact", "addedContact", "modifiedContact"):
                self.contacts.add(address)
            if plain(element.tag) == "deletedContact":
                self.contacts.discard(address)
