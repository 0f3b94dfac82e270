#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""clang-tidy with the list of .clang-tidy.  clang_tidy.py BUILD_FOLDER [JOBS] [--tests]

BUILD_FOLDER is one that preset tidy has configured; nothing needs to be built there.  The preset has one source a module
that includes all its others, so that headers are read once for all of them.  --tests adds what compiles alone, the unit
tests and the benchmarks: far more time than all the rest."""
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
INCLUDED = re.compile(r'^#include "([^"]+)"', re.M)
FINDING = re.compile(r"^(\S+?:\d+:\d+): (?:error|warning): (.*)", re.M)


def wanted(build, tests):
    """source that clang-tidy is given -> ours that it reads with it.  The largest first, so that no processor is idle at
    the end."""
    sources = {}
    for command in json.loads((build / "compile_commands.json").read_text()):
        source = pathlib.Path(command["file"])
        if source.suffix == ".c":
            continue
        if source.is_relative_to(build):
            parts = [pathlib.Path(part) for part in INCLUDED.findall(source.read_text())]
        else:
            parts = [source] if tests or is_product(source) else []
        if parts:
            sources[source] = parts
    return dict(sorted(sources.items(), key=lambda item: -sum(part.stat().st_size for part in item[1])))


def is_product(source):
    return source.is_relative_to(ROOT / "apps") and not source.name.endswith("_test.cpp")


def examine(build, source):
    run = subprocess.run(["clang-tidy", "-p", str(build), "--quiet", str(source)], capture_output=True, text=True, check=False)
    # One that could not begin has said why, and found nothing.
    return run.returncode, run.stdout if FINDING.search(run.stdout) else run.stdout + run.stderr


def main():
    words = [word for word in sys.argv[1:] if word != "--tests"]
    build, jobs = pathlib.Path(words[0]).resolve(), int(words[1]) if len(words) > 1 else 2
    sources = wanted(build, "--tests" in sys.argv)
    begun, found = time.monotonic(), collections.OrderedDict()
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for code, text in pool.map(lambda source: examine(build, source), sources):
            for where, what in FINDING.findall(text):
                found[f"{os.path.relpath(where.split(':')[0], ROOT)}:{where.split(':', 1)[1]}: {what}"] = True
            if code != 0 and not FINDING.search(text):
                found[text.strip()] = True
    print("".join(finding + "\n" for finding in found), end="")
    files = sum(len(parts) for parts in sources.values())
    print(f"{files} sources in {len(sources)} runs of clang-tidy, {time.monotonic() - begun:.0f} s, "
          f"{sum(os.times()[2:4]):.0f} s of processors: {len(found)} found")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
