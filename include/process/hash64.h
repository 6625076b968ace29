/* SPDX-License-Identifier: MIT */
#ifndef PROCESS_HASH64_H
#define PROCESS_HASH64_H

/* SipHash-2-4 (Aumasson, Bernstein 2012): a keyed 64-bit hash that nobody can
 * steer into collisions without the key, and spreads well in all its bits. */

#include "base/text.h"

#include <stdint.h>

uint64_t hash64(const unsigned char key[16], struct text t);

#endif
