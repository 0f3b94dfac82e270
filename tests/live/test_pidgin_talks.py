# SPDX-License-Identifier: Apache-2.0
"""The conversations of tests/talks/pidgin: people at real programs against the real binary, one test a file.

That of half an hour takes longer than all others, so test_pidgin_idle.py plays it beside them."""
import glob
import os
import re
import unittest

import person_talk
import talk
import talk_player
from person_stage import PersonStage

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
FILES = sorted(glob.glob(os.path.join(ROOT, "talks", "pidgin", "*.talk")))
LONG = ("half_an_hour_idle",)


def title_of(path):
    return os.path.splitext(os.path.basename(path))[0]


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


class Player(talk_player.Player):
    def play(self, path, **options):
        self.play_on(path, person_talk.LANGUAGE, lambda steps: PersonStage(steps, **options))


class Talks(Player):
    pass


for file in FILES:
    if title_of(file) not in LONG:
        setattr(Talks, "test_" + title_of(file), lambda self, file=file: self.play(file))


class Languages(unittest.TestCase):
    """There is one language, which the simulator and our own clients play, and one for people, which has more."""

    source = read(os.path.join(ROOT, "sim", "talk.cpp"))

    def test_the_simulator_reads_the_same_sentences(self):
        forms = [(form.replace('\\"', '"'), verb)
                 for form, verb in re.findall(r'Form\{"((?:[^"\\]|\\.)*)", Verb::(\w+)', self.source)]
        self.assertGreater(len(forms), 50)
        self.assertEqual(forms, [(" ".join(form), verb) for form, verb, _ in talk.FORMS])

    def test_and_waits_for_answers_of_the_same(self):
        answered = re.search(r"constexpr std::array answered = \{(.*?)\};", self.source, re.S).group(1)
        self.assertEqual(set(re.findall(r"Verb::(\w+)", answered)), talk.ANSWERED)

    def test_and_takes_the_same_words(self):
        rules = re.findall(r'WordRule\{\s*Verb::(\w+),\s*\{([^}]*)\},\s*"([^"]*)"', self.source)
        self.assertEqual({verb: (set(re.findall(r"[\w-]+", words)), why) for verb, words, why in rules},
                         {verb: (set(words.split()), why) for verb, (words, why) in talk.WORDS.items()})

    def test_it_does_not_read_those_of_people(self):
        for path in FILES:
            with self.subTest(path), self.assertRaises(talk.TalkError):
                talk.parse(title_of(path), read(path))

    def test_whoever_plays_knows_each_sentence(self):
        verbs = {verb for _, verb, _ in person_talk.FORMS}
        self.assertEqual(verbs & {verb for _, verb, _ in talk.FORMS}, set())
        self.assertEqual(person_talk.DONE - verbs, set())

    def test_each_talk_says_first_what_it_shows(self):
        self.assertGreater(len(FILES), 0)
        for path in FILES:
            self.assertRegex(read(path), r"\A# \w+", path)


if __name__ == "__main__":
    unittest.main()
