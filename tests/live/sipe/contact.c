// SPDX-License-Identifier: Apache-2.0
// The contact list, presence of others, access levels.
#include <string.h>

#include "driver.h"

// -- what is shown of a contact -----------------------------------------------------------------------------------

static void put_presence(Event* event, PurpleBuddy* buddy) {
  PurplePresence* presence = purple_buddy_get_presence(buddy);
  PurpleStatus* state = purple_presence_get_active_status(presence);
  event_text(event, "uri", purple_buddy_get_name(buddy));
  event_text(event, "alias", purple_buddy_get_local_buddy_alias(buddy));
  event_text(event, "name", purple_buddy_get_server_alias(buddy));
  event_text(event, "status", purple_status_get_id(state));
  event_flag(event, "online", purple_presence_is_online(presence));
  event_flag(event, "idle", purple_presence_is_idle(presence));
  PurpleGroup* group = purple_buddy_get_group(buddy);
  event_text(event, "group", group ? purple_group_get_name(group) : NULL);
  char* text = connection() && protocol()->status_text ? protocol()->status_text(buddy) : NULL;
  char* plain = text ? purple_markup_strip_html(text) : NULL;
  event_text(event, "text", plain);
  g_free(plain);
  g_free(text);
}

static void put_tip(Event* event, PurpleBuddy* buddy) {
  event_open(event, "tip", '{');
  if (connection() && protocol()->tooltip_text) {
    PurpleNotifyUserInfo* info = purple_notify_user_info_new();
    protocol()->tooltip_text(buddy, info, TRUE);
    for (GList* at = purple_notify_user_info_get_entries(info); at; at = at->next) {
      const char* label = purple_notify_user_info_entry_get_label(at->data);
      const char* value = purple_notify_user_info_entry_get_value(at->data);
      if (!label || !value) continue;
      char* plain = purple_markup_strip_html(value);
      event_text(event, label, plain);
      g_free(plain);
    }
    purple_notify_user_info_destroy(info);
  }
  event_close(event, '}');
}

static PurpleBuddy* find(const char* uri, const char* group_name) {
  if (!group_name) return purple_find_buddy(driver()->account, uri);
  PurpleGroup* group = purple_find_group(group_name);
  return group ? purple_find_buddy_in_group(driver()->account, uri, group) : NULL;
}

static const char* const no_contact = "there is no such contact";

// buddy URI: presence, groups and tool tip of one contact
static const char* buddy(char** words, int count, Event* answer) {
  (void)count;
  PurpleBuddy* found = find(words[0], NULL);
  event_flag(answer, "found", found != NULL);
  if (!found) return NULL;
  put_presence(answer, found);
  put_tip(answer, found);
  return NULL;
}

// photo URI: the picture beside one contact; octets 0 when none is shown
static const char* photo(char** words, int count, Event* answer) {
  (void)count;
  PurpleBuddy* found = find(words[0], NULL);
  if (!found) return no_contact;
  PurpleBuddyIcon* icon = purple_buddy_get_icon(found);
  size_t octets = 0;
  gconstpointer data = icon ? purple_buddy_icon_get_data(icon, &octets) : NULL;
  char* sum = data ? g_compute_checksum_for_data(G_CHECKSUM_SHA1, data, octets) : NULL;
  event_number(answer, "octets", data ? (gint64)octets : 0);
  event_text(answer, "sha1", sum);
  event_text(answer, "told", icon ? purple_buddy_icon_get_checksum(icon) : NULL);
  g_free(sum);
  return NULL;
}

// buddies: the whole list, one entry a group and contact; and the names of all groups
static const char* buddies(char** words, int count, Event* answer) {
  (void)words;
  (void)count;
  event_open(answer, "buddies", '[');
  GSList* all = purple_find_buddies(driver()->account, NULL);
  for (GSList* at = all; at; at = at->next) {
    event_open(answer, NULL, '{');
    put_presence(answer, at->data);
    event_close(answer, '}');
  }
  g_slist_free(all);
  event_close(answer, ']');
  event_open(answer, "groups", '[');
  for (PurpleBlistNode* node = purple_blist_get_root(); node; node = purple_blist_node_get_sibling_next(node))
    if (PURPLE_BLIST_NODE_IS_GROUP(node)) event_text(answer, NULL, purple_group_get_name((PurpleGroup*)node));
  event_close(answer, ']');
  return NULL;
}

// -- changes ------------------------------------------------------------------------------------------------------

static PurpleGroup* group_of(const char* name) {
  PurpleGroup* group = purple_find_group(name);
  if (group) return group;
  group = purple_group_new(name);
  purple_blist_add_group(group, NULL);
  return group;
}

// add URI GROUP [ALIAS]
static const char* add(char** words, int count, Event* answer) {
  (void)answer;
  if (!connection()) return not_signed_in;
  PurpleBuddy* added = purple_buddy_new(driver()->account, words[0], count == 3 ? words[2] : NULL);
  purple_blist_add_buddy(added, NULL, group_of(words[1]), NULL);
  purple_account_add_buddy(driver()->account, added);
  return NULL;
}

// remove URI [GROUP]
static const char* remove_contact(char** words, int count, Event* answer) {
  (void)answer;
  if (!connection()) return not_signed_in;
  PurpleBuddy* found = find(words[0], count == 2 ? words[1] : NULL);
  if (!found) return no_contact;
  purple_account_remove_buddy(driver()->account, found, purple_buddy_get_group(found));
  purple_blist_remove_buddy(found);
  return NULL;
}

