/* SPDX-License-Identifier: MIT */
/*
 * stdout by write(2) and a buffer of our own: stdio reports a failed write
 * only at the next flush, and then without its cause.
 */
#include "base/signals.h"
#include "base/xalloc.h"
#include "system/screen.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ANSWER_BYTES ((size_t)64 << 10)

static int
write_all(const char *data, size_t len, struct diag *d)
{
	while (len > 0) {
		ssize_t n = write(STDOUT_FILENO, data, len);
		if (n < 0 && signals_may_wait())
			continue;
		if (n < 0)
			return diag_set_errno(d, DIAG_DISK, errno,
			    "unable to write to standard output");
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

void
answer_init(struct answer *a)
{
	a->bytes = xmalloc(ANSWER_BYTES);
	a->len = 0;
	a->is_screen = isatty(STDOUT_FILENO) == 1;
}

static int
flush(struct answer *a, struct diag *d)
{
	size_t len = a->len;

	a->len = 0;
	return write_all(a->bytes, len, d);
}

int
answer_add(struct answer *a, const char *data, size_t len, struct diag *d)
{
	if (len > ANSWER_BYTES - a->len && flush(a, d) < 0)
		return -1;
	/* Nothing is gained by copying much. */
	if (len > ANSWER_BYTES / 4 && a->len > 0 && flush(a, d) < 0)
		return -1;
	if (len > ANSWER_BYTES / 4)
		return write_all(data, len, d);
	memcpy(a->bytes + a->len, data, len);
	a->len += len;
	return 0;
}

int
answer_finish(struct answer *a, struct diag *d)
{
	int ret = a->len > 0 ? flush(a, d) : 0;

	free(a->bytes);
	a->bytes = NULL;
	return ret;
}

int
answer_write(const struct buf *b, struct diag *d)
{
	return write_all(b->data, b->len, d);
}

int
answer_write_json(const struct buf *b, struct diag *d)
{
	struct buf shown = BUF_INIT(0);
	int ret;

	screen_json(&shown, (struct text){b->data, b->len});
	ret = answer_write(&shown, d);
	buf_release(&shown);
	return ret;
}

int
answer_flush(struct diag *d)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	return diag_set_errno(
	    d, DIAG_DISK, errno, "unable to write to standard output");
}
