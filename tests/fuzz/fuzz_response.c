/* SPDX-License-Identifier: MIT */
/*
 * What answers mean, over arbitrary bodies: every verdict has its code, what
 * is shown can be shown, keys are JSON tokens, and the next page is on this
 * server. The first byte is the status, the second the rest of the answer;
 * then comes the body.
 */
#include "chakra/response.h"
#include "fuzz.h"

static const int STATUSES[] = {200, 201, 202, 204, 0, 301, 400, 401, 403, 404,
    405, 407, 408, 409, 410, 413, 422, 429, 500, 502, 503, 504};
#define STATUS_COUNT (sizeof(STATUSES) / sizeof(STATUSES[0]))

/* UTF-8 on one line, within its array. */
static void
check_shown(const char *s, size_t size)
{
	size_t len = strnlen(s, size), at = 0;

	HOLDS(len < size);
	HOLDS(utf8_check(s, len) == len);
	while (at < len) {
		uint32_t c = utf8_next(s, len, &at);

		HOLDS(c >= 0x20 && (c < 0x7f || c > 0x9f));
	}
}

static void
check_token(struct text token)
{
	if (token.len == 0)
		return;
	cJSON *key = fuzz_json(token);
	HOLDS(cJSON_IsString(key) || cJSON_IsNumber(key));
	cJSON_Delete(key);
}

static void
check_create(const struct http_response *r)
{
	struct write_answer a;

	response_write(r, verb_of(VERB_CREATE), &a);
	HOLDS(a.verdict <= WRITE_REFUSED);
	check_shown(a.code, sizeof(a.code));
	check_shown(a.words, sizeof(a.words));
	HOLDS(strnlen(a.job_id, sizeof(a.job_id)) < sizeof(a.job_id));
	HOLDS(a.verdict == WRITE_ACKED || a.code[0] != '\0');
	if (a.verdict == WRITE_ACKED)
		HOLDS(r->status / 100 == 2 && !r->cut && !r->too_large);
	if (a.verdict == WRITE_NOT_SENT)
		HOLDS(r->sends == 0);
	if (a.verdict == WRITE_REFUSED)
		HOLDS(r->status / 100 == 4);
}

static void
check_job(const struct http_response *r, uint64_t rows)
{
	struct job_counts c;
	char words[200] = "";
	enum job_state state =
	    response_job(r, "j", rows, &c, words, sizeof(words));

	check_shown(words, sizeof(words));
	if (state != JOB_RUNNING && state != JOB_DONE &&
	    state != JOB_SUM_WRONG) {
		HOLDS(state == JOB_GONE || state == JOB_UNREADABLE ||
		      state == JOB_OTHER);
		return;
	}
	HOLDS(
	    c.sum == c.not_started + c.success + c.error + c.invalid + c.other);
	check_shown(c.other_name, sizeof(c.other_name));
	if (state == JOB_DONE)
		HOLDS(c.not_started == 0 && c.sum == rows);
	if (state == JOB_SUM_WRONG)
		HOLDS(c.not_started == 0);
}

static void
check_entries(const struct http_response *r)
{
	struct entries_page page = {0};
	char words[200] = "";

	if (response_entries(r, "lead_id", "https://api.example.com/base",
		&page, words, sizeof(words)) != 0) {
		check_shown(words, sizeof(words));
		HOLDS(words[0] != '\0');
		return;
	}
	for (size_t i = 0; i < page.count; i++) {
		const struct job_entry *e = &page.items[i];

		check_shown(e->status, sizeof(e->status));
		check_shown(e->message, sizeof(e->message));
		HOLDS(strnlen(e->process_id, sizeof(e->process_id)) <
		      sizeof(e->process_id));
		check_token(e->key_token);
	}
	check_shown(page.next, sizeof(page.next));
	HOLDS(page.next[0] == '\0' || page.next[0] == '/');
	HOLDS(page.total >= -1);
	entries_page_release(&page);
}

