/* SPDX-License-Identifier: MIT */
/*
 * The sums keep a run from being continued by mistake with a mapping that was
 * worked on in its folder; who can write to the ledger can write a sum, too.
 */
#include "base/hash.h"
#include "base/text.h"
#include "import/run_reopen.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
	const char *file, *meta;
} kept[] = {
    {"run.json", "run_sha256"},
    {"mapping.yaml", "mapping_sha256"},
    {"input.sums", "sums_sha256"},
};

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

	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		sum_of(run, kept[i].file, sum);
		if (sum[0] != '\0' && ledger_set(l, kept[i].meta, sum, d) != 0)
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
		    : "is not as the run began with it");
	diag_code(d, "run.changed");
	return diag_help(d,
	    "put it back as it was; with another mapping the rest is a run of "
	    "its own: csv2chakra import --again --skip-existing");
}

int
run_sums_check(struct ledger *l, const struct run *run, struct diag *d)
{
	char sum[SHA256_HEX_SIZE];
	int ret = 0;

	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]) && ret == 0;
	     i++) {
		char *was = ledger_get(l, kept[i].meta, d);

		if (was == NULL && d->kind != DIAG_NONE)
			return -1;
		if (was == NULL)
			continue; /* of 0.1.0 */
		sum_of(run, kept[i].file, sum);
		if (strcmp(sum, was) != 0)
			ret = changed(run, kept[i].file, sum[0] == '\0', d);
		free(was);
	}
	return ret;
}
