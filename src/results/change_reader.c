/* SPDX-License-Identifier: MIT */
/*
 * The folder of a diff, read again. People edit it (that is what it is for:
 * lines that nobody wants are deleted), so nothing about it is believed: each
 * cell is checked, and what is wrong has a line.
 */
#include "base/json_read.h"
#include "base/json_write.h"
#include "base/xalloc.h"
#include "csv/reader.h"
#include "input/input.h"
#include "results/row_files.h"
#include "system/atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER_BYTES_MAX ((size_t)1 << 20)
#define CELL_MAX ((size_t)64 << 20)

enum { ROW, KEY, PROCESS_ID, VERB, FIELD, BEFORE, AFTER, COLUMNS };
const char *const change_columns[] = {
    "row", "key", "process_id", "verb", "field", "before", "after", NULL};

/* A line that was read, and belongs to the next row. */
struct change_line {
	uint64_t row, line;
	bool is_new;
	struct buf key, process_id, field, before, after;
};

struct change_reader {
	char *path;
	const char *mode; /* borrowed */
	struct input *input;
	struct reader *reader;
	bool has_next;
	struct change_line next;
	struct problem_list problems;
	/* The row that was given out. */
	struct recorded_row row;
	struct buf key, process_id, before, after;
	uint64_t asked; /* by change_reader_find */
};

static int
refuse(const struct change_reader *r, uint64_t line, const char *words,
    struct text about, struct diag *d)
{
	struct buf shown = BUF_INIT(256);

	if (about.len > 0) {
		buf_adds(&shown, ": ");
		text_display(&shown, about, 60);
	}
	diag_set(d, DIAG_INPUT, "'%s', line %llu: %s%s", r->path,
	    (unsigned long long)line, words, buf_str(&shown));
	buf_release(&shown);
	diag_code(d, "changes.damaged");
	return diag_help(d,
	    "lines may be deleted, and nothing else may be changed: put it "
	    "back, or run csv2chakra diff again");
}

static int
check_header(const struct change_reader *r, struct diag *d)
{
	const struct header *h = reader_header(r->reader);
	bool is_ours = h->count == COLUMNS;

	for (size_t i = 0; is_ours && i < COLUMNS; i++)
		is_ours = text_is(h->names[i], change_columns[i]);
	if (is_ours)
		return 0;
	return refuse(r, 1,
	    "its columns are not row,key,process_id,verb,field,before,after",
	    TEXT_LITERAL(""), d);
}

static int
open_reader(struct change_reader *r, struct diag *d)
{
	struct reader_options o = {
	    .dialect = {.delimiter = ',', .quote = '"', .has_header = true},
	    .max_cell = CELL_MAX,
	    .max_record = 2 * CELL_MAX,
	    .max_columns = 64,
	    .name = r->path,
	};
	struct input_limits limits = {0};

	r->input = input_open(r->path, &limits, d);
	if (r->input == NULL)
		return -1;
	r->reader = reader_new(input_source(r->input), NULL, NULL, &o, d);
	return r->reader ? check_header(r, d) : -1;
}

/* A JSON value and nothing else; no cell = null. */
static bool
take_value(struct text cell, struct buf *out)
{
	struct json_reader json;
	struct text t = to_fix_unguard(cell);
	enum json_event e;

	buf_clear(out);
	if (t.len == 0) {
		buf_adds(out, "null");
		return true;
	}
	json_begin(&json, t, JSON_LEVELS_MAX);
	while ((e = json_next(&json)) > JSON_DONE)
		;
	t = text_trim(t);
	buf_add(out, t.s, t.len);
	return e == JSON_DONE;
}

static void
take_text(struct text cell, struct buf *out)
{
	struct text t = to_fix_unguard(cell);

	buf_clear(out);
	buf_add(out, t.s, t.len);
}

/* A row that would be created has one line, with nothing in it. */
static int
check_new(
    const struct change_reader *r, const struct record *rec, struct diag *d)
{
	const struct text *c = rec->cells;

	if (c[PROCESS_ID].len + c[FIELD].len + c[BEFORE].len + c[AFTER].len > 0)
		return refuse(r, rec->line,
		    "the line of a row that is created has a process, a field "
		    "or a value",
		    TEXT_LITERAL(""), d);
	return 0;
}

