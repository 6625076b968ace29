/* SPDX-License-Identifier: MIT */
/*
 * What a ledger keeps of rows that were sent (chakra/verb.h).
 *
 * Every row of an import comes by here, so nothing is allocated for one: most
 * rows have fields that one before had, in that order, and all that is written
 * grows once. Refused: the values themselves (the ledger would be a copy of the
 * input), a whole hash for each field (three times the room), and SipHash
 * (twice the time).
 */
#include "sent_rows.h"

#include "base/json_read.h"
#include "base/json_write.h"
#include "base/xalloc.h"
#include "chakra/verb.h"
#include "compare_values.h"
#include "fields.h"

#include <stdlib.h>

static void
add_number(struct buf *out, uint64_t n)
{
	for (; n >= 0x80; n >>= 7)
		buf_addc(out, (char)(n | 0x80));
	buf_addc(out, (char)n);
}

void
sent_begin(
    struct sent_writer *w, const char *key_name, const unsigned char key[8])
{
	w->seed = sent_seed(key);
	buf_clear(&w->key_name);
	if (key_name != NULL)
		json_string(&w->key_name, NULL, key_name);
	w->count = w->next = w->gap_count = w->last_gap = 0;
	w->row = w->line = 0;
	buf_clear(&w->rows);
	buf_clear(&w->tokens);
}

static unsigned
place_of(const struct field_walk *f)
{
	return f->place == NULL ? 0 : f->in_record ? 2 : 1;
}

/* As field_is_key. */
static bool
is_key(const struct sent_writer *w, const struct field_walk *f)
{
	return text_equal(f->name, buf_text(&w->key_name)) && place_of(f) < 2;
}

/* Mostly the one after the name before. */
static size_t
number_of_name(struct sent_writer *w, const struct field_walk *f)
{
	unsigned place = place_of(f);
	size_t n = w->next;

	for (size_t tried = 0; tried < w->count; tried++, n++) {
		const struct sent_name *name;

		n = n < w->count ? n : 0;
		name = &w->names[n];
		if (name->place == place && name->len == f->name.len &&
		    memcmp(w->tokens.data + name->at, f->name.s, name->len) ==
			0)
			return n;
	}
	ARRAY_ROOM(w->names, w->count, w->cap);
	w->names[w->count] = (struct sent_name){
	    .place = place, .at = w->tokens.len, .len = f->name.len};
	buf_add(&w->tokens, f->name.s, f->name.len);
	return w->count++;
}

/*
 * Rows with the fields of one before differ from it in their values alone: what
 * stands between these is compared, and no name is looked at. Where fields are
 * left out now and then there are several ways to go on after a value.
 */

/* The names of gaps before a value that does not count, and of the last. */
#define GAP_OF_KEY SIZE_MAX
#define GAP_AT_END (SIZE_MAX - 1)

/* With more of them, what is known is forgotten. */
#define GAPS_MAX 4096

static uint64_t
hash_at(struct sent_writer *w, const char **p, const char *end)
{
	const char *stop = **p == '"' ? plain_string_end(*p, end) : NULL;
	struct text value = {*p + 1, 0};
	bool is_plain;

	if (stop != NULL) {
		value.len = (size_t)(stop - value.s) - 1;
		*p = stop;
		return text_hash(w->seed, value);
	}
	value = value_at(*p, end, &is_plain);
	*p += value.len;
	return value_hash(w->seed, value, &w->scratch);
}

static size_t
gap_at(const struct sent_writer *w, size_t first, const char *p, size_t len)
{
	size_t at = first;

	while (at != 0 && (w->gaps[at].len > len ||
			      !bytes_same(p, w->between.data + w->gaps[at].at,
				  w->gaps[at].len)))
		at = w->gaps[at].beside;
	return at;
}

/* The last gap of the row; 0: no row before had its fields. */
static size_t
add_as_known(struct sent_writer *w, struct text json, uint64_t *hash)
{
	const char *p = json.s, *end = p + json.len;
	size_t at = 0, count = 0;
	uint64_t field;

	if (w->gap_count == 0)
		return 0;
	while ((at = gap_at(w, w->gaps[at].below, p, (size_t)(end - p))) != 0) {
		p += w->gaps[at].len;
		if (p == end || w->gaps[at].name == GAP_AT_END)
			break;
		field = hash_at(w, &p, end);
		if (w->gaps[at].name == GAP_OF_KEY)
			continue;
		*hash = sent_hash(*hash, field);
		w->fields[count] = w->gaps[at].name;
		w->marks.data[count++] = sent_mark(field);
	}
	w->field_count = w->marks.len = count;
	return p == end && w->gaps[at].name == GAP_AT_END ? at : 0;
}

/* Below `*at`, which becomes it. */
static void
add_gap(struct sent_writer *w, size_t *at, const char *from, const char *to,
    size_t name)
{
	size_t len = (size_t)(to - from), *link = &w->gaps[*at].below, n;

	for (; (n = *link) != 0; link = &w->gaps[n].beside)
		if (w->gaps[n].len == len &&
		    bytes_same(from, w->between.data + w->gaps[n].at, len)) {
			*at = n;
			return;
		}
	*at = *link = w->gap_count;
	ARRAY_ROOM(w->gaps, w->gap_count, w->gap_cap);
	w->gaps[w->gap_count++] =
	    (struct sent_gap){.at = w->between.len, .len = len, .name = name};
	buf_add(&w->between, from, len);
}

