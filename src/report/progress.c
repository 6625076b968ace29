/* SPDX-License-Identifier: MIT */
/*
 * When progress is drawn, and what follows from its past: the rate over the
 * last minute, the percentage that was shown, how long nothing was settled. How
 * it is worded is progress_text.c's and progress_json.c's. Refused: a thread or
 * a timer of its own; whoever waits calls progress_update in its loop anyway.
 */
#include "base/buf.h"
#include "base/signals.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "progress_share.h"
#include "system/log.h"
#include "system/screen.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BAR_EVERY_MS 100
#define LINE_EVERY_MS 10000
#define JSON_EVERY_MS 1000
#define SAMPLE_EVERY_MS 1000
#define SAMPLES 60 /* a minute */
#define RATE_AFTER_MS 1500
#define QUIET_AFTER_MS 1000
#define STALL_AFTER_MS 30000
#define WIDTH_DEFAULT 80
#define AHEAD_PERCENT 20

struct sample {
	int64_t at_ms;
	uint64_t done;
};

struct progress {
	FILE *out;
	enum progress_mode mode;
	bool with_colour;
	const struct clock *clock;
	struct buf line;
	bool is_drawn;	  /* a bar is on the screen */
	size_t columns;	  /* that it takes there */
	bool reflows;	  /* narrower, the terminal breaks it into more lines */
	bool ends_always; /* lines that were asked for end with the total */
	bool has_spoken;  /* at least one line or event was written */
	bool has_begun, has_ended;
	bool is_anew; /* the next phase is the first of an input */
	int64_t drawn_ms;
	struct progress_facts last;
	uint64_t done;	/* rows or bytes */
	double percent; /* of the whole command: the highest that was found */
	struct span input_span, phase_span; /* of the whole command */
	double ahead;	      /* what is read before the first run takes */
	size_t input, inputs; /* progress_begin */
	int64_t changed_ms;   /* when `done` last changed */
	struct meter meter;
	struct sample samples[SAMPLES];
	size_t sample_count, sample_next;
};

/* A bar needs a terminal that can erase a line. */
static bool
is_terminal(FILE *out)
{
	const char *term = getenv("TERM");
	int fd = fileno(out);

	return fd >= 0 && isatty(fd) && term && term[0] != '\0' &&
	       strcmp(term, "dumb") != 0;
}

static void tick(void *ctx, const char *phase, uint64_t done, uint64_t total);
static void end_phase(void *ctx);

struct progress *
progress_new(FILE *out, enum progress_mode mode, bool with_colour,
    const struct clock *clock)
{
	struct progress *p = xcalloc(1, sizeof(*p));

	p->ends_always = mode == PROGRESS_LINES;
	if (mode == PROGRESS_AUTO)
		mode = is_terminal(out) ? PROGRESS_BAR : PROGRESS_LINES;
	p->out = out;
	p->mode = mode;
	p->with_colour = with_colour;
	/* Of those that are in use only xterm cuts lines that are too long. */
	p->reflows = getenv("XTERM_VERSION") == NULL;
	p->clock = clock;
	progress_begin(p, 0, 0);
	p->meter = (struct meter){.ctx = p, .tick = tick, .clear = end_phase};
	buf_init(&p->line, 65536);
	return p;
}

struct meter *
progress_meter(struct progress *p)
{
	return p ? &p->meter : NULL;
}

static void
begin_input(struct progress *p, struct span of, size_t input, size_t inputs)
{
	p->input = input;
	p->inputs = inputs;
	p->input_span = progress_span_of_input(of, input, inputs);
	p->is_anew = true;
	p->has_ended = false;
}

void
progress_begin(struct progress *p, size_t input, size_t inputs)
{
	if (p)
		begin_input(p, (struct span){p->ahead, 100}, input, inputs);
}

void
progress_begin_ahead(struct progress *p, size_t input, size_t inputs)
{
	if (!p)
		return;
	p->ahead = AHEAD_PERCENT;
	begin_input(p, (struct span){0, p->ahead}, input, inputs);
}

static uint64_t
done_of(const struct progress_facts *f)
{
	return f->by_bytes ? f->bytes_consumed : f->rows_settled;
}

static void
begin(struct progress *p, int64_t now)
{
	p->has_begun = true;
	p->changed_ms = now;
	/* Lines begin after the first ten seconds: a short run prints only its
	 * report. */
	p->drawn_ms = p->mode == PROGRESS_JSON ? now - JSON_EVERY_MS : now;
}

