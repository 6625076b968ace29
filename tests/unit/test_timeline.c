/* SPDX-License-Identifier: MIT */
#include "results/timeline.h"
#include "test.h"

/* 2026-11-23T14:00:00Z. */
#define START INT64_C(1795442400000)

static struct ledger *
empty_ledger(void)
{
	struct diag d = DIAG_INIT;
	struct ledger *l = ledger_create(NULL, &d);

	assert_non_null(l);
	return l;
}

static void
add_call(struct ledger *l, enum call_state state, uint64_t rows,
    uint64_t attempts, int64_t answered, int64_t settled)
{
	struct diag d = DIAG_INIT;
	struct ledger_call c = {.count = rows,
	    .rows = rows,
	    .state = state,
	    .attempts = attempts,
	    .sent_ms = START,
	    .answered_ms = answered ? START + answered : 0,
	    .settled_ms = settled ? START + settled : 0};

	assert_int_equal(ledger_add_call(l, &c, &d), 0);
}

static void
add_event(struct ledger *l, int64_t at, const char *kind, const char *text)
{
	struct diag d = DIAG_INIT;

	assert_int_equal(ledger_add_event(l, START + at, kind, text, &d), 0);
}

static struct timeline
timeline_of(struct ledger *l, const struct run_part *parts, size_t count)
{
	struct run_report r = {
	    .ledger = l, .parts = parts, .part_count = count};
	struct diag d = DIAG_INIT;
	struct timeline t;

	assert_int_equal(timeline_load(&t, &r, &d), 0);
	return t;
}

TEST(rows_count_when_they_were_taken_and_when_they_were_settled)
{
	const struct run_part part = {"import", START, START + 24000};
	struct ledger *l = empty_ledger();
	struct timeline t;

	add_call(l, CALL_CREATED, 100, 1, 1000, 12000);
	add_call(l, CALL_ACCEPTED, 50, 1, 2000, 0);
	add_call(l, CALL_REFUSED, 7, 1, 3000, 3000);
	add_call(l, CALL_UNKNOWN, 9, 1, 4000, 5000);
	add_call(l, CALL_UNSENT, 9, 0, 0, 0);
	t = timeline_of(l, &part, 1);
	assert_int_equal(t.span_ms, 24000);
	assert_int_equal(t.calls, 4);
	assert_int_equal(t.acknowledged, 157);
	assert_int_equal(t.settled, 107);
	/* 240 bins of 100 ms. */
	assert_int_equal(t.bins[10].acknowledged, 100);
	assert_int_equal(t.bins[20].acknowledged, 50);
	assert_int_equal(t.bins[30].acknowledged, 7);
	assert_int_equal(t.bins[30].settled, 7);
	assert_int_equal(t.bins[120].settled, 100);
	timeline_release(&t);
	ledger_free(l);
}

TEST(the_time_between_two_parts_is_left_out)
{
	const struct run_part parts[] = {{"import", START, START + 10000},
	    {"resume", START + 100000000, START + 100010000}};
	struct ledger *l = empty_ledger();
	struct timeline t;

	add_call(l, CALL_CREATED, 1, 1, 10000, 100005000);
	t = timeline_of(l, parts, 2);
	assert_int_equal(t.span_ms, 20000);
	assert_int_equal(t.part_count, 2);
	assert_int_equal(t.parts[1].offset_ms, 10000);
	assert_int_equal(t.bins[120].acknowledged, 1);
	assert_int_equal(t.bins[180].settled, 1);
	timeline_release(&t);
	ledger_free(l);
}

TEST(a_part_that_was_killed_lasts_until_the_last_that_is_known_of_it)
{
	const struct run_part parts[] = {
	    {"import", START, 0}, {"resume", START + 50000, START + 60000}};
	struct ledger *l = empty_ledger();
	struct timeline t;

	add_call(l, CALL_ACKED, 3, 1, 7000, 0);
	add_event(l, 8000, "unknown", "rows 1-2");
	t = timeline_of(l, parts, 2);
	assert_int_equal(t.parts[0].length_ms, 8000);
	assert_int_equal(t.span_ms, 18000);
	assert_int_equal(t.lost, 1);
	/* How long it would have waited, nobody knows. */
	assert_int_equal(t.waited_ms, 0);
	timeline_release(&t);
	ledger_free(l);
}

TEST(waits_have_a_reason_and_a_length)
{
	const struct run_part part = {"import", START, START + 24000};
	struct ledger *l = empty_ledger();
	int64_t sum = 0;
	struct timeline t;

	add_event(
	    l, 1000, "pause", "rate limited, goes on at 2026-11-23T14:00:02Z");
	add_event(l, 2500, "resume", "sending goes on");
	add_event(l, 10000, "unknown", "rows 1-2: reset");
	add_event(l, 12000, "resume", "ChakraHQ answers again");
	add_event(l, 14000, "pause", "rate limited, goes on at later");
	add_event(l, 14100, "pause", "rate limited, goes on at later still");
	add_event(l, 15000, "resume", "sending goes on");
	t = timeline_of(l, &part, 1);
	assert_int_equal(t.waited_ms, 4500);
	assert_int_equal(t.reason_count, 2);
	assert_string_equal(t.reasons[0].words, "rate limited");
	assert_int_equal(t.reasons[0].count, 2);
	assert_int_equal(t.reasons[0].waited_ms, 2500);
	assert_string_equal(t.reasons[1].words, "the service did not answer");
	assert_int_equal(t.bins[9].waited_ms, 0);
	assert_int_equal(t.bins[10].waited_ms, 100);
	assert_int_equal(t.bins[24].waited_ms, 100);
	assert_int_equal(t.bins[25].waited_ms, 0);
	for (int i = 0; i < TIMELINE_BINS; i++)
		sum += t.bins[i].waited_ms;
	assert_int_equal(sum, 4500);
	timeline_release(&t);
	ledger_free(l);
}

