/* SPDX-License-Identifier: MIT */
/*
 * The decisions, in the order in which each rests on the one before. A second
 * reading cannot decide differently: it does not decide at all.
 */
#include "plan/plan.h"

#include "base/hash.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "front_verdict.h"
#include "http/transport.h"
#include "plan/options.h"
#include "plan/part.h"
#include "plan/reading.h"
#include "runs/run.h"
#include "system/screen.h"
#include "placeholder.h"
#include "text_look.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static int
take_tables(struct plan *p, const struct settings *o, struct diag *d)
{
	for (size_t i = 0; i < p->mapping->lookup_file_count; i++) {
		const struct lookup_file *file = &p->mapping->lookup_files[i];

		if (outputs_check_table(o, file->path, d) != 0)
			return -1;
		p->tables[p->table_count++] = (struct report_table){
		    file->name, file->sha256, file->entries};
	}
	return 0;
}

static int
load_mapping(struct plan *p, const char *mapping_path, bool is_stored,
    const struct settings *o, struct diag *d)
{
	memset(p, 0, sizeof(*p));
	diagnostics_init(&p->diagnostics);
	buf_init(&p->dialect_evidence, 1 << 16);
	p->mapping = is_stored
			 ? mapping_load_stored(mapping_path, &p->diagnostics)
			 : mapping_load(mapping_path, &p->diagnostics);
	if (p->mapping && plan_is_filled_in(p, mapping_path, o))
		return take_tables(p, o, d);
	if (p->diagnostics.errors == 0 && diag_stopped(d))
		return -1;
	diag_set(d, DIAG_USAGE, "the mapping '%s' has %zu error%s",
	    mapping_path, p->diagnostics.errors,
	    p->diagnostics.errors == 1 ? "" : "s");
	if (operand_is_csv(mapping_path))
		diag_help(d, "it is named like a CSV: inspect shows what is in "
			     "it, init writes a mapping for it");
	return -1;
}

int
plan_load_mapping(struct plan *p, const char *mapping_path,
    const struct settings *o, struct diag *d)
{
	return load_mapping(p, mapping_path, false, o, d);
}

int
plan_load_stored(struct plan *p, const char *mapping_path,
    const struct settings *o, struct diag *d)
{
	return load_mapping(p, mapping_path, true, o, d);
}

/* Settings that an option may put in the place of the mapping's. */
static int
settle_options(struct plan *p, const struct plan_request *r, struct diag *d)
{
	struct settings *o = &p->settings;
	const struct mapping *m = p->mapping;
	struct buf url = BUF_INIT(4096);

	*o = *r->settings;
	settings_apply_mapping(o, m->chunk_rows, m->chunk_bytes, m->in_flight);
	p->chunker_options = (struct chunker_options){
	    .chunk_rows = o->chunk_rows,
	    .chunk_bytes = o->chunk_bytes,
	    .limit = o->limit,
	};
	p->csv_path = operand_path(r->csv_path);
	p->csv_name =
	    xstrdup(operand_name(r->csv_name ? r->csv_name : r->csv_path));
	p->procedure = o->procedure
			   ? xstrdup(o->procedure)
			   : xstrndup(m->procedure.s, m->procedure.len);
	p->dialect = m->source.dialect;
	if (r->is_to_fix) {
		p->dialect.ignore_count = 0;
		p->dialect.skip_lines = 0;
		p->dialect.quote = '"';
		p->dialect.has_header = p->dialect.says_header = true;
	}
	if (dialect_settle(&p->dialect, o, d) < 0)
		return -1;
	if (base_url_normalise(o->base_url, &url, d) < 0) {
		buf_release(&url);
		return -1;
	}
	p->base_url = buf_detach(&url);
	return 0;
}

static void
note_input_key(void *ctx, struct field *f)
{
	bool *found = ctx;

	if (f->source == SOURCE_META && f->meta == META_INPUT_KEY)
		*found = true;
}

/* The whole input, read once ahead: its encoding and, where somebody needs
 * it, its hash and sums. */
