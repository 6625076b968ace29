/* SPDX-License-Identifier: MIT */
/*
 * Formats for dates and times that fail: one that reads every cell of the
 * group and of the field's other groups that any format reads, and none of
 * the cells that pass today in another way. A column in which nothing tells
 * the day from the month is a question, not advice.
 */
#include "build/builder.h"
#include "builder_plan.h"
#include "evidence.h"

#include <stdio.h>
#include <string.h>

#define DAY_FORMAT "%Y-%m-%d"

/* A date in that format, with a day, month, year and hour that could each be
 * one of the others. */
static void
write_probe(const char *format, struct buf *out)
{
	static const struct {
		char letter;
		const char *text;
	} parts[] = {{'d', "11"}, {'m', "10"}, {'Y', "2012"}, {'y', "12"},
	    {'b', "Oct"}, {'H', "10"}, {'I', "10"}, {'M', "11"}, {'S', "12"},
	    {'p', "AM"}, {'f', "5"}};

	for (const char *f = format; *f != '\0'; f++) {
		if (*f != '%') {
			(void)buf_addc(out, *f);
			continue;
		}
		f++;
		for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
			if (parts[i].letter == *f)
				(void)buf_adds(out, parts[i].text);
	}
}

/* One of the field's formats reads what this one reads. */
static bool
overlaps(const struct plan_field *p, const char *format)
{
	struct buf probe = BUF_INIT(128), out = BUF_INIT(128);
	struct date_rules rules = p->dates;
	struct convert_reason r;
	int64_t ms;
	bool is_read = false;

	write_probe(format, &probe);
	for (size_t i = 0; i < p->dates.format_count && !is_read; i++) {
		rules.formats = &p->dates.formats[i];
		rules.format_count = 1;
		is_read =
		    convert_date((struct text){buf_str(&probe), probe.len},
			&rules, &out, &ms, &r);
		buf_clear(&out);
	}
	buf_release(&probe);
	buf_release(&out);
	return is_read;
}

static bool
has_short_year(const char *format)
{
	return strstr(format, "%y") != NULL;
}

/* Appends `format: …` with the field's own formats before the new ones. */
static void
add_formats(const struct plan_field *p, struct advice_keys *k,
    char (*formats)[DATE_FORMAT_SIZE], size_t count)
{
	struct text all[16];
	size_t n = 0;

	for (; n < p->f->format_count; n++)
		all[n] = p->f->formats[n];
	for (size_t i = 0; i < count; i++)
		all[n++] = text_of(formats[i]);
	if (n == 1)
		advice_key(k, "format", all[0]);
	else
		advice_key_list(k, "format", all, n);
}

static bool
can_add(
    const struct plan_field *p, char (*formats)[DATE_FORMAT_SIZE], size_t count)
{
	if (p->f->format_count > 8)
		return false;
	for (size_t i = 0; i < count; i++)
		if (formats[i][0] == '\0' || overlaps(p, formats[i]))
			return false;
	return true;
}

static bool
write_formats(const struct plan_field *p, const char *name,
    char (*formats)[DATE_FORMAT_SIZE], size_t count, struct buf *out)
{
	struct advice_keys k = {.out = out};
	bool is_short = false;

	if (count == 0 || !can_add(p, formats, count))
		return false;
	for (size_t i = 0; i < count; i++)
		is_short = is_short || has_short_year(formats[i]);
	if (is_short)
		(void)buf_adds(out, ADVICE_CHECK_FIRST
		    "which years do two digits mean? with 1950 to 2049 ");
	(void)buf_adds(out, "write ");
	add_formats(p, &k, formats, count);
	if (is_short && p->f->century == 0)
		advice_key_word(&k, "century", "1950");
	(void)buf_addf(out, " in %s", name);
	return true;
}

/* Two formats that each read all cells, to different days. */
static bool
ask_which(const struct plan_field *p, const char *name,
    char (*formats)[DATE_FORMAT_SIZE], size_t count, struct buf *out)
{
	if (!can_add(p, formats, count))
		return false;
	(void)buf_adds(out, ADVICE_CHECK_FIRST "which is the day? ");
	for (size_t i = 0; i < count; i++) {
		struct advice_keys k = {.out = out};

		(void)buf_adds(out, i > 0 ? " or " : "write ");
		add_formats(p, &k, &formats[i], 1);
	}
	(void)buf_addf(out, " in %s", name);
	if (has_short_year(formats[0]) && p->f->century == 0)
		(void)buf_adds(out, ", with a `century:`");
	return true;
}

