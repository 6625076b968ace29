/* SPDX-License-Identifier: MIT */
/*
 * run.json: what a run belongs to. Strict about its schema, the members that
 * identify the run, and the range of each; tolerant about the rest: unknown
 * members are left alone, missing ones are empty. A path that is not UTF-8 is
 * written once to be read by people and once as hex, which wins.
 */
#include "base/civil.h"
#include "base/json_read.h"
#include "base/json_write.h"
#include "base/xalloc.h"
#include "run_folder.h"
#include "system/atomic_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RUN_SCHEMA "csv2chakra.run/1"
#define RUN_JSON_MAX ((size_t)256 * 1024)
#define PAYLOAD_MAX 1000000

static bool
is_moment(const char *s)
{
	int64_t ms;

	return civil_read_iso8601(s, &ms);
}

/* A folder of the runs folder, under whatever name: never a path. */
static bool
is_run_name(const char *s)
{
	return s[0] != '.' && strchr(s, '/') == NULL &&
	       strcmp(s, RUN_LATEST) != 0;
}

static bool
is_kind(const char *s)
{
	return strcmp(s, RUN_KIND_UNDO) == 0;
}

static const struct member {
	const char *name;
	size_t at, size;
	bool is_needed;
	bool (*holds)(const char *s); /* asked if it is not empty */
} members[] = {
#define MEMBER(m)                                                              \
#m, offsetof(struct run_identity, m),                                  \
	    sizeof(((struct run_identity *)NULL)->m)
    {MEMBER(id), true, run_id_is_valid},
    {MEMBER(started), true, is_moment},
    {MEMBER(input_key), true, run_is_sum},
    {MEMBER(run_key), false, run_is_sum},
    {MEMBER(input_sha256), false, run_is_sum},
    {MEMBER(base_url), false, NULL},
    {MEMBER(procedure), false, NULL},
    {MEMBER(input_path), false, NULL},
    {MEMBER(mapping_path), false, NULL},
    {MEMBER(parent), false, is_run_name},
    {MEMBER(kind), false, is_kind},
    {MEMBER(whole_key), false, run_is_sum},
    {MEMBER(whole_name), false, NULL},
#undef MEMBER
};
/* The members from here on are those of a run of a part. */
#define FIRST_OF_PART (sizeof(members) / sizeof(members[0]) - 2)

static void
add_text(struct buf *b, const char *name, const char *s)
{
	struct buf shown = BUF_INIT(0), hex = BUF_INIT(0);
	char hex_name[64];

	if (text_whole(s).len == strlen(s)) {
		json_string(b, name, s);
		return;
	}
	text_display(&shown, text_of(s), 0);
	for (; *s != '\0'; s++)
		buf_addf(&hex, "%02x", (unsigned char)*s);
	snprintf(hex_name, sizeof(hex_name), "%s_hex", name);
	json_string(b, name, buf_str(&shown));
	json_string(b, hex_name, buf_str(&hex));
	buf_release(&shown);
	buf_release(&hex);
}

void
run_json_write(struct buf *out, const struct run_identity *id)
{
	struct buf b = BUF_INIT(0);

	json_object(&b, NULL);
	json_string(&b, "schema", RUN_SCHEMA);
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		const struct member *m = &members[i];

		if (i >= FIRST_OF_PART && id->whole_key[0] == '\0')
			break;
		if (m->at == offsetof(struct run_identity, kind) &&
		    id->kind[0] == '\0')
			continue;
		add_text(&b, m->name, (const char *)id + m->at);
		if (m->at == offsetof(struct run_identity, input_sha256))
			json_uint(&b, "input_bytes", id->input_bytes);
	}
	if (id->whole_key[0] != '\0') {
		json_uint(&b, "first_row", id->first_row);
		json_uint(&b, "last_row", id->last_row);
	}
	json_int(&b, "payload", id->payload_version);
	if (id->marked)
		json_bool(&b, "marked", true);
	if (id->looks_first)
		json_bool(&b, "looks_first", true);
	json_end_object(&b);
	json_lay_out(out, (struct text){buf_str(&b), b.len}, &json_filed);
	buf_addc(out, '\n');
	buf_release(&b);
}

static int
damaged(const char *folder, struct diag *d, const char *why)
{
	diag_set(
	    d, DIAG_INPUT, "unable to read '%s/" RUN_JSON "': %s", folder, why);
	diag_code(d, "run.damaged");
	return diag_help(d, "restore the run folder from a backup");
}

static int
damaged_member(const char *folder, const char *name, struct diag *d)
{
	char why[128];

	snprintf(why, sizeof(why),
	    "its member '%s' is missing, or out of its range", name);
	return damaged(folder, d, why);
}

