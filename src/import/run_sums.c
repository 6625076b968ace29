/* SPDX-License-Identifier: MIT */
/*
 * The sums keep a run from being continued by mistake with a mapping that was
 * worked on in its folder; who can write to the ledger can write a sum, too.
 */
#include "base/hash.h"
#include "base/text.h"
#include "run_reopen.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Number i of the files that a run begins with, and the sum's name. False
 * after the last. */
struct kept {
	char file[32], meta[32];
};
static bool
get_kept(size_t i, struct kept *k)
{
	static const struct kept named[] = {
	    {"run.json", "run_sha256"},
	    {"mapping.yaml", "mapping_sha256"},
	    {"input.sums", "sums_sha256"},
	};
	size_t count = sizeof(named) / sizeof(named[0]);

	if (i >= count + RUN_TABLES_MAX)
		return false;
	if (i < count) {
		*k = named[i];
		return true;
	}
	snprintf(k->file, sizeof(k->file), "table.%zu", i - count + 1);
	snprintf(k->meta, sizeof(k->meta), "table_%zu_sha256", i - count + 1);
	return true;
}

/* "" if there is no such file, or it cannot be read. */
static void
sum_of(const struct run *run, const char *file, char out[SHA256_HEX_SIZE])
{
	char *path = run_path(run, file);
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    sha256_of_file(fd, out) != 0)
		out[0] = '\0';
	if (fd >= 0)
		close(fd);
	free(path);
}

int
run_sums_store(struct ledger *l, const struct run *run, struct diag *d)
{
	char sum[SHA256_HEX_SIZE];
	struct kept k;

	for (size_t i = 0; get_kept(i, &k); i++) {
		sum_of(run, k.file, sum);
		if (sum[0] != '\0' && ledger_set(l, k.meta, sum, d) != 0)
			return -1;
	}
	return 0;
}

static int
changed(const struct run *run, const char *file, bool is_gone, struct diag *d)
{
	diag_set(d, DIAG_INPUT, "'%s/%s' %s; nothing was sent", run_folder(run),
	    file,
	    is_gone ? "is gone, or cannot be read"
		    : "has changed since the run began");
	diag_code(d, "run.changed");
	return diag_help(d,
	    "put it back as it was; to send the rest with another mapping, "
	    "start "
	    "a new run: csv2chakra import --again --skip-existing");
}

int
run_sums_check(struct ledger *l, const struct run *run, struct diag *d)
{
	char sum[SHA256_HEX_SIZE];
	struct kept k;
	int ret = 0;

	for (size_t i = 0; ret == 0 && get_kept(i, &k); i++) {
		char *was = ledger_get(l, k.meta, d);

		if (was == NULL && d->kind != DIAG_NONE)
			return -1;
		if (was == NULL)
			continue; /* of 0.1.0 */
		sum_of(run, k.file, sum);
		if (strcmp(sum, was) != 0)
			ret = changed(run, k.file, sum[0] == '\0', d);
		free(was);
	}
	return ret;
}
