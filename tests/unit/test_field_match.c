/* SPDX-License-Identifier: MIT */
#include "author/field_match.h"
#include "test.h"

struct match_case {
	const char *name, *short_id, *title;
	enum field_fit fit;
	int least, most;
};

TEST(a_name_is_near_a_field_by_its_words_in_any_spelling)
{
	CASES(cases, const char *name, *short_id, *title; enum field_fit fit;
	      int least, most) = {
	    /* The same but for case, blanks, signs, accents. */
	    {"First Name", "first_name", NULL, FIT_UNKNOWN, 100, 100},
	    {"FirstName", "first_name", NULL, FIT_UNKNOWN, 100, 100},
	    {"FIRST-NAME ", "first_name", NULL, FIT_UNKNOWN, 100, 100},
	    {"E-Mail", "email", NULL, FIT_UNKNOWN, 100, 100},
	    {"Stra\xc3\x9f"
	     "e",
		"strasse", NULL, FIT_UNKNOWN, 100, 100},
	    {"Prioridad", "x", "PRIORIDAD", FIT_UNKNOWN, 100, 100},
	    {"\xd0\x93\xd0\xbe\xd1\x80\xd0\xbe\xd0\xb4", "x",
		"\xd0\xb3\xd0\xbe\xd1\x80\xd0\xbe\xd0\xb4", FIT_UNKNOWN, 100,
		100},
	    /* The title counts as much as the short id. */
	    {"Customer's email", "cst_eml", "Customer's email", FIT_UNKNOWN,
		100, 100},
	    /* Other words for the same. */
	    {"Vorname", "first_name", NULL, FIT_UNKNOWN, 90, 90},
	    {"Pr\xc3\xa9nom", "first_name", NULL, FIT_UNKNOWN, 90, 90},
	    {"Apellidos", "last_name", NULL, FIT_UNKNOWN, 90, 90},
	    {"Tel.", "phone_number", NULL, FIT_UNKNOWN, 90, 90},
	    {"Ort", "city", NULL, FIT_UNKNOWN, 90, 90},
	    {"Correo electr\xc3\xb3nico", "email", NULL, FIT_UNKNOWN, 90, 90},
	    {"Kundennr.", "customer_no", NULL, FIT_UNKNOWN, 90, 90},
	    {"Lead Ref", "lead_id", NULL, FIT_UNKNOWN, 90, 90},
	    {"Ticket #", "ticket_id", NULL, FIT_UNKNOWN, 90, 90},
	    /* One letter. */
	    {"Adress", "address", NULL, FIT_UNKNOWN, 80, 80},
	    /* What the values say. */
	    {"Geburtsdatum", "birthday", NULL, FIT_AGREES, 95, 95},
	    {"Birthday", "birthday", NULL, FIT_AGREES, 100, 100},
	    {"Score", "score", NULL, FIT_CONTRADICTS, 0, 69},
	    /* Some of the words: named, not proposed. */
	    {"Amount", "loan_amount", NULL, FIT_UNKNOWN, 40, 69},
	    {"Customer Email", "email", NULL, FIT_UNKNOWN, 40, 69},
	    {"Secondary phone", "phone_number", NULL, FIT_UNKNOWN, 40, 69},
	    /* Nothing. */
	    {"State", "status", NULL, FIT_UNKNOWN, 0, 0},
	    {"Town", "score", "Score", FIT_AGREES, 0, 0},
	    {"", "email", NULL, FIT_UNKNOWN, 0, 0},
	    {"###", "email", NULL, FIT_UNKNOWN, 0, 0},
	    {"Anrede", "address", NULL, FIT_UNKNOWN, 0, 0},
	};

	EACH (i, cases) {
		struct config_item f = {
		    .short_id = cases[i].short_id, .title = cases[i].title};
		int score =
		    field_score(text_of(cases[i].name), &f, cases[i].fit);

		if (score < cases[i].least || score > cases[i].most)
			fail_msg("'%s' and '%s': %d", cases[i].name,
			    cases[i].short_id, score);
	}
}

TEST(a_value_is_near_a_state_in_any_language)
{
	CASES(cases, const char *value, *state; bool is_near) = {
	    {"In progress", "IN_PROGRESS", true},
	    {"In Bearbeitung", "IN_PROGRESS", true},
	    {"Gewonnen", "CONVERTED", true},
	    {"won", "CONVERTED", true},
	    {"Perdu", "LOST", true},
	    {"Offen", "NEW", false},
	    {"Lost", "CONVERTED", false},
	    {"Not interested", "NOT_INTERESTED", true},
	    {"Interested", "NOT_INTERESTED", false},
	    {"Unqualified", "QUALIFIED", false},
	    {"Vorname", "FIRST_NAME", false},
	};

	EACH (i, cases) {
		struct config_item s = {.short_id = cases[i].state};
		int score = state_score(text_of(cases[i].value), &s);

		if ((score >= FIELD_SCORE_SURE) != cases[i].is_near)
			fail_msg("'%s' and '%s': %d", cases[i].value,
			    cases[i].state, score);
	}
}
