/* SPDX-License-Identifier: MIT */
/* The verbs, and the paths of the API. */
#include "chakra/verb.h"

#include "base/json_write.h"

#include <assert.h>
#include <string.h>

static const struct verb verbs[VERB_COUNT] = {
    [VERB_CREATE] = {.method = "POST",
	.path = "/bulk-create",
	.open = "[",
	.between = ",",
	.close = "]",
	.job = {"_data", "id"},
	.repeatable = false,
	.done = OUTCOME_CREATED},
    [VERB_UPDATE] = {.method = "PATCH",
	.path = "",
	.open = "{\"processes\":[",
	.between = ",",
	.close = "]}",
	.job = {"_data", "id"},
	/* A job that runs late may write over what came after it. */
	.repeatable = false,
	.changes = true,
	.done = OUTCOME_UPDATED},
    [VERB_DELETE] = {.method = "DELETE",
	.path = "",
	.open = "",
	.between = "",
	.close = "",
	.job = {"_data", "id"},
	/* An id is never given to another process. */
	.repeatable = true,
	.done = OUTCOME_DELETED},
};

const struct verb *
verb_of(enum verb_id id)
{
	assert(id < VERB_COUNT);
	return &verbs[id];
}

const struct mode_verbs *
verbs_of_mode(const char *mode)
{
	static const struct mode_verbs modes[] = {
	    {"create", VERB_CREATE, NULL},
	    {"update", VERB_UPDATE, NULL},
	    {"upsert", VERB_UPDATE, &verbs[VERB_CREATE]},
	};
	size_t i = 0;

	while (i < sizeof(modes) / sizeof(modes[0]) - 1 &&
	       strcmp(modes[i].mode, mode) != 0)
		i++;
	assert(strcmp(modes[i].mode, mode) == 0);
	return &modes[i];
}

enum verb_id
verb_named(const char *name)
{
	int i = 0;

	while (i < VERB_COUNT - 1 &&
	       strcmp(outcome_row(verbs[i].done)->verb, name) != 0)
		i++;
	return (enum verb_id)i;
}

void
verb_body_add(const struct verb *v, struct buf *body, struct text row)
{
	buf_adds(body, body->len == 0 ? v->open : v->between);
	buf_add(body, row.s, row.len);
}

void
verb_body_end(const struct verb *v, struct buf *body)
{
	buf_adds(body, v->close);
}

size_t
verb_frame_bytes(const struct verb *v, size_t rows)
{
	return strlen(v->open) + strlen(v->close) +
	       (rows > 1 ? rows - 1 : 0) * strlen(v->between);
}

static void
add_segment(struct buf *out, const char *s)
{
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
		    (c >= 'a' && c <= 'z') || strchr("-._~", c))
			buf_addc(out, (char)c);
		else
			buf_addf(out, "%%%02X", c);
	}
}

void
path_of_processes(struct buf *out, const char *procedure)
{
	buf_adds(out, "/v1/ext/procedure/");
	add_segment(out, procedure);
	buf_adds(out, "/process");
}

void
path_of_verb(struct buf *out, const char *processes, const struct verb *v)
{
	buf_addf(out, "%s%s", processes, v->path);
}

void
path_of_process(struct buf *out, const char *processes, const char *id)
{
	buf_addf(out, "%s/", processes);
	add_segment(out, id);
}

void
path_of_list(struct buf *out, const char *processes)
{
	buf_addf(out, "%s/list", processes);
}

void
path_of_job(struct buf *out, const char *job)
{
	buf_adds(out, "/v1/ext/background-job/");
	add_segment(out, job);
}

void
path_of_entries(struct buf *out, const char *job)
{
	path_of_job(out, job);
	buf_adds(out, "/entries");
}

void
list_body_begin(struct list_body *l, const char *key_name, struct buf *out)
{
	*l = (struct list_body){.out = out};
	json_object(out, NULL);
	json_object(out, "where");
	json_array(out, "or");
	json_object(&l->item, NULL);
	json_token(&l->item, key_name, TEXT_LITERAL(""));
}

void
list_body_key(struct list_body *l, struct text token)
{
	if (l->has_keys)
		buf_addc(l->out, ',');
	l->has_keys = true;
	buf_add(l->out, l->item.data, l->item.len);
	buf_add(l->out, token.s, token.len);
	buf_addc(l->out, '}');
}

void
list_body_end(struct list_body *l, uint64_t skip, unsigned limit)
{
	json_end_array(l->out);
	json_end_object(l->out);
	json_uint(l->out, "skip", skip);
	json_uint(l->out, "limit", limit);
	json_end_object(l->out);
	buf_release(&l->item);
}
