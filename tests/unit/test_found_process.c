/* SPDX-License-Identifier: MIT */
#include "chakra/response.h"
#include "chakra/verb.h"
#include "test.h"

#include <string.h>

/* A process that is read as one of many is what it is when it is read alone. */

#define PROCESSES 14
#define TABLES 4000

static uint64_t seed = 7;

static unsigned
chance(unsigned of)
{
	seed = seed * UINT64_C(6364136223846793005) + 1;
	return (unsigned)(seed >> 33) % of;
}

static const char *
any_value(void)
{
	static const char *const values[] = {"\"a\"", "\"b\"", "7", "7.0", "0",
	    "null", "true", "\"q\\\"x\"", "\"\\u0061\"", "[1,2]", "[1, 2]",
	    "{\"a\":1}", "{}", "-5", "1617966536211", "\"\"",
	    "\"a text of more than sixteen bytes, with \xc3\xa9\"",
	    "\"1994-11-06T14:19:37Z\"", "1e3", "7.25", "7.5e1", "[]",
	    "[\"a\",\"b\"]", "[\"a\",7,7.25]", "[7,0,null]", "[[1],2]",
	    "[1,{\"a\":[2]}]"};
	static const char *const broken[] = {"07", "\"\n\"", "[1", "tru",
	    "\"\\x\"", "1.", "", "\"\\ud800\"", "{\"a\" 1}", "\"a\"\"b\"", "}",
	    "7.x", "[1,]", "[,1]", "[1}", "[1 2]", "[\"a\"", "[\"a\"}", "[1:2]",
	    "[1]]", "["};

	return chance(300) == 0
		   ? broken[chance(sizeof(broken) / sizeof(broken[0]))]
		   : values[chance(sizeof(values) / sizeof(values[0]))];
}

static void
add_name(struct buf *b, const char *name, size_t *count)
{
	if ((*count)++ > 0)
		buf_adds(b, chance(500) == 0 ? " , " : ",");
	if (chance(500) == 0)
		buf_addf(b, "\"\\u%04x%s\":", (unsigned char)name[0], name + 1);
	else
		buf_addf(b, "\"%s\"%s", name, chance(500) == 0 ? " : " : ":");
}

/* Members in an order that seldom changes; each may be missing, few are there
 * twice. */
static void
add_members(struct buf *b, const char *const *names, size_t *count)
{
	for (size_t i = 0; names[i] != NULL; i++) {
		const char *name = names[chance(300) == 0 ? 0 : i];

		if (chance(6) == 0)
			continue;
		add_name(b, name, count);
		buf_adds(b, any_value());
	}
}

static void
add_process(struct buf *b)
{
	static const char *const root[] = {"id", "createdAt", "updatedAt",
	    "lead_id", "state", "a name of more than sixteen bytes", NULL};
	static const char *const data[] = {
	    "score", "lead_id", "city", "state", "x", "y\xc3\xa9", NULL};
	size_t n = 0, inner = 0, last = 0;

	buf_addc(b, '{');
	add_members(b, root, &n);
	if (chance(8) != 0) {
		add_name(b, "data", &n);
		buf_addc(b, '{');
		add_members(b, data, &inner);
		buf_addc(b, '}');
	}
	if (chance(3) == 0) {
		add_name(b, "record", &n);
		buf_adds(b, "{\"data\":{");
		add_members(b, data, &last);
		buf_adds(b, "}}");
	}
	buf_adds(b, chance(400) == 0 ? "" : "}");
}

/* like: NULL, or what earlier pages were like. */
static int
read_list(struct found_page *like, const char *items, struct list_page *page,
    struct http_response *r)
{
	char words[256];

	*r = (struct http_response){.status = 200};
	buf_addf(&r->body, "{\"_data\":[%s]}", items);
	return like != NULL
		   ? response_list_like(
			 like, r, "lead_id", page, words, sizeof(words))
		   : response_list(r, "lead_id", page, words, sizeof(words));
}

static bool
is_equal(const struct found_process *a, const struct found_process *b)
{
	return text_equal(a->key_token, b->key_token) &&
	       strcmp(a->id, b->id) == 0 &&
	       a->created_at_ms == b->created_at_ms &&
	       a->updated_at_ms == b->updated_at_ms &&
	       text_equal(a->json, b->json);
}

