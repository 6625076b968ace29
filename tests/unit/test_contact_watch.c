/* SPDX-License-Identifier: MIT */
/* contact/: what a part of a run sees: facts and changes, sets, times. */
#include "chakra/contact.h"
#include "test.h"

TEST(the_first_text_counts_and_another_one_than_known_is_a_change)
{
	struct contact_watch w = {.now_ms = 5000};
	const struct contact_change *change;

	memcpy(w.known.facts[CONTACT_LIST_KEY], "data.<key>", 11);
	memcpy(w.known.facts[CONTACT_HAS_MORE], "boolean", 8);
	assert_null(contact_see(&w, CONTACT_HAS_MORE, ""));
	assert_null(contact_see(&w, CONTACT_HAS_MORE, "boolean"));
	assert_null(contact_see(&w, CONTACT_HAS_MORE, "text"));
	assert_null(contact_see(&w, CONTACT_ENTRY_KEY, "input.<key>"));
	change = contact_see(&w, CONTACT_LIST_KEY, "<key>");
	assert_non_null(change);
	assert_int_equal(change->at_ms, 5000);
	assert_string_equal(change->was, "data.<key>");
	assert_string_equal(change->is, "<key>");
	assert_null(contact_see(&w, CONTACT_LIST_KEY, "data.<key>"));
	assert_int_equal(w.seen.change_count, 1);
}

TEST(sets_are_sorted_and_hold_each_once_and_no_more_than_fit)
{
	static const int statuses[] = {503, 200, 429, 200, 0, 100, 503};
	struct contact_watch w = {.now_ms = 0};
	char name[64];

	EACH (i, statuses)
		contact_see_status(&w, statuses[i]);
	assert_int_equal(w.seen.status_count, 4);
	assert_int_equal(w.seen.statuses[0], 100);
	assert_int_equal(w.seen.statuses[3], 503);
	for (int i = 0; i < 1000; i++) {
		contact_see_status(&w, 100 + i % 500);
		snprintf(name, sizeof(name), "S%03d", 999 - i);
		contact_see_entry_status(&w, name);
		contact_see_limit(&w, text_of(name), text_of("1"));
	}
	assert_int_equal(w.seen.status_count, CONTACT_STATUSES);
	assert_int_equal(w.seen.entry_status_count, CONTACT_NAMES);
	assert_int_equal(w.seen.limit_count, CONTACT_NAMES);
	for (size_t i = 1; i < CONTACT_NAMES; i++)
		assert_true(strcmp(w.seen.entry_statuses[i - 1],
				w.seen.entry_statuses[i]) < 0);
	memset(&w.seen, 0, sizeof(w.seen));
	contact_see_entry_status(&w, "not a name");
	assert_int_equal(w.seen.entry_status_count, 0);
	contact_see_limit(&w, text_of("ratelimit"), text_of("12; secret"));
	assert_string_equal(w.seen.limits[0].value, "");
}

TEST(what_comes_between_others_goes_between_them)
{
	static const char *const names[] = {"D", "A", "C", "B"};
	struct contact_watch w = {.now_ms = 0};

	EACH (i, names) {
		contact_see_entry_status(&w, names[i]);
		contact_see_limit(&w, text_of(names[i]), text_of("1"));
	}
	for (size_t i = 0; i < 4; i++) {
		const char name[] = {(char)('A' + i), '\0'};

		assert_string_equal(w.seen.entry_statuses[i], name);
		assert_string_equal(w.seen.limits[i].name, name);
	}
}

/* Also the rest of what is seen is the same then. */
TEST(what_is_full_is_the_same_in_whatever_order_it_was_filled)
{
	struct contact_watch *up = calloc(2, sizeof(*up)), *down = up + 1;

	for (int i = 0; i < CONTACT_NAMES; i++)
		for (int way = 0; way < 2; way++) {
			int n = way == 0 ? i : CONTACT_NAMES - 1 - i;
			struct contact_watch *w = way == 0 ? up : down;
			char name[16];

			snprintf(name, sizeof(name), "S%03d", n);
			contact_see_status(w, 100 + n);
			contact_see_entry_status(w, name);
			contact_see_limit(w, text_of(name), text_of("1"));
		}
	assert_memory_equal(&up->seen, &down->seen, sizeof(up->seen));
	free(up);
}

