/* SPDX-License-Identifier: MIT */
#ifndef REPORT_REPORT_ITEMS_H
#define REPORT_REPORT_ITEMS_H

/* Members and items of report.json. All append to the buffer. */

#include "base/buf.h"
#include "ledger/ledger.h"

/* A member; nothing when s is NULL or "". What is not UTF-8 comes as \xNN. */
void report_text_json(struct buf *b, const char *name, const char *s);
/* Objects of the lists `chunks` and `calls`. */
void report_chunk_json(const struct ledger_chunk *c, struct buf *o);
void report_call_json(const struct ledger_call *c, struct buf *o);

#endif
