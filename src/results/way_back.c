/* SPDX-License-Identifier: MIT */
/*
 * The way back of an update: the folder of a diff whose input is in it, too.
 *
 * Which fields there are is known after the last row, so rows wait in a file
 * without a name, as JSON lines, and become rows.csv then. Its cells are JSON
 * but for the key, which has an apostrophe before it that the mapping takes
 * off: no cell of it is a formula to a spreadsheet.
 */
#include "base/hash.h"
#include "base/json_read.h"
#include "base/json_write.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "csv_writer.h"
#include "results/row_files.h"
#include "system/atomic_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DATA "data."
#define RECORD_DATA "record.data."

struct way_path {
	char *path;
	uint64_t rows; /* that change it */
};

struct way_back {
	struct way_back_target target; /* borrowed */
	struct change_files *files;
	FILE *spool;
	struct way_path *paths;
	size_t path_count, path_cap;
	uint64_t rows;
	bool keys_are_text;
	struct diag failure;
};

struct way_back *
way_back_new(const struct way_back_target *target, struct diag *d)
{
	struct way_back *w = xcalloc(1, sizeof(*w));
	int fd;

	w->target = *target;
	w->files = change_files_new(target->folder, d);
	if (w->files == NULL) {
		way_back_free(w);
		return NULL;
	}
	fd = file_open_nameless(target->folder);
	w->spool = fd < 0 ? NULL : fdopen(fd, "w+");
	if (w->spool == NULL) {
		diag_set_errno(d, DIAG_DISK, errno, "unable to write in '%s'",
		    target->folder);
		if (fd >= 0)
			close(fd);
		way_back_free(w);
		return NULL;
	}
	return w;
}

static void
count_path(struct way_back *w, const char *path)
{
	size_t i = 0;

	while (i < w->path_count && strcmp(w->paths[i].path, path) != 0)
		i++;
	if (i == w->path_count) {
		ARRAY_ROOM(w->paths, w->path_count, w->path_cap);
		w->paths[w->path_count++] =
		    (struct way_path){.path = xstrdup(path)};
	}
	w->paths[i].rows++;
}

static int
refuse_key(struct way_back *w, struct text key, const char *why)
{
	struct buf shown = BUF_INIT(256);

	text_display(&shown, key, 60);
	diag_set(
	    &w->failure, DIAG_INPUT, "the key %s %s", buf_str(&shown), why);
	buf_release(&shown);
	return -1;
}

/* One mapping reads all keys. */
static int
check_key(struct way_back *w, struct text key)
{
	bool is_text = key.len > 0 && key.s[0] == '"';
	struct buf decoded = BUF_INIT(0);
	bool has_nul;

	json_decode(key, &decoded);
	has_nul =
	    decoded.len == 0 || memchr(decoded.data, '\0', decoded.len) != NULL;
	buf_release(&decoded);
	if (has_nul)
		return refuse_key(w, key, "cannot stand in a CSV file");
	if (w->rows > 0 && w->keys_are_text != is_text)
		return refuse_key(
		    w, key, "and others are of two kinds, number and text");
	w->keys_are_text = is_text;
	return 0;
}

void
way_back_add(struct way_back *w, const struct way_back_row *row)
{
	struct field_line line = {.row = w->rows + 2,
	    .key = row->key,
	    .process_id = text_of(row->process_id),
	    .verb = w->target.mode};
	struct buf path = BUF_INIT(0), json = BUF_INIT(0);
	struct json_walk walk;
	struct text name;

	if (w->failure.kind != DIAG_NONE || check_key(w, row->key))
		return;
	json_walk_begin(&walk, row->before);
	while (json_walk_next(&walk, &name, &line.after)) {
		buf_clear(&path);
		json_decode(name, &path);
		count_path(w, buf_str(&path));
		line.field = buf_text(&path);
		line.before = json_member(row->after, buf_str(&path));
		if (line.before.s == NULL)
			line.before = TEXT_LITERAL("null");
		change_files_add(w->files, &line);
	}
	json_array(&json, NULL);
	json_token(&json, NULL, row->key);
	json_token(&json, NULL, row->before);
	json_end_array(&json);
	buf_addc(&json, '\n');
	(void)fwrite(json.data, 1, json.len, w->spool);
	w->rows++;
	buf_release(&json);
	buf_release(&path);
}

/*
 * rows.csv
 */

/* What an attribute with a list of its own is written as. */
static bool
is_plain(const char *path)
{
	return strcmp(path, "status") == 0;
}

