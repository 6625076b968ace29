/* SPDX-License-Identifier: MIT */
/* Which runs prune takes apart, and what stays of them. */
#include "base/xalloc.h"
#include "ledger/ledger.h"
#include "runs/run.h"
#include "runs/run_folder.h"
#include "temp_folder.h"
#include "test.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define DAY_MS ((int64_t)24 * 3600 * 1000)

struct place {
	char top[64], runs[96];
	int64_t ended_ms;
	const char *part; /* the last command; NULL = not said */
	bool superseded;
	struct run *run;
};

static int
set_up(void **state)
{
	struct place *p = xcalloc(1, sizeof(*p));
	struct run_identity id = {.base_url = "https://x",
	    .input_key = KEY,
	    .payload_version = RUN_PAYLOAD_VERSION};
	struct clock clock = clock_system();
	struct diag d = DIAG_INIT;

	assert_true(temp_folder_make(p->top, sizeof(p->top), "test_prune"));
	snprintf(p->runs, sizeof(p->runs), "%s/runs", p->top);
	p->ended_ms = 1795442530000; /* 2026-11-23T14:02:10Z */
	p->run = run_create(
	    p->runs, "x.csv", &id, TEXT_LITERAL("version: 1"), &clock, &d);
	assert_non_null(p->run);
	/* Nobody works on it any more. */
	run_free(p->run);
	p->run = run_open(p->runs, id.id, &d);
	assert_non_null(p->run);
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	struct place *p = *state;

	run_free(p->run);
	return temp_folder_tear_down(state);
}

/* A ledger of one row that ended so; NULL = it did not end. */
static void
make_ledger(struct place *p, enum call_state state, const char *exit_status)
{
	struct diag d = DIAG_INIT;
	char *path = run_path(p->run, RUN_LEDGER);
	struct ledger *l = ledger_create(path, &d);
	struct ledger_chunk chunk = {.rows = 1, .records = 1};
	struct ledger_call call = {.count = 1, .rows = 1, .state = state};

	free(path);
	assert_non_null(l);
	assert_int_equal(ledger_add_chunk(l, &chunk, &d), 0);
	assert_int_equal(ledger_add_call(l, &call, &d), 0);
	if (p->part)
		assert_false(
		    ledger_add_event(l, p->ended_ms, "start", p->part, &d));
	assert_int_equal(
	    ledger_add_event(l, p->ended_ms, "end", "finished", &d), 0);
	if (exit_status) {
		assert_int_equal(ledger_set(l, "finished", "1", &d), 0);
		assert_int_equal(
		    ledger_set(l, "exit_status", exit_status, &d), 0);
	}
	assert_int_equal(ledger_close(l, &d), 0);
}

static void
put_text(const struct place *p, const char *name, const char *text)
{
	char *path = run_path(p->run, name);
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_int_equal(fputs(text, f) >= 0, 1);
	assert_int_equal(fclose(f), 0);
	free(path);
}

#define put_file(p, name) put_text(p, name, "four")

/* results.csv and a report of 0.1.0, which lists no sums: what is not newer
 * than it is its own. */
static void
put_report(const struct place *p)
{
	put_file(p, "results.csv");
	put_text(p, "report.json", "{\n\"schema\":\"csv2chakra.report/1\"}\n");
}

static bool
has(const struct place *p, const char *name)
{
	char *path = run_path(p->run, name);
	bool there = path_exists(path, "");
	free(path);
	return there;
}

static struct prune_result
prune(const struct place *p, int64_t older_than_ms)
{
	const struct prune_request q = {
	    .now_ms = p->ended_ms + 10 * DAY_MS,
	    .older_than_ms = older_than_ms,
	    .superseded = p->superseded,
	};
	struct prune_result r;
	struct diag d = DIAG_INIT;

	assert_int_equal(run_prune(p->run, p->runs, &q, &r, &d), 0);
	return r;
}

