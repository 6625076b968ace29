/* SPDX-License-Identifier: MIT */
#ifndef AUTHOR_INIT_FIELDS_H
#define AUTHOR_INIT_FIELDS_H

/*
 * What `init` makes of a service's fields: which column goes into which, and
 * in which type. Without a service nothing matches.
 */

#include "base/buf.h"
#include "chakra/response.h"
#include "csv_look.h"
#include "plan/settings.h"

#include <stdbool.h>
#include <stddef.h>

/* What is known of where the rows go. All zero: nothing. */
struct init_service {
	const char *procedure; /* --procedure; NULL = not named */
	struct config *config; /* owned; NULL = the service was not asked */
	struct config_listing listing;
};
/* Asks, if a procedure is named and a token is there; else a note says that
 * nobody was asked. Release it either way. */
int init_service_ask(
    struct init_service *s, const struct settings *o, struct diag *d);
void init_service_release(struct init_service *s);
/* The field that is the key, or NULL. */
const struct config_item *init_service_key(const struct init_service *s);

struct init_match {
	const struct config_item *field; /* the best one; NULL = none */
	int score;			 /* 0 to 100 */
	bool is_sure;			 /* it is proposed */
};
/* For each column its match; no field is proposed twice. `key`: the column
 * that is the key already, or SIZE_MAX. */
void init_match_columns(const struct csv_look *l, const struct init_service *s,
    size_t key, struct init_match *out);

/* The field beside its column, in words: "field Score (string): 100 of 100". */
void init_match_words(const struct init_match *m, struct buf *say);
/* Makes the field's type of the guess in `rest` (init_type), where the values
 * bear it out; `say` gets the reason, or what there is to decide. */
void init_match_type(const struct csv_look *l, size_t column,
    const struct config_item *f, struct buf *say, struct buf *rest);

#endif
