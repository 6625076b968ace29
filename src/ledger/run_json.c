/* SPDX-License-Identifier: MIT */
/*
 * run.json: what a run belongs to. Strict about its schema and the members
 * that identify the run, tolerant about the rest: unknown members are left
 * alone, missing ones are empty. A path that is no UTF-8 is written once to
 * be read by people and once as hex, which wins.
 */
#include "base/xalloc.h"
#include "run_folder.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RUN_SCHEMA "csv2chakra.run/1"
#define RUN_JSON_MAX ((size_t)256 * 1024)

static void
add_path(cJSON *root, const char *name, const char *path)
{
	static const char digits[] = "0123456789abcdef";
	size_t len = strlen(path), i;
	struct buf shown = BUF_INIT(0), hex = BUF_INIT(0);
	char hex_name[64];

	if (utf8_check(path, len) == len) {
		cJSON_AddStringToObject(root, name, path);
		return;
	}
	text_display(&shown, (struct text){path, len}, 0);
	for (i = 0; i < len; i++) {
		buf_addc(&hex, digits[(unsigned char)path[i] >> 4]);
		buf_addc(&hex, digits[(unsigned char)path[i] & 15]);
	}
	snprintf(hex_name, sizeof(hex_name), "%s_hex", name);
	cJSON_AddStringToObject(root, name, buf_str(&shown));
	cJSON_AddStringToObject(root, hex_name, buf_str(&hex));
	buf_release(&shown);
	buf_release(&hex);
}

void
run_json_write(struct buf *out, const struct run_identity *id)
{
	cJSON *root = cJSON_CreateObject();
	char digits[32], *text;

	cJSON_AddStringToObject(root, "schema", RUN_SCHEMA);
	cJSON_AddStringToObject(root, "id", id->id);
	cJSON_AddStringToObject(root, "started", id->started);
	cJSON_AddStringToObject(root, "input_key", id->input_key);
	cJSON_AddStringToObject(root, "run_key", id->run_key);
	cJSON_AddStringToObject(root, "input_sha256", id->input_sha256);
	/* cJSON would print a large number as 1.5e+15. */
	snprintf(digits, sizeof(digits), "%llu",
	    (unsigned long long)id->input_bytes);
	cJSON_AddRawToObject(root, "input_bytes", digits);
	cJSON_AddStringToObject(root, "base_url", id->base_url);
	cJSON_AddStringToObject(root, "procedure", id->procedure);
	add_path(root, "input_path", id->input_path);
	add_path(root, "mapping_path", id->mapping_path);
	cJSON_AddStringToObject(root, "parent", id->parent);
	cJSON_AddNumberToObject(root, "payload", id->payload_version);
	if (id->marked)
		cJSON_AddTrueToObject(root, "marked");
	text = cJSON_Print(root);
	if (text != NULL) {
		buf_adds(out, text);
		buf_addc(out, '\n');
	}
	cJSON_free(text);
	cJSON_Delete(root);
}

static int
damaged(const char *folder, struct diag *d, const char *why)
{
	diag_set(
	    d, DIAG_INPUT, "unable to read '%s/" RUN_JSON "': %s", folder, why);
	diag_code(d, "run.damaged");
	return diag_help(d, "restore the run folder from a backup");
}

/* Copies a text member; false if it does not fit or is no text. */
static bool
take(const cJSON *root, const char *name, char *out, size_t out_size)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(root, name);
	size_t len;

	out[0] = '\0';
	if (item == NULL || cJSON_IsNull(item))
		return true;
	if (!cJSON_IsString(item))
		return false;
	len = strlen(item->valuestring);
	if (len >= out_size)
		return false;
	memcpy(out, item->valuestring, len + 1);
	return true;
}

