/* SPDX-License-Identifier: MIT */
#ifndef SUBMIT_RESPONSE_SHAPE_H
#define SUBMIT_RESPONSE_SHAPE_H

/*
 * What answers look like, for the record of the service (contact/contact.h):
 * the names of members, and where the readers of answers (response*.c) find
 * what they need. Nothing is decided here.
 *
 * A member's name is written down only if it is a plain name and no key of
 * the rows that the answer is about (is_value), so that a service that puts
 * values in the place of names gets none of them into a file. An answer that
 * cannot be read shows nothing.
 */

#include "contact/contact.h"
#include "submit/transport.h"

#include <stdbool.h>

struct shape_reader {
	struct contact_watch *watch;
	const char *key_name; /* NULL = the mapping has no key */
	/* Is this name a key of ours? */
	bool (*is_value)(void *ctx, const char *name);
	void *ctx;
};

/* A 2xx answer to a create. */
void shape_acknowledgement(
    const struct shape_reader *s, const struct http_response *r);
/* A background job that is finished. */
void shape_job(const struct shape_reader *s, const struct http_response *r);
/* A page of its entries. */
void shape_entries(const struct shape_reader *s, const struct http_response *r);
/* A page of a list of processes. */
void shape_list(const struct shape_reader *s, const struct http_response *r);

#endif
