/* SPDX-License-Identifier: MIT */
/* contact/: merging, words, JSON, and the files. */
#include "base/json_read.h"
#include "chakra/contact.h"
#include "system/atomic_file.h"
#include "temp_folder.h"
#include "test.h"

#include <cjson/cJSON.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* All of these arrays have room for what the tests put there. */
static void
put(char *to, const char *text)
{
	memcpy(to, text, strlen(text) + 1);
}

/* A record with something in every member. */
static void
fill(struct contact *c, int n)
{
	struct contact_watch w = {.now_ms = INT64_C(1795000000000) + n};

	for (int i = 0; i < CONTACT_FACTS; i++) {
		char text[64];

		snprintf(text, sizeof(text), "fact %d of %d <key>", i, n);
		put(w.known.facts[i], i % 2 ? text : "before");
		contact_see(&w, (enum contact_fact)i, text);
	}
	contact_see_status(&w, 200 + n);
	contact_see_entry_status(&w, n ? "SUCCESS" : "ERROR");
	contact_see_limit(
	    &w, text_of("x-ratelimit-limit"), text_of(n ? "100" : "50"));
	contact_see_body(&w, true, 1000 + (uint64_t)n, 10);
	contact_see_body(&w, false, 5000 - (uint64_t)n, 50);
	contact_see_time(&w, CONTACT_CREATES, 10 + n);
	contact_see_time(&w, CONTACT_UPDATES, 15 + n);
	contact_see_time(&w, CONTACT_OTHERS, 20 + n);
	contact_watch_end(&w);
	*c = w.seen;
	put(c->base_url, "https://crm.example.test");
	put(c->procedure, "Straße");
	put(c->key, "ref");
	c->is_sandbox = true;
	c->first_ms = INT64_C(1795000000000) + n * INT64_C(1000);
	c->last_ms = c->first_ms + 86400000;
	c->runs = 1;
	c->retry_after_ms = 3000 + n;
	c->has_clock = true;
	c->clock_offset_ms = -4000 - n;
	c->clock_within_ms = 500 + n;
}

/* Written, and parsed again. */
static cJSON *
as_file(const struct contact *c, bool is_public)
{
	struct buf b = BUF_INIT(0);
	cJSON *json;

	if (is_public)
		contact_json_public(c, &b);
	else
		contact_json(c, &b);
	json = cJSON_ParseWithLengthOpts(buf_str(&b), b.len + 1, NULL, 1);
	assert_non_null(json);
	buf_release(&b);
	return json;
}

/* With one member in place of another. */
static bool
is_taken_with(const struct contact *c, const char *member, const char *value)
{
	struct contact *out = malloc(sizeof(*out));
	cJSON *json = as_file(c, false);
	struct text root;
	char *text;
	bool taken;

	cJSON_ReplaceItemInObject(json, member, cJSON_CreateRaw(value));
	text = cJSON_PrintUnformatted(json);
	assert_true(json_document(text_of(text), &root));
	taken = contact_json_read(root, out);
	assert_true(taken || (out->runs == 0 && out->facts[0][0] == '\0'));
	cJSON_free(text);
	cJSON_Delete(json);
	free(out);
	return taken;
}

TEST(what_is_written_is_read_again_member_by_member)
{
	static const size_t changes[] = {0, 1, (CONTACT_FACTS + 1) / 2};
	struct contact *a = calloc(2, sizeof(*a)), *b = a + 1;

	EACH (i, changes) {
		struct buf first = BUF_INIT(0), second = BUF_INIT(0);

		fill(a, 1);
		assert_true(a->change_count >= changes[i]);
		a->change_count = changes[i];
		contact_json(a, &first);
		assert_true(contact_json_read(text_of(buf_str(&first)), b));
		contact_json(b, &second);
		assert_string_equal(buf_str(&first), buf_str(&second));
		assert_int_equal(b->change_count, changes[i]);
		assert_int_equal(
		    count_of(buf_str(&first), "\"changes\":"), changes[i] > 0);
		assert_int_equal(b->clock_offset_ms, -4001);
		assert_int_equal(b->clock_within_ms, 501);
		assert_int_equal(b->last_ms / 1000, a->last_ms / 1000);
		buf_release(&first);
		buf_release(&second);
	}
	free(a);
}

