/* SPDX-License-Identifier: MIT */
/* The log sink: stderr, one line a call, nothing raw from outside. */
#include "system/log.h"

#include "base/json_write.h"
#include "system/screen.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

extern const struct text asset_log_schema_json;

static const struct {
	const char *name, *level;
	enum log_level least;
} events[] = {
    [LOG_DECISION] = {"decision", "debug", LOG_DEBUG},
    [LOG_CALL] = {"call", "debug", LOG_DEBUG},
    [LOG_REQUEST_HEADER] = {"request_header", "debug", LOG_WIRE},
    [LOG_ANSWER_HEADER] = {"answer_header", "debug", LOG_WIRE},
    [LOG_DETAIL] = {"detail", "debug", LOG_DEBUG},
    [LOG_NOTE] = {"note", "info", LOG_QUIET},
    [LOG_DIAGNOSTIC] = {"diagnostic", "warning", LOG_QUIET},
    [LOG_WARNING] = {"warning", "warning", LOG_NORMAL},
    [LOG_ERROR] = {"error", "error", LOG_QUIET},
    [LOG_PROGRESS] = {NULL, "info", LOG_QUIET},
};

static struct {
	const char *program;
	enum log_level level;
	enum log_format format;
	struct clock clock;
	char run[128];
	void (*clear)(void *ctx);
	void *clear_ctx;
} sink = {.program = "csv2chakra", .level = LOG_NORMAL};

void
log_set(const char *program, enum log_level level, enum log_format format,
    struct clock clock)
{
	sink.program = program;
	sink.level = level;
	sink.format = format;
	sink.clock = clock;
}

void
log_run(const char *id)
{
	snprintf(sink.run, sizeof(sink.run), "%s", id ? id : "");
}

void
log_before(void (*clear)(void *ctx), void *ctx)
{
	sink.clear = clear;
	sink.clear_ctx = ctx;
}

bool
log_is_json(void)
{
	return sink.format == LOG_JSON;
}

bool
log_shows(enum log_event event)
{
	return sink.level >= events[event].least;
}

static void
write_out(const struct buf *b)
{
	if (sink.clear)
		sink.clear(sink.clear_ctx);
	/* One write, so that lines of other programs do not cut into it. */
	fwrite(b->data, 1, b->len, stderr);
	fflush(stderr);
}

static void
json_head(struct buf *b, enum log_event event)
{
	struct clock c = sink.clock.wall_ms ? sink.clock : clock_system();

	json_object(b, NULL);
	json_time(b, "time", c.wall_ms(c.ctx));
	json_string(b, "level", events[event].level);
	if (events[event].name)
		json_string(b, "event", events[event].name);
	json_string_if(b, "run", sink.run);
}

/* `b` holds the members already. */
static void
write_object(struct buf *b)
{
	struct buf shown = BUF_INIT(0);

	json_end_object(b);
	screen_json(&shown, buf_text(b));
	buf_addc(&shown, '\n');
	write_out(&shown);
	buf_release(&shown);
}

void
log_event(enum log_event event, const char *message, const struct buf *members)
{
	struct buf b = BUF_INIT(0);

	if (!log_shows(event))
		return;
	if (sink.format == LOG_JSON) {
		json_head(&b, event);
		json_string(&b, "message", message);
		if (members && members->len > 0) {
			buf_addc(&b, ',');
			buf_add(&b, members->data, members->len);
		}
		write_object(&b);
	} else {
		buf_addf(&b, "%s: %s: ", sink.program, events[event].level);
		text_display(&b, text_of(message), 0);
		buf_addc(&b, '\n');
		write_out(&b);
	}
	buf_release(&b);
}

static void say(enum log_event event, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

static void
say(enum log_event event, const char *fmt, va_list ap)
{
	char raw[4096];

	vsnprintf(raw, sizeof(raw), fmt, ap);
	log_event(event, raw, NULL);
}

void
log_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(LOG_WARNING, fmt, ap);
	va_end(ap);
}

