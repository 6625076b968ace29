/* SPDX-License-Identifier: MIT */
/*
 * The summary of one run, for `status` and for the guard against a second
 * import. One broken folder must not hide the others, so whatever is wrong with
 * a run is its state and not an error. A run whose ledger is there and cannot
 * be read may have sent anything: it counts as having sent.
 */
#include "run_folder.h"
#include "runs/run.h"
#include "system/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
set_state(struct run_summary *s, const char *state)
{
	snprintf(s->state, sizeof(s->state), "%s", state);
}

/* Exit statuses of a run that can be resumed; 7 only if its input stopped it
 * (a row that is damaged beyond reading does not). */
static bool
is_stop(const char *exit_status, const char *stop_kind)
{
	if (strcmp(exit_status, "7") == 0)
		return stop_kind[0] != '\0' && strcmp(stop_kind, "0") != 0;
	return strcmp(exit_status, "3") == 0 || strcmp(exit_status, "4") == 0 ||
	       strcmp(exit_status, "5") == 0;
}

int
run_summary_read(struct ledger *l, struct run_summary *s, struct diag *d)
{
	char finished[8], status[8], limited[8], stop[8];
	bool chunks = false;

	if (ledger_ever_sent(l, &s->sent, d) != 0 ||
	    ledger_has_chunks(l, &chunks, d) != 0 ||
	    ledger_get_into(l, "finished", finished, sizeof(finished), d) !=
		0 ||
	    ledger_get_into(l, "exit_status", status, sizeof(status), d) != 0 ||
	    ledger_get_into(l, "limited", limited, sizeof(limited), d) != 0 ||
	    ledger_get_into(l, "stop_kind", stop, sizeof(stop), d) != 0 ||
	    ledger_get_into(l, LEDGER_UNDONE_BY, s->undone_by,
		sizeof(s->undone_by), d) != 0)
		return -1;
	s->has_ledger = true;
	s->finished = strcmp(finished, "1") == 0;
	if (status[0] != '\0')
		snprintf(s->verdict, sizeof(s->verdict), "exit %s", status);
	if (s->finished && status[0] != '\0' && !is_stop(status, stop) &&
	    strcmp(limited, "1") != 0)
		set_state(s, "finished");
	else
		set_state(
		    s, chunks || s->sent || s->finished ? "stopped" : "empty");
	return 0;
}

bool
run_can_go_on(const struct diag *d)
{
	return strcmp(d->code, "ledger.rolled_back") == 0 ||
	       strcmp(d->code, "run.changed") == 0;
}

bool
run_sent_nothing(int folder, const char *path, const struct run_identity *id)
{
	struct ledger_mark mark = {.number = 0};
	char *mark_path;
	int err;

	/* A log without its ledger is what somebody left of one; a stub that
	 * cannot be read says as much. */
	if ((id != NULL && !id->marked) ||
	    folder_has(folder, RUN_LEDGER "-wal") ||
	    folder_has(folder, RUN_PRUNED))
		return false;
	mark_path = path_join(path, RUN_MARK);
	err = ledger_mark_read(mark_path, NULL, &mark);
	free(mark_path);
	/* Its folder got its name with a mark in it. */
	return (err == ENOENT && id == NULL) || (err == 0 && mark.number == 0);
}

bool
run_never_sent(const struct run *r)
{
	int folder = folder_open(AT_FDCWD, r->folder);
	bool never;

	if (folder < 0)
		return false;
	never = !folder_has(folder, RUN_LEDGER) && errno == ENOENT &&
		run_sent_nothing(folder, r->folder, &r->identity);
	close(folder);
	return never;
}

static void
set_damaged(struct run_summary *s, const char *what)
{
	s->has_ledger = false;
	s->sent = true;
	set_state(s, "damaged");
	snprintf(s->damage, sizeof(s->damage), "%s", what);
}

/* A stub decides, also beside a ledger: a prune that was ended in the middle
 * has pruned the run. False = there is none. */
static bool
judge_by_stub(int folder, bool has_ledger, struct run_summary *s)
{
	struct pruned_run p;
	int got = run_pruned_read_at(folder, &p);

	/* A stub that nobody can read says nothing against a ledger. */
	if (got == 0 || (got < 0 && has_ledger))
		return false;
	s->sent = p.sent;
	s->finished = got == 1;
	set_state(s, got == 1 ? "pruned" : "damaged");
	if (p.exit_status[0] != '\0')
		snprintf(
		    s->verdict, sizeof(s->verdict), "exit %s", p.exit_status);
	return true;
}

/* Somebody has it, and may be sending. */
static void
set_held(struct run_summary *s, const char *state, const char *ledger_path)
{
	s->sent = true;
	set_state(s, state);
	ledger_holder_words(ledger_holder(ledger_path), s->holder);
}