static int
take_line(struct change_reader *r, const struct record *rec, struct diag *d)
{
	struct change_line *n = &r->next;
	const struct text *c = rec->cells;
	uint64_t last = n->row;
	enum change_kind kind;

	n->line = rec->line;
	if (!text_parse_uint(c[ROW], &n->row) || n->row == 0)
		return refuse(r, rec->line, "not a row number", c[ROW], d);
	if (n->row < last)
		return refuse(r, rec->line,
		    "its row comes before that of the line above (sort by "
		    "row)",
		    c[ROW], d);
	kind = change_kind_of(r->mode, c[VERB]);
	if (kind == CHANGE_NONE)
		return refuse(r, rec->line,
		    "not what the mapping's mode does to a process", c[VERB],
		    d);
	n->is_new = kind == CHANGE_NEW;
	if (n->is_new && check_new(r, rec, d))
		return -1;
	if ((c[FIELD].len == 0 && !n->is_new) || c[KEY].len == 0)
		return refuse(r, rec->line, "it has no field, or no key",
		    TEXT_LITERAL(""), d);
	take_text(c[KEY], &n->key);
	take_text(c[PROCESS_ID], &n->process_id);
	take_text(c[FIELD], &n->field);
	if (!take_value(c[BEFORE], &n->before))
		return refuse(
		    r, rec->line, "'before' is not JSON", c[BEFORE], d);
	if (!take_value(c[AFTER], &n->after))
		return refuse(r, rec->line, "'after' is not JSON", c[AFTER], d);
	r->has_next = true;
	return 0;
}

static int
refuse_record(
    const struct change_reader *r, const struct record *rec, struct diag *d)
{
	const struct problem_list *list = &r->problems;

	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].level == PROBLEM_REJECT)
			return refuse(r, rec->line, "it cannot be read",
			    problem_message(list, &list->items[i]), d);
	return refuse(r, rec->line, "it cannot be read", TEXT_LITERAL(""), d);
}

static int
read_line(struct change_reader *r, struct diag *d)
{
	struct record rec;
	int event;

	r->has_next = false;
	do {
		problem_list_clear(&r->problems);
		event = reader_next(r->reader, &rec, &r->problems, d);
		if (event < 0)
			return -1;
		if (r->problems.rejects > 0)
			return refuse_record(r, &rec, d);
	} while (event == READER_BLANK);
	if (event == READER_END)
		return 0;
	return take_line(r, &rec, d);
}

/* Of two lines about one field nobody can say which holds. */
static int
check_fields(const struct change_reader *r, struct diag *d)
{
	struct json_walk w;
	struct text name, value;
	struct buf path = BUF_INIT(0);
	int ret = 0;

	json_walk_begin(&w, r->row.before);
	while (ret == 0 && json_walk_next(&w, &name, &value)) {
		buf_clear(&path);
		json_decode(name, &path);
		if (json_member(r->row.before, buf_str(&path)).len == 0)
			ret = refuse(r, r->row.line,
			    "the row has two lines about one field",
			    buf_text(&path), d);
	}
	buf_release(&path);
	return ret;
}

static void
add_field(struct change_reader *r)
{
	const struct change_line *n = &r->next;

	if (n->is_new)
		return;
	json_token(&r->before, buf_str(&n->field), buf_text(&n->before));
	json_token(&r->after, buf_str(&n->field), buf_text(&n->after));
}

static void
begin_row(struct change_reader *r)
{
	const struct change_line *n = &r->next;

	buf_clear(&r->key);
	buf_clear(&r->process_id);
	buf_clear(&r->before);
	buf_clear(&r->after);
	buf_add(&r->key, n->key.data, n->key.len);
	buf_add(&r->process_id, n->process_id.data, n->process_id.len);
	r->row = (struct recorded_row){
	    .row = n->row, .line = n->line, .is_new = n->is_new};
	json_object(&r->before, NULL);
	json_object(&r->after, NULL);
	add_field(r);
}

static int
next_row(
    struct change_reader *r, const struct recorded_row **out, struct diag *d)
{
	const struct change_line *n = &r->next;

	if (!r->has_next) {
		r->row.row = UINT64_MAX;
		return 0;
	}
	begin_row(r);
	while (1) {
		if (read_line(r, d))
			return -1;
		if (!r->has_next || n->row != r->row.row)
			break;
		if (!text_equal(buf_text(&n->key), buf_text(&r->key)) ||
		    !text_equal(
			buf_text(&n->process_id), buf_text(&r->process_id)))
			return refuse(r, n->line,
			    "its row has another key or process in the line "
			    "above",
			    buf_text(&n->key), d);
		if (n->is_new || r->row.is_new)
			return refuse(r, n->line,
			    "its row is created, and has more than one line",
			    buf_text(&n->key), d);
		add_field(r);
	}
	json_end_object(&r->before);
	json_end_object(&r->after);
	r->row.key = buf_text(&r->key);
	r->row.process_id = buf_text(&r->process_id);
	r->row.before = buf_text(&r->before);
	r->row.after = buf_text(&r->after);
	*out = &r->row;
	return check_fields(r, d) ? -1 : 1;
}

