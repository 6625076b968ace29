/* SPDX-License-Identifier: MIT */
/*
 * The mapping, made ready for the hot path: key fragments with their escapes,
 * column numbers, the options of each conversion. Done once, in an arena; the
 * row path only reads it.
 */
#include "builder_plan.h"

#include "base/json_write.h"
#include "base/xalloc.h"
#include "value/convert.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static struct text
keep(struct builder *b, const struct buf *text)
{
	return (struct text){
	    arena_strndup(&b->arena, buf_str(text), text->len), text->len};
}

static bool
has_rules(const struct field *f)
{
	return f->steps.replace_count > 0 || f->steps.case_rule != CASE_KEEP ||
	       steps_have_map(&f->steps) || f->has_default || f->required ||
	       f->pattern != NULL || f->has_min_length || f->has_max_length ||
	       f->one_of != NULL || f->unique || f->clear_count > 0;
}

/* Required and unique are part of being the key. */
static bool
is_plain_key(const struct field *f)
{
	return f->source == SOURCE_COLUMN && f->column_count == 1 &&
	       f->unwrap == UNWRAP_NOTHING && f->clear_count == 0 &&
	       f->steps.replace_count == 0 && f->steps.case_rule == CASE_KEEP &&
	       !steps_have_map(&f->steps) && f->pattern == NULL &&
	       !f->has_min_length && !f->has_max_length && f->one_of == NULL &&
	       f->on_error == ON_ERROR_REJECT;
}

static enum plan_kind
kind_of(const struct builder *b, const struct field *f)
{
	bool is_string = type_is_text(f->type) && f->type != TYPE_EMAIL &&
			 f->type != TYPE_PHONE;

	if (f->source == SOURCE_OBJECT)
		return PLAN_OBJECT;
	if (f->source == SOURCE_ITEMS)
		return PLAN_ITEMS;
	/* A plain number or boolean of the mapping is JSON already. */
	if (f->source == SOURCE_CONSTANT && !f->constant_is_text &&
	    !has_rules(f) && f != b->m->key)
		return PLAN_CONSTANT;
	if (is_string && f == b->m->key && is_plain_key(f))
		return PLAN_KEY;
	if (!is_string || has_rules(f) || f == b->m->key)
		return PLAN_VALUE;
	if (f->source == SOURCE_CONSTANT)
		return f->constant_text.len > 0 ? PLAN_CONSTANT : PLAN_VALUE;
	if (f->unwrap == UNWRAP_NOTHING &&
	    (f->source == SOURCE_INDEX ||
		(f->source == SOURCE_COLUMN && f->column_count == 1)))
		return f->empty == EMPTY_OMIT && !b->plans_items ? PLAN_PLAIN
								 : PLAN_VALUE;
	return PLAN_VALUE;
}

static void
plan_fragment(struct builder *b, struct plan_field *p)
{
	struct buf text = BUF_INIT(0);

	buf_addc(&text, ',');
	json_add_string(&text, p->f->key);
	buf_addc(&text, ':');
	if (p->kind == PLAN_CONSTANT)
		buf_add(&text, p->f->constant_json.s, p->f->constant_json.len);
	else if (p->kind == PLAN_OBJECT)
		buf_addc(&text, '{');
	else if (p->kind == PLAN_ITEMS)
		buf_addc(&text, '[');
	p->fragment.len = text.len;
	buf_addc(&text, '"');
	/* json_copy_blocks reads blocks of 16 bytes */
	buf_add(&text, (const char[16]){""}, 16);
	p->fragment.s = keep(b, &text).s;
	buf_release(&text);
}

/* Of dates and times. Loading a mapping refuses such formats too; what
 * reaches us must not be read wrongly in any case. */
static void
plan_formats(struct builder *b, struct plan_field *p)
{
	const struct field *f = p->f;
	struct convert_reason r, *kept;

	for (size_t i = 0; i < f->format_count; i++) {
		if (date_format_check(f->formats[i], f->type == TYPE_TIME, &r))
			continue;
		kept = arena_alloc(&b->arena, sizeof(*kept));
		convert_say_fail(kept, "format",
		    "the format cannot be used: %.200s", r.message);
		convert_say_hint(kept, "%s", r.hint);
		p->bad_format = kept;
		return;
	}
}

