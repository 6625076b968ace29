/* SPDX-License-Identifier: MIT */
/*
 * A table of signatures. Only what no CSV can begin with is in it: a guess
 * that refuses somebody's data would be worse than a row problem later.
 * File name extensions were refused as evidence: exports lie about them.
 */
#include "content.h"

#include <stdio.h>
#include <string.h>

#define SAVE_AS_CSV "save it as \"CSV UTF-8\""
#define EXTRACT "extract the CSV and load that"
#define TAR_MAGIC_AT ((size_t)257)

struct signature {
	const char *bytes;
	size_t len, at;
	bool any_case; /* letters in `bytes` are lower case */
	const char *what, *then;
};

#define SIG(lit, what, then)                                                   \
	{                                                                      \
		lit, sizeof(lit) - 1, 0, false, what, then                     \
	}

static const struct signature SIGNATURES[] = {
    SIG("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
	"an Excel workbook (xls, or one with a password)", SAVE_AS_CSV),
    SIG("\x09\x08\x10\x00\x00\x06\x05\x00", "an Excel workbook (xls)",
	SAVE_AS_CSV),
    SIG("\x09\x08\x08\x00\x00\x05\x05\x00", "an Excel workbook (xls)",
	SAVE_AS_CSV),
    SIG("%PDF-", "a PDF", "export its table as CSV"),
    SIG("{\\rtf", "a rich text document", SAVE_AS_CSV),
    SIG("PAR1\x15", "a Parquet file", "export it as CSV"),
    SIG("SQLite format 3\0", "an SQLite database", "export the table as CSV"),
    SIG("7z\xbc\xaf\x27\x1c", "a 7z archive", EXTRACT),
    SIG("Rar!\x1a\x07", "a RAR archive", EXTRACT),
    SIG("\x04\x22\x4d\x18", "compressed with lz4",
	"decompress it and load that"),
    SIG("\x1f\x9d", "compressed with compress", "decompress it and load that"),
    {"ustar\0", 6, TAR_MAGIC_AT, false, "a tar archive", EXTRACT},
    {"ustar  \0", 8, TAR_MAGIC_AT, false, "a tar archive", EXTRACT},
    {"<!doctype html", 14, 0, true, "a web page (HTML)",
	"is it an error page? or open it in a spreadsheet and " SAVE_AS_CSV},
    {"<html", 5, 0, true, "a web page (HTML)",
	"is it an error page? or open it in a spreadsheet and " SAVE_AS_CSV},
};

static const struct {
	const char *bytes;
	size_t len;
	enum compression compression;
} COMPRESSIONS[] = {
    {"\x1f\x8b\x08", 3, COMPRESSION_GZIP},
    {"\x28\xb5\x2f\xfd", 4, COMPRESSION_ZSTD},
    {"\xfd\x37zXZ\x00", 6, COMPRESSION_XZ}, {"PK\x03\x04", 4, COMPRESSION_ZIP},
    {"PK\x05\x06", 4, COMPRESSION_ZIP}, /* no member */
};

static bool
is_bzip2(const char *head, size_t len)
{
	/* "BZh" and a digit could be a header; the magic of the first block
	 * (or of the end of an empty stream) after them cannot. */
	return len >= 10 && memcmp(head, "BZh", 3) == 0 && head[3] >= '1' &&
	       head[3] <= '9' &&
	       (memcmp(head + 4, "\x31\x41\x59\x26\x53\x59", 6) == 0 ||
		   memcmp(head + 4, "\x17\x72\x45\x38\x50\x90", 6) == 0);
}

enum compression
content_compression(const char *head, size_t len)
{
	size_t n = sizeof(COMPRESSIONS) / sizeof(*COMPRESSIONS);

	for (size_t i = 0; i < n; i++)
		if (len >= COMPRESSIONS[i].len &&
		    memcmp(head, COMPRESSIONS[i].bytes, COMPRESSIONS[i].len) ==
			0)
			return COMPRESSIONS[i].compression;
	return is_bzip2(head, len) ? COMPRESSION_BZIP2 : COMPRESSION_NONE;
}

const char *
compression_name(enum compression c)
{
	static const char *const names[] = {
	    "none", "gzip", "zstd", "xz", "bzip2", "zip"};

	return names[c];
}

