/* SPDX-License-Identifier: MIT */
/*
 * Columns and fields in pairs, the best first; then the field's type beside
 * what the values are.
 */
#include "init_fields.h"

#include "base/xalloc.h"
#include "config_ask.h"
#include "field_match.h"
#include "init_types.h"
#include "system/log.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define VALUES_SHOWN 6
#define OPTIONS_SHOWN 12

/* The token's place is checked by who asks. */
static bool
has_token(const struct settings *o)
{
	return o->token_file || o->token_command || getenv("CHAKRA_API_TOKEN");
}

int
init_service_ask(
    struct init_service *s, const struct settings *o, struct diag *d)
{
	*s = (struct init_service){.procedure = o->procedure};
	if (o->procedure == NULL)
		return 0;
	if (!has_token(o)) {
		log_warn("without a token the service was not asked for the "
			 "fields of '%s'",
		    o->procedure);
		return 0;
	}
	s->config = config_ask(o, d);
	if (s->config == NULL || config_choose(s->config, o->procedure, d))
		return -1;
	(void)config_listing_read(s->config, &s->listing);
	return 0;
}

void
init_service_release(struct init_service *s)
{
	config_listing_release(&s->listing);
	config_free(s->config);
}

const struct config_item *
init_service_key(const struct init_service *s)
{
	for (size_t i = 0; i < s->listing.field_count; i++)
		if (s->listing.key &&
		    strcmp(s->listing.fields[i].short_id, s->listing.key) == 0)
			return &s->listing.fields[i];
	return NULL;
}

enum family {
	FAMILY_TEXT,
	FAMILY_LIST,
	FAMILY_NUMBER,
	FAMILY_BOOLEAN,
	FAMILY_DATE,
	FAMILY_TIME,
	FAMILY_EMAIL,
	FAMILY_PHONE,
	FAMILY_OBJECT
};

static enum family
family_of(const char *type)
{
	static const struct {
		const char *name;
		enum family family;
	} known[] = {{"integer", FAMILY_NUMBER}, {"number", FAMILY_NUMBER},
	    {"float", FAMILY_NUMBER}, {"decimal", FAMILY_NUMBER},
	    {"integerId", FAMILY_NUMBER}, {"integerEnum", FAMILY_NUMBER},
	    {"floatEnum", FAMILY_NUMBER}, {"boolean", FAMILY_BOOLEAN},
	    {"date", FAMILY_DATE}, {"datetime", FAMILY_DATE},
	    {"datetimeISO8601", FAMILY_DATE}, {"time", FAMILY_TIME},
	    {"email", FAMILY_EMAIL}, {"phone", FAMILY_PHONE},
	    {"json", FAMILY_OBJECT}, {"customObject", FAMILY_OBJECT},
	    {"externalObject", FAMILY_OBJECT}, {"geolocation", FAMILY_OBJECT},
	    {"multiCustomObject", FAMILY_OBJECT},
	    {"multiExternalObject", FAMILY_OBJECT}};

	for (size_t i = 0; type && i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].name, type) == 0)
			return known[i].family;
	return type && strncmp(type, "multi", 5) == 0 ? FAMILY_LIST
						      : FAMILY_TEXT;
}

/* The family that the values are of, by their own conversion. */
static enum family
family_seen(const struct column_guess *g)
{
	switch (g->kind) {
	case COLUMN_INTEGER:
	case COLUMN_DECIMAL:
		return FAMILY_NUMBER;
	case COLUMN_BOOLEAN:
		return FAMILY_BOOLEAN;
	case COLUMN_DATE:
		return FAMILY_DATE;
	case COLUMN_TIME:
		return FAMILY_TIME;
	case COLUMN_EMAIL:
		return FAMILY_EMAIL;
	case COLUMN_PHONE:
		return FAMILY_PHONE;
	case COLUMN_EMPTY:
	case COLUMN_TEXT:
	case COLUMN_URL:
		break;
	}
	return FAMILY_TEXT;
}

