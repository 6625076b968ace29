/* SPDX-License-Identifier: MIT */
/*
 * Readers of the simple kinds of values, and the table that finds the reader
 * of a kind. Words, numbers and booleans are strict: `trim: "true"` is text,
 * and saying so is better than taking it.
 */
#include "input/decoder.h"
#include "loader.h"

#include <string.h>

_Static_assert(sizeof(enum case_rule) == sizeof(int),
    "words are stored as int into enums");

static void
help_words(struct loader *l, struct diagnostic *x, const struct key *k,
    struct text given)
{
	struct text words[16];
	size_t count = 0;
	while (count < 16 && k->words[count].word) {
		words[count] = text_of(k->words[count].word);
		count++;
	}
	int meant = text_did_you_mean(given, words, count);
	if (meant >= 0) {
		loader_help(l, x, "did you mean '%s'?", words[meant].s);
		return;
	}
	struct buf b = BUF_INIT(1024);
	key_words_list(k->words, &b);
	loader_help(l, x, "write %s", buf_str(&b));
	buf_release(&b);
}

static bool
read_word_value(struct loader *l, const struct key *k, const struct node *value,
    int *number)
{
	struct text t;
	if (!loader_text(l, k, value, &t))
		return false;
	if (key_word_find(k->words, t, number))
		return true;
	struct diagnostic *x = loader_error(l, "mapping.bad_value", value,
	    "'%s' cannot be '%s'", k->name, loader_show(l, t));
	help_words(l, x, k, t);
	return false;
}

static bool
read_word(
    struct loader *l, const struct key *k, const struct node *value, void *at)
{
	int number = 0;
	if (!read_word_value(l, k, value, &number))
		return false;
	memcpy(at, &number, sizeof(number));
	return true;
}

static bool
read_switch(
    struct loader *l, const struct key *k, const struct node *value, void *at)
{
	int number = 0;
	if (!read_word_value(l, k, value, &number))
		return false;
	*(bool *)at = number != 0;
	return true;
}

static bool
read_boolean(
    struct loader *l, const struct key *k, const struct node *value, void *at)
{
	enum scalar_kind kind = SCALAR_TEXT;
	if (value->kind == NODE_BAD)
		return false;
	if (value->kind == NODE_SCALAR)
		kind = node_scalar_kind(value);
	if (kind == SCALAR_TRUE || kind == SCALAR_FALSE) {
		*(bool *)at = kind == SCALAR_TRUE;
		return true;
	}
	struct diagnostic *x = loader_error(l, "mapping.wrong_kind", value,
	    "'%s' must be true or false, not %s", k->name,
	    node_describe(value));
	if (value->kind == NODE_SCALAR && value->style != STYLE_PLAIN &&
	    (text_is(value->text, "true") || text_is(value->text, "false")))
		loader_help(
		    l, x, "without quotes: %s: %s", k->name, value->text.s);
	else
		loader_help(
		    l, x, "write %s: true or %s: false", k->name, k->name);
	return false;
}

static bool
read_number(
    struct loader *l, const struct key *k, const struct node *value, void *at)
{
	uint64_t n = 0;
	if (value->kind == NODE_BAD)
		return false;
	if (value->kind != NODE_SCALAR ||
	    node_scalar_kind(value) != SCALAR_NUMBER ||
	    !text_parse_uint(value->text, &n)) {
		struct diagnostic *x = loader_error(l, "mapping.wrong_kind",
		    value, "'%s' must be a whole number, not %s", k->name,
		    value->kind == NODE_SCALAR && value->text.len
			? loader_show(l, value->text)
			: node_describe(value));
		loader_help(l, x, "for example %s: %s", k->name, k->example);
		return false;
	}
	if (n < k->min || n > k->max) {
		loader_error(l, "mapping.bad_value", value,
		    "'%s' must be from %llu to %llu, not %s", k->name,
		    (unsigned long long)k->min, (unsigned long long)k->max,
		    loader_show(l, value->text));
		return false;
	}
	*(uint64_t *)at = n;
	return true;
}

