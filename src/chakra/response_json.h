/* SPDX-License-Identifier: MIT */
#ifndef CHAKRA_RESPONSE_JSON_H
#define CHAKRA_RESPONSE_JSON_H

/*
 * What the readers of answers (response*.c) share: strict parsing, members by
 * name, words for people. Nobody else includes this.
 */

#include "base/buf.h"
#include "base/text.h"
#include "chakra/response.h"
#include "http/transport.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

/* Parses a whole body as RFC 8259 has it: UTF-8, no junk after the value, no
 * control characters in strings, numbers by the grammar. A number node keeps
 * its digits as they stood in `valuestring` (cJSON's own are a double's). An
 * escaped NUL becomes U+FFFD, for the strings are C strings. Returns owned
 * (cJSON_Delete), or NULL and `why` points to static words. */
cJSON *answer_parse(struct text body, const char **why);

#define NOT_JSON "it is not JSON"
#define NOT_OBJECT "it is not a JSON object"

/* Of so many bytes an answer has too many values. */
bool answer_is_dense(size_t values, size_t bytes);
/* The complete body of a 2xx, which is UTF-8 and not empty, for those who read
 * it without a tree. False: words are filled. */
bool answer_body(const struct http_response *r, struct text *body, char *words,
    size_t words_size);
/* "the answer cannot be read: REASON", with what the answer says. */
void answer_unreadable(const struct http_response *r, const char *reason,
    char *words, size_t words_size);

/* As answer_parse, over an answer whose status, size and end are judged too:
 * only the complete body of a 2xx is parsed, and it must be an object.
 * On NULL, words are filled. */
cJSON *answer_envelope(
    const struct http_response *r, char *words, size_t words_size);

/* A member by its exact name; NULL if `object` is not an object or lacks it. */
const cJSON *answer_member(const cJSON *object, const char *name);
/* Its value if it is a non-empty string, else NULL. */
const char *answer_string(const cJSON *object, const char *name);
/* The first `_errors` that is not null, [], {} or ""; NULL = no errors. */
const cJSON *answer_errors(const cJSON *root);
/* Words for an answer that lacks what was asked for: those of its errors, else
 * `lacking`. */
void answer_lacks(const cJSON *root, const struct http_response *r,
    const char *lacking, char *words, size_t words_size);
/* The counts of a job's entries, and where they are; NULL: there are none. */
const cJSON *answer_job_counts(const cJSON *root, const char **place);
/* A moment in ms since 1970, or FOUND_BAD_TIME; `s` is a number as it stands,
 * or a text. `form` (may be NULL) says how it came, as CONTACT_CREATED_AT has
 * it. */
int64_t answer_time(const char *s, bool is_number, const char **form);
/* A string or a number that is a whole number from 0 to 1e15. */
bool answer_count(const cJSON *node, uint64_t *n);

/* A process's key, searched in data, record.data and record, and at the root
 * first (root_first: an echo of what was sent) or last. A string or a number,
 * else NULL; *place is where it is: "", "data.", "record.data.", "record.". */
const cJSON *answer_find_key_at(const cJSON *process, const char *key_name,
    bool root_first, const char **place);
/* The list of a job's entries, or NULL. */
const cJSON *answer_entries(const cJSON *root);
/* The member that says what became of an entry, or NULL. */
const char *answer_entry_status_name(const cJSON *entry);
/* The key that an entry echoes as a JSON token (empty: none), and where. */
struct entry_key_place {
	const char *echo;   /* "input"; NULL = the entry itself */
	bool is_text;	    /* the echo is a JSON text in a string */
	const char *inside; /* "", "data.", … */
};
struct text answer_entry_key(struct arena *memory, const cJSON *entry,
    const char *key_name, struct entry_key_place *place);
/* Its JSON token, kept in `memory`; empty without a key. */
struct text answer_keep_token(struct arena *memory, const cJSON *key);

/* The words in a node: a string; an object's message; a list of either. */
void answer_add_words(struct buf *out, const cJSON *node);
/* Copies t for display: blanks and line ends as one space, control
 * characters shown, cut at a character with "…". */
void answer_put(char *out, size_t out_size, struct text t);

#endif
