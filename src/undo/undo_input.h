/* SPDX-License-Identifier: MIT */
#ifndef UNDO_UNDO_INPUT_H
#define UNDO_UNDO_INPUT_H

/*
 * What an undo reads: the run that it takes back, that run's mapping, and the
 * rows that it sent. These stand in its ledger. A ledger that keeps none, of
 * 0.1.0, is one whose input is read instead: the file must be there as it was,
 * and its rows are kept in a ledger for as long as the command runs.
 */

#include "base/diag.h"
#include "import/run_facts.h"
#include "ledger/ledger.h"
#include "plan/plan.h"

struct undo_input {
	struct reopened_run run;
	struct plan plan; /* its mapping alone */
	char key_buf[256];
	const char *key_name; /* NULL = the mapping has no key */
	struct ledger *rows;  /* where they stand: of the run, or … */
	struct ledger *made;  /* … this one */
};

/* `csv`: where the input of a run lies whose ledger keeps no rows, or NULL; of
 * others it is refused. On -1, too, it is to be released. */
int undo_input_open(struct undo_input *in, const struct settings *o,
    const char *name, const char *csv, struct diag *d);
void undo_input_release(struct undo_input *in);

#endif
