/* SPDX-License-Identifier: MIT */
/* The runs folder as a list, with and without what its index knows. */
#include "base/hash.h"
#include "base/xalloc.h"
#include "runs/run.h"
#include "runs/run_folder.h"
#include "temp_folder.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define RUNS 40 /* more than an index may lack */

struct place {
	char top[64], runs[96], index[128];
	int64_t now_ms;
	struct clock clock;
	char *names[RUNS + 1];
	size_t count;
};

static int64_t
fixed_now(void *ctx)
{
	return ((struct place *)ctx)->now_ms;
}

/* Each has an input of its own: `number` makes its key and its length. */
static void
make_run(struct place *p, unsigned number, const char *parent)
{
	struct diag d = DIAG_INIT;
	struct run_identity id = {.base_url = "https://x",
	    .payload_version = RUN_PAYLOAD_VERSION,
	    .input_bytes = 1000 + number};
	struct run *r;

	p->now_ms += 60000;
	snprintf(id.input_key, sizeof(id.input_key), "%064x", number);
	snprintf(id.parent, sizeof(id.parent), "%s", parent);
	r = run_create(p->runs, "x.csv", &id, TEXT_LITERAL("v"), &p->clock, &d);
	if (r == NULL)
		fail_msg("%s", d.message);
	p->names[p->count++] = xstrdup(id.id);
	run_free(r);
}

static int
set_up(void **state)
{
	struct place *p = xcalloc(1, sizeof(*p));

	assert_true(temp_folder_make(p->top, sizeof(p->top), "test_run_list"));
	snprintf(p->runs, sizeof(p->runs), "%s/runs", p->top);
	snprintf(p->index, sizeof(p->index), "%s/.index", p->runs);
	p->now_ms = 1795442530000;
	p->clock = clock_system();
	p->clock.ctx = p;
	p->clock.wall_ms = fixed_now;
	for (unsigned i = 0; i < RUNS; i++)
		make_run(p, i, i == 7 ? p->names[3] : "");
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	struct place *p = *state;

	for (size_t i = 0; i < p->count; i++)
		free(p->names[i]);
	return temp_folder_tear_down(state);
}

static struct run_list *
read_list(const struct place *p)
{
	struct diag d = DIAG_INIT;
	struct run_list *l = run_list_read(p->runs, &d);

	if (l == NULL)
		fail_msg("%s", d.message);
	return l;
}

/* Newest first, each with what its run.json says. */
static void
assert_all_known(const struct place *p)
{
	struct run_list *l = read_list(p);
	size_t count;
	const struct run_entry *e = run_list_entries(l, &count);

	assert_int_equal(count, p->count);
	assert_int_equal(run_list_count(l), p->count);
	for (size_t i = 0; i < count; i++) {
		size_t number = count - 1 - i;
		char key[65];

		snprintf(key, sizeof(key), "%064zx", number);
		assert_true(e[i].is_known);
		assert_string_equal(e[i].name, p->names[number]);
		assert_string_equal(e[i].input_key, key);
		assert_int_equal(e[i].input_bytes, 1000 + number);
		assert_string_equal(
		    e[i].parent, number == 7 ? p->names[3] : "");
	}
	run_list_free(l);
}

static int
note(void *ctx, const struct run_summary *s)
{
	snprintf(ctx, sizeof(s->identity.id), "%s", s->identity.id);
	return 1;
}

/* The newest run of that input: its name, or "". */
static const char *
newest_of(const struct place *p, unsigned number, char name[128])
{
	struct diag d = DIAG_INIT;
	char key[65];
	const struct run_filter f = {.input_key = key};

	name[0] = '\0';
	snprintf(key, sizeof(key), "%064x", number);
	assert_true(runs_each(p->runs, &f, note, name, &d) >= 0);
	return name;
}

TEST_WITH(a_run_can_be_left_out, set_up, tear_down)
{
	const struct place *p = *state;
	struct diag d = DIAG_INIT;
	char key[65], found[128] = "";
	struct run_filter f = {.input_key = key, .but = p->names[5]};

	snprintf(key, sizeof(key), "%064x", 5);
	assert_int_equal(runs_each(p->runs, &f, note, found, &d), 0);
	assert_string_equal(found, "");
	f.but = p->names[6];
	assert_int_equal(runs_each(p->runs, &f, note, found, &d), 1);
	assert_string_equal(found, p->names[5]);
}

