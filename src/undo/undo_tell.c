/* SPDX-License-Identifier: MIT */
/* What a person is told before anything is deleted, and the number that says
 * that it was read. */
#include "base/json_write.h"
#include "base/signals.h"
#include "system/log.h"
#include "system/screen.h"
#include "undo_run.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static uint64_t
to_delete(const struct undo *u)
{
	return outcome_counts_of(&u->counted, TRAIT_DUE);
}

/* A look before, deleting, asking whether it is gone, and one for each batch.
 */
uint64_t
undo_calls(const struct undo *u)
{
	uint64_t n = to_delete(u);

	return 3 * n + (n + UNDO_BATCH - 1) / UNDO_BATCH;
}

static void
add_causes(const struct undo *u, struct buf *out)
{
	const struct {
		uint64_t n;
		const char *code;
	} causes[] = {
	    {u->changed, undo_proof_code(UNDO_CHANGED)},
	    {u->older, undo_proof_code(UNDO_OLDER)},
	    {u->no_proof, undo_proof_code(UNDO_NO_PROOF)},
	};
	bool any = false;
	char n[32];

	for (size_t i = 0; i < 3; i++) {
		if (causes[i].n == 0)
			continue;
		buf_addf(out, "%s%s %s", any ? " \xc2\xb7 " : "      ",
		    causes[i].code, text_count(causes[i].n, n));
		any = true;
	}
}

static void
add_time(const struct undo *u, struct buf *out)
{
	uint64_t calls = undo_calls(u);
	double rate = u->settings.submit.rate_per_s;
	double s = (double)calls / (rate > 0 ? rate : 10);
	char n[32];

	buf_addf(out, "Deleting takes about %s call%s", text_count(calls, n),
	    calls == 1 ? "" : "s");
	buf_addf(out, "; at %.3g a second these take ", rate > 0 ? rate : 10.0);
	if (s < 90)
		buf_addf(out, "%.0f s.\n", s < 1 ? 1 : s);
	else if (s < 5400)
		buf_addf(out, "%.0f min.\n", s / 60);
	else if (s < 172800)
		buf_addf(out, "%.0f h.\n", s / 3600);
	else
		buf_addf(out, "%.0f days.\n", s / 86400);
}

static void
add_command(const struct undo *u, struct buf *out)
{
	shell_command(out, "undo", settings_where(&u->settings));
	buf_addf(out, " --delete %" PRIu64, to_delete(u));
	if (u->settings.even_if_changed)
		buf_adds(out, " --even-if-changed");
	shell_add(out, run_identity(u->input.run.run)->id);
}

static void
add_way_back(const struct undo *u, struct buf *out)
{
	char n[32];

	if (u->updated == 0)
		return;
	buf_addf(out, "~ %9s changed: ", text_count(u->updated, n));
	if (u->way_back == NULL) {
		buf_adds(out, "an undo writes their way back into a folder\n");
		return;
	}
	buf_adds(out, "their way back is in a folder; to apply it: ");
	shell_command(out, "import --changes", settings_where(&u->settings));
	shell_add(out, u->way_back);
	buf_addc(out, '\n');
}

void
undo_tell_way_back(const struct undo *u)
{
	struct buf out = BUF_INIT(0);

	if (!u->settings.quiet)
		add_way_back(u, &out);
	if (out.len > 0)
		log_words(LOG_NOTE, buf_str(&out));
	buf_release(&out);
}

static void
text_counts(const struct undo *u, struct buf *out)
{
	uint64_t over = u->created - outcome_counts_sum(&u->counted);
	char n[32];

	buf_addf(out, "run %s created %s row%s\n",
	    run_identity(u->input.run.run)->id, text_count(u->created, n),
	    u->created == 1 ? "" : "s");
	if (over > 0)
		buf_addf(out, "  %9s deleted, or gone, before\n",
		    text_count(over, n));
	if (u->created > 0)
		buf_addf(out, "- %9s to delete\n", text_count(to_delete(u), n));
	for (int o = 0; o < OUTCOME_COUNT; o++) {
		const struct outcome_row *row = outcome_row((enum outcome)o);

		if (u->counted.rows[o] == 0 || (row->traits & TRAIT_DUE))
			continue;
		buf_addf(out, "%c %9s %s", row->sign,
		    text_count(u->counted.rows[o], n), row->name);
		if (row->would)
			add_causes(u, out);
		buf_addc(out, '\n');
	}
	add_way_back(u, out);
	if (u->stay > 0)
		buf_addf(out,
		    "? %9s accepted, and without a key: nothing can look them "
		    "up; they stay\n",
		    text_count(u->stay, n));
}

