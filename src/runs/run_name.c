/* SPDX-License-Identifier: MIT */
/*
 * Names and keys of runs: where they live, what a run is called, and the two
 * hashes that say which import it is (docs: "The run folder"). Pure but for
 * the environment.
 */
#include "base/hash.h"
#include "base/xalloc.h"
#include "run_folder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

char *
path_join(const char *folder, const char *name)
{
	size_t len = strlen(folder);
	size_t size = len + strlen(name) + 2;
	char *path = xmalloc(size);
	const char *slash = len > 0 && folder[len - 1] == '/' ? "" : "/";

	snprintf(path, size, "%s%s%s", folder, slash, name);
	return path;
}

static char *
absolute(const char *path, struct diag *d)
{
	char *here, *result;

	if (path[0] == '/')
		return xstrdup(path);
	here = getcwd(NULL, 0);
	if (here == NULL) {
		diag_set_errno(d, DIAG_USAGE, errno,
		    "unable to find '%s': the current folder is gone", path);
		return NULL;
	}
	result = path_join(here, path);
	free(here);
	return result;
}

/* Set, not empty, and absolute, as the XDG specification asks for. */
static const char *
folder_variable(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] == '/' ? value : NULL;
}

static char *
find_runs_dir(const char *option, struct diag *d)
{
	const char *value;

	if (option != NULL) {
		if (option[0] != '\0')
			return absolute(option, d);
		diag_set(d, DIAG_USAGE, "--runs-dir is empty");
		diag_help(d, "name a folder");
		return NULL;
	}
	value = getenv("CSV2CHAKRA_RUNS_DIR");
	if (value != NULL && value[0] != '\0')
		return absolute(value, d);
	value = folder_variable("XDG_STATE_HOME");
	if (value != NULL)
		return path_join(value, "csv2chakra/runs");
	value = folder_variable("HOME");
	if (value != NULL)
		return path_join(value, ".local/state/csv2chakra/runs");
	diag_set(d, DIAG_USAGE, "no folder for runs: HOME is not set");
	diag_help(d, "set HOME or CSV2CHAKRA_RUNS_DIR, or use --runs-dir");
	return NULL;
}

char *
runs_dir_default(const char *option, struct diag *d)
{
	char *dir = find_runs_dir(option, d);

	return dir != NULL ? runs_dir_of_user(dir, d) : NULL;
}

/* After its length, so that no two lists of fields hash alike. */
static void
add_field(struct sha256 *h, const char *s, size_t len)
{
	char prefix[32];
	int n = snprintf(prefix, sizeof(prefix), "%zu:", len);

	sha256_add(h, prefix, (size_t)n);
	sha256_add(h, s, len);
}

static void
finish_key(struct sha256 *h, char out[65])
{
	unsigned char digest[SHA256_BYTES];

	sha256_digest(h, digest);
	sha256_hex(digest, out);
	sha256_free(h);
}

void
run_input_key(const char *input_sha256, const char *base_url,
    const char *procedure, char out[65])
{
	struct sha256 *h = sha256_new();

	add_field(h, input_sha256, strlen(input_sha256));
	add_field(h, base_url, strlen(base_url));
	add_field(h, procedure, strlen(procedure));
	finish_key(h, out);
}

const char *
run_import_rest(const struct run_identity *id)
{
	return id->looks_first ? IMPORT_AGAIN : IMPORT_REST;
}

void
run_run_key(const char *input_key, struct text mapping_canonical,
    const char *options_canonical, int payload_version, char out[65])
{
	struct sha256 *h = sha256_new();
	char version[16];
	int n = snprintf(version, sizeof(version), "%d", payload_version);

	add_field(h, input_key, strlen(input_key));
	add_field(h, mapping_canonical.s, mapping_canonical.len);
	add_field(h, options_canonical, strlen(options_canonical));
	add_field(h, version, (size_t)n);
	finish_key(h, out);
}

/* Length of `name` without the extension, if it has it. */
static size_t
without(const char *name, size_t len, const char *extension)
{
	size_t n = strlen(extension);

	if (len >= n && strncasecmp(name + len - n, extension, n) == 0)
		return len - n;
	return len;
}

static size_t
without_extensions(const char *name)
{
	static const char *const packed[] = {
	    ".gz", ".zst", ".xz", ".bz2", ".zip"};
	static const char *const data[] = {
	    ".csv", ".tsv", ".tab", ".psv", ".txt"};
	size_t len = strlen(name), before = len, i;

	for (i = 0; i < sizeof(packed) / sizeof(*packed) && len == before; i++)
		len = without(name, len, packed[i]);
	before = len;
	for (i = 0; i < sizeof(data) / sizeof(*data) && len == before; i++)
		len = without(name, len, data[i]);
	return len;
}

static bool
is_plain(unsigned char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

void
run_stem(const char *input_name, char out[RUN_STEM_MAX + 1])
{
	const char *slash = strrchr(input_name, '/');
	const char *name = slash != NULL ? slash + 1 : input_name;
	size_t len, i, n = 0;

	if (strcmp(input_name, "-") == 0) {
		memcpy(out, "stdin", sizeof("stdin"));
		return;
	}
	len = without_extensions(name);
	for (i = 0; i < len && n < RUN_STEM_MAX; i++) {
		unsigned char c = (unsigned char)name[i];

		if ((c & 0xc0) == 0x80 && n > 0)
			continue; /* one '-' for a character of many bytes */
		if (c == '.' && n == 0)
			continue; /* would be a hidden name */
		out[n++] = (char)(is_plain(c) ? c : '-');
	}
	out[n] = '\0';
	if (n == 0)
		memcpy(out, "input", sizeof("input"));
}

static bool
all_of(const char *s, size_t len, const char *set)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (s[i] == '\0' || strchr(set, s[i]) == NULL)
			return false;
	return true;
}

bool
run_is_sum(const char *s)
{
	return strlen(s) == SHA256_HEX_SIZE - 1 &&
	       all_of(s, SHA256_HEX_SIZE - 1, "0123456789abcdef");
}

void
run_take_name(struct run_identity *id, const char *name)
{
	if (strlen(name) < sizeof(id->id))
		memcpy(id->id, name, strlen(name) + 1);
}

/* YYYYMMDDTHHMMSSZ-stem-xxxxxx */
bool
run_id_is_valid(const char *name)
{
	static const char digits[] = "0123456789";
	size_t len = strlen(name), i;

	if (len < 16 + 1 + 1 + 1 + 6 || len > 16 + 1 + RUN_STEM_MAX + 1 + 6)
		return false;
	if (!all_of(name, 8, digits) || name[8] != 'T' ||
	    !all_of(name + 9, 6, digits) || name[15] != 'Z' ||
	    name[16] != '-' || name[17] == '.')
		return false;
	for (i = 17; i < len - 7; i++)
		if (!is_plain((unsigned char)name[i]))
			return false;
	return name[len - 7] == '-' &&
	       all_of(name + len - 6, 6, "0123456789abcdef");
}
