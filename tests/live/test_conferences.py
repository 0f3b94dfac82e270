# SPDX-License-Identifier: Apache-2.0
"""Conferences of standard clients: a chat that grows where it is, factory and lists, single messages, roster, rights, restart."""
import http.client
import json
import re
import ssl
import threading
import unittest
import urllib.parse
import xml.etree.ElementTree as ElementTree

import conferencing
import live
from lync import LyncClient
from server import eventually
from sip import token
from test_sessions import Session
from watching import LIST_TYPE, Subscription, resource_list

INFO = "{urn:ietf:params:xml:ns:conference-info}"


def people_in(notify):
    """user -> (state, role, connected) of one document."""
    root = ElementTree.fromstring(notify.text)
    people = {}
    for user in root.iter(INFO + "user"):
        name = user.get("entity").replace("sip:", "").partition("@")[0]
        role = user.findtext(INFO + "roles/" + INFO + "entry")
        connected = "connected" in [status.text for status in user.iter(INFO + "status")]
        people[name] = (user.get("state"), role, connected)
    return root.get("state"), int(root.get("version")), people


class Conferences(live.Case):
    users = ("alice", "bob", "carol", "dave", "erin")

    def device(self, user, *features):
        client = self.client(user)
        self.addCleanup(client.close)
        self.assertEqual(client.register(contact=client.contact() + "".join(";" + f for f in features)).status, 200)
        return client

    def two(self):
        alice, bob = self.device("alice", "+sip.message"), self.device("bob", "+sip.message")
        answer, hers = Session.open(alice, "bob")
        self.assertEqual(answer.status, 200)
        his = Session.answered(bob, bob.take("INVITE"))
        bob.take("ACK")
        return alice, bob, hers, his

    def refer(self, session, who, method="", sub=True):
        to = "<sip:%s@example.com%s>" % (who, ";method=" + method if method else "")
        headers = ["Refer-To: " + to, "Contact: " + session.client.contact()] + ([] if sub else ["Refer-Sub: false"])
        return session.request("REFER", headers=headers)

    def refer_to(self, client, conference, who):
        """Outcome of a REFER outside of a dialog."""
        answer = client.request("REFER", conference, headers=["Refer-To: <sip:%s@example.com>" % who, "Contact: " + client.contact()])
        self.assertEqual(answer.status, 202, answer.headers)
        return self.outcome(client)

    def outcome(self, client):
        """Status in the last NOTIFY of a REFER."""
        while True:
            notify = client.take("NOTIFY", 20)
            if "terminated" in notify.get("subscription-state"):
                return int(re.match(r"SIP/2\.0 (\d+)", notify.text).group(1))

    def grown(self):
        """Alice and Bob in a chat, Carol added by Alice; nobody's dialog ends."""
        alice, bob, hers, his = self.two()
        self.assertEqual(hers.say("only for bob").status, 200)
        self.assertEqual(bob.take("MESSAGE").text, "only for bob")
        carol = self.device("carol", "+sip.message")
        self.assertEqual(self.refer(hers, "carol").status, 202)
        invite = carol.take("INVITE")
        self.assertIn("isfocus", invite.get("contact"))
        self.assertIn("conference", invite.get("from"))
        carols = Session.answered(carol, invite)
        carol.take("ACK")
        self.assertEqual(self.outcome(alice), 200)
        return (alice, bob, carol), (hers, his, carols)

    def test_a_chat_grows_where_it_is(self):
        (alice, bob, carol), (hers, his, carols) = self.grown()
        for client in (alice, bob):   # told by a new INVITE in the dialog that stands
            self.assertIn("isfocus", client.take("INVITE").get("contact"))
        for speaker, session, others in (("Alice", hers, (bob, carol)), ("Bob", his, (alice, carol)), ("Carol", carols, (alice, bob))):
            self.assertEqual(session.say("I am here").status, 200)
            for other in others:
                self.assertEqual(other.take("MESSAGE").text, speaker + ": I am here")
        self.assertTrue(carol.nothing("MESSAGE", 0.3))    # nothing of what was said before
        self.assertTrue(alice.nothing("BYE", 0.1))
        listed = self.server.run("conversation", "list")
        one = [c for c in listed if c["mode"] == "conference"][0]
        self.assertEqual(len(one["participants"]), 3)
        self.assertEqual(self.server.run("conversation", "show", str(one["id"]))["conference"], one["conference"])
        for session in (carols, his, hers):
            self.assertEqual(session.request("BYE").status, 200)
        record = self.server.run("cdr", "list", "--user", "bob@example.com", "--limit", "1")[0]

        def closed():    # rows are written behind the answers
            told = self.server.run("cdr", "show", record["id"])
            return told if told["became"] and sum(told["became"][0]["messages"].values()) == 3 else None
        story = eventually(closed, what="everybody's row is closed")
        self.assertEqual((story["user1_message_count"], len(story["became"])), (1, 1))
        became = story["became"][0]
        self.assertEqual(became["conversation"], story["conversation"])
        self.assertEqual(became["messages"], {"alice@example.com": 1, "bob@example.com": 1, "carol@example.com": 1})
        self.assertEqual(sorted(join["user"][0] for join in became["joins"]), ["a", "b", "c"])
        self.assertTrue(all(join["leave_time"] for join in became["joins"]))
        of_it = self.server.run("cdr", "show", became["id"])
        self.assertEqual(of_it["began_as"]["id"], story["id"])
        self.server.run("conference", "end", "alice@example.com", became["conference_id"])

    def create(self, client, headers=(), body=None, content_type=None):
        uri, call_id = "sip:conference@example.com", token()
        answer = client.request("INVITE", uri, call_id=call_id, body=body or client.sdp(),
                                content_type=content_type or "application/sdp",
                                headers=["Contact: " + client.contact(), *headers])
        if answer.status != 200:
            return answer, None
        target = re.search(r"<([^>]+)>", answer.get("contact")).group(1)
        session = Session(client, uri, call_id, '<sip:%s>;tag=%s' % (client.address, client.from_tag), answer.get("to"), target,
                          answer.cseq[0])
        client.send_raw(client.build("ACK", target, call_id, answer.cseq[0], answer.get("to")))
        return answer, session

    def facts(self, organizer="alice"):
        return max(self.server.run("conference", "list", organizer + "@example.com"), key=lambda one: one["created"])

    def enter(self, client, fact):
        user = fact["join_uri"].replace("sip:", "").partition("@")[0]
        return Session.open(client, user)

    def test_factory_roster_lock_eject_and_end(self):
        alice = self.device("alice", "+sip.message")
        answer, hers = self.create(alice, ["Subject: Budget"])
        self.assertEqual(answer.status, 200, answer.headers)
        self.assertIn("isfocus", answer.get("contact"))
        fact = self.facts()
        self.assertEqual((fact["subject"], fact["members"]), ("Budget", 1))
        watch = Subscription(alice, hers.target, "conference", accept="application/conference-info+xml")
        self.assertEqual(watch.answer.status, 200, watch.answer.headers)
        state, version, people = people_in(watch.notified())
        self.assertEqual((state, people), ("full", {"alice": ("full", "organizer", True)}))
        bob = self.device("bob", "+sip.message")
        answer, his = self.enter(bob, fact)
        self.assertEqual(answer.status, 200, answer.headers)
        state, newer, people = people_in(watch.notified(where=lambda n: "bob@" in n.text))
        self.assertEqual((state, newer > version, people["bob"][2]), ("partial", True, True))
        self.server.run("conference", "lock", "alice@example.com", fact["id"])
        dave = self.device("dave", "+sip.message")
        refused, _ = self.enter(dave, fact)
        self.assert_refused(refused, 403, 52354)
        self.server.run("conference", "unlock", "alice@example.com", fact["id"])
        self.assertEqual(self.enter(dave, fact)[0].status, 200)
        self.server.run("conference", "eject", "alice@example.com", fact["id"], "dave@example.com")
        dave.take("BYE")
        self.assert_refused(self.enter(dave, fact)[0], 403)
        # Bob may write, but not put anybody out.
        self.assertEqual(his.say("hello").status, 200)
        self.assertEqual(alice.take("MESSAGE").text, "Bob: hello")
        self.assertEqual(self.refer(his, "alice", "BYE").status, 202)
        self.assertEqual(self.outcome(bob), 403)
        self.server.run("conference", "end", "alice@example.com", fact["id"])
        for client in (alice, bob):
            client.take("BYE")
        self.assert_refused(self.enter(bob, fact)[0], 404, 52351)

    def test_a_list_in_a_refer(self):
        """RFC 5368: Alice adds two to her chat with Bob, then puts one of them out for another."""
        alice, bob, hers, his = self.two()
        carol, dave, erin = (self.device(user, "+sip.message") for user in ("carol", "dave", "erin"))
        pointer = ["Require: multiple-refer, norefersub", "Refer-Sub: false", "Refer-To: <cid:1@phone>", "Content-ID: <1@phone>",
                   "Content-Disposition: recipient-list", "Contact: " + alice.contact()]

        def refer(*people):
            answer = hers.request("REFER", resource_list(*people), LIST_TYPE, pointer)
            self.assertEqual((answer.status, answer.get("refer-sub")), (202, "false"), answer.headers)
        refer("sip:carol@example.com", "sip:nobody@example.com", "sip:dave@example.com")
        eventually(lambda: self.facts()["members"] == 4, what="all four are in")
        carol.take("INVITE")
        dave.take("INVITE")
        self.assertEqual(his.say("now we are four").status, 200)
        for client in (carol, dave):
            self.assertEqual(client.take("MESSAGE").text, "Bob: now we are four")
        refer("sip:dave@example.com;method=BYE", "sip:erin@example.com")
        dave.take("BYE")
        erin.take("INVITE")
        eventually(lambda: self.facts()["members"] == 4, what="Erin for Dave")
        self.assertEqual(his.say("welcome").status, 200)
        self.assertEqual(erin.take("MESSAGE").text, "Bob: welcome")
        self.assertTrue(dave.nothing("MESSAGE", 0.2))
        self.assertTrue(alice.nothing("NOTIFY", 0.1))
        self.server.run("conference", "end", "alice@example.com", self.facts()["id"])

    def test_a_list_of_people_and_single_messages(self):
        """RFC 5366; Carol's device takes single messages only, as baresip's."""
        alice, bob, carol = self.device("alice", "+sip.message"), self.device("bob", "+sip.message"), self.device("carol")
        people = resource_list("sip:bob@example.com", "sip:carol@example.com")
        body = ("--b\r\nContent-Type: application/sdp\r\n\r\n%s\r\n--b\r\nContent-Type: %s\r\n"
                "Content-Disposition: recipient-list\r\n\r\n%s\r\n--b--\r\n" % (alice.sdp(), LIST_TYPE, people))
        answer, hers = self.create(alice, ["Require: recipient-list-invite"], body, "multipart/mixed;boundary=b")
        self.assertEqual(answer.status, 200, answer.headers)
        his = Session.answered(bob, bob.take("INVITE"))
        eventually(lambda: self.facts()["members"] == 3, what="all three are in")
        self.assertEqual(hers.say("hello").status, 200)
        self.assertEqual(bob.take("MESSAGE").text, "Alice: hello")
        page = carol.take("MESSAGE")
        self.assertEqual(page.text, "Alice: hello")
        address = re.search(r"<(sip:[^>]+)>", page.get("from")).group(1)
        self.assertIn("conference.alice.", address)
        self.assertEqual(carol.request("MESSAGE", address, body="hello to you", content_type="text/plain").status, 200)
        for client in (alice, bob):
            self.assertEqual(client.take("MESSAGE").text, "Carol: hello to you")
        self.assertTrue(carol.nothing("MESSAGE", 0.3))   # not to himself
        self.assertEqual(his.say("and I").status, 200)
        self.assertEqual(carol.take("MESSAGE").text, "Bob: and I")
        dave = self.device("dave")
        self.assert_refused(dave.request("MESSAGE", address, body="may I?", content_type="text/plain"), 403)
        self.assertEqual(self.refer_to(dave, address, "dave"), 403)
        self.assertEqual(self.refer_to(carol, address, "dave"), 200)     # in it without a dialog
        self.assertEqual(his.say("four of us").status, 200)
        self.assertEqual(dave.take("MESSAGE").text, "Bob: four of us")
        self.server.run("conference", "end", "alice@example.com", self.facts()["id"])

    def test_stopped_and_started(self):
        """The component stopped: both kinds fail with a reason.  After a restart the conference is there, with name and rights."""
        (alice, bob, carol), (hers, his, carols) = self.grown()
        fact = self.facts()
        self.server.run("component", "stop", "immcu")
        self.addCleanup(self.server.run, "component", "start", "immcu")
        self.assert_refused(hers.say("into the void"), 503)
        self.assert_refused(self.enter(self.device("dave", "+sip.message"), fact)[0], 503)
        self.server.run("component", "start", "immcu")
        self.assertEqual(hers.say("here we are again").status, 200)
        self.assertEqual(carol.take("MESSAGE").text, "Alice: here we are again")
        self.server.run("conference", "lock", "alice@example.com", fact["id"])
        self.server.kill()
        self.server.start()
        again = self.facts()
        self.assertEqual((again["id"], again["locked"], again["join_uri"]), (fact["id"], True, fact["join_uri"]))
        self.assertEqual((again["conversation"], again["started"]), (fact["conversation"], fact["started"]))
        carol = self.device("carol", "+sip.message")
        answer, carols = self.enter(carol, again)     # was in, so the lock does not keep her out
        self.assertEqual(answer.status, 200, answer.headers)
        self.assert_refused(self.enter(self.device("dave", "+sip.message"), again)[0], 403)
        alice = self.device("alice", "+sip.message")
        answer, hers = self.enter(alice, again)
        self.assertEqual(answer.status, 200, answer.headers)
        shown = self.server.run("conference", "show", "alice@example.com", fact["id"])
        self.assertEqual({one["address"]: one["role"] for one in shown["roster"]},
                         {"alice@example.com": "organizer", "carol@example.com": "presenter"})
        self.assertEqual(hers.say("who is here?").status, 200)
        self.assertEqual(carol.take("MESSAGE").text, "Alice: who is here?")
        self.server.run("conference", "end", "alice@example.com", fact["id"])


