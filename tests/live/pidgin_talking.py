# SPDX-License-Identifier: Apache-2.0
"""Of a person at Pidgin (at_pidgin.py): conversations of two, files, rooms."""
import os
import time

import sip_log
from pidgin import uri_of
from pidgin_answers import came
from stage import MOMENT, SILENCE

REFUSED_SOON = 3.0   # so long after a refusal its text is shown
FIRST_WORDS = "may I come in"


class Talking:
    def turn_to(self, partner):
        self.partner, self.since = partner, self.client.mark()

    def turned_to(self):
        """A person, or a room ("talk" of its events): where she has been drawn to last, by herself or by others."""
        partner = self.partner
        for event in self.client.events[self.since:]:
            if event["event"] == "joined" or event["event"] == "line" and event["manner"] == "received":
                partner = event["talk"]
        return partner

    def do_invite(self, step):
        self.turn_to(step.other)
        if step.wanted and step.wanted >= 300:
            return self.say(FIRST_WORDS)   # nothing is sent before there is a text
        self.asked = lambda: 200
        return None

    def do_say(self, step):
        return self.say(step.text)

    do_say_there = do_say

    def do_page(self, step):
        self.turn_to(step.other)
        return self.say(step.text)

    def say(self, text):
        partner, client = self.turned_to(), self.client
        if partner is None:
            return "there is nobody to whom to say it"
        start, mark = len(client.log_text()), client.mark()
        if client.is_room(partner):
            client.room_say(text, partner)
        else:
            client.say(partner, text)
        self.asked = lambda: self.answer_to_text(start, mark)
        return None

    def answer_to_text(self, start, mark):
        def failed():
            return self.client.seen("line", since=mark, manner="error")

        def answers():
            sent = sip_log.requests(self.client.log_text()[start:])
            return [s for what, s in sent if what == "MESSAGE" and s or what == "INVITE" and s >= 300]
        came(lambda: answers() or failed())
        status = (answers() or [0])[0]
        if status >= 300:
            self.refused += 1
            return status if came(failed, REFUSED_SOON) else 0   # she must be told
        return 0 if failed() else status

    def do_bye(self, step):
        partner = self.turned_to()
        if partner is None or self.client.is_room(partner):
            return "there is no conversation of two"
        self.asks("BYE")
        self.client.close_talk(partner)
        self.turn_to(None)
        return None

    def do_type(self, step):
        self.client.type(step.other)

    # -- what is heard -------------------------------------------------------------------------------------------------

    def next_text(self, passing=True):
        for at in range(self.heard, len(self.client.events)):
            event = self.client.events[at]
            if event["event"] == "line" and event["manner"] == "received":
                self.heard = at + 1 if passing else self.heard
                return event
        return None

    def expect_receive(self, step, room=False):
        if not came(lambda: self.next_text(passing=False)):
            return "received nothing, not even '%s'\n%s" % (step.text, self.client.log_end())
        line = self.next_text()
        if (line["text"], line["room"]) != (step.text, room):
            return "received '%s' %s instead of '%s'" % (line["text"], "in a room" if line["room"] else "", step.text)
        return None if step.other + "@" in line["who"] else "received it from %s" % line["who"]

    def expect_nothing_more(self, step):
        time.sleep(SILENCE)
        more = self.next_text()
        return "received '%s' as well" % more["text"] if more else None

    def expect_undelivered(self, step):
        self.refused += 1
        return self.sees(lambda: self.client.seen("line", manner="error", talk=uri_of(step.other)), lambda: "no error")

    def expect_sees_call(self, step):
        if step.word != "ended":
            return "nobody at Pidgin can see this"
        self.ended += 1
        return self.sees(lambda: sip_log.received(self.client.log_text(), "BYE") >= self.ended, lambda: "no end")

    def expect_sees_typing(self, step):
        return self.sees(lambda: self.client.seen("typing", since=self.heard, uri=uri_of(step.other), does=True),
                         lambda: "nobody typing")

    # -- files ---------------------------------------------------------------------------------------------------------

    def do_offer_file(self, step):
        folder = self.client.path("files")
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, step.text)
        with open(path, "w", encoding="ascii") as f:
            f.write("x" * 400)
        self.client.send_file(step.other, path)

    def do_refuse_file(self, step):
        self.client.refuse_file(self.client.offered_file()["number"])

    def expect_offered(self, step):
        return self.sees(lambda: self.client.seen("file", state="offered", name=step.text, uri=uri_of(step.other)),
                         lambda: "no such offer")

    def expect_file_refused(self, step):
        return self.sees(lambda: self.client.seen("file", state="cancelled", incoming=False), lambda: "no refusal")

    def expect_no_file(self, step):
        time.sleep(SILENCE)
        return "a file was offered" if self.client.seen("file", incoming=True) else None
