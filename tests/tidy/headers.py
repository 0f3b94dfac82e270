#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each header compiles as the first include.  headers.py COMPILER CACHE [JOBS]

CACHE is a file in the build folder: a header is looked at again only when it, or a header of ours below it, has changed.
A header that its own .cpp includes before all others is proved by whoever compiles that file alone, without a precompiled
header.  In CI that is stage fuzz, for the folders that fuzz programs are made of."""
import concurrent.futures
import hashlib
import json
import pathlib
import re
import subprocess
import sys
import time

sys.dont_write_bytecode = True
from source import Tree  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLACES = ("src", "apps/tertulia", "tests", "tests/sim", "tests/bench")
FLAGS = ["-std=c++20", "-fsyntax-only", "-x", "c++", "-Wall", "-Wextra", "-Werror",
         '-DTERTULIA_VERSION="0"', '-DTERTULIA_TEST_DATA="."', *(f"-I{ROOT / place}" for place in PLACES)]
COMPILED_ALONE = ("src/base/", "src/wire/", "src/protocol/", "src/domain/", "src/face/simple/", "src/face/lync/")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', re.M)

FIRST_INCLUDE = re.compile(r"^#include (\S+)", re.M)


def closure(tree, path, seen):
    """The header and all headers of ours that it includes."""
    if path in seen or path not in tree.files:
        return seen
    seen.add(path)
    for name in INCLUDE.findall(tree.files[path]):
        for place in (*PLACES, str(pathlib.PurePosixPath(path).parent)):
            closure(tree, f"{place}/{name}", seen)
    return seen


def is_proved_by_own_source(tree, path):
    source = path.removesuffix(".h") + ".cpp"
    first = FIRST_INCLUDE.search(tree.files.get(source, ""))
    return path.startswith(COMPILED_ALONE) and first is not None and path == "src/" + first.group(1).strip('"')


def compile_alone(compiler, path):
    # As the build does: in src the own folder is no place to look in (its limits.h would hide the system's).
    own = [] if path.startswith("src/") else [f"-I{(ROOT / path).parent}"]
    run = subprocess.run([compiler, *FLAGS, *own, "-"], input=f'#include "{ROOT / path}"\n', text=True,
                         capture_output=True, check=False)
    return "" if run.returncode == 0 else "\n".join(run.stderr.split("\n")[:12])


def main():
    compiler, cache_file, jobs = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 2
    tree = Tree.of(ROOT)
    version = subprocess.run([compiler, "--version"], capture_output=True, check=True).stdout + " ".join(FLAGS).encode()
    before = json.loads(cache_file.read_text()) if cache_file.exists() else {}
    state, todo = {}, []
    for path, _ in tree.named("src", "apps", "tests", ends=(".h",)):
        if path.startswith("tests/live/"):  # C, for libraries of real clients that only stage release installs
            continue
        if is_proved_by_own_source(tree, path):
            continue
        digest = hashlib.sha256(version)
        for part in sorted(closure(tree, path, set())):
            digest.update(part.encode() + b"\0" + tree.files[part].encode() + b"\0")
        state[path] = digest.hexdigest()
        if before.get(path) != state[path]:
            todo.append(path)
    begun, bad = time.monotonic(), 0
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for path, error in zip(todo, pool.map(lambda path: compile_alone(compiler, path), todo)):
            if error:
                bad += 1
                del state[path]
                print(f"{path}:1: does not compile alone\n{error}")
    cache_file.write_text(json.dumps(state, indent=1))
    print(f"{len(state) + bad} headers, {len(todo)} compiled in {time.monotonic() - begun:.0f} s: {bad} do not stand alone")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
