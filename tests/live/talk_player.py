# SPDX-License-Identifier: Apache-2.0
"""Plays files of talks as tests: one server and one stage each."""
import os
import unittest

import talk


class Player(unittest.TestCase):
    def play_on(self, path, language, make_stage):
        """make_stage: gets the steps."""
        name = os.path.basename(path)
        with open(path, encoding="utf-8") as f:
            steps = talk.parse(name, f.read(), language)
        stage = make_stage(steps)
        self.addCleanup(stage.close)
        stage.start()
        try:
            talk.play(name, steps, stage)
        except talk.TalkError as surprise:
            self.fail("%s\n%s" % (surprise, stage.server.log_end()))
        self.assertEqual(stage.signs_of_ill(), [])
        self.assertEqual(stage.bad_signatures(), [])
        self.assertIn(stage.stop(), (0, None))