/* Alone it is what it is among others. */
static void
check_alone(const struct found_process *p)
{
	struct http_response r = {.status = 200};
	struct list_page one = {0};
	char words[200];

	buf_adds(&r.body, "{\"_data\":[");
	buf_add(&r.body, p->json.s, p->json.len);
	buf_adds(&r.body, "]}");
	if (response_list(&r, "lead_id", &one, words, sizeof(words)) == 0) {
		HOLDS(one.count == 1);
		HOLDS(text_equal(one.items[0].key_token, p->key_token));
		HOLDS(strcmp(one.items[0].id, p->id) == 0);
		HOLDS(one.items[0].created_at_ms == p->created_at_ms);
		HOLDS(one.items[0].updated_at_ms == p->updated_at_ms);
	}
	list_page_release(&one);
	http_response_release(&r);
}

static void
check_list(const struct http_response *r)
{
	struct list_page page = {0};
	char words[200] = "";

	if (response_list(r, "lead_id", &page, words, sizeof(words)) != 0) {
		check_shown(words, sizeof(words));
		HOLDS(words[0] != '\0');
		return;
	}
	for (size_t i = 0; i < page.count; i++) {
		const struct found_process *p = &page.items[i];

		check_token(p->key_token);
		HOLDS(strnlen(p->id, sizeof(p->id)) < sizeof(p->id));
		HOLDS(p->created_at_ms >= FOUND_BAD_TIME);
		if (i < 20)
			check_alone(p);
	}
	list_page_release(&page);
}

static bool
is_value(void *ctx, const char *name)
{
	(void)ctx;
	return strcmp(name, "value") == 0;
}

/* What is written of an answer is printable ASCII, and no key of ours is in
 * it as a name. */
static void
check_shapes(const struct http_response *r)
{
	static void (*const shapes[])(
	    const struct shape_reader *, const struct http_response *) = {
	    shape_acknowledgement, shape_job, shape_entries, shape_list};
	struct contact_watch *watch = calloc(1, sizeof(*watch));
	struct shape_reader reader = {
	    .watch = watch, .key_name = "lead_id", .is_value = is_value};

	HOLDS(watch != NULL);
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		shapes[i](&reader, r);
	for (size_t i = 0; i < CONTACT_FACTS; i++) {
		const char *fact = watch->seen.facts[i];
		size_t len = strnlen(fact, CONTACT_TEXT);
		char list[CONTACT_TEXT + 8];

		HOLDS(len < CONTACT_TEXT);
		for (size_t k = 0; k < len; k++)
			HOLDS(fact[k] >= ' ' && fact[k] <= '~');
		snprintf(list, sizeof(list), ", %s,", fact);
		HOLDS(strstr(list, ", value,") == NULL);
	}
	for (size_t i = 0; i < watch->seen.entry_status_count; i++)
		HOLDS(contact_is_name(text_of(watch->seen.entry_statuses[i])));
	free(watch);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	struct http_response r = {
	    .status = STATUSES[fuzz_byte(&in) % STATUS_COUNT]};
	uint8_t flags = fuzz_byte(&in);
	struct text body = fuzz_rest(&in);
	char words[64];

	r.sends = r.status == 0 ? flags & 1 : 1;
	r.too_large = (flags & 6) == 6;
	r.cut = (flags & 24) == 24;
	buf_add(&r.body, body.s, body.len);
	snprintf(r.content_type, sizeof(r.content_type), "%s",
	    flags & 32 ? "text/html; charset=x" : "application/json");
	if (flags & 64)
		snprintf(r.retry_after, sizeof(r.retry_after), "%s", "7");
	if (r.status == 0)
		snprintf(r.error, sizeof(r.error), "%s", "nobody there");
	check_create(&r);
	response_words(&r, words, sizeof(words));
	check_shown(words, sizeof(words));
	check_job(&r, flags % 5);
	check_entries(&r);
	check_list(&r);
	check_shapes(&r);
	http_response_release(&r);
	return 0;
}
