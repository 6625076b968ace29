/* SPDX-License-Identifier: MIT */
#ifndef BATCH_LIST_H
#define BATCH_LIST_H

/*
 * The files of one command, in the order in which they are taken: operands as
 * they were given, for a folder its tables (of a split its parts) by name, or
 * the names in a file. A file that is named twice (by device and inode) is in
 * it once. What a file holds is not looked at, nor whether it is there: each
 * has the error that it would have alone.
 */

#include "base/buf.h"
#include "base/diag.h"
#include "plan/options.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

struct batch_file {
	char *path;
	/* Seen in a folder: if it is gone when its turn comes, another
	 * process took it. */
	bool is_found;
	bool has_stat;
	struct stat st; /* when the list was made */
};

struct batch_list {
	struct batch_file *items;
	size_t count, cap;
	size_t twins; /* names of a file that is in it already */
};

/* -1 (DIAG_USAGE): a list or a folder that cannot be read, standard input
 * twice, names beside --files-from. Release it either way. */
int batch_list_make(
    struct batch_list *l, const struct options *o, struct diag *d);
void batch_list_release(struct batch_list *l);
/* A command that names the files again fits a line or two: as it was typed,
 * from the options on that decide how they are read. */
bool batch_fits_line(const struct options *o);
void batch_add_operands(const struct options *o, struct buf *out);
/* The name of a file without its folder. Borrows. */
const char *batch_name(const char *path);

#endif
