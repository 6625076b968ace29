/* SPDX-License-Identifier: MIT */
/*
 * The mistakes that every author makes once, found by looking at the source
 * lines as a person would: key, colon, value. The parser's own words ("did
 * not find expected ',' or '}'") tell where it gave up, often a line too
 * late; these tell what to write. Each probe looks at one line and is tried
 * only after a syntax error, so that it may be blunt. Refused: guessing a
 * correction and reading on, which would hide the mistake.
 */
#include "mapping/mapping.h"

#include <string.h>

/* A line, cut into one `key: value`. */
struct entry {
	struct text line;
	struct text key;
	size_t value; /* offset of the value's first byte in the line */
	bool in_flow; /* a `{` or `[` is open before it */
	bool bad_gap; /* no blank after the colon */
};

typedef bool (*hint_probe)(const struct entry *e, struct hint *hint);

struct text
source_line(struct text bytes, int line)
{
	size_t begin = bytes.len - text_after_bom(bytes).len;

	for (int n = 1; n < line; n++) {
		const char *end =
		    memchr(bytes.s + begin, '\n', bytes.len - begin);
		if (!end)
			return TEXT_LITERAL("");
		begin = (size_t)(end - bytes.s) + 1;
	}
	if (!bytes.s || begin >= bytes.len)
		return TEXT_LITERAL("");
	const char *end = memchr(bytes.s + begin, '\n', bytes.len - begin);
	size_t stop = end ? (size_t)(end - bytes.s) : bytes.len;
	/* cppcheck-suppress knownConditionTrueFalse ; a line may be empty */
	if (stop > begin && bytes.s[stop - 1] == '\r')
		stop--;
	return (struct text){bytes.s + begin, stop - begin};
}

/* The byte offset of a column that counts characters. */
static size_t
offset_of_column(struct text line, int column)
{
	size_t at = 0;
	for (int i = 1; i < column && at < line.len; i++)
		utf8_next(line.s, line.len, &at);
	return at;
}

static int
column_of_offset(struct text line, size_t offset)
{
	return 1 + (int)utf8_length(line.s, offset);
}

struct text
source_between(struct text bytes, struct place from, struct place to)
{
	struct text line = source_line(bytes, from.line);
	size_t begin = offset_of_column(line, from.column);
	size_t end =
	    from.line == to.line ? offset_of_column(line, to.column) : line.len;
	return (struct text){line.s + begin, end > begin ? end - begin : 0};
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool
is_key_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_';
}

static struct text
slice(struct text line, size_t begin, size_t end)
{
	return (struct text){line.s + begin, end > begin ? end - begin : 0};
}

/* Where a quoted piece that begins at `i` ends (after its quote). */
static size_t
skip_quoted(struct text line, size_t i)
{
	char quote = line.s[i++];
	for (; i < line.len; i++) {
		if (quote == '"' && line.s[i] == '\\')
			i++;
		else if (line.s[i] == quote)
			return i + 1;
	}
	return line.len;
}

/* Finds the next `key:` from *pos on, outside quotes and comments. */
static bool
next_entry(struct text line, size_t *pos, struct entry *e)
{
	size_t i = *pos;
	while (i < line.len) {
		char c = line.s[i];
		bool starts = i == 0 || is_blank(line.s[i - 1]) ||
			      strchr("{[,", line.s[i - 1]);
		if (c == '#' && starts)
			return false;
		if ((c == '"' || c == '\'') && starts) {
			i = skip_quoted(line, i);
			continue;
		}
		if (c == '{' || c == '[')
			e->in_flow = true;
		if (!starts || !is_key_char(c)) {
			i++;
			continue;
		}
		size_t begin = i;
		while (i < line.len && is_key_char(line.s[i]))
			i++;
		if (i == line.len || line.s[i] != ':')
			continue;
		e->line = line;
		e->key = slice(line, begin, i);
		e->bad_gap = ++i < line.len && !is_blank(line.s[i]);
		while (i < line.len && is_blank(line.s[i]))
			i++;
		e->value = i;
		*pos = i;
		return true;
	}
	return false;
}

