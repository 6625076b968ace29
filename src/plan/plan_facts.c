/* SPDX-License-Identifier: MIT */
/*
 * What a plan can tell: the verdicts at the end of a reading, and the settings
 * as canonical text.
 */
#include "option_table.h"
#include "plan/part.h"
#include "plan/reading.h"
#include "plan/settings.h"
#include "runs/run.h"
#include "system/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

int
plan_check_guess(const struct plan *p, struct diag *d)
{
	const struct encoding_decision *e = &p->encoding;
	struct buf doubt = BUF_INIT(0), reason = BUF_INIT(0);

	if (e->evidence != ENCODING_GUESSED)
		return 0;
	encoding_doubt_words(&doubt, e);
	encoding_reason_words(&reason, e);
	diag_set(d, DIAG_INPUT, "'%s': %s; its encoding was guessed: %s%s%s",
	    p->csv_name, buf_str(&reason), e->name,
	    doubt.len > 0 ? ", and the guess is weak: " : "", buf_str(&doubt));
	buf_release(&doubt);
	buf_release(&reason);
	if (e->ranking.is_weak)
		return diag_help(d,
		    "check first: csv2chakra init shows two cells in each "
		    "possible encoding; then pin the right one: --encoding %s",
		    e->name);
	return diag_help(d,
	    "check first: look at 'csv2chakra preview', then pin it: "
	    "--encoding %s",
	    e->name);
}

struct ascii {
	unsigned char next;
};

/* Each ASCII character once. */
static ssize_t
ascii_read(void *ctx, char *buf, size_t max, struct diag *d)
{
	struct ascii *a = ctx;
	size_t n = 0;

	(void)d;
	while (n < max && a->next < 0x80)
		buf[n++] = (char)a->next++;
	return (ssize_t)n;
}

static bool
keeps_ascii(const char *encoding)
{
	struct ascii ascii = {0};
	struct diag d = DIAG_INIT;
	struct decoder *dec =
	    decoder_new((struct byte_source){&ascii, ascii_read}, encoding, &d);
	char got[0x100];
	size_t len = 0;
	ssize_t n = dec ? 1 : 0;

	while (n > 0 && len < sizeof(got)) {
		n = decoder_read(dec, got + len, sizeof(got) - len, &d);
		len += n > 0 ? (size_t)n : 0;
	}
	decoder_free(dec);
	for (size_t i = 0; i < len; i++)
		if (got[i] != (char)i)
			return false;
	return len == 0x80;
}

int
plan_begins_as_ascii(const struct plan *p, struct diag *d)
{
	uint64_t left = p->encoding.first_bad_offset;
	struct raw_reading raw;
	char bytes[4096];
	ssize_t n = 1;
	int ret = keeps_ascii(p->encoding.name);

	if (raw_reading_open(&raw, p, d) < 0)
		return -1;
	while (ret > 0 && left > 0) {
		struct byte_source from = raw_reading_source(&raw);
		size_t max =
		    left < sizeof(bytes) ? (size_t)left : sizeof(bytes);

		n = from.read(from.ctx, bytes, max, d);
		if (n <= 0)
			break;
		left -= (uint64_t)n;
		for (ssize_t i = 0; i < n; i++)
			if ((unsigned char)bytes[i] >= 0x80)
				ret = 0;
	}
	raw_reading_release(&raw);
	return n < 0 ? -1 : ret;
}

int
plan_check_unchanged(const struct plan *p, struct diag *d)
{
	return input_is_regular(p->input) ? input_check_unchanged(p->input, d)
					  : 0;
}

const char *
plan_rows_name(const struct plan *p)
{
	return p->part ? p->part->whole_name : p->csv_name;
}

/* -v */
static void
tell_decisions(const struct plan *p)
{
	const struct dialect *x = &p->dialect;
	const struct mapping *m = p->mapping;
	struct buf why = BUF_INIT(0), sign = BUF_INIT(0);
	char lines[32];

	if (p->encoding.evidence == ENCODING_GUESSED)
		encoding_reason_words(&why, &p->encoding);
	log_decision("the mapping is '%s', for the procedure '%s', %s %.*s",
	    m->file, p->procedure, m->key ? "with the key" : "without a key",
	    (int)m->key_name.len, m->key_name.len > 0 ? m->key_name.s : "");
	log_decision("the service is at '%s'", p->base_url);
	log_decision("the encoding of '%s' is %s%s%s", p->csv_name,
	    p->encoding.name, why.len > 0 ? ", a guess: " : "", buf_str(&why));
	option_print_sign(&x->delimiter, &sign);
	log_decision("the delimiter is '%s'%s%s%s", buf_str(&sign),
	    p->dialect_evidence.len > 0 ? " (" : "",
	    buf_str(&p->dialect_evidence),
	    p->dialect_evidence.len > 0 ? ")" : "");
	log_decision("the first record, of %zu columns, after %s skipped "
		     "lines, is %s",
	    plan_header(p)->count, text_count(x->skip_lines, lines),
	    x->has_header ? "the header" : "data: there is no header");
	log_decision("a call has up to %llu rows, %llu bytes",
	    (unsigned long long)p->chunker_options.chunk_rows,
	    (unsigned long long)p->chunker_options.chunk_bytes);
	buf_release(&why);
	buf_release(&sign);
}

