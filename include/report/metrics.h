/* SPDX-License-Identifier: MIT */
#ifndef REPORT_METRICS_H
#define REPORT_METRICS_H

/*
 * --metrics-file: how a run went, in Prometheus' text format, for the
 * textfile collector of node-exporter. Every sample carries the label
 * `import`, the file's name without its ending: several imports in one folder
 * never clash, and a series lives on from run to run. The file appears whole,
 * mode 0644. It is written however the command ends, but for a kill; what is
 * not known (the rows of a run that never began) is left out.
 */

#include "base/diag.h"
#include "report/run_report.h"
#include "system/clock.h"

#include <stdbool.h>
#include <stdint.h>

struct run_metrics {
	const char *path, *command;
	int64_t started_ms, started_mono_ms;
	int64_t last_success_ms; /* of the file that is there; 0 = never */
	bool has_books;		 /* the members below are known */
	struct accounts accounts;
	char run_id[128], procedure[256];
};

/* Before anything is sent: reads the last success out of the file that is
 * there, and finds out whether a new one can be written. -1: it cannot. */
int metrics_begin(struct run_metrics *m, const char *path, const char *command,
    const struct clock *clock, struct diag *d);
/* Copies what the books say; m may be NULL. */
void metrics_take(struct run_metrics *m, const struct run_report *r);
/* Writes the file. */
int metrics_end(const struct run_metrics *m, int exit_status,
    const struct clock *clock, struct diag *d);

/* The text of it, for tests: `now_ms` is the end. */
void metrics_text(const struct run_metrics *m, int exit_status, int64_t now_ms,
    int64_t duration_ms, struct buf *out);
/* The last success in such a text, ms; 0 = none. */
int64_t metrics_last_success(const char *text);

#endif
