/* SPDX-License-Identifier: MIT */
#ifndef SANDBOX_FAULTS_H
#define SANDBOX_FAULTS_H

/* What a plan (sandbox/sandbox.h) says about a call, a row, a job. */

#include "sandbox/sandbox.h"

/* The fault of the k-th call (from 1) of a class, or NULL. Never one of
 * 400-whole, entry-*, slow-job, which have draws of their own. */
const struct fault *fault_plan_call(
    const struct fault_plan *p, enum fault_class class, uint64_t k);
/* Whether the k-th bulk call of its class holds a poison row, or NULL. */
const struct fault *fault_plan_poison(const struct fault_plan *p,
    enum fault_class class, uint64_t k, const struct text *rows, size_t count);
/* entry-error or entry-invalid for the entry `index` of call k, or NULL. */
const struct fault *fault_plan_entry(const struct fault_plan *p,
    enum fault_class class, uint64_t k, size_t index, struct text row);
/* slow-job, or a fault of an unfriendly service, that the k-th call of the
 * class (of creates and updates: its job) meets, or NULL. */
const struct fault *fault_plan_odd(const struct fault_plan *p,
    enum fault_kind kind, enum fault_class class, uint64_t k);

#endif
