/* SPDX-License-Identifier: MIT */
/*
 * Each question is asked of one record, and knows nothing of those before it.
 * Refused: looking for the header by its bytes alone, since other programs
 * put exports together and write other quotes.
 */
#include "left_out.h"

#include "base/unicode.h"
#include "base/xalloc.h"
#include "value/forms.h"

#include <stdlib.h>
#include <string.h>

int
ignore_find(const struct dialect *dialect, struct text raw, size_t *rule)
{
	for (*rule = 0; *rule < dialect->ignore_count; ++*rule) {
		int found =
		    pattern_match(dialect->ignore[*rule].pattern, raw, false);

		if (found != 0)
			return found;
	}
	return 0;
}

bool
is_end_marker(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] != END_MARKER)
			return false;
	return n > 0;
}

/* The bytes with which a cell equal to the name may begin: its own first one,
 * a blank's, a BOM's; and where accents are about, any letter's, since the
 * cell may be in another form than the name. */
static void
note_first_bytes(bool may_begin[256], struct text name)
{
	static const unsigned char before[] = {' ', '\t', 0xC2, 0xEF};

	may_begin[(unsigned char)*name.s] = true;
	for (size_t i = 0; i < sizeof(before); i++)
		may_begin[before[i]] = true;
	if (text_is_ascii(name))
		return;
	for (int c = 'A'; c < 256; c++)
		may_begin[c] = true;
}

static bool
is_name(struct text cell, struct text name)
{
	cell = text_trim(cell);
	return text_equal(cell, name) ||
	       (!(text_is_ascii(cell) && text_is_ascii(name)) &&
		   text_equal_nfc(cell, name));
}

/* Is there a name that only one column has? Where each comes again within the
 * header, they are as likely values as names. */
static bool
has_single_name(const struct header *header)
{
	size_t n = header->count, size = sizeof(*header->names), i = 0;
	struct text *sorted = xreallocarray(NULL, n, size);
	bool found = false;

	memcpy(sorted, header->names, n * size);
	texts_sort(sorted, n);
	while (i < n && !found) {
		size_t first = i++;

		while (i < n && text_equal(sorted[i], sorted[first]))
			i++;
		found = i - first == 1 && sorted[first].len > 0;
	}
	free(sorted);
	return found;
}

void
header_watch_init(
    struct header_watch *w, const struct header *header, struct text raw)
{
	size_t names = 0;

	*w = (struct header_watch){.header = NULL};
	for (size_t i = 0; i < header->count && names < 2; i++) {
		struct text name = header->names[i];

		if (name.len == 0)
			continue;
		w->columns[names] = i;
		note_first_bytes(w->may_begin[names++], name);
	}
	if (names < 2 || !has_single_name(header))
		return;
	w->header = header;
	buf_add(&w->raw, raw.s, raw.len);
}

void
header_watch_release(struct header_watch *w)
{
	buf_release(&w->raw);
	*w = (struct header_watch){.header = NULL};
}

bool
header_watch_is_raw(const struct header_watch *w, struct text raw)
{
	struct text rest = text_after_bom(raw);

	return w->header && rest.len < raw.len &&
	       text_equal(rest, (struct text){buf_str(&w->raw), w->raw.len});
}

bool
header_watch_equals(
    const struct header_watch *w, const struct text *cells, size_t count)
{
	if (!w->header || count != w->header->count)
		return false;
	for (size_t i = 0; i < count; i++)
		if (!is_name(i == 0 ? text_after_bom(cells[i]) : cells[i],
			w->header->names[i]))
			return false;
	return true;
}
