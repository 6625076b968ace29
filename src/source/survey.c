/* SPDX-License-Identifier: MIT */
/*
 * The pass over the whole input: its hash, its lines, its encoding.
 *
 * Strict UTF-8 decides before any guess: text in another encoding is almost
 * never valid UTF-8 by accident. Only what is not UTF-8 is guessed at, from
 * the first such byte on.
 */
#include "source/decoder.h"

#include "base/sha256.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "source/block_sums.h"
#include "source/encoding_guess.h"
#include "source/line_count.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define READ_SIZE ((size_t)128 << 10)
#define UTF8_LONGEST ((size_t)4)

/* Decides an encoding from bytes that come piece by piece. */
struct judge {
	char head[4];
	size_t head_len;
	uint64_t scanned;	  /* bytes decided */
	struct line_count lines;  /* in them */
	char carry[UTF8_LONGEST]; /* a character cut by the piece's end */
	size_t carry_len;
	bool is_wide; /* UTF-16 or UTF-32: NUL bytes between the others */
	bool has_bad;
	uint64_t bad_at, bad_line;
	bool is_named; /* nobody will ask for a guess */
	struct encoding_guess guess;
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

	if (j->head_len >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0)
		return "utf-8";
	if (j->head_len >= 4 && (memcmp(s, "\xff\xfe\0\0", 4) == 0 ||
				    memcmp(s, "\0\0\xfe\xff", 4) == 0))
		return "utf-32";
	return j->is_wide ? "utf-16" : NULL;
}

/* Only what somebody will ask about is shown to the guesser. */
static void
show_guesser(struct judge *j, const char *s, size_t len)
{
	if (!j->is_named && !bom_encoding(j))
		encoding_guess_add(&j->guess, s, len);
}

/* Decides the bytes of one piece; what may go on is left. Returns how many
 * were decided. */
static size_t
judge_piece(struct judge *j, const char *s, size_t len, bool is_last)
{
	size_t bad = j->has_bad ? len : utf8_check(s, len);

	count_lines(j, s, bad);
	j->scanned += bad;
	if (bad == len) {
		if (j->has_bad)
			show_guesser(j, s, len);
		return len;
	}
	if (!is_last && len - bad < UTF8_LONGEST)
		return bad;
	j->has_bad = true;
	j->bad_at = j->scanned;
	j->bad_line = j->lines.lines + 1;
	count_lines(j, s + bad, len - bad);
	j->scanned += len - bad;
	show_guesser(j, s + bad, len - bad);
	return len;
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
		(j->head_len == 4 && memcmp(j->head, "\0\0\xfe\xff", 4) == 0));
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

	keep_head(j, s, len);
	at = judge_carry(j, s, len, is_last);
	if (j->carry_len > 0)
		return;
	at += judge_piece(j, s + at, len - at, is_last);
	j->carry_len = len - at;
	memcpy(j->carry, s + at, len - at);
}

static int
decide(struct judge *j, const char *named, struct encoding_decision *out,
    struct diag *d)
{
	const char *bom = bom_encoding(j);

	memset(out, 0, sizeof(*out));
	if (j->has_bad) {
		out->first_bad_offset = j->bad_at;
		out->first_bad_line = j->bad_line;
	}
	if (named) {
		out->evidence = ENCODING_NAMED;
		snprintf(out->name, sizeof(out->name), "%s", named);
	} else if (bom) {
		out->evidence = ENCODING_BOM;
		snprintf(out->name, sizeof(out->name), "%s", bom);
	} else if (!j->has_bad) {
		out->evidence = ENCODING_UTF8;
		snprintf(out->name, sizeof(out->name), "utf-8");
	} else {
		out->evidence = ENCODING_GUESSED;
		return encoding_guess_name(&j->guess, out->name, d);
	}
	return 0;
}

int
encoding_decide(const char *head, size_t len, bool is_whole, const char *named,
    struct encoding_decision *out, struct diag *d)
{
	struct judge j = {.is_named = named != NULL};
	int ret;

	judge_add(&j, head, len, is_whole);
	ret = decide(&j, named, out, d);
	encoding_guess_release(&j.guess);
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

static int
survey(struct byte_source from, const char *named, struct sha256 *hash,
    struct block_sums *sums, struct survey *out, struct diag *d)
{
	struct judge j = {.is_named = named != NULL};
	char *bytes = xmalloc(READ_SIZE);
	bool ends_line = true;
	ssize_t n;
	int ret = -1;

	memset(out, 0, sizeof(*out));
	while ((n = from.read(from.ctx, bytes, READ_SIZE, d)) > 0) {
		if (hash)
			sha256_add(hash, bytes, (size_t)n);
		if (sums)
			block_sums_add(sums, bytes, (size_t)n);
		judge_add(&j, bytes, (size_t)n, false);
		out->bytes += (uint64_t)n;
		ends_line = is_line_end(&j, bytes, (size_t)n);
	}
	judge_add(&j, bytes, 0, true);
	if (n == 0) {
		if (hash)
			sha256_digest(hash, out->sha256);
		if (sums)
			block_sums_end(sums, ends_line);
		out->lines = j.lines.lines + !ends_line;
		ret = decide(&j, named, &out->encoding, d);
	}
	encoding_guess_release(&j.guess);
	free(bytes);
	return ret;
}

int
survey_input(struct byte_source from, const char *named,
    struct block_sums *sums, struct survey *out, struct diag *d)
{
	struct sha256 *hash = sha256_new();
	int ret = survey(from, named, hash, sums, out, d);

	sha256_free(hash);
	return ret;
}

int
survey_encoding(struct byte_source from, const char *named, struct survey *out,
    struct diag *d)
{
	return survey(from, named, NULL, NULL, out, d);
}
