/* SPDX-License-Identifier: MIT */
#ifndef CONTACT_CONTACT_JSON_H
#define CONTACT_CONTACT_JSON_H

/*
 * What a service showed as JSON, "csv2chakra.service/1": members in one
 * order; what was not seen is left out (csv2chakra-report(5) lists them).
 */

#include "base/buf.h"
#include "contact/contact.h"

#include <cjson/cJSON.h>

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
