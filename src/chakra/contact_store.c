/* SPDX-License-Identifier: MIT */
/*
 * The lock is a flock on the runs folder itself: it leaves no file behind, is
 * held for one small read and write, and ends with the process. Where a file
 * system has none, the last of two runs that end together wins; the other's
 * facts are in its own folder still.
 */
#include "base/json_read.h"
#include "base/json_write.h"
#include "base/signals.h"
#include "base/xalloc.h"
#include "chakra/contact.h"
#include "system/atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

/* All services that are kept need a fifth of it. */
#define FILE_BYTES_MAX ((size_t)4 << 20)

/* Five seconds in all. */
#define LOCK_TRIES 250
#define LOCK_PAUSE_NS 20000000

void
contact_list_release(struct contact_list *l)
{
	free(l->items);
	*l = (struct contact_list){NULL, 0};
}

static int
compare(const struct contact *c, const char *base_url, const char *procedure)
{
	int order = strcmp(c->base_url, base_url);

	return order != 0 ? order : strcmp(c->procedure, procedure);
}

const struct contact *
contact_list_find(
    const struct contact_list *l, const char *base_url, const char *procedure)
{
	for (size_t i = 0; i < l->count; i++)
		if (compare(&l->items[i], base_url, procedure) == 0)
			return &l->items[i];
	return NULL;
}

static int
damaged(const char *path, const char *why, struct diag *d)
{
	diag_set(d, DIAG_INPUT,
	    "unable to read what is known about the service in '%s': %s", path,
	    why);
	diag_code(d, "service.damaged");
	return diag_help(
	    d, "move that file away; the next run makes a new one");
}

/* The value in a JSON file, whose text is kept in `text`. 1, 0 = there is
 * none, -1. */
static int
read_json(const char *path, struct buf *text, struct text *json, struct diag *d)
{
	const char *why = file_read_whole(AT_FDCWD, path, text);

	*json = (struct text){NULL, 0};
	if (why != NULL)
		return errno == ENOENT ? 0 : damaged(path, why, d);
	return json_document(buf_text(text), json)
		   ? 1
		   : damaged(path, "it is not JSON", d);
}

/* Writes it laid out. An older one does as well: what is missing is seen again
 * by the next run. */
static int
write_json(const char *path, const struct buf *json, struct diag *d)
{
	struct buf text = BUF_INIT(0);
	struct atomic_file f;
	int ret = -1;

	json_lay_out(&text, buf_text(json), &json_filed);
	if (atomic_open(&f, path, d) == 0) {
		fprintf(f.stream, "%s\n", buf_str(&text));
		ret = atomic_commit_early(&f, d);
	}
	buf_release(&text);
	return ret;
}

static char *
file_in(const char *folder)
{
	struct buf path = BUF_INIT(0);

	buf_addf(&path, "%s/" CONTACT_FILE, folder);
	return buf_detach(&path);
}

/* In its place in the order. */
static struct contact *
insert(struct contact_list *l, const struct contact *c)
{
	size_t at = 0;

	l->items = xreallocarray(l->items, l->count + 1, sizeof(*l->items));
	while (at < l->count &&
	       compare(&l->items[at], c->base_url, c->procedure) < 0)
		at++;
	memmove(l->items + at + 1, l->items + at,
	    (l->count - at) * sizeof(*l->items));
	l->items[at] = *c;
	l->count++;
	return &l->items[at];
}

static int
take_list(const char *path, struct text json, struct contact_list *out,
    struct diag *d)
{
	struct text services = json_member(json, "services"), token;
	struct json_walk w;

	if (!json_is_text(json_member(json, "schema"), CONTACT_SERVICES_SCHEMA))
		return damaged(
		    path, "its schema is not '" CONTACT_SERVICES_SCHEMA "'", d);
	if (services.s != NULL && !json_is_array(services))
		return damaged(path, "its services are not a list", d);
	json_walk_begin(&w, services);
	while (json_walk_next(&w, NULL, &token)) {
		struct contact c;

		if (!contact_json_read(token, &c))
			return damaged(path,
			    "a service in it was changed since it was written",
			    d);
		insert(out, &c);
	}
	return 0;
}

