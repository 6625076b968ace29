/* SPDX-License-Identifier: MIT */
/*
 * Every conversion of a cell: JSON after what was in the buffer, or a reason
 * and the buffer as it was; never both, whatever the options. The first byte
 * is the type, the second its options, then a line (formats, words, signs),
 * then the cell.
 */
#include "chakra/response_json.h"
#include "fuzz.h"
#include "value/convert.h"
#include "words.h"

#include <inttypes.h>
#include <time.h>

#define BEFORE "{\"x\":"
#define WORDS_MAX 8

struct job {
	struct text cell;
	struct text words[WORDS_MAX]; /* of the line, cut at '|' */
	size_t word_count;
	uint8_t options;
	struct buf *out;
	struct convert_reason *r;
};

static bool
run_decimal(struct job *j)
{
	static const char thousands[] = {0, ',', '.', ' ', '\''};
	struct decimal_signs signs = {j->options & 1 ? ',' : '.',
	    thousands[(j->options >> 1) % sizeof(thousands)]};

	if (signs.decimal == signs.thousands)
		signs.thousands = 0;
	return convert_decimal(j->cell, signs, j->out, j->r);
}

/* U+2212 */
static bool
has_minus_sign(struct text t)
{
	for (size_t i = 0; i + 3 <= t.len; i++)
		if (memcmp(t.s + i, "\xE2\x88\x92", 3) == 0)
			return true;
	return false;
}

/* What the loader lets through: no unit holds what a number is made of. */
static size_t
take_units(const struct job *j, struct text units[8])
{
	size_t count = 0;

	for (size_t i = 0; i < j->word_count; i++) {
		struct text u = j->words[i];
		bool has_other = false;

		for (size_t k = 0; k < u.len; k++)
			has_other = has_other || strchr(".,' ", u.s[k]) == NULL;
		for (size_t k = 0; k < u.len; k++)
			if (strchr("+-()0123456789", u.s[k]) != NULL)
				has_other = false;
		if (has_other && text_trim(u).len == u.len &&
		    !has_minus_sign(u))
			units[count++] = u;
	}
	return count;
}

/* The next digit from *at on but zeros at the front; 0 at the end. */
static char
next_digit(struct text t, size_t *at, bool *has_begun)
{
	while (*at < t.len) {
		char c = t.s[(*at)++];

		if (c < '0' || c > '9' || (c == '0' && !*has_begun))
			continue;
		*has_begun = true;
		return c;
	}
	return 0;
}

/* No digit is lost, added or changed, whatever stands around them, and the
 * sign is the one that is written. */
static void
check_marked(const struct job *j, struct text json)
{
	size_t a = 0, b = 0;
	bool begun_a = false, begun_b = false;
	bool has_minus = memchr(j->cell.s, '-', j->cell.len) != NULL ||
			 memchr(j->cell.s, '(', j->cell.len) != NULL ||
			 has_minus_sign(j->cell);
	char c;

	do {
		c = next_digit(j->cell, &a, &begun_a);
		HOLDS(c == next_digit(json, &b, &begun_b));
	} while (c != 0);
	HOLDS((json.s[0] == '-') == (has_minus && begun_a));
}

static bool
run_marked(struct job *j)
{
	struct text units[8];
	size_t start = j->out->len;
	struct number_rules rules = {
	    .signs = {j->options & 1 ? ',' : '.', 0},
	    .is_whole = j->options & 2,
	    .negative = (j->options >> 2) & 7,
	    .units = units,
	    .percent = j->options & 32 ? PERCENT_DIVIDES : PERCENT_STAYS,
	};

	if (j->options & 64)
		rules.signs.thousands = j->options & 1 ? '.' : ',';
	if (rules.negative == 0)
		rules.negative = NUMBER_MINUS;
	if (rules.is_whole)
		rules.percent = PERCENT_STAYS;
	rules.unit_count = take_units(j, units);
	if (!convert_number(j->cell, &rules, j->out, j->r))
		return false;
	check_marked(
	    j, (struct text){j->out->data + start, j->out->len - start});
	return true;
}

/* libc's calendar, which knows nothing of ours. */
static void
check_iso(struct text json, int64_t instant_ms)
{
	time_t s = (time_t)(instant_ms / 1000);
	int64_t ms = instant_ms % 1000;
	struct tm tm;
	char want[80], part[40];

	if (ms < 0) {
		ms += 1000;
		s--;
	}
	HOLDS(gmtime_r(&s, &tm) != NULL);
	snprintf(part, sizeof(part), "%04d-%02d-%02dT%02d:%02d:%02d",
	    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
	    tm.tm_sec);
	if (ms == 0)
		snprintf(want, sizeof(want), "\"%sZ\"", part);
	else
		snprintf(want, sizeof(want), "\"%s.%03dZ\"", part, (int)ms);
	HOLDS(text_is(json, want));
}

