/* SPDX-License-Identifier: MIT */
#ifndef RESULTS_ROW_FILES_H
#define RESULTS_ROW_FILES_H

/*
 * The files with a line per row: results.csv, rejected.csv,
 * rejected.reasons.csv and to-fix.csv.
 *
 * A row_observer: it is handed to a chunker that reads the input again after
 * a run (or, in a dry run, for the first time), and finds each sendable row's
 * outcome in the ledger by its chunk (the one whose byte range it lies in)
 * and its index there. That the second reading is the same as the first is
 * checked chunk by chunk. Records after the ledger's last chunk are counted
 * as unread and written nowhere.
 *
 * rejected.csv holds exact bytes, copied from a second source over the
 * decompressed input that is read forward in step. to-fix.csv is for a
 * spreadsheet: UTF-8 with BOM, the input's delimiter, CRLF; see to_fix_guard
 * for formulas. A row keeps its number of cells, so that a ragged row stays one
 * until it is fixed; a rejected record without cells is written whole into the
 * first original column. Without a header the original columns are named by
 * their letters. What is not UTF-8 comes as U+FFFD there, and as \xNN in
 * rejected.reasons.csv.
 *
 * All files appear together, by row_files_commit. Errors on the way are kept
 * and reported there.
 */

#include "base/diag.h"
#include "base/outcome.h"
#include "build/builder.h"
#include "build/chunker.h"
#include "csv/reader.h"
#include "ledger/ledger.h"
#include "report/problems.h"
#include "system/own_files.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct row_files_options {
	const char *folder; /* must exist; NULL = write no file, only count
			     * and group */
	const struct reader *reader;   /* the one that the chunker reads */
	const struct builder *builder; /* the one that the chunker calls; NULL
					* = rows without keys */
	struct ledger *ledger;	/* NULL = dry run: no results.csv, each built
				 * row is unsent */
	struct byte_source raw; /* the decompressed input from its first byte;
				 * .read NULL (a pipe) = no rejected.csv */
	const char *encoding;	/* of raw, as given to decoder_new */
	char delimiter;
	struct problem_groups *groups; /* problems and outcomes are added;
					* may be NULL */
	/* Copies the exact records of that outcome there (needs raw, and no
	 * folder); NULL = none. */
	enum outcome exact_outcome;
	FILE *exact_out;      /* borrowed */
	bool exact_is_screen; /* … which is a terminal: what it would obey is
			       * shown as escapes */
};

struct row_files;

/* Borrows everything in *o until row_files_free. Returns owned, or NULL. */
struct row_files *row_files_new(
    const struct row_files_options *o, struct diag *d);
/* Without a commit nothing is left behind. */
void row_files_free(struct row_files *f);
/* Valid until row_files_free. */
const struct row_observer *row_files_observer(struct row_files *f);

/* The input failed here: the rows that were not seen come from the ledger, each
 * with what it tells. In results.csv and rejected.reasons.csv they have no
 * line, which is how a program knows them, and with a row's number only where
 * nothing can lie between; rejected.csv and to-fix.csv are without them. */
void row_files_lose_rest(struct row_files *f);
/* Checks that all chunks of the ledger were seen; then everything is on disk,
 * under temporary names, and what each file will be called is known
 * (row_files_own). -1 with what failed first. */
int row_files_finish(struct row_files *f, struct diag *d);
/* Which files of the folder are ours; NULL without one. */
struct own_files *row_files_own(struct row_files *f);
/* Finishes them if need be, then makes all files appear. */
int row_files_commit(struct row_files *f, struct diag *d);

/* The rows for report.html, borrowed until row_files_free; NULL without a
 * folder. */
struct failed_rows;
struct failed_rows *row_files_failed(struct row_files *f);

/* What was seen so far. */
struct row_files_reread {
	uint64_t records; /* in the ledger's ranges (dry run: all) */
	struct outcome_counts outcomes; /* of those, as written */
	uint64_t failed_rows;		/* in rejected.csv and to-fix.csv */
	uint64_t unread_records, unread_bytes; /* after the last chunk; blank
						* lines count in the bytes */
	uint64_t unread_line;		       /* the first one; 0 = none */
};
const struct row_files_reread *row_files_reread(const struct row_files *f);

/* Why a row was skipped, by its code; "" for a code that says it itself:
 * static. */
const char *row_skip_words(const char *code);

/* A cell as to-fix.csv, results.csv and rejected.reasons.csv write it: with an
 * apostrophe in front if a spreadsheet would run it as a formula (it begins
 * with = + - @ TAB CR LF or a full-width = + - @, and is not a number or a
 * phone number: ^[+-][0-9(][0-9 .,()/-]*$), or if it begins with an apostrophe
 * before one of these signs or before another apostrophe. Appends to out. */