static int
read_list(const char *path, struct contact_list *out, struct diag *d)
{
	struct buf text = BUF_INIT(FILE_BYTES_MAX);
	struct text json;
	int ret = read_json(path, &text, &json, d);

	*out = (struct contact_list){NULL, 0};
	if (ret == 1)
		ret = take_list(path, json, out, d);
	if (ret != 0)
		contact_list_release(out);
	buf_release(&text);
	return ret;
}

int
contact_list_read(
    const char *runs_dir, struct contact_list *out, struct diag *d)
{
	char *path = file_in(runs_dir);
	int ret = read_list(path, out, d);

	free(path);
	return ret;
}

/* Which to forget first: a sandbox before a service, then the older one. */
static bool
goes_before(const struct contact *a, const struct contact *b)
{
	if (a->is_sandbox != b->is_sandbox)
		return a->is_sandbox;
	return a->last_ms < b->last_ms;
}

static void
drop_one(struct contact_list *l)
{
	size_t drop = 0;

	for (size_t i = 1; i < l->count; i++)
		if (goes_before(&l->items[i], &l->items[drop]))
			drop = i;
	l->count--;
	memmove(l->items + drop, l->items + drop + 1,
	    (l->count - drop) * sizeof(*l->items));
}

static int
write_list(const char *path, const struct contact_list *l, struct diag *d)
{
	struct buf b = BUF_INIT(0);
	int ret;

	json_object(&b, NULL);
	json_string(&b, "schema", CONTACT_SERVICES_SCHEMA);
	json_array(&b, "services");
	for (size_t i = 0; i < l->count; i++)
		contact_json(&l->items[i], &b);
	json_end_array(&b);
	json_end_object(&b);
	ret = write_json(path, &b, d);
	buf_release(&b);
	return ret;
}

static int
merge_into(const char *path, const struct contact *c, struct diag *d)
{
	struct contact_list l;
	int ret;

	if (read_list(path, &l, d) != 0)
		return -1;
	for (size_t i = 0; i <= l.count; i++) {
		if (i == l.count) {
			while (l.count >= CONTACT_SERVICES_MAX)
				drop_one(&l);
			insert(&l, c);
			break;
		}
		if (compare(&l.items[i], c->base_url, c->procedure) == 0) {
			contact_merge(&l.items[i], c);
			break;
		}
	}
	ret = write_list(path, &l, d);
	contact_list_release(&l);
	return ret;
}

/* Waits a moment for a process that writes, but not for one that stays. */
static bool
is_locked_by_another(int fd)
{
	const struct timespec pause = {.tv_nsec = LOCK_PAUSE_NS};

	for (int tries = 0; flock(fd, LOCK_EX | LOCK_NB) != 0; tries++) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return false;
		if (tries == LOCK_TRIES || signals_stop() != 0)
			return true;
		(void)nanosleep(&pause, NULL);
	}
	return false;
}

int
contact_list_merge(
    const char *runs_dir, const struct contact *c, struct diag *d)
{
	char *path = file_in(runs_dir);
	int fd = open(runs_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int ret;

	if (fd >= 0 && is_locked_by_another(fd))
		ret = diag_set(d, DIAG_LOCKED,
		    "unable to write '%s': another process has locked the "
		    "runs folder",
		    path);
	else
		ret = merge_into(path, c, d);
	if (fd >= 0)
		close(fd);
	free(path);
	return ret;
}

int
contact_run_read(const char *run_folder, struct contact *out, struct diag *d)
{
	struct buf text = BUF_INIT(FILE_BYTES_MAX);
	char *path = file_in(run_folder);
	struct text json;
	int ret = read_json(path, &text, &json, d);

	memset(out, 0, sizeof(*out));
	if (ret == 1 && !contact_json_read(json, out))
		ret = damaged(path, "it was changed since it was written", d);
	buf_release(&text);
	free(path);
	return ret;
}

int
contact_run_write(
    const char *run_folder, const struct contact *c, struct diag *d)
{
	char *path = file_in(run_folder);
	struct buf b = BUF_INIT(0);
	int ret;

	contact_json(c, &b);
	ret = write_json(path, &b, d);
	buf_release(&b);
	free(path);
	return ret;
}
