# SPDX-License-Identifier: Apache-2.0
"""The tree as text, and C++ without its comments and strings."""
import pathlib
import re
import subprocess

CODE = (".cpp", ".h")


class Tree:
    """Files of the repository: path from the root -> text.  `root` is None for the made-up trees of the self-test."""

    def __init__(self, files, root=None):
        self.files = files
        self.root = root
        self._stripped = {}

    @classmethod
    def of(cls, root):
        listed = subprocess.run(["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                                capture_output=True, check=True).stdout.decode().split("\0")
        files = {}
        for name in sorted(filter(None, listed)):
            path = pathlib.Path(root, name)
            if name.startswith("tests/data/"):
                files[name] = ""   # bytes of others: only the name counts
            elif path.is_file():
                files[name] = path.read_bytes().decode("utf-8", errors="replace")
        return cls(files, pathlib.Path(root))

    def named(self, *tops, ends=CODE):
        """(path, text) of files below one of `tops` that end so."""
        return [(path, text) for path, text in self.files.items()
                if path.endswith(ends) and path.startswith(tuple(top + "/" for top in tops))]

    def code(self, *tops):
        """The same, with comments and the insides of strings blanked; line numbers stay."""
        for path, text in self.named(*tops):
            if path not in self._stripped:
                self._stripped[path] = strip(text)
            yield path, self._stripped[path]


TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/'                                    # comments
    r'|R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)"'         # raw strings
    r'|"(?:\\.|[^"\\\n])*"'                                  # strings
    r"|(?<![0-9A-Fa-f])'(?:\\.[^'\n]*|[^'\\\n])'", re.S)      # characters, but not the ' of 1'000


def strip(text):
    """Comments become blanks, strings become "" of the same length; #include lines keep their names."""
    def blank(match):
        token = match.group(0)
        if token.startswith(('"', "R", "'")):
            line = text[text.rfind("\n", 0, match.start()) + 1:match.start()]
            if line.lstrip().startswith("#include"):
                return token
            return '"' + re.sub(r"[^\n]", " ", token[1:-1]) + '"'
        return re.sub(r"[^\n]", " ", token)
    return TOKEN.sub(blank, text)


def strings_in(text):
    """String literals of a piece of code as (position, value), neighbours joined as the compiler joins them."""
    out, end = [], None
    for match in TOKEN.finditer(text):
        token = match.group(0)
        if token.startswith("R"):
            value = token[token.index("(") + 1:token.rindex(")")]
        elif token.startswith('"'):
            value = re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t"}.get(m.group(1), m.group(1)), token[1:-1])
        else:
            continue
        if end is not None and not text[end:match.start()].strip():
            out[-1] = (out[-1][0], out[-1][1] + value)
        else:
            out.append((match.start(), value))
        end = match.end()
    return out


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def matching(text, opening):
    """Position behind the bracket that closes the one at `opening`, in stripped code."""
    pairs, depth = {"(": ")", "{": "}"}, 0
    closing = pairs[text[opening]]
    for position in range(opening, len(text)):
        if text[position] == text[opening]:
            depth += 1
        elif text[position] == closing:
            depth -= 1
            if depth == 0:
                return position + 1
    return len(text)
