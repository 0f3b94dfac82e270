# SPDX-License-Identifier: Apache-2.0
"""What people read: the map of the tree, reasons, Spanish sentences."""
import re

from source import line_of, matching, strings_in, strip

MAP_BEGIN, MAP_END = "<!-- map of the tree -->", "<!-- end of the map -->"


def folders_of(tree):
    """The folders a newcomer meets: those of src with code in them, and two levels of everything else."""
    folders = set()
    for path in tree.files:
        parts = path.split("/")[:-1]
        if not parts or parts[0].startswith("."):
            continue
        if parts[0] == "src":
            if parts[-1] != "fuzz" and path.endswith((".cpp", ".h")):
                folders.add("/".join(parts))
        else:
            folders.add("/".join(parts[:2]))
    return {folder for folder in folders if "/" in folder or not any(o.startswith(folder + "/") for o in folders)}


def check_map(tree):
    """The map in README.md names each folder, and no other."""
    path, text = "README.md", tree.files.get("README.md", "")
    if MAP_BEGIN not in text or MAP_END not in text:
        yield path, 1, f"the map of the tree stands between {MAP_BEGIN} and {MAP_END}"
        return
    begin = text.index(MAP_BEGIN)
    named = {}
    for match in re.finditer(r"^\| `([^`]+)` \|", text[begin:text.index(MAP_END)], re.M):
        named[match.group(1).rstrip("/")] = line_of(text, begin + match.start())
    there = folders_of(tree)
    for folder in sorted(there - set(named)):
        yield path, line_of(text, begin), f"the map does not name {folder}"
    for folder in sorted(set(named) - there):
        yield path, named[folder], f"the map names {folder}, which is not there"


def check_reasons(tree):
    """Names and numbers of reasons are unique; each has two sentences."""
    path = "src/base/reason.def"
    text = tree.files.get(path, "")
    code = strip(text)
    seen = {}
    for match in re.finditer(r"^TERTULIA_REASON\(", text, re.M):
        end = matching(code, match.end() - 1)
        line = line_of(text, match.start())
        name, number = (word.strip() for word in code[match.end():end].split(",")[:2])
        for key in (name, number):
            if key in seen:
                yield path, line, f"{key} stands already in line {seen[key]}"
            seen[key] = line
        sentences = [value for _, value in strings_in(text[match.end():end])]
        if len(sentences) != 2 or not all(sentences) or sentences[0] == sentences[1]:
            yield path, line, f"{name} needs an English and a Spanish sentence"


# Calls that show a sentence: which of their string literals it is (None: all).
SHOWING = {"tr": None, "head": 0, "line": 0, "ask_and_say": -1, "option": -1, "command": 1, "group": 1, "word": 1,
           "section": 0, "paragraph": 0, "sentence": 0}
TABLES = {"Remedy": 0, "Line": 1}


def sentences_shown(text):
    """(line, sentence) of everything in a file of apps/ that people read in their language."""
    code = strip(text)
    for name, which in {**SHOWING, **TABLES}.items():
        for match in re.finditer(rf"\b{name}\s*([({{])", code):
            opening = match.end() - 1
            literals = strings_in(text[opening:matching(code, opening)])
            if name in TABLES and match.group(1) != "{" or name in SHOWING and match.group(1) != "(":
                continue
            for position, value in literals if which is None else literals[which:][:1]:
                if value.strip():
                    yield line_of(text, opening + position), value


SPANISH = "apps/tertulia/texts_es"     # texts_es.cpp, and further ones


def check_spanish(tree):
    """Each sentence of the program has a Spanish one, once, and none is left over."""
    pairs = {}
    for path, text in sorted(tree.named("apps", ends=(".cpp",))):
        if not path.startswith(SPANISH):
            continue
        code = strip(text)
        for match in re.finditer(r"\b(?:Pair|Word)\{", code):
            values = [value for _, value in strings_in(text[match.end() - 1:matching(code, match.end() - 1)])]
            line = line_of(text, match.start())
            if len(values) != 2 or not all(values):
                yield path, line, "a pair is an English and a Spanish sentence"
                continue
            if pairs.get(values[0]):
                yield path, line, "\"%s\" stands already in %s:%d" % (values[0], *pairs[values[0]])
            pairs[values[0]] = None if match.group(0).startswith("Word") else (path, line)
            if values[0].count("{}") != values[1].count("{}"):
                yield path, line, "both sentences need the same number of {}"
    for name, source in tree.named("apps", ends=(".cpp",)):
        if name.startswith(SPANISH) or name.endswith("_test.cpp"):
            continue
        for line, sentence in sentences_shown(source):
            if sentence not in pairs:
                yield name, line, f"no Spanish in {SPANISH}*.cpp for \"{sentence}\""
    everything = "\n".join(value for name, source in tree.named("apps", ends=(".cpp",)) if not name.startswith(SPANISH)
                           for _, value in strings_in(source))
    for sentence, (path, line) in ((sentence, at) for sentence, at in pairs.items() if at):
        if sentence not in everything:
            yield path, line, f"nothing says \"{sentence}\" any more"


# Where the details are found that the administrator's commands tell.
TOLD = ("apps", "src/server", "src/face/admin", "src/domain/directory", "src/io/local")


def check_details(tree):
    """What is told behind a reason has a Spanish form."""
    forms = set()
    for path, text in tree.named("apps", ends=(".cpp",)):
        if path.startswith(SPANISH):
            code = strip(text)
            for match in re.finditer(r"\bForm\{", code):
                forms.add(strings_in(text[match.end() - 1:matching(code, match.end() - 1)])[0][1].replace("\\", ""))
    for path, text in tree.named(*TOLD, ends=(".cpp",)):
        if path.endswith("_test.cpp"):
            continue
        code = strip(text)
        for match in re.finditer(r"(?<!Remedy)\{\s*(?:base::)?Reason::\w+,", code):
            for _, value in strings_in(text[match.end():matching(code, match.start())]):
                tails = [value.replace("\\", "").strip(" :")]
                tails += [tails[0][at.end():] for at in re.finditer(": ", tails[0])]
                said = any(form == tail or form.startswith(tail) or form.endswith(tail) for tail in tails for form in forms)
                if re.search(r"[a-z]{2} [a-z]{2}", value) and not said:
                    yield path, line_of(text, match.start()), f"no Spanish form in {SPANISH}*.cpp for \"{value}\""


def check_compat(tree):
    """What exists only for one client is told in a page of docs/protocol/."""
    pages = {name: text for name, text in tree.files.items()
             if name.startswith("docs/protocol/") and name.endswith(".md")}
    told = {}
    for page, text in sorted(pages.items()):
        for name in re.findall(r"`(src/[\w/]+\.(?:h|cpp))`", text):
            told.setdefault(name, page)
    for name, text in tree.named("src"):
        at = text.find("COMPAT(")
        if at >= 0 and not name.endswith("_test.cpp") and name not in told:
            yield name, line_of(text, at), "no page of docs/protocol tells of this COMPAT"
    for name in sorted(set(told) - set(tree.files)):
        yield told[name], 1, f"{name} is not there"


CHECKS = [check_map, check_reasons, check_spanish, check_details, check_compat]
