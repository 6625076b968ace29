/* SPDX-License-Identifier: MIT */
#ifndef CLI_TEXT_LOOK_H
#define CLI_TEXT_LOOK_H

/*
 * Before an import sends anything: does the decoded text look like text? It
 * is asked of the first bytes only, wherever the encoding came from; `check`
 * looks at every cell (source/hazards.h).
 */

#include "base/text.h"
#include "mapping/diagnostics.h"

/* Adds a warning, hazard.mojibake, with the line and the word. Bytes that are
 * not UTF-8 are passed over: their rows are rejected. */
void text_look_warn(
    struct diagnostics *list, const char *csv_name, struct text decoded);

#endif
