/* SPDX-License-Identifier: MIT */
/*
 * Nothing is followed and nothing is waited for: files are opened without
 * links and without blocking, and only regular ones are read. A sum is
 * computed only of a file that report.json names.
 */
#include "system/own_files.h"

#include "base/buf.h"
#include "base/json_read.h"
#include "base/xalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEAD_MAX 16384 /* of report.json; "files" is its second member */
#define NAMES_MAX 1000 /* to-fix.1000.csv */

static const char *const usual_names[OWN_FILES] = {
    [OWN_RESULTS] = "results.csv",
    [OWN_REJECTED] = "rejected.csv",
    [OWN_REASONS] = "rejected.reasons.csv",
    [OWN_TO_FIX] = "to-fix.csv",
    [OWN_PAGE] = "report.html",
    [OWN_JSON] = "report.json",
};

const char *
own_file_name(enum own_file which)
{
	return usual_names[which];
}

/* A regular file that is not a link: its descriptor, or -1. */
static int
open_regular(const char *path, struct stat *st)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0 && (fstat(fd, st) != 0 || !S_ISREG(st->st_mode))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* The first bytes, with a NUL after them. */
static size_t
read_head(int fd, char *head, size_t size)
{
	size_t len = 0;
	ssize_t n = 1;

	while (n > 0 && len + 1 < size) {
		n = read(fd, head + len, size - 1 - len);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n > 0)
			len += (size_t)n;
	}
	head[len] = '\0';
	return len;
}

static int
refuse(const char *path, const char *what, struct diag *d)
{
	diag_set(d, DIAG_USAGE, "unable to write '%s': it is %s", path, what);
	diag_code(d, "output.exists");
	return diag_help(d, "name another file, or move this one first");
}

static const char *
kind_of(const struct stat *st)
{
	if (S_ISDIR(st->st_mode))
		return "a folder";
	if (S_ISLNK(st->st_mode))
		return "a link";
	return "not a regular file";
}

int
own_path_check(const char *path, own_mark *is_ours, struct diag *d)
{
	char head[4096];
	struct stat st;
	size_t len;
	int fd;

	if (lstat(path, &st) != 0)
		return 0; /* whoever makes it says what is wrong */
	if (!S_ISREG(st.st_mode))
		return refuse(path, kind_of(&st), d);
	if (st.st_size == 0)
		return 0;
	fd = open_regular(path, &st);
	if (fd < 0)
		return refuse(path, "a file that cannot be read", d);
	len = read_head(fd, head, sizeof(head));
	close(fd);
	return is_ours(head, len)
		   ? 0
		   : refuse(path, "a file that this program did not write", d);
}

/* Splits "a/b": the folder's stat, and the name. */
static bool
parent_of(const char *path, struct stat *st, const char **name)
{
	const char *slash = strrchr(path, '/');
	char *folder =
	    slash ? xstrndup(path, (size_t)(slash - path) + 1) : xstrdup(".");
	bool found = stat(folder, st) == 0;

	free(folder);
	*name = slash ? slash + 1 : path;
	return found;
}

bool
own_path_same(const char *a, const char *b)
{
	struct stat x, y;
	const char *name, *other;
	bool has_a = stat(a, &x) == 0, has_b = stat(b, &y) == 0;

	if (has_a && has_b)
		return x.st_dev == y.st_dev && x.st_ino == y.st_ino;
	return !has_a && !has_b && parent_of(a, &x, &name) &&
	       parent_of(b, &y, &other) && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino && strcmp(name, other) == 0;
}

/* "to-fix.csv", "to-fix.2.csv", … */
static void
nth_name(enum own_file which, int n, char out[OWN_NAME_SIZE])
{
	const char *usual = usual_names[which], *dot = strrchr(usual, '.');

	if (n == 1)
		snprintf(out, OWN_NAME_SIZE, "%s", usual);
	else
		snprintf(out, OWN_NAME_SIZE, "%.*s.%d%s", (int)(dot - usual),
		    usual, n, dot);
}

