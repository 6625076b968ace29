/* SPDX-License-Identifier: MIT */
#include "base/xalloc.h"
#include "ledger/ledger.h"
#include "runs/run.h"
#include "runs/run_folder.h"
#include "temp_folder.h"
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Run folders: names, modes, planted links, identity, finding them again. */

struct place {
	char top[64], runs[96];
	int64_t now_ms;
	uint64_t chance;
	struct clock clock;
};

static int64_t
fixed_now(void *ctx)
{
	return ((struct place *)ctx)->now_ms;
}

static uint64_t
counting(void *ctx)
{
	return ((struct place *)ctx)->chance++;
}

static int
set_up(void **state)
{
	struct place *p = xcalloc(1, sizeof(*p));

	assert_true(temp_folder_make(p->top, sizeof(p->top), "test_run"));
	snprintf(p->runs, sizeof(p->runs), "%s/a/b/runs", p->top);
	p->now_ms = 1795442530000; /* 2026-11-23T14:02:10Z */
	p->chance = 0xabc001;
	p->clock = clock_system();
	p->clock.ctx = p;
	p->clock.wall_ms = fixed_now;
	p->clock.random = counting;
	*state = p;
	return 0;
}

#define KEY_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define KEY_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static struct run_identity
identity(const char *key)
{
	struct run_identity id = {.input_bytes = 1234567890123460,
	    .payload_version = RUN_PAYLOAD_VERSION,
	    .base_url = "https://api.chakrahq.com",
	    .procedure = "leads/é",
	    .input_path = "/data/le\"ads\n.csv",
	    .mapping_path = "/data/m\xe4p.yaml", /* Latin-1: no UTF-8 */
	    .parent = "20260101T000000Z-x-000000"};

	snprintf(id.input_key, sizeof(id.input_key), "%s", key);
	snprintf(id.run_key, sizeof(id.run_key), "%s", KEY_B);
	memset(id.input_sha256, 'c', 64);
	return id;
}

static struct run *
create_named(struct place *p, const char *input, const char *key)
{
	struct diag d = DIAG_INIT;
	struct run_identity id = identity(key);
	struct run *r = run_create(
	    p->runs, input, &id, TEXT_LITERAL("version: 1\n"), &p->clock, &d);

	if (r == NULL)
		fail_msg("%s", d.message);
	assert_string_equal(id.id, run_identity(r)->id);
	return r;
}

static struct run *
create(struct place *p)
{
	return create_named(p, "/data/leads.csv", KEY_A);
}

/* A run that was made a minute after the one before. Its id. */
static char *
make_later(struct place *p, const char *key)
{
	struct run *r;
	char *id;

	p->now_ms += 60000;
	r = create_named(p, "x.csv", key);
	id = xstrdup(run_identity(r)->id);
	run_free(r);
	return id;
}

static mode_t
mode_of(const char *path)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		fail_msg("%s: %s", path, strerror(errno));
	return st.st_mode & 07777;
}

static char *
slurp(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = xcalloc(1, 65536);

	assert_non_null(f);
	(void)!fread(text, 1, 65535, f);
	fclose(f);
	return text;
}

TEST_WITH(
    a_run_folder_is_private_under_any_umask, set_up, temp_folder_tear_down)
{
	static const mode_t masks[] = {0, 022, 0777};
	struct place *p = *state;

	for (size_t i = 0; i < 3; i++) {
		mode_t before = umask(masks[i]);
		struct run *r;
		char *path;

		snprintf(p->runs, sizeof(p->runs), "%s/%zu/runs", p->top, i);
		r = create(p);
		umask(before);
		assert_int_equal(mode_of(p->runs), 0700);
		assert_int_equal(mode_of(run_folder(r)), 0700);
		path = run_path(r, "run.json");
		assert_int_equal(mode_of(path), 0600);
		free(path);
		path = run_path(r, "mapping.yaml");
		assert_int_equal(mode_of(path), 0600);
		free(path);
		run_free(r);
		path = path_join(p->top, (const char[]){'0' + (char)i, 0});
		assert_int_equal(mode_of(path), 0700);
		free(path);
	}
}

