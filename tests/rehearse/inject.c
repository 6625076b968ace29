/* SPDX-License-Identifier: MIT */
/*
 * LD_PRELOAD: the n-th call of one function fails.
 *
 * INJECT=FUNCTION:N lets the N-th call fail, FUNCTION:N+ that one and all
 * behind it (a disk that stays full). INJECT_COUNT=FILE: how often each was
 * called, written at the end. Writes to descriptors 0 to 2 are not counted,
 * so that a message can be read; reads are those of the program itself.
 * Streams count as what they are read and written by: their opening, reading
 * and flushing, and each block that goes into them. sqlite3_step says
 * SQLITE_FULL.
 *
 * INJECT_KILL=N: the process dies before its N-th call that writes to a disk,
 * syncs, renames, links, cuts or removes.
 *
 * Memory comes from glibc's own names, because dlsym needs memory itself.
 *
 * A process that dies of SIGSEGV names the library in which it happened, libc's
 * own frames left out.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#undef fwrite_unlocked

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *p, size_t size);

enum what { WRITE, FSYNC, RENAME, LINK, OPEN, STEP, MALLOC, READ, COUNT };
static const char *const names[COUNT] = {
    "write", "fsync", "rename", "link", "open", "step", "malloc", "read"};
static unsigned long passed[COUNT];
static int wanted = -1, stays, counting;
static unsigned long at, kill_at, disk_calls;

#define FRAMES 12

static void
name_the_place(int number)
{
	void *frames[FRAMES];
	int count, behind = 0;
	Dl_info info;

	signal(number, SIG_DFL);
	counting = 0;
	count = backtrace(frames, FRAMES);
	for (int i = 0; i < count; i++) {
		const char *name =
		    dladdr(frames[i], &info) ? info.dli_fname : NULL;

		if (name == NULL || strstr(name, "/libc.so") != NULL) {
			behind = 1; /* the signal's own frame, or a lock */
			continue;
		}
		if (!behind)
			continue; /* this file */
		dprintf(2, "inject: died in %s\n", name);
		break;
	}
	raise(number);
}

__attribute__((constructor)) static void
begin(void)
{
	const char *s = getenv("INJECT");
	void *frame;

	if (getenv("INJECT_KILL"))
		kill_at = strtoul(getenv("INJECT_KILL"), NULL, 10);
	backtrace(&frame, 1); /* loads what it needs */
	signal(SIGSEGV, name_the_place);
	for (int i = 0; s && i < COUNT; i++) {
		size_t len = strlen(names[i]);
		char *rest;

		if (strncmp(s, names[i], len) != 0 || s[len] != ':')
			continue;
		at = strtoul(s + len + 1, &rest, 10);
		stays = *rest == '+';
		wanted = i;
	}
	counting = 1;
}

__attribute__((destructor)) static void
end(void)
{
	const char *path = getenv("INJECT_COUNT");
	FILE *f;

	counting = 0;
	f = path ? fopen(path, "w") : NULL;
	if (f == NULL)
		return;
	for (int i = 0; i < COUNT; i++)
		fprintf(f, "%s %lu\n", names[i], passed[i]);
	fclose(f);
}

/* sqlite3_exec keeps what its steps said elsewhere: those stay whole. */
static int
is_from_sqlite(void *caller)
{
	Dl_info info;

	return dladdr(caller, &info) && info.dli_fname &&
	       strstr(info.dli_fname, "sqlite") != NULL;
}

static int
is_from_library(void *caller)
{
	Dl_info info;

	return dladdr(caller, &info) == 0 || info.dli_fname == NULL ||
	       strstr(info.dli_fname, ".so") != NULL;
}

/* A call after which the disk is another one. */
static void
touch_disk(void)
{
	if (counting && ++disk_calls == kill_at) {
		kill(getpid(), SIGKILL);
		pause();
	}
}

static int
fails(enum what w)
{
	if (!counting)
		return 0;
	if (w == WRITE || w == FSYNC || w == RENAME || w == LINK)
		touch_disk();
	passed[w]++;
	return wanted == (int)w && (stays ? passed[w] >= at : passed[w] == at);
}

