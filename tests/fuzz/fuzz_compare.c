/* SPDX-License-Identifier: MIT */
/*
 * Two values beside each other: are they the same to json_same as they are to
 * cJSON's trees, and do hashes say so, too? And what a row's hash says of a
 * process is what comparing the two says. The first byte is how; two lines are
 * two JSON texts.
 */
#include "base/json_read.h"
#include "chakra/compare_values.h"
#include "chakra/members.h"
#include "chakra/verb.h"
#include "fuzz.h"
#include "value/convert.h"

#define LEVELS 40
#define SEED UINT64_C(0x0123456789abcdef)

/* A double tells such numbers apart; of others, beyond exponents of nine
 * digits, all that read numbers say that they are far away. */
static bool
is_exact(struct text number, size_t most_digits, size_t most_exponent)
{
	size_t digits = 0, exponent = 0;
	bool after = false;

	for (size_t i = 0; i < number.len; i++) {
		after |= number.s[i] == 'e' || number.s[i] == 'E';
		if (number.s[i] < '0' || number.s[i] > '9')
			continue;
		if (after)
			exponent++;
		else
			digits++;
	}
	return digits <= most_digits && exponent <= most_exponent;
}

static bool
holds_nul(struct text token)
{
	struct buf text = BUF_INIT(0);
	bool holds;

	json_decode(token, &text);
	holds = text.len > 0 && memchr(text.data, '\0', text.len) != NULL;
	buf_release(&text);
	return holds;
}

/* Good JSON of which there is one reading, and which cJSON holds whole. */
static bool
is_readable(struct text t, bool *is_number)
{
	struct json_reader r;
	enum json_event e;

	*is_number = false;
	if (utf8_check(t.s, t.len) != t.len || memchr(t.s, '\0', t.len))
		return false;
	json_begin(&r, t, LEVELS);
	while ((e = json_next(&r)) > JSON_DONE) {
		if (e == JSON_NUMBER && r.depth == 0)
			*is_number = is_exact(r.token, SIZE_MAX, 9);
		else if (e == JSON_NUMBER && !is_exact(r.token, 15, 2))
			return false;
		if ((e == JSON_STRING || e == JSON_NAME) && holds_nul(r.token))
			return false;
	}
	if (t.len > 0 && (t.s[0] == '-' || ascii_is_digit(t.s[0])) &&
	    !*is_number)
		return false;
	return e == JSON_DONE && !json_has_twins(t);
}

static bool same(const cJSON *a, const cJSON *b);

static bool
is_nothing(const cJSON *v)
{
	return v == NULL || cJSON_IsNull(v);
}

static bool
has_all(const cJSON *a, const cJSON *of)
{
	for (const cJSON *m = of->child; m != NULL; m = m->next)
		if (!same(m, cJSON_GetObjectItemCaseSensitive(a, m->string)))
			return false;
	return true;
}

/* The rule, said once more. */
static bool
same(const cJSON *a, const cJSON *b)
{
	const cJSON *x, *y;

	if (is_nothing(a) || is_nothing(b))
		return is_nothing(a) && is_nothing(b);
	if (cJSON_IsObject(a) && cJSON_IsObject(b))
		return has_all(a, b) && has_all(b, a);
	if (cJSON_IsArray(a) && cJSON_IsArray(b)) {
		for (x = a->child, y = b->child; x && y;
		     x = x->next, y = y->next)
			if (!same(x, y))
				return false;
		return x == NULL && y == NULL;
	}
	if (cJSON_IsString(a) && cJSON_IsString(b))
		return strcmp(a->valuestring, b->valuestring) == 0;
	if (cJSON_IsNumber(a) && cJSON_IsNumber(b))
		return a->valuedouble == b->valuedouble;
	return cJSON_IsBool(a) && cJSON_IsBool(b) &&
	       cJSON_IsTrue(a) == cJSON_IsTrue(b);
}

