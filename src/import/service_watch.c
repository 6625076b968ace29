/* SPDX-License-Identifier: MIT */
/* Connects the pure part (chakra/contact.h) with the run: files, words, events.
 */
#include "service_watch.h"

#include "base/xalloc.h"
#include "chakra/contact.h"
#include "system/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
warn(const struct diag *d)
{
	log_warn("%s (help: %s)", d->message,
	    d->help[0] ? d->help : "the run continues without it");
}

struct service_watch *
service_watch_new(const char *runs_dir, const char *base_url,
    const char *procedure, const char *key)
{
	struct service_watch *w = xcalloc(1, sizeof(*w));
	struct contact_list all;
	struct diag d = DIAG_INIT;
	struct contact *seen = &w->contact.seen;
	const struct contact *known;

	if (contact_list_read(runs_dir, &all, &d)) {
		warn(&d);
		all = (struct contact_list){NULL, 0};
	}
	known = contact_list_find(&all, base_url, procedure);
	if (known != NULL)
		w->contact.known = *known;
	contact_list_release(&all);
	snprintf(seen->base_url, sizeof(seen->base_url), "%s", base_url);
	snprintf(seen->procedure, sizeof(seen->procedure), "%s", procedure);
	snprintf(seen->key, sizeof(seen->key), "%s", key ? key : "");
	return w;
}

void
service_watch_free(struct service_watch *w)
{
	free(w);
}

/* The first one with what can be done. */
static int
say_change(const struct service_watch *w, size_t i, bool is_first,
    struct ledger *l, struct diag *d)
{
	const struct contact *seen = &w->contact.seen;
	const struct contact_change *change = &seen->changes[i];
	struct buf words = BUF_INIT(4096), told = BUF_INIT(8192);
	int ret;

	contact_change_words(seen, change, &words);
	buf_addf(&told,
	    "warning: the service answers differently from earlier runs: "
	    "%s\n",
	    buf_str(&words));
	if (is_first)
		buf_adds(&told,
		    "  help: Ctrl-C stops the run, and 'resume' continues it; "
		    "'csv2chakra service' shows what is known about the "
		    "service\n");
	log_words(LOG_WARNING, buf_str(&told));
	buf_release(&told);
	ret = ledger_add_event(l, change->at_ms, "service", buf_str(&words), d);
	buf_release(&words);
	return ret;
}

int
service_watch_say(struct service_watch *w, struct ledger *l,
    struct progress *progress, struct diag *d)
{
	size_t count = w->contact.seen.change_count;
	bool is_first = w->said == 0;

	if (w->said == count)
		return 0;
	progress_clear(progress);
	for (; w->said < count; is_first = false)
		if (say_change(w, w->said++, is_first, l, d))
			return -1;
	return 0;
}

/* What earlier parts of the run saw, and this one. */
static int
write_run(struct service_watch *w, const char *run_folder, struct diag *d)
{
	struct contact *seen = &w->contact.seen;
	struct contact *run = xcalloc(1, sizeof(*run));
	int got = contact_run_read(run_folder, run, d);
	int ret = -1;

	if (got == 0) {
		*run = *seen;
		seen->runs = run->runs = 1;
	} else if (got > 0) {
		contact_merge(run, seen);
	}
	if (got >= 0)
		ret = contact_run_write(run_folder, run, d);
	free(run);
	return ret;
}

void
service_watch_write(struct service_watch *w, const char *runs_dir,
    const char *run_folder, const struct submitter_facts *facts, int64_t now_ms)
{
	struct contact *seen = &w->contact.seen;
	struct diag d = DIAG_INIT;

	if (seen->status_count == 0)
		return; /* nobody answered */
	contact_watch_end(&w->contact);
	seen->first_ms = seen->last_ms = now_ms;
	seen->has_clock = facts->has_clock;
	seen->clock_offset_ms = facts->clock_offset_ms;
	seen->clock_within_ms = facts->clock_within_ms;
	if (write_run(w, run_folder, &d) ||
	    contact_list_merge(runs_dir, seen, &d))
		warn(&d);
}

const struct contact *
service_of_run(const char *run_folder, struct arena *arena)
{
	struct contact *c = arena_alloc(arena, sizeof(*c));
	struct diag d = DIAG_INIT;
	int got = contact_run_read(run_folder, c, &d);

	if (got < 0)
		warn(&d);
	return got > 0 ? c : NULL;
}
