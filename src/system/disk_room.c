/* SPDX-License-Identifier: MIT */
/*
 * statvfs: what is free for a user without privileges. A quota is not in it;
 * who meets one writes as on a full disk.
 */
#include "base/text.h"
#include "system/atomic_file.h"
#include "system/fault.h"

#include <sys/statvfs.h>

static uint64_t
free_bytes(const char *folder)
{
	struct statvfs v;

	if (FAULT("disk.room"))
		return DISK_RESERVE + 10000;
	if (statvfs(folder, &v) != 0)
		return UINT64_MAX;
	return (uint64_t)v.f_bavail * v.f_frsize;
}

uint64_t
disk_room(const char *folder)
{
	uint64_t bytes = free_bytes(folder);

	if (bytes == UINT64_MAX)
		return bytes;
	return bytes > DISK_RESERVE ? bytes - DISK_RESERVE : 0;
}

int
disk_room_check(
    const char *folder, uint64_t bytes, const char *what, struct diag *d)
{
	uint64_t room = disk_room(folder);
	char needed[32], left[32];

	if (bytes <= room)
		return 0;
	diag_set(d, DIAG_DISK,
	    "%s may need %s bytes in '%s', and its disk has room for %s", what,
	    text_count(bytes, needed), folder, text_count(room, left));
	diag_code(d, "disk.room");
	return diag_help(
	    d, "free some room there, or name a folder on another disk");
}
