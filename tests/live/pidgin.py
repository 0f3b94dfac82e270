# SPDX-License-Identifier: Apache-2.0
"""Runs a real Pidgin with SIPE without screen: sipe_driver (tests/live/sipe) loads the plugin and is told what to do.

Contacts are named by their user name.  What the client shows arrives as events (dictionaries, `event` is the name)."""
import html
import json
import os
import re
import ssl
import subprocess

from console import Console
from server import eventually, password_of

DRIVER = os.environ.get("TERTULIA_SIPE_DRIVER", "build/release/bin/sipe_driver")
PLUGINS = os.environ.get("TERTULIA_SIPE_PLUGINS", "/usr/lib/purple-2")
PATIENCE = 20        # seconds for what needs answers of the server
LOG_SHOWN = 3000     # bytes of the client's debug log in the text of a failure



def uri_of(user):
    return user if user.startswith("sip:") else "sip:%s@example.com" % user


class Pidgin(Console):
    def __init__(self, server, user, transport="tls", password=None, login=None, host=None, authentication="ntlm",
                 options=None, environment=None):
        """host: name that the client believes its machine to have; a second device of a user needs another one.
        options: more settings of the account, name -> text or bool.  environment: more variables of its process."""
        super().__init__("pidgin-" + user)
        if not os.path.exists(DRIVER):
            raise AssertionError("there is no sipe_driver (TERTULIA_SIPE_DRIVER=%r): install pidgin-sipe, libpurple-dev and "
                                 "libxml2-dev, configure again and build the target sipe_driver" % DRIVER)
        self.server, self.user = server, user
        self.events, self.answers, self.asked = [], [], 0
        self.run("env", "LANG=C.UTF-8", "LC_ALL=C.UTF-8", "DBUS_SESSION_BUS_ADDRESS=disabled:",
                 *("%s=%s" % pair for pair in (environment or {}).items()), DRIVER, self.folder, PLUGINS, *([host] if host else []))
        self.ready = self.wait_for("ready")
        if transport == "tls":
            self.trust(server)
        self.command("account", "%s@example.com%s" % (user, "," + login if login else ""),
                     password if password is not None else password_of(user))
        port = server.tls_port if transport == "tls" else server.tcp_port
        # dont-publish would be asking an Exchange server for the calendar
        for name, value in {"server": "127.0.0.1:%d" % port, "transport": transport, "authentication": authentication,
                            "dont-publish": True, **(options or {})}.items():
            self.option(name, value)

    # -- driver ------------------------------------------------------------------------------------------------------

    def trust(self, server, name="127.0.0.1"):
        """The certificate is accepted under this name as if the user had done so before; it is checked here against the
        authority."""
        folder = self.path("certificates", "x509", "tls_peers")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, name), "w", encoding="ascii") as f:
            f.write(ssl.get_server_certificate(("127.0.0.1", server.tls_port), ca_certs=server.ca))

    def read(self):
        """In its own thread: lines that are no events stay in `output` for the text of a failure."""
        rest = b""
        while True:
            data = os.read(self.process.stdout.fileno(), 65536)
            if not data:
                break
            *lines, rest = (rest + data).split(b"\n")
            with self.changed:
                for line in lines:
                    text = line.decode("utf-8", "replace")
                    self.output += text + "\n"
                    if text.startswith("{"):
                        event = json.loads(text)
                        (self.answers if event["event"] == "answer" else self.events).append(event)
                self.changed.notify_all()
        with self.changed:
            self.answers.append({"error": "the driver has ended"})
            self.changed.notify_all()

    def command(self, name, *words):
        """Returns the answer; an error fails the test."""
        line = "\t".join(str(word).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n") for word in (name, *words))
        with self.changed:
            number, self.asked = self.asked, self.asked + 1
        try:
            self.process.stdin.write(line.encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise AssertionError("%s has ended\n%s" % (self.name, self.log_end())) from None
        with self.changed:
            if not self.changed.wait_for(lambda: len(self.answers) > number, PATIENCE):
                raise AssertionError("%s does not answer %s\n%s" % (self.name, name, self.log_end()))
            answer = self.answers[number]
        if "error" in answer:
            raise AssertionError("%s %s%r: %s" % (self.name, name, words, answer["error"]))
        return answer

    def option(self, name, value):
        if isinstance(value, bool):
            self.command("option", "flag", name, str(value).lower())
        else:
            self.command("option", "text", name, value)

    def mark(self):
        """Where the events are now, for `since`."""
        with self.changed:
            return len(self.events)

    def seen(self, event, condition=None, since=0, **members):
        """The first event of this name whose members have these values and for which condition(event) is true."""
        for found in self.events[since:]:
            if (found["event"] == event and all(found.get(key) == value for key, value in members.items())
                    and (condition is None or condition(found))):
                return found
        return None

    def wait_for(self, event, condition=None, patience=PATIENCE, since=0, **members):
        with self.changed:
            if not self.changed.wait_for(lambda: self.seen(event, condition, since, **members), patience):
                raise AssertionError("%s showed no %s %s in %g s; events:\n%s\nlog:\n%s" % (
                    self.name, event, members, patience, self.output[-4000:], self.log_end()))
            return self.seen(event, condition, since, **members)

    def log_text(self):
        """The client's debug log, which holds each SIP message complete."""
        try:
            with open(self.path("debug.log"), encoding="utf-8", errors="replace") as f:
                return f.read()
        except OSError:
            return ""

    def log_end(self):
        return self.log_text()[-LOG_SHOWN:]

    def answered(self, method, status="2"):
        """How many requests of this method the server has answered so."""
        answer = r"MESSAGE START <<<[^\n]*\n+SIP/2\.0 %s[^\n]*\n(?:[^\n]+\n)*?CSeq: *\d+ %s\b" % (status, method)
        return len(re.findall(answer, self.log_text()))

    def clock(self, factor):
        """All its timers and its time run so many times faster from now on."""
        self.command("clock", factor)

    def kill(self):
        """It ends at once, as with the machine, and is not closed any more."""
        self.process.kill()
        self.process.wait()
        self.reader.join(5)
        self.process.stdin.close()
        self.process.stdout.close()
        self.temporary.cleanup()

    def close(self):
        """It signs out and ends.  A client that has crashed fails the test: something that it was sent has done that."""
        try:
            try:
                self.process.stdin.close()
            except BrokenPipeError:
                pass
            try:
                status = self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                status = None   # it hangs, for example in a transfer of the old manner
            self.reader.join(5)
            self.process.stdout.close()
            if status:
                raise AssertionError("%s ended with status %d\n%s" % (self.name, status, self.log_end()))
        finally:
            self.temporary.cleanup()

    # -- own state ---------------------------------------------------------------------------------------------------

    def sign_in(self):
        mark = self.mark()
        self.command("sign-in")
        return mark

    def signed_in(self):
        """Waits for the contact list too: "signed on" comes before it, and what a person changes between gets lost."""
        def steps():
            return self.log_text().count("<contactList"), self.answered("SERVICE")
        before = steps()
        mark = self.sign_in()
        self.wait_for("signed-on", since=mark)
        try:
            eventually(lambda: all(now > old for now, old in zip(steps(), before)), PATIENCE)
        except AssertionError:
            raise AssertionError("%s got no contact list or could not publish\n%s" % (self.name, self.log_end())) from None
        return self

    def sign_out(self):
        mark = self.mark()
        self.command("sign-out")
        self.wait_for("signed-off", since=mark)

    def rejected(self, patience=PATIENCE):
        """Tries to sign in and returns the reason that a person is shown."""
        mark = self.sign_in()
        return self.wait_for("connection-error", since=mark, patience=patience)["text"]

    def status(self, state, note=None):
        """note: "" removes it."""
        self.command("status", state, *([] if note is None else [note]))

    def idle(self, seconds):
        self.command("idle", seconds)

    @property
    def own_status(self):
        return self.command("me")["status"]

    # -- contacts ----------------------------------------------------------------------------------------------------

    def contact(self, user):
        """What is shown of a contact: status, note in `text`, alias, group, `tip`; None if it is not in the list."""
        answer = self.command("buddy", uri_of(user))
        return answer if answer["found"] else None

    def photo(self, user):
        """SHA-1 of the picture beside a contact; None when none is shown."""
        answer = self.command("photo", uri_of(user))
        return answer["sha1"] if answer["octets"] else None

    def wait_for_photo(self, user, sha1):
        try:
            eventually(lambda: self.photo(user) == sha1, PATIENCE)
        except AssertionError:
            raise AssertionError("%s does not show the picture %s of %s but %s\n%s" % (
                self.name, sha1, user, self.photo(user), self.log_end())) from None

    def contacts(self):
        """Group -> users in it, of the groups that are not empty."""
        groups = {}
        for entry in self.command("buddies")["buddies"]:
            groups.setdefault(entry["group"], set()).add(entry["uri"][4:].partition("@")[0])
        return groups

    def groups(self):
        return set(self.command("buddies")["groups"])

    def sees(self, user, state, note=None):
        """True while the contact is shown so.  note: part of the text beside it."""
        contact = self.contact(user)
        return (contact is not None and contact["status"] == state
                and (note is None or note in (contact["text"] or "") or note in str(contact["tip"])))

    def wait_to_see(self, user, state, note=None, patience=PATIENCE):
        try:
            eventually(lambda: self.sees(user, state, note), patience)
        except AssertionError:
            raise AssertionError("%s does not see %s %s %s but %s\n%s" % (
                self.name, user, state, note or "", self.contact(user), self.log_end())) from None

    def add(self, user, group="Friends", alias=None):
        self.command("add", uri_of(user), group, *([alias] if alias else []))

    def remove(self, user, group=None):
        self.command("remove", uri_of(user), *([group] if group else []))

    def move(self, user, group):
        self.command("move", uri_of(user), group)

    def alias(self, user, name):
        self.command("alias", uri_of(user), name)

    def rename_group(self, old, new):
        self.command("rename-group", old, new)

    def delete_group(self, name):
        self.command("delete-group", name)

    def level(self, user):
        """Access level of a contact: Personal, Team, Company, Public or Blocked."""
        return self.contact(user)["tip"].get("Access level", "").lstrip("* ")   # the star: given to this one person

    def block(self, user):
        self.command("block", uri_of(user))
        self.wait_for_level(user, "Blocked")

    def unblock(self, user):
        """It takes the contact out of where it knows it to be, so it must have heard of the block."""
        self.wait_for_level(user, "Blocked")
        self.command("unblock", uri_of(user))

    def wait_for_level(self, user, level):
        eventually(lambda: self.level(user) == level, PATIENCE, "access level %s of %s" % (level, user))

    def menu(self, user):
        """The entries of a contact's menu, "outer > inner"."""
        return self.command("menu", uri_of(user))["menu"]

    def choose(self, user, *labels):
        self.command("menu", uri_of(user), *labels)

    def access_level(self, user, level):
        self.choose(user, "Access level", level)
        self.wait_for_level(user, level)

    # -- people ------------------------------------------------------------------------------------------------------

    def info(self, user):
        mark = self.mark()
        self.command("info", uri_of(user))
        return self.wait_for("info", since=mark)["entries"]

    def search(self, **fields):
        """fields: given surname email sipid company country.  Returns the rows, or the text when nothing was found."""
        mark = self.mark()
        self.command("action", "Contact search")
        form = self.wait_for("request", since=mark, kind="fields")
        self.command("answer-request", form["id"], 0, *(word for pair in fields.items() for word in pair))
        answer = eventually(lambda: self.seen("found", since=mark) or self.seen("notice", since=mark), PATIENCE, "the search")
        if answer["event"] == "found":
            return [dict(zip(answer["columns"], row)) for row in answer["rows"]]
        return answer["primary"]

    # -- conversations -----------------------------------------------------------------------------------------------

    def say(self, user, text):
        self.command("say", uri_of(user), html.escape(text))

    def type(self, user, does=True):
        self.command("type", uri_of(user), "yes" if does else "no")

    def close_talk(self, user):
        self.command("close", uri_of(user))

    def wait_to_hear(self, user, text, since=0, patience=PATIENCE):
        return self.wait_for("line", since=since, patience=patience, manner="received", talk=uri_of(user), text=text)

    def wait_for_error(self, user, part="", since=0):
        """A line that says that a text was not delivered."""
        return self.wait_for("line", lambda line: part in line["text"], since=since, manner="error", talk=uri_of(user))

    # -- rooms: named as in the events, "" is the only one -----------------------------------------------------------

    def new_chat(self, user):
        mark = self.mark()
        self.choose(user, "New chat")
        return self.wait_for("joined", since=mark)["talk"]

    def rooms(self):
        return self.command("rooms")["rooms"]

    def is_room(self, talk):
        return any(entry["talk"] == talk for entry in self.rooms())

    def members(self, room=""):
        """User -> leader or member."""
        for entry in self.rooms():
            if room in ("", entry["talk"]):
                return {uri[4:].partition("@")[0]: role for uri, role in entry["members"].items()}
        return {}

    def room_say(self, text, room=""):
        self.command("room-say", room, html.escape(text))

    def invite(self, user, room=""):
        self.command("room-invite", room, uri_of(user))

    def make_leader(self, user):
        self.choose(user, "Make leader of")

    def eject(self, user):
        self.choose(user, "Remove from")

    def room_choose(self, label, room=""):
        """The entry is there only while it makes sense, so it is waited for."""
        eventually(lambda: label in self.command("room-menu", room)["menu"], PATIENCE, label)
        self.command("room-menu", room, label)

    def lock(self, room=""):
        self.room_choose("Lock", room)

    def unlock(self, room=""):
        self.room_choose("Unlock", room)

    def leave(self, room=""):
        self.command("room-leave", room)

    # -- files -------------------------------------------------------------------------------------------------------

    def send_file(self, user, path):
        self.command("send-file", uri_of(user), path)

    def offered_file(self, since=0):
        return self.wait_for("file", since=since, state="offered")

    def accept_file(self, number, path):
        """The old manner of transfer (MSN) blocks the sender's client after this: there only the offer can be tested."""
        self.command("accept-file", number, path)

    def take_back_file(self, user):
        self.command("take-back-file", uri_of(user))

    def refuse_file(self, number):
        self.command("refuse-file", number)
