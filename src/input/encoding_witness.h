/* SPDX-License-Identifier: MIT */
#ifndef INPUT_ENCODING_WITNESS_H
#define INPUT_ENCODING_WITNESS_H

/* What uchardet says of a text; its only user. It is loaded when there is
 * something to ask: it brings the C++ runtime along, which most inputs never
 * need. */

#include "base/diag.h"

#include <stddef.h>

/* Its name for the encoding, in lower case; "" if it has none. -1 and a diag
 * if uchardet is not on this machine. */
int encoding_witness(const char *s, size_t len, char name[64], struct diag *d);

#endif
