# SPDX-License-Identifier: Apache-2.0
"""The language of tests/talks, as tests/sim/talk.cpp has it, and the order in which a stage is asked to play it."""
import dataclasses
import typing


class TalkError(Exception):
    """`file:line: why`."""


@dataclasses.dataclass
class Step:
    """One line of a talk.  who: (person in lower case, number of the device)."""
    line: int
    verb: str = ""
    who: typing.Optional[tuple] = None
    other: str = ""          # person, lower case
    text: str = ""           # of sentences about two: the second person
    word: str = ""           # one of a few that the verb knows
    numbers: list = dataclasses.field(default_factory=list)
    manner: str = "well"     # well, status, late, never, leaving
    wanted: typing.Optional[int] = None   # gets N: the answer is waited for
    people: list = dataclasses.field(default_factory=list)   # of replaced: the third and the fourth person
    in_session: bool = False


# Lower-case words stand for themselves.  Speaker, Person, Word, " (a text) and N (a number) are read; ... takes all that
# follow.
FORMS = [(tuple(words.split()), verb, extra) for words, verb, extra in (
    ('people ...', "people", {}),
    ('Speaker takes sessions', "takes_sessions", {}),
    ('Speaker takes sessions alone', "sessions_alone", {}),
    ('Speaker signs in', "sign_in", {}),
    ('Speaker signs in with a wrong password', "sign_in_wrong", {}),
    ('Speaker signs out', "sign_out", {}),
    ('Speaker pages Person "', "page", {}),
    ('Speaker pages Person N bytes', "page_bytes", {}),
    ('Speaker invites Person', "invite", {}),
    ('Speaker cancels', "cancel", {}),
    ('Speaker says "', "say", {}),
    ('Speaker says bye', "bye", {}),
    ('Speaker is told N about the call', "told", {}),
    ('Speaker receives " from Person', "receive", {}),
    ('Speaker receives " from Person in the session', "receive", {"in_session": True}),
    ('Speaker receives nothing more', "nothing_more", {}),
    ('Speaker sees the call Word', "sees_call", {}),
    ('Speaker answers texts well', "texts_manner", {}),
    ('Speaker answers texts with N', "texts_manner", {"manner": "status"}),
    ('Speaker answers texts late by N s', "texts_manner", {"manner": "late"}),
    ('Speaker answers no texts', "texts_manner", {"manner": "never"}),
    ('Speaker answers texts by leaving', "texts_manner", {"manner": "leaving"}),
    ('Speaker answers calls well', "calls_manner", {}),
    ('Speaker answers calls with N', "calls_manner", {"manner": "status"}),
    ('Speaker answers calls late by N s', "calls_manner", {"manner": "late"}),
    ('Speaker answers no calls', "calls_manner", {"manner": "never"}),
    ('Speaker answers calls by leaving', "calls_manner", {"manner": "leaving"}),
    ('Speaker hangs up', "hang_up", {}),
    ('Speaker breaks', "lose", {}),
    ('Speaker vanishes', "vanish", {}),
    ('Speaker blocks Person', "block", {}),
    ('Speaker keeps no messages', "forbid_keeping", {}),
    ('immcu stops', "immcu_stops", {}),
    ('immcu starts', "immcu_starts", {}),
    ('server dies', "server_dies", {}),
    ('server starts', "server_starts", {}),
    ('wait N s', "wait", {}),
    ('record of Person and Person says N and N', "record", {}),
    ('Speaker calls Person', "call", {}),
    ('Speaker watches Person', "watch", {}),
    ('Speaker watches Person no more', "unwatch", {}),
    ('Speaker publishes Word', "publish", {}),
    ('Speaker publishes Word for N s', "publish", {}),
    ('Speaker publishes Word with the note "', "publish", {}),
    ('Speaker takes back what he publishes', "unpublish", {}),
    ('Speaker sees Person Word', "sees_state", {}),
    ('Speaker sees the note " of Person', "sees_note", {}),
    ('state of Person is Word', "state", {}),
    ('level of Person with Person is Word', "level", {}),
    ('Speaker transfers Person to Person', "transfer", {}),
    ('Speaker connects Person with Person', "connect", {}),
    ('Speaker holds the call', "hold", {}),
    ('Speaker takes the call up again', "resume", {}),
    ('call of Person and Person replaces that of Person and Person', "replaced", {}),
    ('Speaker speaks lync', "speak_lync", {}),
    ('Speaker makes new keys', "new_keys", {}),
    ('Speaker has made keys N times', "keys_made", {}),
    ('Speaker adds Person to the contacts', "add_contact", {}),
    ('Speaker removes Person from the contacts', "remove_contact", {}),
    ('Speaker has Person among the contacts', "has_contact", {}),
    ('Speaker has Person no more among the contacts', "lacks_contact", {}),
    ('Speaker puts Person on level Word', "own_level", {}),
    ('Speaker forgets the versions', "forget", {}),
    ('Speaker has had N conflicts', "conflicts", {}),
    ('administrator makes a conference of Person for N people', "admin_makes", {}),
    ('administrator locks the conference', "admin_locks", {}),
    ('administrator unlocks the conference', "admin_unlocks", {}),
    ('administrator ends the conference', "admin_ends", {}),
    ('Speaker makes a conference', "make_conference", {}),
    ('Speaker takes Person to a conference', "take_along", {}),
    ('Speaker adds Person', "add", {}),
    ('Speaker enters the conference', "enter", {}),
    ('Speaker tells the conference "', "tell", {}),
    ('Speaker leaves the conference', "leave", {}),
    ('Speaker puts Person out', "put_out", {}),
    ('Speaker makes Person leader', "make_leader", {}),
    ('Speaker locks the conference', "lock", {}),
    ('Speaker unlocks the conference', "unlock", {}),
    ('Speaker ends the conference', "end_conference", {}),
    ('Speaker watches the conference', "watch_conference", {}),
    ('Speaker sees in the conference ...', "sees_people", {}),
    ('Speaker sees Person as Word', "sees_role", {}),
    ('Speaker is told N about the addition', "told_addition", {}),
    ('Speaker receives " from Person in the conference', "receive_room", {}),
    ('record of the conference names ...', "room_record", {}),
)]
ANSWERED = {"sign_in", "sign_in_wrong", "sign_out", "page", "page_bytes", "invite", "cancel", "say", "bye", "call", "watch",
            "unwatch", "publish", "unpublish", "transfer", "connect", "hold", "resume", "new_keys", "add_contact",
            "remove_contact", "own_level", "make_conference", "take_along", "add", "enter", "tell", "leave", "put_out",
            "make_leader", "lock", "unlock", "end_conference", "watch_conference"}
