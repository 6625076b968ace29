/* SPDX-License-Identifier: MIT */
/*
 * The folder is listed each time: runs that another version made, or somebody
 * put back, are met like any other. What the index adds is which of them
 * surely belong to another input, so that they need not be opened; it can hide
 * none, since a name that it does not have, or has with another folder, is
 * read.
 */
#include "base/civil.h"
#include "base/xalloc.h"
#include "run_folder.h"
#include "run_index.h"
#include "runs/run.h"
#include "system/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* So many are read in a moment; writing takes longer. */
#define LACKING_MAX 32
/* "20261129T034812Z" */
#define RUN_NAME_TIME 16

struct run_list {
	char *runs_dir;
	int fd; /* -1: there is no folder */
	struct run_name *names;
	struct run_entry *entries; /* one for each name */
	size_t count;
	/* Where those stand that have a parent: few, and asked for often. */
	size_t *children, child_count;
	struct arena arena;
};

static void
read_parent(struct run_list *l, struct run_entry *e)
{
	char *path, *parent;

	if (!run_id_is_valid(e->name))
		return;
	path = path_join(l->runs_dir, e->name);
	e->may_retry =
	    run_fact_read(path, RUN_PARENT, &parent) != 0 || parent == NULL;
	if (!e->may_retry)
		e->parent = arena_strdup(&l->arena, parent);
	free(parent);
	free(path);
}

/* What its run.json says, if it can be read. */
static void
read_entry(struct run_list *l, struct run_entry *e)
{
	struct diag ignored = DIAG_INIT;
	struct run_identity id;
	int fd = folder_open(l->fd, e->name);

	if (fd < 0)
		return;
	e->is_known = run_json_read(fd, e->name, &id, &ignored) == 0 &&
		      civil_read_iso8601(id.started, &e->started_ms);
	close(fd);
	if (!e->is_known) {
		read_parent(l, e);
		return;
	}
	memcpy(e->input_key, id.input_key, sizeof(e->input_key));
	memcpy(e->whole_key, id.whole_key, sizeof(e->whole_key));
	e->first_row = id.first_row;
	e->last_row = id.last_row;
	e->input_bytes = id.input_bytes;
	e->parent = arena_strdup(&l->arena, id.parent);
}

/* Both are sorted. Returns how many runs the index lacks. */
static size_t
fill_entries(
    struct run_list *l, const struct run_entry *index, size_t index_count)
{
	size_t at = 0, lacking = 0;

	for (size_t i = 0; i < l->count; i++) {
		struct run_entry *e = &l->entries[i];

		while (at < index_count &&
		       strcmp(index[at].name, l->names[i].name) > 0)
			at++;
		if (at < index_count && index[at].inode == l->names[i].inode &&
		    strcmp(index[at].name, l->names[i].name) == 0) {
			*e = index[at];
			continue;
		}
		*e = (struct run_entry){.name = l->names[i].name,
		    .parent = "",
		    .inode = l->names[i].inode};
		read_entry(l, e);
		lacking += run_index_takes(e);
	}
	return lacking;
}

/* A name has whole seconds, run.json more. */
static int
newest_first(const void *a, const void *b)
{
	const struct run_entry *x = a, *y = b;
	int order = -strncmp(x->name, y->name, RUN_NAME_TIME);

	if (order == 0)
		order = (x->started_ms < y->started_ms) -
			(x->started_ms > y->started_ms);
	return order != 0 ? order : -strcmp(x->name, y->name);
}

static void
fill_children(struct run_list *l)
{
	l->children = xcalloc(l->count + 1, sizeof(*l->children));
	for (size_t i = 0; i < l->count; i++)
		if (l->entries[i].parent[0] != '\0')
			l->children[l->child_count++] = i;
}