TEST_WITH(the_name_tells_when_and_what, set_up, temp_folder_tear_down)
{
	struct place *p = *state;
	struct run *r = create(p);
	char *path = run_path(r, "mapping.yaml"), *text = slurp(path);

	assert_string_equal(
	    run_identity(r)->id, "20261123T140210Z-leads-abc001");
	assert_string_equal(
	    run_identity(r)->started, "2026-11-23T14:02:10.000Z");
	assert_string_equal(text, "version: 1\n");
	free(text);
	free(path);
	run_free(r);
}

TEST_WITH(
    a_name_that_is_taken_gets_another_ending, set_up, temp_folder_tear_down)
{
	struct place *p = *state;
	struct run *a = create(p), *b;
	int runs = open(p->runs, O_RDONLY | O_DIRECTORY);

	p->chance = 0xabc001; /* also planted: a link at the next name */
	assert_int_equal(
	    symlinkat("/nonexistent", runs, "20261123T140210Z-leads-abc002"),
	    0);
	close(runs);
	b = create(p);
	assert_string_equal(
	    run_identity(b)->id, "20261123T140210Z-leads-abc003");
	run_free(a);
	run_free(b);
}

TEST_WITH(identity_survives_the_file, set_up, temp_folder_tear_down)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	struct run *r = create(p), *again;

	again = run_open(p->runs, run_identity(r)->id, &d);
	assert_non_null(again);
	assert_memory_equal(
	    run_identity(r), run_identity(again), sizeof(struct run_identity));
	assert_string_equal(run_folder(r), run_folder(again));
	run_free(again);
	/* By its folder, wherever the other runs are. */
	again = run_open("/nonexistent", run_folder(r), &d);
	assert_non_null(again);
	assert_string_equal(run_identity(r)->id, run_identity(again)->id);
	run_free(again);
	run_free(r);
}

TEST_WITH(a_renamed_run_is_known_by_its_new_name, set_up, temp_folder_tear_down)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	struct run *r = create(p), *again;
	char *path = path_join(p->runs, "precious");

	assert_int_equal(rename(run_folder(r), path), 0);
	again = run_open(p->runs, "precious", &d);
	assert_non_null(again);
	assert_string_equal(run_identity(again)->id, "precious");
	assert_string_equal(run_folder(again), path);
	run_free(again);
	run_free(r);
	free(path);
}

/* In a child: the limit stays with the process. 0 = as it must be. */
static int
create_with_little_room(struct place *p, rlim_t room)
{
	struct rlimit size = {room, room};
	struct run_identity id = identity(KEY_A);
	struct diag d = DIAG_INIT;
	struct stat st;
	struct run *r;
	char *path;

	signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &size) != 0)
		return 1;
	r = run_create(
	    p->runs, "x.csv", &id, TEXT_LITERAL("version: 1\n"), &p->clock, &d);
	if (r != NULL)
		return room < 100 ? 2 : 0;
	path = path_join(p->runs, id.id);
	return d.kind == DIAG_DISK && strstr(d.message, p->runs) != NULL &&
		       lstat(path, &st) != 0
		   ? 0
		   : 3;
}

TEST_WITH(a_full_disk_leaves_no_half_a_run, set_up, temp_folder_tear_down)
{
	static const rlim_t rooms[] = {0, 5, 50, 200, 400, 100000};
	struct place *p = *state;

	EACH (i, rooms) {
		pid_t child = fork();
		int status;

		assert_true(child >= 0);
		if (child == 0)
			_exit(create_with_little_room(p, rooms[i]));
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
	}
}

