/* SPDX-License-Identifier: MIT */
#ifndef SEND_JOB_IDS_H
#define SEND_JOB_IDS_H

/*
 * The ids of the jobs that a run's calls were given, to notice one that is
 * given twice: a job belongs to one call. Only hashes are kept, at most 16
 * bytes a call; two ids that share one would cost a lookup and nothing else.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct job_ids {
	uint64_t *slots; /* 0 = free */
	size_t count, cap;
};

void job_ids_release(struct job_ids *j);
/* False if it was already there. */
bool job_ids_add(struct job_ids *j, const char *id);

#endif
