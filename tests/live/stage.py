# SPDX-License-Identifier: Apache-2.0
"""Plays the steps of a talk on real connections to a real server; tests/sim/sim_stage.cpp does it in the simulator."""
import time

import conferencing
from device import Device, Manner
from lync import LyncDevice
from server import Server, eventually, password_of
from talk import CONFERENCE_ACTS, EXPECTED

PATIENCE = 10.0   # seconds in which what is expected arrives
MOMENT = 0.1      # so that what is said next comes later
SILENCE = 0.4     # after this long nothing more is under way
WAIT_MAX = 60     # seconds of a test that a talk may spend waiting


class LiveStage(conferencing.Stage):
    expected = EXPECTED

    def __init__(self, settings=None):
        self.server = Server((), settings)
        self.devices = {}
        self.last_fact = None

    def start(self):
        self.server.start()
        return self

    def stop(self):
        """The devices leave and the server stops in order; returns its exit status, None if it was not running."""
        for device in self.devices.values():
            device.close()
        return self.server.stop()

    def close(self):
        try:
            self.stop()
        finally:
            self.server.close()

    def signs_of_ill(self):
        """What programs have complained of, although nothing was refused: ours do not."""
        return []

    def add_person(self, person):
        self.server.add_user(person)

    def device(self, who):
        if who not in self.devices:
            self.devices[who] = Device(self.server, who[0])
        return self.devices[who]

    def came(self, condition):
        """True when it comes true in time."""
        try:
            eventually(condition, PATIENCE)
            return True
        except AssertionError:
            return False

    # -- what is done ------------------------------------------------------------------------------------------------

    def act(self, step):
        """Starts what the step says and does not wait for its answer.  Returns why it cannot be done, or nothing."""
        if step.verb in ("server_dies", "server_starts", "wait"):
            return self.act_on_server(step)
        if step.verb in ("immcu_stops", "immcu_starts"):
            self.server.run("component", "start" if step.verb == "immcu_starts" else "stop", "immcu")
            return None
        if step.verb == "block":
            self.server.run("user", "set", address_of(step.who[0]), "--block", address_of(step.other))
            return None
        if step.verb == "forbid_keeping":
            self.server.run("user", "set", address_of(step.who[0]), "offline_messages=off")
            return None
        if step.verb == "state":
            self.server.run("presence", "set", address_of(step.other), "--state", step.word)
            return None
        if step.verb == "level":
            self.server.run("level", "set", address_of(step.other), address_of(step.text), step.word)
            return None
        if step.verb == "speak_lync":
            self.devices[step.who] = LyncDevice(self.server, step.who[0])
            return None
        if step.verb in CONFERENCE_ACTS:
            why = self.act_in_conference(step)
            if step.wanted is None:
                time.sleep(MOMENT)
            return why
        device = self.device(step.who)
        if step.verb in ("texts_manner", "calls_manner"):
            setattr(device, step.verb, Manner(step.manner, *step.numbers))
            return None
        try:
            on_call = step.verb in ("cancel", "say", "bye", "hold", "resume", "transfer", "connect")
            why = (self.act_on_call if on_call else self.act_alone)(step, device)
        except ConnectionRefusedError:
            return "nobody listens"
        if step.wanted is None:
            time.sleep(MOMENT)
        return why

    def act_on_server(self, step):
        if step.verb == "wait":
            if step.numbers[0] > WAIT_MAX:
                return "a live talk waits %d s at most" % WAIT_MAX
            time.sleep(step.numbers[0])
        elif step.verb == "server_starts":
            if self.server.process is None:
                self.server.start()
        else:
            self.server.kill()
            if not self.came(lambda: not any(device.connected for device in self.devices.values())):
                return "a connection outlived the server"
        return None

    def act_alone(self, step, device):
        if step.verb in ("takes_sessions", "sessions_alone"):
            device.sessions, device.sessions_alone = True, step.verb == "sessions_alone"
        elif step.verb == "sign_in":
            device.register(password_of(step.who[0]))
        elif step.verb == "sign_in_wrong":
            device.register("a guess")
        elif step.verb == "sign_out":
            if not device.connected:
                return "there is no connection"
            device.register(password_of(step.who[0]), seconds=0)
        elif step.verb == "page":
            device.page(step.other, step.text)
        elif step.verb == "page_bytes":
            device.page(step.other, "x" * step.numbers[0])
        elif step.verb in ("invite", "call"):
            device.invite(step.other, audio=step.verb == "call")
        elif step.verb == "watch":
            device.watch(address_of(step.other))
        elif step.verb == "unwatch":
            device.unwatch(address_of(step.other))
        elif step.verb == "publish":
            device.publish(address_of(step.who[0]), step.word, step.text, *step.numbers)
        elif step.verb == "unpublish":
            device.unpublish()
        elif step.verb == "new_keys":
            device.register(password_of(step.who[0]), renew=True)
        elif step.verb in ("add_contact", "remove_contact"):
            device.change_contact(address_of(step.other), step.verb == "add_contact")
        elif step.verb == "own_level":
            device.set_level(address_of(step.other), step.word)
        elif step.verb == "forget":
            device.forget_versions()
        else:
            {"hang_up": device.hang_up, "lose": device.lose, "vanish": device.vanish}[step.verb]()
        return None

    def act_on_call(self, step, device):
        if step.verb in ("transfer", "connect"):
            return self.act_on_two(step, device)
        wanted = "ringing" if step.verb == "cancel" else "open"
        if device.sees() != wanted:
            return "the call is %s" % device.sees()
        call = device.calls[-1]
        if step.verb == "cancel":
            device.cancel(call)
        elif step.verb == "say":
            device.inside(call, "MESSAGE", step.text)
        elif step.verb in ("hold", "resume"):
            device.hold(call, step.verb == "hold")
        else:
            device.inside(call, "BYE")
        return None

    def act_on_two(self, step, device):
        call, other = (device.open_call(address_of(person)) for person in (step.other, step.text))
        if call is None:
            return "there is no call with " + step.other
        if step.verb == "connect" and other is None:
            return "there is no call with " + step.text
        device.transfer(call, address_of(step.text), other if step.verb == "connect" else None)
        return None

    # -- what is expected: the surprise, or nothing ------------------------------------------------------------------

    def expect(self, step):
        lync = step.verb in ("keys_made", "has_contact", "lacks_contact", "conflicts")
        return getattr(self, "await_" + ("lync" if lync else step.verb))(step)

    def await_answer(self, who, of_call=False):
        return self.device(who).await_answer(of_call)

    def await_receive(self, step):
        device = self.device(step.who)
        if not self.came(lambda: device.received):
            return "received nothing, not even '%s'" % step.text
        text, sender, in_session = device.received.pop(0)
        if text != step.text:
            return "received '%s' instead of '%s'" % (text, step.text)
        if address_of(step.other) not in sender:
            return "received it from %s" % sender
        if in_session != step.in_session:
            return "received it in a session" if in_session else "received it as a page"
        return None

    def await_nothing_more(self, step):
        time.sleep(SILENCE)
        received = self.device(step.who).received
        return "received '%s' as well" % received[0][0] if received else None

    def await_sees_call(self, step):
        device = self.device(step.who)
        return None if self.came(lambda: device.sees() == step.word) else "sees the call %s" % device.sees()

    def await_sees_state(self, step):
        device, of = self.device(step.who), address_of(step.other)
        return None if self.came(lambda: device.shows(of, step.word)) else "was shown %s" % device.views.get(of)

    def await_sees_note(self, step):
        device, of = self.device(step.who), address_of(step.other)

        def shown():
            return of in device.views and step.text in device.views[of].notes
        return None if self.came(shown) else "was shown %s" % device.views.get(of)

    def await_lync(self, step):
        device = self.device(step.who)

        def said():
            if step.verb == "keys_made":
                return device.client.keys_made == step.numbers[0]
            if step.verb == "conflicts":
                return device.conflicts == step.numbers[0]
            return (address_of(step.other) in device.contacts) == (step.verb == "has_contact")
        return None if self.came(said) else "has made keys %d times, had %d conflicts, and has the contacts %s" % (
            device.client.keys_made, device.conflicts, device.contacts)

    def bad_signatures(self):
        return [bad for device in self.devices.values() for client in device.clients for bad in getattr(client, "bad", ())]

    def await_replaced(self, step):
        def record(first, second):
            pair = (address_of(first), address_of(second))
            return next((r for r in self.server.run("cdr", "list", "--user", pair[0])
                         if r["mode"] == "call" and (r["user1"], r["user2"]) == pair), None)

        def said():
            later, before = record(step.other, step.text), record(*step.people)
            return later and before and later["replaces"] == before["id"]
        return None if self.came(said) else "the records do not say so"

    def await_record(self, step):
        pair, counts = (address_of(step.other), address_of(step.text)), tuple(step.numbers)

        def records():
            return [r for r in self.server.run("cdr", "list", "--user", pair[0])
                    if (r["user1"], r["user2"]) == pair and r["end_time"]]

        def said():
            return [(r["user1_message_count"], r["user2_message_count"]) for r in records()]
        return None if self.came(lambda: counts in said()) else "the records say %s" % said()


def address_of(person):
    return person + "@example.com"