TEST_WITH(latest_follows_the_newest_run, set_up, temp_folder_tear_down)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	struct run *r;
	char *first = make_later(p, KEY_A), *second = make_later(p, KEY_A);
	char *link_path = path_join(p->runs, "latest"), target[256];
	ssize_t n = readlink(link_path, target, sizeof(target) - 1);

	assert_true(n > 0);
	target[n] = '\0';
	assert_string_equal(target, second);
	r = run_open(p->runs, "latest", &d);
	assert_non_null(r);
	assert_string_equal(run_identity(r)->id, second);
	run_free(r);
	/* Without a link that helps, the newest by name. */
	assert_int_equal(unlink(link_path), 0);
	assert_int_equal(symlink("../../../etc", link_path), 0);
	r = run_open(p->runs, "latest", &d);
	assert_non_null(r);
	assert_string_equal(run_identity(r)->id, second);
	run_free(r);
	free(link_path);
	free(first);
	free(second);
}

TEST_WITH(a_file_called_latest_is_left_alone, set_up, temp_folder_tear_down)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	struct run *r = create(p);
	char *path = path_join(p->runs, "latest"), *text, *newer;

	assert_int_equal(unlink(path), 0);
	temp_folder_put(p->runs, "latest", "mine");
	newer = make_later(p, KEY_A);
	text = slurp(path);
	assert_string_equal(text, "mine");
	free(text);
	run_free(r);
	r = run_open(p->runs, "latest", &d);
	assert_non_null(r);
	assert_string_equal(run_identity(r)->id, newer);
	run_free(r);
	free(newer);
	free(path);
}

TEST_WITH(links_inside_the_runs_folder_are_not_followed, set_up,
    temp_folder_tear_down)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	struct run *r = create(p);
	char *planted = path_join(p->runs, "20200101T000000Z-x-000000");
	char *json = run_path(r, "run.json");

	assert_int_equal(symlink(run_folder(r), planted), 0);
	assert_null(run_open(p->runs, "20200101T000000Z-x-000000", &d));
	/* run.json as a link to elsewhere */
	assert_int_equal(rename(json, planted), 0);
	assert_int_equal(symlink(planted, json), 0);
	assert_null(run_open(p->runs, run_identity(r)->id, &d));
	assert_int_equal(d.kind, DIAG_INPUT);
	free(planted);
	free(json);
	run_free(r);
}

TEST_WITH(
    an_unknown_run_is_answered_with_the_nearest, set_up, temp_folder_tear_down)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	char *a = make_later(p, KEY_A), *b = make_later(p, KEY_A);

	assert_null(run_open(p->runs, "20261123T140310", &d));
	assert_int_equal(d.kind, DIAG_USAGE);
	assert_non_null(strstr(d.message, "did you mean"));
	assert_non_null(strstr(d.message, a));
	assert_null(run_open(p->runs, "what", &d));
	assert_non_null(strstr(d.message, b));
	assert_null(run_open(p->runs, "", &d));
	assert_int_equal(d.kind, DIAG_USAGE);
	assert_null(run_open(p->runs, "no/such/folder", &d));
	assert_int_equal(d.kind, DIAG_USAGE);
	assert_null(run_open(p->runs, ".locks", &d));
	assert_int_equal(d.kind, DIAG_USAGE);
	assert_null(run_open(p->top, "x", &d));
	assert_non_null(strstr(d.message, "there are no runs"));
	assert_null(run_open(p->top, "latest", &d));
	assert_non_null(strstr(d.message, "there are no runs"));
	assert_null(run_open("/nonexistent", "latest", &d));
	assert_int_equal(d.kind, DIAG_USAGE);
	free(a);
	free(b);
}

TEST_WITH(
    a_runs_folder_that_cannot_be_made_is_named, set_up, temp_folder_tear_down)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	struct run_identity id = identity(KEY_A);

	temp_folder_put(p->top, "a", "a file in the way");
	assert_null(run_create(
	    p->runs, "x.csv", &id, TEXT_LITERAL("m"), &p->clock, &d));
	assert_int_equal(d.kind, DIAG_DISK);
	assert_non_null(strstr(d.message, p->runs));
}