/* Is it a name that nth_name makes? */
static bool
is_name_of(enum own_file which, const char *name)
{
	const char *usual = usual_names[which], *dot = strrchr(usual, '.');
	size_t stem = (size_t)(dot - usual), digits;

	if (strcmp(name, usual) == 0)
		return true;
	if (strncmp(name, usual, stem) != 0 || name[stem] != '.')
		return false;
	digits = strspn(name + stem + 1, "0123456789");
	return digits > 0 && digits < 5 &&
	       strcmp(name + stem + 1 + digits, dot) == 0;
}

static char *
path_of(const struct own_files *f, const char *name)
{
	struct buf path = BUF_INIT(0);

	buf_addf(&path, "%s/%s", f->folder, name);
	return buf_detach(&path);
}

/* Is it the beginning of a report.json? Its schema comes first. What it lists
 * as its files goes to *files, NULL if that is not there or was cut off. */
static bool
read_report(struct text head, struct text *files)
{
	static const char mark[] = "\"csv2chakra.report/";
	struct json_reader r;

	json_begin(&r, head, JSON_DOCUMENT_LEVELS);
	*files = (struct text){NULL, 0};
	if (json_next(&r) != JSON_OBJECT || json_next(&r) != JSON_NAME ||
	    !json_is_text(r.token, "schema") || json_next(&r) != JSON_STRING ||
	    r.token.len < sizeof(mark) ||
	    memcmp(r.token.s, mark, sizeof(mark) - 1) != 0)
		return false;
	while (json_next(&r) == JSON_NAME) {
		bool is_list = json_is_text(r.token, "files");
		struct text value;

		if (!json_next_value(&r, &value))
			break;
		if (is_list && files->s == NULL)
			*files = value;
	}
	return true;
}

static void
take_entry(struct own_files *f, struct text item)
{
	struct text usual = json_member(item, "file");
	struct own_entry e = {.name = ""};

	(void)json_get_text(json_member(item, "name"), e.name, sizeof(e.name));
	(void)json_get_text(
	    json_member(item, "sha256"), e.sha256, sizeof(e.sha256));
	(void)json_get_text(
	    json_member(item, "before"), e.before, sizeof(e.before));
	for (int i = 0; i < OWN_JSON; i++)
		if (json_is_text(usual, usual_names[i]) &&
		    is_name_of((enum own_file)i, e.name))
			f->file[i] = e;
}

static void
take_list(struct own_files *f, struct text files)
{
	struct json_walk w;
	struct text item;

	f->has_sums = json_is_array(files);
	json_walk_begin(&w, files);
	while (f->has_sums && json_walk_next(&w, NULL, &item))
		take_entry(f, item);
}

void
own_files_load(struct own_files *f, const char *folder)
{
	char *head = xmalloc(HEAD_MAX);

	memset(f, 0, sizeof(*f));
	f->folder = xstrdup(folder);
	for (int n = 1; n < 10 && !f->has_report; n++) {
		char name[OWN_NAME_SIZE], *path;
		struct text files;
		struct stat st;
		size_t len;
		int fd;

		nth_name(OWN_JSON, n, name);
		path = path_of(f, name);
		fd = open_regular(path, &st);
		free(path);
		if (fd < 0)
			continue;
		len = read_head(fd, head, HEAD_MAX);
		close(fd);
		if (!read_report((struct text){head, len}, &files))
			continue;
		f->has_report = true;
		f->written = st.st_mtim;
		memcpy(f->file[OWN_JSON].name, name, sizeof(name));
		take_list(f, files);
	}
	free(head);
}

void
own_files_release(struct own_files *f)
{
	free(f->folder);
	f->folder = NULL;
}

static bool
is_older(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec < b->tv_sec
				      : a->tv_nsec <= b->tv_nsec;
}

