/* SPDX-License-Identifier: MIT */
/* sandbox/faults: specifications, and draws that can be repeated. */
#include "sandbox/faults.h"
#include "test.h"

static int
add(struct fault_plan *p, const char *spec)
{
	char why[FAULT_WHY_SIZE] = "";
	int result = fault_plan_add(p, text_of(spec), why);

	if (result != 0)
		assert_true(strlen(why) > 10);
	return result;
}

TEST(takes_every_kind)
{
	struct fault_plan p = {0};

	for (int kind = 0; kind < FAULT_KINDS; kind++) {
		char spec[64];

		snprintf(spec, sizeof(spec), "%s=0.25",
		    fault_name((enum fault_kind)kind));
		assert_int_equal(add(&p, spec), 0);
		assert_int_equal(p.items[kind].kind, kind);
		assert_true(p.items[kind].rate > 0.2499);
		assert_true(p.items[kind].rate < 0.2501);
	}
	fault_plan_release(&p);
}

TEST(reads_the_words_behind_the_rate)
{
	struct fault_plan p = {0};

	assert_int_equal(add(&p, "503=1,2s,all,calls=3-5"), 0);
	assert_int_equal(p.items[0].ms, 2000);
	assert_int_equal(p.items[0].classes, (1 << FAULT_CLASSES) - 1);
	assert_int_equal(p.items[0].first, 3);
	assert_int_equal(p.items[0].last, 5);
	assert_int_equal(add(&p, "429=.5,date,90,lookups,calls=7-"), 0);
	assert_true(p.items[1].date);
	assert_int_equal(p.items[1].ms, 90000);
	assert_int_equal(p.items[1].classes, 1 << FAULT_LOOKUP);
	assert_int_equal(p.items[1].first, 7);
	assert_true(p.items[1].last == UINT64_MAX);
	assert_int_equal(add(&p, "reset-after=1,fin,calls=-2"), 0);
	assert_true(p.items[2].fin);
	assert_int_equal(p.items[2].last, 2);
	assert_int_equal(add(&p, "413=1,64KiB"), 0);
	assert_int_equal(p.items[3].bytes, 65536);
	assert_int_equal(add(&p, "400-whole=1,match=EXT-13"), 0);
	assert_string_equal(p.items[4].match, "EXT-13");
	assert_int_equal(add(&p, "html-502=1,after,jobs"), 0);
	assert_true(p.items[5].after);
	assert_int_equal(p.items[5].classes, 1 << FAULT_JOB);
	assert_int_equal(add(&p, "status=1,401,jobs"), 0);
	assert_int_equal(p.items[6].status, 401);
	assert_int_equal(p.items[6].classes, 1 << FAULT_JOB);
	assert_int_equal(add(&p, "reset-after=1,updates,deletes"), 0);
	assert_int_equal(
	    p.items[7].classes, 1 << FAULT_UPDATE | 1 << FAULT_DELETE);
	assert_int_equal(add(&p, "job-404=1,creates,updates"), 0);
	assert_int_equal(
	    p.items[8].classes, 1 << FAULT_CREATE | 1 << FAULT_UPDATE);
	assert_int_equal(add(&p, "list-lag=1"), 0);
	assert_int_equal(p.items[9].classes, 1 << FAULT_LOOKUP);
	fault_plan_release(&p);
}

TEST(refuses_what_it_does_not_understand)
{
	static const char *const bad[] = {"", "503", "503=", "503=x", "503=1.1",
	    "503=2", "503=-1", "503=1e0", "503=.", "504=1", "503=1,fin",
	    "500-after=1,2s", "reset-after=1,date",
	    "503=1,calls=", "503=1,calls=0", "503=1,calls=5-3", "503=1,calls=-",
	    "entry-error=1,match=", "slow-job=1,all", "same-job=1,lookups",
	    "list-lag=1,updates", "503=1,others", "503=1,,2s",
	    "entry-error=1,a,b", "status=1,200", "status=1,600",
	    "status=1,4x3"};
	struct fault_plan p = {0};

	EACH (i, bad)
		if (add(&p, bad[i]) == 0)
			fail_msg("taken: %s", bad[i]);
	assert_int_equal(p.count, 0);
}

