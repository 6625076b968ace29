/* SPDX-License-Identifier: MIT */
/*
 * Collecting. Numbers are in evidence_number.c; what is said of it all is in
 * advice.c and its neighbours.
 */
#include "evidence.h"

#include "builder_plan.h"

#include <string.h>

const char *const compact_formats[COMPACT_COUNT] = {
    "%Y%m%d", "%d%m%Y", "%m%d%Y"};
const char *const clock_formats[CLOCK_COUNT] = {
    "%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p", "%H.%M", "%Hh%M", "%I %p"};

void
texts_seen_add(struct texts_seen *s, struct text t)
{
	for (size_t i = 0; i < s->count; i++)
		if (text_equal(texts_seen_get(s, i), t))
			return;
	if (s->count == EVIDENCE_TEXTS || t.len > EVIDENCE_TEXT_MAX) {
		s->has_more = true;
		return;
	}
	if (t.len > 0)
		memcpy(s->items[s->count].s, t.s, t.len);
	s->items[s->count++].len = t.len;
}

struct text
texts_seen_get(const struct texts_seen *s, size_t i)
{
	return (struct text){s->items[i].s, s->items[i].len};
}

/* The digits after the point of a JSON number; -1 = it has none. */
static int
fraction_digits(struct text json)
{
	const char *point = json.len > 0 ? memchr(json.s, '.', json.len) : NULL;

	return point ? (int)(json.s + json.len - point) - 1 : -1;
}

/* No-break spaces stand for the blank, U+2019 for the apostrophe. */
static bool
has_thousands(const struct plan_field *p, struct text t)
{
	for (size_t i = 0; i < t.len; i++)
		if (t.s[i] == p->f->thousands_sign ||
		    (unsigned char)t.s[i] >= 0x80)
			return true;
	return false;
}

void
evidence_pass(const struct plan_field *p, struct text t, struct text json)
{
	unsigned features = PASSED_ANY;
	int digits;

	if (p->seen == NULL)
		return;
	if (type_is_number(p->f->type)) {
		digits = fraction_digits(json);
		if (digits >= 0)
			features |= PASSED_FRACTION;
		if (digits >= 0 && digits != 3)
			features |= PASSED_CLEAR_FRACTION;
		if (json.len > 0 && json.s[0] == '-')
			features |= PASSED_MINUS;
		if (p->f->thousands_sign != 0 && has_thousands(p, t))
			features |= PASSED_THOUSANDS;
	} else if (t.len > 10) {
		features |= PASSED_TIME;
	}
	p->seen->passed |= features;
}

struct cause_evidence *
evidence_of(struct evidence *e, const char *cause)
{
	for (size_t i = 0; i < e->cause_count; i++)
		if (strcmp(e->causes[i].cause, cause) == 0)
			return &e->causes[i];
	return NULL;
}

/* NULL when there are too many. */
static struct cause_evidence *
cause_in(struct evidence *e, const char *cause)
{
	struct cause_evidence *c = evidence_of(e, cause);

	if (c != NULL || e->cause_count == EVIDENCE_CAUSES)
		return c;
	e->causes[e->cause_count] = (struct cause_evidence){.cause = cause};
	return &e->causes[e->cause_count++];
}

/* The format is read as the field would read it. */
static bool
reads(const struct plan_field *p, struct text t, const char *format)
{
	char bytes[64] = "";
	struct buf out = BUF_OVER(bytes);
	struct convert_reason r;
	struct text text = text_of(format);
	struct date_rules rules = p->dates;
	int64_t ms;

	rules.formats = &text;
	rules.format_count = 1;
	return p->f->type == TYPE_TIME
		   ? convert_time(t, &text, 1, TIME_AS_CLOCK, &out, &ms, &r)
		   : convert_date(t, &rules, &out, &ms, &r);
}

static unsigned
reading(const struct plan_field *p, struct text t, const char *const *formats,
    size_t count)
{
	unsigned mask = 0;

	for (size_t i = 0; i < count; i++)
		if (reads(p, t, formats[i]))
			mask |= 1U << i;
	return mask;
}

static bool
is_eight_digits(struct text t)
{
	for (size_t i = 0; i < t.len; i++)
		if (t.s[i] < '0' || t.s[i] > '9')
			return false;
	return t.len == 8;
}

/* From 1954 to 2064, as a spreadsheet counts days. */
static bool
is_day_number(struct text t)
{
	struct convert_reason r;
	int64_t ms;

	return t.len >= 5 && t.s[0] >= '2' && t.s[0] <= '5' &&
	       (t.len == 5 || !ascii_is_digit(t.s[5])) &&
	       convert_excel_day(t, &ms, &r);
}

/* Dates that are wrong in themselves say nothing about a format. */
static bool
is_about_the_date(const char *cause)
{
	static const char *const causes[] = {"no_such_day", "past", "future",
	    "contradiction", "time_gap", "time_twice", "ambiguous"};

	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
		if (strcmp(cause, causes[i]) == 0)
			return true;
	return false;
}

static void
see_date(const struct plan_field *p, struct evidence *e,
    struct cause_evidence *c, struct text t)
{
	uint16_t codes[DATE_CODES];
	unsigned mask;
	size_t count;

	if (is_about_the_date(c->cause)) {
		c->is_unread = true;
		return;
	}
	if (is_eight_digits(t)) {
		mask = reading(p, t, compact_formats, COMPACT_COUNT);
		c->is_unread = c->is_unread || mask == 0;
		if (mask != 0)
			e->compact &= mask;
		c->needs |= mask != 0 ? NEED_COMPACT : 0;
		return;
	}
	if (is_day_number(t)) {
		c->needs |= NEED_EXCEL;
		return;
	}
	count = date_codes(t, codes);
	if (count == 0) {
		c->is_unread = true;
		return;
	}
	date_sets_add(&e->dates, codes, count);
}

static void
see_time(const struct plan_field *p, struct evidence *e,
    struct cause_evidence *c, struct text t)
{
	unsigned mask = reading(p, t, clock_formats, CLOCK_COUNT);

	c->is_unread = c->is_unread || mask == 0;
	if (mask != 0)
		e->times &= mask;
}

/* NULL for what is not a row: an explanation, a look at the key. */
static struct evidence *
evidence_for(struct builder *b, const struct plan_field *p)
{
	struct evidence *e;

	if (p->seen == NULL || b->is_quiet || b->step != NULL)
		return NULL;
	e = p->seen->failed;
	if (e == NULL) {
		e = arena_alloc(&b->arena, sizeof(*e));
		e->ways = e->compact = e->times = ~0U;
		p->seen->failed = e;
	}
	return e;
}

void
evidence_word(struct builder *b, const struct plan_field *p, struct text t)
{
	struct evidence *e = evidence_for(b, p);

	if (e != NULL)
		texts_seen_add(&e->words, t);
}

void
evidence_fail(struct builder *b, const struct plan_field *p, struct text t,
    const char *cause)
{
	struct evidence *e = evidence_for(b, p);
	struct cause_evidence *c = e != NULL ? cause_in(e, cause) : NULL;

	if (c == NULL)
		return;
	if (type_is_number(p->f->type))
		evidence_number(p, e, c, t);
	else if (type_is_moment(p->f->type))
		see_date(p, e, c, t);
	else if (p->f->type == TYPE_TIME)
		see_time(p, e, c, t);
	else if (p->f->type == TYPE_BOOLEAN)
		texts_seen_add(&e->words, t);
}
