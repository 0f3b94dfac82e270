# SPDX-License-Identifier: Apache-2.0
"""What the log and the records tell an administrator: messages, conversations, commands, and what is not known."""
import os
import re
import signal
import sqlite3
import subprocess
import unittest

import live
import test_lync_rooms
import test_sessions
from server import BINARY, Server, eventually, password_of
from sip import Client


class Logs(live.Case):
    """What an administrator finds in the log: which message, which conversation, which command."""
    settings = {"log.level": '"trace"'}

    def lines(self, *parts):
        return [line for line in self.server.log_text().splitlines() if all(part in line for part in parts)]

    def wait_for(self, *parts):
        return eventually(lambda: self.lines(*parts), what="a line with %s" % (parts,))

    def test_a_message_and_its_conversation(self):
        alice, bob = self.signed_in("alice"), self.signed_in("bob")
        sent = alice.message("bob", "hidden words")
        call_id = sent.get("call-id")
        mark = 'call_id="%s"' % call_id
        line = self.wait_for("message delivered", mark)[0]
        conversation = re.search(r" conversation=(\d+)", line).group(0)
        self.assertRegex(line, r" connection=\d+ .* status=200")
        self.wait_for("record of a conversation opened", mark, conversation)
        came = self.lines("SIP message in", mark, 'method="MESSAGE"')
        self.assertRegex(came[-1], r' connection=\d+ method="MESSAGE" uri="#\w{8}" call_id=.* cseq="\d+ MESSAGE" bytes=\d+$')
        self.assertTrue(self.lines("SIP message out", mark, "status=200"))
        bob.answers["MESSAGE"] = 486
        refused = alice.message("bob", "hidden words")
        line = self.wait_for("request refused", 'call_id="%s"' % refused.get("call-id"), "status=486")[0]
        self.assertIn(conversation, line)
        log = self.server.log_text()
        for secret in ("hidden words", "alice@example.com", password_of("alice"), "Digest username"):
            self.assertNotIn(secret, log)

    def test_a_session_begins_and_ends(self):
        alice, bob = (test_sessions.Sessions.session_endpoint(self, user) for user in ("alice", "bob"))
        answer, session = test_sessions.Session.open(alice, "bob")
        self.assertEqual(answer.status, 200)
        mark = 'call_id="%s"' % session.call_id
        begun = self.wait_for("session leg begins", mark)[0]
        conversation = re.search(r" conversation=\d+", begun).group(0)
        self.assertRegex(begun, r" connection=\d+ ")
        bob.answers["MESSAGE"] = 486
        self.assertEqual(session.say("no").status, 486)
        self.wait_for("request refused", mark, conversation, "status=486")
        self.assertEqual(session.request("BYE").status, 200)
        self.wait_for("session leg ends", mark, conversation)
        self.wait_for("record of a conversation closed", mark, conversation)

    def test_a_device_in_a_conference(self):
        alice = test_lync_rooms.Member(self.server, "alice").make()
        self.addCleanup(alice.close)
        mark = 'call_id="%s"' % alice.seat["call_id"]
        line = self.wait_for("focus dialog begins", mark, 'conference="%s"' % alice.focus.partition("focus:id:")[2])[0]
        conversation = re.search(r" conversation=\d+", line).group(0)
        self.assertRegex(line, r" connection=\d+ ")
        self.wait_for("session leg begins", 'call_id="%s"' % alice.talk["call_id"], conversation)
        alice.close()
        self.wait_for("focus dialog ends", mark, conversation)

    def test_what_the_gate_stops_gives_one_line(self):
        alice = self.signed_in("alice")
        answer = alice.request("FROB", "sip:bob@example.com")
        self.assertEqual(answer.status, 501)
        lines = [line for line in self.wait_for('call_id="%s"' % answer.get("call-id"), " debug ") if "status=501" in line or "gate" in line]
        self.assertEqual(len(lines), 1, lines)
        self.assertIn('step="method"', lines[0])

    def test_commands_of_the_administrator(self):
        self.server.run("component", "stop", "immcu")
        self.server.run("component", "start", "immcu")
        self.wait_for("administrator", 'particulars="component=immcu run=false" outcome="done"')
        self.wait_for("administrator", 'particulars="component=immcu run=true" outcome="done"')
        self.server.run("user", "disable", "carol@example.com")
        self.server.run("user", "enable", "carol@example.com")
        self.wait_for("administrator", 'command="user.set"', 'particulars="enabled=false"')
        self.server.run("user", "password", "carol@example.com", "--password-stdin", stdin="another password\n")
        line = self.wait_for("administrator", 'command="user.password" user="#')[0]
        self.assertIn(" info ", line)
        self.server.run("user", "password", "nobody@example.com", "--password-stdin", stdin="another password\n", check=False)
        self.wait_for("administrator", 'outcome="user_does_not_exist"')
        self.assertNotIn("another password", self.server.log_text())
        self.server.run("reload")
        self.wait_for("administrator", 'command="reload" outcome="done"')
        copy = os.path.join(self.server.folder, "copy.db")
        self.server.run("backup", copy)
        self.wait_for("administrator", 'command="backup.note" particulars="target=%s" outcome="done"' % copy)
        nowhere = os.path.join(self.server.folder, "no-folder", "copy.db")
        self.assertNotEqual(self.server.run("backup", nowhere, check=False).returncode, 0)
        self.assertNotIn('outcome="done"', self.wait_for("administrator", 'particulars="failed target=')[0])


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


