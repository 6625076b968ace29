/* SPDX-License-Identifier: MIT */
/*
 * Faults: which call gets which, drawn from splitmix64 over (seed, class, k).
 * No state is kept between draws: the k-th call's fault does not depend on
 * how its neighbours ran, so sixteen connections at once change nothing but
 * who is the k-th.
 */
#include "faults.h"

#include "base/xalloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Words that a kind takes. */
enum {
	TAKES_MS = 1,
	TAKES_SIZE = 2,
	TAKES_RETRY = 4, /* date, none */
	TAKES_FIN = 8,
	TAKES_AFTER = 16,
	TAKES_SCOPE = 32,
	TAKES_MATCH = 64,
	TAKES_STATUS = 128,
	TAKES_BULK = 256 /* creates, updates */
};

static const struct kind {
	const char *name;
	unsigned takes;
	int64_t ms; /* default of the DURATION, -1 = none */
} kinds[FAULT_KINDS] = {
    [FAULT_503] = {"503", TAKES_MS | TAKES_RETRY | TAKES_SCOPE, -1},
    [FAULT_429] = {"429", TAKES_MS | TAKES_RETRY | TAKES_SCOPE, 1000},
    [FAULT_500_BEFORE] = {"500-before", TAKES_SCOPE, -1},
    [FAULT_500_AFTER] = {"500-after", TAKES_SCOPE, -1},
    [FAULT_RESET_BEFORE] = {"reset-before", TAKES_FIN | TAKES_SCOPE, -1},
    [FAULT_RESET_MID] = {"reset-mid", TAKES_FIN | TAKES_SIZE | TAKES_BULK, -1},
    [FAULT_RESET_AFTER] = {"reset-after", TAKES_FIN | TAKES_SCOPE, -1},
    [FAULT_HANG_AFTER] = {"hang-after", TAKES_MS | TAKES_SCOPE, -1},
    [FAULT_HTML_502] = {"html-502", TAKES_AFTER | TAKES_SCOPE, -1},
    [FAULT_TRUNCATED] = {"truncated", TAKES_SCOPE, -1},
    [FAULT_DRIP] = {"drip", TAKES_MS | TAKES_SCOPE, 10},
    [FAULT_413] = {"413", TAKES_SIZE | TAKES_BULK, -1},
    [FAULT_400_WHOLE] = {"400-whole", TAKES_MATCH | TAKES_BULK, -1},
    [FAULT_ENTRY_ERROR] = {"entry-error", TAKES_MATCH | TAKES_BULK, -1},
    [FAULT_ENTRY_INVALID] = {"entry-invalid", TAKES_MATCH | TAKES_BULK, -1},
    [FAULT_ECHO_TOKEN] = {"echo-token", TAKES_SCOPE, -1},
    [FAULT_STATUS] = {"status", TAKES_STATUS | TAKES_SCOPE, -1},
    [FAULT_SLOW_JOB] = {"slow-job", TAKES_MS | TAKES_BULK, 10000},
    [FAULT_JOB_404] = {"job-404", TAKES_MS | TAKES_BULK, 2000},
    [FAULT_SAME_JOB] = {"same-job", TAKES_BULK, -1},
    [FAULT_COUNTS_DISAGREE] = {"counts-disagree", TAKES_BULK, -1},
    [FAULT_ENTRIES_DUPLICATE] = {"entries-duplicate", TAKES_BULK, -1},
    [FAULT_ENTRIES_SWAPPED] = {"entries-swapped", TAKES_BULK, -1},
    [FAULT_WHERE_IGNORED] = {"where-ignored", 0, -1},
    [FAULT_LIST_LAG] = {"list-lag", TAKES_MS, 5000},
    [FAULT_KEY_CASE] = {"key-case", 0, -1},
    [FAULT_CREATED_WORDS] = {"createdat-words", 0, -1},
    [FAULT_LIST_EMPTY] = {"list-empty", 0, -1},
};

static const char *const classes[FAULT_CLASSES] = {
    "creates", "lookups", "jobs", "others", "updates", "deletes"};

const char *fault_class_name(enum fault_class class)
{
	return classes[class];
}

int
fault_class_find(struct text word)
{
	for (int i = 0; i < FAULT_CLASSES; i++)
		if (text_is(word, classes[i]))
			return i;
	return -1;
}

const char *
fault_name(enum fault_kind kind)
{
	return kinds[kind].name;
}

/* Cuts t at the first `c`; *rest is what follows, empty if there is none. */
static struct text
cut(struct text t, char c, struct text *rest)
{
	const char *at = t.len > 0 ? memchr(t.s, c, t.len) : NULL;

	*rest = (struct text){t.s + t.len, 0};
	if (at == NULL)
		return t;
	*rest = (struct text){at + 1, t.len - (size_t)(at - t.s) - 1};
	return (struct text){t.s, (size_t)(at - t.s)};
}

