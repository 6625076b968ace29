/* SPDX-License-Identifier: MIT */
/*
 * The timeline: rows taken by ChakraHQ and rows settled, summed up over the
 * time worked, with waits after them; below it a strip of retries and lost
 * answers. The drawings are stretched to the page's width, so they hold no
 * text; the scales are HTML around them.
 */
#include "base/xalloc.h"
#include "html.h"
#include "html_sections.h"
#include "timeline.h"

#include <inttypes.h>
#include <stdlib.h>

#define HEIGHT 100 /* of the drawing, in its own units */
#define STRIP 24
#define CALLS_MIN 3 /* fewer do not make a line */

/* 1, 2 or 5 times a power of ten, at least n. */
static uint64_t
round_up(uint64_t n)
{
	uint64_t ten = 1;

	while (n > 10 * ten && ten < UINT64_MAX / 100)
		ten *= 10;
	for (uint64_t k = 1; k <= 10; k += k == 1 ? 1 : k == 2 ? 3 : 5) {
		if (k * ten >= n)
			return k * ten;
	}
	return n;
}

/* How much of a bin was waited, in tenths. */
static int
tenths_waited(const struct timeline *t, int bin)
{
	double bin_ms = (double)t->span_ms / TIMELINE_BINS;
	double share = (double)t->bins[bin].waited_ms / bin_ms;

	return share > 1 ? 10 : (int)(share * 10 + 0.5);
}

/* Neighbours of one shade are one piece: no seams between them. */
static void
put_waits(FILE *out, const struct timeline *t)
{
	for (int i = 0, next; i < TIMELINE_BINS; i = next) {
		int tenths = tenths_waited(t, i);

		for (next = i + 1;
		     next < TIMELINE_BINS && tenths_waited(t, next) == tenths;)
			next++;
		if (tenths > 0)
			fprintf(out,
			    "<rect class=\"wait\" x=\"%d\" width=\"%d\" "
			    "height=\"%d\" opacity=\"%d.%d\"/>\n",
			    i, next - i, HEIGHT, tenths / 10, tenths % 10);
	}
}

/* The sum over the bins as a path: steps from bin to bin. */
static void
put_path(FILE *out, const struct timeline *t, bool settled, uint64_t top)
{
	uint64_t sum = 0;

	fprintf(out, "<path class=\"%s\" d=\"M0 %d", settled ? "done" : "taken",
	    HEIGHT);
	for (int i = 0; i < TIMELINE_BINS; i++) {
		uint64_t n =
		    settled ? t->bins[i].settled : t->bins[i].acknowledged;

		if (n == 0 && i + 1 < TIMELINE_BINS)
			continue;
		fprintf(out, "H%d", i);
		sum += n;
		fprintf(out, "L%d %.2f", i + 1,
		    HEIGHT - HEIGHT * (double)sum / (double)top);
	}
	fprintf(out, settled ? "V%dZ\"/>\n" : "\"/>\n", HEIGHT);
}

static void
put_part_lines(FILE *out, const struct timeline *t, int height)
{
	for (size_t i = 1; i < t->part_count; i++) {
		double x = TIMELINE_BINS * (double)t->parts[i].offset_ms /
			   (double)t->span_ms;

		fprintf(out,
		    "<path class=\"part\" d=\"M%.2f 0V%d\"><title>%s</title>"
		    "</path>\n",
		    x, height, t->parts[i].command);
	}
}

static void
put_drawing(FILE *out, const struct timeline *t, uint64_t top)
{
	fprintf(out,
	    "<svg class=\"line\" role=\"img\" aria-label=\"Rows over time; "
	    "the list below has the numbers\" viewBox=\"0 0 %d %d\" "
	    "preserveAspectRatio=\"none\">\n",
	    TIMELINE_BINS, HEIGHT);
	fprintf(out, "<path class=\"grid\" d=\"M0 %dH%dM0 %dH%d\"/>\n",
	    HEIGHT / 2, TIMELINE_BINS, 0, TIMELINE_BINS);
	put_waits(out, t);
	put_path(out, t, true, top);
	put_path(out, t, false, top);
	put_part_lines(out, t, HEIGHT);
	fprintf(out, "<path class=\"base\" d=\"M0 %dH%d\"/>\n</svg>\n", HEIGHT,
	    TIMELINE_BINS);
}

