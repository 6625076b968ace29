/* SPDX-License-Identifier: MIT */
#ifndef REPORT_TEXT_WIDTH_H
#define REPORT_TEXT_WIDTH_H

/*
 * How many columns of a terminal a text takes (code_point_width). wcwidth was
 * refused: it depends on the locale.
 */

#include <stddef.h>

/* Of text that was made fit to be shown (text_display). */
size_t text_width(const char *s, size_t len);

#endif
