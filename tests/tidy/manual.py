#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The packaged manual pages are what the program prints, and shells can read the completion scripts.
manual.py TERTULIA [--write]"""
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = {"en": "packaging/man/tertulia.1", "es": "packaging/man/tertulia.es.1"}


def output(*words):
    return subprocess.run(words, capture_output=True, check=True).stdout


def main():
    tertulia, bad = sys.argv[1], 0
    for language, name in PAGES.items():
        page = output(tertulia, "manual", "--language", language)
        if "--write" in sys.argv:
            (ROOT / name).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / name).write_bytes(page)
        elif not (ROOT / name).exists() or (ROOT / name).read_bytes() != page:
            print(f"{name}:1: not what `tertulia manual --language {language}` prints; tests/tidy/manual.py TERTULIA --write")
            bad = 1
    for shell in ("bash", "zsh", "fish"):
        script = output(tertulia, "completion", shell)
        if shutil.which(shell):
            run = subprocess.run([shell, "-n"], input=script, capture_output=True, check=False)
            if run.returncode != 0 or run.stderr:
                print(f"completion {shell}: {run.stderr.decode()}")
                bad = 1
    script = output(tertulia, "completion", "bash").decode()
    for typed, expected in {"tertulia us": "user", "tertulia user sh": "show", "tertulia cdr export --format ": "csv json",
                            "tertulia completion z": "zsh", "tertulia serve --sip-tl": "--sip-tls"}.items():
        words = typed.split(" ")
        line = f'COMP_WORDS=({" ".join(repr(word) for word in words)}); COMP_CWORD={len(words) - 1}; _tertulia; echo "${{COMPREPLY[*]}}"'
        said = output("bash", "-c", script + line).decode().strip()
        if said != expected:
            print(f"completion bash: `{typed}` gives `{said}`, not `{expected}`")
            bad = 1
    sys.exit(bad)


if __name__ == "__main__":
    main()