static void
plan_moment(struct plan_field *p)
{
	const struct field *f = p->f;

	p->dates = (struct date_rules){
	    .formats = f->formats,
	    .format_count = f->format_count,
	    .century = (int)f->century,
	    .zone = f->zone,
	    .months = f->months,
	    .form = DATE_AS_MS,
	    .any_past = f->has_min,
	    .any_future = f->has_max,
	};
	if (f->type == TYPE_DATETIME_ISO8601)
		p->dates.form = DATE_AS_ISO;
	else if (f->as == AS_SECONDS)
		p->dates.form = DATE_AS_SECONDS;
	else if (f->as == AS_ISO)
		p->dates.form =
		    f->type == TYPE_DATE ? DATE_AS_DAY : DATE_AS_ISO;
	p->time_form = f->as == AS_MS	     ? TIME_AS_MS
		       : f->as == AS_SECONDS ? TIME_AS_SECONDS
					     : TIME_AS_CLOCK;
	p->place_form = f->as == AS_OBJECT ? PLACE_AS_OBJECT
			: f->as == AS_TEXT ? PLACE_AS_TEXT
					   : PLACE_AS_ARRAY;
}

static void
plan_number(struct plan_field *p)
{
	static const unsigned ways[] = {
	    [NEGATIVE_MINUS] = NUMBER_MINUS,
	    [NEGATIVE_PARENTHESES] = NUMBER_PARENTHESES,
	    [NEGATIVE_TRAILING] = NUMBER_TRAILING,
	    [NEGATIVE_ANY] =
		NUMBER_MINUS | NUMBER_PARENTHESES | NUMBER_TRAILING,
	};
	const struct field *f = p->f;

	p->number = (struct number_rules){
	    .signs = p->list.signs,
	    .is_whole = type_is_integer(f->type),
	    .negative = ways[f->negative],
	    .units = f->units,
	    .unit_count = f->unit_count,
	    .percent = f->percent == PERCENT_FRACTION ? PERCENT_DIVIDES
						      : PERCENT_STAYS,
	};
	p->is_marked = !number_is_plain(&p->number);
}

static void
plan_list(struct plan_field *p)
{
	const struct field *f = p->f;

	p->is_list = type_is_list(f->type);
	p->list = (struct list_rules){
	    .element = LIST_STRING,
	    .signs = {f->decimal_sign, f->thousands_sign},
	};
	if (f->decimal_sign == 0)
		p->list.signs.decimal = '.';
	if (f->type == TYPE_MULTI_INTEGER_ENUM)
		p->list.element = LIST_INTEGER;
	else if (f->type == TYPE_MULTI_FLOAT_ENUM)
		p->list.element = LIST_DECIMAL;
}

/* A number of the mapping as JSON; as written if it is one already (1e6). */
static struct text
json_number(struct builder *b, struct text t)
{
	struct decimal_signs signs = {'.', 0};
	struct buf json = BUF_INIT(0);
	struct convert_reason r;

	if (convert_decimal(t, signs, &json, &r))
		t = keep(b, &json);
	buf_release(&json);
	return t;
}

static struct word_list
plan_words(struct builder *b, const struct text *words, size_t count)
{
	struct text *folded =
	    arena_array(&b->arena, count + 1, sizeof(*folded));

	if (count > 0)
		memcpy(folded, words, count * sizeof(*folded));
	texts_sort_fold(folded, count);
	return (struct word_list){words, count, folded};
}

static void
plan_limits(struct builder *b, struct plan_field *p)
{
	const struct field *f = p->f;
	struct text *list;
	size_t i;

	if (type_is_number(f->type)) {
		p->min = json_number(b, f->min_text);
		p->max = json_number(b, f->max_text);
	}
	list = arena_array(&b->arena, f->one_of_count, sizeof(*list));
	for (i = 0; i < f->one_of_count; i++)
		list[i] = json_number(b, f->one_of[i]);
	p->allowed = list;
	if (f->type == TYPE_BOOLEAN) {
		p->yes = plan_words(b, f->true_words, f->true_count);
		p->no = plan_words(b, f->false_words, f->false_count);
	}
	if (f->one_of_count > 0 || steps_have_map(&f->steps) ||
	    steps_have_map(&f->each))
		p->meant = arena_array(&b->arena, 1, sizeof(*p->meant));
}

