/* SPDX-License-Identifier: MIT */
#ifndef RUNS_RUN_H
#define RUNS_RUN_H

/*
 * The run folder: its name, its identity, its lock.
 *
 *   <runs-dir>/<YYYYMMDDTHHMMSSZ>-<stem>-<6 hex>/   mode 0700, files 0600
 *   <runs-dir>/<run>/verdicts                       key_verdicts_keep
 *   <runs-dir>/latest                               symlink
 *   <runs-dir>/tables/<sha256>                      lookup tables
 *   <runs-dir>/.locks/<input-key>                   flock, holds the pid
 *   <runs-dir>/.index                               what never changes of each
 *
 * `run.json` in the folder says what the run belongs to, so that looking for
 * earlier runs of an input opens no ledger but theirs.
 */

#include "base/diag.h"
#include "base/outcome.h"
#include "base/text.h"
#include "ledger/ledger.h"
#include "system/clock.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where runs live: the option, else CSV2CHAKRA_RUNS_DIR, else
 * $XDG_STATE_HOME/csv2chakra/runs, else ~/.local/state/csv2chakra/runs. A
 * sticky folder that others may write to, too, is shared: the runs of each
 * user are in a folder below it that is named by the numeric uid. Owned
 * (free()). NULL: no home at all, or runs of ours lie in a shared folder
 * itself, where 0.1.0 made them (DIAG_USAGE, run.shared). */
char *runs_dir_default(const char *option, struct diag *d);

/* The same for those who lock, send or remove: resolved, and trusted
 * (system/own_files.h), so that nobody else can put other runs there. It need
 * not exist yet. NULL: refused (DIAG_USAGE). */
char *runs_dir_own(const char *option, struct diag *d);

/* Makes it (0700, parents too) if it is not there. */
int runs_dir_make(const char *runs_dir, struct diag *d);

#define RUN_PATH_SIZE 4096
struct run_identity {
	char id[128];
	/* ISO 8601, with ms, so that of two runs of an input one is the newer;
	 * runs of 0.1.0 have whole seconds. */
	char started[32];
	char input_key[65], run_key[65], input_sha256[65];
	uint64_t input_bytes;
	char base_url[512], procedure[256];
	char input_path[RUN_PATH_SIZE]; /* absolute, or "<stdin>" */
	char mapping_path[RUN_PATH_SIZE];
	char parent[128]; /* retry, undo: the parent run's id, or "" */
	char kind[16];	  /* RUN_KIND_UNDO, or "": its rows were sent */
	/* Of a part of a file that was split: the whole's input key, its name
	 * without a folder, and the first and the last row that are in the
	 * part. "" and 0 = the input is whole. */
	char whole_key[65], whole_name[256];
	uint64_t first_row, last_row;
	/* How input and mapping are read: RUN_PAYLOAD_VERSION of the program
	 * that wrote the mapping's copy. A run keeps it, and so does a retry
	 * with its parent's mapping. */
	int payload_version;
	/* Its sends are numbered in ledger.mark; those of 0.1.0 are not. */
	bool marked;
	/* Its mapping changes processes: each row is looked up before it is
	 * sent. */
	bool looks_first;
};
/* What sends the rows of its input that never arrived, by a new run; a run
 * that looks each row up in any case does not take --skip-existing. */
#define IMPORT_REST "import --again --skip-existing"
#define IMPORT_AGAIN "import --again"
const char *run_import_rest(const struct run_identity *id);

/* A run that takes its parent back: its input is that run, not a CSV. */
#define RUN_KIND_UNDO "undo"
/* SHA-256 over input SHA-256, base URL, procedure (each after its length).
 * hex into out[65]. */
void run_input_key(const char *input_sha256, const char *base_url,
    const char *procedure, char out[65]);
/* Raised when the same input, mapping and options would give other bytes than
 * before. 2: reading and values of 0.2.0. */
#define RUN_PAYLOAD_VERSION 2
/* That of 0.1.0, whose runs do not name it. */
#define RUN_PAYLOAD_FIRST 1
/* … and of input key, canonical mapping, effective chunk options, payload
 * version. */
void run_run_key(const char *input_key, struct text mapping_canonical,
    const char *options_canonical, int payload_version, char out[65]);

/* The sums of its input's blocks, and how long it was (input/input.h). */
#define RUN_SUMS "input.sums"

/* Of a run whose unique keys were compared with those of other inputs, what
 * came of it (build/builder.h, kept verdicts). */
