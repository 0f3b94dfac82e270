# SPDX-License-Identifier: Apache-2.0
"""The house: which folder may know which.  ARCHITECTURE.md tells why; cmake/TertuliaTree.cmake builds the same."""
import re

from source import line_of

# The one table.  A folder may include from itself, from these, and from what these stand on.
DEPENDS = {
    "base": [],
    "wire/sip": ["base"],
    "wire/sdp": ["base"],
    "wire/mime": ["base"],
    "wire/xml": ["base"],
    "wire/im": ["base", "wire/xml"],
    "wire/pidf": ["base", "wire/xml"],
    "wire/rlmi": ["base", "wire/xml"],
    "wire/event": ["base", "wire/xml"],
    "wire/conference_info": ["base", "wire/xml"],
    "wire/lync": ["base", "wire/xml", "wire/mime"],
    "protocol/transaction": ["base", "wire/sip"],
    "protocol/dialog": ["base", "wire/sip"],
    "protocol/auth": ["base", "wire/sip"],
    "protocol/flow": ["base", "wire/sip"],
    "protocol/subscription": ["base", "wire/sip"],
    "domain/directory": ["base"],
    "domain/record": ["base", "domain/directory"],
    "domain/endpoint": ["base", "domain/directory", "domain/record"],
    "domain/presence": ["base", "domain/directory", "domain/endpoint"],
    "domain/contacts": ["base", "domain/directory"],
    "domain/call": ["base", "domain/directory", "domain/endpoint", "domain/record"],
    "domain/conference": ["base", "domain/directory", "domain/endpoint", "domain/record"],
    "domain/conversation": ["base", "domain/directory", "domain/endpoint", "domain/record", "domain/conference"],
    "io/loop": ["base"],
    "io/net": ["base", "io/loop"],
    "io/http": ["base", "io/loop", "io/net"],
    "io/local": ["base", "io/loop"],
    "io/kerberos": ["base", "protocol/auth"],
    "io/secret": ["base", "domain/directory"],
    "io/tls_dsk": ["base", "io/secret", "protocol/auth"],
    "io/store_sqlite": ["base", "domain/directory", "domain/record", "domain/presence", "domain/contacts",
                        "domain/conversation", "domain/conference"],
    "face/simple": ["base", "wire/sip", "wire/sdp", "wire/mime", "wire/im", "wire/xml", "wire/pidf", "wire/rlmi",
                    "wire/event", "wire/conference_info", "protocol/transaction", "protocol/dialog",
                    "protocol/auth", "protocol/flow", "protocol/subscription", "domain/directory", "domain/endpoint",
                    "domain/presence", "domain/contacts", "domain/call", "domain/conference", "domain/conversation",
                    "domain/record"],
    "face/lync": ["base", "wire/sip", "wire/lync", "wire/xml", "wire/mime", "wire/pidf", "wire/conference_info",
                  "protocol/transaction", "protocol/dialog", "protocol/auth", "domain/directory", "domain/endpoint",
                  "domain/presence", "domain/contacts", "domain/conference", "domain/conversation", "face/simple"],
    "face/web": ["base"],
    "face/web_ticket": ["base", "wire/lync", "protocol/auth", "domain/directory", "domain/endpoint", "face/simple",
                        "face/lync", "face/web"],
    "face/web_join": ["base", "domain/directory", "domain/conference", "face/simple", "face/web"],
    "face/admin": ["base", "domain/directory", "domain/endpoint", "domain/presence", "domain/contacts",
                   "domain/conversation", "domain/record"],
    "server": ["face/simple", "face/lync", "face/web", "face/web_ticket", "face/web_join", "face/admin", "io/loop", "io/net", "io/http",
               "io/local", "io/kerberos", "io/secret", "io/tls_dsk", "io/store_sqlite"],
}

# Which tier may stand on which, whatever the table says.
TIERS = {
    "base": {"base"},
    "wire": {"base", "wire"},
    "protocol": {"base", "wire", "protocol"},
    "domain": {"base", "domain"},
    "io": {"base", "domain", "protocol", "io"},   # of protocol: the ports below
    "face": {"base", "wire", "protocol", "domain", "face"},
    "server": {"base", "wire", "protocol", "domain", "io", "face", "server"},
}

# What a part of the domain shows to its neighbours: what it announces, its values, and the contract of the part itself.
SHOWN_TO_DOMAIN = {
    "domain/directory": {"address", "card", "directory", "limits", "policy", "ports", "store", "user"},
    "domain/endpoint": {"events", "final_status", "registrar"},
    "domain/presence": {"events", "state", "publication", "level", "self_view", "view"},
    "domain/record": {"record", "conference_record", "record_id", "store"},
    "domain/conference": {"conference_index", "events", "facts", "focus", "in_memory_store", "limits", "ports",
                          "roster"},
    "domain/contacts": {"events", "contact_list"},
    "domain/call": {"events"},
    "domain/conversation": {"events", "message"},
}
# What domain and protocol show to io: the small interfaces that io implements, and the values in them.
SHOWN_TO_IO = {
    "domain/directory": {"address", "card", "photo", "photo_store", "ports", "store", "user"},
    "domain/endpoint": set(),
    "domain/presence": {"store", "publication", "level", "state"},
    "domain/record": {"record", "conference_record", "record_id", "store"},
    "domain/conference": {"facts", "store"},
    "domain/contacts": {"contact_list", "store"},
    "domain/call": set(),
    "domain/conversation": {"message", "store"},
    "protocol/auth": {"certificate_issuer", "message_signer", "ports"},
}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', re.M)


