/* SPDX-License-Identifier: MIT */
/*
 * Advice that can be obeyed: an encoding is named only if every byte of the
 * input decodes in it, and even then as something to look at first.
 */
#include "encoding_char.h"
#include "input/decoder.h"

#include <errno.h>
#include <iconv.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#define NAMED_MAX 3

bool
encoding_is_same(const char *a, const char *b)
{
	return strcasecmp(encoding_canonical(a), encoding_canonical(b)) == 0;
}

/* Those that decode everything, but for the one that just failed. */
static void
add_candidates(
    struct buf *out, const char *tried, const struct encoding_ranking *r)
{
	const char *names[NAMED_MAX];
	size_t count = 0;

	for (size_t i = 0; i < r->count && count < NAMED_MAX; i++)
		if (!encoding_is_same(tried, r->list[i].name))
			names[count++] = r->list[i].name;
	if (count == 0) {
		buf_adds(out, "no encoding that csv2chakra knows decodes the "
			      "whole file: export it again as UTF-8");
		return;
	}
	buf_adds(out, "check first: ");
	for (size_t i = 0; i < count; i++)
		buf_addf(out, "%s%s",
		    i == 0	    ? ""
		    : i + 1 < count ? ", "
				    : " or ",
		    names[i]);
	buf_addf(out,
	    " decode%s the whole file; look at it with preview --encoding %s",
	    count == 1 ? "s" : "", names[0]);
}

void
encoding_advice_words(
    struct buf *out, const char *tried, const struct encoding_decision *e)
{
	bool is_utf8 = encoding_is_same(tried, "utf-8");

	if (!e) {
		buf_adds(out, "csv2chakra inspect shows which encodings decode "
			      "the whole file");
		return;
	}
	switch (e->evidence) {
	case ENCODING_NEARLY:
		if (e->is_cut && is_utf8)
			buf_adds(out,
			    "the file ends within a character: was it cut? "
			    "get all of it");
		else if (is_utf8)
			buf_addf(out,
			    "the rest of the file is UTF-8: fix %s, or export "
			    "it again as UTF-8",
			    e->bad_places == 1 ? "this cell" : "these cells");
		else
			buf_adds(out,
			    "the file is UTF-8 except for some places: "
			    "encoding: utf-8");
		return;
	case ENCODING_MIXED:
		buf_adds(out, "UTF-8 and another encoding are mixed in the "
			      "file: export it again as UTF-8");
		return;
	case ENCODING_GUESSED:
	case ENCODING_UNKNOWN:
		add_candidates(out, tried, &e->ranking);
		return;
	default:
		if (encoding_is_same(tried, e->name))
			buf_adds(out, "export the file again as UTF-8");
		else
			buf_addf(out, "the whole file is %s: encoding: %s",
			    e->name, e->name);
	}
}

void
encoding_reason_words(struct buf *out, const struct encoding_decision *e)
{
	if (e->bad_places > 0)
		buf_addf(out,
		    "byte %" PRIu64 " on line %" PRIu64 " is not UTF-8",
		    e->first_bad_offset, e->first_bad_line);
	else if (e->good_characters > 0)
		buf_addf(out,
		    "as UTF-8 its %" PRIu64 " character%s beyond ASCII make%s "
		    "no words",
		    e->good_characters, e->good_characters == 1 ? "" : "s",
		    e->good_characters == 1 ? "s" : "");
	else
		buf_adds(out, "every other byte is zero");
}

void
encoding_doubt_words(struct buf *out, const struct encoding_decision *e)
{
	const struct encoding_ranking *r = &e->ranking;

	if (e->evidence != ENCODING_GUESSED || !r->is_weak)
		return;
	if (r->odd < ENCODING_ODD_ENOUGH)
		buf_addf(out, "only %" PRIu64 " byte%s beyond ASCII", r->odd,
		    r->odd == 1 ? "" : "s");
	else if (e->good_characters >= e->bad_places)
		buf_addf(out, "%" PRIu64 " characters would be UTF-8",
		    e->good_characters);
	else if (r->count > 1)
		buf_addf(out, "%s fits nearly as well", r->list[1].name);
}

int
encoding_no_guess(
    const struct encoding_decision *e, const char *name, struct diag *d)
{
	if (e->evidence == ENCODING_MIXED) {
		diag_set(d, DIAG_INPUT,
		    "'%s' mixes UTF-8 and another encoding: %" PRIu64
		    " characters are UTF-8, %" PRIu64
		    " place%s not, the first of them byte %" PRIu64,
		    name, e->good_characters, e->bad_places,
		    e->bad_places == 1 ? " is" : "s are", e->first_bad_offset);
		diag_code(d, "csv.mixed_encoding");
		return diag_help(d,
		    "export it again as UTF-8; to send only the rows that are "
		    "UTF-8: --encoding utf-8");
	}
	diag_set(d, DIAG_INPUT,
	    "'%s' is not UTF-8 (byte %" PRIu64
	    "), and no encoding turns it into text",
	    name, e->first_bad_offset);
	diag_code(d, "csv.unknown_encoding");
	return diag_help(d,
	    "is it a CSV? export it again as UTF-8, or name its encoding with "
	    "--encoding");
}

/* All of `text` from one encoding to another; false if that cannot be. */
static bool
recode(struct buf *out, struct text text, const char *from, const char *to)
{
	struct buf copy = BUF_INIT(0); /* iconv's input is not const */
	iconv_t cd;
	size_t left = text.len;
	bool is_good = true;
	char *in;

	if (!encoding_pair_open(&cd, to, from))
		return false;
	buf_add(&copy, text.s, text.len);
	in = copy.data;
	while (is_good && left > 0) {
		char bytes[256], *end = bytes;
		size_t room = sizeof(bytes);

		is_good = iconv(cd, &in, &left, &end, &room) != (size_t)-1 ||
			  errno == E2BIG;
		buf_add(out, bytes, (size_t)(end - bytes));
	}
	if (is_good) {
		char bytes[64], *end = bytes;
		size_t room = sizeof(bytes);

		is_good = iconv(cd, NULL, NULL, &end, &room) != (size_t)-1;
		buf_add(out, bytes, (size_t)(end - bytes));
	}
	iconv_close(cd);
	buf_release(&copy);
	return is_good;
}

bool
encoding_reread(
    struct buf *out, struct text text, const char *from, const char *to)
{
	struct buf bytes = BUF_INIT(0), again = BUF_INIT(0);
	bool is_good = recode(&bytes, text, "UTF-8", from) &&
		       recode(&again, (struct text){buf_str(&bytes), bytes.len},
			   to, "UTF-8");

	if (is_good)
		buf_add(out, buf_str(&again), again.len);
	buf_release(&bytes);
	buf_release(&again);
	return is_good;
}

const char *
encoding_evidence_name(enum encoding_evidence e)
{
	static const char *const names[] = {
	    [ENCODING_NAMED] = "named",
	    [ENCODING_BOM] = "byte order mark",
	    [ENCODING_UTF8] = "every byte is UTF-8",
	    [ENCODING_NEARLY] = "UTF-8 but for some places",
	    [ENCODING_MIXED] = "mixed",
	    [ENCODING_UNKNOWN] = "unknown",
	    [ENCODING_GUESSED] = "guessed",
	};

	return names[e];
}