static int
survey(struct plan *p, const char *named, const struct plan_request *r,
    bool needs_hash, struct diag *d)
{
	struct limited_source limited = {
	    .from = input_source(p->input), .left = r->surveyed_bytes};
	struct byte_source from =
	    r->surveyed_bytes ? limited_byte_source(&limited) : limited.from;
	struct meter *meter = settings_meter(&p->settings);
	int ret;

	if (needs_hash)
		p->sums = block_sums_new(BLOCK_COUNT_MAX);
	(void)meter_phase(meter, "surveying");
	ret = needs_hash
		  ? survey_marked(from, named, p->sums, r->marks, &p->survey, d)
		  : survey_encoding(from, named, &p->survey, d);
	(void)meter_phase(meter, NULL);
	if (ret < 0)
		return -1;
	/* What is held to sums may grow meanwhile; at the beginning of a run
	 * nothing should write to its file. */
	if ((r->surveyed_bytes ? input_restart(p->input, d)
			       : input_rewind(p->input, d)) < 0)
		return -1;
	reading_take_input(p->begun);
	p->has_survey = true;
	p->encoding = p->survey.encoding;
	if (!needs_hash)
		return 0;
	sha256_hex(p->survey.sha256, p->sha256_hex);
	run_input_key(p->sha256_hex, p->base_url, p->procedure, p->input_key);
	if (p->part == NULL)
		return 0;
	run_input_key(
	    p->part->whole_sha256, p->base_url, p->procedure, p->whole_key);
	return part_check(p->part, p->csv_name, p->sha256_hex, d);
}

/* 1 = a to-fix.csv is UTF-8, as we write it, whatever the mapping says of the
 * first input; 0 = it was saved in another encoding; -1. */
static int
is_utf8(struct plan *p, struct diag *d)
{
	struct encoding_decision decision;
	struct diag undecided = DIAG_INIT;
	const char *head;
	bool is_whole;
	size_t len;
	int got;

	if (replay_head(p->begun->replay, NULL, &head, &len, &is_whole, d) < 0)
		return -1;
	got = encoding_decide(head, len, is_whole, NULL, &decision, &undecided);
	if (input_restart(p->input, d) < 0)
		return -1;
	return got == 0 && (decision.evidence == ENCODING_BOM ||
			       decision.evidence == ENCODING_UTF8);
}

/* What the options or the mapping say of the encoding; empty: nothing. */
static int
wanted_encoding(struct plan *p, const struct plan_request *r,
    struct text *wanted, struct diag *d)
{
	int own = 0;

	*wanted = p->part		  ? text_of(p->part->reading.encoding)
		  : r->settings->encoding ? text_of(r->settings->encoding)
					  : p->mapping->source.encoding;
	if (r->is_to_fix && !r->settings->encoding && r->must_survey)
		own = is_utf8(p, d);
	if (own > 0 || text_is(*wanted, "auto"))
		*wanted = TEXT_LITERAL("");
	return own < 0 ? -1 : 0;
}

static int
decide_by_head(
    struct plan *p, const char *named, bool *is_whole, struct diag *d)
{
	bool is_pipe = !input_is_regular(p->input); /* it may be slow */
	const char *head;
	size_t len;

	if (replay_head(p->begun->replay,
		is_pipe ? settings_meter(&p->settings) : NULL, &head, &len,
		is_whole, d) < 0)
		return -1;
	return encoding_decide(head, len, *is_whole, named, &p->encoding, d);
}

/* Decides on the encoding: from the whole input when it can be read twice,
 * else from its first bytes. */
static int
decide_encoding(struct plan *p, const struct plan_request *r, struct diag *d)
{
	struct text wanted;
	bool is_auto, needs_key = p->part != NULL, is_whole;
	char named[sizeof(p->encoding.name)];

	if (wanted_encoding(p, r, &wanted, d) < 0)
		return -1;
	is_auto = wanted.len == 0;
	if (wanted.len >= sizeof(named))
		return diag_set(d, DIAG_USAGE, "unknown encoding '%.*s'",
		    (int)wanted.len, wanted.s);
	memcpy(named, wanted.s ? wanted.s : "", wanted.len);
	named[wanted.len] = '\0';
	mapping_each_field(p->mapping, note_input_key, &needs_key);
	if (input_is_regular(p->input)) {
		if (r->must_survey || needs_key ||
		    (is_auto && !r->assumes_utf8))
			return survey(p, is_auto ? NULL : named, r,
			    needs_key || (r->must_survey && !r->needs_no_hash),
			    d);
	} else if (needs_key) {
		diag_set(d, DIAG_USAGE,
		    "the mapping uses 'meta: input_key', which is not known "
		    "for a pipe before its end");
		return diag_help(d, "name a file instead");
	}
	if (r->must_survey) {
		diag_set(d, DIAG_USAGE,
		    "'%s' is not a file, and what is sent from it is read "
		    "more than once",
		    r->csv_path);
		return diag_help(d, "name a file");
	}
	if (decide_by_head(p, is_auto ? NULL : named, &is_whole, d) < 0)
		return -1;
	if (p->encoding.evidence != ENCODING_GUESSED || is_whole ||
	    !input_is_regular(p->input))
		return 0;
	/* It was never UTF-8: then the whole input decides. */
	return input_rewind(p->input, d) < 0 ? -1
					     : survey(p, NULL, r, false, d);
}

