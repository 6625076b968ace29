/* SPDX-License-Identifier: MIT */
#ifndef IMPORT_IMPORT_H
#define IMPORT_IMPORT_H

/*
 * One run from its beginning to its end, as the commands begin it. Each
 * returns the exit status, or -1 with a diag.
 */

#include "base/diag.h"
#include "plan/plan.h"
#include "plan/settings.h"
#include "report/run_report.h"
#include "runs/run.h"

/* Unique keys that are compared over several inputs: what came of it for one of
 * them. All borrowed. */
struct shared_keys {
	struct key_verdicts *verdicts;
	size_t file;	     /* its number in them */
	bool was_sent;	     /* import_outlook; sent anew it is refused */
	const char *run_key; /* import_outlook: another one now is refused */
	/* Of a dry run: the command that tells more, of all inputs, or "". */
	const char *next;
};

/* What else is made of the rows of a dry run while it goes on. */
struct dry_run_tap {
	void *ctx;
	/* What the report calls its folder (--output says where that lies for
	 * now), and the command that goes on. */
	const char *folder, *next_command;
	const char *same_command; /* once more, after a stop */
	/* Before the first row; -1 ends the dry run. */
	int (*begin)(
	    void *ctx, struct plan *p, const struct reading *r, struct diag *d);
	void (*row)(
	    void *ctx, const struct record *rec, enum row_verdict verdict);
	/* After the rows of each chunk: -1 if something failed meanwhile. */
	int (*check)(void *ctx, struct diag *d);
	/* All rows were judged, and the books balance. */
	int (*end)(void *ctx, const struct run_report *report, struct diag *d);
};

struct import_request {
	const struct settings *settings; /* base URL and procedure settled */
	const char *command; /* "import", "retry": for the timeline */
	const char *mapping_path, *csv_path;
	bool mapping_is_stored; /* a run's own copy */
	/* A retry: only rows that failed in this run are sent. */
	const struct run *parent; /* NULL = none; borrowed */
	enum retry_input input;	  /* with a parent: what csv_path is */
	const struct key_verdicts *parent_keys; /* its kept ones, or NULL */
	const struct shared_keys *keys; /* NULL = compared in the input alone */
	const struct run_audience *audience;
	/* Of a dry run with --output; NULL = there is none. */
	const struct dry_run_tap *tap;
	/* Of a dry run: its warnings of hazards are all that it tells, so that
	 * they come before what an import tells. */
	bool only_hazards;
};

/* What every import of these settings needs, whatever its input: options that
 * go together, a token, an address. Nothing is connected. */
int import_job_ready(const struct settings *settings, struct diag *d);
/* What an import of this input, or a dry run, finds before it reads a row. */
struct import_outlook {
	/* Earlier runs sent rows of it, or may have; the guard will refuse it,
	 * or its run is to be resumed. Not of a dry run. */
	bool was_sent;
	/* Its encoding was guessed: an import of it stops before it sends. */
	bool is_held;
	/* Of its plan: input and target; and mapping and options. */
	char input_key[65], run_key[65];
	/* Its run's verdicts from other files; the plan borrows them. */
	struct key_verdicts *known;
};
/* Makes the plan *p in the same way. -1: it will end with this diag. Both are
 * to be released, the plan first. */
int import_look(const struct import_request *request, struct plan *p,
    struct import_outlook *o, struct diag *d);
void import_outlook_release(struct import_outlook *o);
/* import_outlook.was_sent as it is now: 1, 0, or -1. */
int import_was_sent(
    const struct settings *s, const char *input_key, struct diag *d);
/* For the plan of that input, before a reading. -1 (DIAG_INPUT, input.changed):
 * it is not as it was when its keys were compared. */
int shared_keys_use(
    const struct shared_keys *keys, struct plan *p, struct diag *d);

/* A run that is over, held against other processes while its input is moved;
 * run_free. NULL: it cannot be, or is gone. */
struct run *run_hold_input(
    const char *runs_dir, const char *run_id, struct diag *d);
/* Notes in its ledger that its input is about to lie at `path`, where report,
 * resume and reconcile look for it from now on (and then where it was); where
 * that cannot be noted, they have to be told. */
void run_note_input(const struct run *run, const char *path);
/* Adds the path of the file with the rows to fix that is beside an input which
 * was moved: "failed/leads.to-fix.csv". */
void run_to_fix_beside(const char *input, struct buf *out);

/* One input brought into ChakraHQ as a run of its own. */
int import_job_run(const struct import_request *request, struct diag *d);

/* `retry RUN [TO-FIX.csv]`: an import of the rows of RUN that failed, as its
 * operands say. */
int retry_run(const struct settings *settings,
    const struct run_audience *audience, struct diag *d);

/* True if a newer run of its input sent rows, and was read: this one is over.
 */
bool guard_is_superseded(
    const struct run_list *l, const struct run_identity *id);

/* A run that was made before is worked on again, or told of. */
struct again_request {
	const struct settings *settings;
	const char *run; /* as a person names it: "latest" */
	const char *csv; /* where its input lies now; NULL = as the run says */
	const struct run_audience *audience;
};

/* `resume RUN [CSV]`, and `import --resume` that found one: the rest is sent.
 */
int resume_run(const struct again_request *q, struct diag *d);
/* `reconcile RUN [CSV]`: what is open is looked up, nothing new is sent. */
int reconcile_run(const struct again_request *q, struct diag *d);

/* `check MAPPING CSV`, and `import --dry-run`: the same function. Of the
 * request: settings, paths, audience, keys, tap and only_hazards. */
int check_run(const struct import_request *q, struct diag *d);

/* `diff MAPPING CSV`: the rows of an update are looked up and compared, and
 * nothing is sent. */
int diff_run(const struct settings *o, const char *mapping_path,
    const char *csv_path, struct diag *d);

/* What was wrong before a row was read: for people on stderr, else on stdout
 * in the format asked for. For programs the run error `d` is one of the
 * diagnostics; people get it at the end, on stderr. */
void check_tell_diagnostics(struct plan *p, const struct settings *o,
    const char *mapping_path, const struct run_audience *to,
    const struct diag *d);

/* `report RUN [CSV]`. rows_outcome: enum outcome, only the records with it, as
 * they stand in the input, to stdout; -1 = the report. */
int report_run(const struct again_request *q, int rows_outcome, struct diag *d);

#endif
