/* SPDX-License-Identifier: MIT */
/*
 * Operands by their names. Nothing is opened here: what a file holds is told
 * by whoever reads it.
 */
#include "operands.h"

#include "base/text.h"
#include "plan/reading_choices.h"
#include "report/terminal.h"
#include "system/screen.h"

#include <string.h>

/* The name of operand number i (from 0) in "MAPPING [CSV]". */
static struct text
operand_title(const struct command *c, size_t i)
{
	const char *at = c->operands;
	size_t len;

	for (; i > 0; i--) {
		at += strcspn(at, " ");
		at += strspn(at, " ");
	}
	len = strcspn(at, " ");
	if (len > 3 && memcmp(at + len - 3, "...", 3) == 0)
		len -= 3;
	return (struct text){at, len};
}

/* The help of a command whose mapping is missing: the CSV is there, and it is
 * often a first time. */
static int
missing_mapping(const struct options *o, struct diag *d)
{
	struct buf line = BUF_INIT(4096);

	shell_quote(&line, o->settings.operands[0]);
	diag_help(d,
	    "the mapping comes before the CSV; 'csv2chakra init %s' writes a "
	    "first one",
	    buf_str(&line));
	buf_release(&line);
	return -1;
}

static int
too_few(const struct command *c, const struct options *o, struct diag *d)
{
	struct text missing = operand_title(c, o->settings.operand_count);

	if (o->settings.operand_count == 0) {
		diag_set(d, DIAG_USAGE, "'%s' needs %s", c->name, c->operands);
		return diag_help(d, "see 'csv2chakra %s --help'", c->name);
	}
	if (text_is(missing, "CSV") &&
	    operand_is_csv(o->settings.operands[0])) {
		diag_set(d, DIAG_USAGE, "'%s' needs %s: MAPPING is missing",
		    c->name, c->operands);
		return missing_mapping(o, d);
	}
	diag_set(d, DIAG_USAGE, "'%s' needs %s: %.*s is missing", c->name,
	    c->operands, (int)missing.len, missing.s);
	if (text_is(missing, "CSV"))
		return diag_help(
		    d, "the CSV comes after the mapping; - is standard input");
	return diag_help(d, "see 'csv2chakra %s --help'", c->name);
}

static int
too_many(const struct command *c, const struct options *o, struct diag *d)
{
	struct buf shown = BUF_INIT(256);

	text_display(
	    &shown, text_of(o->settings.operands[c->operands_max]), 60);
	diag_set(
	    d, DIAG_USAGE, "unexpected extra argument '%s'", buf_str(&shown));
	buf_release(&shown);
	return diag_help(d, "see 'csv2chakra %s --help'", c->name);
}

static int
swapped(const struct command *c, const struct options *o, struct diag *d)
{
	struct buf csv = BUF_INIT(256), mapping = BUF_INIT(256);
	struct buf line = BUF_INIT(4096);

	text_display(&csv, text_of(o->settings.operands[0]), 60);
	text_display(&mapping, text_of(o->settings.operands[1]), 60);
	shell_quote(&line, o->settings.operands[1]);
	buf_addc(&line, ' ');
	shell_quote(&line, o->settings.operands[0]);
	diag_set(d, DIAG_USAGE,
	    "'%s' looks like the CSV and '%s' like the mapping", buf_str(&csv),
	    buf_str(&mapping));
	diag_help(d, "the mapping comes first: csv2chakra %s %s", c->name,
	    buf_str(&line));
	buf_release(&csv);
	buf_release(&mapping);
	buf_release(&line);
	return -1;
}

int
operands_check(const struct command *c, const struct options *o, struct diag *d)
{
	bool has_both = strncmp(c->operands, "MAPPING CSV", 11) == 0 ||
			strncmp(c->operands, "MAPPING [CSV]", 13) == 0;
	size_t min = o->files_from && c->operands_min > 1 ? 1 : c->operands_min;

	/* The way back of a run has its mapping and its input with it. */
	if (o->settings.changes && o->settings.operand_count == 0)
		min = 0;
	if (o->settings.operand_count < min)
		return too_few(c, o, d);
	if (o->settings.operand_count > c->operands_max)
		return too_many(c, o, d);
	if (has_both && o->settings.operand_count == 2 &&
	    operand_is_csv(o->settings.operands[0]) &&
	    operand_is_mapping(o->settings.operands[1]))
		return swapped(c, o, d);
	return 0;
}
