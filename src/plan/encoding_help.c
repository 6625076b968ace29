/* SPDX-License-Identifier: MIT */
/* The whole input is read again at most once, for the first such row. */
#include "plan/reading_choices.h"

#define READ_MAX ((uint64_t)64 << 20)

/* What all of the input decides when nobody names an encoding. */
static bool
look_again(const struct encoding_help *h, struct encoding_decision *out)
{
	struct input_limits limits = h->limits;
	struct diag ignored = DIAG_INIT;
	struct survey survey = {.bytes = 0};
	struct input *in;
	bool is_done = false;

	if (!h->path)
		return false;
	if (limits.max_input == 0 || limits.max_input > READ_MAX)
		limits.max_input = READ_MAX;
	in = input_open(h->path, &limits, &ignored);
	if (in)
		is_done = survey_encoding(
			      input_source(in), NULL, &survey, &ignored) == 0;
	input_free(in);
	if (is_done)
		*out = survey.encoding;
	return is_done;
}

static const char *
words(void *ctx)
{
	struct encoding_help *h = ctx;
	const struct encoding_decision *known = h->decision;
	struct encoding_decision looked;

	if (h->words.len > 0)
		return buf_str(&h->words);
	if (known->evidence == ENCODING_NAMED ||
	    known->evidence == ENCODING_BOM || known->evidence == ENCODING_UTF8)
		known = look_again(h, &looked) ? &looked : NULL;
	encoding_advice_words(&h->words, h->decision->name, known);
	return buf_str(&h->words);
}

struct encoding_advice
encoding_help_advice(struct encoding_help *h)
{
	return (struct encoding_advice){
	    .tried = h->decision->name, .words = words, .ctx = h};
}

void
encoding_help_release(struct encoding_help *h)
{
	buf_release(&h->words);
}
