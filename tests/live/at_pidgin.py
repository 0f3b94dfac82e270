# SPDX-License-Identifier: Apache-2.0
"""A person at a real Pidgin with SIPE in a talk: what she does with it, and what it shows her.

`do` and `expect` return the surprise, or nothing.  What a sentence means for her, and what the statuses of `gets` are,
is told in person_stage.py."""
import sip_log
from pidgin import Pidgin
from pidgin_answers import PATIENCE, Answers, came
from pidgin_listing import Listing
from pidgin_meeting import Meeting
from pidgin_talking import Talking
from server import password_of

SCHEMES = {"ntlm": ("ntlm", "NTLM"), "kerberos": ("krb5", "Kerberos"), "tls-dsk": ("tls-dsk", "TLS-DSK")}
SOON = 5.0           # a change is seen: the client itself waits for a second before it publishes
STATES = {"online": "available", "nothing": "available"}   # of the others the names are the same


class AtPidgin(Answers, Listing, Talking, Meeting):
    clients = ()   # connections of our own

    def __init__(self, server, who, scheme="ntlm", environment=None):
        self.server, self.person = server, who[0]
        self.authentication, self.scheme = SCHEMES[scheme]
        host = "machine%d" % who[1] if who[1] > 1 else None
        self.client = Pidgin(server, who[0], authentication=self.authentication, environment=environment, host=host)
        self.partner, self.since = None, 0    # whom she has turned to, and when
        self.tried = self.died = 0            # when she signed in last, and when the server died
        # What a talk has asked for: events of texts up to here, ends of conversations, texts that were refused.
        self.heard = self.ended = self.refused = 0
        self.off = False

    @property
    def connected(self):
        return not self.off and self.client.command("me")["connected"]

    def close(self):
        if not self.off:
            self.off = True
            self.client.close()

    def signs_of_ill(self):
        """More errors beside texts than refusals."""
        shown = [event["text"] for event in self.client.events if event["event"] == "line" and event["manner"] == "error"]
        return shown if len(shown) > self.refused else []

    # -- what is done --------------------------------------------------------------------------------------------------

    def do(self, step):
        work = getattr(self, "do_" + step.verb, None)
        if work is None:
            return "nobody at Pidgin can do this"
        self.asked = None
        return work(step)

    def do_sign_in(self, step, password=None):
        client, start = self.client, len(self.client.log_text())
        client.command("password", password or password_of(self.person))
        self.tried = mark = client.sign_in()

        def outcome():
            return client.seen("signed-on", since=mark) or client.seen("connection-error", since=mark)

        def ready():   # the list has come, and the state is published; until then what a person changes gets lost
            log = client.log_text()[start:]
            return "<contactList" in log and ("SERVICE", 200) in sip_log.requests(log)

        def status():
            came(outcome)
            if client.seen("signed-on", since=mark):
                return 200 if came(ready) and self.proves_with() == self.scheme else 0
            answers = [s for what, s in sip_log.requests(client.log_text()[start:]) if what == "REGISTER"]
            return answers[-1] if outcome() and answers else 0
        self.asked = status

    def do_sign_in_wrong(self, step):
        self.do_sign_in(step, "a guess")

    def proves_with(self):
        lines = [line for line in self.client.log_text().split("\n") if line.startswith("Authorization: ")]
        return lines[-1].split()[1] if lines else None

    def do_sign_out(self, step):
        mark = self.client.mark()
        self.client.command("sign-out")
        self.shown_done(lambda: self.client.seen("signed-off", since=mark))

    def do_hang_up(self, step):
        """Its process ends at once, and with it the connection."""
        self.off = True
        self.client.kill()

    def do_publish(self, step):
        self.asks("SERVICE")
        self.client.status(STATES.get(step.word, step.word), step.text or None)

    # -- what is expected ----------------------------------------------------------------------------------------------

    def expect(self, step):
        work = getattr(self, "expect_" + step.verb, None)
        return work(step) if work else "nobody at Pidgin can see this"

    def sees(self, condition, what, patience=PATIENCE):
        return None if came(condition, patience) else "sees %s\n%s" % (what(), self.client.log_end())

    def expect_refused(self, step):
        def shown():
            return self.client.seen("connection-error", since=self.tried)
        came(shown)
        return None if shown() and step.text in shown()["text"] else "was shown %s" % shown()

    def expect_back(self, step):
        return self.sees(lambda: self.client.seen("signed-on", since=self.died), lambda: "no sign-in")

    def expect_sees_state(self, step):
        state = STATES.get(step.word, step.word)
        return self.sees(lambda: self.client.sees(step.other, state), lambda: self.client.contact(step.other), SOON)

    def expect_sees_note(self, step):
        def shown():
            contact = self.client.contact(step.other)
            return contact and step.text in "%s %s" % (contact["text"], contact["tip"])
        return self.sees(shown, lambda: self.client.contact(step.other))

    def expect_keys_made(self, step):
        """One handshake a sign-in: no other has come to pass unseen."""
        def signed_on():
            shaken = self.client.log_text().count("authentication handshake completed successfully")
            return [shaken, sum(1 for event in self.client.events if event["event"] == "signed-on")]
        return self.sees(lambda: signed_on() == [step.numbers[0]] * 2, lambda: "handshakes, sign-ins: %s" % signed_on())

    # -- a long time ---------------------------------------------------------------------------------------------------

    def refreshes(self):
        """Of the sign-in, since the first one."""
        shaken = self.client.log_text().count("authentication handshake completed successfully")
        return sip_log.requests(self.client.log_text()).count(("REGISTER", 200)) - shaken

    def expect_refreshed(self, step):
        return None if self.refreshes() >= step.numbers[0] else "has refreshed %d times" % self.refreshes()

    def expect_kept_alive(self, step):
        times = self.client.log_text().count("keepalive_timeout: expired")
        return None if times >= step.numbers[0] else "has done it %d times" % times
