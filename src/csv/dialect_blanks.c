/* SPDX-License-Identifier: MIT */
/*
 * The sample is read with each delimiter as if blanks around quotes were
 * nothing. If that leaves no quote broken, most records as wide as the others,
 * and blanks were skipped, the file is written so.
 */
#include "dialect_blanks.h"

#include "csv/sample.h"

#include <string.h>

#define LINE_CHARS 60 /* of the first record, in the message */

static const char CANDIDATES[] = {',', ';', '\t', '|'};

static bool
may_end_cell(char c, char delimiter)
{
	return c == '\n' || c == '\r' || c == delimiter ||
	       memchr(CANDIDATES, c, sizeof(CANDIDATES)) != NULL;
}

/* From beside a quote outwards: blanks, and then what may be the end of a cell?
 * A tab behind the first blank may be that, too. */
static bool
is_spaced(const struct sample *sample, size_t at, bool back, char delimiter)
{
	bool has_blank = false;

	/* Before the first byte `at` wraps around. */
	for (; at < sample->len; at += back ? (size_t)-1 : 1) {
		char c = sample->s[at];

		if (has_blank && may_end_cell(c, delimiter))
			return true;
		if (!is_skipped_blank(c, 0))
			return false;
		has_blank = true;
	}
	return has_blank;
}

/* Blanks between some quote and the end of a cell: without them there is
 * nothing to ask. */
static bool
has_spaced_quote(const struct sample *sample, char delimiter)
{
	const char *s = sample->s, *end = s + sample->len, *at = s;

	while (sample->quote != 0 && at < end &&
	       (at = memchr(at, sample->quote, (size_t)(end - at)))) {
		size_t i = (size_t)(at++ - s);

		if (is_spaced(sample, i - 1, true, delimiter) ||
		    is_spaced(sample, i + 1, false, delimiter))
			return true;
	}
	return false;
}

static bool
is_written_so(const struct sample_reading *r)
{
	return r->spaced > 0 && r->broken == 0 && r->usual > 1 &&
	       r->first == r->usual && r->even * 2 >= r->records;
}

/* The delimiter with which most records have blanks around quotes; 0 = with
 * none does the whole sample read so. */
static char
find_delimiter(const struct sample *sample, const struct dialect *dialect)
{
	struct sample_reading r;
	size_t best = 0;
	char found = 0;

	for (size_t i = 0; i < sizeof(CANDIDATES); i++) {
		char delimiter = CANDIDATES[i];

		if (dialect->delimiter != DIALECT_AUTO)
			delimiter = dialect->delimiter;
		if (delimiter == sample->quote)
			continue;
		sample_read(&r, sample, delimiter);
		if (is_written_so(&r) && r.spaced > best) {
			best = r.spaced;
			found = delimiter;
		}
		if (dialect->delimiter != DIALECT_AUTO)
			break;
	}
	return found;
}

static int
refuse(const struct sample *sample, char delimiter, struct diag *d)
{
	char name[4] = {'\'', delimiter, '\'', '\0'};
	struct sample_walk first = sample_walk_begin(sample, delimiter);
	struct buf line = BUF_INIT(0);

	if (sample_walk_next(&first))
		text_display(&line, first.content, LINE_CHARS);
	diag_set(d, DIAG_INPUT,
	    "there are blanks between quotes and the delimiter %s: '%s'",
	    delimiter == '\t' ? "tab" : name, buf_str(&line));
	diag_code(d, "csv.blanks_around_quotes");
	diag_help(d, "`blanks: around_quotes` in the mapping's source skips "
		     "them");
	buf_release(&line);
	return -1;
}

int
dialect_settle_blanks(struct sample *sample, struct dialect *dialect,
    struct buf *evidence, struct diag *d)
{
	enum blanks_policy policy = dialect->blanks;
	struct sample_reading kept;
	char delimiter = 0;

	if (policy == BLANKS_AUTO)
		dialect->blanks = BLANKS_KEEP;
	if (policy != BLANKS_AROUND_QUOTES &&
	    has_spaced_quote(sample, dialect->delimiter)) {
		sample->skips_blanks = true;
		delimiter = find_delimiter(sample, dialect);
		sample->skips_blanks = false;
	}
	if (delimiter != 0 && policy == BLANKS_KEEP) {
		sample_read(&kept, sample, delimiter);
		if (kept.first == 0 && dialect->delimiter == DIALECT_AUTO)
			return refuse(sample, delimiter, d);
	}
	if (delimiter != 0 && policy == BLANKS_AUTO) {
		dialect->blanks = BLANKS_AROUND_QUOTES;
		if (evidence)
			buf_addf(evidence,
			    "%sblanks between quotes and delimiters are not "
			    "data; ",
			    evidence->len > 0 ? "; " : "");
	}
	sample->skips_blanks = dialect->blanks == BLANKS_AROUND_QUOTES;
	return 0;
}
