/* SPDX-License-Identifier: MIT */
/*
 * The two ends of a report: the sentence that says what became of the rows,
 * and the one command that goes on from there. Both are functions of the
 * facts alone, so that text and JSON say the same.
 */
#include "report/run_report.h"
#include "report/terminal.h"
#include "system/screen.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

static uint64_t
rows_of(const struct run_report *r, enum outcome o)
{
	return r->accounts.rows.rows[o];
}

static uint64_t
rows_with(const struct run_report *r, unsigned traits)
{
	return outcome_counts_of(&r->accounts.rows, traits);
}

/* "30 were refused by ChakraHQ" as a further clause. */
static void
add_clause(struct buf *out, uint64_t n, const char *one, const char *many)
{
	char number[32];

	if (n > 0)
		buf_addf(
		    out, "; %s %s", text_count(n, number), n == 1 ? one : many);
}

/* "all 10,000 rows HAVE", "9 of 10,000 rows HAVE", "none of the 3 rows HAS";
 * "rows read" if the input has more. */
static void
add_share(const struct run_report *r, uint64_t n, const char *has,
    const char *have, struct buf *out)
{
	uint64_t of = r->accounts.rows_read;
	const char *read = r->accounts.unread_bytes > 0 ? " read" : "";
	char number[32], total[32];
	size_t verb = strcspn(has, " ");

	if (n == 0 && of == 1)
		buf_addf(out, "the only row%s %.*s not%s", read, (int)verb, has,
		    has + verb);
	else if (n == 0)
		buf_addf(out, "none of the %s rows%s %s", text_count(of, total),
		    read, has);
	else if (n == of && of == 1)
		buf_addf(out, "the only row%s %s", read, has);
	else if (n == of)
		buf_addf(
		    out, "all %s rows%s %s", text_count(of, total), read, have);
	else
		buf_addf(out, "%s of %s rows%s %s", text_count(n, number),
		    text_count(of, total), read, n == 1 ? has : have);
}

static void
dry_run_verdict(const struct run_report *r, struct buf *out)
{
	add_share(
	    r, rows_with(r, TRAIT_DUE), "would be sent", "would be sent", out);
	for (int o = 0; o < OUTCOME_COUNT; o++) {
		const char *would = outcome_row((enum outcome)o)->would;

		if (would)
			add_clause(
			    out, rows_of(r, (enum outcome)o), would, would);
	}
}

static void
add_rehearsal(const struct run_report *r, struct buf *out)
{
	if (r->rehearsal)
		buf_adds(out, " (a rehearsal; nothing is in ChakraHQ)");
}

/* "None is" may be wrong where rows are unknown, and "in ChakraHQ" where the
 * sandbox answered. */
static void
add_created(const struct run_report *r, struct buf *out)
{
	uint64_t created = rows_of(r, OUTCOME_CREATED);
	struct buf is = BUF_INIT(1024), are = BUF_INIT(1024);
	const char *place = r->place ? r->place : "ChakraHQ";

	/* Others are there, too, that were there before. */
	if (rows_of(r, OUTCOME_UPDATED) + rows_of(r, OUTCOME_UNCHANGED) > 0) {
		buf_addf(&is, "was created in %s", place);
		buf_addf(&are, "were created in %s", place);
	} else {
		buf_addf(&is, "is %sin %s",
		    created == 0 && rows_with(r, TRAIT_LOST) > 0
			? "known to be "
			: "",
		    place);
		buf_addf(&are, "are in %s", place);
	}
	add_share(r, created, buf_str(&is), buf_str(&are), out);
	add_rehearsal(r, out);
	buf_release(&is);
	buf_release(&are);
}

static bool
says(const char *words, const char *stem)
{
	size_t len = strlen(stem);

	for (; *words != '\0'; words++)
		if (strncasecmp(words, stem, len) == 0)
			return true;
	return false;
}

/* Did the service say no? */
static bool
is_refusal(int kind)
{
	return kind != GROUP_NOTE &&
	       outcome_is((enum outcome)kind, TRAIT_SENT | TRAIT_FAILED);
}

