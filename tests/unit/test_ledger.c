/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "base/xalloc.h"
#include "ledger/ledger.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* The ledger as a file: creation, damage, crashes, full disks. */

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

/* Opening must fail like this. */
static void
assert_refused(
    const struct place *p, enum diag_kind kind, const char *words)
{
	for (int read_only = 0; read_only <= 1; read_only++) {
		struct diag d = DIAG_INIT;
		struct ledger *l =
		    ledger_open(p->path, read_only != 0, true, &d);

		assert_null(l);
		assert_int_equal(d.kind, kind);
		if (strstr(d.message, words) == NULL ||
		    strstr(d.message, p->path) == NULL)
			fail_msg("'%s' lacks '%s'", d.message, words);
		assert_true(d.help[0] != '\0' || d.code[0] != '\0');
	}
}

static void
run_sql(const char *path, const char *sql)
{
	sqlite3 *db = NULL;
	char *error = NULL;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &error) != SQLITE_OK)
		fail_msg("%s", error);
	sqlite3_close(db);
}

static void
write_bytes(const char *path, const char *bytes, size_t len)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
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
a_new_ledger_is_private_under_any_umask(void **state)
{
	static const mode_t masks[] = {0, 022, 0777};
	struct place *p = *state;

	for (size_t i = 0; i < 3; i++) {
		mode_t before = umask(masks[i]);
		struct diag d = DIAG_INIT;
		struct ledger *l = create(p);
		char wal[256];
		struct stat st;

		assert_int_equal(ledger_set(l, "a", "b", &d), 0);
		assert_int_equal(ledger_commit(l, &d), 0);
		assert_int_equal(lstat(p->path, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
		snprintf(wal, sizeof(wal), "%s-wal", p->path);
		assert_int_equal(lstat(wal, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
		assert_false(exists(p->path, "-shm"));
		assert_false(exists(p->path, ".new"));
		close_ledger(l);
		assert_false(exists(p->path, "-wal"));
		umask(before);
		assert_int_equal(unlink(p->path), 0);
	}
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

	snprintf(line, sizeof(line), "%lld %s %s;", (long long)at_ms, kind,
	    text);
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

static void
never_creates_over_something_that_is_there(void **state)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	char other[128];
	struct stat st;

	write_bytes(p->path, "x", 1);
	assert_null(ledger_create(p->path, &d));
	assert_int_equal(d.kind, DIAG_DISK);
	assert_int_equal(unlink(p->path), 0);

	/* A planted link, also a dangling one, is neither followed nor
	 * replaced. */
	snprintf(other, sizeof(other), "%s/other", p->folder);
	assert_int_equal(symlink(other, p->path), 0);
	assert_null(ledger_create(p->path, &d));
	assert_int_equal(lstat(p->path, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(lstat(other, &st), -1);
	assert_refused(p, DIAG_INPUT, "symbolic link");
	assert_int_equal(unlink(p->path), 0);
}

static void
a_link_planted_at_the_temporary_name_is_not_followed(void **state)
{
	struct place *p = *state;
	char other[128], made[160];
	struct stat st;

	snprintf(other, sizeof(other), "%s/other", p->folder);
	snprintf(made, sizeof(made), "%s.new", p->path);
	assert_int_equal(symlink(other, made), 0);
	close_ledger(create(p));
	assert_int_equal(lstat(other, &st), -1);
	assert_int_equal(lstat(p->path, &st), 0);
	assert_true(S_ISREG(st.st_mode));
}

static void
opening_never_creates(void **state)
{
	struct place *p = *state;

	assert_refused(p, DIAG_INPUT, "No such file");
	assert_false(exists(p->path, ""));
}

static void
an_empty_file_is_damage_and_no_fresh_start(void **state)
{
	struct place *p = *state;
	struct stat st;

	write_bytes(p->path, "", 0);
	assert_refused(p, DIAG_INPUT, "it is empty");
	assert_int_equal(lstat(p->path, &st), 0);
	assert_int_equal(st.st_size, 0);
}

static void
other_files_are_no_ledgers(void **state)
{
	struct place *p = *state;
	char noise[8192];

	memset(noise, 'n', sizeof(noise));
	write_bytes(p->path, noise, sizeof(noise));
	assert_refused(p, DIAG_INPUT, "is no ledger");
	write_bytes(p->path, "name,score\n", 11);
	assert_refused(p, DIAG_INPUT, "is no ledger");
	assert_int_equal(unlink(p->path), 0);
	run_sql(p->path, "CREATE TABLE t(x); PRAGMA user_version = 1");
	assert_refused(p, DIAG_INPUT, "is no ledger");
	assert_int_equal(unlink(p->path), 0);
	assert_int_equal(mkdir(p->path, 0700), 0);
	assert_refused(p, DIAG_INPUT, "a folder");
	assert_int_equal(rmdir(p->path), 0);
}

static void
a_changed_schema_is_named(void **state)
{
	static const struct {
		const char *sql, *words;
	} cases[] = {
	    {"PRAGMA user_version = 2", "newer csv2chakra"},
	    {"PRAGMA user_version = 0", "schema version is 0"},
	    {"PRAGMA application_id = 5", "is no ledger"},
	    {"DROP TABLE call", "table 'call'"},
	    {"DROP TABLE meta", "table 'meta'"},
	    {"DROP TABLE event", "table 'event'"},
	    {"ALTER TABLE chunk DROP COLUMN rejected", "table 'chunk'"},
	    {"ALTER TABLE row_outcome RENAME COLUMN text TO words",
		"table 'row_outcome'"},
	    {"PRAGMA ignore_check_constraints = 1;"
	     "INSERT INTO call VALUES(1, 0, 0, 0, 1, 1, x'', 'lost', 0, 0, 0,"
	     " 0, 0, '', '', '', '')",
		"CHECK constraint"},
	};
	struct place *p = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		close_ledger(create(p));
		run_sql(p->path, cases[i].sql);
		assert_refused(p, DIAG_INPUT, cases[i].words);
		assert_int_equal(unlink(p->path), 0);
	}
}

static void
torn_pages_are_damage(void **state)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	struct ledger *l = create(p);
	struct ledger_row r = {.outcome = OUTCOME_REFUSED, .text = "no"};
	struct stat st;
	char noise[4096];
	int fd;

	for (r.index = 0; r.index < 5000; r.index++)
		assert_int_equal(ledger_set_row(l, &r, &d), 0);
	close_ledger(l);
	assert_int_equal(stat(p->path, &st), 0);
	assert_true(st.st_size > 20 * 4096);
	memset(noise, 0x55, sizeof(noise));
	fd = open(p->path, O_WRONLY);
	assert_int_equal(pwrite(fd, noise, 4096, 12 * 4096), 4096);
	close(fd);
	assert_refused(p, DIAG_INPUT, "damaged");
	assert_int_equal(truncate(p->path, 9 * 4096 + 17), 0);
	assert_refused(p, DIAG_INPUT, "damaged");
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
		struct ledger *l = fresh ?
		    ledger_create(p->path, &d) :
		    ledger_open(p->path, false, false, &d);
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

static void
a_reader_cannot_write(void **state)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	struct ledger *l;

	close_ledger(create(p));
	l = reopen(p, true);
	assert_int_equal(ledger_set(l, "a", "b", &d), -1);
	assert_int_equal(d.kind, DIAG_INTERNAL);
	close_ledger(l);
}

/* Only root needs to become somebody else to be kept out. */
static void
reads_where_it_cannot_write(void **state)
{
	struct place *p = *state;
	struct ledger *l;
	struct diag d = DIAG_INIT;
	pid_t child;
	int status;

	l = create(p);
	assert_int_equal(ledger_set(l, "a", "b", &d), 0);
	close_ledger(l);
	assert_int_equal(chmod(p->path, 0444), 0);
	assert_int_equal(chmod(p->folder, 0555), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		char *value;

		if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
			_exit(2);
		l = ledger_open(p->path, true, true, &d);
		if (l == NULL)
			_exit(3);
		value = ledger_get(l, "a", &d);
		_exit(value != NULL && strcmp(value, "b") == 0 ? 0 : 4);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(chmod(p->folder, 0700), 0);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
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
			    sizeof(committed) ?
			0 :
			1);
	}
	close(pipes[1]);
	assert_int_equal(read(pipes[0], &committed, sizeof(committed)),
	    sizeof(committed));
	close(pipes[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_true(committed > 10);
	l = reopen(p, false);
	assert_int_equal(count_chunks(l), committed);
	close_ledger(l);
}

static void
a_folder_that_is_not_there_is_named(void **state)
{
	struct diag d = DIAG_INIT;

	(void)state;
	assert_null(ledger_create("/nonexistent/x/ledger.sqlite", &d));
	assert_int_equal(d.kind, DIAG_DISK);
	assert_non_null(strstr(d.message, "/nonexistent/x/ledger.sqlite"));
	assert_null(ledger_open("/nonexistent/x/l", false, true, &d));
	assert_int_equal(d.kind, DIAG_INPUT);
}

static void
works_behind_a_link_to_the_folder(void **state)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	char link_path[128], path[160];
	struct ledger *l;

	snprintf(link_path, sizeof(link_path), "%s/other", p->folder);
	assert_int_equal(symlink(".", link_path), 0);
	snprintf(path, sizeof(path), "%s/ledger.sqlite", link_path);
	l = ledger_create(path, &d);
	assert_non_null(l);
	close_ledger(l);
	close_ledger(reopen(p, false));
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
	    WITH_PLACE(a_new_ledger_is_private_under_any_umask),
	    WITH_PLACE(gives_back_what_was_written),
	    WITH_PLACE(calls_are_updated_and_walked_by_state),
	    WITH_PLACE(a_walk_may_write_and_does_not_see_what_it_adds),
	    WITH_PLACE(events_come_back_in_order),
	    WITH_PLACE(never_creates_over_something_that_is_there),
	    WITH_PLACE(a_link_planted_at_the_temporary_name_is_not_followed),
	    WITH_PLACE(opening_never_creates),
	    WITH_PLACE(an_empty_file_is_damage_and_no_fresh_start),
	    WITH_PLACE(other_files_are_no_ledgers),
	    WITH_PLACE(a_changed_schema_is_named),
	    WITH_PLACE(torn_pages_are_damage),
	    WITH_PLACE(a_kill_loses_nothing_that_was_committed),
	    WITH_PLACE(freeing_drops_what_was_not_committed),
	    WITH_PLACE(a_second_process_is_told_that_it_is_locked),
	    WITH_PLACE(a_reader_cannot_write),
	    WITH_PLACE(reads_where_it_cannot_write),
	    WITH_PLACE(a_full_disk_is_said_and_loses_nothing),
	    cmocka_unit_test(a_folder_that_is_not_there_is_named),
	    WITH_PLACE(works_behind_a_link_to_the_folder),
	    cmocka_unit_test(a_temporary_one_leaves_nothing_behind),
	    cmocka_unit_test(states_have_names_and_meanings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
