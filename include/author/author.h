/* SPDX-License-Identifier: MIT */
#ifndef AUTHOR_AUTHOR_H
#define AUTHOR_AUTHOR_H

/*
 * For the author of a mapping: what a file is, a first mapping for it, the
 * tests that a mapping carries, and what `doctor` finds before a run.
 */

#include "base/buf.h"
#include "base/diag.h"
#include "chakra/response.h"
#include "mapping/mapping.h"
#include "plan/settings.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Before there is a mapping. Each returns the exit status, or -1 with a diag.
 */

/* `inspect CSV`: on stdout, as text or JSON. */
int inspect_run(const struct settings *o, struct diag *d);
/* `fields [PROCEDURE]`: appends the answer. 0, or -1. */
int fields_run(const struct settings *o, struct buf *out, struct diag *d);
/* The JSON Schema of its --format json. */
struct text fields_schema(void);
/* One GET of the team's configuration; the answer in *r, whatever it is, is
 * released by the caller. -1: it could not be begun, or was interrupted. */
int config_fetch(const struct settings *o, const char *token,
    struct http_response *r, struct diag *d);
/* `init CSV`: on stdout, or into a file that was not there before. */
int init_run(const struct settings *o, struct diag *d);

/*
 * The tests of a mapping, run through the builder that an import uses. Each
 * stands alone: `unique` does not see the rows of other tests.
 */

struct test_result {
	int line; /* of the test in the mapping file */
	bool passed;
	struct buf words; /* what differs, as lines; empty if it passed */
};

struct test_results {
	struct test_result *items;
	size_t count, failed;
};

/* Runs all tests of `m`, which is bound to a header of its own for that: bind
 * it again before it reads a file. Problems of that binding (a column twice)
 * and of the mapping's own values (plan/reading_choices.h) are added to `list`;
 * -1 if one is an error. */
int mapping_tests_run(
    struct mapping *m, struct test_results *r, struct diagnostics *list);
void test_results_release(struct test_results *r);

/*
 * What `doctor` found: a list of findings, one a check, in the order in which
 * the checks were made, and how they are printed.
 */

#include "base/buf.h"
#include "base/diag.h"
#include "chakra/response.h"
#include "mapping/mapping.h"

#include <stdbool.h>
#include <stddef.h>

enum finding_result { FINDING_OK, FINDING_WARNING, FINDING_FAILED };

struct finding {
	const char *check; /* "token": static */
	enum finding_result result;
	char message[512];
	char help[256]; /* the next step, or "" */
};

#define FINDINGS_MAX 32
struct checkup {
	struct finding items[FINDINGS_MAX];
	size_t count;
	int exit_status; /* the worst of the failed ones */
};

/* Adds one. A failed one says which exit status it means; 0 for the others.
 * Returns it, for finding_help. */
struct finding *checkup_add(struct checkup *c, const char *check,
    enum finding_result result, int exit_status, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
/* A run error as a failed check, with its next step. */
void checkup_add_diag(
    struct checkup *c, const char *check, const struct diag *d);
void finding_help(struct finding *f, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* A line a finding, the next step below it. */
void checkup_text(const struct checkup *c, struct buf *out);
/* {"schema":"csv2chakra.doctor/1","exit_status":N,"checks":[…]} */
void checkup_json(const struct checkup *c, struct buf *out);

/* Can runs live in `dir` (which need not exist yet)? Tries there what a run
 * does: lock, sync, rename. Then the kind of its file system, which fails for
 * those whose locks do not hold (only a warning if any_file_system). False: a
 * try failed. */
bool checkup_folder(struct checkup *c, const char *dir, bool any_file_system);

/* Does the procedure exist, and are the mapping's data keys its attributes
 * and its states its states? `m` may be NULL: only the procedure. `procedure`
 * may be NULL: only what there is. What the configuration does not tell is a
 * warning. */
void checkup_schema(struct checkup *c, struct config *config,
    const struct mapping *m, const char *procedure);

#endif
