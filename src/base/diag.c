/* SPDX-License-Identifier: MIT */
/*
 * Run errors and the exit status that each kind means. The texts live inside
 * the struct: an error must not need memory.
 */
#include "base/diag.h"

#include "base/outcome.h"
#include "base/signals.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void set_message(struct diag *d, enum diag_kind kind, const char *fmt,
    va_list ap) __attribute__((format(printf, 3, 0)));

static void
set_message(struct diag *d, enum diag_kind kind, const char *fmt, va_list ap)
{
	d->kind = kind;
	d->code[0] = '\0';
	d->file[0] = '\0';
	d->line = 0;
	d->column = 0;
	d->help[0] = '\0';
	vsnprintf(d->message, sizeof(d->message), fmt, ap);
}

int
diag_set(struct diag *d, enum diag_kind kind, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set_message(d, kind, fmt, ap);
	va_end(ap);
	return -1;
}

int
diag_set_errno(
    struct diag *d, enum diag_kind kind, int err, const char *fmt, ...)
{
	bool stopped = err == EINTR && signals_stop() != 0;
	va_list ap;
	size_t len;

	va_start(ap, fmt);
	set_message(d, stopped ? DIAG_SIGNAL : kind, fmt, ap);
	va_end(ap);
	len = strlen(d->message);
	snprintf(d->message + len, sizeof(d->message) - len, ": %s",
	    stopped ? "stopped by a signal" : strerror(err));
	if (err == EACCES)
		diag_help(d,
		    "this user may not do that; 'ls -ld' on it and its folders "
		    "shows who may");
	return -1;
}

int
diag_stopped(struct diag *d)
{
	int number = signals_stop();

	if (number == 0)
		return 0;
	return diag_set(d, DIAG_SIGNAL, "stopped by %s",
	    number == SIGINT   ? "SIGINT"
	    : number == SIGHUP ? "SIGHUP"
			       : "SIGTERM");
}

int
diag_at(struct diag *d, const char *file, int line, int column)
{
	snprintf(d->file, sizeof(d->file), "%s", file);
	d->line = line;
	d->column = column;
	return -1;
}

int
diag_code(struct diag *d, const char *code)
{
	snprintf(d->code, sizeof(d->code), "%s", code);
	return -1;
}

int
diag_help(struct diag *d, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(d->help, sizeof(d->help), fmt, ap);
	va_end(ap);
	return -1;
}

/* The name itself has no folder: it is the working folder that matters, which
 * cron and services do not choose as people do. */
static int
help_missing(struct diag *d, const char *path)
{
	const char *slash = strrchr(path, '/');
	char folder[256];
	struct stat st;

	if (slash == NULL)
		return getcwd(folder, sizeof(folder)) == NULL
			   ? -1
			   : diag_help(d, "it was looked for in '%s'", folder);
	if (slash == path || (size_t)(slash - path) >= sizeof(folder))
		return -1;
	memcpy(folder, path, (size_t)(slash - path));
	folder[slash - path] = '\0';
	if (stat(folder, &st) != 0 && errno == ENOENT)
		return diag_help(d, "there is no folder '%s' either", folder);
	if (path[0] != '/')
		return help_missing(d, "");
	return -1;
}

int
diag_help_open(struct diag *d, int err, const char *path)
{
	if (err == ENOENT)
		return help_missing(d, path);
	if (err == EACCES)
		return diag_help(d,
		    "this user may not read it; 'ls -ld' on it and its "
		    "folders shows who may");
	if (err == EISDIR)
		return diag_help(d, "this is a folder: name a file in it");
	return -1;
}

int
diag_no_folder(struct diag *d, int err, const char *folder)
{
	diag_set_errno(
	    d, DIAG_DISK, err, "unable to make the folder '%s'", folder);
	if (err == ENOENT)
		diag_help(d, "create its parent folder first");
	return -1;
}

int
diag_exit_status(enum diag_kind kind)
{
	switch (kind) {
	case DIAG_NONE:
		return EXIT_GOOD;
	case DIAG_USAGE:
		return EXIT_USAGE;
	case DIAG_MAX_ERRORS:
		return EXIT_MAX_ERRORS;
	case DIAG_SERVICE:
	case DIAG_DISK:
		return EXIT_SERVICE;
	case DIAG_SIGNAL:
		return EXIT_SIGNAL;
	case DIAG_INPUT:
		return EXIT_INPUT;
	case DIAG_IMPORTED:
		return EXIT_IMPORTED;
	case DIAG_LOCKED:
		return EXIT_LOCKED;
	case DIAG_INTERNAL:
		break;
	}
	return EXIT_INTERNAL;
}
