/* SPDX-License-Identifier: MIT */
#include "base/xalloc.h"
#include "ledger/ledger.h"
#include "runs/run.h"
#include "runs/run_folder.h"
#include "child.h"
#include "temp_folder.h"
#include "test.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* The list of earlier runs, as `status` and the guard see it. */

#define KEY_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define KEY_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define SEEN_MAX 20

struct place {
	char top[64], runs[96];
	int64_t now_ms;
	struct clock clock;
	struct run_summary *seen;
	size_t count;
	int answer;
};

static int64_t
fixed_now(void *ctx)
{
	return ((struct place *)ctx)->now_ms;
}

static int
set_up(void **state)
{
	struct place *p = xcalloc(1, sizeof(*p));

	assert_true(temp_folder_make(p->top, sizeof(p->top), "test_runs"));
	snprintf(p->runs, sizeof(p->runs), "%s/runs", p->top);
	p->now_ms = 1795442530000; /* 2026-11-23T14:02:10Z */
	p->clock = clock_system();
	p->clock.ctx = p;
	p->clock.wall_ms = fixed_now;
	p->seen = xcalloc(SEEN_MAX, sizeof(*p->seen));
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	struct place *p = *state;

	free(p->seen);
	return temp_folder_tear_down(state);
}

/* The folder of a new run, a minute younger than the one before. Owned. */
static char *
make_run(struct place *p, const char *key)
{
	struct diag d = DIAG_INIT;
	struct run_identity id = {
	    .base_url = "https://x", .payload_version = RUN_PAYLOAD_VERSION};
	struct run *r;
	char *folder;

	p->now_ms += 60000;
	snprintf(id.input_key, sizeof(id.input_key), "%s", key);
	r = run_create(p->runs, "x.csv", &id, TEXT_LITERAL("v"), &p->clock, &d);
	if (r == NULL)
		fail_msg("%s", d.message);
	folder = xstrdup(run_folder(r));
	run_free(r);
	return folder;
}

enum content { NO_CHUNK, CHUNK, CALL };

static struct ledger *
make_ledger(const char *folder, enum content content, enum call_state s)
{
	struct diag d = DIAG_INIT;
	char *path = path_join(folder, "ledger.sqlite");
	struct ledger *l = ledger_create(path, &d);
	struct ledger_chunk chunk = {.rows = 1, .records = 1};
	struct ledger_call call = {.count = 1, .rows = 1, .state = s};

	free(path);
	if (l == NULL)
		fail_msg("%s", d.message);
	if (content >= CHUNK)
		assert_int_equal(ledger_add_chunk(l, &chunk, &d), 0);
	if (content >= CALL)
		assert_int_equal(ledger_add_call(l, &call, &d), 0);
	assert_int_equal(ledger_commit(l, &d), 0);
	return l;
}

static void
finish_ledger(struct ledger *l, const char *exit_status)
{
	struct diag d = DIAG_INIT;

	if (exit_status != NULL) {
		assert_int_equal(ledger_set(l, "finished", "1", &d), 0);
		assert_int_equal(
		    ledger_set(l, "exit_status", exit_status, &d), 0);
	}
	assert_int_equal(ledger_close(l, &d), 0);
}

static int
see(void *ctx, const struct run_summary *s)
{
	struct place *p = ctx;

	assert_true(p->count < SEEN_MAX);
	p->seen[p->count++] = *s;
	return p->answer;
}

static size_t
look(struct place *p, const char *key)
{
	struct diag d = DIAG_INIT;

	p->count = 0;
	if (runs_each(p->runs, &(struct run_filter){.input_key = key}, see, p,
		&d) != 0)
		fail_msg("%s", d.message);
	return p->count;
}

static void
assert_run(const struct run_summary *s, const char *state_name, bool sent,
    bool has_ledger)
{
	assert_string_equal(s->state, state_name);
	assert_int_equal(s->sent, sent);
	assert_int_equal(s->has_ledger, has_ledger);
	assert_true(s->finished || strcmp(state_name, "finished") != 0);
}

TEST_WITH(without_a_runs_folder_there_are_no_runs, set_up, tear_down)
{
	struct place *p = *state;

	assert_int_equal(look(p, NULL), 0);
	assert_int_equal(look(p, KEY_A), 0);
}

