/* SPDX-License-Identifier: MIT */
/*
 * The file of a lookup table, read as the input is read: the whole of it
 * decides the encoding, and what is parsed are the bytes that were hashed.
 * Stricter than the input, since one row that is read wrongly changes many: a
 * guessed encoding and a row that the reader rejects are errors.
 */
#include "base/hash.h"
#include "base/xalloc.h"
#include "csv/reader.h"
#include "input/input.h"
#include "lookup_rule.h"
#include "name_index.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct lookup_reading {
	const struct lookup_rule *rule;
	const char *path;
	size_t room;
	struct lookup_table *table;
	struct lookup_file *file;
	struct lookup_read *got;
	struct lookup_trouble *trouble;

	struct input *input;
	struct block_sums *sums;
	struct survey survey;
	struct dialect dialect;
	/* One pass over the bytes. */
	struct held_source *held;
	struct decoder *decoder;
	struct reader *reader;
	size_t from, to; /* columns */
	uint64_t clashes;
	uint64_t first_line, second_line; /* of the first of them */
	struct buf clash;		  /* its text */
};

static int
fail(struct lookup_reading *r, const char *code)
{
	r->trouble->code = code;
	return -1;
}

/* A FIFO would be waited for, and cannot be read twice. */
static int
open_file(struct lookup_reading *r)
{
	struct input_limits limits = {.max_input = LOOKUP_BYTES_MAX};
	struct diag *d = &r->trouble->d;
	struct stat st;

	if (stat(r->path, &st) == 0 && !S_ISREG(st.st_mode) &&
	    !S_ISDIR(st.st_mode)) {
		diag_set(d, DIAG_USAGE, "'%s' is not a regular file", r->path);
		diag_help(d, "a lookup table is read more than once: save it "
			     "as a file");
		return fail(r, "table.unreadable");
	}
	r->input = input_open(r->path, &limits, d);
	return r->input ? 0 : fail(r, "table.unreadable");
}

static int
sum_on_disk(const char *path, char out[SHA256_HEX_SIZE])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int err = fd < 0 ? errno : sha256_of_file(fd, out);

	if (fd >= 0)
		close(fd);
	return err;
}

static int
changed(struct lookup_reading *r)
{
	diag_set(&r->trouble->d, DIAG_INPUT,
	    "the lookup table '%s' changed while it was read", r->path);
	diag_help(&r->trouble->d, "run the command again");
	return fail(r, "table.changed");
}

/* Of the bytes on disk: of a packed file they are not those of the survey. */
static int
take_sum(struct lookup_reading *r)
{
	char sum[SHA256_HEX_SIZE];
	int err = 0;

	if (strcmp(input_compression(r->input), "none") == 0)
		sha256_hex(r->survey.sha256, sum);
	else
		err = sum_on_disk(r->path, sum);
	if (err != 0) {
		diag_set_errno(&r->trouble->d, DIAG_INPUT, err,
		    "unable to read '%s'", r->path);
		return fail(r, "table.unreadable");
	}
	if (r->file->sha256[0] != '\0' && strcmp(r->file->sha256, sum) != 0)
		return changed(r);
	memcpy(r->file->sha256, sum, sizeof(sum));
	r->file->bytes = r->survey.bytes;
	return 0;
}

static int
survey_file(struct lookup_reading *r)
{
	struct text wanted = r->rule->source.encoding;
	const struct encoding_decision *e = &r->survey.encoding;
	struct diag *d = &r->trouble->d;

	r->sums = block_sums_new(BLOCK_COUNT_MAX);
	if (survey_input(input_source(r->input),
		text_is(wanted, "auto") ? NULL : wanted.s, r->sums, &r->survey,
		d) != 0)
		return fail(r, "table.unreadable");
	if (e->evidence == ENCODING_MIXED || e->evidence == ENCODING_UNKNOWN) {
		encoding_no_guess(e, r->path, d);
		return fail(r, "table.encoding");
	}
	if (e->evidence != ENCODING_GUESSED)
		return take_sum(r);
	diag_set(d, DIAG_INPUT,
	    "the encoding of the lookup table '%s' is uncertain; it may be %s",
	    r->path, e->name);
	diag_help(
	    d, "check first, then set it: source: {encoding: %s}", e->name);
	return fail(r, "table.encoding");
}

static void
end_pass(struct lookup_reading *r)
{
	reader_free(r->reader);
	decoder_free(r->decoder);
	held_source_free(r->held);
	r->reader = NULL;
	r->decoder = NULL;
	r->held = NULL;
}

static int
begin_pass(struct lookup_reading *r)
{
	struct diag *d = &r->trouble->d;

	if (input_restart(r->input, d) != 0)
		return fail(r, "table.changed");
	r->held = held_source_new(input_source(r->input), r->sums, r->path);
	r->decoder =
	    decoder_new(held_byte_source(r->held), r->survey.encoding.name, d);
	return r->decoder ? 0 : fail(r, "table.unreadable");
}

