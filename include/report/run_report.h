/* SPDX-License-Identifier: MIT */
#ifndef REPORT_RUN_REPORT_H
#define REPORT_RUN_REPORT_H

/*
 * All facts of a run, and the report made of them: as JSON
 * ("schema": "csv2chakra.report/2", see csv2chakra-report(5)), as text for a
 * terminal, and as a page for a browser.
 *
 * struct run_report is plain data that borrows everything; NULL texts and
 * zero numbers mean "not known" and are left out. Chunks, calls and events
 * are read from the ledger while the JSON is written, so that the size of the
 * run costs no memory. The token is in none of these facts.
 */

#include "base/buf.h"
#include "base/diag.h"
#include "base/outcome.h"
#include "chakra/contact.h"
#include "csv/reader.h"
#include "input/input.h"
#include "ledger/ledger.h"
#include "look/hazards.h"
#include "report/problems.h"
#include "runs/run.h"
#include "system/clock.h"
#include "system/own_files.h"
#include "system/screen.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define REPORT_SCHEMA "csv2chakra.report/2"

/*
 * The books of a run: promise 1 as two equations.
 *
 *   rows read = created + accepted + refused + rejected + skipped
 *               + unknown + unsent
 *   bytes     = BOM + preamble + header + blank lines + records + unread
 *
 * Each term is handed in from its own source, and none is computed from the
 * others: rows read from the reader; bytes from counting what the decoder
 * gave; outcomes, blank lines and records from the (reopened) ledger, whose
 * chunk ranges must tile the input; BOM, preamble and header from the reader;
 * unread from the ranges of the records that lie after the ledger's last
 * chunk when the input is read to its end (row_files_reread), or from the
 * bytes that were drained after it. A sum that does not come out is a bug or
 * a damaged file, and ends the program with exit status 70.
 */

struct accounts {
	/* Left sides. */
	uint64_t rows_read;
	uint64_t bytes;
	/* Right sides. */
	struct outcome_counts rows;
	uint64_t bom_bytes, preamble_bytes, header_bytes;
	uint64_t blank_bytes, record_bytes;
	uint64_t unread_bytes;
	/* What goes with them. */
	uint64_t blank_lines;
	uint64_t unread_line;  /* the first unread line; 0 = none */
	bool may_leave_unread; /* the run was stopped or limited */
	/* The input could not be read again to its end: what is left of it
	 * cannot be counted, and the equation of bytes is not asked for. */
	bool input_lost;
	/* Of an undo: the rows are those that its parent created, and no bytes
	 * are read for their own sake. */
	bool is_undo;
	uint64_t chunks, first_begin, last_end; /* the tiling */
	bool tiles;
};

/* Fill the terms whose source it is, and no others. */
void accounts_from_ledger(
    struct accounts *a, const struct ledger_totals *totals);
/* BOM, preamble and header; rows read. */
void accounts_from_reader(struct accounts *a, const struct reader_tally *tally);

/* The books of one more input: sums, in which nothing tiles. */
void accounts_add(struct accounts *a, const struct accounts *more);

/* 0 if both equations hold, the ranges tile, and nothing is unread that
 * should have been read; else -1, DIAG_INTERNAL, code "books.rows",
 * "books.bytes", "books.tiling" or "books.unread", with both sides. */
int accounts_check(const struct accounts *a, struct diag *d);

/* Both equations in words, a line each where it fits 80 columns, indented by
 * two spaces; terms that are 0 are left out (the sums are not). */
void accounts_text(const struct accounts *a, bool is_dry, struct buf *out);
/* The same as an object of JSON. */
void accounts_json(const struct accounts *a, struct buf *out);

/* A setting as it took effect. Never the token. */
struct run_setting {
	const char *name, *value; /* "chunk-rows", "500" */
	const char *from; /* "option", "environment", "mapping", "default" */
};

/* What can still be done about rows that are unknown. */
enum run_rest {
	REST_ASK,    /* reconcile may settle some */
	REST_ABSENT, /* it settled none; with --resend-absent it may */
	REST_RESENT, /* sent twice and proven absent: for the next import */
	REST_BY_HAND /* asking again settles nothing: a person has to look */
};

/* A lookup table of the mapping. */
struct report_table {
	const char *file, *sha256;
	uint64_t entries;
};

struct run_report {
	bool dry_run; /* nothing was or could be sent */
	const char *program_version;
	const char *run_id, *folder; /* NULL in a dry run without -o */
	struct shell_where where;    /* what its commands say again */
	const char *parent;	     /* the run that it retries, or NULL */
	const char *undone_by;	     /* the undo that takes it back, or NULL */
	bool undo_is_over;	     /* … and left nothing of it */
	bool is_undo;		     /* … or takes back */

