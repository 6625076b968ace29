/* SPDX-License-Identifier: MIT */
/* The fast and the portable writer against each other and against cJSON. */
#include "base/json_write.h"
#include "random.h"
#include "test.h"

#include <cjson/cJSON.h>

TEST(escapes_only_what_must_be)
{
	CASES(cases, const char *text; const char *json) = {
	    {"", "\"\""},
	    {"a", "\"a\""},
	    {"\"", "\"\\\"\""},
	    {"\\", "\"\\\\\""},
	    {"/", "\"/\""},
	    {"a\b\f\n\r\tz", "\"a\\b\\f\\n\\r\\tz\""},
	    {"\x01\x0b\x1f\x7f", "\"\\u0001\\u000b\\u001f\x7f\""},
	    {"sixteen bytes ok", "\"sixteen bytes ok\""},
	    {"fifteen bytes\"!", "\"fifteen bytes\\\"!\""},
	    {"seventeen bytes \"", "\"seventeen bytes \\\"\""},
	    {"\xE2\x80\xA8\xE2\x80\xA9", "\"\xE2\x80\xA8\xE2\x80\xA9\""},
	    {"\xF0\x9F\x98\x80", "\"\xF0\x9F\x98\x80\""},
	};
	struct buf out = BUF_INIT(0);
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_clear(&out);
		assert_true(json_add_string(&out, text_of(cases[i].text)));
		assert_string_equal(buf_str(&out), cases[i].json);
	}
	buf_release(&out);
}

TEST(writes_a_nul_as_an_escape)
{
	struct buf out = BUF_INIT(0);

	assert_true(json_add_string(&out, (struct text){"a\0b", 3}));
	assert_string_equal(buf_str(&out), "\"a\\u0000b\"");
	buf_release(&out);
}

/* Random UTF-8 with many bytes that need escapes; no NUL. */
static size_t
random_text(char *s, size_t max)
{
	static const char *const parts[] = {"a", "bc", "\"", "\\", "\n", "\x1f",
	    "\x01", "\t", "plain text", "\xC3\xA9", "\xE2\x82\xAC",
	    "\xF0\x9D\x84\x9E", "sixteen bytes ok", "0123456", "\x7f"};
	size_t len = 0, want = next_random() % max;

	for (;;) {
		const char *part = parts[next_random() % 15];

		if (next_random() % 3 != 0)
			part = parts[next_random() % 2 == 0 ? 8 : 12];
		if (len + strlen(part) > want)
			return len;
		memcpy(s + len, part, strlen(part));
		len += strlen(part);
	}
}

TEST(both_ways_give_the_same_bytes_and_cjson_reads_them)
{
	struct buf fast = BUF_INIT(0), table = BUF_INIT(0);
	char s[512];
	int i;

	for (i = 0; i < 20000; i++) {
		size_t len = random_text(s, i % 2 ? 40 : sizeof(s));
		/* exactly as long as the text, so that ASan sees overreads */
		char *exact = malloc(len + 1);
		struct text t = {exact, len};
		cJSON *parsed;

		assert_non_null(exact);
		memcpy(exact, s, len);
		buf_clear(&fast);
		buf_clear(&table);
		assert_true(json_add_string(&fast, t));
		assert_true(buf_addc(&table, '"'));
		assert_true(json_add_escaped_portable(&table, t));
		assert_true(buf_addc(&table, '"'));
		assert_int_equal(fast.len, table.len);
		assert_memory_equal(fast.data, table.data, fast.len);
		parsed = cJSON_ParseWithLength(fast.data, fast.len);
		assert_non_null(parsed);
		assert_int_equal(strlen(parsed->valuestring), len);
		assert_memory_equal(parsed->valuestring, s, len);
		cJSON_Delete(parsed);
		free(exact);
	}
	buf_release(&fast);
	buf_release(&table);
}

TEST(every_byte_at_every_place_is_seen)
{
	struct buf fast = BUF_INIT(0), table = BUF_INIT(0);
	size_t len, at;
	int c;

	for (len = 1; len <= 35; len++) {
		for (at = 0; at < len; at++) {
			for (c = 1; c < 128; c++) {
				char s[40];
				struct text t = {s, len};

				memset(s, 'x', len);
				s[at] = (char)c;
				buf_clear(&fast);
				buf_clear(&table);
				assert_true(json_add_escaped(&fast, t));
				assert_true(
				    json_add_escaped_portable(&table, t));
				assert_int_equal(fast.len, table.len);
				assert_memory_equal(
				    fast.data, table.data, fast.len);
			}
		}
	}
	buf_release(&fast);
	buf_release(&table);
}

/* For each maximum, what fits is taken and what does not leaves no trace. */
TEST(uses_the_buffer_up_to_its_maximum)
{
	static const char text[] = "0123456789abcdef\"0123456789abc\n\x01";
	size_t need = 2 + 16 + 2 + 13 + 2 + 6, max;

	for (max = 1; max <= need + 20; max++) {
		struct buf out = BUF_INIT(max + 2);
		bool ok;

		assert_true(buf_adds(&out, "ab"));
		ok = json_add_string(&out, text_of(text));
		assert_int_equal(ok, max >= need);
		assert_int_equal(out.len, ok ? need + 2 : 2);
		assert_int_equal(out.overflow, !ok);
		buf_release(&out);
	}
}

TEST(writes_a_mebibyte_of_control_characters)
{
	const size_t len = (size_t)1 << 20;
	struct buf out = BUF_INIT(0);
	char *s = malloc(len);

	assert_non_null(s);
	memset(s, 0x02, len);
	assert_true(json_add_string(&out, (struct text){s, len}));
	assert_int_equal(out.len, 6 * len + 2);
	assert_memory_equal(out.data + 6 * len - 5, "\\u0002\"", 7);
	free(s);
	buf_release(&out);
}

#ifdef __SSE2__
TEST(a_padded_text_becomes_what_the_portable_way_makes_of_it)
{
	static const char letters[] = "abcdefghi\"\\\n\x01\x1f\xc3";
	char text[80 + 16], room[80 * JSON_ESCAPE_MAX + 16];
	struct buf want = BUF_INIT(0);

	for (int round = 0; round < 20000; round++) {
		size_t len = next_random() % 80;
		uint32_t calm = round % 2 ? 9 : sizeof(letters) - 1;
		const char *end;

		/* What stands after the text must not matter. */
		for (size_t i = 0; i < sizeof(text); i++)
			text[i] = i < len ? letters[next_random() % calm] : '"';
		if (round % 2 && len > 0)
			text[next_random() % len] = '\t';
		buf_clear(&want);
		assert_true(
		    json_add_escaped_portable(&want, (struct text){text, len}));
		end = json_write_padded(room, (struct text){text, len});
		assert_int_equal(end - room, want.len);
		assert_memory_equal(room, buf_str(&want), want.len);
	}
	buf_release(&want);
}
#endif
