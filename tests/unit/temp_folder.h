/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_TEMP_FOLDER_H
#define TESTS_UNIT_TEMP_FOLDER_H

/* A folder of its own for one test, mode 0700, below TMPDIR, or below /tmp
 * where that is not set, not absolute or 16 bytes or longer. */

#include <stdbool.h>
#include <stddef.h>

/* Its path goes into `path`; `test` is part of its name. False = errno. */
bool temp_folder_make(char *path, size_t size, const char *test);
/* With everything below it; links are not followed. False = errno. */
bool temp_folder_remove(const char *path);

/* The cmocka teardown of a state on the heap that begins with that path. */
int temp_folder_tear_down(void **state);

/* A file of that text in the folder; a test fails where it cannot be. */
void temp_folder_put(const char *folder, const char *name, const char *text);

/* Whether the name `path` with `suffix` after it is taken, also by a link
 * that leads nowhere. */
bool path_exists(const char *path, const char *suffix);

#endif