static bool
formats_are_good(const struct job *j, bool is_time)
{
	struct convert_reason r;

	for (size_t i = 0; i < j->word_count; i++)
		if (!date_format_check(j->words[i], is_time, &r)) {
			HOLDS(r.message[0] != '\0');
			return false;
		}
	return true;
}

/* Names of the line, for the months one after the other. */
static struct month_names
month_names(
    const struct job *j, struct month_name names[12], struct buf folded[12])
{
	struct month_names m = {names, 0};

	for (size_t i = 0; i < 12 && i < j->word_count; i++) {
		folded[i] = (struct buf)BUF_INIT(0);
		month_name_fold(&folded[i], j->words[i]);
		if (folded[i].len > 0)
			names[m.count++] = (struct month_name){
			    {folded[i].data, folded[i].len}, (int)i + 1};
	}
	(void)month_names_sort(&m);
	return m;
}

static void
release_names(const struct job *j, struct buf folded[12])
{
	for (size_t i = 0; i < 12 && i < j->word_count; i++)
		buf_release(&folded[i]);
}

static bool
run_month(struct job *j)
{
	struct month_name names[12];
	struct buf folded[12];
	struct month_names m = month_names(j, names, folded);
	size_t start = j->out->len;
	bool ok = convert_month(j->cell, &m, j->out, j->r);

	if (ok)
		HOLDS(j->out->len - start <= 2);
	release_names(j, folded);
	return ok;
}

static bool
run_date(struct job *j)
{
	size_t start = j->out->len;
	static const int centuries[] = {0, 1927, 1950, 1999};
	struct date_rules rules = {.formats = j->words,
	    .century = centuries[j->options >> 4 & 3],
	    .format_count = j->word_count,
	    .form = (enum date_form)(j->options & 3),
	    .any_past = j->options & 4,
	    .any_future = j->options & 8};
	int64_t instant_ms = 0;
	char number[32];

	if (!formats_are_good(j, false))
		rules.format_count = 0;
	if (!convert_date(j->cell, &rules, j->out, &instant_ms, j->r))
		return false;
	struct text json = {j->out->data + start, j->out->len - start};
	if (rules.form == DATE_AS_ISO && instant_ms >= -62167219200000)
		check_iso(json, instant_ms);
	snprintf(number, sizeof(number), "%" PRId64, instant_ms);
	if (rules.form == DATE_AS_MS)
		HOLDS(text_is(json, number));
	if (!rules.any_past)
		HOLDS(instant_ms >= -2208988800000 - 86400000);
	if (!rules.any_future)
		HOLDS(instant_ms < 4133980800000 + 86400000);
	return true;
}

static bool
run_time(struct job *j)
{
	int64_t ms = -1;
	size_t count = formats_are_good(j, true) ? j->word_count : 0;

	if (!convert_time(j->cell, j->words, count,
		(enum time_form)(j->options % 3), j->out, &ms, j->r))
		return false;
	HOLDS(ms >= 0 && ms < 86400000);
	return true;
}

static bool
run_json(struct job *j)
{
	struct json_checker c;
	size_t start = j->out->len;
	const char *why;
	bool ok;

	json_checker_init(&c);
	ok = convert_json(&c, j->cell, j->out, j->r);
	if (ok) {
		struct text json = {j->out->data + start, j->out->len - start};
		cJSON *root = answer_parse(json, &why);
		size_t again = j->out->len;

		HOLDS(root != NULL);
		cJSON_Delete(root);
		/* Without blanks there is nothing left to take out. */
		char *copy = fuzz_string(json);
		struct text same = {copy, json.len};
		HOLDS(convert_json(&c, same, j->out, j->r));
		HOLDS(text_equal(same,
		    (struct text){j->out->data + again, j->out->len - again}));
		buf_truncate(j->out, again);
		free(copy);
	}
	json_checker_release(&c);
	return ok;
}

#define ITEMS_MAX 64

/* The items of a list, read twice: a quoted one that has no quote is the plain
 * one. */
static size_t
split(struct job *j, struct text separator, bool is_quoted, struct buf *copy,
    struct text items[ITEMS_MAX])
{
	struct text rest = j->cell, plain = j->cell, item;
	bool has_quote = memchr(j->cell.s, '"', j->cell.len) != NULL;
	size_t count = 0, at = 0;
	int found;

