/* SPDX-License-Identifier: MIT */
#include "report/run_report.h"
#include "report/terminal.h"
#include "test.h"

struct rows {
	uint64_t created, accepted, refused, rejected, skipped, unknown, unsent;
};

static struct run_report
a_run(const struct rows *n)
{
	struct run_report r = {.balanced = true,
	    .run_id = "20261123T140210Z-leads-a1b2c3",
	    .folder = "/runs/20261123T140210Z-leads-a1b2c3",
	    .has_row_files = true};
	uint64_t *rows = r.accounts.rows.rows;

	rows[OUTCOME_CREATED] = n->created;
	rows[OUTCOME_ACCEPTED] = n->accepted;
	rows[OUTCOME_REFUSED] = n->refused;
	rows[OUTCOME_REJECTED] = n->rejected;
	rows[OUTCOME_SKIPPED] = n->skipped;
	rows[OUTCOME_UNKNOWN] = n->unknown;
	rows[OUTCOME_UNSENT] = n->unsent;
	r.accounts.rows_read = outcome_counts_sum(&r.accounts.rows);
	return r;
}

static void
expect_verdict(const struct run_report *r, const char *expected)
{
	struct buf b = BUF_INIT(0);

	run_report_verdict(r, &b);
	assert_string_equal(buf_str(&b), expected);
	buf_release(&b);
}

static void
expect_next(const struct run_report *r, const char *expected)
{
	struct buf b = BUF_INIT(0);

	run_report_next(r, &b);
	assert_string_equal(buf_str(&b), expected);
	buf_release(&b);
}

/* A rehearsal must not say that anything is in ChakraHQ. */
TEST(says_where_the_rows_are_if_not_in_chakrahq)
{
	static const struct {
		bool rehearsal;
		const char *place, *verdict;
		enum outcome others; /* of which there are 3; CREATED = none */
	} cases[] = {
	    {true, "the sandbox at 127.0.0.1:8787",
		"All 5 rows are in the sandbox at 127.0.0.1:8787 (a rehearsal; "
		"nothing is in ChakraHQ).",
		OUTCOME_CREATED},
	    {false, "a service at 127.0.0.1:8080 (this machine, not ChakraHQ)",
		"All 5 rows are in a service at 127.0.0.1:8080 (this machine, "
		"not "
		"ChakraHQ).",
		OUTCOME_CREATED},
	    {false, NULL, "All 5 rows are in ChakraHQ.", OUTCOME_CREATED},
	    {true, "the sandbox at 127.0.0.1:8787",
		"2 of 5 rows are in the sandbox at 127.0.0.1:8787 (a "
		"rehearsal; "
		"nothing is in ChakraHQ); 3 were refused by the sandbox.",
		OUTCOME_REFUSED},
	    {false, "a service at 127.0.0.1:8080 (this machine, not ChakraHQ)",
		"2 of 5 rows are in a service at 127.0.0.1:8080 (this machine, "
		"not ChakraHQ); 3 were refused by the service.",
		OUTCOME_REFUSED},
	};

	EACH (i, cases) {
		struct run_report r = {
		    .balanced = true,
		    .rehearsal = cases[i].rehearsal,
		    .place = cases[i].place,
		    .accounts = {.rows_read = 5},
		};
		struct buf b = BUF_INIT(0);

		r.accounts.rows.rows[cases[i].others] = 3;
		r.accounts.rows.rows[OUTCOME_CREATED] =
		    cases[i].others == OUTCOME_CREATED ? 5 : 2;
		run_report_verdict(&r, &b);
		assert_string_equal(buf_str(&b), cases[i].verdict);
		buf_release(&b);
	}
}

TEST(rows_that_were_only_accepted_by_the_sandbox_are_a_rehearsal_too)
{
	struct run_report r = {
	    .balanced = true,
	    .rehearsal = true,
	    .place = "the sandbox at 127.0.0.1:8787",
	    .accounts = {.rows_read = 5},
	};
	struct buf b = BUF_INIT(0);

	r.accounts.rows.rows[OUTCOME_ACCEPTED] = 5;
	run_report_verdict(&r, &b);
	assert_string_equal(buf_str(&b),
	    "All 5 rows were accepted by the sandbox and not followed further "
	    "(a rehearsal; nothing is in ChakraHQ).");
	buf_release(&b);
}