/* Retries upward in one colour, lost answers in another. */
static void
put_strip(FILE *out, const struct timeline *t)
{
	uint64_t most = 1;

	for (int i = 0; i < TIMELINE_BINS; i++) {
		uint64_t n = t->bins[i].retries + t->bins[i].lost;

		most = n > most ? n : most;
	}
	fprintf(out,
	    "<svg class=\"strip\" role=\"img\" aria-label=\"Retries and lost "
	    "answers over time\" viewBox=\"0 0 %d %d\" "
	    "preserveAspectRatio=\"none\">\n",
	    TIMELINE_BINS, STRIP);
	for (int i = 0; i < TIMELINE_BINS; i++) {
		const struct timeline_bin *b = &t->bins[i];
		double lost = (double)STRIP * (double)b->lost / (double)most;
		double again =
		    (double)STRIP * (double)b->retries / (double)most;

		if (b->retries > 0)
			fprintf(out,
			    "<rect class=\"again\" x=\"%d\" width=\"1\" "
			    "y=\"%.2f\" height=\"%.2f\"/>\n",
			    i, STRIP - lost - again, again);
		if (b->lost > 0)
			fprintf(out,
			    "<rect class=\"lost\" x=\"%d\" width=\"1\" "
			    "y=\"%.2f\" height=\"%.2f\"/>\n",
			    i, STRIP - lost, lost);
	}
	fprintf(out, "<path class=\"base\" d=\"M0 %dH%d\"/>\n</svg>\n", STRIP,
	    TIMELINE_BINS);
}

static void
put_scale(FILE *out, const struct timeline *t)
{
	char text[32];

	fputs("<div class=\"times\" aria-hidden=\"true\">", out);
	for (int i = 0; i <= 4; i++)
		html_put(out,
		    i % 2 ? "<span class=\"odd\">%s</span>" : "<span>%s</span>",
		    i == 0 ? "0 s" : html_duration(t->span_ms * i / 4, text));
	fputs("</div>\n", out);
}

static void
put_chart(FILE *out, const struct timeline *t, const char *service)
{
	uint64_t top = round_up(
	    t->acknowledged > t->settled ? t->acknowledged : t->settled);

	html_put(out,
	    "<figure class=\"chart\">\n<div class=\"plot\"><div "
	    "class=\"rows\" aria-hidden=\"true\"><span>%" PRIu64
	    "</span><span>",
	    top);
	if (top % 2 == 0)
		html_put(out, "%" PRIu64, top / 2);
	fputs("</span><span>0 rows</span></div>\n", out);
	put_drawing(out, t, top);
	fputs("</div>\n", out);
	if (t->retries + t->lost > 0) {
		fprintf(out,
		    "<div class=\"plot\"><div class=\"rows\" "
		    "aria-hidden=\"true\"><span>%s</span></div>\n",
		    t->retries > 0 ? "retries" : "lost");
		put_strip(out, t);
		fputs("</div>\n", out);
	}
	put_scale(out, t);
	fprintf(out,
	    "<figcaption class=\"legend\"><span class=\"k-taken\">taken by %s"
	    "</span><span class=\"k-done\">confirmed or refused</span>",
	    service);
	if (t->waited_ms > 0)
		fputs("<span class=\"k-wait\">waiting</span>", out);
	if (t->retries > 0)
		fputs("<span class=\"k-again\">tried again</span>", out);
	if (t->lost > 0)
		fputs("<span class=\"k-lost\">answer lost</span>", out);
	fputs("</figcaption>\n</figure>\n", out);
}

static void
put_count_item(FILE *out, uint64_t n, const char *one, const char *many)
{
	if (n > 0)
		html_put(out, "<li><b>%" PRIu64 "</b> %s</li>\n", n,
		    n == 1 ? one : many);
}

static void
put_numbers(FILE *out, const struct timeline *t)
{
	char text[32];

	fputs("<ul class=\"numbers\">\n", out);
	put_count_item(out, t->calls, "call", "calls");
	html_put(out, "<li><b>%s</b> of work</li>\n",
	    html_duration(t->span_ms, text));
	if (t->acknowledged > 0 && t->span_ms >= 100)
		html_put(out, "<li><b>%" PRIu64 "</b> rows a second</li>\n",
		    (uint64_t)((double)t->acknowledged * 1000 /
				   (double)t->span_ms +
			       0.5));
	put_count_item(
	    out, t->retries, "call tried again", "calls tried again");
	put_count_item(out, t->lost, "answer lost", "answers lost");
	for (size_t i = 0; i < t->reason_count; i++) {
		const struct timeline_reason *x = &t->reasons[i];

		html_put(out,
		    "<li><b>%s</b> waited, %" PRIu64
		    " time%s: <bdi>%s</bdi></li>\n",
		    html_duration(x->waited_ms, text), x->count,
		    x->count == 1 ? "" : "s", x->words);
	}
	fputs("</ul>\n", out);
}

int
html_timeline(FILE *out, const struct run_report *r, struct diag *d)
{
	struct timeline *t;
	int ret;

	if (r->dry_run || !r->ledger)
		return 0;
	t = xmalloc(sizeof(*t));
	ret = timeline_load(t, r, d);
	if (ret == 0 && t->calls > 0 && t->span_ms > 0) {
		html_section(out, "timeline", "How it went");
		if (t->calls >= CALLS_MIN && t->acknowledged > 0)
			put_chart(out, t, run_report_service(r));
		put_numbers(out, t);
		fputs("</section>\n", out);
	}
	timeline_release(t);
	free(t);
	return ret;
}
