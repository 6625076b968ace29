/* SPDX-License-Identifier: MIT */
#ifndef PLAN_SETTINGS_H
#define PLAN_SETTINGS_H

/*
 * What a run does with options, as the `uses` of their rows in the option
 * table say: which are kept in the ledger, which a resume may not change,
 * which decide how the input is read, which the report shows. Nothing here
 * knows an option by its name, but for what a plan decided.
 *
 * Not among them is the text that the run key is made of
 * (plan_canonical_options): its bytes are frozen.
 */

#include "base/buf.h"
#include "plan/options.h"
#include "plan/plan.h"

enum setting_use {
	SETTING_FIXED = 1,   /* kept; a resume that says another is refused */
	SETTING_KEPT = 2,    /* kept; a resume may say another */
	SETTING_READING = 4, /* decides how the input is read */
	SETTING_SHOWN = 8    /* in the report */
};

/* What the plan made of options, mapping and input takes the place of
 * what *o says. The strings are p's. */
void settings_decided(struct options *o, const struct plan *p);

/* The reading options of *was, as if they had been said in *o. */
void settings_take_reading(struct options *o, const struct options *was);

/* Appends the JSON array of "--name=value" for each option with one of `uses`
 * that was given, has a default, or holds a value: options_parse takes them
 * back. */
void settings_arguments(
    const struct options *o, unsigned uses, struct buf *list);
/* Appends the JSON array of [name, value, "option" | "environment" | "mapping"
 * | "default"] for each one that is shown. Durations are in seconds. */
void settings_shown(const struct options *o, struct buf *list);
/* The reading options that *before has otherwise, or not at all, as they are
 * typed: " --delimiter ';' --no-header". NULL: all that were given. */
void settings_typed(
    const struct options *o, const struct options *before, struct buf *out);
/* The first fixed option that was given in *now and is another in *was; NULL
 * = none. */
const struct optspec *settings_differ(
    const struct options *now, const struct options *was);

#endif
