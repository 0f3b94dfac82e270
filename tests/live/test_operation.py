# SPDX-License-Identifier: Apache-2.0
"""The program as an administrator uses it: commands, exit statuses, reload, stop, backup, doctor, metrics, logs."""
import contextlib
import csv
import io
import json
import os
import re
import signal
import socket
import sqlite3
import ssl
import stat
import subprocess
import unittest
import unittest.mock

import live
from server import BINARY, Server, eventually, password_of
from sip import Client


class Commands(live.Case):
    def test_users_without_and_with_a_server(self):
        server = Server(users=())
        self.addCleanup(server.close)
        server.add_user("erin")
        self.assertEqual([u["address"] for u in server.run("user", "list")], ["erin@example.com"])
        self.assertEqual(server.run("user", "show", "erin@example.com")["endpoints"], [])
        self.assertIsInstance(server.run("user", "show", "erin@example.com")["id"], str)
        again = server.run("user", "add", "erin@example.com", "--password-stdin", stdin="another one\n", check=False)
        self.assertEqual(again.returncode, 5)
        self.assertEqual(json.loads(again.stdout)["error"]["reason"], "user_exists")
        weak = server.run("user", "add", "frank@example.com", "--password-stdin", stdin="short\n", check=False)
        self.assertEqual(weak.returncode, 5)
        foreign = server.run("user", "add", "x@elsewhere.org", "--password-stdin", stdin="long enough\n", check=False)
        self.assertEqual(foreign.returncode, 5)
        self.assertEqual(server.run("status", check=False).returncode, 4)
        server.start()
        server.add_user("grace")
        self.assertEqual(server.run("status")["users"], 2)
        server.run("user", "remove", "grace@example.com")
        self.assertEqual(server.run("status")["users"], 1)

    def test_contact_card_without_and_with_a_server(self):
        server = Server(users=("erin",))
        self.addCleanup(server.close)
        card = lambda *words, **options: server.run("user", "card", "erin@example.com", *words, **options)
        self.assertEqual(card(), {"address": "erin@example.com", "card": {}})
        card("--set", "title=Ingeniera ñandú", "--set", "work_phone=+34911111111")
        server.start()
        expected = {"title": "Ingeniera ñandú", "work_phone": "+34911111111"}
        self.assertEqual(card()["card"], expected)
        self.assertEqual(server.run("user", "show", "erin@example.com")["card"], expected)
        expected["city"] = "Bilbao"
        self.assertEqual(card("--set", "city=Bilbao")["card"], expected)
        for wrong, reason in (("photo_url=file:///etc/passwd", "setting_out_of_bounds"), ("age=7", "setting_unknown")):
            refused = card("--set", "city=Vigo", "--set", wrong, check=False)
            self.assertEqual((refused.returncode, json.loads(refused.stdout)["error"]["reason"]), (5, reason))
        self.assertEqual(server.stop(), 0)
        self.assertEqual(card()["card"], expected)
        self.assertEqual(card(*(word for name in expected for word in ("--clear", name)))["card"], {})
        self.assertNotIn("card", server.run("user", "list")[0])

    def test_usage_errors_and_help(self):
        for words, status in ((["--help"], 0), (["user", "add", "--help"], 0), (["--version"], 0), ([], 2), (["dance"], 2),
                              (["user", "add"], 2), (["cdr", "list", "--limit", "0"], 2)):
            done = subprocess.run([BINARY, *words], capture_output=True, text=True, timeout=20)
            self.assertEqual(done.returncode, status, (words, done.stderr))
            if status == 2:
                done = subprocess.run([BINARY, *words, "--json"], capture_output=True, text=True, timeout=20)
                self.assertEqual((done.returncode, json.loads(done.stdout)["error"]["reason"]), (2, "command_malformed"))
        self.assertIn("dance", subprocess.run([BINARY, "dance"], capture_output=True, text=True, timeout=20).stderr)

    def test_no_secret_in_any_answer(self):
        for words in (("user", "list"), ("user", "show", "alice@example.com"), ("status",), ("health",)):
            text = self.server.run(*words, parse=False)
            for secret in ("argon2", "digest", "password", password_of("alice")):
                self.assertNotIn(secret, text.lower())

    def test_spanish(self):
        done = subprocess.run([BINARY, "user", "show", "nobody@example.com", "--data", self.server.folder, "--language", "es"],
                              capture_output=True, text=True, timeout=20)
        self.assertEqual(done.returncode, 3)
        self.assertIn("El usuario no existe", done.stderr)

    def test_two_servers_on_one_folder(self):
        second = subprocess.run([BINARY, "serve", "--data", self.server.folder, "--sip-tls", "127.0.0.1:0", "--http", "",
                                 "--json"], capture_output=True, text=True, timeout=30)
        self.assertEqual(second.returncode, 5, second.stdout + second.stderr)
        self.assertEqual(json.loads(second.stdout)["error"]["reason"], "already_running")

    def test_port_in_use(self):
        other = Server(users=())
        self.addCleanup(other.close)
        done = subprocess.run([BINARY, "serve", "--data", other.folder, "--sip-tls", "127.0.0.1:%d" % self.server.tls_port,
                               "--http", "", "--json"], capture_output=True, text=True, timeout=30)
        self.assertEqual(done.returncode, 5, done.stdout)
        self.assertEqual(json.loads(done.stdout)["error"]["reason"], "address_in_use")

    def test_every_address_of_both_families_on_one_port(self):
        with socket.socket() as probe:   # as the default has it, but on a port that is free
            probe.bind(("", 0))
            port = probe.getsockname()[1]
        other = Server(users=(), settings={"listen.sip_tls": '"0.0.0.0:%d [::]:%d"' % (port, port)})
        self.addCleanup(other.close)
        other.start(tls=False)
        self.assertEqual(other.ready["sip_tls"], ["0.0.0.0:%d" % port, "[::]:%d" % port])
        context = ssl.create_default_context(cafile=other.ca)
        for host in ("127.0.0.1", "::1"):
            with socket.create_connection((host, port), 5) as raw, context.wrap_socket(raw, server_hostname=host) as tls:
                self.assertIn(tls.version(), ("TLSv1.2", "TLSv1.3"))

    def test_a_log_that_cannot_be_written_is_named(self):
        other = Server(users=(), settings={"log.file": '"/proc/nowhere/tertulia.log"'})
        self.addCleanup(other.close)
        done = subprocess.run([BINARY, "serve", "--data", other.folder, "--sip-tls", "127.0.0.1:0", "--http", "", "--json"],
                              capture_output=True, text=True, timeout=30)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("log.file", json.loads(done.stdout)["error"]["detail"])

    def test_challenges_cannot_all_be_switched_off(self):
        other = Server(users=(), settings={"sip.digest_sha256": "false", "sip.digest_md5": "false"})
        self.addCleanup(other.close)
        self.assertEqual(other.run("check-config", check=False).returncode, 5)

    def test_a_folder_that_may_not_be_entered(self):
        if os.geteuid() != 0:
            self.skipTest("needs another account")
        become_nobody = lambda: (os.setgid(65534), os.setuid(65534))
        done = subprocess.run([BINARY, "status", "--data", self.server.folder, "--json"], capture_output=True, text=True,
                              timeout=30, preexec_fn=become_nobody)
        if done.returncode == 126 or not done.stdout:
            self.skipTest("the other account may not run the program")
        self.assertEqual(done.returncode, 5, done.stdout)
        self.assertEqual(json.loads(done.stdout)["error"]["reason"], "permission_denied")

    def test_metrics_and_health(self):
        alice, bob = self.signed_in("alice"), self.signed_in("bob")
        before = self.server.metric("tertulia_messages_in_total")
        self.assertEqual(alice.message("bob", "counted").status, 200)
        self.assertEqual(self.server.metric("tertulia_messages_in_total"), before + 1)
        self.assertGreaterEqual(self.server.metric("tertulia_connections"), 2)
        self.assertEqual(self.server.get("/nothing")[0], 404)
        status, text = self.server.get("/health")
        self.assertEqual(status, 200)
        self.assertTrue({c["name"] for c in json.loads(text)["result"]["components"]} >= {"immcu", "store", "tls", "records"})

    def test_doctor(self):
        findings = {f["check"]: f for f in json.loads(self.server.run("doctor", check=False).stdout)["result"]}
        for check in ("folder", "configuration", "key", "certificate", "store", "disk", "time", "dns"):
            self.assertIn(check, findings)
        for finding in findings.values():
            self.assertTrue(finding["grade"] == "ok" or finding["remedy"], finding)
        empty = subprocess.run([BINARY, "doctor", "--data", "/nonexistent", "--json"], capture_output=True, text=True)
        self.assertEqual(empty.returncode, 6)


