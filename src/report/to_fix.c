/* SPDX-License-Identifier: MIT */
/*
 * Cells that a spreadsheet would run. A leading apostrophe makes them text
 * (OWASP, "CSV Injection"); cells that already look guarded get one more, so
 * that taking one off always gives the cell back. A plain negative number is
 * left alone. A plus sign is guarded even before digits: a spreadsheet would
 * take +919901258433 for a number and lose the sign.
 */
#include "report/row_files.h"

static bool
is_formula_sign(char c)
{
	return c == '=' || c == '+' || c == '-' || c == '@' || c == '\t' ||
	       c == '\r';
}

/* -5, -1,234.50, -.5: a minus sign, then digits, points and commas only. */
static bool
is_negative_number(struct text t)
{
	bool has_digit = false;

	if (t.len < 2 || t.s[0] != '-')
		return false;
	for (size_t i = 1; i < t.len; i++) {
		if (t.s[i] >= '0' && t.s[i] <= '9')
			has_digit = true;
		else if (t.s[i] != '.' && t.s[i] != ',')
			return false;
	}
	return has_digit;
}

static bool
looks_guarded(struct text t)
{
	return t.len >= 2 && t.s[0] == '\'' &&
	       (is_formula_sign(t.s[1]) || t.s[1] == '\'');
}

void
to_fix_guard(struct buf *out, struct text cell)
{
	if (cell.len > 0 &&
	    ((is_formula_sign(cell.s[0]) && !is_negative_number(cell)) ||
		looks_guarded(cell)))
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