void
log_debug(const char *fmt, ...)
{
	va_list ap;

	if (!log_shows(LOG_DETAIL))
		return;
	va_start(ap, fmt);
	say(LOG_DETAIL, fmt, ap);
	va_end(ap);
}

void
log_decision(const char *fmt, ...)
{
	va_list ap;

	if (!log_shows(LOG_DECISION))
		return;
	va_start(ap, fmt);
	say(LOG_DECISION, fmt, ap);
	va_end(ap);
}

/* Takes `word` off the beginning. */
static void
skip(const char **words, const char *word)
{
	size_t len = strlen(word);

	if (strncmp(*words, word, len) == 0)
		*words += len;
}

void
log_words(enum log_event event, const char *words)
{
	static const char marks[] = "\n  help: ";
	struct buf b = BUF_INIT(0);
	const char *help;
	size_t len;

	if (sink.format == LOG_TEXT) {
		buf_adds(&b, words);
		write_out(&b);
		buf_release(&b);
		return;
	}
	help = strstr(words, marks);
	json_head(&b, event);
	skip(&words, "csv2chakra: ");
	skip(&words, "warning: ");
	skip(&words, "note: ");
	len = strlen(words);
	while (len > 0 && words[len - 1] == '\n')
		len--;
	json_text(&b, "message",
	    (struct text){words, help ? (size_t)(help - words) : len});
	if (help)
		json_text(&b, "help",
		    (struct text){help + sizeof(marks) - 1,
			(size_t)(words + len - help) - (sizeof(marks) - 1)});
	write_object(&b);
	buf_release(&b);
}

void
log_note(const char *fmt, ...)
{
	char words[8192];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(words, sizeof(words), fmt, ap);
	va_end(ap);
	log_words(LOG_NOTE, words);
}

void
log_at(enum log_event event, const char *message, const struct log_place *at)
{
	struct buf b = BUF_INIT(0);

	json_head(&b, event);
	json_string(&b, "message", message);
	json_string_if(&b, "code", at->code);
	json_string_if(&b, "file", at->file);
	if (at->line > 0)
		json_int(&b, "line", at->line);
	if (at->line > 0 && at->column > 0)
		json_int(&b, "column", at->column);
	json_string_if(&b, "help", at->help);
	write_object(&b);
	buf_release(&b);
}

static void
diag_text(const struct diag *d)
{
	struct buf b = BUF_INIT(16384);

	buf_addf(&b, "%s: ", sink.program);
	if (d->file[0] != '\0') {
		text_display(&b, text_of(d->file), 0);
		if (d->line > 0)
			buf_addf(&b, ":%d", d->line);
		if (d->line > 0 && d->column > 0)
			buf_addf(&b, ":%d", d->column);
		buf_adds(&b, ": ");
	}
	text_display(&b, text_of(d->message), 0);
	if (d->code[0] != '\0')
		buf_addf(&b, " [%s]", d->code);
	if (d->help[0] != '\0') {
		buf_adds(&b, "\n  help: ");
		text_display(&b, text_of(d->help), 0);
	}
	buf_addc(&b, '\n');
	write_out(&b);
	buf_release(&b);
}

void
log_diag(const struct diag *d)
{
	const struct log_place at = {
	    .code = d->code,
	    .file = d->file,
	    .help = d->help,
	    .line = d->file[0] != '\0' ? d->line : 0,
	    .column = d->column,
	};

	if (sink.format == LOG_JSON)
		log_at(LOG_ERROR, d->message, &at);
	else
		diag_text(d);
}

void
log_object(enum log_event event, struct text object)
{
	struct buf b = BUF_INIT(0);

	json_head(&b, event);
	/* After its brace, and up to the other one. */
	buf_addc(&b, ',');
	buf_add(&b, object.s + 1, object.len - 2);
	write_object(&b);
	buf_release(&b);
}

struct text
log_schema(void)
{
	return asset_log_schema_json;
}
