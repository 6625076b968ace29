/* SPDX-License-Identifier: MIT */
#ifndef CLI_ENCODING_HELP_H
#define CLI_ENCODING_HELP_H

/*
 * The next step for rows of bad encoding: which encodings decode the whole
 * input. When nobody has looked at all of it yet, it is read ahead once more,
 * at the first such row, and only up to 64 MiB.
 */

#include "source/decoder.h"
#include "source/input.h"

struct encoding_help {
	const char *path; /* borrowed; NULL = it cannot be read again */
	struct input_limits limits;
	/* Borrowed: how the input is read. */
	const struct encoding_decision *decision;
	struct buf words; /* once somebody asked */
};

/* For reader_options; borrows h. */
struct encoding_advice encoding_help_advice(struct encoding_help *h);
void encoding_help_release(struct encoding_help *h);

#endif