TEST(options_of_a_sandbox_are_there_if_the_service_is_known)
{
	CASES(cases, const char *ack; int64_t offset_ms; int status;
	      const char *retry_after, *options) = {
	    {"", 0, 200, "", "none"},
	    {CONTACT_ACK_JOB, 60000, 200, "",
		"--ack job --latency 11ms --max-body 1001"},
	    {CONTACT_ACK_JOB, -61000, 429, "",
		"--ack job --clock-offset -61s --latency 11ms "
		"--max-body 1001 --fault 429=0.05,none"},
	    {CONTACT_ACK_EMPTY, 61000, 429, "date",
		"--ack empty --clock-offset 61s --latency 11ms "
		"--max-body 1001 --fault 429=0.05,date"},
	};
	struct contact *c = calloc(1, sizeof(*c));

	fill(c, 1);
	EACH (i, cases) {
		const char *said;
		cJSON *json;

		put(c->facts[CONTACT_ACK], cases[i].ack);
		put(c->facts[CONTACT_RETRY_AFTER], cases[i].retry_after);
		c->clock_offset_ms = cases[i].offset_ms;
		c->statuses[0] = cases[i].status;
		json = as_file(c, false);
		said = cJSON_GetStringValue(
		    cJSON_GetObjectItem(json, "sandbox_options"));
		assert_string_equal(
		    said != NULL ? said : "none", cases[i].options);
		cJSON_Delete(json);
	}
	free(c);
}

TEST(what_is_merged_with_nothing_is_what_it_was)
{
	struct contact *known = calloc(2, sizeof(*known)), *later = known + 1;
	struct buf was = BUF_INIT(0), is = BUF_INIT(0);

	fill(later, 1);
	/* Two of what there may be many of. */
	later->statuses[later->status_count++] = 299;
	put(later->entry_statuses[later->entry_status_count++], "UNKNOWN");
	put(later->limits[later->limit_count++].name, "z-limit");
	contact_merge(known, later);
	put(known->base_url, later->base_url);
	put(known->procedure, later->procedure);
	contact_json(later, &was);
	contact_json(known, &is);
	assert_string_equal(buf_str(&is), buf_str(&was));
	/* Of many changes the newest are kept. */
	later->change_count = 1;
	for (int i = 0; i < CONTACT_CHANGES + 2; i++) {
		later->changes[0].at_ms = i;
		contact_merge(known, later);
	}
	assert_int_equal(known->change_count, CONTACT_CHANGES);
	for (int i = 0; i < CONTACT_CHANGES; i++)
		assert_int_equal(known->changes[i].at_ms, i + 2);
	buf_release(&was);
	buf_release(&is);
	free(known);
}

TEST(merging_keeps_extremes_and_takes_what_is_newer)
{
	struct contact *known = calloc(2, sizeof(*known)), *later = known + 1;
	char kept[32];

	fill(known, 0);
	fill(later, 1);
	later->facts[CONTACT_HAS_MORE][0] = '\0';
	later->first_ms += 1000;
	contact_merge(known, later);
	assert_string_equal(
	    known->facts[CONTACT_LIST_KEY], later->facts[CONTACT_LIST_KEY]);
	snprintf(kept, sizeof(kept), "fact %d of 0 <key>", CONTACT_HAS_MORE);
	assert_string_equal(known->facts[CONTACT_HAS_MORE], kept);
	assert_int_equal(known->status_count, 2);
	assert_int_equal(known->entry_status_count, 2);
	assert_int_equal(known->limit_count, 1);
	assert_string_equal(known->limits[0].value, "100");
	assert_int_equal(known->runs, 2);
	assert_int_equal(known->first_ms, INT64_C(1795000000000));
	assert_int_equal(known->last_ms, later->last_ms);
	assert_int_equal(known->retry_after_ms, 3001);
	assert_int_equal(known->taken_bytes, 1001);
	assert_int_equal(known->too_large_bytes, 4999);
	assert_int_equal(known->clock_offset_ms, -4001);
	assert_int_equal(known->clock_within_ms, 501);
	assert_int_equal(known->times[CONTACT_CREATES].p50_ms, 11);
	assert_int_equal(known->times[CONTACT_UPDATES].p50_ms, 16);
	assert_int_equal(known->change_count, CONTACT_CHANGES);
	/* The newest changes stay. */
	contact_merge(known, later);
	assert_int_equal(known->change_count, CONTACT_CHANGES);
	assert_string_equal(known->changes[CONTACT_CHANGES - 1].is,
	    later->changes[later->change_count - 1].is);
	free(known);
}

