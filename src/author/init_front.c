/* SPDX-License-Identifier: MIT */
/* Each finding stands above the keys that follow it, so that who deletes the
 * keys knows why they were there. */
#include "init_mapping.h"

#include <inttypes.h>

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