/* The end of a value that was meant as one piece of text: the bracket that
 * closes the map around it, a comma before another key, or the line's end. */
static size_t
meant_end(const struct entry *e)
{
	struct text line = e->line;
	int depth = 0;
	size_t i = e->value;
	for (; i < line.len; i++) {
		char c = line.s[i];
		if (c == '#' && i > e->value && is_blank(line.s[i - 1]))
			break;
		if (c == '{' || c == '[')
			depth++;
		if ((c == '}' || c == ']') && --depth < 0 && e->in_flow)
			break;
		if (c == ',' && depth <= 0 && e->in_flow) {
			struct entry next = {.in_flow = true};
			size_t pos = i + 1;
			while (pos < line.len && is_blank(line.s[pos]))
				pos++;
			size_t word = pos;
			if (next_entry(line, &pos, &next) &&
			    next.key.s == line.s + word)
				break;
		}
	}
	while (i > e->value && is_blank(line.s[i - 1]))
		i--;
	return i;
}

static bool
found(const struct entry *e, size_t at, struct hint *hint, const char *message)
{
	hint->at.column = column_of_offset(e->line, at);
	hint->message = message;
	return true;
}

static void
help_quoted(const struct entry *e, struct text value, struct hint *hint)
{
	buf_adds(&hint->help, "write ");
	buf_add(&hint->help, e->key.s, e->key.len);
	buf_adds(&hint->help, ": ");
	hint_quote(&hint->help, value);
}

static bool
probe_gap(const struct entry *e, struct hint *hint)
{
	if (!e->bad_gap || e->value >= e->line.len ||
	    (e->key.s[0] >= '0' && e->key.s[0] <= '9') ||
	    strchr(":/", e->line.s[e->value]))
		return false;
	size_t end = meant_end(e);
	buf_adds(&hint->help, "write ");
	buf_add(&hint->help, e->key.s, e->key.len);
	buf_adds(&hint->help, ": ");
	buf_add(&hint->help, e->line.s + e->value, end - e->value);
	return found(e, e->value, hint, "a space is missing after the colon");
}

static bool
is_known_escape(char c)
{
	return c != '\0' && strchr("0abtnvfre \"/\\N_LPxuU\t", c) != NULL;
}

static bool
probe_escape(const struct entry *e, struct hint *hint)
{
	struct text line = e->line;
	if (e->value >= line.len || !strchr("\"[", line.s[e->value]))
		return false;
	for (size_t i = e->value; i < line.len && line.s[i] != ']'; i++) {
		if (line.s[i] == '\'') {
			i = skip_quoted(line, i) - 1;
			continue;
		}
		if (line.s[i] != '"')
			continue;
		size_t end = skip_quoted(line, i), bad = 0;
		for (size_t k = i + 1; k + 1 < end && !bad; k++) {
			if (line.s[k] != '\\')
				continue;
			if (!is_known_escape(line.s[k + 1]))
				bad = k;
			k++;
		}
		if (bad) {
			buf_adds(&hint->help,
			    "in single quotes a backslash is a backslash: ");
			help_quoted(e, slice(line, i + 1, end - 1), hint);
			return found(
			    e, bad, hint, "an unknown escape in double quotes");
		}
		i = end - 1;
		if (line.s[e->value] == '"')
			return false;
	}
	return false;
}

/* `delimiter: ,` and `delimiter: |` (and ;, which YAML takes as it is). */
static bool
probe_sign(const struct entry *e, struct hint *hint)
{
	struct text line = e->line;
	if (e->value >= line.len || !strchr(",|>%@`&*!?#", line.s[e->value]))
		return false;
	char c = line.s[e->value];
	size_t i = e->value + 1;
	bool alone =
	    i == line.len || is_blank(line.s[i]) || strchr("},]\r", line.s[i]);
	if (alone) {
		help_quoted(e, slice(line, e->value, i), hint);
		return found(e, e->value, hint,
		    "a sign that means something in YAML must be quoted");
	}
	if (!strchr("%@`", c))
		return false;
	help_quoted(e, slice(line, e->value, meant_end(e)), hint);
	return found(e, e->value, hint,
	    "text that begins with such a sign must be quoted");
}