class LostParts(unittest.TestCase):
    def setUp(self):
        self.server = Server(users=("alice",))
        self.addCleanup(self.server.close)

    def init(self, *words):
        return self.server.run("init", "--domain", "example.com", *words, check=False)

    def finding(self, check):
        return next(f for f in json.loads(self.server.run("doctor", check=False).stdout)["result"] if f["check"] == check)

    def test_a_lost_key_is_told_and_locks_nobody_out(self):
        key = os.path.join(self.server.folder, "keys", "secret.key")
        os.rename(key, key + ".kept")
        refused = self.init()
        self.assertEqual(refused.returncode, 1)
        self.assertIn("put it back from the backup", json.loads(refused.stdout)["error"]["detail"])
        self.assertFalse(os.path.exists(key))
        self.assertEqual(self.init("--new-key").returncode, 0)
        fault = self.finding("key")
        self.assertEqual((fault["grade"], "1 of 1 users" in fault["text"]), ("fault", True), fault)
        self.server.start()
        for _ in range(8):
            with contextlib.closing(Client(self.server, "alice")) as alice:
                answer = alice.register()
                self.assertEqual((answer.status, answer.get("ms-diagnostics")[:5]), (500, "52509"), answer.headers)
        self.assertEqual(self.server.metric("tertulia_sign_in_failures_total"), 0)
        self.assertEqual(self.server.stop(), 0)
        os.replace(key + ".kept", key)
        self.assertEqual(self.finding("key")["grade"], "ok")
        self.server.start()
        with contextlib.closing(Client(self.server, "alice")) as alice:
            self.assertEqual(alice.register().status, 200)

    def test_a_lost_store_is_told_and_not_made_by_the_way(self):
        store = os.path.join(self.server.folder, "tertulia.db")
        os.remove(store)
        for words in (("user", "list"), ("cdr", "list"), ("serve", "--sip-tls", "127.0.0.1:0", "--http", "")):
            done = self.server.run(*words, check=False)
            self.assertEqual(done.returncode, 1, done.stdout)
            self.assertIn("is missing", json.loads(done.stdout)["error"]["detail"])
        self.assertFalse(os.path.exists(store))
        open(store, "wb").close()
        self.assertEqual(json.loads(self.server.run("user", "list", check=False).stdout)["error"]["reason"], "file_damaged")
        self.assertEqual(self.finding("store")["grade"], "fault")
        os.remove(store)
        self.assertEqual(self.init().returncode, 0)
        self.assertEqual(self.server.run("user", "list"), [])

    def test_doctor_asks_the_running_server(self):
        self.server.start()
        self.server.run("component", "stop", "immcu")
        findings = json.loads(self.server.run("doctor", check=False).stdout)["result"]
        self.assertIn(("fault", "tertulia component start immcu"),
                      [(f["grade"], f["remedy"]) for f in findings if f["check"] == "server"])
        self.server.run("component", "start", "immcu")

    def test_another_domain_or_host_than_the_folder_has(self):
        other = self.server.run("init", "--domain", "example.org", check=False)
        self.assertEqual((other.returncode, json.loads(other.stdout)["error"]["reason"]), (5, "domain_foreign"))
        self.assertEqual(self.server.run("init", "--domain", "example.com", "--host", "localhost", "--host", "other.example.net")
                         ["hosts_not_in_certificate"], ["other.example.net"])

    def test_bad_names_are_told_before_anything_is_made(self):
        folder = os.path.join(self.server.folder, "new")
        good = ("--domain", "example.com")
        for words, told in ((("--domain", "bad domain"), (2, "domain_malformed")),
                            (good + ("--host", "bad host"), (2, "domain_malformed")),
                            (good + tuple("--host=h%d" % i for i in range(65)), (5, "setting_out_of_bounds"))):
            done = subprocess.run([BINARY, "init", "--data", folder, "--json", *words], capture_output=True, text=True)
            self.assertEqual((done.returncode, json.loads(done.stdout)["error"]["reason"]), told, done.stdout)
            self.assertFalse(os.path.exists(folder))

    def test_an_empty_address_switches_off(self):
        self.server.configure({"listen.sip_tcp": '"127.0.0.1:0"'})
        self.server.start(tcp=False, extra=("--sip-tcp", "", "--web", ""))
        self.assertEqual((self.server.ready["sip_tcp"], self.server.ready["web"]), ([], []))
        self.assertEqual(len(self.server.ready["sip_tls"]), 1)


