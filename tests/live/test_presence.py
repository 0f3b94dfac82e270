# SPDX-License-Identifier: Apache-2.0
"""Presence over SIP: who sees what, when, and why; what survives; what is refused."""
import subprocess
import time
import unittest

import live
from lync import AVAILABILITY, STATE, USER_STATE, LyncDevice
from server import BINARY, eventually, password_of
from watching import LIST_TYPE, Publication, Subscription, View, document, resource_list


class Presence(live.Case):
    def watcher(self, user, of, **options):
        client = self.signed_in(user)
        subscription = Subscription(client, "sip:%s@example.com" % of, **options)
        self.assertEqual(subscription.answer.status, 200, subscription.answer.headers)
        return subscription

    def set(self, user, *words):
        self.server.run("presence", "set", user + "@example.com", *words)

    def explain(self, user, watcher):
        return self.server.run("explain", "presence", user + "@example.com", "--for", watcher + "@example.com")

    def test_a_user_without_publication_has_presence_from_his_registration(self):
        watching = self.watcher("alice", "bob")
        self.assertFalse(watching.until(lambda v: True).open)
        bob = self.signed_in("bob")
        self.assertTrue(watching.until(lambda v: v.open).open)
        self.assertEqual(self.explain("bob", "alice")["rule"], "device")
        bob.close()
        self.assertFalse(watching.until(lambda v: not v.open).open)
        self.assertEqual(self.explain("bob", "alice")["rule"], "no-endpoint")

    def test_publish_modify_refresh_and_remove(self):
        watching = self.watcher("alice", "bob")
        bob = self.signed_in("bob")
        publication = Publication(bob)
        self.assertEqual(publication.send(document("bob@example.com", "busy", "deep in work")).status, 200)
        first = publication.tag
        self.assertIn("deep in work", watching.until(lambda v: "busy" in v.activities).notes)
        self.assertEqual(publication.send(document("bob@example.com", "away")).status, 200)
        self.assertNotEqual(publication.tag, first)
        watching.until(lambda v: "away" in v.activities)
        self.assertEqual(publication.send().status, 200)                                   # refresh
        self.assert_refused(publication.send(tag=first), 412)
        self.assertEqual(publication.send(expires=0).status, 200)                          # remove
        watching.until(lambda v: v.open and "away" not in v.activities)

    def test_refusals_are_exact(self):
        bob = self.signed_in("bob")
        publish = Publication(bob)
        self.assert_refused(bob.request("PUBLISH", "sip:alice@example.com", headers=["Event: presence", "Expires: 600"],
                                        body=document("alice@example.com"), content_type="application/pidf+xml"), 403)
        self.assert_refused(publish.send("<presence", expires=600), 400)
        brief = publish.send(document("bob@example.com"), expires=1)
        self.assert_refused(brief, 423)
        self.assertGreaterEqual(int(brief.get("min-expires")), 1)
        self.assert_refused(bob.request("PUBLISH", "sip:bob@example.com", headers=["Event: weather", "Expires: 600"]), 489)
        strange = Subscription(bob, "sip:alice@example.com", event="weather").answer
        self.assert_refused(strange, 489)
        self.assertIn("presence", strange.get("allow-events"))
        self.assert_refused(Subscription(bob, "sip:alice@example.com", accept="text/html").answer, 406)
        self.assert_refused(Subscription(bob, "sip:alice@example.com", expires=1).answer, 423)
        self.assert_refused(Subscription(bob, "sip:nobody@example.com").answer, 404)
        self.assert_refused(Subscription(bob, "sip:alice@example.com", event="presence.winfo",
                                         accept="application/watcherinfo+xml").answer, 403)

    def test_levels_choose_the_view(self):
        watching = self.watcher("alice", "carol")
        self.signed_in("carol")
        watching.until(lambda v: v.open)
        self.set("carol", "--state", "do-not-disturb", "--note", "writing")
        view = watching.until(lambda v: "writing" in v.notes)
        self.assertTrue(view.open)
        self.assertEqual(self.explain("carol", "alice")["state"]["name"], "do-not-disturb")
        self.server.run("level", "set", "carol@example.com", "alice@example.com", "workgroup")
        facts = eventually(lambda: self.explain("carol", "alice") if self.explain("carol", "alice")["level"] == "workgroup"
                           else None)
        self.assertEqual((facts["state"]["name"], facts["state"]["activity"]), ("busy", "urgent-interruptions-only"))
        self.server.run("level", "set", "carol@example.com", "alice@example.com", "blocked")
        hidden = watching.until(lambda v: not v.open)
        self.assertEqual(hidden.notes, [])
        self.server.run("level", "set", "carol@example.com", "alice@example.com", "none")
        watching.until(lambda v: v.open and "writing" in v.notes)
        self.set("carol", "--state", "reset", "--note", "")

    def test_fetch_unsubscribe_and_expiry(self):
        alice = self.signed_in("alice")
        fetch = Subscription(alice, "sip:bob@example.com", expires=0)
        self.assertEqual(fetch.answer.status, 200)
        only = fetch.notified(where=lambda n: bool(n.body))
        self.assertIn("terminated", only.get("subscription-state"))
        watching = Subscription(alice, "sip:bob@example.com")
        watching.until(lambda v: True)
        self.assertEqual(watching.again(0).status, 200)
        watching.notified(where=lambda n: "terminated" in n.get("subscription-state"))
        eventually(lambda: self.server.run("status")["presence_watches"] == 0)

    def test_watchers_are_told_to_the_user_himself(self):
        bob = self.signed_in("bob")
        winfo = Subscription(bob, "sip:bob@example.com", event="presence.winfo", accept="application/watcherinfo+xml")
        self.assertEqual(winfo.answer.status, 200)
        self.watcher("alice", "bob").until(lambda v: True)
        winfo.notified(where=lambda n: "sip:alice@example.com" in n.text)

    def test_state_and_note_survive_a_kill(self):
        self.set("carol", "--state", "busy", "--note", "back at five")
        self.server.run("level", "set", "carol@example.com", "bob@example.com", "friends")
        self.server.run("contacts", "add", "carol@example.com", "bob@example.com", "--name", "Bobby")
        self.server.kill()
        self.server.start()
        self.assertEqual(self.server.run("contacts", "list", "carol@example.com")["contacts"][0]["name"], "Bobby")
        self.assertIn({"member": "bob@example.com", "level": "friends"}, self.server.run("level", "list", "carol@example.com"))
        watching = self.watcher("bob", "carol")
        self.signed_in("carol")
        view = watching.until(lambda v: v.open)
        self.assertIn("busy", view.activities)
        self.assertIn("back at five", view.notes)
        self.set("carol", "--state", "reset", "--note", "")
        self.server.run("contacts", "remove", "carol@example.com", "bob@example.com")

    def test_two_hundred_changes_never_run_backwards(self):
        watching = self.watcher("alice", "bob")
        bob = self.signed_in("bob")
        publication = Publication(bob)
        for i in range(200):
            self.assertEqual(publication.send(document("bob@example.com", "busy", "step %d" % i)).status, 200)
        seen, end = [], time.monotonic() + 20
        while (not seen or seen[-1] < 199) and time.monotonic() < end:
            notes = [n for n in View(watching.notified(where=lambda n: bool(n.body))).notes if n.startswith("step ")]
            if notes:
                seen.append(int(notes[0].split()[1]))
        self.assertEqual(seen[-1], 199)
        self.assertEqual(seen, sorted(seen))
        publication.send(expires=0)


