/* SPDX-License-Identifier: MIT */
/*
 * A file descriptor, the bytes that were read ahead to know what they are,
 * and, for compressed input, the unpacker on top. Reads are plain read(2)
 * into the caller's buffer: mmap was refused because a file that shrinks
 * under it kills the process, and because it counts as memory.
 */
#include "input/input.h"

#include "base/signals.h"
#include "base/xalloc.h"
#include "content.h"
#include "system/screen.h"
#include "unpack.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* Compressed input without a limit is trusted up to BELIEVED_BYTES, and beyond
 * while it is at most BELIEVED_RATIO times as long as what it was read from:
 * rows that mean something do not shrink to a thousandth. */
#define BELIEVED_BYTES ((uint64_t)64 << 20)
#define BELIEVED_RATIO ((uint64_t)1000)

/* Bytes that were read ahead and not given yet. */
struct ahead {
	char bytes[CONTENT_HEAD];
	size_t len, at;
};

struct input {
	int fd;
	bool owns_fd;
	char *path; /* NULL = standard input */
	const char *name;
	bool is_regular;
	struct stat opened;
	off_t start; /* standard input may begin in the middle of a file */
	uint64_t max_input;
	enum compression compression;
	struct unpack *unpack; /* NULL: not compressed */
	struct ahead raw;      /* of the bytes on disk */
	struct ahead plain;    /* of the decompressed bytes */
	uint64_t taken;	       /* bytes read from fd, from `start` */
	uint64_t given;	       /* decompressed bytes */
	struct meter *meter;   /* NULL = nobody looks */
};

static size_t
take_ahead(struct ahead *ahead, char *buf, size_t max)
{
	size_t n = ahead->len - ahead->at;

	if (n > max)
		n = max;
	if (n > 0)
		memcpy(buf, ahead->bytes + ahead->at, n);
	ahead->at += n;
	return n;
}

/* How often somebody who looks is told that a pipe gives nothing. */
#define PIPE_MS 500

static void
tell(const struct input *in)
{
	meter_tick(in->meter, in->taken, input_disk_size(in));
}

/* Until there is something to read, or a signal. */
static void
wait_for_pipe(const struct input *in)
{
	struct pollfd p = {.fd = in->fd, .events = POLLIN};

	while (in->meter && in->meter->phase && signals_stop() == 0 &&
	       poll(&p, 1, PIPE_MS) == 0)
		tell(in);
}

/* Bytes as they are on disk or in the pipe. */
static ssize_t
raw_read(void *ctx, char *buf, size_t max, struct diag *d)
{
	struct input *in = ctx;
	size_t ahead = take_ahead(&in->raw, buf, max);
	ssize_t n;

	if (ahead > 0)
		return (ssize_t)ahead;
	for (;;) {
		if (!in->is_regular)
			wait_for_pipe(in);
		n = in->is_regular
			? pread(in->fd, buf, max, in->start + (off_t)in->taken)
			: read(in->fd, buf, max);
		if (n >= 0)
			break;
		if (errno != EINTR || (!in->is_regular && signals_stop() != 0))
			return diag_set_errno(d, DIAG_INPUT, errno,
			    "unable to read '%s' at byte %" PRIu64, in->name,
			    in->taken);
	}
	in->taken += (uint64_t)n;
	return n;
}

/* Regular files only: their reads say where, so that any number of readings
 * can share one descriptor. */
static int64_t
raw_seek(void *ctx, int64_t offset, int whence)
{
	struct input *in = ctx;
	struct stat st;

	if (whence == SEEK_CUR)
		offset += (int64_t)(in->taken - (in->raw.len - in->raw.at));
	else if (whence == SEEK_END && fstat(in->fd, &st) == 0)
		offset += (int64_t)(st.st_size - in->start);
	else if (whence != SEEK_SET)
		return -1;
	if (offset < 0)
		return -1;
	in->raw.len = in->raw.at = 0;
	in->taken = (uint64_t)offset;
	return offset;
}

static uint64_t
raw_position(void *ctx)
{
	const struct input *in = ctx;

	return in->taken - (in->raw.len - in->raw.at);
}

/* Fills `ahead` from a source, as far as there are bytes. */
static int
look_ahead(struct ahead *ahead, struct byte_source from, struct diag *d)
{
	char head[CONTENT_HEAD];
	size_t len = 0;
	ssize_t n = 1;

	while (n > 0 && len < sizeof(head)) {
		n = from.read(from.ctx, head + len, sizeof(head) - len, d);
		if (n < 0)
			return -1;
		len += (size_t)n;
	}
	memcpy(ahead->bytes, head, len);
	ahead->len = len;
	ahead->at = 0;
	return 0;
}