/* What a run was stored with, or a whole was split with, is not asked again. */
static bool
is_decided(const struct plan *p, const struct plan_request *r)
{
	return r->mapping_is_stored || p->part != NULL;
}

/* Is the text what the encoding's name promised? */
static int
look_at_text(struct plan *p, const struct plan_request *r, struct text decoded,
    struct diag *d)
{
	struct text_look look = {
	    .csv_name = p->csv_name,
	    .decision = &p->encoding,
	    .advice = encoding_help_advice(&p->encoding_help),
	};

	if (!is_decided(p, r) && text_look_refuse(&look, decoded, d) < 0)
		return -1;
	if (r->looks_at_text)
		text_look_warn(&p->diagnostics, p->csv_name, decoded);
	return 0;
}

static int
decide_dialect(struct plan *p, const struct plan_request *r, struct diag *d)
{
	struct first_bytes first;
	int ret =
	    first_bytes_decode(&first, p->begun->replay, p->encoding.name, d);

	if (ret == 0)
		ret = look_at_text(p, r,
		    (struct text){buf_str(&first.bytes), first.bytes.len}, d);
	if (ret == 0)
		ret = dialect_decide(&first, p->csv_name, &p->dialect,
		    &p->dialect_evidence, &p->front, d);
	first_bytes_release(&first);
	if (p->part)
		p->dialect.has_sep_line = p->part->reading.has_sep_line;
	return ret;
}

/* Without a guess there is nothing to read. */
static int
check_readable(const struct plan *p, struct diag *d)
{
	const struct encoding_decision *e = &p->encoding;

	if (e->evidence != ENCODING_MIXED && e->evidence != ENCODING_UNKNOWN)
		return 0;
	encoding_no_guess(e, p->csv_name, d);
	diag_at(d, p->csv_name,
	    e->first_bad_line < INT32_MAX ? (int)e->first_bad_line : 0, 0);
	return -1;
}

static void
settle_reader(struct plan *p, const struct plan_request *r)
{
	const struct settings *o = r->settings;
	const struct part_reading *part = p->part ? &p->part->reading : NULL;
	bool is_first = r->payload_version == RUN_PAYLOAD_FIRST;

	p->reader_options = (struct reader_options){
	    .dialect = p->dialect,
	    .ragged = p->mapping->source.ragged,
	    .blank_line_is_record = p->mapping->source.blank_line_is_record,
	    .repeated_header_is_record =
		is_first || p->mapping->source.repeated_header_is_record,
	    .end_marker_is_record = is_first || part,
	    .trim = p->mapping->trim,
	    .keeps_empty = p->mapping->empty_rows == EMPTY_ROWS_KEEP,
	    .max_cell = (size_t)o->max_cell,
	    .max_record = (size_t)o->max_record,
	    .max_columns = (size_t)o->max_columns,
	    .libcsv_only = o->engine == ENGINE_LIBCSV,
	    .min_width = mapping_max_index(p->mapping),
	    .width = part ? (size_t)part->width : 0,
	    .bom_is_text = part && part->front_bytes == 0,
	    .name = p->csv_name,
	};
}

static int
bind_mapping(struct plan *p, bool is_decided, struct diag *d)
{
	const struct header *header = plan_header(p);
	const struct diagnostics were = p->diagnostics;
	size_t errors;

	if (mapping_bind(p->mapping, header, p->csv_name, &p->diagnostics) <
		0 ||
	    mapping_values_check(p->mapping, header->count, &p->diagnostics) <
		0) {
		front_explain(&p->front, p->mapping, header, p->csv_name, &were,
		    &p->diagnostics);
		errors = p->diagnostics.errors - were.errors;
		return diag_set(d, DIAG_USAGE,
		    "the mapping '%s' does not fit '%s': %zu error%s",
		    p->mapping->file, p->csv_name, errors,
		    errors == 1 ? "" : "s");
	}
	if (!is_decided && front_weigh(&p->front, p->mapping, header,
			       p->csv_name, &p->diagnostics, d) < 0)
		return -1;
	front_release(&p->front);
	plan_settled(p);
	return 0;
}

