/* SPDX-License-Identifier: MIT */
/*
 * What a good value of an option is, by kind: text in, a typed value or the
 * reason why not out. Nothing here knows where the text came from.
 */
#include "base/text.h"
#include "system/optspec.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

int
optspec_word(const char *words, const char *word)
{
	size_t len = strlen(word);
	int index = 0;

	for (const char *w = words;; index++) {
		size_t n = strcspn(w, "|");

		if (n == len && memcmp(w, word, len) == 0)
			return index;
		if (w[n] == '\0')
			return -1;
		w += n + 1;
	}
}

/* "expected text, json or github" */
static void
list_words(const char *words, char *out, size_t size)
{
	size_t used = (size_t)snprintf(out, size, "expected ");

	for (const char *w = words; *w != '\0' && used < size;) {
		size_t n = strcspn(w, "|");
		const char *next = w[n] == '\0' ? w + n : w + n + 1;
		const char *join = w == words	   ? ""
				   : *next == '\0' ? " or "
						   : ", ";

		used += (size_t)snprintf(
		    out + used, size - used, "%s%.*s", join, (int)n, w);
		w = next;
	}
}

/* "expected a size", ", from 1 to 9 bytes". */
static void
describe_range(const struct optspec *o, const char *what, const char *unit,
    char why[OPTSPEC_WHY_SIZE])
{
	const char *comma = *unit != '\0' ? "," : "";
	char low[32], high[32];

	if (o->max != 0)
		snprintf(why, OPTSPEC_WHY_SIZE, "%s%s from %s to %s%s", what,
		    comma, text_count(o->min, low), text_count(o->max, high),
		    unit);
	else if (o->min != 0)
		snprintf(why, OPTSPEC_WHY_SIZE, "%s%s of at least %s%s", what,
		    comma, text_count(o->min, low), unit);
	else
		snprintf(why, OPTSPEC_WHY_SIZE, "%s", what);
}

static bool
in_range(const struct optspec *o, uint64_t n)
{
	return n >= o->min && (o->max == 0 || n <= o->max);
}

static int
convert_number(const struct optspec *o, const char *text, void *field,
    char why[OPTSPEC_WHY_SIZE])
{
	const char *expected = "expected a whole number", *unit = "";
	uint64_t n = 0;
	int64_t ms = -1;
	bool is_good;

	if (o->kind == OPTSPEC_SIZE) {
		expected = "expected a size such as 512KiB or 2MiB";
		unit = " bytes";
		is_good = text_parse_size(text_of(text), &n);
	} else if (o->kind == OPTSPEC_DURATION) {
		expected = "expected a duration such as 500ms, 30s, 10m or 2h";
		unit = " ms";
		is_good = text_parse_duration(text_of(text), &ms) && ms >= 0;
		n = (uint64_t)ms;
	} else {
		is_good = text_parse_uint(text_of(text), &n);
	}
	if (is_good && in_range(o, n)) {
		memcpy(field, &n, sizeof(n));
		return 0;
	}
	describe_range(o, expected, unit, why);
	return -1;
}

static int
convert_word(const struct optspec *o, const char *text, void *field,
    char why[OPTSPEC_WHY_SIZE])
{
	int index = optspec_word(o->words, text);

	if (index < 0) {
		list_words(o->words, why, OPTSPEC_WHY_SIZE);
		return -1;
	}
	memcpy(field, &index, sizeof(index));
	return 0;
}

int
optspec_convert(const struct optspec *o, const char *text, void *field,
    char why[OPTSPEC_WHY_SIZE])
{
	switch (o->kind) {
	case OPTSPEC_FLAG:
	case OPTSPEC_LAST:
		*(bool *)field = true;
		return 0;
	case OPTSPEC_REPEAT:
		++*(unsigned *)field;
		return 0;
	case OPTSPEC_TEXT:
		if (*text == '\0') {
			snprintf(why, OPTSPEC_WHY_SIZE, "it is empty");
			return -1;
		}
		memcpy(field, &text, sizeof(text));
		return 0;
	case OPTSPEC_COUNT:
	case OPTSPEC_SIZE:
	case OPTSPEC_DURATION:
		return convert_number(o, text, field, why);
	case OPTSPEC_WORD:
		return convert_word(o, text, field, why);
	case OPTSPEC_CUSTOM:
		return o->parse(text, field, why);
	}
	return -1;
}

/* A copy, since a row's offset says nothing of alignment. */
static uint64_t
whole(const void *field)
{
	uint64_t n;

	memcpy(&n, field, sizeof(n));
	return n;
}

static const char *
words_at(const void *field)
{
	const char *s;

	memcpy(&s, field, sizeof(s));
	return s ? s : "";
}

static void
add_word(const struct optspec *o, const void *field, struct buf *out)
{
	const char *w = o->words;
	int index;

	memcpy(&index, field, sizeof(index));
	while (index-- > 0)
		w += strcspn(w, "|") + 1;
	buf_add(out, w, strcspn(w, "|"));
}

void
optspec_text(const struct optspec *o, const void *field, struct buf *out)
{
	switch (o->kind) {
	case OPTSPEC_FLAG:
	case OPTSPEC_LAST:
		buf_adds(out, *(const bool *)field ? "1" : "");
		return;
	case OPTSPEC_REPEAT:
		buf_adds(out, *(const unsigned *)field > 0 ? "1" : "");
		return;
	case OPTSPEC_TEXT:
		buf_adds(out, words_at(field));
		return;
	case OPTSPEC_COUNT:
	case OPTSPEC_SIZE:
		buf_addf(out, "%" PRIu64, whole(field));
		return;
	case OPTSPEC_DURATION:
		buf_addf(out, "%" PRIu64 "ms", whole(field));
		return;
	case OPTSPEC_WORD:
		add_word(o, field, out);
		return;
	case OPTSPEC_CUSTOM:
		o->print(field, out);
		return;
	}
}

bool
optspec_is_set(const struct optspec *o, const void *field)
{
	switch (o->kind) {
	case OPTSPEC_FLAG:
	case OPTSPEC_LAST:
		return *(const bool *)field;
	case OPTSPEC_REPEAT:
		return *(const unsigned *)field > 0;
	case OPTSPEC_TEXT:
		return words_at(field)[0] != '\0';
	case OPTSPEC_COUNT:
	case OPTSPEC_SIZE:
	case OPTSPEC_DURATION:
		return whole(field) != 0;
	case OPTSPEC_WORD:
	case OPTSPEC_CUSTOM:
		break; /* a default, or nothing that could be told */
	}
	return false;
}