#define REAL(type, name, ...)                                                  \
	static type (*real)(__VA_ARGS__);                                      \
	if (real == NULL) {                                                    \
		*(void **)&real = dlsym(RTLD_NEXT, name);                      \
	}

ssize_t
write(int fd, const void *data, size_t len)
{
	REAL(ssize_t, "write", int, const void *, size_t)
	if (fd > 2 && fails(WRITE)) {
		errno = ENOSPC;
		return -1;
	}
	return real(fd, data, len);
}

ssize_t
read(int fd, void *data, size_t room)
{
	REAL(ssize_t, "read", int, void *, size_t)
	if (!is_from_library(__builtin_return_address(0)) && fails(READ)) {
		errno = EIO;
		return -1;
	}
	return real(fd, data, room);
}

/* What read becomes where the compiler knows the size. */
ssize_t
__read_chk(int fd, void *data, size_t room, size_t size)
{
	REAL(ssize_t, "read", int, void *, size_t)
	(void)size;
	if (!is_from_library(__builtin_return_address(0)) && fails(READ)) {
		errno = EIO;
		return -1;
	}
	return real(fd, data, room);
}

ssize_t
pwrite64(int fd, const void *data, size_t len, off64_t where)
{
	REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t)
	if (fails(WRITE)) {
		errno = ENOSPC;
		return -1;
	}
	return real(fd, data, len, where);
}

int
fsync(int fd)
{
	REAL(int, "fsync", int)
	if (fails(FSYNC)) {
		errno = EIO;
		return -1;
	}
	return real(fd);
}

int
fdatasync(int fd)
{
	REAL(int, "fdatasync", int)
	if (fails(FSYNC)) {
		errno = EIO;
		return -1;
	}
	return real(fd);
}

int
rename(const char *from, const char *to)
{
	REAL(int, "rename", const char *, const char *)
	if (fails(RENAME)) {
		errno = EIO;
		return -1;
	}
	return real(from, to);
}

int
renameat(int a, const char *from, int b, const char *to)
{
	REAL(int, "renameat", int, const char *, int, const char *)
	if (fails(RENAME)) {
		errno = EIO;
		return -1;
	}
	return real(a, from, b, to);
}

int
link(const char *from, const char *to)
{
	REAL(int, "link", const char *, const char *)
	if (fails(LINK)) {
		errno = EIO;
		return -1;
	}
	return real(from, to);
}

int
unlink(const char *path)
{
	REAL(int, "unlink", const char *)
	touch_disk();
	return real(path);
}

int
unlinkat(int folder, const char *path, int flags)
{
	REAL(int, "unlinkat", int, const char *, int)
	touch_disk();
	return real(folder, path, flags);
}

int
ftruncate64(int fd, off64_t size)
{
	REAL(int, "ftruncate64", int, off64_t)
	touch_disk();
	return real(fd, size);
}

int
open64(const char *path, int flags, ...)
{
	__builtin_va_list rest;
	mode_t mode = 0;
	REAL(int, "open64", const char *, int, mode_t)

	if (flags & O_CREAT) {
		__builtin_va_start(rest, flags);
		mode = __builtin_va_arg(rest, mode_t);
		__builtin_va_end(rest);
	}
	if (fails(OPEN)) {
		errno = EMFILE;
		return -1;
	}
	return real(path, flags, mode);
}

int
openat64(int folder, const char *path, int flags, ...)
{
	__builtin_va_list rest;
	mode_t mode = 0;
	REAL(int, "openat64", int, const char *, int, mode_t)

	if (flags & O_CREAT) {
		__builtin_va_start(rest, flags);
		mode = __builtin_va_arg(rest, mode_t);
		__builtin_va_end(rest);
	}
	if (fails(OPEN)) {
		errno = EMFILE;
		return -1;
	}
	return real(folder, path, flags, mode);
}

/* As if the call below the stream had failed; glibc's flag for ferror. */
static void
hurt(FILE *f, int error)
{
	f->_flags |= 0x20;
	errno = error;
}

