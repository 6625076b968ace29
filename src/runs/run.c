/* SPDX-License-Identifier: MIT */
/*
 * Making a run folder and finding one again. A new one gets its name when
 * run.json, the mapping and a mark that counts no send are in it, on disk. A
 * kill before that leaves a hidden folder that belongs to no run, which `prune`
 * removes; so a folder without a mark has lost it. The `latest`
 * link is a convenience: it never fails a run.
 */
#include "runs/run.h"

#include "base/civil.h"
#include "base/xalloc.h"
#include "run_folder.h"
#include "system/atomic_file.h"
#include "system/fault.h"
#include "system/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_TRIES 16

/* Makes the folder, hidden until it is filled, for a name that is free; fills
 * id->id and `hidden`. */
static int
make_folder(int runs, const char *runs_dir, const char *input_name,
    struct run_identity *id, char hidden[RUN_HIDDEN_SIZE],
    const struct clock *clock, struct diag *d)
{
	char stem[RUN_STEM_MAX + 1], when[32];
	int64_t now = clock->wall_ms(clock->ctx);
	int tries, fd = -1;

	run_stem(input_name, stem);
	civil_compact(now, when);
	civil_iso8601_ms(now, id->started);
	errno = EEXIST;
	for (tries = 0; tries < NAME_TRIES && fd < 0 && errno == EEXIST;
	     tries++) {
		unsigned chance =
		    (unsigned)(clock->random(clock->ctx) & 0xffffff);

		snprintf(
		    id->id, sizeof(id->id), "%s-%s-%06x", when, stem, chance);
		snprintf(hidden, RUN_HIDDEN_SIZE, RUN_HIDDEN "%s", id->id);
		if (folder_has(runs, id->id))
			errno = EEXIST;
		else
			fd = folder_make(runs, hidden, false);
	}
	if (fd < 0)
		diag_set_errno(d, DIAG_DISK, errno,
		    "unable to make the run folder '%s/%s'", runs_dir, id->id);
	return fd;
}

static void
point_latest(int runs, const char *id, const struct clock *clock)
{
	char name[64];
	struct stat st;

	if (fstatat(runs, RUN_LATEST, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    !S_ISLNK(st.st_mode)) {
		log_debug("'latest' is not a symlink and stays as it is");
		return;
	}
	snprintf(name, sizeof(name), ".latest-%016llx",
	    (unsigned long long)clock->random(clock->ctx));
	if (symlinkat(id, runs, name) == 0 &&
	    renameat(runs, name, runs, RUN_LATEST) == 0)
		return;
	log_debug("unable to point 'latest' at '%s': %s", id, strerror(errno));
	(void)unlinkat(runs, name, 0);
}

static int
fill_folder(int fd, const char *folder, const struct run_identity *id,
    struct text mapping_bytes, struct diag *d)
{
	static const unsigned char never[RUN_MARK_BYTES] = {0};
	struct buf json = BUF_INIT(0);
	int err, ret = -1;

	run_json_write(&json, id);
	if (file_write_new(fd, folder, "mapping.yaml", mapping_bytes.s,
		mapping_bytes.len, d) != 0 ||
	    file_write_new(fd, folder, RUN_MARK, never, sizeof(never), d) !=
		0 ||
	    file_write_new(fd, folder, RUN_JSON, json.data, json.len, d) != 0)
		goto out;
	err = folder_sync(fd);
	if (err != 0)
		diag_set_errno(
		    d, DIAG_DISK, err, "unable to write '%s'", folder);
	else
		ret = 0;
out:
	buf_release(&json);
	return ret;
}

struct run *
run_create(const char *runs_dir, const char *input_name,
    struct run_identity *id, struct text mapping_bytes,
    const struct clock *clock, struct diag *d)
{
	struct run *r = NULL;
	char *folder = NULL, hidden[RUN_HIDDEN_SIZE];
	int fd = -1, runs = runs_dir_open(runs_dir, true, d);

	if (runs < 0)
		return NULL;
	(void)FAULT("run.create");
	fd = make_folder(runs, runs_dir, input_name, id, hidden, clock, d);
	if (fd < 0)
		goto out;
	(void)FAULT("run.folder");
	id->marked = true;
	folder = path_join(runs_dir, id->id);
	if (run_folder_hold(fd, folder, d) != 0 ||
	    fill_folder(fd, folder, id, mapping_bytes, d) != 0) {
		(void)run_hidden_remove(runs, fd, hidden);
		goto out;
	}
	if (renameat(runs, hidden, runs, id->id) != 0) {
		diag_set_errno(d, DIAG_DISK, errno,
		    "unable to make the run folder '%s'", folder);
		(void)run_hidden_remove(runs, fd, hidden);
		goto out;
	}
	log_run(id->id);
	log_decision("the run is '%s', its folder '%s'", id->id, folder);
	point_latest(runs, id->id, clock);
	(void)folder_sync(runs);
	(void)FAULT("run.created");
	r = xcalloc(1, sizeof(*r));
	r->identity = *id;
	r->folder = folder;
	r->held = fd;
	folder = NULL;
	fd = -1;
out:
	free(folder);
	if (fd >= 0)
		close(fd);
	close(runs);
	return r;
}

/* A run from its open folder; closes fd, takes folder. `own`: it must be
 * ours, before anything is read. */
static struct run *
adopt(int fd, char *folder, bool own, struct diag *d)
{
	struct run *r = xcalloc(1, sizeof(*r));

	r->folder = folder;
	r->held = -1;
	if ((own && run_own_folder(&r->folder, &fd, d) != 0) ||
	    run_json_read(fd, r->folder, &r->identity, d) != 0) {
		run_free(r);
		r = NULL;
	}
	close(fd);
	return r;
}

/* By a path that somebody typed: symlinks in it are theirs. */
static struct run *
open_folder(const char *path, bool own, struct diag *d)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char *folder = fd >= 0 ? realpath(path, NULL) : NULL;

	if (folder != NULL)
		return adopt(fd, folder, own, d);
	diag_set_errno(
	    d, DIAG_USAGE, errno, "unable to open the run '%s'", path);
	diag_code(d, "run.unknown");
	diag_help(d, "'csv2chakra status' lists the runs");
	if (fd >= 0)
		close(fd);
	return NULL;
}

