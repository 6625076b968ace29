/* SPDX-License-Identifier: MIT */
/*
 * The sample is read with each candidate. A reading contends when its first
 * record has several cells and most records are as wide as the others; then
 * the cells decide between contenders: numbers such as 1,5 explain commas
 * under another delimiter, and so do a blank after each of them and quotes
 * that would be inside cells. What that does not settle is refused with
 * both readings shown. A score that always names a winner was refused: a wrong
 * delimiter that nobody noticed is a wrong import.
 */
#include "csv/dialect.h"

#include "base/text.h"
#include "csv/sample.h"
#include "dialect_blanks.h"

#include <inttypes.h>
#include <string.h>

#define CANDIDATES 4
#define SEP "sep="

static const char CANDIDATE[CANDIDATES] = {',', ';', '\t', '|'};

/* Shares in percent. */
enum {
	EVEN_SHARE = 50,  /* of the records, for a reading to contend */
	CLEAR_LEAD = 20,  /* ahead of another contender */
	TABLE_SHARE = 60, /* from where a table begins */
	NEARLY_ALL = 95,
	HARDLY_ANY = 5
};

static bool
is_share(size_t part, size_t whole, unsigned percent)
{
	return whole > 0 && part * 100 >= whole * percent;
}

static size_t
share(size_t part, size_t whole)
{
	return whole > 0 ? part * 100 / whole : 0;
}

static const char *
delimiter_name(char c, char name[8])
{
	struct buf b = BUF_INIT(0);

	text_add_sign(&b, c);
	memcpy(name, buf_str(&b), b.len + 1);
	buf_release(&b);
	return name;
}

static bool
is_sep(struct text line, char *delimiter)
{
	if (line.len == 7 && line.s[0] == '"' && line.s[6] == '"') {
		line.s++;
		line.len = 5;
	}
	if (line.len != 5 || (line.s[0] | 0x20) != 's' ||
	    (line.s[1] | 0x20) != 'e' || (line.s[2] | 0x20) != 'p' ||
	    line.s[3] != '=')
		return false;
	*delimiter = line.s[4];
	return line.s[4] == '\t' || (line.s[4] >= ' ' && line.s[4] <= '~');
}

/* Excel's `sep=;` on the first line. */
static void
look_for_sep(
    const struct sample *sample, struct dialect *dialect, struct buf *evidence)
{
	struct text line = {sample->s, line_length(sample->s, sample->len)};
	char delimiter, name[8];

	dialect->has_sep_line = is_sep(line, &delimiter);
	if (!dialect->has_sep_line || dialect->delimiter != DIALECT_AUTO)
		return;
	dialect->delimiter = delimiter;
	if (evidence)
		buf_addf(evidence, "delimiter %s: the first line says `%.*s`",
		    delimiter_name(delimiter, name), (int)line.len, line.s);
}

/* A reading that could be right as it stands. */
static bool
contends(const struct sample_reading *r)
{
	return r->first > 1 && r->usual > 1 &&
	       is_share(r->even, r->records, EVEN_SHARE);
}

/* How good the fit is: a header that is as wide as the rows counts. */
static size_t
fit(const struct sample_reading *r)
{
	size_t percent = share(r->even, r->records);

	return r->first == r->usual ? percent : percent / 2;
}

/* The cells say that `a` is right where `b` could be, too. */
static bool
cells_prefer(const struct sample *sample, char a, char b)
{
	struct cell_evidence in_a = sample_cells(sample, a, b);
	struct cell_evidence in_b = sample_cells(sample, b, a);

	if (is_share(in_a.numbers, in_a.holding, NEARLY_ALL) &&
	    !is_share(in_b.numbers, in_b.holding, NEARLY_ALL))
		return true;
	if (is_share(in_b.blank, in_b.inner, NEARLY_ALL) &&
	    !is_share(in_a.blank, in_a.inner, HARDLY_ANY))
		return true;
	/* Quotes around cells in one reading are inside cells in the other. */
	return in_a.bare == 0 && in_b.bare > 0;
}

static bool
beats(const struct sample *sample, const struct sample_reading *a,
    const struct sample_reading *b)
{
	size_t fit_a = fit(a), fit_b = fit(b);

	if (fit_a >= fit_b + CLEAR_LEAD)
		return true;
	return fit_b < fit_a + CLEAR_LEAD &&
	       cells_prefer(sample, a->delimiter, b->delimiter) &&
	       !cells_prefer(sample, b->delimiter, a->delimiter);
}

/* The contender that beats all others, or NULL. */
static const struct sample_reading *
find_winner(const struct sample *sample,
    const struct sample_reading *const *contenders, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		bool wins = true;

		for (size_t k = 0; k < count && wins; k++)
			wins = k == i ||
			       beats(sample, contenders[i], contenders[k]);
		if (wins)
			return contenders[i];
	}
	return NULL;
}

