/* SPDX-License-Identifier: MIT */
/*
 * What belongs to the process and not to a command: descriptors, umask, core
 * dumps, the one place where a run error is printed, and the way to die.
 */
#include "base/signals.h"
#include "base/xalloc.h"
#include "command.h"
#include "system/log.h"

#include <cjson/cJSON.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* A leak checker traces its own process, which this would forbid. */
#if defined(__SANITIZE_ADDRESS__)
#define DUMPABLE 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define DUMPABLE 1
#endif
#endif
#ifndef DUMPABLE
#define DUMPABLE 0
#endif

/* A closed descriptor 0, 1 or 2 would be given to the next file that is
 * opened, and the answer would be written into it. A closed stdout is filled
 * with one that cannot be written, so that the write fails and is reported. */
static void
fill_descriptors(void)
{
	static const int modes[] = {O_RDONLY, O_RDONLY, O_WRONLY};

	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)open("/dev/null", modes[fd]);
}

/* Large blocks go back at once when they are freed. glibc's threshold would
 * rise with the first one, and what is freed later (a sample, a window that
 * grew) would stay in the heap: 2 MB of the peak with one huge record. The
 * bodies of requests are below it, and what they leave is used again: to map
 * each afresh took a tenth of an import. */
static void
return_large_blocks(void)
{
#ifdef M_MMAP_THRESHOLD
	(void)mallopt(M_MMAP_THRESHOLD, 512 << 10);
	(void)mallopt(M_TRIM_THRESHOLD, 4 << 20);
#endif
}

/* Memory may hold the token, and always holds somebody's data. A dump that
 * goes to a program is forbidden by the first, a file by both. */
static void
forbid_core(void)
{
	const struct rlimit none = {0, 0};

	(void)prctl(PR_SET_DUMPABLE, DUMPABLE, 0, 0, 0);
	(void)setrlimit(RLIMIT_CORE, &none);
}

int
main(int argc, char **argv)
{
	/* An answer that memory cuts short must not be taken for another. */
	cJSON_Hooks hooks = {xmalloc, free};
	struct diag d = DIAG_INIT;
	int status;

	return_large_blocks();
	cJSON_InitHooks(&hooks);
	fill_descriptors();
	umask(077);
	forbid_core();
	status = dispatch(argc, argv, &d);
	if (d.kind != DIAG_NONE && d.message[0] != '\0')
		log_diag(&d);
	if (d.kind == DIAG_SIGNAL && signals_stop() == SIGINT)
		signals_die(SIGINT);
	return status;
}
