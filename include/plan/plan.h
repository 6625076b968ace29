/* SPDX-License-Identifier: MIT */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

/*
 * What was decided about an input and its mapping, before the first record is
 * read and once for all: `check`, `convert`, `preview` and `import` decide in
 * the same way:
 *
 *   mapping -> input -> survey (SHA-256, encoding) -> dialect -> header ->
 *   mapping_bind
 *
 * What reads by it is a reading (plan/reading.h), as many as are needed: none
 * of them decides anything. Mistakes in the mapping and what the binding found
 * are collected in `diagnostics`, never printed here.
 */

#include "base/buf.h"
#include "base/diag.h"
#include "build/builder.h"
#include "build/chunker.h"
#include "csv/dialect.h"
#include "csv/reader.h"
#include "input/decoder.h"
#include "input/input.h"
#include "look/front.h"
#include "mapping/mapping.h"
#include "plan/reading_choices.h"
#include "plan/settings.h"
#include "report/problems.h"
#include "report/run_report.h"

#include <stdbool.h>

struct block_sums;
struct part;
struct reading;
struct run_identity;

struct plan_request {
	const struct settings *settings;
	const char *mapping_path;
	/* The copy in a run's folder, which keeps the meaning that it had
	 * (mapping_load_stored). */
	bool mapping_is_stored;
	/* How the input is read: run_identity.payload_version; 0 = today's.
	 * What 0.1.0 took for a header or a record stays one in its runs. */
	int payload_version;
	/* A to-fix.csv, or rejected rows of one: what the mapping's source:
	 * says was said of another file. It has a header in its first line,
	 * quotes are '"', nothing is left out, and what is UTF-8 is read so. */
	bool is_to_fix;
	/* A run of a part: its copy of the .rows. NULL = the one beside the
	 * CSV, if there is one and the mapping is not a run's. */
	const char *rows_path;
	const char *csv_path; /* "-" = standard input */
	const char *csv_name; /* what messages call it; NULL = the path */
	/* The whole input must be hashed (import, check): a pipe must have
	 * been spooled to a file. Otherwise it is hashed only when the mapping
	 * asks for the input key, read ahead without being hashed when the
	 * encoding is auto, and a pipe is decided on its first 1 MiB. */
	bool must_survey;
	/* With must_survey: nobody asks for the hash, but the mapping may. */
	bool needs_no_hash;
	/* Warn of text that was decoded wrongly (text_look_warn), for those
	 * that do not look at every cell. */
	bool looks_at_text;
	/* Lengths that earlier inputs had; NULL = nobody asks. */
	struct survey_marks *marks;
	/* A run that goes on: so many (decompressed) bytes are the run's, and
	 * what was appended since is not looked at. 0 = all of them. */
	uint64_t surveyed_bytes;
	/* Where the unique keys go that --unique-memory has no room for;
	 * borrowed; NULL = $TMPDIR, else /tmp. */
	const char *keys_folder;
	/* An input whose first 1 MiB is UTF-8 is taken for UTF-8 instead of
	 * being read ahead to its end; a byte further on that is none ends
	 * the reading with reading_is_contradicted. */
	bool assumes_utf8;
};

struct plan {
	/* Those of the request, with the mapping's submit: keys put in. */
	struct settings settings;
	struct diagnostics diagnostics;
	struct mapping *mapping;
	/* Its lookup tables, for the report. */
	struct report_table tables[LOOKUP_FILES_MAX];
	size_t table_count;
	char *csv_path, *csv_name; /* owned */
	char *procedure;	   /* effective; owned */
	char *base_url;		   /* normalised; owned */
	struct input *input;	   /* the file itself, which readings open */
	bool has_survey;	   /* the whole input was read ahead */
	struct survey survey;
	struct block_sums *sums; /* of its blocks; NULL unless hashed */
	char sha256_hex[65];	 /* "" unless it was hashed, too */
	char input_key[65];	 /* "" unless it was hashed, too */
	struct part *part;  /* it is a part of a file; NULL = it is whole */
	char whole_key[65]; /* of a part: the input key of the whole */
	struct encoding_decision encoding;
	struct dialect dialect;
	struct buf dialect_evidence;
	struct front front; /* until the mapping is bound */
	struct builder_facts facts;
	struct reader_options reader_options;
	struct chunker_options chunker_options;
	struct input_limits limits;
	struct encoding_help encoding_help;
	/* The reading that the header was read from; the first reading_open
	 * takes it, for a pipe is not read twice. */
	struct reading *begun;
	/* Of all its readings (reading.h); NULL = the index is in memory. */
	struct key_verdicts *verdicts;
	size_t verdicts_file;  /* this input's number in them */
	bool borrows_verdicts; /* they are of several inputs */
	bool keeps_keys;       /* in memory, for it is a pipe, and said so */
	const char *keys_folder;
	/* Bytes that contradict the encoding are problems of their rows, and
	 * never the end of the reading. */
	bool keeps_bad_bytes;
	/* It was taken for UTF-8 after its first bytes, and the header shows
	 * that it is none. */
	bool is_contradicted;
};