static bool
read_size(
    struct loader *l, const struct key *k, const struct node *value, void *at)
{
	struct text t;
	uint64_t n = 0;
	if (!loader_text(l, k, value, &t))
		return false;
	if (!text_parse_size(t, &n)) {
		struct diagnostic *x = loader_error(l, "mapping.bad_value",
		    value, "'%s' must be a size, not '%s'", k->name,
		    loader_show(l, t));
		loader_help(l, x, "for example %s: 512KiB", k->name);
		return false;
	}
	if (n < k->min || n > k->max) {
		loader_error(l, "mapping.bad_value", value,
		    "'%s' must be from 1KiB to 1GiB, not %s", k->name,
		    loader_show(l, t));
		return false;
	}
	*(uint64_t *)at = n;
	return true;
}

static bool
read_version(
    struct loader *l, const struct key *k, const struct node *value, void *at)
{
	(void)at;
	if (value->kind == NODE_BAD)
		return false;
	uint64_t n = 0;
	bool is_number =
	    value->kind == NODE_SCALAR && text_parse_uint(value->text, &n);
	if (is_number && text_is(value->text, "1"))
		return true;
	struct diagnostic *x = loader_error(l, "mapping.version", value,
	    "this program knows version 1 of the mapping language, not %s",
	    value->kind == NODE_SCALAR && value->text.len
		? loader_show(l, value->text)
		: node_describe(value));
	if (is_number && n > 1)
		loader_help(l, x,
		    "a newer csv2chakra may know it: update the "
		    "program (this is " CSV2CHAKRA_VERSION ")");
	else
		loader_help(l, x, "write %s: 1", k->name);
	return false;
}

static bool
read_any_text(
    struct loader *l, const struct key *k, const struct node *value, void *at)
{
	return loader_text(l, k, value, at);
}

static bool
read_text(
    struct loader *l, const struct key *k, const struct node *value, void *at)
{
	struct text t;
	if (!loader_text(l, k, value, &t))
		return false;
	if (text_trim(t).len == 0 || memchr(t.s, '\n', t.len)) {
		struct diagnostic *x = loader_error(l, "mapping.bad_value",
		    value, "'%s' must be %s", k->name,
		    text_trim(t).len ? "one line" : "a text that is not empty");
		loader_help(l, x, "for example %s: %s", k->name, k->example);
		return false;
	}
	*(struct text *)at = t;
	return true;
}

static bool
read_digits(
    struct loader *l, const struct key *k, const struct node *value, void *at)
{
	struct text t;
	if (!loader_text(l, k, value, &t))
		return false;
	size_t i = 0;
	while (i < t.len && t.s[i] >= '0' && t.s[i] <= '9')
		i++;
	if (t.len == 0 || t.len > 6 || i < t.len) {
		struct diagnostic *x = loader_error(l, "mapping.bad_value",
		    value, "'%s' must be 1 to 6 digits, not '%s'", k->name,
		    loader_show(l, t));
		loader_help(l, x, "for example %s: %s", k->name, k->example);
		return false;
	}
	*(struct text *)at = t;
	return true;
}

static bool
read_sign(
    struct loader *l, const struct key *k, const struct node *value, void *at)
{
	struct text t;
	int number = 0;
	if (!loader_text(l, k, value, &t))
		return false;
	if (key_word_find(k->words, t, &number)) {
		*(char *)at = (char)number;
		return true;
	}
	/* What separates may be a control character; what is part of a number,
	 * or a quote, is one that can be seen. */
	char sign;
	if (text_parse_sign(t, &sign) &&
	    (key_word_find(k->words, TEXT_LITERAL("tab"), &number) ||
		(sign >= ' ' && sign < 0x7f))) {
		*(char *)at = sign;
		return true;
	}
	struct diagnostic *x = loader_error(l, "mapping.bad_value", value,
	    "'%s' must be one ASCII character, not '%s'", k->name,
	    loader_show(l, t));
	loader_help(l, x, "for example %s: %s", k->name, k->example);
	return false;
}

static bool
read_separator(
    struct loader *l, const struct key *k, const struct node *value, void *at)
{
	struct text t;
	char sign = 0;
	struct diagnostic *x;

