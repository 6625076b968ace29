/* SPDX-License-Identifier: MIT */
/* Hidden files, and those that an office program keeps beside an open one
 * ("~$leads.csv"), are not tables, whatever their ending. */
#include "list.h"

#include "base/buf.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "cut.h"
#include "plan/reading_choices.h"
#include "system/screen.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool
is_stdin(const char *path)
{
	return strcmp(path, "-") == 0;
}

/* Takes over `path`. */
static void
add_file(struct batch_list *l, char *path, bool is_found)
{
	struct batch_file f = {.path = path, .is_found = is_found};

	f.has_stat = !is_stdin(path) && stat(path, &f.st) == 0;
	ARRAY_ROOM(l->items, l->count, l->cap);
	l->items[l->count++] = f;
}

static int
is_table(const struct dirent *e)
{
	return e->d_name[0] != '.' && strncmp(e->d_name, "~$", 2) != 0 &&
	       name_is_table(e->d_name);
}

/* By bytes: the same order in every locale. */
static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static char *
join(const char *folder, const char *name)
{
	size_t len = strlen(folder);
	struct buf path = BUF_INIT(0);

	buf_addf(&path, "%s%s%s", folder,
	    len > 0 && folder[len - 1] == '/' ? "" : "/", name);
	return buf_detach(&path);
}

/* The folder that a split made, with its rejects: its parts are meant. */
static bool
is_split(const char *folder)
{
	char *path = join(folder, SPLIT_JSON);
	bool is = access(path, F_OK) == 0;

	free(path);
	return is;
}

static int
add_folder(struct batch_list *l, const char *folder, struct diag *d)
{
	struct dirent **found = NULL;
	int count = scandir(folder, &found, is_table, by_name);
	bool parts_only = is_split(folder);

	if (count < 0)
		return diag_set_errno(d, DIAG_USAGE, errno,
		    "unable to read the folder '%s'", folder);
	for (int i = 0; i < count; i++) {
		char *path = join(folder, found[i]->d_name);
		struct stat st;
		bool is_meant =
		    !parts_only || strncmp(found[i]->d_name, "part-", 5) == 0;

		free(found[i]);
		if (!is_meant || (stat(path, &st) == 0 && S_ISDIR(st.st_mode)))
			free(path);
		else
			add_file(l, path, true);
	}
	free(found);
	return 0;
}

static int
add_name(struct batch_list *l, const char *name, struct diag *d)
{
	struct stat st;

	if (!is_stdin(name) && stat(name, &st) == 0 && S_ISDIR(st.st_mode))
		return add_folder(l, name, d);
	add_file(l, xstrdup(name), false);
	return 0;
}

/* A line of a list, without its end; lists that Windows made end in CRLF. */
static int
add_line(struct batch_list *l, char *line, size_t len, int end, struct diag *d)
{
	if (len > 0 && line[len - 1] == end)
		line[--len] = '\0';
	if (end == '\n' && len > 0 && line[len - 1] == '\r')
		line[--len] = '\0';
	if (strlen(line) != len)
		return diag_set(d, DIAG_USAGE,
		    "a name in the list has a NUL byte; if NUL ends each name, "
		    "use -0");
	return len == 0 ? 0 : add_name(l, line, d);
}

static int
add_listed(struct batch_list *l, const char *path, int end, struct diag *d)
{
	FILE *f = is_stdin(path) ? stdin : fopen(path, "re");
	char *line = NULL;
	size_t cap = 0;
	ssize_t len;
	int ret = 0;

	if (f == NULL)
		return diag_set_errno(d, DIAG_USAGE, errno,
		    "unable to read the list of files '%s'", path);
	while (ret == 0 && (len = getdelim(&line, &cap, end, f)) > 0)
		ret = add_line(l, line, (size_t)len, end, d);
	if (ret == 0 && ferror(f))
		ret = diag_set_errno(d, DIAG_USAGE, errno,
		    "unable to read the list of files '%s'", path);
	free(line);
	if (f != stdin)
		fclose(f);
	return ret;
}

/* Which file a name is of, and where it stands in the list. */
struct twin {
	dev_t dev;
	ino_t ino;
	size_t at;
};

/* Same file beside same file, the one that was named first before the
 * others. */
static int
by_file(const void *a, const void *b)
{
	const struct twin *x = a, *y = b;

	if (x->dev != y->dev)
		return x->dev < y->dev ? -1 : 1;
	if (x->ino != y->ino)
		return x->ino < y->ino ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

static void
drop_twins(struct batch_list *l)
{
	struct twin *all = xcalloc(l->count + 1, sizeof(*all));
	size_t count = 0, kept = 0;

	for (size_t i = 0; i < l->count; i++)
		if (l->items[i].has_stat)
			all[count++] = (struct twin){
			    l->items[i].st.st_dev, l->items[i].st.st_ino, i};
	qsort(all, count, sizeof(*all), by_file);
	for (size_t i = 1; i < count; i++) {
		if (all[i].dev != all[i - 1].dev ||
		    all[i].ino != all[i - 1].ino)
			continue;
		free(l->items[all[i].at].path);
		l->items[all[i].at].path = NULL;
		l->twins++;
	}
	free(all);
	for (size_t i = 0; i < l->count; i++)
		if (l->items[i].path)
			l->items[kept++] = l->items[i];
	l->count = kept;
}

static int
check_stdin(const struct batch_list *l, struct diag *d)
{
	size_t count = 0;

	for (size_t i = 0; i < l->count; i++)
		count += is_stdin(l->items[i].path);
	return count < 2
		   ? 0
		   : diag_set(d, DIAG_USAGE, "standard input is named twice");
}

int
batch_list_make(struct batch_list *l, const struct options *o, struct diag *d)
{
	const struct settings *s = &o->settings;
	int end = o->ends_in_nul ? '\0' : '\n';

	memset(l, 0, sizeof(*l));
	if (o->files_from && s->operand_count > 1) {
		diag_set(d, DIAG_USAGE,
		    "--files-from names the files, and '%s' is named beside it",
		    s->operands[1]);
		return diag_help(d, "name the files in one way");
	}
	if (o->files_from && add_listed(l, o->files_from, end, d))
		return -1;
	for (size_t i = 1; i < s->operand_count; i++)
		if (add_name(l, s->operands[i], d))
			return -1;
	if (check_stdin(l, d))
		return -1;
	drop_twins(l);
	return 0;
}

void
batch_list_release(struct batch_list *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->items[i].path);
	free(l->items);
	memset(l, 0, sizeof(*l));
}

bool
batch_fits_line(const struct options *o)
{
	return o->files_from == NULL && o->settings.operand_count <= 11;
}

void
batch_add_operands(const struct options *o, struct buf *out)
{
	const struct settings *s = &o->settings;

	if (s->unique_across)
		buf_adds(out, " --unique-across");
	settings_typed_input(s, out);
}

const char *
batch_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}
