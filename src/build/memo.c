/* SPDX-License-Identifier: MIT */
/*
 * A table with one place a cell, without chains: a miss costs a hash and one
 * comparison. Refused: the last cell alone (columns that are sorted are few),
 * and a memo that grows (what it holds is to stay in the cache).
 */
#include "memo.h"

#include <string.h>

void
memo_keep(struct memo_entry *e, struct text cell, struct text json)
{
	if (json.len > MEMO_JSON)
		return;
	e->cell_len = (unsigned char)cell.len;
	e->json_len = (unsigned char)json.len;
	memcpy(e->cell, cell.s, cell.len);
	memcpy(e->json, json.s, json.len);
}
