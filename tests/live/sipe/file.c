// SPDX-License-Identifier: Apache-2.0
// File transfers: each change is an event "file" with the number of the transfer.
#include <stdlib.h>

#include "driver.h"

// Number of each transfer that was seen; a number is never used again.
static GHashTable* numbers(void) {
  static GHashTable* table;
  if (!table) table = g_hash_table_new(NULL, NULL);
  return table;
}

static int number_of(PurpleXfer* transfer) {
  static int last;
  gpointer known = g_hash_table_lookup(numbers(), transfer);
  if (known) return GPOINTER_TO_INT(known);
  purple_xfer_ref(transfer);  // kept: its address must not become another's
  g_hash_table_insert(numbers(), transfer, GINT_TO_POINTER(++last));
  return last;
}

static PurpleXfer* transfer_of(const char* number) {
  GHashTableIter at;
  gpointer transfer, known;
  g_hash_table_iter_init(&at, numbers());
  while (g_hash_table_iter_next(&at, &transfer, &known))
    if (GPOINTER_TO_INT(known) == atoi(number)) return transfer;
  return NULL;
}

// send-file URI PATH
static const char* send_file(char** words, int count, Event* answer) {
  (void)count;
  (void)answer;
  if (!connection()) return not_signed_in;
  serv_send_file(connection(), words[0], words[1]);
  return NULL;
}

// accept-file NUMBER PATH, refuse-file NUMBER, cancel-file NUMBER
static const char* accept_file(char** words, int count, Event* answer) {
  (void)count;
  (void)answer;
  PurpleXfer* transfer = transfer_of(words[0]);
  if (!transfer) return "there is no such transfer";
  purple_xfer_request_accepted(transfer, words[1]);
  return NULL;
}

static const char* refuse_file(char** words, int count, Event* answer) {
  (void)count;
  (void)answer;
  PurpleXfer* transfer = transfer_of(words[0]);
  if (!transfer) return "there is no such transfer";
  purple_xfer_request_denied(transfer);
  return NULL;
}

static const char* cancel_file(char** words, int count, Event* answer) {
  (void)count;
  (void)answer;
  PurpleXfer* transfer = transfer_of(words[0]);
  if (!transfer) return "there is no such transfer";
  purple_xfer_cancel_local(transfer);
  return NULL;
}

// take-back-file URI: of the newest that is offered to this user
static const char* take_back_file(char** words, int count, Event* answer) {
  (void)count;
  (void)answer;
  for (GList* at = g_list_last(purple_xfers_get_all()); at; at = at->prev) {
    PurpleXfer* transfer = at->data;
    if (purple_xfer_get_type(transfer) != PURPLE_XFER_SEND || purple_xfer_is_canceled(transfer)) continue;
    if (!purple_strequal(purple_xfer_get_remote_user(transfer), words[0])) continue;
    purple_xfer_cancel_local(transfer);
    return NULL;
  }
  return "nothing is offered";
}

const struct Command file_commands[] = {{"send-file", 2, 2, send_file},
                                        {"accept-file", 2, 2, accept_file},
                                        {"refuse-file", 1, 1, refuse_file},
                                        {"cancel-file", 1, 1, cancel_file},
                                        {"take-back-file", 1, 1, take_back_file},
                                        {NULL, 0, 0, NULL}};

static void report(PurpleXfer* transfer, const char* state) {
  Event* event = event_new("file");
  event_number(event, "number", number_of(transfer));
  event_text(event, "state", state);
  event_flag(event, "incoming", purple_xfer_get_type(transfer) == PURPLE_XFER_RECEIVE);
  event_text(event, "uri", purple_xfer_get_remote_user(transfer));
  event_text(event, "name", purple_xfer_get_filename(transfer));
  event_number(event, "size", (gint64)purple_xfer_get_size(transfer));
  event_flag(event, "by_peer", purple_xfer_get_status(transfer) == PURPLE_XFER_STATUS_CANCEL_REMOTE);
  event_send(event);
}

void watch_files(void) {
  static int handle;
  static const char* const signals[][2] = {{"file-recv-request", "offered"},   {"file-recv-accept", "accepted"},
                                           {"file-recv-start", "started"},     {"file-send-start", "started"},
                                           {"file-recv-cancel", "cancelled"},  {"file-send-cancel", "cancelled"},
                                           {"file-recv-complete", "complete"}, {"file-send-complete", "complete"}};
  for (size_t i = 0; i < G_N_ELEMENTS(signals); i++)
    purple_signal_connect(purple_xfers_get_handle(), signals[i][0], &handle, PURPLE_CALLBACK(report),
                          (gpointer)signals[i][1]);
}