#define RUN_VERDICTS "verdicts"

/* In the folder of a part's run: where its rows stood (plan/part.h). */
#define RUN_ROWS "input.rows"

/* Of `import --changes`: the copy of the list (results/row_files.h). */
#define RUN_CHANGES "changes.csv"

struct run; /* an open run folder */

/* Makes runs-dir (0700, parents too) and the folder; fills id->id and
 * id->started; writes run.json and mapping.yaml; fsyncs file and folders;
 * points `latest` at it (renamed into place). Never follows a symlink planted
 * for one of its names. Returns owned. */
struct run *run_create(const char *runs_dir, const char *input_name,
    struct run_identity *id, struct text mapping_bytes,
    const struct clock *clock, struct diag *d);
/* By id, folder or "latest" (without that link: the newest). Unknown:
 * DIAG_USAGE, with the one that was probably meant; damaged: DIAG_INPUT. */
struct run *run_open(const char *runs_dir, const char *name, struct diag *d);
/* The same for those who go on with it: a run names the service that the
 * token is sent to, and its ledger says what was sent. Resolved; before
 * anything in it is read, its folder must be ours (else DIAG_USAGE,
 * run.owner) and trusted (system/own_files.h), each file in it ours, regular,
 * and not a link; a ledger has one name (else DIAG_INPUT, run.changed). */
struct run *run_open_own(
    const char *runs_dir, const char *name, struct diag *d);
/* -1 (DIAG_INPUT, run.changed), for those who follow the parents of the run in
 * `folder` and meet run `again` again. A run whose parent is itself is never
 * opened. */
int run_refuse_circle(const char *folder, const char *again, struct diag *d);
/* Locks a run against other processes until run_free, as run_create does for a
 * new one. -1 (DIAG_LOCKED): another process works on it. */
int run_hold(struct run *r, struct diag *d);
void run_free(struct run *r);
const struct run_identity *run_identity(const struct run *r);
const char *run_folder(const struct run *r);
/* True if the folder has no ledger, and nothing in it tells of one that sent:
 * the run never blocks. */
bool run_never_sent(const struct run *r);
struct stat;
/* True if `path` names a file that a run writes in its folder. */
bool run_owns_file(const char *path);
/* True if a run in that folder has this very file, under any name. */
bool runs_hold_file(const char *runs_dir, const struct stat *st);
/* Path of a file in the folder. Owned. */
char *run_path(const struct run *r, const char *file);
/* Its ledger, as ledger_open does. */
struct ledger *run_ledger_open(
    const struct run *r, bool read_only, bool verify, struct diag *d);

/* Keeps the lookup table at `path`, which was read with this SHA-256 of its
 * bytes, as the run's table.NUMBER: once for all runs, as tables/<sha256>. A
 * file that changed since: DIAG_INPUT, table.changed. */
int run_keep_table(const struct run *r, const char *runs_dir, size_t number,
    const char *path, const char *sha256, const struct clock *clock,
    struct diag *d);
/* The bytes that keeping it will take: 0 where another run keeps it. */
uint64_t run_table_room(
    const char *runs_dir, const char *path, const char *sha256);
/* At most as many as a mapping may have (mapping.h). */
#define RUN_TABLES_MAX 16
/* Removes the tables that no run uses any more; returns their bytes. */
uint64_t runs_sweep_tables(const char *runs_dir, int64_t now_ms);

/* The lock on an input key, held from before the guard to the end. NULL:
 * another process has it (DIAG_LOCKED, the message names its pid). */
struct run_lock;
struct run_lock *run_lock_take(
    const char *runs_dir, const char *input_key, struct diag *d);
/* Once a run was made under it, and nothing sent: -1 (DIAG_LOCKED) if somebody
 * removed the lock's file. From here on the run's folder tells the others. */
int run_lock_check(const struct run_lock *l, struct diag *d);
void run_lock_release(struct run_lock *l);
/* How far the work is, for those who look: its rows that are settled, and
 * those that were read. Only the lock's file says so, and nobody waits for the
 * disk; what fails is not said. */
void run_lock_tell(struct run_lock *l, uint64_t settled, uint64_t read);
/* Who holds it and is not this process: the pid, or -1 when the file does not
 * say; 0 = nobody else. `w` may be NULL. */