/* 0, 1, 0.25, .5: digits and at most one dot, at most 1. */
static bool
parse_rate(struct text t, double *rate)
{
	double value = 0, scale = 1;
	bool dot = false, digit = false;

	if (t.len > 18)
		return false;
	for (size_t i = 0; i < t.len; i++) {
		if (t.s[i] == '.' && !dot) {
			dot = true;
			continue;
		}
		if (t.s[i] < '0' || t.s[i] > '9')
			return false;
		digit = true;
		value = value * 10 + (t.s[i] - '0');
		if (dot)
			scale *= 10;
	}
	*rate = value / scale;
	return digit && *rate <= 1;
}

/* "3", "3-5", "3-", "-5". */
static bool
parse_calls(struct text t, struct fault *f)
{
	struct text last, first = cut(t, '-', &last);
	bool range = first.len != t.len;

	f->first = 1;
	f->last = UINT64_MAX;
	if (t.len == 0 || (range && t.len == 1))
		return false;
	if (first.len > 0 && !text_parse_uint(first, &f->first))
		return false;
	if (!range)
		f->last = f->first;
	else if (last.len > 0 && !text_parse_uint(last, &f->last))
		return false;
	return f->first > 0 && f->first <= f->last;
}

static bool
has_prefix(struct text t, const char *prefix, struct text *rest)
{
	size_t len = strlen(prefix);

	if (t.len < len || memcmp(t.s, prefix, len) != 0)
		return false;
	*rest = (struct text){t.s + len, t.len - len};
	return true;
}

/* Words of one fixed spelling. */
static bool
parse_flag(struct text word, unsigned takes, struct fault *f)
{
	const struct {
		const char *name;
		bool *flag;
		unsigned needs;
	} flags[] = {
	    {"date", &f->date, TAKES_RETRY},
	    {"none", &f->none, TAKES_RETRY},
	    {"fin", &f->fin, TAKES_FIN},
	    {"after", &f->after, TAKES_AFTER},
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (!text_is(word, flags[i].name) ||
		    (takes & flags[i].needs) == 0)
			continue;
		*flags[i].flag = true;
		return true;
	}
	return false;
}

/* Which calls: the first such word takes the place of what goes without
 * saying, each other one adds to it. */
static bool
parse_scope(struct text word, unsigned takes, struct fault *f)
{
	int class = fault_class_find(word);

	if (text_is(word, "all") && (takes & TAKES_SCOPE) != 0) {
		f->classes |= (1u << FAULT_CLASSES) - 1;
		return true;
	}
	if (class < 0 || class == FAULT_OTHER)
		return false;
	if ((takes & TAKES_SCOPE) == 0 &&
	    ((takes & TAKES_BULK) == 0 ||
		(class != FAULT_CREATE && class != FAULT_UPDATE)))
		return false;
	f->classes |= 1u << class;
	return true;
}

static bool
parse_word(struct text word, unsigned takes, struct fault *f)
{
	struct text rest;

	if (has_prefix(word, "calls=", &rest))
		return parse_calls(rest, f);
	if (parse_flag(word, takes, f) || parse_scope(word, takes, f))
		return true;
	if ((takes & TAKES_MS) != 0 && text_parse_duration(word, &f->ms))
		return f->ms >= 0;
	if ((takes & TAKES_SIZE) != 0 && text_parse_size(word, &f->bytes))
		return true;
	if ((takes & TAKES_STATUS) != 0)
		return text_parse_uint(word, &f->status) && f->status >= 300 &&
		       f->status <= 599;
	if ((takes & TAKES_MATCH) == 0 || f->match != NULL)
		return false;
	if (!has_prefix(word, "match=", &rest))
		rest = word;
	if (rest.len == 0)
		return false;
	f->match = xstrndup(rest.s, rest.len);
	return true;
}

static int
find_kind(struct text name, char why[FAULT_WHY_SIZE])
{
	struct text names[FAULT_KINDS];
	int guess;

	for (int i = 0; i < FAULT_KINDS; i++) {
		names[i] = text_of(kinds[i].name);
		if (text_equal(names[i], name))
			return i;
	}
	guess = text_did_you_mean(name, names, FAULT_KINDS);
	if (guess >= 0)
		snprintf(why, FAULT_WHY_SIZE,
		    "there is no such kind; did you mean '%s'?",
		    kinds[guess].name);
	else
		snprintf(why, FAULT_WHY_SIZE,
		    "there is no such kind; chakra-sandbox(1) lists them");
	return -1;
}

static bool
is_of_lookup(enum fault_kind kind)
{
	return kind >= FAULT_WHERE_IGNORED && kind <= FAULT_LIST_EMPTY;
}