class OwnWords(live.Case):
    """An activity in the user's own words, in several languages."""
    users = ("alice", "bob", "carol", "dave", "erin")
    TOLD = [("1033", "Digging"), ("3082", "Cavando"), ("1034", "En la huerta")]

    def lync(self, user):
        device = LyncDevice(self.server, user)
        self.addCleanup(device.close)
        device.register(password_of(user))
        self.assertTrue(device.ready.wait(20), "the subscriptions of " + user)
        return device

    def publish(self, device, words):
        own = "<activity>%s</activity><endpointLocation/>" % "".join('<custom LCID="%s">%s</custom>' % one for one in words)
        state = STATE % ("true", "userState", AVAILABILITY["busy"])
        with device.publishing:
            return device.publish_pieces(device.client, [
                ("state", USER_STATE, container, "static", state.replace("<endpointLocation/>", own)) for container in (2, 3)])

    def sees(self, device, address, words):
        eventually(lambda: address in device.views and device.views[address].words == words,
                   what="%s of %s at %s" % (words, address, device.user))

    def test_all_languages_reach_everybody_and_survive_a_kill(self):
        bob, watchers = self.lync("bob"), [self.lync("alice"), self.lync("carol")]
        for one in watchers:
            one.watch("bob@example.com")
        standard = Subscription(self.signed_in("dave"), "sip:bob@example.com")
        self.assertEqual(self.publish(bob, self.TOLD).status, 200)
        for one in watchers:
            self.sees(one, "bob@example.com", self.TOLD)
            self.assertEqual(one.client.bad, [])
        view = standard.until(lambda v: "other" in v.activities)
        self.assertEqual(view.own_words, [("en-US", "Digging"), ("es-ES", "Cavando"), ("x-lcid-40a", "En la huerta")])
        bob.close()
        self.server.kill()
        self.server.start()
        self.signed_in("bob")
        state = self.server.run("explain", "presence", "bob@example.com", "--for", "alice@example.com")["state"]
        self.assertEqual(state["activity_text"], "Digging")
        self.assertEqual([(one["language"], one["text"]) for one in state["activity_texts"]], view.own_words)
        shown = subprocess.run([BINARY, "explain", "presence", "bob@example.com", "--language", "en", "--data",
                                self.server.folder], capture_output=True, text=True, timeout=20, check=True).stdout
        self.assertIn(", Digging [en-US] / Cavando [es-ES] / En la huerta [x-lcid-40a]\n", shown)
        again = self.lync("alice")
        again.watch("bob@example.com")
        self.sees(again, "bob@example.com", self.TOLD)

    def test_a_standard_client_tells_languages_too(self):
        watching = self.lync("alice")
        watching.watch("erin@example.com")
        words = '<rpid:other xml:lang="%s">%s</rpid:other>'
        body = document("erin@example.com", "busy").replace(
            "<rpid:busy/>", "<rpid:busy/>" + words % ("es", "Cavando") + words % ("en-GB", "Digging"))
        self.assertEqual(Publication(self.signed_in("erin")).send(body).status, 200)
        self.sees(watching, "erin@example.com", [("10", "Cavando"), ("2057", "Digging")])

    def test_more_languages_than_are_kept_are_refused(self):
        carol = self.lync("carol")
        self.assertEqual(self.publish(carol, [("1033", "x")] * 48).status, 200)
        self.assert_refused(self.publish(carol, [("1033", "x")] * 49), 413, 52612)
        self.assert_refused(self.publish(carol, [("1033", "x" * 256), ("3082", "x" * 257)]), 413, 52109)
        state = self.server.run("explain", "presence", "carol@example.com")["state"]
        self.assertEqual(len(state["activity_texts"]), 48, "what is refused changes nothing")


