/* SPDX-License-Identifier: MIT */
#ifndef BASE_DISK_ROOM_H
#define BASE_DISK_ROOM_H

/*
 * Room on a disk, looked at before it is needed. A disk that is full in the
 * middle is met by whoever writes; this is for what can be known before a row
 * is sent.
 */

#include "base/diag.h"

#include <stdint.h>

/* What is left to the ledger, whose log alone may take 4 MiB, and to all
 * others who write to that disk. */
#define DISK_RESERVE ((uint64_t)16 << 20)

/* Bytes that this user may still write on the disk of `folder` without
 * touching the reserve; UINT64_MAX where the file system does not say. */
uint64_t disk_room(const char *folder);

/* -1, DIAG_DISK (disk.room), if `bytes` and the reserve have no room in
 * `folder`. `what` needs them: "the ledger and the results of this run". */
int disk_room_check(
    const char *folder, uint64_t bytes, const char *what, struct diag *d);

#endif
