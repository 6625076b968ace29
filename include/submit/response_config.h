/* SPDX-License-Identifier: MIT */
#ifndef SUBMIT_RESPONSE_CONFIG_H
#define SUBMIT_RESPONSE_CONFIG_H

/*
 * What the answer of GET /v1/ext/config tells about a procedure: pure
 * functions over bytes (cJSON inside).
 *
 * Documented are the names of its lists (`procedures`, `attributes`, …), and
 * that things have a shortId and are linked by uuid. What the elements look
 * like is not, nor where states are kept. So every question has a third
 * answer, CONFIG_CANNOT_TELL, whenever the place was not recognised.
 *
 * Recognised: a list as an array, or as an object keyed by id or shortId; an
 * element by its shortId, id, or (states only) name; an attribute's procedure
 * as `procedure`, `procedureId` or `procedures`, or attributes listed in the
 * procedure itself; states in the procedure, or in a list of their own.
 */

#include "base/buf.h"
#include "submit/transport.h"

#include <stdbool.h>
#include <stddef.h>

enum config_answer {
	CONFIG_CANNOT_TELL,
	CONFIG_YES,
	CONFIG_NO,
	CONFIG_ELSEWHERE /* an attribute, or a state, of other procedures */
};

struct config;

/* NULL if the answer is none that can be read (words say why). Owned. */
struct config *response_config(
    const struct http_response *r, char *words, size_t words_size);
void config_free(struct config *c);

/* By shortId or id; the questions below are then about this one. */
enum config_answer config_procedure(struct config *c, const char *name);
/* Its name for people, "" if it has none. Borrowed. */
const char *config_procedure_title(const struct config *c);
/* Has the procedure that attribute (by shortId)? */
enum config_answer config_attribute(const struct config *c, const char *name);
/* Has the procedure that state (by shortId, name or id)? */
enum config_answer config_state(const struct config *c, const char *name);

/* The shortIds of a list, for "did you mean": those of procedures, or of the
 * chosen procedure's attributes or states. *count of them, borrowed from c;
 * the array is owned (free()). Never NULL. */
enum config_list { CONFIG_PROCEDURES, CONFIG_ATTRIBUTES, CONFIG_STATES };
const char **config_names(
    const struct config *c, enum config_list list, size_t *count);

#endif
