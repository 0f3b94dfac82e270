# SPDX-License-Identifier: Apache-2.0
"""A person at a real baresip in a talk.  Her contacts are in a file that baresip reads when it starts: those whom she
watches before she signs in.  She writes to the first of them.  It shows online, busy or offline, and no notes."""
import re
import time

from baresip import Baresip
from pidgin_answers import came
from stage import SILENCE

SOON = 5.0     # a change is seen
SHOWN = {"online": "Online", "busy": "Busy", "offline": "Offline"}


class AtBaresip:
    clients = ()

    def __init__(self, server, who):
        self.server, self.person = server, who[0]
        self.contacts, self.client, self.heard = [], None, 0

    @property
    def connected(self):
        return False   # it does not show it; the server knows who is signed in

    def close(self):
        if self.client:
            self.client.close()
            self.client = None

    def signs_of_ill(self):
        return []

    def do(self, step):
        work = getattr(self, "do_" + step.verb, None)
        return work(step) if work else "nobody at baresip can do this"

    def await_answer(self, of_call=False):
        return 200 if self.client and came(lambda: "registered successfully" in self.client.output) else 0

    def do_watch(self, step):
        if self.client:
            return "baresip has read its contacts"
        self.contacts.append(step.other)
        return None

    def do_sign_in(self, step):
        self.client = Baresip(self.server, self.person, *self.contacts, publish=True)

    def do_show(self, step):
        self.client.command("presence_" + step.word)

    def do_page(self, step):
        if step.other != self.contacts[0]:
            return "baresip writes to its first contact"
        self.client.say(step.text)
        return None

    def do_sign_out(self, step):
        self.close()

    def expect(self, step):
        work = getattr(self, "expect_" + step.verb, None)
        return work(step) if work else "nobody at baresip can see this"

    def expect_sees_state(self, step):
        if step.word not in SHOWN:
            return "baresip does not show this"
        shown = came(lambda: self.client.sees(step.other, SHOWN[step.word]), SOON)
        return None if shown else "is shown " + self.client.command("contacts")

    def texts(self):
        """Sender and text of each, as it shows them."""
        return re.findall(r'sip:(\w+)@example\.com: "([^\n]*)"\r?\n', self.client.output)

    def expect_receive(self, step):
        if not came(lambda: len(self.texts()) > self.heard):
            return "received nothing, not even '%s'" % step.text
        self.heard += 1
        got = self.texts()[self.heard - 1]
        return None if got == (step.other, step.text) else "received %s" % (got,)

    def expect_nothing_more(self, step):
        time.sleep(SILENCE)
        return "received %s as well" % (self.texts()[self.heard],) if len(self.texts()) > self.heard else None