static int
count_run(void *ctx, const struct run_summary *s)
{
	(void)s;
	++*(size_t *)ctx;
	return 0;
}

static size_t
started_since(const struct place *p, int64_t ms)
{
	const struct run_filter f = {.not_before_ms = ms};
	struct diag d = DIAG_INIT;
	size_t count = 0;

	assert_int_equal(runs_each(p->runs, &f, count_run, &count, &d), 0);
	return count;
}

TEST_WITH(runs_that_started_before_are_left_out, set_up, tear_down)
{
	struct place *p = *state;
	const int64_t last = p->now_ms, tenth = last - INT64_C(9) * 60000;
	char folder[256];

	/* The first of them has a run.json that is not whole. */
	snprintf(folder, sizeof(folder), "%s/%s", p->runs, p->names[0]);
	temp_folder_put(folder, "run.json", "{");
	assert_int_equal(started_since(p, 0), RUNS);
	assert_int_equal(started_since(p, 1), RUNS - 1);
	assert_int_equal(started_since(p, tenth), 10);
	assert_int_equal(started_since(p, tenth + 1), 9);
	assert_int_equal(started_since(p, last), 1);
	assert_int_equal(started_since(p, last + 1), 0);
}

static char *
read_index(const struct place *p, size_t *len)
{
	FILE *f = fopen(p->index, "re");
	char *text = xcalloc(1, 65536);

	assert_non_null(f);
	*len = fread(text, 1, 65535, f);
	assert_int_equal(fclose(f), 0);
	return text;
}