	if (!loader_text(l, k, value, &t))
		return false;
	if (text_parse_sign(t, &sign)) {
		*(struct text *)at = loader_keep(l, (struct text){&sign, 1});
		return true;
	}
	if (t.len > 0 && t.len <= 32 && t.s[0] != '\\' &&
	    memchr(t.s, '\0', t.len) == NULL) {
		*(struct text *)at = loader_keep(l, t);
		return true;
	}
	x = loader_error(l, "mapping.bad_value", value,
	    "'%s' must be a text of 1 to 32 bytes, not '%s'", k->name,
	    loader_show(l, t));
	if (t.len > 0 && t.s[0] == '\\')
		loader_help(l, x,
		    "a line break is \"\\n\" in double quotes; \\t and \\x1f "
		    "are read in any quotes");
	else
		loader_help(l, x, "for example %s: %s", k->name, k->example);
	return false;
}

static bool
read_encoding(
    struct loader *l, const struct key *k, const struct node *value, void *at)
{
	static const char *const common[] = {"auto", "utf-8", "utf-16",
	    "utf-16le", "utf-16be", "utf-32", "windows-1250", "windows-1251",
	    "windows-1252", "windows-1254", "iso-8859-1", "iso-8859-2",
	    "iso-8859-15", "shift_jis", "euc-jp", "euc-kr", "gb18030", "gbk",
	    "big5", "koi8-r", "macintosh"};
	struct text t, names[sizeof(common) / sizeof(*common)];
	if (!read_text(l, k, value, &t))
		return false;
	if (text_is(t, "auto") ||
	    (strlen(t.s) == t.len && encoding_is_known(t.s))) {
		*(struct text *)at = t;
		return true;
	}
	struct diagnostic *x = loader_error(l, "mapping.bad_value", value,
	    "unknown encoding '%s'", loader_show(l, t));
	size_t count = sizeof(common) / sizeof(*common);
	for (size_t i = 0; i < count; i++)
		names[i] = text_of(common[i]);
	int meant = text_did_you_mean(t, names, count);
	if (meant >= 0)
		loader_help(l, x, "did you mean '%s'?", common[meant]);
	else
		loader_help(l, x,
		    "use auto, utf-8, utf-16, windows-1252 or another name "
		    "that iconv -l lists");
	return false;
}

static bool
read_word_list(struct loader *l, const struct key *k, const struct node *value,
    struct text **list, size_t *count)
{
	if (value->kind == NODE_BAD)
		return false;
	if (value->kind != NODE_LIST) {
		struct diagnostic *x = loader_error(l, "mapping.wrong_kind",
		    value, "'%s' must be a list, not %s", k->name,
		    node_describe(value));
		if (value->kind == NODE_SCALAR && value->text.len)
			loader_help(l, x, "write %s: [%s]", k->name,
			    loader_show(l, value->text));
		else
			loader_help(
			    l, x, "for example %s: %s", k->name, k->example);
		return false;
	}
	bool is_good = true;
	*list = arena_array(l->arena, value->count, sizeof(**list));
	*count = 0;
	for (size_t i = 0; i < value->count; i++) {
		const struct node *item = value->items[i];
		if (item->kind == NODE_SCALAR && !node_is_nothing(item)) {
			(*list)[(*count)++] =
			    k->is_nfc ? loader_keep_nfc(l, item->text)
				      : loader_keep(l, item->text);
			continue;
		}
		is_good = false;
		if (item->kind != NODE_BAD)
			loader_error(l, "mapping.wrong_kind", item,
			    "an item of '%s' must be text, not %s", k->name,
			    node_describe(item));
	}
	texts_sort(*list, *count);
	return is_good;
}

/* What others call a type; NULL = nothing. */
static const char *
type_known_as(struct text t)
{
	static const char *const known[][2] = {{"int", "integer"},
	    {"numeric", "decimal"}, {"double", "decimal"}, {"money", "decimal"},
	    {"currency", "decimal"}, {"bool", "boolean"}, {"str", "string"},
	    {"timestamp", "datetime"}, {"mail", "email"}, {"link", "url"}};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (text_is(t, known[i][0]))
			return known[i][1];
	return NULL;
}

