/* SPDX-License-Identifier: MIT */
/* What init leaves for a person to fill in is not a procedure to send to. */
#include "placeholder.h"

bool
plan_is_filled_in(struct plan *p, const char *path, const struct settings *o)
{
	const unsigned asked = 1U << COMMAND_CHECK | 1U << COMMAND_DIFF |
			       1U << COMMAND_REHEARSE | 1U << COMMAND_IMPORT;
	const struct place at = p->mapping->procedure_at;
	struct diagnostic *x;

	if (!(asked & 1U << o->command) || o->procedure ||
	    !text_is(p->mapping->procedure, "your-procedure"))
		return true;
	x = diagnostics_add(&p->diagnostics, SEVERITY_ERROR,
	    "mapping.placeholder", path, at.line, at.column,
	    "'your-procedure' is a placeholder for your procedure's name");
	diagnostics_help(&p->diagnostics, x,
	    "replace it with the short id or uuid that 'csv2chakra fields' "
	    "lists, or use --procedure");
	return false;
}
