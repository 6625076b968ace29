/* SPDX-License-Identifier: MIT */
#ifndef SUBMIT_ASCII_H
#define SUBMIT_ASCII_H

/* Letters and digits of protocols, whatever the locale says. */

#include <stdbool.h>

static inline char
ascii_lower(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c - 'A' + 'a');
	return c;
}

static inline bool
ascii_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

#endif
