/* SPDX-License-Identifier: MIT */
/* The access token: where it comes from, and the comparison. */
#include "token.h"

#include "system/screen.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define TOKEN_MAX 4096

static int
read_all(int fd, const char *path, struct buf *out, struct diag *d)
{
	char part[1024];
	ssize_t got;

	while ((got = read(fd, part, sizeof(part))) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return diag_set_errno(
			    d, DIAG_DISK, errno, "unable to read '%s'", path);
		if (out->len + (size_t)got > TOKEN_MAX)
			return diag_set(d, DIAG_USAGE,
			    "token file '%s' is larger than any token", path);
		buf_add(out, part, (size_t)got);
	}
	return 0;
}

static int
check_characters(const char *path, const struct buf *token, struct diag *d)
{
	if (token->len == 0)
		return diag_set(
		    d, DIAG_USAGE, "token file '%s' is empty", path);
	for (size_t i = 0; i < token->len; i++) {
		unsigned char c = (unsigned char)token->data[i];

		if (c <= 0x20 || c >= 0x7F)
			return diag_set(d, DIAG_USAGE,
			    "token file '%s' holds a blank or a character "
			    "that no token has, at byte %zu",
			    path, i);
	}
	return 0;
}

int
token_read(const char *path, struct buf *out, bool *is_file, struct diag *d)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	int ret = -1;

	if (fd < 0)
		return diag_set_errno(
		    d, DIAG_USAGE, errno, "unable to open '%s'", path);
	if (fstat(fd, &st) != 0) {
		diag_set_errno(
		    d, DIAG_DISK, errno, "unable to look at '%s'", path);
		goto out;
	}
	*is_file = S_ISREG(st.st_mode);
	if (*is_file && (st.st_mode & S_IROTH) != 0) {
		diag_set(d, DIAG_USAGE, "token file '%s' can be read by others",
		    path);
		screen_help_command(d, "chmod 600", path);
		goto out;
	}
	if (read_all(fd, path, out, d) != 0)
		goto out;
	if (out->len > 0 && out->data[out->len - 1] == '\n')
		buf_truncate(out, out->len - 1);
	if (out->len > 0 && out->data[out->len - 1] == '\r')
		buf_truncate(out, out->len - 1);
	ret = check_characters(path, out, d);
out:
	close(fd);
	return ret;
}

void
token_make(const struct clock *clock, struct buf *out)
{
	for (int i = 0; i < 4; i++)
		buf_addf(out, "%016" PRIx64, clock->random(clock->ctx));
}

bool
token_check(const char *authorization, const char *token)
{
	size_t len = strlen(token), said_len;
	unsigned differences = 0;
	const char *said;

	if (authorization == NULL ||
	    strncasecmp(authorization, "Bearer ", 7) != 0)
		return false;
	said = authorization + 7;
	said_len = strlen(said);
	for (size_t i = 0; i < said_len; i++)
		differences |= (unsigned)(said[i] ^ token[i % len]) & 0xFF;
	return differences == 0 && said_len == len;
}