static bool
is_phase(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* What is counted begins anew: other units, another pass over the input, or
 * the rows of another run. Phases that go on with the same rows share their
 * part of the whole. */
static bool
begins_anew(const struct progress *p, const struct progress_facts *f)
{
	if (f->by_bytes != p->last.by_bytes)
		return true;
	return !is_phase(f->phase, p->last.phase) &&
	       (f->by_bytes || f->rows_settled < p->last.rows_settled);
}

/* True if it is another phase than the last one. */
static bool
take(struct progress *p, const struct progress_facts *f, int64_t now)
{
	bool is_new = !p->has_begun || !is_phase(f->phase, p->last.phase);

	if (!p->has_begun)
		begin(p, now);
	if (p->is_anew || (is_new && begins_anew(p, f))) {
		p->is_anew = false;
		p->phase_span =
		    progress_span_of_phase(f, p->percent, p->input_span);
		p->sample_count = p->sample_next = 0;
		p->changed_ms = now;
	}
	if (done_of(f) != p->done) {
		p->done = done_of(f);
		p->changed_ms = now;
	}
	p->last = *f;
	/* They are the caller's. */
	p->last.waits_for = NULL;
	return is_new;
}

static const struct sample *
oldest_sample(const struct progress *p)
{
	if (p->sample_count == 0)
		return NULL;
	return &p->samples[p->sample_count < SAMPLES ? 0 : p->sample_next];
}

static void
remember(struct progress *p, int64_t now)
{
	if (p->sample_count > 0) {
		size_t last = (p->sample_next + SAMPLES - 1) % SAMPLES;

		if (now - p->samples[last].at_ms < SAMPLE_EVERY_MS)
			return;
	}
	p->samples[p->sample_next] = (struct sample){now, p->done};
	p->sample_next = (p->sample_next + 1) % SAMPLES;
	if (p->sample_count < SAMPLES)
		p->sample_count++;
}

/* Of one that waits to be settled. */
static bool
is_outstanding(const struct progress_facts *f)
{
	return !f->by_bytes && (f->in_flight > 0 || f->open_jobs > 0 ||
				   f->rows_read > f->rows_settled);
}

static struct progress_numbers
numbers(struct progress *p, const struct progress_facts *f, int64_t now)
{
	struct progress_numbers n = {
	    .per_s = -1, .eta_ms = -1, .input = p->input, .inputs = p->inputs};
	const struct sample *from = oldest_sample(p);
	uint64_t done = done_of(f), total;

	n.wall_ms = p->clock->wall_ms(p->clock->ctx);
	progress_estimate(f, &n);
	if (n.percent >= 0) {
		n.percent =
		    p->phase_span.from +
		    n.percent / 100 * (p->phase_span.to - p->phase_span.from);
		/* An estimate that grows takes nothing back. */
		if (n.percent < p->percent)
			n.percent = p->percent;
		p->percent = n.percent;
	}
	total = f->by_bytes ? f->bytes_total : n.rows_total;
	if (from && now - from->at_ms >= RATE_AFTER_MS && done >= from->done)
		n.per_s = (double)(done - from->done) * 1000 /
			  (double)(now - from->at_ms);
	if (n.per_s > 0 && total > done && progress_is_main(f->phase))
		n.eta_ms = (int64_t)((double)(total - done) * 1000 / n.per_s);
	if (now - p->changed_ms >= QUIET_AFTER_MS)
		n.quiet_ms = now - p->changed_ms;
	if (n.quiet_ms >= STALL_AFTER_MS && is_outstanding(f))
		n.stalled_ms = n.quiet_ms;
	return n;
}

static unsigned
terminal_width(FILE *out)
{
	unsigned columns = page_columns(out);

	return columns > 0 ? columns : WIDTH_DEFAULT;
}

/* To where the bar begins. On a terminal that became narrower than the bar it
 * takes several lines, the cursor on the last of them. */
static void
add_return(struct progress *p, unsigned width, struct buf *out)
{
	unsigned up = 0;

	if (p->is_drawn && p->reflows && p->columns > 0)
		up = (unsigned)((p->columns - 1) / width);
	if (up > 0)
		buf_addf(out, "\x1b[%uA\r\x1b[J", up);
	else
		buf_addc(out, '\r');
}

void
progress_clear(struct progress *p)
{
	if (!p || !p->is_drawn)
		return;
	buf_clear(&p->line);
	add_return(p, terminal_width(p->out), &p->line);
	buf_adds(&p->line, "\x1b[K");
	fwrite(p->line.data, 1, p->line.len, p->out);
	fflush(p->out);
	p->is_drawn = false;
}

static void
add_bar(struct progress *p, const struct progress_facts *f,
    const struct progress_numbers *n)
{
	unsigned width = terminal_width(p->out);

	add_return(p, width, &p->line);
	p->columns = progress_bar_text(f, n, width, p->with_colour, &p->line);
	buf_adds(&p->line, "\x1b[K");
	p->is_drawn = true;
}

static void
draw(struct progress *p, const struct progress_facts *f, int64_t now,
    const char *event)
{
	struct progress_numbers n = numbers(p, f, now);

	buf_clear(&p->line);
	switch (p->mode) {
	case PROGRESS_BAR:
		add_bar(p, f, &n);
		break;
	case PROGRESS_LINES:
		progress_line_text(f, &n, &p->line);
		buf_addc(&p->line, '\n');
		break;
	case PROGRESS_JSON:
		progress_json_text(f, &n, event, &p->line);
		if (log_is_json()) {
			log_object(LOG_PROGRESS, buf_text(&p->line));
			buf_clear(&p->line);
			break;
		}
		buf_addc(&p->line, '\n');
		break;
	case PROGRESS_AUTO:
	case PROGRESS_NONE:
		return;
	}
	/* One write, so that lines of other programs do not cut into it. */
	fwrite(p->line.data, 1, p->line.len, p->out);
	fflush(p->out);
	p->drawn_ms = now;
	p->has_spoken = true;
}

void
progress_update(struct progress *p, const struct progress_facts *f)
{
	static const int64_t every_ms[] = {
	    [PROGRESS_BAR] = BAR_EVERY_MS,
	    [PROGRESS_LINES] = LINE_EVERY_MS,
	    [PROGRESS_JSON] = JSON_EVERY_MS,
	};
	int64_t now;
	bool is_new;

	if (!p || p->mode == PROGRESS_NONE)
		return;
	now = p->clock->mono_ms(p->clock->ctx);
	is_new = take(p, f, now);
	remember(p, now);
	/* For a program each phase is there, also one that is short. */
	if ((is_new && p->mode == PROGRESS_JSON) ||
	    now - p->drawn_ms >= every_ms[p->mode])
		draw(p, f, now, "progress");
}

void
progress_end(struct progress *p, const struct progress_facts *f)
{
	int64_t now;

	progress_clear(p);
	if (!p || p->mode == PROGRESS_NONE)
		return;
	now = p->clock->mono_ms(p->clock->ctx);
	(void)take(p, f, now);
	/* Of what there was to do. */
	p->phase_span = p->input_span;
	p->has_ended = true;
	if (p->mode == PROGRESS_JSON ||
	    (p->mode == PROGRESS_LINES && (p->has_spoken || p->ends_always)))
		draw(p, f, now, "end");
}

/* Another reader of the same input may be further on. */
static void
tick(void *ctx, const char *phase, uint64_t done, uint64_t total)
{
	struct progress *p = ctx;
	const struct progress_facts *last = &p->last;
	struct progress_facts f = {.phase = phase,
	    .by_bytes = true,
	    .bytes_consumed = done,
	    .bytes_total = total};

	if (!p->is_anew && last->by_bytes && is_phase(last->phase, phase) &&
	    done < last->bytes_consumed)
		f.bytes_consumed = last->bytes_consumed;
	progress_update(p, &f);
}

/* For a program with the numbers that it ends with. */
static void
end_phase(void *ctx)
{
	struct progress *p = ctx;

	progress_clear(p);
	if (p->mode == PROGRESS_JSON && is_phase(p->last.phase, p->meter.phase))
		draw(p, &p->last, p->clock->mono_ms(p->clock->ctx), "progress");
}

void
progress_stopping(struct progress *p, size_t calls, int64_t grace_ms)
{
	struct buf words = BUF_INIT(512);
	char number[32];

	if (!p || calls == 0)
		return;
	progress_clear(p);
	buf_addf(&words,
	    "csv2chakra: stopping after %s running call%s (up to %lld s)%s\n",
	    text_count(calls, number), calls == 1 ? "" : "s",
	    (long long)((grace_ms + 999) / 1000),
	    signals_stop() != SIGINT ? ""
	    : calls == 1	     ? "\n  Ctrl-C again leaves it unknown"
				     : "\n  Ctrl-C again leaves them unknown");
	if (p->mode == PROGRESS_JSON)
		draw(p, &p->last, p->clock->mono_ms(p->clock->ctx), "stopping");
	else if (log_is_json() && log_shows(LOG_WARNING))
		log_words(LOG_NOTE, buf_str(&words));
	else if (p->mode != PROGRESS_NONE)
		fputs(buf_str(&words), p->out);
	buf_release(&words);
	fflush(p->out);
}

/* What reads and sends nothing has no end of its own. */
void
progress_free(struct progress *p)
{
	if (!p)
		return;
	progress_clear(p);
	if (p->mode == PROGRESS_JSON && p->has_begun && !p->has_ended)
		draw(p, &p->last, p->clock->mono_ms(p->clock->ctx), "end");
	buf_release(&p->line);
	free(p);
}
