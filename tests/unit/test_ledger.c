/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "base/xalloc.h"
#include "ledger/ledger.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* What is written is there, and what was committed stays there. */

struct place {
	char folder[64], path[128];
};

static int
set_up(void **state)
{
	struct place *p = xcalloc(1, sizeof(*p));

	snprintf(p->folder, sizeof(p->folder), "/tmp/test_ledger.XXXXXX");
	if (mkdtemp(p->folder) == NULL)
		return -1;
	snprintf(p->path, sizeof(p->path), "%s/ledger.sqlite", p->folder);
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	struct place *p = *state;
	static const char *const names[] = {"ledger.sqlite",
	    "ledger.sqlite-wal", "ledger.sqlite-shm", "ledger.sqlite.new",
	    "other"};
	char path[256];

	(void)chmod(p->folder, 0700);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", p->folder, names[i]);
		(void)unlink(path);
	}
	if (rmdir(p->folder) != 0)
		return -1;
	free(p);
	return 0;
}

static bool
exists(const char *path, const char *suffix)
{
	char name[256];
	struct stat st;

	snprintf(name, sizeof(name), "%s%s", path, suffix);
	return lstat(name, &st) == 0;
}

static struct ledger *
create(const struct place *p)
{
	struct diag d = DIAG_INIT;
	struct ledger *l = ledger_create(p->path, &d);

	if (l == NULL)
		print_error("%s\n", d.message);
	assert_non_null(l);
	return l;
}

static struct ledger *
reopen(const struct place *p, bool read_only)
{
	struct diag d = DIAG_INIT;
	struct ledger *l = ledger_open(p->path, read_only, true, &d);

	if (l == NULL)
		print_error("%s\n", d.message);
	assert_non_null(l);
	return l;
}

static void
close_ledger(struct ledger *l)
{
	struct diag d = DIAG_INIT;

	assert_int_equal(ledger_close(l, &d), 0);
}

static struct ledger_chunk
chunk(uint64_t ordinal)
{
	struct ledger_chunk c = {.ordinal = ordinal,
	    .begin = ordinal * 100,
	    .end = ordinal * 100 + 100,
	    .first_row = ordinal * 10 + 2,
	    .first_line = ordinal * 11 + 3,
	    .records = 10,
	    .record_bytes = 98,
	    .rows = 8,
	    .rejected = 1,
	    .skipped = 1,
	    .blank_lines = 1,
	    .blank_bytes = 2,
	    .body_bytes = 77};

	for (size_t i = 0; i < sizeof(c.sha256); i++)
		c.sha256[i] = (unsigned char)(ordinal + i);
	return c;
}

static struct ledger_call
call(uint64_t of, enum call_state state)
{
	struct ledger_call c = {.chunk = of,
	    .part = 3,
	    .first = 1,
	    .count = 7,
	    .rows = 6,
	    .state = state,
	    .attempts = 2,
	    .sent_ms = 1000,
	    .answered_ms = 2000,
	    .settled_ms = 3000,
	    .http_status = 202,
	    .job = "job-1",
	    .evidence = "job",
	    .code = "http.202",
	    .answer = "it said “yes”"};

	memset(c.sha256, 0xa5, sizeof(c.sha256));
	return c;
}

static int
count_chunk(void *ctx, const struct ledger_chunk *c)
{
	uint64_t *n = ctx;
	struct ledger_chunk want = chunk(*n);

	assert_memory_equal(&want, c, sizeof(want));
	(*n)++;
	return 0;
}

static uint64_t
count_chunks(struct ledger *l)
{
	struct diag d = DIAG_INIT;
	uint64_t n = 0;

	assert_int_equal(ledger_each_chunk(l, count_chunk, &n, &d), 0);
	return n;
}

