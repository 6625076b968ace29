/* SPDX-License-Identifier: MIT */
/* What run.json and pruned.json may hold: what the program writes. */
#include "base/xalloc.h"
#include "runs/run.h"
#include "runs/run_folder.h"
#include "system/clock.h"
#include "temp_folder.h"
#include "test.h"

#define KEY_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define KEY_B "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

struct place {
	char top[64];
	char *runs;
	struct run *run;
};

static int
set_up(void **state)
{
	struct place *p = xcalloc(1, sizeof(*p));
	struct run_identity id = {.input_key = KEY_A};
	struct clock clock = clock_system();
	struct diag d = DIAG_INIT;

	assert_true(temp_folder_make(p->top, sizeof(p->top), "test_run_json"));
	p->runs = path_join(p->top, "runs");
	p->run = run_create(p->runs, "kunden.csv", &id,
	    TEXT_LITERAL("version: 1\n"), &clock, &d);
	assert_non_null(p->run);
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	struct place *p = *state;

	run_free(p->run);
	free(p->runs);
	return temp_folder_tear_down(state);
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

	EACH (i, usual) {
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
	temp_folder_put(folder, "run.json", buf_str(&text));
	buf_release(&text);
}

TEST_WITH(what_is_not_an_identity_is_refused, set_up, tear_down)
{
	static const char *const texts[] = {"", "{", "[]", "nonsense", "7",
	    "{\"schema\":\"csv2chakra.run/1\"}",
	    "{\"schema\":\"csv2chakra.run/1\",\"id\":\"x\"} trailing",
	    "{\"schema\":\"csv2chakra.run/1\",\"id\":\"x\"}{}",
	    "{\"schema\":\"csv2chakra.run/1\",}"};
	struct place *p = *state;
	struct run *r = p->run;

	EACH (i, texts) {
		struct diag d = DIAG_INIT;

		temp_folder_put(run_folder(r), "run.json", texts[i]);
		if (run_open(p->runs, run_identity(r)->id, &d) != NULL)
			fail_msg("took %s", texts[i]);
		assert_int_equal(d.kind, DIAG_INPUT);
		assert_non_null(strstr(d.message, "run.json"));
	}
}

TEST_WITH(a_member_out_of_its_range_is_refused_by_name, set_up, tear_down)
{
	CASES(cases, const char *member, *value) = {
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
	    {"kind", "\"import\""},
	    {"kind", "7"},
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
	    {"input_path_hex", "\"2f610\""},
	    {"input_path_hex", "\"2f0061\""},
	    {"input_path_hex", "7"},
	    {"input_path", "\"/daten\\u0000/x\""},
	    /* Something is there twice. */
	    {"id", "\"20260401T080910Z-kunden-0a1b2c\", "
		   "\"id\": \"20260401T080910Z-kunden-0a1b2c\""},
	    {"input_key", "\"" KEY_A "\", \"input\\u005fkey\": \"" KEY_A "\""},
	    {"schema", "\"csv2chakra.run/1\", \"schema\": 2"},
	    {"input_bytes", "4096, \"input_bytes\": 4096"},
	    {"payload", "2, \"payload\": 1"},
	    {"marked", "false, \"marked\": true"},
	    {"parent", "{}"},
	    {"parent", "7"},
	    {"parent", "\"/tmp/20260401T080910Z-kunden-0a1b2d\""},
	    {"parent", "\"..\""},
	    {"parent", "\"latest\""},
	    {"payload", "0"},
	    {"payload", "-2"},
	    {"payload", "2.5"},
	    {"payload", "1e9"},
	    {"payload", "\"2\""},
	    {"looks_first", "1"},
	    {"marked", "1"},
	    {"marked", "\"no\""},
	};
	struct place *p = *state;
	struct run *r = p->run;

	EACH (i, cases) {
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
}

TEST_WITH(a_run_that_retries_itself_is_refused, set_up, tear_down)
{
	static const char own[] = "20260401T080910Z-kunden-0a1b2c";
	struct place *p = *state;
	struct run *r = p->run;
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
}

TEST_WITH(members_at_the_ends_of_their_ranges_are_taken, set_up, tear_down)
{
	CASES(cases, const char *member, *value) = {
	    {"new", "[1]"},
	    {"new", "{\"id\": 7, \"input_bytes\": [[[-1e300]]]}"},
	    {"id", "\"\\u00320260401T080910Z-kunden-0a1b2c\""},
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
	    {"looks_first", "true"},
	};
	struct place *p = *state;
	struct run *r = p->run, *again;

	EACH (i, cases) {
		struct diag d = DIAG_INIT;

		put_identity(run_folder(r), cases[i].member, cases[i].value);
		again = run_open(p->runs, run_identity(r)->id, &d);
		if (again == NULL)
			fail_msg("%s: %s", cases[i].member, d.message);
		run_free(again);
	}
}

TEST_WITH(missing_members_are_empty, set_up, tear_down)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	struct run *r = p->run, *again;

	temp_folder_put(run_folder(r), "run.json",
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
	assert_false(run_identity(again)->looks_first);
	run_free(again);
	put_identity(run_folder(r), "payload", "7");
	again = run_open(p->runs, run_identity(r)->id, &d);
	assert_non_null(again);
	assert_int_equal(run_identity(again)->payload_version, 7);
	assert_int_equal(run_identity(again)->input_bytes, 4096);
	run_free(again);
}

/* It counts as one that says "sent". */
TEST_WITH(a_stub_out_of_its_ranges_cannot_be_read, set_up, tear_down)
{
	CASES(cases, const char *pruned, *ended, *status, *rows; bool good) = {
	    {"2026-12-01T00:00:00Z", "2026-11-23T14:02:10.000Z", "0",
		"\"created\": 1", true},
	    {"2026-12-01T00:00:00Z", "1970-01-01T00:00:00Z", "unknown", "",
		true},
	    {"2026-12-01T00:00:00Z", "1970-01-01T00:00:00Z", "", "", true},
	    {"2026-12-32T00:00:00Z", "1970-01-01T00:00:00Z", "0", "", false},
	    {"2026-12-01T00:00:00Z", "soon", "0", "", false},
	    {"\\u001b[2J", "1970-01-01T00:00:00Z", "0", "", false},
	    {"2026-12-01T00:00:00Z", "1970-01-01T00:00:00Z", "\\u001b[2J", "",
		false},
	    {"2026-12-01T00:00:00Z", "1970-01-01T00:00:00Z", "0",
		"\"created\": -1", false},
	    {"2026-12-01T00:00:00Z", "1970-01-01T00:00:00Z", "0",
		"\"created\": 0.5", false},
	    {"2026-12-01T00:00:00Z", "1970-01-01T00:00:00Z", "0",
		"\"created\": 1e300", false},
	    {"2026-12-01T00:00:00Z", "1970-01-01T00:00:00Z", "0",
		"\"created\": \"1\", \"rejected\": 2", false},
	    {"2026-12-01T00:00:00Z", "1970-01-01T00:00:00Z", "0",
		"\"created\": 1, \"created\": 1", false},
	    {"2026-12-01T00:00:00Z", "1970-01-01T00:00:00Z", "0",
		"\"created\": 9007199254740992", false},
	    {"2026-12-01T00:00:00Z", "1970-01-01T00:00:00Z", "0",
		"\"new\": [[{}]]", true},
	    {"2026-12-01T00:00:00Z", "1970-01-01T00:00:00Z", "0\\u0000", "",
		false},
	    {"2026-12-01T00:00:00Z", "1970-01-01T00:00:00Z",
		"0\", \"sent\": \"no", "", false},
	    {"2026-12-01T00:00:00Z", "1970-01-01T00:00:00Z",
		"0\", \"sent\": false, \"new\": \"", "", false},
	    {"2026-12-01T00:00:00Z", "1970-01-01T00:00:00Z", "0", "}, 7: {",
		false},
	    {"2026-12-01T00:00:00Z", "1970-01-01T00:00:00Z", "0", "}}{{",
		false},
	    {"2026-12-01T00:00:00Z", "1970-01-01T00:00:00Z", "0",
		"}, \"rows\": {", false},
	};
	struct place *p = *state;
	EACH (i, cases) {
		struct pruned_run stub;
		struct diag d = DIAG_INIT;
		struct buf text = BUF_INIT(0);

		buf_addf(&text,
		    "{\"schema\": \"csv2chakra.pruned/1\", \"pruned\": \"%s\","
		    " \"ended\": \"%s\", \"exit_status\": \"%s\","
		    " \"sent\": false, \"rows\": {%s}}",
		    cases[i].pruned, cases[i].ended, cases[i].status,
		    cases[i].rows);
		temp_folder_put(run_folder(p->run), RUN_PRUNED, buf_str(&text));
		buf_release(&text);
		if (run_pruned_read(p->run, &stub, &d) !=
		    (cases[i].good ? 1 : -1))
			fail_msg("case %zu", i);
		assert_int_equal(stub.sent, !cases[i].good);
	}
}
