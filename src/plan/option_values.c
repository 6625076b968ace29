/* SPDX-License-Identifier: MIT */
/*
 * Values of options with a grammar of their own. Each function is pure: text
 * in, value or reason out. Numbers are read digit by digit; strtod would take
 * "inf", hex floats and the locale's decimal comma.
 */
#include "base/outcome.h"
#include "base/text.h"
#include "option_table.h"
#include "plan/options.h"

#include <stdio.h>
#include <string.h>

#define RATE_WORKERS_MAX 1000000

static int
refuse(char why[OPTSPEC_WHY_SIZE], const char *reason)
{
	snprintf(why, OPTSPEC_WHY_SIZE, "%s", reason);
	return -1;
}

int
option_parse_delimiter(
    const char *text, void *field, char why[OPTSPEC_WHY_SIZE])
{
	char c;

	if (text[0] == '\n' || text[0] == '\r' || text[0] == '"')
		return refuse(why, "it cannot separate cells");
	if (!text_parse_sign(text_of(text), &c) || c == '"')
		return refuse(why, "expected one ASCII character, the word "
				   "tab, or a code such as \\x1f");
	*(char *)field = c;
	return 0;
}

int
option_parse_quote(const char *text, void *field, char why[OPTSPEC_WHY_SIZE])
{
	if (strcmp(text, "none") == 0) {
		*(char *)field = 0;
		return 0;
	}
	if (text[0] <= ' ' || text[0] > '~' || text[1] != '\0')
		return refuse(
		    why, "expected a single ASCII character, or the word none");
	*(char *)field = text[0];
	return 0;
}

void
option_print_sign(const void *field, struct buf *out)
{
	char c = *(const char *)field;

	if (c == 0)
		buf_adds(out, "none");
	else if (c == '\t')
		buf_adds(out, "tab");
	else if ((unsigned char)c < ' ' || c == 0x7f)
		buf_addf(out, "\\x%02x", (unsigned)c);
	else
		buf_addc(out, c);
}

/* What a duration is, but a number without a unit, which is seconds elsewhere:
 * who says 90 of old runs means days, and what is removed is gone. */
int
option_parse_age(const char *text, void *field, char why[OPTSPEC_WHY_SIZE])
{
	size_t digits = strspn(text, "0123456789");
	int64_t ms;

	if (!text_parse_duration(text_of(text), &ms) || ms < 0)
		return refuse(why, "expected a duration such as 90d or 12h");
	if (text[digits] == '\0' && ms != 0) {
		snprintf(why, OPTSPEC_WHY_SIZE,
		    "it has no unit; use %.20sd for days, or %.20ss for "
		    "seconds",
		    text, text);
		return -1;
	}
	memcpy(field, &ms, sizeof(ms));
	return 0;
}

int
option_parse_folder(const char *text, void *field, char why[OPTSPEC_WHY_SIZE])
{
	struct folders *f = field;

	if (text[0] == '\0')
		return refuse(why, "expected a folder");
	if (f->count == FOLDERS_MAX)
		return refuse(why, "at most 1024 folders can be given");
	f->said[f->count++] = text;
	return 0;
}

/* [0-9]+(\.[0-9]+)? up to the character `end`; at most nine digits on each
 * side. Returns what follows it, or NULL. */
static const char *
parse_decimal(const char *s, double *out)
{
	double value = 0, scale = 1;
	size_t whole = strspn(s, "0123456789");

	if (whole == 0 || whole > 9)
		return NULL;
	for (size_t i = 0; i < whole; i++)
		value = value * 10 + (s[i] - '0');
	s += whole;
	if (*s == '.') {
		size_t fraction = strspn(s + 1, "0123456789");

		if (fraction == 0 || fraction > 9)
			return NULL;
		for (size_t i = 1; i <= fraction; i++) {
			scale /= 10;
			value += (s[i] - '0') * scale;
		}
		s += 1 + fraction;
	}
	*out = value;
	return s;
}

int
option_parse_rate(const char *text, void *field, char why[OPTSPEC_WHY_SIZE])
{
	double n;
	const char *rest = parse_decimal(text, &n);

	if (rest && n > 0 && strcmp(rest, "/m") == 0)
		n /= 60;
	else if (!rest || n <= 0 || strcmp(rest, "/s") != 0)
		return refuse(why,
		    "expected calls per second or minute, such as 5/s or "
		    "90/m");
	memcpy(field, &n, sizeof(n));
	return 0;
}

/* Engines count from 0 or from 1, and their tasks may be more than the workers
 * at one time (an array of 64 tasks, 8 at once): any number is good before the
 * slash. */
