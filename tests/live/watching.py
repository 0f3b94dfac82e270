# SPDX-License-Identifier: Apache-2.0
"""The watcher's side of RFC 6665 for the live tests: one subscription, what its notifications say, and lists of people."""
import re
import xml.etree.ElementTree as ElementTree

from sip import token

PIDF = "{urn:ietf:params:xml:ns:pidf}"
RPID = "{urn:ietf:params:xml:ns:pidf:rpid}"
XML = "{http://www.w3.org/XML/1998/namespace}"
LIST_TYPE = "application/resource-lists+xml"


def resource_list(*uris):
    """A flat list of people (RFC 4826)."""
    return ('<?xml version="1.0" encoding="UTF-8"?><resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list>%s'
            "</list></resource-lists>" % "".join('<entry uri="%s"/>' % uri for uri in uris))


class Subscription:
    """A dialog begun with SUBSCRIBE.  `answer` is the final response; the rest is there when it is 200."""

    def __init__(self, client, uri, event="presence", expires=600, accept="application/pidf+xml", headers=(), body="",
                 content_type=None):
        self.client, self.uri, self.event, self.accept = client, uri, event, accept
        self.call_id, self.cseq = token(), 1
        self.answer = client.request("SUBSCRIBE", uri, call_id=self.call_id, body=body, content_type=content_type,
                                     headers=self.headers(expires) + list(headers))
        self.cseq = self.answer.cseq[0]

    def headers(self, expires):
        return ["Contact: " + self.client.contact(), "Event: " + self.event, "Expires: %d" % expires,
                "Accept: " + self.accept]

    def again(self, expires):
        self.cseq += 1
        target = re.search(r"<([^>]+)>", self.answer.get("contact")).group(1)
        answer = self.client.request("SUBSCRIBE", target, to=self.answer.get("to"), call_id=self.call_id, cseq=self.cseq,
                                     headers=self.headers(expires))
        self.cseq = answer.cseq[0]
        return answer

    def notified(self, patience=10.0, where=lambda _: True):
        """The next notification of this subscription."""
        return self.client.take("NOTIFY", patience, lambda n: n.get("call-id") == self.call_id and where(n))

    def until(self, wanted, patience=10.0):
        """Takes notifications until `wanted(view)` holds; returns that view."""
        return View(self.notified(patience, lambda n: n.body and wanted(View(n))))


class View:
    """What a PIDF document tells a person."""

    def __init__(self, notify):
        self.notify = notify
        root = ElementTree.fromstring(notify.text)
        self.entity = root.get("entity")
        self.basic = [status.text for status in root.iter(PIDF + "basic")]
        self.open = "open" in self.basic
        self.activities = [child.tag.replace(RPID, "") for one in root.iter(RPID + "activities") for child in one]
        self.own_words = [(one.get(XML + "lang"), one.text) for one in root.iter(RPID + "other")]
        self.notes = [note.text for note in root.iter() if note.tag.endswith("}note") and note.text]
        self.idle = any(one.text == "idle" for one in root.iter(RPID + "user-input"))

    def __repr__(self):
        return "<open=%s activities=%s notes=%s idle=%s>" % (self.open, self.activities, self.notes, self.idle)


def document(address, activity=None, note=None, basic="open", idle=False):
    """A PIDF as phones publish it."""
    person = ""
    if activity:
        person += "<rpid:activities><rpid:%s/></rpid:activities>" % activity
    if idle:
        person += "<rpid:user-input>idle</rpid:user-input>"
    if note is not None:
        person += "<dm:note>%s</dm:note>" % note
    return ('<?xml version="1.0" encoding="UTF-8"?><presence xmlns="urn:ietf:params:xml:ns:pidf" '
            'xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid" '
            'entity="sip:%s"><tuple id="t1"><status><basic>%s</basic></status></tuple>'
            '<dm:person id="p1">%s</dm:person></presence>' % (address, basic, person))


class Publication:
    """One piece of event state (RFC 3903)."""

    def __init__(self, client):
        self.client, self.tag = client, None

    def send(self, body="", expires=600, tag=None, headers=()):
        tag = tag if tag is not None else self.tag
        lines = ["Event: presence", "Expires: %d" % expires] + (["SIP-If-Match: " + tag] if tag else []) + list(headers)
        answer = self.client.request("PUBLISH", "sip:" + self.client.address, headers=lines, body=body,
                                     content_type="application/pidf+xml" if body else None)
        if answer.status == 200:
            self.tag = answer.get("sip-etag")
        return answer
