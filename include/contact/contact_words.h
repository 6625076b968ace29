/* SPDX-License-Identifier: MIT */
#ifndef CONTACT_CONTACT_WORDS_H
#define CONTACT_CONTACT_WORDS_H

/*
 * What a service showed, for people: which of our assumptions held, what was
 * found out where ChakraHQ's pages are silent, what changed, and the options
 * of chakra-sandbox that imitate it. All of it can be shown.
 */

#include "base/buf.h"
#include "contact/contact.h"

/* A fact that was seen, and what was assumed of it. */
enum contact_finding {
	CONTACT_AS_ASSUMED,
	CONTACT_NOT_AS_ASSUMED,
	CONTACT_FOUND, /* nothing was assumed */
	CONTACT_FINDINGS
};
const char *contact_finding_title(enum contact_finding finding);
/* "entries name the key as input.lead_id; …": all of that kind. Appends
 * nothing if nothing was seen. */
void contact_group_words(
    const struct contact *c, enum contact_finding wanted, struct buf *out);
/* "as assumed: …; …. not as assumed: …. found out: …". */
void contact_words(const struct contact *c, struct buf *out);
/* "where an entry has the key: was input.lead_id, is lead_id". */
void contact_change_words(const struct contact *c,
    const struct contact_change *change, struct buf *out);
/* "--ack job --entry-shape 1 --list-shape 2"; what nothing imitates is left
 * out. */
void contact_sandbox_flags(const struct contact *c, struct buf *out);

#endif
