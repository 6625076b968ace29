/* SPDX-License-Identifier: MIT */
#include "plan/reading.h"
#include "report/run_report.h"
#include "test.h"

#include <cjson/cJSON.h>

/* 1,000 rows in 40,048 bytes, told by each source on its own. */
static struct accounts
balanced_books(void)
{
	struct ledger_totals totals = {
	    .outcomes = {.rows = {[OUTCOME_CREATED] = 900,
			     [OUTCOME_ACCEPTED] = 10,
			     [OUTCOME_REFUSED] = 20,
			     [OUTCOME_REJECTED] = 30,
			     [OUTCOME_SKIPPED] = 25,
			     [OUTCOME_UNKNOWN] = 5,
			     [OUTCOME_UNSENT] = 10}},
	    .records = 1000,
	    .record_bytes = 40000,
	    .blank_lines = 2,
	    .blank_bytes = 3,
	    .chunks = 2,
	    .first_begin = 45,
	    .last_end = 40048,
	    .tiles = true,
	};
	struct reader_tally tally = {.bom_bytes = 3,
	    .preamble_bytes = 6,
	    .header_bytes = 36,
	    .blank_bytes = 3,
	    .blank_lines = 2,
	    .record_bytes = 40000,
	    .records = 1000};
	struct accounts a = {.bytes = 40048};

	accounts_from_ledger(&a, &totals);
	accounts_from_reader(&a, &tally);
	return a;
}

TEST(books_that_balance_pass)
{
	struct accounts a = balanced_books();
	struct diag d = DIAG_INIT;

	assert_int_equal(accounts_check(&a, &d), 0);
	a.unread_bytes = 100;
	a.unread_line = 1003;
	a.bytes += 100;
	a.may_leave_unread = true;
	assert_int_equal(accounts_check(&a, &d), 0);
	a = (struct accounts){.bytes = 10, .header_bytes = 10};
	assert_int_equal(accounts_check(&a, &d), 0);
}

TEST(one_unit_off_in_any_term_is_found)
{
	CASES(terms, size_t offset; const char *code) = {
	    {offsetof(struct accounts, rows_read), "books.rows"},
	    {offsetof(struct accounts, rows.rows[0]), "books.rows"},
	    {offsetof(struct accounts, rows.rows[1]), "books.rows"},
	    {offsetof(struct accounts, rows.rows[2]), "books.rows"},
	    {offsetof(struct accounts, rows.rows[3]), "books.rows"},
	    {offsetof(struct accounts, rows.rows[4]), "books.rows"},
	    {offsetof(struct accounts, rows.rows[5]), "books.rows"},
	    {offsetof(struct accounts, rows.rows[6]), "books.rows"},
	    {offsetof(struct accounts, bytes), "books.bytes"},
	    {offsetof(struct accounts, bom_bytes), "books.bytes"},
	    {offsetof(struct accounts, preamble_bytes), "books.bytes"},
	    {offsetof(struct accounts, header_bytes), "books.bytes"},
	    {offsetof(struct accounts, blank_bytes), "books.bytes"},
	    {offsetof(struct accounts, record_bytes), "books.bytes"},
	    {offsetof(struct accounts, unread_bytes), "books.bytes"},
	    {offsetof(struct accounts, first_begin), "books.tiling"},
	};

	EACH (i, terms) {
		struct accounts a = balanced_books();
		struct diag d = DIAG_INIT;
		uint64_t *term = (uint64_t *)((char *)&a + terms[i].offset);

		*term += 1;
		assert_int_equal(accounts_check(&a, &d), -1);
		assert_int_equal(d.kind, DIAG_INTERNAL);
		assert_int_equal(diag_exit_status(d.kind), 70);
		assert_string_equal(d.code, terms[i].code);
	}
}

TEST(ranges_that_do_not_join_and_bytes_left_behind_are_found)
{
	struct accounts a = balanced_books();
	struct diag d = DIAG_INIT;

	a.tiles = false;
	assert_int_equal(accounts_check(&a, &d), -1);
	assert_string_equal(d.code, "books.tiling");
	a = balanced_books();
	a.unread_bytes = 10;
	a.unread_line = 1003;
	a.bytes += 10;
	assert_int_equal(accounts_check(&a, &d), -1);
	assert_string_equal(d.code, "books.unread");
	assert_non_null(strstr(d.message, "1,003"));
}

