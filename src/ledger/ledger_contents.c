/* SPDX-License-Identifier: MIT */
/*
 * Checks that the rows of the tables fit together. A constraint sees one row
 * only; a later part of the run also relies on what several rows say: every
 * call lies in its chunk, chunks tile the input, and no call that was answered
 * is unsent. Each query finds the first row that breaks its rule.
 */
#include "database.h"

/* A create of a whole chunk has its very bytes. */
#define OTHER_BYTES                                                            \
	"SELECT call.id FROM call JOIN chunk ON ordinal = chunk "              \
	"WHERE call.rows = chunk.rows AND call.sha256 <> chunk.sha256"

static const struct rule {
	bool verify_only; /* looks at every row's entry */
	const char *what, *wrong;
	const char *sql;  /* selects a number of what is wrong */
	int since, until; /* schemas; 0 = all */
	bool of_sent;	  /* asked only where there are those tables */
} rules[] = {
    {false, "call", "does not fit its chunk",
	.sql = "SELECT call.id FROM call LEFT JOIN chunk ON ordinal = chunk "
	       "WHERE ordinal IS NULL OR call.count < 1 OR call.rows < 1 "
	       "OR call.rows > call.count OR call.first < 0 "
	       "OR call.first > chunk.rows OR call.part < 0 "
	       "OR call.count > chunk.rows - call.first "
	       "OR length(call.sha256) <> 32"},
    {false, "call", "does not fit its chunk", .sql = OTHER_BYTES, .until = 1},
    {false, "call", "does not fit its chunk",
	.sql = OTHER_BYTES " AND verb = " VERB_OF_1, .since = 2},
    {false, "call", "does not fit its chunk",
	.sql = "SELECT id FROM call WHERE length(gaps) NOT IN "
	       "(0, (count + 7) / 8)",
	.since = 2},
    {false, "call", "was answered and is said to be unsent",
	.sql = "SELECT id FROM call WHERE state = 'unsent' AND (job <> '' "
	       "OR evidence <> '' OR http_status BETWEEN 200 AND 299)"},
    {true, "chunk", "does not add up",
	.sql = "SELECT ordinal FROM chunk WHERE length(sha256) <> 32 "
	       "OR records - rejected - skipped <> rows "
	       "OR \"end\" - \"begin\" <> record_bytes + blank_bytes"},
    {true, "chunk", "does not begin where the one before it ended",
	.sql = "SELECT b.ordinal FROM chunk b LEFT JOIN chunk a "
	       "ON a.ordinal = b.ordinal - 1 WHERE b.ordinal > 0 "
	       "AND (a.ordinal IS NULL OR a.\"end\" <> b.\"begin\")"},
    {true, "the entry of row", "fits no chunk and call",
	.sql = "SELECT r.row FROM row_outcome r LEFT JOIN chunk ON ordinal = "
	       "r.chunk "
	       "LEFT JOIN call ON call.id = r.call WHERE ordinal IS NULL "
	       "OR r.idx >= chunk.rows OR r.row < chunk.first_row "
	       "OR (r.call <> 0 AND call.chunk IS NOT r.chunk)"},
    {true, "what was before in chunk", "fits no chunk",
	.sql =
	    "SELECT b.chunk FROM before b LEFT JOIN chunk ON ordinal = b.chunk "
	    "WHERE ordinal IS NULL OR b.idx >= chunk.rows OR b.looked_ms < 0 "
	    "OR b.sends < 0",
	.since = 2},
    {true, "what was sent of chunk", "fits no chunk",
	.sql =
	    "SELECT s.chunk FROM sent s LEFT JOIN chunk ON ordinal = s.chunk "
	    "WHERE ordinal IS NULL OR chunk.rows = 0",
	.of_sent = true},
    {true, "what was sent of chunk", "fits no chunk",
	.sql =
	    "SELECT a.chunk FROM after a LEFT JOIN chunk ON ordinal = a.chunk "
	    "WHERE ordinal IS NULL OR a.idx >= chunk.rows",
	.of_sent = true},
};

static int
check_rule(struct ledger *l, const struct rule *rule, struct diag *d)
{
	sqlite3_stmt *s = ledger_prepare(l, rule->sql, d);
	int got = s != NULL ? ledger_step(l, s, d) : -1;

	if (got > 0)
		got = ledger_damaged(l->path, d, "%s %lld %s", rule->what,
		    (long long)sqlite3_column_int64(s, 0), rule->wrong);
	(void)sqlite3_finalize(s);
	return got;
}

int
ledger_contents_check(struct ledger *l, bool verify, struct diag *d)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if ((verify || !rules[i].verify_only) &&
		    l->schema >= rules[i].since &&
		    (l->has_sent || !rules[i].of_sent) &&
		    (rules[i].until == 0 || l->schema <= rules[i].until) &&
		    check_rule(l, &rules[i], d) != 0)
			return -1;
	return 0;
}
