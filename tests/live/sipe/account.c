// SPDX-License-Identifier: Apache-2.0
// Signing in and out, the own status.
#include <stdlib.h>
#include <string.h>

#include "driver.h"

enum { reconnect_milliseconds = 500 };

const char* const not_signed_in = "not signed in";

PurpleConnection* connection(void) {
  PurpleConnection* open = driver()->account ? purple_account_get_connection(driver()->account) : NULL;
  return open && PURPLE_CONNECTION_IS_CONNECTED(open) ? open : NULL;
}

PurplePluginProtocolInfo* protocol(void) { return PURPLE_PLUGIN_PROTOCOL_INFO(purple_find_prpl("prpl-sipe")); }

// account NAME[,LOGIN] PASSWORD
static const char* account(char** words, int count, Event* answer) {
  (void)count;
  (void)answer;
  if (driver()->account) return "there is an account already";
  if (!purple_find_prpl("prpl-sipe")) return "the plugin was not found";
  driver()->account = purple_account_new(words[0], "prpl-sipe");
  purple_account_set_password(driver()->account, words[1]);
  purple_accounts_add(driver()->account);
  purple_savedstatus_activate(purple_savedstatus_new(NULL, PURPLE_STATUS_AVAILABLE));
  return NULL;
}

// option text|flag|number NAME VALUE
static const char* option(char** words, int count, Event* answer) {
  (void)count;
  (void)answer;
  if (strcmp(words[0], "text") == 0)
    purple_account_set_string(driver()->account, words[1], words[2]);
  else if (strcmp(words[0], "flag") == 0)
    purple_account_set_bool(driver()->account, words[1], strcmp(words[2], "true") == 0);
  else if (strcmp(words[0], "number") == 0)
    purple_account_set_int(driver()->account, words[1], atoi(words[2]));
  else
    return "an option is a text, a flag or a number";
  return NULL;
}

// password WORD
static const char* password(char** words, int count, Event* answer) {
  (void)count;
  (void)answer;
  purple_account_set_password(driver()->account, words[0]);
  return NULL;
}

// sign-in
static const char* sign_in(char** words, int count, Event* answer) {
  (void)words;
  (void)count;
  (void)answer;
  if (purple_account_get_enabled(driver()->account, purple_core_get_ui()))
    purple_account_connect(driver()->account);
  else
    purple_account_set_enabled(driver()->account, purple_core_get_ui(), TRUE);
  return NULL;
}

// sign-out
static const char* sign_out(char** words, int count, Event* answer) {
  (void)words;
  (void)count;
  (void)answer;
  purple_account_set_enabled(driver()->account, purple_core_get_ui(), FALSE);
  return NULL;
}

// stay yes|no: whether the client connects again by itself
static const char* stay(char** words, int count, Event* answer) {
  (void)count;
  (void)answer;
  driver()->stay = strcmp(words[0], "yes") == 0;
  return NULL;
}

// status ID [NOTE]
static const char* status(char** words, int count, Event* answer) {
  (void)answer;
  if (!purple_account_get_status(driver()->account, words[0])) return "there is no such status";
  if (count == 2)
    purple_account_set_status(driver()->account, words[0], TRUE, "message", words[1], NULL);
  else
    purple_account_set_status(driver()->account, words[0], TRUE, NULL);
  return NULL;
}

// idle SECONDS
static const char* idle(char** words, int count, Event* answer) {
  (void)count;
  (void)answer;
  if (!connection()) return not_signed_in;
  protocol()->set_idle(connection(), atoi(words[0]));
  return NULL;
}

static void put_status(Event* event, const PurpleStatus* state) {
  event_text(event, "status", purple_status_get_id(state));
  event_text(event, "note", purple_status_get_attr_string(state, "message"));
}

// me: the own state as the client shows it
static const char* me(char** words, int count, Event* answer) {
  (void)words;
  (void)count;
  event_flag(answer, "connected", connection() != NULL);
  put_status(answer, purple_account_get_active_status(driver()->account));
  return NULL;
}

// actions: the entries of the account's menu.  action LABEL: calls one
static const char* actions(char** words, int count, Event* answer) {
  if (!connection()) return not_signed_in;
  PurplePlugin* plugin = purple_connection_get_prpl(connection());
  gboolean called = FALSE;
  GList* all = PURPLE_PLUGIN_ACTIONS(plugin, connection());
  if (!count) event_open(answer, "menu", '[');
  for (GList* at = all; at; at = at->next) {
    PurplePluginAction* action = at->data;
    if (!action) continue;  // a separator
    if (!count) event_text(answer, NULL, action->label);
    if (count && !called && strstr(action->label, words[0])) {
      action->plugin = plugin;
      action->context = connection();
      called = TRUE;
      action->callback(action);
    }
    purple_plugin_action_free(action);
  }
  if (!count) event_close(answer, ']');
  g_list_free(all);
  return count && !called ? "there is no such action" : NULL;
}

const struct Command account_commands[] = {
    {"account", 2, 2, account}, {"option", 3, 3, option},     {"password", 1, 1, password},
    {"sign-in", 0, 0, sign_in}, {"sign-out", 0, 0, sign_out}, {"stay", 1, 1, stay},
    {"status", 1, 2, status},   {"idle", 1, 1, idle},         {"me", 0, 0, me},
    {"actions", 0, 0, actions}, {"action", 1, 1, actions},    {NULL, 0, 0, NULL}};

// -- signals ------------------------------------------------------------------------------------------------------

static void on_signed_on(PurpleConnection* open) {
  Event* event = event_new("signed-on");
  event_text(event, "account", purple_account_get_username(purple_connection_get_account(open)));
  event_send(event);
}

static void on_signed_off(PurpleConnection* closed) {
  (void)closed;
  event_send(event_new("signed-off"));
}

static gboolean connect_again(gpointer data) {
  (void)data;
  if (driver()->stay && purple_account_is_disconnected(driver()->account)) purple_account_connect(driver()->account);
  return FALSE;
}

static void on_error(PurpleConnection* closed, PurpleConnectionError reason, const char* text) {
  (void)closed;
  Event* event = event_new("connection-error");
  event_number(event, "reason", reason);
  event_flag(event, "fatal", purple_connection_error_is_fatal(reason));
  event_text(event, "text", text);
  event_send(event);
  if (!purple_connection_error_is_fatal(reason)) g_timeout_add(reconnect_milliseconds, connect_again, NULL);
}

static void on_own_status(PurpleAccount* of, const PurpleStatus* old, const PurpleStatus* now) {
  (void)of;
  (void)old;
  Event* event = event_new("own-status");
  put_status(event, now);
  event_send(event);
}

void watch_account(void) {
  static int handle;
  void* connections = purple_connections_get_handle();
  purple_signal_connect(connections, "signed-on", &handle, PURPLE_CALLBACK(on_signed_on), NULL);
  purple_signal_connect(connections, "signed-off", &handle, PURPLE_CALLBACK(on_signed_off), NULL);
  purple_signal_connect(connections, "connection-error", &handle, PURPLE_CALLBACK(on_error), NULL);
  purple_signal_connect(purple_accounts_get_handle(), "account-status-changed", &handle, PURPLE_CALLBACK(on_own_status),
                        NULL);
}