TEST(a_file_that_was_changed_by_hand_is_refused)
{
	CASES(cases, const char *member, *value) = {
	    {"schema", "\"csv2chakra.service/9\""},
	    {"runs", "-1"},
	    {"runs", "1.5"},
	    {"runs", "\"1\""},
	    {"base_url", "7"},
	    {"base_url", "\"\\u001b[31m\""},
	    {"list_key", "\"Stra\xC3\x9F"
			 "e\""},
	    {"list_key", "[]"},
	    {"first_seen", "\"yesterday\""},
	    {"first_seen", "\"2026-13-01T00:00:00Z\""},
	    {"http_statuses", "[42]"},
	    {"http_statuses", "[\"200\"]"},
	    {"entry_statuses", "[7]"},
	    {"rate_limit_headers", "{\"a\":7}"},
	    {"largest_body_bytes", "1e300"},
	    {"clock_offset_ms", "\"soon\""},
	    {"creates", "{\"count\":-2}"},
	    {"creates", "7"},
	    {"changes", "[{\"what\":\"list_key\",\"was\":7}]"},
	    {"changes", "{}"},
	    {"sandbox", "\"yes\""},
	    {"http_statuses", "200"},
	    {"http_statuses", "[null]"},
	    {"rate_limit_headers", "[\"7\"]"},
	    {"rate_limit_headers", "{\"a\\u0007\":\"7\"}"},
	    {"largest_body_rows", "9007199254740992"},
	    {"largest_body_rows", "184467440737095516160"},
	    {"clock_offset_ms", "-9007199254740992"},
	    /* Something is there twice, also if one is written as an escape. */
	    {"runs", "1, \"runs\": 1"},
	    {"runs", "1, \"ru\\u006es\": 1"},
	    {"schema", "\"csv2chakra.service/1\", \"schema\": "
		       "\"csv2chakra.service/1\""},
	    {"list_key", "\"a\\u0000b\""},
	    {"last_seen", "\"2026-11-01T00:00:00Z\\u0000\""},
	};
	struct contact *c = calloc(1, sizeof(*c));
	char text[640];

	fill(c, 1);
	assert_true(is_taken_with(c, "runs", "1"));
	EACH (i, cases)
		if (is_taken_with(c, cases[i].member, cases[i].value))
			fail_msg("%s: %s", cases[i].member, cases[i].value);
	/* Too long for its place. */
	snprintf(text, sizeof(text), "\"%0600d\"", 7);
	assert_false(is_taken_with(c, "base_url", text));
	assert_false(is_taken_with(c, "entry_key", text));
	assert_false(contact_json_read(TEXT_LITERAL("[]"), c));
	free(c);
}

TEST(only_open_hosts_are_named_to_others)
{
	CASES(cases, const char *base_url; bool is_named) = {
	    {"https://api.chakrahq.com", true},
	    {"https://api.chakrahq.com:8443/x", true},
	    {"http://127.0.0.1:8787", true},
	    {"http://localhost:1", true},
	    {"http://[::1]:8787", true},
	    {"https://api.chakrahq.com.example.test", false},
	    {"https://example.test/https://api.chakrahq.com", false},
	    {"https://127.example.test", false},
	    {"https://localhost.example.test", false},
	    {"https://crm.example.test:8443", false},
	    {"", false},
	};
	struct contact *c = calloc(1, sizeof(*c));

	fill(c, 1);
	EACH (i, cases) {
		cJSON *json;
		const char *said;

		snprintf(
		    c->base_url, sizeof(c->base_url), "%s", cases[i].base_url);
		json = as_file(c, true);
		said = cJSON_GetObjectItem(json, "base_url")->valuestring;
		assert_string_equal(said,
		    cases[i].is_named ? cases[i].base_url : "another address");
		said = cJSON_GetObjectItem(json, "last_seen")->valuestring;
		assert_non_null(strstr(said, "T00:00:00Z"));
		cJSON_Delete(json);
	}
	free(c);
}