static void
write_row(const struct way_back *w, struct csv_writer *out, struct text line)
{
	struct json_walk pair;
	struct text key, before;
	struct buf cell = BUF_INIT(0);

	json_walk_begin(&pair, line);
	(void)json_walk_next(&pair, NULL, &key);
	(void)json_walk_next(&pair, NULL, &before);
	buf_addc(&cell, '\'');
	json_decode(key, &cell);
	csv_cell(out, buf_text(&cell));
	for (size_t i = 0; i < w->path_count; i++) {
		struct text value = json_member(before, w->paths[i].path);

		buf_clear(&cell);
		if (value.s != NULL && is_plain(w->paths[i].path))
			json_decode(value, &cell);
		else if (value.s != NULL)
			buf_add(&cell, value.s, value.len);
		csv_cell(out, buf_text(&cell));
	}
	csv_end_row(out);
	buf_release(&cell);
}

static int
write_rows(struct way_back *w, const char *path, char sum[SHA256_HEX_SIZE],
    struct diag *d)
{
	struct atomic_file f = {.stream = NULL};
	struct csv_writer out;
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	if (fflush(w->spool) != 0 || ferror(w->spool))
		return diag_set_errno(
		    d, DIAG_DISK, errno, "unable to write '%s'", path);
	rewind(w->spool);
	if (atomic_open(&f, path, d))
		return -1;
	csv_writer_init(&out, f.stream, ',', "\n");
	csv_cell_str(&out, "key");
	for (size_t i = 0; i < w->path_count; i++)
		csv_cell_str(&out, w->paths[i].path);
	csv_end_row(&out);
	while ((n = getline(&line, &size, w->spool)) > 0)
		write_row(w, &out, (struct text){line, (size_t)n - 1});
	free(line);
	if (ferror(w->spool)) {
		atomic_abort(&f);
		return diag_set_errno(d, DIAG_DISK, errno,
		    "unable to read what '%s' is made of", path);
	}
	if (atomic_finish(&f, sum, d) || atomic_commit(&f, d)) {
		atomic_abort(&f);
		return -1;
	}
	return 0;
}

/*
 * mapping.yaml
 */

/* In double quotes; what YAML takes for a line break is escaped, too. */
static void
add_yaml(struct buf *out, struct text t)
{
	static const struct {
		const char *bytes, *escape;
	} breaks[] = {{"\xc2\x85", "\\u0085"}, {"\xe2\x80\xa8", "\\u2028"},
	    {"\xe2\x80\xa9", "\\u2029"}, {"\xef\xbb\xbf", "\\ufeff"},
	    {"\x7f", "\\u007f"}};
	struct buf json = BUF_INIT(0);

	(void)json_add_string(&json, t);
	for (size_t at = 0, i; at < json.len;) {
		for (i = 0; i < sizeof(breaks) / sizeof(breaks[0]); i++)
			if (strncmp(buf_str(&json) + at, breaks[i].bytes,
				strlen(breaks[i].bytes)) == 0)
				break;
		if (i == sizeof(breaks) / sizeof(breaks[0])) {
			buf_addc(out, json.data[at++]);
			continue;
		}
		buf_adds(out, breaks[i].escape);
		at += strlen(breaks[i].bytes);
	}
	buf_release(&json);
}

static bool
begins(const char *path, const char *with)
{
	return strncmp(path, with, strlen(with)) == 0;
}

/* The fields below `place`, or those at the root. */
static void
add_fields(const struct way_back *w, const char *place, const char *indent,
    struct buf *out)
{
	for (size_t i = 0; i < w->path_count; i++) {
		const char *path = w->paths[i].path;
		bool is_root =
		    !begins(path, DATA) && !begins(path, RECORD_DATA);

		if (place == NULL ? !is_root : !begins(path, place))
			continue;
		buf_adds(out, indent);
		add_yaml(out, text_of(place ? path + strlen(place) : path));
		buf_addf(out, ": {index: %zu, ", i + 2);
		buf_adds(out,
		    is_plain(path) ? "clear: [\"null\"]}\n" : "type: json}\n");
	}
}

static bool
has_place(const struct way_back *w, const char *place)
{
	for (size_t i = 0; i < w->path_count; i++)
		if (begins(w->paths[i].path, place))
			return true;
	return false;
}

