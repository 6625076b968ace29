/* SPDX-License-Identifier: MIT */
/* The builder and the forms that Unicode has for one text. */
#include "builder_rig.h"

#define HEAD "version: 1\nprocedure: lead\nlead_id: A\n"
/* Forms: e with an accent as one character, and as two. */
#define ONE "Caf\xc3\xa9"
#define TWO "Cafe\xcc\x81"

static void
texts_that_differ_only_in_their_form_are_compared_as_one(void **state)
{
	struct rig g;

	(void)state;
	rig_open(&g,
	    HEAD "data:\n"
		 "  m: {column: B, map: {" ONE ": X}, otherwise: keep}\n"
		 "  n: {column: B, map: {" TWO ": Y}, otherwise: keep}\n"
		 "  o: {column: C, one_of: [" TWO ", B]}\n"
		 "rows: {except: {column: D, in: [" ONE "]}}\n",
	    "A|B|C|D");
	rig_gives(&g, "1|" TWO "|" ONE "|x",
	    "{\"lead_id\":\"1\",\"data\":{\"m\":\"X\",\"n\":\"Y\","
	    "\"o\":\"" ONE "\"}}");
	rig_gives(&g, "2|" ONE "|" TWO "|x",
	    "{\"lead_id\":\"2\",\"data\":{\"m\":\"X\",\"n\":\"Y\","
	    "\"o\":\"" TWO "\"}}");
	/* What is sent keeps its form. */
	rig_gives(&g, "3|" TWO "s|B|x",
	    "{\"lead_id\":\"3\",\"data\":{\"m\":\"" TWO "s\",\"n\":\"" TWO
	    "s\",\"o\":\"B\"}}");
	rig_gives(&g, ONE "|||x", "{\"lead_id\":\"" ONE "\"}");
	rig_rejects(&g, TWO "|||x", "rule.not_unique");
	rig_row(&g, "5|||" TWO);
	assert_int_equal(g.verdict, ROW_SKIPPED);
	rig_close(&g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		texts_that_differ_only_in_their_form_are_compared_as_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
