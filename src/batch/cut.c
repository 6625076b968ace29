/* SPDX-License-Identifier: MIT */
/*
 * Records that stand side by side in the input are copied at once. That a
 * record is good is known when it is seen, and where a part ends when the next
 * one comes, so that no record is read twice but for its bytes.
 */
#include "cut.h"

#include "base/hash.h"
#include "base/json_write.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "batch/batch.h"
#include "list.h"
#include "plan/part.h"
#include "plan/plan.h"
#include "plan/reading.h"
#include "results/raw_ranges.h"
#include "system/atomic_file.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define FRONT_MAX ((size_t)16 << 20)
/* Bytes that wait to be copied. */
#define WAIT_MAX ((uint64_t)64 << 10)

struct cut {
	struct cut_options o;
	const struct plan *plan;
	struct raw_reading input;
	struct raw_ranges raw;
	struct buf front;	     /* what each part begins with */
	uint64_t body_begin;	     /* source bytes */
	uint64_t number, next_begin; /* --parts: of the part that is filled,
				      * and where the next one begins */
	struct atomic_file list;     /* split.json */
	bool has_list;

	/* The part that is filled. */
	bool is_open;
	struct atomic_file csv;
	FILE *stretches;
	struct part part;
	uint64_t decoded, record_bytes; /* so far */
	uint64_t whole_end;		/* of its last record, decoded */
	uint64_t wait_begin, wait_end;	/* source bytes that are not copied */

	uint64_t parts, records, all_bytes; /* finished */
	uint64_t left, left_bytes;	    /* records that stay behind */
	bool has_failed;
	struct diag why;
};

struct cut *
cut_new(const struct cut_options *o)
{
	struct cut *c = xcalloc(1, sizeof(*c));

	c->o = *o;
	buf_init(&c->front, FRONT_MAX);
	return c;
}

void
cut_free(struct cut *c)
{
	if (c == NULL)
		return;
	if (c->is_open)
		atomic_abort(&c->csv);
	if (c->has_list)
		atomic_abort(&c->list);
	if (c->stretches)
		fclose(c->stretches);
	raw_ranges_release(&c->raw);
	raw_reading_release(&c->input);
	buf_release(&c->front);
	free(c);
}

uint64_t
cut_parts(const struct cut *c)
{
	return c->parts;
}

