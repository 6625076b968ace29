/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "temp_folder.h"

#include "base/xalloc.h"
#include "ledger/ledger.h"
#include "ledger/run.h"
#include "ledger/run_folder.h"

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

static int
tear_down(void **state)
{
	struct place *p = *state;
	int result = temp_folder_remove(p->top) ? 0 : -1;

	free(p);
	return result;
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

static void
put(const char *folder, const char *name, const char *text)
{
	char *path = path_join(folder, name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	free(path);
}

static void
a_run_folder_is_private_under_any_umask(void **state)
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

static void
the_name_tells_when_and_what(void **state)
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

static void
a_name_that_is_taken_gets_another_ending(void **state)
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

static void
identity_survives_the_file(void **state)
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

static void
a_renamed_run_is_known_by_its_new_name(void **state)
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

static void
a_full_disk_leaves_no_half_a_run(void **state)
{
	static const rlim_t rooms[] = {0, 5, 50, 200, 400, 100000};
	struct place *p = *state;

	for (size_t i = 0; i < sizeof(rooms) / sizeof(rooms[0]); i++) {
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

static void
latest_follows_the_newest_run(void **state)
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

static void
a_file_called_latest_is_left_alone(void **state)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	struct run *r = create(p);
	char *path = path_join(p->runs, "latest"), *text, *newer;

	assert_int_equal(unlink(path), 0);
	put(p->runs, "latest", "mine");
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

static void
links_inside_the_runs_folder_are_not_followed(void **state)
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

static void
an_unknown_run_is_answered_with_the_nearest(void **state)
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

/* A run.json as the program writes it, but for one member: its value as JSON,
 * NULL = left out. */
static void
put_identity(const char *folder, const char *member, const char *value)
{
	static const char *const usual[][2] = {
	    {"schema", "\"csv2chakra.run/1\""},
	    {"id", "\"20260401T080910Z-kunden-0a1b2c\""},
	    {"started", "\"2026-04-01T08:09:10.250Z\""},
	    {"input_key", "\"" KEY_A "\""},
	    {"run_key", "\"" KEY_B "\""},
	    {"input_sha256", "\"" KEY_B "\""},
	    {"input_bytes", "4096"},
	    {"base_url", "\"https://api.chakrahq.com\""},
	    {"procedure", "\"kunde\""},
	    {"input_path", "\"/daten/kunden.csv\""},
	    {"mapping_path", "\"/daten/kunden.yaml\""},
	    {"parent", "\"20260331T080910Z-kunden-0a1b2c\""},
	    {"payload", "2"},
	    {"marked", "true"},
	};
	struct buf text = BUF_INIT(0);
	bool is_known = false;

	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
		bool is_it = strcmp(usual[i][0], member) == 0;
		const char *as = is_it ? value : usual[i][1];

		is_known |= is_it;
		if (as != NULL)
			buf_addf(&text, "%s\"%s\": %s",
			    text.len == 0 ? "{" : ",\n", usual[i][0], as);
	}
	if (!is_known)
		buf_addf(&text, ",\"%s\": %s", member, value);
	buf_addc(&text, '}');
	put(folder, "run.json", buf_str(&text));
	buf_release(&text);
}

static void
what_is_not_an_identity_is_refused(void **state)
{
	static const char *const texts[] = {"", "{", "[]", "nonsense", "7",
	    "{\"schema\":\"csv2chakra.run/1\"}",
	    "{\"schema\":\"csv2chakra.run/1\",\"id\":\"x\"} trailing"};
	struct place *p = *state;
	struct run *r = create(p);

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct diag d = DIAG_INIT;

		put(run_folder(r), "run.json", texts[i]);
		if (run_open(p->runs, run_identity(r)->id, &d) != NULL)
			fail_msg("took %s", texts[i]);
		assert_int_equal(d.kind, DIAG_INPUT);
		assert_non_null(strstr(d.message, "run.json"));
	}
	run_free(r);
}

static void
a_member_out_of_its_range_is_refused_by_name(void **state)
{
	static const struct {
		const char *member, *value;
	} cases[] = {
	    {"schema", "\"csv2chakra.run/2\""},
	    {"id", NULL},
	    {"id", "7"},
	    {"id", "\"\""},
	    {"id", "\"../20260401T080910Z-kunden-0a1b2c\""},
	    {"id", "\"20260401T080910Z-$(touch x)-0a1b2c\""},
	    {"started", NULL},
	    {"started", "\"\""},
	    {"started", "1775030950"},
	    {"started", "\"yesterday\""},
	    {"started", "\"2026-04-31T08:09:10Z\""},
	    {"started", "\"2026-02-29T08:09:10.000Z\""},
	    {"started", "\"2026-04-01T24:00:00Z\""},
	    {"started", "\"2026-04-01T08:60:00Z\""},
	    {"started", "\"2026-13-01T08:09:10Z\""},
	    {"started", "\"2026-00-01T08:09:10Z\""},
	    {"started", "\"1969-12-31T23:59:59Z\""},
	    {"started", "\"2026-04-01T08:09:10\""},
	    {"started", "\"2026-04-01 08:09:10Z\""},
	    {"started", "\"2026-04-01T08:09:10.25Z\""},
	    {"started", "\"2026-04-01T08:09:10.2500Z\""},
	    {"started", "\"2026-04-01T08:09:10Z\\u001b[2J\""},
	    {"started", "\"+026-04-01T08:09:10Z\""},
	    {"input_key", NULL},
	    {"input_key", "\"a\""},
	    {"input_key", "\"" KEY_A "a\""},
	    {"input_key", "\"../../../../../../../../../../../../../../../../"
			  "../../../../../etc\""},
	    {"input_key", "\"AAAAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
			  "aaaaaaaaaaaaaa\""},
	    {"run_key", "\"short\""},
	    {"input_sha256", "\"short\""},
	    {"input_bytes", "-1"},
	    {"input_bytes", "0.5"},
	    {"input_bytes", "1e300"},
	    {"input_bytes", "18446744073709551616"},
	    {"input_bytes", "9007199254740993"},
	    {"input_bytes", "\"4096\""},
	    {"input_bytes", "true"},
	    {"base_url", "[]"},
	    {"input_path_hex", "\"0\""},
	    {"input_path_hex", "\"zz\""},
	    {"parent", "7"},
	    {"parent", "\"/tmp/20260401T080910Z-kunden-0a1b2d\""},
	    {"parent", "\"..\""},
	    {"parent", "\"latest\""},
	    {"payload", "0"},
	    {"payload", "-2"},
	    {"payload", "2.5"},
	    {"payload", "1e9"},
	    {"payload", "\"2\""},
	    {"marked", "1"},
	    {"marked", "\"no\""},
	};
	struct place *p = *state;
	struct run *r = create(p);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct diag d = DIAG_INIT;
		const char *member = cases[i].member;
		const char *hex = strstr(member, "_hex");
		char name[32];

		put_identity(run_folder(r), member, cases[i].value);
		if (run_open(p->runs, run_identity(r)->id, &d) != NULL)
			fail_msg("took %s: %s", member,
			    cases[i].value ? cases[i].value : "nothing");
		assert_int_equal(d.kind, DIAG_INPUT);
		assert_string_equal(d.code, "run.damaged");
		snprintf(name, sizeof(name), "%.*s",
		    hex ? (int)(hex - member) : (int)strlen(member), member);
		if (strstr(d.message, name) == NULL)
			fail_msg("'%s' is not about %s", d.message, name);
	}
	run_free(r);
}

static void
a_run_that_retries_itself_is_refused(void **state)
{
	static const char own[] = "20260401T080910Z-kunden-0a1b2c";
	struct place *p = *state;
	struct run *r = create(p);
	char value[160];

	/* By the name in its file, and by its folder's. */
	for (int i = 0; i < 2; i++) {
		struct diag d = DIAG_INIT;

		snprintf(value, sizeof(value), "\"%s\"",
		    i == 0 ? own : run_identity(r)->id);
		put_identity(run_folder(r), "parent", value);
		assert_null(run_open(p->runs, run_identity(r)->id, &d));
		assert_int_equal(d.kind, DIAG_INPUT);
		assert_string_equal(d.code, "run.changed");
		assert_non_null(strstr(d.message, "comes before itself"));
	}
	run_free(r);
}

static void
members_at_the_ends_of_their_ranges_are_taken(void **state)
{
	static const struct {
		const char *member, *value;
	} cases[] = {
	    {"new", "[1]"},
	    {"started", "\"2026-04-01T08:09:10Z\""}, /* of 0.1.0 */
	    {"started", "\"1970-01-01T00:00:00.000Z\""},
	    {"started", "\"2028-02-29T23:59:59.999Z\""},
	    {"run_key", NULL},
	    {"input_sha256", NULL},
	    {"input_bytes", "0"},
	    {"input_bytes", NULL},
	    {"input_bytes", "9007199254740991"},
	    {"parent", NULL},
	    {"parent", "null"},
	    {"parent", "\"\""},
	    {"parent", "\"a run that was renamed\""},
	    {"payload", NULL}, /* of 0.1.0 */
	    {"payload", "1000000"},
	    {"marked", NULL},
	    {"marked", "false"},
	};
	struct place *p = *state;
	struct run *r = create(p), *again;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct diag d = DIAG_INIT;

		put_identity(run_folder(r), cases[i].member, cases[i].value);
		again = run_open(p->runs, run_identity(r)->id, &d);
		if (again == NULL)
			fail_msg("%s: %s", cases[i].member, d.message);
		run_free(again);
	}
	run_free(r);
}