/* Reads each alone; are all of them good? */
static bool
read_alone(struct buf *processes, const struct list_page *page)
{
	bool is_good = true;

	for (size_t i = 0; i < PROCESSES; i++) {
		struct list_page one;
		struct http_response r;

		if (read_list(NULL, buf_str(&processes[i]), &one, &r) != 0 ||
		    one.count != 1)
			is_good = false;
		else if (page->count == PROCESSES &&
			 !is_equal(&page->items[i], &one.items[0]))
			fail_msg("%s", buf_str(&processes[i]));
		list_page_release(&one);
		http_response_release(&r);
	}
	return is_good;
}

TEST(a_process_among_others_is_read_as_it_is_alone)
{
	size_t good = 0, outlined = 0;
	struct found_page *like = found_page_new();

	for (int table = 0; table < TABLES; table++) {
		struct buf processes[PROCESSES], all = BUF_INIT(0);
		struct list_page page;
		struct http_response r;
		int got;

		for (size_t i = 0; i < PROCESSES; i++) {
			buf_init(&processes[i], 0);
			add_process(&processes[i]);
			buf_addf(&all, "%s%s", i > 0 ? "," : "",
			    buf_str(&processes[i]));
		}
		got = read_list(
		    chance(4) == 0 ? NULL : like, buf_str(&all), &page, &r);
		if (read_alone(processes, &page) != (got == 0))
			fail_msg("%s", buf_str(&all));
		good += got == 0;
		for (size_t i = 0; i < page.count; i++)
			outlined += page.items[i].fields != NULL;
		list_page_release(&page);
		http_response_release(&r);
		buf_release(&all);
		for (size_t i = 0; i < PROCESSES; i++)
			buf_release(&processes[i]);
	}
	found_page_free(like);
	/* Both kinds come up, and most are read in the short way. */
	assert_true(good > TABLES / 20 && good < TABLES);
	assert_true(outlined > good * PROCESSES / 3);
}

/* A row beside a process: one like it, or its own values. The text of the row
 * stays as long as the page. */
static struct text
any_wanted(const struct found_process *p, struct buf *room)
{
	struct list_page page;
	struct http_response r;
	struct text wanted = p->json;

	if (chance(2) == 0)
		return wanted;
	add_process(room);
	if (read_list(NULL, buf_str(room), &page, &r) == 0 && page.count == 1)
		wanted = buf_text(room);
	list_page_release(&page);
	http_response_release(&r);
	return wanted;
}

/* How many of a page are called the same. */
static size_t
compare_page(const struct list_page *page)
{
	const struct text some[] = {
	    TEXT_LITERAL("data.score"), TEXT_LITERAL("state")};
	const struct compare_rules rules[] = {{.key_name = "lead_id"},
	    {.key_name = "lead_id", .fields = some, .field_count = 2},
	    {.key_name = "lead_id", .send_only = some, .send_count = 2},
	    {.key_name = "x", .fill_only = some, .fill_count = 2}};
	struct buf rooms[PROCESSES];
	size_t same = 0;

	for (size_t i = 0; i < page->count; i++) {
		const struct compare_rules *c = &rules[chance(4)];
		const struct found_process *p = &page->items[i];
		struct text wanted;

		buf_init(&rooms[i], 0);
		wanted = any_wanted(p, &rooms[i]);
		if (!compare_is_same(c, wanted, p))
			continue;
		same++;
		if (compare_process(c, wanted, p->json, NULL, NULL) != 0)
			fail_msg("%.*s and %.*s", (int)wanted.len, wanted.s,
			    (int)p->json.len, p->json.s);
	}
	for (size_t i = 0; i < page->count; i++)
		buf_release(&rooms[i]);
	return same;
}

TEST(what_is_called_the_same_has_no_change)
{
	size_t same = 0, all = 0;
	struct found_page *like = found_page_new();

	for (int table = 0; table < TABLES; table++) {
		struct buf text = BUF_INIT(0);
		struct list_page page;
		struct http_response r;

		for (size_t i = 0; i < PROCESSES; i++) {
			buf_adds(&text, i > 0 ? "," : "");
			add_process(&text);
		}
		if (read_list(chance(4) == 0 ? NULL : like, buf_str(&text),
			&page, &r) == 0 &&
		    page.count == PROCESSES) {
			all += page.count;
			same += compare_page(&page);
		}
		list_page_release(&page);
		http_response_release(&r);
		buf_release(&text);
	}
	found_page_free(like);
	/* Half of the rows are the process itself. */
	assert_true(same > all / 20 && same < all / 2);
}