static void
gives_back_what_was_written(void **state)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	struct ledger *l = create(p);
	struct ledger_chunk c;
	char *value;

	assert_false(ledger_is_dirty(l));
	for (uint64_t i = 0; i < 5; i++) {
		c = chunk(i);
		assert_int_equal(ledger_add_chunk(l, &c, &d), 0);
	}
	assert_true(ledger_is_dirty(l));
	assert_int_equal(ledger_set(l, "key", "one", &d), 0);
	assert_int_equal(ledger_set(l, "key", "two", &d), 0);
	assert_int_equal(ledger_commit(l, &d), 0);
	assert_false(ledger_is_dirty(l));
	close_ledger(l);

	l = reopen(p, true);
	assert_int_equal(count_chunks(l), 5);
	value = ledger_get(l, "key", &d);
	assert_string_equal(value, "two");
	free(value);
	d.kind = DIAG_DISK;
	assert_null(ledger_get(l, "none", &d));
	assert_int_equal(d.kind, DIAG_NONE);
	close_ledger(l);
}

struct seen {
	struct ledger_call calls[8];
	size_t count;
	int stop_after;
};

static int
see_call(void *ctx, const struct ledger_call *c)
{
	struct seen *s = ctx;

	s->calls[s->count++] = *c;
	return s->stop_after > 0 && (int)s->count == s->stop_after ? 7 : 0;
}

static void
calls_are_updated_and_walked_by_state(void **state)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	struct ledger *l = create(p);
	struct ledger_call c[3];
	struct seen s = {0};

	for (int i = 0; i < 3; i++) {
		c[i] = call((uint64_t)i, CALL_SENT);
		assert_int_equal(ledger_add_call(l, &c[i], &d), 0);
		assert_true(i == 0 || c[i].id > c[i - 1].id);
	}
	c[1].state = CALL_UNKNOWN;
	c[1].http_status = 0;
	snprintf(c[1].answer, sizeof(c[1].answer), "lost");
	assert_int_equal(ledger_update_call(l, &c[1], &d), 0);
	close_ledger(l);

	l = reopen(p, false);
	assert_int_equal(ledger_each_call(l, -1, see_call, &s, &d), 0);
	assert_int_equal(s.count, 3);
	for (int i = 0; i < 3; i++)
		assert_memory_equal(&s.calls[i], &c[i], sizeof(c[i]));
	s.count = 0;
	assert_int_equal(
	    ledger_each_call(l, CALL_UNKNOWN, see_call, &s, &d), 0);
	assert_int_equal(s.count, 1);
	assert_int_equal(s.calls[0].id, c[1].id);
	s = (struct seen){.stop_after = 2};
	assert_int_equal(ledger_each_call(l, -1, see_call, &s, &d), 7);
	assert_int_equal(s.count, 2);
	c[0].id = 999;
	assert_int_equal(ledger_update_call(l, &c[0], &d), -1);
	assert_int_equal(d.kind, DIAG_INTERNAL);
	close_ledger(l);
}

struct adder {
	struct ledger *ledger;
	int seen;
};

static int
add_while_walking(void *ctx, const struct ledger_call *c)
{
	struct adder *a = ctx;
	struct diag d = DIAG_INIT;
	struct ledger_call changed = *c, more = call(c->chunk, CALL_SENT);

	changed.state = CALL_SUPERSEDED;
	assert_int_equal(ledger_update_call(a->ledger, &changed, &d), 0);
	assert_int_equal(ledger_add_call(a->ledger, &more, &d), 0);
	assert_int_equal(ledger_commit(a->ledger, &d), 0);
	a->seen++;
	return 0;
}

static void
a_walk_may_write_and_does_not_see_what_it_adds(void **state)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	struct adder a = {.ledger = create(p)};
	struct ledger_call c = call(0, CALL_UNKNOWN);
	struct seen s = {0};

	for (int i = 0; i < 3; i++)
		assert_int_equal(ledger_add_call(a.ledger, &c, &d), 0);
	assert_int_equal(
	    ledger_each_call(a.ledger, -1, add_while_walking, &a, &d), 0);
	assert_int_equal(a.seen, 3);
	assert_int_equal(
	    ledger_each_call(a.ledger, CALL_SENT, see_call, &s, &d), 0);
	assert_int_equal(s.count, 3);
	close_ledger(a.ledger);
}

