/* SPDX-License-Identifier: MIT */
/* What a diff says of its changes: by field, the first rows, and the counts. */
#include "base/json_write.h"
#include "base/xalloc.h"
#include "chakra/verb.h"
#include "report/terminal.h"
#include "results/row_files.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Rows that are shown at most; the folder has all. */
#define SHOWN_ROWS 10
#define LINE_VALUE 40

struct field_tally {
	char *path;
	uint64_t rows;
};

static void
count_field(struct change_tally *t, const char *path)
{
	/* Rows tell of their fields in one order. */
	for (size_t k = 0; k < t->field_count; k++) {
		size_t i = (t->next_field + k) % t->field_count;

		if (strcmp(t->fields[i].path, path) != 0)
			continue;
		t->fields[i].rows++;
		t->next_field = i + 1;
		return;
	}
	ARRAY_ROOM(t->fields, t->field_count, t->field_cap);
	t->fields[t->field_count++] =
	    (struct field_tally){.path = xstrdup(path), .rows = 1};
}

/* A token as a person reads it. */
static void
show_value(struct buf *out, struct text token)
{
	if (token.s == NULL || text_is(token, "null"))
		buf_adds(out, "nothing");
	else
		text_display(out, token, LINE_VALUE);
}

void
change_tally_new(struct change_tally *t)
{
	t->created++;
}

/* "~ L-17 (row 18)", and below it "data.score  "105" → "110"" */
void
change_tally_row(struct change_tally *t, struct text key, uint64_t row)
{
	if (++t->changed > SHOWN_ROWS)
		return;
	buf_adds(&t->shown, "~ ");
	text_display(&t->shown, key, LINE_VALUE);
	buf_addf(&t->shown, " (row %" PRIu64 ")\n", row);
}

void
change_tally_field(struct change_tally *t, const char *path, struct text before,
    struct text after)
{
	count_field(t, path);
	if (t->changed > SHOWN_ROWS)
		return;
	buf_adds(&t->shown, "    ");
	text_display(&t->shown, text_of(path), LINE_VALUE);
	buf_adds(&t->shown, "  ");
	show_value(&t->shown, before);
	buf_adds(&t->shown, " \xe2\x86\x92 ");
	show_value(&t->shown, after);
	buf_addc(&t->shown, '\n');
}

void
change_tally_release(struct change_tally *t)
{
	for (size_t i = 0; i < t->field_count; i++)
		free(t->fields[i].path);
	free(t->fields);
	buf_release(&t->shown);
}

static void
add_fields(const struct change_tally *t, struct buf *out)
{
	char number[32];

	for (size_t i = 0; i < t->field_count; i++) {
		buf_adds(out, i == 0 ? "      " : " \xc2\xb7 ");
		text_display(out, text_of(t->fields[i].path), LINE_VALUE);
		buf_addf(out, " %s", text_count(t->fields[i].rows, number));
	}
}

enum change_kind
change_kind_of(const char *mode, struct text verb)
{
	const struct mode_verbs *m = verbs_of_mode(mode);
	const struct verb *there = verb_of(m->there);

	if (there->changes && text_is(verb, outcome_row(there->done)->verb))
		return CHANGE_UPDATE;
	if (m->missing && text_is(verb, outcome_row(m->missing->done)->verb))
		return CHANGE_NEW;
	return CHANGE_NONE;
}

static enum change_kind
kind_of_outcome(const char *mode, enum outcome o)
{
	const char *verb = outcome_row(o)->verb;

	return verb ? change_kind_of(mode, text_of(verb)) : CHANGE_NONE;
}

bool
change_is_verbs(const char *mode, enum outcome o)
{
	return kind_of_outcome(mode, o) != CHANGE_NONE;
}

static void
add_outcome(const struct change_summary *s, enum outcome o, struct buf *out)
{
	const struct outcome_row *row = outcome_row(o);
	bool is_verbs = change_is_verbs(s->mode, o);
	uint64_t n = s->rows->rows[o];
	char number[32];

	if (n == 0 && !is_verbs)
		return;
	buf_addf(out, "%c %9s %s", row->sign, text_count(n, number),
	    outcome_shown(o, true));
	if (kind_of_outcome(s->mode, o) == CHANGE_UPDATE) {
		add_fields(s->tally, out);
	} else if (n > 0 && row->would_mean[0] != '\0') {
		buf_adds(out, ": ");
		outcome_say(out, row->would_mean, s->service);
	}
	buf_addc(out, '\n');
}

