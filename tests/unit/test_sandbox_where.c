/* SPDX-License-Identifier: MIT */
/* sandbox/where: the list filter; sandbox/proc: what a process is. */
#include "base/civil.h"
#include "sandbox/proc.h"
#include "sandbox/where.h"
#include "sandbox/sandbox.h"
#include "test.h"

/* 2023-09-01T06:27:30+05:30 */
#define CREATED INT64_C(1693529850000)

static const struct sandbox nobody;

static const char body[] =
    "{\"lead_id\":\"EXT-1\",\"state\":\"CONVERTED\",\"score\":\"105\","
    "\"data\":{\"city\":\"Goa\",\"amount\":10.50,\"big\":12345678901234567890,"
    "\"ok\":true,\"none\":null,\"tags\":[\"a\",\"b\"],\"o\":{}}}";

static struct proc
sample(void)
{
	struct proc p = {.procedure = schema_at(&nobody, 0),
	    .created_by = "me",
	    .id = "5f0c1c52-1d5e-4a55-9a51-000000000001",
	    .created_ms = CREATED,
	    .updated_ms = CREATED + 1000,
	    .body = TEXT_LITERAL(body)};

	return p;
}

TEST(holds_for_what_it_says)
{
	CASES(cases, const char *where; bool holds) = {
	    {"{}", true},
	    {"{\"lead_id\":\"EXT-1\"}", true},
	    {"{\"lead_id\":\"EXT-2\"}", false},
	    {"{\"lead_id\":\"ext-1\"}", false},
	    {"{\"lead_id\":[\"EXT-0\",\"EXT-1\"]}", true},
	    {"{\"lead_id\":[]}", false},
	    {"{\"lead_id\":{\"=\":\"EXT-1\"}}", true},
	    {"{\"lead_id\":{\"!=\":\"EXT-1\"}}", false},
	    {"{\"lead_id\":{\"!=\":[\"EXT-0\",\"EXT-2\"]}}", true},
	    {"{\"lead_id\":{\">\":\"EXT-0\",\"<\":\"EXT-2\"}}", true},
	    {"{\"lead_id\":{\">\":\"EXT-0\",\"<\":\"EXT-1\"}}", false},
	    {"{\"id\":\"5f0c1c52-1d5e-4a55-9a51-000000000001\"}", true},
	    {"{\"procedure\":\"lead\"}", true},
	    {"{\"state\":\"CONVERTED\",\"status\":\"OPEN\"}", true},
	    {"{\"state\":\"NEW\"}", false},
	    {"{\"city\":\"Goa\"}", true},
	    {"{\"score\":\"105\"}", true},
	    {"{\"score\":105}", true},
	    {"{\"score\":{\">\":104}}", true},
	    {"{\"amount\":10.5}", true},
	    {"{\"amount\":\"10.50\"}", true},
	    {"{\"amount\":\"10.5\"}", false},
	    {"{\"amount\":{\">=\":10.5,\"<=\":10.5}}", true},
	    {"{\"amount\":{\">\":10.5}}", false},
	    {"{\"amount\":{\">\":\"9\"}}", false},
	    {"{\"big\":\"12345678901234567890\"}", true},
	    {"{\"ok\":true}", true},
	    {"{\"ok\":false}", false},
	    {"{\"none\":null}", true},
	    {"{\"nothere\":null}", true},
	    {"{\"nothere\":\"x\"}", false},
	    {"{\"nothere\":{\"!=\":\"x\"}}", true},
	    {"{\"nothere\":{\"<\":\"x\"}}", false},
	    {"{\"tags\":\"b\"}", true},
	    {"{\"tags\":\"c\"}", false},
	    {"{\"o\":\"x\"}", false},
	    {"{\"createdAt\":{\">\":\"2023-09-01T06:27:29+05:30\"}}", true},
	    {"{\"createdAt\":{\">\":\"2023-09-01T06:27:30+05:30\"}}", false},
	    {"{\"createdAt\":\"2023-09-01T00:57:30Z\"}", true},
	    {"{\"createdAt\":1693529850000}", true},
	    {"{\"createdAt\":[\"2023-09-01\",1693529850000]}", true},
	    {"{\"updatedAt\":{\"<\":\"2023-09-01T00:57:31Z\"}}", false},
	    {"{\"or\":[{\"lead_id\":\"X\"},{\"city\":\"Goa\"}]}", true},
	    {"{\"or\":[{\"lead_id\":\"X\"},{\"city\":\"Pune\"}]}", false},
	    /* A field that is asked for again, and after another one. */
	    {"{\"or\":[{\"city\":\"X\"},{\"tags\":\"c\"},{\"tags\":\"a\"}]}",
		true},
	    {"{\"or\":[{\"score\":\"10\"},{\"city\":\"105\"},{\"x\":\"Goa\"}]}",
		false},
	    {"{\"or\":[{\"city\":\"X\"},{\"x\":\"Goa\"},{\"city\":\"Goa\"}]}",
		true},
	    {"{\"or\":[{\"city\":\"X\"},{\"x\":null}]}", true},
	    {"{\"or\":[]}", false},
	    {"{\"and\":[{\"lead_id\":\"EXT-1\"},{\"city\":\"Pune\"}]}", false},
	    {"{\"and\":[]}", true},
	    {"{\"city\":\"Goa\",\"or\":[{\"and\":[{\"score\":\"105\"},"
	     "{\"or\":[{\"ok\":true}]}]}]}",
		true},
	};
	struct proc p = sample();

	EACH (i, cases) {
		cJSON *where = cJSON_Parse(cases[i].where);
		char error[160];

		assert_non_null(where);
		if (!where_check(where, error))
			fail_msg("%s: %s", cases[i].where, error);
		if (where_holds(where, &p) != cases[i].holds)
			fail_msg("%s", cases[i].where);
		cJSON_Delete(where);
	}
}