struct run_work {
	char since[32]; /* ISO 8601, or "" */
	bool has_rows;
	uint64_t settled, read;
};
long run_worker(
    const char *runs_dir, const char *input_key, struct run_work *w);

/*
 * Earlier runs, newest first. A folder that is not a run is left out, a damaged
 * run is reported as such and never fails the walk; if its run.json cannot be
 * read it belongs to every input key, unless it sent nothing or its ledger
 * (RUN_INPUT_KEY) has another one. A run without a ledger sent nothing only if
 * its sends are marked, and a mark of 0 and no -wal is there; any
 * other may have sent, and is "damaged". The ledger's facts "finished" ("1"),
 * "exit_status" and "limited" ("1") tell how it ended: "finished" is a run
 * that came to the end of its input and of its report, "stopped" one that
 * there is something to resume of (exit 3, 4, 5, --limit, killed). A lock that
 * this process holds itself does not make a run "running". each returns 0 to go
 * on; what else it returns ends the walk and is returned. No runs folder: no
 * runs.
 */
#define RUN_INPUT_KEY "input_key"
/* What its ledger has of it, too, for when its run.json cannot be read: the run
 * that it retries, or "". Older runs and undos have none. */
#define RUN_PARENT "parent"
struct run_summary {
	struct run_identity identity;
	bool has_ledger;  /* readable */
	bool sent;	  /* a call was committed that is not settled as
			   * unsent, or the ledger cannot tell */
	bool finished;	  /* the ledger says so */
	char state[16];	  /* "finished", "stopped", "running",
			   * "in use" (who it is cannot be told: somebody
			   * has its ledger, and no run holds the folder),
			   * "damaged", "empty", "pruned" */
	char verdict[16]; /* what its report says, e.g. "exit 0" */
	/* Of a damaged one: what is wrong, and whether `resume --after-damage`
	 * can go on with it. */
	char damage[1024];
	bool can_go_on;
	/* Of one that is running or in use: "process 4711 (sqlite3)". */
	char holder[64];
	char undone_by[128]; /* the undo that takes it back, or "" */
};
/* True if an error in opening a ledger is one that `resume --after-damage` can
 * go on from: it can be read, and is not the one that was sent from. */
bool run_can_go_on(const struct diag *d);
/* Which runs of a list are meant; those left out are any. */
struct run_filter {
	const char *input_key; /* of this input; their ledgers are verified */
	const char *parent;    /* retries of this run, by its id */
	const char *name;      /* the one in this folder */
	const char *but;       /* any but the one in this folder */
	int64_t not_before_ms; /* those that started then, or later */
	/* With input_key: of a part, where it stands (whole_key, rows). Other
	 * parts of the same whole may hold the same bytes, and are not meant.
	 */
	const struct run_identity *place;
	/* Runs of parts of the whole with this input key that have one of the
	 * rows from first_row to last_row. */
	const char *whole_key;
	uint64_t first_row, last_row;
};

/*
 * The runs folder as it was listed once, newest first, with what never changes
 * of each run: an index in the folder knows it (run_index.h), and what it does
 * not know is read of the runs, those that another version made too. The index
 * is written anew when it lacks more than a few; a list never fails for it.
 * Whether a run sent a row is asked of its ledger each time.
 */
struct run_entry {
	const char *name;   /* of its folder */
	const char *parent; /* its run's id, or "" */
	bool may_retry;	    /* its parent is not known, if it is a run */
	char input_key[65];
	char whole_key[65]; /* of a part, as in its identity; else "" */
	uint64_t first_row, last_row;
	uint64_t input_bytes;
	int64_t started_ms;
	uint64_t inode;
	bool is_known; /* else only the name is: no run, or a damaged one */
};
struct run_list;
/* No runs folder: an empty list. NULL: it cannot be listed (DIAG_DISK). */
struct run_list *run_list_read(const char *runs_dir, struct diag *d);
void run_list_free(struct run_list *l);
const struct run_entry *run_list_entries(
    const struct run_list *l, size_t *count);
/* How many of them are runs. */
size_t run_list_count(const struct run_list *l);
/* What all of it takes on the disk, but for the folders that cannot be opened:
 * so many are `closed`. */
uint64_t runs_disk_bytes(const char *runs_dir, size_t *closed);
int run_list_each(const struct run_list *l, const struct run_filter *f,
    int (*each)(void *ctx, const struct run_summary *s), void *ctx);
/* True, without opening it, of a run that surely stays as it is: it was pruned
 * and nothing of it is left, or it started less than q->older_than_ms ago,
 * since no run ends before it starts. */
