/* SPDX-License-Identifier: MIT */
#ifndef SYSTEM_HELPER_CHILD_H
#define SYSTEM_HELPER_CHILD_H

/*
 * What the helper does after the fork: waits for requests at the socket until
 * its other end is closed. A request is the number of the job (a byte), then
 * for each variable of `sets` "=VALUE" or nothing, and a NUL. An answer is a
 * struct helper_answer, of `bytes` as many as it has.
 */

#include "system/own_files.h"

#define HELPER_REQUEST_MAX ((size_t)65536)

_Noreturn void helper_child(
    int fd, const struct helper_job *jobs, size_t count);

#endif
