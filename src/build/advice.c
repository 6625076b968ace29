/* SPDX-License-Identifier: MIT */
/*
 * Who is asked for advice about which problem, and the YAML in it.
 */
#include "build/builder.h"
#include "builder_plan.h"
#include "evidence.h"
#include "mapping/mapping.h"

#include <string.h>

static void
begin_key(struct advice_keys *k, const char *name)
{
	(void)buf_adds(k->out, k->count++ > 0 ? ", `" : "`");
	(void)buf_addf(k->out, "%s: ", name);
}

void
advice_key(struct advice_keys *k, const char *name, struct text value)
{
	begin_key(k, name);
	hint_quote(k->out, value);
	(void)buf_addc(k->out, '`');
}

void
advice_key_word(struct advice_keys *k, const char *name, const char *word)
{
	begin_key(k, name);
	(void)buf_addf(k->out, "%s`", word);
}

void
advice_key_list(struct advice_keys *k, const char *name,
    const struct text *items, size_t count)
{
	begin_key(k, name);
	for (size_t i = 0; i < count; i++) {
		(void)buf_adds(k->out, i > 0 ? ", " : "[");
		hint_quote(k->out, items[i]);
	}
	(void)buf_adds(k->out, "]`");
}

static const struct plan_field *
find_field(const struct plan_field *fields, size_t count, struct text path)
{
	for (size_t i = 0; i < count; i++) {
		const struct plan_field *p = &fields[i], *below;

		below = find_field(p->children, p->child_count, path);
		if (below != NULL)
			return below;
		if (text_equal(p->f->path, path))
			return p;
	}
	return NULL;
}

bool
builder_advise(const struct builder *b, struct text path, const char *name,
    const char *code, const char *cause, struct buf *out)
{
	const struct plan_field *p =
	    find_field(b->fields, b->field_count, path);
	const struct cause_evidence *c;

	if (p == NULL || p->seen == NULL || p->seen->failed == NULL)
		return false;
	if (strcmp(code, "map.no_entry") == 0)
		return advise_map(p, name, out);
	c = evidence_of(p->seen->failed, cause);
	if (c == NULL || strcmp(code, field_type_code(p->f->type)) != 0)
		return false;
	if (type_is_number(p->f->type))
		return advise_number(p, c, name, out);
	if (type_is_moment(p->f->type))
		return advise_date(p, c, name, out);
	if (p->f->type == TYPE_TIME)
		return advise_time(p, c, name, out);
	if (p->f->type == TYPE_BOOLEAN)
		return advise_boolean(p, name, out);
	return false;
}