static void
write_index(const struct place *p, const char *text, size_t len)
{
	FILE *f = fopen(p->index, "we");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static void
break_run_json(const struct place *p, size_t number)
{
	char folder[256];

	snprintf(folder, sizeof(folder), "%s/%s", p->runs, p->names[number]);
	temp_folder_put(folder, "run.json", "{");
}

TEST_WITH(what_the_index_knows_is_not_read_again, set_up, tear_down)
{
	struct place *p = *state;
	struct stat st;

	assert_all_known(p);
	assert_int_equal(stat(p->index, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	for (size_t i = 0; i < p->count; i++)
		break_run_json(p, i);
	assert_all_known(p);
}

TEST_WITH(a_few_runs_make_no_index, set_up, tear_down)
{
	struct place *p = *state;
	struct stat before, after;

	assert_all_known(p);
	assert_int_equal(stat(p->index, &before), 0);
	make_run(p, RUNS, "");
	assert_all_known(p);
	assert_int_equal(stat(p->index, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
}

TEST_WITH(runs_made_after_the_index_are_met, set_up, tear_down)
{
	struct place *p = *state;
	char name[128];

	assert_all_known(p);
	make_run(p, 5, "");
	assert_string_equal(newest_of(p, 5, name), p->names[RUNS]);
	assert_string_equal(newest_of(p, 6, name), p->names[6]);
	assert_string_equal(newest_of(p, 99, name), "");
}

static size_t
whole(char *text, size_t len)
{
	(void)text;
	return len;
}

static size_t
nothing(char *text, size_t len)
{
	(void)text;
	(void)len;
	return 0;
}

static size_t
half(char *text, size_t len)
{
	(void)text;
	return len / 2;
}

static size_t
without_its_last_byte(char *text, size_t len)
{
	(void)text;
	return len - 1;
}

/* The key of run 5, so that the guard would miss it. */
static size_t
another_key(char *text, size_t len)
{
	char *at = strstr(text, "05 1005 ");

	assert_non_null(at);
	at[1] = '6';
	return len;
}

static void
sign(char *text, size_t len)
{
	unsigned char digest[SHA256_BYTES];
	char hex[SHA256_HEX_SIZE];

	sha256_of(text, len - 72, digest);
	sha256_hex(digest, hex);
	memcpy(text + len - 65, hex, 64);
}

static size_t
another_version(char *text, size_t len)
{
	char *at = strstr(text, "/2\n");

	at[1] = '3';
	sign(text, len);
	return len;
}

/* Whole, and in an order that nobody writes: the first two lines. */
static size_t
another_order(char *text, size_t len)
{
	char *first = strchr(text, '\n') + 1;
	char *second = strchr(first, '\n') + 1;
	char line[512];
	size_t size = (size_t)(second - first);

	memcpy(line, first, size);
	memmove(first, second, size);
	memcpy(second, line, size);
	sign(text, len);
	return len;
}

TEST_WITH(an_index_that_is_not_whole_is_made_anew, set_up, tear_down)
{
	static size_t (*const changes[])(char *text, size_t len) = {
	    nothing,
	    half,
	    without_its_last_byte,
	    another_key,
	    another_version,
	    another_order,
	    whole,
	};
	struct place *p = *state;
	size_t len, now_len;
	char *good, *text, *now;

	assert_all_known(p);
	good = read_index(p, &len);
	EACH (i, changes) {
		text = xmalloc(len + 1);
		memcpy(text, good, len + 1);
		write_index(p, text, changes[i](text, len));
		assert_all_known(p);
		now = read_index(p, &now_len);
		assert_string_equal(now, good);
		free(now);
		free(text);
	}
	free(good);
}

TEST_WITH(what_stands_in_its_place_does_no_harm, set_up, tear_down)
{
	struct place *p = *state;
	char other[160];

	assert_int_equal(mkdir(p->index, 0700), 0);
	assert_all_known(p);
	assert_int_equal(rmdir(p->index), 0);
	snprintf(other, sizeof(other), "%s/other", p->top);
	temp_folder_put(p->top, "other", "mine");
	assert_int_equal(symlink(other, p->index), 0);
	assert_all_known(p);
	assert_true(path_exists(other, ""));
	if (geteuid() != 0) {
		assert_int_equal(chmod(p->runs, 0500), 0);
		assert_all_known(p);
		assert_int_equal(chmod(p->runs, 0700), 0);
	}
}

/* By hand, or from a backup: the name stays, the folder is another. */
TEST_WITH(a_folder_in_the_place_of_another_is_read_again, set_up, tear_down)
{
	struct place *p = *state;
	char a[256], b[256], c[256], name[128];

	assert_all_known(p);
	snprintf(a, sizeof(a), "%s/%s", p->runs, p->names[10]);
	snprintf(b, sizeof(b), "%s/%s", p->runs, p->names[20]);
	snprintf(c, sizeof(c), "%s/moved", p->top);
	assert_int_equal(rename(a, c), 0);
	assert_int_equal(rename(b, a), 0);
	assert_int_equal(rename(c, b), 0);
	assert_string_equal(newest_of(p, 10, name), p->names[20]);
	assert_string_equal(newest_of(p, 20, name), p->names[10]);
}

TEST_WITH(those_who_list_at_once_all_see_everything, set_up, tear_down)
{
	struct place *p = *state;

	for (int i = 0; i < 6; i++) {
		pid_t child = fork();

		if (child == 0) {
			for (int n = 0; n < 20; n++) {
				if (n % 3 == i % 3)
					(void)unlink(p->index);
				assert_all_known(p);
			}
			_exit(0);
		}
		assert_true(child > 0);
	}
	for (int i = 0; i < 6; i++) {
		int how;

		assert_true(wait(&how) > 0);
		assert_true(WIFEXITED(how) && WEXITSTATUS(how) == 0);
	}
	assert_all_known(p);
}

TEST_WITH(
    only_what_is_old_enough_and_not_gone_is_worth_a_prune, set_up, tear_down)
{
	struct place *p = *state;
	struct run_list *l = read_list(p);
	size_t count;
	const struct run_entry *e = run_list_entries(l, &count);
	const struct prune_request all = {.now_ms = p->now_ms + 1000};
	const struct prune_request old = {
	    .now_ms = p->now_ms + 1000, .older_than_ms = 3600000};
	char folder[256], mark[300];

	snprintf(folder, sizeof(folder), "%s/%s", p->runs, e[0].name);
	snprintf(mark, sizeof(mark), "%s/ledger.mark", folder);
	assert_false(run_list_has_nothing_to_prune(l, &e[0], &all));
	assert_true(run_list_has_nothing_to_prune(l, &e[0], &old));
	/* A prune that was ended is finished, however young the run is. */
	temp_folder_put(folder, "pruned.json", "{}");
	assert_false(run_list_has_nothing_to_prune(l, &e[0], &all));
	assert_false(run_list_has_nothing_to_prune(l, &e[0], &old));
	assert_int_equal(unlink(mark), 0);
	assert_true(run_list_has_nothing_to_prune(l, &e[0], &all));
	temp_folder_put(folder, "ledger.sqlite", "of 0.1.0");
	assert_false(run_list_has_nothing_to_prune(l, &e[0], &all));
	run_list_free(l);
}
