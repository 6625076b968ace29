/* SPDX-License-Identifier: MIT */
/*
 * pruned.json, the stub of a run. A stub that cannot be read counts as one
 * that says "sent": the guard would rather ask once too often.
 */
#include "base/civil.h"
#include "base/json_read.h"
#include "base/json_write.h"
#include "run_folder.h"
#include "runs/run.h"
#include "system/atomic_file.h"
#include "system/screen.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PRUNED_SCHEMA "csv2chakra.pruned/1"
#define PRUNED_MAX ((size_t)16 * 1024)

void
run_pruned_write(struct buf *out, const struct pruned_run *p)
{
	static const struct json_layout layout = {
	    .indent = "\t", .colon = ": ", .levels = 1};
	struct buf b = BUF_INIT(0);

	json_object(&b, NULL);
	json_string(&b, "schema", PRUNED_SCHEMA);
	json_string(&b, "pruned", p->pruned);
	json_string(&b, "ended", p->ended);
	json_string(&b, "exit_status", p->exit_status);
	json_bool(&b, "sent", p->sent);
	json_object(&b, "rows");
	for (int o = 0; o < OUTCOME_COUNT; o++)
		json_uint(&b, outcome_name((enum outcome)o), p->rows.rows[o]);
	json_end_object(&b);
	json_end_object(&b);
	json_lay_out(out, (struct text){buf_str(&b), b.len}, &layout);
	buf_addc(out, '\n');
	buf_release(&b);
}

static bool
take_moment(struct text token, char out[32])
{
	int64_t ms;

	return json_get_text(token, out, 32) && civil_read_iso8601(out, &ms);
}

static bool
is_exit_status(const char *s)
{
	return strcmp(s, RUN_EXIT_UNKNOWN) == 0 ||
	       strspn(s, "0123456789") == strlen(s);
}

static bool
parse(struct text text, struct pruned_run *p)
{
	struct text root, rows;
	bool good = json_document(text, &root) &&
		    json_is_text(json_member(root, "schema"), PRUNED_SCHEMA) &&
		    take_moment(json_member(root, "pruned"), p->pruned) &&
		    take_moment(json_member(root, "ended"), p->ended) &&
		    json_get_text(json_member(root, "exit_status"),
			p->exit_status, sizeof(p->exit_status)) &&
		    is_exit_status(p->exit_status) &&
		    json_get_bool(json_member(root, "sent"), &p->sent) &&
		    json_is_object(rows = json_member(root, "rows"));

	for (int o = 0; good && o < OUTCOME_COUNT; o++) {
		struct text n =
		    json_member(rows, outcome_name((enum outcome)o));

		good = n.s == NULL || json_get_uint(n, &p->rows.rows[o]);
	}
	return good;
}

int
run_pruned_read_at(int folder, struct pruned_run *out)
{
	struct buf text = BUF_INIT(PRUNED_MAX);
	const char *why = file_read_whole(folder, RUN_PRUNED, &text);
	bool is_missing = why != NULL && errno == ENOENT, is_good;

	memset(out, 0, sizeof(*out));
	is_good =
	    why == NULL && parse((struct text){buf_str(&text), text.len}, out);
	buf_release(&text);
	if (is_good)
		return 1;
	out->sent = true;
	return is_missing ? 0 : -1;
}

int
run_pruned_read(const struct run *r, struct pruned_run *out, struct diag *d)
{
	int got, fd = run_folder_open(r, DIAG_INPUT, d);

	if (fd < 0)
		return -1;
	got = run_pruned_read_at(fd, out);
	close(fd);
	if (got >= 0)
		return got;
	diag_set(
	    d, DIAG_INPUT, "unable to read '%s/" RUN_PRUNED "'", r->folder);
	diag_code(d, "run.damaged");
	return diag_help(d, "restore the run folder from a backup");
}

int
run_check_pruned(const struct run *r, struct diag *d)
{
	struct pruned_run p;
	char word[SHELL_WORD_SIZE];
	int got = run_pruned_read(r, &p, d);

	if (got <= 0)
		return got;
	diag_set(d, DIAG_USAGE,
	    "run '%s' was pruned on %.10s: its ledger and its files were "
	    "removed",
	    r->identity.id, p.pruned);
	diag_code(d, "run.pruned");
	return diag_help(d, "what is left of it: csv2chakra status %s",
	    shell_word(r->identity.id, word));
}
