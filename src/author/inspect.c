/* SPDX-License-Identifier: MIT */
/*
 * inspect: what a file is, before anybody writes a mapping for it. A guessed
 * encoding and rows with a broken structure are what one wants to see, so
 * they are shown and do not change the exit status; a quote that never closes
 * does, because what follows it was not looked at.
 */
#include "author/author.h"
#include "csv_look.h"
#include "system/screen.h"

#include <unistd.h>

int
inspect_run(const struct settings *o, struct diag *d)
{
	struct csv_look look = {.row = NULL};
	struct buf out = BUF_INIT(0);
	int ret = csv_look_read(&look, o, o->operands[0], d);

	if (ret == 0) {
		if (o->format == FORMAT_JSON) {
			inspect_json(&look, &out);
			ret = answer_write_json(&out, d);
		} else {
			inspect_text(
			    &look, settings_colour(o, STDOUT_FILENO), &out);
			ret = answer_write(&out, d);
		}
	}
	if (ret == 0 && look.is_unclosed) {
		ret = diag_set(d, DIAG_INPUT,
		    "a quote in '%s' never closes; the rows after it were "
		    "not read",
		    look.name);
		diag_help(d, "the problem csv.unclosed_quote names the line "
			     "on which it opens");
	}
	buf_release(&out);
	csv_look_release(&look);
	return ret < 0 ? -1 : EXIT_GOOD;
}