TEST_WITH(the_ledger_tells_how_far_a_run_came, set_up, tear_down)
{
	CASES(cases, enum content content; enum call_state call;
	      const char *exit_status, *state, *verdict; bool sent, limited) = {
	    {NO_CHUNK, 0, NULL, "empty", "", false, false},
	    {CHUNK, 0, NULL, "stopped", "", false, false},
	    {CALL, CALL_UNSENT, NULL, "stopped", "", false, false},
	    {CALL, CALL_SENT, NULL, "stopped", "", true, false},
	    {CALL, CALL_REFUSED, NULL, "stopped", "", true, false},
	    {CALL, CALL_SUPERSEDED, NULL, "stopped", "", true, false},
	    {CALL, CALL_CREATED, "0", "finished", "exit 0", true, false},
	    {CALL, CALL_CREATED, "0", "stopped", "exit 0", true, true},
	    {CALL, CALL_CREATED, "1", "finished", "exit 1", true, false},
	    {CALL, CALL_REFUSED, "3", "stopped", "exit 3", true, false},
	    {CALL, CALL_UNSENT, "4", "stopped", "exit 4", false, false},
	    {CALL, CALL_CREATED, "5", "stopped", "exit 5", true, false},
	    {NO_CHUNK, 0, "0", "finished", "exit 0", false, false},
	    {CALL, CALL_UNKNOWN, "6", "finished", "exit 6", true, false},
	    {CALL, CALL_UNKNOWN, "70", "finished", "exit 70", true, false},
	};
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	struct ledger *l;
	size_t count = sizeof(cases) / sizeof(cases[0]);

	for (size_t i = 0; i < count; i++) {
		char *folder = make_run(p, KEY_A);

		l = make_ledger(folder, cases[i].content, cases[i].call);
		if (cases[i].limited)
			assert_int_equal(ledger_set(l, "limited", "1", &d), 0);
		finish_ledger(l, cases[i].exit_status);
		free(folder);
	}
	assert_int_equal(look(p, KEY_A), count);
	for (size_t i = 0; i < count; i++) {
		const struct run_summary *s = &p->seen[count - 1 - i];

		assert_run(s, cases[i].state, cases[i].sent, true);
		assert_string_equal(s->verdict, cases[i].verdict);
	}
}

/* All was sent, and the report was never written. */
TEST_WITH(a_run_killed_while_it_wrote_its_report_has_stopped, set_up, tear_down)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	char *folder = make_run(p, KEY_A);
	struct ledger *l = make_ledger(folder, CALL, CALL_CREATED);

	assert_int_equal(ledger_set(l, "finished", "1", &d), 0);
	finish_ledger(l, NULL);
	assert_int_equal(look(p, KEY_A), 1);
	assert_run(&p->seen[0], "stopped", true, true);
	assert_true(p->seen[0].finished);
	assert_string_equal(p->seen[0].verdict, "");
	free(folder);
}

static void
put(const char *folder, const char *name, const void *bytes, size_t len)
{
	char *path = path_join(folder, name);
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	free(path);
}

/* As 0.1.0 wrote it. */
static void
unmark(const char *folder)
{
	char *path = path_join(folder, "run.json"), text[4096], *at;
	FILE *f = fopen(path, "re");
	size_t len;

	assert_non_null(f);
	len = fread(text, 1, sizeof(text) - 1, f);
	assert_int_equal(fclose(f), 0);
	text[len] = '\0';
	at = strstr(text, "\"marked\"");
	assert_non_null(at);
	at[1] = 'x';
	put(folder, "run.json", text, len);
	free(path);
}

TEST_WITH(a_run_without_a_ledger_may_have_sent_unless_nothing_tells_of_one,
    set_up, tear_down)
{
	CASES(cases, const char *file, *bytes; size_t len;
	      bool of_0_1_0, sent) = {
	    {NULL, NULL, 0, false, false},
	    {NULL, NULL, 0, true, true},
	    {"ledger.mark", "\0\0\0\0\0\0\0\0identity", 16, false, false},
	    {"ledger.mark", "\0\0\0\0\0\0\0\1identity", 16, false, true},
	    {"ledger.mark", "\1\0\0\0\0\0\0\0identity", 16, false, true},
	    {"ledger.mark", "", 0, false, true},
	    {"ledger.mark", NULL, 0, false, true}, /* somebody removed it */
	    {"ledger.sqlite-wal", "", 0, false, true},
	    {"ledger.sqlite.new", "half", 4, false, false},
	};
	struct place *p = *state;
	size_t count = sizeof(cases) / sizeof(cases[0]);

	for (size_t i = 0; i < count; i++) {
		char *folder = make_run(p, KEY_A);

		char *path = path_join(folder, "ledger.mark");

		if (cases[i].bytes)
			put(folder, cases[i].file, cases[i].bytes,
			    cases[i].len);
		else if (cases[i].file)
			assert_int_equal(unlink(path), 0);
		free(path);
		if (cases[i].of_0_1_0)
			unmark(folder);
		free(folder);
	}
	assert_int_equal(look(p, KEY_A), count);
	for (size_t i = 0; i < count; i++) {
		const struct run_summary *s = &p->seen[count - 1 - i];

		assert_string_equal(
		    s->state, cases[i].sent ? "damaged" : "empty");
		assert_int_equal(s->sent, cases[i].sent);
		assert_false(s->has_ledger);
		assert_int_equal(s->damage[0] != '\0', cases[i].sent);
		assert_false(s->can_go_on);
	}
}