static enum field_fit
fit_of(const struct column_guess *g, const struct config_item *f)
{
	enum family asked = family_of(f->type), seen = family_seen(g);

	if (g->kind == COLUMN_EMPTY || asked == FAMILY_TEXT ||
	    asked == FAMILY_LIST)
		return FIT_UNKNOWN;
	if (asked == seen && !g->is_mixed)
		return FIT_AGREES;
	/* Most of its values are, or digits that may be phone numbers. */
	if (asked != FAMILY_OBJECT &&
	    (g->is_nearly || g->is_mixed || g->two_phones > 0 ||
		(asked == FAMILY_PHONE && seen == FAMILY_NUMBER) ||
		(asked == FAMILY_BOOLEAN && seen == FAMILY_NUMBER) ||
		(asked == FAMILY_DATE && g->is_day_number)))
		return FIT_UNKNOWN;
	return FIT_CONTRADICTS;
}

/* A column that may be meant for a field. */
struct pair {
	size_t column, field;
	int score;
};
struct pairs {
	struct pair *items;
	size_t count, cap;
};

/* The best first, then in the order of the file and of the fields. */
static int
compare_pairs(const void *x, const void *y)
{
	const struct pair *a = x, *b = y;

	if (a->score != b->score)
		return a->score > b->score ? -1 : 1;
	if (a->column != b->column)
		return a->column < b->column ? -1 : 1;
	return a->field < b->field ? -1 : a->field > b->field;
}

static void
collect_pairs(const struct csv_look *l, size_t column,
    const struct config_listing *f, const char *key, struct pairs *all)
{
	struct column_guess g;

	column_profile_judge(&l->columns[column], &g);
	for (size_t k = 0; k < f->field_count; k++) {
		const struct config_item *field = &f->fields[k];
		int score = field_score(
		    csv_look_name(l, column), field, fit_of(&g, field));

		if (score < FIELD_SCORE_NEAR ||
		    (key && strcmp(field->short_id, key) == 0))
			continue;
		ARRAY_ROOM(all->items, all->count, all->cap);
		all->items[all->count++] = (struct pair){column, k, score};
	}
}

void
init_match_columns(const struct csv_look *l, const struct init_service *s,
    size_t key, struct init_match *out)
{
	const struct config_listing *f = &s->listing;
	bool *used = xcalloc(f->field_count + 1, sizeof(*used));
	struct pairs all = {NULL, 0, 0};

	memset(out, 0, l->column_count * sizeof(*out));
	for (size_t i = 0; i < l->column_count; i++)
		if (i != key && !csv_look_is_unused(l, i))
			collect_pairs(l, i, f, f->key, &all);
	if (all.count > 0)
		qsort(all.items, all.count, sizeof(*all.items), compare_pairs);
	for (size_t i = 0; i < all.count; i++) {
		const struct pair *p = &all.items[i];
		struct init_match *m = &out[p->column];

		if (used[p->field] || m->is_sure)
			continue;
		if (m->field == NULL)
			*m = (struct init_match){&f->fields[p->field], p->score,
			    p->score >= FIELD_SCORE_SURE};
		used[p->field] = m->is_sure;
	}
	free(all.items);
	free(used);
}

void
init_match_words(const struct init_match *m, struct buf *say)
{
	const struct config_item *f = m->field;

	if (f == NULL) {
		buf_adds(say, "no field of the procedure has such a name");
		return;
	}
	buf_adds(say, m->is_sure ? "guessed: the field '" : "nearest field: '");
	text_display(say, text_of(f->short_id), 60);
	buf_adds(say, "' (");
	if (f->title != NULL) {
		text_display(say, text_of(f->title), 60);
		buf_adds(say, ", ");
	}
	text_display(say, text_of(f->type ? f->type : "type not told"), 40);
	buf_addf(say, "), score %d of 100", m->score);
	if (!m->is_sure)
		buf_adds(say, "; if this is right, remove the #");
}

