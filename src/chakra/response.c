/* SPDX-License-Identifier: MIT */
/*
 * What the answer to a call that writes means for its rows.
 *
 * The status decides, and only a 2xx is read further. Where nothing says
 * whether the service acted, the verdict is WRITE_UNKNOWN: a row that is
 * looked up needlessly costs a call, a row that is sent twice cannot be taken
 * back.
 */
#include "chakra/response.h"

#include "http/retry.h"
#include "response_json.h"

#include <stdio.h>
#include <string.h>

static enum write_verdict
verdict_of_status(const struct http_response *r)
{
	switch (r->status) {
	case 401:
	case 403:
	case 404:
	case 405:
	case 407:
	case 410:
		return WRITE_STOP;
	case 408:
	case 429:
		return WRITE_AGAIN;
	case 413:
		return WRITE_TOO_LARGE;
	case 503:
		/* With a wait that can be read, the service says that it did
		 * not take the call; without one, nothing says so. */
		return retry_after_ms(r->retry_after, r->date, 0) >= 0
			   ? WRITE_AGAIN
			   : WRITE_UNKNOWN;
	default:
		break;
	}
	if (r->status >= 300 && r->status <= 399)
		return WRITE_STOP;
	if (r->status >= 400 && r->status <= 499)
		return WRITE_REFUSED;
	return WRITE_UNKNOWN;
}

/* A name that fits and can stand in a path and in a report. */
static bool
take_job_id(struct write_answer *out, const char *id)
{
	size_t len = id != NULL ? strlen(id) : 0;

	if (len == 0 || len >= sizeof(out->job_id) || strspn(id, ".") == len)
		return false;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)id[i] <= ' ' || id[i] == 0x7f)
			return false;
	memcpy(out->job_id, id, len + 1);
	return true;
}

static const char *
job_id_of(const cJSON *at, const struct verb *v)
{
	size_t i = 0;

	for (; v->job[i + 1] != NULL; i++)
		at = answer_member(at, v->job[i]);
	return answer_string(at, v->job[i]);
}

static void
read_success(const struct http_response *r, const struct verb *v,
    struct write_answer *out)
{
	cJSON *root = answer_envelope(r, out->words, sizeof(out->words));

	out->verdict = WRITE_UNKNOWN;
	if (root == NULL) {
		snprintf(out->code, sizeof(out->code), "http.%s",
		    r->too_large ? "too_large"
		    : r->cut	 ? "cut"
				 : "unreadable");
		return;
	}
	const cJSON *errors = answer_errors(root);
	bool job = take_job_id(out, job_id_of(root, v));
	out->has_errors = errors != NULL;
	if (errors != NULL)
		response_words(r, out->words, sizeof(out->words));
	if (errors == NULL || job)
		out->verdict = WRITE_ACKED;
	else
		snprintf(out->code, sizeof(out->code), "http.errors");
	cJSON_Delete(root);
}

static void
read_redirect(const struct http_response *r, struct write_answer *out)
{
	struct buf words = BUF_INIT(2048);

	if (r->location[0] != '\0')
		buf_addf(&words, "the service redirects to %s", r->location);
	else
		buf_adds(&words, "the service redirects without saying where");
	answer_put(out->words, sizeof(out->words), buf_text(&words));
	buf_release(&words);
}

void
response_write(const struct http_response *r, const struct verb *v,
    struct write_answer *out)
{
	*out = (struct write_answer){.verdict = WRITE_UNKNOWN};
	snprintf(out->code, sizeof(out->code), "http.%d", r->status);
	if (r->status == 0) {
		bool left = r->sends > 0;
		out->verdict = left	      ? WRITE_UNKNOWN
			       : r->untrusted ? WRITE_STOP
					      : WRITE_NOT_SENT;
		snprintf(out->code, sizeof(out->code), "http.%s",
		    left	   ? "no_answer"
		    : r->untrusted ? "untrusted"
				   : "not_sent");
		answer_put(out->words, sizeof(out->words),
		    r->error[0] != '\0' ? text_of(r->error)
					: TEXT_LITERAL("no answer"));
	} else if (r->status >= 200 && r->status <= 299) {
		read_success(r, v, out);
	} else {
		out->verdict = verdict_of_status(r);
		if (r->status >= 300 && r->status <= 399)
			read_redirect(r, out);
		else
			response_words(r, out->words, sizeof(out->words));
	}
}