int
option_parse_rate_share(
    const char *text, void *field, char why[OPTSPEC_WHY_SIZE])
{
	struct rate_share share = {0, 0};
	size_t digits = strcspn(text, "/");

	if (text[digits] == '\0' ||
	    !text_parse_uint((struct text){text, digits}, &share.index) ||
	    !text_parse_uint(text_of(text + digits + 1), &share.workers))
		return refuse(why,
		    "expected the number of this worker and how many there "
		    "are, such as 3/8");
	if (share.workers == 0)
		return refuse(why, "0 workers cannot share a rate");
	if (share.workers > RATE_WORKERS_MAX)
		return refuse(why, "at most 1,000,000 workers share a rate");
	memcpy(field, &share, sizeof(share));
	return 0;
}

int
option_parse_fault(const char *text, void *field, char why[OPTSPEC_WHY_SIZE])
{
	struct fault_words *words = field;

	if (words->count == OPTIONS_FAULTS_MAX)
		return refuse(why, "at most 16 faults can be given");
	words->items[words->count++] = text;
	return 0;
}

int
option_parse_max_errors(
    const char *text, void *field, char why[OPTSPEC_WHY_SIZE])
{
	struct error_limit limit = {.is_set = true};
	size_t len = strlen(text);
	const char *rest;

	if (len > 1 && text[len - 1] == '%') {
		limit.is_percent = true;
		rest = parse_decimal(text, &limit.percent);
		if (!rest || rest != text + len - 1 || limit.percent > 100)
			return refuse(
			    why, "expected a percentage from 0% to 100%");
	} else if (!text_parse_uint(text_of(text), &limit.rows)) {
		return refuse(why,
		    "expected a number of rows, or a percentage such as "
		    "2%");
	}
	memcpy(field, &limit, sizeof(limit));
	return 0;
}

int
option_parse_expect_rows(
    const char *text, void *field, char why[OPTSPEC_WHY_SIZE])
{
	struct expected_rows e = {true, 0, UINT64_MAX};
	const char *dots = strstr(text, "..");
	struct text low = text_of(text), high = {NULL, 0};

	if (dots) {
		low.len = (size_t)(dots - text);
		high = text_of(dots + 2);
	}
	if ((low.len > 0 && !text_parse_uint(low, &e.min)) ||
	    (high.len > 0 && !text_parse_uint(high, &e.max)) ||
	    (low.len == 0 && high.len == 0))
		return refuse(why, "expected a range of record counts, such as "
				   "1000..2000, 1000.. or 1000");
	if (!dots)
		e.max = e.min;
	if (e.min > e.max)
		return refuse(why, "the range ends before it begins");
	memcpy(field, &e, sizeof(e));
	return 0;
}

/* "7" or "12-20" at *s, which moves after it and a comma. */
static bool
next_range(const char **s, uint64_t *low, uint64_t *high)
{
	size_t n = strcspn(*s, ",");
	const char *dash = memchr(*s, '-', n);
	size_t low_len = dash ? (size_t)(dash - *s) : n;

	if (!text_parse_uint((struct text){*s, low_len}, low) || *low == 0)
		return false;
	*high = *low;
	if (dash &&
	    !text_parse_uint((struct text){dash + 1, n - low_len - 1}, high))
		return false;
	if (*low > *high)
		return false;
	*s += n;
	if (**s == ',')
		(*s)++;
	return true;
}

int
option_parse_rows(const char *text, void *field, char why[OPTSPEC_WHY_SIZE])
{
	size_t len = strlen(text);
	uint64_t low, high;
	const char *s = text;

	while (len > 0 && text[len - 1] != ',' && *s != '\0')
		if (!next_range(&s, &low, &high))
			break;
	if (len == 0 || *s != '\0')
		return refuse(why,
		    "expected rows as a spreadsheet numbers them, such as "
		    "7,12-20");
	memcpy(field, &text, sizeof(text));
	return 0;
}

bool
options_row_listed(const char *rows, uint64_t row)
{
	uint64_t low, high;

	while (*rows != '\0' && next_range(&rows, &low, &high))
		if (row >= low && row <= high)
			return true;
	return false;
}

uint64_t
options_row_last(const char *rows)
{
	uint64_t low, high, last = 0;

	while (*rows != '\0' && next_range(&rows, &low, &high))
		if (high > last)
			last = high;
	return last;
}

int
option_parse_report_format(
    const char *text, void *field, char why[OPTSPEC_WHY_SIZE])
{
	static const enum answer_format formats[] = {
	    FORMAT_TEXT, FORMAT_JSON, FORMAT_HTML};
	int index = optspec_word("text|json|html", text);
	int format;

	if (index < 0)
		return refuse(why, "expected text, json or html");
	format = (int)formats[index];
	memcpy(field, &format, sizeof(format));
	return 0;
}
