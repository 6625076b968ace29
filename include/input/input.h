/* SPDX-License-Identifier: MIT */
#ifndef INPUT_INPUT_H
#define INPUT_INPUT_H

/*
 * The bytes of the input: a file or standard input, opened by content.
 *
 * input_open recognises what the bytes are: compressed input is decompressed
 * while it is read (gzip, zstd, xz, bzip2, a zip with one member), workbooks
 * and PDFs are refused by name (exit 7), and so are directories, devices that
 * do not end (a disk, /dev/zero) and empty files. What input_read gives are
 * the decompressed bytes as they came; decoding to UTF-8 is decoder.h's.
 */

#include "base/diag.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Where bytes come from: reads at most `max` bytes into `buf`, returns how
 * many, 0 at the end, -1 with the diag filled. */
struct byte_source {
	void *ctx;
	ssize_t (*read)(void *ctx, char *buf, size_t max, struct diag *d);
};

struct input;

struct meter;
struct input_limits {
	uint64_t max_input; /* decompressed bytes; 0 = none (exit 7 beyond) */
	/* Is told of each read, of those by input_reopen too; borrowed; NULL =
	 * nobody looks. */
	struct meter *meter;
};

/* Opens `path` ("-" = standard input). Returns owned, or NULL. */
struct input *input_open(
    const char *path, const struct input_limits *limits, struct diag *d);
/* The file that `first` holds, once more from its first byte, whatever lies
 * under its name by now; regular files only. Returns owned, or NULL. */
struct input *input_reopen(const struct input *first, struct diag *d);
void input_free(struct input *in);
/* Goes back to the first byte; -1 for a pipe. Notices (exit 7) when size,
 * mtime or inode are not what they were at input_open. */
int input_rewind(struct input *in, struct diag *d);
/* The same without looking: what is read is held to sums (block_sums.h). */
int input_restart(struct input *in, struct diag *d);
/* -1 with exit 7 when the file is shorter than it was at input_open. */
int input_check_not_cut(const struct input *in, struct diag *d);
/* -1 with exit 7 when the file's size, mtime or inode changed since open. */
int input_check_unchanged(struct input *in, struct diag *d);
/* The caller renamed the file: it lies at `path` now. */
void input_moved(struct input *in, const char *path);
/* Decompressed bytes. */
ssize_t input_read(struct input *in, char *buf, size_t max, struct diag *d);
struct byte_source input_source(struct input *in); /* borrows in */
/* True if input_rewind works: a regular file. */
bool input_is_regular(const struct input *in);
/* Bytes on disk and how many of them were consumed, for progress; 0 for a
 * pipe. Equal scales also for compressed input. */
uint64_t input_disk_size(const struct input *in);
uint64_t input_disk_position(const struct input *in);
/* "none", "gzip", "zstd", "xz", "bzip2", "zip". */
const char *input_compression(const struct input *in);

/* Line ends in bytes that come piece by piece: LF, CRLF (also when a piece
 * ends between the two) and a lone CR are one each. */

/* All zero at the beginning. */
struct line_count {
	uint64_t lines;
	bool after_cr; /* the last byte was a CR: an LF belongs to it */
};

void line_count_add(struct line_count *c, const char *s, size_t len);

/*
 * Checksums of an input's blocks, and a source that is held to them.
 *
 * The survey makes the sums while it reads the (decompressed) bytes. Every
 * later reading of a run goes through a held source: it reads a block to its
 * end, compares it, and only then gives its bytes away. So nobody ever parses
 * a byte that was not surveyed, and a chunk is made of such bytes alone.
 *
 * A block is a power of two, at least BLOCK_BYTES_MIN; there are at most
 * BLOCK_COUNT_MAX of them, because neighbours are combined when that is
 * reached. A sum has 64 bits and no secret: it notices what an editor, an
 * upload or a disk does to a file, not what somebody builds on purpose, who
 * would be attacking a file of their own.
 */

#define BLOCK_BYTES_MIN ((size_t)64 << 10)
#define BLOCK_COUNT_MAX ((size_t)65536)

struct block_sums;

/* At most `count_max` (even) blocks: BLOCK_COUNT_MAX but in tests. */
struct block_sums *block_sums_new(size_t count_max);
void block_sums_free(struct block_sums *s);
/* The next bytes of the input, cut anywhere. */
void block_sums_add(struct block_sums *s, const char *bytes, size_t len);
/* The input is at its end. ends_line: its last bytes are a line end. */
void block_sums_end(struct block_sums *s, bool ends_line);

uint64_t block_sums_bytes(const struct block_sums *s);
/* The offset of the first block in which the two differ (where one is cut
 * short, that is one), or UINT64_MAX. */
uint64_t block_sums_difference(
    const struct block_sums *a, const struct block_sums *b);

/* As a file of its own, in the order of this machine's bytes: it does not
 * leave the run's folder. block_sums_read returns owned, or NULL when the
 * file is missing or not what was written. */
int block_sums_write(
    const struct block_sums *s, const char *path, struct diag *d);
struct block_sums *block_sums_read(const char *path);

/*
 * The held source. It ends where the surveyed bytes end, whatever was appended
 * since; a block that is not the same, or is cut, fails with DIAG_INPUT,
 * "input.changed". If the surveyed bytes do not end in a line end and more
 * follow, the last record was half written then, and reading fails at the end.
 */
struct held_source;
/* Borrows all three until held_source_free. */
struct held_source *held_source_new(
    struct byte_source from, const struct block_sums *sums, const char *name);
void held_source_free(struct held_source *h);
struct byte_source held_byte_source(struct held_source *h);
/* Its end was reached, and more bytes follow. */
bool held_source_has_grown(const struct held_source *h);

#endif
