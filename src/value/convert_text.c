/* SPDX-License-Identifier: MIT */
/*
 * Booleans and email addresses. The email check finds what goes wrong in real
 * exports (two addresses in a cell, a blank, a missing domain) and says which;
 * it does not try to be the grammar of RFC 5322, which accepts what no mail
 * system delivers to.
 */
#include "value/convert.h"

#include "base/json_write.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

static bool
is_word_of(struct text t, struct word_list list)
{
	size_t i;

	if (list.folded != NULL)
		return texts_have_fold(list.folded, list.count, t);
	for (i = 0; i < list.count; i++)
		if (text_order_fold(t, list.words[i]) == 0)
			return true;
	return false;
}

/* Appends "a, b, c" to a text of `size` bytes, as far as it fits. */
static void
list_words(char *text, size_t size, struct word_list list)
{
	size_t i, at = strlen(text);

	for (i = 0; i < list.count && at < size; i++)
		at += (size_t)snprintf(text + at, size - at, "%s%.*s",
		    i > 0 ? ", " : "",
		    (int)(list.words[i].len > 40 ? 40 : list.words[i].len),
		    list.words[i].s);
	text[utf8_check(text, strlen(text))] = '\0';
}

static void
hint_words(struct word_list true_words, struct word_list false_words,
    struct convert_reason *r)
{
	char yes[80] = "", no[80] = "";

	list_words(yes, sizeof(yes), true_words);
	list_words(no, sizeof(no), false_words);
	convert_hint(r,
	    "check first: true is %s; false is %s; other words go into "
	    "`true_words:` and `false_words:`",
	    yes, no);
}

bool
convert_boolean(struct text t, struct word_list true_words,
    struct word_list false_words, struct buf *out, struct convert_reason *r)
{
	size_t start = out->len;

	if (is_word_of(t, true_words))
		return convert_done(r, out, start, buf_adds(out, "true"));
	if (is_word_of(t, false_words))
		return convert_done(r, out, start, buf_adds(out, "false"));
	if (r == NULL)
		return false;
	convert_fail(
	    r, "word", "this is neither a word for true nor one for false");
	hint_words(true_words, false_words, r);
	return false;
}

/* Blanks, control characters and format marks, in any script. */
static bool
is_unseen(uint32_t c)
{
	return c <= 0x20 || (c >= 0x7F && c <= 0xA0) || c == 0xAD ||
	       c == 0x1680 || (c >= 0x2000 && c <= 0x200F) ||
	       (c >= 0x2028 && c <= 0x202F) || (c >= 0x205F && c <= 0x206F) ||
	       c == 0x3000 || c == 0xFEFF;
}

static bool
check_local(struct text t, size_t at, struct convert_reason *r)
{
	static const char no_part[] = "()<>[]:;,\\\"";
	char name[48];
	size_t pos = 0;

	while (pos < at) {
		size_t here = pos;
		uint32_t c = utf8_next(t.s, at, &pos);

		if (is_unseen(c) || (c < 0x80 && strchr(no_part, (int)c)))
			return convert_fail(r, convert_char_cause(t, here),
			    "%s cannot be before the @ of an email address",
			    convert_name_char(t, here, name));
		if (c == '.' && (here == 0 || pos == at || t.s[pos] == '.'))
			return convert_fail(r, "full_stop",
			    "a full stop in an email address must be "
			    "between other characters");
	}
	if (at > 64)
		return convert_fail(r, "too_long",
		    "an email address has at most 64 bytes before its @");
	return true;
}

static bool
check_domain(struct text t, size_t at, struct convert_reason *r)
{
	struct text domain = {t.s + at, t.len - at};
	size_t pos = 0, label = 0, labels = 1;
	bool is_bad = false;
	char name[48];

	while (pos < domain.len && !is_bad) {
		size_t here = pos;
		uint32_t c = utf8_next(domain.s, domain.len, &pos);

		if (c == '.') {
			is_bad = here == label || domain.s[here - 1] == '-';
			label = pos;
			labels++;
		} else if (is_unseen(c) ||
			   (c < 0x80 && c != '-' && !(c >= '0' && c <= '9') &&
			       !((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))) {
			return convert_fail(r, convert_char_cause(domain, here),
			    "%s cannot be in the domain of an email "
			    "address",
			    convert_name_char(domain, here, name));
		} else {
			is_bad = c == '-' && here == label;
		}
	}
	if (is_bad || label == domain.len || domain.s[domain.len - 1] == '-')
		return convert_fail(r, "domain",
		    "the domain of the email address has "
		    "an empty part, or one that begins or "
		    "ends with a hyphen");
	if (labels < 2)
		return convert_fail(r, "no_full_stop",
		    "the domain of the email address has "
		    "no full stop");
	if (domain.len > 253)
		return convert_fail(r, "too_long",
		    "the domain of an email address has "
		    "at most 253 bytes");
	return true;
}

/* What most addresses are made of: letters and digits, full stops and hyphens
 * between two of them, and before the @ a few signs. False says nothing. */
static bool
is_usual_email(struct text t)
{
	size_t i = 0, dots = 0;
	bool was_usual = false;

	for (; i < t.len && t.s[i] != '@'; i++) {
		bool is_usual = ascii_is_letter(t.s[i]) ||
				ascii_is_digit(t.s[i]) || t.s[i] == '_' ||
				t.s[i] == '+' || t.s[i] == '-';

		if (!is_usual && (t.s[i] != '.' || !was_usual))
			return false;
		was_usual = is_usual;
	}
	if (!was_usual || i > 64 || t.len - i > 200)
		return false;
	was_usual = false;
	for (i++; i < t.len; i++) {
		bool is_usual =
		    ascii_is_letter(t.s[i]) || ascii_is_digit(t.s[i]);

		if (!is_usual &&
		    !(was_usual && (t.s[i] == '.' || t.s[i] == '-')))
			return false;
		dots += t.s[i] == '.';
		was_usual = is_usual;
	}
	return was_usual && dots > 0;
}

bool
convert_email(struct text t, struct buf *out, struct convert_reason *r)
{
	const char *at;
	size_t local;

	if (is_usual_email(t))
		return convert_done(r, out, out->len, json_add_string(out, t));
	at = t.len > 0 ? memchr(t.s, '@', t.len) : NULL;
	if (at == NULL)
		return convert_fail(r, "no_at", "an email address needs an @");
	local = (size_t)(at - t.s);
	if (memchr(at + 1, '@', t.len - local - 1) != NULL)
		return convert_fail(r, "two_at",
		    "an email address has one @, but this has more");
	if (local == 0)
		return convert_fail(r, "no_name", "nothing is before the @");
	if (local + 1 == t.len)
		return convert_fail(r, "no_domain", "nothing is after the @");
	if (!check_local(t, local, r) || !check_domain(t, local + 1, r))
		return false;
	return convert_done(r, out, out->len, json_add_string(out, t));
}