TEST(says_what_became_of_the_rows_in_one_sentence)
{
	CASES(cases, struct rows rows; bool dry_run; const char *verdict) = {
	    {{.created = 10000}, false, "All 10,000 rows are in ChakraHQ."},
	    {{.created = 1}, false, "The only row is in ChakraHQ."},
	    {{.created = 1, .refused = 1}, false,
		"1 of 2 rows is in ChakraHQ; 1 was refused by ChakraHQ."},
	    {{.rejected = 2}, false,
		"None of the 2 rows is in ChakraHQ; 2 were rejected before "
		"sending."},
	    {{.rejected = 1}, false,
		"The only row is not in ChakraHQ; 1 was rejected before "
		"sending."},
	    {{.rejected = 1}, true,
		"The only row would not be sent; 1 would be rejected."},
	    {{.accepted = 7}, false,
		"All 7 rows were accepted by ChakraHQ and not followed "
		"further."},
	    {{.created = 5,
		 .accepted = 1,
		 .skipped = 2,
		 .unknown = 3,
		 .unsent = 4},
		false,
		"5 of 15 rows are in ChakraHQ; 1 was accepted and not "
		"followed; 2 were skipped on purpose; 3 may or may not have "
		"arrived; 4 were not sent."},
	    {{.unknown = 5}, false,
		"None of the 5 rows is known to be in ChakraHQ; 5 may or may "
		"not have arrived."},
	    {{.unsent = 10}, true, "All 10 rows would be sent."},
	    {{.unsent = 8, .rejected = 1, .skipped = 1}, true,
		"8 of 10 rows would be sent; 1 would be rejected; 1 would be "
		"skipped."},
	    {{.rejected = 3}, true,
		"None of the 3 rows would be sent; 3 would be rejected."},
	    {{.created = 0}, false, "Nothing to do: the input has no rows."},
	};

	EACH (i, cases) {
		struct run_report r = a_run(&cases[i].rows);

		r.dry_run = cases[i].dry_run;
		expect_verdict(&r, cases[i].verdict);
	}
}

TEST(says_why_it_stopped_and_what_was_not_read)
{
	struct rows rows = {.created = 40, .unsent = 60};
	struct run_report r = a_run(&rows);

	r.stopped_by = "HTTP 401: \x1b[31mtoken expired";
	r.accounts.unread_bytes = 900;
	r.accounts.unread_line = 5004;
	expect_verdict(&r,
	    "Stopped (HTTP 401: \\x1B[31mtoken expired): 40 of 100 rows read "
	    "are "
	    "in ChakraHQ; 60 were not sent; from line 5,004 on the input was "
	    "not read.");
	r = a_run(&(struct rows){.created = 100});
	r.limited = true;
	r.limit = 100;
	r.accounts.unread_bytes = 900;
	r.accounts.unread_line = 102;
	expect_verdict(&r,
	    "Stopped after 100 records (--limit): all 100 rows read are in "
	    "ChakraHQ; from line 102 on the input was not read.");
	r = a_run(&(struct rows){.created = 0});
	r.stopped_by = "stopped by SIGTERM";
	expect_verdict(&r, "Stopped by SIGTERM: no row was read.");
	r.stopped_by = "no connection";
	expect_verdict(&r, "Stopped (no connection): no row was read.");
	r = a_run(&(struct rows){.created = 5});
	r.balanced = false;
	expect_verdict(&r,
	    "The books do not balance: do not trust this run. All 5 rows are "
	    "in ChakraHQ.");
}

TEST(names_the_one_command_that_goes_on)
{
	CASES(cases, struct rows rows; const char *stopped_by; bool limited;
	      const char *next) = {
	    {{.created = 5}, NULL, false, ""},
	    {{.created = 5, .skipped = 5}, NULL, false, ""},
	    {{.created = 5, .unsent = 5, .unknown = 1}, "SIGTERM", false,
		"csv2chakra resume 20261123T140210Z-leads-a1b2c3"},
	    {{.created = 5}, NULL, true,
		"csv2chakra resume 20261123T140210Z-leads-a1b2c3"},
	    {{.created = 5, .unknown = 1, .rejected = 1}, NULL, false,
		"csv2chakra reconcile 20261123T140210Z-leads-a1b2c3"},
	    {{.accepted = 5}, NULL, false,
		"csv2chakra reconcile 20261123T140210Z-leads-a1b2c3"},
	    {{.created = 5, .refused = 1}, NULL, false,
		"csv2chakra retry 20261123T140210Z-leads-a1b2c3"},
	};

	EACH (i, cases) {
		struct run_report r = a_run(&cases[i].rows);

		r.stopped_by = cases[i].stopped_by;
		r.limited = cases[i].limited;
		expect_next(&r, cases[i].next);
	}
}

/* Rows of which nobody knows what became of them, once a reconcile settled
 * none: what status and the report name, and what is to be checked first. */
