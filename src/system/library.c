/* SPDX-License-Identifier: MIT */
/*
 * dlopen, and one pointer a function. Refused: a plug-in of our own that is
 * linked against the library (it would have to be found at run time, too),
 * and forwarding functions under the library's names (they would hide which
 * calls may fail to be there).
 */
#include "system/library.h"

#include <dlfcn.h>
#include <string.h>

static int
not_here(const char *soname, const char *package, struct diag *d)
{
	const char *why = dlerror();

	diag_set(d, DIAG_INTERNAL, "unable to load the library %s: %s", soname,
	    why ? why : "the cause is unknown");
	return diag_help(d, "install it; Debian's package is %s", package);
}

int
library_load(const char *soname, const char *package,
    const struct library_symbol *symbols, size_t count, void *table,
    struct diag *d)
{
	void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);

	if (!library)
		return not_here(soname, package, d);
	for (size_t i = 0; i < count; i++) {
		void *function = dlsym(library, symbols[i].name);

		if (!function) {
			int ret = not_here(soname, package, d);

			dlclose(library);
			return ret;
		}
		/* ISO C has no cast from an object's to a function's
		 * pointer; POSIX says that they are alike. */
		memcpy((char *)table + symbols[i].offset, &function,
		    sizeof(function));
	}
	return 0;
}