TEST_WITH(the_newest_comes_first_and_the_key_selects, set_up, tear_down)
{
	struct place *p = *state;

	free(make_run(p, KEY_A));
	free(make_run(p, KEY_B));
	free(make_run(p, KEY_A));
	assert_int_equal(look(p, NULL), 3);
	for (size_t i = 0; i < 3; i++) {
		assert_run(&p->seen[i], "empty", false, false);
		assert_true(i == 0 || strcmp(p->seen[i - 1].identity.id,
					  p->seen[i].identity.id) > 0);
	}
	assert_int_equal(look(p, KEY_A), 2);
	assert_int_equal(look(p, KEY_B), 1);
	assert_string_equal(p->seen[0].identity.base_url, "https://x");
	p->count = 0;
	p->answer = 5;
	assert_int_equal(runs_each(p->runs, &(struct run_filter){.name = NULL},
			     see, p, NULL),
	    5);
	assert_int_equal(p->count, 1);
}

TEST_WITH(strangers_in_the_folder_are_no_runs, set_up, tear_down)
{
	static const char *const folders[] = {
	    ".locks", "notes", "20261123T140210Z-x-abcdef.bak"};
	struct place *p = *state;
	char *folder = make_run(p, KEY_A), *path;
	FILE *f;

	for (size_t i = 0; i < 3; i++) {
		path = path_join(p->runs, folders[i]);
		assert_int_equal(mkdir(path, 0700), 0);
		free(path);
	}
	path = path_join(p->runs, "20261123T140210Z-file-abcdef");
	f = fopen(path, "w");
	assert_non_null(f);
	fclose(f);
	free(path);
	path = path_join(p->runs, "20261123T140210Z-link-abcdef");
	assert_int_equal(symlink(folder, path), 0);
	free(path);
	assert_int_equal(look(p, NULL), 1);
	free(folder);
}

TEST_WITH(a_renamed_run_still_counts, set_up, tear_down)
{
	struct place *p = *state;
	char *folder = make_run(p, KEY_A);
	char *path = path_join(p->runs, "precious");

	finish_ledger(make_ledger(folder, CALL, CALL_CREATED), "0");
	assert_int_equal(rename(folder, path), 0);
	assert_int_equal(look(p, KEY_A), 1);
	assert_run(&p->seen[0], "finished", true, true);
	assert_string_equal(p->seen[0].identity.id, "precious");
	free(path);
	free(folder);
}

TEST_WITH(damage_is_a_state_and_hides_nothing, set_up, tear_down)
{
	struct place *p = *state;
	char *folder = make_run(p, KEY_A), *path;
	FILE *f;

	/* A ledger that cannot tell may have sent anything. */
	path = path_join(folder, "ledger.sqlite");
	f = fopen(path, "w");
	assert_non_null(f);
	fclose(f);
	free(path);
	free(folder);
	/* A run.json that is gone: of no input that anybody knows. */
	folder = make_run(p, KEY_A);
	path = path_join(folder, "run.json");
	assert_int_equal(unlink(path), 0);
	free(path);
	free(folder);
	free(make_run(p, KEY_A));

	assert_int_equal(look(p, NULL), 3);
	assert_run(&p->seen[0], "empty", false, false);
	assert_run(&p->seen[1], "damaged", false, false);
	assert_run(&p->seen[2], "damaged", true, false);
	assert_true(run_id_is_valid(p->seen[1].identity.id));
	assert_int_equal(look(p, KEY_A), 2);
}

/* An import of another process: it has the lock and, if asked, the ledger. */
struct import {
	const struct place *place;
	const char *ledger_in; /* NULL = it has none yet */
};

static bool
import_begins(void *ctx)
{
	const struct import *import = ctx;
	struct diag d = DIAG_INIT;

	if (run_lock_take(import->place->runs, KEY_A, &d) == NULL)
		return false;
	if (import->ledger_in)
		make_ledger(import->ledger_in, CALL, CALL_SENT);
	return true;
}

TEST_WITH(a_run_that_another_process_holds_is_running, set_up, tear_down)
{
	struct place *p = *state;
	char *before = make_run(p, KEY_A), *folder;
	pid_t child;

	finish_ledger(make_ledger(before, CALL, CALL_REFUSED), NULL);
	free(before);
	folder = make_run(p, KEY_A);
	child = child_start(import_begins, &(struct import){p, NULL});
	assert_int_equal(look(p, NULL), 2);
	assert_run(&p->seen[0], "running", false, false);
	/* The lock is on the input: its other runs are what they were. */
	assert_run(&p->seen[1], "stopped", true, true);
	child_kill(child);
	child = child_start(import_begins, &(struct import){p, folder});
	assert_int_equal(look(p, NULL), 2);
	assert_string_equal(p->seen[0].state, "running");
	assert_true(p->seen[0].sent);
	child_kill(child);
	/* Killed: what it had committed is there. */
	assert_int_equal(look(p, NULL), 2);
	assert_run(&p->seen[0], "stopped", true, true);
	free(folder);
}

TEST_WITH(our_own_lock_does_not_make_a_run_running, set_up, tear_down)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	struct run_lock *l;

	free(make_run(p, KEY_A));
	l = run_lock_take(p->runs, KEY_A, &d);
	assert_non_null(l);
	assert_int_equal(look(p, KEY_A), 1);
	assert_run(&p->seen[0], "empty", false, false);
	run_lock_release(l);
}