TEST(guesses_a_mistyped_kind)
{
	struct fault_plan p = {0};
	char why[FAULT_WHY_SIZE];

	assert_int_equal(fault_plan_add(&p, text_of("reset-aftr=1"), why), -1);
	assert_string_equal(
	    why, "there is no such kind; did you mean 'reset-after'?");
}

TEST(draws_the_same_for_the_same_seed)
{
	struct fault_plan a = {.seed = 7}, b = {.seed = 7}, c = {.seed = 8};
	int differences = 0;

	assert_int_equal(add(&a, "503=0.3"), 0);
	assert_int_equal(add(&b, "503=0.3"), 0);
	assert_int_equal(add(&c, "503=0.3"), 0);
	for (uint64_t k = 1; k <= 1000; k++) {
		bool hit = fault_plan_call(&a, FAULT_CREATE, k) != NULL;

		assert_int_equal(
		    hit, fault_plan_call(&b, FAULT_CREATE, k) != NULL);
		differences +=
		    hit != (fault_plan_call(&c, FAULT_CREATE, k) != NULL);
	}
	assert_true(differences > 100);
	fault_plan_release(&a);
	fault_plan_release(&b);
	fault_plan_release(&c);
}

TEST(keeps_to_the_rates)
{
	struct fault_plan p = {.seed = 1};
	int hits[FAULT_KINDS] = {0}, none = 0;

	assert_int_equal(add(&p, "503=0.1"), 0);
	assert_int_equal(add(&p, "reset-after=0.2"), 0);
	for (uint64_t k = 1; k <= 20000; k++) {
		const struct fault *f = fault_plan_call(&p, FAULT_CREATE, k);

		if (f == NULL)
			none++;
		else
			hits[f->kind]++;
	}
	assert_in_range(hits[FAULT_503], 1800, 2200);
	assert_in_range(hits[FAULT_RESET_AFTER], 3700, 4300);
	assert_in_range(none, 13600, 14400);
	fault_plan_release(&p);
}

TEST(spares_calls_out_of_range_and_other_classes)
{
	struct fault_plan p = {0};

	assert_int_equal(add(&p, "503=1,calls=3-4"), 0);
	for (uint64_t k = 1; k <= 6; k++)
		assert_int_equal(fault_plan_call(&p, FAULT_CREATE, k) != NULL,
		    k == 3 || k == 4);
	assert_null(fault_plan_call(&p, FAULT_LOOKUP, 3));
	assert_null(fault_plan_call(&p, FAULT_JOB, 3));
	fault_plan_release(&p);
}

TEST(finds_the_poison_row_and_only_its_entry)
{
	struct text rows[] = {TEXT_LITERAL("{\"lead_id\":\"A\"}"),
	    TEXT_LITERAL("{\"lead_id\":\"EXT-13\"}")};
	struct fault_plan p = {0};

	assert_int_equal(add(&p, "400-whole=1,match=EXT-13"), 0);
	assert_int_equal(add(&p, "entry-error=1,EXT-13"), 0);
	assert_int_equal(add(&p, "slow-job=1,3s"), 0);
	assert_null(fault_plan_call(&p, FAULT_CREATE, 1));
	assert_null(fault_plan_poison(&p, FAULT_CREATE, 1, rows, 1));
	assert_non_null(fault_plan_poison(&p, FAULT_CREATE, 1, rows, 2));
	assert_null(fault_plan_entry(&p, FAULT_CREATE, 1, 0, rows[0]));
	assert_int_equal(
	    fault_plan_entry(&p, FAULT_CREATE, 1, 1, rows[1])->kind,
	    FAULT_ENTRY_ERROR);
	assert_int_equal(
	    fault_plan_odd(&p, FAULT_SLOW_JOB, FAULT_CREATE, 1)->ms, 3000);
	fault_plan_release(&p);
}