static int
add_event_text(void *ctx, int64_t at_ms, const char *kind, const char *text)
{
	char *out = ctx, line[64];

	snprintf(
	    line, sizeof(line), "%lld %s %s;", (long long)at_ms, kind, text);
	strncat(out, line, 200 - strlen(out));
	return 0;
}

static void
events_come_back_in_order(void **state)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	struct ledger *l = create(p);
	char out[256] = "";

	assert_int_equal(ledger_add_event(l, 20, "start", "go", &d), 0);
	assert_int_equal(ledger_add_event(l, 10, "pause", "", &d), 0);
	close_ledger(l);
	l = reopen(p, true);
	assert_int_equal(ledger_each_event(l, add_event_text, out, &d), 0);
	assert_string_equal(out, "20 start go;10 pause ;");
	close_ledger(l);
}

/* A child that dies by SIGKILL with three chunks committed and more in an
 * open transaction. */
static void
crash_a_writer(const struct place *p, bool fresh)
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		struct diag d = DIAG_INIT;
		struct ledger *l = fresh
				       ? ledger_create(p->path, &d)
				       : ledger_open(p->path, false, false, &d);
		uint64_t from = fresh ? 0 : 3;
		struct ledger_chunk c;

		for (uint64_t i = from; i < from + 3; i++) {
			c = chunk(i);
			if (l == NULL || ledger_add_chunk(l, &c, &d) != 0)
				_exit(1);
		}
		if (ledger_commit(l, &d) != 0)
			_exit(1);
		for (uint64_t i = from + 3; i < from + 3000; i++) {
			c = chunk(i);
			if (ledger_add_chunk(l, &c, &d) != 0)
				_exit(1);
		}
		raise(SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
}

static void
a_kill_loses_nothing_that_was_committed(void **state)
{
	struct place *p = *state;
	struct ledger *l;

	crash_a_writer(p, true);
	assert_true(exists(p->path, "-wal"));
	l = reopen(p, true);
	assert_int_equal(count_chunks(l), 3);
	close_ledger(l);
	crash_a_writer(p, false);
	l = reopen(p, false);
	assert_int_equal(count_chunks(l), 6);
	close_ledger(l);
	assert_false(exists(p->path, "-wal"));
	assert_false(exists(p->path, "-shm"));
}

static void
freeing_drops_what_was_not_committed(void **state)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	struct ledger *l = create(p);
	struct ledger_chunk c = chunk(0);

	assert_int_equal(ledger_add_chunk(l, &c, &d), 0);
	assert_int_equal(ledger_commit(l, &d), 0);
	c = chunk(1);
	assert_int_equal(ledger_add_chunk(l, &c, &d), 0);
	ledger_free(l);
	l = reopen(p, false);
	assert_int_equal(count_chunks(l), 1);
	close_ledger(l);
	ledger_free(NULL);
	close_ledger(NULL);
}

