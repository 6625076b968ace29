/* SPDX-License-Identifier: MIT */
/*
 * A quiet command prints only files that did not end well, and then the sum.
 */
#include "sum.h"

#include "base/buf.h"
#include "base/json_write.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "mapping/mapping.h"
#include "report/terminal.h"
#include "system/screen.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RUNS_SCHEMA "csv2chakra.runs/1"

static bool
is_json(const struct batch_sum *s)
{
	return s->settings->format == FORMAT_JSON;
}

static void
item_release(struct batch_item *x)
{
	free(x->words);
	free(x->next);
	free(x->run_id);
	free(x->folder);
	free(x->to_fix);
	free(x->diagnostics);
	free(x->moved_to);
	free(x->fix_there);
	free(x->note);
}

void
batch_sum_begin(struct batch_sum *s, const struct settings *settings,
    bool is_dry, struct run_metrics *metrics)
{
	*s = (struct batch_sum){
	    .settings = settings, .is_dry = is_dry, .metrics = metrics};
	if (is_json(s))
		printf("{\"schema\":\"" RUNS_SCHEMA "\",\"runs\":[");
}

void
batch_sum_release(struct batch_sum *s)
{
	for (size_t i = 0; i < s->count; i++) {
		item_release(&s->items[i]);
		free(s->items[i].name);
	}
	free(s->items);
}

void
batch_sum_add(struct batch_sum *s, const char *name)
{
	ARRAY_ROOM(s->items, s->count, s->cap);
	s->items[s->count++] =
	    (struct batch_item){.name = xstrdup(name), .status = -1};
}

void
batch_sum_next(struct batch_sum *s, size_t i)
{
	char *name = s->items[i].name;

	s->now = &s->items[i];
	item_release(s->now);
	*s->now = (struct batch_item){.name = name, .status = -1};
	progress_begin(s->settings->view, i + 1, s->count);
}

/* What is left of a report when its run is closed. */
static int
take_report(struct batch_sum *s, const struct run_report *r, struct diag *d)
{
	struct batch_item *x = s->now;
	struct buf words = BUF_INIT(65536), next = BUF_INIT(65536);

	run_report_verdict(r, &words);
	run_report_next(r, &next);
	x->has_report = true;
	x->ended = r->exit_status;
	s->rehearsals += r->rehearsal;
	x->words = buf_detach(&words);
	x->next = buf_detach(&next);
	x->run_id = xstrdup_or_null(r->run_id);
	x->folder = xstrdup_or_null(r->folder);
	if (r->has_row_files && r->files)
		x->to_fix = own_files_path(r->files, OWN_TO_FIX);
	accounts_add(&s->accounts, &r->accounts);
	s->with_books++;
	if (!is_json(s))
		return 0;
	if (s->reports++ > 0)
		putchar(',');
	return report_json(r, s->settings->calls, stdout, d);
}

static int
take(void *ctx, const struct run_answer *a, struct diag *d)
{
	struct batch_sum *s = ctx;
	struct buf json = BUF_INIT(0);

	if (a->report)
		return take_report(s, a->report, d);
	if (a->diagnostics) {
		diagnostics_json(a->diagnostics, &json);
		s->now->diagnostics = buf_detach(&json);
		return 0;
	}
	s->now->is_idle = !a->is_unknown;
	s->now->words = xstrdup_or_null(a->words);
	s->now->next = xstrdup_or_null(a->next);
	s->now->run_id = xstrdup_or_null(a->run_id);
	return 0;
}

struct run_audience
batch_sum_audience(struct batch_sum *s)
{
	return (struct run_audience){
	    .metrics = s->metrics,
	    /* What GitHub reads is the same for one file and for many. */
	    .take = s->settings->format == FORMAT_GITHUB ? NULL : take,
	    .ctx = s,
	};
}

void
batch_sum_end(struct batch_sum *s, int status, const struct diag *d)
{
	s->now->status = exit_status_combined(status, d);
	s->now->why = *d;
	settings_say_where(s->settings, &s->now->why);
}

void
batch_sum_fail(struct batch_sum *s, const struct diag *d)
{
	s->now->why = *d;
	settings_say_where(s->settings, &s->now->why);
	s->now->status =
	    exit_status_worse_file(s->now->status, diag_exit_status(d->kind));
}

void
batch_sum_leave(struct batch_sum *s, const char *why)
{
	s->now->status = EXIT_GOOD;
	s->now->was_left = true;
	s->now->words = xstrdup(why);
}

static void
add_words(struct buf *out, const char *words)
{
	text_display(out, text_of(words), 0);
}

/* How a file can have ended, in the order in which it is counted. */
enum end {
	END_COMPLETE,
	END_BEFORE,
	END_REFUSED,
	END_NO_ROWS,
	END_LEFT,
	END_BAD_ROWS,
	END_UNKNOWN,
	END_IN_USE,
	END_NOT_IMPORTED,
	END_STOPPED,
	END_NOT_BEGUN,
	END_COUNT
};

