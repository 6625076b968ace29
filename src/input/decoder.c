/* SPDX-License-Identifier: MIT */
/*
 * iconv, run twice: once to decode, ahead of whoever reads, and once more,
 * behind, only as far as an offset is asked, to know which source byte it
 * came from. The source bytes in between are kept; that is a reader's window
 * of them. A table of offsets was refused: to be exact it would need an entry
 * for each character, or knowledge of each encoding.
 */
#include "input/decoder.h"

#include "base/buf.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "encoding_char.h"

#include <assert.h>
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define READ_SIZE ((size_t)64 << 10)
#define STEP_SIZE ((size_t)4 << 10)
/* More than any encoding needs for one character with its escapes. */
#define INPUT_SLACK ((size_t)64)
#define BAD_BYTE '\xff'
#define BAD_BYTE_GOES_ON '\x80'

/* One run of iconv over the kept source bytes. */
struct run {
	iconv_t cd;
	bool is_open;
	uint64_t source, decoded; /* offsets that it reached */
	bool is_flushed;
};

struct decoder {
	struct byte_source from;
	bool is_identity;
	bool is_unicode; /* UTF-16 and its kind: controls are what it says */
	size_t unit; /* bytes that an undecodable character takes at least */
	struct run ahead, behind;
	/* Source bytes from behind.source on. */
	struct buf raw;
	uint64_t raw_begin;
	bool is_end;
	/* Decoded bytes that were not given yet. */
	char *out;
	size_t out_at, out_len;
};

static const struct {
	const char *name, *means;
} ALIASES[] = {
    {"utf8", "utf-8"},
    {"utf-8-sig", "utf-8"},
    {"utf-8-bom", "utf-8"},
    {"utf16", "utf-16"},
    {"utf32", "utf-32"},
};

const char *
encoding_canonical(const char *name)
{
	for (size_t i = 0; i < sizeof(ALIASES) / sizeof(*ALIASES); i++)
		if (strcasecmp(name, ALIASES[i].name) == 0)
			return ALIASES[i].means;
	return name;
}

/* Appends more of the source to what is kept. */
static int
read_more(struct decoder *dec, struct diag *d)
{
	ssize_t n;

	if (!buf_reserve(&dec->raw, READ_SIZE))
		return diag_set(d, DIAG_INPUT,
		    "too many bytes between two line ends to decode");
	n = dec->from.read(
	    dec->from.ctx, dec->raw.data + dec->raw.len, READ_SIZE, d);
	if (n < 0)
		return -1;
	dec->raw.len += (size_t)n;
	dec->is_end = n == 0;
	return 0;
}

/* "utf-16" and "utf-32" with the byte order that the BOM says. The BOM is
 * decoded, which iconv would not do for "utf-16". */
static const char *
with_byte_order(const struct decoder *dec, const char *name)
{
	const char *s = buf_str(&dec->raw);
	size_t len = dec->raw.len;

	if (strcasecmp(name, "utf-16") == 0)
		return len >= 2 && memcmp(s, "\xfe\xff", 2) == 0 ? "UTF-16BE"
								 : "UTF-16LE";
	if (strcasecmp(name, "utf-32") == 0)
		return len >= 4 && memcmp(s, "\0\0\xfe\xff", 4) == 0
			   ? "UTF-32BE"
			   : "UTF-32LE";
	return name;
}

static bool
begins_with(const char *s, const char *prefix)
{
	return strncasecmp(s, prefix, strlen(prefix)) == 0;
}

/* Names that iconv takes from the locale or the program, and its own options
 * (//IGNORE drops bytes). */
static bool
is_no_name(const char *name)
{
	return *name == '\0' || strchr(name, '/') ||
	       strcasecmp(name, "char") == 0 ||
	       strcasecmp(name, "wchar_t") == 0;
}

bool
encoding_is_known(const char *name)
{
	iconv_t cd;

	if (is_no_name(name) || !encoding_pair_open(&cd, "UTF-8", name))
		return false;
	iconv_close(cd);
	return true;
}