	const char *input_name;
	const char *input_sha256; /* hex */
	uint64_t input_bytes;	  /* decompressed */
	const char *compression;  /* "none", "gzip", … */
	const char *encoding, *encoding_evidence;
	bool encoding_guessed;
	struct dialect dialect;
	size_t columns;

	const char *mapping_file, *mapping_sha256;
	const struct report_table *tables; /* its lookup tables */
	size_t table_count;
	const char *base_url, *procedure;
	/* `rehearse`: its mapping and CSV as they were typed, for the next
	 * command (the service is gone by the time it is read); else NULL. */
	const char *const *rehearsed;
	/* The sandbox answered, or somebody on this machine: where the rows
	 * are, if not in ChakraHQ ("the sandbox at 127.0.0.1:8787"); else
	 * NULL. */
	bool rehearsal;
	const char *place;
	/* How far the service's clock is ahead of this machine's. */
	bool has_clock;
	int64_t clock_offset_ms;
	const struct contact *contact; /* what it showed of itself, or NULL */
	const struct run_setting *settings;
	size_t setting_count;
	const struct run_part *parts;
	size_t part_count;

	struct accounts accounts;
	const struct problem_groups *groups; /* may be NULL */
	struct ledger *ledger; /* chunks, calls, events; may be NULL */

	struct failed_rows *failed; /* of the page; may be NULL */

	/* Dry runs. What looks damaged, and the header for its columns. */
	const struct hazard *hazards;
	size_t hazard_count;
	const struct header *header;
	uint64_t requests;	/* creates that an import would send */
	uint64_t request_bytes; /* of their bodies */
	double rate_per_s;	/* --rate; 0 = none */
	/* Why an import would send nothing at all, although the rows are as
	 * they are; NULL = it would not be held up. */
	const char *held_by;

	/* Why it ended: NULL = it came to the end of its work. Else the
	 * words of the stop ("HTTP 401: token expired"), and its kind. */
	const char *stopped_by;
	enum diag_kind stop_kind;
	const char *stop_code; /* "http.404"; NULL or "" = none */
	bool limited;	       /* stopped after --limit records */
	enum run_rest rest;
	bool looks_first; /* run_identity */
	/* It was begun by a version that reads the input differently: this one
	 * cannot continue it. */
	bool is_other_version;
	bool is_retried; /* a retry of what failed ended well */
	bool unclosed_quote;
	/* Why the input could not be read again to its end; NULL = it could.
	 * The rows from there on come from the ledger alone. */
	const char *input_lost;
	bool balanced;	    /* accounts_check said 0 */
	bool has_row_files; /* results.csv and the others are in folder */
	const struct own_files *files; /* … by these names; may be NULL */
	uint64_t limit;
	int exit_status;

	bool in_full;	   /* of the text: all that is known of the run */
	bool all_problems; /* of the text: all causes, with all their help */

	uint64_t cut_parts; /* that lie beside the files: of a split, else 0 */

	/* NULL: run_report_next makes it from the outcomes. */
	const char *next_command;
	/* Options that rejected.csv needs to be read again, or NULL:
	 * "--delimiter ';' --encoding windows-1252". */
	const char *reading_options;
	/* Options about reading, and where rows go, that were typed, to be
	 * repeated in the next command; NULL = none. */
	const char *typed_options;
	/* Where a run's rows go, for a command that imports its input again:
	 * " --base-url http://…"; NULL = the default, and the mapping's. */
	const char *place_options;
};

/* How long its parts took together, without the time between them. */
int64_t run_report_worked_ms(const struct run_report *r);

/* One sentence: what became of the rows. Appends to out. */
void run_report_verdict(const struct run_report *r, struct buf *out);
/* "csv2chakra COMMAND RUN", with the runs folder. Appends to out. */
void run_report_add_command(
    const struct run_report *r, const char *command, struct buf *out);
/* The one command that continues from here, or nothing if nothing is left to
 * do. Appends to out. */
void run_report_next(const struct run_report *r, struct buf *out);

/* The JSON Schema of what report_json writes (2), and of what 0.1.0 wrote
 * (1). */
struct text report_schema(int version);

/* The whole report as one JSON object. Chunks and calls beyond so many chunks
 * are left out, which it says, unless all_calls. Write errors stay in the
 * stream. -1: the ledger could not be read. */
#define REPORT_CHUNKS_MAX 10000
int report_json(
    const struct run_report *r, bool all_calls, FILE *out, struct diag *d);

/* The report for a terminal of 24 lines and 80 columns: causes, files, books,
 * and last the verdict and the next command; colours only if asked. For dry
 * runs what would be sent and what cannot be checked offline. */
void report_text(const struct run_report *r, bool with_colour, struct buf *out);

/* The report as a page: one file that needs no other (report.html), written
 * as it goes; both read the ledger and r->failed. */