static int
open_input(struct plan *p, const struct settings *o, struct diag *d)
{
	p->limits = settings_limits(o);
	p->input = input_open(p->csv_path, &p->limits, d);
	if (!p->input)
		return -1;
	p->begun = reading_begin(p);
	p->encoding_help = (struct encoding_help){
	    .path = input_is_regular(p->input) ? p->csv_path : NULL,
	    .limits = p->limits,
	    .decision = &p->encoding};
	return 0;
}

/* A part knows how its whole was read. */
static int
find_part(struct plan *p, const struct plan_request *r, struct diag *d)
{
	char *path = NULL;
	int ret = 0;

	if (r->rows_path)
		path = xstrdup(r->rows_path);
	else if (!r->mapping_is_stored && !r->is_to_fix &&
		 input_is_regular(p->input))
		path = part_rows_path(p->csv_path);
	if (path)
		ret = part_open(path, &p->part, d);
	free(path);
	if (ret < 0 || p->part)
		return ret < 0 ? -1
			       : part_settle_dialect(
				     p->part, r->settings, &p->dialect, d);
	if (r->rows_path == NULL)
		return 0;
	diag_set(d, DIAG_INPUT,
	    "unable to read '%s', which says where the rows of this part stood",
	    r->rows_path);
	diag_code(d, "run.changed");
	return diag_help(d, "restore the run folder from a backup");
}

int
plan_look(struct plan *p, const struct settings *o, const char *csv_path,
    struct diag *d)
{
	const struct plan_request whole = {.surveyed_bytes = 0};
	const char *named = o->encoding;
	bool is_whole;

	memset(p, 0, sizeof(*p));
	diagnostics_init(&p->diagnostics);
	buf_init(&p->dialect_evidence, 1 << 16);
	p->settings = *o;
	p->keeps_bad_bytes = true;
	p->csv_path = operand_path(csv_path);
	p->csv_name = xstrdup(operand_name(csv_path));
	p->dialect = (struct dialect){.delimiter = DIALECT_AUTO,
	    .quote = '"',
	    .has_header = true,
	    .blanks = BLANKS_AUTO};
	if (open_input(p, o, d) < 0 || dialect_settle(&p->dialect, o, d) < 0)
		return -1;
	if (named && strcmp(named, "auto") == 0)
		named = NULL;
	if (named && strlen(named) >= sizeof(p->encoding.name))
		return diag_set(
		    d, DIAG_USAGE, "unknown encoding '%.60s…'", named);
	return input_is_regular(p->input)
		   ? survey(p, named, &whole, false, d)
		   : decide_by_head(p, named, &is_whole, d);
}

int
plan_make(struct plan *p, const struct plan_request *r, struct diag *d)
{
	if (load_mapping(
		p, r->mapping_path, r->mapping_is_stored, r->settings, d) < 0 ||
	    settle_options(p, r, d) < 0)
		return -1;
	p->keys_folder = r->keys_folder;
	if (open_input(p, r->settings, d) < 0 || find_part(p, r, d) < 0)
		return -1;
	if (decide_encoding(p, r, d) < 0 || check_readable(p, d) < 0 ||
	    decide_dialect(p, r, d) < 0 ||
	    (!is_decided(p, r) &&
		front_refuse(&p->front, p->mapping, p->csv_name, d) < 0))
		return -1;
	settle_reader(p, r);
	if (reading_find_header(p->begun, d) < 0) {
		p->is_contradicted = reading_is_contradicted(p->begun);
		return -1;
	}
	return bind_mapping(p, is_decided(p, r), d);
}

const struct header *
plan_header(const struct plan *p)
{
	assert(p->begun);
	return reader_header(p->begun->reader);
}

void
plan_release(struct plan *p)
{
	reading_free(p->begun);
	part_free(p->part);
	if (!p->borrows_verdicts)
		key_verdicts_free(p->verdicts);
	encoding_help_release(&p->encoding_help);
	input_free(p->input);
	buf_release(&p->dialect_evidence);
	front_release(&p->front);
	mapping_free(p->mapping);
	diagnostics_release(&p->diagnostics);
	block_sums_free(p->sums);
	free(p->csv_path);
	free(p->csv_name);
	free(p->procedure);
	free(p->base_url);
	memset(p, 0, sizeof(*p));
}
