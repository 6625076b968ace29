/* SPDX-License-Identifier: MIT */
/*
 * Only files that this program makes are removed, by name, below a descriptor
 * of the folder, and only if they are plain files: what somebody else put
 * there stays, whatever it is called, and so does a file of a report that was
 * changed (system/own_files.h). While a run is looked at and taken
 * apart, the lock on its input is held, so that no import, resume or
 * reconcile begins meanwhile.
 */
#include "base/civil.h"
#include "base/xalloc.h"
#include "run_folder.h"
#include "runs/run.h"
#include "system/atomic_file.h"
#include "system/fault.h"
#include "system/own_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
keep(struct prune_result *out, const char *why)
{
	snprintf(out->why, sizeof(out->why), "%s", why);
}

/* A run that cannot end better is pruned by its name, never by its age. */
static void
judge_end(const struct run_summary *s, const struct ledger_totals *t,
    bool was_asked, bool named, struct prune_result *out)
{
	uint64_t lost = outcome_counts_of(&t->outcomes, TRAIT_LOST);
	bool good =
	    strcmp(s->verdict, "exit 0") == 0 ||
	    strcmp(s->verdict, "exit 1") == 0 ||
	    strcmp(s->verdict, "exit 7") == 0; /* a row that is damaged */

	if (strcmp(s->state, "finished") != 0)
		keep(out, "it did not finish: resume it first");
	else if (lost > 0 && !was_asked)
		keep(out, "some of its rows are unknown: reconcile it first");
	else if (lost > 0 && !named)
		keep(out, "some of its rows stayed unknown: name it, without "
			  "--older-than, to prune it");
	else if (!good && !named)
		keep(out, "its books did not balance: name it, without "
			  "--older-than, to prune it");
}

/* Is the run settled, by its open ledger? Fills the stub if it is. */
static int
judge(struct ledger *l, const struct prune_request *q, struct pruned_run *stub,
    struct prune_result *out, struct diag *d)
{
	struct run_summary s = {0};
	struct ledger_totals t;
	struct run_story story = {0};
	bool was_asked;
	int64_t ended;
	int failed;

	failed = run_summary_read(l, &s, d) != 0 ||
		 ledger_totals(l, &t, d) != 0 ||
		 run_story_load(&story, l, d) != 0;
	ended = story.last_ms;
	was_asked = run_story_was_asked(&story);
	run_story_release(&story);
	if (failed)
		return -1;
	if (!q->superseded && s.sent) /* else nothing is left to settle */
		judge_end(&s, &t, was_asked, q->older_than_ms == 0, out);
	if (out->why[0] == '\0' &&
	    (ended == 0 || q->now_ms - ended < q->older_than_ms) &&
	    !(ended == 0 && q->older_than_ms == 0 &&
		(q->superseded || !s.sent))) {
		out->too_young = true;
		keep(out, "it is younger than --older-than");
	}
	stub->sent = s.sent;
	stub->rows = t.outcomes;
	civil_iso8601(ended, stub->ended);
	civil_iso8601(q->now_ms, stub->pruned);
	return ledger_get_into(
	    l, "exit_status", stub->exit_status, sizeof(stub->exit_status), d);
}

static bool
stays(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
	       strcmp(name, RUN_JSON) == 0 || strcmp(name, RUN_PRUNED) == 0;
}

/* A run that is taken apart, or is only looked at. */
struct removal {
	int folder;
	const struct run *run;
	bool dry_run;
	struct prune_result *out;
};

