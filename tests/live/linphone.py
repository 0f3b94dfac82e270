# SPDX-License-Identifier: Apache-2.0
"""Runs Linphone's console client without screen and sound, signed in over TLS; commands are typed.

In a call it sends a tone from a file and writes what it hears into a file ("soundcard use files")."""
import os

from console import Console
from server import password_of
from tone import write_tone

# Its TLS library compares a certificate with names only, never with addresses.
SETTINGS = """[sip]
sip_port=0
sip_tcp_port=0
sip_tls_port=-1
root_ca={ca}
verify_server_certs=1
verify_server_cn={names}
use_ipv6=0
default_proxy=0
register_only_when_network_is_up=0
auto_net_state_mon=0
publish_presence=1

[net]
bind_address=127.0.0.1

[rtp]
audio_rtp_port=-1
video_rtp_port=-1

[auth_info_0]
username={user}
passwd={password}
realm=example.com
domain=example.com

[proxy_0]
reg_proxy=<sip:{host}:{port};transport=tls>
reg_route=<sip:{host}:{port};transport=tls;lr>
reg_identity=sip:{user}@example.com
reg_expires=300
reg_sendregister=1
publish=1

[storage]
uri={folder}/linphone.db

"""
FRIEND = """[friend_{number}]
url="{user}" <sip:{user}@example.com>
pol=accept
subscribe=1

"""


class Linphone(Console):
    def __init__(self, server, user, *friends, hertz=1000, ca=None, host="localhost"):
        """`friends` are the contacts whose presence is watched.  host: of the server, as it names itself."""
        super().__init__("linphone-" + user)
        os.makedirs(self.path(".local", "share", "linphone"))
        text = SETTINGS.format(ca=ca or server.ca, user=user, password=password_of(user), port=server.tls_port,
                               folder=self.folder, host=host, names=int(host == "localhost"))
        text += "".join(FRIEND.format(number=number, user=friend) for number, friend in enumerate(friends))
        self.write("settings", text)
        write_tone(self.path("tone.wav"), hertz)
        self.run("linphonec", "-c", self.path("settings"))
        self.type("soundcard use files")
        self.type("play " + self.path("tone.wav"))
        self.type("record " + self.path("heard.wav"))

    def type(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def signed_in(self, patience=20):
        """Asks until it is so; it does not say it by itself."""
        for _ in range(int(patience * 4)):
            mark = self.mark()
            self.type("status register")
            if self.wait_for(r"registered[=,]\s*(-?\d|identity)", since=mark).group(1) == "identity":
                return self
            self.nothing_for(0.25)
        raise AssertionError("%s did not sign in:\n%s" % (self.name, self.output[-2000:]))

    def nothing_for(self, seconds):
        self.reader.join(seconds)

    def dial(self, user):
        self.type("call sip:%s@example.com" % user)

    def wait_to_see(self, user, state, patience=20, since=0):
        """A friend is shown as `state`: Online, Offline, On the phone, ..."""
        self.wait_for(r'Friend "%s" <sip:%s@example\.com> is %s' % (user, user, state), patience, since)

    def heard(self):
        """The recording of the last call; it is complete when the call has ended."""
        return self.path("heard.wav")