def reach(table, folder):
    """Everything a folder stands on, directly or not."""
    seen, todo = set(), list(table.get(folder, []))
    while todo:
        one = todo.pop()
        if one not in seen:
            seen.add(one)
            todo += table.get(one, [])
    return seen


def folder_of(path):
    """Module of a path below src: base, server, or tier/part."""
    parts = path.split("/")
    return parts[0] if parts[0] in ("base", "server") else "/".join(parts[:2])


def check_includes(tree):
    """Each #include "..." of src goes downwards, by path from src/."""
    for path, code in tree.code("src"):
        here = folder_of(path[len("src/"):])
        tier = here.split("/")[0]
        if here not in DEPENDS:
            yield path, 1, f"folder {here} is not in the table of tests/tidy/layers.py"
            continue
        allowed = reach(DEPENDS, here) | {here}
        for match in INCLUDE.finditer(code):
            name, line = match.group(1), line_of(code, match.start())
            there = folder_of(name)
            if "/" not in name or name.startswith("."):
                yield path, line, f'"{name}": includes go by path from src/'
            elif there not in allowed or there.split("/")[0] not in TIERS[tier]:
                yield path, line, f"{here} may not include {name}"
            elif there != here and there.startswith(("domain/", "protocol/")) and tier in ("domain", "io"):
                shown = (SHOWN_TO_DOMAIN if tier == "domain" else SHOWN_TO_IO).get(there, set())
                if name[len(there) + 1:-len(".h")] not in shown:
                    yield path, line, f"{there} does not show {name} to {tier}"


def cmake_table(text):
    table = {}
    for call in re.findall(r"tertulia_module\(([^)]*)\)", text):
        words = call.split()
        depends, reading = [], False
        for word in words[1:]:
            if word in ("DEPENDS", "LIBRARIES", "TEST_LIBRARIES"):
                reading = word == "DEPENDS"
            elif reading:
                depends.append(word)
        table[words[0]] = depends
    return table


def check_table(tree):
    """The table here and the one that builds say the same."""
    path = "cmake/TertuliaTree.cmake"
    built = cmake_table(re.sub(r"#[^\n]*", "", tree.files.get(path, "")))
    for folder in sorted(set(built) | set(DEPENDS)):
        if sorted(built.get(folder, ["(absent)"])) != sorted(DEPENDS.get(folder, ["(absent)"])):
            yield path, 1, (f"{folder}: built with {' '.join(built.get(folder, ['(absent)']))}, but tests/tidy/layers.py has "
                            f"{' '.join(DEPENDS.get(folder, ['(absent)']))}")


# Library header -> where it may be included (path beginnings) and, behind them, what is exempt from ".cpp only".
THIRD_PARTY = {
    "boost/": (["src/io/"], []),
    "openssl/": (["src/io/net/", "src/io/secret/", "src/io/tls_dsk/", "src/base/digest.cpp"],
                 ["src/io/net/test_certificates.h", "src/io/net/test_peer.h",   # of tests
                  "src/io/secret/openssl_handles.h"]),                          # shared by two sources of the folder
    # shard_thread.cpp: the seed of a shard's generator, drawn once at start
    "sodium": (["src/base/", "src/io/secret/", "src/server/shard_thread.cpp"], []),
    "gssapi/": (["src/io/kerberos/"], []),
    "krb5": (["src/io/kerberos/"], []),
    "sqlite3": (["src/io/store_sqlite/"], []),
    "expat": (["src/wire/xml/"], []),
    "re2/": (["src/domain/conversation/"], []),
    "spdlog/": (["src/base/log.cpp"], []),
    "nlohmann/": (["src/face/admin/", "src/io/store_sqlite/publication_codec.cpp", "apps/"], []),
    "toml++/": (["src/server/settings_file.cpp"], []),
    "CLI/": (["apps/tertulia/parse.cpp"], []),
    "prometheus/": (["src/server/metrics_page.cpp"], []),
}
LIGHT = {"nlohmann/json_fwd.hpp"}


def check_libraries(tree):
    """A library is known in one place, behind our own header; its headers stand in .cpp files."""
    for path, code in tree.code("src", "apps"):
        for match in re.finditer(r"^[ \t]*#[ \t]*include[ \t]*<([^>]+)>", code, re.M):
            name, line = match.group(1), line_of(code, match.start())
            for library, (places, in_headers) in THIRD_PARTY.items():
                if not name.startswith(library) or name in LIGHT:
                    continue
                if not path.startswith(tuple(places)):
                    yield path, line, f"<{name}> may only be included in {', '.join(places)}"
                elif path.endswith(".h") and path not in in_headers:
                    yield path, line, f"<{name}> belongs in a .cpp file"


CHECKS = [check_includes, check_table, check_libraries]