class LogFile(unittest.TestCase):
    def test_a_file_that_was_moved_away_is_opened_anew(self):
        server = Server(users=("alice",), settings={"log.file": '"own.log"'})
        self.addCleanup(server.close)
        server.start()
        path = os.path.join(server.folder, "own.log")
        eventually(lambda: "serving" in read(path), what="the first line")
        for number, again in enumerate((lambda: server.run("reload"), lambda: server.process.send_signal(signal.SIGHUP))):
            moved = "%s.%d" % (path, number)
            before = read(path)
            os.rename(path, moved)
            again()
            eventually(lambda: os.path.exists(path) and "were read again" in read(path), what="the new file")
            self.assertEqual(read(moved), before)


class SignedOut(live.Case):
    def end_of(self, client):
        """Row of the registration that the client leaves."""
        return eventually(lambda: next((r for r in self.server.run("cdr", "list", "registrations")
                                        if client.user in r["user"] and r["deregister_time"]), None), what="the record")

    def test_only_who_says_goodbye_has_gone_by_himself(self):
        alice, bob, carol = self.signed_in("alice"), self.signed_in("bob", transport="tcp"), self.signed_in("carol")
        alice.register(expires=0)
        self.assertEqual(self.end_of(alice)["deregister_type"], "client_initiated")
        bob.close()   # as the kernel closes for a program that is killed
        self.assertEqual((self.end_of(bob)["deregister_type"], self.end_of(bob)["diagnostic_id"]), ("client_crashed", 0))
        carol.reset()
        self.assertEqual((self.end_of(carol)["deregister_type"], self.end_of(carol)["diagnostic_id"]), ("client_crashed", 52206))


class CutOff(unittest.TestCase):
    def test_a_killed_server_leaves_no_false_numbers(self):
        server = Server(users=("alice", "bob"))
        self.addCleanup(server.close)
        server.start()
        with Client(server, "alice") as alice:
            alice.register()
            self.assertEqual(alice.message("bob", "one").status, 202)
            call_id = eventually(lambda: server.run("cdr", "list"), what="the record")[0]["call_id"]
            server.kill()
        server.start()
        cut = next(r for r in server.run("cdr", "list") if r["call_id"] == call_id)
        self.assertEqual((cut["user1_message_count"], cut["user2_message_count"], cut["response_code"], cut["diagnostic_id"]),
                         (None, None, None, 52405))
        listed = subprocess.run([BINARY, "cdr", "list", "--data", server.folder], capture_output=True, text=True, timeout=20, check=True)
        self.assertRegex(re.sub(" {2,}", "  ", listed.stdout), r"(?m)^%s  .*  -  page  -  " % cut["id"])
        with sqlite3.connect("file:%s?mode=ro" % os.path.join(server.folder, "tertulia.db"), uri=True) as store:
            self.assertEqual(store.execute("SELECT FromMessageCount, ToMessageCount, ResponseCode FROM session_details_view").fetchall(),
                             [(None, None, None)])


if __name__ == "__main__":
    unittest.main()