/* Of a large table nobody asks which name was meant: it takes too long. */
static struct plan_steps
plan_steps(struct builder *b, const struct text_steps *s, bool is_each)
{
	struct plan_steps x = {.s = s, .is_each = is_each};
	struct text *names;

	x.has_map = steps_have_map(s);
	x.are_any =
	    s->replace_count > 0 || s->case_rule != CASE_KEEP || x.has_map;
	if (s->lookup != NULL) {
		if (lookup_table_count(s->lookup) > MEANT_NAMES)
			return x;
		x.map_names = lookup_table_names(s->lookup, &b->arena);
		x.map_name_count = lookup_table_count(s->lookup);
		return x;
	}
	names = arena_array(&b->arena, s->map_count + 1, sizeof(*names));
	for (size_t i = 0; i < s->map_count; i++)
		names[i] = s->map[i].from;
	x.map_names = names;
	x.map_name_count = s->map_count;
	return x;
}

static const char *
plan_type_rule(struct builder *b, enum field_type type)
{
	struct buf text = BUF_INIT(0);
	struct text rule;

	buf_addf(&text, "type %s", field_type_name(type));
	rule = keep(b, &text);
	buf_release(&text);
	return rule.s;
}

/* The field's index of values; the seed depends on nothing but the slot. */
static struct unique_index *
plan_unique(struct builder *b, int slot)
{
	unsigned char seed[16] = "csv2chakra uniq";

	if (slot < 0 || (size_t)slot >= b->unique_count)
		return NULL;
	if (b->unique[slot] == NULL) {
		seed[15] = (unsigned char)slot;
		b->unique[slot] = unique_new(seed);
	}
	return b->unique[slot];
}

static bool
takes_cell(const struct plan_field *p)
{
	const struct field *f = p->f;

	return p->column >= 0 && f->column_count == 1 && f->clear_count == 0 &&
	       f->unwrap != UNWRAP_FORMULA_TEXT &&
	       (f->source == SOURCE_COLUMN || f->source == SOURCE_INDEX);
}

/* So many fields have a memo, of which each takes some 25 KB. */
#define MEMOS_MAX 64

/* Nothing but the text of one cell decides what becomes of it. */
static void
plan_memo(struct builder *b, struct plan_field *p)
{
	const struct field *f = p->f;

	if (p->kind != PLAN_VALUE || p->is_key || f->unique || p->column < 0 ||
	    f->column_count != 1 || p->is_map_alone ||
	    (f->source != SOURCE_COLUMN && f->source != SOURCE_INDEX) ||
	    b->memo_count == MEMOS_MAX)
		return;
	b->memo_count++;
	p->memo = arena_alloc(&b->arena, sizeof(*p->memo));
}

static void plan_fields(struct builder *b, const struct field *fields,
    size_t count, struct plan_field **plans);

static void
plan_field(struct builder *b, const struct field *f, struct plan_field *p)
{
	p->f = f;
	p->kind = kind_of(b, f);
	p->column = -1;
	plan_fragment(b, p);
	if (p->kind == PLAN_OBJECT || p->kind == PLAN_ITEMS) {
		bool was = b->plans_items;

		b->plans_items = was || p->kind == PLAN_ITEMS;
		p->child_count = f->child_count;
		plan_fields(b, f->children, f->child_count, &p->children);
		b->plans_items = was;
		return;
	}
	if (f->column_count > 0)
		p->column = f->columns[0].column;
	p->takes_cell = takes_cell(p);
	if (p->kind == PLAN_KEY || p->takes_cell)
		p->slot = plain_slot(b, p);
	p->type_rule = plan_type_rule(b, f->type);
	p->phone = (struct phone_rules){f->calling_code, f->trunk_prefix};
	plan_moment(p);
	plan_formats(b, p);
	plan_list(p);
	plan_number(p);
	p->is_special = p->is_marked || p->bad_format != NULL ||
			f->any_digits || p->is_list || f->months.count > 0;
	p->cell = plan_steps(b, &f->steps, false);
	p->each = plan_steps(b, &f->each, true);
	map_plan_early(b, p);
	plan_limits(b, p);
	if (p->kind == PLAN_VALUE)
		p->seen = arena_alloc(&b->arena, sizeof(*p->seen));
	if (f->unique)
		p->unique = plan_unique(b, f->unique_slot);
	p->folds = f == b->m->key && b->m->mode != MODE_CREATE;
	b->meets_other |= p->folds;
	p->is_key = f == b->m->key;
	if (p->is_key)
		b->key = p;
	plan_memo(b, p);
}