static const struct {
	const char *name; /* in JSON */
	const char *words, *dry;
} ends[END_COUNT] = {
    [END_COMPLETE] = {"complete", "complete", "good"},
    [END_BEFORE] = {"imported_before", "imported before", NULL},
    [END_REFUSED] = {"not_again",
	"refused, imported before in whole or in part", NULL},
    [END_NO_ROWS] = {"no_rows", "without rows", NULL},
    [END_LEFT] = {"left", "left for later", NULL},
    [END_BAD_ROWS] = {"rows_failed", "with rows that failed",
	"with rows that would be rejected"},
    [END_UNKNOWN] = {"rows_unknown", "with unknown rows", NULL},
    [END_IN_USE] = {"in_use", "in use by another process", NULL},
    [END_NOT_IMPORTED] = {"not_imported", "not imported", "not checked"},
    [END_STOPPED] = {"stopped", "stopped", NULL},
    [END_NOT_BEGUN] = {"not_begun", "not begun", NULL},
};

/* A report that was made well tells of a run that may have ended otherwise. */
static int
status_of(const struct batch_item *x)
{
	return x->has_report && x->status == EXIT_GOOD ? x->ended : x->status;
}

static enum end
end_of(const struct batch_item *x)
{
	if (x->was_left)
		return END_LEFT;
	if (x->is_idle)
		return x->run_id ? END_BEFORE : END_NO_ROWS;
	switch (status_of(x)) {
	case -1:
		return END_NOT_BEGUN;
	case EXIT_GOOD:
		return END_COMPLETE;
	case EXIT_IMPORTED:
		return END_REFUSED;
	case EXIT_BAD_ROWS:
		return END_BAD_ROWS;
	case EXIT_UNKNOWN:
		return END_UNKNOWN;
	case EXIT_LOCKED:
		return END_IN_USE;
	case EXIT_USAGE:
	case EXIT_INPUT:
		return x->has_report ? END_BAD_ROWS : END_NOT_IMPORTED;
	default:
		return END_STOPPED;
	}
}

static void
add_line(const char *label, const char *words, struct buf *out)
{
	if (!words || words[0] == '\0')
		return;
	buf_addf(out, "  %s: ", label);
	add_words(out, words);
	buf_addc(out, '\n');
}

static void
add_move(const struct batch_item *x, struct buf *out)
{
	add_line("moved to", x->moved_to, out);
	add_line("to fix", x->fix_there, out);
	add_line("note", x->note, out);
}

int
batch_sum_print(struct batch_sum *s, struct diag *d)
{
	const struct batch_item *x = s->now;
	bool tells = x->why.kind != DIAG_NONE;
	struct buf out = BUF_INIT(1 << 20);
	int ret = 0;

	if (s->settings->format != FORMAT_TEXT ||
	    (s->settings->quiet && x->status == EXIT_GOOD))
		return 0;
	add_words(&out, x->name);
	buf_adds(&out, x->is_idle ? ": nothing to do: " : ": ");
	if (x->words) {
		add_words(&out, x->words);
		tells = tells && !strstr(x->words, x->why.message);
		if (tells)
			buf_adds(&out, "\n  error: ");
	}
	if (tells || !x->words)
		add_words(&out, tells ? x->why.message : "not read");
	if (tells && x->why.code[0])
		buf_addf(&out, " [%s]", x->why.code);
	buf_addc(&out, '\n');
	add_line("help", x->why.help, &out);
	add_move(x, &out);
	if (!x->why.help[0] && status_of(x) != EXIT_GOOD)
		add_line("next", x->next, &out);
	ret = answer_write(&out, d);
	buf_release(&out);
	return ret;
}

int
batch_sum_print_move(struct batch_sum *s, struct diag *d)
{
	const struct batch_item *x = s->now;
	struct buf out = BUF_INIT(1 << 20);
	int ret = 0;

	if (s->settings->format == FORMAT_TEXT && !s->settings->quiet &&
	    (x->moved_to || x->note)) {
		add_words(&out, x->name);
		buf_adds(&out, ":\n");
		add_move(x, &out);
		if (x->fix_there)
			add_line("next", x->next, &out);
		ret = answer_write(&out, d);
	}
	buf_release(&out);
	return ret;
}

static int
exit_status_of_all(const struct batch_sum *s)
{
	int status = s->at_least;

	for (size_t i = 0; i < s->count; i++)
		if (s->items[i].status >= 0)
			status =
			    exit_status_worse_file(status, s->items[i].status);
	return status;
}

/* "3 files: 2 complete, 1 with rows that failed". */
static void
add_ends(const struct batch_sum *s, struct buf *out)
{
	size_t counts[END_COUNT] = {0};
	const char *between = ": ";
	char number[32];

	for (size_t i = 0; i < s->count; i++)
		counts[end_of(&s->items[i])]++;
	buf_addf(out, "%s %s%s", text_count(s->count, number),
	    s->noun				     ? s->noun
	    : s->settings->command == COMMAND_REPORT ? "run"
						     : "file",
	    s->count == 1 ? "" : "s");
	for (int i = 0; i < END_COUNT; i++) {
		if (counts[i] == 0)
			continue;
		buf_addf(out, "%s%s %s", between, text_count(counts[i], number),
		    s->is_dry && ends[i].dry ? ends[i].dry : ends[i].words);
		between = ", ";
	}
	buf_addc(out, '\n');
}

