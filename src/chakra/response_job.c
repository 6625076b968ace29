/* SPDX-License-Identifier: MIT */
/*
 * How far a background job is.
 *
 * Only the counts of its entries are believed: the job's own completionStatus
 * is missing in the documented example and its last values are written
 * nowhere. A status that is not one of the four documented ones is taken as
 * unfinished; the caller's timeouts bound that.
 */
#include "chakra/response.h"
#include "response_json.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define COUNTS "bjEntryCompletionStatusVsCount"
/* No call has that many rows; sums of this cannot overflow. */
#define COUNT_MAX UINT64_C(1000000000000)

const cJSON *
answer_job_counts(const cJSON *root, const char **place)
{
	const struct {
		const cJSON *node;
		const char *name;
	} places[] = {{answer_member(root, "_meta"), "_meta"},
	    {answer_member(root, "_data"), "_data"},
	    {root, "the answer itself"}};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const cJSON *counts = answer_member(places[i].node, COUNTS);

		*place = places[i].name;
		if (cJSON_IsObject(counts))
			return counts;
	}
	*place = CONTACT_NONE;
	return NULL;
}

static void
add_count(struct job_counts *c, const char *status, uint64_t n)
{
	c->sum += n;
	if (strcasecmp(status, "NOT_STARTED") == 0) {
		c->not_started += n;
	} else if (strcasecmp(status, "SUCCESS") == 0) {
		c->success += n;
	} else if (strcasecmp(status, "ERROR") == 0) {
		c->error += n;
	} else if (strcasecmp(status, "INVALID") == 0) {
		c->invalid += n;
	} else if (n > 0) {
		c->other += n;
		answer_put(
		    c->other_name, sizeof(c->other_name), text_of(status));
	}
}

/* False if a count is not a count. */
static bool
read_counts(const cJSON *counts, struct job_counts *out)
{
	const cJSON *node;
	uint64_t n;

	cJSON_ArrayForEach(node, counts)
	{
		if (cJSON_IsNull(node))
			continue;
		if (!answer_count(node, &n) || n > COUNT_MAX)
			return false;
		add_count(out, node->string, n);
	}
	return true;
}

static bool
is_about_other(const cJSON *root, const char *job_id)
{
	const char *id = answer_string(answer_member(root, "_data"), "id");

	return job_id[0] != '\0' && id != NULL && strcmp(id, job_id) != 0;
}

enum job_state
response_job(const struct http_response *r, const char *job_id, uint64_t rows,
    struct job_counts *counts, char *words, size_t words_size)
{
	*counts = (struct job_counts){0};
	if (words_size > 0)
		words[0] = '\0';
	if (r->status == 404 || r->status == 410) {
		response_words(r, words, words_size);
		return JOB_GONE;
	}
	cJSON *root = answer_envelope(r, words, words_size);
	if (root == NULL)
		return JOB_UNREADABLE;
	if (is_about_other(root, job_id)) {
		answer_put(words, words_size,
		    TEXT_LITERAL("the answer is about another job"));
		cJSON_Delete(root);
		return JOB_OTHER;
	}
	const char *place;
	const cJSON *table = answer_job_counts(root, &place);
	bool readable = table != NULL && read_counts(table, counts);
	if (!readable) {
		*counts = (struct job_counts){0};
		answer_lacks(root, r, "the answer has no readable " COUNTS,
		    words, words_size);
	}
	cJSON_Delete(root);
	if (!readable)
		return JOB_UNREADABLE;
	if (counts->not_started > 0 || counts->other > 0)
		return JOB_RUNNING;
	return counts->sum == rows ? JOB_DONE : JOB_SUM_WRONG;
}