/* Does ChakraHQ say of every row that it was sent that it exists? There is no
 * code for that, only its words. */
static bool
all_exist(const struct run_report *r)
{
	uint64_t refused = 0, exist = 0, others = 0;

	for (size_t i = 0; r->groups && i < r->groups->count; i++) {
		const struct problem_group *g = &r->groups->items[i];

		if (is_refusal(g->kind) && g->message &&
		    (says(g->message, "already exist") ||
			says(g->message, "duplicate")))
			exist += g->rows;
	}
	for (int o = 0; o < OUTCOME_COUNT; o++) {
		if (is_refusal(o))
			refused += rows_of(r, (enum outcome)o);
		else if (outcome_row((enum outcome)o)->traits &
			 (TRAIT_SENT | TRAIT_DUE))
			others += rows_of(r, (enum outcome)o);
	}
	return refused > 0 && exist == refused && others == 0;
}

/* "was refused by ChakraHQ because it already exists" */
static const char *
say(const struct run_report *r, enum outcome o, bool is_one, struct buf *words)
{
	const struct outcome_row *row = outcome_row(o);

	bool as_undo = r->is_undo && row->undo_was != NULL;
	const char *one = as_undo ? row->undo_was : row->was;
	const char *many = as_undo ? row->undo_were : row->were;

	buf_clear(words);
	outcome_say(words, is_one ? one : many, run_report_service(r));
	if (is_refusal((int)o) && all_exist(r))
		buf_adds(words, is_one ? " because it already exists"
				       : " because they already exist");
	return buf_str(words);
}

/* The sentence begins with what one wants to know first: how many rows are
 * there, or, where they were not followed, were accepted. All others are
 * clauses. */
static void
add_others(const struct run_report *r, enum outcome first, struct buf *out)
{
	struct buf one = BUF_INIT(0), many = BUF_INIT(0);

	for (int o = 0; o < OUTCOME_COUNT; o++)
		if (o != (int)first)
			add_clause(out, rows_of(r, (enum outcome)o),
			    say(r, (enum outcome)o, true, &one),
			    say(r, (enum outcome)o, false, &many));
	buf_release(&one);
	buf_release(&many);
}

static void
undo_verdict(const struct run_report *r, struct buf *out)
{
	const struct outcome_row *deleted = outcome_row(OUTCOME_DELETED);

	add_share(
	    r, rows_of(r, OUTCOME_DELETED), deleted->was, deleted->were, out);
	add_rehearsal(r, out);
	add_others(r, OUTCOME_DELETED, out);
}

static void
import_verdict(const struct run_report *r, struct buf *out)
{
	uint64_t accepted = rows_of(r, OUTCOME_ACCEPTED);
	enum outcome first = OUTCOME_CREATED;
	struct buf one = BUF_INIT(0), many = BUF_INIT(0);
	const char *by = run_report_service(r);

	if (rows_of(r, OUTCOME_CREATED) == 0 && accepted > 0) {
		first = OUTCOME_ACCEPTED;
		buf_addf(
		    &one, "was accepted by %s and not followed further", by);
		buf_addf(
		    &many, "were accepted by %s and not followed further", by);
		add_share(r, accepted, buf_str(&one), buf_str(&many), out);
		add_rehearsal(r, out);
	} else if (rows_of(r, OUTCOME_CREATED) == 0 &&
		   rows_of(r, OUTCOME_UPDATED) + rows_of(r, OUTCOME_UNCHANGED) >
		       0) {
		const char *place = r->place ? r->place : "ChakraHQ";

		first = OUTCOME_UPDATED;
		buf_addf(&one, "was updated in %s", place);
		buf_addf(&many, "were updated in %s", place);
		add_share(
		    r, rows_of(r, first), buf_str(&one), buf_str(&many), out);
		add_rehearsal(r, out);
	} else {
		add_created(r, out);
	}
	add_others(r, first, out);
	buf_release(&one);
	buf_release(&many);
}

