// SPDX-License-Identifier: Apache-2.0
// The menus that the plugin offers on contacts and rooms.
#include <string.h>

#include "driver.h"

static void put_entries(GList* menu, const char* above, Event* answer) {
  for (GList* at = menu; at; at = at->next) {
    PurpleMenuAction* entry = at->data;
    if (!entry) continue;  // a separator
    char* path = above ? g_strdup_printf("%s > %s", above, entry->label) : g_strdup(entry->label);
    event_text(answer, NULL, path);
    put_entries(entry->children, path, answer);
    g_free(path);
  }
}

static void release(GList* menu) {
  for (GList* at = menu; at; at = at->next) {
    PurpleMenuAction* entry = at->data;
    if (!entry) continue;
    release(entry->children);
    entry->children = NULL;
    purple_menu_action_free(entry);
  }
  g_list_free(menu);
}

void menu_list(GList* menu, Event* answer) {
  event_open(answer, "menu", '[');
  put_entries(menu, NULL, answer);
  event_close(answer, ']');
  release(menu);
}

// The plugin marks the chosen entry and indents others, so a label that contains the word will do.
static PurpleMenuAction* entry_of(GList* menu, const char* label) {
  PurpleMenuAction* near = NULL;
  for (GList* at = menu; at; at = at->next) {
    PurpleMenuAction* entry = at->data;
    if (!entry) continue;
    if (strcmp(entry->label, label) == 0) return entry;
    if (!near && strstr(entry->label, label)) near = entry;
  }
  return near;
}

const char* menu_choose(GList* menu, PurpleBlistNode* node, char** words, int count) {
  PurpleMenuAction* entry = NULL;
  GList* level = menu;
  for (int i = 0; i < count; i++) {
    entry = entry_of(level, words[i]);
    if (!entry) break;
    level = entry->children;
  }
  void (*call)(PurpleBlistNode*, gpointer) = entry ? (void (*)(PurpleBlistNode*, gpointer))entry->callback : NULL;
  gpointer data = entry ? entry->data : NULL;
  if (call) call(node, data);
  release(menu);
  return call ? NULL : "there is no such entry in the menu";
}
