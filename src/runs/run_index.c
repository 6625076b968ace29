/* SPDX-License-Identifier: MIT */
/*
 * One line a run rather than a database: every reader reads it whole, and it is
 * rewritten now and then. Of two processes that write at once each renames a
 * whole file into place, and runs that the last one lacks are read from their
 * folders. What a crash leaves of it fails its sum.
 */
#include "run_index.h"

#include "base/buf.h"
#include "base/hash.h"
#include "run_folder.h"
#include "system/atomic_file.h"
#include "system/log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD "csv2chakra.runs-index/2\n"
#define SUM "sha256 "
#define SUM_LINE (strlen(SUM) + SHA256_HEX_SIZE) /* with its newline */
#define INDEX_MAX ((size_t)256 << 20)

/* The whole file, if it is a regular one of ours. */
static bool
read_file(int runs_fd, struct buf *out)
{
	int fd = openat(
	    runs_fd, RUN_INDEX, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	bool good;

	if (fd < 0)
		return false;
	good = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	       st.st_uid == geteuid() && st.st_size > 0 &&
	       (uintmax_t)st.st_size < INDEX_MAX &&
	       buf_reserve(out, (size_t)st.st_size + 1);
	while (good && out->len < (size_t)st.st_size) {
		ssize_t n = read(
		    fd, out->data + out->len, (size_t)st.st_size - out->len);

		if (n > 0)
			out->len += (size_t)n;
		else if (n == 0 || errno != EINTR)
			good = false;
	}
	if (good)
		out->data[out->len] = '\0';
	close(fd);
	return good;
}

static void
sum_of(const char *text, size_t len, char out[SHA256_HEX_SIZE])
{
	unsigned char digest[SHA256_BYTES];

	sha256_of(text, len, digest);
	sha256_hex(digest, out);
}

/* Its lines, between the first one and the sum; false if it is not whole. */
static bool
is_whole(const struct buf *b, size_t *lines_end)
{
	char sum[SHA256_HEX_SIZE];
	const char *last;

	if (b->len < strlen(HEAD) + SUM_LINE ||
	    memcmp(b->data, HEAD, strlen(HEAD)) != 0)
		return false;
	*lines_end = b->len - SUM_LINE;
	last = b->data + *lines_end;
	sum_of(b->data, *lines_end, sum);
	return last[-1] == '\n' && memcmp(last, SUM, strlen(SUM)) == 0 &&
	       memcmp(last + strlen(SUM), sum, SHA256_HEX_SIZE - 1) == 0 &&
	       b->data[b->len - 1] == '\n';
}

/* The next word of a line, cut off at its end; NULL: there is none. */
static char *
take_word(char **at, char end)
{
	char *word = *at, *stop = strchr(word, end);

	if (stop == NULL || stop == word)
		return NULL;
	*stop = '\0';
	*at = stop + 1;
	return word;
}

static bool
take_number(char **at, uint64_t *out)
{
	const char *word = take_word(at, ' ');

	if (word == NULL || strspn(word, "0123456789") != strlen(word))
		return false;
	errno = 0;
	*out = strtoull(word, NULL, 10);
	return errno == 0;
}

static bool
take_line(char **at, struct arena *arena, struct run_entry *e)
{
	const char *key = take_word(at, ' ');
	uint64_t started;
	const char *parent, *name, *whole;

	if (key == NULL || strlen(key) != sizeof(e->input_key) - 1 ||
	    !take_number(at, &e->input_bytes) || !take_number(at, &started) ||
	    !take_number(at, &e->inode) ||
	    (whole = take_word(at, ' ')) == NULL ||
	    !take_number(at, &e->first_row) || !take_number(at, &e->last_row) ||
	    (strcmp(whole, "-") != 0 &&
		strlen(whole) != sizeof(e->whole_key) - 1) ||
	    (parent = take_word(at, ' ')) == NULL ||
	    (name = take_word(at, '\n')) == NULL || !run_id_is_valid(name))
		return false;
	memcpy(e->input_key, key, sizeof(e->input_key));
	if (strcmp(whole, "-") != 0)
		memcpy(e->whole_key, whole, sizeof(e->whole_key));
	e->started_ms = (int64_t)started;
	e->parent = strcmp(parent, "-") == 0 ? "" : arena_strdup(arena, parent);
	e->name = arena_strdup(arena, name);
	e->is_known = true;
	return true;
}

struct run_entry *
run_index_read(int runs_fd, struct arena *arena, size_t *count)
{
	struct buf text = BUF_INIT(INDEX_MAX);
	struct run_entry *entries = NULL;
	size_t cap = 0, end;
	bool good = read_file(runs_fd, &text) && is_whole(&text, &end);
	char *at = good ? text.data + strlen(HEAD) : NULL;

	*count = 0;
	while (good && at < text.data + end) {
		struct run_entry *e;

		ARRAY_ROOM(entries, *count, cap);
		e = &entries[*count];
		good = take_line(&at, arena, e) &&
		       (*count == 0 || strcmp(e[-1].name, e->name) > 0);
		*count += good;
	}
	buf_release(&text);
	if (good)
		return entries;
	free(entries);
	*count = 0;
	return NULL;
}

bool
run_index_takes(const struct run_entry *e)
{
	return e->is_known && e->started_ms >= 0 && run_id_is_valid(e->name) &&
	       (e->parent[0] == '\0' || run_id_is_valid(e->parent));
}

static void
add_lines(struct buf *out, const struct run_entry *entries, size_t count)
{
	char sum[SHA256_HEX_SIZE];

	buf_adds(out, HEAD);
	for (size_t i = 0; i < count; i++) {
		const struct run_entry *e = &entries[i];

		if (run_index_takes(e))
			buf_addf(out,
			    "%s %" PRIu64 " %" PRId64 " %" PRIu64 " %s %" PRIu64
			    " %" PRIu64 " %s %s\n",
			    e->input_key, e->input_bytes, e->started_ms,
			    e->inode,
			    e->whole_key[0] != '\0' ? e->whole_key : "-",
			    e->first_row, e->last_row,
			    e->parent[0] != '\0' ? e->parent : "-", e->name);
	}
	sum_of(buf_str(out), out->len, sum);
	buf_addf(out, SUM "%s\n", sum);
}

void
run_index_write(int runs_fd, const char *runs_dir,
    const struct run_entry *entries, size_t count)
{
	struct buf text = BUF_INIT(INDEX_MAX);
	char *path = path_join(runs_dir, RUN_INDEX);
	struct diag d = DIAG_INIT;
	struct atomic_file f;
	struct stat st;

	add_lines(&text, entries, count);
	if (!text.overflow && fstat(runs_fd, &st) == 0 &&
	    st.st_uid == geteuid() && atomic_open(&f, path, &d) == 0) {
		fwrite(text.data, 1, text.len, f.stream);
		(void)atomic_commit(&f, &d);
	}
	if (d.kind != DIAG_NONE)
		log_debug("%s", d.message);
	free(path);
	buf_release(&text);
}
