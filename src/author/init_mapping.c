/* SPDX-License-Identifier: MIT */
/*
 * Field by field, in the order of the columns. A type is written only where
 * the importer's own conversion took every value, so `check` has nothing to
 * reject; what is named like an id stays text, digits or not.
 */
#include "init_mapping.h"

#include "base/xalloc.h"
#include "build/builder.h"
#include "field_match.h"
#include "init_fields.h"
#include "init_ragged.h"
#include "init_types.h"
#include "look/hazards.h"
#include "report/terminal.h"
#include "system/screen.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Beyond so many columns fields go without their description, so that the
 * mapping stays below the size that the loader takes. */
#define DESCRIBED_COLUMNS ((size_t)1500)

struct init {
	const struct csv_look *look;
	struct buf *out;
	struct buf words;  /* of the comment under way */
	bool *is_repeated; /* for each column: its name is another's, too */
	/* Keys of `data`, to keep them apart: each with its column, which
	 * knows the number that the next of this name tries. */
	struct unique_index *keys;
	unsigned *next_number;
	bool has_field;
	int this_year;
	const struct init_service *service;
	struct init_match *matches; /* for each column; NULL = no fields */
};

static const unsigned char seed[16] = "init's names....";

static void
comment(struct init *w, size_t indent)
{
	init_comment(w->out, indent, buf_str(&w->words));
	buf_clear(&w->words);
}

static void
find_repeated(struct init *w)
{
	struct unique_index *names = unique_new(seed);

	for (size_t i = 0; i < w->look->column_count; i++) {
		uint64_t first;

		if (unique_add(names, csv_look_name(w->look, i), i + 1, &first))
			continue;
		w->is_repeated[first - 1] = w->is_repeated[i] = true;
	}
	unique_free(names);
}

/* By name, or by number where the name does not tell. */
static bool
is_by_name(const struct init *w, size_t column)
{
	return csv_look_name(w->look, column).len > 0 &&
	       !w->is_repeated[column];
}

static void
add_source(struct init *w, size_t column)
{
	if (is_by_name(w, column)) {
		buf_adds(w->out, "column: ");
		init_scalar(w->out, csv_look_name(w->look, column));
	} else {
		buf_addf(w->out, "index: %zu", column + 1);
	}
}

/* The column's name, or the long form with the rest of the field. */
static void
write_source_of(struct init *w, size_t column, const char *rest)
{
	if (rest[0] == '\0' && is_by_name(w, column)) {
		init_scalar(w->out, csv_look_name(w->look, column));
		return;
	}
	buf_addc(w->out, '{');
	add_source(w, column);
	buf_addf(w->out, "%s}", rest);
}

static void
write_source(struct init *w)
{
	const struct csv_look *l = w->look;
	const struct dialect *x = &l->plan.dialect;

	buf_adds(w->out, "source:\n");
	init_encoding(l, w->out);
	if (l->plan.dialect_evidence.len > 0) {
		buf_addf(&w->words, "guessed: %s",
		    buf_str(&l->plan.dialect_evidence));
		comment(w, 2);
	}
	if (x->delimiter == '\t')
		buf_adds(w->out, "  delimiter: tab\n");
	else if ((unsigned char)x->delimiter < ' ' || x->delimiter == 0x7f)
		buf_addf(w->out, "  delimiter: \"\\x%02x\"\n",
		    (unsigned)x->delimiter);
	else
		buf_addf(w->out,
		    x->delimiter == '"' || x->delimiter == '\\'
			? "  delimiter: '%c'\n"
			: "  delimiter: \"%c\"\n",
		    x->delimiter);
	init_front_source(l, w->out);
	init_front_keys(x, w->out);
	init_ragged_source(l, w->out);
	buf_addc(w->out, '\n');
}

