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
#include "ledger/ledger.h"
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
	enum run_rest rest;

	bool is_pruned;
	struct pruned_run stub;

	long worker; /* pid; -1 = somebody; 0 = nobody */
	char working_since[32];
	int64_t written_ms; /* the ledger's last change; 0 = not known */

	char check_first[512]; /* what a person has to look at before … */
	char next[1024];       /* the command that goes on from here, or "" */
};

/* For run_facts_release. Never fails: what cannot be read is left out.
 * is_retried: as for run_report; `runs_dir_said` as for its runs_dir. */
void run_facts_load(struct run_facts *f, const struct run *run,
    const struct run_summary *s, bool is_retried, const struct run_list *runs,
    const char *runs_dir, const char *runs_dir_said);
void run_facts_release(struct run_facts *f);

/* Lines for people, and members of a JSON object (each after a comma). */
void run_facts_text(const struct run_facts *f, struct buf *out);
void run_facts_json(const struct run_facts *f, struct buf *out);

#endif
