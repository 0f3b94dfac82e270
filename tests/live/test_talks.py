# SPDX-License-Identifier: Apache-2.0
"""The conversations of tests/talks against the real binary over TLS: one test a file, one server a test."""
import glob
import os
import unittest

import ntlm
import talk
import talk_player
from stage import LiveStage

FILES = sorted(glob.glob(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "talks", "*.talk")))
# name of a talk -> why no real server can play it
SKIPPED = {"lync_eight_hours": "it takes sixteen hours", "lync_half_an_hour": "it takes half an hour"}


class Talks(talk_player.Player):
    def play(self, path):
        self.play_on(path, talk.LANGUAGE, lambda steps: LiveStage())


def test_of(path):
    return lambda self: self.play(path)


for file in FILES:
    title = os.path.splitext(os.path.basename(file))[0]
    test = test_of(file)
    setattr(Talks, "test_" + title, unittest.skip(SKIPPED[title])(test) if title in SKIPPED else test)


class Language(unittest.TestCase):
    def error_of(self, text):
        with self.assertRaises(talk.TalkError) as caught:
            talk.parse("x.talk", text)
        return str(caught.exception)

    def test_sentences_are_read(self):
        steps = talk.parse("x.talk", "# comment\n\nPeople Alice Bob\nAlice/2 pages Bob \"hello there\"   gets 202  # why\n"
                                     "Bob receives \"hello there\" from Alice in the session\n"
                                     "Record of Alice and Bob says 2 and 1\n")
        self.assertEqual([step.line for step in steps], [3, 4, 5, 6])
        page, receive, record = steps[1:]
        self.assertEqual((page.who, page.other, page.text, page.wanted), (("alice", 2), "bob", "hello there", 202))
        self.assertTrue(receive.in_session)
        self.assertEqual((record.other, record.text, record.numbers), ("alice", "bob", [2, 1]))

    def test_what_is_not_known_is_an_error_with_its_place(self):
        """The same as in tests/sim/talk_test.cpp."""
        for text, error in (
                ("People Alice\nAlice dances\n", "x.talk:2: this sentence is not known"),
                ("People Alice\nAlice signs in please\n", "x.talk:2: this sentence is not known"),
                ("People Alice\nAlice/9 signs in\n", "x.talk:2: this sentence is not known"),
                ("People Alice\nBob signs in\n", "x.talk:2: nobody has introduced bob"),
                ("People Alice\nAlice invites Bob\n", "x.talk:2: nobody has introduced bob"),
                ("People Alice\nAlice says \"hello\n", "x.talk:2: a quote is not closed"),
                ("People Alice\nAlice signs in gets well\n", "x.talk:2: 'gets' wants a final status"),
                ("People Alice\nAlice hangs up gets 200\n", "x.talk:2: nothing is answered here"),
                ("People Alice\nAlice sees the call blue\n",
                 "x.talk:2: a call is ringing, open, refused, cancelled or ended"),
                ("People Alice Bob\nAlice pages Bob \"a\"\nAlice pages Bob \"a b\"\n",
                 "x.talk:3: a text begins with a word of its own"),
                ("People Alice Bob\nAlice sees Bob glad\n",
                 "x.talk:2: somebody is offline, online, busy, away, on-the-phone or do-not-disturb"),
                ("People Alice Bob\nAlice publishes joy\n", "x.talk:2: nothing, busy, away or do-not-disturb is published"),
                ("People Alice Bob\nLevel of Bob with Carol is none\n", "x.talk:2: nobody has introduced carol"),
                ("People Alice Bob\nAlice transfers Bob to Carol\n", "x.talk:2: nobody has introduced carol"),
                ("People Alice Bob\nCall of Alice and Bob replaces that of Bob and Carol\n",
                 "x.talk:2: nobody has introduced carol"),
                ("# nothing\n", "x.talk:1: nothing is said")):
            self.assertEqual(self.error_of(text), error)

    def test_a_surprise_names_the_line(self):
        stage = LiveStage()
        self.addCleanup(stage.close)
        stage.start()
        steps = talk.parse("x.talk", 'People Alice Bob\nAlice signs in gets 200\nAlice pages Bob "hello" gets 200\n')
        with self.assertRaises(talk.TalkError) as caught:
            talk.play("x.talk", steps, stage)
        self.assertEqual(str(caught.exception), "x.talk:3: got 202 instead of 200")


class Keys(unittest.TestCase):
    def test_the_known_example(self):
        """authentication 5 of the dialect's reference: every step of one sign-in."""
        info = bytes.fromhex("02000e004500580041004d0050004c0045000100060046004500310000000000")
        challenge = (b"NTLMSSP\0\2\0\0\0" + bytes(12) + bytes.fromhex("0123456789abcdef") + bytes(8)
                     + len(info).to_bytes(2, "little") * 2 + (48).to_bytes(4, "little") + info)
        message, session = ntlm.authenticate(challenge, "alice@example.com", "Secret1!", exported=bytes(range(16)),
                                             client_challenge=bytes.fromhex("a1a2a3a4a5a6a7a8"),
                                             time=bytes.fromhex("00c0397bd2d0da01"))
        self.assertIn(bytes.fromhex("30885dfaab05520ffc01392418ed7779"), message)
        self.assertTrue(message.endswith(bytes.fromhex("3cd91ddfb150815570a756061ba43437")))
        self.assertEqual(session.keys[b"signing", b"client-to-server"].hex(), "9b52e70996bd32c71f2398b552d207d2")
        self.assertEqual(session.keys[b"sealing", b"server-to-client"].hex(), "537dc0b821115fd8177313be127b7d90")


class Files(unittest.TestCase):
    def test_there_are_talks_and_only_they_are_skipped(self):
        titles = {os.path.splitext(os.path.basename(file))[0] for file in FILES}
        self.assertGreater(len(titles), 0)
        self.assertEqual(set(SKIPPED) - titles, set())


if __name__ == "__main__":
    unittest.main()
