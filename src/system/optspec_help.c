/* SPDX-License-Identifier: MIT */
/*
 * The option table as help text: groups with a heading, the option on the
 * left, its sentence wrapped on the right with its default and environment
 * variable after.
 */
#include "base/text.h"
#include "system/optspec.h"

#include <string.h>

#define HELP_WIDTH 79
#define HELP_COLUMN 28

static void
pad_to(struct buf *out, size_t from, size_t column)
{
	for (size_t i = from; i < column; i++)
		buf_addc(out, ' ');
}

/* Adds the words of `text`, wrapped; `at` is the column that is reached. */
static void
add_wrapped(struct buf *out, const char *text, size_t at)
{
	bool is_first = true;

	while (*text != '\0') {
		size_t n = strcspn(text, " ");
		size_t shown = utf8_length(text, n);

		if (!is_first && at + 1 + shown > HELP_WIDTH) {
			buf_addc(out, '\n');
			pad_to(out, 0, HELP_COLUMN);
			at = HELP_COLUMN;
		} else if (!is_first) {
			buf_addc(out, ' ');
			at++;
		}
		buf_add(out, text, n);
		at += shown;
		is_first = false;
		text += n;
		text += strspn(text, " ");
	}
	buf_addc(out, '\n');
}

/* "  -n, --limit N" */
static size_t
add_left(struct buf *out, const struct optspec *o)
{
	size_t begin = out->len;

	if (o->letter)
		buf_addf(out, "  -%c%s", o->letter, o->name ? ", " : "");
	else
		buf_adds(out, "      ");
	if (o->name)
		buf_addf(out, "--%s", o->name);
	if (o->argument)
		buf_addf(out, " %s", o->argument);
	return out->len - begin;
}

static void
add_option(struct buf *out, const struct optspec *o)
{
	struct buf right = BUF_INIT(4096);
	const char *value = o->default_text ? o->default_text : o->default_note;
	size_t used = add_left(out, o);

	buf_adds(&right, o->help);
	if (value && o->environment)
		buf_addf(&right, " (default: %s; environment: %s)", value,
		    o->environment);
	else if (value)
		buf_addf(&right, " (default: %s)", value);
	else if (o->environment)
		buf_addf(&right, " (environment: %s)", o->environment);
	if (used + 2 > HELP_COLUMN) {
		buf_addc(out, '\n');
		used = 0;
	}
	pad_to(out, used, HELP_COLUMN);
	add_wrapped(out, buf_str(&right), HELP_COLUMN);
	buf_release(&right);
}

static bool
is_first_of_group(const struct optspec_table *t, unsigned bit, size_t row)
{
	for (size_t i = 0; i < row; i++)
		if ((t->items[i].commands >> bit & 1U) != 0 &&
		    strcmp(t->items[i].group, t->items[row].group) == 0)
			return false;
	return true;
}

void
optspec_help(
    const struct optspec_table *t, unsigned command_bit, struct buf *out)
{
	for (size_t g = 0; g < t->count; g++) {
		if ((t->items[g].commands >> command_bit & 1U) == 0 ||
		    !is_first_of_group(t, command_bit, g))
			continue;
		buf_addf(out, "%s%s:\n", out->len > 0 ? "\n" : "",
		    t->items[g].group);
		for (size_t i = g; i < t->count; i++) {
			const struct optspec *o = &t->items[i];
			if ((o->commands >> command_bit & 1U) != 0 &&
			    strcmp(o->group, t->items[g].group) == 0)
				add_option(out, o);
		}
	}
}
