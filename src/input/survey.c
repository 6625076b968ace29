/* SPDX-License-Identifier: MIT */
/*
 * The pass over the whole input: its hash, its lines, its encoding.
 *
 * Strict UTF-8 decides before any guess: text in another encoding is almost
 * never valid UTF-8 by accident. Text that is UTF-8 but for a few places was
 * damaged, and stays UTF-8. Only the rest is guessed at, from a little before
 * the first byte that is not UTF-8.
 */
#include "base/hash.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "encoding_guess.h"
#include "few_characters.h"
#include "input/decoder.h"
#include "input/input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define READ_SIZE ((size_t)128 << 10)
#define UTF8_LONGEST ((size_t)4)
/* A guess begins so far before the first byte that is not UTF-8: bytes of
 * other encodings may be UTF-8 by accident. */
#define HISTORY ((size_t)4 << 10)
#define HEAD ((size_t)1 << 10)

/* Decides an encoding from bytes that come piece by piece. */
struct judge {
	char head[HEAD]; /* the input's first bytes */
	size_t head_len;
	uint64_t scanned;	  /* bytes decided */
	struct line_count lines;  /* in them */
	char carry[UTF8_LONGEST]; /* a character cut by the piece's end */
	size_t carry_len;
	bool is_wide; /* UTF-16 or UTF-32: NUL bytes between the others */
	uint64_t bad_at, bad_line; /* the first bad place */
	uint64_t bad, good;	   /* places, characters */
	uint64_t good_long;	   /* of them, of three bytes and more */
	bool ends_cut;		   /* in a bad place that may go on */
	bool is_named;		   /* nobody will ask for a guess */
	struct few_characters few; /* those that are UTF-8 */
	char history[HISTORY];	   /* the last bytes, while all is UTF-8 */
	size_t history_len;
	struct encoding_guess *guess; /* from the first bad place on */
};

static void
count_lines(struct judge *j, const char *s, size_t len)
{
	if (!j->is_wide) {
		line_count_add(&j->lines, s, len);
		return;
	}
	for (size_t i = 0; i < len; i++)
		if (s[i] != '\0')
			line_count_add(&j->lines, s + i, 1);
}

static const char *
bom_encoding(const struct judge *j)
{
	const char *s = j->head;

	if (text_after_bom((struct text){s, j->head_len}).len < j->head_len)
		return "utf-8";
	if (j->head_len >= 4 && (memcmp(s, "\xff\xfe\0\0", 4) == 0 ||
				    memcmp(s, "\0\0\xfe\xff", 4) == 0))
		return "utf-32";
	return j->is_wide ? "utf-16" : NULL;
}

/* Only what somebody will ask about is kept for a guess. */
static bool
may_guess(const struct judge *j)
{
	return !j->is_named && !bom_encoding(j);
}

static void
remember(struct judge *j, const char *s, size_t len)
{
	size_t keep;

	if (!may_guess(j))
		return;
	if (len >= HISTORY) {
		memcpy(j->history, s + len - HISTORY, HISTORY);
		j->history_len = HISTORY;
		return;
	}
	keep = HISTORY - len < j->history_len ? HISTORY - len : j->history_len;
	memmove(j->history, j->history + j->history_len - keep, keep);
	memcpy(j->history + keep, s, len);
	j->history_len = keep + len;
}

/* The first bad place comes next. What was before it is shown from the
 * beginning of a line on, unless all of it is there. */
static void
begin_guess(struct judge *j)
{
	const char *s = j->history, *line;
	size_t len = j->history_len;

	j->bad_at = j->scanned;
	j->bad_line = j->lines.lines + 1;
	if (!may_guess(j))
		return;
	j->guess = encoding_guess_new();
	if (j->scanned > len) {
		line = memchr(s, '\n', len);
		len = line ? len - (size_t)(line + 1 - s) : 0;
		s = line ? line + 1 : s;
	}
	encoding_guess_add(j->guess, s, len);
}

