/* SPDX-License-Identifier: MIT */
/*
 * fields: the procedures of a team, or what a mapping can write into one of
 * them. What the service does not tell is said, for nothing about the form of
 * its configuration is documented.
 */
#include "author/author.h"
#include "base/json_write.h"
#include "base/outcome.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "config_ask.h"
#include "report/terminal.h"
#include "system/screen.h"

#include <stdlib.h>
#include <string.h>

#define COLUMNS 3
#define WIDTH_MAX ((size_t)28)

extern const struct text asset_fields_schema_json;

struct text
fields_schema(void)
{
	return asset_fields_schema_json;
}

/* What is not told, one sentence each. */
struct untold {
	struct buf items[6];
	size_t count;
};

static struct buf *
untold_add(struct untold *u)
{
	struct buf *b = &u->items[u->count++];

	buf_init(b, 4096);
	return b;
}

static void
untold_release(struct untold *u)
{
	for (size_t i = 0; i < u->count; i++)
		buf_release(&u->items[i]);
}

static bool
is_enum(const struct config_item *f)
{
	return f->type != NULL && strstr(f->type, "Enum") != NULL;
}

/* Enums whose options are not told. */
static void
find_enums(const struct config_listing *l, struct untold *u)
{
	struct buf *b = NULL;

	for (size_t i = 0; i < l->field_count; i++) {
		const struct config_item *f = &l->fields[i];

		if (!is_enum(f) || f->option_count > 0)
			continue;
		if (b == NULL)
			buf_adds(b = untold_add(u), "the options of ");
		else
			buf_adds(b, ", ");
		text_display(b, text_of(f->short_id), 40);
	}
}

static void
find_untold(const struct config_listing *l, struct untold *u)
{
	if (l->key == NULL)
		buf_adds(untold_add(u), "which field is the key");
	if (l->field_count == 0)
		buf_adds(untold_add(u), "the fields");
	if (l->fields_unread > 0)
		buf_addf(untold_add(u), "%zu field%s without a short id",
		    l->fields_unread, l->fields_unread == 1 ? "" : "s");
	if (l->state_count == 0)
		buf_adds(untold_add(u), "the states");
	if (l->states_unread > 0)
		buf_addf(untold_add(u), "%zu state%s without a short id",
		    l->states_unread, l->states_unread == 1 ? "" : "s");
	find_enums(l, u);
}

static void
add_options(struct buf *out, const struct config_item *f)
{
	for (size_t i = 0; i < f->option_count; i++) {
		buf_adds(out, i > 0 ? ", " : "");
		text_display(out, text_of(f->options[i]), 40);
	}
}

/* A cell of the table, and blanks up to `width`. */
static void
add_cell(struct buf *out, const char *s, size_t width)
{
	size_t begin = out->len, used;

	text_display(out, text_of(s != NULL ? s : "-"), WIDTH_MAX);
	used = text_width(out->data + begin, out->len - begin);
	for (; used < width + 2; used++)
		buf_addc(out, ' ');
}

static size_t
widest(const struct config_item *items, size_t count, int column)
{
	static const char *const heads[COLUMNS] = {"FIELD", "NAME", "TYPE"};
	size_t width = strlen(heads[column]);
	struct buf b = BUF_INIT(1024);

	for (size_t i = 0; i < count; i++) {
		const char *s = column == 0   ? items[i].short_id
				: column == 1 ? items[i].title
					      : items[i].type;

		buf_clear(&b);
		text_display(&b, text_of(s != NULL ? s : "-"), WIDTH_MAX);
		if (text_width(buf_str(&b), b.len) > width)
			width = text_width(buf_str(&b), b.len);
	}
	buf_release(&b);
	return width;
}

static void
trim_line(struct buf *out)
{
	while (out->len > 0 && out->data[out->len - 1] == ' ')
		buf_truncate(out, out->len - 1);
	buf_addc(out, '\n');
}

