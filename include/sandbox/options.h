/* SPDX-License-Identifier: MIT */
#ifndef SANDBOX_OPTIONS_H
#define SANDBOX_OPTIONS_H

/*
 * The command line of chakra-sandbox: one table feeds the parser, --help and
 * the test against the man page.
 */

#include "base/buf.h"
#include "base/diag.h"
#include "sandbox/faults.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sandbox_ack { ACK_JOB, ACK_EMPTY };
enum sandbox_duplicates { DUPLICATES_ERROR, DUPLICATES_MERGE,
	DUPLICATES_ALLOW };

struct sandbox_options {
	const char *listen; /* HOST:PORT */
	bool allow_remote;
	const char *port_file;	/* or NULL */
	const char *db;		/* ":memory:" or a path */
	const char *token_file; /* or NULL */
	enum sandbox_ack ack;
	enum sandbox_duplicates duplicates;
	int64_t latency_ms;
	int64_t job_delay_ms;
	uint64_t page_size; /* entries a page */
	uint64_t max_body;  /* bytes */
	struct fault_plan faults;
	const char *log; /* or NULL */
};

enum sandbox_action { SANDBOX_RUN, SANDBOX_HELP, SANDBOX_VERSION };

/* Texts are borrowed from argv. Mistakes are DIAG_USAGE. Returns an
 * enum sandbox_action or -1; sandbox_options_release in any case. */
int sandbox_options_parse(struct sandbox_options *o, int argc,
    char *const argv[], struct diag *d);
void sandbox_options_release(struct sandbox_options *o);
/* Appends what --help prints. */
void sandbox_options_help(struct buf *out);

/* The table, for the test: name without dashes, argument or NULL, default as
 * the man page says it or NULL. */
struct sandbox_option_text {
	const char *name, *arg, *standard, *help;
};
size_t sandbox_option_count(void);
struct sandbox_option_text sandbox_option_at(size_t i);

#endif