static void
forget_gaps(struct sent_writer *w)
{
	w->gap_count = 0;
	ARRAY_ROOM(w->gaps, w->gap_count, w->gap_cap);
	w->gaps[w->gap_count++] = (struct sent_gap){.len = 0};
	buf_clear(&w->between);
}

/* The same field by field. */
static uint64_t
add_fields(struct sent_writer *w, struct text json)
{
	const char *p = json.s;
	struct field_walk f;
	struct text value;
	uint64_t hash = w->seed, field;
	size_t at = 0;

	if (w->gap_count == 0 || w->gap_count > GAPS_MAX)
		forget_gaps(w);
	w->field_count = w->next = 0;
	buf_clear(&w->marks);
	field_walk_begin(&f, json);
	while (field_walk_next(&f, &value)) {
		bool counts = !is_key(w, &f);

		w->next = counts ? number_of_name(w, &f) + 1 : w->next;
		add_gap(w, &at, p, value.s, counts ? w->next - 1 : GAP_OF_KEY);
		p = value.s + value.len;
		if (!counts)
			continue;
		ARRAY_ROOM(w->fields, w->field_count, w->field_cap);
		w->fields[w->field_count++] = w->next - 1;
		field = value_hash(w->seed, value, &w->scratch);
		hash = sent_hash(hash, field);
		buf_addc(&w->marks, sent_mark(field));
	}
	add_gap(w, &at, p, json.s + json.len, GAP_AT_END);
	w->last_gap = at;
	buf_release(&f.path);
	return hash;
}

static bool
is_rising(const struct sent_writer *w)
{
	for (size_t i = 1; i < w->field_count; i++)
		if (w->fields[i] <= w->fields[i - 1])
			return false;
	return w->field_count > 0;
}

/* As bits where the numbers rise, else as they are. */
static void
add_shape(struct sent_writer *w)
{
	size_t at, bytes;

	if (!is_rising(w)) {
		add_number(&w->rows, 2 * w->field_count + 1);
		for (size_t i = 0; i < w->field_count; i++)
			add_number(&w->rows, w->fields[i]);
		return;
	}
	bytes = w->fields[w->field_count - 1] / 8 + 1;
	add_number(&w->rows, 2 * bytes);
	at = w->rows.len;
	for (size_t i = 0; i < bytes; i++)
		buf_addc(&w->rows, 0);
	for (size_t i = 0; i < w->field_count; i++)
		w->rows.data[at + w->fields[i] / 8] |=
		    (char)(1 << w->fields[i] % 8);
}

static void
add_hash(struct buf *out, uint64_t hash)
{
	char bytes[HASH_BYTES];

	for (size_t i = 0; i < HASH_BYTES; i++)
		bytes[i] = (char)(hash >> 8 * i);
	buf_add(out, bytes, HASH_BYTES);
}

void
sent_add(struct sent_writer *w, uint64_t row, uint64_t line, struct text key,
    struct text json)
{
	uint64_t hash = w->seed;
	size_t last_gap;

	add_number(&w->rows, row - w->row);
	add_number(&w->rows, line - w->line);
	w->row = row;
	w->line = line;
	add_number(&w->rows, key.len);
	buf_add(&w->rows, key.s, key.len);
	last_gap = add_as_known(w, json, &hash);
	if (last_gap == 0)
		hash = add_fields(w, json);
	if (last_gap != 0 && last_gap == w->last_gap) {
		add_number(&w->rows, SHAPE_AS_BEFORE);
	} else {
		w->last_gap = last_gap != 0 ? last_gap : w->last_gap;
		add_shape(w);
	}
	add_hash(&w->rows, hash);
	buf_add(&w->rows, buf_str(&w->marks), w->marks.len);
}

struct text
sent_end(struct sent_writer *w)
{
	buf_clear(&w->out);
	buf_addc(&w->out, SENT_VERSION);
	add_number(&w->out, w->count);
	for (size_t i = 0; i < w->count; i++) {
		buf_addc(&w->out, (char)w->names[i].place);
		add_number(&w->out, w->names[i].len);
		buf_add(
		    &w->out, w->tokens.data + w->names[i].at, w->names[i].len);
	}
	buf_add(&w->out, buf_str(&w->rows), w->rows.len);
	return buf_text(&w->out);
}

void
sent_writer_release(struct sent_writer *w)
{
	buf_release(&w->rows);
	buf_release(&w->tokens);
	buf_release(&w->scratch);
	buf_release(&w->key_name);
	buf_release(&w->marks);
	buf_release(&w->out);
	free(w->names);
	buf_release(&w->between);
	free(w->fields);
	free(w->gaps);
}

void
fields_like(struct text paths, struct text row, struct buf *out)
{
	struct json_walk w;
	struct text name, ignored, value;
	struct buf path = BUF_INIT(0);

	json_object(out, NULL);
	json_walk_begin(&w, paths);
	while (json_walk_next(&w, &name, &ignored)) {
		buf_clear(&path);
		json_decode(name, &path);
		value = process_field(row, buf_str(&path));
		json_token(out, buf_str(&path),
		    value.s != NULL ? value : TEXT_LITERAL("null"));
	}
	json_end_object(out);
	buf_release(&path);
}