/* Of these a record does not tell alone what it is. */
static bool
has_shifts(const char *encoding)
{
	static const char *const names[] = {
	    "iso-2022", "iso2022", "csiso2022", "utf-7", "utf7", "hz"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strncasecmp(encoding, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

/* What cannot be cut so that a part is read as the whole was. */
static int
check_input(const struct plan *p, struct diag *d)
{
	const char *name = batch_name(p->csv_name);

	if (p->part) {
		diag_set(d, DIAG_USAGE, "'%s' is itself a part of '%s'",
		    p->csv_name, p->part->whole_name);
		diag_code(d, "split.part");
		return diag_help(d, "split the whole file into more parts");
	}
	if (has_shifts(p->encoding.name)) {
		diag_set(d, DIAG_USAGE,
		    "'%s' is in %s, in which a record depends on those before",
		    p->csv_name, p->encoding.name);
		diag_code(d, "split.encoding");
		return diag_help(d, "convert it first: iconv -f %s -t UTF-8",
		    p->encoding.name);
	}
	if (utf8_check(name, strlen(name)) != strlen(name) ||
	    strlen(name) > NAME_MAX) {
		diag_set(d, DIAG_USAGE,
		    "the name of '%s' is not UTF-8, and is kept as text",
		    p->csv_name);
		diag_code(d, "split.name");
		return diag_help(d, "rename the file");
	}
	return plan_check_guess(p, d);
}

static int
read_front(struct cut *c, struct diag *d)
{
	if (raw_ranges_copy(&c->raw, 0, c->body_begin, NULL, &c->front, d) != 0)
		return -1;
	if (c->front.len == c->body_begin)
		return 0;
	diag_set(d, DIAG_USAGE,
	    "'%s' has %" PRIu64 " bytes before its first record, too many to "
	    "repeat in each part",
	    c->plan->csv_name, c->body_begin);
	diag_code(d, "split.front");
	return diag_help(d, "remove the lines before the header");
}

static void
add_beginning(const struct cut *c, const struct reader *reader, FILE *out)
{
	const struct plan *p = c->plan;
	const struct reader_tally *t = reader_tally(reader);
	unsigned char digest[SHA256_BYTES];
	char hex[SHA256_HEX_SIZE];
	struct buf b = BUF_INIT(0);

	sha256_of(p->mapping->bytes.s, p->mapping->bytes.len, digest);
	sha256_hex(digest, hex);
	json_object(&b, NULL);
	json_string(&b, "schema", SPLIT_SCHEMA);
	json_string(&b, "version", CSV2CHAKRA_VERSION);
	json_object(&b, "input");
	json_string(&b, "name", batch_name(p->csv_name));
	json_string(&b, "path", c->o.csv);
	json_string(&b, "sha256", p->sha256_hex);
	json_uint(&b, "bytes", p->survey.bytes);
	json_string(&b, "encoding", p->encoding.name);
	json_end_object(&b);
	json_object(&b, "mapping");
	json_string(&b, "file", c->o.mapping);
	json_string(&b, "sha256", hex);
	json_string(&b, "procedure", p->procedure);
	json_end_object(&b);
	json_uint(&b, "front_bytes",
	    t->bom_bytes + t->preamble_bytes + t->header_bytes);
	json_array(&b, "parts");
	fwrite(b.data, 1, b.len, out);
	buf_release(&b);
}

static int
begin(void *ctx, struct plan *p, const struct reading *r, struct diag *d)
{
	struct cut *c = ctx;
	const struct reader_tally *t = reader_tally(r->reader);
	int fd;

	c->plan = p;
	if (check_input(p, d) < 0 ||
	    disk_room_check(c->o.folder, p->survey.bytes, "the parts", d) ||
	    raw_reading_open(&c->input, p, d) < 0)
		return -1;
	raw_ranges_init(&c->raw, raw_reading_source(&c->input));
	c->body_begin = reader_body_begin(r->reader);
	c->next_begin = c->body_begin;
	fd = file_open_nameless(c->o.folder);
	c->stretches = fd >= 0 ? fdopen(fd, "w+") : NULL;
	if (c->stretches == NULL)
		return diag_set_errno(d, DIAG_DISK, errno,
		    "unable to write in '%s'", c->o.folder);
	snprintf(c->part.whole_name, sizeof(c->part.whole_name), "%s",
	    batch_name(p->csv_name));
	memcpy(c->part.whole_sha256, p->sha256_hex, SHA256_HEX_SIZE);
	c->part.whole_bytes = p->survey.bytes;
	c->part.reading = (struct part_reading){
	    .delimiter = p->dialect.delimiter,
	    .quote = p->dialect.quote,
	    .has_header = p->dialect.has_header,
	    .has_sep_line = p->dialect.has_sep_line,
	    .skips_blanks = p->dialect.blanks == BLANKS_AROUND_QUOTES,
	    .skip_lines = p->dialect.skip_lines,
	    .front_bytes = t->bom_bytes + t->preamble_bytes + t->header_bytes,
	};
	memcpy(c->part.reading.encoding, p->encoding.name,
	    sizeof(c->part.reading.encoding));
	if (read_front(c, d) < 0 ||
	    atomic_open_in(&c->list, c->o.folder, d) != 0)
		return -1;
	c->has_list = true;
	add_beginning(c, r->reader, c->list.stream);
	return 0;
}

static int
copy_waiting(struct cut *c, struct diag *d)
{
	uint64_t from = c->wait_begin;

	c->wait_begin = c->wait_end;
	return raw_ranges_copy(
	    &c->raw, from, c->wait_end, c->csv.stream, NULL, d);
}

static int
open_part(struct cut *c, const struct record *rec, struct diag *d)
{
	struct part *p = &c->part;

	if (atomic_open_in(&c->csv, c->o.folder, d) != 0)
		return -1;
	c->is_open = true;
	p->number = c->parts + 1;
	p->records = 0;
	p->first_row = rec->row;
	p->bytes = c->front.len;
	if (!p->reading.has_header)
		p->reading.width = rec->cell_count;
	c->decoded = p->reading.front_bytes;
	c->record_bytes = 0;
	c->whole_end = UINT64_MAX;
	c->wait_begin = c->wait_end = rec->source_begin;
	fwrite(buf_str(&c->front), 1, c->front.len, c->csv.stream);
	if (fseek(c->stretches, 0, SEEK_SET) != 0 ||
	    ftruncate(fileno(c->stretches), 0) != 0)
		return diag_set_errno(d, DIAG_DISK, errno,
		    "unable to write in '%s'", c->o.folder);
	return 0;
}

static int
write_rows(struct cut *c, struct diag *d)
{
	struct atomic_file rows;
	char name[48];

	snprintf(name, sizeof(name), "part-%04" PRIu64 ".rows", c->part.number);
	if (atomic_open_in(&rows, c->o.folder, d) != 0)
		return -1;
	atomic_name(&rows, name, true);
	if (part_write(&c->part, c->stretches, rows.stream, d) == 0)
		return atomic_commit(&rows, d);
	atomic_abort(&rows);
	return -1;
}

static void
list_part(struct cut *c, const char *name)
{
	const struct part *p = &c->part;
	struct buf b = BUF_INIT(0);

	buf_adds(&b, c->parts > 0 ? ",\n" : "\n");
	json_object(&b, NULL);
	json_string(&b, "name", name);
	json_string(&b, "sha256", p->sha256);
	json_uint(&b, "bytes", p->bytes);
	json_uint(&b, "records", p->records);
	json_uint(&b, "record_bytes", c->record_bytes);
	json_uint(&b, "first_row", p->first_row);
	json_uint(&b, "last_row", p->last_row);
	json_end_object(&b);
	fwrite(b.data, 1, b.len, c->list.stream);
	buf_release(&b);
}

static int
close_part(struct cut *c, struct diag *d)
{
	char name[48];

	if (!c->is_open)
		return 0;
	snprintf(name, sizeof(name), "part-%04" PRIu64 ".csv", c->part.number);
	if (copy_waiting(c, d) < 0)
		return -1;
	atomic_name(&c->csv, name, true);
	if (atomic_finish(&c->csv, c->part.sha256, d) != 0)
		return -1;
	c->is_open = false;
	if (atomic_commit(&c->csv, d) != 0 || write_rows(c, d) < 0)
		return -1;
	list_part(c, name);
	c->parts++;
	c->records += c->part.records;
	c->all_bytes += c->record_bytes;
	return 0;
}

/* Where part `number` (from 0) of --parts begins, in source bytes. */
static uint64_t
begin_of(const struct cut *c, uint64_t number)
{
	uint64_t all = c->plan->survey.bytes - c->body_begin;

	return c->body_begin + all / c->o.parts * number +
	       all % c->o.parts * number / c->o.parts;
}

/* The record belongs to another part than the one before. */
static bool
begins_part(struct cut *c, const struct record *rec)
{
	bool begins = false;

	if (c->o.rows > 0)
		return c->part.records >= c->o.rows;
	if (c->o.bytes > 0)
		return c->part.bytes + rec->source_end - rec->source_begin >
		       c->o.bytes;
	while (c->number < c->o.parts && rec->source_begin >= c->next_begin) {
		c->next_begin = begin_of(c, ++c->number);
		begins = true;
	}
	return begins;
}

static int
add_record(struct cut *c, const struct record *rec, struct diag *d)
{
	struct part *p = &c->part;
	bool begins = begins_part(c, rec) || !c->is_open;

	if (begins && (close_part(c, d) < 0 || open_part(c, rec, d) < 0))
		return -1;
	if (rec->begin != c->whole_end) {
		const struct stretch s = {
		    c->decoded, rec->row, rec->line, rec->begin};

		if (copy_waiting(c, d) < 0)
			return -1;
		part_add_stretch(c->stretches, &s);
		c->wait_begin = rec->source_begin;
	}
	c->wait_end = rec->source_end;
	c->whole_end = rec->end;
	c->decoded += rec->end - rec->begin;
	c->record_bytes += rec->end - rec->begin;
	p->bytes += rec->source_end - rec->source_begin;
	p->records++;
	p->last_row = rec->row;
	return c->wait_end - c->wait_begin < WAIT_MAX ? 0 : copy_waiting(c, d);
}

static void
row(void *ctx, const struct record *rec, enum row_verdict verdict)
{
	struct cut *c = ctx;

	if (c->has_failed)
		return;
	if (verdict == ROW_BUILT) {
		c->has_failed = add_record(c, rec, &c->why) < 0;
		return;
	}
	c->left++;
	c->left_bytes += rec->end - rec->begin;
}

static int
check(void *ctx, struct diag *d)
{
	const struct cut *c = ctx;

	if (c->has_failed)
		*d = c->why;
	return c->has_failed ? -1 : 0;
}

/* Each row that was read is in one of the parts, or stays behind. */
static int
check_books(const struct cut *c, const struct accounts *a, struct diag *d)
{
	if (c->records + c->left == a->rows_read &&
	    c->all_bytes + c->left_bytes == a->record_bytes)
		return 0;
	diag_set(d, DIAG_INTERNAL,
	    "the parts do not add up: %" PRIu64 " rows were read, %" PRIu64
	    " are in parts and %" PRIu64 " stay behind",
	    a->rows_read, c->records, c->left);
	return diag_code(d, "split.books");
}

static int
end(void *ctx, const struct run_report *report, struct diag *d)
{
	struct cut *c = ctx;
	struct buf b = BUF_INIT(0);

	if (check(c, d) < 0 || close_part(c, d) < 0 ||
	    check_books(c, &report->accounts, d) < 0)
		return -1;
	buf_adds(&b, "\n],");
	json_object(&b, "in_parts");
	json_uint(&b, "records", c->records);
	json_uint(&b, "bytes", c->all_bytes);
	json_end_object(&b);
	json_object(&b, "left_behind");
	json_uint(&b, "records", c->left);
	json_uint(&b, "bytes", c->left_bytes);
	json_end_object(&b);
	json_name(&b, "books");
	accounts_json(&report->accounts, &b);
	json_end_object(&b);
	buf_addc(&b, '\n');
	fwrite(b.data, 1, b.len, c->list.stream);
	buf_release(&b);
	c->has_list = false;
	atomic_name(&c->list, SPLIT_JSON, true);
	return atomic_commit(&c->list, d);
}

/* split.schema.json, see the makefile. */
extern const struct text asset_split_schema_json;

struct text
split_schema(void)
{
	return asset_split_schema_json;
}

void
cut_fill_tap(struct cut *c, struct dry_run_tap *tap)
{
	tap->ctx = c;
	tap->begin = begin;
	tap->row = row;
	tap->check = check;
	tap->end = end;
}
