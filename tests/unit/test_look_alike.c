/* SPDX-License-Identifier: MIT */
/* In what two names differ that look the same. */
#include "base/unicode.h"
#include "test.h"

TEST(says_what_a_reader_cannot_see)
{
	CASES(cases, const char *ours, *theirs, *said) = {
	    {"Full Name", "Full\xC2\xA0Name",
		"the file's has U+00A0 (no-break space) as character 5"},
	    {"Full\xE2\x80\x8BName", "FullName",
		"the mapping's has U+200B (zero-width space) as character 5"},
	    {"City", "\xD0\xA1ity",
		"the file's has U+0421 (Cyrillic letter) as character 1"},
	    {"Omega", "\xCE\x9Fmega",
		"the file's has U+039F (Greek letter) as character 1"},
	    {"n\xCC\xB0", "n",
		"the mapping's has U+0330 (combining mark) as character 2"},
	    {"Ref", "\xEF\xBB\xBFRef",
		"the file's has U+FEFF (byte order mark) as character 1"},
	    {"Phone", "Phone\xE2\x80\x8E",
		"the file's has U+200E (left-to-right mark) as character 6"},
	    {"a b", "a\tb", "the file's has U+0009 (tab) as character 2"},
	    {"City", "Town", NULL},
	    {"City", "city", NULL},
	    {"City", "City", NULL},
	    {"", "", NULL},
	    {"Gru\xC3\x9F", "Gruss", NULL},
	};

	EACH (i, cases) {
		struct buf out = BUF_INIT(0);
		bool said = look_alike_explain(&out, "the mapping's",
		    text_of(cases[i].ours), "the file's",
		    text_of(cases[i].theirs));

		assert_int_equal(said, cases[i].said != NULL);
		assert_string_equal(
		    buf_str(&out), cases[i].said ? cases[i].said : "");
		buf_release(&out);
	}
}
