/* SPDX-License-Identifier: MIT */
#ifndef CONTACT_CONTACT_STORE_H
#define CONTACT_CONTACT_STORE_H

/*
 * Where it is written down what services showed:
 *
 *   <run>/service.json       what this run saw (csv2chakra.service/1)
 *   <runs-dir>/service.json  what all runs saw, by base URL and procedure
 *                            (csv2chakra.services/1: "services", a list)
 *
 * Both are replaced as a whole. The second is read, merged and written under a
 * lock of the runs folder, since several runs may end at once; it keeps
 * CONTACT_SERVICES_MAX services, and drops the sandbox, then the service, that
 * was not seen for the longest time. A file of that name that is not ours, or
 * is damaged, is left alone: DIAG_INPUT, "service.damaged".
 */

#include "base/diag.h"
#include "contact/contact.h"
#include "base/buf.h"

#include <cjson/cJSON.h>

#define CONTACT_FILE "service.json"
#define CONTACT_SERVICES_SCHEMA "csv2chakra.services/1"
#define CONTACT_SERVICES_MAX 50

struct contact_list {
	struct contact *items; /* by base URL, then procedure */
	size_t count;
};
void contact_list_release(struct contact_list *l);
/* The one of that base URL and procedure, or NULL. */
const struct contact *contact_list_find(
    const struct contact_list *l, const char *base_url, const char *procedure);

/* All services; none if there is no file. */
int contact_list_read(
    const char *runs_dir, struct contact_list *out, struct diag *d);
/* Merges what a run saw of c->base_url and c->procedure. */
int contact_list_merge(
    const char *runs_dir, const struct contact *c, struct diag *d);

/* Of a run folder: 1, 0 = it has none, -1. */
int contact_run_read(
    const char *run_folder, struct contact *out, struct diag *d);
int contact_run_write(
    const char *run_folder, const struct contact *c, struct diag *d);

/*
 * What a service showed as JSON, "csv2chakra.service/1": members in one
 * order; what was not seen is left out (csv2chakra-report(5) lists them).
 */

#define CONTACT_SCHEMA "csv2chakra.service/1"

/* Appends it as an object. */
void contact_json(const struct contact *c, struct buf *b);
/* For somebody else's eyes: the address is named only if it is ChakraHQ's own
 * or this machine, and dates are days. */
void contact_json_public(const struct contact *c, struct buf *b);
/* False: it is not of that schema, or a member is not as contact_json writes
 * it; *c is all zero then. Members that are not known are left alone. */
bool contact_json_read(const cJSON *json, struct contact *c);

#endif