TEST(words_say_what_held_and_what_was_found)
{
	CASES(cases, enum contact_fact fact; const char *seen, *words) = {
	    {CONTACT_ACK, CONTACT_ACK_JOB,
		"as assumed: the acknowledgement names a job, as bulk "
		"update's does"},
	    {CONTACT_ACK, CONTACT_ACK_EMPTY,
		"not as assumed: the acknowledgement names no job: rows are "
		"confirmed by lookups"},
	    {CONTACT_ENTRY_STATUS, "status",
		"not as assumed: entries tell their outcome in status"},
	    {CONTACT_ENTRY_KEY, "input.<key>",
		"found out: entries name the key as input.ref"},
	    {CONTACT_LIST_KEY, "none",
		"found out: listed processes do not name the key: lookups "
		"settle nothing"},
	    {CONTACT_SECOND_CREATE, CONTACT_SECOND_MERGED,
		"found out: a second create of a key was merged into the "
		"existing process"},
	    {CONTACT_JOB_MEMBERS, "id, type", ""},
	};

	EACH (i, cases) {
		struct contact *c = calloc(1, sizeof(*c));
		struct buf words = BUF_INIT(0);

		put(c->key, "ref");
		put(c->facts[cases[i].fact], cases[i].seen);
		contact_words(c, &words);
		assert_string_equal(buf_str(&words), cases[i].words);
		buf_release(&words);
		free(c);
	}
}

TEST(runs_of_one_service_are_merged_and_others_kept_in_order)
{
	static const char *const procedures[] = {"b", "a", "b", "c"};
	char folder[128];
	struct contact *c = calloc(1, sizeof(*c));
	struct contact_list l;
	struct diag d = DIAG_INIT;

	assert_true(temp_folder_make(folder, sizeof(folder), "contact"));
	assert_int_equal(contact_list_read(folder, &l, &d), 0);
	assert_int_equal(l.count, 0);
	for (size_t i = 0; i < 4; i++) {
		fill(c, (int)i);
		put(c->procedure, procedures[i]);
		assert_int_equal(contact_list_merge(folder, c, &d), 0);
	}
	assert_int_equal(contact_list_read(folder, &l, &d), 0);
	assert_int_equal(l.count, 3);
	assert_string_equal(l.items[0].procedure, "a");
	assert_string_equal(l.items[2].procedure, "c");
	assert_int_equal(
	    contact_list_find(&l, "https://crm.example.test", "b")->runs, 2);
	assert_null(contact_list_find(&l, "https://crm.example.test", "d"));
	contact_list_release(&l);
	assert_int_equal(contact_run_read(folder, c, &d), -1);
	assert_true(temp_folder_remove(folder));
	for (int way = 0; way < 2; way++) {
		d = (struct diag)DIAG_INIT;
		assert_int_equal(way == 0 ? contact_run_write(folder, c, &d)
					  : contact_list_merge(folder, c, &d),
		    -1);
		assert_int_equal(d.kind, DIAG_DISK);
	}
	free(c);
}

