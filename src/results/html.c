/* SPDX-License-Identifier: MIT */
/*
 * Escaping and small words for report.html. Refused: a template language (the
 * page is written in the order in which it is read), and escaping by context
 * (there is one context: text).
 */
#include "html.h"

#include "base/civil.h"
#include "base/hash.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

/* The escape of a character that markup is made of, or NULL. */
static const char *
entity(char c)
{
	static const char signs[] = "&<>\"'";
	static const char *const names[] = {
	    "&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
	const char *sign = c != '\0' ? strchr(signs, c) : NULL;

	return sign ? names[sign - signs] : NULL;
}

static void
add_shown(FILE *out, struct text character)
{
	struct buf shown = BUF_INIT(64);

	text_display(&shown, character, 0);
	if (text_is(character, buf_str(&shown)))
		fwrite(character.s, 1, character.len, out);
	else
		fprintf(out, "<i class=\"x\">%s</i>", buf_str(&shown));
	buf_release(&shown);
}

/* How many characters, where a byte that is not UTF-8 is one. */
static size_t
characters(struct text t)
{
	size_t n = 0, pos = 0;

	for (; pos < t.len; n++)
		(void)utf8_next(t.s, t.len, &pos);
	return n;
}

void
html_text(FILE *out, struct text t, size_t max_chars)
{
	size_t pos = 0, chars = 0;

	for (; pos < t.len; chars++) {
		size_t from = pos;
		const char *escaped;

		if (max_chars > 0 && chars == max_chars) {
			html_put(out,
			    "\xE2\x80\xA6 <small class=\"cut\">%" PRIu64
			    " characters</small>",
			    (uint64_t)characters(t));
			return;
		}
		(void)utf8_next(t.s, t.len, &pos);
		escaped = entity(t.s[from]);
		if (escaped)
			fputs(escaped, out);
		else if (t.s[from] >= ' ' && t.s[from] < 0x7F)
			putc(t.s[from], out);
		else
			add_shown(out, (struct text){t.s + from, pos - from});
	}
}

void
html_bdi(FILE *out, struct text t, size_t max_chars)
{
	fputs("<bdi>", out);
	html_text(out, t, max_chars);
	fputs("</bdi>", out);
}

/* The value for what is after a percent sign; returns what comes after that. */
static const char *
put_value(FILE *out, const char *p, va_list *ap)
{
	size_t max_chars = 0;
	char number[32];
	const char *s;

	for (p += *p == '.'; ascii_is_digit(*p); p++)
		max_chars = max_chars * 10 + (size_t)(*p - '0');
	switch (*p) {
	case 's':
		s = va_arg(*ap, const char *);
		html_text(out, text_of(s ? s : ""), max_chars);
		return p + 1;
	case 'd':
		fprintf(out, "%d", va_arg(*ap, int));
		return p + 1;
	case 'z':
		fprintf(out, "%zu", va_arg(*ap, size_t));
		return p + 2;
	case '%':
		putc('%', out);
		return p + 1;
	default:
		assert(strncmp(p, PRIu64, strlen(PRIu64)) == 0);
		fputs(text_count(va_arg(*ap, uint64_t), number), out);
		return p + strlen(PRIu64);
	}
}

void
html_path(FILE *out, const char *path)
{
	fputs("<bdi>", out);
	while (*path != '\0') {
		size_t len = strcspn(path, "/");

		len += path[len] == '/';
		html_text(out, (struct text){path, len}, 0);
		path += len;
		if (*path != '\0')
			fputs("<wbr>", out);
	}
	fputs("</bdi>", out);
}

void
html_put(FILE *out, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	while (*format != '\0') {
		size_t plain = strcspn(format, "%");

		fwrite(format, 1, plain, out);
		format += plain;
		if (*format != '\0')
			format = put_value(out, format + 1, &ap);
	}
	va_end(ap);
}

void
html_time(FILE *out, int64_t wall_ms)
{
	char iso[32];

	civil_iso8601(wall_ms, iso);
	fprintf(out, "<time datetime=\"%s\">%.10s %.8s UTC</time>", iso, iso,
	    strlen(iso) > 19 ? iso + 11 : "");
}

char *
html_duration(int64_t ms, char out[32])
{
	int64_t s = (ms + 500) / 1000;

	if (ms == 0)
		snprintf(out, 32, "0 s");
	else if (ms < 1000)
		snprintf(out, 32, "%" PRId64 " ms", ms);
	else if (ms < 9950)
		snprintf(out, 32, "%" PRId64 ".%" PRId64 " s", (ms + 50) / 1000,
		    (ms + 50) / 100 % 10);
	else if (s < 120)
		snprintf(out, 32, "%" PRId64 " s", s);
	else if (s < 7200)
		snprintf(
		    out, 32, "%" PRId64 " min %" PRId64 " s", s / 60, s % 60);
	else if (s < 172800)
		snprintf(out, 32, "%" PRId64 " h %" PRId64 " min", s / 3600,
		    s / 60 % 60);
	else
		snprintf(out, 32, "%" PRId64 " d %" PRId64 " h", s / 86400,
		    s / 3600 % 24);
	return out;
}

void
html_percent(FILE *out, double n, double of)
{
	double share = of > 0 ? 100 * n / of : 0;

	fprintf(out, "%.3f%%", share > 100 ? 100 : share < 0 ? 0 : share);
}

void
html_csp_hash(FILE *out, struct text content)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned char d[SHA256_BYTES + 1] = {0};

	sha256_of(content.s, content.len, d);
	fputs("'sha256-", out);
	for (size_t i = 0; i < SHA256_BYTES; i += 3) {
		/* 32 bytes are ten groups of three and one of two. */
		unsigned v = (unsigned)d[i] << 16 | (unsigned)d[i + 1] << 8 |
			     (i + 2 <= SHA256_BYTES ? d[i + 2] : 0u);

		putc(digits[v >> 18], out);
		putc(digits[v >> 12 & 63], out);
		putc(digits[v >> 6 & 63], out);
		putc(i + 2 < SHA256_BYTES ? digits[v & 63] : '=', out);
	}
	putc('\'', out);
}