/* A page of others is not read by what was there before it, for long. */
TEST(a_page_is_like_the_one_before_it_if_most_of_it_is)
{
	static const char *const forms[] = {
	    "{\"id\":\"p\",\"data\":{\"a\":1,\"b\":2}}",
	    "{\"data\":{\"b\":2,\"a\":1},\"id\":\"p\"}"};
	struct found_page *like = found_page_new();

	for (int n = 0; n < 6; n++) {
		const char *form = forms[n / 3];
		struct buf items = BUF_INIT(0);
		struct list_page page;
		struct http_response r;

		buf_addf(&items, "%s,%s,%s", form, form, form);
		assert_int_equal(
		    read_list(like, buf_str(&items), &page, &r), 0);
		assert_int_equal(page.count, 3);
		for (size_t i = 0; i < 3; i++) {
			bool is_outlined = page.items[i].fields != NULL;

			assert_string_equal(page.items[i].id, "p");
			/* Not the first of all, nor those of the first page
			 * of another form; of the page after it the first. */
			assert_int_equal(
			    is_outlined, !((n == 0 && i == 0) || n == 3 ||
					     (n == 4 && i == 0)));
		}
		list_page_release(&page);
		http_response_release(&r);
		buf_release(&items);
	}
	found_page_free(like);
}

TEST(an_answer_of_far_too_many_values_is_no_answer_in_either_way)
{
	static const char *const values[] = {"1", "\"a text\""};

	/* By itself, and like the one before it. */
	for (int at = 0; at < 4; at++) {
		struct buf items = BUF_INIT(0);
		struct list_page page;
		struct http_response r;
		const char *value = values[at % 2];

		buf_adds(&items, at < 2 ? "" : "{\"id\":\"p\",\"b\":[1]},");
		buf_addf(&items, "{\"id\":\"p\",\"b\":[%s", value);
		for (int i = 0; i < 200000; i++)
			buf_addf(&items, ",%s", value);
		buf_adds(&items, "]}");
		assert_int_equal(read_list(NULL, buf_str(&items), &page, &r),
		    at % 2 == 0 ? -1 : 0);
		list_page_release(&page);
		http_response_release(&r);
		buf_release(&items);
	}
}

TEST(an_answer_with_a_process_in_which_a_name_stands_twice_is_no_answer)
{
	/* Put between others that are alike: read by itself, or as one of
	 * many. */
	CASES(cases, const char *process; int got) = {
	    {"{\"id\":\"p\",\"data\":{\"a\":1,\"b\":[{\"c\":1}]}}", 0},
	    {"{\"id\":\"p\",\"data\":{\"id\":1,\"a\":{\"id\":1}}}", 0},
	    {"{\"id\":\"p\",\"id\":\"p\"}", -1},
	    {"{\"id\":\"p\",\"\\u0069d\":\"q\"}", -1},
	    {"{\"id\":\"p\",\"data\":{\"a\":1,\"a\":1}}", -1},
	    {"{\"id\":\"p\",\"data\":{\"a\":{\"c\":1,\"c\":2}}}", -1},
	    {"{\"id\":\"p\",\"data\":{\"a\":[1,{\"c\":[{\"d\":1,\"d\":2}]}]}}",
		-1},
	    {"{\"id\":\"p\",\"record\":{\"data\":{\"a\":1,\"a\":1}}}", -1},
	    {"{\"id\":\"p\",\"record\":{\"b\":{\"a\":1,\"a\":1}}}", -1},
	    {"{\"id\":\"p\",\"data\":{\"a\":1},\"data\":{\"a\":1}}", -1},
	};
	static const char like[] =
	    "{\"id\":\"o\",\"data\":{\"a\":1,\"b\":[1]},\"record\":{\"b\":2,"
	    "\"data\":{\"a\":\"x\"}}}";

	EACH (i, cases) {
		struct buf items = BUF_INIT(0);
		struct list_page page;
		struct http_response r;

		buf_addf(
		    &items, "%s,%s,%s,%s", like, like, cases[i].process, like);
		assert_int_equal(
		    read_list(NULL, buf_str(&items), &page, &r), cases[i].got);
		list_page_release(&page);
		http_response_release(&r);
		buf_release(&items);
	}
}
