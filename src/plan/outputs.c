/* SPDX-License-Identifier: MIT */
/*
 * Files are compared by device and inode, so that links and other spellings of
 * a path make no difference; those of a run also by their names.
 */
#include "plan/options.h"
#include "runs/run.h"
#include "system/own_files.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool
is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Only a regular file can be read and written at once. */
static bool
is_file(int fd, struct stat *st)
{
	return fstat(fd, st) == 0 && S_ISREG(st->st_mode);
}

static int
refuse(const char *path, const char *output, struct diag *d)
{
	diag_set(d, DIAG_USAGE,
	    "%s goes to '%s', which is also read or belongs to a run", output,
	    path);
	diag_code(d, "output.is_input");
	return diag_help(d, "write to another file");
}

/* Messages must not go into the file. */
static void
turn_away_stderr(const struct stat *err)
{
	struct stat out;
	int fd;

	if (fstat(STDOUT_FILENO, &out) == 0 && !is_same(&out, err)) {
		(void)dup2(STDOUT_FILENO, STDERR_FILENO);
		return;
	}
	fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (fd >= 0) {
		(void)dup2(fd, STDERR_FILENO);
		close(fd);
	}
}

/* `read`: a file that is read, as `path`. */
static int
spare(const struct stat *read, const char *path, struct diag *d)
{
	struct stat out, err;
	bool has_out = is_file(STDOUT_FILENO, &out);

	if (is_file(STDERR_FILENO, &err) && is_same(&err, read)) {
		turn_away_stderr(&err);
		return refuse(path, "standard error", d);
	}
	if (has_out && is_same(&out, read))
		return refuse(path, "standard output", d);
	return 0;
}

int
outputs_spare(const char *path, struct diag *d)
{
	struct stat st;

	if (path == NULL || stat(path, &st) != 0)
		return 0;
	return spare(&st, path, d);
}

void
outputs_turn_away(int argc, char **argv)
{
	struct stat err, st;

	for (int i = 0; i < argc && is_file(STDERR_FILENO, &err); i++) {
		const char *value = strncmp(argv[i], "--", 2) == 0
					? strchr(argv[i], '=')
					: NULL;

		if (stat(value ? value + 1 : argv[i], &st) == 0 &&
		    is_same(&err, &st))
			turn_away_stderr(&err);
	}
}

/* An operand is a file that is read, unless it names a run, which may be
 * called as a file here is, or it is one of the words of a command. */
static bool
is_input(const char *form, size_t i)
{
	bool is_run =
	    strncmp(form, "RUN", 3) == 0 || strncmp(form, "[RUN]", 5) == 0;

	if (is_run) /* RUN [CSV], RUN [TO-FIX.csv], but not [RUN]... */
		return i > 0 && strstr(form, "...") == NULL;
	return strstr(form, "CSV") || strstr(form, "MAPPING");
}

static int
check_inputs(const char *form, const struct settings *o, struct diag *d)
{
	const char *const named[] = {o->token_file, o->ca_file, o->mapping};
	struct stat st;

	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		if (outputs_spare(named[i], d) != 0)
			return -1;
	for (size_t i = 0; i < o->operand_count; i++) {
		if (!is_input(form, i))
			continue;
		if (strcmp(o->operands[i], "-") != 0) {
			if (outputs_spare(o->operands[i], d) != 0)
				return -1;
		} else if (is_file(STDIN_FILENO, &st) &&
			   spare(&st, "standard input", d) != 0) {
			return -1;
		}
	}
	return 0;
}

/* A redirected output that is a file of a run, under whatever name. */
static int
check_runs(const struct settings *o, int fd, const char *output, struct diag *d)
{
	struct diag ignored = DIAG_INIT;
	char path[PATH_MAX], link[32], *dir;
	struct stat st;
	ssize_t len;
	bool belongs;

	if (!is_file(fd, &st))
		return 0;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, path, sizeof(path) - 1);
	path[len > 0 ? len : 0] = '\0';
	dir = runs_dir_default(o->runs_dir, &ignored);
	belongs = run_owns_file(path) ||
		  (dir && st.st_nlink > 1 && runs_hold_file(dir, &st));
	free(dir);
	if (!belongs)
		return 0;
	if (fd == STDERR_FILENO)
		turn_away_stderr(&st);
	return refuse(path, output, d);
}

/* `check -o DIR`: the files that appear there. */
static int
check_folder(const struct settings *o, const struct own_files *own,
    const char *path, struct diag *d)
{
	if (path == NULL || !own_files_would_replace(own, path))
		return 0;
	diag_set(d, DIAG_USAGE,
	    "'%s' is read, and --output '%s' would write a file of that name",
	    path, o->output);
	diag_code(d, "output.is_input");
	return diag_help(d, "name another folder");
}

static int
check_output(const struct settings *o, struct diag *d)
{
	struct own_files own;
	char marker[PATH_MAX];
	int ret = 0;

	if (o->output == NULL || o->command == COMMAND_INIT)
		return 0; /* init makes no file that is there already */
	snprintf(marker, sizeof(marker), "%s/run.json", o->output);
	if (access(marker, F_OK) == 0) {
		diag_set(
		    d, DIAG_USAGE, "'%s' is the folder of a run", o->output);
		diag_code(d, "output.is_input");
		return diag_help(d, "name another folder for --output");
	}
	own_files_load(&own, o->output);
	for (size_t i = 0; i < o->operand_count && ret == 0; i++)
		ret = check_folder(o, &own, o->operands[i], d);
	own_files_release(&own);
	return ret;
}

static int
check_metrics(const struct settings *o, struct diag *d)
{
	const char *const others[] = {o->token_file, o->ca_file, o->mapping};
	size_t count = sizeof(others) / sizeof(others[0]);

	if (o->metrics_file == NULL)
		return 0;
	for (size_t i = 0; i < count + o->operand_count; i++) {
		const char *path =
		    i < count ? others[i] : o->operands[i - count];

		if (path && own_path_same(o->metrics_file, path))
			return refuse(path, "--metrics-file", d);
	}
	return 0;
}

int
outputs_check_table(const struct settings *o, const char *path, struct diag *d)
{
	struct own_files own;
	int ret;

	if (outputs_spare(path, d) != 0)
		return -1;
	if (o->metrics_file && own_path_same(o->metrics_file, path))
		return refuse(path, "--metrics-file", d);
	if (o->output == NULL)
		return 0;
	own_files_load(&own, o->output);
	ret = check_folder(o, &own, path, d);
	own_files_release(&own);
	return ret;
}

int
outputs_check(const char *form, const struct settings *o, struct diag *d)
{
	if (check_inputs(form, o, d) != 0 ||
	    check_runs(o, STDERR_FILENO, "standard error", d) != 0 ||
	    check_runs(o, STDOUT_FILENO, "standard output", d) != 0 ||
	    check_output(o, d) != 0)
		return -1;
	return check_metrics(o, d);
}