static void
add_verdict(const struct change_summary *s, struct buf *out)
{
	const struct change_tally *t = s->tally;
	char a[32], b[32], c[32];

	for (int o = 0; o < OUTCOME_COUNT; o++)
		add_outcome(s, (enum outcome)o, out);
	buf_addf(out, "Looked up %s row%s in %s call%s.\n",
	    text_count(s->looked, a), s->looked == 1 ? "" : "s",
	    text_count(s->lookups, b), s->lookups == 1 ? "" : "s");
	if (t->changed + t->created == 0) {
		buf_adds(out, "An import would change nothing.\n");
		return;
	}
	buf_adds(out, "An import would take about ");
	if (t->created > 0)
		buf_addf(out, "%s create call%s%s", text_count(s->new_calls, c),
		    s->new_calls == 1 ? "" : "s",
		    t->changed > 0 ? " and " : ".\n");
	if (t->changed > 0)
		buf_addf(out, "%s update call%s.\n", text_count(s->calls, c),
		    s->calls == 1 ? "" : "s");
	buf_addf(out, "Import it:\n  %s\n", s->next);
}

/* The first rows that change, as many as there is room for beside the rest. */
static void
add_rows(const struct change_summary *s, size_t room, struct buf *out)
{
	const char *shown = buf_str(&s->tally->shown), *end = shown;
	uint64_t rows = 0, more;
	size_t lines = 0;
	char number[32];

	while (*end != '\0') {
		const char *next = end;
		size_t taken = 0;

		do {
			next += strcspn(next, "\n");
			next += *next == '\n';
			taken++;
		} while (*next == ' ');
		if (rows > 0 && lines + taken > room)
			break;
		lines += taken;
		rows++;
		end = next;
	}
	buf_add(out, shown, (size_t)(end - shown));
	more = s->tally->changed - rows;
	if (more > 0)
		buf_addf(out, "\xe2\x80\xa6 and %s more%s\n",
		    text_count(more, number),
		    s->has_folder ? ", in changes.csv"
				  : "; -o FOLDER lists all");
	if (rows > 0)
		buf_addc(out, '\n');
}

void
change_tally_text(const struct change_summary *s, struct buf *out)
{
	struct buf rest = BUF_INIT(0);
	size_t lines;

	add_verdict(s, &rest);
	/* With the note that came before, a line for the rows that are not
	 * shown, and an empty one. */
	lines = page_lines(&rest) + 3;
	add_rows(s, lines < PAGE_LINES ? PAGE_LINES - lines : 0, out);
	buf_add(out, buf_str(&rest), rest.len);
	buf_release(&rest);
}

static const char *
name_in_json(const char *mode, enum outcome o)
{
	enum change_kind kind = kind_of_outcome(mode, o);

	return kind == CHANGE_UPDATE ? "to_change"
	       : kind == CHANGE_NEW  ? "to_create"
				     : outcome_name(o);
}

void
change_tally_json(const struct change_summary *s, struct buf *out)
{
	const struct change_tally *t = s->tally;

	json_object(out, NULL);
	json_string(out, "schema", CHANGES_SCHEMA);
	json_string(out, "input", s->input);
	json_string(out, "input_key", s->input_key);
	json_string(out, "mapping_key", s->mapping_key);
	json_string(out, "mode", s->mode);
	json_string(out, "procedure", s->procedure);
	json_string(out, "base_url", s->base_url);
	json_object(out, "rows");
	json_uint(out, "read", s->read);
	for (int o = 0; o < OUTCOME_COUNT; o++)
		json_uint(out, name_in_json(s->mode, (enum outcome)o),
		    s->rows->rows[o]);
	json_end_object(out);
	json_object(out, "fields");
	for (size_t i = 0; i < t->field_count; i++)
		json_uint(out, t->fields[i].path, t->fields[i].rows);
	json_end_object(out);
	json_uint(out, "lookups", s->lookups);
	json_uint(out, "calls", s->calls + s->new_calls);
	json_end_object(out);
}