/* Loads and checks the mapping and its lookup tables alone. -1 = it has errors:
 * diag is DIAG_USAGE with their number, the mistakes themselves are in
 * p->diagnostics. plan_release either way. */
int plan_load_mapping(struct plan *p, const char *mapping_path,
    const struct settings *o, struct diag *d);
/* The same of a run's own copy (mapping_load_stored). */
int plan_load_stored(struct plan *p, const char *mapping_path,
    const struct settings *o, struct diag *d);
/* Decides everything. On -1 *p holds what was found so far, for its
 * diagnostics; plan_release either way. Errors: DIAG_USAGE (mapping, unknown
 * columns, options), DIAG_INPUT (the file, its encoding, its dialect). */
int plan_make(struct plan *p, const struct plan_request *r, struct diag *d);
/* The same without a mapping, as far as that goes: input, encoding, and what
 * the options say of the dialect. The first bytes are in p->begun->replay. */
int plan_look(struct plan *p, const struct settings *o, const char *csv_path,
    struct diag *d);
/* The end of plan_make: fills the facts, and tells what was decided (-v). */
void plan_settled(struct plan *p);
/* The header, until the first reading is opened. */
const struct header *plan_header(const struct plan *p);
/* What messages call the file that its rows stand in: of a part, the whole. */
const char *plan_rows_name(const struct plan *p);
/* Its readings are freed before. */
void plan_release(struct plan *p);

/* Of a guessed encoding: 1 = the bytes before the first that is not UTF-8 are
 * the same text in both; 0 = they are not; -1 = they cannot be read. */
int plan_begins_as_ascii(const struct plan *p, struct diag *d);

/* What a retry reads. The numbers are kept in the ledger. */
enum retry_input {
	RETRY_REJECTED = 0, /* the parent's rejected.csv: its input's bytes */
	RETRY_TO_FIX = 1,   /* a fixed to-fix.csv of the parent */
	RETRY_GUARDED = 2   /* the parent's rejected.csv, and its input was a
			     * fixed to-fix.csv: two columns in front, and
			     * cells with guards against formulas */
};
/* For a retry: `meta: file` and `meta: input_key` mean the parent's input, or
 * the whole that it was a part of.
 * Before the first row. Borrows the identity. */
void plan_set_parent(struct plan *p, const struct run_identity *parent);

/* Fills a new identity with what is known of the input and where it goes: its
 * keys, sums, target, and of a part its place in the whole. */
void plan_identify(const struct plan *p, struct run_identity *id);

/* What the end of a reading can tell, each -1 with DIAG_INPUT: the encoding
 * was guessed (check and convert go on and say so at the end, import stops
 * before the first send), the file changed meanwhile. */
int plan_check_guess(const struct plan *p, struct diag *d);
int plan_check_unchanged(const struct plan *p, struct diag *d);

/* What of the options decides the payload, as canonical text, for the run
 * key: reading settings and chunk limits. */
void plan_canonical_reading(const struct plan *p, struct buf *out);
void plan_canonical_options(const struct plan *p, struct buf *out);
/* The options that the reader was given although the mapping does not say
 * them: " --delimiter ';' --encoding windows-1252", for messages that tell how
 * to read a rejected.csv again. */
void plan_reading_options(const struct plan *p, struct buf *out);

/*
 * Words for people, shared by the commands that read a CSV.
 */

/* The mistakes and warnings of the mapping and its binding, to stderr, with
 * the mapping's lines. Prints nothing if there are none. Notes only with -v.
 * The first `shown` of them were shown before. */
void show_diagnostics(const struct plan *p, const struct settings *o,
    const char *mapping_path, size_t shown);

/* The groups of problems and the first ones one by one (report/terminal.h), to
 * stderr. Prints nothing if there are none. */
void show_problems(const struct problem_groups *g, const struct settings *o);

#endif
