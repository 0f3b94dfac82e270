# SPDX-License-Identifier: Apache-2.0
"""What Pidgin with SIPE has asked and been answered, from its debug log, which holds each SIP message complete."""
import re

MESSAGE = re.compile(r"MESSAGE START (>|<)[^\n]*\n((?:[^\n]+\n)+)")


def requests(text):
    """Of each request that it has sent, in order: method, final status (0: none yet).  A challenge of REGISTER counts."""
    sent = {}
    for direction, head in MESSAGE.findall(text):
        start, *lines = head.split("\n")
        fields = dict(line.lower().split(": ", 1) for line in lines if ": " in line)
        name = fields.get("call-id"), fields.get("cseq")
        answer = re.match(r"SIP/2\.0 (\d+)", start)
        if direction == ">" and not answer and name[1]:
            sent[name] = [start.split()[0], 0]
        elif direction == "<" and answer and name in sent and int(answer.group(1)) >= 200:
            sent[name][1] = int(answer.group(1))
    return [tuple(request) for request in sent.values()]


def received(text, method):
    """How many requests of this method have come in."""
    return sum(1 for direction, head in MESSAGE.findall(text) if direction == "<" and head.startswith(method + " "))