static void
a_second_process_is_told_that_it_is_locked(void **state)
{
	struct place *p = *state;
	struct ledger *l = create(p);
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		struct diag d = DIAG_INIT;
		struct ledger *mine = ledger_open(p->path, true, false, &d);

		_exit(mine == NULL && d.kind == DIAG_LOCKED ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	close_ledger(l);
	close_ledger(reopen(p, false));
}

/* Fills the ledger under a file size limit until a commit fails. Returns how
 * many chunks were committed, or -1. */
static int
fill_up(const char *path, rlim_t limit)
{
	struct rlimit size = {limit, limit};
	struct diag d = DIAG_INIT;
	struct ledger *l = ledger_create(path, &d);
	uint64_t committed = 0;
	uint64_t i;

	signal(SIGXFSZ, SIG_IGN);
	if (l == NULL || setrlimit(RLIMIT_FSIZE, &size) != 0)
		return -1;
	for (i = 0; i < 100000; i++) {
		struct ledger_chunk c = chunk(i);

		if (ledger_add_chunk(l, &c, &d) != 0 ||
		    ledger_commit(l, &d) != 0)
			break;
		committed++;
	}
	if (i == 100000 || d.kind != DIAG_DISK ||
	    strstr(d.message, path) == NULL)
		return -1;
	/* From here on it refuses, and still reads what was committed. */
	d.kind = DIAG_NONE;
	if (ledger_set(l, "a", "b", &d) != -1 || d.kind != DIAG_DISK ||
	    ledger_commit(l, &d) != -1 || ledger_is_dirty(l) ||
	    count_chunks(l) != committed || ledger_close(l, &d) != -1)
		return -1;
	return (int)committed;
}

static void
a_full_disk_is_said_and_loses_nothing(void **state)
{
	struct place *p = *state;
	struct ledger *l;
	pid_t child;
	int status, pipes[2], committed = -1;

	assert_int_equal(pipe(pipes), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		committed = fill_up(p->path, (rlim_t)256 * 1024);
		_exit(write(pipes[1], &committed, sizeof(committed)) ==
			      sizeof(committed)
			  ? 0
			  : 1);
	}
	close(pipes[1]);
	assert_int_equal(
	    read(pipes[0], &committed, sizeof(committed)), sizeof(committed));
	close(pipes[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_true(committed > 10);
	l = reopen(p, false);
	assert_int_equal(count_chunks(l), committed);
	close_ledger(l);
}

static void
a_temporary_one_leaves_nothing_behind(void **state)
{
	struct diag d = DIAG_INIT;
	struct ledger *l = ledger_create(NULL, &d);
	struct ledger_chunk c;

	(void)state;
	assert_non_null(l);
	for (uint64_t i = 0; i < 100; i++) {
		c = chunk(i);
		assert_int_equal(ledger_add_chunk(l, &c, &d), 0);
	}
	assert_int_equal(ledger_commit(l, &d), 0);
	assert_int_equal(count_chunks(l), 100);
	close_ledger(l);
}

static void
states_have_names_and_meanings(void **state)
{
	static const struct {
		enum call_state state;
		const char *name;
		enum outcome outcome;
	} cases[] = {
	    {CALL_SENT, "sent", OUTCOME_UNKNOWN},
	    {CALL_ACKED, "acked", OUTCOME_ACCEPTED},
	    {CALL_CREATED, "created", OUTCOME_CREATED},
	    {CALL_ACCEPTED, "accepted", OUTCOME_ACCEPTED},
	    {CALL_REFUSED, "refused", OUTCOME_REFUSED},
	    {CALL_UNSENT, "unsent", OUTCOME_UNSENT},
	    {CALL_UNKNOWN, "unknown", OUTCOME_UNKNOWN},
	    {CALL_SUPERSEDED, "superseded", OUTCOME_UNSENT},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_string_equal(
		    call_state_name(cases[i].state), cases[i].name);
		assert_int_equal(
		    call_state_outcome(cases[i].state), cases[i].outcome);
	}
}

#define WITH_PLACE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_PLACE(gives_back_what_was_written),
	    WITH_PLACE(calls_are_updated_and_walked_by_state),
	    WITH_PLACE(a_walk_may_write_and_does_not_see_what_it_adds),
	    WITH_PLACE(events_come_back_in_order),
	    WITH_PLACE(a_kill_loses_nothing_that_was_committed),
	    WITH_PLACE(freeing_drops_what_was_not_committed),
	    WITH_PLACE(a_second_process_is_told_that_it_is_locked),
	    WITH_PLACE(a_full_disk_is_said_and_loses_nothing),
	    cmocka_unit_test(a_temporary_one_leaves_nothing_behind),
	    cmocka_unit_test(states_have_names_and_meanings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
