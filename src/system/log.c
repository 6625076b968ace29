/* SPDX-License-Identifier: MIT */
/* The log sink: stderr, one line a call, nothing raw from outside. */
#include "system/log.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>

static const char *log_program = "csv2chakra";
static enum log_level log_level = LOG_NORMAL;
static void (*log_clear)(void *ctx);
static void *log_clear_ctx;

void
log_set(const char *program, enum log_level level)
{
	log_program = program;
	log_level = level;
}

void
log_before(void (*clear)(void *ctx), void *ctx)
{
	log_clear = clear;
	log_clear_ctx = ctx;
}

static void say(const char *label, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

static void
say(const char *label, const char *fmt, va_list ap)
{
	char raw[2048];
	struct buf shown = BUF_INIT(16384);

	vsnprintf(raw, sizeof(raw), fmt, ap);
	text_display(&shown, text_of(raw), 0);
	if (log_clear)
		log_clear(log_clear_ctx);
	fprintf(stderr, "%s: %s%s\n", log_program, label, buf_str(&shown));
	buf_release(&shown);
}

void
log_warn(const char *fmt, ...)
{
	va_list ap;

	if (log_level < LOG_NORMAL)
		return;
	va_start(ap, fmt);
	say("warning: ", fmt, ap);
	va_end(ap);
}

void
log_debug(const char *fmt, ...)
{
	va_list ap;

	if (log_level < LOG_DEBUG)
		return;
	va_start(ap, fmt);
	say("debug: ", fmt, ap);
	va_end(ap);
}
