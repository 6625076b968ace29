/* SPDX-License-Identifier: MIT */
/*
 * Names out of a spreadsheet's header are anything: sentences, two lines,
 * another script. A key made of one is for ChakraHQ and for people to change.
 */
#include "base/unicode.h"
#include "init_mapping.h"
#include "look/hazards.h"
#include "report/terminal.h"

#include <string.h>
#include <strings.h>

#define KEY_MAX ((size_t)60)

/* The letter below the marks of U+00C0 to U+017F; _ = none. */
static char
base_letter(uint32_t c)
{
	static const char letters[] =
	    "aaaaaaaceeeeiiiidnooooo_ouuuuytsaaaaaaaceeeeiiiidnooooo_ouuuuyty"
	    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
	    "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

	return c >= 0xc0 && c < 0x180 ? letters[c - 0xc0] : '_';
}

static bool
is_upper(uint32_t c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
is_lower_or_digit(uint32_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

void
init_key(struct buf *out, struct text name)
{
	struct buf form = BUF_INIT(0);
	size_t begin = out->len, at = 0;
	uint32_t before = ' ';

	name = text_nfc(&form, name);
	while (at < name.len && out->len - begin < KEY_MAX) {
		uint32_t c = utf8_next(name.s, name.len, &at);
		unsigned char next =
		    at < name.len ? (unsigned char)name.s[at] : ' ';
		bool is_word =
		    is_upper(c) &&
		    (is_lower_or_digit(before) ||
			(is_upper(before) && next >= 'a' && next <= 'z'));
		char letter = is_upper(c)	     ? (char)(c | 0x20)
			      : is_lower_or_digit(c) ? (char)c
						     : base_letter(c);

		before = c;
		if ((is_word || letter == '_') && out->len > begin &&
		    out->data[out->len - 1] != '_')
			buf_addc(out, '_');
		if (letter != '_') {
			buf_addc(out, letter);
			if (c == 0xdf)
				buf_addc(out, 's');
		}
	}
	if (out->len > begin && out->data[out->len - 1] == '_')
		buf_truncate(out, out->len - 1);
	buf_release(&form);
}

/* Words that some YAML reader takes for something else than text. */
static bool
is_reserved(struct text t)
{
	static const char *const words[] = {
	    "true", "false", "null", "yes", "no", "on", "off", "y", "n"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i]) == t.len &&
		    strncasecmp(words[i], t.s, t.len) == 0)
			return true;
	return false;
}

static bool
is_plain(struct text t)
{
	if (t.len == 0 || t.len > 60 || is_reserved(t) ||
	    !(is_upper((unsigned char)t.s[0]) ||
		(t.s[0] >= 'a' && t.s[0] <= 'z')))
		return false;
	for (size_t i = 0; i < t.len; i++) {
		unsigned char c = (unsigned char)t.s[i];

		if (!is_upper(c) && !is_lower_or_digit(c) &&
		    (c == '\0' || !strchr(" _-.()/", c)))
			return false;
	}
	return t.s[t.len - 1] != ' ';
}

void
init_scalar(struct buf *out, struct text t)
{
	size_t at = 0;

	if (is_plain(t)) {
		buf_add(out, t.s, t.len);
		return;
	}
	buf_addc(out, '"');
	while (at < t.len) {
		uint32_t c = utf8_next(t.s, t.len, &at);

		if (c == '"' || c == '\\')
			buf_addf(out, "\\%c", (char)c);
		else if (c == '\n')
			buf_adds(out, "\\n");
		else if (c == '\t')
			buf_adds(out, "\\t");
		else if (c < 0x20 || (c >= 0x7f && c <= 0xa0))
			buf_addf(out, "\\x%02X", (unsigned)c);
		else if (text_is_hidden(c) || c == 0x202f || c == 0xfffe ||
			 c == 0xffff)
			buf_addf(out, "\\u%04X", (unsigned)c);
		else
			utf8_add(out, c);
	}
	buf_addc(out, '"');
}