static int
refuse(const char *name, const char *what, const char *then, struct diag *d)
{
	diag_set(d, DIAG_INPUT, "unable to read '%s': this is %s; %s", name,
	    what, then);
	return diag_code(d, "input.not_csv");
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool
has_signature(const struct signature *sig, const char *head, size_t len)
{
	if (len < sig->at || len - sig->at < sig->len)
		return false;
	for (size_t i = 0; i < sig->len; i++) {
		char c = head[sig->at + i];

		if ((sig->any_case ? ascii_lower(c) : c) != sig->bytes[i])
			return false;
	}
	return true;
}

/* Behind blanks: the next byte, or 0. Moves *at to it. */
static char
peek(const char *s, size_t len, size_t *at)
{
	while (*at < len && is_blank(s[*at]))
		(*at)++;
	return *at < len ? s[*at] : '\0';
}

/* A text in double quotes; moves *at after it. One that the head cuts is
 * none. */
static bool
skip_string(const char *s, size_t len, size_t *at)
{
	if (*at >= len || s[*at] != '"')
		return false;
	for (size_t i = *at + 1; i < len; i++) {
		if (s[i] == '\\') {
			i++;
		} else if (s[i] == '"') {
			*at = i + 1;
			return true;
		} else if (s[i] == '\n') {
			break;
		}
	}
	return false;
}

/* `{"name":`, or an array of such objects or of arrays. A header may begin
 * with a bracket, and a cell with a brace; neither goes on so. */
static bool
is_json(const char *s, size_t len)
{
	size_t at = 0, arrays = 0;
	char c = peek(s, len, &at);

	for (; c == '['; c = peek(s, len, &at)) {
		arrays++;
		at++;
	}
	if (c == '{') {
		at++;
		if (peek(s, len, &at) == '}')
			return arrays > 0;
		return skip_string(s, len, &at) && peek(s, len, &at) == ':';
	}
	if (arrays > 1 && c == '"' && skip_string(s, len, &at)) {
		c = peek(s, len, &at);
		return c == ',' || c == ']';
	}
	return false;
}

int
content_refuse(const char *name, const char *head, size_t len, struct diag *d)
{
	size_t n = sizeof(SIGNATURES) / sizeof(*SIGNATURES), blanks = 0;

	for (size_t i = 0; i < n; i++)
		if (has_signature(&SIGNATURES[i], head, len))
			return refuse(
			    name, SIGNATURES[i].what, SIGNATURES[i].then, d);
	/* A web page may begin with a BOM and blank lines. */
	blanks = len - text_after_bom((struct text){head, len}).len;
	while (blanks < len && is_blank(head[blanks]))
		blanks++;
	for (size_t i = 0; i < n; i++)
		if (SIGNATURES[i].any_case &&
		    has_signature(&SIGNATURES[i], head + blanks, len - blanks))
			return refuse(
			    name, SIGNATURES[i].what, SIGNATURES[i].then, d);
	if (is_json(head + blanks, len - blanks))
		return refuse(name, "JSON", "export the table as CSV", d);
	return 0;
}

int
content_refuse_packed(const char *name, enum compression outer,
    enum compression inner, struct diag *d)
{
	char what[64];

	snprintf(what, sizeof(what), "compressed twice (%s in %s)",
	    compression_name(inner), compression_name(outer));
	return refuse(name, what, "decompress it once and load that", d);
}

static bool
begins_with(struct text t, const char *s)
{
	size_t n = strlen(s);

	return t.len >= n && memcmp(t.s, s, n) == 0;
}

static bool
ends_with(struct text t, const char *s)
{
	size_t n = strlen(s);

	return t.len >= n && memcmp(t.s + t.len - n, s, n) == 0;
}

int
content_refuse_zip(
    const char *name, struct text member, struct text content, struct diag *d)
{
	if (begins_with(member, "xl/"))
		return refuse(name, "an Excel workbook", SAVE_AS_CSV, d);
	if (begins_with(member, "word/"))
		return refuse(name, "a Word document", SAVE_AS_CSV, d);
	if (text_is(member, "[Content_Types].xml") ||
	    begins_with(member, "_rels/") || begins_with(member, "docProps/"))
		return refuse(name,
		    "an Excel workbook or another Office document", SAVE_AS_CSV,
		    d);
	if (text_is(member, "mimetype") &&
	    begins_with(
		content, "application/vnd.oasis.opendocument.spreadsheet"))
		return refuse(
		    name, "an OpenDocument spreadsheet (ods)", SAVE_AS_CSV, d);
	if (text_is(member, "mimetype"))
		return refuse(
		    name, "an OpenDocument or e-book file", SAVE_AS_CSV, d);
	if (begins_with(member, "Index/") || text_is(member, "Index.zip") ||
	    ends_with(member, ".iwa"))
		return refuse(name, "a Numbers document",
		    "export it as CSV, text encoding UTF-8", d);
	return 0;
}
