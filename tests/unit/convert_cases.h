/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_CONVERT_CASES_H
#define TESTS_UNIT_CONVERT_CASES_H

/* What the tests of the conversions share: a case says either the JSON or
 * what the message and the hint must hold. */

#include "test.h"
#include "value/convert.h"

#define SAID(r, what) (strstr((r), (what)) != NULL)

/* Compares a conversion's result with the wanted JSON (NULL = it must fail
 * with a message that holds `message` and a hint that holds `hint`). */
static inline void
expect(const char *cell, bool ok, struct buf *out,
    const struct convert_reason *r, const char *json, const char *message,
    const char *hint)
{
	if (json != NULL) {
		if (!ok)
			fail_msg("'%s' was refused: %s", cell, r->message);
		if (strcmp(buf_str(out), json) != 0)
			fail_msg(
			    "'%s' became %s, not %s", cell, buf_str(out), json);
	} else {
		if (ok)
			fail_msg("'%s' became %s", cell, buf_str(out));
		if (out->len != 0)
			fail_msg("'%s' left %s", cell, buf_str(out));
		if (!SAID(r->message, message) || r->message[0] == '\0')
			fail_msg("'%s': '%s' does not say '%s'", cell,
			    r->message, message);
		if (hint != NULL && !SAID(r->hint, hint))
			fail_msg("'%s': the hint '%s' does not say '%s'", cell,
			    r->hint, hint);
	}
	buf_clear(out);
}

#endif
