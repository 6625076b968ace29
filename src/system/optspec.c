/* SPDX-License-Identifier: MIT */
/*
 * The option table's parser. getopt_long was refused: it keeps its state in
 * globals, permutes the caller's argv, abbreviates names and words its own
 * errors. Values are converted as they are met, so the first mistake on the
 * line is the one that is named. optspec_help.c prints the same rows.
 */
#include "system/optspec.h"

#include "base/text.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

struct parse {
	const struct optspec_table *table;
	unsigned bit;
	void *base;
	struct optspec_result *result;
	struct diag *d;
};

static bool
takes(const struct optspec *o, unsigned bit)
{
	return (o->commands >> bit & 1U) != 0;
}

static const char *
command_name(const struct optspec_table *t, unsigned bit)
{
	return t->command_names && bit < t->command_count
		   ? t->command_names[bit]
		   : t->program;
}

static int
find_name(const struct optspec_table *t, unsigned bit, struct text name)
{
	for (size_t i = 0; i < t->count; i++) {
		const struct optspec *o = &t->items[i];
		if (o->name && takes(o, bit) && text_is(name, o->name))
			return (int)i;
	}
	return -1;
}

static int
find_letter(const struct optspec_table *t, unsigned bit, char letter)
{
	for (size_t i = 0; i < t->count; i++) {
		const struct optspec *o = &t->items[i];
		if (o->letter == letter && takes(o, bit))
			return (int)i;
	}
	return -1;
}

int
optspec_find(const struct optspec_table *t, unsigned bit, const char *name)
{
	if (name[0] != '\0' && name[1] == '\0')
		return find_letter(t, bit, name[0]);
	return find_name(t, bit, text_of(name));
}

/* `shown` is how the person spelled it: "--limit", "-n", "CHAKRA_BASE_URL". */
static int
set_value(struct parse *p, int row, const char *text,
    enum optspec_origin origin, const char *shown)
{
	const struct optspec *o = &p->table->items[row];
	char why[OPTSPEC_WHY_SIZE] = "";
	char *field = (char *)p->base + o->offset;

	if (optspec_convert(o, text, field, why) < 0) {
		struct buf value = BUF_INIT(1024);
		text_display(&value, text_of(text), 60);
		diag_set(p->d, DIAG_USAGE, "invalid value '%s' for '%s': %s",
		    buf_str(&value), shown, why);
		buf_release(&value);
		return -1;
	}
	p->result->origins[row] = (unsigned char)origin;
	return 0;
}

static int
apply_defaults(struct parse *p)
{
	for (size_t i = 0; i < p->table->count; i++) {
		const struct optspec *o = &p->table->items[i];
		if (!o->default_text || !takes(o, p->bit))
			continue;
		if (set_value(p, (int)i, o->default_text, ORIGIN_DEFAULT,
			o->name) < 0)
			return -1;
	}
	return 0;
}

static int
apply_environment(struct parse *p, char *(*lookup)(const char *))
{
	for (size_t i = 0; i < p->table->count; i++) {
		const struct optspec *o = &p->table->items[i];
		const char *value;

		if (!o->environment || !takes(o, p->bit) ||
		    p->result->origins[i] == ORIGIN_OPTION)
			continue;
		value = lookup(o->environment);
		if (!value || *value == '\0')
			continue;
		if (set_value(p, (int)i, value, ORIGIN_ENVIRONMENT,
			o->environment) < 0)
			return -1;
	}
	return 0;
}

static bool
have_one_name(const struct optspec *a, const struct optspec *b)
{
	if (a->name && b->name)
		return strcmp(a->name, b->name) == 0;
	return a->letter != '\0' && a->letter == b->letter;
}

/* The commands that take an option of its name: "import, resume". */
static void
list_commands(
    const struct optspec_table *t, const struct optspec *o, struct buf *b)
{
	uint32_t commands = 0;

	for (size_t i = 0; i < t->count; i++)
		if (have_one_name(&t->items[i], o))
			commands |= t->items[i].commands;
	for (unsigned bit = 0; bit < t->command_count; bit++) {
		if ((commands >> bit & 1U) == 0)
			continue;
		if (b->len > 0)
			buf_adds(b, ", ");
		buf_adds(b, t->command_names[bit]);
	}
}

static int
not_taken(struct parse *p, const struct optspec *o, const char *shown)
{
	struct buf names = BUF_INIT(1024);

	list_commands(p->table, o, &names);
	diag_set(p->d, DIAG_USAGE, "'%s' has no option '%s'",
	    command_name(p->table, p->bit), shown);
	diag_help(p->d, "it is an option of: %s", buf_str(&names));
	buf_release(&names);
	return -1;
}

static void
point_to_help(struct parse *p)
{
	const struct optspec_table *t = p->table;

	if (t->command_names)
		diag_help(p->d, "see '%s %s --help'", t->program,
		    command_name(t, p->bit));
	else
		diag_help(p->d, "see '%s --help'", t->program);
}

/* The first name that begins with `word`, if that has three letters, or -1. */
static int
begins_with(struct text word, const struct text *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (word.len >= 3 && names[i].len > word.len &&
		    memcmp(names[i].s, word.s, word.len) == 0)
			return (int)i;
	return -1;
}

/* The command's option that other programs call by this name; NULL = none. */
static const char *
known_as(const struct parse *p, const char *name)
{
	for (size_t i = 0; i < p->table->count; i++) {
		const struct optspec *o = &p->table->items[i];

		if (takes(o, p->bit) && o->also &&
		    optspec_word(o->also, name) >= 0)
			return o->name;
	}
	return NULL;
}

