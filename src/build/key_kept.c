/* SPDX-License-Identifier: MIT */
/*
 * Verdicts of one file in a file with a name: a line of JSON that says what is
 * in it, then the verdicts, their words little-endian. The file itself is
 * number 0 in them, the others are numbered as they are named in that line.
 */
#include "build/builder.h"

#include "base/json_read.h"
#include "base/json_write.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "key_record.h"
#include "system/atomic_file.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SCHEMA "csv2chakra.verdicts/1"
/* Of the line: a million names of 255 bytes. */
#define HEAD_MAX ((size_t)256 << 20)

/* What the verdicts of an open file borrow. */
struct kept_head {
	char *path;
	const char **names; /* the first is nobody's */
	size_t count;	    /* with it */
	struct arena arena;
};

void
kept_head_free(struct kept_head *h)
{
	if (h == NULL)
		return;
	arena_release(&h->arena);
	free(h->names);
	free(h->path);
	free(h);
}

/*
 * Writing.
 */

struct keeping {
	const struct key_verdicts *v;
	uint32_t file;
	uint32_t *numbers; /* in the kept file, of each file; 0 = not named */
	size_t cap;
	uint64_t count;
	FILE *out;
};

static int
note_name(void *ctx, const uint32_t *w, struct diag *d)
{
	struct keeping *k = ctx;
	uint32_t source = place_source(w + PLACE_WORDS);

	(void)d;
	if (place_source(w) != k->file)
		return 1;
	k->count++;
	if (source == k->file)
		return 0;
	if (source >= k->cap) {
		size_t cap = (size_t)source + 1;

		k->numbers = xrealloc(k->numbers, cap * sizeof(*k->numbers));
		memset(k->numbers + k->cap, 0,
		    (cap - k->cap) * sizeof(*k->numbers));
		k->cap = cap;
	}
	k->numbers[source] = 1;
	return 0;
}

/* The line, and the numbers of the files in it. */
static void
write_head(struct keeping *k)
{
	char seed[2 * KEY_SEED_BYTES + 1];
	struct buf out = BUF_INIT(0);
	uint32_t number = 0;

	for (size_t i = 0; i < KEY_SEED_BYTES; i++)
		snprintf(seed + 2 * i, 3, "%02x", k->v->seed[i]);
	json_object(&out, NULL);
	json_string(&out, "schema", SCHEMA);
	json_uint(&out, "fields", k->v->fields);
	json_uint(&out, "count", k->count);
	json_string(&out, "seed", seed);
	json_array(&out, "files");
	for (size_t i = 0; i < k->cap; i++)
		if (k->numbers[i]) {
			k->numbers[i] = ++number;
			json_string(&out, NULL, k->v->names[i]);
		}
	json_end_array(&out);
	json_end_object(&out);
	buf_addc(&out, '\n');
	(void)fwrite(out.data, 1, out.len, k->out);
	buf_release(&out);
}

static int
write_kept(void *ctx, const uint32_t *w, struct diag *d)
{
	struct keeping *k = ctx;
	const uint32_t *first = w + PLACE_WORDS;
	uint32_t own = place_source(first), kept[VERDICT_WORDS];

	(void)d;
	if (place_source(w) != k->file)
		return 1;
	memcpy(kept, w, sizeof(kept));
	place_pack(kept, 0, place_row(w), place_line(w));
	place_pack(kept + PLACE_WORDS, own == k->file ? 0 : k->numbers[own],
	    place_row(first), place_line(first));
	for (size_t i = 0; i < VERDICT_WORDS; i++)
		kept[i] = htole32(kept[i]);
	(void)fwrite(kept, sizeof(kept), 1, k->out);
	return 0;
}

int
key_verdicts_keep(
    const struct key_verdicts *v, size_t file, const char *path, struct diag *d)
{
	struct keeping k = {.v = v, .file = (uint32_t)file};
	struct atomic_file f;
	uint64_t from = 0;
	int ret = -1;

	if (key_verdicts_seek(v, file, 0, &from, d) == 0 &&
	    key_verdicts_each(v, from, note_name, &k, d) >= 0 &&
	    atomic_open(&f, path, d) == 0) {
		k.out = f.stream;
		write_head(&k);
		if (key_verdicts_each(v, from, write_kept, &k, d) < 0)
			atomic_abort(&f);
		else
			ret = atomic_commit(&f, d);
	}
	free(k.numbers);
	return ret;
}

/*
 * Reading.
 */

