/* SPDX-License-Identifier: MIT */
/*
 * Words that the report says in more than one form, so that the terminal and
 * the page cannot come to differ.
 */
#include "report/run_report.h"

#include <string.h>

const char *
run_report_meaning(bool dry_run, enum outcome o)
{
	static const struct {
		const char *run, *dry_run;
	} meanings[OUTCOME_COUNT] = {
	    [OUTCOME_CREATED] = {"ChakraHQ confirmed them", ""},
	    [OUTCOME_ACCEPTED] = {"ChakraHQ took them; not followed", ""},
	    [OUTCOME_REFUSED] = {"ChakraHQ said no", ""},
	    [OUTCOME_REJECTED] = {"our own checks said no; never sent",
		"our own checks say no"},
	    [OUTCOME_SKIPPED] = {"left out on purpose", "left out on purpose"},
	    [OUTCOME_UNKNOWN] = {"may have arrived; the answer was lost", ""},
	    [OUTCOME_UNSENT] = {"read, and never sent", "would be sent"},
	};

	return dry_run ? meanings[o].dry_run : meanings[o].run;
}

const char *
run_report_next_words(const struct run_report *r, const char *command)
{
	const struct {
		const char *verb, *words;
	} verbs[] = {
	    {"resume", "Go on where the run stopped; nothing is sent twice:"},
	    {"reconcile", "Ask ChakraHQ what became of the open rows; this "
			  "sends no rows:"},
	    {"retry", "Mend to-fix.csv (or the mapping), then send those rows "
		      "again:"},
	    {IMPORT_REST, "Import again, leaving out the rows that exist:"},
	    {"import", r->stopped_by ? "Correct the procedure in the mapping, "
				       "then import again:"
				     : "Import it:"},
	    {"prune", "A later run has imported the input; remove this one:"},
	    {"check", "Mend the file or the mapping, then check again:"},
	};
	static const char program[] = "csv2chakra ";

	if (strncmp(command, program, sizeof(program) - 1) != 0)
		return NULL;
	command += sizeof(program) - 1;
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		size_t len = strlen(verbs[i].verb);

		if (strncmp(command, verbs[i].verb, len) == 0 &&
		    command[len] == ' ')
			return verbs[i].words;
	}
	return NULL;
}

const char *
run_report_offline(size_t i)
{
	static const char *const items[] = {
	    "whether the procedure exists and the token may create in it",
	    "whether a row's key exists already, and what happens to it then",
	    "whether ChakraHQ knows the states, options and users",
	    "which fields are mandatory there, and its own checks of values",
	    "whether ChakraHQ takes rows that are much alike for duplicates",
	};

	return i < sizeof(items) / sizeof(items[0]) ? items[i] : NULL;
}
