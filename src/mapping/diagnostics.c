/* SPDX-License-Identifier: MIT */
/*
 * The list of mistakes and its three forms. Texts are kept in an arena of the
 * list, so that it outlives the mapping that it speaks of: a mapping with an
 * error is freed before its mistakes are printed.
 */
#include "mapping/mapping.h"

#include "base/json_write.h"
#include "base/xalloc.h"
#include "loader.h"
#include "system/screen.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
diagnostics_init(struct diagnostics *l)
{
	*l = (struct diagnostics){.arena = ARENA_INIT};
}

void
diagnostics_release(struct diagnostics *l)
{
	arena_release(&l->arena);
	free(l->items);
	diagnostics_init(l);
}

static const char *format_text(struct diagnostics *l, const char *fmt,
    va_list ap) __attribute__((format(printf, 2, 0)));

static const char *
format_text(struct diagnostics *l, const char *fmt, va_list ap)
{
	va_list again;
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	size_t len = n < 0 ? 0 : (size_t)n;
	char *s = arena_alloc(&l->arena, len + 1);
	vsnprintf(s, len + 1, fmt, again);
	va_end(again);
	return s;
}

static const char *
keep_file(struct diagnostics *l, const char *file)
{
	/* Nearly always the file of the one before. */
	if (l->count && !strcmp(l->items[l->count - 1].file, file))
		return l->items[l->count - 1].file;
	return arena_strdup(&l->arena, file);
}

struct diagnostic *
diagnostics_add(struct diagnostics *l, enum severity severity, const char *code,
    const char *file, int line, int column, const char *fmt, ...)
{
	va_list ap;
	const char *kept = keep_file(l, file ? file : "");
	ARRAY_ROOM(l->items, l->count, l->cap);
	struct diagnostic *x = &l->items[l->count++];
	*x = (struct diagnostic){.severity = severity,
	    .code = code,
	    .file = kept,
	    .line = line,
	    .column = column,
	    .length = 1};
	va_start(ap, fmt);
	x->message = format_text(l, fmt, ap);
	va_end(ap);
	if (severity == SEVERITY_ERROR)
		l->errors++;
	else if (severity == SEVERITY_WARNING)
		l->warnings++;
	return x;
}

void
diagnostics_help(
    struct diagnostics *l, struct diagnostic *x, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	x->help = format_text(l, fmt, ap);
	va_end(ap);
}

/*
 * The forms. The caret stands under the character it means: tabs of the source
 * line are shown as one space each, control characters as one dot, and a long
 * line is cut around the place. Columns count code points; a character that a
 * terminal draws wide moves the caret, which is the accepted price for not
 * depending on the terminal's tables.
 */

#define LINE_SHOWN 120
#define LINE_MAX_SHOWN 20000

static const char *const severity_names[] = {"error", "warning", "note"};
static const char *const severity_colours[] = {
    "\033[1;31m", "\033[1;35m", "\033[1;36m"};

/* Where the lines of the file begin, so that each is found at once. */
struct lines {
	struct text bytes;
	size_t *begins;
	size_t count;
};

static void
lines_init(struct lines *l, struct text bytes)
{
	size_t n = 1;
	if (!bytes.s)
		bytes = TEXT_LITERAL("");
	bytes = text_after_bom(bytes);
	for (size_t i = 0; i < bytes.len; i++)
		n += bytes.s[i] == '\n';
	*l = (struct lines){
	    .bytes = bytes, .begins = xcalloc(n, sizeof(size_t)), .count = 1};
	for (size_t i = 0; i < bytes.len; i++)
		if (bytes.s[i] == '\n')
			l->begins[l->count++] = i + 1;
}

static struct text
lines_get(const struct lines *l, int line)
{
	if (line < 1 || (size_t)line > l->count)
		return TEXT_LITERAL("");
	size_t begin = l->begins[line - 1];
	size_t end =
	    (size_t)line < l->count ? l->begins[line] - 1 : l->bytes.len;
	if (end > begin && l->bytes.s[end - 1] == '\r')
		end--;
	return (struct text){l->bytes.s + begin, end - begin};
}

/* One character of a source line as one column of the screen. */
static void
add_character(struct buf *out, uint32_t c)
{
	if (c == '\t')
		buf_addc(out, ' ');
	else if (text_is_hidden(c))
		buf_addc(out, '.');
	else
		utf8_add(out, c);
}