static uint64_t
hash(struct text t)
{
	struct buf scratch = BUF_INIT(0);
	uint64_t h = value_hash(SEED, t, &scratch);

	HOLDS(scratch.len == 0);
	buf_release(&scratch);
	return h;
}

static struct text
trimmed(struct text t)
{
	const char *blanks = " \t\r\n";

	while (t.len > 0 && strchr(blanks, t.s[0]) != NULL)
		t = (struct text){t.s + 1, t.len - 1};
	while (t.len > 0 && strchr(blanks, t.s[t.len - 1]) != NULL)
		t.len--;
	return t;
}

static void
check_values(struct text a, struct text b, bool numbers)
{
	cJSON *x = cJSON_ParseWithLength(a.s, a.len);
	cJSON *y = cJSON_ParseWithLength(b.s, b.len);
	bool is_same = json_same(a, b);

	HOLDS(x != NULL && y != NULL);
	HOLDS(json_same(a, a) && json_same(b, b));
	HOLDS(json_same(b, a) == is_same);
	HOLDS((hash(a) == hash(b)) == is_same);
	if (numbers)
		HOLDS((number_compare(a, b) == 0) == is_same);
	else
		HOLDS(same(x, y) == is_same);
	cJSON_Delete(x);
	cJSON_Delete(y);
}

/* The row twice, and a row without a field between them, so that each way of
 * writing one is gone. */
static void
check_row(struct text row, struct text process, const char *key_name)
{
	static const unsigned char key[8] = {1, 2, 3, 4, 5, 6, 7, 8};
	struct compare_rules rules = {.key_name = key_name};
	struct sent_writer w = {.count = 0};
	struct sent_reader r = {.count = 0};
	struct sent_row sent;
	struct buf path = BUF_INIT(0);
	struct text rows[] = {row, TEXT_LITERAL("{}"), row, row};
	bool is_same = compare_process(&rules, row, process, NULL, NULL) == 0;

	sent_begin(&w, key_name, key);
	for (size_t i = 0; i < 4; i++)
		sent_add(&w, i + 2, 2 * i, TEXT_LITERAL("\"K\""), rows[i]);
	HOLDS(sent_open(&r, sent_end(&w), key));
	for (size_t i = 0; i < 4; i++) {
		buf_clear(&path);
		HOLDS(sent_next(&r, &sent) == 1);
		HOLDS(sent.row == i + 2 && sent.line == 2 * i);
		HOLDS(text_is(sent.key, "\"K\""));
		HOLDS(sent_is_there(&r, &sent, process, &path) ==
		      (i == 1 || is_same));
		HOLDS(path.len == 0 || !is_same);
	}
	HOLDS(sent_next(&r, &sent) == 0);
	sent_writer_release(&w);
	sent_reader_release(&r);
	buf_release(&path);
}

/* Whatever a file holds, it is read to an end. */
static void
check_damaged(struct text bytes, struct text process)
{
	static const unsigned char key[8] = {0};
	struct sent_reader r = {.count = 0};
	struct buf path = BUF_INIT(0);
	struct sent_row sent;
	size_t rows = 0;

	if (sent_open(&r, bytes, key))
		while (sent_next(&r, &sent) == 1 && rows++ < 10000)
			(void)sent_is_there(&r, &sent, process, &path);
	sent_reader_release(&r);
	buf_release(&path);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	uint8_t how = fuzz_byte(&in);
	struct text a = fuzz_line(&in), b = fuzz_rest(&in);
	bool a_is_number, b_is_number;

	if (how == 0) {
		check_damaged(
		    b, is_readable(a, &a_is_number) ? a : TEXT_LITERAL("{}"));
		return 0;
	}
	a = trimmed(a);
	b = trimmed(b);
	if (!is_readable(a, &a_is_number) || !is_readable(b, &b_is_number) ||
	    (a_is_number != b_is_number))
		return 0;
	check_values(a, b, a_is_number);
	if (json_is_object(a) && json_is_object(b))
		check_row(a, b, how % 2 ? "k" : NULL);
	return 0;
}