class Inactivity(live.Case):
    settings = {"policy.inactive_after": "1", "policy.away_after": "1"}

    def test_the_user_turns_inactive_and_active_again(self):
        alice, bob = self.signed_in("alice"), self.signed_in("bob")
        watching = Subscription(alice, "sip:bob@example.com")
        watching.until(lambda v: v.open)
        watching.until(lambda v: v.idle, patience=75)      # one minute is the least that can be set
        self.assertEqual(self.server.run("explain", "presence", "bob@example.com", "--for", "alice@example.com")["rule"],
                         "device-idle")
        self.assertEqual(bob.message("alice", "I am back").status, 200)
        watching.until(lambda v: v.open and not v.idle)


class Lists(live.Case):
    RLMI = "multipart/related, application/rlmi+xml, application/pidf+xml"

    def subscribe(self, client, uri, body="", supported=True):
        headers = ["Supported: eventlist"] if supported else []
        if body:
            headers += ["Require: recipient-list-subscribe", "Content-Disposition: recipient-list"]
        return Subscription(client, uri, accept=self.RLMI, headers=headers, body=body,
                            content_type=LIST_TYPE if body else None)

    def entries(self, *users):
        return resource_list(*("sip:%s@example.com" % user for user in users))

    def test_the_own_contact_list_follows_its_changes(self):
        alice = self.signed_in("alice")
        self.server.run("contacts", "add", "alice@example.com", "bob@example.com", "--name", "Bob at work")
        watching = self.subscribe(alice, "sip:alice+contacts@example.com")
        self.assertEqual(watching.answer.status, 200, watching.answer.headers)
        self.assertIn("eventlist", watching.answer.get("require"))
        first = watching.notified(where=lambda n: "Bob at work" in n.text)
        self.assertIn('fullState="true"', first.text)
        self.signed_in("bob")
        watching.notified(where=lambda n: "<basic>open</basic>" in n.text)
        self.server.run("contacts", "add", "alice@example.com", "carol@example.com")
        watching.notified(where=lambda n: "sip:carol@example.com" in n.text)
        self.server.run("contacts", "remove", "alice@example.com", "bob@example.com")
        watching.notified(where=lambda n: 'fullState="true"' in n.text and "sip:bob@" not in n.text)

    def test_a_list_in_the_body(self):
        alice = self.signed_in("alice")
        self.signed_in("bob")
        watching = self.subscribe(alice, "sip:rls@example.com", self.entries("bob", "carol", "bob", "nobody"))
        self.assertEqual(watching.answer.status, 200, watching.answer.headers)
        text = watching.notified(where=lambda n: bool(n.body)).text
        self.assertEqual(text.count('uri="sip:bob@example.com"'), 1)         # a duplicate stands once
        self.assertIn("noresource", text)                                     # nobody is told as gone
        self.assertEqual(text.count("application/pidf+xml"), 2)

    def test_lists_that_are_refused(self):
        alice = self.signed_in("alice")
        nested = self.entries("bob").replace("<list>", "<list><list>").replace("</list>", "</list></list>")
        self.assert_refused(self.subscribe(alice, "sip:rls@example.com", nested).answer, 403, 52611)
        self.assert_refused(self.subscribe(alice, "sip:rls@example.com", "<resource-lists").answer, 400)
        self.assert_refused(self.subscribe(alice, "sip:rls@example.com", self.entries("bob"), supported=False).answer, 421)
        many = self.entries(*("u%d" % i for i in range(1001)))
        self.assert_refused(self.subscribe(alice, "sip:rls@example.com", many).answer, 413, 52612)
        self.assert_refused(self.subscribe(alice, "sip:bob+contacts@example.com").answer, 403)


if __name__ == "__main__":
    unittest.main()
