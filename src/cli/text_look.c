/* SPDX-License-Identifier: MIT */
#include "cli/text_look.h"

/*
 * The first place alone is named: what is wrong is the encoding, not a cell.
 */

#include "source/hazard_cell.h"
#include "source/hazards.h"

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

void
text_look_warn(
    struct diagnostics *list, const char *csv_name, struct text decoded)
{
	size_t from = 0, at = 0;

	while (from < decoded.len) {
		struct text rest = {decoded.s + from, decoded.len - from};

		rest.len = utf8_check(rest.s, rest.len);
		if (hazard_find_mojibake(rest, &at)) {
			struct buf shown = BUF_INIT(0);
			struct diagnostic *x;

			text_display(
			    &shown, word_around(decoded, from + at), 0);
			x = diagnostics_add(list, SEVERITY_WARNING,
			    hazard_code(HAZARD_MOJIBAKE), csv_name, 0, 0,
			    "%s: line %d '%s'", hazard_title(HAZARD_MOJIBAKE),
			    line_of(decoded, from + at), buf_str(&shown));
			diagnostics_help(
			    list, x, "%s", hazard_advice(HAZARD_MOJIBAKE));
			buf_release(&shown);
			return;
		}
		from += rest.len + 1;
	}
}