static void
count_characters(struct judge *j, const char *s, size_t len)
{
	uint64_t two, more;

	utf8_count_leads(s, len, &two, &more);
	if ((two > 0 || few_characters_is_open(&j->few)) && j->good < FEW &&
	    j->good_long == 0 && may_guess(j))
		few_characters_add(&j->few,
		    (struct text){j->history, j->history_len},
		    (struct text){s, len});
	j->good += two;
	j->good_long += more;
}

static void
pass(struct judge *j, const char *s, size_t len)
{
	count_lines(j, s, len);
	j->scanned += len;
	if (j->guess)
		encoding_guess_add(j->guess, s, len);
	else if (j->bad == 0)
		remember(j, s, len);
}

/* Bytes of a broken place: one, and those after it that would belong to the
 * same character. *is_cut: there are no others after them. */
static size_t
broken_length(const char *s, size_t len, bool *is_cut)
{
	unsigned char lead = (unsigned char)s[0];
	size_t n = 1, most = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;

	if (lead < 0xc2 || lead > 0xf4)
		most = 1;
	while (n < len && n < most && ((unsigned char)s[n] & 0xc0) == 0x80)
		n++;
	*is_cut = n == len && n < most;
	return n;
}

/* Decides the bytes of one piece; what may go on is left. Returns how many
 * were decided. */
static size_t
judge_piece(struct judge *j, const char *s, size_t len, bool is_last)
{
	size_t at = 0, n;

	while (at < len) {
		n = utf8_check(s + at, len - at);
		count_characters(j, s + at, n);
		pass(j, s + at, n);
		at += n;
		if (at == len || (!is_last && len - at < UTF8_LONGEST))
			break;
		if (j->bad++ == 0)
			begin_guess(j);
		n = broken_length(s + at, len - at, &j->ends_cut);
		pass(j, s + at, n);
		at += n;
	}
	return at;
}

static void
keep_head(struct judge *j, const char *s, size_t len)
{
	size_t n = sizeof(j->head) - j->head_len;

	n = len < n ? len : n;
	memcpy(j->head + j->head_len, s, n);
	j->head_len += n;
	j->is_wide =
	    j->head_len >= 2 &&
	    (memcmp(j->head, "\xff\xfe", 2) == 0 ||
		memcmp(j->head, "\xfe\xff", 2) == 0 ||
		(j->head_len >= 4 && memcmp(j->head, "\0\0\xfe\xff", 4) == 0));
}

/* Decides what was cut at the end of the last piece, together with the first
 * bytes of this one; returns how many of these it took. */
static size_t
judge_carry(struct judge *j, const char *s, size_t len, bool is_last)
{
	char joined[2 * UTF8_LONGEST];
	size_t room = UTF8_LONGEST < len ? UTF8_LONGEST : len;
	size_t total = j->carry_len + room, taken;

	if (j->carry_len == 0)
		return 0;
	memcpy(joined, j->carry, j->carry_len);
	memcpy(joined + j->carry_len, s, room);
	taken = judge_piece(j, joined, total, is_last && room == len);
	if (taken < j->carry_len) {
		/* Still cut: the piece was tiny and all of it is in. */
		memcpy(j->carry, joined + taken, total - taken);
		j->carry_len = total - taken;
		return room;
	}
	taken -= j->carry_len;
	j->carry_len = 0;
	return taken;
}

static void
judge_add(struct judge *j, const char *s, size_t len, bool is_last)
{
	size_t at;

	if (j->head_len < sizeof(j->head))
		keep_head(j, s, len);
	at = judge_carry(j, s, len, is_last);
	if (j->carry_len > 0)
		return;
	at += judge_piece(j, s + at, len - at, is_last);
	j->carry_len = len - at;
	memcpy(j->carry, s + at, len - at);
}

/* UTF-16 without a byte order mark: NUL bytes on one side of the units only,
 * and units of two printable ASCII bytes are few. NULL if it is not. */
