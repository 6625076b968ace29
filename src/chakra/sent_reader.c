/* SPDX-License-Identifier: MIT */
/* The rows that sent_rows.c wrote. A file may hold anything: every length is
 * held against what is left. */
#include "base/json_read.h"
#include "base/xalloc.h"
#include "chakra/verb.h"
#include "compare_values.h"
#include "fields.h"
#include "sent_rows.h"

#include <stdlib.h>

static const char *const places[] = {NULL, PLACE_DATA, PLACE_RECORD_DATA};
#define PLACES (sizeof(places) / sizeof(places[0]))

static bool
read_number(const unsigned char **p, const unsigned char *end, uint64_t *n)
{
	*n = 0;
	for (unsigned shift = 0; *p < end && shift < 64; shift += 7) {
		*n |= (uint64_t)(**p & 0x7f) << shift;
		if ((*(*p)++ & 0x80) == 0)
			return true;
	}
	return false;
}

static bool
take_number(struct sent_reader *r, uint64_t *n)
{
	return read_number(&r->p, r->end, n);
}

static bool
take_bytes(struct sent_reader *r, uint64_t len, struct text *out)
{
	if (len > (uint64_t)(r->end - r->p))
		return false;
	*out = (struct text){(const char *)r->p, (size_t)len};
	r->p += len;
	return true;
}

/* A string token, or one of a number. */
static bool
is_token(struct text t)
{
	struct json_reader r;
	enum json_event e;

	json_begin(&r, t, 1);
	e = json_next(&r);
	return (e == JSON_STRING || e == JSON_NUMBER) &&
	       json_next(&r) == JSON_DONE;
}

static bool
take_name(struct sent_reader *r)
{
	uint64_t place, len;
	struct sent_name *name;
	struct text token;

	if (!take_number(r, &place) || place >= PLACES ||
	    !take_number(r, &len) || !take_bytes(r, len, &token) ||
	    !is_token(token) || token.s[0] != '"')
		return false;
	ARRAY_ROOM(r->names, r->count, r->cap);
	name = &r->names[r->count++];
	name->place = (unsigned)place;
	name->at = (size_t)(token.s - r->bytes.s);
	name->len = token.len;
	return true;
}

bool
sent_open(struct sent_reader *r, struct text bytes, const unsigned char key[8])
{
	uint64_t version, count;
	bool is_good;

	r->seed = sent_seed(key);
	r->bytes = bytes;
	r->p = (const unsigned char *)bytes.s;
	r->end = r->p + bytes.len;
	r->count = 0;
	r->row = r->line = 0;
	r->shape.s = NULL;
	is_good = take_number(r, &version) && version == SENT_VERSION &&
		  take_number(r, &count) && count <= bytes.len;
	while (is_good && r->count < count)
		is_good = take_name(r);
	return is_good;
}

/* The number of the next field of a row; false after the last. */
struct field_cursor {
	const struct sent_row *row;
	const unsigned char *p; /* in its list */
	size_t bit;
};

static void
cursor_begin(struct field_cursor *c, const struct sent_row *row)
{
	*c = (struct field_cursor){
	    .row = row, .p = (const unsigned char *)row->shape.s};
}

static bool
cursor_next(struct field_cursor *c, size_t *n)
{
	struct text bits = c->row->shape;
	uint64_t number;

	if (c->row->is_list) {
		if (!read_number(&c->p,
			(const unsigned char *)bits.s + bits.len, &number))
			return false;
		*n = (size_t)number;
		return true;
	}
	for (; c->bit < bits.len * 8; c->bit++)
		if (((unsigned char)bits.s[c->bit / 8] >> c->bit % 8 & 1) !=
		    0) {
			*n = c->bit++;
			return true;
		}
	return false;
}

/* The fields are among the names; how many there are. */
static bool
count_fields(
    const struct sent_reader *r, const struct sent_row *row, size_t *count)
{
	struct field_cursor c;
	size_t n;

	*count = 0;
	cursor_begin(&c, row);
	for (; cursor_next(&c, &n); ++*count)
		if (n >= r->count)
			return false;
	return true;
}

static bool
take_shape(struct sent_reader *r, struct sent_row *row)
{
	const unsigned char *begin;
	uint64_t shape, number;

	if (!take_number(r, &shape))
		return false;
	if (shape == SHAPE_AS_BEFORE)
		return row->shape.s != NULL;
	row->is_list = shape % 2 == 1;
	if (!row->is_list)
		return take_bytes(r, shape / 2, &row->shape);
	begin = r->p;
	for (shape /= 2; shape > 0; shape--)
		if (!take_number(r, &number))
			return false;
	row->shape = (struct text){(const char *)begin, (size_t)(r->p - begin)};
	return true;
}

int
sent_next(struct sent_reader *r, struct sent_row *row)
{
	uint64_t rows, lines, len;
	struct text hash;
	size_t fields;

	if (r->p == r->end)
		return 0;
	row->shape = r->shape;
	row->is_list = r->is_list;
	if (!take_number(r, &rows) || !take_number(r, &lines) ||
	    !take_number(r, &len) || !take_bytes(r, len, &row->key) ||
	    (len > 0 && !is_token(row->key)) || !take_shape(r, row) ||
	    !take_bytes(r, HASH_BYTES, &hash) ||
	    !count_fields(r, row, &fields) ||
	    !take_bytes(r, fields, &row->marks))
		return -1;
	r->shape = row->shape;
	r->is_list = row->is_list;
	row->row = r->row += rows;
	row->line = r->line += lines;
	row->hash = 0;
	for (size_t i = 0; i < HASH_BYTES; i++)
		row->hash |= (uint64_t)(unsigned char)hash.s[i] << 8 * i;
	return 1;
}

static void
add_path(
    const struct sent_reader *r, const struct sent_name *name, struct buf *out)
{
	if (out->len > 0)
		return;
	if (places[name->place] != NULL)
		buf_addf(out, "%s.", places[name->place]);
	json_decode((struct text){r->bytes.s + name->at, name->len}, out);
}

bool
sent_is_there(struct sent_reader *r, const struct sent_row *row,
    struct text process, struct buf *path)
{
	struct field_cursor c;
	struct fields fields;
	uint64_t hash = r->seed, field;
	size_t n;

	fields_read(&fields, process);
	cursor_begin(&c, row);
	for (size_t i = 0; cursor_next(&c, &n); i++) {
		const struct sent_name *name = &r->names[n];
		struct text token = {r->bytes.s + name->at, name->len};

		field = value_hash(r->seed,
		    field_in(&fields, places[name->place], token), &r->scratch);
		hash = sent_hash(hash, field);
		if (sent_mark(field) != row->marks.s[i])
			add_path(r, name, path);
	}
	fields_release(&fields);
	if (hash == row->hash)
		buf_clear(path);
	return hash == row->hash;
}

void
sent_reader_release(struct sent_reader *r)
{
	buf_release(&r->scratch);
	free(r->names);
}