FILE *
fopen64(const char *path, const char *mode)
{
	REAL(FILE *, "fopen64", const char *, const char *)
	if (fails(OPEN)) {
		errno = EMFILE;
		return NULL;
	}
	return real(path, mode);
}

FILE *
fdopen(int fd, const char *mode)
{
	REAL(FILE *, "fdopen", int, const char *)
	if (fails(OPEN)) {
		errno = ENOMEM;
		return NULL;
	}
	return real(fd, mode);
}

int
mkstemp64(char *name)
{
	REAL(int, "mkstemp64", char *)
	if (fails(OPEN)) {
		errno = EMFILE;
		return -1;
	}
	return real(name);
}

DIR *
opendir(const char *path)
{
	REAL(DIR *, "opendir", const char *)
	if (fails(OPEN)) {
		errno = EMFILE;
		return NULL;
	}
	return real(path);
}

DIR *
fdopendir(int fd)
{
	REAL(DIR *, "fdopendir", int)
	if (fails(OPEN)) {
		errno = ENOMEM;
		return NULL;
	}
	return real(fd);
}

size_t
fread(void *data, size_t size, size_t count, FILE *f)
{
	REAL(size_t, "fread", void *, size_t, size_t, FILE *)
	if (!is_from_library(__builtin_return_address(0)) && fails(READ)) {
		hurt(f, EIO);
		return 0;
	}
	return real(data, size, count, f);
}

ssize_t
getdelim(char **line, size_t *room, int end, FILE *f)
{
	REAL(ssize_t, "getdelim", char **, size_t *, int, FILE *)
	if (!is_from_library(__builtin_return_address(0)) && fails(READ)) {
		hurt(f, EIO);
		return -1;
	}
	return real(line, room, end, f);
}

ssize_t
getline(char **line, size_t *room, FILE *f)
{
	REAL(ssize_t, "getline", char **, size_t *, FILE *)
	if (!is_from_library(__builtin_return_address(0)) && fails(READ)) {
		hurt(f, EIO);
		return -1;
	}
	return real(line, room, f);
}

char *
fgets(char *data, int room, FILE *f)
{
	REAL(char *, "fgets", char *, int, FILE *)
	if (!is_from_library(__builtin_return_address(0)) && fails(READ)) {
		hurt(f, EIO);
		return NULL;
	}
	return real(data, room, f);
}

size_t
fwrite(const void *data, size_t size, size_t count, FILE *f)
{
	REAL(size_t, "fwrite", const void *, size_t, size_t, FILE *)
	if (fileno(f) > 2 && fails(WRITE)) {
		hurt(f, ENOSPC);
		return 0;
	}
	return real(data, size, count, f);
}

size_t
fwrite_unlocked(const void *data, size_t size, size_t count, FILE *f)
{
	REAL(size_t, "fwrite_unlocked", const void *, size_t, size_t, FILE *)
	if (fileno(f) > 2 && fails(WRITE)) {
		hurt(f, ENOSPC);
		return 0;
	}
	return real(data, size, count, f);
}

int
fflush(FILE *f)
{
	REAL(int, "fflush", FILE *)
	if (f != NULL && fileno(f) > 2 && fails(WRITE)) {
		hurt(f, ENOSPC);
		return EOF;
	}
	return real(f);
}

int
sqlite3_step(void *statement)
{
	REAL(int, "sqlite3_step", void *)
	if (!is_from_sqlite(__builtin_return_address(0)) && fails(STEP))
		return 13; /* SQLITE_FULL */
	return real(statement);
}

void *
malloc(size_t size)
{
	if (fails(MALLOC)) {
		errno = ENOMEM;
		return NULL;
	}
	return __libc_malloc(size);
}

void *
calloc(size_t count, size_t size)
{
	if (fails(MALLOC)) {
		errno = ENOMEM;
		return NULL;
	}
	return __libc_calloc(count, size);
}

void *
realloc(void *p, size_t size)
{
	if (fails(MALLOC)) {
		errno = ENOMEM;
		return NULL;
	}
	return __libc_realloc(p, size);
}