int report_html(const struct run_report *r, FILE *out, struct diag *d);

/* One of several runs on a page. NULL: nothing to say. */
struct html_run {
	const char *name, *words, *next, *folder;
};
/* A page about several: `sum` holds the sum of their books. */
void report_html_runs(const struct run_report *sum, const char *verdict,
    const struct html_run *runs, size_t count, FILE *out);

/* report.json, report.html and the row files (NULL: none) appear in `folder`,
 * under names that replace nothing that is not ours (system/own_files.h).
 * r->files becomes `own`, which the caller keeps. */
struct row_files;
int report_files_write(struct run_report *r, const char *folder,
    struct own_files *own, struct row_files *rows, struct diag *d);

/* Who answered: "ChakraHQ", "the sandbox", or "the service" for another one
 * on this machine. */
const char *run_report_service(const struct run_report *r);
/* What an outcome means, in a dry run or a real one; nothing when it cannot
 * be. Appends to out. */
void run_report_meaning(
    const struct run_report *r, enum outcome o, struct buf *out);
/* What a person has to check before the next command, or nothing. Appends to
 * out. */
void run_report_check_first(const struct run_report *r, struct buf *out);
/* What the next command does, by its verb: "Continue where …:"; nothing if it
 * is not one of ours. Appends to out. */
void run_report_next_words(
    const struct run_report *r, const char *command, struct buf *out);
/* The i-th file that is in the folder, and what it is for; false after the
 * last. */
bool run_report_file(
    const struct run_report *r, size_t i, enum own_file *which, char words[80]);
/* What a dry run cannot check, NULL after the last. */
const char *run_report_offline(size_t i);

/*
 * --metrics-file: how a run went, in Prometheus' text format, for the textfile
 * collector of node-exporter. Every sample carries the label `import`, the
 * file's name without its ending: several imports in one folder never clash,
 * and a series lives on from run to run. The file appears whole, mode 0644. It
 * is written however the command ends, except by a kill; what is not known (the
 * rows of a run that never began) is left out.
 */

struct run_metrics {
	const char *path; /* NULL: only for --notify */
	const char *command;
	int64_t started_ms, started_mono_ms;
	/* Of the file that is there; 0 = never. The last change is the
	 * beginning of the newest run that was not of an input which had been
	 * imported before. */
	int64_t last_success_ms, last_change_ms;
	bool has_books; /* the members below are known */
	struct accounts accounts;
	char run_id[128], procedure[256];
	/* For --notify: of several runs the one that ended worst, the first of
	 * them; "" = none. */
	char worst_id[128], worst_folder[4096];
	int worst_status;
	char verdict[512]; /* its words, or those of all of several inputs */
	bool is_of_several;
};

/* Before anything is sent: reads the last success out of the file that is
 * there, and finds out whether a new one can be written. -1: it cannot. */
int metrics_begin(struct run_metrics *m, const char *path, const char *command,
    const struct clock *clock, struct diag *d);
/* Adds what the books say; m may be NULL. */
void metrics_take(struct run_metrics *m, const struct run_report *r);
/* Instead, of an input that an earlier run imported: what became of its rows,
 * and when that run began. m may be NULL. */
void metrics_take_earlier(struct run_metrics *m, const struct accounts *a,
    const struct run_identity *id);
/* Writes the file. */
int metrics_end(const struct run_metrics *m, int exit_status,
    const struct clock *clock, struct diag *d);

/* The text of it, for tests: `now_ms` is the end. */
void metrics_text(const struct run_metrics *m, int exit_status, int64_t now_ms,
    int64_t duration_ms, struct buf *out);
/* The last success and the last change in such a text, ms; 0 = none. */
int64_t metrics_last_success(const char *text);
int64_t metrics_last_change(const char *text);

struct diagnostics;
struct rate_limit;

/* What came of one input. */
struct run_answer {
	const struct run_report *report; /* NULL: no row was read, or sent */
	/* Without a report. "nothing to do: imported before, by run …". */
	const char *words;
	const char
	    *run_id;	  /* of the run that imported it before; NULL = none */
	bool is_unknown;  /* … and that left unknown rows */
	const char *next; /* the command that goes on; NULL = none */
	/* What is wrong with the mapping for this input; NULL = not told. */
	const struct diagnostics *diagnostics;
};

/* Who is told what came of an input. A copy is as good as the original. */
struct run_audience {
	struct run_metrics *metrics; /* NULL = nobody asks */
	/* Takes the answer, which is printed on stdout if this is NULL. Views
	 * are valid during the call. */
	int (*take)(void *ctx, const struct run_answer *a, struct diag *d);
	void *ctx;
	struct rate_limit *rate; /* several inputs share it; NULL = there is
				  * one */
	/* Diagnostics of the mapping that were shown before, for another
	 * input. */
	size_t shown;
};

#endif
