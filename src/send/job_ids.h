/* SPDX-License-Identifier: MIT */
#ifndef SEND_JOB_IDS_H
#define SEND_JOB_IDS_H

/*
 * The ids of the jobs that a run's calls were given, to notice one that is
 * given twice: a job belongs to one call. Only hashes are kept, and only of the
 * newest: at least JOB_IDS_KEPT of them, at most twice as many, 4 MiB in all,
 * whatever the number of calls. A service that counts its jobs in 16 bits is
 * noticed. Two ids that share a hash would cost a lookup and nothing else.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JOB_IDS_KEPT ((size_t)1 << 17)

struct job_id_set {
	uint64_t *slots; /* 0 = free */
	size_t count, cap;
};

struct job_ids {
	struct job_id_set newest, before; /* before: full, or empty */
};

void job_ids_release(struct job_ids *j);
/* False if it was already there. */
bool job_ids_add(struct job_ids *j, const char *id);

#endif