/* Values that are none of the options. */
static void
say_options(const struct csv_look *l, size_t column,
    const struct config_item *f, struct buf *say)
{
	const struct distinct *x = &l->columns[column].distinct;
	size_t others = 0;

	for (size_t i = 0; i < x->word_count && !x->has_no_words; i++) {
		struct text t = {x->words[i].text, x->words[i].len};
		bool is_one = false;

		for (size_t k = 0; k < f->option_count; k++)
			is_one |= text_is(t, f->options[k]);
		if (is_one || others++ >= VALUES_SHOWN)
			continue;
		buf_adds(say, others == 1 ? "; check first: not among its "
					    "options: '"
					  : ", '");
		text_display(say, t, 40);
		buf_addc(say, '\'');
	}
	if (others == 0)
		return;
	if (others > VALUES_SHOWN)
		buf_addf(say, " and %zu more", others - VALUES_SHOWN);
	buf_adds(say, "; a map: turns them into");
	for (size_t k = 0; k < f->option_count && k < OPTIONS_SHOWN; k++) {
		buf_adds(say, k == 0 ? " " : ", ");
		text_display(say, text_of(f->options[k]), 40);
	}
}

/* Leaves what is not about the type: how the cell is unwrapped. */
static void
make_text(const struct config_item *f, struct buf *say, struct buf *rest)
{
	bool wraps =
	    strncmp(buf_str(rest), INIT_UNWRAP, strlen(INIT_UNWRAP)) == 0;

	if (strstr(buf_str(rest), ", type: ") == NULL)
		return;
	buf_clear(rest);
	buf_adds(rest, wraps ? INIT_UNWRAP : "");
	buf_addf(say, "; sent as text, which is what %s takes", f->type);
}

/* ", type: decimal, …" becomes the same with another name. */
static void
rename_type(const char *name, struct buf *rest)
{
	struct buf old = BUF_INIT(0);
	const char *at;
	size_t skip;

	buf_add(&old, buf_str(rest), rest->len);
	at = strstr(buf_str(&old), ", type: ");
	if (at != NULL) {
		at += strlen(", type: ");
		skip = strcspn(at, ",");
		buf_truncate(rest, (size_t)(at - buf_str(&old)));
		buf_adds(rest, name);
		buf_adds(rest, at + skip);
	}
	buf_release(&old);
}

/* In numbers and dates a guess of the same family takes the field's name of
 * it; decimals do not fit into whole numbers. */
static bool
may_rename(const struct column_guess *g, const char *type)
{
	if (g->kind == COLUMN_DECIMAL)
		return strncmp(type, "integer", 7) != 0 &&
		       strcmp(type, "number") != 0;
	return g->kind == COLUMN_INTEGER ||
	       (g->kind == COLUMN_DATE &&
		   (!g->has_time || strcmp(type, "date") != 0));
}

void
init_match_type(const struct csv_look *l, size_t column,
    const struct config_item *f, struct buf *say, struct buf *rest)
{
	enum family asked = family_of(f->type);
	struct column_guess g;
	bool has_type = strstr(buf_str(rest), ", type: ") != NULL;

	column_profile_judge(&l->columns[column], &g);
	if (f->option_count > 0)
		say_options(l, column, f, say);
	if (f->type == NULL || g.kind == COLUMN_EMPTY)
		return;
	if (asked == FAMILY_TEXT) {
		make_text(f, say, rest);
	} else if (has_type && asked == family_seen(&g) &&
		   may_rename(&g, f->type)) {
		rename_type(f->type, rest);
	} else if (!has_type || asked != family_seen(&g)) {
		buf_addf(say,
		    "; check first: the field's type is %s, but not all values "
		    "look like it",
		    f->type);
	}
}
