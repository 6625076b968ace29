/* SPDX-License-Identifier: MIT */
#include "report/run_report.h"
#include "report/terminal.h"
#include "test.h"

static void
add_problem(struct problem_groups *g, uint64_t row, const char *code,
    int column, const char *value, const char *message, const char *hint)
{
	struct text names[2] = {
	    TEXT_LITERAL("Lead Ref"), TEXT_LITERAL("Score")};
	struct header header = {.count = 2, .names = names, .row = 1};
	struct record rec = {.row = row, .line = row};
	struct problem_list l;
	struct problem *p;

	problem_list_init(&l);
	p = problem_add(&l, PROBLEM_REJECT, STAGE_MAP, code, column,
	    text_of(value), "%s", message);
	if (hint)
		problem_set_hint(&l, p, "%s", hint);
	problem_groups_add(g, &rec, &l, &header);
	problem_list_release(&l);
}

static struct run_report
finished_run(struct problem_groups *g)
{
	struct run_report r = {.balanced = true,
	    .exit_status = 1,
	    .run_id = "20261123T140210Z-leads-a1b2c3",
	    .folder = "/runs/20261123T140210Z-leads-a1b2c3",
	    .has_row_files = true,
	    .input_name = "leads.csv",
	    .input_bytes = 260,
	    .encoding = "utf-8",
	    .dialect = {.delimiter = ','},
	    .columns = 2,
	    .mapping_file = "leads.yaml",
	    .base_url = "https://api.chakrahq.com",
	    .procedure = "lead",
	    .groups = g};
	struct accounts *a = &r.accounts;

	problem_groups_init(g, "leads.csv");
	add_problem(g, 4, "type.integer", 1, "abc", "not a whole number",
	    "write it in digits");
	add_problem(g, 7, "type.integer", 1, "x", "not a whole number", NULL);
	problem_groups_add_outcome(g, OUTCOME_REFUSED, "job.INVALID",
	    "lead L-9 exists already", 10, 10);
	a->rows_read = 10;
	a->rows.rows[OUTCOME_CREATED] = 7;
	a->rows.rows[OUTCOME_REFUSED] = 1;
	a->rows.rows[OUTCOME_REJECTED] = 2;
	a->bytes = 260;
	a->header_bytes = 15;
	a->record_bytes = 245;
	return r;
}

static const char expected_run[] =
    "Rejected by our checks, by cause\n"
    "  2 rows  column \"Score\": not a whole number [type.integer]\n"
    "          B4 'abc', B7 'x'\n"
    "          help: write it in digits\n"
    "\n"
    "Refused by ChakraHQ, by its answer\n"
    "  1 row   lead L-9 exists already [job.INVALID]\n"
    "          row 10\n"
    "\n"
    "Files in /runs/20261123T140210Z-leads-a1b2c3\n"
    "  to-fix.csv (3 rows to fix in a spreadsheet), rejected.csv,\n"
    "  rejected.reasons.csv, results.csv, report.html, report.json\n"
    "  rows      10 read = 7 created + 1 refused + 2 rejected\n"
    "  bytes     260 in the input = 15 in the header + 245 in records\n"
    "  target    procedure lead at https://api.chakrahq.com\n"
    "\n"
    "7 of 10 rows are in ChakraHQ; 1 was refused by ChakraHQ; 2 were "
    "rejected before\nsending.\n"
    "Fix to-fix.csv (or the mapping), then send those rows again:\n"
    "  csv2chakra retry 20261123T140210Z-leads-a1b2c3\n";

TEST(tells_a_run_from_its_causes_to_the_verdict_and_the_next_command)
{
	struct problem_groups g;
	struct run_report r = finished_run(&g);
	struct buf b = BUF_INIT(0);

	report_text(&r, false, &b);
	assert_string_equal(buf_str(&b), expected_run);
	buf_release(&b);
	problem_groups_release(&g);
}

TEST(colours_only_when_asked)
{
	struct problem_groups g;
	struct run_report r = finished_run(&g);
	struct buf plain = BUF_INIT(0), colour = BUF_INIT(0);

	report_text(&r, false, &plain);
	report_text(&r, true, &colour);
	assert_null(memchr(plain.data, '\x1b', plain.len));
	assert_non_null(strstr(colour.data, "\x1b[1;33m7 of 10 rows"));
	buf_release(&plain);
	buf_release(&colour);
	problem_groups_release(&g);
}