/* Without what ends a comment or may not stand in YAML. */
static void
add_harmless(struct buf *out, const char *text)
{
	struct text t = text_of(text);
	size_t at = 0;

	while (at < t.len) {
		uint32_t c = utf8_next(t.s, t.len, &at);

		if (text_is_hidden(c) || c == 0xfffe || c == 0xffff)
			buf_addc(out, '?');
		else
			utf8_add(out, c);
	}
}

void
init_comment(struct buf *out, size_t indent, const char *text)
{
	struct buf harmless = BUF_INIT(0), lines = BUF_INIT(0);
	struct page p = {&lines, false};
	const char *at, *end;

	add_harmless(&harmless, text);
	/* What stands before each line is as wide as the page's indent. */
	page_wrap(&p, indent + 2, indent + 2, buf_str(&harmless));
	for (at = buf_str(&lines); *at != '\0'; at = end + 1) {
		end = strchr(at, '\n');
		if (!end)
			break;
		if (at != buf_str(&lines))
			at += indent + 2;
		for (size_t i = 0; i < indent; i++)
			buf_addc(out, ' ');
		buf_adds(out, "# ");
		buf_add(out, at, (size_t)(end - at));
		buf_addc(out, '\n');
	}
	buf_release(&lines);
	buf_release(&harmless);
}

/* The last word of a key made by init_key. */
static const char *
last_word(const char *key)
{
	const char *sign = strrchr(key, '_');

	return sign ? sign + 1 : key;
}

static bool
is_among(const char *word, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(word, words[i]) == 0)
			return true;
	return false;
}

int
init_key_score(struct text name, size_t column)
{
	static const char *const whole[] = {"id", "key", "uuid", "guid",
	    "lead_id", "lead_ref", "lead_no", "lead_nr", "lead_number",
	    "lead_key", "external_id", "record_id"};
	static const char *const ends[] = {"id", "key", "uuid", "guid", "ref",
	    "reference", "no", "nr", "number", "num", "nummer", "code"};
	struct buf key = BUF_INIT(0);
	int score = 0;

	/* Postal codes, phones and the like are never keys. */
	if (hazard_zero_name(name) == 2)
		return 0;
	init_key(&key, name);
	/* "Deal #" */
	name = text_trim(name);
	if (name.len > 0 && name.s[name.len - 1] == '#')
		buf_adds(&key, "_no");
	if (is_among(buf_str(&key), whole, sizeof(whole) / sizeof(whole[0])))
		score = 4;
	else if (is_among(last_word(buf_str(&key)), ends,
		     sizeof(ends) / sizeof(ends[0])))
		score = column == 0 ? 3 : 2;
	buf_release(&key);
	return score;
}

static bool
ends_with(struct text t, const char *end)
{
	size_t len = strlen(end);

	return t.len >= len && memcmp(t.s + t.len - len, end, len) == 0;
}

/* A word of the name is one of these, or ends with it ("startdate"). */
bool
init_is_date_name(struct text name)
{
	static const char *const ends[] = {"date", "datum", "dato", "fecha",
	    "termin", "deadline", "datetime", "timestamp", "dob", "birthday",
	    "geburtstag"};
	static const char *const others[] = {
	    "update", "candidate", "mandate", "validate"};
	struct buf key = BUF_INIT(0);
	bool found = false;

	init_key(&key, name);
	for (const char *word = buf_str(&key); *word && !found;) {
		struct text w = {word, strcspn(word, "_")};

		for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
			found = found || ends_with(w, ends[i]);
		for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
			found = found && !text_is(w, others[i]);
		word += w.len + (word[w.len] == '_');
	}
	buf_release(&key);
	return found;
}

bool
init_is_birth_name(struct text name)
{
	static const char *const begins[] = {"birth", "born", "dob", "bday",
	    "geburt", "geboren", "naiss", "nacim", "nascit", "nascim", "urodz",
	    "fodsel", "fodel", "synty", "dogum"};
	struct buf key = BUF_INIT(0);
	bool found = false;

	init_key(&key, name);
	for (const char *word = buf_str(&key); word && !found;) {
		for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
			if (strncmp(word, begins[i], strlen(begins[i])) == 0)
				found = true;
		word = strchr(word, '_');
		word = word ? word + 1 : NULL;
	}
	buf_release(&key);
	return found;
}
