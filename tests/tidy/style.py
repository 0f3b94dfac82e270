# SPDX-License-Identifier: Apache-2.0
"""What a file may contain and how long it may be."""
import re

from source import line_of, strip

FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 70

# Place and reason of each exception.
CLOCK_READERS = {
    "src/server/server.cpp": "the loops have ended: how long the stop waits for the last bytes to leave",
}

PURE = ("src/wire", "src/protocol", "src/domain", "src/face")

# name, expression on code without comments and strings, sentence, where, exceptions
BANNED = [
    ("clock", re.compile(r"(?:system_clock|steady_clock|high_resolution_clock)\s*::\s*now|\b(?:gettimeofday|clock_gettime)\s*\("
                         r"|(?<![\w.>:])(?:std::|::)?time\s*\(\s*(?:nullptr|NULL|0|&)"),
     "the clock is read in src/io/loop only: take `now` as an argument", ("src", "apps"),
     lambda path: path.startswith("src/io/loop/") or path.endswith("_test.cpp") or path in CLOCK_READERS),
    ("coroutine", re.compile(r"\bco_(?:await|return|yield)\b"), "no coroutines (docs/decisions/0003-compiler.md)",
     ("src", "apps", "tests"), lambda path: False),
    ("regex", re.compile(r"\bstd::w?regex|#\s*include\s*<regex>"), "no std::regex: its time is not bounded",
     ("src", "apps", "tests"), lambda path: False),
    ("delete", re.compile(r"(?<!=)(?<!= )\bdelete\b\s*(?:\[\s*\]\s*)?[\w(*:]"), "no delete: a member or std::unique_ptr owns",
     ("src", "apps"), lambda path: path == "src/base/log.cpp"),   # log.h hides spdlog: the sink's type is whole only there
    ("thread", re.compile(r"\bstd::(?:recursive_|shared_|timed_)*mutex|\bstd::(?:j?thread|condition_variable|async|future|promise)\b"
                          r"|#\s*include\s*<(?:mutex|shared_mutex|thread|condition_variable|future)>"),
     "no threads or mutexes here: a shard owns what it works on", PURE, lambda path: path.endswith("_test.cpp")),
    ("stream", re.compile(r"#\s*include\s*<iostream>"), "no iostream in headers", ("src", "apps"),
     lambda path: not path.endswith(".h")),
]


def check_banned(tree):
    """Calls and words that have no place in this tree."""
    for _, expression, sentence, where, exempt in BANNED:
        for path, code in tree.code(*where):
            if exempt(path):
                continue
            for match in expression.finditer(code):
                yield path, line_of(code, match.start()), sentence


def check_new(tree):
    """`new` stands only where a smart pointer takes it at once (constructors that only the class may call)."""
    for path, code in tree.code("src", "apps"):
        for match in re.finditer(r"(?<![\w:])new\s+[A-Za-z_:]", code):
            before = code[max(code.rfind(c, 0, match.start()) for c in ";}") + 1:match.start()]
            if "_ptr<" not in before and path != "src/base/log.cpp":
                yield path, line_of(code, match.start()), "no new: use std::make_unique"


def check_heads(tree):
    """SPDX line first; #pragma once in headers."""
    for path, text in tree.named("src", "apps", "tests", ends=(".cpp", ".h", ".py")):
        lines = text.split("\n")[:3]
        if lines[0].startswith("#!"):
            lines = lines[1:]
        sign = "#" if path.endswith(".py") else "//"
        if lines[0] != f"{sign} SPDX-License-Identifier: Apache-2.0" and not path.startswith("tests/data/"):
            yield path, 1, "the first line is the SPDX line"
        if path.endswith(".h") and "#pragma once" not in text:
            yield path, 1, "#pragma once is missing"


def check_file_length(tree):
    """A file has one idea."""
    for path, text in tree.named("src", "apps", "tests", ends=(".cpp", ".h", ".py", ".def")):
        lines = text.count("\n")
        if lines > FILE_LINES_MAX and not path.startswith("tests/data/"):
            yield path, lines, f"{lines} lines; at most {FILE_LINES_MAX}"


NOT_A_FUNCTION = re.compile(r"^(?:template\s*<.*>\s*)?(?:inline\s+|typedef\s+|static\s+)*(?:namespace|class|struct|union|enum|extern)\b", re.S)


def functions_in(code):
    """(line, lines) of each outermost block that belongs to a function; classes, namespaces and tables are no functions."""
    code = re.sub(r"^[ \t]*#(?:\\\n|[^\n])*", lambda m: re.sub(r"[^\n]", " ", m.group(0)), code, flags=re.M)
    stack, begin, inside = [], 0, None
    for position, sign in enumerate(code):
        if sign == "{":
            head = code[begin:position].strip()
            is_function = (inside is None and "(" in head and not NOT_A_FUNCTION.match(head)
                           and not re.search(r"(?:=|\breturn)\s*$|^[^()]*=[^()]*$", head))
            if is_function:
                inside = len(stack)
                first = begin + (len(code[begin:position]) - len(code[begin:position].lstrip()))
            stack.append(sign)
            begin = position + 1
        elif sign == "}":
            if stack:
                stack.pop()
            if inside is not None and len(stack) == inside:
                line = line_of(code, first)
                yield line, line_of(code, position) - line + 1
                inside = None
            begin = position + 1
        elif sign == ";":
            begin = position + 1


def check_function_length(tree):
    """A function fits a screen."""
    for path, code in tree.code("src", "apps", "tests"):
        for line, lines in functions_in(code):
            if lines > FUNCTION_LINES_MAX:
                yield path, line, f"a function of {lines} lines; at most {FUNCTION_LINES_MAX}"


MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|root|farm|home)/\w")
MARK = re.compile(r"\b(TODO|FIXME|XXX)\b(?!\([a-z][\w-]*\): \S)")


def check_text(tree):
    """No path of somebody's machine, no unsigned TODO."""
    for path, text in tree.files.items():
        if path.startswith(("tests/data/", "tests/tidy/")):
            continue
        for number, line in enumerate(text.split("\n"), 1):
            if MACHINE_PATH.search(line):
                yield path, number, "a path of one machine"
            if MARK.search(line) and path.startswith(("src/", "apps/", "tests/", "cmake/", "scripts/")):
                yield path, number, "a note for later is written TODO(name): what"


CHECKS = [check_banned, check_new, check_heads, check_file_length, check_function_length, check_text]