static int
find_dialect(struct lookup_reading *r)
{
	struct buf sample = BUF_INIT(DIALECT_SAMPLE + 1);
	struct diag *d = &r->trouble->d;
	ssize_t n = 1;
	int ret = begin_pass(r);

	r->dialect = r->rule->source.dialect;
	buf_reserve(&sample, DIALECT_SAMPLE);
	while (ret == 0 && n > 0 && sample.len < DIALECT_SAMPLE) {
		n = decoder_read(r->decoder, sample.data + sample.len,
		    DIALECT_SAMPLE - sample.len, d);
		sample.len += n > 0 ? (size_t)n : 0;
	}
	if (n < 0)
		ret = fail(r, "table.unreadable");
	if (ret == 0 && dialect_detect(buf_str(&sample), sample.len, n == 0,
			    &r->dialect, NULL, d) != 0) {
		diag_help(d, "set it, for example source: {delimiter: \";\"}");
		ret = fail(r, "table.delimiter");
	}
	end_pass(r);
	buf_release(&sample);
	return ret;
}

static uint64_t
offset_of(void *ctx, uint64_t offset)
{
	return decoder_source_offset(ctx, offset);
}

static int
open_reader(struct lookup_reading *r)
{
	const struct mapping_source *s = &r->rule->source;
	struct reader_options options = {
	    .dialect = r->dialect,
	    .ragged = s->ragged,
	    .blank_line_is_record = s->blank_line_is_record,
	    .repeated_header_is_record = s->repeated_header_is_record,
	    .trim = true,
	    .max_cell = READER_MAX_CELL,
	    .max_record = READER_MAX_RECORD,
	    .max_columns = READER_MAX_COLUMNS,
	    .name = r->path,
	};

	if (begin_pass(r) != 0)
		return -1;
	r->reader = reader_new(decoder_source(r->decoder),
	    decoder_is_identity(r->decoder) ? NULL : offset_of, r->decoder,
	    &options, &r->trouble->d);
	return r->reader ? 0 : fail(r, "table.unreadable");
}

static int
find_column(struct lookup_reading *r, struct text name, size_t *column)
{
	const struct header *h = reader_header(r->reader);
	enum columns_policy policy = r->rule->source.columns;
	struct buf shown = BUF_INIT(4096);
	struct diag *d = &r->trouble->d;
	struct name_index x;
	size_t at = 0, count;
	int meant;

	name_index_init(&x, h->names, h->count, COLUMNS_EXACT);
	count = name_index_find(&x, name, COLUMNS_EXACT, &at);
	if (count == 0 && policy == COLUMNS_LOOSE) {
		name_index_release(&x);
		name_index_init(&x, h->names, h->count, policy);
		count = name_index_find(&x, name, policy, &at);
	}
	if (count > 0)
		*column = x.sorted[at];
	name_index_release(&x);
	if (count == 1)
		return 0;
	text_display(&shown, name, 60);
	diag_set(d, DIAG_USAGE, "the lookup table '%s' has %s column%s '%s'",
	    r->path, count ? "several" : "no", count ? "s" : "",
	    buf_str(&shown));
	meant = text_did_you_mean(name, h->names, h->count);
	buf_clear(&shown);
	if (count) {
		diag_help(d, "give each column of the file a name of its own");
	} else if (meant >= 0) {
		text_display(&shown, h->names[meant], 60);
		diag_help(d, "did you mean '%s'?", buf_str(&shown));
	} else {
		for (size_t i = 0; i < h->count && i < 8; i++) {
			buf_adds(&shown, i ? ", '" : "'");
			text_display(&shown, h->names[i], 40);
			buf_addc(&shown, '\'');
		}
		diag_help(d, "its columns are %s%s", buf_str(&shown),
		    h->count > 8 ? ", …" : "");
	}
	buf_release(&shown);
	return fail(r, "table.column");
}

static int
find_columns(struct lookup_reading *r)
{
	r->trouble->is_about_from = true;
	if (find_column(r, r->rule->from, &r->from) != 0)
		return -1;
	r->trouble->is_about_from = false;
	r->trouble->is_about_to = true;
	if (find_column(r, r->rule->to, &r->to) != 0)
		return -1;
	r->trouble->is_about_to = false;
	return 0;
}

/* The text of a cell: without blanks around it; empty if it is a null. */
static struct text
cell(const struct lookup_reading *r, const struct record *rec, size_t column)
{
	const struct mapping_source *s = &r->rule->source;
	struct text t = {"", 0};

	if (column < rec->cell_count)
		t = text_trim(rec->cells[column]);
	if (s->null_count > 0 && texts_have(s->nulls, s->null_count, t))
		t.len = 0;
	return t;
}

