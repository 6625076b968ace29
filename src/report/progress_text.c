/* SPDX-License-Identifier: MIT */
/*
 * How progress is worded for a person. The bar is made of pieces; on a narrow
 * terminal they are shortened and left out, in the order of their ranks, until
 * the rest fits. Why nothing is sent stays longest. The bar itself takes what
 * room is left.
 */
#include "base/buf.h"
#include "base/text.h"
#include "progress_share.h"
#include "system/screen.h"

#include <stdarg.h>
#include <string.h>
#include <time.h>

#define BAR_MIN 8
#define BAR_MAX 30
#define PIECES_MAX 16

/* What goes first is the last. */
enum rank {
	NEVER,
	DROP_WAIT,
	DROP_CLOCK,
	DROP_ROWS,
	DROP_PERCENT,
	DROP_BAD,
	CUT_WAIT,
	CUT_CLOCK,
	DROP_LOST,
	CUT_ROWS,
	DROP_PHASE,
	DROP_FILE,
	DROP_ETA,
	/* The bar is worth more than these. */
	DROP_RATE,
	DROP_FLIGHT
};

enum colour { PLAIN, GREEN, YELLOW, RED };
static const char *const escapes[] = {"", "\x1b[32m", "\x1b[33m", "\x1b[31m"};

struct piece {
	char text[128], brief[64]; /* brief: "" = there is none, or no more */
	enum colour colour;
	enum rank drop, cut;
	bool after_bar;
};
struct pieces {
	struct piece items[PIECES_MAX];
	size_t count;
};

