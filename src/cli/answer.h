/* SPDX-License-Identifier: MIT */
#ifndef CLI_ANSWER_H
#define CLI_ANSWER_H

/*
 * stdout is the answer and nothing else. A failing write there is an error
 * (DIAG_DISK, exit 4: a full disk, a closed descriptor), never silence. A
 * reader that went away ends the program by SIGPIPE, as `head` expects; only
 * `import` ignores that signal and goes on without its stdout.
 */

#include "base/buf.h"
#include "base/diag.h"

#include <stdbool.h>
#include <stddef.h>

/* A big buffer in front of stdout, for answers of any length. */
struct answer {
	char *bytes;
	size_t len;
	bool is_screen; /* stdout is a terminal */
};
void answer_init(struct answer *a);
int answer_add(struct answer *a, const char *data, size_t len, struct diag *d);
/* Writes what is left and frees the buffer; call it on every path. */
int answer_finish(struct answer *a, struct diag *d);

/* The whole of a buffer at once. */
int answer_write(const struct buf *b, struct diag *d);
/* The same for JSON, with nothing hidden in it (base/screen.h). */
int answer_write_json(const struct buf *b, struct diag *d);

#endif
