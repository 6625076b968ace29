/* SPDX-License-Identifier: MIT */
/* schema: the mapping language for editors, made from the parser's table, or
 * the format of report.json, written by hand beside what writes it. */
#include "author/author.h"
#include "batch/batch.h"
#include "command.h"
#include "mapping/mapping.h"
#include "report/run_report.h"
#include "system/log.h"

#include <string.h>

static int
run_schema(struct options *o, struct diag *d)
{
	struct buf out = BUF_INIT(1 << 24);
	const char *which =
	    o->settings.operand_count > 0 ? o->settings.operands[0] : "mapping";
	int version = strcmp(which, "report") == 0     ? 2
		      : strcmp(which, "report/1") == 0 ? 1
						       : 0;

	if (strcmp(which, "split") == 0) {
		buf_add(&out, split_schema().s, split_schema().len);
	} else if (strcmp(which, "fields") == 0) {
		buf_add(&out, fields_schema().s, fields_schema().len);
	} else if (strcmp(which, "log") == 0) {
		buf_add(&out, log_schema().s, log_schema().len);
	} else if (version > 0) {
		buf_add(
		    &out, report_schema(version).s, report_schema(version).len);
	} else if (strcmp(which, "mapping") == 0) {
		mapping_schema(&out);
	} else {
		diag_set(d, DIAG_USAGE, "there is no schema '%s'", which);
		return diag_help(
		    d, "use mapping, report, report/1, split, fields or log");
	}
	if (out.len > 0 && out.data[out.len - 1] != '\n')
		buf_addc(&out, '\n');
	return command_answer(&out, false, d);
}

const struct command command_schema = {
    .id = COMMAND_SCHEMA,
    .name = "schema",
    .operands = "[mapping|report|report/1|split|fields|log]",
    .operands_max = 1,
    .summary = "print the JSON Schema of the mapping language",
    .details = "For YAML support in an editor, or a check in CI. With "
	       "'report', prints the schema of report.json, with "
	       "'report/1' that of csv2chakra 0.1.0, with 'split' that of "
	       "split.json, with 'fields' that of 'fields --format json', "
	       "with 'log' that of a line of '--log-format json'; "
	       "see csv2chakra-report(5).",
    .examples = {{"schema >csv2chakra.schema.json", "for editors"},
	{"schema report", "of what --format json prints"}},
    .run = run_schema,
};
