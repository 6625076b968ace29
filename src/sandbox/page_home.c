/* SPDX-License-Identifier: MIT */
/*
 * The page that a person sees at /: how much there is, and the newest
 * processes. One file, no scripts, light and dark; everything that was
 * received is escaped.
 */
#include "api.h"
#include "base/civil.h"
#include "scan.h"

#include <inttypes.h>
#include <string.h>

#define NEWEST 25

static const char head[] =
    "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n"
    "<meta http-equiv=\"refresh\" content=\"5\">\n"
    "<title>ChakraHQ sandbox</title>\n<style>\n"
    ":root{color-scheme:light dark;--line:#d5d9e0;--soft:#5b6472;"
    "--card:#f5f6f8}\n"
    "@media(prefers-color-scheme:dark){:root{--line:#3a404a;--soft:#9aa4b2;"
    "--card:#1d2026}}\n"
    "body{background:Canvas;color:CanvasText;font:15px/1.5 "
    "system-ui,sans-serif;margin:2rem auto;"
    "max-width:72rem;padding:0 1rem}\n"
    "h1{font-size:1.3rem;margin:0}\nh2{font-size:1rem;margin:2rem 0 .5rem}\n"
    "p,caption{color:var(--soft)}\n"
    "dl{display:flex;flex-wrap:wrap;gap:.75rem;margin:1.25rem 0}\n"
    "dl div{background:var(--card);border:1px solid var(--line);"
    "border-radius:.5rem;padding:.5rem 1rem;min-width:7rem}\n"
    "dt{color:var(--soft);font-size:.85rem}\n"
    "dd{margin:0;font-size:1.4rem;font-variant-numeric:tabular-nums}\n"
    ".wide{overflow-x:auto}\n"
    "table{border-collapse:collapse;width:100%}\n"
    "th,td{text-align:left;padding:.3rem .75rem .3rem 0;"
    "border-bottom:1px solid var(--line);vertical-align:top}\n"
    "th{color:var(--soft);font-weight:500}\n"
    "code{font:13px/1.5 ui-monospace,monospace;overflow-wrap:anywhere}\n"
    "small{color:var(--soft)}\n"
    "@media(max-width:44rem){dl{gap:.5rem}dl div{min-width:0;flex:1 1 6.5rem}\n"
    "table,tbody,tr,td{display:block}thead{display:none}\n"
    "tr{border-bottom:1px solid var(--line);padding:.5rem 0}\n"
    "td{border:0;padding:.1rem 0 .1rem 6rem;position:relative;"
    "min-height:1.6rem;overflow-wrap:break-word}\n"
    "td::before{content:attr(data-l);position:absolute;left:0;"
    "color:var(--soft)}}\n"
    "</style>\n</head>\n<body>\n";