class Records(live.Case):
    def test_list_show_export_backup(self):
        alice, bob = self.signed_in("alice"), self.signed_in("bob")
        alice.message("bob", "secret text")
        bob.close()
        alice.close()
        registration = eventually(lambda: [r for r in self.server.run("cdr", "list", "registrations")
                                           if r["user"] == "bob@example.com" and r["deregister_time"]])[0]
        self.assertEqual(registration["client_version"], "tertulia-live-test")
        self.assertEqual(registration["ip_address"], "127.0.0.1")
        session = eventually(lambda: self.server.run("cdr", "list"))[0]
        self.assertEqual(self.server.run("cdr", "show", session["id"])["user1"], "alice@example.com")
        text = subprocess.run([BINARY, "cdr", "export", "--data", self.server.folder], capture_output=True, text=True).stdout
        rows = list(csv.DictReader(io.StringIO(text)))
        self.assertEqual(rows[0]["user2"], "bob@example.com")
        self.assertNotIn("secret text", text)
        self.assertEqual(self.server.run("cdr", "show", "1", check=False).returncode, 3)
        for time in ("2026-03-01 09:30", "2026-03-01T09:30:00 and more", "2026-02-30", "yesterday"):
            self.assertEqual(self.server.run("cdr", "list", "--from", time, check=False).returncode, 2, time)
        for time in ("2026-03-01", "2026-03-01T09:30", "2026-03-01T09:30:00Z"):
            self.assertEqual(self.server.run("cdr", "list", "--from", time, check=False).returncode, 0, time)
        copy = os.path.join(self.server.folder, "copy.db")
        self.server.run("backup", copy)
        self.assertEqual(self.server.run("backup", copy, check=False).returncode, 5)
        self.server.run("backup", copy, "--overwrite")
        with sqlite3.connect(copy) as database:
            self.assertEqual(database.execute("PRAGMA integrity_check").fetchone()[0], "ok")