static int
unknown_encoding(const char *name, struct diag *d)
{
	diag_set(d, DIAG_USAGE, "unknown encoding '%s'", name);
	return diag_help(d,
	    "for example utf-8, utf-16, windows-1252, iso-8859-1; "
	    "`iconv -l` lists all");
}

static bool
open_run(struct run *run, const char *name)
{
	run->is_open = encoding_pair_open(&run->cd, "UTF-8", name);
	return run->is_open;
}

static int
open_runs(struct decoder *dec, const char *encoding, struct diag *d)
{
	const char *name = encoding;

	if (is_no_name(name))
		return unknown_encoding(encoding, d);
	if (strcasecmp(name, "utf-16") == 0 || strcasecmp(name, "utf-32") == 0)
		while (dec->raw.len < 4 && !dec->is_end)
			if (read_more(dec, d) < 0)
				return -1;
	name = with_byte_order(dec, name);
	dec->is_unicode =
	    begins_with(name, "utf-") || begins_with(name, "ucs-");
	dec->unit =
	    begins_with(name, "utf-16") || begins_with(name, "ucs-2")	? 2
	    : begins_with(name, "utf-32") || begins_with(name, "ucs-4") ? 4
									: 1;
	if (!open_run(&dec->ahead, name))
		return unknown_encoding(encoding, d);
	if (!open_run(&dec->behind, name))
		return diag_set_errno(
		    d, DIAG_INPUT, errno, "unable to decode '%s'", encoding);
	return 0;
}

struct decoder *
decoder_new(struct byte_source from, const char *encoding, struct diag *d)
{
	struct decoder *dec = xcalloc(1, sizeof(*dec));

	dec->from = from;
	encoding = encoding_canonical(encoding);
	dec->is_identity = strcasecmp(encoding, "utf-8") == 0;
	if (dec->is_identity)
		return dec;
	if (open_runs(dec, encoding, d) < 0) {
		decoder_free(dec);
		return NULL;
	}
	dec->out = xmalloc(STEP_SIZE);
	return dec;
}

void
decoder_free(struct decoder *dec)
{
	if (!dec)
		return;
	if (dec->ahead.is_open)
		iconv_close(dec->ahead.cd);
	if (dec->behind.is_open)
		iconv_close(dec->behind.cd);
	buf_release(&dec->raw);
	free(dec->out);
	free(dec);
}

/* Writes BAD_BYTE for the next n source bytes. */
static void
step_over(char **in, size_t *in_left, char **out, size_t *out_left, size_t n)
{
	n = n < *in_left ? n : *in_left;
	*in += n;
	*in_left -= n;
	*(*out)++ = BAD_BYTE;
	(*out_left)--;
}

/* Controls of C1 are not text in an encoding of one language: a byte that means
 * one was meant in another encoding. They come through as bytes that did not
 * decode, in the same room. */
static void
refuse_controls(char *s, size_t len)
{
	const char *end = s + len;

	while ((s = memchr(s, 0xc2, (size_t)(end - s))) != NULL) {
		if (end - s > 1 && (unsigned char)s[1] < 0xa0) {
			s[0] = BAD_BYTE;
			s[1] = BAD_BYTE_GOES_ON;
		}
		s++;
	}
}

/*
 * Decodes source bytes until there are no more, or no room: `in_max` bytes
 * at most, into at most out_max. Returns how many were written.
 */
static size_t
run_on(struct decoder *dec, struct run *run, size_t in_max, char *out_begin,
    size_t out_max)
{
	size_t at = (size_t)(run->source - dec->raw_begin);
	size_t kept = dec->raw.len - at;
	size_t in_left = kept < in_max ? kept : in_max, out_left = out_max;
	bool is_last = dec->is_end && in_left == kept;
	char *in_begin = dec->raw.data ? dec->raw.data + at : NULL;
	char *in = in_begin, *out = out_begin;

	while (in_left > 0 && out_left > 0) {
		if (iconv(run->cd, &in, &in_left, &out, &out_left) !=
		    (size_t)-1)
			continue;
		if (errno == E2BIG)
			break;
		if (errno == EILSEQ && out_left > 0)
			step_over(&in, &in_left, &out, &out_left, dec->unit);
		else if (errno == EINVAL && is_last && out_left > 0)
			step_over(&in, &in_left, &out, &out_left, in_left);
		else
			break;
	}
	if (in_left == 0 && is_last && !run->is_flushed &&
	    iconv(run->cd, NULL, NULL, &out, &out_left) != (size_t)-1)
		run->is_flushed = true;
	if (!dec->is_unicode)
		refuse_controls(out_begin, (size_t)(out - out_begin));
	run->source += (uint64_t)(in - in_begin);
	run->decoded += (uint64_t)(out - out_begin);
	return (size_t)(out - out_begin);
}