TEST(names_an_end_for_rows_that_nothing_settles)
{
	static const char id[] = "20261123T140210Z-leads-a1b2c3";
	CASES(cases, struct rows rows; enum run_rest rest;
	      bool is_retried, is_other_version;
	      const char *stopped_by, *command, *check) = {
	    {{.unknown = 2}, REST_ABSENT, false, false, NULL,
		"reconcile --resend-absent",
		"2 rows are unknown, and lookups "},
	    {{.unknown = 1}, REST_BY_HAND, false, false, NULL, "prune",
		"1 row is unknown, and asking again settles nothing"},
	    {{.unknown = 2}, REST_RESENT, false, false, NULL,
		"import --again --skip-existing", ""},
	    {{.unknown = 2, .rejected = 1}, REST_BY_HAND, false, false, NULL,
		"retry", "2 rows are"},
	    {{.unknown = 2, .rejected = 1}, REST_BY_HAND, true, false, NULL,
		"prune", "2 rows are"},
	    {{.accepted = 2}, REST_BY_HAND, false, false, NULL, "", ""},
	    {{.unknown = 2}, REST_BY_HAND, false, false, "SIGTERM", "resume",
		""},
	    {{.unknown = 2}, REST_ASK, false, true, "SIGTERM", "reconcile", ""},
	    {{.unknown = 2}, REST_BY_HAND, false, true, "SIGTERM",
		"import --again --skip-existing", "2 rows are"},
	};

	EACH (i, cases) {
		struct run_report r = a_run(&cases[i].rows);
		struct buf next = BUF_INIT(0), check = BUF_INIT(0);
		char expected[128];

		r.mapping_file = "m.yaml";
		r.input_name = "i.csv";
		r.rest = cases[i].rest;
		r.is_retried = cases[i].is_retried;
		r.is_other_version = cases[i].is_other_version;
		r.stopped_by = cases[i].stopped_by;
		run_report_next(&r, &next);
		run_report_check_first(&r, &check);
		snprintf(expected, sizeof(expected), "csv2chakra %s %s",
		    cases[i].command,
		    strncmp(cases[i].command, "import", 6) == 0 ? "m.yaml"
								: id);
		if (cases[i].command[0] == '\0')
			expected[0] = '\0';
		if (strncmp(buf_str(&next), expected, strlen(expected)) != 0)
			fail_msg("%zu: %s", i, buf_str(&next));
		if (strncmp(buf_str(&check), cases[i].check,
			strlen(cases[i].check)) != 0 ||
		    (check.len > 0) != (cases[i].check[0] != '\0'))
			fail_msg("%zu: %s", i, buf_str(&check));
		buf_release(&next);
		buf_release(&check);
	}
}

TEST(quotes_what_a_shell_would_read_differently)
{
	struct rows rows = {.created = 5, .rejected = 1};
	struct run_report r = a_run(&rows);

	r.where.runs_dir = "/my runs";
	r.folder = "/my runs/it's";
	expect_next(&r, "csv2chakra retry --runs-dir '/my runs' "
			"20261123T140210Z-leads-a1b2c3");
	r.run_id = "it's";
	expect_next(&r, "csv2chakra retry --runs-dir '/my runs' 'it'\\''s'");
	r.next_command = "csv2chakra status";
	expect_next(&r, "csv2chakra status");
	r.next_command = NULL;
	r.balanced = false;
	expect_next(&r, "");
}

TEST(a_dry_run_leads_to_the_import_or_back_to_the_check)
{
	struct rows rows = {.unsent = 5};
	struct run_report r = a_run(&rows);

	r.dry_run = true;
	r.mapping_file = "leads.yaml";
	r.input_name = "my leads.csv";
	expect_next(&r, "csv2chakra import leads.yaml 'my leads.csv'");
	r.exit_status = 1;
	expect_next(&r, "csv2chakra check leads.yaml 'my leads.csv'");
	r.input_name = "<stdin>";
	expect_next(&r, "");
}

TEST(writes_sizes_and_counts_for_people)
{
	CASES(sizes, uint64_t n; const char *text) = {
	    {0, "0 bytes"},
	    {1, "1 byte"},
	    {999, "999 bytes"},
	    {1000, "1.0 kB"},
	    {1234567, "1.2 MB"},
	    {999949, "999.9 kB"},
	    {999999, "1.0 MB"},
	    {UINT64_C(5000000000), "5.0 GB"},
	};
	char out[48];

	EACH (i, sizes)
		assert_string_equal(page_bytes(sizes[i].n, out), sizes[i].text);
	assert_string_equal(page_rows(1, out), "1 row");
	assert_string_equal(page_rows(2345, out), "2,345 rows");
}
