/* SPDX-License-Identifier: MIT */
#ifndef SYSTEM_OWN_FILES_H
#define SYSTEM_OWN_FILES_H

/*
 * Which files are ours, so that a person's file is never written over.
 *
 * own_path_check: a file that somebody named. It may be written if there is no
 * such file, an empty one, or one that begins as ours does. A link, a
 * folder, a FIFO and a device are not ours.
 *
 * struct own_files: the files of a report in a folder. report.json, which is
 * known by how it begins, lists the names of the others and their SHA-256; a
 * file whose sum is not listed was changed since, or is somebody else's. It
 * stays, and the new one gets another name: to-fix.2.csv. report.json appears
 * first: it lists the new sums and those of the files that are about to be
 * replaced, so that a kill at any moment leaves nothing that looks like a
 * person's file. Reports of 0.1.0 list no sums: theirs are files that are not
 * newer than report.json.
 */

#include "base/diag.h"
#include "base/hash.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

/* What the first bytes of a file say. */
typedef bool own_mark(const char *head, size_t len);

/* -1: it may not be written (DIAG_USAGE, output.exists). */
int own_path_check(const char *path, own_mark *is_ours, struct diag *d);
/* True if both lead to the same file, or, when neither exists, would make the
 * same one. */
bool own_path_same(const char *a, const char *b);

enum own_file {
	OWN_RESULTS,  /* results.csv */
	OWN_REJECTED, /* rejected.csv */
	OWN_REASONS,  /* rejected.reasons.csv */
	OWN_TO_FIX,   /* to-fix.csv */
	OWN_PAGE,     /* report.html */
	OWN_JSON,     /* report.json */
	OWN_FILES
};

#define OWN_NAME_SIZE 40

struct own_files {
	char *folder;
	bool has_sums;		 /* the report.json there lists them */
	bool has_report;	 /* there is one */
	struct timespec written; /* when */
	struct own_entry {
		/* As report.json has it; "" = not listed. `before`: the sum of
		 * what it was about to replace. */
		char name[OWN_NAME_SIZE];
		char sha256[SHA256_HEX_SIZE], before[SHA256_HEX_SIZE];
		/* As it is written now (own_files_choose). */
		char new_name[OWN_NAME_SIZE];
		char new_sha256[SHA256_HEX_SIZE], replaces[SHA256_HEX_SIZE];
		bool is_new; /* there is no such file yet */
	} file[OWN_FILES];
};

/* "to-fix.csv": static. */
const char *own_file_name(enum own_file which);
/* Reads the folder's report.json; without one nothing there is ours. */
void own_files_load(struct own_files *f, const char *folder);
void own_files_release(struct own_files *f);

/* The name under which a new file with this sum is to appear: the first that
 * is free or ours. sha256 NULL: report.json itself. */
int own_files_choose(struct own_files *f, enum own_file which,
    const char *sha256, struct diag *d);
/* The name that was chosen, else the one that report.json lists, else the
 * usual one; f may be NULL. Static, or as long as f. */
const char *own_files_name(const struct own_files *f, enum own_file which);
/* The path of that. Owned. */
char *own_files_path(const struct own_files *f, enum own_file which);
/* True if the file of that name in the folder is ours, unchanged. */
bool own_files_is_ours(
    const struct own_files *f, enum own_file which, const char *name);
/* For those who read it back: -1 if it was changed since (DIAG_INPUT,
 * run.changed). What 0.1.0 wrote is taken as it is. */
int own_files_check(
    const struct own_files *f, enum own_file which, struct diag *d);
/* Is `path` one that writing into the folder might replace? */
bool own_files_would_replace(const struct own_files *f, const char *path);

/*
 * Who could exchange a part of a path between a look at it and its use.
 *
 * A path is trusted when every directory from / to it belongs to root or to
 * us, and nobody else may write to it. Others may write to a sticky directory
 * (/tmp): they cannot rename or remove there what is not theirs. A group that
 * may write is trusted. What a trusted path leads to can be opened by path as
 * often as needed, as SQLite does: everybody who could put something else in
 * its place could also read our memory, or was let in by us.
 *
 * Links are resolved first and the resolved path is what is checked, so use
 * that one. Errors are DIAG_USAGE: path.owner (a directory of another user),
 * path.writable (others may write to it).
 */