/* Forgets source bytes that no offset can lie in any more. */
static void
forget(struct decoder *dec)
{
	size_t n = (size_t)(dec->behind.source - dec->raw_begin);

	/* Not for each record: moving what is kept costs as much as it. */
	if (n == 0 || n < dec->raw.len / 2)
		return;
	assert(dec->raw.data != NULL);
	memmove(dec->raw.data, dec->raw.data + n, dec->raw.len - n);
	dec->raw.len -= n;
	dec->raw_begin += n;
}

static int
decode_step(struct decoder *dec, struct diag *d)
{
	dec->out_at = dec->out_len = 0;
	for (;;) {
		dec->out_len =
		    run_on(dec, &dec->ahead, SIZE_MAX, dec->out, STEP_SIZE);
		if (dec->out_len > 0 || dec->is_end)
			return 0;
		forget(dec);
		if (read_more(dec, d) < 0)
			return -1;
	}
}

ssize_t
decoder_read(struct decoder *dec, char *buf, size_t max, struct diag *d)
{
	size_t given = 0;

	if (dec->is_identity)
		return dec->from.read(dec->from.ctx, buf, max, d);
	while (given < max) {
		size_t n = dec->out_len - dec->out_at;

		if (n == 0) {
			if (decode_step(dec, d) < 0)
				return -1;
			n = dec->out_len;
			if (n == 0)
				break;
		}
		n = n < max - given ? n : max - given;
		memcpy(buf + given, dec->out + dec->out_at, n);
		dec->out_at += n;
		given += n;
	}
	return (ssize_t)given;
}

static ssize_t
source_read(void *ctx, char *buf, size_t max, struct diag *d)
{
	return decoder_read(ctx, buf, max, d);
}

struct byte_source
decoder_source(struct decoder *dec)
{
	if (dec->is_identity)
		return dec->from;
	return (struct byte_source){dec, source_read};
}

bool
decoder_is_identity(const struct decoder *dec)
{
	return dec->is_identity;
}

/* Moves `behind` on, but not past decoded offset `goal`, giving it as much of
 * the source as that may take. */
static void
follow(struct decoder *dec, uint64_t goal)
{
	struct run *run = &dec->behind;
	char scratch[STEP_SIZE];

	while (run->decoded < goal) {
		uint64_t left = goal - run->decoded;
		size_t want =
		    left < sizeof(scratch) ? (size_t)left : sizeof(scratch);

		if (run_on(dec, run, want * dec->unit + INPUT_SLACK, scratch,
			want) == 0)
			return;
	}
}

/*
 * The last character is decoded from as few bytes as it takes: iconv would
 * read on after it, and an escape sequence there belongs to the next record.
 */
uint64_t
decoder_source_offset(struct decoder *dec, uint64_t offset)
{
	struct run *run = &dec->behind;
	size_t in_max = dec->unit;
	char scratch[16];

	if (dec->is_identity)
		return offset;
	assert(offset <= dec->ahead.decoded);
	if (offset > 0)
		follow(dec, offset - 1);
	while (run->decoded < offset && !run->is_flushed) {
		uint64_t source = run->source;
		size_t left = (size_t)(offset - run->decoded);

		run_on(dec, run, in_max, scratch,
		    left < sizeof(scratch) ? left : sizeof(scratch));
		if (run->source != source)
			in_max = dec->unit;
		else if (in_max++ > dec->raw.len)
			break; /* the offset is within a character */
	}
	return run->source;
}
