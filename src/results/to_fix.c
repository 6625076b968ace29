/* SPDX-License-Identifier: MIT */
/*
 * Cells that a spreadsheet would run. A leading apostrophe makes them text
 * (OWASP, "CSV Injection"); cells that already look guarded get one more, so
 * that taking one off always gives the cell back. Numbers and phone numbers are
 * left alone: what begins with a sign and is made of digits and what separates
 * them can only be arithmetic.
 */
#include "results/row_files.h"

#include <string.h>

/* Also the full-width signs, which some spreadsheets take for the others. */
static bool
begins_with_sign(struct text t)
{
	static const char *const wide[] = {
	    "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\xa0"};

	if (t.len > 0 && t.s[0] != '\0' && strchr("=+-@\t\r\n", t.s[0]))
		return true;
	for (size_t i = 0; t.len >= 3 && i < 4; i++)
		if (memcmp(t.s, wide[i], 3) == 0)
			return true;
	return false;
}

/* ^[+-][0-9(][0-9 .,()/-]*$ */
static bool
is_number(struct text t)
{
	if (t.len < 2 || (t.s[0] != '+' && t.s[0] != '-') ||
	    ((t.s[1] < '0' || t.s[1] > '9') && t.s[1] != '('))
		return false;
	for (size_t i = 2; i < t.len; i++)
		if (t.s[i] == '\0' || !strchr("0123456789 .,()/-", t.s[i]))
			return false;
	return true;
}

static bool
looks_guarded(struct text t)
{
	if (t.len < 2 || t.s[0] != '\'')
		return false;
	return t.s[1] == '\'' ||
	       begins_with_sign((struct text){t.s + 1, t.len - 1});
}

void
to_fix_guard(struct buf *out, struct text cell)
{
	if ((begins_with_sign(cell) && !is_number(cell)) || looks_guarded(cell))
		buf_addc(out, '\'');
	buf_add(out, cell.s, cell.len);
}

struct text
to_fix_unguard(struct text cell)
{
	if (!looks_guarded(cell))
		return cell;
	return (struct text){cell.s + 1, cell.len - 1};
}