TEST(refuses_what_is_no_query)
{
	static const char *const bad[] = {"[]", "1", "{\"a\":{\"~\":1}}",
	    "{\"a\":{\">\":[1]}}", "{\"a\":[[1]]}", "{\"a\":[{}]}",
	    "{\"a\":{\"=\":{}}}", "{\"or\":{}}", "{\"or\":[1]}",
	    "{\"or\":[{\"a\":{\"x\":1}}]}", "{\"createdAt\":\"tomorrow\"}",
	    "{\"createdAt\":{\">\":\"2023-02-29\"}}"};
	char error[160];

	EACH (i, bad) {
		cJSON *where = cJSON_Parse(bad[i]);

		assert_non_null(where);
		if (where_check(where, error))
			fail_msg("taken: %s", bad[i]);
		assert_int_equal(strncmp(error, "where: ", 7), 0);
		cJSON_Delete(where);
	}
}

TEST(bounds_the_depth_of_queries)
{
	char text[2048] = "";
	char error[160];
	size_t at = 0;
	cJSON *where;

	for (int i = 0; i < 40; i++)
		at +=
		    (size_t)snprintf(text + at, sizeof(text) - at, "{\"or\":[");
	at += (size_t)snprintf(text + at, sizeof(text) - at, "{}");
	for (int i = 0; i < 40; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "]}");
	where = cJSON_Parse(text);
	assert_non_null(where);
	assert_false(where_check(where, error));
	assert_string_equal(error, "where: nested too deeply");
	cJSON_Delete(where);
}

TEST(tells_which_keys_can_hold)
{
	static const struct {
		const char *where;
		int keys; /* -1 = not bounded */
	} cases[] = {
	    {"{}", -1},
	    {"{\"city\":\"Goa\"}", -1},
	    {"{\"lead_id\":\"a\"}", 1},
	    {"{\"lead_id\":{\"=\":\"a\"},\"city\":\"x\"}", 1},
	    {"{\"lead_id\":{\"!=\":\"a\"}}", -1},
	    {"{\"lead_id\":{\">\":\"a\"}}", -1},
	    {"{\"lead_id\":[\"a\",\"b\"]}", 2},
	    {"{\"lead_id\":[\"a\",1]}", -1},
	    {"{\"lead_id\":\"\"}", -1},
	    {"{\"lead_id\":5}", -1},
	    {"{\"or\":[{\"lead_id\":\"a\"},{\"lead_id\":\"b\"}]}", 2},
	    {"{\"or\":[{\"lead_id\":\"a\"},{\"city\":\"b\"}]}", -1},
	    {"{\"or\":[]}", 0},
	    {"{\"and\":[{\"city\":\"b\"},{\"lead_id\":\"a\"}]}", 1},
	    {"{\"city\":\"x\",\"or\":[{\"lead_id\":\"a\",\"city\":\"y\"}]}", 1},
	};

	EACH (i, cases) {
		cJSON *where = cJSON_Parse(cases[i].where);
		struct where_values values = {0};
		bool bounded = where_bounds(where, "lead_id", &values);

		if (bounded != (cases[i].keys >= 0) ||
		    (bounded && (int)values.count != cases[i].keys))
			fail_msg("%s: %zu", cases[i].where, values.count);
		free(values.items);
		cJSON_Delete(where);
	}
}

TEST(reads_moments)
{
	static const struct {
		const char *text;
		int64_t ms; /* -1 = refused */
	} cases[] = {
	    {"1970-01-01", 0},
	    {"1970-01-01T00:00:00Z", 0},
	    {"1970-01-01T05:30+05:30", 0},
	    {"1969-12-31T19:00:00.000-0500", 0},
	    {"2000-02-29 00:00:00.5", 951782400500},
	    {"2023-09-01T06:27:30+05:30", CREATED},
	    {"2026-11-23T14:02:10.123456Z", 1795442530123},
	    {"", -1},
	    {"1970", -1},
	    {"1970-1-1", -1},
	    {"1970-13-01", -1},
	    {"2023-02-29", -1},
	    {"1900-02-29", -1},
	    {"1970-01-01T", -1},
	    {"1970-01-01T24:00", -1},
	    {"1970-01-01T00:00:00.Z", -1},
	    {"1970-01-01T00:00:00ZZ", -1},
	    {"1970-01-01T00:00:00 IST", -1},
	};

	EACH (i, cases) {
		int64_t ms = iso_moment_ms(cases[i].text);

		if (ms != cases[i].ms)
			fail_msg("'%s': %lld", cases[i].text, (long long)ms);
	}
}