/* Resolves `path` and checks it. What does not exist yet is left as it is at
 * the end of the answer: made in a trusted directory it is ours. `what` is
 * for messages ("runs folder"). Owned; NULL: not trusted, or an error. */
char *path_trusted(const char *path, const char *what, struct diag *d);

/* Checks one directory by the same rule, a sticky one that others may write
 * to only if may_be_shared. `subject` begins the message: "the runs folder
 * '/a/b' lies below '/a', which". -1: refused. */
struct stat;
int path_trust_folder(const char *folder, const struct stat *st,
    bool may_be_shared, const char *subject, struct diag *d);

/*
 * What this process may still do to files, from confine_end on and for good,
 * with all its threads and children: everything below the folders that were
 * allowed, but for executing; elsewhere nothing is made, written, removed or
 * renamed. Reading, the network, and what is open already stay as they are.
 * The kernel holds it (Landlock); call it while there is one thread.
 *
 *	confine_begin(&c);
 *	confine_allow(&c, folder);
 *	if (!confine_end(&c))
 *		log_debug("not confined: %s", c.why);
 */
struct confinement {
	int ruleset; /* -1 = none, and why */
	uint64_t rights;
	char why[160];
};

/* The version of Landlock that the kernel has; 0 = none. */
int confine_version(void);
/* Under version 1 a link or a rename from one folder to another is EXDEV, as
 * between two file systems. */
void confine_begin(struct confinement *c);
/* A folder that is not there allows nothing. */
void confine_allow(struct confinement *c, const char *folder);
/* The folder that holds `path`, and `path` if it is a folder. */
void confine_allow_around(struct confinement *c, const char *path);
/* True if it holds from now on. */
bool confine_end(struct confinement *c);

/*
 * Commands that a person named, run for a process that may start nothing any
 * more. The helper is a child that is forked while there is one thread and no
 * confinement; it holds the words of each command, and whoever gets into this
 * process cannot have it run others, or set other variables for them. It ends
 * with this process, however that ends, and with it the command that is
 * running.
 *
 * A command gets the environment without what `hides` names, /dev/null as its
 * standard input, none of our descriptors but standard error, and is ended
 * (SIGTERM, then SIGKILL) when its time is over. Without a terminal that is in
 * its hands it is in a process group of its own, which is ended with it.
 */
struct helper_job {
	char *const *words; /* shell_split */
	/* Variables that a request brings the values of, and those that are
	 * not handed on; NULL at the end. */
	const char *const *sets, *const *hides;
	bool is_read; /* its stdout is the answer; else it goes to stderr */
	int64_t limit_ms;
};

enum helper_end {
	HELPER_ENDED,	/* value: the exit status */
	HELPER_KILLED,	/* value: the signal */
	HELPER_MISSING, /* it could not be started; value: errno */
	HELPER_LATE,	/* its time was over; value: the limit, s */
	HELPER_GONE	/* the helper itself is not there any more */
};

#define HELPER_ANSWER_MAX 8200
struct helper_answer {
	enum helper_end end;
	int value;
	size_t len; /* HELPER_ANSWER_MAX: it said more than that, or as much */
	char bytes[HELPER_ANSWER_MAX]; /* may be a secret: wipe it */
};

struct helper;
/* Forks; copies nothing, for the child has all there is. DIAG_INTERNAL. */
struct helper *helper_new(
    const struct helper_job *jobs, size_t count, struct diag *d);
/* h may be NULL. A command that is running is ended. */
void helper_free(struct helper *h);
/* Has a job run; `values` are those of its `sets`, NULL = leave it out. What
 * goes wrong is the answer. One at a time: a job that is still running is
 * ended, and its answer is not heard. */
void helper_ask(struct helper *h, size_t job, const char *const *values);
bool helper_is_asked(const struct helper *h);
/* Waits for its end, up to timeout_ms, or until a signal comes. True: *a is
 * it. */
bool helper_wait(struct helper *h, int64_t timeout_ms, struct helper_answer *a);
/* "ended with exit status 3", for a message. Returns out. */
#define HELPER_WORDS_SIZE 120
char *helper_words(const struct helper_answer *a, char out[HELPER_WORDS_SIZE]);
/* True if PATH, or the path itself, leads to something that can be started. */
bool helper_can_start(const char *program);

#endif
