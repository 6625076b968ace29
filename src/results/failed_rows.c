/* SPDX-License-Identifier: MIT */
/*
 * One <tr> a problem. The cells carry their heading in data-l, for narrow
 * screens where a row is a card; these are our own words, nothing of the CSV
 * goes into an attribute.
 */
#include "failed_rows.h"

#include "base/xalloc.h"
#include "html.h"
#include "system/atomic_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MESSAGE_CHARS 400
#define NAME_CHARS 60

struct failed_rows {
	FILE *spool;
	struct failed_rows_counts counts;
};

/* The contents of a line, not escaped. */
struct failure {
	char cell[24];
	struct text column, value, message, hint;
	const char *code;
};

struct failed_rows *
failed_rows_new(const char *folder, struct diag *d)
{
	struct failed_rows *f = xcalloc(1, sizeof(*f));
	int fd = file_open_nameless(folder);

	if (fd >= 0)
		f->spool = fdopen(fd, "w+");
	if (f->spool)
		return f;
	diag_set_errno(d, DIAG_DISK, errno, "unable to write in '%s'", folder);
	if (fd >= 0)
		close(fd);
	free(f);
	return NULL;
}

void
failed_rows_free(struct failed_rows *f)
{
	if (!f)
		return;
	if (f->spool)
		fclose(f->spool);
	free(f);
}

static void
add_line(
    struct failed_rows *f, const struct row_line *line, const struct failure *x)
{
	const struct outcome_row *outcome = outcome_row(line->outcome);
	FILE *out = f->spool;

	fputs("<tr><td data-l=\"Row\">", out);
	if (line->rec->row > 0) /* a lost row may have none */
		fprintf(out, "%" PRIu64, line->rec->row);
	fputs("</td><td data-l=\"Key\">", out);
	html_bdi(out, line->lead_id, NAME_CHARS);
	html_put(out, "</td><td data-l=\"Cell\">%s</td><td data-l=\"Column\">",
	    x->cell);
	html_bdi(out, x->column, NAME_CHARS);
	fputs("</td><td data-l=\"Value\">", out);
	html_bdi(out, x->value, FAILED_VALUE_CHARS);
	fputs("</td><td data-l=\"Problem\">", out);
	html_bdi(out, x->message, MESSAGE_CHARS);
	if (x->hint.len > 0) {
		fputs("<span class=\"fix\">", out);
		html_bdi(out, x->hint, MESSAGE_CHARS);
		fputs("</span>", out);
	}
	html_put(out,
	    "</td><td data-l=\"Outcome\"><b class=\"tag o-%s\">%s</b>",
	    outcome->tint, outcome->name);
	if (x->code[0] != '\0')
		html_put(out, "<code>%.60s</code>", x->code);
	fputs("</td></tr>\n", out);
	f->counts.lines_shown++;
}

static void
add_problems(struct failed_rows *f, const struct row_line *line,
    const struct header *header)
{
	const struct problem_list *l = line->problems;
	size_t shown = 0, more = l->dropped;

	for (size_t i = 0; i < l->count; i++) {
		const struct problem *p = &l->items[i];
		struct failure x = {.value = problem_value(l, p),
		    .message = problem_message(l, p),
		    .hint = problem_hint(l, p),
		    .code = p->code};

		if (p->level != PROBLEM_REJECT || problem_twin(l, i) != i)
			continue;
		if (shown == FAILED_LINES_SHOWN) {
			more++;
			continue;
		}
		problem_cell(p->column, line->rec->row, x.cell);
		if (p->column < 0)
			x.column = problem_path(l, p);
		else if ((size_t)p->column < header->count)
			x.column = header->names[p->column];
		add_line(f, line, &x);
		shown++;
	}
	if (more > 0) {
		struct failure x = {.code = ""};
		char words[96];

		snprintf(words, sizeof(words),
		    "%zu more problem%s in this row, in rejected.reasons.csv",
		    more, more == 1 ? "" : "s");
		x.message = text_of(words);
		add_line(f, line, &x);
	}
}

static const char *
words_of(const struct row_line *line)
{
	const char *wordless = outcome_row(line->outcome)->wordless;

	return line->words[0] != '\0' || !wordless ? line->words : wordless;
}

void
failed_rows_add(struct failed_rows *f, const struct row_line *line,
    const struct header *header)
{
	if (outcome_row(line->outcome)->exit_status == EXIT_GOOD)
		return;
	f->counts.rows++;
	if (f->counts.rows > FAILED_ROWS_SHOWN)
		return;
	f->counts.rows_shown++;
	f->counts.has_keys = f->counts.has_keys || line->lead_id.len > 0;
	if (outcome_is(line->outcome, TRAIT_OURS) && !line->is_lost) {
		add_problems(f, line, header);
	} else {
		struct failure x = {
		    .message = text_of(words_of(line)), .code = line->code};

		add_line(f, line, &x);
	}
}

int
failed_rows_copy(struct failed_rows *f, FILE *out, struct diag *d)
{
	char block[16384];
	size_t n;

	if (fflush(f->spool) != 0 || ferror(f->spool) ||
	    fseek(f->spool, 0, SEEK_SET) != 0)
		goto failed;
	while ((n = fread(block, 1, sizeof(block), f->spool)) > 0)
		fwrite(block, 1, n, out);
	if (!ferror(f->spool))
		return 0;
failed:
	return diag_set(d, DIAG_DISK,
	    "unable to keep the rows of report.html: the disk took a part of "
	    "them only");
}

struct failed_rows_counts
failed_rows_counts(const struct failed_rows *f)
{
	return f->counts;
}
