/* SPDX-License-Identifier: MIT */
#include "author/init_mapping.h"
#include "test.h"

#include <string.h>

TEST(makes_keys_of_names)
{
	CASES(cases, const char *name, *key) = {
	    {"Full Name", "full_name"},
	    {"FirstName", "first_name"},
	    {"PIN", "pin"},
	    {"IDNumber", "id_number"},
	    {"e-mail", "e_mail"},
	    {"  x  ", "x"},
	    {"Größe (cm)", "grosse_cm"},
	    {"Numéro d’écran", "numero_d_ecran"},
	    {"Łódź", "lodz"},
	    {"Pre\xcc\x81nom", "prenom"},
	    {"Gro\xcc\x88\xc3\x9f"
	     "e",
		"grosse"},
	    {"Amount %", "amount"},
	    {"2025 Q1", "2025_q1"},
	    {"नाम", ""},
	    {"___", ""},
	    {"", ""},
	    {"a\nb", "a_b"},
	    {"Address2Line", "address2_line"},
	};
	struct buf out = BUF_INIT(0);

	EACH (i, cases) {
		buf_clear(&out);
		init_key(&out, text_of(cases[i].name));
		assert_string_equal(buf_str(&out), cases[i].key);
	}
	buf_release(&out);
}

TEST(quotes_only_what_yaml_could_misread)
{
	CASES(cases, const char *text, *scalar) = {
	    {"Full Name", "Full Name"},
	    {"E-Mail", "E-Mail"},
	    {"Size (cm)", "Size (cm)"},
	    {"true", "\"true\""},
	    {"No", "\"No\""},
	    {"12", "\"12\""},
	    {"a: b", "\"a: b\""},
	    {"# x", "\"# x\""},
	    {"{x}", "\"{x}\""},
	    {"a,b", "\"a,b\""},
	    {"say \"hi\"", "\"say \\\"hi\\\"\""},
	    {"a\\b", "\"a\\\\b\""},
	    {"a\nb\tc", "\"a\\nb\\tc\""},
	    {"a\rb", "\"a\\x0Db\""},
	    {"Größe", "\"Größe\""},
	    {"a\xc2\xa0"
	     "b",
		"\"a\\xA0b\""},
	    {"a\xe2\x80\xa8"
	     "b",
		"\"a\\u2028b\""},
	    {"a\xef\xbb\xbf", "\"a\\uFEFF\""},
	    {"a ", "\"a \""},
	    {"", "\"\""},
	};
	struct buf out = BUF_INIT(0);

	EACH (i, cases) {
		buf_clear(&out);
		init_scalar(&out, text_of(cases[i].text));
		assert_string_equal(buf_str(&out), cases[i].scalar);
	}
	buf_release(&out);
}

TEST(wraps_comments_and_lets_nothing_end_them)
{
	struct buf out = BUF_INIT(0);

	init_comment(&out, 2, "a\nb \xe2\x80\xa8 c");
	assert_string_equal(buf_str(&out), "  # a?b ? c\n");
	buf_clear(&out);
	init_comment(&out, 4,
	    "one two three four five six seven eight nine ten eleven twelve "
	    "thirteen fourteen");
	assert_string_equal(buf_str(&out),
	    "    # one two three four five six seven eight nine ten eleven "
	    "twelve thirteen\n    # fourteen\n");
	buf_release(&out);
}

TEST(prefers_the_names_of_keys)
{
	assert_int_equal(init_key_score(text_of("Lead Ref"), 5), 4);
	assert_int_equal(init_key_score(text_of("id"), 5), 4);
	assert_int_equal(init_key_score(text_of("Order No"), 0), 3);
	assert_int_equal(init_key_score(text_of("Order No"), 1), 2);
	assert_int_equal(init_key_score(text_of("Lead-Nr."), 1), 4);
	assert_int_equal(init_key_score(text_of("Deal #"), 0), 3);
	assert_int_equal(init_key_score(text_of("Lead # "), 0), 4);
	assert_int_equal(init_key_score(text_of("Phone No"), 0), 0);
	assert_int_equal(init_key_score(text_of("PIN Code"), 0), 0);
	assert_int_equal(init_key_score(text_of("Name"), 0), 0);
	assert_int_equal(init_key_score(text_of("Paid"), 0), 0);
	assert_int_equal(init_key_score(text_of(""), 0), 0);
}

TEST(knows_names_of_dates_of_birth)
{
	static const char *const names[] = {"Birthday", "Date of Birth", "DOB",
	    "born", "Geburtsdatum", "Date de naissance", "Fecha de nacimiento",
	    "Fødselsdato", "birth_date", "customerBirthDate"};
	static const char *const others[] = {
	    "Adobe Id", "Created", "Gebühr", "Joined on", "Reborn", ""};

	EACH (i, names)
		if (!init_is_birth_name(text_of(names[i])))
			fail_msg("%s", names[i]);
	EACH (i, others)
		if (init_is_birth_name(text_of(others[i])))
			fail_msg("%s", others[i]);
}

TEST(names_of_dates_end_with_one)
{
	static const char *const names[] = {"Date", "Due Date", "start_date",
	    "Startdatum", "Fecha de alta", "DOB", "Liefertermin"};
	static const char *const others[] = {"Update", "candidate",
	    "Dates sent", "Amount", "data", "Mandate no"};

	EACH (i, names)
		if (!init_is_date_name(text_of(names[i])))
			fail_msg("%s", names[i]);
	EACH (i, others)
		if (init_is_date_name(text_of(others[i])))
			fail_msg("%s", others[i]);
}
