# SPDX-License-Identifier: Apache-2.0
"""The conversations of the Lync family in tests/talks, as they are, with Pidgins in place of our own client."""
import glob
import os
import unittest

from test_pidgin_talks import ROOT, Player, read, title_of

FILES = [path for path in sorted(glob.glob(os.path.join(ROOT, "talks", "*.talk"))) if "speaks Lync" in read(path)]
# name of a talk -> why nobody at Pidgin can play it
OTHERS = {
    "conference_mixed": "nobody can make a conference alone, nor end one for all",
    "lync_conflict": "nobody can make it forget the versions of what it has published",
    "lync_eight_hours": "at a pace that sixteen hours need its own waits for answers would be too short",
    "lync_new_keys": "nobody can make it renew its keys",
}


class Talks(Player):
    pass


for file in FILES:
    if title_of(file) not in OTHERS:
        setattr(Talks, "test_" + title_of(file), lambda self, file=file: self.play(file, lync_is_pidgin=True))


class Files(unittest.TestCase):
    def test_only_talks_are_left_out(self):
        self.assertEqual(set(OTHERS) - {title_of(file) for file in FILES}, set())


if __name__ == "__main__":
    unittest.main()
