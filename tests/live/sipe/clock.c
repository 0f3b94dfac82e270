// SPDX-License-Identifier: Apache-2.0
// The client's own clock: all timers of libpurple and the plugin, and what they are told when they ask for the time.
//
// It can be made to run faster than that of the machine, so that half an hour of the client's takes a minute.  Waits that
// have begun are shortened too.  The plugin decides with time() what is due (whether the connection was silent for long,
// whether a ticket still holds), so this is the time() of the whole process.  It never goes back: slowed down again, it
// stays ahead.
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

#include "driver.h"

enum { factor_max = 1000 };

struct Clock {
  int factor;
  gint64 since;  // microseconds of the machine when the factor was set
  gint64 ahead;  // microseconds that the client's clock was ahead then
  GList* timers;
};

struct Timer {
  GSource source;
  gint64 interval, due;  // microseconds of the client
};

static struct Clock* the_clock(void) {
  static struct Clock only = {.factor = 1};
  return &only;
}

static gint64 ahead(void) {
  const struct Clock* own = the_clock();
  return own->ahead + (g_get_monotonic_time() - own->since) * (own->factor - 1);
}

static gint64 now(void) { return g_get_monotonic_time() + ahead(); }

// Takes the place of the C library's: the driver comes first in the order of look-up.
time_t time(time_t* result) {
  struct timeval machine;
  gettimeofday(&machine, NULL);
  time_t seconds = (time_t)((machine.tv_sec * G_USEC_PER_SEC + machine.tv_usec + ahead()) / G_USEC_PER_SEC);
  if (result) *result = seconds;
  return seconds;
}

// -- timers -------------------------------------------------------------------------------------------------------

static void arm(struct Timer* timer) {
  gint64 left = (timer->due - now()) / the_clock()->factor;
  g_source_set_ready_time(&timer->source, g_get_monotonic_time() + MAX(left, 0));
}

static gboolean fire(GSource* source, GSourceFunc call, gpointer data) {
  struct Timer* timer = (struct Timer*)source;
  if (!call(data)) return FALSE;
  timer->due = now() + timer->interval;
  arm(timer);
  return TRUE;
}

static void forget(GSource* source) { the_clock()->timers = g_list_remove(the_clock()->timers, source); }

static guint timer_add(gint64 interval, GSourceFunc call, gpointer data) {
  static GSourceFuncs functions = {.dispatch = fire, .finalize = forget};
  struct Timer* timer = (struct Timer*)g_source_new(&functions, sizeof *timer);
  timer->interval = interval;
  timer->due = now() + interval;
  g_source_set_callback(&timer->source, call, data, NULL);
  arm(timer);
  the_clock()->timers = g_list_prepend(the_clock()->timers, timer);
  guint id = g_source_attach(&timer->source, NULL);
  g_source_unref(&timer->source);
  return id;
}

guint clock_add_milliseconds(guint interval, GSourceFunc call, gpointer data) {
  return timer_add((gint64)interval * 1000, call, data);
}

guint clock_add_seconds(guint interval, GSourceFunc call, gpointer data) {
  return timer_add((gint64)interval * G_USEC_PER_SEC, call, data);
}

// -- commands -----------------------------------------------------------------------------------------------------

// clock FACTOR: how many seconds of the client pass in one of the machine.  The answer tells how far it is ahead.
static const char* set_clock(char** words, int count, Event* answer) {
  (void)count;
  int factor = atoi(words[0]);
  if (factor < 1 || factor > factor_max) return "the clock runs 1 to 1000 times as fast";
  struct Clock* own = the_clock();
  own->ahead = ahead();
  own->since = g_get_monotonic_time();
  own->factor = factor;
  for (GList* at = own->timers; at; at = at->next) arm(at->data);
  event_number(answer, "ahead", own->ahead / 1000);  // milliseconds
  return NULL;
}

const struct Command clock_commands[] = {{"clock", 1, 1, set_clock}, {NULL, 0, 0, NULL}};
