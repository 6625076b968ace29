/* SPDX-License-Identifier: MIT */
/* Footers that stand in the table as rows. */
#include "look/hazards.h"
#include "test.h"

TEST(sees_a_footer_that_was_padded_to_the_table)
{
	static const struct {
		const char *rows[6]; /* cells of three columns; - = empty */
		uint64_t count;
	} cases[] = {
	    {{"aaa", "aaa", "aaa", "-a-"}, 1},
	    {{"aaa", "aaa", "aaa", "a--", "---", "a--"}, 2},
	    {{"aaa", "a--", "aaa", "aaa", "a--"}, 0}, /* one elsewhere */
	    {{"aaa", "aaa", "aaa", "aa-"}, 0},
	    {{"aaa", "a--", "a--"}, 0}, /* most of the file */
	    {{"aaa", "aaa", "---"}, 0},
	    {{"aaa", "aaa", "a--", "aaa"}, 0},
	};

	EACH (i, cases) {
		struct text names[3] = {{"x", 1}, {"y", 1}, {"z", 1}};
		struct header header = {.count = 3, .names = names, .row = 1};
		struct hazards *h = hazards_new(&header, ',');
		const struct hazard *list;
		size_t count;

		for (size_t k = 0; k < 6 && cases[i].rows[k]; k++) {
			struct text cells[3];
			struct record rec = {.row = k + 2,
			    .line_count = 1,
			    .cell_count = 3,
			    .cells = cells};

			for (size_t c = 0; c < 3; c++)
				cells[c] = text_of(
				    cases[i].rows[k][c] == '-' ? "" : "word");
			hazards_record(h, &rec);
		}
		list = hazards_finish(h, &count);
		if ((count ? list[0].count : 0) != cases[i].count)
			fail_msg("case %zu: %zu hazards", i, count);
		if (count > 0)
			assert_int_equal(list[0].kind, HAZARD_FOOTER);
		hazards_free(h);
	}
}
