/* SPDX-License-Identifier: MIT */
#ifndef INPUT_DECODER_H
#define INPUT_DECODER_H

/*
 * Bytes in some encoding -> bytes in UTF-8, with the way back.
 *
 * The BOM stays in the decoded bytes (as U+FEFF in UTF-8), so that the
 * reader can account for it. A byte that does not decode is never replaced:
 * it comes through as one byte 0xFF (which is never part of UTF-8), so that
 * the reader rejects its row as csv.bad_encoding. So does, as FF 80, a byte
 * that is a control character of C1 (U+0080 to U+009F) in an encoding other
 * than those of Unicode: nobody writes these, and iso-8859-7 would read any
 * Japanese text with them. In `utf-8` the decoder is the identity and invalid
 * bytes come through as they are.
 */

#include "base/buf.h"
#include "base/text.h"
#include "input/input.h"

struct decoder;

/* `encoding`: "utf-8", "utf-16" (BOM decides, else little endian), "utf-32",
 * or any name iconv knows. An unknown name is a usage error (exit 2).
 * Borrows `from`. Returns owned, or NULL. */
struct decoder *decoder_new(
    struct byte_source from, const char *encoding, struct diag *d);
void decoder_free(struct decoder *dec);
/* True if decoder_new would take the name. */
bool encoding_is_known(const char *name);
/* "utf-8" for utf8, utf-8-sig, …; other names as they are. */
const char *encoding_canonical(const char *name);
ssize_t decoder_read(
    struct decoder *dec, char *buf, size_t max, struct diag *d);
struct byte_source decoder_source(struct decoder *dec); /* borrows dec */
/* The offset in the source bytes of decoded byte `offset`, which was read
 * already; offsets are asked in ascending order. The source bytes after the
 * last offset asked are kept in memory, so somebody who reads a whole input
 * asks for the offsets as it goes (the reader does). */
uint64_t decoder_source_offset(struct decoder *dec, uint64_t offset);

/* Every decoded offset is its own source offset. */
bool decoder_is_identity(const struct decoder *dec);

/*
 * The pass that hashes the whole input and decides its encoding. What is
 * believed, in this order: what somebody named; a byte order mark; every byte
 * is UTF-8; nearly all of it is (two valid sequences of several bytes for
 * each broken place, or a file cut within its last character); a guess.
 */
enum encoding_evidence {
	ENCODING_NAMED, /* by the mapping or an option */
	ENCODING_BOM,
	ENCODING_UTF8,	  /* every byte of the input is strict UTF-8 */
	ENCODING_NEARLY,  /* UTF-8 but for some places: their rows are bad */
	ENCODING_MIXED,	  /* as many broken places as good ones: no guess */
	ENCODING_UNKNOWN, /* no encoding makes text of it: no guess */
	ENCODING_GUESSED  /* import stops before sending */
};
/* "byte order mark", "guessed": static. */
const char *encoding_evidence_name(enum encoding_evidence e);
#define ENCODING_CANDIDATES_MAX ((size_t)4)
/* Fewer bytes beyond ASCII are too few to be sure. */
#define ENCODING_ODD_ENOUGH 20

/* The answer: encodings that decode all the bytes, each to another text, and
 * that are not much worse than the best. */
struct encoding_ranking {
	struct ranked_encoding {
		char name[24];
		const char *language; /* "German": fits best; static, or "" */
		long score;	      /* natural logarithm, in hundredths */
	} list[ENCODING_CANDIDATES_MAX]; /* the best first */
	size_t count;
	uint64_t odd; /* bytes beyond ASCII */
	/* The first is not clearly better than the second, or there are too
	 * few bytes. */
	bool is_weak;
	/* Not even the first reads as text: controls, box drawing or several
	 * scripts in its words. */
	bool is_nonsense;
	/* The first reads much better than UTF-8 with broken places. */
	bool beats_utf8;
};

