/* SPDX-License-Identifier: MIT */
/*
 * Landlock by its system calls: there is no wrapper in libc, and the headers of
 * the kernel may be older than the kernel.
 */
#include "system/own_files.h"

#include "base/text.h"
#include "system/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef O_PATH /* of Linux alone */
#define O_PATH 010000000
#endif

/* The same number on every machine that has the calls. */
#define CALL_CREATE 444
#define CALL_ADD 445
#define CALL_RESTRICT 446
#define CREATE_VERSION 1U
#define RULE_BELOW 1

#define MAY_EXECUTE (1ULL << 0)
#define MAY_WRITE (1ULL << 1)
#define MAY_REMOVE (1ULL << 4 | 1ULL << 5)
#define MAY_MAKE_DEVICE (1ULL << 6 | 1ULL << 11)
#define MAY_MAKE (1ULL << 7 | 1ULL << 8 | 1ULL << 12)
#define MAY_MAKE_PIPE (1ULL << 9 | 1ULL << 10)
#define MAY_MOVE (1ULL << 13)	  /* from version 2 on */
#define MAY_TRUNCATE (1ULL << 14) /* from version 3 on */

#define REFUSED (MAY_EXECUTE | MAY_MAKE_DEVICE | MAY_MAKE_PIPE)
#define ALLOWED (MAY_WRITE | MAY_REMOVE | MAY_MAKE | MAY_MOVE | MAY_TRUNCATE)

#ifdef CSV2CHAKRA_UNCONFINED
#define NONE "this build, which is for tests, does not do it"
#else
#define NONE "the kernel offers no Landlock"
#endif

/* As the kernel has them. */
struct ruleset {
	uint64_t rights;
};
struct rule {
	uint64_t rights;
	int32_t folder;
} __attribute__((packed));

/* Kernels that are older than this one, for tests. */
static const char *const older[] __attribute__((unused)) = {"confine.version.0",
    "confine.version.1", "confine.version.2", "confine.version.3",
    "confine.version.4", "confine.version.5", "confine.version.6"};
#define OLDER ((int)(sizeof(older) / sizeof(older[0])))

int
confine_version(void)
{
	long version = syscall(CALL_CREATE, NULL, 0, CREATE_VERSION);

	if (version <= 0)
		return 0;
	for (int i = 0; i < OLDER && i < version; i++)
		if (FAULT(older[i]))
			return i;
	return (int)version;
}

static void
give_up(struct confinement *c, const char *what, int err)
{
	snprintf(c->why, sizeof(c->why), "%s: %s", what, strerror(err));
	if (c->ruleset >= 0)
		close(c->ruleset);
	c->ruleset = -1;
}

void
confine_begin(struct confinement *c)
{
	int version = confine_version();
	struct ruleset r;

	*c = (struct confinement){.ruleset = -1};
#ifdef CSV2CHAKRA_UNCONFINED
	version = 0;
#endif
	if (version == 0) {
		snprintf(c->why, sizeof(c->why), "%s", NONE);
		return;
	}
	c->rights = ALLOWED;
	if (version < 2)
		c->rights &= ~MAY_MOVE;
	if (version < 3)
		c->rights &= ~MAY_TRUNCATE;
	r.rights = c->rights | REFUSED;
	c->ruleset = (int)syscall(CALL_CREATE, &r, sizeof(r), 0);
	if (c->ruleset < 0)
		give_up(c, "the kernel refused the rules", errno);
}

static void
allow(struct confinement *c, const char *path, int flags, uint64_t rights)
{
	struct rule r = {.rights = rights};
	int folder;

	if (c->ruleset < 0)
		return;
	folder = open(path, O_PATH | O_CLOEXEC | flags);
	if (folder < 0)
		return;
	r.folder = folder;
	if (syscall(CALL_ADD, c->ruleset, RULE_BELOW, &r, 0) != 0)
		give_up(c, "the kernel refused a rule", errno);
	close(folder);
}

void
confine_allow(struct confinement *c, const char *folder)
{
	allow(c, folder, O_DIRECTORY, c->rights);
}

void
confine_allow_around(struct confinement *c, const char *path)
{
	char folder[PATH_MAX];
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	while (len > 0 && path[len - 1] != '/')
		len--;
	if (len < sizeof(folder)) {
		snprintf(folder, sizeof(folder), "%.*s", (int)len, path);
		confine_allow(c, len > 0 ? folder : ".");
	}
	confine_allow(c, path);
}

bool
confine_end(struct confinement *c)
{
	/* Where messages go that nobody is to read. */
	allow(c, "/dev/null", 0, c->rights & (MAY_WRITE | MAY_TRUNCATE));
	if (c->ruleset < 0)
		return false;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    syscall(CALL_RESTRICT, c->ruleset, 0) != 0) {
		give_up(c, "the kernel refused to confine", errno);
		return false;
	}
	close(c->ruleset);
	c->ruleset = -1;
	return true;
}
