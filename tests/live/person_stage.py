# SPDX-License-Identifier: Apache-2.0
"""Plays talks with people at real programs: Pidgin with SIPE (at_pidgin.py), baresip (at_baresip.py).

Whom a talk gives another device, or none, has ours (stage.py), so both kinds meet in one talk.  With `lync_is_pidgin` the
sentence `Bob speaks Lync` gives him a Pidgin, so that talks of the Lync family are played by the real client as they are.

What the sentences mean for a person at Pidgin:
- `gets N` is the status that stands in her client's own log, where she must be shown the same: she is told of a text
  that is refused, and of no other; a sign-in succeeds when the client says so, has the contact list, and proves itself
  with the scheme that was asked for.  Of what shows no status (a chat that becomes a conference, the end of a sign-in)
  200 says that she saw it done.  A command that the menu does not offer her counts as 403.
- `invites` opens a window, and nothing is sent before the first text; `gets 200` says nothing then.  Where a refusal is
  wanted she writes a first text.  The client knows conversations alone: a text that comes as a single message is shown
  the same, so `in the session` is not told apart.
- `says` goes where she was drawn to last: whom she invited, who has written to her, the room that has opened.
- `watches` puts a person on the contact list.  So does what is in the menu of a contact alone.
- `sees the call ended` is the end of the conversation in the log: she is not told.
- `hangs up` ends the process.  After `server dies` clients come back by themselves, to the same port.
- `wait N s` of more than a minute passes for Pidgins alone: their clocks run FACTOR times faster, with all their timers.
  Meanwhile each must refresh its sign-in as often as the lease demands, and the server must have counted as much."""
import dataclasses
import time

import person_talk
from at_baresip import AtBaresip
from at_pidgin import AtPidgin
from kdc import Kdc
from pidgin_answers import came
from server import password_of
from stage import MOMENT, WAIT_MAX, LiveStage, address_of

HOST = "127.0.0.1"       # the name of the server: baresip does not know what localhost is
KERBEROS_HOST = "localhost"
FACTOR = 30
LEASE = 600              # seconds that the server gives a sign-in
REGISTRATIONS = "tertulia_registrations_total"


class PersonStage(LiveStage):
    expected = person_talk.EXPECTED

    def __init__(self, steps, lync_is_pidgin=False):
        """steps: of the talk, because people of a Kerberos domain are known before the server starts."""
        self.lync_is_pidgin = lync_is_pidgin
        self.kdc = None
        self.there = {}      # person -> device that took the last text of `on one device`
        settings = {"server.host": '"%s"' % HOST, "web.public_host": '"%s"' % HOST}
        if any(step.verb == "use_pidgin" and step.word == "kerberos" for step in steps):
            people = [person for step in steps if step.verb == "people" for person in step.people]
            self.kdc = Kdc({person: password_of(person) for person in people}, "sip/" + KERBEROS_HOST)
            settings.update({"server.host": '"%s"' % KERBEROS_HOST, "lync.kerberos.keytab": '"%s"' % self.kdc.keytab})
        try:
            super().__init__(settings)
        except BaseException:
            self.close_kdc()
            raise

    def start(self):
        self.server.start(environment=self.environment())
        return self

    def environment(self):
        """Of the server."""
        return {"KRB5_CONFIG": self.kdc.config} if self.kdc else {}

    def close(self):
        try:
            super().close()
        finally:
            self.close_kdc()

    def close_kdc(self):
        if self.kdc:
            self.kdc.close()

    def pidgins(self):
        return [device for device in self.devices.values() if isinstance(device, AtPidgin)]

    def give(self, who, program, **options):
        if who in self.devices:
            return "he has a device already"
        self.devices[who] = program(self.server, who, **options)
        return None

    # -- what is done ------------------------------------------------------------------------------------------------

    def act(self, step):
        if step.verb == "use_pidgin" or step.verb == "speak_lync" and self.lync_is_pidgin:
            environment = self.kdc.of_client("%s-%d" % step.who) if step.word == "kerberos" else None
            return self.give(step.who, AtPidgin, scheme=step.word or "ntlm", environment=environment)
        if step.verb == "use_baresip":
            return self.give(step.who, AtBaresip)
        device = self.there.get(step.other) if step.verb == "say_there" else self.devices.get(step.who)
        if not isinstance(device, (AtPidgin, AtBaresip)) or step.verb in ("block", "forbid_keeping"):
            return super().act(step)
        why = device.do_enter(step, self.fact()) if step.verb == "enter" else device.do(step)
        if step.wanted is None:
            time.sleep(MOMENT)
        return why

    def act_on_server(self, step):
        if step.verb == "wait" and step.numbers[0] > WAIT_MAX:
            return self.pass_time(step.numbers[0])
        if step.verb == "server_starts" and self.server.process is None:
            same = ("--sip-tls", "127.0.0.1:%d" % self.server.tls_port)
            self.server.start(tls=False, extra=same, environment=self.environment())
            return None
        if step.verb == "server_dies":
            for device in self.pidgins():
                device.died = device.client.mark()
        return super().act_on_server(step)

    def pass_time(self, seconds):
        pidgins = self.pidgins()
        if len(pidgins) < len(self.devices):
            return "only Pidgins can wait so long"
        before, counted = [device.refreshes() for device in pidgins], self.server.metric(REGISTRATIONS)
        for device in pidgins:
            device.client.clock(FACTOR)
        time.sleep(seconds / FACTOR)
        for device in pidgins:
            device.client.clock(1)
        refreshed = [device.refreshes() - old for device, old in zip(pidgins, before)]
        if min(refreshed) < seconds // LEASE:
            return "the sign-ins were refreshed %s times" % refreshed
        counted = self.server.metric(REGISTRATIONS) - counted
        return None if counted == sum(refreshed) else "the server has counted %d refreshes, not %s" % (counted, refreshed)

    # -- what is expected --------------------------------------------------------------------------------------------

    def expect(self, step):
        own = getattr(self, "await_" + step.verb, None) if step.who is None else None
        if own:
            return own(step)
        device = self.devices.get(step.who)
        return device.expect(step) if isinstance(device, (AtPidgin, AtBaresip)) else super().expect(step)

    def await_devices(self, step):
        def count():
            return len(self.server.run("user", "show", address_of(step.other))["endpoints"])
        return None if self.came(lambda: count() == step.numbers[0]) else "there are %d" % count()

    def await_receive_on_one(self, step):
        devices = [device for (person, _), device in self.devices.items() if person == step.other]
        if not came(lambda: any(device.next_text(passing=False) for device in devices)):
            return "no device received anything"
        self.there[step.other] = next(device for device in devices if device.next_text(passing=False))
        why = self.await_receive_there(step)
        return why or next(filter(None, (device.expect_nothing_more(step) for device in devices)), None)

    def await_receive_there(self, step):
        return self.there[step.other].expect_receive(dataclasses.replace(step, other=step.people[0]))

    def signs_of_ill(self):
        """What programs have complained of, although nothing was refused."""
        return [sign for device in self.devices.values() if isinstance(device, (AtPidgin, AtBaresip))
                for sign in device.signs_of_ill()]
