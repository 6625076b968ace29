/* SPDX-License-Identifier: MIT */
/* The request log: whole lines, each written with one call. */
#include "request_log.h"

#include "base/xalloc.h"
#include "scan.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
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

static void
write_all(int fd, const char *p, size_t len)
{
	while (len > 0) {
		ssize_t done = write(fd, p, len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return;
		p += done;
		len -= (size_t)done;
	}
}

/* Targets may hold bytes that are no UTF-8. */
static void
quote_target(struct buf *line, const char *target)
{
	struct buf shown = BUF_INIT(0);

	text_display(&shown, text_of(target), 0);
	scan_quote(line, (struct text){buf_str(&shown), shown.len});
	buf_release(&shown);
}

void
request_log_add(struct request_log *l, const struct request *r, int status,
    const char *sha256, int64_t wall_ms)
{
	struct buf line = BUF_INIT(0);
	char when[32];

	if (l == NULL)
		return;
	buf_addf(&line,
	    "{\"time\":\"%s\",\"method\":", clock_iso8601_ms(wall_ms, when));
	scan_quotes(&line, r->method);
	buf_adds(&line, ",\"path\":");
	quote_target(&line, r->target);
	if (status > 0)
		buf_addf(&line, ",\"status\":%d", status);
	else
		buf_adds(&line, ",\"status\":null");
	if (r->body_bytes > 0)
		buf_addf(&line, ",\"bytes\":%" PRIu64 ",\"sha256\":\"%s\"",
		    r->body_bytes, sha256);
	else
		buf_adds(&line, ",\"bytes\":0,\"sha256\":null");
	if (r->rows > 0)
		buf_addf(&line, ",\"rows\":%zu", r->rows);
	else
		buf_adds(&line, ",\"rows\":null");
	if (r->happened != NULL)
		buf_addf(
		    &line, ",\"fault\":\"%s\"", fault_name(r->happened->kind));
	else
		buf_adds(&line, ",\"fault\":null");
	if (r->k > 0)
		buf_addf(&line, ",\"call\":%" PRIu64 "}\n", r->k);
	else
		buf_adds(&line, ",\"call\":null}\n");
	pthread_mutex_lock(&l->lock);
	write_all(l->fd, line.data, line.len);
	pthread_mutex_unlock(&l->lock);
	buf_release(&line);
}