TEST_WITH(a_settled_run_goes_and_its_stub_says_what_it_was, set_up, tear_down)
{
	struct place *p = *state;
	struct pruned_run stub;
	struct prune_result r;
	struct diag d = DIAG_INIT;

	make_ledger(p, CALL_CREATED, "0");
	put_report(p);
	put_file(p, ".csv2chakra-AbC123");
	put_file(p, "notes of somebody");
	r = prune(p, 0);
	assert_true(r.pruned);
	assert_string_equal(r.why, "");
	assert_true(has(p, "notes of somebody") && has(p, "run.json"));
	assert_false(has(p, RUN_LEDGER) || has(p, "mapping.yaml"));
	assert_false(has(p, ".csv2chakra-AbC123"));
	assert_int_equal(run_pruned_read(p->run, &stub, &d), 1);
	assert_true(stub.sent && r.left == 1);
	assert_string_equal(stub.ended, "2026-11-23T14:02:10Z");
	assert_string_equal(stub.exit_status, "0");
	assert_int_equal(stub.rows.rows[OUTCOME_CREATED], 1);
	/* Once more: nothing is left to do. */
	r = prune(p, 0);
	assert_true(r.was_pruned);
	assert_false(r.pruned);
	assert_int_equal(r.files, 0);
}

/* What will not get better goes by its name, never by its age. */
TEST(a_run_that_is_not_settled_stays_whole)
{
	CASES(cases, enum call_state state;
	      const char *exit_status, *part, *why; bool by_name) = {
	    {CALL_CREATED, NULL, NULL, "did not finish", false},
	    {CALL_UNKNOWN, "6", NULL, "reconcile it first", false},
	    {CALL_UNKNOWN, "6", "resume", "reconcile it first", false},
	    {CALL_CREATED, "4", NULL, "did not finish", false},
	    {CALL_CREATED, "70", "import", "did not balance: name it", true},
	    {CALL_UNKNOWN, "6", "reconcile", "stayed unknown: name it", true},
	    {CALL_UNKNOWN, "70", "reconcile", "stayed unknown: name it", true},
	};

	EACH (i, cases) {
		struct place *p;
		struct prune_result r;
		void *own = NULL;

		(void)state;
		set_up(&own);
		p = own;
		p->part = cases[i].part;
		make_ledger(p, cases[i].state, cases[i].exit_status);
		put_report(p);
		r = prune(p, cases[i].by_name ? DAY_MS : 0);
		assert_false(r.pruned);
		assert_int_equal(r.files, 0);
		if (strstr(r.why, cases[i].why) == NULL)
			fail_msg("case %zu: %s", i, r.why);
		assert_true(has(p, RUN_LEDGER));
		assert_true(has(p, "results.csv"));
		assert_false(has(p, RUN_PRUNED));
		assert_true(!cases[i].by_name || prune(p, 0).pruned);
		assert_int_equal(tear_down(&own), 0);
	}
}

/* Nothing is left to settle of a run that never sent a row, or whose input a
 * later one has imported; and one whose input held a damaged row is over. */
TEST(a_run_that_nobody_goes_on_with_can_go)
{
	CASES(cases, enum call_state state; const char *exit_status;
	      bool superseded) = {
	    {CALL_UNSENT, "4", false},
	    {CALL_UNSENT, NULL, false},
	    {CALL_UNKNOWN, "6", true},
	    {CALL_CREATED, NULL, true},
	    {CALL_CREATED, "7", false},
	};

	EACH (i, cases) {
		struct place *p;
		void *own = NULL;

		set_up(&own);
		p = own;
		make_ledger(p, cases[i].state, cases[i].exit_status);
		p->superseded = cases[i].superseded;
		assert_true(prune(p, 0).pruned);
		assert_int_equal(tear_down(&own), 0);
	}
}

TEST_WITH(a_run_is_as_old_as_its_end, set_up, tear_down)
{
	struct place *p = *state;
	struct prune_result r;

	make_ledger(p, CALL_CREATED, "1");
	r = prune(p, 10 * DAY_MS + 1);
	assert_false(r.pruned);
	assert_true(r.too_young);
	r = prune(p, 10 * DAY_MS);
	assert_true(r.pruned);
}