static int
damaged(const char *path, struct diag *d)
{
	diag_set(d, DIAG_INPUT, "'%s' is damaged; nothing was sent", path);
	diag_code(d, "run.changed");
	return diag_help(d, "restore the run folder from a backup");
}

/* The line, with its end. */
static bool
read_line(int fd, struct buf *line)
{
	char block[4096];
	const char *end = NULL;
	ssize_t n;

	while (end == NULL && line->len < HEAD_MAX) {
		do
			n = pread(fd, block, sizeof(block), (off_t)line->len);
		while (n < 0 && errno == EINTR);
		if (n <= 0)
			return false;
		end = memchr(block, '\n', (size_t)n);
		buf_add(
		    line, block, end ? (size_t)(end - block) + 1 : (size_t)n);
	}
	return end != NULL;
}

static bool
read_seed(struct text token, unsigned char seed[KEY_SEED_BYTES])
{
	char hex[2 * KEY_SEED_BYTES + 1];

	if (!json_get_text(token, hex, sizeof(hex)) ||
	    strspn(hex, "0123456789abcdef") != sizeof(hex) - 1)
		return false;
	for (size_t i = 0; i < KEY_SEED_BYTES; i++) {
		const char pair[3] = {hex[2 * i], hex[2 * i + 1], '\0'};

		seed[i] = (unsigned char)strtoul(pair, NULL, 16);
	}
	return true;
}

static bool
read_names(struct text list, struct kept_head *h)
{
	struct json_walk w;
	struct text token;
	size_t count = 1;

	json_walk_begin(&w, list);
	while (json_walk_next(&w, NULL, &token))
		count++;
	h->names = xcalloc(count, sizeof(*h->names));
	json_walk_begin(&w, list);
	for (h->count = 1; json_walk_next(&w, NULL, &token); h->count++) {
		h->names[h->count] = json_arena_text(token, &h->arena);
		if (h->names[h->count] == NULL)
			return false;
	}
	return json_is_array(list);
}

static bool
read_head(struct key_verdicts *v, struct buf *line)
{
	struct text root;
	uint64_t fields;
	struct stat st;

	if (!read_line(v->fd, line) || !json_document(buf_text(line), &root) ||
	    !json_is_text(json_member(root, "schema"), SCHEMA) ||
	    !json_get_uint(json_member(root, "fields"), &fields) ||
	    !json_get_uint(json_member(root, "count"), &v->count) ||
	    !read_seed(json_member(root, "seed"), v->seed) ||
	    !read_names(json_member(root, "files"), v->head) ||
	    fstat(v->fd, &st) != 0)
		return false;
	v->fields = (size_t)fields;
	v->at = line->len;
	v->names = v->head->names;
	return fields > 0 && fields < (uint64_t)1 << SOURCE_BITS &&
	       v->count <= JSON_NUMBER_MAX / VERDICT_BYTES &&
	       (uint64_t)st.st_size == v->at + v->count * VERDICT_BYTES;
}

/* A file that is not named has no name to be told. */
static int
check_names(void *ctx, const uint32_t *w, struct diag *d)
{
	const struct key_verdicts *v = ctx;

	return place_source(w) == 0 &&
		       place_source(w + PLACE_WORDS) < v->head->count
		   ? 0
		   : damaged(v->head->path, d);
}

struct key_verdicts *
key_verdicts_open(const char *path, struct diag *d)
{
	struct key_verdicts *v = xcalloc(1, sizeof(*v));
	struct buf line = BUF_INIT(0);

	v->head = xcalloc(1, sizeof(*v->head));
	v->head->path = xstrdup(path);
	v->folder = v->head->path;
	v->fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (v->fd < 0)
		diag_set_errno(
		    d, DIAG_INPUT, errno, "unable to read '%s'", path);
	else if (!read_head(v, &line))
		damaged(path, d);
	buf_release(&line);
	if (v->fd >= 0 && d->kind == DIAG_NONE &&
	    key_verdicts_each(v, 0, check_names, v, d) == 0)
		return v;
	if (v->fd < 0) {
		kept_head_free(v->head);
		free(v);
	} else {
		key_verdicts_free(v);
	}
	return NULL;
}

const char *const *
key_verdicts_names(const struct key_verdicts *v, size_t *count)
{
	*count = v->head->count;
	return v->names;
}

const unsigned char *
key_verdicts_seed(const struct key_verdicts *v)
{
	return v->seed;
}
