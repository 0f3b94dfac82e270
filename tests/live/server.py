# SPDX-License-Identifier: Apache-2.0
"""Starts the real binary on free ports in a temporary folder, for one test class or one test."""
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time

BINARY = os.environ.get("TERTULIA", "build/release/bin/tertulia")
PASSWORD = "correct-horse-{}"


class Server:
    """A data folder with users and, once started, a server on it.

    users: names in example.com; each gets password_of(name).  settings: "section.key" -> TOML value text.
    """

    def __init__(self, users=("alice", "bob", "carol"), settings=None, folder=None):
        self.folder = folder or tempfile.mkdtemp(prefix="tertulia-live-")
        self.process = None
        self.ready = {}
        self.run("init", "--domain", "example.com", "--host", "localhost", "--host", "127.0.0.1", "--host", "::1")
        self.configure({"web.listen": '"127.0.0.1:0"', **(settings or {})})
        for name in users:
            self.add_user(name)

    # -- administration ----------------------------------------------------------------------------------------------

    def run(self, *words, stdin=None, check=True, parse=True):
        """`tertulia WORDS --data FOLDER --json`; returns the result part, or the CompletedProcess with check=False."""
        done = subprocess.run([BINARY, *words, "--data", self.folder, "--json"], input=stdin, text=True,
                              capture_output=True, timeout=120)
        if not check:
            return done
        if done.returncode != 0:
            raise AssertionError("%s: exit %d\n%s%s" % (words, done.returncode, done.stdout, done.stderr))
        return json.loads(done.stdout)["result"] if parse else done.stdout

    def add_user(self, name, password=None):
        return self.run("user", "add", name + "@example.com", "--name", name.capitalize(), "--password-stdin",
                        stdin=(password or password_of(name)) + "\n")

    def configure(self, settings):
        """Sets values in the configuration file, replacing the commented defaults."""
        path = os.path.join(self.folder, "tertulia.toml")
        with open(path, encoding="utf-8") as f:
            text = f.read()
        for name, value in settings.items():
            section, key = name.rsplit(".", 1)
            start = text.index("[%s]" % section)
            text = text[:start] + re.sub(r"(?m)^(# )?%s = .*$" % re.escape(key), lambda _: "%s = %s" % (key, value),
                                         text[start:], count=1)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)

    # -- life --------------------------------------------------------------------------------------------------------

    def start(self, tls=True, tcp=True, extra=(), preexec=None, environment=None):
        words = [BINARY, "serve", "--data", self.folder, "--http", "127.0.0.1:0", "--json"]
        words += ["--sip-tls", "127.0.0.1:0"] if tls else []
        words += ["--sip-tcp", "127.0.0.1:0"] if tcp else []
        self.log = open(os.path.join(self.folder, "server.log"), "a", encoding="utf-8")
        self.process = subprocess.Popen([*words, *extra], stdout=subprocess.PIPE, stderr=self.log, text=True,
                                        preexec_fn=preexec, env=dict(os.environ, **(environment or {})))
        line = self.process.stdout.readline()
        if not line:
            self.process.wait()
            raise AssertionError("the server did not start: " + self.log_end())
        self.ready = json.loads(line)
        self.tls_port = port_of(self.ready["sip_tls"])
        self.tcp_port = port_of(self.ready["sip_tcp"])
        self.web_port = port_of(self.ready["web"])
        self.http_port = int(self.ready["http"].rsplit(":", 1)[1])
        return self

    def stop(self):
        """SIGTERM; returns the exit status."""
        if self.process is None:
            return None
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError("the server did not stop in 30 s\n" + self.log_end())
        finally:
            self.process.stdout.close()
            self.log.close()
            self.process = None
        return status

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.log.close()
        self.process = None

    def close(self):
        try:
            if self.process is not None and self.stop() != 0:   # a sanitizer reports at the end, by the exit status
                raise AssertionError("the server did not end well\n" + self.log_end())
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def log_text(self):
        with open(os.path.join(self.folder, "server.log"), encoding="utf-8", errors="replace") as f:
            return f.read()

    def log_end(self):
        """For a failure that people read."""
        return self.log_text()[-4000:]

    def get(self, path):
        """HTTP GET on the health and metrics port: (status, text)."""
        import urllib.error
        import urllib.request
        try:
            with urllib.request.urlopen("http://127.0.0.1:%d%s" % (self.http_port, path), timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def metric(self, name):
        """Sum of all series of one metric."""
        total = 0.0
        for line in self.get("/metrics")[1].splitlines():
            if line.startswith(name + " ") or line.startswith(name + "{"):
                total += float(line.rsplit(" ", 1)[1])
        return total

    @property
    def ca(self):
        return os.path.join(self.folder, "tls", "ca.pem")


def password_of(name):
    return PASSWORD.format(name)


def port_of(addresses):
    return int(addresses[0].rsplit(":", 1)[1]) if addresses else None


def eventually(condition, patience=10.0, what="condition"):
    """Asks until it is true; returns the value.  For facts that arrive by themselves (records, lists)."""
    end = time.monotonic() + patience
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError("%s did not come true in %g s" % (what, patience))
        time.sleep(0.05)