static int
refuse_ambiguous(const struct sample *sample, const struct sample_reading *a,
    const struct sample_reading *b, struct diag *d)
{
	struct buf in_a = BUF_INIT(0), in_b = BUF_INIT(0);
	char name_a[8], name_b[8];

	sample_show(sample, a->delimiter, 2, &in_a);
	sample_show(sample, b->delimiter, 2, &in_b);
	diag_set(d, DIAG_INPUT,
	    "unable to tell the delimiter: with %s the first rows are %.400s; "
	    "with %s they are %.400s",
	    delimiter_name(a->delimiter, name_a), buf_str(&in_a),
	    delimiter_name(b->delimiter, name_b), buf_str(&in_b));
	diag_code(d, "csv.ambiguous_delimiter");
	diag_help(d, "name one: --delimiter %s or --delimiter %s",
	    delimiter_name(a->delimiter, name_a),
	    delimiter_name(b->delimiter, name_b));
	buf_release(&in_a);
	buf_release(&in_b);
	return -1;
}

/* Lines before a table, by the number of cells: titles, dates, notes. */
static bool
follows_preamble(const struct sample *sample, const struct sample_reading *r)
{
	return r->usual > 1 && r->table_record > 0 && r->is_rising &&
	       (r->first <= 1 || r->table_record > 1) && r->even > 1 &&
	       is_share(r->even, r->table_records, TABLE_SHARE) &&
	       !(r->delimiter == ',' &&
		   sample_is_numbers(sample, r->table_record));
}

static void
say_chosen(const struct sample_reading *r, struct buf *evidence)
{
	char name[8], even[32], records[32];

	if (!evidence)
		return;
	if (r->records == 0)
		buf_adds(evidence, "no records that show the delimiter");
	else if (r->usual <= 1 && r->first <= 1)
		buf_adds(evidence, "no delimiter found: one column");
	else
		buf_addf(evidence,
		    "delimiter %s: %s of the first %s records have %" PRIu32
		    " %s",
		    delimiter_name(r->delimiter, name),
		    text_count(r->even, even), text_count(r->records, records),
		    r->usual, r->usual == 1 ? "cell" : "cells");
	if (r->first > 1 && r->first != r->usual)
		buf_addf(evidence, ", but the first has %" PRIu32, r->first);
}

/* The preamble's table is the widest one that is even. */
static const struct sample_reading *
find_preamble(
    const struct sample *sample, const struct sample_reading *readings)
{
	const struct sample_reading *found = NULL;

	for (size_t i = 0; i < CANDIDATES; i++)
		if (follows_preamble(sample, &readings[i]) &&
		    (!found || readings[i].usual > found->usual))
			found = &readings[i];
	return found;
}

static int
choose(const struct sample *sample, const struct sample_reading *readings,
    struct dialect *dialect, struct buf *evidence, struct diag *d)
{
	const struct sample_reading *contenders[CANDIDATES], *chosen;
	size_t count = 0;

	for (size_t i = 0; i < CANDIDATES; i++)
		if (contends(&readings[i]) &&
		    !follows_preamble(sample, &readings[i]))
			contenders[count++] = &readings[i];
	chosen = find_preamble(sample, readings);
	if (count == 0 && chosen) {
		dialect->preamble_lines =
		    sample->lines_before + chosen->table_line;
		dialect->delimiter = chosen->delimiter;
		say_chosen(chosen, evidence);
		return 0;
	}
	/* When the rows are all of another width, there is still a header. */
	for (size_t i = 0, even = count; i < CANDIDATES && even == 0; i++)
		if (readings[i].first > 1)
			contenders[count++] = &readings[i];
	chosen = &readings[0];
	if (count > 0)
		chosen = find_winner(sample, contenders, count);
	if (!chosen)
		return refuse_ambiguous(
		    sample, contenders[0], contenders[1], d);
	dialect->delimiter = chosen->delimiter;
	say_chosen(chosen, evidence);
	return 0;
}

int
dialect_detect(const char *s, size_t len, bool is_whole,
    struct dialect *dialect, struct buf *evidence, struct diag *d)
{
	struct sample_reading readings[CANDIDATES];
	struct sample sample;

	if (dialect->quote == DIALECT_AUTO)
		dialect->quote = '"';
	dialect->preamble_lines = 0;
	sample_open(&sample, s, len, is_whole, dialect);
	look_for_sep(&sample, dialect, evidence);
	sample_skip(&sample, dialect);
	if (dialect_settle_blanks(&sample, dialect, evidence, d) < 0)
		return -1;
	if (dialect->delimiter != DIALECT_AUTO)
		return 0;
	for (size_t i = 0; i < CANDIDATES; i++) {
		readings[i] =
		    (struct sample_reading){.delimiter = CANDIDATE[i]};
		if (CANDIDATE[i] != sample.quote)
			sample_read(&readings[i], &sample, CANDIDATE[i]);
	}
	return choose(&sample, readings, dialect, evidence, d);
}
