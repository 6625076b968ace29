/* SPDX-License-Identifier: MIT */
/* One question to the service, and what its answer is worth. */
#include "config_ask.h"

#include "author/author.h"
#include "base/signals.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "chakra/verb.h"
#include "http/transport.h"
#include "report/terminal.h"

#include <stdlib.h>
#include <string.h>

#define CONFIG_BYTES_MAX ((size_t)64 << 20)
#define SHOWN_MAX 20
#define STEP_MS 100

int
config_fetch(const struct settings *o, const char *token,
    struct http_response *r, struct diag *d)
{
	struct http_request q = {
	    .method = "GET",
	    .path = PATH_OF_CONFIG,
	    .answer_max = CONFIG_BYTES_MAX,
	};
	static const struct progress_facts asking = {
	    .phase = "asking ChakraHQ", .by_bytes = true};
	struct transport transport;
	int got;

	if (settings_connect(o, o->base_url, token, 1, &transport, d))
		return -1;
	transport.start(transport.ctx, &q, 1);
	do {
		progress_update(o->view, &asking);
		got = transport.wait(transport.ctx, STEP_MS, r, d);
	} while (got == 0 && signals_stop() == 0);
	progress_clear(o->view);
	transport_curl_free(&transport);
	if (got == 0)
		return diag_stopped(d);
	return got < 0 ? -1 : 0;
}

/* NULL: what came back is not a configuration. */
static struct config *
judge(const struct settings *o, const struct http_response *r, struct diag *d)
{
	char words[256];
	struct config *c;

	if (r->status == 0) {
		diag_set(d, DIAG_SERVICE, "no answer from '%s': %s",
		    o->base_url, r->error);
		diag_help(d, "'csv2chakra doctor' shows how far a call comes");
		return NULL;
	}
	c = r->status < 200 || r->status > 299
		? NULL
		: response_config(r, words, sizeof(words));
	if (c != NULL)
		return c;
	if (r->status < 200 || r->status > 299)
		response_words(r, words, sizeof(words));
	diag_set(d,
	    r->status == 401 || r->status == 403 ? DIAG_USAGE : DIAG_SERVICE,
	    "'%s' does not show its configuration: HTTP %d: %s", o->base_url,
	    r->status, words);
	diag_help(d, r->status == 403
			 ? "the token's access role may not read it: ask "
			   "for that permission"
			 : "'csv2chakra doctor' says what is wrong");
	return NULL;
}

struct config *
config_ask(const struct settings *o, struct diag *d)
{
	struct http_response r = {0};
	struct config *c = NULL;
	char *token = token_load(o, getenv, d);

	if (token == NULL)
		return NULL;
	signals_ignore_pipe();
	if (config_fetch(o, token, &r, d) == 0)
		c = judge(o, &r, d);
	http_response_release(&r);
	token_free(token);
	return c;
}

/* "lead, ticket, visit". */
void
config_add_procedures(const struct config *c, size_t shown_max, struct buf *out)
{
	size_t count;
	const char **names = config_names(c, CONFIG_PROCEDURES, &count);

	for (size_t i = 0; i < count && i < shown_max; i++) {
		buf_adds(out, i > 0 ? ", " : "");
		text_display(out, text_of(names[i]), 40);
	}
	if (count > shown_max)
		buf_addf(out, " and %zu more", count - shown_max);
	free(names);
}

int
config_choose(struct config *c, const char *procedure, struct diag *d)
{
	struct buf known = BUF_INIT(4096);
	enum config_answer answer = config_procedure(c, procedure);

	if (answer == CONFIG_YES)
		return 0;
	config_add_procedures(c, SHOWN_MAX, &known);
	if (answer == CONFIG_NO) {
		diag_set(d, DIAG_USAGE,
		    "there is no procedure '%s' that this token may see",
		    procedure);
		diag_help(d, "it sees %s", buf_str(&known));
	} else {
		diag_set(d, DIAG_SERVICE,
		    "the service's configuration has an unknown form: its "
		    "procedures cannot be read");
		diag_help(d, "look the short ids up in ChakraHQ");
	}
	buf_release(&known);
	return -1;
}