int
change_reader_next(
    struct change_reader *r, const struct recorded_row **out, struct diag *d)
{
	r->asked = UINT64_MAX;
	return next_row(r, out, d);
}

static int
rewind_reader(struct change_reader *r, struct diag *d)
{
	reader_free(r->reader);
	input_free(r->input);
	r->reader = NULL;
	r->input = NULL;
	r->row.row = r->next.row = 0;
	return open_reader(r, d) || read_line(r, d) ? -1 : 0;
}

int
change_reader_find(struct change_reader *r, uint64_t row,
    const struct recorded_row **out, struct diag *d)
{
	const struct recorded_row *at = &r->row;

	if (row < r->asked && rewind_reader(r, d))
		return -1;
	r->asked = row;
	while (r->row.row < row) {
		int got = next_row(r, &at, d);

		if (got <= 0)
			return got;
	}
	*out = at;
	return r->row.row == row;
}

struct change_reader *
change_reader_open(const char *path, const char *mode, struct diag *d)
{
	struct change_reader *r = xcalloc(1, sizeof(*r));

	r->path = xstrdup(path);
	r->mode = mode;
	problem_list_init(&r->problems);
	if (rewind_reader(r, d) == 0)
		return r;
	change_reader_free(r);
	return NULL;
}

void
change_reader_free(struct change_reader *r)
{
	if (r == NULL)
		return;
	reader_free(r->reader);
	input_free(r->input);
	problem_list_release(&r->problems);
	buf_release(&r->next.key);
	buf_release(&r->next.process_id);
	buf_release(&r->next.field);
	buf_release(&r->next.before);
	buf_release(&r->next.after);
	buf_release(&r->key);
	buf_release(&r->process_id);
	buf_release(&r->before);
	buf_release(&r->after);
	free(r->path);
	free(r);
}

/*
 * changes.json
 */

static int
refuse_folder(
    const char *folder, const char *words, enum diag_kind kind, struct diag *d)
{
	diag_set(d, kind, "'%s' %s", folder, words);
	diag_code(d, "changes.damaged");
	return diag_help(d, "csv2chakra diff -o FOLDER MAPPING CSV writes one");
}

static bool
get_text(
    struct text root, const char *name, bool is_needed, char *out, size_t size)
{
	struct text token = json_member(root, name);

	out[0] = '\0';
	if (token.s == NULL)
		return !is_needed;
	return json_get_text(token, out, size) && out[0] != '\0';
}

#define GET(member, is_needed)                                                 \
	get_text(root, #member, is_needed, out->member, sizeof(out->member))

int
changes_read_binding(
    const char *folder, struct changes_binding *out, struct diag *d)
{
	struct buf path = BUF_INIT(0), text = BUF_INIT(FOLDER_BYTES_MAX);
	struct text root;
	const char *why;
	bool is_good, is_back;

	buf_addf(&path, "%s/" CHANGES_JSON, folder);
	why = file_read_whole(AT_FDCWD, buf_str(&path), &text);
	buf_release(&path);
	if (why != NULL && errno == ENOENT) {
		buf_release(&text);
		return refuse_folder(folder,
		    "is not a whole folder of changes: it has no " CHANGES_JSON,
		    DIAG_USAGE, d);
	}
	is_good = why == NULL && json_document(buf_text(&text), &root) &&
		  json_is_object(root) &&
		  json_is_text(json_member(root, "schema"), CHANGES_SCHEMA);
	is_back = is_good && json_member(root, "way_back_of").s != NULL;
	is_good = is_good && GET(mode, true) && GET(procedure, true) &&
		  GET(base_url, true) && GET(way_back_of, is_back) &&
		  GET(input_sha256, is_back) && GET(mapping_sha256, is_back) &&
		  GET(input_key, !is_back) && GET(mapping_key, !is_back);
	buf_release(&text);
	return is_good ? 0
		       : refuse_folder(folder,
			     "has a " CHANGES_JSON
			     " that csv2chakra diff did not write",
			     DIAG_INPUT, d);
}
