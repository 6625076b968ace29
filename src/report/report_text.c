/* SPDX-License-Identifier: MIT */
/*
 * The report for a terminal. Its end is what stays on the screen: first what
 * went wrong and where, then the files, the books, and last the verdict and
 * what to type now. It fits a terminal of 24 lines as long as the causes do.
 * Sections without content are left out.
 */
#include "chakra/contact.h"
#include "report/run_report.h"
#include "report/terminal.h"

#include <inttypes.h>
#include <string.h>

static void
text_verdict(const struct page *p, const struct run_report *r)
{
	enum page_style style = STYLE_WARN;
	struct buf words = BUF_INIT(0), lines = BUF_INIT(0);
	struct page inner = {&lines, false};

	if (r->exit_status == 0)
		style = STYLE_GOOD;
	else if (!r->balanced || r->stopped_by || r->held_by)
		style = STYLE_BAD;
	run_report_verdict(r, &words);
	page_wrap(&inner, 0, 0, buf_str(&words));
	buf_truncate(&lines, lines.len - 1);
	page_styled(p, style, buf_str(&lines));
	buf_addc(p->out, '\n');
	buf_release(&words);
	buf_release(&lines);
}

static void
fact(const struct page *p, const char *name, const struct buf *value)
{
	if (value->len == 0)
		return;
	buf_addf(p->out, "  %-8s  ", name);
	page_wrap(p, 12, 12, buf_str(value));
}

static void
input_words(const struct run_report *r, struct buf *out)
{
	char text[48];

	if (!r->input_name)
		return;
	text_display(out, text_of(r->input_name), 0);
	if (r->input_bytes > 0)
		buf_addf(out, ", %s", page_bytes(r->input_bytes, text));
	if (r->compression && strcmp(r->compression, "none") != 0)
		buf_addf(out, " (out of %s)", r->compression);
	if (r->encoding)
		buf_addf(out, ", %s%s", r->encoding,
		    r->encoding_guessed ? " (guessed)" : "");
	if (r->dialect.delimiter == '\t')
		buf_adds(out, ", delimiter tab");
	else if (r->dialect.delimiter > ' ')
		buf_addf(out, ", delimiter \"%c\"", r->dialect.delimiter);
	if (r->columns > 0)
		buf_addf(out, ", %zu column%s", r->columns,
		    r->columns == 1 ? "" : "s");
}

/* Clocks that are far apart are mentioned, because lookups depend on them. */
#define CLOCK_SAID_MS INT64_C(60000)

static void
clock_words(const struct run_report *r, struct buf *out)
{
	int64_t ms = r->clock_offset_ms;
	int64_t s = (ms < 0 ? -ms : ms) / 1000;

	if (r->has_clock && s * 1000 > CLOCK_SAID_MS)
		buf_addf(out,
		    "that of %s is %" PRId64 ":%02" PRId64 ":%02" PRId64
		    " %s this machine's; times of creation are compared in "
		    "its time",
		    run_report_service(r), s / 3600, s / 60 % 60, s % 60,
		    ms > 0 ? "ahead of" : "behind");
}

static void
text_changes(const struct page *p, const struct run_report *r)
{
	struct buf b = BUF_INIT(0);

	clock_words(r, &b);
	fact(p, "clock", &b);
	for (size_t i = 0; r->contact && i < r->contact->change_count; i++) {
		buf_clear(&b);
		contact_change_words(r->contact, &r->contact->changes[i], &b);
		fact(p, "changed", &b);
	}
	buf_release(&b);
}

/* Where it goes, and what is unusual there. */
static void
text_target(const struct page *p, const struct run_report *r)
{
	struct buf b = BUF_INIT(0);

	if (r->procedure) {
		buf_adds(&b, "procedure ");
		text_display(&b, text_of(r->procedure), 0);
	}
	if (r->base_url)
		buf_addf(&b, " at %s", r->base_url);
	fact(p, "target", &b);
	text_changes(p, r);
	buf_release(&b);
}

