/* SPDX-License-Identifier: MIT */
/* Values that have to be unique, met in one reading or collected in one and
 * judged in the next: the same is said of each row. */
#include "builder_rig.h"

static const char yaml[] = "version: 1\n"
			   "lead_id: {column: A, case: upper}\n"
			   "data:\n"
			   "  a: {column: B}\n"
			   "  mail: {column: C, unique: true, case: lower}\n"
			   "  n: {column: B, type: integer}\n"
			   "  phone: {column: D, unique: true}\n";

/* Key, number, mail, phone. */
static const struct {
	const char *row, *codes;
} rows[] = {
    {"k1|1|a@x.de|1", ""},
    {"k2|1|b@x.de|2", ""},
    {"K1|1|c@x.de|3", "rule.not_unique"},
    {"k3|1|A@X.de|4", "rule.not_unique"},
    {"k4|1|d@x.de|2", "rule.not_unique"},
    {"k5|no|e@x.de|5", "type.integer"},
    {"k6|1|E@x.de|6", "rule.not_unique"},
    {"k7|1||", ""},
    {"k8|1||", ""},
    {"k2|1|b@x.de|2", "rule.not_unique rule.not_unique rule.not_unique"},
};

static void
tell(struct rig *g)
{
	g->rec.row = g->rec.line = 1;
	EACH (i, rows) {
		rig_row(g, rows[i].row);
		assert_string_equal(g->codes, rows[i].codes);
		buf_clear(&g->out);
	}
}

TEST(values_are_met_or_collected_first_and_judged_then)
{
	struct key_spool_options o = {.folder = ".", .fields = 3};
	struct diag d = DIAG_INIT;
	struct key_spool *spool = key_spool_new(&o, &d);
	struct key_verdicts *v;
	struct rig g;

	assert_non_null(spool);
	rig_open(&g, yaml, "A|B|C|D");
	assert_int_equal(g.m->unique_count, 3);
	assert_false(builder_asks_verdicts(g.b));
	tell(&g);
	rig_close(&g);

	rig_open(&g, yaml, "A|B|C|D");
	builder_collect(g.b, spool, 0);
	g.rec.row = g.rec.line = 1;
	EACH (i, rows) {
		rig_row(&g, rows[i].row);
		assert_string_equal(g.codes, "");
		buf_clear(&g.out);
	}
	rig_close(&g);
	v = key_spool_settle(spool, &d);
	assert_non_null(v);
	key_spool_free(spool);

	rig_open(&g, yaml, "A|B|C|D");
	/* What was met before that is forgotten. */
	rig_gives(&g, "k1|1|a@x.de|1",
	    "{\"lead_id\":\"K1\",\"data\":{\"a\":\"1\",\"mail\":\"a@x.de\","
	    "\"n\":1,\"phone\":\"1\"}}");
	buf_clear(&g.out);
	builder_ask_verdicts(g.b, v, 0);
	assert_true(builder_asks_verdicts(g.b));
	tell(&g);
	assert_int_equal(builder_check_verdicts(g.b, &d), 0);
	rig_close(&g);
	key_verdicts_free(v);
}

static size_t
bytes_of(const char *mapping)
{
	struct rig g;
	size_t bytes;

	rig_open(&g, mapping, "A|B");
	rig_row(&g, "k|1");
	bytes = builder_unique_bytes(g.b);
	rig_close(&g);
	return bytes;
}

TEST(each_field_that_is_unique_has_an_index)
{
	size_t none = bytes_of("version: 1\n"
			       "lead_id: {column: A, unique: false}\n"
			       "data: {a: {column: B}}\n");
	size_t key = bytes_of("version: 1\n"
			      "lead_id: {column: A}\n"
			      "data: {a: {column: B}}\n");
	size_t both = bytes_of("version: 1\n"
			       "lead_id: {column: A}\n"
			       "data: {a: {column: B, unique: true}}\n");

	assert_true(both > key);
	assert_true(key - none >= both - key); /* with the rows' places */
}

TEST(keys_that_are_forgotten_may_come_again)
{
	struct rig g;

	rig_open(&g, yaml, "A|B|C|D");
	for (int i = 0; i < 2; i++) {
		rig_gives(&g, "k1|1|a@x.de|1",
		    "{\"lead_id\":\"K1\",\"data\":{\"a\":\"1\","
		    "\"mail\":\"a@x.de\",\"n\":1,\"phone\":\"1\"}}");
		buf_clear(&g.out);
		builder_forget_keys(g.b);
	}
	rig_close(&g);
}
