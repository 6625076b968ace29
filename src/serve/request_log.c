/* SPDX-License-Identifier: MIT */
/* The request log: whole lines, each written with one call. */
#include "request_log.h"

#include "base/civil.h"
#include "base/json_write.h"
#include "base/xalloc.h"
#include "system/atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct request_log {
	pthread_mutex_t lock;
	int fd;
};

int
request_log_open(struct request_log **out, const char *path, struct diag *d)
{
	/* A FIFO that nobody reads fails instead of waiting for ever. */
	int fd = open(
	    path, O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_CLOEXEC, 0600);

	if (fd >= 0 && fcntl(fd, F_SETFL, O_APPEND) < 0) {
		close(fd);
		fd = -1;
	}
	if (fd < 0)
		return diag_set_errno(
		    d, DIAG_DISK, errno, "unable to open '%s'", path);
	*out = xmalloc(sizeof(**out));
	(*out)->fd = fd;
	pthread_mutex_init(&(*out)->lock, NULL);
	return 0;
}

void
request_log_close(struct request_log *l)
{
	if (l == NULL)
		return;
	close(l->fd);
	pthread_mutex_destroy(&l->lock);
	free(l);
}

/* null where it is 0. */
static void
add_number(struct buf *line, const char *name, uint64_t n)
{
	if (n > 0)
		json_uint(line, name, n);
	else
		json_null(line, name);
}

void
request_log_add(struct request_log *l, const struct request *r, int status,
    const char *sha256, int64_t wall_ms)
{
	struct buf line = BUF_INIT(0), target = BUF_INIT(0);
	char when[32];

	if (l == NULL)
		return;
	/* Targets may hold bytes that are not UTF-8. */
	text_display(&target, text_of(r->target), 0);
	json_object(&line, NULL);
	json_string(&line, "time", civil_iso8601_ms(wall_ms, when));
	json_string(&line, "method", r->method);
	json_string(&line, "path", buf_str(&target));
	add_number(&line, "status", (uint64_t)(status > 0 ? status : 0));
	json_uint(&line, "bytes", r->body_bytes);
	json_string(&line, "sha256", r->body_bytes > 0 ? sha256 : NULL);
	add_number(&line, "rows", r->rows);
	json_string(&line, "fault",
	    r->happened != NULL ? fault_name(r->happened->kind) : NULL);
	add_number(&line, "call", r->k);
	json_end_object(&line);
	buf_addc(&line, '\n');
	pthread_mutex_lock(&l->lock);
	(void)file_write_all(l->fd, line.data, line.len);
	pthread_mutex_unlock(&l->lock);
	buf_release(&target);
	buf_release(&line);
}