struct prune_request;
bool run_list_has_nothing_to_prune(const struct run_list *l,
    const struct run_entry *e, const struct prune_request *q);
/* A list for this one walk. */
int runs_each(const char *runs_dir, const struct run_filter *f,
    int (*each)(void *ctx, const struct run_summary *s), void *ctx,
    struct diag *d);

/*
 * Taking a settled run apart: what stays is `run.json` and a stub,
 * `pruned.json`, from which the guard against a second import, `status` and
 * everybody who looks for the ledger know what it was. The stub is on disk
 * before the first file goes; the ledger goes last. A prune that was ended in
 * the middle is finished by the next one.
 */

struct prune_request {
	int64_t now_ms;
	/* And if it ended so long before now_ms. */
	int64_t older_than_ms;
	/* Its input was imported since by a later run. */
	bool superseded;
	/* Nothing is written or removed: files and bytes are those that would
	 * be gone. */
	bool dry_run;
};

struct prune_result {
	bool pruned;
	bool was_pruned;       /* before; nothing was left to do */
	bool too_young;	       /* the only reason why it was kept */
	uint64_t files, bytes; /* that were removed */
	uint64_t left; /* entries that are not ours, or not plain files */
	/* There is a report.json, and what it lists cannot be read: nobody
	 * knows which of them are ours. */
	bool has_no_list;
	char why[1024]; /* why it was kept, "" if pruned */
};

/* What a run costs that is due is its ledger, opened and verified, and the sums
 * of its reports: some 0.9 ms, so 9 s for ten thousand of them. Nothing an
 * index knows can stand for it. What a finished run came to is changed by
 * reconcile and resume, its reports by whoever fixes rows in them, and a run
 * that may still be needed is never given away for a note of how it once was.
 */
/* Prunes the run if it is settled: it finished, no row is unknown, no process
 * works on it. One that never sent a row, or that is superseded, has
 * nothing left to settle. 0 also when it was kept (out->why); -1: the disk
 * failed. */
int run_prune(const struct run *r, const char *runs_dir,
    const struct prune_request *q, struct prune_result *out, struct diag *d);

/* The same for a run whose run.json cannot be read and that somebody named by
 * its id. Its own files are removed, run.json too, and its folder if nothing
 * else is in it; its input is not remembered. -1 with *d unchanged: no run
 * there has this id. */
int run_prune_unreadable(const char *runs_dir, const char *id, bool dry_run,
    struct prune_result *out, struct diag *d);

/* Removes what imports left behind that were killed before their run had a
 * name, a day ago or earlier. It belongs to no run, so nothing is reported. */
void runs_sweep(const char *runs_dir, int64_t now_ms);
/* Removes all but the newest `keep` runs, whatever became of them. */
void runs_trim(const char *runs_dir, size_t keep);

#define RUN_EXIT_UNKNOWN "unknown"
/* What a stub says. */
struct pruned_run {
	char pruned[32]; /* when, ISO 8601 */
	char ended[32];
	char exit_status[8]; /* RUN_EXIT_UNKNOWN: its ledger was gone or
			      * damaged, and any row may have been sent */
	bool sent;
	struct outcome_counts rows;
};
/* 1 = the run was pruned, 0 = not, -1: its stub cannot be read (DIAG_INPUT). */
int run_pruned_read(
    const struct run *r, struct pruned_run *out, struct diag *d);
/* For all who need the ledger: -1 if the run was pruned (DIAG_USAGE with the
 * date), or its stub is damaged. */
int run_check_pruned(const struct run *r, struct diag *d);

/*
 * What the events of a ledger tell of the run's course: its parts (one for
 * each command that worked on it), and when it was last heard of. However many
 * parts there are, all are in it.
 */

struct run_part {
	char command[16];	      /* "import", "resume", "reconcile", … */
	int64_t started_ms, ended_ms; /* wall; 0 = not known */
};

struct run_story {
	struct run_part *parts; /* in their order */
	size_t count, cap;
	int64_t last_ms; /* the newest event; 0 = none */
};

/* Fills *s (run_story_release either way). -1: the ledger cannot be read. */
int run_story_load(struct run_story *s, struct ledger *l, struct diag *d);
void run_story_release(struct run_story *s);
/* Is the last part a reconcile that came to its end? */
bool run_story_was_asked(const struct run_story *s);

#endif