/* Cut, with control characters made visible, escaped. */
static void
add_shown(struct buf *out, struct text t, size_t max)
{
	static const char signs[] = "&<>\"'";
	static const char *const names[] = {
	    "&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
	struct buf shown = BUF_INIT(0);

	text_display(&shown, t, max);
	for (const char *s = buf_str(&shown); *s != '\0'; s++) {
		const char *sign = strchr(signs, *s);

		if (sign != NULL)
			buf_adds(out, names[sign - signs]);
		else
			buf_addc(out, *s);
	}
	buf_release(&shown);
}

static void
add_card(struct buf *out, const char *name, uint64_t n)
{
	char count[32];

	buf_addf(out, "<div><dt>%s</dt><dd>%s</dd></div>\n", name,
	    text_count(n, count));
}

static void
add_cards(const struct sandbox *s, const struct store_totals *t,
    const struct store_pending *pending, struct buf *out)
{
	uint64_t calls = 0, processes = 0, updated = 0;

	for (int i = 0; i < SANDBOX_STATUS_MAX; i++)
		calls += s->statuses[FAULT_CREATE][i];
	for (int i = 0; i < ACTS; i++) {
		struct store_totals of = store_totals(s->store, (enum act)i);

		processes += of.created - of.deleted;
		updated += of.updated;
	}
	buf_adds(out, "<dl>\n");
	add_card(out, "processes", processes - pending->created);
	if (updated > 0)
		add_card(out, "updated", updated);
	add_card(out, "not started", pending->rows);
	add_card(out, "error", t->error);
	add_card(out, "invalid", t->invalid);
	if (t->merged > 0)
		add_card(out, "merged", t->merged);
	add_card(out, "calls since start", calls);
	add_card(out, "without an answer", s->statuses[FAULT_CREATE][0]);
	add_card(out, "jobs", t->jobs);
	add_card(out, "jobs unfinished", pending->jobs);
	buf_adds(out, "</dl>\n");
}

static void
add_process(const struct store_row *row, const struct proc *p, struct buf *out)
{
	struct buf state = BUF_INIT(0), scratch = BUF_INIT(0);
	struct text token;
	char when[32];

	if (p->is_deleted)
		buf_adds(&state, "deleted");
	else if (proc_value(p, "state", &token, &scratch))
		json_decode(token, &state);
	buf_addf(out,
	    "<tr><td data-l=\"created\">%s</td><td data-l=\"procedure\">",
	    civil_iso8601(row->due_ms, when));
	add_shown(out, text_of(p->procedure->title), 60);
	buf_adds(out, "</td><td data-l=\"key\"><small>");
	add_shown(out, text_of(p->procedure->key), 60);
	buf_adds(out, "</small> ");
	add_shown(out, row->key, 60);
	buf_adds(out, "</td><td data-l=\"state\">");
	add_shown(out, buf_text(&state), 40);
	buf_adds(out, "</td><td data-l=\"as received\"><code>");
	add_shown(out, row->body, 200);
	buf_adds(out, "</code></td></tr>\n");
	buf_release(&state);
	buf_release(&scratch);
}

static int
add_newest(struct sandbox *s, struct buf *out, struct diag *d)
{
	struct store_where w = {
	    .first = NEWEST, .now_ms = s->clock.wall_ms(s->clock.ctx)};
	struct buf body = BUF_INIT(0);
	struct store_row row;
	struct proc p;
	bool any = false;
	int step;

	if (store_select(s->store, STORE_NEWEST, &w, d) != 0)
		return -1;
	while ((step = store_next(s->store, STORE_NEWEST, &row, d)) == 1) {
		if (!any)
			buf_adds(out,
			    "<div class=\"wide\"><table>\n<thead><tr>"
			    "<th>created</th><th>procedure</th><th>key</th>"
			    "<th>state</th><th>as received</th></tr></thead>"
			    "\n<tbody>\n");
		any = true;
		buf_clear(&body);
		if (process_load(s, &row, w.now_ms, &p, &body, d) != 0) {
			step = -1;
			break;
		}
		add_process(&row, &p, out);
	}
	store_reset(s->store, STORE_NEWEST);
	buf_release(&body);
	buf_adds(out, any ? "</tbody></table></div>\n"
			  : "<p>Nothing yet. Point csv2chakra here with the "
			    "two export lines that chakra-sandbox printed "
			    "when it started.</p>\n");
	return step;
}

void
page_home(struct sandbox *s, struct request *r, struct reply *a)
{
	struct store_pending pending;
	struct store_totals totals;
	struct diag d = DIAG_INIT;
	int ret;

	(void)r;
	a->type = "text/html; charset=utf-8";
	buf_adds(&a->body, head);
	buf_adds(&a->body, "<h1>ChakraHQ sandbox</h1>\n<p>A stand-in for "
			   "ChakraHQ on this machine. "
			   "Nothing here is in ChakraHQ.</p>\n");
	pthread_mutex_lock(&s->lock);
	ret = store_pending(
	    s->store, s->clock.wall_ms(s->clock.ctx), &pending, &d);
	if (ret == 0) {
		totals = store_totals(s->store, ACT_CREATE);
		add_cards(s, &totals, &pending, &a->body);
		buf_adds(&a->body, "<h2>Newest processes</h2>\n");
		ret = add_newest(s, &a->body, &d);
	}
	pthread_mutex_unlock(&s->lock);
	if (ret != 0) {
		reply_error(a, 500, "%s", d.message);
		return;
	}
	buf_adds(&a->body,
	    "<p>All of them: <a href=\"/sandbox/processes\">as lines of "
	    "JSON</a>; <a href=\"/sandbox/stats\">counts</a>.</p>\n"
	    "</body>\n</html>\n");
}