TEST_WITH(a_prune_that_was_ended_in_the_middle_is_finished, set_up, tear_down)
{
	struct place *p = *state;
	struct prune_result r;
	struct pruned_run stub;
	struct diag d = DIAG_INIT;
	char *from, *to;

	make_ledger(p, CALL_CREATED, "0");
	r = prune(p, 0);
	assert_true(r.pruned);
	/* As if only the stub had come to the disk. */
	from = run_path(p->run, RUN_PRUNED);
	to = run_path(p->run, "kept");
	assert_int_equal(link(from, to), 0);
	assert_int_equal(unlink(from), 0);
	make_ledger(p, CALL_CREATED, "0");
	put_report(p);
	assert_int_equal(rename(to, from), 0);
	/* Too young does not count any more: it is pruned. */
	r = prune(p, 1000 * DAY_MS);
	assert_true(r.was_pruned);
	assert_true(r.files >= 2);
	assert_false(has(p, RUN_LEDGER));
	assert_false(has(p, "results.csv"));
	assert_int_equal(run_pruned_read(p->run, &stub, &d), 1);
	assert_int_equal(run_check_pruned(p->run, &d), -1);
	free(from);
	free(to);
}

TEST_WITH(a_run_that_somebody_works_on_stays, set_up, tear_down)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	struct run_lock *lock;
	struct prune_result r;

	make_ledger(p, CALL_CREATED, "0");
	lock = run_lock_take(p->runs, KEY, &d);
	assert_non_null(lock);
	r = prune(p, 0);
	run_lock_release(lock);
	assert_false(r.pruned);
	assert_non_null(strstr(r.why, "a process is working on it"));
	assert_true(has(p, RUN_LEDGER));
}

static void
overwrite(
    const struct place *p, const char *name, const char *bytes, size_t len)
{
	char *path = run_path(p->run, name);
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	free(path);
}

static void
commit_intent(struct ledger *l)
{
	struct diag d = DIAG_INIT;
	struct ledger_chunk chunk = {.rows = 1, .records = 1};
	struct ledger_call call = {.count = 1, .rows = 1, .state = CALL_SENT};

	assert_int_equal(ledger_add_chunk(l, &chunk, &d), 0);
	assert_int_equal(ledger_add_call(l, &call, &d), 0);
	assert_int_equal(ledger_commit_intents(l, &d), 0);
}

/* What nobody can go on with goes when it is named; what it may have sent is
 * not forgotten. */
TEST(a_run_without_a_readable_ledger_goes_by_its_name)
{
	static const struct {
		const char *left; /* "": nothing; else what stays of a run */
		bool sent;
	} cases[] = {{"", false}, {RUN_MARK, true}, {RUN_LEDGER "-wal", true},
	    {RUN_LEDGER, true}, {RUN_PRUNED, true}};

	EACH (i, cases) {
		struct diag d = DIAG_INIT;
		struct place *p;
		struct pruned_run stub;
		struct prune_result r;

		assert_int_equal(set_up((void **)&p), 0);
		if (strcmp(cases[i].left, RUN_MARK) == 0)
			overwrite(p, RUN_MARK, "\0\0\0\0\0\0\0\1idididid", 16);
		else if (cases[i].left[0] != '\0')
			put_file(p, cases[i].left);
		assert_int_equal(run_never_sent(p->run), !cases[i].sent);
		r = prune(p, (int64_t)1 << 50);
		assert_false(r.pruned);
		if (cases[i].sent)
			assert_non_null(strstr(r.why, "name it"));
		r = prune(p, 0);
		assert_string_equal(r.why, "");
		assert_true(r.pruned);
		assert_false(has(p, RUN_LEDGER));
		assert_false(has(p, RUN_MARK));
		assert_int_equal(run_pruned_read(p->run, &stub, &d), 1);
		assert_int_equal(stub.sent, cases[i].sent);
		assert_string_equal(
		    stub.exit_status, cases[i].sent ? RUN_EXIT_UNKNOWN : "");
		assert_int_equal(tear_down((void **)&p), 0);
	}
}

