/* SPDX-License-Identifier: MIT */
/* They are CSV, so our own reader reads them; columns are found by name. */
#include "result_files.h"

#include "base/xalloc.h"
#include "csv/reader.h"
#include "input/input.h"
#include "results/row_files.h"
#include "system/screen.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROW, LINE, LEAD_ID, OUTCOME, CODE, COLUMNS };
static const char *const column_names[COLUMNS] = {
    "row", "line", "lead_id", "outcome", "code"};

static int
find_columns(const struct header *h, int at[COLUMNS])
{
	for (int k = 0; k < COLUMNS; k++)
		for (size_t i = 0; i < h->count; i++)
			if (text_is(h->names[i], column_names[k]))
				at[k] = (int)i;
	return at[ROW] < 0 || at[LINE] < 0 || at[LEAD_ID] < 0 || at[OUTCOME] < 0
		   ? -1
		   : 0;
}

/* 0; 1 = a row that was named from the ledger alone; -1 = not one of ours. */
static int
take_record(
    const struct record *rec, const int at[COLUMNS], struct result_row *out)
{
	char name[32] = "";
	int outcome;
	struct text t;

	for (int k = 0; k < COLUMNS; k++)
		if (at[k] >= 0 && (size_t)at[k] >= rec->cell_count)
			return -1;
	if (rec->cells[at[LINE]].len == 0)
		return 1;
	if (!text_parse_uint(rec->cells[at[ROW]], &out->row))
		return -1;
	t = rec->cells[at[OUTCOME]];
	if (t.len >= sizeof(name))
		return -1;
	memcpy(name, t.s, t.len);
	outcome = outcome_parse(name);
	if (outcome < 0)
		return -1;
	out->outcome = (enum outcome)outcome;
	out->lead_id = to_fix_unguard(rec->cells[at[LEAD_ID]]);
	out->code = at[CODE] >= 0 ? rec->cells[at[CODE]] : TEXT_LITERAL("");
	return 0;
}

/* It is unknown which row or key a line is about, and so what may be sent
 * again. */
static int
refuse_lost(const char *path, struct diag *d)
{
	diag_set(d, DIAG_INPUT,
	    "'%s' names rows without their places: the input had changed when "
	    "it was written",
	    path);
	diag_code(d, "input.changed");
	return diag_help(d,
	    "put the input back as it was, run csv2chakra report for this run, "
	    "then try again");
}

static int
each_record(struct reader *reader, const char *path,
    int (*each)(void *ctx, const struct result_row *r), void *ctx,
    struct diag *d)
{
	struct problem_list problems;
	int at[COLUMNS] = {-1, -1, -1, -1, -1};
	int event, taken, ret = 0;
	struct record rec;

	if (find_columns(reader_header(reader), at))
		return diag_set(d, DIAG_INPUT,
		    "'%s' is not a file that a run writes", path);
	problem_list_init(&problems);
	while (ret == 0) {
		struct result_row row;

		problem_list_clear(&problems);
		event = reader_next(reader, &rec, &problems, d);
		if (event < 0)
			ret = -1;
		if (event < 0 || event == READER_END)
			break;
		if (event != READER_RECORD)
			continue;
		taken = problems.rejects ? -1 : take_record(&rec, at, &row);
		if (taken < 0)
			ret = diag_set(d, DIAG_INPUT,
			    "line %llu of '%s' is not as a run writes it",
			    (unsigned long long)rec.line, path);
		else
			ret = taken ? refuse_lost(path, d) : each(ctx, &row);
	}
	problem_list_release(&problems);
	return ret;
}

int
result_file_missing(const struct run *run, enum own_file file, struct diag *d)
{
	const char *id = run_identity(run)->id;
	char word[SHELL_WORD_SIZE];

	diag_set(d, DIAG_INPUT, "run %s has no %s in '%s'", id,
	    own_file_name(file), run_folder(run));
	return diag_help(
	    d, "csv2chakra report %s writes it", shell_word(id, word));
}

char *
result_file_path(const struct run *run, enum own_file file, struct diag *d)
{
	struct own_files own;
	char word[SHELL_WORD_SIZE];
	char *path;

	own_files_load(&own, run_folder(run));
	path = own_files_path(&own, file);
	if (access(path, F_OK) != 0) {
		result_file_missing(run, file, d);
	} else if (own_files_check(&own, file, d) != 0) {
		diag_help(d,
		    "csv2chakra report %s writes it again under another "
		    "name; then try again",
		    shell_word(run_identity(run)->id, word));
	} else {
		own_files_release(&own);
		return path;
	}
	own_files_release(&own);
	free(path);
	return NULL;
}

int
result_file_each(const struct run *run, enum own_file file,
    int (*each)(void *ctx, const struct result_row *r), void *ctx,
    struct diag *d)
{
	struct reader_options o = {
	    .dialect = {.delimiter = ',', .quote = '"', .has_header = true},
	    .max_cell = (size_t)64 << 20,
	    .max_record = (size_t)128 << 20,
	    .max_columns = 64,
	};
	struct input_limits limits = {0};
	struct reader *reader = NULL;
	struct input *in = NULL;
	int ret = -1;
	char *path = result_file_path(run, file, d);

	if (path == NULL)
		return -1;
	o.name = path;
	in = input_open(path, &limits, d);
	if (in)
		reader = reader_new(input_source(in), NULL, NULL, &o, d);
	if (reader)
		ret = each_record(reader, path, each, ctx, d);
	reader_free(reader);
	input_free(in);
	free(path);
	return ret;
}
