/* SPDX-License-Identifier: MIT */
#ifndef RUNS_RUN_FOLDER_H
#define RUNS_RUN_FOLDER_H

/* What the files of the run folder share. */

#include "base/buf.h"
#include "runs/run.h"

#include <dirent.h>
#include <stddef.h>

#define RUN_JSON "run.json"
#define RUN_LEDGER "ledger.sqlite"
#define RUN_MARK "ledger.mark" /* ledger_mark.c; all 0: nothing was sent */
#define RUN_MARK_BYTES 16
#define RUN_PRUNED "pruned.json"
#define RUN_LATEST "latest"
#define RUN_TABLES "tables" /* run_table.c */
#define RUN_TABLE "table."  /* with a number from 1, in the run's folder */
/* What a killed import left behind is removed once it is this old. */
#define RUN_LEFTOVER_MS ((int64_t)24 * 60 * 60 * 1000)
#define RUN_LOCKS ".locks"
#define RUN_INDEX ".index" /* run_index.h */
#define RUN_STEM_MAX 40
/* ".new-ID": a folder that is not a run yet. */
#define RUN_HIDDEN ".new-"
#define RUN_HIDDEN_SIZE (sizeof(RUN_HIDDEN) + 128)

struct run {
	struct run_identity identity;
	char *folder; /* absolute */
	int held;     /* its folder, locked; or -1 */
};

/* Locks an open run folder until it is closed: DIAG_LOCKED and -1 if another
 * process has. */
int run_folder_hold(int fd, const char *folder, struct diag *d);
/* True if it is locked, also by this process through another descriptor. */
bool run_folder_is_held(int fd);

/* The folder of this user below a shared one, else the folder itself; takes
 * dir, returns owned. NULL: DIAG_USAGE. */
char *runs_dir_of_user(char *dir, struct diag *d);
/* What makes a run folder our own (run_open_own): *folder becomes the resolved
 * path, *fd is opened anew by it. -1: refused; both are the caller's. */
int run_own_folder(char **folder, int *fd, struct diag *d);
/* "a/b"; owned. */
char *path_join(const char *folder, const char *name);
/* Opens the runs folder, made with its parents (0700) if `create`. A file
 * descriptor, or -1 (DIAG_DISK; not there: DIAG_USAGE). */
int runs_dir_open(const char *runs_dir, bool create, struct diag *d);
/* Opens a folder below `at`, or -1 with errno; a link is not followed. */
int folder_open(int at, const char *name);
/* The same for its entries, for closedir. NULL with errno. */
DIR *folder_entries(int at, const char *name);
/* True if something has that name in an open folder; else errno says why. */
bool folder_has(int folder, const char *name);
/* The folder of a run, or -1: it cannot be opened (a diag of `kind`). */
int run_folder_open(const struct run *r, enum diag_kind kind, struct diag *d);
/* Removes a folder that never became a run, with what run_create put there.
 * False if it is still there. */
bool run_hidden_remove(int runs, int folder, const char *name);
/* A folder 0700 below `at`, whatever the umask; symlinks are refused. Returns
 * its descriptor. exists_ok: one that is there is used as it is. -1 with
 * errno. */
int folder_make(int at, const char *name, bool exists_ok);
/* A new file 0600 with these bytes, fsynced. */
int file_write_new(int at, const char *folder, const char *name,
    const void *data, size_t len, struct diag *d);
/* A name below the runs folder that may be a run's, and the inode there. */
struct run_name {
	char *name; /* owned */
	uint64_t inode;
};
/* All of them, newest first; owned. */
struct run_name *runs_list(int runs_fd, size_t *count, struct diag *d);
void runs_list_free(struct run_name *names, size_t count);

/* "leads-2025" of "/x/leads 2025.csv.gz"; "stdin" of "-". */
void run_stem(const char *input_name, char out[RUN_STEM_MAX + 1]);
/* Has the form of a run's id. */
bool run_id_is_valid(const char *name);
/* … of a SHA-256 in hex. */
bool run_is_sum(const char *s);
/* A run is found again by the name of its folder, renamed or not. */
void run_take_name(struct run_identity *id, const char *name);

/* Files of a run that are not its report's, NULL after the last: static. */
const char *const *run_file_names(void);

/* run.json as text, with a newline at the end. */
void run_json_write(struct buf *out, const struct run_identity *id);
/* Reads run.json of an open run folder; `folder` is for messages. */
int run_json_read(
    int at, const char *folder, struct run_identity *id, struct diag *d);

/* The stub of a pruned run, as text and from an open run folder: 1, 0 = there
 * is none, -1 = it cannot be read (then out->sent is true). */
struct pruned_run;
void run_pruned_write(struct buf *out, const struct pruned_run *p);
int run_pruned_read_at(int folder, struct pruned_run *out);

/* A fact of the ledger in that folder, for when run.json cannot be read: owned,
 * or NULL if there is none. -1: nobody knows. */
int run_fact_read(const char *path, const char *key, char **out);

/* Of a run folder without a ledger: true if it sent nothing. id == NULL: its
 * run.json cannot be read, and what lies there decides. */
bool run_sent_nothing(
    int folder, const char *path, const struct run_identity *id);

/* 1 = *s says what there is of the folder `name`, 0 = it is not a run, or not
 * one of that input (NULL: any). */
int run_summarise(int runs, const char *runs_dir, const char *name,
    const char *input_key, struct run_summary *s);

/* What the ledger says of the run: s->state and the members below it. */
struct ledger;
int run_summary_read(struct ledger *l, struct run_summary *s, struct diag *d);

/* run_worker, in an open runs folder. */
long run_lock_holder(int runs_fd, const char *input_key, struct run_work *w);

#endif