TEST(a_service_before_a_bad_one_is_not_kept_and_a_file_without_any_is_empty)
{
	static const char *const begins[] = {"], \"x\": [", ", 7"};
	char folder[128], path[160];
	struct contact *c = calloc(1, sizeof(*c));

	assert_true(temp_folder_make(folder, sizeof(folder), "contact"));
	snprintf(path, sizeof(path), "%s/" CONTACT_FILE, folder);
	fill(c, 1);
	for (int good = 0; good < 2; good++) {
		struct diag d = DIAG_INIT;
		struct contact_list l;
		struct buf text = BUF_INIT(0);
		FILE *f;
		char *end;

		(void)unlink(path);
		assert_int_equal(contact_list_merge(folder, c, &d), 0);
		assert_null(file_read_whole(AT_FDCWD, path, &text));
		end = strrchr(buf_str(&text), ']');
		f = fopen(path, "w");
		fprintf(f, "%.*s%s%s", (int)(end - buf_str(&text)),
		    buf_str(&text), begins[1 - good], end);
		fclose(f);
		assert_int_equal(
		    contact_list_read(folder, &l, &d), good ? 0 : -1);
		assert_int_equal(l.count, good);
		contact_list_release(&l);
		buf_release(&text);
	}
	assert_true(temp_folder_remove(folder));
	free(c);
}

TEST(no_more_than_fifty_are_kept_and_sandboxes_go_first)
{
	char folder[128];
	struct contact *c = calloc(1, sizeof(*c));
	struct contact_list l;
	struct diag d = DIAG_INIT;

	assert_true(temp_folder_make(folder, sizeof(folder), "contact"));
	for (int i = 0; i < CONTACT_SERVICES_MAX + 5; i++) {
		memset(c, 0, sizeof(*c));
		c->is_sandbox = i >= 10; /* the old ones are not */
		snprintf(c->base_url, sizeof(c->base_url), "http://%c:%d",
		    !c->is_sandbox ? 'b'
		    : i % 2	   ? 'a'
				   : 'c',
		    i);
		put(c->procedure, "p");
		put(c->facts[CONTACT_ACK], CONTACT_ACK_JOB);
		c->first_ms = c->last_ms = 1000 * (i + 1);
		assert_int_equal(contact_list_merge(folder, c, &d), 0);
	}
	assert_int_equal(contact_list_read(folder, &l, &d), 0);
	assert_int_equal(l.count, CONTACT_SERVICES_MAX);
	assert_ptr_equal(
	    contact_list_find(&l, l.items[0].base_url, "p"), l.items);
	assert_non_null(contact_list_find(&l, "http://b:0", "p"));
	assert_non_null(contact_list_find(&l, "http://c:54", "p"));
	for (int i = 10; i < 15; i++) {
		char url[32];

		snprintf(
		    url, sizeof(url), "http://%c:%d", i % 2 ? 'a' : 'c', i);
		assert_null(contact_list_find(&l, url, "p"));
	}
	contact_list_release(&l);
	assert_true(temp_folder_remove(folder));
	free(c);
}

TEST(a_file_that_is_not_ours_is_left_alone)
{
	static const char *const texts[] = {"", "{", "[]", "{\"schema\":7}",
	    "{\"schema\":\"csv2chakra.services/1\",\"services\":[7]}",
	    "{\"schema\":\"csv2chakra.services/1\",\"services\":{}}"};
	char folder[128], path[160], block[256] = "";
	struct contact *c = calloc(1, sizeof(*c));

	assert_true(temp_folder_make(folder, sizeof(folder), "contact"));
	snprintf(path, sizeof(path), "%s/" CONTACT_FILE, folder);
	fill(c, 1);
	EACH (i, texts) {
		FILE *f = fopen(path, "w");
		struct diag d = DIAG_INIT;
		size_t n;

		fputs(texts[i], f);
		fclose(f);
		assert_int_equal(contact_list_merge(folder, c, &d), -1);
		assert_string_equal(d.code, "service.damaged");
		f = fopen(path, "r");
		n = fread(block, 1, sizeof(block) - 1, f);
		block[n] = '\0';
		fclose(f);
		assert_string_equal(block, texts[i]);
	}
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	{
		struct diag d = DIAG_INIT;

		assert_int_equal(contact_list_merge(folder, c, &d), -1);
		assert_int_equal(unlink(path), 0);
		assert_int_equal(symlink("/dev/zero", path), 0);
		d = (struct diag)DIAG_INIT;
		assert_int_equal(contact_list_merge(folder, c, &d), -1);
	}
	assert_true(temp_folder_remove(folder));
	free(c);
}
