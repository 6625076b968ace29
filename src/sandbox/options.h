/* SPDX-License-Identifier: MIT */
#ifndef SANDBOX_OPTIONS_H
#define SANDBOX_OPTIONS_H

/*
 * The command line of chakra-sandbox: one table feeds the parser, --help and
 * the test against the man page.
 */

#include "base/buf.h"
#include "base/diag.h"
#include "faults.h"
#include "system/optspec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sandbox_ack { ACK_JOB, ACK_EMPTY };
enum sandbox_duplicates {
	DUPLICATES_ERROR,
	DUPLICATES_MERGE,
	DUPLICATES_ALLOW
};

struct sandbox_options {
	const char *listen; /* HOST:PORT */
	bool allow_remote;
	const char *port_file;	/* or NULL */
	const char *db;		/* ":memory:" or a path */
	const char *token_file; /* or NULL */
	int ack;		/* enum sandbox_ack */
	int duplicates;		/* enum sandbox_duplicates */
	uint64_t entry_shape;	/* 1, 2, 3: how an entry names things */
	uint64_t list_shape;	/* 1, 2: where a listed process has its key */
	int64_t latency_ms;
	int64_t job_delay_ms;
	int64_t clock_offset_ms; /* how far the service's clock is ahead */
	uint64_t page_size;	 /* entries a page */
	uint64_t max_body;	 /* bytes */
	struct fault_plan faults;
	const char *log; /* or NULL */
	bool help, version;
};

/* `argv` as main has it; texts are borrowed from it. 0, or -1 and DIAG_USAGE;
 * sandbox_options_release in any case. */
int sandbox_options_parse(
    struct sandbox_options *o, int argc, char **argv, struct diag *d);
void sandbox_options_release(struct sandbox_options *o);
/* Appends what --help prints. */
void sandbox_options_help(struct buf *out);

#endif