TEST(the_message_shows_both_sides)
{
	struct accounts a = {.rows_read = 1000,
	    .rows = {
		.rows = {[OUTCOME_CREATED] = 990, [OUTCOME_REJECTED] = 9}}};
	struct diag d = DIAG_INIT;

	assert_int_equal(accounts_check(&a, &d), -1);
	assert_string_equal(d.message,
	    "the books do not balance: 1,000 rows were read, but 999 are "
	    "accounted for (990 created + 9 rejected)");
}

TEST(the_text_shows_both_equations_within_80_columns)
{
	struct accounts a = balanced_books();
	struct buf b = BUF_INIT(0);
	size_t column = 0;

	accounts_text(&a, false, &b);
	assert_string_equal(buf_str(&b),
	    "  rows      1,000 read = 900 created + 10 accepted + 20 refused + "
	    "30 rejected\n"
	    "            + 25 skipped + 5 unknown + 10 unsent\n"
	    "  bytes     40,048 in the input = 3 in the BOM + 6 in the "
	    "preamble\n"
	    "            + 36 in the header + 3 in blank lines + 40,000 in "
	    "records\n");
	buf_clear(&b);
	accounts_text(&a, true, &b);
	assert_non_null(strstr(buf_str(&b), " + 10 to send\n"));
	buf_clear(&b);
	for (int i = 0; i < OUTCOME_COUNT; i++)
		a.rows.rows[i] = 123456789012345;
	a.unread_bytes = 5;
	a.unread_line = 77;
	accounts_text(&a, false, &b);
	for (size_t i = 0; i < b.len; i++) {
		column = b.data[i] == '\n' ? 0 : column + 1;
		assert_true(column <= 80);
	}
	assert_non_null(strstr(b.data, "from line 77 on"));
	assert_non_null(strstr(b.data, "DO NOT BALANCE"));
	buf_release(&b);
}

TEST(the_json_has_every_term_even_when_it_is_zero)
{
	struct accounts a = balanced_books();
	struct buf b = BUF_INIT(0);
	cJSON *json, *rows;

	a.record_bytes = 1234567890123457;
	accounts_json(&a, &b);
	json = cJSON_ParseWithLengthOpts(buf_str(&b), b.len + 1, NULL, 1);
	rows = cJSON_GetObjectItem(json, "rows");
	for (int i = 0; i < OUTCOME_COUNT; i++)
		assert_non_null(
		    cJSON_GetObjectItem(rows, outcome_name((enum outcome)i)));
	assert_non_null(strstr(buf_str(&b), "\"records\":1234567890123457,"));
	assert_non_null(strstr(buf_str(&b), "\"unread\":0"));
	assert_non_null(strstr(buf_str(&b), "\"balanced\":false"));
	cJSON_Delete(json);
	buf_release(&b);
}

struct blocks {
	size_t left;
	bool fails;
};

static ssize_t
give_block(void *ctx, char *buf, size_t max, struct diag *d)
{
	struct blocks *b = ctx;
	size_t n = b->left < 7000 ? b->left : 7000;

	if (b->fails)
		return diag_set(d, DIAG_INPUT, "unable to read");
	n = n < max ? n : max;
	memset(buf, 'x', n);
	b->left -= n;
	return (ssize_t)n;
}

TEST(the_byte_counter_counts_what_passes_and_what_is_drained)
{
	struct blocks blocks = {.left = 100000};
	struct byte_counter c = {.from = {&blocks, give_block}};
	struct byte_source s = byte_counter_source(&c);
	struct diag d = DIAG_INIT;
	char some[10];

	assert_int_equal(s.read(s.ctx, some, sizeof(some), &d), 10);
	assert_int_equal(c.bytes, 10);
	assert_int_equal(byte_counter_drain(&c, &d), 0);
	assert_int_equal(c.bytes, 100000);
	blocks.fails = true;
	assert_int_equal(byte_counter_drain(&c, &d), -1);
	assert_int_equal(c.bytes, 100000);
}
