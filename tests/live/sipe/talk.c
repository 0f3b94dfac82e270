// SPDX-License-Identifier: Apache-2.0
// Conversations of two: texts and typing; and what both kinds of conversation show.
#include "driver.h"

// say URI HTML
static const char* say(char** words, int count, Event* answer) {
  (void)count;
  (void)answer;
  PurpleConversation* talk = purple_conversation_new(PURPLE_CONV_TYPE_IM, driver()->account, words[0]);
  purple_conv_im_send(PURPLE_CONV_IM(talk), words[1]);
  return NULL;
}

// type URI yes|no
static const char* type(char** words, int count, Event* answer) {
  (void)count;
  (void)answer;
  if (!connection()) return not_signed_in;
  purple_conversation_new(PURPLE_CONV_TYPE_IM, driver()->account, words[0]);
  serv_send_typing(connection(), words[0], words[1][0] == 'y' ? PURPLE_TYPING : PURPLE_NOT_TYPING);
  return NULL;
}

// close URI
static const char* close_talk(char** words, int count, Event* answer) {
  (void)count;
  (void)answer;
  PurpleConversation* talk = purple_find_conversation_with_account(PURPLE_CONV_TYPE_IM, words[0], driver()->account);
  if (!talk) return "there is no such conversation";
  purple_conversation_destroy(talk);
  return NULL;
}

const struct Command talk_commands[] = {
    {"say", 2, 2, say}, {"type", 2, 2, type}, {"close", 1, 1, close_talk}, {NULL, 0, 0, NULL}};

// -- what is shown ------------------------------------------------------------------------------------------------

static const char* manner(PurpleMessageFlags flags) {
  if (flags & PURPLE_MESSAGE_ERROR) return "error";
  if (flags & PURPLE_MESSAGE_SYSTEM) return "system";
  return flags & PURPLE_MESSAGE_SEND ? "sent" : flags & PURPLE_MESSAGE_RECV ? "received" : "other";
}

static void put_talk(Event* event, PurpleConversation* talk) {
  event_text(event, "talk", purple_conversation_get_name(talk));
  event_flag(event, "room", purple_conversation_get_type(talk) == PURPLE_CONV_TYPE_CHAT);
}

static void write_line(PurpleConversation* talk, const char* name, const char* alias, const char* text,
                       PurpleMessageFlags flags, time_t when) {
  (void)when;
  Event* event = event_new("line");
  put_talk(event, talk);
  event_text(event, "manner", manner(flags));
  event_text(event, "who", name);
  event_text(event, "alias", alias);
  char* plain = purple_markup_strip_html(text);
  event_text(event, "text", plain);
  event_text(event, "html", text);
  g_free(plain);
  event_send(event);
}

static void put_member(Event* event, PurpleConversation* talk, const char* user) {
  PurpleConvChat* room = PURPLE_CONV_CHAT(talk);
  put_talk(event, talk);
  event_text(event, "uri", user);
  event_flag(event, "leader", (purple_conv_chat_user_get_flags(room, user) & PURPLE_CBFLAGS_OP) != 0);
}

static void add_users(PurpleConversation* talk, GList* members, gboolean arrivals) {
  (void)arrivals;
  for (GList* at = members; at; at = at->next) {
    Event* event = event_new("room-entered");
    put_member(event, talk, ((PurpleConvChatBuddy*)at->data)->name);
    event_send(event);
  }
}

static void remove_users(PurpleConversation* talk, GList* users) {
  for (GList* at = users; at; at = at->next) {
    Event* event = event_new("room-left");
    put_talk(event, talk);
    event_text(event, "uri", at->data);
    event_send(event);
  }
}

static void update_user(PurpleConversation* talk, const char* user) {
  Event* event = event_new("room-changed");
  put_member(event, talk, user);
  event_send(event);
}

PurpleConversationUiOps* conversation_operations(void) {
  static PurpleConversationUiOps operations = {.write_conv = write_line,
                                               .chat_add_users = add_users,
                                               .chat_remove_users = remove_users,
                                               .chat_update_user = update_user};
  return &operations;
}

// -- signals ------------------------------------------------------------------------------------------------------

static void typing(const char* who, gboolean does) {
  Event* event = event_new("typing");
  event_text(event, "uri", who);
  event_flag(event, "does", does);
  event_send(event);
}

static void on_typing(PurpleAccount* account, const char* who) {
  (void)account;
  typing(who, TRUE);
}

static void on_typing_stopped(PurpleAccount* account, const char* who) {
  (void)account;
  typing(who, FALSE);
}

static void room_event(const char* name, PurpleConversation* talk) {
  Event* event = event_new(name);
  event_text(event, "talk", purple_conversation_get_name(talk));
  event_text(event, "title", purple_conversation_get_title(talk));
  event_send(event);
}

static void on_joined(PurpleConversation* talk) { room_event("joined", talk); }
static void on_left(PurpleConversation* talk) { room_event("left", talk); }

void watch_talks(void) {
  static int handle;
  void* talks = purple_conversations_get_handle();
  purple_signal_connect(talks, "buddy-typing", &handle, PURPLE_CALLBACK(on_typing), NULL);
  purple_signal_connect(talks, "buddy-typing-stopped", &handle, PURPLE_CALLBACK(on_typing_stopped), NULL);
  purple_signal_connect(talks, "chat-joined", &handle, PURPLE_CALLBACK(on_joined), NULL);
  purple_signal_connect(talks, "chat-left", &handle, PURPLE_CALLBACK(on_left), NULL);
}
