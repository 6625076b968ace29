/* SPDX-License-Identifier: MIT */
/*
 * Time zones, taken from libc.
 *
 * libc knows the tzdata format, its footer rules and TZDIR; it does not say
 * when a zone is unknown (TZ with a misspelt name is silently UTC), so the
 * file is looked at first: a safe relative name, and the magic "TZif". Then
 * TZ is set, every other day of a part of 1900-2100 is asked for its offset,
 * and two days at whose ends the offset differs are cut in halves down to the
 * second. Two days are short enough: the shortest time after which a zone
 * changed again was four (Freetown in 1939; in Recife, in 2000, it was a week).
 * A part is asked for when the first local time in it is: all of them were most
 * of a start, and a file needs a few. Refused: reading TZif ourselves, and the
 * "right/" zones, which count leap seconds and would be off by half a minute.
 */
#include "base/xalloc.h"
#include "value/forms.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define STEP_S ((int64_t)2 * 86400)
#define FIRST_S INT64_C(-2208988800) /* 1900-01-01T00:00:00Z */
#define LAST_S INT64_C(4133980800)   /* 2101-01-01T00:00:00Z */

struct span {
	int64_t begin_s;  /* from this second (UTC) on … */
	int64_t offset_s; /* … local time is UTC plus this */
};

/* No offset is more than 26 hours from UTC: the spans that could hold a local
 * time are those around it. */
#define OFFSET_MAX_S (INT64_C(26) * 3600)

#define PART_S (256 * STEP_S)
#define PARTS ((size_t)((LAST_S - FIRST_S + PART_S - 1) / PART_S))
/* A part is asked for with this much on either side. */
#define MARGIN_S (2 * STEP_S)

struct part {
	struct span *spans; /* rising; the first begins before everything that
			     * the part is asked about; NULL = not asked yet */
	size_t count, cap;
};

struct zone {
	char tz[256];	    /* the value of TZ */
	struct part *parts; /* of PARTS */
};

static bool
is_safe_name(const char *name)
{
	size_t len = strlen(name);
	if (len == 0 || len > 200 || name[0] == '/' || name[len - 1] == '/' ||
	    strstr(name, "..") || strstr(name, "//") ||
	    !strncmp(name, "right/", 6))
		return false;
	return strspn(name,
		   "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		   "0123456789_+-/") == len;
}

static bool
is_in_tzdata(const char *name)
{
	const char *folder = getenv("TZDIR");
	char path[4096], magic[4];
	if (!folder || !*folder)
		folder = "/usr/share/zoneinfo";
	int n = snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (n < 0 || (size_t)n >= sizeof(path))
		return false;
	FILE *f = fopen(path, "rb");
	if (!f)
		return false;
	bool is_zone = fread(magic, 1, 4, f) == 4 && !memcmp(magic, "TZif", 4);
	fclose(f);
	return is_zone;
}

static int64_t
offset_at(int64_t utc_s)
{
	time_t t = (time_t)utc_s;
	struct tm tm;
	if (!localtime_r(&t, &tm))
		return 0;
	return (int64_t)tm.tm_gmtoff;
}

static void
add_span(struct part *z, int64_t begin_s, int64_t offset_s)
{
	ARRAY_ROOM(z->spans, z->count, z->cap);
	z->spans[z->count++] = (struct span){begin_s, offset_s};
}

static void
ask_libc(struct part *p, int64_t first_s, int64_t last_s)
{
	int64_t offset = offset_at(first_s);
	add_span(p, INT64_MIN, offset);
	for (int64_t at = first_s; at < last_s; at += STEP_S) {
		int64_t next = offset_at(at + STEP_S);
		if (next == offset)
			continue;
		int64_t before = at, after = at + STEP_S;
		while (after - before > 1) {
			int64_t middle = before + (after - before) / 2;
			if (offset_at(middle) == offset)
				before = middle;
			else
				after = middle;
		}
		add_span(p, after, next);
		offset = next;
	}
}

/* Nothing may be read in another zone than the one that was asked for. */
static _Noreturn void
zone_is_gone(void)
{
	static const char text[] =
	    "csv2chakra: a time zone can no longer be read from this machine's "
	    "tzdata; what was sent is in the ledger\n";
	ssize_t n = write(STDERR_FILENO, text, sizeof(text) - 1);

	(void)n;
	_exit(70);
}

static void
load_part(const struct zone *z, size_t i)
{
	const char *old = getenv("TZ");
	char *kept = xstrdup_or_null(old);
	int64_t first_s = FIRST_S + (int64_t)i * PART_S;
	int64_t last_s = first_s + PART_S + MARGIN_S;

	/* libc would take UTC instead. */
	if (!is_in_tzdata(z->tz + 1))
		zone_is_gone();
	setenv("TZ", z->tz, 1);
	tzset();
	ask_libc(&z->parts[i], i > 0 ? first_s - MARGIN_S : first_s,
	    last_s < LAST_S ? last_s : LAST_S);
	if (kept)
		setenv("TZ", kept, 1);
	else
		unsetenv("TZ");
	tzset();
	free(kept);
}

/* What is before the first part is in it, and so with the last. */
static const struct part *
part_of(const struct zone *z, int64_t local_s)
{
	int64_t i = local_s < FIRST_S ? 0 : (local_s - FIRST_S) / PART_S;

	if (i >= (int64_t)PARTS)
		i = (int64_t)PARTS - 1;
	if (z->parts[i].spans == NULL)
		load_part(z, (size_t)i);
	return &z->parts[i];
}

struct zone *
zone_load(const char *name)
{
	struct zone *z;

	if (!is_safe_name(name) || !is_in_tzdata(name))
		return NULL;
	z = xcalloc(1, sizeof(*z));
	/* The colon keeps libc from reading a name such as EST5EDT as a rule.
	 */
	snprintf(z->tz, sizeof(z->tz), ":%s", name);
	z->parts = xcalloc(PARTS, sizeof(*z->parts));
	return z;
}

void
zone_free(struct zone *z)
{
	if (!z)
		return;
	for (size_t i = 0; i < PARTS; i++)
		free(z->parts[i].spans);
	free(z->parts);
	free(z);
}

/* The last span that begins at or before utc_s. */
static size_t
span_of(const struct part *z, int64_t utc_s)
{
	size_t low = 0, high = z->count;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (z->spans[middle].begin_s <= utc_s)
			low = middle;
		else
			high = middle;
	}
	return low;
}

enum zone_result
zone_to_utc(const struct zone *zone, int64_t local_s, int64_t *utc_s)
{
	if (!zone) {
		*utc_s = local_s;
		return ZONE_OK;
	}
	/* Each span is asked whether its own reading of the local time falls
	 * inside it. */
	const struct part *z = part_of(zone, local_s);
	size_t first = span_of(z, local_s - OFFSET_MAX_S);
	size_t last = span_of(z, local_s + OFFSET_MAX_S);
	int found = 0;
	for (size_t i = first; i <= last; i++) {
		int64_t utc = local_s - z->spans[i].offset_s;
		if (utc < z->spans[i].begin_s ||
		    (i + 1 < z->count && utc >= z->spans[i + 1].begin_s))
			continue;
		if (found++ == 0)
			*utc_s = utc;
	}
	if (found == 0)
		return ZONE_GAP;
	return found == 1 ? ZONE_OK : ZONE_TWICE;
}
