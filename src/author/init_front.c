/* SPDX-License-Identifier: MIT */
/* The head of a mapping, and what was found before the table. Each finding
 * stands above the keys that follow it, so that whoever deletes the
 * keys knows why they were there. */
#include "base/text.h"
#include "init_mapping.h"
#include "report/terminal.h"
#include "system/screen.h"

#include <inttypes.h>
#include <string.h>

int
init_front_check(const struct csv_look *l, struct diag *d)
{
	for (size_t i = 0; i < l->front_count; i++)
		if (l->fronts[i].kind == FRONT_QUOTED_LINES)
			return front_fail(&l->fronts[i], l->name, d);
	return 0;
}

void
init_front_source(const struct csv_look *l, struct buf *out)
{
	struct buf words = BUF_INIT(0);

	for (size_t i = 0; i < l->front_count; i++) {
		const struct front *f = &l->fronts[i];

		buf_adds(&words,
		    f->kind == FRONT_BACKSLASHES ? "careful: " : "guessed: ");
		front_message(f, &words);
		buf_addf(&words, " [%s]", front_code(f->kind));
		init_comment(out, 2, buf_str(&words));
		buf_clear(&words);
	}
	buf_release(&words);
}

static void
add_quote(const struct dialect *x, struct buf *out)
{
	if (x->quote == 0)
		buf_adds(out, "  quote: none\n");
	else if (x->quote == '\'')
		buf_adds(out, "  quote: \"'\"\n");
	else if (x->quote != '"' || x->says_quote)
		buf_addf(out, "  quote: '%c'\n", x->quote);
}

void
init_front_keys(const struct dialect *x, struct buf *out)
{
	add_quote(x, out);
	if (!x->has_header || x->says_header)
		buf_addf(
		    out, "  header: %s\n", x->has_header ? "true" : "false");
	if (x->skip_lines > 0 || x->says_skip_lines)
		buf_addf(out, "  skip_lines: %" PRIu64 "\n", x->skip_lines);
}

void
init_head(const struct csv_look *l, const char *procedure, const char *target,
    struct buf *out)
{
	const char *slash = strrchr(l->name, '/');
	struct buf words = BUF_INIT(0);
	char rows[48];

	buf_adds(out, "# yaml-language-server: "
		      "$schema=csv2chakra.schema.json\n");
	buf_adds(&words, "A mapping for '");
	text_display(&words, text_of(slash ? slash + 1 : l->name), 60);
	buf_addf(&words, "', written by csv2chakra init after a look at %s.",
	    page_rows(reader_tally(l->reader)->records, rows));
	init_comment(out, 0, buf_str(&words));
	buf_clear(&words);
	buf_addf(&words,
	    "%s at lines marked \"guessed:\" or \"careful:\", and run",
	    procedure ? "Look" : "Name your procedure, look");
	init_comment(out, 0, buf_str(&words));
	buf_clear(&words);
	buf_adds(&words, "csv2chakra rehearse ");
	shell_quote(&words, target ? target : "MAPPING");
	buf_addc(&words, ' ');
	shell_quote(&words, strcmp(l->name, "<stdin>") == 0 ? "CSV" : l->name);
	init_comment(out, 0, buf_str(&words));
	buf_release(&words);
	buf_adds(out, "# Editors complete and check it with the schema beside "
		      "it:\n"
		      "# csv2chakra schema > csv2chakra.schema.json\n"
		      "version: 1\nprocedure: ");
	if (procedure)
		init_scalar(out, text_of(procedure));
	else
		buf_adds(out, "your-procedure # put its short id or uuid here");
	buf_adds(out, "\n\n");
}