static struct run *
open_in(
    int runs, const char *runs_dir, const char *name, bool own, struct diag *d)
{
	char *path = path_join(runs_dir, name);
	struct run *r;
	int fd = folder_open(runs, name), err = errno;

	if (fd >= 0) {
		r = adopt(fd, path, own, d);
		if (r != NULL)
			run_take_name(&r->identity, name);
		return r;
	}
	diag_set_errno(d, DIAG_INPUT, err, "unable to open the run '%s'", path);
	diag_help_open(d, err, path);
	free(path);
	return NULL;
}

static bool
is_folder(int at, const char *name)
{
	struct stat st;

	return fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISDIR(st.st_mode);
}

static bool
is_run(int runs, const char *name)
{
	int fd = folder_open(runs, name);
	bool found;

	if (fd < 0)
		return false;
	found = folder_has(fd, RUN_JSON);
	close(fd);
	return found;
}

static bool
access_is_denied(int runs, const char *name)
{
	int fd = folder_open(runs, name);
	int err = errno;

	if (fd >= 0)
		close(fd);
	return fd < 0 && err == EACCES;
}

/* None of these names is a run's, or none that this user may open. */
static void
refuse_none(int runs, const char *runs_dir, const struct run_name *names,
    size_t count, const char *which, struct diag *d)
{
	size_t i = 0;

	while (i < count && !access_is_denied(runs, names[i].name))
		i++;
	if (i < count) {
		diag_set(d, DIAG_USAGE,
		    "%sno permission to open the runs in '%s'", which,
		    runs_dir);
		diag_help_open(d, EACCES, names[i].name);
	} else {
		diag_set(d, DIAG_USAGE, "%sthere are no runs in '%s'", which,
		    runs_dir);
		diag_help(d, "name the right folder with --runs-dir");
	}
	diag_code(d, "run.none");
}

/* Where the link points; without a good link, the newest run. Owned. */
static char *
find_latest(int runs, const char *runs_dir, struct diag *d)
{
	char target[256];
	ssize_t n = readlinkat(runs, RUN_LATEST, target, sizeof(target) - 1);
	struct run_name *names;
	char *found = NULL;
	size_t count, i;

	if (n > 0) {
		target[n] = '\0';
		if (strchr(target, '/') == NULL && target[0] != '.' &&
		    is_run(runs, target))
			return xstrdup(target);
	}
	names = runs_list(runs, &count, d);
	if (names == NULL)
		return NULL;
	for (i = 0; i < count && found == NULL; i++)
		if (is_run(runs, names[i].name))
			found = xstrdup(names[i].name);
	if (found == NULL)
		refuse_none(runs, runs_dir, names, count, "", d);
	runs_list_free(names, count);
	return found;
}

