/* SPDX-License-Identifier: MIT */
/* fields: what the service tells of a procedure, for whoever writes a
 * mapping. */
#include "author/author.h"
#include "command.h"

static int
run_fields(struct options *o, struct diag *d)
{
	struct buf out = BUF_INIT(1 << 26);
	int ret = fields_run(&o->settings, &out, d);

	if (ret == 0)
		return command_answer(
		    &out, o->settings.format == FORMAT_JSON, d);
	buf_release(&out);
	return ret;
}

const struct command command_fields = {
    .id = COMMAND_FIELDS,
    .name = "fields",
    .operands = "[PROCEDURE]",
    .operands_max = 1,
    .summary = "list the fields and states of a procedure",
    .details = "Asks the service for its configuration (one GET, which "
	       "changes nothing): short ids, names, types and options of the "
	       "fields, the states, the key. Without PROCEDURE, lists the "
	       "procedures. ChakraHQ does not document the form of this "
	       "answer, so what could not be read is named.",
    .examples = {{"fields", "the procedures that the token may see"},
	{"fields lead", "what a mapping can write into 'lead'"}},
    .run = run_fields,
};
