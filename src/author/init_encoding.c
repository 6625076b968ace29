/* SPDX-License-Identifier: MIT */
/*
 * What `init` writes of the encoding. A comment costs a look; a wrong pin
 * costs every cell, without a word.
 */
#include "init_mapping.h"

static void
add_line(struct buf *out, const char *begin, const char *name)
{
	buf_adds(out, begin);
	init_scalar(out, text_of(name));
	buf_addc(out, '\n');
}

static void
add_comment(struct buf *out, struct buf *words)
{
	init_comment(out, 2, buf_str(words));
	buf_clear(words);
}

static void
write_weak(const struct csv_look *l, struct buf *words, struct buf *out)
{
	const struct encoding_ranking *r = &l->plan.encoding.ranking;

	buf_adds(words, "The encoding is uncertain, guessed ");
	csv_look_guess_words(l, words);
	buf_adds(words, ".");
	add_comment(out, words);
	for (size_t i = 0; i < r->count; i++) {
		csv_look_reading(l, i, words);
		add_comment(out, words);
	}
	buf_adds(words, "Remove the # before the one that reads correctly:");
	add_comment(out, words);
	add_line(out, "  # encoding: ", l->plan.encoding.name);
}

void
init_encoding(const struct csv_look *l, struct buf *out)
{
	const struct encoding_decision *e = &l->plan.encoding;
	struct buf words = BUF_INIT(0);

	if (e->evidence == ENCODING_MIXED || e->evidence == ENCODING_UNKNOWN) {
		csv_look_encoding_words(l, &words);
		buf_adds(&words, ". Export it again as UTF-8.");
		add_comment(out, &words);
		add_line(out, "  # encoding: ", e->name);
	} else if (e->evidence == ENCODING_GUESSED && e->ranking.is_weak) {
		write_weak(l, &words, out);
	} else {
		if (e->evidence != ENCODING_NAMED)
			buf_adds(&words, "guessed: ");
		if (e->evidence != ENCODING_GUESSED) {
			csv_look_encoding_words(l, &words);
		} else {
			csv_look_guess_words(l, &words);
			buf_adds(&words, "; ");
			csv_look_reading(l, 0, &words);
		}
		add_comment(out, &words);
		add_line(out, "  encoding: ", e->name);
	}
	buf_release(&words);
}