static struct piece *add(struct pieces *p, enum rank drop, enum colour colour,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

static struct piece *
add(struct pieces *p, enum rank drop, enum colour colour, const char *fmt, ...)
{
	struct piece *x = &p->items[p->count];
	va_list ap;

	if (p->count < PIECES_MAX - 1)
		p->count++;
	*x = (struct piece){.drop = drop, .colour = colour};
	va_start(ap, fmt);
	vsnprintf(x->text, sizeof(x->text), fmt, ap);
	va_end(ap);
	return x;
}

static const char *
rate(double rows_per_s, char out[40])
{
	char number[32];

	if (rows_per_s < 9.95)
		snprintf(out, 40, "%.1f", rows_per_s);
	else
		snprintf(out, 40, "%s",
		    text_count((uint64_t)(rows_per_s + 0.5), number));
	return out;
}

/* The wall clock of the person who looks at it. */
static const char *
time_of_day(int64_t wall_ms, char out[16])
{
	time_t t = (time_t)(wall_ms / 1000);
	struct tm tm;

	if (!localtime_r(&t, &tm) || strftime(out, 16, "%H:%M:%S", &tm) == 0)
		snprintf(out, 16, "?");
	return out;
}

/* "rate limited, goes on at 14:02:10". False if there is no wait. */
static bool
wait_words(const struct progress_facts *f, struct buf *out)
{
	char when[16];

	if (!f->waits_for || f->waits_for[0] == '\0')
		return false;
	text_display(out, text_of(f->waits_for), 60);
	if (f->waits_until_ms > 0)
		buf_addf(out, ", goes on at %s",
		    time_of_day(f->waits_until_ms, when));
	return true;
}

/* "3,750 of 5,000 rows", "3,750 of about 5,000 rows"; what is only read:
 * "1.2 MB of 3.4 MB". False if nothing is counted. */
static bool
amount(const struct progress_facts *f, const struct progress_numbers *n,
    char *brief, size_t brief_size, struct buf *out)
{
	char a[48], b[48];
	bool in_bytes = f->by_bytes && f->rows_read == 0;
	uint64_t total = in_bytes ? f->bytes_total : n->rows_total;

	if (in_bytes && f->bytes_consumed == 0 && total == 0)
		return false;
	if (in_bytes) {
		page_bytes(f->bytes_consumed, a);
		page_bytes(total, b);
	} else {
		text_count(f->rows_settled, a);
		text_count(total, b);
	}
	snprintf(brief, brief_size, "%s%s", a, in_bytes ? "" : " rows");
	buf_adds(out, total == 0 ? brief : a);
	if (total > 0)
		buf_addf(out, " of %s%s%s", n->is_estimate ? "about " : "", b,
		    in_bytes ? "" : " rows");
	return true;
}

static void
add_amount(const struct progress_facts *f, const struct progress_numbers *n,
    struct pieces *p)
{
	struct buf words = BUF_INIT(0);
	char brief[64];
	struct piece *x;

	if (amount(f, n, brief, sizeof(brief), &words)) {
		x = add(p, DROP_ROWS, PLAIN, "%s", words.data);
		x->after_bar = true;
		x->cut = CUT_ROWS;
		snprintf(x->brief, sizeof(x->brief), "%s", brief);
	}
	buf_release(&words);
}

/* Its brief form ends before the first comma. */
static void
add_wait(const struct progress_facts *f, const struct progress_numbers *n,
    struct pieces *p)
{
	struct buf wait = BUF_INIT(0);
	char time_text[32];
	struct piece *x;

	if (wait_words(f, &wait)) {
		x = add(p, DROP_WAIT, YELLOW, "%s", wait.data);
		x->cut = CUT_WAIT;
		snprintf(x->brief, sizeof(x->brief), "%.*s",
		    (int)strcspn(x->text, ",;"), x->text);
	} else if (n->stalled_ms > 0) {
		add(p, DROP_WAIT, YELLOW, "nothing settled for %s",
		    page_duration(n->stalled_ms, time_text));
	}
	buf_release(&wait);
}

/* Something moves, also while an answer takes long. */
static void
add_clock(const struct progress_facts *f, const struct progress_numbers *n,
    struct pieces *p)
{
	char text[32];
	struct piece *x;

	if (n->quiet_ms == 0 || (n->stalled_ms > 0 && !f->waits_for))
		return;
	page_duration(n->quiet_ms, text);
	x = add(p, DROP_CLOCK, PLAIN, "waiting %s", text);
	x->cut = CUT_CLOCK;
	snprintf(x->brief, sizeof(x->brief), "%s", text);
}

static void
add_speed(const struct progress_facts *f, const struct progress_numbers *n,
    struct pieces *p)
{
	char text[48];

	if (n->per_s >= 0 && f->by_bytes)
		add(p, DROP_RATE, PLAIN, "%s/s",
		    page_bytes((uint64_t)n->per_s, text));
	else if (n->per_s >= 0)
		add(p, DROP_RATE, PLAIN, "%s/s", rate(n->per_s, text));
	if (n->eta_ms >= 0)
		add(p, DROP_ETA, PLAIN, "%s left",
		    page_duration(n->eta_ms, text));
}

static void
collect(const struct progress_facts *f, const struct progress_numbers *n,
    struct pieces *p)
{
	char number[32];
	enum outcome o;

	if (n->inputs > 0)
		add(p, DROP_FILE, PLAIN, "file %zu of %zu", n->input,
		    n->inputs);
	/* Where nothing is counted it says all there is to say. */
	add(p, f->by_bytes && f->bytes_consumed == 0 ? DROP_WAIT : DROP_PHASE,
	    PLAIN, "%s", f->phase ? f->phase : "");
	if (n->percent >= 0)
		add(p, DROP_PERCENT, PLAIN, "%3d%%", (int)n->percent)
		    ->after_bar = true;
	add_amount(f, n, p);
	add_speed(f, n, p);
	for (size_t i = 0; progress_next_bad(&i, &o); i++) {
		bool is_lost = outcome_is(o, TRAIT_LOST);

		if (f->rows.rows[o] > 0)
			add(p, is_lost ? DROP_LOST : DROP_BAD,
			    is_lost ? YELLOW : RED, "%s %s",
			    text_count(f->rows.rows[o], number),
			    outcome_name(o));
	}
	if (f->in_flight > 0)
		add(p, DROP_FLIGHT, PLAIN, "%u in flight", f->in_flight);
	else if (f->open_jobs > 0)
		add(p, DROP_FLIGHT, PLAIN, "%u open job%s", f->open_jobs,
		    f->open_jobs == 1 ? "" : "s");
	add_wait(f, n, p);
	add_clock(f, n, p);
}

static size_t
pieces_width(const struct pieces *p)
{
	size_t width = 0;

	for (size_t i = 0; i < p->count; i++) {
		size_t len = strlen(p->items[i].text);

		if (len > 0)
			width += utf8_length(p->items[i].text, len) +
				 (width > 0 ? 2 : 0);
	}
	return width;
}

/* The rank at which a piece gets shorter next. */
static enum rank
next_rank(const struct piece *x)
{
	return x->brief[0] != '\0' ? x->cut : x->drop;
}

/* The piece that gets shorter first: the last one of the highest rank. */
static size_t
first_to_go(const struct pieces *p)
{
	size_t first = 0;

	for (size_t i = 1; i < p->count; i++)
		if (next_rank(&p->items[i]) >= next_rank(&p->items[first]))
			first = i;
	return first;
}

static void
shorten(struct pieces *p)
{
	size_t first = first_to_go(p);
	struct piece *x = &p->items[first];

	if (x->brief[0] != '\0') {
		memcpy(x->text, x->brief, sizeof(x->brief));
		x->brief[0] = '\0';
		return;
	}
	p->count--;
	for (size_t i = first; i < p->count; i++)
		p->items[i] = p->items[i + 1];
}

static void
add_bar(double percent, size_t width, bool with_colour, struct buf *out)
{
	size_t inner = width - 2;
	size_t full = (size_t)(percent / 100 * (double)inner);

	buf_addc(out, '[');
	if (with_colour)
		buf_adds(out, escapes[GREEN]);
	for (size_t i = 0; i < inner; i++)
		buf_adds(out, i < full ? "=" : i == full ? ">" : " ");
	if (with_colour)
		buf_adds(out, "\x1b[0m");
	buf_addc(out, ']');
}

static void
add_piece(const struct piece *x, bool with_colour, struct buf *out)
{
	bool colour = with_colour && x->colour != PLAIN;

	if (colour)
		buf_adds(out, escapes[x->colour]);
	buf_adds(out, x->text);
	if (colour)
		buf_adds(out, "\x1b[0m");
}

/* Leaves out what has no room, and, if the bar has room then, what is worth
 * less. */
static void
fit(struct pieces *p, size_t room, bool has_bar)
{
	struct pieces less;

	while (p->count > 0 && pieces_width(p) > room)
		shorten(p);
	less = *p;
	while (less.count > 0 && pieces_width(&less) + 2 + BAR_MIN > room &&
	       next_rank(&less.items[first_to_go(&less)]) >= DROP_RATE)
		shorten(&less);
	if (has_bar && less.count > 0 &&
	    pieces_width(&less) + 2 + BAR_MIN <= room)
		*p = less;
}

size_t
progress_bar_text(const struct progress_facts *f,
    const struct progress_numbers *n, unsigned width, bool with_colour,
    struct buf *out)
{
	struct pieces p = {.count = 0};
	/* The last columns stay free: a terminal writes ^C there, and some wrap
	 * when the last one is used. */
	size_t room = width > 3 ? width - 3 : 0, used, bar = 0, columns;
	bool is_first = true, has_place = false;

	collect(f, n, &p);
	fit(&p, room, n->percent >= 0);
	used = pieces_width(&p);
	for (size_t i = 0; i < p.count; i++)
		has_place |= p.items[i].after_bar;
	if (has_place && n->percent >= 0 && room >= used + 2 + BAR_MIN) {
		bar = room - used - 2;
		bar = bar > BAR_MAX ? BAR_MAX : bar;
	}
	columns = used + (bar > 0 ? bar + 2 : 0);
	for (size_t i = 0; i < p.count; i++) {
		const struct piece *x = &p.items[i];

		if (x->text[0] == '\0')
			continue;
		if (bar > 0 && x->after_bar) {
			buf_adds(out, is_first ? "" : "  ");
			add_bar(n->percent, bar, with_colour, out);
			bar = 0;
			is_first = false;
		}
		buf_adds(out, is_first ? "" : "  ");
		add_piece(x, with_colour, out);
		is_first = false;
	}
	return columns;
}

static void
line_speed(const struct progress_facts *f, const struct progress_numbers *n,
    struct buf *out)
{
	char text[48];

	if (n->per_s >= 0 && f->by_bytes)
		buf_addf(out, ", %s/s", page_bytes((uint64_t)n->per_s, text));
	else if (n->per_s >= 0)
		buf_addf(out, ", %s rows/s", rate(n->per_s, text));
	if (n->eta_ms >= 0)
		buf_addf(out, ", %s left", page_duration(n->eta_ms, text));
}

void
progress_line_text(const struct progress_facts *f,
    const struct progress_numbers *n, struct buf *out)
{
	char number[64], text[40];
	enum outcome o;

	buf_addf(out, "csv2chakra: %s  ", time_of_day(n->wall_ms, text));
	if (n->inputs > 0)
		buf_addf(out, "file %zu of %zu, ", n->input, n->inputs);
	if (f->phase && f->phase[0] != '\0')
		buf_addf(out, "%s: ", f->phase);
	if (!amount(f, n, number, sizeof(number), out))
		buf_adds(out, "no answer yet");
	if (n->percent >= 0)
		buf_addf(out, " (%d%%)", (int)n->percent);
	line_speed(f, n, out);
	for (size_t i = 0; progress_next_bad(&i, &o); i++)
		if (f->rows.rows[o] > 0)
			buf_addf(out, ", %s %s",
			    text_count(f->rows.rows[o], number),
			    outcome_name(o));
	if (f->in_flight > 0)
		buf_addf(out, ", %u in flight", f->in_flight);
	if (f->open_jobs > 0)
		buf_addf(out, ", %u open job%s", f->open_jobs,
		    f->open_jobs == 1 ? "" : "s");
	if (f->waits_for && f->waits_for[0] != '\0') {
		buf_adds(out, "; ");
		wait_words(f, out);
	}
	if (n->stalled_ms > 0)
		buf_addf(out, "; nothing settled for %s",
		    page_duration(n->stalled_ms, text));
}