/* `lead_id: NAME`, or `key: {name: ticket_id, …}`. */
static void
write_key_source(struct init *w, size_t column)
{
	const char *name = w->service->listing.key;
	const char *rest =
	    w->look->columns[column].wrapped > 0 ? INIT_UNWRAP : "";

	if (name == NULL || strcmp(name, "lead_id") == 0) {
		buf_adds(w->out, "lead_id: ");
		write_source_of(w, column, rest);
	} else {
		buf_adds(w->out, "key: {name: ");
		init_scalar(w->out, text_of(name));
		buf_adds(w->out, ", ");
		add_source(w, column);
		buf_addf(w->out, "%s}", rest);
	}
	buf_adds(w->out, "\n\n");
}

static void
write_key(struct init *w, const struct init_candidates *keys)
{
	size_t key = init_found_key(keys);
	const struct csv_look *l = w->look;
	char rows[48];

	if (key != SIZE_MAX) {
		buf_addf(&w->words,
		    "guessed: named like a key, filled and different in each "
		    "of %s",
		    page_rows(l->good, rows));
		comment(w, 0);
		write_key_source(w, key);
		return;
	}
	buf_adds(&w->words,
	    "No column is named like a key, filled in every row and "
	    "different in each. Without a key, rows whose answer is "
	    "lost cannot be looked up.");
	comment(w, 0);
	init_near_keys(l, keys, w->out);
}

/* The column's key under `data`, unlike all before. */
static void
write_field_key(struct init *w, size_t column)
{
	struct buf key = BUF_INIT(0);
	char letters[8], own[72];
	uint64_t first, ignored;

	init_key(&key, csv_look_name(w->look, column));
	text_column_letters(column, letters);
	for (char *c = letters; *c != '\0'; c++)
		*c = (char)(*c | 0x20);
	if (strspn(buf_str(&key), "0123456789_") == key.len) {
		/* No name, or nothing but digits. */
		buf_clear(&key);
		buf_addf(&key, "column_%s", letters);
	}
	snprintf(own, sizeof(own), "%s", buf_str(&key));
	if (!unique_add(w->keys, text_of(own), column + 1, &first))
		do
			snprintf(own, sizeof(own), "%s_%u", buf_str(&key),
			    w->next_number[first - 1]++ + 2);
		while (
		    !unique_add(w->keys, text_of(own), column + 1, &ignored));
	buf_addf(w->out, "%s: ", own);
	buf_release(&key);
}

/* The field that the column goes into; a line that only may be one is a
 * comment. */
static void
write_matched_key(struct init *w, size_t column)
{
	const struct init_match *m = w->matches ? &w->matches[column] : NULL;

	buf_adds(w->out, m == NULL || m->is_sure ? "  " : "  # ");
	if (m == NULL || m->field == NULL) {
		write_field_key(w, column);
		return;
	}
	init_scalar(w->out, text_of(m->field->short_id));
	buf_adds(w->out, ": ");
}

/* What the field is, before what the type rests on. */
static void
describe_match(struct init *w, size_t column, struct buf *rest)
{
	const struct init_match *m = w->matches ? &w->matches[column] : NULL;
	struct buf type = BUF_INIT(0);
	bool has_type;

	if (m == NULL) {
		init_type(w->look, column, w->this_year, &w->words, rest);
		return;
	}
	init_type(w->look, column, w->this_year, &type, rest);
	has_type = strstr(buf_str(rest), ", type: ") != NULL;
	init_match_words(m, &w->words);
	if (m->field != NULL)
		init_match_type(w->look, column, m->field, &w->words, rest);
	comment(w, 2);
	/* The type's reason, unless the type went with the field's. */
	if (strstr(buf_str(rest), ", type: ") != NULL || !has_type)
		buf_adds(&w->words, buf_str(&type));
	buf_release(&type);
}

