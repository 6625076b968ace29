/* SPDX-License-Identifier: MIT */
/* How a guess of the encoding is told: why it is no UTF-8, and what speaks
 * against the guess. */
#include "base/buf.h"
#include "input/decoder.h"
#include "test.h"

#include <string.h>

TEST(why_the_bytes_are_not_utf_8_is_said)
{
	static const struct {
		struct encoding_decision e;
		const char *words;
	} cases[] = {
	    {{.bad_places = 3,
		 .first_bad_offset = 17,
		 .first_bad_line = 2,
		 .good_characters = 5},
		"byte 17 on line 2 is not UTF-8"},
	    {{.good_characters = 1},
		"as UTF-8 its 1 character beyond ASCII makes no words"},
	    {{.good_characters = 12},
		"as UTF-8 its 12 characters beyond ASCII make no words"},
	    {{.good_characters = 0}, "every other byte is zero"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out = BUF_INIT(0);

		encoding_reason_words(&out, &cases[i].e);
		assert_string_equal(buf_str(&out), cases[i].words);
		buf_release(&out);
	}
}

TEST(what_speaks_against_a_guess_is_said_of_a_weak_one_alone)
{
	static const struct {
		enum encoding_evidence evidence;
		bool is_weak;
		uint64_t odd, good_characters, bad_places;
		size_t count;
		const char *words;
	} cases[] = {
	    {ENCODING_GUESSED, true, 1, 0, 1, 2, "only 1 byte beyond ASCII"},
	    {ENCODING_GUESSED, true, ENCODING_ODD_ENOUGH - 1, 0, 1, 2,
		"only 19 bytes beyond ASCII"},
	    {ENCODING_GUESSED, true, ENCODING_ODD_ENOUGH, 30, 30, 2,
		"30 characters would be UTF-8"},
	    {ENCODING_GUESSED, true, ENCODING_ODD_ENOUGH, 29, 30, 2,
		"iso-8859-15 fits nearly as well"},
	    {ENCODING_GUESSED, true, ENCODING_ODD_ENOUGH, 29, 30, 1, ""},
	    {ENCODING_GUESSED, false, 1, 0, 1, 2, ""},
	    {ENCODING_NAMED, true, 1, 0, 1, 2, ""},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out = BUF_INIT(0);
		struct encoding_decision e = {
		    .evidence = cases[i].evidence,
		    .good_characters = cases[i].good_characters,
		    .bad_places = cases[i].bad_places,
		    .ranking = {.odd = cases[i].odd,
			.is_weak = cases[i].is_weak,
			.count = cases[i].count,
			.list = {{.name = "windows-1252"},
			    {.name = "iso-8859-15"}}},
		};

		encoding_doubt_words(&out, &e);
		assert_string_equal(buf_str(&out), cases[i].words);
		buf_release(&out);
	}
}
