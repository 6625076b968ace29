/* SPDX-License-Identifier: MIT */
/*
 * Words that the report says in more than one form, so that the terminal and
 * the page cannot come to differ.
 */
#include "report/run_report.h"
#include "report/terminal.h"

#include <string.h>

const char *
run_report_service(const struct run_report *r)
{
	if (r->rehearsal)
		return "the sandbox";
	return r->place ? "the service" : "ChakraHQ";
}

void
run_report_meaning(const struct run_report *r, enum outcome o, struct buf *out)
{
	const struct outcome_row *row = outcome_row(o);

	const char *meaning =
	    r->is_undo && row->undo_meaning ? row->undo_meaning : row->meaning;

	outcome_say(
	    out, r->dry_run ? row->would_mean : meaning, run_report_service(r));
}

void
run_report_check_first(const struct run_report *r, struct buf *out)
{
	uint64_t n = outcome_counts_of(&r->accounts.rows, TRAIT_LOST);
	const char *service = run_report_service(r);
	char rows[48];

	if (n == 0 || ((r->stopped_by || r->limited) && !r->is_other_version))
		return;
	page_rows(n, rows);
	if (r->rest == REST_ABSENT)
		buf_addf(out,
		    "%s %s unknown, and lookups did not find %s. Look in %s "
		    "for the keys that results.csv calls unknown. If they are "
		    "not there, this sends again, once, what lookups prove to "
		    "be absent",
		    rows, n == 1 ? "is" : "are", n == 1 ? "it" : "them",
		    service);
	else if (r->rest == REST_BY_HAND)
		buf_addf(out,
		    "%s %s unknown, and asking again settles nothing. Look in "
		    "%s for the keys that results.csv calls unknown, and send "
		    "those that are missing as a file of their own%s",
		    rows, n == 1 ? "is" : "are", service,
		    r->is_retried
			? "; what failed and was not in the retry ends too"
			: "");
}

/* The words for a command whose rows a person has to look at first. */
static bool
add_by_hand(const struct run_report *r, const char *verb, struct buf *out)
{
	size_t begin = out->len;

	buf_adds(out, "Check first: ");
	run_report_check_first(r, out);
	if (out->len == begin + strlen("Check first: ")) {
		buf_truncate(out, begin);
		return false;
	}
	if (strcmp(verb, "prune") == 0)
		buf_adds(out,
		    ". Then this ends the run; import still refuses the whole "
		    "file without --again");
	else if (strcmp(verb, "retry") == 0)
		buf_adds(out, ". This sends the rows that failed again, once "
			      "to-fix.csv (or the mapping) is fixed");
	buf_addc(out, ':');
	return true;
}

void
run_report_next_words(
    const struct run_report *r, const char *command, struct buf *out)
{
	const struct {
		const char *verb, *words;
		bool asks_service;
	} verbs[] = {
	    {"resume", "Continue where the run stopped; nothing is sent twice:",
		false},
	    {"reconcile",
		" what became of the open rows; this sends no rows:", true},
	    {"retry",
		"Fix to-fix.csv (or the mapping), then send those rows "
		"again:",
		false},
	    {IMPORT_REST,
		"Import again, skipping rows that exist (mode: upsert updates "
		"them):",
		false},
	    {IMPORT_AGAIN, "Import again: only what differs is sent:", false},
	    {"import",
		!r->stopped_by ? "Import it:"
		: strstr(command, " --procedure ")
		    ? "Name the right --procedure, and import again:"
		    : "Correct the procedure in the mapping, then import "
		      "again:",
		false},
	    {"prune",
		"A later run has imported the input; remove this one:", false},
	    {"undo", "Continue where it stopped, or ask again:", false},
	    {"rehearse",
		"Fix the file or the mapping, then rehearse again:", false},
	    {"check",
		r->stop_kind == DIAG_SIGNAL
		    ? "Check all of it:"
		    : "Fix the file or the mapping, then check again:",
		false},
	    {"split",
		"Nothing is left of it; split it again (with its options):",
		false},
	};
	static const char program[] = "csv2chakra ";

	if (strncmp(command, program, sizeof(program) - 1) != 0)
		return;
	command += sizeof(program) - 1;
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		size_t len = strlen(verbs[i].verb);

		if (strncmp(command, verbs[i].verb, len) != 0 ||
		    command[len] != ' ')
			continue;
		if (add_by_hand(r, verbs[i].verb, out))
			return;
		if (verbs[i].asks_service)
			buf_addf(out, "Ask %s", run_report_service(r));
		buf_adds(out, verbs[i].words);
		return;
	}
}

bool
run_report_file(
    const struct run_report *r, size_t i, enum own_file *which, char words[80])
{
	uint64_t failed = outcome_counts_of(&r->accounts.rows, TRAIT_FAILED);
	bool has_failed = r->has_row_files && failed > 0;
	char rows[48];
	const struct {
		enum own_file which;
		bool is_there;
		const char *words; /* after `rows` */
	} files[] = {
	    {OWN_TO_FIX, has_failed,
		" to fix in a spreadsheet, each with what is wrong"},
	    {OWN_REJECTED, has_failed,
		"the same rows, byte for byte as they came"},
	    {OWN_REASONS, has_failed, "what is wrong, one line per problem"},
	    {OWN_RESULTS, (r->has_row_files || r->is_undo) && !r->dry_run,
		r->accounts.rows_read == 1 ? "what happened to the row"
					   : "what happened to each row"},
	    {OWN_PAGE, true, "this report as a page, for a browser"},
	    {OWN_JSON, true,
		r->accounts.chunks > REPORT_CHUNKS_MAX
		    ? "this report, for programs"
		    : "this report and all calls, for programs"},
	};
	size_t at = 0;

	for (; at < sizeof(files) / sizeof(files[0]); at++)
		if (files[at].is_there && i-- == 0)
			break;
	if (at == sizeof(files) / sizeof(files[0]))
		return false;
	*which = files[at].which;
	snprintf(words, 80, "%s%s",
	    *which == OWN_TO_FIX ? page_rows(failed, rows) : "",
	    files[at].words);
	return true;
}

const char *
run_report_offline(size_t i)
{
	static const char *const items[] = {
	    "whether the procedure exists and the token may create in it",
	    "whether a row's key already exists, and what happens to it then",
	    "whether ChakraHQ knows the states, options and users",
	    "which fields are mandatory there, and its own checks of values",
	    "whether ChakraHQ treats very similar rows as duplicates",
	};

	return i < sizeof(items) / sizeof(items[0]) ? items[i] : NULL;
}