class Administration(live.Case):
    def test_made_ahead_and_ended(self):
        made = self.server.run("conference", "create", "alice@example.com", "--subject", "Weekly", "--admission", "invited",
                               "--invite", "bob@example.com", "--size", "5", "--until", "2099-01-01")
        self.assertEqual((made["subject"], made["admission"], made["size_max"]), ("Weekly", "invited", 5))
        self.assertEqual(made["expires"], "2099-01-01T00:00:00.000Z")
        self.server.kill()
        self.server.start()
        shown = self.server.run("conference", "show", "alice@example.com", made["id"].lower())
        self.assertEqual((shown["id"], shown["join_uri"]), (made["id"], made["join_uri"]))
        user = made["join_uri"].replace("sip:", "").partition("@")[0]
        bob, carol = self.signed_in("bob"), self.signed_in("carol")
        self.assertEqual(Session.open(bob, user)[0].status, 200)
        self.assert_refused(Session.open(carol, user)[0], 403)
        self.server.run("conference", "end", "alice@example.com", made["id"])
        bob.take("BYE")
        self.assertEqual(self.server.run("conference", "list"), [])
        listed = self.server.run("cdr", "list", "conferences", "--user", "bob@example.com")
        self.assertEqual(listed[0]["conference_id"], made["id"])    # the newest

    def test_a_lobby(self):
        """Who does not get in waits, and the administrator lets him in or sends him away."""
        made = self.server.run("conference", "create", "alice@example.com", "--admission", "organizer", "--lobby")
        user = made["join_uri"].replace("sip:", "").partition("@")[0]
        bob, carol = self.signed_in("bob"), self.signed_in("carol")
        results = {}

        def enter(name, client):
            results[name] = Session.open(client, user)
        threads = [threading.Thread(target=enter, args=one) for one in (("bob", bob), ("carol", carol))]
        for thread in threads:
            thread.start()
        shown = lambda: self.server.run("conference", "show", "alice@example.com", made["id"])
        eventually(lambda: {one["address"] for one in shown()["lobby_people"]} == {"bob@example.com", "carol@example.com"})
        self.assertEqual((shown()["members"], results), (0, {}))
        self.server.run("conference", "admit", "alice@example.com", made["id"], "bob@example.com")
        self.server.run("conference", "deny", "alice@example.com", made["id"], "carol@example.com")
        for thread in threads:
            thread.join(10)
        self.assertEqual(results["bob"][0].status, 200)
        self.assert_refused(results["carol"][0], 403, 52361)
        self.assertEqual([one["address"] for one in shown()["roster"]], ["bob@example.com"])
        self.server.run("conference", "end", "alice@example.com", made["id"])

    def test_a_client_of_the_lync_family_asks_which_it_has(self):
        made = [self.server.run("conference", "create", "bob@example.com", "--id", name) for name in ("ONE", "TWO")]
        bob = LyncClient(self.server, "bob")
        self.addCleanup(bob.close)
        contact = '%s;+sip.instance="<urn:uuid:b7878522-d7fe-5c33-b30d-265f6618ae79>"' % bob.contact()
        self.assertEqual(bob.sign_in(contact).status, 200)
        factory = "sip:bob@example.com;gruu;opaque=app:conf:focusfactory"
        answer = bob.request("SERVICE", factory, content_type="application/cccp+xml", headers=["Contact: " + bob.contact()],
                             body=conferencing.CCCP % (factory, bob.address, "<getConferences/>"))
        self.assertIn('code="success"', answer.text)
        self.assertEqual(re.findall('entity="([^"]*)"', answer.text), [one["focus_uri"] for one in made])
        for one in made:
            self.server.run("conference", "end", "bob@example.com", one["id"])

    def test_a_page_leads_into_it(self):
        made = self.server.run("conference", "create", "alice@example.com")
        path = urllib.parse.urlparse(made["join_url"]).path
        trust = ssl.create_default_context(cafile=self.server.ca)
        pages = {}
        for language, where in (("en", path), ("es", path), ("unknown", path[:-4] + "0000")):
            connection = http.client.HTTPSConnection("localhost", self.server.web_port, context=trust, timeout=20)
            connection.request("GET", where, headers={"Accept-Language": language})
            answer = connection.getresponse()
            self.assertEqual(answer.status, 200)
            pages[language] = answer.read().decode()
            connection.close()
        self.assertIn('href="conf:' + made["focus_uri"].replace(";", "%3B"), pages["en"].replace(";", "%3B"))
        self.assertIn(made["join_uri"], pages["en"])
        self.assertIn("Entrar en la conferencia", pages["es"])
        self.assertIn("0000", pages["unknown"])       # it does not tell which there are
        self.server.run("conference", "end", "alice@example.com", made["id"])

    def test_refusals(self):
        for words, status in ((("show", "alice@example.com", "nothing"), 3), (("create", "nobody@example.com"), 3),
                              (("create", "alice@example.com", "--id", "a b"), 2),
                              (("create", "alice@example.com", "--until", "2001-01-01"), 5),
                              (("eject", "alice@example.com", "nothing", "bob@example.com"), 3)):
            with self.subTest(words):
                self.assertEqual(self.server.run("conference", *words, check=False).returncode, status)

    def test_refusals_say_what_is_wrong(self):
        def error(*words):
            return json.loads(self.server.run("conference", *words, check=False).stdout)["error"]
        self.assertIn("--until 2001", error("create", "alice@example.com", "--until", "2001-01-01")["detail"])
        made = self.server.run("conference", "create", "alice@example.com")
        told = error("eject", "alice@example.com", made["id"], "alice@example.com")
        self.assertEqual(told["reason"], "organizer_only")
        self.assertIn("conference end", told["text"])
        self.server.run("conference", "end", "alice@example.com", made["id"])


if __name__ == "__main__":
    unittest.main()
