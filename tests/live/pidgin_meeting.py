# SPDX-License-Identifier: Apache-2.0
"""Of a person at Pidgin (at_pidgin.py): conferences, which it shows as rooms."""
import time

import sip_log
from pidgin_answers import came
from stage import MOMENT


class Meeting:
    def do_take_along(self, step):
        self.befriend(step.other)
        mark = self.client.mark()
        self.client.choose(step.other, "New chat")
        self.shown_done(lambda: self.client.seen("joined", since=mark))

    def do_enter(self, step, fact):
        client, mark, start = self.client, self.client.mark(), len(self.client.log_text())
        client.command("action", "Join scheduled conference")
        form = client.wait_for("request", since=mark, kind="fields")
        client.command("answer-request", form["id"], 0, "meetingLocation", fact["focus_uri"])

        def status():
            came(lambda: client.seen("joined", since=mark) or client.seen("notice", since=mark))
            if client.seen("joined", since=mark):
                return 200
            refused = [s for what, s in sip_log.requests(client.log_text()[start:]) if what == "INVITE" and s >= 300]
            return refused[-1] if client.seen("notice", since=mark) and refused else 0
        self.asked = status

    def do_add(self, step):
        room = self.turned_to()
        if not room or not self.client.is_room(room):
            return "there is no room"
        self.asks("INVITE")
        self.client.invite(step.other, room)
        return None

    def do_leave(self, step):
        room = self.turned_to()
        self.asks("BYE")
        self.client.leave(room)
        self.turn_to(None)

    def choose_in_room(self, label, wanted):
        """What the menu does not offer counts as forbidden."""
        if wanted and wanted >= 300:
            time.sleep(MOMENT)
            offered = label in self.client.command("room-menu", self.turned_to())["menu"]
            self.asked = lambda: 0 if offered else 403
        else:
            self.asks("INFO")
            self.client.room_choose(label, self.turned_to())

    def do_lock(self, step):
        self.choose_in_room("Lock", step.wanted)

    def do_unlock(self, step):
        self.choose_in_room("Unlock", step.wanted)

    def do_make_leader(self, step):
        self.befriend(step.other)
        self.asks("INFO")
        self.client.make_leader(step.other)

    def do_put_out(self, step):
        self.befriend(step.other)
        self.asks("INFO")
        self.client.eject(step.other)

    # -- who is there --------------------------------------------------------------------------------------------------

    def expect_receive_room(self, step):
        return self.expect_receive(step, room=True)

    def expect_sees_people(self, step):
        return self.sees(lambda: set(self.client.members()) == set(step.people), self.client.members)

    def expect_sees_role(self, step):
        return self.sees(lambda: self.client.members().get(step.other) == step.word, self.client.members)