struct encoding_decision {
	/* What to read with; "utf-8" when there is no guess. */
	char name[64];
	enum encoding_evidence evidence;
	/* Of the first byte that is not UTF-8; 0, 0 if there is none. */
	uint64_t first_bad_offset, first_bad_line;
	/* Places that are not UTF-8, and characters of several bytes that
	 * are. */
	uint64_t bad_places, good_characters;
	uint64_t long_characters; /* of these, of three bytes and more */
	bool is_cut; /* the last character is cut, and nothing else is bad */
	/* Unless somebody named the encoding: those that decode all of it, if
	 * it is not UTF-8. The first is the guess. */
	struct encoding_ranking ranking;
};
struct survey {
	unsigned char sha256[32]; /* of the decompressed bytes */
	uint64_t bytes;		  /* decompressed */
	/* Physical lines: what LF, CRLF or a lone CR ends, and what the end
	 * of the input ends. An estimate in UTF-16 and UTF-32. */
	uint64_t lines;
	struct encoding_decision encoding;
};
/* Reads `from` to its end. `named` is the encoding asked for, or NULL for
 * auto. `sums` (block_sums.h) gets the sums of its blocks; NULL = nobody will
 * ask for them. */
struct block_sums;
int survey_input(struct byte_source from, const char *named,
    struct block_sums *sums, struct survey *out, struct diag *d);
/* Lengths of which the hash is kept on the way, as if the input ended there. */
struct survey_marks {
	const uint64_t *lengths;     /* ascending, none of them 0; borrowed */
	size_t count, reached;	     /* reached: up to the input's own length */
	unsigned char (*sha256)[32]; /* of each that was reached */
};
/* The same with marks (NULL: none). */
int survey_marked(struct byte_source from, const char *named,
    struct block_sums *sums, struct survey_marks *marks, struct survey *out,
    struct diag *d);
/* The same without the hash, which stays zero: nobody will look at it. */
int survey_encoding(struct byte_source from, const char *named,
    struct survey *out, struct diag *d);
#define ENCODING_SAMPLE ((size_t)1 << 20)
/* The same decision from the first bytes only (pipes; convert and check
 * verify as they go). -1 as encoding_guess_rank. */
int encoding_decide(const char *head, size_t len, bool is_whole,
    const char *named, struct encoding_decision *out, struct diag *d);

/* What to do about bytes that are not of the encoding that was tried. */

/* Asked for when a record is rejected. All zero: nothing is known. */
struct encoding_advice {
	const char *tried; /* the name of the encoding; NULL = not known */
	/* The next step, in words; the same for each record of an input. */
	const char *(*words)(void *ctx);
	void *ctx;
};

/* Appends the next step for an input read in `tried`. `e`: what the whole
 * input decides when nobody names an encoding, or NULL if nobody can look.
 * Only encodings that decode all of it are named, and never `tried`. */
void encoding_advice_words(
    struct buf *out, const char *tried, const struct encoding_decision *e);

/* Appends what led to a guess: a byte that is not UTF-8, a few characters that
 * are and make no words, the zeros of UTF-16. */
void encoding_reason_words(struct buf *out, const struct encoding_decision *e);
/* Appends why a guess is weak; nothing if it is not. */
void encoding_doubt_words(struct buf *out, const struct encoding_decision *e);
/* Of ENCODING_MIXED and ENCODING_UNKNOWN: why there is no guess, with what to
 * do. Always -1. */
int encoding_no_guess(
    const struct encoding_decision *e, const char *name, struct diag *d);

/* True if both names mean the same encoding (utf8, UTF-8, utf-8-sig). */
bool encoding_is_same(const char *a, const char *b);

/* Appends what `text` (UTF-8, read in the encoding `from`) would be in the
 * encoding `to`: the same bytes, decoded again. False, with nothing appended,
 * if they do not decode. */
bool encoding_reread(
    struct buf *out, struct text text, const char *from, const char *to);

#endif
