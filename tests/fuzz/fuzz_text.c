/* SPDX-License-Identifier: MIT */
/*
 * The rules of UTF-8 against iconv's, and what stands on them: display,
 * trimming, distance, sizes and durations.
 */
#include "fuzz.h"

#include <iconv.h>

/* How many bytes iconv takes before it stops, and the characters. */
static size_t
iconv_check(struct text t, uint32_t *points, size_t *count)
{
	iconv_t cd = iconv_open("UTF-32LE", "UTF-8");
	char *in = (char *)(uintptr_t)t.s, *out = (char *)points;
	size_t in_left = t.len, out_left = t.len * 4;

	HOLDS(cd != (iconv_t)-1);
	iconv(cd, &in, &in_left, &out, &out_left);
	iconv_close(cd);
	*count = (t.len * 4 - out_left) / 4;
	return t.len - in_left;
}

static void
check_points(struct text t, const uint32_t *points, size_t count)
{
	struct buf again = BUF_INIT(0);
	size_t at = 0;

	HOLDS(utf8_length(t.s, t.len) == count);
	for (size_t i = 0; i < count; i++) {
		uint32_t c = utf8_next(t.s, t.len, &at);

		HOLDS(c == points[i]);
		utf8_add(&again, c);
	}
	HOLDS(at == t.len);
	HOLDS(text_equal(t, (struct text){buf_str(&again), again.len}));
	buf_release(&again);
}

static void
check_display(struct text t, size_t max_chars)
{
	struct buf b = BUF_INIT(0);
	size_t at = 0;

	text_display(&b, t, max_chars);
	HOLDS(utf8_check(buf_str(&b), b.len) == b.len);
	while (at < b.len) {
		uint32_t c = utf8_next(b.data, b.len, &at);

		HOLDS(c >= 0x20 && (c < 0x7f || c > 0x9f));
		HOLDS(c < 0x202a || c > 0x202e);
		HOLDS(c < 0x2066 || c > 0x2069);
	}
	buf_release(&b);
}

static void
check_distance(struct text a, struct text b)
{
	size_t forth, back;

	if (a.len > 60 || b.len > 60)
		return;
	forth = text_distance(a, b, 10);
	back = text_distance(b, a, 10);
	HOLDS(forth == back && forth <= 11);
	HOLDS(text_distance(a, a, 10) == 0);
	text_did_you_mean(a, (struct text[]){b, a}, 2);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text t = {(const char *)data, size};
	uint32_t *points = malloc(size * 4 + 4);
	size_t count, good = utf8_check(t.s, t.len);
	uint64_t n;
	int64_t ms;

	HOLDS(points != NULL);
	HOLDS(iconv_check(t, points, &count) == good);
	check_display(t, 0);
	check_display(t, size % 9);
	t.len = good;
	check_points(t, points, count);
	free(points);
	struct text trimmed = text_trim(t);
	HOLDS(trimmed.len <= t.len);
	HOLDS(utf8_check(trimmed.s, trimmed.len) == trimmed.len);
	HOLDS(text_equal(trimmed, text_trim(trimmed)));
	size_t half = t.len / 2;
	while (half < t.len && (t.s[half] & 0xc0) == 0x80)
		half++;
	check_distance(
	    (struct text){t.s, half}, (struct text){t.s + half, t.len - half});
	if (text_parse_uint(t, &n))
		HOLDS(t.len > 0 && t.s[0] >= '0' && t.s[0] <= '9');
	if (text_parse_duration(t, &ms))
		HOLDS(ms >= 0);
	text_parse_size(t, &n);
	return 0;
}
