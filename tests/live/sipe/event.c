// SPDX-License-Identifier: Apache-2.0
// Events: one JSON object a line.
#include <stdio.h>
#include <string.h>

#include "driver.h"

static void separate(Event* event, const char* key) {
  char last = event->str[event->len - 1];
  if (last != '{' && last != '[') g_string_append_c(event, ',');
  if (key) g_string_append_printf(event, "\"%s\":", key);
}

static void quote(Event* event, const char* text) {
  char* valid = g_utf8_make_valid(text, -1);
  g_string_append_c(event, '"');
  for (const char* at = valid; *at; at++) {
    unsigned char sign = (unsigned char)*at;
    if (sign == '"' || sign == '\\')
      g_string_append_printf(event, "\\%c", sign);
    else if (sign < 0x20)
      g_string_append_printf(event, "\\u%04x", sign);
    else
      g_string_append_c(event, *at);
  }
  g_string_append_c(event, '"');
  g_free(valid);
}

Event* event_new(const char* name) {
  Event* event = g_string_new("{");
  event_text(event, "event", name);
  return event;
}

void event_text(Event* event, const char* key, const char* value) {
  separate(event, key);
  if (value)
    quote(event, value);
  else
    g_string_append(event, "null");
}

void event_number(Event* event, const char* key, gint64 value) {
  separate(event, key);
  g_string_append_printf(event, "%" G_GINT64_FORMAT, value);
}

void event_flag(Event* event, const char* key, gboolean value) {
  separate(event, key);
  g_string_append(event, value ? "true" : "false");
}

void event_open(Event* event, const char* key, char bracket) {
  separate(event, key);
  g_string_append_c(event, bracket);
}

void event_close(Event* event, char bracket) { g_string_append_c(event, bracket); }

void event_send(Event* event) {
  g_string_append(event, "}\n");
  fwrite(event->str, 1, event->len, stdout);
  fflush(stdout);
  g_string_free(event, TRUE);
}
