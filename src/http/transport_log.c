/* SPDX-License-Identifier: MIT */
/* Refused: the header callback and our own list of headers for -vv. They know
 * neither what libcurl adds (Host, Proxy-Authorization) nor what a proxy says.
 */
#include "transport_log.h"

#include "base/json_write.h"
#include "base/text.h"
#include "system/log.h"
#include "transport_easy.h"

#include <string.h>
#include <strings.h>

/* In the name of a header whose value nobody needs to see. */
static const char *const secret_words[] = {"auth", "cookie", "token", "secret",
    "password", "session", "signature", "key"};

static bool
is_secret(struct text name)
{
	for (size_t w = 0; w < sizeof(secret_words) / sizeof(*secret_words);
	     w++) {
		size_t len = strlen(secret_words[w]);

		for (size_t i = 0; i + len <= name.len; i++)
			if (strncasecmp(name.s + i, secret_words[w], len) == 0)
				return true;
	}
	return false;
}

/* "Name: value", or the line that a block begins with. */
static void
log_header(const struct transfer *t, enum log_event event, struct text line)
{
	struct buf header = BUF_INIT(0), members = BUF_INIT(0),
		   message = BUF_INIT(0);
	const char *colon = memchr(line.s, ':', line.len);
	const char *blank = memchr(line.s, ' ', line.len);
	size_t name = colon ? (size_t)(colon - line.s) : 0;
	bool is_field = colon && (!blank || colon < blank);

	if (is_field && is_secret((struct text){line.s, name})) {
		buf_add(&header, line.s, name);
		buf_adds(&header, ": ***");
	} else {
		buf_add(&header, line.s, line.len);
		secret_hide(t->setup->secret, header.data, header.len);
	}
	json_uint(&members, "call", t->number);
	json_text(&members, "header", buf_text(&header));
	buf_addf(&message, "#%llu %c ", (unsigned long long)t->number,
	    event == LOG_REQUEST_HEADER ? '>' : '<');
	buf_add(&message, header.data, header.len);
	log_event(event, buf_str(&message), &members);
	buf_release(&header);
	buf_release(&members);
	buf_release(&message);
}

static int
on_debug(CURL *easy, curl_infotype type, char *data, size_t size, void *ctx)
{
	enum log_event event = type == CURLINFO_HEADER_OUT ? LOG_REQUEST_HEADER
							   : LOG_ANSWER_HEADER;
	size_t from = 0;

	(void)easy;
	if (type != CURLINFO_HEADER_OUT && type != CURLINFO_HEADER_IN)
		return 0;
	while (from < size) {
		const char *end = memchr(data + from, '\n', size - from);
		size_t next = end ? (size_t)(end - data) + 1 : size;
		struct text line = {data + from, next - from};

		while (line.len > 0 && (line.s[line.len - 1] == '\n' ||
					   line.s[line.len - 1] == '\r'))
			line.len--;
		if (line.len > 0)
			log_header(ctx, event, line);
		from = next;
	}
	return 0;
}

CURLcode
transfer_log_headers(struct transfer *t)
{
	const struct curl_api *curl = &t->setup->curl;
	CURLcode e = CURLE_OK;

	if (!log_shows(LOG_REQUEST_HEADER))
		return e;
	e |= curl->easy_setopt(t->easy, CURLOPT_DEBUGFUNCTION, on_debug);
	e |= curl->easy_setopt(t->easy, CURLOPT_DEBUGDATA, t);
	return e | curl->easy_setopt(t->easy, CURLOPT_VERBOSE, 1L);
}

/* "#3 POST /v1/…, 1,000 rows: 200 in 34 ms". */
void
transfer_log_end(const struct transfer *t)
{
	const struct http_response *r = &t->response;
	struct buf path = BUF_INIT(0), members = BUF_INIT(0),
		   message = BUF_INIT(0);
	char number[32];

	if (!log_shows(LOG_CALL))
		return;
	buf_adds(&path, t->path);
	if (path.len > 0)
		secret_hide(t->setup->secret, path.data, path.len);
	json_uint(&members, "call", t->number);
	json_string(&members, "method", t->method);
	json_string(&members, "path", buf_str(&path));
	buf_addf(&message, "#%llu %s %s", (unsigned long long)t->number,
	    t->method, buf_str(&path));
	if (t->rows > 0) {
		json_uint(&members, "rows", t->rows);
		buf_addf(&message, ", %s row%s", text_count(t->rows, number),
		    t->rows == 1 ? "" : "s");
	}
	if (r->status > 0) {
		json_int(&members, "status", r->status);
		buf_addf(&message, ": %d", r->status);
	} else {
		buf_adds(&message, ": no answer");
	}
	json_int(&members, "ms", r->elapsed_ms);
	buf_addf(&message, " in %lld ms", (long long)r->elapsed_ms);
	if (r->error[0] != '\0') {
		json_string(&members, "failure", r->error);
		buf_addf(&message, " (%s)", r->error);
	}
	log_event(LOG_CALL, buf_str(&message), &members);
	buf_release(&path);
	buf_release(&members);
	buf_release(&message);
}