/* The eight digits of 20260415. */
static bool
advise_compact(const struct plan_field *p, const char *name, struct buf *out)
{
	const struct evidence *e = p->seen->failed;
	char formats[COMPACT_COUNT][DATE_FORMAT_SIZE];
	size_t count = 0;

	for (size_t i = 0; i < COMPACT_COUNT; i++)
		if (e->compact & 1U << i)
			snprintf(formats[count++], DATE_FORMAT_SIZE, "%s",
			    compact_formats[i]);
	if (e->dates.count > 0 || (p->seen->passed && p->f->format_count == 0))
		return false;
	if (count > 1)
		return ask_which(p, name, formats, count, out);
	return write_formats(p, name, formats, count, out);
}

/* What digits alone mean only a person knows. */
static bool
advise_excel(const struct plan_field *p, const char *name, struct buf *out)
{
	char formats[2][DATE_FORMAT_SIZE] = {DAY_FORMAT, "excel"};
	bool keeps_iso = p->f->format_count == 0 && p->seen->passed != 0;
	struct advice_keys k = {.out = out};

	if (p->f->format_count > 8 ||
	    (keeps_iso && (p->seen->passed & PASSED_TIME)))
		return false;
	(void)buf_adds(out, ADVICE_CHECK_FIRST
	    "are these the day numbers of a spreadsheet (45123 is 2023-07-16)? "
	    "then write ");
	add_formats(p, &k, &formats[keeps_iso ? 0 : 1], keeps_iso ? 2 : 1);
	(void)buf_addf(out, " in %s", name);
	return true;
}

bool
advise_date(const struct plan_field *p, const struct cause_evidence *c,
    const char *name, struct buf *out)
{
	const struct evidence *e = p->seen->failed;
	char formats[DATE_CODES][DATE_FORMAT_SIZE];
	uint16_t codes[DATE_CODES], iso[DATE_CODES];
	struct date_sets sets = e->dates;
	enum date_verdict verdict;
	size_t count;

	if (c->is_unread)
		return false;
	if (c->needs == NEED_EXCEL)
		return advise_excel(p, name, out);
	if (c->needs & NEED_COMPACT)
		return advise_compact(p, name, out);
	/* What a format reads depends on the names, which are not looked at. */
	if (p->f->months.count > 0)
		return false;
	if (e->compact != ~0U)
		return false;
	/* A format takes the place of ISO 8601, which no letters say whole. */
	if (p->f->format_count == 0 && p->seen->passed != 0) {
		if (p->seen->passed & PASSED_TIME)
			return false;
		count = date_codes(TEXT_LITERAL("2026-04-15"), iso);
		date_sets_add(&sets, iso, count);
	}
	verdict = date_sets_judge(&sets, codes, &count);
	for (size_t i = 0; i < count; i++) {
		date_code_format(codes[i], formats[i]);
		if (formats[i][0] == '\0' && !date_code_has_time(codes[i]))
			snprintf(
			    formats[i], DATE_FORMAT_SIZE, "%s", DAY_FORMAT);
	}
	if (verdict == DATES_AMBIGUOUS)
		return ask_which(p, name, formats, count, out);
	return verdict == DATES_CLEAR &&
	       write_formats(p, name, formats, count, out);
}

bool
advise_time(const struct plan_field *p, const struct cause_evidence *c,
    const char *name, struct buf *out)
{
	const struct evidence *e = p->seen->failed;
	size_t found = 0;
	struct advice_keys k = {.out = out};

	if (c->is_unread || p->seen->passed != 0 || p->f->format_count > 0)
		return false;
	while (found < CLOCK_COUNT && !(e->times & 1U << found))
		found++;
	if (found == CLOCK_COUNT)
		return false;
	(void)buf_adds(out, "write ");
	advice_key(&k, "format", text_of(clock_formats[found]));
	(void)buf_addf(out, " in %s", name);
	return true;
}
