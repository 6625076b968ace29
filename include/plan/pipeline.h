/* SPDX-License-Identifier: MIT */
#ifndef PLAN_PIPELINE_H
#define PLAN_PIPELINE_H

/*
 * The stages from the input's bytes to chunks, assembled in one place so that
 * `check`, `convert`, `preview` and `import` read the same file in the same
 * way:
 *
 *   mapping -> input -> survey (SHA-256, encoding) -> decoder -> dialect ->
 *   reader -> mapping_bind -> builder -> chunker
 *
 * A pipeline is opened once per reading of the input. pipeline_reopen gives a
 * second, identical one over the same file (the closing pass); it borrows the
 * first one's mapping and decisions. Mistakes in the mapping and what the
 * binding found are collected in `diagnostics`, never printed here.
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
#include "mapping/diagnostics.h"
#include "mapping/mapping.h"
#include "plan/options.h"
#include "plan/reading_choices.h"
#include "report/run_report.h"

#include <stdbool.h>

struct block_sums;
struct held_source;
struct replay_source;
struct utf8_guard;

struct pipeline_request {
	struct options *options; /* submit: keys of the mapping are put in */
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
	const char *csv_path; /* "-" = standard input */
	const char *csv_name; /* what messages call it; NULL = the path */
	/* The whole input must be hashed (import, check): a pipe must have
	 * been spooled to a file. Otherwise it is hashed only when the mapping
	 * asks for the input key, read ahead without being hashed when the
	 * encoding is auto, and a pipe is decided on its first 1 MiB. */
	bool must_survey;
	/* Warn of text that was decoded wrongly (text_look_warn), for those
	 * that do not look at every cell. */
	bool looks_at_text;
	/* A run that goes on: so many (decompressed) bytes are the run's, and
	 * what was appended since is not looked at. 0 = all of them. */
	uint64_t surveyed_bytes;
	/* An input whose first 1 MiB is UTF-8 is taken for UTF-8 instead of
	 * being read ahead to its end; a byte further on that is none ends
	 * the reading with pipeline_is_contradicted. */
	bool assumes_utf8;
};

struct pipeline {
	/* Decisions, the same for every reading. */
	struct diagnostics diagnostics;
	struct mapping *mapping;
	bool owns_decisions;	   /* false in a reopened one */
	char *csv_path, *csv_name; /* owned */
	char *procedure;	   /* effective; owned */
	char *base_url;		   /* normalised; owned */
	bool has_survey;	   /* the whole input was read ahead */
	struct survey survey;
	struct block_sums *sums; /* of its blocks; NULL unless hashed */
	char sha256_hex[65];	 /* "" unless it was hashed, too */
	char input_key[65];	 /* "" unless it was hashed, too */
	struct encoding_decision encoding;
	struct dialect dialect;
	struct buf dialect_evidence;
	struct front front; /* until the mapping is bound */
	struct builder_facts facts;
	struct reader_options reader_options;
	struct chunker_options chunker_options;

	struct input_limits limits;
	struct encoding_help encoding_help;

	/* This reading. */
	struct input *input;
	struct held_source *held;     /* to the sums; NULL without them */
	struct replay_source *replay; /* its first bytes, read twice */
	struct decoder *decoder;
	struct utf8_guard *guard;    /* a pipe taken for UTF-8 */
	struct byte_counter counter; /* what the reader was given */
	struct reader *reader;
	struct builder *builder;
	struct chunker *chunker; /* NULL before pipeline_start */
};

/* Loads and checks the mapping alone into p->mapping and p->diagnostics.
 * -1 = the mapping has errors: diag is DIAG_USAGE with their number, the
 * mistakes themselves are in p->diagnostics. */
int pipeline_load_mapping(
    struct pipeline *p, const char *mapping_path, struct diag *d);

/* Everything up to the builder; the header has been read and bound. On -1 *p
 * holds what was found so far, for its diagnostics; pipeline_release either
 * way. Errors: DIAG_USAGE (mapping, unknown columns, options), DIAG_INPUT (the
 * file, its encoding, its dialect). */
int pipeline_open(
    struct pipeline *p, const struct pipeline_request *r, struct diag *d);
/* The same file from its first byte again: the one that `first` holds, and
 * bytes that are the surveyed ones or fail as "input.changed". Borrows
 * `first`, which must not be a pipe's. */
int pipeline_reopen(
    struct pipeline *p, const struct pipeline *first, struct diag *d);
/* The input was taken for UTF-8 after its first bytes, and is none. */
bool pipeline_is_contradicted(const struct pipeline *p);
/* Of a guessed encoding: 1 = the bytes before the first that is not UTF-8 are
 * the same text in both; 0 = they are not; -1 = they cannot be read. */
int pipeline_begins_as_ascii(const struct pipeline *p, struct diag *d);
/* Makes the chunker, from which everything is pulled. The observer (borrowed,
 * may be NULL) comes only now because it may need p->reader and p->builder. */
void pipeline_start(struct pipeline *p, const struct row_observer *observer);
/* What a retry reads. The numbers are kept in the ledger. */
enum retry_input {
	RETRY_REJECTED = 0, /* the parent's rejected.csv: its input's bytes */
	RETRY_TO_FIX = 1,   /* a fixed to-fix.csv of the parent */
	RETRY_GUARDED = 2   /* the parent's rejected.csv, and its input was a
			     * fixed to-fix.csv: two columns in front, and
			     * cells with guards against formulas */
};
/* For a retry: `meta: file` and `meta: input_key` mean the parent's input.
 * Before pipeline_start. Borrows the identity. */
struct run_identity;
void pipeline_set_parent(struct pipeline *p, const struct run_identity *parent);
/* This reading is over: frees the chunker and the builder with its unique
 * index, and keeps what was decided and counted. */
void pipeline_stop(struct pipeline *p);
void pipeline_release(struct pipeline *p);

/* What the end of a reading can tell, each -1 with DIAG_INPUT: the encoding
 * was guessed (check and convert go on and say so at the end, import stops
 * before the first send), a quote never closed, the file changed meanwhile. */
int pipeline_check_guess(const struct pipeline *p, struct diag *d);
int pipeline_check_unclosed(const struct pipeline *p, struct diag *d);
int pipeline_check_unchanged(const struct pipeline *p, struct diag *d);
/* The reading came to the end of what was surveyed, and more follows. */
bool pipeline_has_grown(const struct pipeline *p);

/* The decompressed bytes of the same file as they came (exact rejects), held
 * to the sums as every reading is. */
struct raw_reading {
	struct input *input;
	struct held_source *held;
};
int pipeline_open_raw(
    const struct pipeline *p, struct raw_reading *raw, struct diag *d);
struct byte_source raw_reading_source(const struct raw_reading *raw);
void raw_reading_release(struct raw_reading *raw);

/* What of the options decides the payload, as canonical text, for the run
 * key: reading settings and chunk limits. */
void pipeline_canonical_options(const struct pipeline *p, struct buf *out);

/* The options that the reader was given although the mapping does not say
 * them: " --delimiter ';' --encoding windows-1252", for messages that tell how
 * to read a rejected.csv again. */
void pipeline_reading_options(const struct pipeline *p, struct buf *out);

#endif