static void
add_source(struct buf *out, const struct diagnostic *x, struct text line,
    bool with_colour)
{
	/* Nobody writes such a line, and counting it again and again for each
	 * of its mistakes would take minutes. */
	if (line.len > LINE_MAX_SHOWN)
		return;
	/* Bytes that are not UTF-8 end the line that can be shown. */
	line.len = utf8_check(line.s, line.len);
	size_t first = 1, at = 0;
	size_t column = x->column > 0 ? (size_t)x->column : 1;
	size_t count = utf8_length(line.s, line.len);
	if (column > count + 1)
		column = count + 1;
	if (column > LINE_SHOWN - 20)
		first = column - (LINE_SHOWN - 40);
	if (line.len == 0)
		return;
	buf_addf(out, "%5d | ", x->line);
	if (first > 1)
		buf_adds(out, "…");
	for (size_t i = 1; at < line.len && i < first + LINE_SHOWN; i++) {
		uint32_t c = utf8_next(line.s, line.len, &at);
		if (i >= first)
			add_character(out, c);
	}
	buf_adds(out, at < line.len ? "…\n      | " : "\n      | ");
	if (first > 1)
		buf_addc(out, ' ');
	for (size_t i = first; i < column; i++)
		buf_addc(out, ' ');
	if (with_colour)
		buf_adds(out, "\033[1;32m");
	buf_addc(out, '^');
	for (int i = 1; i < x->length && column + (size_t)i <= count &&
			column + (size_t)i < first + LINE_SHOWN;
	     i++)
		buf_addc(out, '~');
	if (with_colour)
		buf_adds(out, "\033[0m");
	buf_addc(out, '\n');
}

static void
add_text(struct buf *out, const struct diagnostic *x, const struct lines *lines,
    bool with_colour)
{
	const char *bold = with_colour ? "\033[1m" : "";
	const char *plain = with_colour ? "\033[0m" : "";
	buf_adds(out, bold);
	text_display(out, text_of(x->file), 0);
	if (x->line > 0)
		buf_addf(out, ":%d:%d", x->line, x->column);
	buf_addf(out, ":%s %s%s:%s ", plain,
	    with_colour ? severity_colours[x->severity] : "",
	    severity_names[x->severity], plain);
	screen_records(out, text_of(x->message));
	buf_addf(out, " [%s]\n", x->code);
	if (x->line > 0)
		add_source(out, x, lines_get(lines, x->line), with_colour);
	if (x->help) {
		buf_addf(out, "      %shelp:%s ", bold, plain);
		screen_records(out, text_of(x->help));
		buf_addc(out, '\n');
	}
}

void
diagnostics_text(const struct diagnostics *l, struct text bytes,
    bool with_colour, struct buf *out)
{
	struct lines lines;
	lines_init(&lines, bytes);
	for (int severity = SEVERITY_ERROR; severity <= SEVERITY_NOTE;
	     severity++)
		for (size_t i = 0; i < l->count; i++)
			if ((int)l->items[i].severity == severity)
				add_text(
				    out, &l->items[i], &lines, with_colour);
	free(lines.begins);
}

/* null where it is not known. */
static void
add_number(struct buf *out, const char *name, int number)
{
	if (number > 0)
		json_int(out, name, number);
	else
		json_null(out, name);
}

void
diagnostics_json(const struct diagnostics *l, struct buf *out)
{
	json_array(out, NULL);
	for (size_t i = 0; i < l->count; i++) {
		const struct diagnostic *x = &l->items[i];

		json_object(out, NULL);
		json_string(out, "code", x->code);
		json_string(out, "severity", severity_names[x->severity]);
		json_string(out, "message", x->message);
		json_string(out, "file", x->file);
		add_number(out, "line", x->line);
		add_number(out, "column", x->column);
		json_string(out, "help", x->help);
		json_end_object(out);
	}
	json_end_array(out);
}

void
diagnostics_github(const struct diagnostics *l, struct buf *out)
{
	static const char *const commands[] = {"error", "warning", "notice"};
	for (size_t i = 0; i < l->count; i++) {
		const struct diagnostic *x = &l->items[i];
		buf_addf(out, "::%s file=", commands[x->severity]);
		screen_github(out, x->file, true);
		if (x->line > 0)
			buf_addf(out, ",line=%d", x->line);
		if (x->column > 0)
			buf_addf(out, ",col=%d", x->column);
		buf_adds(out, ",title=");
		screen_github(out, x->code, true);
		buf_adds(out, "::");
		screen_github(out, x->message, false);
		if (x->help) {
			buf_adds(out, "%0Ahelp: ");
			screen_github(out, x->help, false);
		}
		buf_addc(out, '\n');
	}
}