static int
too_large(struct lookup_reading *r, const struct record *rec)
{
	struct diag *d = &r->trouble->d;

	if (lookup_table_count(r->table) > LOOKUP_ENTRIES_MAX)
		diag_set(d, DIAG_USAGE,
		    "the lookup table '%s' has more than %zu entries", r->path,
		    LOOKUP_ENTRIES_MAX);
	else if (lookup_table_bytes(r->table) > r->room)
		diag_set(d, DIAG_USAGE,
		    "at line %llu of the lookup table '%s', the tables of the "
		    "mapping take more than %zu MiB",
		    (unsigned long long)rec->line, r->path,
		    LOOKUP_BYTES_MAX >> 20);
	else
		return 0;
	diag_help(d, "delete the rows and columns you do not need");
	return fail(r, "table.too_large");
}

static int
add_row(struct lookup_reading *r, const struct record *rec)
{
	struct text from = cell(r, rec, r->from), to = cell(r, rec, r->to);
	uint64_t line = rec->line;

	if (from.len == 0) {
		if (!reader_record_is_empty(r->reader, rec))
			r->got->nameless++;
		return 0;
	}
	if (lookup_table_add(r->table, from, to, &line) == LOOKUP_DIFFERS &&
	    r->clashes++ == 0) {
		r->first_line = line;
		r->second_line = rec->line;
		text_display(&r->clash, from, 60);
	}
	return too_large(r, rec);
}

static int
refuse_row(struct lookup_reading *r, const struct record *rec,
    const struct problem_list *problems)
{
	const struct problem *p = problems->items;
	struct text message, hint;

	for (size_t i = 0; i < problems->count; i++)
		if (problems->items[i].level == PROBLEM_REJECT) {
			p = &problems->items[i];
			break;
		}
	message = problem_message(problems, p);
	hint = problem_hint(problems, p);
	diag_set(&r->trouble->d, DIAG_USAGE,
	    "line %llu of the lookup table '%s': %.*s (%s)",
	    (unsigned long long)rec->line, r->path, (int)message.len, message.s,
	    p->code);
	if (hint.len > 0)
		diag_help(&r->trouble->d, "%.*s", (int)hint.len, hint.s);
	return fail(r, "table.row");
}

static int
read_rows(struct lookup_reading *r)
{
	struct problem_list problems;
	struct record rec;
	int event = READER_BLANK, ret = 0;

	problem_list_init(&problems);
	while (ret == 0 && event != READER_END) {
		problem_list_clear(&problems);
		event = reader_next(r->reader, &rec, &problems, &r->trouble->d);
		if (event < 0)
			ret = fail(r, "table.changed");
		else if (problems.rejects > 0)
			ret = refuse_row(r, &rec, &problems);
		else if (event == READER_RECORD && !rec.skip_code)
			ret = add_row(r, &rec);
	}
	problem_list_release(&problems);
	return ret;
}

static int
check_rows(struct lookup_reading *r)
{
	struct diag *d = &r->trouble->d;

	r->trouble->is_about_from = true;
	if (r->clashes > 0) {
		diag_set(d, DIAG_USAGE,
		    "the lookup table '%s' has '%s' twice, on lines %llu and "
		    "%llu, with different results",
		    r->path, buf_str(&r->clash),
		    (unsigned long long)r->first_line,
		    (unsigned long long)r->second_line);
		if (r->clashes > 1)
			diag_help(d,
			    "delete one of the two lines; %llu more like "
			    "this follow",
			    (unsigned long long)(r->clashes - 1));
		else
			diag_help(d, "delete one of the two lines");
		return fail(r, "table.duplicate");
	}
	if (lookup_table_count(r->table) == 0) {
		diag_set(d, DIAG_USAGE,
		    "the lookup table '%s' has no row with a text in '%s'",
		    r->path, r->rule->from.s);
		return fail(r, "table.empty");
	}
	r->file->entries = lookup_table_count(r->table);
	return 0;
}

/* A packed file was hashed apart from the reading. */
static int
check_unchanged(struct lookup_reading *r)
{
	char sum[SHA256_HEX_SIZE];

	if (strcmp(input_compression(r->input), "none") == 0)
		return 0;
	if (sum_on_disk(r->path, sum) != 0 || strcmp(sum, r->file->sha256) != 0)
		return changed(r);
	return 0;
}

int
lookup_file_read(const struct lookup_rule *rule, const char *path, size_t room,
    struct lookup_table *t, struct lookup_file *file, struct lookup_read *got,
    struct lookup_trouble *trouble)
{
	struct lookup_reading r = {
	    .rule = rule,
	    .path = path,
	    .room = room,
	    .table = t,
	    .file = file,
	    .got = got,
	    .trouble = trouble,
	    .clash = BUF_INIT(4096),
	};
	int ret = -1;

	if (open_file(&r) == 0 && survey_file(&r) == 0 &&
	    find_dialect(&r) == 0 && open_reader(&r) == 0 &&
	    find_columns(&r) == 0 && read_rows(&r) == 0 &&
	    check_rows(&r) == 0 && check_unchanged(&r) == 0)
		ret = 0;
	end_pass(&r);
	block_sums_free(r.sums);
	input_free(r.input);
	buf_release(&r.clash);
	return ret;
}
