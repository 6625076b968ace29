/* SPDX-License-Identifier: MIT */
/*
 * The first place alone is named: what is wrong is the encoding, not a cell.
 */
#include "text_look.h"

#include "base/unicode.h"
#include "look/hazards.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

/* Bytes of the word around the place that are shown. */
#define AROUND 24

static bool
ends_word(char c)
{
	return (unsigned char)c < 0x40 && c != '\'' && c != '-';
}

static struct text
word_around(struct text t, size_t at)
{
	size_t begin = at, end = at;

	while (begin > 0 && at - begin < AROUND && !ends_word(t.s[begin - 1]))
		begin--;
	while (end < t.len && end - at < AROUND && !ends_word(t.s[end]))
		end++;
	while (begin < at && ((unsigned char)t.s[begin] & 0xC0) == 0x80)
		begin++;
	while (
	    end > at && end < t.len && ((unsigned char)t.s[end] & 0xC0) == 0x80)
		end--;
	return (struct text){t.s + begin, end - begin};
}

static int
line_of(struct text t, size_t at)
{
	int line = 1;

	for (size_t i = 0; i < at; i++)
		line +=
		    t.s[i] == '\n' || (t.s[i] == '\r' && t.s[i + 1] != '\n');
	return line;
}

/* Where the first word from `from` on stands that shows a wrong decoding;
 * false if none. */
static bool
find_place(struct text decoded, size_t from, size_t *place)
{
	size_t at = 0;

	while (from < decoded.len) {
		struct text rest = {decoded.s + from, decoded.len - from};

		rest.len = utf8_check(rest.s, rest.len);
		if (hazard_find_mojibake(rest, &at)) {
			*place = from + at;
			return true;
		}
		from += rest.len + 1;
	}
	return false;
}

static bool
find_beyond_ascii(struct text decoded, size_t *place)
{
	for (size_t i = 0; i < decoded.len; i++)
		if ((unsigned char)decoded.s[i] >= 0xc2 &&
		    (unsigned char)decoded.s[i] < 0xf5) {
			*place = i;
			return true;
		}
	return false;
}

static bool
is_of_unicode(const char *encoding)
{
	return strncasecmp(encoding, "utf", 3) == 0 ||
	       strncasecmp(encoding, "ucs", 3) == 0 ||
	       strncasecmp(encoding, "iso-10646", 9) == 0 ||
	       strcasecmp(encoding, "gb18030") == 0;
}

/* The input's bytes are UTF-8, whatever they were called. */
static bool
is_utf8(const struct encoding_decision *e)
{
	return e->good_characters > 0 &&
	       e->good_characters >= 2 * e->bad_places;
}

/* So many characters are not UTF-8 by accident. */
#define CERTAIN 12
#define CERTAIN_LONG 3

static bool
is_certainly_utf8(const struct encoding_decision *e)
{
	return is_utf8(e) && (e->good_characters >= CERTAIN ||
				 e->long_characters >= CERTAIN_LONG);
}

static bool
is_letter_before(struct text t, size_t at)
{
	size_t begin = at;
	uint32_t c = ' ';

	do
		begin -= begin > 0;
	while (begin > 0 && ((unsigned char)t.s[begin] & 0xc0) == 0x80);
	if (begin < at)
		c = utf8_next(t.s, t.len, &begin);
	return code_point_is_word(c);
}

/* A line of a box with letters on both sides: in a table that somebody drew,
 * a side is free. */
static bool
is_box_in_word(struct text t, size_t at)
{
	bool follows = is_letter_before(t, at);
	uint32_t c = utf8_next(t.s, t.len, &at);

	return c >= 0x2500 && c <= 0x259f && follows && at < t.len &&
	       code_point_is_word(utf8_next(t.s, t.len, &at));
}

/* The word that shows that the encoding is not the input's. */
static bool
find_contradiction(
    const struct encoding_decision *e, struct text decoded, size_t *place)
{
	size_t at = 0;

	for (bool is_found = find_place(decoded, 0, &at); is_found;
	     is_found = find_place(decoded, at, &at)) {
		*place = at;
		if (is_utf8(e) || is_box_in_word(decoded, at))
			return true;
		utf8_next(decoded.s, decoded.len, &at);
	}
	return is_certainly_utf8(e) && find_beyond_ascii(decoded, place);
}

static void
add_help(const struct text_look *look, struct buf *help)
{
	const struct encoding_decision *e = look->decision;
	const char *name = encoding_canonical(e->name);

	if (!is_utf8(e))
		buf_adds(help, look->advice.words(look->advice.ctx));
	else if (e->bad_places == 0)
		buf_adds(help, "the whole file is UTF-8: encoding: utf-8 "
			       "(--encoding utf-8)");
	else
		buf_addf(help,
		    "the file is UTF-8 except for %" PRIu64
		    " place%s, the first of them on line %" PRIu64
		    ": encoding: utf-8 (--encoding utf-8)",
		    e->bad_places, e->bad_places == 1 ? "" : "s",
		    e->first_bad_line);
	buf_addf(help,
	    "; if that is right: iconv -f %s -t utf-8 writes a file that "
	    "csv2chakra reads as it is",
	    name);
}

int
text_look_refuse(
    const struct text_look *look, struct text decoded, struct diag *d)
{
	const struct encoding_decision *e = look->decision;
	struct buf shown = BUF_INIT(0), help = BUF_INIT(0);
	size_t at = 0;

	if (e->evidence != ENCODING_NAMED || is_of_unicode(e->name) ||
	    !find_contradiction(e, decoded, &at))
		return 0;
	text_display(&shown, word_around(decoded, at), 0);
	add_help(look, &help);
	diag_set(d, DIAG_INPUT, "'%s' is not in %s: it would read '%s'",
	    look->csv_name, e->name, buf_str(&shown));
	diag_at(d, look->csv_name, line_of(decoded, at), 0);
	diag_code(d, "csv.wrong_encoding");
	diag_help(d, "%s", buf_str(&help));
	buf_release(&shown);
	buf_release(&help);
	return -1;
}

void
text_look_warn(
    struct diagnostics *list, const char *csv_name, struct text decoded)
{
	struct buf shown = BUF_INIT(0);
	struct diagnostic *x;
	size_t at;

	if (!find_place(decoded, 0, &at))
		return;
	text_display(&shown, word_around(decoded, at), 0);
	x = diagnostics_add(list, SEVERITY_WARNING,
	    hazard_code(HAZARD_MOJIBAKE), csv_name, 0, 0, "%s: line %d '%s'",
	    hazard_title(HAZARD_MOJIBAKE), line_of(decoded, at),
	    buf_str(&shown));
	diagnostics_help(list, x, "%s", hazard_advice(HAZARD_MOJIBAKE));
	buf_release(&shown);
}