TEST(tells_a_dry_run_what_would_be_sent_and_what_it_cannot_know)
{
	struct problem_groups g;
	struct run_report r = finished_run(&g);
	struct buf b = BUF_INIT(0);

	r.dry_run = true;
	r.run_id = r.folder = NULL;
	r.accounts.rows.rows[OUTCOME_CREATED] = 0;
	r.accounts.rows.rows[OUTCOME_REFUSED] = 0;
	r.accounts.rows.rows[OUTCOME_UNSENT] = 8;
	r.requests = 4;
	r.request_bytes = 12345;
	r.rate_per_s = 0.5;
	report_text(&r, false, &b);
	assert_non_null(strstr(b.data,
	    "  rows      10 read = 2 rejected + 8 to send\n"
	    "  bytes     260 in the input = 15 in the header + 245 in records\n"
	    "  to send   8 rows in 4 requests, 12.3 kB (12,345 bytes); at the "
	    "given rate that\n"
	    "            takes at least 8 s\n"
	    "  target    procedure lead at https://api.chakrahq.com\n"
	    "  Not checked here: procedure, states, users, mandatory fields, "
	    "existing keys.\n"
	    "\n"
	    "8 of 10 rows would be sent; 2 would be rejected.\n"
	    "Fix the file or the mapping, then check again:\n"
	    "  csv2chakra check leads.yaml leads.csv\n"));
	assert_null(strstr(b.data, "Files in"));
	r.in_full = true;
	buf_clear(&b);
	report_text(&r, false, &b);
	assert_non_null(strstr(b.data, "only ChakraHQ can check"));
	assert_non_null(strstr(b.data, "whether the procedure exists"));
	buf_release(&b);
	problem_groups_release(&g);
}

/* 40 columns each, without a blank; the wide one in 20 characters. */
#define LONG "0123456789abcdefghij0123456789ABCDEFGHIJ"
#define FIVE "\xE8\xA1\x8C\xE8\xA1\x8C\xE8\xA1\x8C\xE8\xA1\x8C\xE8\xA1\x8C"
#define WIDE FIVE FIVE FIVE FIVE

TEST(wraps_between_words_and_breaks_what_is_longer)
{
	struct buf b = BUF_INIT(0);
	const struct page p = {&b, false};

	page_wrap(&p, 70, 4, "two  blanks stay");
	assert_string_equal(buf_str(&b), "two\n    blanks stay\n");
	buf_clear(&b);
	page_wrap(&p, 0, 4, "a  b   c ");
	assert_string_equal(buf_str(&b), "a  b   c\n");
	buf_clear(&b);
	page_wrap(&p, 0, 2, LONG LONG LONG);
	assert_string_equal(buf_str(&b), LONG LONG "\n  " LONG "\n");
	buf_clear(&b);
	/* Behind one column there is room for 39 wide characters. */
	page_wrap(&p, 1, 2, WIDE WIDE);
	assert_int_equal(strcspn(buf_str(&b), "\n"), 39 * 3);
	buf_release(&b);
}

