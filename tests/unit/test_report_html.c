/* SPDX-License-Identifier: MIT */
#include "report/run_report.h"
#include "results/failed_rows.h"
#include "test.h"

#include <sys/stat.h>
#include <unistd.h>

static const struct text names[] = {{"Lead Ref", 8}, {"<b>Score</b>", 12}};
static const struct header header = {.count = 2, .names = names, .row = 1};

static char folder[] = "/tmp/test_report_html.XXXXXX";

static int
make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int
remove_folder(void **state)
{
	(void)state;
	/* Fails if anything was left behind. */
	return rmdir(folder);
}

static char *
page_of(const struct run_report *r)
{
	struct diag d = DIAG_INIT;
	char *data = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&data, &len);

	assert_int_equal(report_html(r, out, &d), 0);
	fclose(out);
	return data;
}

static void
holds(const char *page, const char *what)
{
	if (!strstr(page, what))
		fail_msg("'%s' is not in the page", what);
}

static void
holds_not(const char *page, const char *what)
{
	if (strstr(page, what))
		fail_msg("'%s' is in the page", what);
}

/* The elements of the page nest, and all are closed. */
static void
elements_nest(const char *page)
{
	static const char *const empty[] = {"meta", "input", "!doctype", "wbr"};
	char open[64][16];
	size_t depth = 0;

	for (const char *p = page; (p = strchr(p, '<')) != NULL; p++) {
		bool is_end = p[1] == '/', is_empty = false;
		const char *name = p + 1 + is_end;
		size_t len = strcspn(name, " >\n/");

		for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++)
			is_empty =
			    is_empty || (len == strlen(empty[i]) &&
					    !strncmp(name, empty[i], len));
		if (is_end) {
			assert_true(depth > 0);
			depth--;
			if (strncmp(open[depth], name, len) != 0 ||
			    strlen(open[depth]) != len)
				fail_msg(
				    "<%s> is closed by %.20s", open[depth], p);
		} else if (!is_empty && strchr(name, '>')[-1] != '/') {
			assert_true(depth < 64 && len < 16);
			snprintf(open[depth++], 16, "%.*s", (int)len, name);
			/* What is in there is no markup. */
			if (!strncmp(name, "style", 5) ||
			    !strncmp(name, "script", 6))
				p = strstr(
					p, len == 5 ? "</style" : "</script") -
				    1;
		}
	}
	assert_int_equal(depth, 0);
}

static struct run_report
small_report(struct problem_groups *g)
{
	struct run_report r = {.balanced = true,
	    .exit_status = 1,
	    .program_version = "0.1.0",
	    .run_id = "r-1",
	    .folder = "/runs/<r>/r-1",
	    .where.runs_dir = "/runs/<r>",
	    .has_row_files = true,
	    .input_name = "in/leads & <co>.csv",
	    .input_sha256 = "abcd",
	    .input_bytes = 260,
	    .compression = "none",
	    .encoding = "utf-8",
	    .encoding_evidence = "named",
	    .dialect = {.delimiter = '<'},
	    .mapping_file = "leads.yaml",
	    .mapping_sha256 = "ef01",
	    .base_url = "https://api.chakrahq.com",
	    .procedure = "lead",
	    .groups = g};

	problem_groups_init(g, "leads.csv");
	problem_groups_add_outcome(g, OUTCOME_REFUSED, "http.422",
	    "no <script>alert(1)</script>", 5, 5);
	r.accounts.rows_read = 1000;
	r.accounts.rows.rows[OUTCOME_CREATED] = 999;
	r.accounts.rows.rows[OUTCOME_REFUSED] = 1;
	r.accounts.bytes = 260;
	r.accounts.record_bytes = 260;
	return r;
}

TEST(the_page_is_whole_and_escaped)
{
	struct problem_groups g;
	struct run_report r = small_report(&g);
	char *page = page_of(&r);

	assert_memory_equal(page, "<!doctype html>\n", 16);
	elements_nest(page);
	assert_int_equal(count_of(page, "<script"), 1);
	assert_int_equal(count_of(page, "<style"), 1);
	holds(page, "content=\"default-src 'none'; style-src 'sha256-");
	holds(page, "script-src 'sha256-");
	holds_not(page, "unsafe-");
	holds(page, "<title>leads &amp; &lt;co&gt;.csv: 999 of 1,000 rows");
	holds(page, "no &lt;script&gt;alert(1)&lt;/script&gt;");
	holds(page, "<code>&lt;</code>");
	holds(page, "never written to any file");
	holds(
	    page, "csv2chakra retry --runs-dir &#39;/runs/&lt;r&gt;&#39; r-1");
	free(page);
	problem_groups_release(&g);
}

