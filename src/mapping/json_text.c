/* SPDX-License-Identifier: MIT */
/*
 * Text as a JSON string (RFC 8259 section 7), for constants, test values and
 * diagnostics. The fast writer of the process stage is behind this stage and
 * cannot be used here; both escape the same characters in the same way. Bytes
 * that are no UTF-8 (a file name may hold them) become U+FFFD.
 */
#include "loader.h"

static void
add_escaped(struct buf *out, unsigned char c)
{
	switch (c) {
	case '"':
	case '\\':
		buf_addc(out, '\\');
		buf_addc(out, (char)c);
		break;
	case '\b':
		buf_adds(out, "\\b");
		break;
	case '\f':
		buf_adds(out, "\\f");
		break;
	case '\n':
		buf_adds(out, "\\n");
		break;
	case '\r':
		buf_adds(out, "\\r");
		break;
	case '\t':
		buf_adds(out, "\\t");
		break;
	default:
		if (c < 0x20)
			buf_addf(out, "\\u%04x", c);
		else
			buf_addc(out, (char)c);
	}
}

void
json_text(struct buf *out, struct text t)
{
	buf_addc(out, '"');
	while (t.len) {
		size_t good = utf8_check(t.s, t.len);
		for (size_t i = 0; i < good; i++)
			add_escaped(out, (unsigned char)t.s[i]);
		if (good == t.len)
			break;
		buf_adds(out, "\xef\xbf\xbd");
		t = (struct text){t.s + good + 1, t.len - good - 1};
	}
	buf_addc(out, '"');
}