// move URI GROUP
static const char* move(char** words, int count, Event* answer) {
  (void)count;
  (void)answer;
  PurpleBuddy* found = find(words[0], NULL);
  if (!found) return no_contact;
  purple_blist_add_buddy(found, NULL, group_of(words[1]), NULL);
  return NULL;
}

// alias URI NAME
static const char* alias(char** words, int count, Event* answer) {
  (void)count;
  (void)answer;
  PurpleBuddy* found = find(words[0], NULL);
  if (!found) return no_contact;
  purple_blist_alias_buddy(found, words[1]);
  serv_alias_buddy(found);
  return NULL;
}

// rename-group OLD NEW
static const char* rename_group(char** words, int count, Event* answer) {
  (void)count;
  (void)answer;
  PurpleGroup* group = purple_find_group(words[0]);
  if (!group) return "there is no such group";
  purple_blist_rename_group(group, words[1]);
  return NULL;
}

// delete-group NAME: with the contacts in it, as the graphical client does
static const char* delete_group(char** words, int count, Event* answer) {
  (void)count;
  (void)answer;
  PurpleGroup* group = purple_find_group(words[0]);
  if (!group) return "there is no such group";
  if (!connection()) return not_signed_in;
  GSList* all = purple_find_buddies(driver()->account, NULL);
  for (GSList* at = all; at; at = at->next) {
    if (purple_buddy_get_group(at->data) != group) continue;
    purple_account_remove_buddy(driver()->account, at->data, group);
    purple_blist_remove_buddy(at->data);
  }
  g_slist_free(all);
  purple_account_remove_group(driver()->account, group);
  purple_blist_remove_group(group);
  return NULL;
}

// block URI, unblock URI
static const char* block(char** words, int count, Event* answer) {
  (void)count;
  (void)answer;
  if (!connection()) return not_signed_in;
  protocol()->add_deny(connection(), words[0]);
  return NULL;
}

static const char* unblock(char** words, int count, Event* answer) {
  (void)count;
  (void)answer;
  if (!connection()) return not_signed_in;
  protocol()->add_permit(connection(), words[0]);
  return NULL;
}

// info URI: the answer is the event "info"
static const char* info(char** words, int count, Event* answer) {
  (void)count;
  (void)answer;
  if (!connection()) return not_signed_in;
  serv_get_info(connection(), words[0]);
  return NULL;
}

// menu URI: lists.  menu URI LABEL...: chooses
static const char* menu(char** words, int count, Event* answer) {
  if (!connection()) return not_signed_in;
  PurpleBuddy* found = find(words[0], NULL);
  if (!found) return no_contact;
  GList* entries = protocol()->blist_node_menu((PurpleBlistNode*)found);
  if (count > 1) return menu_choose(entries, (PurpleBlistNode*)found, words + 1, count - 1);
  menu_list(entries, answer);
  return NULL;
}

const struct Command contact_commands[] = {{"buddy", 1, 1, buddy},     {"buddies", 0, 0, buddies},
                                           {"add", 2, 3, add},         {"remove", 1, 2, remove_contact},
                                           {"move", 2, 2, move},       {"alias", 2, 2, alias},
                                           {"block", 1, 1, block},     {"rename-group", 2, 2, rename_group},
                                           {"unblock", 1, 1, unblock}, {"info", 1, 1, info},
                                           {"menu", 1, 4, menu},       {"delete-group", 1, 1, delete_group},
                                           {"photo", 1, 1, photo},     {NULL, 0, 0, NULL}};

// -- signals ------------------------------------------------------------------------------------------------------

static void on_status(PurpleBuddy* changed) {
  Event* event = event_new("buddy");
  put_presence(event, changed);
  event_send(event);
}

static void on_node(PurpleBlistNode* node, const char* name) {
  if (!PURPLE_BLIST_NODE_IS_BUDDY(node) && !PURPLE_BLIST_NODE_IS_GROUP(node)) return;
  Event* event = event_new(name);
  if (PURPLE_BLIST_NODE_IS_BUDDY(node)) {
    PurpleGroup* group = purple_buddy_get_group((PurpleBuddy*)node);
    event_text(event, "uri", purple_buddy_get_name((PurpleBuddy*)node));
    event_text(event, "alias", purple_buddy_get_local_buddy_alias((PurpleBuddy*)node));
    event_text(event, "group", group ? purple_group_get_name(group) : NULL);
  } else {
    event_text(event, "group", purple_group_get_name((PurpleGroup*)node));
  }
  event_send(event);
}

static void on_added(PurpleBlistNode* node) { on_node(node, "contact-added"); }
static void on_removed(PurpleBlistNode* node) { on_node(node, "contact-removed"); }
static void on_aliased(PurpleBlistNode* node) { on_node(node, "contact-aliased"); }

void watch_contacts(void) {
  static int handle;
  void* list = purple_blist_get_handle();
  purple_signal_connect(list, "buddy-status-changed", &handle, PURPLE_CALLBACK(on_status), NULL);
  purple_signal_connect(list, "buddy-idle-changed", &handle, PURPLE_CALLBACK(on_status), NULL);
  purple_signal_connect(list, "blist-node-added", &handle, PURPLE_CALLBACK(on_added), NULL);
  purple_signal_connect(list, "blist-node-removed", &handle, PURPLE_CALLBACK(on_removed), NULL);
  purple_signal_connect(list, "blist-node-aliased", &handle, PURPLE_CALLBACK(on_aliased), NULL);
}
