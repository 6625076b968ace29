/* SPDX-License-Identifier: MIT */
/*
 * Compressed input of every kind, as a file: it is refused as DIAG_INPUT with
 * words, or read to its end, the same in small pieces and in large ones, and
 * no more than --max-input allows. The first byte chooses: the rest are the
 * file's bytes, or the directory of a zip archive with one member, or changes
 * (two bytes where, one byte what) to such an archive.
 */
#include "base/buf.h"
#include "fuzz.h"
#include "input/input.h"

#include <unistd.h>

#define MAX_INPUT ((uint64_t)1 << 20)

static char path[64];

static void
tear_down(void)
{
	unlink(path);
}

static void
little(struct buf *b, unsigned long value, int bytes)
{
	for (; bytes > 0; bytes--, value >>= 8)
		buf_addc(b, (char)(value & 255));
}

/* What stands before the directory of an archive: one stored member. */
static void
add_member(struct buf *b)
{
	static const char content[] = "a,b\n1,2\n";

	buf_add(b, "PK\x03\x04\x0a\0\0\0\0\0\0\0\0\0", 14);
	little(b, 0xd3a4f5a5, 4);
	little(b, sizeof(content) - 1, 4);
	little(b, sizeof(content) - 1, 4);
	little(b, 1, 2);
	little(b, 0, 2);
	buf_addc(b, 't');
	buf_add(b, content, sizeof(content) - 1);
}

static void
add_end(struct buf *b, size_t directory)
{
	size_t len = b->len - directory;

	buf_add(b, "PK\x05\x06\0\0\0\0\x01\0\x01\0", 12);
	little(b, len, 4);
	little(b, directory, 4);
	little(b, 0, 2);
}

static void
make_bytes(struct buf *b, const uint8_t *data, size_t size)
{
	uint8_t how = data[0] % 3;
	size_t directory;

	if (how == 0) {
		buf_add(b, data + 1, size - 1);
		return;
	}
	add_member(b);
	directory = b->len;
	if (how == 1) {
		buf_add(b, data + 1, size - 1);
		add_end(b, directory);
		return;
	}
	buf_add(b, "PK\x01\x02\x0a\0\x0a\0\0\0\0\0\0\0\0\0", 16);
	little(b, 0xd3a4f5a5, 4);
	little(b, 8, 4);
	little(b, 8, 4);
	little(b, 1, 2);
	little(b, 0, 16);
	buf_addc(b, 't');
	add_end(b, directory);
	for (size_t i = 1; i + 3 <= size; i += 3) {
		size_t at = (size_t)data[i] | (size_t)data[i + 1] << 8;

		b->data[at % b->len] = (char)data[i + 2];
	}
}

static void
make_file(const struct buf *b)
{
	FILE *f;

	if (path[0] == '\0') {
		snprintf(path, sizeof(path), "/tmp/fuzz_unpack.XXXXXX");
		close(mkstemp(path));
		atexit(tear_down);
	}
	f = fopen(path, "wb");
	HOLDS(f != NULL);
	HOLDS(fwrite(b->data, 1, b->len, f) == b->len);
	HOLDS(fclose(f) == 0);
}

/* 0 = read to its end; -1 = refused, then or when it was opened. */
static int
read_in(size_t step, struct buf *out, struct diag *d)
{
	struct input_limits limits = {.max_input = MAX_INPUT};
	struct input *in = input_open(path, &limits, d);
	char bytes[8192];
	ssize_t n = -1;

	while (in && (n = input_read(in, bytes, step, d)) > 0) {
		HOLDS((size_t)n <= step);
		buf_add(out, bytes, (size_t)n);
	}
	input_free(in);
	HOLDS(out->len <= MAX_INPUT + sizeof(bytes));
	if (n == 0)
		return 0;
	HOLDS(d->kind == DIAG_INPUT && d->message[0] != '\0');
	return -1;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf b = BUF_INIT(0), small = BUF_INIT(0), large = BUF_INIT(0);
	struct diag d1 = DIAG_INIT, d2 = DIAG_INIT;
	int rc;

	if (size < 2)
		return 0;
	make_bytes(&b, data, size);
	make_file(&b);
	rc = read_in(7, &small, &d1);
	HOLDS(read_in(8192, &large, &d2) == rc);
	if (rc == 0) {
		HOLDS(small.len == large.len);
		HOLDS(memcmp(buf_str(&small), buf_str(&large), small.len) == 0);
	} else {
		HOLDS(strcmp(d1.code, d2.code) == 0);
	}
	buf_release(&b);
	buf_release(&small);
	buf_release(&large);
	return 0;
}