static void
json_counts(const struct undo *u, struct buf *out)
{
	json_object(out, NULL);
	json_string(out, "schema", "csv2chakra.undo/1");
	json_string(out, "run", run_identity(u->input.run.run)->id);
	json_string_if(out, "undo", u->own_id);
	json_object(out, "rows");
	json_uint(out, "created", u->created);
	json_uint(out, "to_delete", to_delete(u));
	for (int o = 0; o < OUTCOME_COUNT; o++) {
		if (outcome_is((enum outcome)o, TRAIT_DUE) ||
		    u->counted.rows[o] == 0)
			continue;
		json_uint(
		    out, outcome_name((enum outcome)o), u->counted.rows[o]);
	}
	json_uint(out, "staying", u->stay);
	json_end_object(out);
	json_object(out, "causes");
	json_uint(out, undo_proof_code(UNDO_CHANGED), u->changed);
	json_uint(out, undo_proof_code(UNDO_OLDER), u->older);
	json_uint(out, undo_proof_code(UNDO_NO_PROOF), u->no_proof);
	json_end_object(out);
	json_uint(out, "updated", u->updated);
	if (u->way_back)
		json_string(out, "way_back", u->way_back);
	json_uint(out, "calls", undo_calls(u));
	json_end_object(out);
	buf_addc(out, '\n');
}

int
undo_tell(const struct undo *u, struct diag *d)
{
	struct buf out = BUF_INIT(0);
	bool is_json = u->settings.format == FORMAT_JSON;
	int failed = 0;

	if (is_json) {
		json_counts(u, &out);
		failed = answer_write_json(&out, d);
	} else if (!u->settings.quiet) {
		text_counts(u, &out);
		if (to_delete(u) > 0) {
			add_time(u, &out);
			buf_adds(&out, "To delete them: ");
			add_command(u, &out);
			buf_addc(&out, '\n');
		}
		failed = answer_write(&out, d);
	}
	buf_release(&out);
	return failed;
}

/* A line of what is typed, without its end; -1: there is none. */
static int
read_line(char *line, size_t size, struct diag *d)
{
	size_t len = 0;
	char c;

	for (;;) {
		ssize_t n = read(STDIN_FILENO, &c, 1);

		if (n < 0 && errno == EINTR && signals_may_wait())
			continue;
		if (diag_stopped(d))
			return -1;
		if (n <= 0 || c == '\n')
			break;
		if (len + 1 < size)
			line[len++] = c;
	}
	line[len] = '\0';
	return 0;
}

static int
wrong_number(const struct undo *u, const char *what, struct diag *d)
{
	struct buf command = BUF_INIT(sizeof(d->help) - 1);
	char n[32];

	add_command(u, &command);
	diag_set(d, DIAG_USAGE, "%s: %s process%s can be deleted; nothing was",
	    what, text_count(to_delete(u), n), to_delete(u) == 1 ? "" : "es");
	diag_code(d, "undo.number");
	diag_help(d, "%s", buf_str(&command));
	buf_release(&command);
	return -1;
}

static int
ask_person(const struct undo *u, struct diag *d)
{
	struct buf text = BUF_INIT(0);
	char line[64], number[32];

	text_counts(u, &text);
	add_time(u, &text);
	buf_addf(&text,
	    "To delete these processes, type their number (%" PRIu64 "): ",
	    to_delete(u));
	log_words(LOG_NOTE, buf_str(&text));
	buf_release(&text);
	if (read_line(line, sizeof(line), d))
		return -1;
	snprintf(number, sizeof(number), "%" PRIu64, to_delete(u));
	return strcmp(line, number) == 0
		   ? 0
		   : wrong_number(u, "that is not the number", d);
}

int
undo_confirm(struct undo *u, struct diag *d)
{
	char what[96];

	bool is_given = settings_given(&u->settings, "delete");

	u->confirmed = to_delete(u);
	/* The same command goes on with what was begun, also at its end. */
	if (u->confirmed == 0 && (u->run != NULL || !is_given))
		return 0;
	if (is_given) {
		snprintf(what, sizeof(what), "--delete %" PRIu64,
		    u->settings.delete_rows);
		return u->settings.delete_rows == u->confirmed
			   ? 0
			   : wrong_number(u, what, d);
	}
	if (isatty(STDIN_FILENO) && isatty(STDERR_FILENO))
		return ask_person(u, d);
	return wrong_number(u, "--delete is missing", d);
}