CONFERENCE_ACTS = {"make_conference", "take_along", "add", "enter", "tell", "leave", "put_out", "make_leader", "lock",
                   "unlock", "end_conference", "watch_conference", "admin_makes", "admin_locks", "admin_unlocks",
                   "admin_ends"}
# What is not done but seen.
EXPECTED = {"receive", "nothing_more", "sees_call", "record", "replaced", "sees_state", "sees_note", "sees_people",
            "sees_role", "told_addition", "receive_room", "room_record", "keys_made", "has_contact", "lacks_contact",
            "conflicts"}
# Whose text is a second person.
ABOUT_TWO = {"record", "level", "transfer", "connect", "replaced"}
# Which words a verb takes, and what is said of others.
WORDS = {
    "sees_call": ("ringing open refused cancelled ended", "a call is ringing, open, refused, cancelled or ended"),
    "sees_state": ("offline online busy away on-the-phone do-not-disturb",
                   "somebody is offline, online, busy, away, on-the-phone or do-not-disturb"),
    "publish": ("nothing busy away do-not-disturb", "nothing, busy, away or do-not-disturb is published"),
    "state": ("reset busy away do-not-disturb", "a state is busy, away, do-not-disturb or reset"),
    "level": ("workgroup friends colleagues external blocked none",
              "a level is workgroup, friends, colleagues, external, blocked or none"),
    "sees_role": ("leader member", "somebody is leader or member"),
    "own_level": ("workgroup friends colleagues external blocked",
                  "people are put on level workgroup, friends, colleagues, external or blocked"),
}


def to_number(word):
    return int(word) if word.isascii() and word.isdigit() and int(word) < 1 << 64 else None


def words_of(line):
    """Words of a line; a quoted text is one word that begins with the quote.  None: a quote is not closed."""
    words = []
    while True:
        line = line.strip(" \t")
        if not line or line[0] == "#":
            return words
        if line[0] == '"':
            end = line.find('"', 1)
            if end < 0:
                return None
            words.append(line[:end])
            line = line[end + 1:]
        else:
            end = next((i for i, sign in enumerate(line) if sign in " \t"), len(line))
            words.append(line[:end])
            line = line[end:]


