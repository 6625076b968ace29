/* SPDX-License-Identifier: MIT */
/* JSON of answers that mean harm: depth, numbers of values, odd tokens. */
#include "chakra/response_json.h"
#include "test.h"

/* `text` n times, then `middle`, then `end` n times; owned. */
static struct buf
nested(const char *text, const char *middle, const char *end, size_t n)
{
	struct buf b = BUF_INIT(0);

	for (size_t i = 0; i < n; i++)
		buf_adds(&b, text);
	buf_adds(&b, middle);
	for (size_t i = 0; i < n; i++)
		buf_adds(&b, end);
	return b;
}

static bool
is_read(const struct buf *b)
{
	const char *why = NULL;
	cJSON *root = answer_parse((struct text){b->data, b->len}, &why);
	bool ok = root != NULL;

	if (!ok)
		assert_non_null(why);
	cJSON_Delete(root);
	return ok;
}

TEST(depth_has_an_end)
{
	CASES(cases, const char *text, *middle, *end; size_t n; bool ok) = {
	    {"[", "", "]", 900, true},
	    {"[", "", "]", 1500000, false},
	    {"{\"a\":", "1", "}", 900, true},
	    {"{\"a\":", "1", "}", 300000, false},
	    {"[", "", "", 4000000, false},
	    {"{\"a\":[", "", "", 500000, false},
	};

	EACH (i, cases) {
		struct buf b = nested(
		    cases[i].text, cases[i].middle, cases[i].end, cases[i].n);
		assert_int_equal(is_read(&b), cases[i].ok);
		buf_release(&b);
	}
}

/* "[", n times the value and a comma, the value, "]". */
static bool
reads_a_list_of(const char *value, size_t n)
{
	struct buf b = BUF_INIT(0);
	bool ok;

	buf_addc(&b, '[');
	for (size_t i = 0; i < n; i++)
		buf_addf(&b, "%s,", value);
	buf_addf(&b, "%s]", value);
	ok = is_read(&b);
	buf_release(&b);
	return ok;
}

/* Two bytes of text can become a hundred of memory. */
TEST(values_have_an_end_that_no_honest_answer_meets)
{
	assert_false(reads_a_list_of("0", 2000000));
	assert_false(reads_a_list_of("[]", 1000000));
	assert_false(reads_a_list_of("{}", 1000000));
	assert_true(reads_a_list_of("0", 90000));
	assert_true(reads_a_list_of("{\"id\":\"p-1\",\"ok\":true}", 150000));
}
