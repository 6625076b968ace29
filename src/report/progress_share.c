/* SPDX-License-Identifier: MIT */
/*
 * Which share is done: of a phase, from its facts, and of the whole command,
 * from the phase. Nobody knows which phases will come; so a phase takes a share
 * of what is left, and the last one all of it.
 */
#include "progress_share.h"

#include "csv/reader.h"

#include <string.h>

/* Small where it is quick, so that the percentage of what is sent is nearly
 * that of its rows. All others take the rest. */
static const struct {
	const char *phase;
	double share;
} shares[] = {
    {"asking ChakraHQ", 0.02},
    {"spooling", 0.02},
    {"surveying", 0.02},
    {"checking", 0.05},
    {"comparing keys", 0.2},
    {"looking up", 0.2},
    {"sending", 0.97},
    {"following", 0.97},
    {"settling", 0.97},
    {"stopping", 0.97},
};

static double
share_of(const char *phase)
{
	for (size_t i = 0; phase && i < sizeof(shares) / sizeof(*shares); i++)
		if (strcmp(shares[i].phase, phase) == 0)
			return shares[i].share;
	return 1;
}

bool
progress_is_main(const char *phase)
{
	return share_of(phase) > 0.5;
}

struct span
progress_span_of_input(struct span whole, size_t input, size_t inputs)
{
	double each;

	if (inputs == 0)
		return whole;
	each = (whole.to - whole.from) / (double)inputs;
	return (struct span){whole.from + each * (double)(input - 1),
	    whole.from + each * (double)input};
}

struct span
progress_span_of_phase(
    const struct progress_facts *f, double done, struct span input)
{
	struct span s = {done > input.from ? done : input.from, input.to};
	double settled;

	s.to = s.from + share_of(f->phase) * (s.to - s.from);
	/* Rows that stay open are not done when the books are closed. */
	if (f->by_bytes && f->rows_settled < f->rows_total) {
		settled = (double)f->rows_settled / (double)f->rows_total;
		settled = input.from + settled * (input.to - input.from);
		if (s.to > settled)
			s.to = settled > s.from ? settled : s.from;
	}
	return s;
}

uint64_t
progress_bytes_consumed(uint64_t disk_position, uint64_t bytes_given,
    const struct reader_tally *tally)
{
	uint64_t taken = tally->bom_bytes + tally->preamble_bytes +
			 tally->header_bytes + tally->blank_bytes +
			 tally->record_bytes;

	if (bytes_given == 0 || taken >= bytes_given)
		return disk_position;
	return (uint64_t)((double)disk_position * (double)taken /
			  (double)bytes_given);
}

/* How many rows there are. The bytes read are used to estimate the rows not
 * read yet. */
static void
estimate_rows(const struct progress_facts *f, struct progress_numbers *n)
{
	double share = n->percent / 100;

	n->percent = -1;
	n->rows_total = f->rows_total;
	if (f->rows_total == 0 && share > 0) {
		n->is_estimate = true;
		n->rows_total = (uint64_t)((double)f->rows_read / share);
		if (f->rows_read == 0)
			n->percent = 100 * share;
	}
	if (n->rows_total < f->rows_read)
		n->rows_total =
		    f->rows_total > 0 || f->bytes_total > 0 ? f->rows_read : 0;
	if (n->rows_total > 0)
		n->percent =
		    100 * (double)f->rows_settled / (double)n->rows_total;
}

void
progress_estimate(const struct progress_facts *f, struct progress_numbers *n)
{
	n->percent = -1;
	if (f->bytes_total > 0 && (f->by_bytes || f->bytes_consumed > 0))
		n->percent =
		    100 * (double)f->bytes_consumed / (double)f->bytes_total;
	if (n->percent > 100)
		n->percent = 100;
	if (f->by_bytes)
		n->rows_total = f->rows_total;
	else
		estimate_rows(f, n);
	if (n->percent > 100)
		n->percent = 100;
}

bool
progress_next_bad(size_t *i, enum outcome *o)
{
	for (; (*o = outcome_trouble(*i)) != OUTCOME_COUNT; (*i)++)
		if (outcome_row(*o)->exit_status != EXIT_GOOD)
			return true;
	return false;
}