/* How often one column stands in the run, at most. */
static size_t
most_copies(const struct plain_run *run)
{
	size_t *seen = xcalloc(run->width + 1, sizeof(*seen));
	size_t most = 0;

	for (size_t i = 0; i < run->count; i++)
		if (++seen[run->slots[i].column] > most)
			most = seen[run->slots[i].column];
	free(seen);
	return most;
}

/* The run that begins with the first of `count` fields. */
static const struct plain_run *
plan_run(struct builder *b, const struct plan_field *fields, size_t count)
{
	struct plain_run *run = arena_alloc(&b->arena, sizeof(*run));

	while (run->fields < count && fields[run->fields].kind == PLAN_PLAIN)
		run->fields++;
	run->slots = arena_array(&b->arena, run->fields, sizeof(*run->slots));
	run->bytes = 2 * JSON_COPY_SLACK;
	for (size_t i = 0; i < run->fields; i++) {
		struct plain_slot slot = plain_slot(b, &fields[i]);

		if (fields[i].column < 0)
			continue;
		run->slots[run->count++] = slot;
		/* And the quote after the cell. */
		run->bytes += slot.fragment.len + 1;
		if (run->width <= slot.column)
			run->width = slot.column + 1;
	}
	run->copies = most_copies(run);
	return run;
}

static void
plan_fields(struct builder *b, const struct field *fields, size_t count,
    struct plan_field **plans)
{
	size_t i;

	*plans = arena_array(&b->arena, count > 0 ? count : 1, sizeof(**plans));
	for (i = 0; i < count; i++)
		plan_field(b, &fields[i], &(*plans)[i]);
	for (i = 0; i < count; i++) {
		struct plan_field *p = &(*plans)[i];

		if (p->kind != PLAN_PLAIN)
			continue;
		p->run = plan_run(b, p, count - i);
		i += p->run->fields - 1;
	}
}

/* How many fields read each column, as far as `uses` goes; returns the number
 * of columns that there are. */
static size_t
count_uses(
    const struct field *fields, size_t count, unsigned *uses, size_t size)
{
	size_t width = 0;

	for (size_t i = 0; i < count; i++) {
		const struct field *f = &fields[i];
		size_t below =
		    count_uses(f->children, f->child_count, uses, size);

		width = below > width ? below : width;
		for (size_t k = 0; k < f->column_count; k++) {
			int column = f->columns[k].column;

			if (column < 0)
				continue;
			if ((size_t)column < size)
				uses[column]++;
			if ((size_t)column >= width)
				width = (size_t)column + 1;
		}
	}
	return width;
}

static void
find_shared(struct plan_field *plans, size_t count, const unsigned *uses)
{
	for (size_t i = 0; i < count; i++) {
		struct plan_field *p = &plans[i];

		find_shared(p->children, p->child_count, uses);
		for (size_t k = 0; k < p->f->column_count; k++) {
			int column = p->f->columns[k].column;

			if (column >= 0 && uses[column] > 1)
				p->shares_column = true;
		}
	}
}

void
plan_build(struct builder *b)
{
	const struct mapping *m = b->m;
	size_t width = count_uses(m->fields, m->field_count, NULL, 0);
	unsigned *uses = xcalloc(width + 1, sizeof(*uses));

	b->field_count = m->field_count;
	plan_fields(b, m->fields, m->field_count, &b->fields);
	(void)count_uses(m->fields, m->field_count, uses, width);
	find_shared(b->fields, b->field_count, uses);
	free(uses);
}
