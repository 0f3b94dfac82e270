// SPDX-License-Identifier: Apache-2.0
// A Pidgin without screen: commands in, events out.  The protocol is told in driver.c.
#pragma once
#include <purple.h>
#include <stdio.h>

struct Driver {
  GMainLoop* loop;
  PurpleAccount* account;  // NULL until the command "account"
  gboolean stay;           // connect again after an error that may pass
};
struct Driver* driver(void);

// -- events (event.c) ---------------------------------------------------------------------------------------------

// One JSON object.  event_send() writes it as one line and frees it.
typedef GString Event;
Event* event_new(const char* name);
void event_text(Event* event, const char* key, const char* value);  // NULL value: null
void event_number(Event* event, const char* key, gint64 value);
void event_flag(Event* event, const char* key, gboolean value);
// A list or an object inside; without key inside a list.  bracket: '[' or '{'; closed by event_close with ']' or '}'.
void event_open(Event* event, const char* key, char bracket);
void event_close(Event* event, char bracket);
void event_send(Event* event);

// -- commands -----------------------------------------------------------------------------------------------------

// words: the parameters.  answer: may get members.  Returns NULL, or why it was not done.
typedef const char* Run(char** words, int count, Event* answer);
struct Command {
  const char* name;  // NULL: end of the table
  int least, most;   // number of parameters
  Run* run;
};
extern const struct Command account_commands[], contact_commands[], talk_commands[], room_commands[], file_commands[],
    request_commands[], clock_commands[];

// Connection of the account, NULL while it is not signed in; its protocol operations.
PurpleConnection* connection(void);
PurplePluginProtocolInfo* protocol(void);
extern const char* const not_signed_in;

// Lists the entries of a menu below "menu" of the answer.  The PurpleMenuActions are freed.
void menu_list(GList* menu, Event* answer);
// Calls the entry that words name, from the outer menu to the inner.  Frees the menu.  Returns as Run.
const char* menu_choose(GList* menu, PurpleBlistNode* node, char** words, int count);

// -- timers (clock.c): as g_timeout_add, in the client's time -----------------------------------------------------

guint clock_add_milliseconds(guint interval, GSourceFunc call, gpointer data);
guint clock_add_seconds(guint interval, GSourceFunc call, gpointer data);

// -- what libpurple wants from a user interface -------------------------------------------------------------------

PurpleRequestUiOps* request_operations(void);            // request.c
PurpleNotifyUiOps* notify_operations(void);              // notify.c
PurpleAccountUiOps* account_operations(void);            // notify.c
PurpleConversationUiOps* conversation_operations(void);  // talk.c
void watch_account(void);                                // signals that become events
void watch_contacts(void);
void watch_talks(void);
void watch_files(void);
