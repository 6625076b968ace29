/* SPDX-License-Identifier: MIT */
/*
 * Commands that a person named. A run needs its token before anything else and
 * tells of its end after everything else, so both are asked of one helper that
 * is there all the time.
 */
#include "errands.h"

#include "base/xalloc.h"
#include "profile.h"
#include "system/log.h"
#include "system/screen.h"

#include <stdio.h>
#include <stdlib.h>

#define TOKEN_LIMIT_MS 60000
#define NOTIFY_LIMIT_MS 60000
/* From one look at the signals to the next. */
#define STEP_MS 1000

static const char *const no_token[] = {"CHAKRA_API_TOKEN", NULL};
/* Who is told needs no way to the token. */
static const char *const no_way[] = {"CHAKRA_API_TOKEN",
    "CHAKRA_API_TOKEN_FILE", "CHAKRA_API_TOKEN_COMMAND", NULL};
static const char *const told[] = {"CSV2CHAKRA_COMMAND", "CSV2CHAKRA_EXIT",
    "CSV2CHAKRA_REPORT", "CSV2CHAKRA_RUN", "CSV2CHAKRA_VERDICT", NULL};

static int
split(const char *option, const char *text, char ***words, struct diag *d)
{
	char why[SHELL_WHY_SIZE];

	if (text == NULL)
		return 0;
	*words = shell_split(text, why);
	if (*words == NULL) {
		/* The rest of it may be a secret. */
		diag_set(d, DIAG_USAGE,
		    "the command of '--%s' cannot be used: %s", option, why);
		return diag_code(d, "usage.command");
	}
	if (helper_can_start((*words)[0]))
		return 0;
	diag_set(d, DIAG_USAGE,
	    "'--%s': there is no program '%s' that can be started", option,
	    (*words)[0]);
	diag_code(d, "usage.command");
	return diag_help(d, "name it as it is found in PATH, or by its full "
			    "path; it must be an executable file");
}

int
options_start_errands(struct options *o, struct diag *d)
{
	struct settings *s = &o->settings;
	struct errands *e;

	if (s->token_command == NULL && s->notify == NULL)
		return 0;
	e = xcalloc(1, sizeof(*e));
	s->errands = e;
	if (split("token-command", s->token_command, &e->words[ERRAND_TOKEN],
		d) ||
	    split("notify", s->notify, &e->words[ERRAND_NOTIFY], d))
		return -1;
	e->jobs[ERRAND_TOKEN] = (struct helper_job){
	    .words = e->words[ERRAND_TOKEN],
	    .hides = no_token,
	    .is_read = true,
	    .limit_ms = TOKEN_LIMIT_MS,
	};
	e->jobs[ERRAND_NOTIFY] = (struct helper_job){
	    .words = e->words[ERRAND_NOTIFY],
	    .hides = no_way,
	    .sets = told,
	    .limit_ms = NOTIFY_LIMIT_MS,
	};
	e->helper = helper_new(e->jobs, ERRANDS, d);
	return e->helper ? 0 : -1;
}

void
options_release(struct options *o)
{
	struct errands *e = o->settings.errands;

	profile_free(o->own_profile);
	o->own_profile = NULL;
	if (e == NULL)
		return;
	helper_free(e->helper);
	for (size_t i = 0; i < ERRANDS; i++)
		shell_words_free(e->words[i]);
	token_free(e->token);
	free(e);
	o->settings.errands = NULL;
}

void
options_notify(const struct options *o, const struct notice *n)
{
	struct errands *e = o->settings.errands;
	struct helper_answer a;
	char status[16], words[HELPER_WORDS_SIZE];
	const char *const values[] = {
	    n->command, status, n->report, n->run_id, n->verdict};

	if (e == NULL || e->words[ERRAND_NOTIFY] == NULL || !e->helper)
		return;
	snprintf(status, sizeof(status), "%d", n->exit_status);
	log_debug("running '%s' (--notify)", e->words[ERRAND_NOTIFY][0]);
	helper_ask(e->helper, ERRAND_NOTIFY, values);
	/* The first signal has stopped the run, and a second one ends us. */
	while (!helper_wait(e->helper, STEP_MS, &a))
		;
	if (a.end != HELPER_ENDED || a.value != 0)
		log_warn("the command of --notify, '%s', %s",
		    e->words[ERRAND_NOTIFY][0], helper_words(&a, words));
}
