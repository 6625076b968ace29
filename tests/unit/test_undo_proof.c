/* SPDX-License-Identifier: MIT */
/* What must hold before a process is deleted. */
#include "chakra/response.h"
#include "test.h"
#include "undo/undo.h"

/* Sent at 100 s of this machine's time, seen to be finished at 110 s; the
 * service's clock is 50 s ahead, within half a second. */
#define SENT INT64_C(100000)
#define SEEN INT64_C(110000)
#define AHEAD INT64_C(50000)
#define WITHIN INT64_C(500)

static struct undo_facts
facts_of(bool has_id, int64_t created_ms)
{
	return (struct undo_facts){.has_id = has_id,
	    .found = 1,
	    .is_seeing = true,
	    .created_ms = created_ms,
	    .updated_ms = FOUND_NO_TIME,
	    .sent_ms = SENT,
	    .seen_ms = SEEN,
	    .has_clock = true,
	    .offset_ms = AHEAD,
	    .within_ms = WITHIN};
}

TEST(the_time_of_creation_decides_in_the_services_time)
{
	static const struct {
		int64_t created_ms;
		enum undo_proof with_id, without_id;
	} cases[] = {
	    {150500, UNDO_OURS, UNDO_OURS},
	    {159500, UNDO_OURS, UNDO_OURS},
	    {155000, UNDO_OURS, UNDO_OURS}, /* perhaps 155.999 */
	    {159000, UNDO_OURS, UNDO_NO_PROOF},
	    {150499, UNDO_OURS, UNDO_NO_PROOF},
	    {149500, UNDO_OURS, UNDO_NO_PROOF},
	    {149499, UNDO_OLDER, UNDO_OLDER},
	    {149000, UNDO_OURS, UNDO_NO_PROOF}, /* perhaps 149.999 */
	    {148000, UNDO_OLDER, UNDO_OLDER},
	    {100001, UNDO_OLDER, UNDO_OLDER},
	    {159501, UNDO_OURS, UNDO_NO_PROOF},
	    {170001, UNDO_OURS, UNDO_NO_PROOF}, /* made anew after ours */
	    {FOUND_BAD_TIME, UNDO_NO_PROOF, UNDO_NO_PROOF},
	    {FOUND_NO_TIME, UNDO_OURS, UNDO_NO_PROOF},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (int has_id = 0; has_id < 2; has_id++) {
			struct undo_facts f =
			    facts_of(has_id, cases[i].created_ms);

			f.is_cut_to_seconds = cases[i].created_ms % 1000 == 0;
			assert_int_equal(undo_prove(&f),
			    has_id ? cases[i].with_id : cases[i].without_id);
		}
}

TEST(without_a_measured_clock_nothing_that_has_a_time_is_proven)
{
	for (int has_id = 0; has_id < 2; has_id++) {
		struct undo_facts f = facts_of(has_id, 155100);

		f.has_clock = false;
		assert_int_equal(undo_prove(&f), UNDO_NO_PROOF);
	}
}

TEST(each_doubt_about_the_origin_keeps_what_has_no_id)
{
	for (int doubt = 0; doubt < 3; doubt++)
		for (int has_id = 0; has_id < 2; has_id++) {
			struct undo_facts f = facts_of(has_id, 155100);

			f.is_other_run = doubt == 0;
			f.is_other_creator = doubt == 1;
			f.found = doubt == 2 && !has_id ? 2 : 1;
			assert_int_equal(
			    undo_prove(&f), has_id ? UNDO_OURS : UNDO_NO_PROOF);
		}
}

TEST(what_is_gone_is_known_by_its_id_or_by_a_service_that_sees)
{
	for (int has_id = 0; has_id < 2; has_id++)
		for (int sees = 0; sees < 2; sees++) {
			struct undo_facts f = facts_of(has_id, FOUND_NO_TIME);

			f.found = 0;
			f.is_seeing = sees;
			assert_int_equal(undo_prove(&f),
			    has_id || sees ? UNDO_GONE : UNDO_UNSEEN);
		}
}

TEST(a_change_keeps_it_unless_it_is_to_go_all_the_same)
{
	static const struct {
		bool differs;
		int64_t updated_ms;
		enum undo_proof proof;
	} cases[] = {
	    {false, FOUND_NO_TIME, UNDO_OURS},
	    {true, FOUND_NO_TIME, UNDO_CHANGED},
	    {false, SEEN + AHEAD, UNDO_OURS},
	    {false, SEEN + AHEAD + UNDO_UPDATED_SLACK_MS, UNDO_OURS},
	    {false, SEEN + AHEAD + UNDO_UPDATED_SLACK_MS + 1, UNDO_CHANGED},
	    {false, FOUND_BAD_TIME, UNDO_CHANGED},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct undo_facts f = facts_of(true, 155100);

		f.differs = cases[i].differs;
		f.updated_ms = cases[i].updated_ms;
		assert_int_equal(undo_prove(&f), cases[i].proof);
		f.even_if_changed = true;
		assert_int_equal(undo_prove(&f), UNDO_OURS);
		/* … which is no proof of its origin. */
		f.created_ms = 100001;
		assert_int_equal(undo_prove(&f), UNDO_OLDER);
	}
}

TEST(each_reason_has_a_code_and_what_may_go_has_none)
{
	assert_string_equal(undo_proof_code(UNDO_OURS), "");
	assert_string_equal(undo_proof_code(UNDO_GONE), "");
	assert_string_equal(undo_proof_code(UNDO_UNSEEN), "undo.not_seen");
	assert_string_equal(undo_proof_code(UNDO_OLDER), "undo.older");
	assert_string_equal(undo_proof_code(UNDO_NO_PROOF), "undo.no_proof");
	assert_string_equal(undo_proof_code(UNDO_CHANGED), "undo.changed");
}