/* What the ledger says, if nobody else has it. */
static void
judge_by_ledger(const char *path, bool verify, bool busy, struct run_summary *s)
{
	struct diag d = DIAG_INIT;
	struct ledger *l = NULL;

	if (ledger_open_wait(&l, path, true, verify, busy ? 0 : 1000, &d) ==
		0 &&
	    run_summary_read(l, s, &d) == 0) {
		if (busy && strcmp(s->state, "empty") == 0)
			set_state(s, "running");
	} else if (d.kind == DIAG_LOCKED) {
		set_held(s, busy ? "running" : "in use", path);
	} else {
		log_debug("run '%s': %s", s->identity.id, d.message);
		set_damaged(s, d.message);
		s->can_go_on = run_can_go_on(&d);
	}
	ledger_free(l);
}

/* A run holds its folder to its end. On a file system where it cannot, its
 * ledger tells, and before it has one, the lock on its input. */
static void
judge(
    int runs, int folder, const char *path, bool verify, struct run_summary *s)
{
	char *ledger_path;
	bool held = run_folder_is_held(folder);
	bool busy =
	    held || run_lock_holder(runs, s->identity.input_key, NULL) != 0;
	bool has_ledger = folder_has(folder, RUN_LEDGER) || errno != ENOENT;

	if (judge_by_stub(folder, has_ledger, s))
		return;
	if (!has_ledger && !busy) { /* or somebody removed it */
		if (run_sent_nothing(folder, path, &s->identity))
			set_state(s, "empty");
		else
			set_damaged(s, "its ledger is missing");
		return;
	}
	ledger_path = path_join(path, RUN_LEDGER);
	if (held)
		set_held(s, "running", ledger_path);
	else if (!has_ledger) /* it has only begun */
		set_state(s, "running");
	else
		judge_by_ledger(ledger_path, verify, busy, s);
	free(ledger_path);
}

int
run_fact_read(const char *path, const char *key, char **out)
{
	char *ledger_path = path_join(path, RUN_LEDGER);
	struct diag d = DIAG_INIT;
	struct ledger *l = NULL;
	int ret = -1;

	*out = NULL;
	if (ledger_open_wait(&l, ledger_path, true, false, 0, &d) == 0)
		ret = ledger_get(l, key, out, &d);
	ledger_free(l);
	free(ledger_path);
	return ret;
}

/* A run whose run.json cannot be read: may it be one of that input, and have
 * sent something? The ledger has the key, too. */
static bool
may_be_of(int folder, const char *path, const char *input_key)
{
	char *key;
	bool may_be;

	if (!folder_has(folder, RUN_LEDGER))
		return folder_has(folder, RUN_PRUNED) ||
		       !run_sent_nothing(folder, path, NULL);
	may_be = run_fact_read(path, RUN_INPUT_KEY, &key) != 0 || key == NULL ||
		 strcmp(key, input_key) == 0;
	free(key);
	return may_be;
}

/* The run that it retries, as its ledger has it. */
static void
take_parent(const char *path, struct run_identity *id)
{
	char *parent;

	if (run_fact_read(path, RUN_PARENT, &parent) == 0 && parent != NULL)
		snprintf(id->parent, sizeof(id->parent), "%s", parent);
	free(parent);
}

/* A run that cannot be opened, by this user or now: it may be one of any
 * input. */
static bool
unreadable(struct run_summary *s, const char *name, int err)
{
	run_take_name(&s->identity, name);
	set_state(s, "damaged");
	snprintf(s->damage, sizeof(s->damage), "it cannot be opened: %s",
	    strerror(err));
	snprintf(s->verdict, sizeof(s->verdict), "no access");
	s->sent = true;
	return true;
}

int
run_summarise(int runs, const char *runs_dir, const char *name,
    const char *input_key, struct run_summary *s)
{
	struct diag d = DIAG_INIT;
	char *path = NULL;
	int folder, ret = 0;

	memset(s, 0, sizeof(*s));
	folder = folder_open(runs, name);
	if (folder < 0)
		return errno != ENOENT && errno != ENOTDIR && errno != ELOOP &&
		       run_id_is_valid(name) && unreadable(s, name, errno);
	path = path_join(runs_dir, name);
	if (run_json_read(folder, path, &s->identity, &d) == 0) {
		run_take_name(&s->identity, name);
		ret = input_key == NULL ||
		      strcmp(input_key, s->identity.input_key) == 0;
		if (ret)
			judge(runs, folder, path, input_key != NULL, s);
		goto out;
	}
	log_debug("%s", d.message);
	memset(s, 0, sizeof(*s));
	/* A stranger's folder, or one of another input? */
	if ((!run_id_is_valid(name) && !folder_has(folder, RUN_JSON)) ||
	    (input_key != NULL && !may_be_of(folder, path, input_key)))
		goto out;
	run_take_name(&s->identity, name);
	take_parent(path, &s->identity);
	set_damaged(s, d.message);
	s->sent = folder_has(folder, RUN_LEDGER) ||
		  folder_has(folder, RUN_PRUNED) ||
		  !run_sent_nothing(folder, path, NULL);
	ret = 1;
out:
	free(path);
	close(folder);
	return ret;
}
