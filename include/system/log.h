/* SPDX-License-Identifier: MIT */
#ifndef SYSTEM_LOG_H
#define SYSTEM_LOG_H

/*
 * All that goes to stderr, as text for people or, with --log-format json, as
 * one object a line: `time`, `level`, `event`, `message`, `run` once there is
 * one, and what the event has besides (log.schema.json, csv2chakra-report(5)).
 * The events are one table, in log.c. Control bytes are neutralised. A token
 * never gets here: http/ takes it out of what it hands in.
 *
 * The only state of the process besides signals: which lines are wanted, and
 * whose they are.
 */

#include "base/buf.h"
#include "base/diag.h"
#include "base/text.h"
#include "system/clock.h"

#include <stdbool.h>

enum log_level {
	LOG_QUIET,
	LOG_NORMAL,
	LOG_DEBUG, /* -v: decisions and calls */
	LOG_WIRE   /* -vv: the headers of calls, too */
};

enum log_format { LOG_TEXT, LOG_JSON };

/* The name of each is in log.c, its members in log.schema.json. */
enum log_event {
	LOG_DECISION,
	LOG_CALL,
	LOG_REQUEST_HEADER,
	LOG_ANSWER_HEADER,
	LOG_DETAIL,
	LOG_NOTE,
	LOG_DIAGNOSTIC,
	LOG_WARNING,
	LOG_ERROR,
	LOG_PROGRESS /* its name is in its members */
};

/* `clock` is copied; its ctx must live as long as lines are written. */
void log_set(const char *program, enum log_level level, enum log_format format,
    struct clock clock);
/* Lines from now on belong to the run; NULL = to none. Copied. */
void log_run(const char *id);
/* Is called before each line: it takes from the screen what would stand in its
 * way. NULL = nothing does. */
void log_before(void (*clear)(void *ctx), void *ctx);

bool log_is_json(void);
/* Whether its lines are wanted: whoever needs work for one asks before. */
bool log_shows(enum log_event event);

void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_decision(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* One line of an event, if log_shows it. members: what an object has besides,
 * as JSON members ("\"status\":200"), or NULL; text shows the message alone. */
void log_event(
    enum log_event event, const char *message, const struct buf *members);
/* What an object says of a file: where, its code and the next step; what is
 * NULL, empty or 0 is not known. Only with LOG_JSON; always shown. */
struct log_place {
	const char *code, *file, *help;
	int line, column;
};
void log_at(
    enum log_event event, const char *message, const struct log_place *at);
/* Words as a person is to read them, lines and all: text as they are; an object
 * has them without the program's name and the line end, and what follows
 * "help: " apart. Always shown. */
void log_words(enum log_event event, const char *words);
/* The same of a note. */
void log_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* `csv2chakra: FILE:LINE:COL: message`, then `help: …`. */
void log_diag(const struct diag *d);
/* What an object is that somebody else wrote (progress): with time, level and
 * run. Only with LOG_JSON. */
void log_object(enum log_event event, struct text object);

struct text log_schema(void);

#endif