static const char *
wide_without_bom(const struct judge *j)
{
	size_t units = j->head_len / 2, nul[2] = {0, 0}, narrow = 0, ends = 0;
	bool is_little;

	for (size_t i = 0; i < units; i++) {
		unsigned char a = (unsigned char)j->head[2 * i];
		unsigned char b = (unsigned char)j->head[2 * i + 1];

		nul[0] += a == 0;
		nul[1] += b == 0;
		narrow += a >= ' ' && a < 0x7f && b >= ' ' && b < 0x7f;
		ends += (a == 0 && (b == '\n' || b == '\r')) ||
			(b == 0 && (a == '\n' || a == '\r'));
	}
	is_little = nul[1] > nul[0];
	if (units < 4 || ends == 0 || narrow * 2 > units ||
	    nul[is_little] * 16 < units ||
	    nul[!is_little] * 16 > nul[is_little])
		return NULL;
	return is_little ? "utf-16le" : "utf-16be";
}

static void
set(struct encoding_decision *out, enum encoding_evidence evidence,
    const char *name)
{
	out->evidence = evidence;
	snprintf(out->name, sizeof(out->name), "%s", name);
}

/* Few characters that are all of two bytes may be UTF-8 by accident: another
 * encoding may make better text of the whole. */
static bool
is_accident(const struct judge *j, const struct encoding_ranking *r)
{
	return j->good_long == 0 && j->good < FEW && r->beats_utf8;
}

/* Every byte is UTF-8; so few that all of it may be an accident. */
static int
decide_good(struct judge *j, struct encoding_decision *out, struct diag *d)
{
	struct encoding_ranking *r = &out->ranking;
	struct encoding_guess *guess;
	int ret;

	set(out, ENCODING_UTF8, "utf-8");
	if (j->good == 0 || j->good >= FEW || j->good_long > 0)
		return 0;
	guess = encoding_guess_new();
	encoding_guess_add(guess, j->few.lines, j->few.len);
	ret = encoding_guess_rank(guess, r, d);
	encoding_guess_free(guess);
	if (ret == 0 && is_accident(j, r) && !r->is_nonsense) {
		set(out, ENCODING_GUESSED, r->list[0].name);
		r->is_weak = true;
		r->count -= r->count == ENCODING_CANDIDATES_MAX;
		r->list[r->count++] =
		    (struct ranked_encoding){.name = "utf-8", .language = ""};
	} else {
		memset(r, 0, sizeof(*r));
	}
	return ret;
}

static int
decide_broken(struct judge *j, struct encoding_decision *out, struct diag *d)
{
	struct encoding_ranking *r = &out->ranking;

	if (encoding_guess_rank(j->guess, r, d) < 0)
		return -1;
	out->is_cut = j->ends_cut && j->bad == 1 && j->good > 0;
	if (!is_accident(j, r) && (j->good >= 2 * j->bad || out->is_cut)) {
		set(out, ENCODING_NEARLY, "utf-8");
	} else if (!is_accident(j, r) && j->good >= j->bad) {
		set(out, ENCODING_MIXED, "utf-8");
	} else if (r->is_nonsense) {
		set(out, ENCODING_UNKNOWN, "utf-8");
	} else {
		set(out, ENCODING_GUESSED, r->list[0].name);
		r->is_weak |= j->good >= j->bad;
	}
	return 0;
}

static int
decide(struct judge *j, const char *named, struct encoding_decision *out,
    struct diag *d)
{
	const char *bom = bom_encoding(j), *wide = wide_without_bom(j);

