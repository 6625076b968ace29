/* SPDX-License-Identifier: MIT */
#include "send/job_ids.h"
#include "test.h"

#include <stdio.h>

static bool
add(struct job_ids *j, size_t number)
{
	char id[32];

	snprintf(id, sizeof(id), "job-%zu", number);
	return job_ids_add(j, id);
}

TEST(an_id_that_is_given_twice_is_noticed)
{
	struct job_ids j = {0};

	assert_true(job_ids_add(&j, ""));
	assert_false(job_ids_add(&j, ""));
	for (size_t i = 0; i < 5000; i++)
		assert_true(add(&j, i));
	for (size_t i = 0; i < 5000; i++)
		assert_false(add(&j, i));
	job_ids_release(&j);
	assert_true(add(&j, 1));
	job_ids_release(&j);
}

TEST(the_newest_are_kept_in_a_room_that_does_not_grow)
{
	struct job_ids j = {0};
	size_t count = JOB_IDS_KEPT * 5 + 7;

	for (size_t i = 0; i < count; i++) {
		assert_true(add(&j, i));
		/* The oldest that is surely kept. */
		if (i % 1000 == 0 && i >= JOB_IDS_KEPT)
			assert_false(add(&j, i - JOB_IDS_KEPT));
		assert_true(j.newest.cap + j.before.cap <= JOB_IDS_KEPT * 4);
	}
	job_ids_release(&j);
}
