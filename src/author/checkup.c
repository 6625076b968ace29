/* SPDX-License-Identifier: MIT */
/* Findings are kept until the end, so that text and JSON say the same. */
#include "author/author.h"

#include "base/json_write.h"
#include "base/text.h"
#include "report/run_report.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

static const char *const result_names[] = {"ok", "warning", "failed"};

struct finding *
checkup_add(struct checkup *c, const char *check, enum finding_result result,
    int exit_status, const char *fmt, ...)
{
	struct finding *f = &c->items[c->count];
	va_list args;

	assert(c->count < FINDINGS_MAX);
	c->count++;
	f->check = check;
	f->result = result;
	f->help[0] = '\0';
	va_start(args, fmt);
	vsnprintf(f->message, sizeof(f->message), fmt, args);
	va_end(args);
	if (result == FINDING_FAILED)
		c->exit_status = exit_status_worse(c->exit_status, exit_status);
	return f;
}

void
checkup_add_diag(struct checkup *c, const char *check, const struct diag *d)
{
	struct finding *f = checkup_add(c, check, FINDING_FAILED,
	    diag_exit_status(d->kind), "%s", d->message);

	if (d->help[0] != '\0')
		finding_help(f, "%s", d->help);
}

void
finding_help(struct finding *f, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(f->help, sizeof(f->help), fmt, args);
	va_end(args);
}

void
checkup_text(const struct checkup *c, struct buf *out)
{
	for (size_t i = 0; i < c->count; i++) {
		const struct finding *f = &c->items[i];

		buf_addf(out, "%-8s %-11s ", result_names[f->result], f->check);
		text_display(out, text_of(f->message), 0);
		buf_addc(out, '\n');
		if (f->help[0] == '\0')
			continue;
		buf_addf(out, "%21shelp: ", "");
		text_display(out, text_of(f->help), 0);
		buf_addc(out, '\n');
	}
}

void
checkup_json(const struct checkup *c, struct buf *out)
{
	json_object(out, NULL);
	json_string(out, "schema", "csv2chakra.doctor/1");
	json_int(out, "exit_status", c->exit_status);
	json_array(out, "checks");
	for (size_t i = 0; i < c->count; i++) {
		const struct finding *f = &c->items[i];

		json_object(out, NULL);
		json_string(out, "check", f->check);
		json_string(out, "result", result_names[f->result]);
		json_text(out, "message", text_whole(f->message));
		if (f->help[0] != '\0')
			json_text(out, "help", text_whole(f->help));
		json_end_object(out);
	}
	json_end_array(out);
	json_end_object(out);
	buf_addc(out, '\n');
}
