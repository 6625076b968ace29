/* SPDX-License-Identifier: MIT */
/*
 * How progress is worded. The bar is made of pieces, each with a rank; on a
 * narrow terminal the pieces of the lowest rank are left out until the rest
 * fits, and the bar itself takes what room is left.
 */
#include "base/buf.h"
#include "base/json_write.h"
#include "base/text.h"
#include "report/terminal.h"
#include "system/screen.h"

#include <stdarg.h>
#include <string.h>
#include <time.h>

#define BAR_MIN 8
#define BAR_MAX 30
#define PIECES_MAX 12
/* The bar is worth more than these. */
#define RANK_FLIGHT 7
#define RANK_PHASE 8

enum colour { PLAIN, GREEN, YELLOW, RED };
static const char *const escapes[] = {"", "\x1b[32m", "\x1b[33m", "\x1b[31m"};

struct piece {
	char text[96];
	enum colour colour;
	int rank; /* 0 stays longest */
};
struct pieces {
	struct piece items[PIECES_MAX];
	size_t count;
};

static void add(struct pieces *p, int rank, enum colour colour, const char *fmt,
    ...) __attribute__((format(printf, 4, 5)));

static void
add(struct pieces *p, int rank, enum colour colour, const char *fmt, ...)
{
	struct piece *x;
	va_list ap;

	if (p->count == PIECES_MAX)
		return;
	x = &p->items[p->count++];
	x->rank = rank;
	x->colour = colour;
	va_start(ap, fmt);
	vsnprintf(x->text, sizeof(x->text), fmt, ap);
	va_end(ap);
}

