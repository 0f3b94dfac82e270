// SPDX-License-Identifier: Apache-2.0
// Rooms (conferences).  A room is named as in its events, or "" for the only one.
#include "driver.h"

static PurpleConversation* find(const char* name) {
  for (GList* at = purple_get_chats(); at; at = at->next)
    if (!*name || g_strcmp0(purple_conversation_get_name(at->data), name) == 0) return at->data;
  return NULL;
}

static const char* const no_room = "there is no such room";

// rooms: names, titles, members
static const char* rooms(char** words, int count, Event* answer) {
  (void)words;
  (void)count;
  event_open(answer, "rooms", '[');
  for (GList* at = purple_get_chats(); at; at = at->next) {
    PurpleConvChat* room = PURPLE_CONV_CHAT((PurpleConversation*)at->data);
    event_open(answer, NULL, '{');
    event_text(answer, "talk", purple_conversation_get_name(at->data));
    event_text(answer, "title", purple_conversation_get_title(at->data));
    event_text(answer, "topic", purple_conv_chat_get_topic(room));
    event_flag(answer, "left", purple_conv_chat_has_left(room));
    event_open(answer, "members", '{');
    for (GList* user = purple_conv_chat_get_users(room); user; user = user->next) {
      PurpleConvChatBuddy* member = user->data;
      event_text(answer, member->name, member->flags & PURPLE_CBFLAGS_OP ? "leader" : "member");
    }
    event_close(answer, '}');
    event_close(answer, '}');
  }
  event_close(answer, ']');
  return NULL;
}

// room-say ROOM HTML
static const char* room_say(char** words, int count, Event* answer) {
  (void)count;
  (void)answer;
  PurpleConversation* talk = find(words[0]);
  if (!talk) return no_room;
  purple_conv_chat_send(PURPLE_CONV_CHAT(talk), words[1]);
  return NULL;
}

// room-invite ROOM URI
static const char* room_invite(char** words, int count, Event* answer) {
  (void)count;
  (void)answer;
  PurpleConversation* talk = find(words[0]);
  if (!talk) return no_room;
  if (!connection()) return not_signed_in;
  serv_chat_invite(connection(), purple_conv_chat_get_id(PURPLE_CONV_CHAT(talk)), NULL, words[1]);
  return NULL;
}

// room-leave ROOM: as one who closes the window
static const char* room_leave(char** words, int count, Event* answer) {
  (void)count;
  (void)answer;
  PurpleConversation* talk = find(words[0]);
  if (!talk) return no_room;
  purple_conversation_destroy(talk);  // leaves first
  return NULL;
}

// room-menu ROOM: lists.  room-menu ROOM LABEL: chooses, for example Lock
static const char* room_menu(char** words, int count, Event* answer) {
  PurpleConversation* talk = find(words[0]);
  if (!talk) return no_room;
  if (!connection()) return not_signed_in;
  // The plugin finds the conversation in the components of the room's entry in the contact list.
  GHashTable* components = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_replace(components, g_strdup("_conv"), talk);
  PurpleChat* node = purple_chat_new(driver()->account, NULL, components);
  GList* entries = protocol()->blist_node_menu((PurpleBlistNode*)node);
  const char* error = NULL;
  if (count > 1)
    error = menu_choose(entries, (PurpleBlistNode*)node, words + 1, count - 1);
  else
    menu_list(entries, answer);
  purple_chat_destroy(node);
  return error;
}

const struct Command room_commands[] = {
    {"rooms", 0, 0, rooms},           {"room-say", 2, 2, room_say},   {"room-invite", 2, 2, room_invite},
    {"room-leave", 1, 1, room_leave}, {"room-menu", 1, 3, room_menu}, {NULL, 0, 0, NULL}};
