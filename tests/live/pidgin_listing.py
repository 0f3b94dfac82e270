# SPDX-License-Identifier: Apache-2.0
"""Of a person at Pidgin (at_pidgin.py): her contact list, and how she finds people."""
from pidgin_answers import came

LEVELS = {"workgroup": "Team", "friends": "Personal", "colleagues": "Company", "external": "Public"}
GROUP = "Friends"


class Listing:
    def do_watch(self, step):
        if self.client.contact(step.other) is None:
            self.add(step.other, GROUP)
        else:
            self.shown_done(lambda: self.client.contact(step.other))

    def add(self, person, group, name=None):
        """It asks twice, first for the group, when that is new."""
        self.asks("SERVICE", 1 if group in self.client.groups() else 2)
        self.client.add(person, group, name)

    def do_add_contact(self, step):
        self.add(step.other, GROUP)

    def do_remove_contact(self, step):
        self.asks("SERVICE")
        self.client.remove(step.other)

    def do_add_to_group(self, step):
        self.add(step.other, step.text, step.word or None)

    def do_move(self, step):
        self.asks("SERVICE", 1 if step.text in self.client.groups() else 2)
        self.client.move(step.other, step.text)

    def do_name(self, step):
        self.asks("SERVICE")
        self.client.alias(step.other, step.text)

    def do_rename_group(self, step):
        self.asks("SERVICE")
        self.client.rename_group(step.text, step.word)

    def do_delete_group(self, step):
        self.asks("SERVICE")
        self.client.delete_group(step.text)

    def do_own_level(self, step):
        self.befriend(step.other)
        self.asks("SERVICE")
        if step.word == "blocked":
            self.client.block(step.other)
        elif step.word == "colleagues" and self.client.level(step.other) == "Blocked":
            self.client.unblock(step.other)   # to the level of whom nothing is known
        else:
            self.client.access_level(step.other, LEVELS[step.word])

    def befriend(self, person):
        """Many things are in the menu of a contact; who is none is made one first."""
        if self.client.contact(person) is None:
            self.add(person, GROUP)
            self.await_answer()

    # -- what the list shows -------------------------------------------------------------------------------------------

    def expect_has_contact(self, step):
        return self.sees(lambda: self.client.contact(step.other), self.client.contacts)

    def expect_lacks_contact(self, step):
        return self.sees(lambda: self.client.contact(step.other) is None, self.client.contacts)

    def expect_has_in_group(self, step):
        def groups():
            return [group for group, people in self.client.contacts().items() if step.other in people]
        return self.sees(lambda: groups() == [step.text], self.client.contacts)

    def expect_lacks_group(self, step):
        return self.sees(lambda: step.text not in self.client.groups(), self.client.groups)

    def expect_sees_name(self, step):
        def shown():
            contact = self.client.contact(step.other)
            return contact and step.text in (contact["alias"], contact["name"])
        return self.sees(shown, lambda: self.client.contact(step.other))

    def expect_has_level(self, step):
        level = {**LEVELS, "blocked": "Blocked"}[step.word]

        def given():
            return self.client.contact(step.other) and self.client.level(step.other) == level
        return self.sees(given, lambda: self.client.contact(step.other))

    def expect_finds(self, step):
        found = self.client.search(given=step.text)
        names = found if isinstance(found, str) else [row["User name"] for row in found]
        return None if names == [step.other + "@example.com"] else "found %s" % names

    def expect_finds_nobody(self, step):
        found = self.client.search(given=step.text)
        return None if found == "No contacts found" else "found %s" % found