TEST(a_few_rows_of_many_can_be_seen_in_the_bar)
{
	struct problem_groups g;
	struct run_report r = small_report(&g);
	char *page;

	r.accounts.rows_read = 1000000;
	r.accounts.rows.rows[OUTCOME_CREATED] = 999999;
	page = page_of(&r);
	holds(page, "class=\"o-refused\" x=\"99.600%\" width=\"0.400%\"");
	holds(page, "&gt; 99.9 %");
	holds(page, "&lt; 0.1 %");
	free(page);
	problem_groups_release(&g);
}

TEST(a_command_that_cannot_be_shown_is_not_offered_for_copying)
{
	struct problem_groups g;
	struct run_report r = small_report(&g);
	char *page = page_of(&r);

	holds(page, "<code id=\"command\" data-copy>");
	free(page);
	r.next_command = "csv2chakra resume \xE2\x80\xAE";
	page = page_of(&r);
	holds(page, "<code id=\"command\">");
	holds(page, "<i class=\"x\">\\u{202E}</i>");
	free(page);
	problem_groups_release(&g);
}

TEST(every_state_has_its_word)
{
	CASES(cases, bool balanced, dry_run, limited; const char *stopped_by;
	      int exit_status; uint64_t rows, unknown;
	      const char *style, *word) = {
	    {false, false, false, NULL, 70, 9, 0, "bad", "do not balance"},
	    {true, false, false, "HTTP 401", 4, 9, 0, "bad", ">Stopped<"},
	    {true, false, false, NULL, 0, 9, 0, "good", ">Complete<"},
	    {true, false, true, NULL, 0, 9, 0, "good", "up to the limit"},
	    {true, true, false, NULL, 0, 9, 0, "good", "Ready to import"},
	    {true, true, false, NULL, 0, 0, 0, "good", "Nothing to import"},
	    {true, true, false, NULL, 1, 9, 0, "warn", "To be fixed"},
	    {true, false, false, NULL, 1, 9, 0, "warn", "Some rows failed"},
	    {true, false, false, NULL, 6, 9, 2, "warn", "are unknown"},
	};

	EACH (i, cases) {
		struct run_report r = {.balanced = cases[i].balanced,
		    .dry_run = cases[i].dry_run,
		    .limited = cases[i].limited,
		    .stopped_by = cases[i].stopped_by,
		    .exit_status = cases[i].exit_status};
		char style[32], *page;

		r.accounts.rows_read = cases[i].rows;
		r.accounts.rows.rows[OUTCOME_UNKNOWN] = cases[i].unknown;
		page = page_of(&r);
		snprintf(
		    style, sizeof(style), "class=\"top %s\"", cases[i].style);
		holds(page, style);
		holds(page, cases[i].word);
		elements_nest(page);
		free(page);
	}
}

static void
add_row(struct failed_rows *f, uint64_t row, enum outcome outcome,
    size_t problems, const char *value)
{
	struct record rec = {.row = row, .line = row};
	struct problem_list l;
	struct row_line line = {.rec = &rec,
	    .problems = &l,
	    .lead_id = TEXT_LITERAL("K<1>"),
	    .outcome = outcome,
	    .code = outcome == OUTCOME_REJECTED ? "" : "http.422",
	    .words = ""};

	problem_list_init(&l);
	for (size_t i = 0; i < problems; i++) {
		struct problem *p = problem_add(&l, PROBLEM_REJECT, STAGE_MAP,
		    "type.integer", 1, text_of(value), "not a whole number");

		problem_set_hint(&l, p, "digits");
	}
	if (problems < PROBLEM_MAX)
		problem_add(&l, PROBLEM_NOTE, STAGE_MAP, "a.note", 0,
		    text_of("x"), "a note");
	failed_rows_add(f, &line, &header);
	problem_list_release(&l);
}