TEST(no_line_is_wider_than_80_columns)
{
	struct problem_groups g;
	struct run_report r = finished_run(&g);
	struct buf b = BUF_INIT(0);
	char *line, *rest = NULL;
	int lines = 0;

	for (int i = 0; i < OUTCOME_COUNT; i++)
		r.accounts.rows.rows[i] = UINT64_C(1234567890) + (uint64_t)i;
	r.accounts.rows_read = outcome_counts_sum(&r.accounts.rows);
	r.stopped_by = "HTTP 503: the service is not available at the moment, "
		       "and it said to come back after 20 minutes";
	r.accounts.unread_bytes = 5;
	r.accounts.unread_line = 1234567;
	r.input_name = WIDE "/" WIDE "/" WIDE ".csv";
	r.mapping_file = LONG LONG LONG ".yaml";
	r.procedure = LONG LONG;
	r.reading_options = "--delimiter ';' --encoding windows-1252 "
			    "--skip-lines 12 --no-header --quote none";
	r.folder = "/" LONG LONG LONG;
	problem_groups_add_outcome(&g, OUTCOME_REFUSED, "job.ERROR",
	    WIDE WIDE WIDE " " LONG LONG LONG, 11, 11);
	add_problem(&g, 30, "rule.one_of", 1, WIDE WIDE WIDE, LONG LONG LONG,
	    WIDE WIDE WIDE);
	for (uint64_t row = 20; row < 23; row++)
		add_problem(&g, row, "rule.one_of", 0,
		    "a value that is longer than it should be, by far",
		    "none of the words that the mapping lists for this "
		    "field, which is a long sentence",
		    "add the word to one_of in the mapping, or fix the cell "
		    "in the file");
	report_text(&r, false, &b);
	for (line = strtok_r(b.data, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		/* A path and a command are not broken. */
		if (strncmp(line, "  /", 3) == 0 ||
		    strncmp(line, "  csv2chakra ", 13) == 0) {
			assert_int_equal(line[2], lines++ == 0 ? '/' : 'c');
			continue;
		}
		if (text_width(line, strlen(line)) > 80)
			fail_msg("too wide: %s", line);
	}
	assert_int_equal(lines, 2);
	buf_release(&b);
	problem_groups_release(&g);
}

TEST(a_clean_run_is_short)
{
	struct problem_groups g;
	struct run_report r = finished_run(&g);
	struct buf b = BUF_INIT(0);

	r.groups = NULL;
	r.exit_status = 0;
	r.accounts.rows.rows[OUTCOME_CREATED] = 10;
	r.accounts.rows.rows[OUTCOME_REFUSED] = 0;
	r.accounts.rows.rows[OUTCOME_REJECTED] = 0;
	report_text(&r, false, &b);
	assert_memory_equal(b.data, "Files in ", 9);
	assert_null(strstr(b.data, "to-fix.csv"));
	assert_string_equal(
	    strstr(b.data, "\n\n"), "\n\nAll 10 rows are in ChakraHQ.\n");
	buf_release(&b);
	problem_groups_release(&g);
}

TEST(says_loudly_when_the_books_do_not_balance)
{
	struct problem_groups g;
	struct run_report r = finished_run(&g);
	struct buf b = BUF_INIT(0);

	r.accounts.rows.rows[OUTCOME_CREATED] = 6;
	r.balanced = false;
	report_text(&r, false, &b);
	assert_non_null(strstr(b.data, "\nThe books do not balance"));
	assert_non_null(strstr(b.data, "THE BOOKS DO NOT BALANCE"));
	assert_null(strstr(b.data, "csv2chakra"));
	buf_release(&b);
	problem_groups_release(&g);
}

/* Nine causes with long names, each with help, as one run has them. */
static void
add_causes(struct problem_groups *g, bool has_help)
{
	static const char *const codes[] = {"rule.a", "rule.b", "rule.c",
	    "rule.d", "rule.e", "rule.f", "rule.g", "rule.h", "rule.i"};

	for (size_t i = 0; i < 9; i++)
		for (uint64_t row = 20; row < 25; row++)
			add_problem(g, row * 100 + i, codes[i], 1,
			    "a value of some length",
			    "the cell is not what the mapping asks for here",
			    has_help ? "fix the cell in the file" : NULL);
}

TEST(a_partial_import_with_nine_causes_fits_a_terminal_of_24_lines)
{
	for (int has_help = 0; has_help < 2; has_help++) {
		struct problem_groups g;
		struct run_report r = finished_run(&g);
		struct buf b = BUF_INIT(0);

		problem_groups_release(&g);
		problem_groups_init(&g, "leads.csv");
		add_causes(&g, has_help);
		if (!has_help)
			r.reading_options = "--delimiter ',' --encoding utf-8";
		report_text(&r, false, &b);
		if (page_lines(&b) > 23)
			fail_msg("%zu lines", page_lines(&b));
		for (char cause = 'a'; cause <= 'i'; cause++)
			assert_non_null(strstr(b.data,
			    "\n  5  \"Score\": the cell is not what the "
			    "mapping asks for here (B2000"));
		assert_int_equal(strstr(b.data, "help: fix") != NULL, has_help);
		r.all_problems = true;
		buf_clear(&b);
		report_text(&r, false, &b);
		assert_true(page_lines(&b) > 23);
		assert_non_null(strstr(b.data, "[rule.i]"));
		buf_release(&b);
		problem_groups_release(&g);
	}
}

TEST(a_cause_in_one_line_is_cut_before_its_examples)
{
	struct problem_groups g;
	struct buf b = BUF_INIT(0);
	const struct page p = {&b, false};

	problem_groups_init(&g, "leads.csv");
	add_problem(&g, 9, "rule.a", 0, "x", WIDE " " LONG LONG, "help");
	add_problem(&g, 7, "rule.b", 1, "x", "short", NULL);
	add_problem(&g, 8, "rule.b", 1, "y", "short", NULL);
	page_problems(&p, &g, NULL, 4);
	assert_string_equal(buf_str(&b),
	    "\nRejected by our checks, by cause\n"
	    "  2  \"Score\": short (B7 'x', B8 'y')\n"
	    "  1  \"Lead Ref\": " WIDE " 0123456789a… (A9 'x')\n");
	buf_release(&b);
	problem_groups_release(&g);
}

TEST(tells_how_to_read_the_rejects_again)
{
	struct problem_groups g;
	struct run_report r = finished_run(&g);
	struct buf b = BUF_INIT(0);

	r.reading_options = "--delimiter ';' --encoding windows-1252";
	report_text(&r, false, &b);
	assert_non_null(strstr(b.data,
	    "  To read rejected.csv again, add: --delimiter ';' --encoding "
	    "windows-1252\n"));
	buf_release(&b);
	problem_groups_release(&g);
}
