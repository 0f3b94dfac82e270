# SPDX-License-Identifier: Apache-2.0
"""Runs a real baresip without screen and sound, signed in over TLS; commands go through its ctrl_tcp module."""
import json
import os
import socket
import subprocess
import tempfile
import threading
import time

from server import password_of

CONFIG = """module_path {modules}
module stdio.so
module_tmp account.so
module_app contact.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{control}
sip_cafile {ca}
sip_listen 127.0.0.1:0
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Baresip:
    def __init__(self, server, user, peer):
        """`peer` is the one contact, to whom `say` writes."""
        self.folder = tempfile.TemporaryDirectory(prefix="tertulia-baresip-")
        self.control = free_port()
        modules = next(p for p in ("/usr/lib/baresip/modules", "/usr/lib/x86_64-linux-gnu/baresip/modules") if os.path.isdir(p))
        self.write("config", CONFIG.format(modules=modules, control=self.control, ca=server.ca))
        self.write("accounts", '<sip:%s@example.com;transport=tls>;auth_user=%s;auth_pass="%s";'
                   'outbound="sip:127.0.0.1:%d;transport=tls";regint=300\n' % (user, user, password_of(user), server.tls_port))
        self.write("contacts", '"%s" <sip:%s@example.com>\n' % (peer, peer))
        self.process = subprocess.Popen(["baresip", "-f", self.folder.name], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT)
        self.output = ""
        self.changed = threading.Condition()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def write(self, name, text):
        with open(os.path.join(self.folder.name, name), "w", encoding="utf-8") as f:
            f.write(text)

    def read(self):
        for line in self.process.stdout:
            with self.changed:
                self.output += line.decode("utf-8", "replace")
                self.changed.notify_all()

    def wait_for(self, text, patience=20):
        end = time.monotonic() + patience
        with self.changed:
            while text not in self.output:
                left = end - time.monotonic()
                if left <= 0:
                    raise AssertionError("baresip never said %r:\n%s" % (text, self.output[-3000:]))
                self.changed.wait(left)

    def say(self, text):
        command = json.dumps({"command": "message", "params": text}).encode()
        with socket.create_connection(("127.0.0.1", self.control), 10) as control:
            control.sendall(b"%d:%s," % (len(command), command))
            control.settimeout(10)
            control.recv(4096)

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.reader.join(5)
        self.process.stdin.close()
        self.process.stdout.close()
        self.folder.cleanup()