TEST(judges_entries)
{
	CASES(cases, const char *object; enum verdict verdict) = {
	    {"{}", VERDICT_CREATED},
	    {"{\"state\":\"NEW\",\"status\":\"COMPLETED\",\"data\":{}}",
		VERDICT_CREATED},
	    {"{\"state\":null,\"status\":null,\"nextActionAt\":null}",
		VERDICT_CREATED},
	    {"{\"nextActionAt\":1618558867539}", VERDICT_CREATED},
	    {"7", VERDICT_INVALID},
	    {"[]", VERDICT_INVALID},
	    {"null", VERDICT_INVALID},
	    {"{\"data\":[]}", VERDICT_INVALID},
	    {"{\"data\":null}", VERDICT_INVALID},
	    {"{\"state\":\"new\"}", VERDICT_ERROR},
	    {"{\"state\":7}", VERDICT_ERROR},
	    {"{\"status\":\"DONE\"}", VERDICT_ERROR},
	    {"{\"nextActionAt\":\"tomorrow\"}", VERDICT_ERROR},
	};

	EACH (i, cases) {
		char message[256];
		enum verdict v = proc_examine(
		    schema_at(&nobody, 0), text_of(cases[i].object), message);

		if (v != cases[i].verdict)
			fail_msg("%s: %d", cases[i].object, (int)v);
		assert_int_equal(v == VERDICT_CREATED, message[0] == '\0');
	}
}

TEST(finds_the_key_at_the_top_or_in_data)
{
	static const struct {
		const char *object, *key; /* NULL = none */
	} cases[] = {
	    {"{\"lead_id\":\"A\\u00e9\",\"data\":{\"lead_id\":\"B\"}}",
		"A\xC3\xA9"},
	    {"{\"data\":{\"lead_id\":\"B\"}}", "B"},
	    {"{\"lead_id\":12345678901234567890}", "12345678901234567890"},
	    {"{\"lead_id\":\"\"}", NULL},
	    {"{\"lead_id\":null}", NULL},
	    {"{\"lead_id\":[\"x\"]}", NULL},
	    {"{\"ticket_id\":\"T\"}", NULL},
	    {"{}", NULL},
	    {"7", NULL},
	};

	EACH (i, cases) {
		struct buf key = BUF_INIT(0);
		bool has = proc_key(
		    schema_at(&nobody, 0), text_of(cases[i].object), &key);

		assert_int_equal(has, cases[i].key != NULL);
		if (has)
			assert_string_equal(buf_str(&key), cases[i].key);
		buf_release(&key);
	}
}

TEST(merges_data_member_by_member_and_keeps_digits)
{
	CASES(cases, const char *base, *over, *merged) = {
	    {"{\"lead_id\":\"A\",\"data\":{\"a\":1.50,\"b\":2}}",
		"{\"lead_id\":\"A\",\"data\":{\"b\":10.50,\"c\":[1, 2]}}",
		"{\"lead_id\":\"A\",\"data\":{\"a\":1.50,\"b\":10.50,"
		"\"c\":[1, 2]}}"},
	    {"{\"lead_id\":\"A\",\"state\":\"NEW\"}",
		"{\"state\":\"LOST\",\"data\":{\"x\":1}}",
		"{\"lead_id\":\"A\",\"state\":\"LOST\",\"data\":{\"x\":1}}"},
	    {"{\"data\":{}}", "{\"data\":{}}", "{\"data\":{}}"},
	    {"{}", "{}", "{}"},
	};

	EACH (i, cases) {
		struct buf out = BUF_INIT(0);

		proc_merge(
		    &out, text_of(cases[i].base), text_of(cases[i].over));
		assert_string_equal(buf_str(&out), cases[i].merged);
		buf_release(&out);
	}
}

TEST(shows_a_process_with_its_defaults)
{
	struct proc p = sample();
	struct buf out = BUF_INIT(0);

	p.body = text_of("{\"lead_id\":\"A\",\"id\":\"mine\",\"data\":"
			 "{\"x\":1.50}}");
	proc_show(&p, &out);
	assert_string_equal(buf_str(&out),
	    "{\"id\":\"5f0c1c52-1d5e-4a55-9a51-000000000001\","
	    "\"procedure\":\"lead\",\"createdAt\":1693529850000,"
	    "\"updatedAt\":1693529851000,\"createdBy\":\"me\",\"status\":"
	    "\"OPEN\","
	    "\"state\":\"NEW\",\"lead_id\":\"A\",\"data\":{\"x\":1.50}}");
	buf_release(&out);
}