/* "0:07", "12:34", "1:02:03", "3d 4h". */
static const char *
duration(int64_t ms, char out[32])
{
	long long s = (long long)((ms + 500) / 1000);

	if (s >= 360000)
		snprintf(out, 32, "%lldd %lldh", s / 86400, s / 3600 % 24);
	else if (s >= 3600)
		snprintf(out, 32, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60,
		    s % 60);
	else
		snprintf(out, 32, "%lld:%02lld", s / 60, s % 60);
	return out;
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

/* The next outcome, from *i on, that asks for an exit status. */
static bool
next_bad(size_t *i, enum outcome *o)
{
	for (; (*o = outcome_trouble(*i)) != OUTCOME_COUNT; (*i)++)
		if (outcome_row(*o)->exit_status != EXIT_GOOD)
			return true;
	return false;
}

static void
collect(const struct progress_facts *f, const struct progress_numbers *n,
    struct pieces *p)
{
	struct buf wait = BUF_INIT(0);
	char number[32], rate_text[40], time_text[32];
	enum outcome o;

	if (n->inputs > 0)
		add(p, 4, PLAIN, "file %zu of %zu", n->input, n->inputs);
	add(p, RANK_PHASE, PLAIN, "%s", f->phase ? f->phase : "");
	if (n->percent >= 0)
		add(p, 1, PLAIN, "%3d%%", (int)n->percent);
	add(p, 0, PLAIN, "%s rows", text_count(f->rows_settled, number));
	if (n->rows_per_s >= 0)
		add(p, 6, PLAIN, "%s/s", rate(n->rows_per_s, rate_text));
	if (n->eta_ms >= 0)
		add(p, 5, PLAIN, "%s left", duration(n->eta_ms, time_text));
	for (size_t i = 0; next_bad(&i, &o); i++) {
		bool is_lost = outcome_is(o, TRAIT_LOST);

		if (f->rows.rows[o] > 0)
			add(p, is_lost ? 4 : 3, is_lost ? YELLOW : RED, "%s %s",
			    text_count(f->rows.rows[o], number),
			    outcome_name(o));
	}
	if (f->in_flight > 0)
		add(p, RANK_FLIGHT, PLAIN, "%u in flight", f->in_flight);
	else if (f->open_jobs > 0)
		add(p, RANK_FLIGHT, PLAIN, "%u open job%s", f->open_jobs,
		    f->open_jobs == 1 ? "" : "s");
	if (wait_words(f, &wait))
		add(p, 2, YELLOW, "%s", wait.data);
	else if (n->stalled_ms > 0)
		add(p, 2, YELLOW, "nothing settled for %s",
		    duration(n->stalled_ms, time_text));
	buf_release(&wait);
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

static size_t
lowest_rank(const struct pieces *p)
{
	size_t lowest = 0;

	for (size_t i = 1; i < p->count; i++) {
		if (p->items[i].rank >= p->items[lowest].rank)
			lowest = i;
	}
	return lowest;
}

static void
drop_lowest(struct pieces *p)
{
	size_t lowest = lowest_rank(p);

	p->count--;
	for (size_t i = lowest; i < p->count; i++)
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

/* Leaves out what has no room, and what takes it from the bar and is worth
 * less. */
static void
fit(struct pieces *p, size_t room, bool has_bar)
{
	while (p->count > 0 && pieces_width(p) > room)
		drop_lowest(p);
	while (has_bar && p->count > 0 &&
	       pieces_width(p) + 2 + BAR_MIN > room &&
	       p->items[lowest_rank(p)].rank >= RANK_FLIGHT)
		drop_lowest(p);
}

size_t
progress_bar_text(const struct progress_facts *f,
    const struct progress_numbers *n, unsigned width, bool with_colour,
    struct buf *out)
{
	struct pieces p = {.count = 0};
	/* The last column stays free: some terminals wrap when it is used. */
	size_t room = width > 1 ? width - 1 : 0, used, bar = 0, columns;
	bool is_first = true;

	collect(f, n, &p);
	fit(&p, room, n->percent >= 0);
	used = pieces_width(&p);
	if (used > 0 && n->percent >= 0 && room >= used + 2 + BAR_MIN) {
		bar = room - used - 2;
		bar = bar > BAR_MAX ? BAR_MAX : bar;
	}
	columns = used + (bar > 0 ? bar + 2 : 0);
	for (size_t i = 0; i < p.count; i++) {
		const struct piece *x = &p.items[i];

		if (x->text[0] == '\0')
			continue;
		if (bar > 0 && x->rank <= 1) {
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

void
progress_line_text(const struct progress_facts *f,
    const struct progress_numbers *n, struct buf *out)
{
	char number[32], text[40];
	enum outcome o;

	buf_addf(out, "csv2chakra: %s  ", time_of_day(n->wall_ms, text));
	if (n->inputs > 0)
		buf_addf(out, "file %zu of %zu, ", n->input, n->inputs);
	if (f->phase && f->phase[0] != '\0')
		buf_addf(out, "%s: ", f->phase);
	buf_addf(out, "%s rows settled", text_count(f->rows_settled, number));
	if (n->rows_total > 0)
		buf_addf(out, " of %s%s", n->is_estimate ? "about " : "",
		    text_count(n->rows_total, number));
	if (n->percent >= 0)
		buf_addf(out, " (%d%%)", (int)n->percent);
	if (n->rows_per_s >= 0)
		buf_addf(out, ", %s rows/s", rate(n->rows_per_s, text));
	if (n->eta_ms >= 0)
		buf_addf(out, ", %s left", duration(n->eta_ms, text));
	for (size_t i = 0; next_bad(&i, &o); i++)
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
		    duration(n->stalled_ms, text));
}

void
progress_json_text(const struct progress_facts *f,
    const struct progress_numbers *n, const char *event, struct buf *out)
{
	struct buf b = BUF_INIT(0);
	char number[32];
	enum outcome o;

	json_object(&b, NULL);
	json_string(&b, "event", event);
	json_time_if(&b, "at", n->wall_ms);
	if (n->inputs > 0) {
		json_uint(&b, "file", n->input);
		json_uint(&b, "files", n->inputs);
	}
	json_string_if(&b, "phase", f->phase);
	json_uint(&b, "rows_settled", f->rows_settled);
	json_uint(&b, "rows_read", f->rows_read);
	if (n->rows_total > 0) {
		json_uint(&b, "rows_total", n->rows_total);
		json_bool(&b, "is_estimate", n->is_estimate);
	}
	if (n->percent >= 0) {
		snprintf(number, sizeof(number), "%.1f", n->percent);
		json_token(&b, "percent", text_of(number));
	}
	if (n->rows_per_s >= 0) {
		snprintf(number, sizeof(number), "%.1f", n->rows_per_s);
		json_token(&b, "rows_per_s", text_of(number));
	}
	if (n->eta_ms >= 0)
		json_uint(&b, "eta_s", (uint64_t)n->eta_ms / 1000);
	for (size_t i = 0; next_bad(&i, &o); i++)
		json_uint(&b, outcome_name(o), f->rows.rows[o]);
	json_uint(&b, "in_flight", f->in_flight);
	json_uint(&b, "open_jobs", f->open_jobs);
	json_string_if(&b, "waits_for", f->waits_for);
	if (f->waits_for)
		json_time_if(&b, "waits_until", f->waits_until_ms);
	if (n->stalled_ms > 0)
		json_uint(&b, "stalled_s", (uint64_t)n->stalled_ms / 1000);
	json_end_object(&b);
	screen_json(out, buf_text(&b));
	buf_release(&b);
}
