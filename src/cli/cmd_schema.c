/* SPDX-License-Identifier: MIT */
#include "cli/command.h"

#include "cli/answer.h"
#include "mapping/mapping.h"

/* schema: the mapping language for editors, made from the parser's table. */

static int
run_schema(struct options *o, struct diag *d)
{
	struct buf out = BUF_INIT(1 << 24);
	int ret;

	(void)o;
	mapping_schema(&out);
	if (out.len > 0 && out.data[out.len - 1] != '\n')
		buf_addc(&out, '\n');
	ret = answer_write(&out, d);
	buf_release(&out);
	return ret < 0 ? -1 : EXIT_GOOD;
}

const struct command command_schema = {
    .id = COMMAND_SCHEMA,
    .name = "schema",
    .operands = "",
    .summary = "print the JSON Schema of the mapping language",
    .details = "For the YAML support of an editor, or a check in CI.",
    .examples = {{"schema", "for editors"},
	{"schema >csv2chakra.schema.json", "into a file"}},
    .run = run_schema,
};
