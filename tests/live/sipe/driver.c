// SPDX-License-Identifier: Apache-2.0
// Drives the real prpl-sipe through libpurple.
//
//   sipe_driver FOLDER PLUGINS [HOST]
//     FOLDER   of this client alone: contacts, certificates, debug.log
//     PLUGINS  folder of libsipe.so
//     HOST     host name that the client sees; a second device of a person needs another one
//
// A command is a line of fields between tabs: its name, then the parameters; \t \n \\ stand for themselves.  Each gets
// one event "answer" in its turn, with "error" when it was not done.  Events are JSON objects, one a line.  The client
// signs out and ends when standard input does.
#define _GNU_SOURCE
#include "driver.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { line_bytes_max = 1 << 20, fields_max = 64, farewell_milliseconds = 400, farewell_seconds_max = 5 };

struct Driver* driver(void) {
  static struct Driver only;
  return &only;
}

// -- debug log ----------------------------------------------------------------------------------------------------

static FILE* log_file(const char* folder) {
  static FILE* file;
  if (folder) {
    char* path = g_build_filename(folder, "debug.log", NULL);
    file = fopen(path, "a");
    g_free(path);
  }
  return file;
}

static void debug_print(PurpleDebugLevel level, const char* category, const char* text) {
  (void)level;
  fprintf(log_file(NULL), "%s: %s", category ? category : "", text);
  fflush(log_file(NULL));
}

static gboolean debug_enabled(PurpleDebugLevel level, const char* category) {
  (void)level;
  (void)category;
  return log_file(NULL) != NULL;
}

static void glib_print(const char* domain, GLogLevelFlags level, const char* text, gpointer data) {
  (void)data;
  debug_print(level & G_LOG_LEVEL_ERROR ? PURPLE_DEBUG_ERROR : PURPLE_DEBUG_WARNING, domain, text);
  fputc('\n', log_file(NULL));
}

// -- event loop: libpurple's watches are GLib's, its timers are in clock.c -------------------------------------------

struct Watch {
  PurpleInputFunction call;
  gpointer data;
};

static gboolean watch_ready(GIOChannel* channel, GIOCondition condition, gpointer data) {
  struct Watch* watch = data;
  int ready = (condition & (G_IO_IN | G_IO_HUP | G_IO_ERR) ? PURPLE_INPUT_READ : 0) |
              (condition & (G_IO_OUT | G_IO_HUP | G_IO_ERR | G_IO_NVAL) ? PURPLE_INPUT_WRITE : 0);
  watch->call(watch->data, g_io_channel_unix_get_fd(channel), ready);
  return TRUE;
}

static guint watch_add(int descriptor, PurpleInputCondition condition, PurpleInputFunction call, gpointer data) {
  struct Watch* watch = g_new(struct Watch, 1);
  *watch = (struct Watch){call, data};
  GIOCondition wanted = (condition & PURPLE_INPUT_READ ? G_IO_IN | G_IO_HUP | G_IO_ERR : 0) |
                        (condition & PURPLE_INPUT_WRITE ? G_IO_OUT | G_IO_HUP | G_IO_ERR | G_IO_NVAL : 0);
  GIOChannel* channel = g_io_channel_unix_new(descriptor);
  guint id = g_io_add_watch_full(channel, G_PRIORITY_DEFAULT, wanted, watch_ready, watch, g_free);
  g_io_channel_unref(channel);
  return id;
}

// -- commands -----------------------------------------------------------------------------------------------------

// In place: the signs that \t, \n and \\ stand for.
static void unescape(char* field) {
  char* to = field;
  for (const char* from = field; *from; from++) {
    if (*from == '\\' && from[1]) {
      from++;
      *to++ = *from == 't' ? '\t' : *from == 'n' ? '\n' : *from;
    } else {
      *to++ = *from;
    }
  }
  *to = 0;
}

static const char* run(char** words, int count, Event* answer) {
  static const struct Command* const tables[] = {account_commands, contact_commands, talk_commands, room_commands,
                                                 file_commands,    request_commands, clock_commands};
  for (size_t table = 0; table < G_N_ELEMENTS(tables); table++)
    for (const struct Command* command = tables[table]; command->name; command++) {
      if (strcmp(command->name, words[0]) != 0) continue;
      if (count - 1 < command->least || count - 1 > command->most) return "wrong number of parameters";
      if (command != account_commands && !driver()->account) return "there is no account";
      return command->run(words + 1, count - 1, answer);
    }
  return "there is no such command";
}