	memset(out, 0, sizeof(*out));
	out->bad_places = j->bad;
	out->good_characters = j->good;
	out->long_characters = j->good_long;
	if (j->bad > 0) {
		out->first_bad_offset = j->bad_at;
		out->first_bad_line = j->bad_line;
	}
	if (named) {
		set(out, ENCODING_NAMED, named);
	} else if (bom) {
		set(out, ENCODING_BOM, bom);
	} else if (wide) {
		if (j->bad == 0)
			out->first_bad_line = 1;
		set(out, ENCODING_GUESSED, wide);
		out->ranking.count = 1;
		snprintf(out->ranking.list[0].name,
		    sizeof(out->ranking.list[0].name), "%s", wide);
	} else if (j->bad == 0) {
		return decide_good(j, out, d);
	} else {
		return decide_broken(j, out, d);
	}
	return 0;
}

int
encoding_decide(const char *head, size_t len, bool is_whole, const char *named,
    struct encoding_decision *out, struct diag *d)
{
	struct judge *j = xcalloc(1, sizeof(*j));
	int ret;

	j->is_named = named != NULL;
	judge_add(j, head, len, is_whole);
	ret = decide(j, named, out, d);
	encoding_guess_free(j->guess);
	free(j);
	return ret;
}

/* Do the last bytes end a line? Where that cannot be told (UTF-16 without a
 * mark), they do not. */
static bool
is_line_end(const struct judge *j, const char *s, size_t len)
{
	size_t unit = j->is_wide ? len : 1;

	for (size_t i = 0; i < unit && i < 4; i++) {
		char c = s[len - 1 - i];

		if (c == '\n' || c == '\r')
			return true;
		if (c != '\0')
			return false;
	}
	return false;
}

/* The piece that begins at `at`, with a stop at each mark. */
static void
add_to_hash(struct sha256 *hash, struct survey_marks *m, uint64_t at,
    const char *bytes, size_t len)
{
	while (
	    m && m->reached < m->count && m->lengths[m->reached] <= at + len) {
		size_t n = (size_t)(m->lengths[m->reached] - at);

		sha256_add(hash, bytes, n);
		sha256_digest(hash, m->sha256[m->reached++]);
		bytes += n;
		len -= n;
		at += n;
	}
	sha256_add(hash, bytes, len);
}

static int
survey(struct byte_source from, const char *named, struct sha256 *hash,
    struct block_sums *sums, struct survey_marks *marks, struct survey *out,
    struct diag *d)
{
	struct judge *j = xcalloc(1, sizeof(*j));
	char *bytes = xmalloc(READ_SIZE);
	bool ends_line = true;
	ssize_t n;
	int ret = -1;

	j->is_named = named != NULL;
	memset(out, 0, sizeof(*out));
	while ((n = from.read(from.ctx, bytes, READ_SIZE, d)) > 0) {
		if (diag_stopped(d)) {
			n = -1;
			break;
		}
		if (hash)
			add_to_hash(hash, marks, out->bytes, bytes, (size_t)n);
		if (sums)
			block_sums_add(sums, bytes, (size_t)n);
		judge_add(j, bytes, (size_t)n, false);
		out->bytes += (uint64_t)n;
		ends_line = is_line_end(j, bytes, (size_t)n);
	}
	judge_add(j, bytes, 0, true);
	if (n == 0) {
		if (hash)
			sha256_digest(hash, out->sha256);
		if (sums)
			block_sums_end(sums, ends_line);
		out->lines = j->lines.lines + !ends_line;
		ret = decide(j, named, &out->encoding, d);
	}
	encoding_guess_free(j->guess);
	free(j);
	free(bytes);
	return ret;
}

int
survey_marked(struct byte_source from, const char *named,
    struct block_sums *sums, struct survey_marks *marks, struct survey *out,
    struct diag *d)
{
	struct sha256 *hash = sha256_new();
	int ret = survey(from, named, hash, sums, marks, out, d);

	sha256_free(hash);
	return ret;
}

int
survey_input(struct byte_source from, const char *named,
    struct block_sums *sums, struct survey *out, struct diag *d)
{
	return survey_marked(from, named, sums, NULL, out, d);
}

int
survey_encoding(struct byte_source from, const char *named, struct survey *out,
    struct diag *d)
{
	return survey(from, named, NULL, NULL, NULL, out, d);
}