static void
describe(struct init *w, size_t column)
{
	const struct column_profile *c = &w->look->columns[column];
	uint64_t good = w->look->good;
	bool is_exact;
	uint64_t different = distinct_estimate(&c->distinct, &is_exact);
	char letters[8], number[32];

	text_column_letters(column, letters);
	buf_addf(&w->words, "%s", letters);
	if (!is_by_name(w, column) && w->look->plan.dialect.has_header) {
		buf_adds(&w->words, " '");
		text_display(&w->words, csv_look_name(w->look, column), 40);
		buf_adds(&w->words, "', by its place");
	}
	if (c->filled == 0) {
		buf_adds(&w->words, ": empty");
		comment(w, 2);
		return;
	}
	if (c->filled == good)
		buf_adds(&w->words, ": always filled");
	else
		buf_addf(&w->words, ": %" PRIu64 "%% filled",
		    c->filled * 100 / good);
	if (!c->distinct.has_no_words && c->distinct.word_count <= 12 &&
	    c->filled >= c->distinct.word_count * 2) {
		buf_adds(&w->words, "; values:");
		for (size_t i = 0; i < c->distinct.word_count; i++) {
			const struct distinct_word *x = &c->distinct.words[i];

			buf_adds(&w->words, i > 0 ? ", '" : " '");
			text_display(
			    &w->words, (struct text){x->text, x->len}, 0);
			buf_addf(
			    &w->words, "' %s", text_count(x->count, number));
		}
		comment(w, 2);
		return;
	}
	buf_addf(&w->words, ", %s%s different:", is_exact ? "" : "about ",
	    text_count(different < c->filled ? different : c->filled, number));
	for (size_t i = 0; i < c->example_count; i++) {
		buf_adds(&w->words, i > 0 ? ", " : " ");
		profile_value_show(&w->words, &c->examples[i]);
	}
	comment(w, 2);
}

static void
describe_hazards(struct init *w, size_t column)
{
	char number[32], cell[24];

	for (size_t i = 0; i < w->look->found_count; i++) {
		const struct hazard *h = &w->look->found[i];

		if (h->column != (int)column)
			continue;
		buf_addf(&w->words, "careful: %s: %s cell%s, %s [%s]",
		    hazard_title(h->kind), text_count(h->count, number),
		    h->count == 1 ? "" : "s",
		    problem_cell(h->column, h->cells[0].row, cell),
		    hazard_code(h->kind));
		comment(w, 2);
	}
}

/* The same field in each way in which its values can be read, to choose from:
 * its key is `len` bytes at `begin` of what was written. */
static void
write_ways(struct init *w, size_t column, size_t begin, size_t len)
{
	struct buf rest = BUF_INIT(0);
	char *key = xstrndup(w->out->data + begin, len);

	for (size_t i = 0;
	     init_type_way(w->look, column, w->this_year, i, &rest); i++) {
		buf_addf(w->out, "  # %s", key + strspn(key, " #"));
		write_source_of(w, column, buf_str(&rest));
		buf_addc(w->out, '\n');
		buf_clear(&rest);
	}
	free(key);
	buf_release(&rest);
}

static void
write_field(struct init *w, size_t column)
{
	struct buf rest = BUF_INIT(0);
	size_t begin, key_len;

	if (w->look->column_count <= DESCRIBED_COLUMNS) {
		if (w->has_field)
			buf_addc(w->out, '\n');
		describe(w, column);
		describe_hazards(w, column);
	}
	describe_match(w, column, &rest);
	if (w->words.len > 0)
		comment(w, 2);
	begin = w->out->len;
	write_matched_key(w, column);
	key_len = w->out->len - begin;
	w->has_field = true;
	write_source_of(w, column, buf_str(&rest));
	buf_addc(w->out, '\n');
	if (strstr(buf_str(&rest), ", type: ") == NULL)
		write_ways(w, column, begin, key_len);
	buf_release(&rest);
}