TEST(the_largest_body_that_was_taken_and_the_smallest_that_was_not_are_kept)
{
	struct contact_watch w = {.now_ms = 0};

	contact_see_body(&w, true, 10, 1);
	contact_see_body(&w, true, 20, 2);
	contact_see_body(&w, true, 20, 3);
	contact_see_body(&w, true, 15, 9);
	contact_see_body(&w, false, 50, 0);
	contact_see_body(&w, false, 40, 0);
	contact_see_body(&w, false, 45, 0);
	assert_int_equal(w.seen.taken_bytes, 20);
	assert_int_equal(w.seen.taken_rows, 2);
	assert_int_equal(w.seen.too_large_bytes, 40);
}

#define DIGITS_30 "123456789012345678901234567890"

TEST(names_and_limits_are_as_long_as_their_room)
{
	CASES(cases, const char *name; bool is_name) = {
	    {"", false},
	    {"9a", false},
	    {"-a", false},
	    {"a-b", false},
	    {"_a9Z", true},
	    {"a" DIGITS_30 "123456789", true},
	    {"a" DIGITS_30 "1234567890", false},
	};
	struct contact_watch w = {.now_ms = 0};
	char name[sizeof(w.seen.limits[0].name) + 1] = "";
	char value[sizeof(w.seen.limits[0].value) + 1] = "";

	EACH (i, cases)
		assert_int_equal(
		    contact_is_name(text_of(cases[i].name)), cases[i].is_name);
	contact_see_entry_status(&w, "a" DIGITS_30 "1");
	assert_int_equal(w.seen.entry_status_count, 0);
	contact_see_entry_status(&w, "a" DIGITS_30);
	assert_string_equal(w.seen.entry_statuses[0], "a" DIGITS_30);
	memset(name, 'n', sizeof(name) - 1);
	memset(value, '9', sizeof(value) - 1);
	contact_see_limit(&w, text_of(""), text_of("1"));
	contact_see_limit(&w, text_of(name), text_of("1"));
	assert_int_equal(w.seen.limit_count, 0);
	name[sizeof(name) - 2] = '\0';
	contact_see_limit(&w, text_of(name), text_of(value));
	assert_string_equal(w.seen.limits[0].name, name);
	assert_string_equal(w.seen.limits[0].value, "");
	value[sizeof(value) - 2] = '\0';
	contact_see_limit(&w, text_of(name), text_of(value));
	assert_string_equal(w.seen.limits[0].value, value);
	contact_see_limit(&w, text_of(name), text_of(":1"));
	assert_string_equal(w.seen.limits[0].value, "");
	contact_see_limit(&w, text_of(name), text_of("09"));
	assert_string_equal(w.seen.limits[0].value, "09");
}

TEST(percentiles_are_of_the_last_thousand)
{
	struct contact_watch w = {.now_ms = 0};

	contact_see_time(&w, CONTACT_CREATES, 7);
	contact_see_time(&w, CONTACT_CREATES, -1);
	contact_see_time(&w, CONTACT_UPDATES, 0);
	contact_see_time(&w, CONTACT_UPDATES, UINT32_MAX);
	contact_see_time(&w, CONTACT_UPDATES, (int64_t)UINT32_MAX + 1);
	for (int i = 0; i < 500; i++)
		contact_see_time(&w, CONTACT_OTHERS, 1000000);
	for (int i = 1000; i >= 1; i--)
		contact_see_time(&w, CONTACT_OTHERS, i);
	contact_watch_end(&w);
	assert_int_equal(w.seen.times[CONTACT_CREATES].count, 1);
	assert_int_equal(w.seen.times[CONTACT_CREATES].p50_ms, 7);
	assert_int_equal(w.seen.times[CONTACT_CREATES].p95_ms, 7);
	assert_int_equal(w.seen.times[CONTACT_UPDATES].count, 2);
	assert_int_equal(w.seen.times[CONTACT_UPDATES].p50_ms, 0);
	assert_int_equal(w.seen.times[CONTACT_UPDATES].p95_ms, UINT32_MAX);
	assert_int_equal(w.seen.times[CONTACT_OTHERS].count, 1500);
	assert_int_equal(w.seen.times[CONTACT_OTHERS].p50_ms, 500);
	assert_int_equal(w.seen.times[CONTACT_OTHERS].p95_ms, 950);
}