static bool
read_type(
    struct loader *l, const struct key *k, const struct node *value, void *at)
{
	struct text t, names[TYPE_COUNT];
	if (!loader_text(l, k, value, &t))
		return false;
	for (int i = 0; i < TYPE_COUNT; i++) {
		names[i] = text_of(field_type_name((enum field_type)i));
		if (text_equal(t, names[i])) {
			*(enum field_type *)at = (enum field_type)i;
			return true;
		}
	}
	struct diagnostic *x = loader_error(l, "mapping.unknown_type", value,
	    "unknown type '%s'", loader_show(l, t));
	int meant = text_did_you_mean(t, names, TYPE_COUNT);
	const char *known = type_known_as(t);
	if (known)
		loader_help(l, x, "did you mean '%s'?", known);
	else if (meant >= 0)
		loader_help(l, x, "did you mean '%s'?", names[meant].s);
	else
		loader_help(l, x,
		    "the types are string, integer, decimal, "
		    "boolean, date, datetime, … (see "
		    "csv2chakra-mapping(5))");
	return false;
}

/* Text that stands for a value: null would be something else. */
static bool
read_default(
    struct loader *l, const struct key *k, const struct node *value, void *at)
{
	if (value->kind == NODE_SCALAR &&
	    node_scalar_kind(value) == SCALAR_NULL) {
		struct diagnostic *x = loader_error(l, "mapping.bad_value",
		    value, "'%s' cannot be null", k->name);
		loader_help(l, x,
		    "write empty: null for JSON's null, or \"null\" for the "
		    "text");
		return false;
	}
	return loader_text(l, k, value, at);
}

bool
loader_read(struct loader *l, const struct key *k, const struct node *value,
    void *target)
{
	static const value_reader readers[VALUE_KIND_COUNT] = {
	    [VALUE_VERSION] = read_version,
	    [VALUE_TEXT] = read_text,
	    [VALUE_ANY_TEXT] = read_any_text,
	    [VALUE_ENCODING] = read_encoding,
	    [VALUE_WORD] = read_word,
	    [VALUE_SWITCH] = read_switch,
	    [VALUE_BOOLEAN] = read_boolean,
	    [VALUE_NUMBER] = read_number,
	    [VALUE_SIZE] = read_size,
	    [VALUE_SIGN] = read_sign,
	    [VALUE_SEPARATOR] = read_separator,
	    [VALUE_DIGITS] = read_digits,
	    [VALUE_LIMIT] = read_text,
	    [VALUE_PATTERN] = read_pattern,
	    [VALUE_COLUMN] = read_column,
	    [VALUE_DEFAULT] = read_default,
	    [VALUE_TYPE] = read_type,
	    [VALUE_REPLACE] = read_replace,
	    [VALUE_MAP] = read_map_entries,
	    [VALUE_OTHERWISE] = read_otherwise,
	    [VALUE_EACH] = read_each,
	    [VALUE_MONTHS] = read_months,
	};
	/* These fill several members of what they belong to. */
	static const value_reader wide_readers[VALUE_KIND_COUNT] = {
	    [VALUE_COLUMNS] = read_columns,
	    [VALUE_CONSTANT] = read_constant,
	    [VALUE_TEMPLATE] = read_template,
	    [VALUE_FORMATS] = read_formats,
	    [VALUE_ZONE] = read_zone,
	};
	char *base = target;
	if (k->kind == VALUE_WORD_LIST)
		return read_word_list(l, k, value,
		    (struct text **)(void *)(base + k->offset),
		    (size_t *)(void *)(base + k->count_offset));
	if (k->kind == VALUE_IGNORE)
		return read_ignore(l, k, value,
		    (struct ignore_rule **)(void *)(base + k->offset),
		    (size_t *)(void *)(base + k->count_offset));
	if (wide_readers[k->kind])
		return wide_readers[k->kind](l, k, value, target);
	if (readers[k->kind])
		return readers[k->kind](l, k, value,
		    k->offset == KEY_NO_OFFSET ? base : base + k->offset);
	return true;
}
