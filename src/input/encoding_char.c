/* SPDX-License-Identifier: MIT */
/* One character a call, so that what one byte means cannot depend on those
 * before it. */
#include "encoding_char.h"

#include <string.h>

bool
encoding_pair_open(iconv_t *cd, const char *to, const char *from)
{
	*cd = iconv_open(to, from);
	return (intptr_t)*cd != -1;
}

bool
encoding_char_open(struct encoding_char *x, const char *name)
{
	return encoding_pair_open(&x->cd, "UTF-32LE", name);
}

void
encoding_char_close(struct encoding_char *x)
{
	iconv_close(x->cd);
}

/* Some encodings keep a letter back, because a mark may follow: the second
 * call asks for it. */
uint32_t
encoding_char_of(struct encoding_char *x, const unsigned char *s, size_t len)
{
	char bytes[4], *in = bytes, *out;
	unsigned char decoded[16] = {0};
	size_t in_left = len, out_left = sizeof(decoded);
	bool is_good;

	memcpy(bytes, s, len);
	out = (char *)decoded;
	iconv(x->cd, NULL, NULL, NULL, NULL);
	is_good = iconv(x->cd, &in, &in_left, &out, &out_left) != (size_t)-1 &&
		  iconv(x->cd, NULL, NULL, &out, &out_left) != (size_t)-1;
	if (!is_good || in_left > 0 || sizeof(decoded) - out_left != 4)
		return 0;
	return (uint32_t)decoded[0] | (uint32_t)decoded[1] << 8 |
	       (uint32_t)decoded[2] << 16 | (uint32_t)decoded[3] << 24;
}
