/* SPDX-License-Identifier: MIT */
/*
 * Each is tried rather than computed, where that is possible: descriptors are
 * opened and closed again, so that those which were inherited count, too.
 */
#include "readiness.h"

#include "base/xalloc.h"
#include "plan/reading.h"
#include "runs/run.h"
#include "system/atomic_file.h"
#include "system/screen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

/* Opened after the sending began: ledger, log and mark, the second reading of
 * the input, row files, report and page, a library that is loaded late. */
#define FILES_OF_RUN 32
/* A socket, and what looks up its name. */
#define FILES_OF_REQUEST 4

/* Of a row in results.csv and in the ledger (verb.h, sent_writer), of a chunk
 * and its calls there. */
#define ROW_BYTES (100 + 60)
#define CHUNK_BYTES 2000

/* True if this many more files can be opened. */
static bool
can_open(size_t count)
{
	int *fds = xcalloc(count, sizeof(*fds));
	size_t n = 0;

	while (n < count &&
	       (fds[n] = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)) >= 0)
		n++;
	for (size_t i = 0; i < n; i++)
		close(fds[i]);
	free(fds);
	return n == count;
}

static int
check_files(uint64_t in_flight, struct diag *d)
{
	size_t count = FILES_OF_RUN + (size_t)in_flight * FILES_OF_REQUEST;
	struct rlimit limit;

	if (can_open(count))
		return 0;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return diag_set_errno(d, DIAG_DISK, errno,
		    "unable to ask how many files may be open");
	limit.rlim_cur = limit.rlim_max - limit.rlim_cur > count
			     ? limit.rlim_cur + count
			     : limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) == 0 && can_open(count))
		return 0;
	diag_set(d, DIAG_USAGE,
	    "the run may need %zu more open files, and the limit of this "
	    "process is %llu",
	    count, (unsigned long long)limit.rlim_cur);
	diag_code(d, "usage.open_files");
	return diag_help(d, "raise the limit (ulimit -Hn shows the maximum), "
			    "or use fewer calls "
			    "at once with --in-flight");
}

static int
check_folder(const char *folder, struct diag *d)
{
	struct atomic_file probe;

	if (atomic_open_in(&probe, folder, d) != 0)
		return -1;
	atomic_abort(&probe);
	return 0;
}

static uint64_t
table_bytes(const struct mapping *m, const char *runs_dir)
{
	uint64_t bytes = 0;

	for (size_t i = 0; m != NULL && i < m->lookup_file_count; i++)
		bytes += run_table_room(runs_dir, m->lookup_files[i].path,
		    m->lookup_files[i].sha256);
	return bytes;
}

static const char *
what_needs(bool has_tables, bool has_keys)
{
	if (has_tables && has_keys)
		return "the ledger, the results, the unique keys and the "
		       "lookup tables";
	if (has_tables)
		return "the ledger, the results and the lookup tables";
	return has_keys ? "the ledger, the results and the unique keys"
			: "the ledger and the results";
}

int
readiness_check(const struct readiness *r, struct diag *d)
{
	uint64_t chunk_rows = r->chunk_rows ? r->chunk_rows : 1;
	uint64_t tables = table_bytes(r->new_tables_of, r->runs_dir);
	uint64_t bytes = r->lines * ROW_BYTES +
			 (r->lines / chunk_rows + 1) * CHUNK_BYTES +
			 r->keys_bytes + tables;

	if (check_files(r->in_flight, d) != 0 ||
	    disk_room_check(r->folder, bytes,
		what_needs(tables > 0, r->keys_bytes > 0), d) != 0)
		return -1;
	return check_folder(r->folder, d);
}

/* What the chunks of an input hold together. */
struct ahead {
	uint64_t records, rejected;
};

static int
count_chunk(void *ctx, const struct chunk *k, struct diag *d)
{
	struct ahead *a = ctx;

	(void)d;
	a->records += k->records;
	a->rejected += k->rejected;
	return 0;
}

int
readiness_look_ahead(struct plan *p, const struct settings *o, struct diag *d)
{
	const struct expected_rows *want = &o->expect_rows;
	struct meter *meter = settings_meter(o);
	struct ahead a = {0};
	int failed;

	if (!want->is_set && !o->all_or_nothing)
		return 0;
	(void)meter_phase(meter, "checking");
	failed = reading_ahead(p, NULL, count_chunk, &a, d);
	(void)meter_phase(meter, NULL);
	if (failed || expected_rows_check(want, a.records, p->csv_name, d))
		return -1;
	return o->all_or_nothing && a.rejected;
}
