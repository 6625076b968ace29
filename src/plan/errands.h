/* SPDX-License-Identifier: MIT */
#ifndef PLAN_ERRANDS_H
#define PLAN_ERRANDS_H

/* What the helper does for a command: the jobs by number, and the token that
 * one of them printed, which is asked for once for all inputs. */

#include "http/transport.h"
#include "plan/options.h"
#include "system/own_files.h"

enum errand { ERRAND_TOKEN, ERRAND_NOTIFY, ERRANDS };

/* For transport_options.renew: ctx is the errands. */
enum renewal token_renew(void *ctx, char **token, struct diag *why);

struct errands {
	char **words[ERRANDS]; /* NULL = not named */
	struct helper_job jobs[ERRANDS];
	struct helper *helper;
	char *token; /* wiped (token_free); NULL = not asked for yet */
};

#endif