static void obey(char* line) {
  char** words = g_strsplit(line, "\t", fields_max);
  int count = (int)g_strv_length(words);
  for (int i = 0; i < count; i++) unescape(words[i]);
  Event* answer = event_new("answer");
  const char* error = count ? run(words, count, answer) : "empty line";
  if (error) event_text(answer, "error", error);
  event_send(answer);
  g_strfreev(words);
}

static gboolean leave(gpointer data) {
  (void)data;
  g_main_loop_quit(driver()->loop);
  return FALSE;
}

static void farewell(void) {
  driver()->stay = FALSE;
  alarm(farewell_seconds_max);  // whatever hangs, the process ends
  if (driver()->account) purple_account_set_enabled(driver()->account, purple_core_get_ui(), FALSE);
  g_timeout_add(farewell_milliseconds, leave, NULL);
}

static gboolean read_commands(GIOChannel* channel, GIOCondition condition, gpointer data) {
  (void)condition;
  GString* buffer = data;
  char bytes[65536];
  ssize_t size = read(g_io_channel_unix_get_fd(channel), bytes, sizeof bytes);
  if (size < 0) return TRUE;
  if (size > 0) g_string_append_len(buffer, bytes, size);
  char* end;
  while ((end = memchr(buffer->str, '\n', buffer->len)) != NULL) {
    *end = 0;
    obey(buffer->str);
    g_string_erase(buffer, 0, end - buffer->str + 1);
  }
  if (size > 0 && buffer->len <= line_bytes_max) return TRUE;
  farewell();
  return FALSE;
}

// -- start --------------------------------------------------------------------------------------------------------

static void take_host_name(const char* name) {
  // A user name space of its own lets somebody who is not root do it too.
  if (unshare(CLONE_NEWUTS) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWUTS) != 0) {
    perror("unshare");
    exit(1);
  }
  if (sethostname(name, strlen(name)) != 0) {
    perror("sethostname");
    exit(1);
  }
}

static void set_operations(void) {
  purple_conversations_set_ui_ops(conversation_operations());
  purple_notify_set_ui_ops(notify_operations());
  purple_request_set_ui_ops(request_operations());
  purple_accounts_set_ui_ops(account_operations());
}

int main(int count, char** words) {
  static PurpleEventLoopUiOps loop_operations;
  static PurpleDebugUiOps debug_operations = {.print = debug_print, .is_enabled = debug_enabled};
  static PurpleCoreUiOps core_operations = {.ui_init = set_operations};
  if (count < 3 || count > 4) {
    fprintf(stderr, "usage: %s FOLDER PLUGINS [HOST]\n", words[0]);
    return 2;
  }
  if (count == 4) take_host_name(words[3]);
  signal(SIGPIPE, SIG_IGN);
  if (!log_file(words[1])) {
    perror(words[1]);
    return 1;
  }
  driver()->loop = g_main_loop_new(NULL, FALSE);
  driver()->stay = TRUE;
  loop_operations = (PurpleEventLoopUiOps){.timeout_add = clock_add_milliseconds,
                                           .timeout_remove = g_source_remove,
                                           .input_add = watch_add,
                                           .input_remove = g_source_remove,
                                           .timeout_add_seconds = clock_add_seconds};
  g_log_set_default_handler(glib_print, NULL);
  purple_util_set_user_dir(words[1]);
  purple_debug_set_ui_ops(&debug_operations);
  purple_debug_set_verbose(TRUE);
  purple_debug_set_unsafe(TRUE);
  purple_core_set_ui_ops(&core_operations);
  purple_eventloop_set_ui_ops(&loop_operations);
  purple_plugins_add_search_path(words[2]);
  if (!purple_core_init("tertulia-sipe-driver")) return 1;
  purple_set_blist(purple_blist_new());
  purple_prefs_load();
  purple_blist_load();
  watch_account();
  watch_contacts();
  watch_talks();
  watch_files();
  Event* ready = event_new("ready");
  event_flag(ready, "sipe", purple_find_prpl("prpl-sipe") != NULL);
  event_text(ready, "host", g_get_host_name());
  event_send(ready);

  GString* buffer = g_string_new(NULL);
  GIOChannel* input = g_io_channel_unix_new(STDIN_FILENO);
  g_io_add_watch(input, G_IO_IN | G_IO_HUP | G_IO_ERR, read_commands, buffer);
  g_main_loop_run(driver()->loop);
  fflush(stdout);
  _exit(0);  // what the library would free is of no use, and the plugin complains while it does
}