/* All that is known of it. */
static void
text_facts(const struct page *p, const struct run_report *r)
{
	struct buf b = BUF_INIT(0);
	int64_t s = (run_report_worked_ms(r) + 500) / 1000;

	buf_addc(p->out, '\n');
	if (r->run_id)
		buf_adds(&b, r->run_id);
	if (r->parent)
		buf_addf(&b,
		    r->is_undo ? " (takes %s back)" : " (a retry of %s)",
		    r->parent);
	if (r->undone_by)
		buf_addf(&b, " (%s takes it back)", r->undone_by);
	fact(p, "run", &b);
	buf_clear(&b);
	input_words(r, &b);
	fact(p, "input", &b);
	buf_clear(&b);
	if (r->mapping_file)
		text_display(&b, text_of(r->mapping_file), 0);
	for (size_t i = 0; i < r->table_count; i++) {
		char n[32];

		buf_adds(&b, i ? ", " : "; lookup table ");
		text_display(&b, text_of(r->tables[i].file), 0);
		buf_addf(
		    &b, " (%s entries)", text_count(r->tables[i].entries, n));
	}
	fact(p, "mapping", &b);
	buf_clear(&b);
	text_target(p, r);
	if (r->contact)
		contact_words(r->contact, &b);
	fact(p, "service", &b);
	buf_clear(&b);
	if (s > 0)
		buf_addf(&b, "%" PRId64 ":%02" PRId64 ":%02" PRId64, s / 3600,
		    s / 60 % 60, s % 60);
	if (s > 0 && r->part_count > 1)
		buf_addf(&b, " in %zu parts", r->part_count);
	fact(p, "took", &b);
	buf_release(&b);
}

static void
text_rows(const struct page *p, const struct run_report *r)
{
	char number[32];

	page_heading(p, "Rows");
	for (int i = 0; i < OUTCOME_COUNT; i++) {
		uint64_t n = r->accounts.rows.rows[i];

		if (n == 0)
			continue;
		buf_addf(p->out, "  %-9s  %12s   ",
		    outcome_shown((enum outcome)i, r->dry_run),
		    text_count(n, number));
		run_report_meaning(r, (enum outcome)i, p->out);
		buf_addc(p->out, '\n');
	}
	buf_addf(p->out, "  %-9s  %12s\n", "all",
	    text_count(r->accounts.rows_read, number));
}

/* Seconds that n calls take at the rate, in words. */
static void
rate_words(const struct run_report *r, struct buf *out)
{
	double seconds;
	char text[32];

	if (r->rate_per_s <= 0 || r->requests == 0)
		return;
	seconds = (double)r->requests / r->rate_per_s;
	buf_adds(out, "; at the given rate that takes at least ");
	if (seconds < 90)
		buf_addf(out, "%.0f s", seconds < 1 ? 1 : seconds);
	else if (seconds < 5400)
		buf_addf(out, "%.0f min", seconds / 60);
	else
		buf_addf(out, "%s h",
		    text_count((uint64_t)(seconds / 3600 + 0.5), text));
}

static void
text_would_send(const struct page *p, const struct run_report *r)
{
	char rows[48], bytes[48], number[32], exact[32];
	struct buf b = BUF_INIT(0);

	buf_addf(&b, "%s in %s request%s, %s",
	    page_rows(outcome_counts_of(&r->accounts.rows, TRAIT_DUE), rows),
	    text_count(r->requests, number), r->requests == 1 ? "" : "s",
	    page_bytes(r->request_bytes, bytes));
	if (r->request_bytes >= 1000)
		buf_addf(
		    &b, " (%s bytes)", text_count(r->request_bytes, exact));
	rate_words(r, &b);
	fact(p, "to send", &b);
	buf_release(&b);
}

static void
text_offline(const struct page *p, const struct run_report *r)
{
	if (!r->in_full) {
		buf_adds(p->out,
		    "  Not checked here: procedure, states, users, "
		    "mandatory fields, existing keys.\n");
		return;
	}
	page_heading(p, "What only ChakraHQ can check");
	for (size_t i = 0; run_report_offline(i); i++)
		buf_addf(p->out, "  - %s\n", run_report_offline(i));
}