static bool
takes_raw_text(struct text key)
{
	return text_is(key, "template") || text_is(key, "pattern") ||
	       text_is(key, "matches") || text_is(key, "with") ||
	       text_is(key, "format");
}

static bool
probe_raw_text(const struct entry *e, struct hint *hint)
{
	struct text line = e->line;
	if (!takes_raw_text(e->key) || e->value >= line.len ||
	    line.s[e->value] == '"' || line.s[e->value] == '\'')
		return false;
	size_t end = meant_end(e);
	/* Between brackets these end a plain text; elsewhere only the first
	 * character counts. */
	bool has_sign = strchr("{[%@`&*!|>,", line.s[e->value]) != NULL;
	for (size_t i = e->value; e->in_flow && i < end; i++)
		has_sign |= strchr("{}[],", line.s[i]) != NULL;
	if (!has_sign)
		return false;
	help_quoted(e, slice(line, e->value, end), hint);
	return found(e, e->value, hint,
	    "text with braces, brackets or commas must be quoted");
}

/* The length of the typographic quote that a text begins or ends with. */
static size_t
curly_quote(struct text t, bool at_end)
{
	static const char *const quotes[] = {"\xe2\x80\x9c", "\xe2\x80\x9d",
	    "\xe2\x80\x9e", "\xe2\x80\x98", "\xe2\x80\x99", "\xe2\x80\x9a"};

	for (size_t i = 0; i < sizeof(quotes) / sizeof(*quotes); i++) {
		size_t n = strlen(quotes[i]);
		if (t.len >= n &&
		    memcmp(at_end ? t.s + t.len - n : t.s, quotes[i], n) == 0)
			return n;
	}
	return 0;
}

/* The text between typographic quotes; false if it is not in them. */
static bool
take_curly(struct text t, struct text *inner)
{
	size_t begin = curly_quote(t, false), end = curly_quote(t, true);
	if (begin == 0 || end == 0 || t.len <= begin + end)
		return false;
	*inner = slice(t, begin, t.len - end);
	return true;
}

enum plain_look
hint_plain(struct source_cursor *c, struct place at, struct text value,
    struct text *meant)
{
	struct text bytes = c->bytes;
	*meant = value;
	source_seek(c, at);
	size_t end = c->at + value.len, i = end;
	if (value.len == 0 || end > bytes.len ||
	    memcmp(bytes.s + c->at, value.s, value.len) != 0)
		return PLAIN_AS_IS;
	while (i < bytes.len && is_blank(bytes.s[i]))
		i++;
	bool is_cut = i > end && i < bytes.len && bytes.s[i] == '#';
	if (is_cut) {
		while (
		    i < bytes.len && bytes.s[i] != '\n' && bytes.s[i] != '\r')
			i++;
		*meant = text_trim(slice(bytes, c->at, i));
	}
	if (take_curly(*meant, meant))
		return PLAIN_CURLY;
	return is_cut ? PLAIN_CUT : PLAIN_AS_IS;
}

/* Quotes that a word processor made of straight ones. */
static bool
probe_curly(const struct entry *e, struct hint *hint)
{
	struct text inner, line = e->line;
	if (e->value >= line.len ||
	    !take_curly(slice(line, e->value, meant_end(e)), &inner))
		return false;
	help_quoted(e, inner, hint);
	return found(e, e->value, hint,
	    "typographic quotes do not quote a text in YAML");
}

/* {column: Deal #, type: text}: the bracket is in a comment. */
static bool
probe_cut(const struct entry *e, struct hint *hint)
{
	struct text line = e->line;
	size_t i = e->value, end;
	if (!e->in_flow || i >= line.len || strchr("\"'[{#", line.s[i]))
		return false;
	while (i < line.len && (line.s[i] != '#' || !is_blank(line.s[i - 1])) &&
	       !strchr(",}]", line.s[i]))
		i++;
	for (end = i; end < line.len && !strchr(",}]", line.s[end]);)
		end++;
	if (end == line.len || i == end)
		return false;
	help_quoted(e, text_trim(slice(line, e->value, end)), hint);
	return found(e, i, hint,
	    "an unquoted # begins a comment: the bracket never closes");
}

