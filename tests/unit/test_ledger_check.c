/* SPDX-License-Identifier: MIT */
#include "base/signals.h"
#include "ledger/database.h"
#include "ledger_place.h"
#include "temp_folder.h"
#include "test.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

/* What is in a ledger that was changed from outside: another schema, rows that
 * contradict each other, reading that never ends. */

/* The list of outcomes that a row of the ledger may have. */
#define OUTCOMES_CHANGED(from, to)                                             \
	"PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = "         \
	"replace(sql, \"" from "\", \"" to "\") WHERE name = 'row_outcome'"

PLACE_TEST(a_changed_schema_is_named)
{
	CASES(cases, const char *sql, *words, *code) = {
	    {"PRAGMA user_version = 3", "newer csv2chakra", "ledger.newer"},
	    {"PRAGMA user_version = 0", "schema version is 0", NULL},
	    {"PRAGMA application_id = 5", "is not a ledger", "ledger.foreign"},
	    {"DROP TABLE call", "table 'call'", NULL},
	    {"DROP TABLE meta", "table 'meta'", NULL},
	    {"DROP TABLE event", "table 'event'", NULL},
	    {"ALTER TABLE chunk DROP COLUMN rejected", "table 'chunk'", NULL},
	    {"ALTER TABLE call ADD COLUMN x INTEGER AS (first + 1)",
		"table 'call'", NULL},
	    {"DROP INDEX call_of_chunk", "index 'call_of_chunk' is missing",
		NULL},
	    {"CREATE INDEX other ON call(job)", "index 'other'", NULL},
	    {"CREATE TABLE notes(x)", "table 'notes'", NULL},
	    {"CREATE TABLE event2 AS SELECT * FROM event", "'event2'", NULL},
	    {"INSERT INTO event VALUES(1, 2, 'start', ''); ANALYZE; "
	     "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = "
	     "'CREATE TABLE sqlite_stat1(tbl,idx,stat,x)' "
	     "WHERE name = 'sqlite_stat1'",
		"table 'sqlite_stat1'", NULL},
	    {"CREATE VIEW v AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL "
	     "SELECT i + 1 FROM n) SELECT i FROM n",
		"view 'v'", NULL},
	    {"ALTER TABLE event RENAME TO e2; CREATE VIEW event AS WITH "
	     "RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) "
	     "SELECT i AS id, i AS at_ms, '' AS kind, '' AS text FROM n",
		"'e", NULL},
	    {"CREATE TRIGGER t AFTER INSERT ON event BEGIN "
	     "UPDATE call SET state = 'unsent'; END",
		"trigger 't'", NULL},
	    {"CREATE VIRTUAL TABLE words USING fts5(x)", "'words'", NULL},
	    {"ALTER TABLE call RENAME COLUMN part TO piece", "table 'call'",
		NULL},
	    {"ALTER TABLE row_outcome RENAME COLUMN idx TO i",
		"table 'row_outcome'", NULL},
	    {"ALTER TABLE row_outcome RENAME COLUMN text TO words",
		"table 'row_outcome'", NULL},
	    {OUTCOMES_CHANGED("'accepted', 'refused'", "'refused', 'accepted'"),
		"table 'row_outcome'", NULL},
	    {OUTCOMES_CHANGED("'skipped'", "'lost'"), "table 'row_outcome'",
		NULL},
	    {"PRAGMA ignore_check_constraints = 1;"
	     "INSERT INTO call VALUES(1, 0, 0, 0, 1, 1, x'', 'lost', 0, 0, 0,"
	     " 0, 0, '', '', '', '', 'create', x'')",
		"CHECK constraint", NULL},
	};
	struct place *p = *state;

	EACH (i, cases) {
		place_close(place_create(p));
		place_sql(p, cases[i].sql);
		place_refuses(p,
		    cases[i].code != NULL ? cases[i].code : "ledger.damaged",
		    cases[i].words);
		assert_int_equal(unlink(p->path), 0);
	}
}

/* It leaves out other rows than it says. */
PLACE_TEST(gaps_that_are_not_as_many_as_the_rows_that_are_left_out_are_damage)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	struct ledger_totals totals;
	struct ledger *l = place_create(p);
	struct ledger_chunk chunk = sample_chunk(0);
	struct ledger_call call = sample_call(&chunk, CALL_CREATED);

	assert_int_equal(ledger_add_chunk(l, &chunk, &d), 0);
	assert_int_equal(ledger_add_call(l, &call, &d), 0);
	place_close(l);
	place_sql(p, "UPDATE call SET gaps = x'01'");
	l = place_open(p, true);
	assert_int_equal(ledger_totals(l, &totals, &d), -1);
	assert_int_equal(d.kind, DIAG_INPUT);
	assert_non_null(strstr(d.message, "call 1 does not carry the rows"));
	ledger_free(l);
}