	if (!is_quoted) {
		while (count < ITEMS_MAX &&
		       list_next(&rest, separator, &items[count]))
			count++;
		return count;
	}
	while (count < ITEMS_MAX) {
		at = copy->len;
		found = list_next_quoted(&rest, separator, copy, j->r);
		if (found < 0)
			return SIZE_MAX;
		if (found == 0)
			break;
		items[count++].len = copy->len - at;
		HOLDS(copy->len > at);
		if (!has_quote)
			HOLDS(list_next(&plain, separator, &item) &&
			      text_equal(item, (struct text){copy->data + at,
						   copy->len - at}));
	}
	at = 0;
	for (size_t i = 0; i < count; at += items[i++].len)
		items[i].s = copy->data + at;
	return count;
}

static bool
run_list(struct job *j)
{
	static const char *const separators[] = {",", "; ", " | ", "\n"};
	struct list_rules rules = {
	    .element = (enum list_element)((j->options >> 2) % 3),
	    .signs = {j->options & 64 ? ',' : '.', 0}};
	struct text items[ITEMS_MAX];
	struct buf copy = BUF_INIT(0);
	size_t count = split(j, text_of(separators[j->options & 3]),
	    (j->options & 32) != 0, &copy, items);
	bool ok = count != SIZE_MAX &&
		  convert_list(items, count, &rules, j->out, j->r);

	if (ok)
		HOLDS(j->out->data[j->out->len - 1] == ']');
	buf_release(&copy);
	return ok;
}

static bool
run_phone(struct job *j)
{
	struct phone_rules rules = {{"", 0}, {"", 0}};

	if (j->options & 1)
		rules.calling_code = TEXT_LITERAL("91");
	if (j->options & 2)
		rules.trunk_prefix = TEXT_LITERAL("0");
	return convert_phone(j->cell, &rules, j->out, j->r);
}

static bool
run_boolean(struct job *j)
{
	struct word_list yes = {j->words, j->word_count / 2, NULL};
	struct word_list no = {
	    j->words + yes.count, j->word_count - yes.count, NULL};

	return convert_boolean(j->cell, yes, no, j->out, j->r);
}

static bool
run(struct job *j, unsigned type)
{
	switch (type) {
	case 0:
		return convert_integer(j->cell, j->out, j->r);
	case 1:
		return run_decimal(j);
	case 2:
		return run_boolean(j);
	case 3:
		return convert_email(j->cell, j->out, j->r);
	case 4:
		return run_phone(j);
	case 5:
		return run_date(j);
	case 6:
		return run_time(j);
	case 7:
		return run_month(j);
	case 8:
		return run_json(j);
	case 9:
		return run_list(j);
	case 10:
		return run_marked(j);
	default:
		return convert_place(j->cell, j->options & 4 ? ',' : '.',
		    (enum place_form)((j->options & 3) % 3), j->out, j->r);
	}
}

static void
check_reason(const struct convert_reason *r)
{
	HOLDS(utf8_check(r->message, strlen(r->message)) == strlen(r->message));
	HOLDS(utf8_check(r->hint, strlen(r->hint)) == strlen(r->hint));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	unsigned type = fuzz_byte(&in) % 12;
	struct convert_reason r = {"", "", ""};
	struct buf out = BUF_INIT(0);
	struct job j = {.options = fuzz_byte(&in), .out = &out, .r = &r};
	struct text line = fuzz_line(&in);
	size_t start = strlen(BEFORE);

	j.cell = fuzz_rest(&in);
	/* What the reader and the loader let through. */
	if (utf8_check(line.s, line.len) < line.len ||
	    utf8_check(j.cell.s, j.cell.len) < j.cell.len ||
	    (line.len > 0 && memchr(line.s, 0, line.len) != NULL) ||
	    (j.cell.len > 0 && memchr(j.cell.s, 0, j.cell.len) != NULL))
		return 0;
	j.word_count = cut_words(line, j.words, WORDS_MAX);
	buf_adds(&out, BEFORE);
	if (run(&j, type)) {
		cJSON *root =
		    fuzz_json((struct text){out.data + start, out.len - start});

		HOLDS(root != NULL);
		cJSON_Delete(root);
		/* With a byte less there is no room, and nothing is left. */
		struct buf small = BUF_INIT(out.len - 1);
		j.out = &small;
		buf_adds(&small, BEFORE);
		HOLDS(!run(&j, type));
		HOLDS(small.overflow && r.message[0] == '\0');
		HOLDS(small.len == start);
		buf_release(&small);
	} else {
		HOLDS(out.len == start && r.message[0] != '\0');
		HOLDS(memcmp(out.data, BEFORE, start) == 0);
	}
	check_reason(&r);
	buf_release(&out);
	return 0;
}
