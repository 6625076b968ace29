/* SPDX-License-Identifier: MIT */
/*
 * version: one line. With -v what a report of a bug needs: the libraries that
 * this process would work with, each asked for its own version. They are
 * loaded for that by name, so that plain `version` loads none that it is not
 * linked with, and so that this file needs none of their headers.
 */
#include "command.h"
#include "system/library.h"

struct version_api {
	const char *(*ask)(void);
};

static const struct {
	const char *name, *soname, *package, *function;
} libraries[] = {
    {"curl", "libcurl.so.4", "libcurl4", "curl_version"},
    {"archive", "libarchive.so.13", "libarchive13", "archive_version_details"},
    {"sqlite", "libsqlite3.so.0", "libsqlite3-0", "sqlite3_libversion"},
    {"yaml", "libyaml-0.so.2", "libyaml-0-2", "yaml_get_version_string"},
    {"cjson", "libcjson.so.1", "libcjson1", "cJSON_Version"},
    {"utf8proc", "libutf8proc.so.2", "libutf8proc2", "utf8proc_version"},
    {"zlib", "libz.so.1", "zlib1g", "zlibVersion"},
};

static void
add_library(struct buf *out, size_t i)
{
	const struct library_symbol symbol = {
	    libraries[i].function, offsetof(struct version_api, ask)};
	struct version_api api = {NULL};
	struct diag d = DIAG_INIT;

	buf_addf(out, "  %-8s  ", libraries[i].name);
	if (library_load(libraries[i].soname, libraries[i].package, &symbol, 1,
		&api, &d) < 0)
		buf_addf(out, "%s\n", d.message);
	else
		buf_addf(out, "%s\n", api.ask());
}

static int
run_version(struct options *o, struct diag *d)
{
	struct buf out = BUF_INIT(1 << 16);

	buf_adds(&out, "csv2chakra " CSV2CHAKRA_VERSION "\n");
	for (size_t i = 0; o->settings.verbose &&
			   i < sizeof(libraries) / sizeof(libraries[0]);
	     i++)
		add_library(&out, i);
	return command_answer(&out, false, d);
}

const struct command command_version = {
    .id = COMMAND_VERSION,
    .name = "version",
    .operands = "",
    .summary = "show the program's version",
    .details = "With -v, also the versions of the libraries it uses.",
    .examples = {{"version", "the version on one line"},
	{"version -v", "and those of its libraries"}},
    .run = run_version,
};