static void
missing_members_are_empty(void **state)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	struct run *r = create(p), *again;

	put(run_folder(r), "run.json",
	    "{\"new\":[1],\"schema\":\"csv2chakra.run/1\","
	    "\"id\":\"20260401T080910Z-kunden-0a1b2c\","
	    "\"started\":\"2026-04-01T08:09:10Z\","
	    "\"input_key\":\"" KEY_A "\",\"parent\":null}");
	again = run_open(p->runs, run_identity(r)->id, &d);
	assert_non_null(again);
	assert_string_equal(run_identity(again)->parent, "");
	assert_int_equal(run_identity(again)->input_bytes, 0);
	assert_int_equal(run_identity(again)->payload_version, 1); /* 0.1.0 */
	assert_false(run_identity(again)->marked);
	run_free(again);
	put_identity(run_folder(r), "payload", "7");
	again = run_open(p->runs, run_identity(r)->id, &d);
	assert_non_null(again);
	assert_int_equal(run_identity(again)->payload_version, 7);
	assert_int_equal(run_identity(again)->input_bytes, 4096);
	run_free(again);
	run_free(r);
}

static void
a_runs_folder_that_cannot_be_made_is_named(void **state)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	struct run_identity id = identity(KEY_A);

	put(p->top, "a", "a file in the way");
	assert_null(run_create(
	    p->runs, "x.csv", &id, TEXT_LITERAL("m"), &p->clock, &d));
	assert_int_equal(d.kind, DIAG_DISK);
	assert_non_null(strstr(d.message, p->runs));
}

#define WITH_PLACE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_PLACE(a_run_folder_is_private_under_any_umask),
	    WITH_PLACE(the_name_tells_when_and_what),
	    WITH_PLACE(a_name_that_is_taken_gets_another_ending),
	    WITH_PLACE(identity_survives_the_file),
	    WITH_PLACE(a_renamed_run_is_known_by_its_new_name),
	    WITH_PLACE(a_full_disk_leaves_no_half_a_run),
	    WITH_PLACE(latest_follows_the_newest_run),
	    WITH_PLACE(a_file_called_latest_is_left_alone),
	    WITH_PLACE(links_inside_the_runs_folder_are_not_followed),
	    WITH_PLACE(an_unknown_run_is_answered_with_the_nearest),
	    WITH_PLACE(what_is_not_an_identity_is_refused),
	    WITH_PLACE(a_member_out_of_its_range_is_refused_by_name),
	    WITH_PLACE(a_run_that_retries_itself_is_refused),
	    WITH_PLACE(members_at_the_ends_of_their_ranges_are_taken),
	    WITH_PLACE(missing_members_are_empty),
	    WITH_PLACE(a_runs_folder_that_cannot_be_made_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