int
run_refuse_circle(const char *folder, const char *again, struct diag *d)
{
	diag_set(d, DIAG_INPUT,
	    "the run in '%s' was changed: in the chain of runs that it "
	    "retries, run %s comes before itself",
	    folder, again);
	diag_code(d, "run.changed");
	return diag_help(d, "restore the run folder from a backup");
}

/* Copies a text member; false if it does not fit or is not text. */
static bool
take(struct text root, const char *name, char *out, size_t out_size)
{
	struct text value = json_member(root, name);

	out[0] = '\0';
	return value.s == NULL || text_is(value, "null") ||
	       json_get_text(value, out, out_size);
}

static bool
take_path(struct text root, const char *name, char *out, size_t out_size)
{
	char hex_name[64];
	struct text hex;
	size_t n = 0;

	snprintf(hex_name, sizeof(hex_name), "%s_hex", name);
	hex = json_member(root, hex_name);
	if (hex.s == NULL)
		return take(root, name, out, out_size);
	if (hex.len < 2 || hex.s[0] != '"' || hex.len / 2 > out_size)
		return false;
	for (size_t i = 1; i + 1 < hex.len; i += 2) {
		/* The closing quote is not a digit either. */
		int high = text_hex_digit(hex.s[i]);
		int low = text_hex_digit(hex.s[i + 1]);

		if (high < 0 || low < 0 || high + low == 0)
			return false;
		out[n++] = (char)(unsigned char)(high * 16 + low);
	}
	out[n] = '\0';
	return true;
}

static bool
take_member(struct text root, const struct member *m, struct run_identity *id)
{
	char *at = (char *)id + m->at;

	return take_path(root, m->name, at, m->size) &&
	       (at[0] == '\0' ? !m->is_needed
			      : m->holds == NULL || m->holds(at));
}

/* NULL, or the name of the first member that is not as the program writes it.
 * A payload that this program does not know is one of a newer program. */
static const char *
take_all(struct text root, struct run_identity *id)
{
	struct text bytes = json_member(root, "input_bytes");
	struct text version = json_member(root, "payload");
	struct text marked = json_member(root, "marked");
	struct text looks = json_member(root, "looks_first");
	uint64_t payload = RUN_PAYLOAD_FIRST;

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (!take_member(root, &members[i], id))
			return members[i].name;
	if (bytes.s != NULL && !json_get_uint(bytes, &id->input_bytes))
		return "input_bytes";
	if (version.s != NULL && (!json_get_uint(version, &payload) ||
				     payload < 1 || payload > PAYLOAD_MAX))
		return "payload";
	if (id->whole_key[0] != '\0' &&
	    (!json_get_uint(json_member(root, "first_row"), &id->first_row) ||
		!json_get_uint(json_member(root, "last_row"), &id->last_row) ||
		id->first_row > id->last_row))
		return "first_row";
	if (marked.s != NULL && !json_get_bool(marked, &id->marked))
		return "marked";
	if (looks.s != NULL && !json_get_bool(looks, &id->looks_first))
		return "looks_first";
	id->payload_version = (int)payload;
	return NULL;
}

/* A run cannot retry itself: who follows its parents would never end. */
static int
check_parent(const char *folder, const struct run_identity *id, struct diag *d)
{
	const char *slash = strrchr(folder, '/');
	const char *name = slash != NULL ? slash + 1 : folder;

	if (id->parent[0] == '\0' ||
	    (strcmp(id->parent, id->id) != 0 && strcmp(id->parent, name) != 0))
		return 0;
	return run_refuse_circle(folder, id->parent, d);
}

static int
parse(const char *folder, const struct buf *text, struct run_identity *id,
    struct diag *d)
{
	const char *bad;
	struct text root;

	if (!json_document((struct text){buf_str(text), text->len}, &root) ||
	    !json_is_object(root))
		return damaged(folder, d, "it is not a JSON object");
	if (!json_is_text(json_member(root, "schema"), RUN_SCHEMA))
		return damaged(folder, d, "its schema is not '" RUN_SCHEMA "'");
	bad = take_all(root, id);
	if (bad != NULL)
		return damaged_member(folder, bad, d);
	return check_parent(folder, id, d);
}

int
run_json_read(
    int at, const char *folder, struct run_identity *id, struct diag *d)
{
	struct buf text = BUF_INIT(RUN_JSON_MAX);
	const char *why = file_read_whole(at, RUN_JSON, &text);
	bool is_denied = why != NULL && errno == EACCES;
	int ret;

	memset(id, 0, sizeof(*id));
	ret = why ? damaged(folder, d, why) : parse(folder, &text, id, d);
	if (is_denied) { /* it may be as good as ever */
		diag_code(d, "");
		diag_help_open(d, EACCES, RUN_JSON);
	}
	buf_release(&text);
	return ret;
}