void to_fix_guard(struct buf *out, struct text cell);
/* The cell as it was: exactly the inverse of to_fix_guard. */
struct text to_fix_unguard(struct text cell);

#define TO_FIX_ROW_COLUMN "csv2chakra_row"
#define TO_FIX_PROBLEM_COLUMN "csv2chakra_problem"

/*
 * The folder of a diff, CHANGES: changes.csv with a line for each field that
 * would be changed (row, key, process_id, verb, field, before, after; the last
 * two as JSON, `null` or empty where there is no value), and one without
 * process, field and values for each row that would be created, in the order of
 * the rows, changes.html, the page of it, and changes.json, which binds it
 * (input, mapping, mode, service). A folder without changes.json is not whole.
 */
#define CHANGES_SCHEMA "csv2chakra.diff/1"
#define CHANGES_CSV "changes.csv"
#define CHANGES_JSON "changes.json"
extern const char *const change_columns[]; /* its header; NULL ends it */
struct recorded_row {
	uint64_t row, line; /* line: its first in changes.csv */
	struct text key;    /* its text, not a JSON token */
	struct text process_id;
	struct text before, after; /* objects of path and value, alike */
	bool is_new; /* no process had its key: both are empty objects */
};
#define CHANGES_HTML "changes.html"
struct change_files;
/* Owned, or NULL: DIAG_USAGE if the folder is there. */
struct change_files *change_files_new(const char *folder, struct diag *d);
/*
 * The same of a diff, which may be stopped and go on. Until it is whole the
 * folder has changes.csv.part and diff.json: how far it came. One process at a
 * time works on it (DIAG_LOCKED). The caller fills the keys of `at`; the rest
 * is what an earlier one left, or zero. DIAG_USAGE: the folder is whole, holds
 * something else, or belongs to another input or mapping.
 */
struct change_progress {
	char input_key[65], mapping_key[65];
	uint64_t last_row; /* every row up to it was told; 0 = none */
	uint64_t lookups, calls, new_calls;
	struct outcome_counts rows; /* of those that were looked up */
};
struct change_files *change_files_begin(
    const char *folder, struct change_progress *at, struct diag *d);
/* What an earlier one wrote. Each row that differs, in order. */
int change_files_each(struct change_files *f, const char *mode,
    void (*each)(void *ctx, const struct recorded_row *row), void *ctx,
    struct diag *d);
/* All that was added is on disk, and the folder says how far it came. */
int change_files_save(
    struct change_files *f, const struct change_progress *at, struct diag *d);
struct field_line {
	uint64_t row;
	struct text key, before, after; /* JSON tokens */
	struct text process_id, field;	/* empty: the row is new */
	const char *verb;
};
void change_files_add(struct change_files *f, const struct field_line *line);
/* What is said of the changes as they are found: how many rows change a field,
 * the first rows as text. All zero to begin with. */
struct field_tally;
struct change_tally {
	struct field_tally *fields;
	size_t field_count, field_cap;
	size_t next_field; /* where the next one probably is */
	struct buf shown;
	uint64_t changed, created; /* rows */
};
/* A row that would be created. */
void change_tally_new(struct change_tally *t);
/* A row that changes, by the text of its key, then its fields. */
void change_tally_row(struct change_tally *t, struct text key, uint64_t row);
void change_tally_field(struct change_tally *t, const char *path,
    struct text before, struct text after);
void change_tally_release(struct change_tally *t);
/* All of it, borrowed. Of a way back only the first line. */
struct change_summary {
	const char *input, *procedure, *base_url, *mode;
	const char *service;	 /* what sentences call it */
	const char *way_back_of; /* NULL = it is a diff */
	const char *input_key, *mapping_key;
	uint64_t read, looked; /* rows */
	uint64_t lookups, calls,
	    new_calls; /* calls: without those that create */
	bool has_folder;
	const char *next; /* the command that makes the changes */
	const struct outcome_counts *rows;
	const struct change_tally *tally;
};
/* The answer for people, and changes.json. */
void change_tally_text(const struct change_summary *s, struct buf *out);
void change_tally_json(const struct change_summary *s, struct buf *out);
/* Is it what the calls of that mode make of a row? */
bool change_is_verbs(const char *mode, enum outcome o);
/* Does that mode (mapping_mode_name) change a row's process, or create it? */
enum change_kind { CHANGE_NONE, CHANGE_UPDATE, CHANGE_NEW };
enum change_kind change_kind_of(const char *mode, struct text verb);
/* -1 with what failed first; then changes.json is not there. */
int change_files_commit(struct change_files *f, const struct buf *json,
    const struct change_summary *summary, struct diag *d);
