# SPDX-License-Identifier: Apache-2.0
"""A real MIT KDC for one test class, on a free port of the loopback and in a temporary folder; it needs no rights."""
import os
import shutil
import socket
import struct
import subprocess
import tempfile
import time

REALM = "EXAMPLE.COM"
SYSTEM_PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"

KRB5_CONF = """[libdefaults]
  default_realm = {realm}
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_canonicalize_hostname = false
  rdns = false
  udp_preference_limit = 1
  kdc_timesync = 0
  clockskew = {skew}
[realms]
  {realm} = {{
    kdc = 127.0.0.1:{port}
  }}
[domain_realm]
  localhost = {realm}
"""

KDC_CONF = """[kdcdefaults]
  kdc_listen = 127.0.0.1:{port}
  kdc_tcp_listen = 127.0.0.1:{port}
[realms]
  {realm} = {{
    database_name = {folder}/principal
    key_stash_file = {folder}/stash
    max_life = 10h
  }}
[logging]
  kdc = FILE:{folder}/kdc.log
"""


class Kdc:
    """people: name -> password."""

    def __init__(self, people, service):
        for program in ("krb5kdc", "kadmin.local", "kinit", "kvno"):
            if shutil.which(program, path=SYSTEM_PATH) is None:
                raise AssertionError("there is no %s: install krb5-kdc, krb5-admin-server and krb5-user" % program)
        self.folder = tempfile.mkdtemp(prefix="tertulia-kdc-")
        self.keytab = self.path("sip.keytab")
        self.service = service
        self.process = None
        try:
            self.open(people)
        except BaseException:
            self.close()
            raise

    def open(self, people):
        for _ in range(5):   # another program may take the port before the KDC does
            self.port = free_port()
            self.write("kdc.conf", KDC_CONF)
            self.config = self.write("krb5.conf", KRB5_CONF, skew=300)
            self.strict_config = self.write("strict.conf", KRB5_CONF, skew=5)
            self.dead_config = self.write("dead.conf", KRB5_CONF.replace("{port}", "1"), skew=300)
            if not os.path.exists(self.path("principal")):
                self.command("kdb5_util", "create", "-s", "-P", "a master key of tests")
                for name, password in people.items():
                    self.admin("addprinc -pw %s %s" % (password, name))
                self.admin("addprinc -randkey " + self.service)
                self.admin("ktadd -k %s %s" % (self.keytab, self.service))
            self.process = subprocess.Popen([shutil.which("krb5kdc", path=SYSTEM_PATH), "-n"], env=self.environment(),
                                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if self.answers():
                return
            self.process.kill()
            self.process.wait()
        raise AssertionError("krb5kdc does not start")

    def answers(self):
        end = time.monotonic() + 10
        while time.monotonic() < end and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return True
            except OSError:
                time.sleep(0.05)
        return False

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text, **values):
        with open(self.path(name), "w", encoding="ascii") as f:
            f.write(text.format(realm=REALM, folder=self.folder, port=self.port, **values))
        return self.path(name)

    def environment(self, **more):
        own = {"PATH": SYSTEM_PATH, "KRB5_CONFIG": self.config, "KRB5_KDC_PROFILE": self.path("kdc.conf")}
        return {**os.environ, **own, **more}

    def command(self, *words, stdin=None, **environment):
        done = subprocess.run(words, env=self.environment(**environment), input=stdin, text=True, capture_output=True, timeout=60)
        if done.returncode != 0:
            raise AssertionError("%s: %s%s" % (words[0], done.stdout, done.stderr))
        return done.stdout

    def admin(self, command):
        return self.command("kadmin.local", "-r", REALM, "-q", command)

    # -- clients -----------------------------------------------------------------------------------------------------

    def cache(self, name):
        return self.path("cache-" + name)

    def of_client(self, name, config=None):
        """Variables of a client with a ticket cache of its own."""
        return {"KRB5_CONFIG": config or self.config, "KRB5CCNAME": "FILE:" + self.cache(name)}

    def ticket(self, user, password, name=None, seconds=None):
        """The user signs in to the domain; returns the variables of a client that finds the ticket."""
        variables = self.of_client(name or user)
        self.command("kinit", *(["-l", "%ds" % seconds] if seconds else []), user, stdin=password + "\n", **variables)
        self.command("kvno", "-q", self.service, **variables)
        return variables

    def close(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def prolong(cache, seconds):
    """Lets a client believe that its tickets end so much later: it would not show an expired one.  (The cache's format
    is documented by MIT, version 4: big-endian, times of a credential behind its two principals and its key.)"""
    with open(cache, "rb") as f:
        data = bytearray(f.read())
    at = 0

    def number(octets):
        nonlocal at
        at += octets
        return int.from_bytes(data[at - octets:at], "big")

    def skip_counted():
        nonlocal at
        size = number(4)
        at += size

    def skip_principal():
        number(4)   # kind of name
        for _ in range(number(4) + 1):
            skip_counted()

    if number(2) != 0x0504:
        raise AssertionError("%s is no ticket cache of version 4" % cache)
    size = number(2)   # of the header
    at += size
    skip_principal()
    while at < len(data):
        skip_principal()
        skip_principal()
        number(2)     # kind of key
        skip_counted()
        number(8)     # two times
        end = number(4)
        if end:
            data[at - 4:at] = struct.pack(">I", end + seconds)
        number(4 + 1 + 4)
        for _ in range(2):   # addresses, authorization data
            for _ in range(number(4)):
                number(2)
                skip_counted()
        skip_counted()
        skip_counted()
    with open(cache, "wb") as f:
        f.write(data)
