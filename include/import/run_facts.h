/* SPDX-License-Identifier: MIT */
#ifndef IMPORT_RUN_FACTS_H
#define IMPORT_RUN_FACTS_H

/*
 * What can be known of a run without its input: the counts, parts and the end
 * as its ledger has them, the command that goes on from there; of a pruned
 * run its stub; of one that is running, who works on it and when it wrote
 * last (its ledger belongs to that process). `status RUN` shows it.
 */

#include "base/diag.h"
#include "base/xalloc.h"
#include "ledger/ledger.h"
#include "plan/plan.h"
#include "plan/settings.h"
#include "report/run_report.h"
#include "runs/run.h"

#include <stdbool.h>
#include <stdint.h>

struct run_facts {
	bool has_books; /* the ledger could be read */
	struct ledger_totals totals;
	uint64_t rows_read; /* 0 = not known: it did not come to its end */
	struct run_story story;
	char stop_code[48];
	char stopped_by[512]; /* "" = it came to its end */
	bool limited;
	bool rehearsal;
	bool is_other_version;
	bool is_undone,
	    undo_is_over; /* an undo of it began; and left nothing */
	enum run_rest rest;
	char *moved_to; /* where its input was moved; NULL = nowhere; owned */

	bool is_pruned;
	struct pruned_run stub;

	long worker; /* pid; -1 = somebody; 0 = nobody */
	struct run_work work;
	int64_t written_ms; /* the ledger's last change; 0 = not known */

	int64_t took_ms; /* its parts together; of a running one what it takes
			  * since it was begun or continued; -1 = not known */
	char check_first[512]; /* what a person has to look at before … */
	char next[1024];       /* the command that goes on from here, or "" */
};

/* For run_facts_release. Never fails: what cannot be read is left out.
 * is_retried: as for run_report; `where` as for its runs_dir. */
void run_facts_load(struct run_facts *f, const struct run *run,
    const struct run_summary *s, bool is_retried, const struct run_list *runs,
    const char *runs_dir, struct shell_where where);
void run_facts_release(struct run_facts *f);

/* "4,988 created, 12 refused", "3,750 of 5,000 settled", or nothing. */
void run_facts_rows(const struct run_facts *f, struct buf *out);
/* Lines for people, and members of a JSON object (each after a comma). */
void run_facts_text(const struct run_facts *f, struct buf *out);
void run_facts_json(const struct run_facts *f, struct buf *out);

/*
 * A run that was made before, opened again: its folder, its ledger, and its
 * input read with its own mapping and settings. The input's bytes decide:
 * wherever the file lies now, its SHA-256 must be the one of the run.
 */

/* Keys of the ledger's meta table that the importer writes. */
#define META_RUN_ID "run_id"
#define META_ARGUMENTS "arguments"   /* JSON array of strings */
#define META_READING "reading"	     /* the same, with what was detected */
#define META_INPUT_PATH "input_path" /* where it was moved to */
#define META_TO_FIX "to_fix"	     /* enum retry_input */
#define META_SETTINGS "settings"     /* JSON: [[name, value, from], …] */
#define META_MAPPING_FILE "mapping_file"
#define META_ROWS_READ "rows_read" /* by the reader that was sent from */
#define META_LIMITED "limited"	   /* "1": --limit ended the reading */
#define META_AFTER "after_bytes"   /* --after: that run's input's length */
#define META_LIMITS "limits"	   /* "100 5000": those of each part */
#define META_STOP_KIND "stop_kind" /* enum diag_kind, or "0" */
#define META_STOP_TEXT "stop_text"
#define META_STOP_CODE "stop_code" /* the diag's, or "" */
#define META_FINISHED "finished"   /* "1" */
/* "plain": the last part asked about the open rows, came to its end and
 * settled none; "all": it also might have sent again what is absent, or no
 * row has a key to be looked up by; else "". */
#define META_IN_VAIN "asked_in_vain"
/* "1": this version of the program builds other calls than the ledger has. */
#define META_OTHER_VERSION "other_version"
#define META_EXIT_STATUS "exit_status"
#define META_CHANGES_SUM "changes_sha256"   /* the same */
#define META_VERDICTS_SUM "verdicts_sha256" /* of a file of that name */

/* A number from the meta table; `missing` when there is none (or an empty
 * text, which takes one back). */
int run_meta_number(struct ledger *l, const char *key, uint64_t missing,
    uint64_t *out, struct diag *d);

/* The limits of earlier parts, ascending. *out is owned by the arena. */
int run_limits_load(struct ledger *l, struct arena *arena, uint64_t **out,
    size_t *count, struct diag *d);

struct retry_match;
struct run_changes;

struct reopened_run {
	struct arena arena;
	char *runs_dir;
	struct run *run;	  /* a caller that takes one sets NULL here */
	struct ledger *ledger;	  /* likewise */
	struct settings settings; /* as the run was made */
	struct plan *plan;	  /* the caller's, borrowed */
	char *mapping_path, *input_path; /* owned */
	/* Of a retry: its parent, and which rows it may send. */
	struct run *parent;
	struct retry_match *gate;
	struct run_changes *changes;   /* of `import --changes`, or NULL */
	struct key_verdicts *verdicts; /* kept ones, or NULL */
};

enum reopen_as {
	REOPEN_READ,  /* report: nothing is written into the ledger */
	REOPEN_WRITE, /* resume, reconcile; not of a run that is taken back */
	REOPEN_UNDO,  /* undo: the ledger is written into */
	REOPEN_HURT   /* resume --after-damage (ledger_open_hurt) */
};
/* `o`: what this command was told, of which the runs folder and the memory
 * for unique keys are taken. `name`: an id, a folder or "latest". `csv`: where
 * the input lies now; NULL = where it was (or in the run's folder, when it came
 * through a pipe). Opens *plan, which borrows from *r and is released first. On
 * -1 too, both are to be released. */
int reopened_run_open(struct reopened_run *r, struct plan *plan,
    const struct settings *o, const char *name, const char *csv,
    enum reopen_as as, struct diag *d);
/* The two halves of it: all but the input, which an undo mostly does without,
 * and that. */
int reopened_run_begin(struct reopened_run *r, const struct settings *o,
    const char *name, enum reopen_as as, struct diag *d);
int reopened_run_read(struct reopened_run *r, struct plan *plan,
    const char *csv, enum reopen_as as, struct diag *d);
void reopened_run_release(struct reopened_run *r);

/* The mapping's key name, NUL-terminated in `out`, or NULL without a key. */
const char *mapping_key_name(const struct mapping *m, char *out, size_t size);

/* -1 (DIAG_USAGE): the run is itself an undo (undo.of_undo), or an undo took
 * its rows back, wholly or in part (run.undone): nobody goes on with it. */
int run_refuse_undo(const struct run *run, struct diag *d);
int run_refuse_undone(struct ledger *l, const struct run *run, struct diag *d);

#endif
