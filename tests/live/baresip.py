# SPDX-License-Identifier: Apache-2.0
"""Runs a real baresip without screen and sound, signed in over TLS; commands go through its ctrl_tcp module.

In a call it sends a tone from a file (aufile), and writes what it hears into a file (sndfile)."""
import glob
import json
import os
import socket

from console import Console
from server import password_of
from tone import write_tone

CONFIG = """module_path {modules}
module stdio.so
module g711.so
module aufile.so
module aubridge.so
module sndfile.so
module_tmp account.so
module_app contact.so
module_app menu.so
module_app presence.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{control}
sip_cafile {ca}
sip_listen 127.0.0.1:0
net_interface 127.0.0.1
audio_source aufile,{folder}/tone.wav
audio_player aubridge,nowhere
audio_alert aubridge,nowhere
snd_path {folder}
"""
MODULES = ("/usr/lib/baresip/modules", "/usr/lib/x86_64-linux-gnu/baresip/modules")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Baresip(Console):
    def __init__(self, server, user, *peers, hertz=700, publish=False):
        """`peers` are the contacts whose presence is watched; `say` writes to the first.  publish: RFC 3903 too."""
        super().__init__("baresip-" + user)
        self.control = free_port()
        modules = next(path for path in MODULES if os.path.isdir(path))
        self.write("config", CONFIG.format(modules=modules, control=self.control, ca=server.ca, folder=self.folder))
        self.write("accounts", '<sip:%s@example.com;transport=tls>;auth_user=%s;auth_pass="%s";'
                   'outbound="sip:127.0.0.1:%d;transport=tls";regint=300%s\n'
                   % (user, user, password_of(user), server.tls_port, ";pubint=300" if publish else ""))
        self.write("contacts", "".join('"%s" <sip:%s@example.com>;presence=p2p\n' % (peer, peer) for peer in peers))
        write_tone(self.path("tone.wav"), hertz)
        self.run("baresip", "-s", "-f", self.folder)   # -s: the SIP messages stand in the output

    def signed_in(self):
        self.wait_for("registered successfully")
        return self

    def command(self, name, parameters=""):
        """Returns what the command has printed."""
        words = json.dumps({"command": name, "params": parameters}).encode()
        with socket.create_connection(("127.0.0.1", self.control), 10) as control:
            control.sendall(b"%d:%s," % (len(words), words))
            with control.makefile("rb") as answers:
                while True:   # netstrings; events come between
                    digits = b""
                    while not digits.endswith(b":"):
                        digit = answers.read(1)
                        if not digit:
                            raise AssertionError("%s closed its control connection" % self.name)
                        digits += digit
                    answer = json.loads(answers.read(int(digits[:-1]) + 1)[:-1])
                    if answer.get("response"):
                        return answer.get("data", "")

    def say(self, text):
        self.command("message", text)

    def dial(self, user):
        self.command("dial", "sip:%s@example.com" % user)

    def sees(self, user, word):
        """True while this contact is shown as `word`: Online, Busy, Offline, ..."""
        return any(word in line and "sip:%s@" % user in line for line in self.command("contacts").splitlines())

    def heard(self):
        """The recording of the last call; it is complete when the call has ended."""
        return max(glob.glob(self.path("dump-*-dec.wav")), key=os.path.getmtime)