/* Ours: what an open file has to be. Its sum into out. */
static bool
is_ours(const struct own_files *f, enum own_file which, const char *name,
    int fd, const struct stat *st, char out[SHA256_HEX_SIZE])
{
	const struct own_entry *e = &f->file[which];

	if (which == OWN_JSON) {
		char *head = xmalloc(HEAD_MAX);
		size_t len = read_head(fd, head, HEAD_MAX);
		struct text files;
		bool has_mark = read_report((struct text){head, len}, &files);

		free(head);
		return has_mark;
	}
	if (!f->has_report || (f->has_sums && strcmp(e->name, name) != 0))
		return false;
	if (!f->has_sums && !is_older(&st->st_mtim, &f->written))
		return false;
	if (sha256_of_file(fd, out) != 0)
		out[0] = '\0'; /* what cannot be read is not known to be ours */
	return !f->has_sums ||
	       (out[0] != '\0' && (strcmp(out, e->sha256) == 0 ||
				      strcmp(out, e->before) == 0));
}

enum standing { STANDS_NOTHING, STANDS_OURS, STANDS_OTHER };

static enum standing
look(const struct own_files *f, enum own_file which, const char *name,
    char sum[SHA256_HEX_SIZE])
{
	char *path = path_of(f, name);
	enum standing found = STANDS_OTHER;
	struct stat st;
	int fd;

	sum[0] = '\0';
	if (lstat(path, &st) != 0 && errno == ENOENT) {
		found = STANDS_NOTHING;
	} else if ((fd = open_regular(path, &st)) >= 0) {
		if (is_ours(f, which, name, fd, &st, sum))
			found = STANDS_OURS;
		close(fd);
	}
	free(path);
	return found;
}

bool
own_files_is_ours(
    const struct own_files *f, enum own_file which, const char *name)
{
	char sum[SHA256_HEX_SIZE];

	return look(f, which, name, sum) == STANDS_OURS;
}

static bool
try_name(struct own_files *f, enum own_file which, const char *name,
    bool may_be_free)
{
	struct own_entry *e = &f->file[which];
	enum standing found = look(f, which, name, e->replaces);

	if (found == STANDS_OTHER || (found == STANDS_NOTHING && !may_be_free))
		return false;
	memcpy(e->new_name, name, strlen(name) + 1);
	e->is_new = found == STANDS_NOTHING;
	return true;
}

int
own_files_choose(struct own_files *f, enum own_file which, const char *sha256,
    struct diag *d)
{
	struct own_entry *e = &f->file[which];
	char name[OWN_NAME_SIZE];

	snprintf(
	    e->new_sha256, sizeof(e->new_sha256), "%s", sha256 ? sha256 : "");
	memcpy(name, e->name, sizeof(name));
	if (name[0] != '\0' && try_name(f, which, name, false))
		return 0;
	for (int n = 1; n <= NAMES_MAX; n++) {
		nth_name(which, n, name);
		if (try_name(f, which, name, true))
			return 0;
	}
	diag_set(d, DIAG_DISK,
	    "unable to write '%s/%s': a thousand files of that name are not "
	    "as this program wrote them",
	    f->folder, usual_names[which]);
	return diag_help(d, "move them out of the folder");
}

const char *
own_files_name(const struct own_files *f, enum own_file which)
{
	const struct own_entry *e = f ? &f->file[which] : NULL;

	if (e && e->new_name[0] != '\0')
		return e->new_name;
	return e && e->name[0] != '\0' ? e->name : usual_names[which];
}

char *
own_files_path(const struct own_files *f, enum own_file which)
{
	return path_of(f, own_files_name(f, which));
}

int
own_files_check(const struct own_files *f, enum own_file which, struct diag *d)
{
	const struct own_entry *e = &f->file[which];

	if (!f->has_sums || e->name[0] == '\0' ||
	    own_files_is_ours(f, which, e->name))
		return 0;
	diag_set(d, DIAG_INPUT,
	    "'%s/%s' was changed since csv2chakra wrote it; nothing was sent",
	    f->folder, e->name);
	diag_code(d, "run.changed");
	return -1;
}

bool
own_files_would_replace(const struct own_files *f, const char *path)
{
	for (int i = 0; i < OWN_FILES; i++)
		for (int n = 1; n < 10; n++) {
			char name[OWN_NAME_SIZE], *at;
			bool same;

			nth_name((enum own_file)i, n, name);
			at = path_of(f, name);
			same = own_path_same(at, path);
			free(at);
			if (same)
				return true;
		}
	return false;
}
