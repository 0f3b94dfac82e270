# SPDX-License-Identifier: Apache-2.0
"""A real client that is run as a console program: its folder, its output, its end."""
import os
import re
import subprocess
import tempfile
import threading


class Console:
    def __init__(self, name):
        self.name = name
        self.temporary = tempfile.TemporaryDirectory(prefix="tertulia-%s-" % name)
        self.folder = self.temporary.name
        self.process = None
        self.output = ""
        self.changed = threading.Condition()

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as f:
            f.write(text)

    def run(self, *words):
        """Starts the program; everything that it keeps stays in its own folder."""
        home = dict(os.environ, HOME=self.folder, XDG_DATA_HOME=self.folder, XDG_CONFIG_HOME=self.folder)
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        env=home, cwd=self.folder)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        while True:
            data = os.read(self.process.stdout.fileno(), 65536)
            if not data:
                return
            with self.changed:
                self.output = re.sub(r"\x1b\[[0-9;]*m", "", self.output + data.decode("utf-8", "replace"))
                self.changed.notify_all()

    def mark(self):
        """Where the output is now, for `since`."""
        with self.changed:
            return len(self.output)

    def wait_for(self, pattern, patience=20, since=0):
        """Waits until the regular expression stands in the output; returns the match."""
        with self.changed:
            if not self.changed.wait_for(lambda: re.search(pattern, self.output[since:]), patience):
                raise AssertionError("%s never said %r:\n%s" % (self.name, pattern, self.output[-4000:]))
            return re.search(pattern, self.output[since:])

    def close(self):
        try:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.reader.join(5)
            self.process.stdin.close()
            self.process.stdout.close()
        finally:
            self.temporary.cleanup()
