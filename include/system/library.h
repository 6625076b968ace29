/* SPDX-License-Identifier: MIT */
#ifndef SYSTEM_LIBRARY_H
#define SYSTEM_LIBRARY_H

/*
 * A shared library that is loaded when it is first needed.
 *
 * libcurl and libarchive bring forty other libraries along, uchardet the C++
 * runtime. Loading them costs every command 10 ms and 8 MB, also those that
 * never send, never decompress and never guess. Their users ask for them here
 * and call them through a struct of function pointers, whose types come from
 * the library's own header.
 */

#include "base/diag.h"

#include <stddef.h>

/* One function: its name, and where in the table its pointer belongs. */
struct library_symbol {
	const char *name;
	size_t offset;
};

/* `table` is a type, `member` its member for the function `prefix##member`. */
#define LIBRARY_SYMBOL(table, prefix, member)                                  \
	{                                                                      \
#prefix #member, offsetof(struct table, member)                \
	}

/*
 * Loads the library (found as the dynamic linker finds any: its interface
 * version is in the soname) and fills the pointers of `table`. It stays
 * loaded until the process ends; asking again costs a look-up. -1 with a diag
 * (DIAG_INTERNAL) that names the library and the Debian package if it or one
 * of the functions is not there; the table is not to be used then.
 */
int library_load(const char *soname, const char *package,
    const struct library_symbol *symbols, size_t count, void *table,
    struct diag *d);

#endif