int
fault_plan_add(struct fault_plan *p, struct text spec, char why[FAULT_WHY_SIZE])
{
	struct text words, rate, name = cut(spec, '=', &words);
	int kind = find_kind(name, why);
	struct fault f;

	if (kind < 0)
		return -1;
	f = (struct fault){.kind = (enum fault_kind)kind,
	    .first = 1,
	    .last = UINT64_MAX,
	    .status = 403,
	    .ms = kinds[kind].ms};
	rate = cut(words, ',', &words);
	if (!parse_rate(rate, &f.rate)) {
		snprintf(why, FAULT_WHY_SIZE,
		    "the rate is a number from 0 to 1, as in %s=0.1",
		    kinds[kind].name);
		return -1;
	}
	while (words.len > 0) {
		struct text word = cut(words, ',', &words);

		if (parse_word(word, kinds[kind].takes, &f))
			continue;
		free(f.match);
		snprintf(why, FAULT_WHY_SIZE,
		    "%s does not accept the word '%.*s'", kinds[kind].name,
		    word.len > 80 ? 80 : (int)word.len, word.s);
		return -1;
	}
	if (f.classes == 0)
		f.classes =
		    1u << (is_of_lookup(f.kind) ? FAULT_LOOKUP : FAULT_CREATE);
	p->items = xreallocarray(p->items, p->count + 1, sizeof(f));
	p->items[p->count++] = f;
	return 0;
}

void
fault_plan_release(struct fault_plan *p)
{
	for (size_t i = 0; i < p->count; i++)
		free(p->items[i].match);
	free(p->items);
	p->items = NULL;
	p->count = 0;
}

/* Steele, Lea, Flood: "Fast splittable pseudorandom number generators". */
static uint64_t
mix(uint64_t z)
{
	z += UINT64_C(0x9E3779B97F4A7C15);
	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

/* Uniform in [0, 1). */
static double
draw(uint64_t seed, uint64_t stream, uint64_t k, uint64_t index)
{
	uint64_t z = mix(mix(mix(seed ^ mix(stream)) ^ k) ^ index);

	return (double)(z >> 11) * 0x1p-53;
}

static bool
is_for_call(const struct fault *f, enum fault_class class, uint64_t k)
{
	return (f->classes & (1u << class)) != 0 && k >= f->first &&
	       k <= f->last;
}

static bool
has_own_draw(enum fault_kind kind)
{
	return kind == FAULT_400_WHOLE || kind == FAULT_ENTRY_ERROR ||
	       kind == FAULT_ENTRY_INVALID || kind >= FAULT_SLOW_JOB;
}

const struct fault *
fault_plan_call(const struct fault_plan *p, enum fault_class class, uint64_t k)
{
	double left = draw(p->seed, (uint64_t) class, k, 0);

	for (size_t i = 0; i < p->count; i++) {
		const struct fault *f = &p->items[i];

		if (has_own_draw(f->kind) || !is_for_call(f, class, k))
			continue;
		if (left < f->rate)
			return f;
		left -= f->rate;
	}
	return NULL;
}

static bool
holds(struct text row, const char *match)
{
	size_t len = strlen(match);

	for (size_t i = 0; i + len <= row.len; i++)
		if (memcmp(row.s + i, match, len) == 0)
			return true;
	return false;
}

/* Streams after those of the classes, one for each fault of the plan, and one
 * more for each that hits updates too. */
static bool
hits(const struct fault_plan *p, size_t fault, enum fault_class class,
    uint64_t k, uint64_t index)
{
	const struct fault *f = &p->items[fault];
	uint64_t stream = 16 + fault + (class == FAULT_UPDATE ? 1u << 16 : 0);

	return is_for_call(f, class, k) &&
	       draw(p->seed, stream, k, index) < f->rate;
}

const struct fault *
fault_plan_poison(const struct fault_plan *p, enum fault_class class,
    uint64_t k, const struct text *rows, size_t count)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct fault *f = &p->items[i];

		if (f->kind != FAULT_400_WHOLE || !hits(p, i, class, k, 0))
			continue;
		if (f->match == NULL)
			return f;
		for (size_t row = 0; row < count; row++)
			if (holds(rows[row], f->match))
				return f;
	}
	return NULL;
}

const struct fault *
fault_plan_entry(const struct fault_plan *p, enum fault_class class, uint64_t k,
    size_t index, struct text row)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct fault *f = &p->items[i];

		if (f->kind != FAULT_ENTRY_ERROR &&
		    f->kind != FAULT_ENTRY_INVALID)
			continue;
		if (hits(p, i, class, k, index + 1) &&
		    (f->match == NULL || holds(row, f->match)))
			return f;
	}
	return NULL;
}

const struct fault *
fault_plan_odd(const struct fault_plan *p, enum fault_kind kind,
    enum fault_class class, uint64_t k)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->items[i].kind == kind && hits(p, i, class, k, 0))
			return &p->items[i];
	return NULL;
}