static void
fields_table(const struct config_listing *l, struct buf *out)
{
	struct page p = {out, false};
	size_t width[COLUMNS], indent = 0;
	struct buf notes = BUF_INIT(1 << 16);

	if (l->field_count == 0)
		return;
	for (int i = 0; i < COLUMNS; i++) {
		width[i] = widest(l->fields, l->field_count, i);
		indent += width[i] + 2;
	}
	buf_addc(out, '\n');
	add_cell(out, "FIELD", width[0]);
	add_cell(out, "NAME", width[1]);
	buf_adds(out, "TYPE\n");
	for (size_t i = 0; i < l->field_count; i++) {
		const struct config_item *f = &l->fields[i];

		buf_clear(&notes);
		if (l->key != NULL && strcmp(l->key, f->short_id) == 0)
			buf_adds(&notes, "the key");
		if (f->is_required)
			buf_addf(
			    &notes, "%srequired", notes.len > 0 ? "; " : "");
		if (f->option_count > 0) {
			buf_adds(
			    &notes, notes.len > 0 ? "; one of " : "one of ");
			add_options(&notes, f);
		}
		add_cell(out, f->short_id, width[0]);
		add_cell(out, f->title, width[1]);
		add_cell(out, f->type, width[2]);
		if (notes.len > 0 && indent < PAGE_WIDTH - 20)
			page_wrap(&p, indent, indent, buf_str(&notes));
		else if (notes.len > 0)
			buf_addf(out, "%s\n", buf_str(&notes));
		else
			trim_line(out);
	}
	buf_release(&notes);
}

static void
states_list(const struct config_listing *l, struct buf *out)
{
	struct page p = {out, false};
	struct buf b = BUF_INIT(1 << 16);

	for (size_t i = 0; i < l->state_count; i++) {
		const struct config_item *s = &l->states[i];

		buf_adds(&b, i > 0 ? ", " : "");
		text_display(&b, text_of(s->short_id), 40);
		if (s->title == NULL || strcmp(s->title, s->short_id) == 0)
			continue;
		buf_adds(&b, " (");
		text_display(&b, text_of(s->title), 40);
		buf_addc(&b, ')');
	}
	if (b.len > 0) {
		buf_adds(out, "\nStates: ");
		page_wrap(&p, 8, 2, buf_str(&b));
	}
	buf_release(&b);
}

static void
procedure_text(const struct settings *o, const struct config *c,
    const char *name, const struct config_listing *l, struct buf *out)
{
	const char *title = config_procedure_title(c);
	struct page p = {out, false};
	struct untold u = {.count = 0};

	buf_adds(out, "procedure ");
	text_display(out, text_of(l->short_id ? l->short_id : name), 60);
	if (title[0] != '\0') {
		buf_adds(out, " (");
		text_display(out, text_of(title), 60);
		buf_addc(out, ')');
	}
	buf_adds(out, " at ");
	text_display(out, text_of(o->base_url), 0);
	buf_addf(out, ": %zu field%s, %zu state%s\n", l->field_count,
	    l->field_count == 1 ? "" : "s", l->state_count,
	    l->state_count == 1 ? "" : "s");
	if (l->key != NULL) {
		buf_adds(out, "key: ");
		text_display(out, text_of(l->key), 60);
		buf_addc(out, '\n');
	}
	fields_table(l, out);
	states_list(l, out);
	find_untold(l, &u);
	for (size_t i = 0; i < u.count; i++) {
		buf_adds(out, i == 0 ? "\nnot told: " : "not told: ");
		page_wrap(&p, 10, 10, buf_str(&u.items[i]));
	}
	untold_release(&u);
}

static void
item_json(const struct config_item *x, bool is_field, struct buf *out)
{
	json_object(out, NULL);
	json_string(out, "short_id", x->short_id);
	json_string(out, "name", x->title);
	if (is_field) {
		json_string(out, "type", x->type);
		json_bool(out, "required", x->is_required);
		if (x->options == NULL) {
			json_null(out, "options");
		} else {
			json_array(out, "options");
			for (size_t i = 0; i < x->option_count; i++)
				json_string(out, NULL, x->options[i]);
			json_end_array(out);
		}
	}
	json_end_object(out);
}

