# SPDX-License-Identifier: Apache-2.0
"""What lasts long in tests/talks/pidgin: with the clock of the clients running faster it takes a minute."""
import unittest

from test_pidgin_talks import FILES, LONG, Player, title_of


class Idle(Player):
    def test_half_an_hour(self):
        for path in [path for path in FILES if title_of(path) in LONG]:
            self.play(path)


class Files(unittest.TestCase):
    def test_there_are_such(self):
        self.assertEqual(set(LONG) - {title_of(path) for path in FILES}, set())


if __name__ == "__main__":
    unittest.main()