/* Without a commit or a save the folder goes, if it can. */
void change_files_free(struct change_files *f);

/*
 * The way back of a run that updated: a CHANGES folder with before and after
 * exchanged, which is its own input. `import --changes FOLDER` takes it alone:
 *
 *   changes.csv    before = what the run sent, after = what was there before;
 *                  a field that had no value goes back as null
 *   rows.csv       the input: a column `key` (with an apostrophe before it),
 *                  one for each field, its cells JSON, empty where a row did
 *                  not change the field. Its rows are numbered anew, from 2
 *   mapping.yaml   reads rows.csv: mode update, key, procedure and send_only
 *                  of the run's mapping
 *   changes.html   the same as a page
 *   changes.json   way_back_of: the run; SHA-256 of rows.csv and mapping.yaml;
 *                  base URL and procedure, which must be those of the import
 *
 * A row that is not as the run left it is `conflict`, and stays. Memory is
 * constant but for the fields' names.
 */
#define WAY_BACK_INPUT "rows.csv"
#define WAY_BACK_MAPPING "mapping.yaml"
struct way_back_target {
	const char *folder; /* made new; DIAG_USAGE if it is there */
	const char *run_id; /* the run that updated */
	const char *mode; /* mapping_mode_name: what undoes an update is one */
	const char *procedure, *base_url; /* as in its run.json */
	const char *key_name;
	bool key_in_data;	      /* as its mapping has it */
	const struct text *send_only; /* … update.send_only */
	size_t send_count;
};
struct way_back;
/* Borrows what `target` points to until way_back_free. Owned, or NULL. */
struct way_back *way_back_new(
    const struct way_back_target *target, struct diag *d);
/* A row that the run says is `updated`, in any order. What fails is reported by
 * way_back_commit. */
struct way_back_row {
	struct text key;	/* JSON token */
	const char *process_id; /* "" = not known: any process with the key */
	struct text before;	/* ledger_before.fields: an object of paths */
	struct text after;	/* what was sent instead, in the same way */
};
void way_back_add(struct way_back *w, const struct way_back_row *row);
/* -1: nothing can be applied; what is there of the folder may be deleted. */
int way_back_commit(struct way_back *w, struct diag *d);
void way_back_free(struct way_back *w);

/*
 * results.csv of an undo, a line for each row that its parent created: finished
 * (on disk, its name chosen), then committed beside the report.
 */
struct undo_results;
struct undo_results *undo_results_new(const char *folder, struct diag *d);
struct undo_result {
	uint64_t row, line, chunk;
	struct text key; /* a JSON token, or empty */
	enum outcome outcome;
	const char *process_id, *evidence, *code, *words; /* "" if none */
};
void undo_results_add(struct undo_results *f, const struct undo_result *r);
int undo_results_finish(
    struct undo_results *f, struct own_files *own, struct diag *d);
int undo_results_commit(
    struct undo_results *f, const struct own_files *own, struct diag *d);
void undo_results_free(struct undo_results *f);

/*
 * Such a folder, read again. changes.csv is for people, who may delete lines:
 * what stands there is checked, cell by cell, and what a diff does not write is
 * changes.damaged (DIAG_INPUT), with the line. Rows ascend; the lines of a row
 * stand together and name its key and process alike, and a field once.
 */
struct change_reader;
/* Owned, or NULL. `mode`, borrowed: whose verbs the lines must name. */
struct change_reader *change_reader_open(
    const char *path, const char *mode, struct diag *d);
void change_reader_free(struct change_reader *r);
/* 1 = *out is the next row, valid until the next call; 0 = there is none; -1.
 */
int change_reader_next(
    struct change_reader *r, const struct recorded_row **out, struct diag *d);
/* 1 = *out is that row; 0 = it is not named; -1. To be asked in the order of
 * the rows; one that comes before the last begins anew. */
int change_reader_find(struct change_reader *r, uint64_t row,
    const struct recorded_row **out, struct diag *d);

/* What changes.json says it is about; "" = it does not say. */
struct changes_binding {
	char mode[16], procedure[256], base_url[512];
	char input_key[65], mapping_key[65];
	char way_back_of[128], input_sha256[65], mapping_sha256[65];
};
/* -1: DIAG_USAGE if there is none, DIAG_INPUT if it is not a diff's. */
int changes_read_binding(
    const char *folder, struct changes_binding *out, struct diag *d);

#endif
