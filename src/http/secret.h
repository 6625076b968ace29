/* SPDX-License-Identifier: MIT */
#ifndef HTTP_SECRET_H
#define HTTP_SECRET_H

/*
 * Overwrites the token in what a server sends back, in every spelling in which
 * it may come: as it is, with JSON escapes (once and twice), percent-encoded,
 * in base64 (both alphabets, wherever a group of three bytes begins, with line
 * ends between), and pieces of it of SECRET_PIECE bytes or more. What comes
 * back is shown, logged and kept, so this happens before anybody else sees it.
 * Other transformations are not looked for (SECURITY.md).
 */

#include <stddef.h>

/* Shorter tokens cannot be told from other text. */
#define SECRET_MIN ((size_t)12)
#define SECRET_PIECE ((size_t)16)

struct secret;

/* One more token to hide, which is copied; *s may be NULL, and stays NULL if it
 * is too short to be hidden. */
void secret_add(struct secret **s, const char *token);
/* Wipes it. */
void secret_free(struct secret *s);
/* Puts '*' over each byte that spells the token or a piece of it; s may be
 * NULL. */
void secret_hide(const struct secret *s, char *text, size_t len);

#endif