static void
text_file_list(const struct page *p, const struct run_report *r)
{
	struct buf b = BUF_INIT(0);
	enum own_file which;
	char words[80], number[32];

	if (r->cut_parts > 0)
		buf_addf(&b, "%s part%s", text_count(r->cut_parts, number),
		    r->cut_parts == 1 ? "" : "s");
	for (size_t i = 0; run_report_file(r, i, &which, words); i++) {
		if (r->in_full) {
			buf_addf(p->out, "  %-20s  ",
			    own_files_name(r->files, which));
			page_wrap(p, 24, 24, words);
			continue;
		}
		buf_addf(&b, "%s%s", b.len > 0 ? ", " : "",
		    own_files_name(r->files, which));
		if (which == OWN_TO_FIX)
			buf_addf(&b, " (%.*s)",
			    (int)(strstr(words, ", ") - words), words);
	}
	if (b.len > 0) {
		buf_adds(p->out, "  ");
		page_wrap(p, 2, 2, buf_str(&b));
	}
	buf_release(&b);
}

static void
text_files(const struct page *p, const struct run_report *r)
{
	uint64_t failed = outcome_counts_of(&r->accounts.rows, TRAIT_FAILED);
	struct buf b = BUF_INIT(0);

	if (!r->folder)
		return;
	text_display(&b, text_of(r->folder), 0);
	buf_addc(p->out, '\n');
	page_styled(p, STYLE_BOLD, "Files in");
	/* A long path has a line of its own. */
	buf_addf(p->out, "%s%s\n",
	    9 + text_width(buf_str(&b), b.len) > PAGE_WIDTH ? "\n  " : " ",
	    buf_str(&b));
	text_file_list(p, r);
	if (r->has_row_files && failed > 0 && r->reading_options &&
	    r->reading_options[0] != '\0') {
		buf_adds(p->out, "  To read rejected.csv again, add: ");
		page_wrap(p, 35, 4, r->reading_options);
	}
	buf_release(&b);
}

/* The books, and beside them what else fits a line. */
static void
text_books(const struct page *p, const struct run_report *r)
{
	if (r->in_full && r->accounts.rows_read > 0)
		text_rows(p, r);
	if (r->in_full)
		text_facts(p, r);
	else if (!r->folder)
		buf_addc(p->out, '\n');
	accounts_text(&r->accounts, r->dry_run, p->out);
	if (r->dry_run && r->accounts.rows_read > 0)
		text_would_send(p, r);
	if (!r->in_full)
		text_target(p, r);
	if (r->dry_run)
		text_offline(p, r);
}

static void
text_next(const struct page *p, const struct run_report *r)
{
	struct buf command = BUF_INIT(0), words = BUF_INIT(0);

	run_report_next(r, &command);
	if (command.len > 0) {
		run_report_next_words(r, buf_str(&command), &words);
		if (words.len > 0)
			page_wrap(p, 0, 0, buf_str(&words));
		buf_addf(p->out, "  %s\n", buf_str(&command));
	}
	buf_release(&words);
	buf_release(&command);
}

/* What comes first begins with an empty line, which is left out; after a split
 * the folder's name follows. */
static size_t
lines_left(const struct run_report *r, const struct buf *used)
{
	size_t lines = page_lines(used) + (r->cut_parts > 0);

	return lines < PAGE_LINES ? PAGE_LINES + 1 - lines : 1;
}

void
report_text(const struct run_report *r, bool with_colour, struct buf *out)
{
	struct buf causes = BUF_INIT(0), rest = BUF_INIT(0);
	struct page top = {&causes, with_colour}, p = {&rest, with_colour};

	text_files(&p, r);
	text_books(&p, r);
	buf_addc(&rest, '\n');
	text_verdict(&p, r);
	text_next(&p, r);
	if (r->groups)
		page_problems(&top, r->groups,
		    r->folder && r->has_row_files
			? own_files_name(r->files, OWN_REASONS)
			: NULL,
		    r->all_problems ? 0 : lines_left(r, &rest));
	buf_add(&causes, buf_str(&rest), rest.len);
	/* Sections begin with an empty line. */
	buf_adds(out, buf_str(&causes) + (buf_str(&causes)[0] == '\n'));
	buf_release(&causes);
	buf_release(&rest);
}