/* Good in each row, and wrong beside the others. */
PLACE_TEST(rows_that_contradict_each_other_are_damage)
{
	CASES(cases, const char *sql, *words) = {
	    {"UPDATE call SET count = 9 WHERE id = 2", "call 2 does not fit"},
	    {"UPDATE call SET first = 1 WHERE id = 2", "call 2 does not fit"},
	    {"UPDATE call SET rows = 9 WHERE id = 1", "call 1 does not fit"},
	    {"UPDATE call SET gaps = x'0000000000' WHERE id = 1",
		"call 1 does not fit"},
	    {"UPDATE call SET chunk = 7 WHERE id = 1", "call 1 does not fit"},
	    /* Of the same size, with other bytes. */
	    {"UPDATE call SET chunk = 0 WHERE id = 2", "call 2 does not fit"},
	    {"UPDATE call SET chunk = 3 WHERE id = 1", "call 1 does not fit"},
	    {"UPDATE call SET sha256 = x'00' WHERE id = 1",
		"call 1 does not fit"},
	    {"UPDATE call SET state = 'unsent' WHERE id = 2",
		"call 2 was answered"},
	    {"DELETE FROM chunk WHERE ordinal = 1", "call 2 does not fit"},
	    {"DELETE FROM chunk WHERE ordinal = 2",
		"chunk 3 does not begin where"},
	    {"UPDATE chunk SET rows = 7 WHERE ordinal = 2",
		"chunk 2 does not add up"},
	    {"UPDATE chunk SET record_bytes = 1 WHERE ordinal = 3",
		"chunk 3 does not add up"},
	    {"UPDATE chunk SET \"begin\" = 101, record_bytes = 97 "
	     "WHERE ordinal = 1",
		"chunk 1 does not begin where"},
	    {"UPDATE row_outcome SET idx = 8", "the entry of row 3"},
	    {"UPDATE row_outcome SET call = 2", "the entry of row 3"},
	    {"UPDATE row_outcome SET chunk = 9", "the entry of row 3"},
	};
	struct place *p = *state;

	EACH (i, cases) {
		struct diag d = DIAG_INIT;
		struct ledger *l = place_create(p);
		struct ledger_row r = {.row = 3,
		    .index = 1,
		    .call = 1,
		    .outcome = OUTCOME_REFUSED};

		for (uint64_t k = 0; k < 4; k++) {
			struct ledger_chunk c = sample_chunk(k);
			struct ledger_call call = sample_call(&c, CALL_CREATED);

			snprintf(call.job, sizeof(call.job), "j");
			assert_int_equal(ledger_add_chunk(l, &c, &d), 0);
			if (k < 2)
				assert_int_equal(
				    ledger_add_call(l, &call, &d), 0);
		}
		assert_int_equal(ledger_set_row(l, &r, &d), 0);
		place_close(l);
		place_close(place_open(p, false));
		place_sql(p, cases[i].sql);
		place_refuses(p, "ledger.damaged", cases[i].words);
		assert_int_equal(unlink(p->path), 0);
	}
}

PLACE_TEST(statistics_of_the_shell_are_no_damage)
{
	struct place *p = *state;

	place_close(place_create(p));
	place_sql(p, "INSERT INTO event VALUES(1, 2, 'start', ''); ANALYZE");
	place_close(place_open(p, false));
}

PLACE_TEST(a_ledger_from_before_an_outcome_opens)
{
	struct place *p = *state;

	place_close(place_create(p));
	place_sql(p, OUTCOMES_CHANGED("'skipped', ", ""));
	place_close(place_open(p, false));
	place_sql(p, OUTCOMES_CHANGED("'created', 'accepted', ", ""));
	place_close(place_open(p, false));
}

#define ENDLESS                                                                \
	"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "     \
	"SELECT count(*) FROM n"

/* In a child that gets a SIGTERM after 50 ms: how a query that never ends
 * ends. */
static int
ask_without_end(struct ledger *l, uint64_t bytes)
{
	struct itimerval soon = {.it_value = {.tv_usec = 50000}};
	struct diag d = DIAG_INIT;
	int64_t n;

	signals_install();
	signal(SIGALRM, SIG_DFL);
	if (bytes > 0) {
		struct sigaction sa;

		/* The alarm comes as a SIGTERM does. */
		sigaction(SIGTERM, NULL, &sa);
		sigaction(SIGALRM, &sa, NULL);
	}
	ledger_watch(l, bytes);
	if (bytes > 0)
		setitimer(ITIMER_REAL, &soon, NULL);
	return ledger_query_int(l, ENDLESS, &n, &d) == 0 ? 0 : (int)d.kind;
}

PLACE_TEST(reading_without_end_is_ended_by_a_signal_or_the_size_of_the_file)
{
	static const struct {
		uint64_t bytes;
		enum diag_kind kind;
	} cases[] = {{0, DIAG_INPUT}, {(uint64_t)1 << 40, DIAG_SIGNAL}};
	struct place *p = *state;

	place_close(place_create(p));
	for (size_t i = 0; i < 2; i++) {
		pid_t child = fork();
		int status;

		assert_true(child >= 0);
		if (child == 0) {
			struct rlimit cpu = {20, 20};
			struct ledger *l = place_open(p, true);
			int kind;

			setrlimit(RLIMIT_CPU, &cpu);
			kind = ask_without_end(l, cases[i].bytes);
			ledger_free(l);
			_exit(kind);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), cases[i].kind);
	}
}

/* What SQLite had not moved into the file when its writer died is read, too. */
PLACE_TEST(a_larger_file_may_take_longer)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	struct ledger *l;
	struct stat file, wal;
	char name[PATH_MAX];
	uint64_t steps;
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		l = place_create(p);
		if (ledger_set(l, "x", "y", &d) || ledger_commit(l, &d))
			_exit(1);
		kill(getpid(), SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	snprintf(name, sizeof(name), "%s-wal", p->path);
	assert_int_equal(stat(p->path, &file), 0);
	assert_int_equal(stat(name, &wal), 0);
	assert_true(file.st_size > 0 && wal.st_size > 0);
	l = place_open(p, false);
	steps = l->steps_max;
	ledger_watch(l, 0);
	assert_true(steps - l->steps_max >=
		    64 * (uint64_t)(file.st_size + wal.st_size));
	ledger_free(l);
}