static int
unknown_name(struct parse *p, struct text name)
{
	const struct optspec_table *t = p->table;
	struct text names[128];
	struct buf shown = BUF_INIT(256);
	const char *known;
	size_t count = 0;
	int near;

	for (size_t i = 0; i < t->count; i++) {
		const struct optspec *o = &t->items[i];
		if (o->name && text_is(name, o->name)) {
			buf_addf(&shown, "--%s", o->name);
			not_taken(p, o, buf_str(&shown));
			buf_release(&shown);
			return -1;
		}
		if (o->name && takes(o, p->bit) &&
		    count < sizeof(names) / sizeof(names[0]))
			names[count++] = text_of(o->name);
	}
	text_display(&shown, name, 60);
	diag_set(p->d, DIAG_USAGE, "unknown option '--%s'", buf_str(&shown));
	known = known_as(p, buf_str(&shown));
	buf_release(&shown);
	near = known ? -1 : text_did_you_mean(name, names, count);
	if (near < 0 && !known)
		near = begins_with(name, names, count);
	if (known)
		diag_help(p->d, "did you mean '--%s'?", known);
	else if (near >= 0)
		diag_help(p->d, "did you mean '--%.*s'?", (int)names[near].len,
		    names[near].s);
	else
		point_to_help(p);
	return -1;
}

static int
unknown_letter(struct parse *p, char letter)
{
	const struct optspec_table *t = p->table;
	struct buf shown = BUF_INIT(32);
	char shown_letter[3] = {'-', letter, '\0'};

	for (size_t i = 0; i < t->count; i++)
		if (t->items[i].letter == letter)
			return not_taken(p, &t->items[i], shown_letter);
	text_display(&shown, (struct text){&letter, 1}, 4);
	diag_set(p->d, DIAG_USAGE, "unknown option '-%s'", buf_str(&shown));
	buf_release(&shown);
	point_to_help(p);
	return -1;
}

static bool
is_flag(const struct optspec *o)
{
	return o->kind == OPTSPEC_FLAG || o->kind == OPTSPEC_REPEAT ||
	       o->kind == OPTSPEC_LAST;
}

/* Gives row `row` its value: `attached` (from `=` or after the letter), or
 * the next argument. Returns the arguments used up (1 or 2), or -1. */
static int
take_option(struct parse *p, int row, const char *shown, const char *attached,
    const char *next)
{
	const struct optspec *o = &p->table->items[row];

	if (is_flag(o)) {
		if (attached) {
			diag_set(p->d, DIAG_USAGE,
			    "the option '%s' takes no value", shown);
			return -1;
		}
		return set_value(p, row, "", ORIGIN_OPTION, shown) < 0 ? -1 : 1;
	}
	if (!attached && !next) {
		diag_set(p->d, DIAG_USAGE, "the option '%s' needs a value: %s",
		    shown, o->argument);
		return -1;
	}
	if (set_value(
		p, row, attached ? attached : next, ORIGIN_OPTION, shown) < 0)
		return -1;
	return attached ? 1 : 2;
}

/* "--name", "--name=value". Sets *last when nothing more is to be read. */
static int
take_long(struct parse *p, const char *arg, const char *next, bool *last)
{
	size_t len = strcspn(arg + 2, "=");
	const char *value = arg[2 + len] == '=' ? arg + 2 + len + 1 : NULL;
	struct text name = {arg + 2, len};
	int row = find_name(p->table, p->bit, name);
	char shown[64];

	if (row < 0)
		return unknown_name(p, name);
	snprintf(shown, sizeof(shown), "--%s", p->table->items[row].name);
	*last = p->table->items[row].kind == OPTSPEC_LAST;
	return take_option(p, row, shown, value, next);
}

/* "-q", "-qv", "-n5", "-n 5". */
static int
take_letters(struct parse *p, const char *arg, const char *next, bool *last)
{
	for (const char *c = arg + 1; *c != '\0'; c++) {
		int row = find_letter(p->table, p->bit, *c);
		char shown[3] = {'-', *c, '\0'};
		const char *rest = c[1] != '\0' ? c + 1 : NULL;

		if (row < 0)
			return unknown_letter(p, *c);
		*last = p->table->items[row].kind == OPTSPEC_LAST;
		if (!is_flag(&p->table->items[row]))
			return take_option(p, row, shown, rest, next);
		if (take_option(p, row, shown, NULL, NULL) < 0)
			return -1;
		if (*last)
			break;
	}
	return 1;
}

static int
apply_arguments(struct parse *p, int argc, char **argv, bool *last)
{
	bool only_operands = false;

	for (int i = 0; i < argc && !*last;) {
		const char *arg = argv[i];
		const char *next = i + 1 < argc ? argv[i + 1] : NULL;
		int used;

		if (only_operands || arg[0] != '-' || arg[1] == '\0') {
			p->result->operands[p->result->operand_count++] = arg;
			used = 1;
		} else if (strcmp(arg, "--") == 0) {
			only_operands = true;
			used = 1;
		} else if (arg[1] == '-') {
			used = take_long(p, arg, next, last);
		} else {
			used = take_letters(p, arg, next, last);
		}
		if (used < 0)
			return -1;
		i += used;
	}
	return 0;
}

int
optspec_parse(const struct optspec_table *t, unsigned command_bit, int argc,
    char **argv, char *(*lookup)(const char *), void *base,
    struct optspec_result *result, struct diag *d)
{
	struct parse p = {
	    .table = t,
	    .bit = command_bit,
	    .base = base,
	    .result = result,
	    .d = d,
	};

	bool last = false;

	assert(command_bit < 32);
	result->operand_count = 0;
	memset(result->origins, ORIGIN_NONE, t->count);
	if (apply_defaults(&p) < 0)
		return -1;
	if (apply_arguments(&p, argc, argv, &last) < 0)
		return -1;
	/* `--help` must work in any environment. */
	return last ? 0 : apply_environment(&p, lookup);
}
