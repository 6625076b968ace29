/* SPDX-License-Identifier: MIT */
/* What the ledger kept of rows that were on the wire, when they are followed
 * again. */
#include "send/change.h"

#include "base/text.h"
#include "ledger/ledger.h"
#include "send/open_call.h"
#include "temp_folder.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

TEST(what_a_row_was_like_is_an_object_or_not_known)
{
	CASES(cases, const char *fields, *before; uint64_t sends;
	      unsigned told) = {
	    {"{\"data.a\":1}", "{\"data.a\":1}", 3, 3}, {"{}", "{}", 1, 1},
	    /* A file may hold anything. */
	    {"nonsense", "", 0, 1}, {"[1]", "", 2, 2},
	    {"{\"data.a\":1", "", 2, 2}, {"", "", 1, 1},
	    {NULL, "", 0, 0}, /* it was never looked up */
	};
	enum { COUNT = sizeof(cases) / sizeof(cases[0]) };
	struct open_row rows[COUNT] = {{0}};
	struct open_call call = {
	    .rows = rows, .row_count = COUNT, .book = {.chunk = 4}};
	char top[128], path[160];
	struct diag d = DIAG_INIT;
	struct ledger *l;

	assert_true(temp_folder_make(top, sizeof(top), "test_change"));
	snprintf(path, sizeof(path), "%s/ledger.sqlite", top);
	l = ledger_create(path, &d);
	assert_non_null(l);
	for (size_t i = 0; i < COUNT; i++) {
		struct ledger_before b = {.chunk = 4,
		    .index = 10 + i,
		    .looked_ms = 1000,
		    .sends = cases[i].sends};

		rows[i].index = 10 + i;
		snprintf(b.process_id, sizeof(b.process_id), "p%zu", i);
		if (cases[i].fields == NULL)
			continue;
		b.fields = text_of(cases[i].fields);
		assert_int_equal(ledger_set_before(l, &b, &d), 0);
	}
	assert_int_equal(change_read_before(&call, l, &d), 0);
	for (size_t i = 0; i < COUNT; i++) {
		char id[8];

		snprintf(id, sizeof(id), "p%zu", i);
		assert_true(text_is(change_before(&call, i), cases[i].before));
		assert_true(text_is(change_process_id(&call, i),
		    cases[i].fields != NULL ? id : ""));
		assert_int_equal(rows[i].look.sends, cases[i].told);
	}
	buf_release(&call.looks);
	assert_int_equal(ledger_close(l, &d), 0);
	assert_true(temp_folder_remove(top));
}