static void
items_json(const char *name, const struct config_item *items, size_t count,
    bool is_field, struct buf *out)
{
	json_array(out, name);
	for (size_t i = 0; i < count; i++)
		item_json(&items[i], is_field, out);
	json_end_array(out);
}

static void
begin_json(const struct settings *o, struct buf *out)
{
	json_object(out, NULL);
	json_string(out, "schema", "csv2chakra.fields/1");
	json_string(out, "base_url", o->base_url);
}

static void
procedure_json(const struct settings *o, const struct config *c,
    const struct config_listing *l, struct buf *out)
{
	const char *title = config_procedure_title(c);
	struct untold u = {.count = 0};

	begin_json(o, out);
	json_object(out, "procedure");
	json_string(out, "short_id", l->short_id);
	json_string(out, "name", title[0] != '\0' ? title : NULL);
	json_string(out, "key", l->key);
	json_end_object(out);
	items_json("fields", l->fields, l->field_count, true, out);
	items_json("states", l->states, l->state_count, false, out);
	find_untold(l, &u);
	json_array(out, "not_told");
	for (size_t i = 0; i < u.count; i++)
		json_text(out, NULL, buf_text(&u.items[i]));
	json_end_array(out);
	untold_release(&u);
	json_end_object(out);
}

/* All procedures, a line each; `c` ends with the last one chosen. */
static void
add_procedures(const struct settings *o, struct config *c, const char **names,
    size_t count, struct buf *out)
{
	bool is_json = o->format == FORMAT_JSON;

	for (size_t i = 0; i < count; i++) {
		struct config_listing l;
		const char *title;

		if (config_procedure(c, names[i]) != CONFIG_YES)
			continue;
		(void)config_listing_read(c, &l);
		title = config_procedure_title(c);
		if (is_json) {
			json_object(out, NULL);
			json_string(out, "short_id", names[i]);
			json_string(out, "name", title[0] ? title : NULL);
			json_string(out, "key", l.key);
			json_uint(out, "fields", l.field_count);
			json_uint(out, "states", l.state_count);
			json_end_object(out);
		} else {
			add_cell(out, names[i], 16);
			add_cell(out, title[0] ? title : NULL, 20);
			add_cell(out, l.key, 16);
			buf_addf(out, "%zu field%s, %zu state%s\n",
			    l.field_count, l.field_count == 1 ? "" : "s",
			    l.state_count, l.state_count == 1 ? "" : "s");
		}
		config_listing_release(&l);
	}
}

static int
list_procedures(
    const struct settings *o, struct config *c, struct buf *out, struct diag *d)
{
	size_t count;
	const char **names = config_names(c, CONFIG_PROCEDURES, &count);

	if (count == 0) {
		free(names);
		return config_choose(c, "", d);
	}
	if (o->format == FORMAT_JSON) {
		begin_json(o, out);
		json_array(out, "procedures");
		add_procedures(o, c, names, count, out);
		json_end_array(out);
		json_end_object(out);
	} else {
		add_cell(out, "PROCEDURE", 16);
		add_cell(out, "NAME", 20);
		buf_adds(out, "KEY\n");
		add_procedures(o, c, names, count, out);
		buf_adds(out, "\nnext: csv2chakra fields ");
		shell_quote(out, names[0]);
		buf_addc(out, '\n');
	}
	free(names);
	return 0;
}

int
fields_run(const struct settings *o, struct buf *out, struct diag *d)
{
	const char *name = o->operand_count > 0 ? o->operands[0] : NULL;
	struct config *c = config_ask(o, d);
	struct config_listing l = {.arena = ARENA_INIT};
	int ret = -1;

	if (c == NULL)
		return -1;
	if (name == NULL) {
		ret = list_procedures(o, c, out, d);
	} else if (config_choose(c, name, d) == 0) {
		(void)config_listing_read(c, &l);
		if (o->format == FORMAT_JSON)
			procedure_json(o, c, &l, out);
		else
			procedure_text(o, c, name, &l, out);
		config_listing_release(&l);
		ret = 0;
	}
	config_free(c);
	return ret;
}
