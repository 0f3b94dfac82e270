# SPDX-License-Identifier: Apache-2.0
"""What the shells offer after a word typed so far: the scripts of `tertulia completion`, run by the shells themselves."""
import os
import shutil
import subprocess
import tempfile
import unittest

from server import BINARY

# zsh completes only at a terminal.  Its own part, to pick by prefix and to draw, is left out here: each function that
# the script calls prints what it is given.
ZSH = """
compdef() { : }
_describe() { local candidate; for candidate in "${(@P)2}"; do print -r -- "${candidate%%:*}"; done }
compadd() { shift; print -rl -- "$@" }
_message() { : }
_files() { print -r -- FILES }
source "$1"
words=("${(@f)2}") CURRENT=${#words}
[ -n "$3" ] && { words+=("") CURRENT=$((CURRENT + 1)) }
_tertulia
"""
BASH = """
source "$1"
mapfile -t COMP_WORDS <<<"$2"
[ -n "$3" ] && COMP_WORDS+=("")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_tertulia tertulia
printf '%s\\n' "${COMPREPLY[@]}"
"""


class Completion(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="tertulia-completion-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        for shell in ("bash", "zsh", "fish"):
            with open(os.path.join(cls.folder, shell), "wb") as script:
                subprocess.run([BINARY, "completion", shell], stdout=script, check=True, timeout=20)
        for name in ("copy one", "copy two"):
            open(os.path.join(cls.folder, name), "w").close()

    def offered(self, shell, line):
        """The words that the shell offers at the end of `line`."""
        script = os.path.join(self.folder, shell)
        if shell == "fish":
            words = [shell, "--no-config", "-c", "source $argv[1]; complete -C $argv[2]", script, line]
        else:
            words = [shell, *(("-f",) if shell == "zsh" else ("--norc",)), "-c", ZSH if shell == "zsh" else BASH, shell, script,
                     "\n".join(line.split()), "new" if line.endswith(" ") else ""]
        done = subprocess.run(words, capture_output=True, text=True, timeout=60, cwd=self.folder,
                              env=dict(os.environ, HOME=self.folder, XDG_CONFIG_HOME=self.folder, XDG_DATA_HOME=self.folder))
        self.assertEqual((done.returncode, done.stderr), (0, ""), (shell, line))
        return {word.split("\t")[0] for word in done.stdout.splitlines()}

    def check(self, shell):
        offered = lambda line: self.offered(shell, line)
        self.assertIn("user", offered("tertulia us"))
        self.assertLessEqual({"add", "list", "password", "remove"}, offered("tertulia user "))
        self.assertLessEqual({"--name", "--password-stdin", "--data"}, offered("tertulia user add --"))
        self.assertEqual(offered("tertulia user list --language "), {"en", "es"})
        self.assertLessEqual({"sessions", "registrations"}, offered("tertulia cdr list "))
        self.assertLessEqual({"bash", "zsh", "fish"}, offered("tertulia completion "))
        # A word of another command's is no command here, and a value no step further down.
        self.assertFalse({"show", "set"} & offered("tertulia explain presence "))
        self.assertIn("--password-stdin", offered("tertulia user add --name list --"))

    def test_bash(self):
        self.check("bash")
        self.assertEqual(self.offered("bash", "tertulia us"), {"user"})
        self.assertEqual(self.offered("bash", "tertulia init --data copy"), {"copy one", "copy two"})

    def test_zsh(self):
        self.check("zsh")
        self.assertEqual(self.offered("zsh", "tertulia init --data "), {"FILES"})

    def test_fish(self):
        self.check("fish")
        self.assertEqual(self.offered("fish", "tertulia us"), {"user"})
        self.assertEqual(self.offered("fish", "tertulia init --data copy"), {"copy one", "copy two"})


if __name__ == "__main__":
    unittest.main()
