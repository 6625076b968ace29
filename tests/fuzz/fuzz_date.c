/* SPDX-License-Identifier: MIT */
/*
 * Dates by a format: one of usual letters is read by a short way, which must
 * say what the long one says. A flag after the percent sign is read over, and
 * leads the same format the long way. What was read, written as a day in ISO
 * 8601, is read again as the same moment. The first byte is the output's form;
 * two lines are the format and the cell.
 */
#include "fuzz.h"
#include "value/convert.h"

/* The format with a flag in each of its conversions. */
static void
add_flags(struct buf *out, struct text format)
{
	for (size_t i = 0; i < format.len; i++) {
		buf_addc(out, format.s[i]);
		if (format.s[i] != '%')
			continue;
		buf_addc(out, '0');
		/* A flag that is there already is not the letter. */
		while (i + 1 < format.len && memchr("-_0", format.s[i + 1], 3))
			buf_addc(out, format.s[++i]);
		if (++i < format.len)
			buf_addc(out, format.s[i]);
	}
}

static bool
read_date(struct text cell, struct text format, enum date_form form,
    struct buf *out, int64_t *ms, struct convert_reason *r)
{
	struct date_rules rules = {.formats = &format,
	    .format_count = format.len > 0 ? 1 : 0,
	    .century = 1950,
	    .form = form};

	return convert_date(cell, &rules, out, ms, r);
}

static void
check_again(const struct buf *day, int64_t ms, bool has_offset)
{
	struct buf out = BUF_INIT(0);
	struct text inner = {day->data + 1, day->len - 2};
	struct convert_reason r;
	int64_t midnight;

	HOLDS(read_date(
	    inner, TEXT_LITERAL(""), DATE_AS_DAY, &out, &midnight, &r));
	HOLDS(text_equal(buf_text(&out), buf_text(day)));
	if (!has_offset)
		HOLDS(ms >= midnight && ms < midnight + 86400000);
	buf_release(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	enum date_form form = (enum date_form)(fuzz_byte(&in) % 4);
	struct text format = fuzz_line(&in), cell = fuzz_rest(&in);
	struct buf flagged = BUF_INIT(0), x = BUF_INIT(0), y = BUF_INIT(0);
	struct convert_reason why_x, why_y;
	int64_t x_ms = 0, y_ms = 0;
	bool is_read;

	if (utf8_check(format.s, format.len) < format.len ||
	    utf8_check(cell.s, cell.len) < cell.len || format.len == 0 ||
	    !date_format_check(format, false, NULL))
		return 0;
	add_flags(&flagged, format);
	is_read = read_date(cell, format, form, &x, &x_ms, &why_x);
	HOLDS(is_read ==
	      read_date(cell, buf_text(&flagged), form, &y, &y_ms, &why_y));
	HOLDS(text_equal(buf_text(&x), buf_text(&y)) && x_ms == y_ms);
	if (!is_read) {
		HOLDS(x.len == 0 && why_x.message[0] != '\0');
		HOLDS(strcmp(why_x.message, why_y.message) == 0);
		HOLDS(strcmp(why_x.cause, why_y.cause) == 0);
	}
	/* Nobody asks why: the same verdict. */
	buf_clear(&y);
	HOLDS(is_read == read_date(cell, format, form, &y, &y_ms, NULL));
	if (is_read && form == DATE_AS_DAY)
		check_again(&x, x_ms,
		    memchr(format.s, 'z', format.len) != NULL ||
			memchr(format.s, 's', format.len) != NULL);
	buf_release(&flagged);
	buf_release(&x);
	buf_release(&y);
	return 0;
}
