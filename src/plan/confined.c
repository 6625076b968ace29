/* SPDX-License-Identifier: MIT */
/*
 * Which folders a command writes to, by its options and inputs; all others are
 * closed to it by the kernel.
 */
#include "plan/options.h"

#include "plan/plan.h"
#include "runs/run.h"
#include "system/log.h"
#include "system/own_files.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Keys on their way to be sorted, and what SQLite puts aside (in /var/tmp
 * unless TMPDIR says otherwise). */
static void
allow_temporary(struct confinement *c)
{
	static const char *const named[] = {"TMPDIR", "SQLITE_TMPDIR"};
	bool is_named = false;

	for (size_t i = 0; i < 2; i++) {
		const char *folder = getenv(named[i]);

		if (folder == NULL || folder[0] == '\0')
			continue;
		confine_allow(c, folder);
		is_named |= i == 0;
	}
	if (is_named)
		return;
	confine_allow(c, "/tmp");
	confine_allow(c, "/var/tmp");
}

static bool
takes_run(const struct settings *s)
{
	return s->command == COMMAND_RESUME ||
	       s->command == COMMAND_RECONCILE || s->command == COMMAND_RETRY ||
	       s->command == COMMAND_UNDO;
}

/* A run may be named by its folder, which lies in a runs folder of its own. */
static void
allow_named_run(struct confinement *c, const struct settings *s)
{
	char *path = takes_run(s) && s->operand_count > 0 &&
			     strchr(s->operands[0], '/') != NULL
			 ? realpath(s->operands[0], NULL)
			 : NULL;

	if (path)
		confine_allow_around(c, path);
	free(path);
}

/* Will there be a run? Before the first one, a mapping with mistakes is looked
 * for, so that it leaves no folder behind. The import says what they are. */
static bool
may_begin(const struct settings *s, const char *dir)
{
	struct diag ignored = DIAG_INIT;
	struct plan p;
	struct stat st;
	bool is_good;

	if (s->command != COMMAND_IMPORT || s->operand_count == 0 ||
	    access(dir, F_OK) == 0 || stat(s->operands[0], &st) != 0 ||
	    !S_ISREG(st.st_mode))
		return true;
	is_good = plan_load_mapping(&p, s->operands[0], s, &ignored) == 0;
	plan_release(&p);
	return is_good;
}

/* A run needs its folder anyway, and a rule needs a folder that is there. */
static int
allow_runs(struct confinement *c, const struct settings *s, struct diag *d)
{
	const char *const told = s->runs_dir;
	struct diag ignored = DIAG_INIT;
	bool makes = (s->command == COMMAND_IMPORT && !s->dry_run) ||
		     s->command == COMMAND_REHEARSE || takes_run(s);
	char *dir =
	    makes ? runs_dir_own(told, d) : runs_dir_default(told, &ignored);
	int ret = 0;

	if (dir == NULL)
		return makes ? -1 : 0;
	if (makes && may_begin(s, dir))
		ret = runs_dir_make(dir, d);
	confine_allow(c, dir);
	free(dir);
	return ret;
}

/* What is moved leaves the folder that it lies in. */
static void
allow_moves(struct confinement *c, const struct options *o,
    const char *const *inputs, size_t count)
{
	if (o->move_done == NULL && o->move_failed == NULL)
		return;
	if (o->move_done)
		confine_allow_around(c, o->move_done);
	if (o->move_failed)
		confine_allow_around(c, o->move_failed);
	for (size_t i = 0; i < count; i++)
		confine_allow_around(c, inputs[i]);
}

int
options_confine(const struct options *o, const char *const *inputs,
    size_t count, struct diag *d)
{
	const struct settings *s = &o->settings;
	struct confinement c;

	if (s->no_confinement) {
		log_debug("not confined: --no-confinement was given");
		return 0;
	}
	confine_begin(&c);
	if (c.ruleset >= 0) {
		if (allow_runs(&c, s, d)) {
			close(c.ruleset);
			return -1;
		}
		allow_named_run(&c, s);
		allow_temporary(&c);
		if (s->output)
			confine_allow_around(&c, s->output);
		if (s->metrics_file)
			confine_allow_around(&c, s->metrics_file);
		allow_moves(&c, o, inputs, count);
	}
	if (confine_end(&c))
		log_debug("confined: it writes only below the runs folder, the "
			  "temporary folder and the folders of outputs");
	else
		log_debug("not confined: %s", c.why);
	return 0;
}
