/* SPDX-License-Identifier: MIT */
/* Which functions of libarchive there are to load; libarchive.so.13 is the
 * interface since 3.0. */
#include "archive_api.h"

#include "system/library.h"

#define SYMBOL(member) LIBRARY_SYMBOL(archive_api, archive_, member)

int
archive_api_load(struct archive_api *archive, struct diag *d)
{
	static const struct library_symbol symbols[] = {SYMBOL(read_new),
	    SYMBOL(read_free), SYMBOL(read_open),
	    SYMBOL(read_set_seek_callback), SYMBOL(read_support_format_zip),
	    SYMBOL(read_support_format_raw), SYMBOL(read_support_format_empty),
	    SYMBOL(read_support_filter_zstd), SYMBOL(read_support_filter_xz),
	    SYMBOL(read_support_filter_bzip2), SYMBOL(read_next_header),
	    SYMBOL(read_data), SYMBOL(set_error), SYMBOL(error_string),
	    SYMBOL(entry_pathname), SYMBOL(entry_is_encrypted),
	    SYMBOL(filter_count)};

	return library_load("libarchive.so.13", "libarchive13", symbols,
	    sizeof(symbols) / sizeof(*symbols), archive, d);
}