static int
too_large(const struct input *in, struct diag *d)
{
	char limit[32];

	diag_set(d, DIAG_INPUT, "'%s' is larger than %s bytes", in->name,
	    text_count(in->max_input, limit));
	diag_code(d, "input.too_large");
	return diag_help(d, "--max-input raises the limit");
}

static bool
is_bomb(const struct input *in)
{
	return in->compression != COMPRESSION_NONE && in->max_input == 0 &&
	       in->given > BELIEVED_BYTES &&
	       in->given / BELIEVED_RATIO > in->taken;
}

static int
refuse_bomb(const struct input *in, struct diag *d)
{
	char plain[32], packed[32];

	diag_set(d, DIAG_INPUT,
	    "'%s' unpacks to more than %s bytes from %s: it looks like a "
	    "decompression bomb",
	    in->name, text_count(in->given, plain),
	    text_count(in->taken, packed));
	diag_code(d, "input.bomb");
	return diag_help(
	    d, "to load it anyway, allow its size with --max-input");
}

/* So many more decompressed bytes. */
static int
count(void *ctx, size_t bytes, struct diag *d)
{
	struct input *in = ctx;

	in->given += bytes;
	if (in->max_input > 0 && in->given > in->max_input)
		return too_large(in, d);
	return is_bomb(in) ? refuse_bomb(in, d) : 0;
}

static ssize_t
unpacked_read(void *ctx, char *buf, size_t max, struct diag *d)
{
	struct input *in = ctx;

	return unpack_read(in->unpack, buf, max, d);
}

static int
is_empty(const struct input *in, struct diag *d)
{
	diag_set(d, DIAG_INPUT, "'%s' is empty", in->name);
	diag_code(d, "input.empty");
	return diag_help(d, "was the export cut off?");
}

/* From the first byte: looks what the bytes are and gets ready to give
 * them. */
static int
begin(struct input *in, struct diag *d)
{
	struct unpack_source source = {.from = {in, raw_read},
	    .seek = in->is_regular ? raw_seek : NULL,
	    .position = raw_position,
	    .spent = count};
	enum compression inner;

	in->given = in->taken = 0;
	in->raw.len = in->plain.len = in->raw.at = in->plain.at = 0;
	unpack_free(in->unpack);
	in->unpack = NULL;
	if (look_ahead(&in->raw, source.from, d) < 0)
		return -1;
	if (in->raw.len == 0)
		return is_empty(in, d);
	if (content_refuse(in->name, in->raw.bytes, in->raw.len, d) < 0)
		return -1;
	tell(in);
	in->compression = content_compression(in->raw.bytes, in->raw.len);
	if (in->compression == COMPRESSION_NONE)
		return 0;
	in->unpack = unpack_new(&source, in->compression, in->name, d);
	if (!in->unpack)
		return -1;
	if (look_ahead(&in->plain, (struct byte_source){in, unpacked_read}, d) <
	    0)
		return -1;
	if (in->plain.len == 0)
		return is_empty(in, d);
	inner = content_compression(in->plain.bytes, in->plain.len);
	if (inner != COMPRESSION_NONE)
		return content_refuse_packed(
		    in->name, in->compression, inner, d);
	return content_refuse(in->name, in->plain.bytes, in->plain.len, d);
}

/* A disk, /dev/zero and its kind have no end. A terminal has one when somebody
 * says so, and /dev/null at once. */
static bool
is_endless(const struct input *in)
{
	return S_ISBLK(in->opened.st_mode) ||
	       (S_ISCHR(in->opened.st_mode) && isatty(in->fd) == 0 &&
		   in->opened.st_rdev != makedev(1, 3));
}

static int
open_fd(struct input *in, const char *path, struct diag *d)
{
	if (strcmp(path, "-") == 0) {
		in->fd = STDIN_FILENO;
		in->name = "<stdin>";
	} else {
		in->name = in->path = xstrdup(path);
		in->owns_fd = true;
		in->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	}
	if (in->fd < 0 || fstat(in->fd, &in->opened) < 0) {
		int err = errno;

		diag_set_errno(
		    d, DIAG_INPUT, err, "unable to open '%s'", in->name);
		return diag_help_open(d, err, in->name);
	}
	if (S_ISDIR(in->opened.st_mode)) {
		diag_set(d, DIAG_INPUT, "unable to read '%s': this is a folder",
		    in->name);
		return diag_help(d, "name the CSV file in it");
	}
	if (is_endless(in)) {
		diag_set(d, DIAG_INPUT, "unable to read '%s': this is a device",
		    in->name);
		return diag_help(d, "name the CSV file");
	}
	in->is_regular = S_ISREG(in->opened.st_mode);
	if (in->is_regular) {
		in->start = lseek(in->fd, 0, SEEK_CUR);
		if (in->start < 0)
			in->is_regular = false;
	}
	return 0;
}