static void
add_send_only(const struct way_back *w, struct buf *out)
{
	const struct way_back_target *t = &w->target;
	size_t count = 0;

	for (size_t i = 0; i < w->path_count; i++)
		for (size_t k = 0; k < t->send_count; k++) {
			if (!text_is(t->send_only[k], w->paths[i].path))
				continue;
			buf_adds(out,
			    count++ > 0 ? ", " : "update:\n  send_only: [");
			add_yaml(out, t->send_only[k]);
		}
	if (count > 0)
		buf_adds(out, "]\n");
}

static void
add_mapping(const struct way_back *w, struct buf *out)
{
	const struct way_back_target *t = &w->target;

	buf_addf(out,
	    "# The way back of what run %s updated. It is bound to rows.csv:\n"
	    "# csv2chakra import --changes FOLDER takes both from here.\n"
	    "version: 1\nmode: %s\nprocedure: ",
	    t->run_id, t->mode);
	add_yaml(out, text_of(t->procedure));
	buf_adds(out,
	    "\nsource: {encoding: utf-8, delimiter: \",\"}\nkey:\n  name: ");
	add_yaml(out, text_of(t->key_name));
	buf_addf(out, "\n%s  index: 1\n  trim: false\n",
	    t->key_in_data ? "  in: data\n" : "");
	if (!w->keys_are_text)
		buf_adds(out, "  type: integer\n");
	buf_adds(out, "  replace: {pattern: \"^'\", with: \"\"}\n");
	add_fields(w, NULL, "", out);
	if (has_place(w, DATA)) {
		buf_adds(out, "data:\n");
		add_fields(w, DATA, "  ", out);
	}
	if (has_place(w, RECORD_DATA)) {
		buf_adds(out, "record:\n  data:\n");
		add_fields(w, RECORD_DATA, "    ", out);
	}
	add_send_only(w, out);
}

static int
write_mapping(const struct way_back *w, const char *path,
    char sum[SHA256_HEX_SIZE], struct diag *d)
{
	struct atomic_file f = {.stream = NULL};
	struct buf out = BUF_INIT(0);
	int failed = atomic_open(&f, path, d);

	if (failed)
		return -1;
	add_mapping(w, &out);
	(void)fwrite(out.data, 1, out.len, f.stream);
	buf_release(&out);
	failed = atomic_finish(&f, sum, d) || atomic_commit(&f, d);
	if (failed)
		atomic_abort(&f);
	return failed ? -1 : 0;
}

int
way_back_commit(struct way_back *w, struct diag *d)
{
	char input_sum[SHA256_HEX_SIZE], mapping_sum[SHA256_HEX_SIZE];
	const struct way_back_target *t = &w->target;
	struct buf path = BUF_INIT(0), json = BUF_INIT(0);
	const struct change_summary summary = {.input = WAY_BACK_INPUT,
	    .procedure = t->procedure,
	    .base_url = t->base_url,
	    .mode = t->mode,
	    .way_back_of = t->run_id};
	int failed;

	if (w->failure.kind != DIAG_NONE) {
		*d = w->failure;
		return -1;
	}
	buf_addf(&path, "%s/" WAY_BACK_INPUT, t->folder);
	failed = write_rows(w, buf_str(&path), input_sum, d);
	buf_clear(&path);
	buf_addf(&path, "%s/" WAY_BACK_MAPPING, t->folder);
	failed = failed || write_mapping(w, buf_str(&path), mapping_sum, d);
	json_object(&json, NULL);
	json_string(&json, "schema", CHANGES_SCHEMA);
	json_string(&json, "way_back_of", t->run_id);
	json_string(&json, "input", WAY_BACK_INPUT);
	json_string(&json, "input_sha256", input_sum);
	json_string(&json, "mapping_sha256", mapping_sum);
	json_string(&json, "mode", t->mode);
	json_string(&json, "procedure", t->procedure);
	json_string(&json, "base_url", t->base_url);
	json_object(&json, "rows");
	json_uint(&json, "read", w->rows);
	json_uint(&json, "to_change", w->rows);
	json_end_object(&json);
	json_object(&json, "fields");
	for (size_t i = 0; i < w->path_count; i++)
		json_uint(&json, w->paths[i].path, w->paths[i].rows);
	json_end_object(&json);
	json_end_object(&json);
	failed = failed || change_files_commit(w->files, &json, &summary, d);
	buf_release(&json);
	buf_release(&path);
	return failed ? -1 : 0;
}

void
way_back_free(struct way_back *w)
{
	if (w == NULL)
		return;
	for (size_t i = 0; i < w->path_count; i++)
		free(w->paths[i].path);
	free(w->paths);
	if (w->spool != NULL)
		fclose(w->spool);
	change_files_free(w->files);
	free(w);
}
