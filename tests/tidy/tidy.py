#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Proves what the conventions promise.  tidy.py [ROOT]: prints file:line: message, exit status 1 when there is any."""
import pathlib
import sys

sys.dont_write_bytecode = True
import layers  # noqa: E402
import style  # noqa: E402
import texts  # noqa: E402
from source import Tree  # noqa: E402

CHECKS = layers.CHECKS + style.CHECKS + texts.CHECKS


def main():
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[2]
    tree = Tree.of(root)
    if not any(path.startswith("src/") for path in tree.files):
        sys.exit(f"{root}: no sources here")
    found = 0
    for check in CHECKS:
        for path, line, message in check(tree):
            print(f"{path}:{line}: {message}")
            found += 1
    print(f"{len(CHECKS)} checks over {len(tree.files)} files: {found} found")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