void
plan_settled(struct plan *p)
{
	const char *slash = strrchr(plan_rows_name(p), '/');

	p->facts.file_name = slash ? slash + 1 : plan_rows_name(p);
	p->facts.input_key = p->part ? p->whole_key : p->input_key;
	if (log_shows(LOG_DECISION))
		tell_decisions(p);
}

void
plan_set_parent(struct plan *p, const struct run_identity *parent)
{
	const char *slash = strrchr(parent->input_path, '/');
	bool is_part = parent->whole_key[0] != '\0';

	p->facts.file_name = is_part ? parent->whole_name
			     : slash ? slash + 1
				     : parent->input_path;
	p->facts.input_key = is_part ? parent->whole_key : parent->input_key;
}

static void
copy(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from);
}

void
plan_identify(const struct plan *p, struct run_identity *id)
{
	memset(id, 0, sizeof(*id));
	copy(id->input_key, sizeof(id->input_key), p->input_key);
	copy(id->input_sha256, sizeof(id->input_sha256), p->sha256_hex);
	id->input_bytes = p->survey.bytes;
	copy(id->base_url, sizeof(id->base_url), p->base_url);
	copy(id->procedure, sizeof(id->procedure), p->procedure);
	id->looks_first = p->mapping->mode != MODE_CREATE;
	if (p->part == NULL)
		return;
	copy(id->whole_key, sizeof(id->whole_key), p->whole_key);
	copy(id->whole_name, sizeof(id->whole_name), p->part->whole_name);
	id->first_row = p->part->first_row;
	id->last_row = p->part->last_row;
}

void
plan_canonical_reading(const struct plan *p, struct buf *out)
{
	const struct dialect *x = &p->dialect;
	const struct reader_options *o = &p->reader_options;

	buf_addf(out,
	    "encoding=%s delimiter=%d quote=%d header=%d skip_lines=%" PRIu64
	    " sep_line=%d max_cell=%zu max_record=%zu max_columns=%zu",
	    p->encoding.name, x->delimiter, x->quote, x->has_header,
	    x->skip_lines, x->has_sep_line, o->max_cell, o->max_record,
	    o->max_columns);
}

void
plan_canonical_options(const struct plan *p, struct buf *out)
{
	plan_canonical_reading(p, out);
	buf_addf(out,
	    " chunk_rows=%" PRIu64 " chunk_bytes=%" PRIu64 " procedure=%zu:%s",
	    p->chunker_options.chunk_rows, p->chunker_options.chunk_bytes,
	    strlen(p->procedure), p->procedure);
	if (p->chunker_options.imported_end > 0)
		buf_addf(
		    out, " after=%" PRIu64, p->chunker_options.imported_end);
	if (p->settings.unique_across)
		buf_adds(out, " unique=across");
	if (p->part)
		buf_addf(out, " rows=%s", p->part->rows_sha256);
}

/* Header and lines to skip may also be left for the program to find. */
static void
unsay(struct settings *o, const struct dialect *x)
{
	const struct {
		const char *name;
		bool is_said;
	} found[] = {{"header", x->says_header}, {"no-header", x->says_header},
	    {"skip-lines", x->says_skip_lines}};

	for (size_t i = 0; i < sizeof(found) / sizeof(found[0]); i++)
		if (!found[i].is_said)
			o->origins[optspec_find(options_table(), o->command,
			    found[i].name)] = ORIGIN_NONE;
}

void
plan_reading_options(const struct plan *p, struct buf *out)
{
	const struct mapping_source *said = &p->mapping->source;
	struct settings now = {.command = COMMAND_IMPORT}, mapping = now;
	struct buf encoding = BUF_INIT(0);

	buf_add(&encoding, said->encoding.s, said->encoding.len);
	mapping.encoding = buf_str(&encoding);
	mapping.delimiter = said->dialect.delimiter;
	mapping.quote = said->dialect.quote;
	mapping.header = said->dialect.has_header;
	mapping.no_header = !said->dialect.has_header;
	mapping.skip_lines = said->dialect.skip_lines;
	settings_take_reading(&mapping, &mapping);
	unsay(&mapping, &said->dialect);
	settings_decided(&now, p);
	unsay(&now, &p->dialect);
	settings_typed(&now, &mapping, out);
	buf_release(&encoding);
}
