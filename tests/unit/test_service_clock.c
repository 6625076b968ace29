/* SPDX-License-Identifier: MIT */
#include "send/submitter.h"
#include "test.h"

#include <stdio.h>

#define DAY INT64_C(86400000)
#define NOW INT64_C(1790000000000)

struct clock_place {
	struct service_clock clock;
	struct ledger *ledger;
};

static void
open_place(struct clock_place *p)
{
	struct diag d = DIAG_INIT;

	p->ledger = ledger_create(NULL, &d);
	assert_non_null(p->ledger);
	assert_int_equal(
	    service_clock_begin(&p->clock, p->ledger, NOW, 5000, &d), 0);
}

static void
close_place(struct clock_place *p)
{
	service_clock_release(&p->clock);
	ledger_free(p->ledger);
}

TEST(without_a_date_five_minutes_are_allowed)
{
	struct clock_place p;

	open_place(&p);
	assert_int_equal(
	    service_clock_earliest(&p.clock, NOW, 0), NOW - 300000);
	service_clock_note(&p.clock, NOW, 5000, 10, -1);
	assert_int_equal(
	    service_clock_earliest(&p.clock, NOW, 0), NOW - 300000);
	close_place(&p);
}

/* What was sent at NOW cannot have been created before that moment of the
 * service's clock, whichever way the clocks differ. */
TEST(a_send_is_compared_in_the_time_of_the_service)
{
	static const int64_t offsets[] = {
	    0, 360000, -360000, DAY, -DAY, 3 * 365 * DAY};

	EACH (i, offsets) {
		int64_t theirs = NOW + offsets[i], earliest;
		struct clock_place p;

		open_place(&p);
		/* Cut to the second, as a Date is. */
		service_clock_note(
		    &p.clock, NOW + 100, 5100, 200, theirs - theirs % 1000);
		earliest = service_clock_earliest(&p.clock, NOW, 0);
		assert_in_range(theirs - earliest, CLOCK_SERVICE_MS,
		    CLOCK_SERVICE_MS + 1700);
		close_place(&p);
	}
}

TEST(the_least_uncertain_answer_counts_also_for_earlier_sends)
{
	struct clock_place p;
	int64_t before, after;

	open_place(&p);
	service_clock_note(&p.clock, NOW, 5000, 20000, NOW - 10000);
	before = service_clock_earliest(&p.clock, NOW, 0);
	service_clock_note(&p.clock, NOW + 1000, 6000, 100, NOW + 1000);
	after = service_clock_earliest(&p.clock, NOW, 0);
	assert_true(after > before);
	/* One that is less certain changes nothing. */
	service_clock_note(&p.clock, NOW + 2000, 7000, 9000, NOW + DAY);
	assert_int_equal(service_clock_earliest(&p.clock, NOW, 0), after);
	close_place(&p);
}

TEST(a_step_of_our_own_clock_begins_anew)
{
	static const int64_t steps[] = {3600000, -3600000, 2001, -DAY};

	EACH (i, steps) {
		struct clock_place p;
		int64_t sent_before = NOW, sent_after;

		open_place(&p);
		service_clock_note(&p.clock, NOW, 5000, 100, NOW);
		/* Ten seconds later by the service and the monotonic clock. */
		sent_after = NOW + 10000 + steps[i];
		service_clock_note(
		    &p.clock, sent_after, 15000, 100, NOW + 10000);
		assert_int_equal(service_clock_epoch(&p.clock), 1);
		assert_in_range(
		    NOW - service_clock_earliest(&p.clock, sent_before, 0),
		    CLOCK_SERVICE_MS - 600, CLOCK_SERVICE_MS + 1200);
		assert_in_range(
		    NOW + 10000 -
			service_clock_earliest(&p.clock, sent_after, 1),
		    CLOCK_SERVICE_MS - 600, CLOCK_SERVICE_MS + 1200);
		close_place(&p);
	}
}

/* An earlier part of the run is a clock of its own, and one that measured
 * nothing takes the next. */
TEST(parts_come_back_from_the_ledger)
{
	struct diag d = DIAG_INIT;
	struct clock_place p;
	struct service_clock later;

	open_place(&p);
	assert_int_equal(
	    ledger_add_event(p.ledger, NOW, "start", "import", &d), 0);
	service_clock_note(&p.clock, NOW, 5000, 0, NOW + 360000);
	assert_int_equal(
	    service_clock_store(&p.clock, p.ledger, NOW, false, &d), 0);
	assert_int_equal(
	    ledger_add_event(p.ledger, NOW + DAY, "start", "resume", &d), 0);
	assert_int_equal(
	    ledger_add_event(p.ledger, NOW + 2 * DAY, "start", "reconcile", &d),
	    0);
	assert_int_equal(
	    service_clock_begin(&later, p.ledger, NOW + 2 * DAY, 77, &d), 0);
	service_clock_note(&later, NOW + 2 * DAY, 77, 0, NOW + 2 * DAY);
	assert_int_equal(service_clock_earliest(&later, NOW + 5, SIZE_MAX),
	    NOW + 5 + 360500 - 500 - CLOCK_SERVICE_MS);
	/* The resume knew nothing: the reconcile's. */
	assert_int_equal(
	    service_clock_earliest(&later, NOW + DAY + 5, SIZE_MAX),
	    NOW + DAY + 5 + 500 - 500 - CLOCK_SERVICE_MS);
	service_clock_release(&later);
	close_place(&p);
}

TEST(an_event_is_read_as_it_was_written)
{
	static const char *const bad[] = {"", "offset ", "offset 1 ms",
	    "offset 1 ms, within -5 ms", "offset 1 ms, within 5 ms more",
	    "offset 99999999999999999999 ms, within 1 ms"};
	int64_t offset, within;
	char text[96];

	snprintf(text, sizeof(text), CLOCK_EVENT_FORMAT, -12345LL, 678LL);
	assert_true(service_clock_parse(text, &offset, &within));
	assert_int_equal(offset, -12345);
	assert_int_equal(within, 678);
	EACH (i, bad)
		assert_false(service_clock_parse(bad[i], &offset, &within));
}