int64_t
run_report_worked_ms(const struct run_report *r)
{
	int64_t ms = 0;

	for (size_t i = 0; i < r->part_count; i++) {
		if (r->parts[i].ended_ms > r->parts[i].started_ms)
			ms += r->parts[i].ended_ms - r->parts[i].started_ms;
	}
	return ms;
}

static void
add_undone(const struct run_report *r, struct buf *out)
{
	if (r->undone_by && r->undo_is_over)
		buf_addf(out, " Nothing of that is left: run %s took it back.",
		    r->undone_by);
	else if (r->undone_by)
		buf_addf(out,
		    " Run %s is taking it back: its report says what is left.",
		    r->undone_by);
}

void
run_report_verdict(const struct run_report *r, struct buf *out)
{
	struct buf body = BUF_INIT(0);
	char number[32];

	if (!r->balanced)
		buf_adds(out, "The books do not balance: do not trust this "
			      "run. ");
	if (r->accounts.rows_read == 0 && !r->stopped_by) {
		buf_adds(out, r->accounts.unread_bytes > 0
				  ? "No row was read."
				  : "Nothing to do: the input has no rows.");
		return;
	}
	if (r->stopped_by) {
		bool says_so = strncmp(r->stopped_by, "stopped ", 8) == 0;
		size_t from = strncmp(r->stopped_by, "stopped: ", 9) ? 0 : 9;

		buf_adds(&body, says_so ? "" : "stopped (");
		text_display(&body, text_of(r->stopped_by + from), 200);
		buf_adds(&body, says_so ? ": " : "): ");
	} else if (r->limited) {
		buf_addf(&body, "stopped after %s record%s (--limit): ",
		    text_count(r->limit, number), r->limit == 1 ? "" : "s");
	}
	if (r->dry_run && r->held_by) {
		buf_adds(&body, "an import would send nothing (");
		text_display(&body, text_of(r->held_by), 300);
		buf_adds(&body, "); without that, ");
	}
	if (r->accounts.rows_read == 0)
		buf_adds(&body, "no row was read");
	else if (r->dry_run)
		dry_run_verdict(r, &body);
	else if (r->is_undo)
		undo_verdict(r, &body);
	else
		import_verdict(r, &body);
	if (r->accounts.unread_bytes > 0 && r->accounts.unread_line > 0)
		buf_addf(&body, "; from line %s on the input was not read",
		    text_count(r->accounts.unread_line, number));
	if (body.data[0] >= 'a' && body.data[0] <= 'z')
		body.data[0] = (char)(body.data[0] - 'a' + 'A');
	buf_adds(out, buf_str(&body));
	buf_addc(out, '.');
	add_undone(r, out);
	buf_release(&body);
}

void
run_report_add_command(
    const struct run_report *r, const char *command, struct buf *out)
{
	shell_command(out, command, r->where);
	shell_add(out, r->run_id);
}

static bool
has_files(const struct run_report *r)
{
	return r->mapping_file && r->input_name &&
	       strcmp(r->input_name, "<stdin>") != 0;
}

static void
add_files(const struct run_report *r, struct buf *out)
{
	shell_add(out, r->mapping_file);
	shell_add(out, r->input_name);
}

/* For check, which has no runs, and after a rehearsal, whose own are elsewhere.
 */
static struct shell_where
without_runs(struct shell_where where)
{
	return (struct shell_where){.profile = where.profile};
}

static void
dry_run_next(const struct run_report *r, struct buf *out)
{
	if (!has_files(r) || r->accounts.rows_read == 0)
		return;
	if (r->exit_status == 0)
		shell_command(out, "import", r->where);
	else
		shell_command(out, "check", without_runs(r->where));
	buf_adds(out, r->typed_options ? r->typed_options : "");
	add_files(r, out);
}

/* What would be typed for a run of the sandbox is of no use: it is gone. */
static void
rehearse_next(const struct run_report *r, struct buf *out)
{
	if (!has_files(r))
		return;
	shell_command(out, r->exit_status == 0 ? "import" : "rehearse",
	    without_runs(r->where));
	buf_adds(out, r->typed_options ? r->typed_options : "");
	shell_add(out, r->rehearsed[0]);
	shell_add(out, r->rehearsed[1]);
}

