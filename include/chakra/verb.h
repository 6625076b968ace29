/* SPDX-License-Identifier: MIT */
#ifndef CHAKRA_VERB_H
#define CHAKRA_VERB_H

/*
 * What is asked of ChakraHQ: the paths of its API, and one row a verb for the
 * calls that write. All that differs between creating and another way to write
 * is in the row; whoever sends, follows and books calls asks it.
 */

#include "base/buf.h"
#include "base/outcome.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

enum verb_id {
	VERB_CREATE, /* bulk create */
	VERB_COUNT
};

struct verb {
	const char *method, *path; /* "POST"; after that of the processes */
	/* The body: the rows' JSON objects, framed. */
	const char *open, *between, *close;
	/* Where the acknowledgement has the id of the background job: names of
	 * members, from the root on. */
	const char *job[4];
	/* May a call be sent again while it is unknown what became of it? The
	 * transport never hands one that may not to a second connection. */
	bool repeatable;
	enum outcome done; /* of a row that a job or a lookup confirms */
};
const struct verb *verb_of(enum verb_id id);

/* Appends the object of a row to a body, after what separates it. */
void verb_body_add(const struct verb *v, struct buf *body, struct text row);
void verb_body_end(const struct verb *v, struct buf *body);
/* The bytes of a body of this many rows besides the rows. */
size_t verb_frame_bytes(const struct verb *v, size_t rows);

/* Paths, appended; ids are percent-encoded. */
void path_of_processes(struct buf *out, const char *procedure);
void path_of_verb(struct buf *out, const char *processes, const struct verb *v);
void path_of_list(struct buf *out, const char *processes);
void path_of_job(struct buf *out, const char *job);
void path_of_entries(struct buf *out, const char *job);
#define PATH_OF_CONFIG "/v1/ext/config"

/* The body of a list request for any one process. */
#define LIST_ANY_BODY "{\"where\":{},\"skip\":0,\"limit\":1}"

#endif