/* The run that was probably meant: one that begins or ends like the word, or
 * is spelt like it. NULL: none. */
static const char *
guess(const struct run_name *names, size_t count, const char *word)
{
	struct text *candidates = xcalloc(count + 1, sizeof(*candidates));
	const char *found = NULL;
	size_t i;

	for (i = 0; i < count; i++) {
		if (found == NULL && *word != '\0' &&
		    strstr(names[i].name, word) != NULL)
			found = names[i].name;
		candidates[i] = text_of(names[i].name);
	}
	if (found == NULL) {
		int at = text_did_you_mean(text_of(word), candidates, count);

		if (at >= 0)
			found = names[at].name;
	}
	free(candidates);
	return found;
}

static void
refuse_unknown(int runs, const char *runs_dir, const char *name, struct diag *d)
{
	size_t count, i, kept = 0;
	struct run_name *names = runs_list(runs, &count, d);
	const char *meant;
	char which[256];

	if (names == NULL)
		return;
	snprintf(which, sizeof(which), "no run '%.200s': ", name);
	refuse_none(runs, runs_dir, names, count, which, d);
	for (i = 0; i < count; i++) {
		if (is_run(runs, names[i].name))
			names[kept++] = names[i];
		else
			free(names[i].name);
	}
	meant = guess(names, kept, name);
	if (kept > 0 && meant != NULL)
		diag_set(d, DIAG_USAGE,
		    "no run '%s' in '%s' (did you mean '%s'?)", name, runs_dir,
		    meant);
	else if (kept > 0)
		diag_set(d, DIAG_USAGE,
		    "no run '%s' in '%s' (the newest is '%s')", name, runs_dir,
		    names[0].name);
	if (kept > 0) {
		diag_code(d, "run.unknown");
		diag_help(d, "'csv2chakra status' lists the runs");
	}
	runs_list_free(names, kept);
}

static struct run *
find_and_open(const char *runs_dir, const char *name, bool own, struct diag *d)
{
	struct run *r = NULL;
	int runs;

	if (strchr(name, '/') != NULL || strcmp(name, ".") == 0 ||
	    strcmp(name, "..") == 0)
		return open_folder(name, own, d);
	runs = runs_dir_open(runs_dir, false, d);
	if (runs < 0)
		return NULL;
	if (strcmp(name, RUN_LATEST) == 0) {
		char *latest = find_latest(runs, runs_dir, d);

		if (latest != NULL)
			r = open_in(runs, runs_dir, latest, own, d);
		free(latest);
	} else if (name[0] != '.' && is_folder(runs, name)) {
		r = open_in(runs, runs_dir, name, own, d);
	} else if (is_run(AT_FDCWD, name)) {
		r = open_folder(name, own, d);
	} else {
		refuse_unknown(runs, runs_dir, name, d);
	}
	close(runs);
	return r;
}

struct ledger *
run_ledger_open(
    const struct run *r, bool read_only, bool verify, struct diag *d)
{
	char *path = run_path(r, RUN_LEDGER);
	struct ledger *l = ledger_open(path, read_only, verify, d);

	free(path);
	return l;
}

struct run *
run_open(const char *runs_dir, const char *name, struct diag *d)
{
	return find_and_open(runs_dir, name, false, d);
}

struct run *
run_open_own(const char *runs_dir, const char *name, struct diag *d)
{
	return find_and_open(runs_dir, name, true, d);
}

int
run_hold(struct run *r, struct diag *d)
{
	int fd = run_folder_open(r, DIAG_INPUT, d);

	if (fd < 0)
		return -1;
	if (run_folder_hold(fd, r->folder, d) != 0) {
		close(fd);
		return -1;
	}
	r->held = fd;
	return 0;
}

void
run_free(struct run *r)
{
	if (r == NULL)
		return;
	if (r->held >= 0)
		close(r->held);
	free(r->folder);
	free(r);
}

const struct run_identity *
run_identity(const struct run *r)
{
	return &r->identity;
}

const char *
run_folder(const struct run *r)
{
	return r->folder;
}

char *
run_path(const struct run *r, const char *file)
{
	return path_join(r->folder, file);
}
