# SPDX-License-Identifier: Apache-2.0
"""Sentences of talks for people at real programs (tests/talks/pidgin), in addition to those of every talk.

The simulator and the stage of our own clients do not know them; tests/live/person_stage.py does."""
import talk

# Read as the forms of talk.py, and before them.
FORMS = [(tuple(words.split()), verb, {"word": "ntlm"} if words == 'Speaker uses pidgin' else {}) for words, verb in (
    ('Speaker uses pidgin', "use_pidgin"),
    ('Speaker uses pidgin with Word', "use_pidgin"),
    ('Speaker uses baresip', "use_baresip"),
    ('Speaker is refused with "', "refused"),
    ('Speaker is back', "back"),
    ('Person has N devices', "devices"),
    # what people tell
    ('Speaker shows himself Word', "show"),
    ('Speaker types to Person', "type"),
    ('Speaker sees Person typing', "sees_typing"),
    ('Speaker is told that Person did not get it', "undelivered"),
    # to somebody with several devices: the client of one of them answers, nobody knows which
    ('Person receives " from Person on one device', "receive_on_one"),
    ('Person says " there', "say_there"),
    ('Person receives " from Person there', "receive_there"),
    # the contact list
    ('Speaker adds Person to the group "', "add_to_group"),
    ('Speaker adds Person to the group " as "', "add_to_group"),
    ('Speaker moves Person to the group "', "move"),
    ('Speaker names Person "', "name"),
    ('Speaker renames the group " to "', "rename_group"),
    ('Speaker deletes the group "', "delete_group"),
    ('Speaker has Person in the group "', "has_in_group"),
    ('Speaker has no group "', "lacks_group"),
    ('Speaker sees the name " of Person', "sees_name"),
    ('Speaker has Person on level Word', "has_level"),
    ('Speaker finds nobody by the name "', "finds_nobody"),
    ('Speaker finds Person by the name "', "finds"),
    # files
    ('Speaker offers Person the file "', "offer_file"),
    ('Speaker is offered the file " by Person', "offered"),
    ('Speaker refuses the file', "refuse_file"),
    ('Speaker sees the file refused', "file_refused"),
    ('Speaker is offered no file', "no_file"),
    # a long time
    ('Speaker has refreshed the sign-in at least N times', "refreshed"),
    ('Speaker has kept the connection alive at least N times', "kept_alive"),
)]
WORDS = {
    "use_pidgin": ("ntlm kerberos tls-dsk", "Pidgin signs in with ntlm, kerberos or tls-dsk"),
    "has_level": talk.WORDS["own_level"],
    "show": ("online offline", "people show themselves online or offline"),
}
DONE = {"use_pidgin", "use_baresip", "show", "type", "say_there", "add_to_group", "move", "name", "rename_group",
        "delete_group", "offer_file", "refuse_file"}
ANSWERED = {"add_to_group", "move", "name", "rename_group", "delete_group"}
LANGUAGE = talk.Language(FORMS + talk.FORMS, talk.ANSWERED | ANSWERED, {**talk.WORDS, **WORDS})
EXPECTED = talk.EXPECTED | {verb for _, verb, _ in FORMS} - DONE