/* [#N/A]: the rest of the line is a comment for YAML. */
static bool
probe_comment(const struct entry *e, struct hint *hint)
{
	struct text line = e->line;
	if (e->value >= line.len || line.s[e->value] != '[')
		return false;
	for (size_t i = e->value + 1; i < line.len; i++) {
		if (line.s[i] == '"' || line.s[i] == '\'') {
			i = skip_quoted(line, i) - 1;
			continue;
		}
		if (line.s[i] == ']')
			return false;
		if (line.s[i] != '#' ||
		    !(is_blank(line.s[i - 1]) || strchr("[,", line.s[i - 1])))
			continue;
		size_t end = i;
		while (
		    end < line.len && line.s[end] != ',' && line.s[end] != ']')
			end++;
		size_t close = end;
		while (close < line.len && line.s[close] != ']')
			close++;
		struct text rest =
		    slice(line, end, close < line.len ? close + 1 : close);
		buf_adds(&hint->help, "write ");
		buf_add(&hint->help, e->key.s, e->key.len);
		buf_adds(&hint->help, ": ");
		buf_add(&hint->help, line.s + e->value, i - e->value);
		hint_quote(&hint->help, slice(line, i, end));
		buf_add(&hint->help, rest.s, rest.len);
		return found(e, i, hint,
		    "an unquoted # begins a comment: the list never closes");
	}
	return false;
}

static bool
probe_colon(const struct entry *e, struct hint *hint)
{
	struct text line = e->line;
	if (e->value >= line.len || strchr("\"'{[|>", line.s[e->value]))
		return false;
	size_t end = meant_end(e);
	for (size_t i = e->value; i < end; i++) {
		if (line.s[i] != ':' ||
		    (i + 1 < end && !is_blank(line.s[i + 1])))
			continue;
		help_quoted(e, slice(line, e->value, end), hint);
		return found(
		    e, i, hint, "text with a colon in it must be quoted");
	}
	return false;
}

static bool
probe_tab(struct text line, struct hint *hint)
{
	size_t i = 0;
	bool has_tab = false;
	size_t at = 0;
	for (; i < line.len && is_blank(line.s[i]); i++)
		if (line.s[i] == '\t' && !has_tab) {
			has_tab = true;
			at = i;
		}
	if (!has_tab || i == line.len || line.s[i] == '#')
		return false;
	buf_adds(&hint->help, "indent with spaces: \"");
	for (size_t k = 0; k < i; k++)
		buf_adds(&hint->help, line.s[k] == '\t' ? "  " : " ");
	buf_add(&hint->help, line.s + i, line.len - i);
	buf_addc(&hint->help, '"');
	hint->at.column = column_of_offset(line, at);
	hint->message = "a tab in the indentation; YAML needs spaces";
	return true;
}

static bool
probe_line(struct text line, struct hint *hint)
{
	static const hint_probe probes[] = {probe_gap, probe_escape,
	    probe_curly, probe_raw_text, probe_cut, probe_comment, probe_sign,
	    probe_colon};
	if (probe_tab(line, hint))
		return true;
	struct entry e = {.in_flow = false};
	size_t pos = 0;
	while (next_entry(line, &pos, &e))
		for (size_t i = 0; i < sizeof(probes) / sizeof(*probes); i++)
			if (probes[i](&e, hint))
				return true;
	return false;
}

bool
hint_find(struct text bytes, int first, struct place at, struct hint *hint)
{
	/* A quote that never closes gives up at the end of a long file. */
	int last = at.line - first > 50 ? first + 50 : at.line;
	/* The line where the parser stopped knows best. */
	hint->at = (struct place){at.line, 1};
	if (probe_line(source_line(bytes, at.line), hint))
		return true;
	for (int line = first; line <= last; line++) {
		hint->at = (struct place){line, 1};
		if (probe_line(source_line(bytes, line), hint))
			return true;
	}
	return false;
}
