/* SPDX-License-Identifier: MIT */
/*
 * Does a field read back as it was written? It is not documented (a uuid for a
 * short id, ISO 8601 for milliseconds), and an update that compares what never
 * compares equal would send every row every time. Two looks tell: the first
 * change of a run, after its job, and the form of the first rows.
 */
#include "base/json_read.h"
#include "base/xalloc.h"
#include "change.h"
#include "submitter_core.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of so many rows all have another form: the field does not read back as it was
 * written. */
#define FORM_ROWS 20
#define FORMS_MAX 256

void
submitter_forms_release(struct submitter *s)
{
	for (size_t i = 0; i < s->form_count; i++)
		free(s->forms[i].path);
	free(s->forms);
}

static struct form_count *
form_of(struct submitter *s, struct text path)
{
	for (size_t i = 0; i < s->form_count; i++)
		if (text_is(path, s->forms[i].path))
			return &s->forms[i];
	if (s->form_count == FORMS_MAX)
		return NULL;
	ARRAY_ROOM(s->forms, s->form_count, s->form_cap);
	s->forms[s->form_count] =
	    (struct form_count){.path = xstrndup(path.s, path.len)};
	return &s->forms[s->form_count++];
}

struct form_note {
	struct submitter *s;
	uint64_t row;
	struct text sent; /* an object of the fields that were */
};

static void
say_difference(struct buf *out, uint64_t row, const struct field_change *c)
{
	struct buf a = BUF_INIT(0), b = BUF_INIT(0);

	text_display(&a, c->wanted, 40);
	text_display(
	    &b, c->before.s != NULL ? c->before : TEXT_LITERAL("nothing"), 40);
	buf_addf(out, "row %llu: written %s, read back %s",
	    (unsigned long long)row, buf_str(&a), buf_str(&b));
	buf_release(&a);
	buf_release(&b);
}

static void
count_form(void *ctx, const struct field_change *c)
{
	struct form_note *n = ctx;
	struct form_count *f;
	struct buf words = BUF_INIT(sizeof(f->samples[0]) - 1);

	if (!c->is_form || c->is_sent_only)
		return;
	f = form_of(n->s, c->path);
	if (f == NULL)
		return;
	if (f->forms < 2) {
		say_difference(&words, n->row, c);
		snprintf(f->samples[f->forms], sizeof(f->samples[0]), "%s",
		    buf_str(&words));
	}
	f->forms++;
	buf_release(&words);
}

void
submitter_see_form(struct submitter *s, const char *how)
{
	if (s->options.watch != NULL)
		contact_see(s->options.watch, CONTACT_READ_BACK, how);
}

void
submitter_stop_for_form(
    struct submitter *s, const char *path, const char *samples)
{
	struct diag why = DIAG_INIT;

	diag_set(&why, DIAG_MAX_ERRORS,
	    "stopped: '%s' does not read back as it was written (%s)", path,
	    samples);
	diag_code(&why, "compare.other_form");
	diag_help(&why,
	    "write it in the form in which ChakraHQ gives it back (its type, "
	    "`as:`, `map:`), or name it in update: send_only, which sends it "
	    "with other changes and never compares it");
	submitter_see_form(s, CONTACT_READ_OTHER);
	submitter_stop(s, &why, STOP_FOLLOW);
}

/* Of the first change, after its job: the field that is not as written. */
static void
note_unread(void *ctx, const struct field_change *c)
{
	struct form_note *n = ctx;
	struct submitter *s = n->s;
	struct buf words = BUF_INIT(sizeof(s->form_sample) - 1);

	if (c->is_sent_only || s->form_path[0] != '\0' ||
	    json_member(n->sent, c->path.s).s == NULL)
		return;
	snprintf(s->form_path, sizeof(s->form_path), "%.*s", (int)c->path.len,
	    c->path.s);
	say_difference(&words, n->row, c);
	snprintf(s->form_sample, sizeof(s->form_sample), "%s", buf_str(&words));
	buf_release(&words);
}

static void
see_process(struct submitter *s, struct open_call *call,
    const struct found_process *found, compare_each *each)
{
	ptrdiff_t at = open_call_find(call, found->key_token);
	struct form_note n = {.s = s};

	if (at < 0)
		return;
	n.row = call->rows[at].row;
	n.sent = change_before(call, (size_t)at);
	s->looked_rows++;
	(void)compare_process(call->rules, change_wanted(call, (size_t)at),
	    found->json, each, &n);
}

void
submitter_see_looks(
    struct submitter *s, struct open_call *call, const struct list_page *page)
{
	if (!call->verb->changes)
		return;
	if (call->step == STEP_LOOKUP && call->is_form_check) {
		s->form_path[0] = '\0';
		for (size_t i = 0; i < page->count; i++)
			see_process(s, call, &page->items[i], note_unread);
	}
	/* Once there are enough, they have told it. */
	if (call->step != STEP_PRECHECK || s->looked_rows >= FORM_ROWS)
		return;
	for (size_t i = 0; i < page->count; i++)
		see_process(s, call, &page->items[i], count_form);
	for (size_t i = 0;
	     s->looked_rows >= FORM_ROWS && i < s->form_count && !s->stopped;
	     i++) {
		const struct form_count *f = &s->forms[i];
		char both[sizeof(f->samples) + 8];

		if (f->forms < s->looked_rows)
			continue;
		snprintf(
		    both, sizeof(both), "%s; %s", f->samples[0], f->samples[1]);
		submitter_stop_for_form(s, f->path, both);
	}
}
