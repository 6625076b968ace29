/* SPDX-License-Identifier: MIT */
#ifndef INPUT_ARCHIVE_API_H
#define INPUT_ARCHIVE_API_H

/*
 * The functions of libarchive that unpack.c uses, loaded when an input turns
 * out to be compressed (system/library.h says why). A member is called as the
 * function `archive_<member>` of libarchive's manual.
 */

#include "base/diag.h"

#include <archive.h>
#include <archive_entry.h>

struct archive_api {
	__typeof__(archive_read_new) *read_new;
	__typeof__(archive_read_free) *read_free;
	__typeof__(archive_read_open) *read_open;
	__typeof__(archive_read_set_seek_callback) *read_set_seek_callback;
	__typeof__(archive_read_support_format_zip) *read_support_format_zip;
	__typeof__(archive_read_support_format_raw) *read_support_format_raw;
	__typeof__(archive_read_support_format_empty)
	    *read_support_format_empty;
	__typeof__(archive_read_support_filter_zstd) *read_support_filter_zstd;
	__typeof__(archive_read_support_filter_xz) *read_support_filter_xz;
	__typeof__(archive_read_support_filter_bzip2)
	    *read_support_filter_bzip2;
	__typeof__(archive_read_next_header) *read_next_header;
	__typeof__(archive_read_data) *read_data;
	__typeof__(archive_set_error) *set_error;
	__typeof__(archive_error_string) *error_string;
	__typeof__(archive_entry_pathname) *entry_pathname;
	__typeof__(archive_entry_is_encrypted) *entry_is_encrypted;
	__typeof__(archive_filter_count) *filter_count;
};

/* Fills *archive. -1 and a diag when libarchive is not on this machine. */
int archive_api_load(struct archive_api *archive, struct diag *d);

#endif