TEST(waits_that_overlap_count_once)
{
	const struct run_part part = {"import", START, START + 24000};
	struct ledger *l = empty_ledger();
	struct timeline t;

	add_event(l, 1000, "unknown", "rows 1-2: HTTP 503");
	add_event(l, 2000, "pause", "HTTP 503, goes on at later");
	add_event(l, 5000, "resume", "sending goes on");
	add_event(l, 6000, "resume", "ChakraHQ answers again");
	t = timeline_of(l, &part, 1);
	assert_int_equal(t.waited_ms, 5000);
	ledger_free(l);
	/* The other way round; and a pause that the end cut short. */
	l = empty_ledger();
	add_event(l, 1000, "pause", "HTTP 503, goes on at later");
	add_event(l, 2000, "unknown", "rows 1-2: HTTP 500");
	add_event(l, 5000, "resume", "ChakraHQ answers again");
	add_event(l, 6000, "end", "stopped by SIGTERM");
	timeline_release(&t);
	t = timeline_of(l, &part, 1);
	assert_int_equal(t.waited_ms, 5000);
	timeline_release(&t);
	ledger_free(l);
}

TEST(retries_and_resends_are_counted)
{
	const struct run_part part = {"import", START, START + 24000};
	struct ledger *l = empty_ledger();
	struct timeline t;

	add_call(l, CALL_CREATED, 5, 4, 6000, 6000);
	add_event(l, 7000, "resend", "rows 1-5 are sent again");
	t = timeline_of(l, &part, 1);
	assert_int_equal(t.retries, 4);
	assert_int_equal(t.bins[60].retries, 3);
	assert_int_equal(t.bins[70].retries, 1);
	timeline_release(&t);
	ledger_free(l);
}

TEST(any_number_of_reasons_has_room)
{
	const struct run_part part = {"import", START, START + 100000};
	struct ledger *l = empty_ledger();
	uint64_t count = 0;
	struct timeline t;

	for (int i = 0; i < 20; i++) {
		char why[40];

		snprintf(why, sizeof(why), "reason %d, goes on at x", i);
		add_event(l, i * 1000, "pause", why);
		add_event(l, i * 1000 + 500, "resume", "sending goes on");
	}
	t = timeline_of(l, &part, 1);
	assert_int_equal(t.reason_count, TIMELINE_REASONS);
	assert_string_equal(
	    t.reasons[TIMELINE_REASONS - 1].words, "other reasons");
	for (size_t i = 0; i < t.reason_count; i++)
		count += t.reasons[i].count;
	assert_int_equal(count, 20);
	timeline_release(&t);
	ledger_free(l);
}

TEST(nothing_known_is_no_timeline)
{
	struct ledger *l = empty_ledger();
	struct timeline t = timeline_of(l, NULL, 0);
	const struct run_part at_once = {"import", START, START};

	assert_int_equal(t.span_ms, 0);
	timeline_release(&t);
	t = timeline_of(NULL, &at_once, 1);
	assert_int_equal(t.span_ms, 0);
	timeline_release(&t);
	t = timeline_of(l, &at_once, 1);
	assert_int_equal(t.span_ms, 0);
	timeline_release(&t);
	ledger_free(l);
}

/* A part for each restart of a scheduler that gave up early. */
TEST(seventy_parts_are_all_told)
{
	struct ledger *l = empty_ledger();
	struct run_story story;
	struct diag d = DIAG_INIT;
	struct timeline t;

	for (int i = 0; i < 70; i++) {
		add_event(l, i * 1000, "start", i ? "resume" : "import");
		if (i != 5)
			add_event(l, i * 1000 + 500, "end", "");
		assert_int_equal(run_story_load(&story, l, &d), 0);
		assert_false(run_story_was_asked(&story));
		run_story_release(&story);
	}
	add_event(l, 70000, "start", "reconcile");
	assert_int_equal(run_story_load(&story, l, &d), 0);
	assert_false(run_story_was_asked(&story));
	run_story_release(&story);
	add_event(l, 70500, "end", "");
	assert_int_equal(run_story_load(&story, l, &d), 0);
	assert_true(run_story_was_asked(&story));
	assert_int_equal(story.count, 71);
	assert_string_equal(story.parts[0].command, "import");
	assert_string_equal(story.parts[69].command, "resume");
	assert_int_equal(story.parts[5].ended_ms, 0);
	assert_int_equal(story.parts[69].ended_ms, START + 69500);
	assert_int_equal(story.last_ms, START + 70500);
	t = timeline_of(l, story.parts, story.count);
	assert_int_equal(t.part_count, 71);
	/* Of the one without an end nothing else is known. */
	assert_int_equal(t.span_ms, 70 * 500);
	timeline_release(&t);
	run_story_release(&story);
	ledger_free(l);
}