static int
nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
take_path(const cJSON *root, const char *name, char *out, size_t out_size)
{
	char hex_name[64];
	const cJSON *item;
	const char *hex;
	size_t n = 0;

	snprintf(hex_name, sizeof(hex_name), "%s_hex", name);
	item = cJSON_GetObjectItemCaseSensitive(root, hex_name);
	if (!cJSON_IsString(item))
		return take(root, name, out, out_size);
	for (hex = item->valuestring; hex[0] != '\0'; hex += 2) {
		int high = nibble(hex[0]);
		int low = hex[1] != '\0' ? nibble(hex[1]) : -1;

		if (high < 0 || low < 0 || n + 1 >= out_size)
			return false;
		out[n++] = (char)(unsigned char)(high * 16 + low);
	}
	out[n] = '\0';
	return true;
}

/* A version that this program does not know is one of a newer program. */
static bool
take_payload(const cJSON *root, struct run_identity *id)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(root, "payload");

	id->payload_version = RUN_PAYLOAD_FIRST;
	if (item == NULL)
		return true;
	if (!cJSON_IsNumber(item) || item->valuedouble < 1 ||
	    item->valuedouble > 1e6)
		return false;
	id->payload_version = item->valueint;
	return true;
}

static bool
take_all(const cJSON *root, struct run_identity *id)
{
	const cJSON *bytes =
	    cJSON_GetObjectItemCaseSensitive(root, "input_bytes");

	if (cJSON_IsNumber(bytes) && bytes->valuedouble >= 0 &&
	    bytes->valuedouble < 9.0e18)
		id->input_bytes = (uint64_t)bytes->valuedouble;
	id->marked =
	    cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(root, "marked"));
	return take(root, "id", id->id, sizeof(id->id)) &&
	       take(root, "started", id->started, sizeof(id->started)) &&
	       take(root, "input_key", id->input_key, sizeof(id->input_key)) &&
	       take(root, "run_key", id->run_key, sizeof(id->run_key)) &&
	       take(root, "input_sha256", id->input_sha256,
		   sizeof(id->input_sha256)) &&
	       take(root, "base_url", id->base_url, sizeof(id->base_url)) &&
	       take(root, "procedure", id->procedure, sizeof(id->procedure)) &&
	       take_path(root, "input_path", id->input_path,
		   sizeof(id->input_path)) &&
	       take_path(root, "mapping_path", id->mapping_path,
		   sizeof(id->mapping_path)) &&
	       take(root, "parent", id->parent, sizeof(id->parent)) &&
	       take_payload(root, id) && id->id[0] != '\0' &&
	       id->input_key[0] != '\0';
}

static int
parse(const char *folder, const struct buf *text, struct run_identity *id,
    struct diag *d)
{
	cJSON *root =
	    cJSON_ParseWithLengthOpts(buf_str(text), text->len + 1, NULL, 1);
	char schema[64];
	int result = 0;

	if (!cJSON_IsObject(root))
		result = damaged(folder, d, "it is no JSON object");
	else if (!take(root, "schema", schema, sizeof(schema)) ||
		 strcmp(schema, RUN_SCHEMA) != 0)
		result =
		    damaged(folder, d, "its schema is not '" RUN_SCHEMA "'");
	else if (!take_all(root, id))
		result = damaged(
		    folder, d, "a member is missing, too long, or no text");
	cJSON_Delete(root);
	return result;
}

/* 0 or an errno value; EFBIG: too long for a run.json. */
static int
read_all(int fd, struct buf *text)
{
	char block[4096];
	ssize_t n;

	while ((n = read(fd, block, sizeof(block))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		if (!buf_add(text, block, (size_t)n))
			return EFBIG;
	}
	return 0;
}

int
run_json_read(
    int at, const char *folder, struct run_identity *id, struct diag *d)
{
	struct buf text = BUF_INIT(RUN_JSON_MAX);
	struct stat st;
	int err, result;
	int fd = openat(
	    at, RUN_JSON, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	memset(id, 0, sizeof(*id));
	if (fd < 0)
		return damaged(folder, d, strerror(errno));
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		err = EINVAL;
	else
		err = read_all(fd, &text);
	close(fd);
	if (err != 0)
		result = damaged(folder, d, strerror(err));
	else
		result = parse(folder, &text, id, d);
	buf_release(&text);
	return result;
}