/* 0, or -1 when a plain file cannot be removed. */
static int
remove_file(const struct removal *m, const char *name, struct diag *d)
{
	struct stat st;

	if (fstatat(m->folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	    !S_ISREG(st.st_mode))
		return 0;
	if (!m->dry_run && unlinkat(m->folder, name, 0) != 0)
		return diag_set_errno(d, DIAG_DISK, errno,
		    "unable to remove '%s/%s'", m->run->folder, name);
	m->out->files++;
	if (st.st_nlink == 1)
		m->out->bytes += (uint64_t)st.st_size;
	return 0;
}

/* Leftovers are removed when `remove`, else what stays is counted. */
static int
walk(const struct removal *m, bool remove, struct diag *d)
{
	DIR *dir = folder_entries(m->folder, ".");
	struct dirent *entry;
	int ret = 0;

	if (dir == NULL)
		return diag_set_errno(
		    d, DIAG_DISK, errno, "unable to list '%s'", m->run->folder);
	while (ret == 0 && (entry = readdir(dir)) != NULL) {
		if (remove && atomic_is_temporary(entry->d_name))
			ret = remove_file(m, entry->d_name, d);
		else if (!remove && !stays(entry->d_name))
			m->out->left++;
	}
	closedir(dir);
	return ret;
}

/* What the run wrote for people, as long as it is as the run wrote it: a
 * to-fix.csv that was worked on stays. report.json goes last, since it says
 * which ones these are. */
static int
remove_report(const struct removal *m, struct diag *d)
{
	struct own_files own;
	int ret = 0;

	own_files_load(&own, m->run->folder);
	m->out->has_no_list =
	    !own.has_report && folder_has(m->folder, own_file_name(OWN_JSON));
	for (int i = 0; i < OWN_FILES && ret == 0; i++) {
		const char *name = own_files_name(&own, (enum own_file)i);

		if (own_files_is_ours(&own, (enum own_file)i, name))
			ret = remove_file(m, name, d);
	}
	own_files_release(&own);
	return ret;
}

/* What would be left is known once the rest is gone. */
static int
remove_files(const struct removal *m, struct diag *d)
{
	const char *const *names = run_file_names();

	if (remove_report(m, d) != 0)
		return -1;
	for (size_t i = 0; names[i] != NULL; i++)
		if (remove_file(m, names[i], d) != 0)
			return -1;
	if (walk(m, true, d) != 0)
		return -1;
	if (m->dry_run)
		return 0;
	if (walk(m, false, d) != 0)
		return -1;
	(void)folder_sync(m->folder);
	return 0;
}

/* The stub appears whole: written under another name, then renamed. */
static int
write_stub(int folder, const struct run *r, const struct pruned_run *stub,
    struct diag *d)
{
	static const char temporary[] = RUN_PRUNED ".new";
	struct buf text = BUF_INIT(0);
	int err = 0, ret;

	run_pruned_write(&text, stub);
	(void)unlinkat(folder, temporary, 0);
	ret = file_write_new(
	    folder, r->folder, temporary, text.data, text.len, d);
	buf_release(&text);
	if (ret != 0)
		return -1;
	if (renameat(folder, temporary, folder, RUN_PRUNED) != 0)
		err = errno;
	if (err == 0)
		err = folder_sync(folder);
	return err == 0 ? 0
			: diag_set_errno(d, DIAG_DISK, err,
			      "unable to write '%s/" RUN_PRUNED "'", r->folder);
}

/* A run whose ledger is missing or cannot be read cannot be resumed, and only
 * its name is kept, for the guard. Somebody has to name it: its age is not a
 * reason to forget what may have been sent. */
static void
judge_without_ledger(const struct run *r, int folder, bool has_ledger,
    const struct prune_request *q, struct pruned_run *stub,
    struct prune_result *out)
{
	struct stat st;

	memset(stub, 0, sizeof(*stub));
	stub->sent =
	    has_ledger || !run_sent_nothing(folder, r->folder, &r->identity);
	civil_iso8601(q->now_ms, stub->pruned);
	snprintf(stub->ended, sizeof(stub->ended), "%s", r->identity.started);
	snprintf(stub->exit_status, sizeof(stub->exit_status), "%s",
	    stub->sent ? RUN_EXIT_UNKNOWN : "");
	if (stub->sent && q->older_than_ms > 0) {
		keep(out,
		    "its ledger is missing or damaged, and it may have sent "
		    "rows: name it, without --older-than, to prune it");
	} else if (!stub->sent && fstat(folder, &st) == 0 &&
		   q->now_ms - (int64_t)st.st_mtime * 1000 < q->older_than_ms) {
		out->too_young = true;
		keep(out, "it is younger than --older-than");
	}
}

/* Fills the stub, or says in *out why the run is kept. */
static void
judge_run(const struct run *r, int folder, const struct prune_request *q,
    struct pruned_run *stub, struct prune_result *out)
{
	char *path = run_path(r, RUN_LEDGER);
	struct diag d = DIAG_INIT;
	struct ledger *l = NULL;
	bool has_ledger = folder_has(folder, RUN_LEDGER);

	memset(stub, 0, sizeof(*stub));
	if (run_folder_is_held(folder))
		keep(out, "a process is working on it");
	else if (has_ledger &&
		 ledger_open_wait(&l, path, true, true, 0, &d) == 0 &&
		 judge(l, q, stub, out, &d) == 0)
		d.kind = DIAG_NONE;
	else if (d.kind == DIAG_LOCKED)
		keep(out, "a process is using its ledger");
	else if (run_can_go_on(&d))
		keep(out, "its ledger lost what it knew of calls that were "
			  "sent: resume it with --after-damage first");
	else if (d.kind != DIAG_NONE && d.kind != DIAG_INPUT)
		keep(out, d.message);
	else
		judge_without_ledger(r, folder, has_ledger, q, stub, out);
	ledger_free(l);
	free(path);
}

/* With the lock on the input held, unless nothing is removed. */
static int
prune_folder(int folder, const struct run *r, const struct prune_request *q,
    struct prune_result *out, struct diag *d)
{
	const struct removal m = {folder, r, q->dry_run, out};
	struct pruned_run stub;

	/* Once its stub is there, a run is pruned. */
	if (run_pruned_read_at(folder, &stub) == 1) {
		out->was_pruned = true;
		return remove_files(&m, d);
	}
	judge_run(r, folder, q, &stub, out);
	if (out->why[0] != '\0')
		return 0;
	if (!q->dry_run && write_stub(folder, r, &stub, d) != 0)
		return -1;
	(void)FAULT("prune.stub");
	if (remove_files(&m, d) != 0)
		return -1;
	out->pruned = true;
	return 0;
}

/* The lock on its input, to hold or only to look at. 1 = nobody has it, 0 =
 * somebody works on it, -1. */
static int
take_lock(const struct run *r, const char *runs_dir, bool dry_run,
    struct run_lock **lock, struct diag *d)
{
	*lock = NULL;
	if (dry_run)
		return run_worker(runs_dir, r->identity.input_key, NULL) == 0;
	*lock = run_lock_take(runs_dir, r->identity.input_key, d);
	if (*lock != NULL)
		return 1;
	if (d->kind != DIAG_LOCKED)
		return -1;
	*d = (struct diag)DIAG_INIT;
	return 0;
}

int
run_prune(const struct run *r, const char *runs_dir,
    const struct prune_request *q, struct prune_result *out, struct diag *d)
{
	struct run_lock *lock;
	int folder, ret, got;

	memset(out, 0, sizeof(*out));
	got = take_lock(r, runs_dir, q->dry_run, &lock, d);
	if (got == 0)
		keep(out, "a process is working on it");
	if (got <= 0)
		return got;
	folder = run_folder_open(r, DIAG_DISK, d);
	ret = folder < 0 ? -1 : prune_folder(folder, r, q, out, d);
	if (folder >= 0)
		close(folder);
	run_lock_release(lock);
	return ret;
}

static bool
is_in_use(int folder, const char *path)
{
	char *ledger_path = path_join(path, RUN_LEDGER);
	struct diag d = DIAG_INIT;
	struct ledger *l = NULL;
	bool in_use = run_folder_is_held(folder);

	if (!in_use && folder_has(folder, RUN_LEDGER) &&
	    ledger_open_wait(&l, ledger_path, true, false, 0, &d) != 0)
		in_use = d.kind == DIAG_LOCKED;
	ledger_free(l);
	free(ledger_path);
	return in_use;
}

/* Removes its own files; a folder or a link under the name of one of them
 * stays. */
static int
remove_unreadable(int runs, const struct removal *m, struct diag *d)
{
	const char *folder = m->run->folder;

	if (remove_files(m, d) != 0 || remove_file(m, RUN_PRUNED, d) != 0 ||
	    remove_file(m, RUN_JSON, d) != 0)
		return -1;
	m->out->pruned = true;
	if (!m->dry_run &&
	    unlinkat(runs, strrchr(folder, '/') + 1, AT_REMOVEDIR) != 0 &&
	    errno != ENOTEMPTY && errno != EEXIST)
		return diag_set_errno(
		    d, DIAG_DISK, errno, "unable to remove '%s'", folder);
	return 0;
}

int
run_prune_unreadable(const char *runs_dir, const char *id, bool dry_run,
    struct prune_result *out, struct diag *d)
{
	struct run r = {.folder = path_join(runs_dir, id), .held = -1};
	int runs = open(runs_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int folder = -1, ret = -1;

	memset(out, 0, sizeof(*out));
	if (runs >= 0 && run_id_is_valid(id))
		folder = folder_open(runs, id);
	if (folder >= 0) {
		const struct removal m = {folder, &r, dry_run, out};

		*d = (struct diag)DIAG_INIT;
		ret = 0;
		if (is_in_use(folder, r.folder))
			keep(out, "a process is using it");
		else
			ret = remove_unreadable(runs, &m, d);
		close(folder);
	}
	if (runs >= 0)
		close(runs);
	free(r.folder);
	return ret;
}
