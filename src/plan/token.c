/* SPDX-License-Identifier: MIT */
/*
 * Reads the API token with read(2) into one fixed buffer that is wiped: stdio
 * would leave a copy in a buffer of its own.
 */
#include "plan/settings.h"

#include "base/signals.h"
#include "base/xalloc.h"
#include "errands.h"
#include "http/transport.h"
#include "system/log.h"
#include "system/screen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
wipe(void *p, size_t len)
{
	volatile unsigned char *b = p;

	while (len-- > 0)
		*b++ = 0;
}

void
token_free(char *token)
{
	if (!token)
		return;
	wipe(token, strlen(token));
	free(token);
}

/* Checks len bytes at s and returns a copy. `from` names the source. */
static char *
check_token(const char *s, size_t len, const char *from, struct diag *d)
{
	if (len > 0 && s[len - 1] == '\n')
		len--;
	if (len > 0 && s[len - 1] == '\r')
		len--;
	if (len == 0) {
		diag_set(d, DIAG_USAGE, "the API token in %s is empty", from);
		diag_help(d, "it must contain only the token, on one line");
		return NULL;
	}
	if (len > TOKEN_MAX) {
		diag_set(d, DIAG_USAGE,
		    "the API token in %s is longer than %d bytes", from,
		    TOKEN_MAX);
		return NULL;
	}
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];
		if (c > ' ' && c < 0x7f)
			continue;
		diag_set(d, DIAG_USAGE,
		    "the API token in %s has %s at position %zu", from,
		    c == ' '   ? "a blank"
		    : c > 0x7f ? "a byte that is not ASCII"
			       : "a control character",
		    i + 1);
		diag_help(d, "it must contain only the token, on one line");
		return NULL;
	}
	return xstrndup(s, len);
}

static int
check_readers(int fd, const char *path, struct diag *d)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return diag_set_errno(d, DIAG_USAGE, errno,
		    "unable to examine the token file '%s'", path);
	if (S_ISDIR(st.st_mode)) {
		diag_set(
		    d, DIAG_USAGE, "the token file '%s' is a folder", path);
		return diag_help(d, "name the file in it");
	}
	if (S_ISREG(st.st_mode) && (st.st_mode & S_IRWXO) != 0) {
		diag_set(d, DIAG_USAGE,
		    "the token file '%s' can be read by other users of this "
		    "machine",
		    path);
		return screen_help_command(d, "chmod o=", path);
	}
	return 0;
}

/* Bytes read into buf (at most size), or -1. */
static ssize_t
read_all(int fd, char *buf, size_t size)
{
	size_t len = 0;

	while (len < size) {
		ssize_t n = read(fd, buf + len, size - len);
		if (n < 0 && signals_may_wait())
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	return (ssize_t)len;
}

static char *
load_file(const char *path, struct diag *d)
{
	char bytes[TOKEN_MAX + 3], from[300];
	char *token = NULL;
	ssize_t len;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0) {
		int err = errno;

		diag_set_errno(d, DIAG_USAGE, err,
		    "unable to open the token file '%s'", path);
		diag_help_open(d, err, path);
		return NULL;
	}
	if (check_readers(fd, path, d) < 0)
		goto out;
	len = read_all(fd, bytes, sizeof(bytes));
	if (len < 0) {
		diag_set_errno(d, DIAG_USAGE, errno,
		    "unable to read the token file '%s'", path);
		goto out;
	}
	snprintf(from, sizeof(from), "'%s'", path);
	token = check_token(bytes, (size_t)len, from, d);
out:
	wipe(bytes, sizeof(bytes));
	close(fd);
	return token;
}

/* The token that the command printed, or NULL. */
static char *
take_token(const struct errands *e, struct helper_answer *a, struct diag *d)
{
	const char *program = e->words[ERRAND_TOKEN][0];
	char words[HELPER_WORDS_SIZE], from[300];
	char *token = NULL;

	if (a->end == HELPER_ENDED && a->value == 0) {
		snprintf(from, sizeof(from),
		    "the output of the token command '%s'", program);
		token = check_token(a->bytes, a->len, from, d);
	} else {
		diag_set(d, DIAG_USAGE, "the token command '%s' %s", program,
		    helper_words(a, words));
		diag_help(d, "run it by hand: it must print the token, and "
			     "nothing else, within a minute");
	}
	if (token == NULL)
		diag_code(d, "usage.token_command");
	explicit_bzero(a, sizeof(*a));
	return token;
}

/* How often a signal is looked for. */
#define STEP_MS 1000

static char *
load_command(struct errands *e, struct diag *d)
{
	struct helper_answer a;

	if (e->token == NULL) {
		log_debug("running the token command '%s'",
		    e->words[ERRAND_TOKEN][0]);
		helper_ask(e->helper, ERRAND_TOKEN, NULL);
		while (!helper_wait(e->helper, STEP_MS, &a))
			if (diag_stopped(d))
				return NULL;
		e->token = take_token(e, &a, d);
	}
	return xstrdup_or_null(e->token);
}

enum renewal
token_renew(void *ctx, char **token, struct diag *why)
{
	struct errands *e = ctx;
	struct helper_answer a;
	char *other;

	if (!helper_is_asked(e->helper)) {
		log_debug("the token was refused; running the token command "
			  "'%s' again",
		    e->words[ERRAND_TOKEN][0]);
		helper_ask(e->helper, ERRAND_TOKEN, NULL);
	}
	if (!helper_wait(e->helper, 0, &a))
		return RENEWAL_WAITS;
	other = take_token(e, &a, why);
	if (other == NULL)
		return RENEWAL_NONE;
	if (e->token && strcmp(other, e->token) == 0) {
		token_free(other);
		diag_set(why, DIAG_USAGE,
		    "the token command '%s' gave the same token again",
		    e->words[ERRAND_TOKEN][0]);
		return RENEWAL_NONE;
	}
	token_free(e->token);
	e->token = other;
	*token = xstrdup(other);
	return RENEWAL_DONE;
}

char *
token_load(
    const struct settings *o, char *(*lookup)(const char *), struct diag *d)
{
	const char *direct;

	/* The option table has put what the environment names there, too. */
	if (o->token_file)
		return load_file(o->token_file, d);
	if (o->token_command)
		return load_command(o->errands, d);
	direct = lookup("CHAKRA_API_TOKEN");
	if (direct && *direct != '\0')
		return check_token(
		    direct, strlen(direct), "CHAKRA_API_TOKEN", d);
	diag_set(d, DIAG_USAGE, "no API token");
	diag_help(d,
	    "put it into a file that only you can read and name that with "
	    "--token-file or CHAKRA_API_TOKEN_FILE, name a command that "
	    "prints it with --token-command, or set CHAKRA_API_TOKEN");
	return NULL;
}
