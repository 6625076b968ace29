/* SPDX-License-Identifier: MIT */
/*
 * What an import will find is looked at without its lock: who sends rows of
 * this input meanwhile is met by the import itself, when its turn comes.
 */
#include "shared_keys.h"

#include "base/xalloc.h"
#include "grown.h"
#include "guard.h"
#include "import/import.h"
#include "plan/reading.h"
#include "run_reopen.h"

#include <stdlib.h>
#include <string.h>

void
import_run_key(const struct plan *p, int payload_version, char out[65])
{
	struct buf options = BUF_INIT(1 << 16);

	plan_canonical_options(p, &options);
	run_run_key(p->input_key, p->mapping->canonical, buf_str(&options),
	    payload_version, out);
	buf_release(&options);
}

void
import_changes_key(const struct plan *p, char out[65])
{
	struct buf reading = BUF_INIT(1 << 16);

	plan_canonical_reading(p, &reading);
	run_run_key(p->input_key, p->mapping->canonical, buf_str(&reading),
	    RUN_PAYLOAD_VERSION, out);
	buf_release(&reading);
}

/* What the newest run of this input kept of its comparison with other files,
 * if it was read as it would be now. A run that is at work has its ledger for
 * itself; what it kept does not change. */
static void
take_known(
    const char *runs_dir, const struct guard_find *f, struct import_outlook *o)
{
	struct diag ignored = DIAG_INIT;
	struct run *run;
	struct ledger *l;

	if (strcmp(f->run.identity.run_key, o->run_key) != 0)
		return;
	run = run_open_own(runs_dir, f->run.identity.id, &ignored);
	l = run ? run_ledger_open(run, true, false, &ignored) : NULL;
	if (l && run_sums_check(l, run, &ignored) == 0)
		(void)run_verdicts_open(l, run, &o->known, &ignored);
	ledger_free(l);
	run_free(run);
}

/* Was it, or the beginning of it, sent before? */
static int
ask_guard(const struct grown *g, const char *runs_dir, struct plan *p,
    struct import_outlook *o, struct diag *d)
{
	struct guard_find f;
	struct diag grown = DIAG_INIT;

	if (guard_look(runs_dir, p, &f, d))
		return -1;
	o->was_sent = f.has_found;
	if (f.has_found && !p->settings.again)
		take_known(runs_dir, &f, o);
	if (f.has_found ||
	    (guard_check_split(runs_dir, p, &p->settings, &grown) == 0 &&
		grown_check(g, p, &p->settings, &grown) == 0))
		return 0;
	if (grown.kind == DIAG_SIGNAL || grown.kind == DIAG_DISK) {
		*d = grown;
		return -1;
	}
	o->was_sent = true;
	return 0;
}

int
import_look(const struct import_request *r, struct plan *p,
    struct import_outlook *o, struct diag *d)
{
	const struct settings *s = r->settings;
	bool is_dry = s->command == COMMAND_CHECK || s->dry_run;
	char *runs_dir = is_dry ? NULL : runs_dir_own(s->runs_dir, d);
	struct grown g = {.runs = NULL};
	struct diag guess = DIAG_INIT;
	struct plan_request q = {
	    .settings = s,
	    .mapping_path = r->mapping_path,
	    .csv_path = r->csv_path,
	    .must_survey = true,
	    .marks = is_dry ? NULL : &g.marks,
	};
	int ret = -1;

	memset(p, 0, sizeof(*p));
	memset(o, 0, sizeof(*o));
	if ((is_dry || (runs_dir && grown_begin(&g, runs_dir, d) == 0)) &&
	    plan_make(p, &q, d) == 0) {
		o->is_held = plan_check_guess(p, &guess) != 0;
		import_run_key(p, RUN_PAYLOAD_VERSION, o->run_key);
		memcpy(o->input_key, p->input_key, sizeof(o->input_key));
		ret = is_dry ? 0 : ask_guard(&g, runs_dir, p, o, d);
	}
	if (o->known)
		plan_use_verdicts(p, o->known, 0);
	grown_release(&g);
	free(runs_dir);
	return ret;
}

int
import_was_sent(const struct settings *s, const char *input_key, struct diag *d)
{
	char *runs_dir = runs_dir_own(s->runs_dir, d);
	struct run_list *runs = runs_dir ? run_list_read(runs_dir, d) : NULL;
	struct guard_find f;
	bool was_sent;

	free(runs_dir);
	if (runs == NULL)
		return -1;
	was_sent = guard_look_in(runs, input_key, &f);
	run_list_free(runs);
	return was_sent;
}

void
import_outlook_release(struct import_outlook *o)
{
	key_verdicts_free(o->known);
	o->known = NULL;
}

int
shared_keys_use(const struct shared_keys *keys, struct plan *p, struct diag *d)
{
	char run_key[65];

	import_run_key(p, RUN_PAYLOAD_VERSION, run_key);
	if (strcmp(run_key, keys->run_key) != 0) {
		diag_set(d, DIAG_INPUT,
		    "'%s', or the mapping, changed while the unique keys of "
		    "all files were compared; nothing was sent",
		    p->csv_name);
		diag_code(d, "input.changed");
		return diag_help(d, "run this command again when nothing "
				    "writes to the files any more");
	}
	plan_use_verdicts(p, keys->verdicts, keys->file);
	return 0;
}

int
shared_keys_check(const struct shared_keys *keys, bool was_sent,
    const char *name, struct diag *d)
{
	if (keys == NULL || !keys->was_sent || was_sent)
		return 0;
	diag_set(d, DIAG_LOCKED,
	    "another process worked on '%s' when the unique keys of all files "
	    "were compared, and sent no row of it; nothing was sent",
	    name);
	diag_code(d, "run.locked");
	return diag_help(d, "run this command again");
}

int
shared_keys_keep(const struct run *run, const struct plan *p, struct diag *d)
{
	char *path;
	int failed;

	if (!p->borrows_verdicts)
		return 0;
	path = run_path(run, RUN_VERDICTS);
	failed = key_verdicts_keep(p->verdicts, p->verdicts_file, path, d);
	free(path);
	return failed;
}

int
retry_keys_share(struct retry_keys *k, const struct key_verdicts *parents,
    struct plan *p, struct diag *d)
{
	struct key_spool_options o = {.folder = NULL};
	const char *const *names;
	struct key_spool *spool;
	uint64_t records;
	size_t own;

	if (p->mapping->unique_count == 0)
		return 0;
	names = key_verdicts_names(parents, &own);
	k->names = xcalloc(own + 1, sizeof(*k->names));
	memcpy(k->names, names, own * sizeof(*names));
	o.names = k->names;
	memcpy(o.seed, key_verdicts_seed(parents), sizeof(o.seed));
	spool = plan_spool_new(p, &o, d);
	if (spool && key_spool_add_others(spool, parents, d) == 0 &&
	    plan_collect_keys(
		p, p->chunker_options.gate, spool, own, &records, d) == 0)
		k->verdicts = key_spool_settle(spool, d);
	key_spool_free(spool);
	if (k->verdicts == NULL)
		return -1;
	plan_use_verdicts(p, k->verdicts, own);
	return 0;
}

void
retry_keys_release(struct retry_keys *k)
{
	key_verdicts_free(k->verdicts);
	free(k->names);
}
