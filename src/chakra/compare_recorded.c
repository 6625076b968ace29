/* SPDX-License-Identifier: MIT */
/* A process held against what was recorded of it: is it still as it was when
 * somebody read the changes and agreed to them? */
#include "base/json_read.h"
#include "chakra/verb.h"

#define VALUE_SHOWN 40

static bool
is_nothing(struct text t)
{
	return t.s == NULL || t.len == 0 || text_is(t, "null");
}

static bool
is_listed(const struct text *list, size_t count, struct text path)
{
	for (size_t i = 0; i < count; i++)
		if (text_equal(list[i], path))
			return true;
	return false;
}

static void
say_value(struct buf *out, struct text token)
{
	if (is_nothing(token))
		buf_adds(out, "nothing");
	else
		text_display(out, token, VALUE_SHOWN);
}

/* The first one that is not as it was. */
static void
say_moved(struct buf *out, struct text path, struct text was, struct text is)
{
	if (out->len > 0)
		return;
	text_display(out, path, VALUE_SHOWN);
	buf_adds(out, " was ");
	say_value(out, was);
	buf_adds(out, " when the changes were listed, and is ");
	say_value(out, is);
	buf_adds(out, " now");
}

struct recorded_walk {
	const struct compare_rules *rules;
	struct process_fields *wanted, *process;
	compare_each *each;
	void *ctx;
	struct buf *words;
	size_t fields, done, as_then, given;
};

/* Of one that is there to be sent with others. */
static void
give(struct recorded_walk *w, struct field_change *c)
{
	w->given++;
	if (w->each != NULL)
		w->each(w->ctx, c);
}

static void
see_field(struct recorded_walk *w, struct text path, struct text then)
{
	const struct compare_rules *r = w->rules;
	struct field_change c = {.path = path};

	c.before = process_fields_of(w->process, path.s);
	c.wanted = process_fields_of(w->wanted, path.s);
	w->fields++;
	if (json_same(c.before, c.wanted)) {
		w->done++;
		return;
	}
	if (json_same(c.before, then))
		w->as_then++;
	else
		say_moved(w->words, path, then, c.before);
	/* What has a value by now is not filled any more, whoever insists. */
	if (!is_nothing(c.before) &&
	    is_listed(r->fill_only, r->fill_count, path))
		return;
	give(w, &c);
}

/* Those that are compared, or those that go along. */
static void
see_fields(struct recorded_walk *w, struct text recorded, bool sent_only)
{
	const struct compare_rules *r = w->rules;
	struct buf path = BUF_INIT(0);
	struct json_walk walk;
	struct text name, then;

	json_walk_begin(&walk, recorded);
	while (json_walk_next(&walk, &name, &then)) {
		struct field_change c = {.is_sent_only = true};

		buf_clear(&path);
		json_decode(name, &path);
		c.path = (struct text){buf_str(&path), path.len};
		if (is_listed(r->send_only, r->send_count, c.path) != sent_only)
			continue;
		if (!sent_only) {
			see_field(w, c.path, then);
			continue;
		}
		c.before = process_fields_of(w->process, c.path.s);
		c.wanted = process_fields_of(w->wanted, c.path.s);
		give(w, &c);
	}
	buf_release(&path);
}

enum recorded_now
compare_recorded(const struct compare_rules *rules,
    const struct recorded_look *l, compare_each *each, void *ctx,
    struct buf *words)
{
	struct recorded_walk w = {.rules = rules,
	    .wanted = process_fields_new(l->wanted),
	    .process = process_fields_new(l->process),
	    .each = each,
	    .ctx = ctx,
	    .words = words};

	see_fields(&w, l->recorded, false);
	if (w.given > 0)
		see_fields(&w, l->recorded, true);
	process_fields_free(w.wanted);
	process_fields_free(w.process);
	if (w.done == w.fields)
		return RECORDED_DONE;
	if (w.as_then == w.fields)
		return RECORDED_AS_THEN;
	if (words->len == 0)
		buf_adds(words, "some of its fields were changed to what they "
				"are to become, and others were not");
	return w.given > 0 ? RECORDED_MOVED : RECORDED_KEPT;
}