static int
finish_text(
    const struct batch_sum *s, int status, const char *hint, struct diag *d)
{
	struct buf out = BUF_INIT(1 << 20);
	struct buf line = BUF_INIT(65536);
	struct page page = {&out, settings_colour(s->settings, 1)};
	int ret;

	if (s->settings->quiet && status == EXIT_GOOD)
		return 0;
	buf_addc(&out, '\n');
	if (s->with_books > 0)
		accounts_text(&s->accounts, s->is_dry, &out);
	add_ends(s, &line);
	page_styled(&page, status == EXIT_GOOD ? STYLE_GOOD : STYLE_BAD,
	    buf_str(&line));
	buf_adds(&out, hint);
	ret = answer_write(&out, d);
	buf_release(&line);
	buf_release(&out);
	return ret;
}

static void
item_json(const struct batch_item *x, struct buf *out)
{
	json_object(out, NULL);
	json_string(out, "file", x->name);
	if (x->status < 0)
		json_null(out, "exit_status");
	else
		json_int(out, "exit_status", x->status);
	json_string(out, "end", ends[end_of(x)].name);
	json_string_if(out, "run", x->run_id);
	json_string_if(out, "words", x->words);
	if (x->why.kind != DIAG_NONE) {
		json_string(out, "error", x->why.message);
		json_string_if(out, "code", x->why.code);
		json_string_if(out, "help", x->why.help);
	}
	json_string_if(out, "next", x->next);
	json_string_if(out, "moved_to", x->moved_to);
	json_string_if(out, "to_fix", x->fix_there);
	json_string_if(out, "note", x->note);
	if (x->diagnostics)
		json_token(out, "diagnostics", text_of(x->diagnostics));
	json_end_object(out);
}

static int
finish_json(const struct batch_sum *s, int status, struct diag *d)
{
	struct buf out = BUF_INIT(0);
	int ret;

	if (answer_flush(d))
		return -1;
	buf_adds(&out, "],\n\"files\":[");
	for (size_t i = 0; i < s->count; i++) {
		buf_adds(&out, i > 0 ? ",\n" : "\n");
		item_json(&s->items[i], &out);
	}
	buf_adds(&out, "],\n\"sum\":{\"rows\":{");
	json_uint(&out, "read", s->accounts.rows_read);
	for (int o = 0; o < OUTCOME_COUNT; o++)
		json_uint(&out, outcome_name((enum outcome)o),
		    s->accounts.rows.rows[o]);
	json_end_object(&out);
	json_uint(&out, "files", s->count);
	json_string_if(&out, "not_done", s->not_done);
	json_int(&out, "exit_status", status);
	buf_adds(&out, "}}\n");
	ret = answer_write_json(&out, d);
	buf_release(&out);
	return ret;
}

/* The words above the page, and the page. */
static int
finish_html(const struct batch_sum *s, struct diag *d)
{
	struct run_report sum = {.program_version = CSV2CHAKRA_VERSION,
	    .accounts = s->accounts,
	    .exit_status = exit_status_of_rows(&s->accounts.rows)};
	struct html_run *runs = xcalloc(s->count + 1, sizeof(*runs));
	struct diag unbalanced = DIAG_INIT;
	struct buf verdict = BUF_INIT(65536);

	if (s->rehearsals > 0 && s->rehearsals == s->with_books) {
		sum.rehearsal = true;
		sum.place = "the sandbox";
	}
	sum.balanced = accounts_check(&sum.accounts, &unbalanced) == 0;
	for (size_t i = 0; i < s->count; i++) {
		const struct batch_item *x = &s->items[i];

		runs[i] = (struct html_run){.name = x->name,
		    .words = x->words ? x->words : x->why.message,
		    .next = x->next,
		    .folder = x->folder};
	}
	add_ends(s, &verdict);
	if (verdict.len > 0)
		verdict.data[--verdict.len] = '\0';
	report_html_runs(&sum, buf_str(&verdict), runs, s->count, stdout);
	free(runs);
	buf_release(&verdict);
	return answer_flush(d);
}

/* Who is told of the end is told of all of them. */
static void
tell(struct batch_sum *s)
{
	struct buf line = BUF_INIT(65536);

	if (s->metrics == NULL)
		return;
	add_ends(s, &line);
	snprintf(s->metrics->verdict, sizeof(s->metrics->verdict), "%.*s",
	    (int)line.len - 1, buf_str(&line));
	s->metrics->is_of_several = true;
	buf_release(&line);
}

int
batch_sum_finish(struct batch_sum *s, const char *hint, struct diag *d)
{
	int status = exit_status_of_all(s);
	int ret = 0;

	tell(s);
	switch (s->settings->format) {
	case FORMAT_JSON:
		ret = finish_json(s, status, d);
		break;
	case FORMAT_HTML:
		ret = finish_html(s, d);
		break;
	case FORMAT_TEXT:
		ret = finish_text(s, status, hint, d);
		break;
	default:
		break;
	}
	return ret ? -1 : status;
}
