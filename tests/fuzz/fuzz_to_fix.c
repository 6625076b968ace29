/* SPDX-License-Identifier: MIT */
/*
 * Cells of to-fix.csv: no spreadsheet takes one for a formula, and taking the
 * guard off gives every cell back.
 */
#include "fuzz.h"
#include "results/row_files.h"

/* As the header of row_files has it. */
static bool
is_formula(struct text t)
{
	static const char wide[] = "\xef\xbc\x9d\xef\xbc\x8b\xef\xbc\x8d"
				   "\xef\xbc\xa0";

	for (size_t i = 0; i < sizeof(wide) - 1 && t.len >= 3; i += 3)
		if (memcmp(t.s, wide + i, 3) == 0)
			return true;
	if (t.len == 0 || memchr("=+-@\t\r\n", t.s[0], 7) == NULL)
		return false;
	if (memchr("+-", t.s[0], 2) == NULL || t.len < 2 ||
	    memchr("0123456789(", t.s[1], 11) == NULL)
		return true;
	for (size_t i = 2; i < t.len; i++)
		if (memchr("0123456789 .,()/-", t.s[i], 17) == NULL)
			return true;
	return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text cell = {(const char *)data, size};
	struct buf b = BUF_INIT(0);
	struct text written, plain;

	to_fix_guard(&b, cell);
	written = (struct text){buf_str(&b), b.len};
	HOLDS(!is_formula(written));
	HOLDS(written.len == cell.len || written.len == cell.len + 1);
	HOLDS(text_equal(to_fix_unguard(written), cell));
	HOLDS(
	    is_formula(cell) == (written.len > cell.len) || cell.s[0] == '\'');
	/* A cell that somebody typed loses one apostrophe at most. */
	plain = to_fix_unguard(cell);
	HOLDS(plain.len == cell.len ||
	      (plain.len + 1 == cell.len && cell.s[0] == '\''));
	buf_release(&b);
	return 0;
}
