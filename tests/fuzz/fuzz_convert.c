/* SPDX-License-Identifier: MIT */
/*
 * Every conversion of a cell: JSON behind what was in the buffer, or a reason
 * and the buffer as it was; never both, whatever the options. The first byte
 * is the type, the second its options, then a line (formats, words, signs),
 * then the cell.
 */
#include "fuzz.h"

#include "process/convert_date.h"
#include "process/convert_json.h"
#include "process/convert_number.h"
#include "process/convert_text.h"
#include "submit/response_json.h"

#include <inttypes.h>
#include <time.h>

#define BEFORE "{\"x\":"

struct job {
	struct text cell;
	struct text words[8]; /* of the line, cut at '|' */
	size_t word_count;
	uint8_t options;
	struct buf *out;
	struct convert_reason *r;
};

static void
cut_words(struct job *j, struct text line)
{
	while (line.len > 0 && j->word_count < 8) {
		const char *bar = memchr(line.s, '|', line.len);
		size_t len = bar ? (size_t)(bar - line.s) : line.len;

		j->words[j->word_count++] = (struct text){line.s, len};
		line.s += len + (bar != NULL);
		line.len -= len + (bar != NULL);
	}
}

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

static bool
run_date(struct job *j)
{
	size_t start = j->out->len;
	struct date_rules rules = {.formats = j->words,
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

static bool
run_list(struct job *j)
{
	static const char separators[] = ",;| ";
	struct list_rules rules = {.separator = separators[j->options & 3],
	    .element = (enum list_element)((j->options >> 2) % 3),
	    .signs = {j->options & 64 ? ',' : '.', 0}};

	return convert_list(j->cell, &rules, j->out, j->r);
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
	struct word_list no = {j->words + yes.count, j->word_count - yes.count,
	    NULL};

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
		return convert_month(j->cell, j->out, j->r);
	case 8:
		return run_json(j);
	case 9:
		return run_list(j);
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
	unsigned type = fuzz_byte(&in) % 11;
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
	cut_words(&j, line);
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