static void
run_report_add_import(
    const struct run_report *r, const char *command, struct buf *out)
{
	shell_command(out, command, r->where);
	buf_adds(out, r->place_options ? r->place_options : "");
	add_files(r, out);
}

static bool
has_failed(const struct run_report *r)
{
	return rows_with(r, TRAIT_FAILED) > 0;
}

/* ChakraHQ did not know the procedure, and nothing was created: going on
 * would meet the same answer. */
static bool
has_no_procedure(const struct run_report *r)
{
	return r->stopped_by && r->stop_code &&
	       strcmp(r->stop_code, "http.404") == 0 &&
	       rows_with(r, TRAIT_SENT) == 0 && has_files(r);
}

static void
add_retry(const struct run_report *r, struct buf *out)
{
	const char *to_fix = own_files_name(r->files, OWN_TO_FIX);

	run_report_add_command(r, "retry", out);
	/* It reads the run's own to-fix.csv, unless there is another. */
	if (r->folder && r->has_row_files &&
	    strcmp(to_fix, "to-fix.csv") != 0) {
		struct buf path = BUF_INIT(0);

		buf_addf(&path, "%s/%s", r->folder, to_fix);
		buf_addc(out, ' ');
		shell_quote(out, buf_str(&path));
		buf_release(&path);
	}
}

static void
add_import_again(const struct run_report *r, struct buf *out)
{
	const struct run_identity id = {.looks_first = r->looks_first};

	run_report_add_import(r, run_import_rest(&id), out);
}

/* Rows of which it is not known what became of them; false: nothing settles
 * them, and nothing waits for them. */
static bool
add_open_next(const struct run_report *r, struct buf *out)
{
	bool has_unknown = rows_with(r, TRAIT_LOST) > 0;

	if (rows_with(r, TRAIT_OPEN) == 0)
		return false;
	if (r->rest == REST_ASK)
		run_report_add_command(r, "reconcile", out);
	else if (r->rest == REST_ABSENT)
		run_report_add_command(r, "reconcile --resend-absent", out);
	else if (r->rest == REST_RESENT && has_files(r))
		add_import_again(r, out);
	else if (has_unknown && (r->is_retried || !has_failed(r)))
		run_report_add_command(r, "prune", out);
	else
		return false;
	return true;
}

/* What was sent is settled as far as it can be, and the rest is for another
 * run. */
static void
add_import_rest(const struct run_report *r, struct buf *out)
{
	if (r->rest == REST_ASK && rows_with(r, TRAIT_OPEN) > 0)
		run_report_add_command(r, "reconcile", out);
	else if (has_files(r))
		add_import_again(r, out);
}

/* The undo of its parent goes on until nothing is left to be settled. */
static void
add_undo(const struct run_report *r, struct buf *out)
{
	if (!r->stopped_by &&
	    rows_with(r, TRAIT_DUE | TRAIT_LOST | TRAIT_OPEN) == 0)
		return;
	shell_command(out, "undo", r->where);
	shell_add(out, r->parent);
}

void
run_report_next(const struct run_report *r, struct buf *out)
{
	if (r->next_command) {
		buf_adds(out, r->next_command);
		return;
	}
	if (!r->balanced)
		return;
	if (r->rehearsed) {
		rehearse_next(r, out);
		return;
	}
	if (r->dry_run) {
		dry_run_next(r, out);
		return;
	}
	if (!r->run_id || (r->undone_by && r->undo_is_over))
		return;
	if (r->is_undo)
		add_undo(r, out);
	else if (r->undone_by)
		run_report_add_command(r, "undo", out);
	else if (has_no_procedure(r))
		run_report_add_import(r, "import", out);
	else if (r->is_other_version && (r->stopped_by || r->limited))
		add_import_rest(r, out);
	else if (r->stopped_by || r->limited)
		run_report_add_command(r, "resume", out);
	else if (add_open_next(r, out))
		return;
	else if (all_exist(r) && has_files(r) && !r->parent)
		add_import_again(r, out);
	else if (has_failed(r))
		add_retry(r, out);
}