struct input *
input_open(const char *path, const struct input_limits *limits, struct diag *d)
{
	struct input *in = xcalloc(1, sizeof(*in));

	in->fd = -1;
	in->max_input = limits ? limits->max_input : 0;
	in->meter = limits ? limits->meter : NULL;
	if (open_fd(in, path, d) < 0 || begin(in, d) < 0) {
		input_free(in);
		return NULL;
	}
	return in;
}

struct input *
input_reopen(const struct input *first, struct diag *d)
{
	struct input *in = xcalloc(1, sizeof(*in));

	assert(first->is_regular);
	in->path = xstrdup_or_null(first->path);
	in->name = in->path ? in->path : first->name;
	in->owns_fd = true;
	in->is_regular = true;
	in->opened = first->opened;
	in->start = first->start;
	in->max_input = first->max_input;
	in->meter = first->meter;
	in->fd = fcntl(first->fd, F_DUPFD_CLOEXEC, 3);
	if (in->fd < 0)
		diag_set_errno(d, DIAG_INPUT, errno,
		    "unable to read '%s' once more", in->name);
	if (in->fd < 0 || begin(in, d) < 0) {
		input_free(in);
		return NULL;
	}
	return in;
}

void
input_free(struct input *in)
{
	if (!in)
		return;
	unpack_free(in->unpack);
	if (in->owns_fd && in->fd >= 0)
		close(in->fd);
	free(in->path);
	free(in);
}

static bool
is_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	       a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

int
input_check_unchanged(struct input *in, struct diag *d)
{
	struct stat now;

	if (!in->is_regular)
		return 0;
	if (fstat(in->fd, &now) == 0 && is_same_file(&now, &in->opened) &&
	    (!in->path ||
		(stat(in->path, &now) == 0 && is_same_file(&now, &in->opened))))
		return 0;
	diag_set(d, DIAG_INPUT, "'%s' changed while it was read", in->name);
	diag_code(d, "input.changed");
	return diag_help(d, "start again when nothing writes to it");
}

void
input_moved(struct input *in, const char *path)
{
	free(in->path);
	in->name = in->path = xstrdup(path);
}

int
input_check_not_cut(const struct input *in, struct diag *d)
{
	struct stat now;
	char size[2][32];

	if (!in->is_regular || fstat(in->fd, &now) != 0 ||
	    now.st_size >= in->opened.st_size)
		return 0;
	diag_set(d, DIAG_INPUT, "'%s' was cut from %s to %s bytes", in->name,
	    text_count((uint64_t)in->opened.st_size, size[0]),
	    text_count((uint64_t)now.st_size, size[1]));
	diag_code(d, "input.changed");
	return diag_help(d, "put the file back as it was");
}

int
input_restart(struct input *in, struct diag *d)
{
	if (!in->is_regular)
		return diag_set(d, DIAG_INPUT,
		    "unable to read '%s' twice: it is not a regular file",
		    in->name);
	return begin(in, d);
}

int
input_rewind(struct input *in, struct diag *d)
{
	if (in->is_regular && input_check_unchanged(in, d) < 0)
		return -1;
	return input_restart(in, d);
}

ssize_t
input_read(struct input *in, char *buf, size_t max, struct diag *d)
{
	ssize_t n = (ssize_t)take_ahead(&in->plain, buf, max);

	if (n == 0)
		n = in->unpack ? unpack_read(in->unpack, buf, max, d)
			       : raw_read(in, buf, max, d);
	if (n < 0)
		return -1;
	tell(in);
	return count(in, (size_t)n, d) < 0 ? -1 : n;
}

static ssize_t
source_read(void *ctx, char *buf, size_t max, struct diag *d)
{
	return input_read(ctx, buf, max, d);
}

struct byte_source
input_source(struct input *in)
{
	return (struct byte_source){in, source_read};
}

bool
input_is_regular(const struct input *in)
{
	return in->is_regular;
}

uint64_t
input_disk_size(const struct input *in)
{
	if (!in->is_regular || in->opened.st_size < in->start)
		return 0;
	return (uint64_t)(in->opened.st_size - in->start);
}

uint64_t
input_disk_position(const struct input *in)
{
	return in->is_regular ? in->taken : 0;
}

const char *
input_compression(const struct input *in)
{
	return compression_name(in->compression);
}