TEST_WITH(a_run_that_can_go_on_after_damage_stays, set_up, tear_down)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	struct prune_result r;
	char *path = run_path(p->run, RUN_LEDGER);
	struct ledger *l = ledger_create(path, &d);

	assert_non_null(l);
	commit_intent(l);
	assert_int_equal(ledger_close(l, &d), 0);
	overwrite(p, RUN_MARK, "\0\0\0\0\0\0\0\2idididid", 16);
	r = prune(p, 0);
	assert_false(r.pruned);
	assert_non_null(strstr(r.why, "resume it with --after-damage"));
	assert_true(has(p, RUN_LEDGER));
	free(path);
}

TEST_WITH(folders_and_links_with_our_names_are_left_alone, set_up, tear_down)
{
	struct place *p = *state;
	struct prune_result r;
	char *folder = run_path(p->run, "report.json");
	char *link_path = run_path(p->run, "rejected.csv");

	make_ledger(p, CALL_CREATED, "0");
	assert_int_equal(mkdir(folder, 0700), 0);
	assert_int_equal(symlink(p->top, link_path), 0);
	r = prune(p, 0);
	assert_true(r.pruned);
	assert_int_equal(r.left, 2);
	assert_true(has(p, "report.json"));
	assert_true(has(p, "rejected.csv"));
	assert_true(path_exists(p->top, ""));
	free(folder);
	free(link_path);
}

/* Of an import that was killed before its run had a name. */
TEST_WITH(leftovers_are_swept_when_they_are_a_day_old, set_up, tear_down)
{
	CASES(cases, const char *folder, *file; bool goes) = {
	    {".new-20260401T020000Z-x-0000aa", NULL, true},
	    {".new-20260401T020000Z-x-0000ab", "run.json", true},
	    {".new-20260401T020000Z-x-0000ac", "notes.txt", false},
	    {".new-mine", NULL, false},
	    {NULL, ".spool-00000000000000aa", true},
	    {NULL, ".csv2chakra-a1B2c3", true},
	    {NULL, ".csv2chakra-spare", false},
	    {".spool-folder", NULL, false},
	};
	struct place *p = *state;
	int64_t now;
	struct clock clock = clock_system();

	for (int late = 0; late <= 1; late++) {
		EACH (i, cases) {
			char *at = cases[i].folder
				       ? path_join(p->runs, cases[i].folder)
				       : xstrdup(p->runs);
			char *file = cases[i].file
					 ? path_join(at, cases[i].file)
					 : xstrdup(at);
			FILE *f;

			if (cases[i].folder && !path_exists(at, ""))
				assert_int_equal(mkdir(at, 0700), 0);
			if (cases[i].file) {
				f = fopen(file, "we");
				assert_non_null(f);
				assert_int_equal(fclose(f), 0);
			}
			now = clock.wall_ms(clock.ctx);
			runs_sweep(p->runs,
			    now + (late ? DAY_MS + 5000 : DAY_MS - 5000));
			assert_int_equal(
			    path_exists(cases[i].folder ? at : file, ""),
			    !(late && cases[i].goes));
			free(at);
			free(file);
		}
	}
	assert_true(has(p, RUN_JSON));
}

/* Also before it has a ledger, and without any lock on its input. */
TEST_WITH(a_run_that_is_held_stays, set_up, tear_down)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	struct run *other = run_open(p->runs, run_identity(p->run)->id, &d);
	struct prune_result r;

	assert_non_null(other);
	assert_int_equal(run_hold(other, &d), 0);
	assert_int_equal(run_hold(p->run, &d), -1);
	assert_int_equal(d.kind, DIAG_LOCKED);
	r = prune(p, 0);
	assert_false(r.pruned);
	assert_string_equal(r.why, "a process is working on it");
	run_free(other);
	assert_true(prune(p, 0).pruned);
}
