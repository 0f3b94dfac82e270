// SPDX-License-Identifier: Apache-2.0
// What the client would show in windows of its own: messages, search results, details of a person.
#include "driver.h"

static void* notify_message(PurpleNotifyMsgType type, const char* title, const char* primary, const char* secondary) {
  Event* event = event_new("notice");
  event_flag(event, "bad", type == PURPLE_NOTIFY_MSG_ERROR);
  event_text(event, "title", title);
  event_text(event, "primary", primary);
  event_text(event, "secondary", secondary);
  event_send(event);
  return NULL;
}

static void* notify_formatted(const char* title, const char* primary, const char* secondary, const char* text) {
  Event* event = event_new("formatted");
  event_text(event, "title", title);
  event_text(event, "primary", primary);
  event_text(event, "secondary", secondary);
  event_text(event, "text", text);
  event_send(event);
  return NULL;
}

static void* notify_results(PurpleConnection* of, const char* title, const char* primary, const char* secondary,
                            PurpleNotifySearchResults* results, gpointer data) {
  (void)of;
  (void)data;
  Event* event = event_new("found");
  event_text(event, "title", title);
  event_text(event, "primary", primary);
  event_text(event, "secondary", secondary);
  event_open(event, "columns", '[');
  for (GList* at = results->columns; at; at = at->next)
    event_text(event, NULL, ((PurpleNotifySearchColumn*)at->data)->title);
  event_close(event, ']');
  event_open(event, "rows", '[');
  for (GList* row = results->rows; row; row = row->next) {
    event_open(event, NULL, '[');
    for (GList* at = row->data; at; at = at->next) event_text(event, NULL, at->data);
    event_close(event, ']');
  }
  event_close(event, ']');
  event_send(event);
  return NULL;
}

static void* notify_info(PurpleConnection* of, const char* who, PurpleNotifyUserInfo* info) {
  (void)of;
  Event* event = event_new("info");
  event_text(event, "uri", who);
  event_open(event, "entries", '{');
  for (GList* at = purple_notify_user_info_get_entries(info); at; at = at->next) {
    const char* label = purple_notify_user_info_entry_get_label(at->data);
    const char* value = purple_notify_user_info_entry_get_value(at->data);
    char* plain = value ? purple_markup_strip_html(value) : NULL;
    if (label) event_text(event, label, plain);
    g_free(plain);
  }
  event_close(event, '}');
  event_send(event);
  return NULL;
}

PurpleNotifyUiOps* notify_operations(void) {
  static PurpleNotifyUiOps operations = {.notify_message = notify_message,
                                         .notify_formatted = notify_formatted,
                                         .notify_searchresults = notify_results,
                                         .notify_userinfo = notify_info};
  return &operations;
}

static void request_add(PurpleAccount* account, const char* who, const char* id, const char* alias, const char* text) {
  (void)account;
  (void)id;
  Event* event = event_new("added-you");
  event_text(event, "uri", who);
  event_text(event, "alias", alias);
  event_text(event, "text", text);
  event_send(event);
}

static void* request_authorize(PurpleAccount* account, const char* who, const char* id, const char* alias,
                               const char* text, gboolean on_list, PurpleAccountRequestAuthorizationCb allow,
                               PurpleAccountRequestAuthorizationCb deny, void* data) {
  (void)on_list;
  (void)deny;
  request_add(account, who, id, alias, text);
  allow(data);
  return NULL;
}

PurpleAccountUiOps* account_operations(void) {
  static PurpleAccountUiOps operations = {
      .notify_added = request_add, .request_add = request_add, .request_authorize = request_authorize};
  return &operations;
}