static char *
rows_of(struct failed_rows *f)
{
	struct diag d = DIAG_INIT;
	char *data = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&data, &len);

	assert_int_equal(failed_rows_copy(f, out, &d), 0);
	fclose(out);
	return data;
}

TEST(failed_rows_are_lines_of_a_table)
{
	struct diag d = DIAG_INIT;
	struct failed_rows *f = failed_rows_new(folder, &d);
	char *rows, *again;

	assert_non_null(f);
	add_row(f, 2, OUTCOME_CREATED, 0, "");
	add_row(f, 3, OUTCOME_UNSENT, 0, "");
	add_row(f, 4, OUTCOME_REJECTED, 2, "</td><script>");
	add_row(f, 5, OUTCOME_REFUSED, 0, "");
	add_row(f, 6, OUTCOME_UNKNOWN, 0, "");
	assert_int_equal(failed_rows_counts(f).rows, 3);
	assert_int_equal(failed_rows_counts(f).lines_shown, 4);
	rows = rows_of(f);
	again = rows_of(f);
	assert_string_equal(rows, again);
	elements_nest(rows);
	assert_int_equal(count_of(rows, "<tr>"), 4);
	holds(rows, "<td data-l=\"Cell\">B4</td>");
	holds(rows, "<bdi>&lt;b&gt;Score&lt;/b&gt;</bdi>");
	holds(rows, "<bdi>&lt;/td&gt;&lt;script&gt;</bdi>");
	holds(rows, "<bdi>K&lt;1&gt;</bdi>");
	holds(rows, "<span class=\"fix\"><bdi>digits</bdi></span>");
	holds(rows, "refused without a reason");
	holds(rows, "the answer was lost");
	holds_not(rows, "a.note");
	free(rows);
	free(again);
	failed_rows_free(f);
}

TEST(only_the_first_thousand_rows_are_kept)
{
	struct diag d = DIAG_INIT;
	struct failed_rows *f = failed_rows_new(folder, &d);
	struct problem_groups g;
	struct run_report r = small_report(&g);
	char *page;

	for (uint64_t i = 0; i < 1234; i++)
		add_row(f, i + 2, OUTCOME_REJECTED, i == 0 ? 300 : 1, "x");
	assert_int_equal(failed_rows_counts(f).rows, 1234);
	assert_int_equal(failed_rows_counts(f).rows_shown, 1000);
	r.failed = f;
	page = page_of(&r);
	elements_nest(page);
	assert_int_equal(count_of(page, "<td data-l=\"Row\">"),
	    999 + FAILED_LINES_SHOWN + 1);
	holds(page, "<p>The first 1,000 of 1,234 rows that failed");
	holds(page,
	    "All are in <a href=\"results.csv\"><code>results.csv</code></a>.");
	/* 256 problems have room in a list; the row has 300. */
	holds(page, "292 more problems in this row");
	holds_not(page, "data-l=\"Row\">1002<");
	free(page);
	failed_rows_free(f);
	problem_groups_release(&g);
}

TEST(a_folder_that_takes_nothing_is_an_error)
{
	struct diag d = DIAG_INIT;

	assert_null(failed_rows_new("/nowhere/at/all", &d));
	assert_int_equal(d.kind, DIAG_DISK);
}

TEST(columns_are_summed_up_over_their_causes)
{
	static const char *const codes[] = {"type.integer", "rule.min"};
	struct problem_groups g;
	struct run_report r = small_report(&g);
	struct record rec = {.row = 4, .line = 4};
	char *page;

	for (int i = 0; i < 5; i++) {
		struct problem_list l;

		problem_list_init(&l);
		rec.row++;
		problem_add(&l, PROBLEM_REJECT, STAGE_MAP, codes[i % 2], 1,
		    text_of("x"), "no");
		problem_groups_add(&g, &rec, &l, &header);
		problem_list_release(&l);
	}
	page = page_of(&r);
	holds(page, "<b class=\"cell\">B</b> <bdi>&lt;b&gt;Score&lt;/b&gt;"
		    "</bdi></th><td class=\"n\">5</td>");
	assert_int_equal(count_of(page, "class=\"meter\""), 1);
	free(page);
	problem_groups_release(&g);
}

AROUND_ALL(make_folder, remove_folder);