class ReloadAndStop(live.Case):
    def test_sighup_takes_over_settings_and_certificate_without_dropping(self):
        alice = self.signed_in("alice")
        self.server.configure({"sip.registration_min": "90"})
        for name in ("server.pem", "server-key.pem"):
            os.remove(os.path.join(self.server.folder, "tls", name))
        before = self.serial()
        subprocess.run([BINARY, "init", "--data", self.server.folder, "--domain", "example.com", "--host", "localhost", "--host",
                        "127.0.0.1"], check=True, capture_output=True)
        self.server.process.send_signal(signal.SIGHUP)
        eventually(lambda: self.serial() != before, what="the new certificate")
        answer = alice.register(expires=70)   # the old connection lives on, under the new settings
        self.assertEqual((answer.status, answer.get("min-expires")), (423, "90"))

    def serial(self):
        context = ssl.create_default_context(cafile=self.server.ca)
        with socket.create_connection(("127.0.0.1", self.server.tls_port), 5) as raw:
            with context.wrap_socket(raw, server_hostname="localhost") as tls:
                return tls.getpeercert()["serialNumber"]

    def test_a_bad_configuration_is_refused_by_name_and_changes_nothing(self):
        self.server.configure({"sip.registration_max": "7"})
        done = self.server.run("reload", check=False)
        self.assertEqual(done.returncode, 5)
        self.assertIn("sip.registration_max", done.stdout)
        self.assertEqual(self.server.run("check-config", check=False).returncode, 5)
        self.server.configure({"sip.registration_max": "900"})
        self.server.run("reload")
        self.assertEqual(self.signed_in("bob").register().status, 200)

    def test_a_signal_right_after_the_ready_line_finds_its_handler(self):
        server = Server(users=())
        self.addCleanup(server.close)
        for _ in range(5):
            server.start()
            self.assertEqual(server.stop(), 0)

    def test_the_service_manager_hears_ready_reloading_and_stopping(self):
        server = Server(users=())
        self.addCleanup(server.close)
        for address in (os.path.join(server.folder, "notify"), "\0tertulia-live-%d" % os.getpid()):   # a file; an abstract name
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
                manager.bind(address)
                manager.settimeout(20)
                with unittest.mock.patch.dict(os.environ, NOTIFY_SOCKET=address.replace("\0", "@")):
                    server.start()
                self.assertEqual(manager.recv(4096), b"READY=1")
                server.run("reload")
                self.assertRegex(manager.recv(4096), rb"^RELOADING=1\nMONOTONIC_USEC=[1-9]\d*$")
                self.assertEqual(manager.recv(4096), b"READY=1")
                self.assertEqual(server.stop(), 0)
                self.assertEqual(manager.recv(4096), b"STOPPING=1")

    def list_as_text(self):
        """What an administrator sees: runs of blanks as two."""
        done = subprocess.run([BINARY, "cdr", "list", "--data", self.server.folder], capture_output=True, text=True, timeout=20, check=True)
        return re.sub(" {2,}", "  ", done.stdout)

    def test_sigterm_is_orderly_and_closes_records(self):
        alice, bob = self.signed_in("alice"), self.signed_in("bob")
        alice.message("bob", "last words")
        running = eventually(lambda: [r for r in self.server.run("cdr", "list") if not r["end_time"]], what="the record")[0]
        self.assertEqual((running["user1_message_count"], running["user2_message_count"]), (None, None))
        self.assertRegex(self.list_as_text(), r"(?m)^%s  .*  page  -  " % running["id"])
        self.assertEqual(self.server.stop(), 0)
        try:
            eventually(lambda: alice.closed and bob.closed)
            records = self.server.run("cdr", "list")
            self.assertTrue(all(r["end_time"] for r in records))
            ended = next(r for r in records if r["id"] == running["id"])
            self.assertGreaterEqual(ended["user1_message_count"] + ended["user2_message_count"], 1)
            self.assertRegex(self.list_as_text(), r"(?m)^%s  .*  page  %d/%d  " % (
                ended["id"], ended["user1_message_count"], ended["user2_message_count"]))
            self.assertTrue(all(r["deregister_time"] for r in self.server.run("cdr", "list", "registrations")))
        finally:
            self.server.start()

    def test_files_are_private_and_logs_are_clean(self):
        self.signed_in("alice").message("bob", "body never logged")
        for name in ("tertulia.db", "keys/secret.key", "keys/ca-key.pem", "tls/server-key.pem", "admin.sock", "tertulia.toml"):
            mode = stat.S_IMODE(os.stat(os.path.join(self.server.folder, name)).st_mode)
            self.assertEqual(mode & 0o077, 0, name)
        log = self.server.log_text()
        for secret in ("body never logged", "alice@example.com", password_of("alice"), "Digest username"):
            self.assertNotIn(secret, log)
        with open(os.path.join(self.server.folder, "tertulia.db"), "rb") as f:
            self.assertNotIn(password_of("alice").encode(), f.read())


if __name__ == "__main__":
    unittest.main()
