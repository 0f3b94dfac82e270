// SPDX-License-Identifier: Apache-2.0
// Questions of the client: each becomes an event "request" and waits for the command "answer-request".
#include <stdlib.h>
#include <string.h>

#include "driver.h"

enum { calls_max = 8 };

struct Request {
  int id;
  PurpleRequestType type;
  GCallback calls[calls_max];  // of an action: one a button; else: yes, no
  size_t count;
  PurpleRequestFields* fields;
  void* data;
};

static GList** waiting(void) {
  static GList* list;
  return &list;
}

static struct Request* request_new(PurpleRequestType type, void* data) {
  static int last;
  struct Request* request = g_new0(struct Request, 1);
  request->id = ++last;
  request->type = type;
  request->data = data;
  *waiting() = g_list_append(*waiting(), request);
  return request;
}

static struct Request* request_of(const char* number) {
  for (GList* at = *waiting(); at; at = at->next)
    if (((struct Request*)at->data)->id == atoi(number)) return at->data;
  return NULL;
}

static void close_request(PurpleRequestType type, void* handle) {
  (void)type;
  if (!g_list_find(*waiting(), handle)) return;
  *waiting() = g_list_remove(*waiting(), handle);
  g_free(handle);
}

static Event* asked(const struct Request* request, const char* kind, const char* title, const char* primary,
                    const char* secondary, const char* who) {
  Event* event = event_new("request");
  event_number(event, "id", request->id);
  event_text(event, "kind", kind);
  event_text(event, "title", title);
  event_text(event, "primary", primary);
  event_text(event, "secondary", secondary);
  event_text(event, "who", who);
  return event;
}

static void* ask_action(const char* title, const char* primary, const char* secondary, int usual,
                        PurpleAccount* account, const char* who, PurpleConversation* talk, void* data, size_t count,
                        va_list actions) {
  (void)usual;
  (void)account;
  (void)talk;
  struct Request* request = request_new(PURPLE_REQUEST_ACTION, data);
  Event* event = asked(request, "action", title, primary, secondary, who);
  event_open(event, "choices", '[');
  for (size_t i = 0; i < count; i++) {
    event_text(event, NULL, va_arg(actions, char*));
    GCallback call = va_arg(actions, GCallback);
    if (i < calls_max) request->calls[request->count++] = call;
  }
  event_close(event, ']');
  event_send(event);
  return request;
}

static void* ask_action_with_icon(const char* title, const char* primary, const char* secondary, int usual,
                                  PurpleAccount* account, const char* who, PurpleConversation* talk, gconstpointer icon,
                                  gsize size, void* data, size_t count, va_list actions) {
  (void)icon;
  (void)size;
  return ask_action(title, primary, secondary, usual, account, who, talk, data, count, actions);
}

static void* ask_fields(const char* title, const char* primary, const char* secondary, PurpleRequestFields* fields,
                        const char* yes, GCallback yes_call, const char* no, GCallback no_call, PurpleAccount* account,
                        const char* who, PurpleConversation* talk, void* data) {
  (void)yes;
  (void)no;
  (void)account;
  (void)talk;
  struct Request* request = request_new(PURPLE_REQUEST_FIELDS, data);
  request->fields = fields;
  request->calls[0] = yes_call;
  request->calls[1] = no_call;
  Event* event = asked(request, "fields", title, primary, secondary, who);
  event_open(event, "fields", '{');
  for (GList* group = purple_request_fields_get_groups(fields); group; group = group->next)
    for (GList* at = purple_request_field_group_get_fields(group->data); at; at = at->next)
      event_text(event, purple_request_field_get_id(at->data), purple_request_field_get_label(at->data));
  event_close(event, '}');
  event_send(event);
  return request;
}

static void* ask_input(const char* title, const char* primary, const char* secondary, const char* usual, gboolean lines,
                       gboolean masked, gchar* hint, const char* yes, GCallback yes_call, const char* no,
                       GCallback no_call, PurpleAccount* account, const char* who, PurpleConversation* talk,
                       void* data) {
  (void)usual, (void)lines, (void)masked, (void)hint, (void)yes, (void)no, (void)account, (void)talk;
  struct Request* request = request_new(PURPLE_REQUEST_INPUT, data);
  request->calls[0] = yes_call;
  request->calls[1] = no_call;
  event_send(asked(request, "input", title, primary, secondary, who));
  return request;
}

static const char* set_field(PurpleRequestFields* fields, const char* id, const char* value) {
  if (!purple_request_fields_exists(fields, id)) return "there is no such field";
  PurpleRequestField* field = purple_request_fields_get_field(fields, id);
  switch (purple_request_field_get_type(field)) {
    case PURPLE_REQUEST_FIELD_STRING:
      purple_request_field_string_set_value(field, value);
      return NULL;
    case PURPLE_REQUEST_FIELD_INTEGER:
      purple_request_field_int_set_value(field, atoi(value));
      return NULL;
    case PURPLE_REQUEST_FIELD_BOOLEAN:
      purple_request_field_bool_set_value(field, strcmp(value, "true") == 0);
      return NULL;
    case PURPLE_REQUEST_FIELD_CHOICE:
      purple_request_field_choice_set_value(field, atoi(value));
      return NULL;
    default:
      return "this kind of field is not filled";
  }
}

// answer-request ID BUTTON [FIELD VALUE]...: button 0 is yes, of an action the number of the choice.
// answer-request ID 0 TEXT for a question of one text.
static const char* answer_request(char** words, int count, Event* answer) {
  (void)answer;
  struct Request* request = request_of(words[0]);
  if (!request) return "there is no such request";
  int button = atoi(words[1]);
  if (button < 0 || button >= calls_max) return "there is no such button";
  PurpleRequestType type = request->type;
  if (type == PURPLE_REQUEST_FIELDS)
    for (int i = 2; i + 1 < count; i += 2) {
      const char* error = set_field(request->fields, words[i], words[i + 1]);
      if (error) return error;
    }
  GCallback call = request->calls[button];
  if (call && type == PURPLE_REQUEST_ACTION) ((PurpleRequestActionCb)call)(request->data, button);
  if (call && type == PURPLE_REQUEST_FIELDS) ((PurpleRequestFieldsCb)call)(request->data, request->fields);
  if (call && type == PURPLE_REQUEST_INPUT) ((PurpleRequestInputCb)call)(request->data, count > 2 ? words[2] : "");
  if (request_of(words[0])) purple_request_close(type, request);  // unless the callback has closed it
  return NULL;
}

const struct Command request_commands[] = {{"answer-request", 2, 20, answer_request}, {NULL, 0, 0, NULL}};

PurpleRequestUiOps* request_operations(void) {
  static PurpleRequestUiOps operations = {.request_input = ask_input,
                                          .request_action = ask_action,
                                          .request_fields = ask_fields,
                                          .close_request = close_request,
                                          .request_action_with_icon = ask_action_with_icon};
  return &operations;
}