static int
fill(struct run_list *l, struct diag *d)
{
	struct run_entry *index;
	size_t count = 0;

	l->fd = open(l->runs_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (l->fd < 0 && errno == ENOENT)
		return 0; /* no runs yet */
	if (l->fd < 0)
		return diag_set_errno(d, DIAG_DISK, errno,
		    "unable to open the runs folder '%s'", l->runs_dir);
	l->names = runs_list(l->fd, &l->count, d);
	if (l->names == NULL)
		return -1;
	l->entries = xcalloc(l->count + 1, sizeof(*l->entries));
	index = run_index_read(l->fd, &l->arena, &count);
	if (fill_entries(l, index, count) > LACKING_MAX)
		run_index_write(l->fd, l->runs_dir, l->entries, l->count);
	free(index);
	qsort(l->entries, l->count, sizeof(*l->entries), newest_first);
	fill_children(l);
	return 0;
}

struct run_list *
run_list_read(const char *runs_dir, struct diag *d)
{
	struct run_list *l = xcalloc(1, sizeof(*l));

	l->runs_dir = xstrdup(runs_dir);
	l->fd = -1;
	if (fill(l, d) == 0)
		return l;
	run_list_free(l);
	return NULL;
}

void
run_list_free(struct run_list *l)
{
	if (l == NULL)
		return;
	runs_list_free(l->names, l->count);
	free(l->entries);
	free(l->children);
	arena_release(&l->arena);
	if (l->fd >= 0)
		close(l->fd);
	free(l->runs_dir);
	free(l);
}

const struct run_entry *
run_list_entries(const struct run_list *l, size_t *count)
{
	*count = l->count;
	return l->entries;
}

size_t
run_list_count(const struct run_list *l)
{
	struct run_summary *s = xmalloc(sizeof(*s));
	size_t count = 0;

	for (size_t i = 0; i < l->count; i++)
		count += l->entries[i].is_known ||
			 run_summarise(l->fd, l->runs_dir, l->entries[i].name,
			     NULL, s) == 1;
	free(s);
	return count;
}

/* Is the place of a run in its whole another than the filter asks for? */
static bool
is_elsewhere(const struct run_filter *f, const char *whole_key,
    uint64_t first_row, uint64_t last_row)
{
	const struct run_identity *place = f->place;

	if (f->whole_key != NULL &&
	    (strcmp(f->whole_key, whole_key) != 0 || first_row > f->last_row ||
		last_row < f->first_row))
		return true;
	return place != NULL && place->whole_key[0] != '\0' &&
	       strcmp(place->whole_key, whole_key) == 0 &&
	       place->first_row != first_row;
}

/* Did a run, of which its entry may know nothing, start before? */
static bool
is_earlier(const struct run_filter *f, const struct run_identity *id)
{
	int64_t ms;

	return f->not_before_ms > 0 &&
	       (!civil_read_iso8601(id->started, &ms) || ms < f->not_before_ms);
}

/* What is known of an entry, against the filter. */
static bool
is_ruled_out(const struct run_entry *e, const struct run_filter *f)
{
	if (f->name != NULL && strcmp(e->name, f->name) != 0)
		return true;
	if (f->but != NULL && strcmp(e->name, f->but) == 0)
		return true;
	return e->is_known &&
	       (e->started_ms < f->not_before_ms ||
		   (f->input_key != NULL &&
		       strcmp(e->input_key, f->input_key) != 0) ||
		   is_elsewhere(f, e->whole_key, e->first_row, e->last_row) ||
		   (f->parent != NULL && strcmp(e->parent, f->parent) != 0));
}

int
run_list_each(const struct run_list *l, const struct run_filter *f,
    int (*each)(void *ctx, const struct run_summary *s), void *ctx)
{
	struct run_summary *s = xmalloc(sizeof(*s));
	size_t count = f->parent ? l->child_count : l->count;
	int ret = 0;

	for (size_t i = 0; i < count && ret == 0; i++) {
		const struct run_entry *e =
		    &l->entries[f->parent ? l->children[i] : i];

		if (!is_ruled_out(e, f) &&
		    run_summarise(
			l->fd, l->runs_dir, e->name, f->input_key, s) == 1 &&
		    !is_earlier(f, &s->identity) &&
		    !is_elsewhere(f, s->identity.whole_key,
			s->identity.first_row, s->identity.last_row) &&
		    (f->parent == NULL ||
			strcmp(s->identity.parent, f->parent) == 0))
			ret = each(ctx, s);
	}
	free(s);
	return ret;
}

static bool
has_file(const struct run_list *l, const struct run_entry *e, const char *name)
{
	char *path = path_join(e->name, name);
	bool has = folder_has(l->fd, path);

	free(path);
	return has;
}

/* The mark goes last, and runs of 0.1.0 have none. */
bool
run_list_has_nothing_to_prune(const struct run_list *l,
    const struct run_entry *e, const struct prune_request *q)
{
	bool is_young = q->now_ms - e->started_ms < q->older_than_ms;

	if (!e->is_known)
		return false;
	if (!has_file(l, e, RUN_PRUNED))
		return is_young;
	return !has_file(l, e, RUN_MARK) && !has_file(l, e, RUN_LEDGER);
}

int
runs_each(const char *runs_dir, const struct run_filter *f,
    int (*each)(void *ctx, const struct run_summary *s), void *ctx,
    struct diag *d)
{
	struct run_list *l = run_list_read(runs_dir, d);
	int ret = l != NULL ? run_list_each(l, f, each, ctx) : -1;

	run_list_free(l);
	return ret;
}