def take(piece, word, step):
    """Reads one word into the step; False: it does not fit."""
    if piece == "Speaker":
        person, slash, device = word.partition("/")
        number = to_number(device) if slash else 1
        step.who = (person.lower(), number)
        return number is not None and 1 <= number <= 8
    if piece == "Person":
        if step.other and step.text:
            step.people.append(word.lower())
        elif step.other:
            step.text = word.lower()
        else:
            step.other = word.lower()
    elif piece == "Word":
        step.word = word.lower()
    elif piece == '"':
        if step.text:
            step.word = word[1:]   # a second text
        else:
            step.text = word[1:]
        return word[0] == '"'
    elif piece == "N":
        step.numbers.append(to_number(word))
        return step.numbers[-1] is not None
    else:
        return piece == word.lower()
    return True


def fitted(form, words, line):
    """The step, if the words have this form."""
    pieces, verb, extra = form
    step = Step(line, verb, **extra)
    if pieces[-1] == "...":
        pieces = pieces[:-1]
        step.people = [word.lower() for word in words[len(pieces):]]
        if not step.people:
            return None
        words = words[:len(pieces)]
    fits = len(pieces) == len(words) and all(take(piece, word, step) for piece, word in zip(pieces, words))
    return step if fits else None


@dataclasses.dataclass(frozen=True)
class Language:
    """Sentences, whose answers can be waited for, and which words verbs take."""
    forms: list
    answered: set
    words: dict


LANGUAGE = Language(FORMS, ANSWERED, WORDS)


class Reader:
    def __init__(self, language):
        self.language = language
        self.people, self.said = set(), set()

    def read(self, words, line):
        """The step of one line; ValueError: why it is none."""
        wanted = None
        if len(words) > 2 and words[-2] == "gets":
            wanted = to_number(words[-1])
            if wanted is None or not 200 <= wanted <= 699:
                raise ValueError("'gets' wants a final status")
            words = words[:-2]
        step = next(filter(None, (fitted(form, words, line) for form in self.language.forms)), None)
        if step is None:
            raise ValueError("this sentence is not known")
        step.wanted = wanted
        if wanted is not None and step.verb not in self.language.answered:
            raise ValueError("nothing is answered here")
        if step.verb in ("page", "say", "tell"):
            first = step.text.split(" ")[0]
            if first in self.said:
                raise ValueError("a text begins with a word of its own")
            self.said.add(first)
        if step.verb == "people":
            self.people.update(step.people)
        for person in (step.who[0] if step.who else "", step.other, step.text if step.verb in ABOUT_TWO else "",
                       *step.people):
            if person and person not in self.people:
                raise ValueError("nobody has introduced " + person)
        known, why = self.language.words.get(step.verb, ("", ""))
        if known and step.word not in known.split():
            raise ValueError(why)
        return step


def parse(name, text, language=LANGUAGE):
    """The steps of a talk.  Strict: what it does not know is a TalkError."""
    steps, reader = [], Reader(language)
    for number, line in enumerate(text.split("\n"), 1):
        words = words_of(line)
        try:
            if words is None:
                raise ValueError("a quote is not closed")
            if words:
                steps.append(reader.read(words, number))
        except ValueError as why:
            raise TalkError("%s:%d: %s" % (name, number, why)) from None
    if not steps:
        raise TalkError("%s:1: nothing is said" % name)
    return steps


def play(name, steps, stage):
    """Plays until the end or the first surprise, a TalkError.  What a stage method returns is the surprise."""
    for step in steps:
        why = play_step(step, stage)
        if why:
            raise TalkError("%s:%d: %s" % (name, step.line, why))


def play_step(step, stage):
    if step.verb == "people":
        for person in step.people:
            stage.add_person(person)
        return None
    if step.verb in stage.expected:
        return stage.expect(step)
    if step.verb == "told":
        status = stage.await_answer(step.who, of_call=True)
        return None if status == step.numbers[0] else "was told %d about the call" % status
    why = stage.act(step)
    if why or step.wanted is None:
        return why
    status = stage.await_answer(step.who)
    return None if status == step.wanted else "got %d instead of %d" % (status, step.wanted)
