/* SPDX-License-Identifier: MIT */
/* What is at --db, --log and --port-file: a sandbox's own file, or nothing. */
#include "outputs.h"

#include "system/own_files.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static bool
begins(const char *head, size_t len, const char *mark, size_t size)
{
	return len >= size && memcmp(head, mark, size) == 0;
}

/* Whose database it is, store_open asks SQLite: the header may be in its log.
 */
static bool
is_database(const char *head, size_t len)
{
	static const char mark[] = "SQLite format 3"; /* and its NUL */

	return begins(head, len, mark, sizeof(mark));
}

static bool
is_log(const char *head, size_t len)
{
	static const char mark[] = "{\"time\":\"";

	return begins(head, len, mark, sizeof(mark) - 1);
}

/* A number of at most five digits on a line. */
static bool
is_port(const char *head, size_t len)
{
	size_t digits = strspn(head, "0123456789");

	return digits > 0 && digits <= 5 && len == digits + 1 &&
	       head[digits] == '\n';
}

/* A log and a database are written where a link leads; a log may also be a
 * terminal or a pipe. */
static int
check(const char *path, own_mark *is_ours, bool may_be_device, struct diag *d)
{
	char real[PATH_MAX];
	struct stat st;

	if (path == NULL || strcmp(path, ":memory:") == 0)
		return 0;
	if (may_be_device && stat(path, &st) == 0 &&
	    (S_ISCHR(st.st_mode) || S_ISFIFO(st.st_mode)))
		return 0;
	return own_path_check(realpath(path, real) ? real : path, is_ours, d);
}

int
sandbox_outputs_check(const struct sandbox_options *o, struct diag *d)
{
	const char *const paths[] = {
	    o->token_file, o->db, o->log, o->port_file};
	const size_t count = sizeof(paths) / sizeof(paths[0]);

	for (size_t i = 0; i < count; i++)
		for (size_t k = i + 1; k < count; k++)
			if (paths[i] && paths[k] &&
			    own_path_same(paths[i], paths[k])) {
				diag_set(d, DIAG_USAGE,
				    "'%s' cannot be two files at once",
				    paths[k]);
				return diag_help(d, "name another file");
			}
	if (check(o->db, is_database, false, d) != 0 ||
	    check(o->log, is_log, true, d) != 0)
		return -1;
	return o->port_file ? own_path_check(o->port_file, is_port, d) : 0;
}
