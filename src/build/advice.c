/* SPDX-License-Identifier: MIT */
/*
 * Who is asked for advice about which problem, and the YAML in it; and the
 * advice about words that a map or a boolean does not know. A spelling of an
 * entry that differs only in capitals and blanks is that entry; what any other
 * word means only a person can say.
 */
#include "base/unicode.h"
#include "build/builder.h"
#include "builder_plan.h"
#include "evidence.h"
#include "mapping/mapping.h"

#include <string.h>

#define WORDS_NAMED 4

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

static void
add_words(const struct texts_seen *words, struct buf *out)
{
	for (size_t i = 0; i < words->count && i < WORDS_NAMED; i++) {
		(void)buf_adds(out, i > 0 ? ", " : "");
		hint_quote(out, texts_seen_get(words, i));
	}
	if (words->count > WORDS_NAMED || words->has_more)
		(void)buf_adds(out, " and others");
}

bool
advise_boolean(const struct plan_field *p, const char *name, struct buf *out)
{
	const struct texts_seen *words = &p->seen->failed->words;

	if (words->count == 0)
		return false;
	(void)buf_addf(out,
	    ADVICE_CHECK_FIRST "list each word in `true_words:` or "
			       "`false_words:` of %s: ",
	    name);
	add_words(words, out);
	return true;
}

/* The next character that is not a blank, in small letters; 0 at the end. */
static uint32_t
next_folded(struct text t, size_t *at)
{
	while (*at < t.len) {
		struct text rest = {t.s + *at, t.len - *at};
		struct text trimmed = text_trim(rest);

		*at += (size_t)(trimmed.s - rest.s);
		if (trimmed.len == 0)
			return 0;
		return code_point_lower(utf8_next(t.s, t.len, at));
	}
	return 0;
}

static bool
is_spelling_of(struct text a, struct text b)
{
	size_t i = 0, k = 0;
	uint32_t c;

	do {
		c = next_folded(a, &i);
		if (c != next_folded(b, &k))
			return false;
	} while (c != 0);
	return true;
}

/* The one entry that it is a spelling of; NULL if there is none, or two that
 * mean different things. */
static const struct map_entry *
entry_meant(const struct field *f, struct text word)
{
	const struct map_entry *found = NULL;

	/* What cannot be seen cannot be pasted from a screen. */
	for (size_t at = 0; at < word.len;)
		if (code_point_is_unseen(utf8_next(word.s, word.len, &at)))
			return NULL;
	for (size_t i = 0; i < f->steps.map_count; i++) {
		if (!is_spelling_of(word, f->steps.map[i].from))
			continue;
		if (found != NULL && !text_equal(found->to, f->steps.map[i].to))
			return NULL;
		found = &f->steps.map[i];
	}
	return found;
}

static bool
are_all_meant(const struct field *f, const struct texts_seen *words)
{
	for (size_t i = 0; i < words->count; i++)
		if (entry_meant(f, texts_seen_get(words, i)) == NULL)
			return false;
	return words->count > 0 && !words->has_more;
}

bool
advise_map(const struct plan_field *p, const char *name, struct buf *out)
{
	const struct texts_seen *words = &p->seen->failed->words;
	const struct field *f = p->f;

	if (words->count == 0)
		return false;
	if (!are_all_meant(f, words)) {
		(void)buf_addf(out,
		    ADVICE_CHECK_FIRST "what do these mean in the %s of "
				       "%s, or should `otherwise:` take them? ",
		    f->steps.lookup_rule ? "lookup table" : "`map:`", name);
		add_words(words, out);
		return true;
	}
	(void)buf_adds(out, "add `map: {");
	for (size_t i = 0; i < words->count; i++) {
		struct text word = texts_seen_get(words, i);

		(void)buf_adds(out, i > 0 ? ", " : "");
		hint_quote(out, word);
		(void)buf_adds(out, ": ");
		hint_quote(out, entry_meant(f, word)->to);
	}
	(void)buf_addf(out, "}` to the entries of %s", name);
	return true;
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
