# SPDX-License-Identifier: Apache-2.0
"""Of a person at Pidgin (at_pidgin.py): what became of what she has done last."""
import sip_log
from server import eventually

PATIENCE = 45.0   # seconds; with several devices the client answers an invitation after ten


def came(condition, patience=PATIENCE):
    """True when it comes true in time."""
    try:
        eventually(condition, patience)
        return True
    except AssertionError:
        return False


class Answers:
    asked = None   # tells the status of what was done last

    def await_answer(self, of_call=False):
        return self.asked() if self.asked else 0

    def asks(self, method, count=1):
        """The last of so many answers to requests of this kind from now on."""
        start = len(self.client.log_text())

        def answers():
            sent = sip_log.requests(self.client.log_text()[start:])
            return [status for what, status in sent if what == method and status and status != 409]   # it repairs conflicts
        self.asked = lambda: answers()[-1] if came(lambda: len(answers()) >= count) else (answers() or [0])[-1]

    def shown_done(self, condition):
        """Nothing is answered that she could see, but she sees it done."""
        self.asked = lambda: 200 if came(condition) else 0