/* The rule that leaves totals out, to be taken over. */
static void
write_without_totals(struct init *w, const struct hazard *h)
{
	const struct hazard_cell *first = &h->cells[0];
	size_t count = 0;

	if (h->cell_count == 0 || first->column < 0 || first->is_cut)
		return;
	buf_adds(w->out, "# rows: {except: {");
	add_source(w, (size_t)first->column);
	buf_adds(w->out, ", in: [");
	for (size_t i = 0; i < h->cell_count; i++) {
		const struct hazard_cell *c = &h->cells[i];

		if (c->column != first->column || c->is_cut)
			continue;
		buf_adds(w->out, count++ > 0 ? ", " : "");
		init_scalar(w->out, (struct text){c->value, c->value_len});
	}
	buf_adds(w->out, "]}}\n\n");
}

/* What the whole file may have wrong. */
static void
write_file_hazards(struct init *w)
{
	char rows[48];

	for (size_t i = 0; i < w->look->found_count; i++) {
		const struct hazard *h = &w->look->found[i];

		if (h->column >= 0)
			continue;
		buf_addf(&w->words, "careful: %s: %s", hazard_title(h->kind),
		    page_rows(h->count, rows));
		for (size_t k = 0; k < h->cell_count; k++)
			buf_addf(&w->words, "%s %" PRIu64,
			    k > 0 ? "," : " (row", h->cells[k].row);
		buf_addf(&w->words, "%s; %s [%s]", h->cell_count > 0 ? ")" : "",
		    h->kind == HAZARD_TOTAL_ROW
			? "it would be imported as a row: check first; to "
			  "leave it out, remove the #"
			: hazard_advice(h->kind),
		    hazard_code(h->kind));
		comment(w, 0);
		if (h->kind == HAZARD_TOTAL_ROW)
			write_without_totals(w, h);
	}
}

/* Names of fields are theirs alone. False: none is proposed. */
static bool
match_columns(struct init *w, size_t key)
{
	size_t columns = w->look->column_count;
	bool any = false;
	uint64_t ignored;

	if (w->service->listing.field_count == 0)
		return true;
	w->matches = xcalloc(columns + 1, sizeof(*w->matches));
	init_match_columns(w->look, w->service, key, w->matches);
	for (size_t i = 0; i < columns; i++) {
		if (!w->matches[i].is_sure)
			continue;
		any = true;
		(void)unique_add(w->keys,
		    text_of(w->matches[i].field->short_id), i + 1, &ignored);
	}
	return any;
}

static void
write_fields(struct init *w, size_t key)
{
	bool is_any = match_columns(w, key), has_data = false;

	for (size_t i = 0; i < w->look->column_count; i++) {
		if (i == key || csv_look_is_unused(w->look, i))
			continue;
		if (!has_data)
			buf_adds(w->out, is_any ? "data:\n" : "# data:\n");
		has_data = true;
		write_field(w, i);
	}
}

void
init_mapping(const struct csv_look *l, const struct init_candidates *keys,
    const struct init_service *service, const char *target, int this_year,
    struct buf *out)
{
	size_t key = init_found_key(keys);
	struct init w = {
	    .look = l, .out = out, .this_year = this_year, .service = service};

	w.is_repeated = xcalloc(l->column_count + 1, sizeof(*w.is_repeated));
	w.next_number = xcalloc(l->column_count + 1, sizeof(*w.next_number));
	w.keys = unique_new(seed);
	find_repeated(&w);
	init_head(l, service->procedure, target, out);
	init_problems(l, out);
	write_file_hazards(&w);
	write_source(&w);
	write_key(&w, keys);
	init_state(l, &service->listing, out);
	write_fields(&w, key);
	csv_look_unused(l, &w.words);
	if (w.words.len > 0) {
		buf_adds(out, "\n  # Left out:\n");
		comment(&w, 2);
	}
	unique_free(w.keys);
	free(w.matches);
	free(w.next_number);
	free(w.is_repeated);
	buf_release(&w.words);
}
