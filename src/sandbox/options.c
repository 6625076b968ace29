/* SPDX-License-Identifier: MIT */
/*
 * The option table and the parser that reads it. Refused: getopt_long, which
 * keeps its place in globals and takes any unambiguous prefix of a name, so
 * that scripts break when an option is added.
 */
#include "sandbox/options.h"

#include <string.h>

static int
bad_value(const char *option, const char *value, const char *wanted,
    struct diag *d)
{
	return diag_set(d, DIAG_USAGE, "--%s '%s': %s", option, value, wanted);
}

static int
set_listen(struct sandbox_options *o, const char *value, struct diag *d)
{
	(void)d;
	o->listen = value;
	return 0;
}

static int
set_allow_remote(struct sandbox_options *o, const char *value, struct diag *d)
{
	(void)value;
	(void)d;
	o->allow_remote = true;
	return 0;
}

static int
set_path(const char **path, const char *option, const char *value,
    struct diag *d)
{
	if (*value == '\0')
		return bad_value(option, value, "needs a path", d);
	*path = value;
	return 0;
}

static int
set_port_file(struct sandbox_options *o, const char *value, struct diag *d)
{
	return set_path(&o->port_file, "port-file", value, d);
}

static int
set_db(struct sandbox_options *o, const char *value, struct diag *d)
{
	return set_path(&o->db, "db", value, d);
}

static int
set_token_file(struct sandbox_options *o, const char *value, struct diag *d)
{
	return set_path(&o->token_file, "token-file", value, d);
}

static int
set_log(struct sandbox_options *o, const char *value, struct diag *d)
{
	return set_path(&o->log, "log", value, d);
}

static int
set_ack(struct sandbox_options *o, const char *value, struct diag *d)
{
	if (strcmp(value, "job") == 0)
		o->ack = ACK_JOB;
	else if (strcmp(value, "empty") == 0)
		o->ack = ACK_EMPTY;
	else
		return bad_value("ack", value, "is job or empty", d);
	return 0;
}

static int
set_duplicates(struct sandbox_options *o, const char *value, struct diag *d)
{
	if (strcmp(value, "error") == 0)
		o->duplicates = DUPLICATES_ERROR;
	else if (strcmp(value, "merge") == 0)
		o->duplicates = DUPLICATES_MERGE;
	else if (strcmp(value, "allow") == 0)
		o->duplicates = DUPLICATES_ALLOW;
	else
		return bad_value(
		    "duplicates", value, "is error, merge or allow", d);
	return 0;
}

/* A day is more than any rehearsal needs, and far from overflow. */
static int
set_duration(int64_t *ms, const char *option, const char *value,
    struct diag *d)
{
	if (!text_parse_duration(text_of(value), ms) || *ms < 0 ||
	    *ms > 86400000)
		return bad_value(option, value,
		    "is a duration of at most a day, as in 500ms or 10s", d);
	return 0;
}

static int
set_latency(struct sandbox_options *o, const char *value, struct diag *d)
{
	return set_duration(&o->latency_ms, "latency", value, d);
}

static int
set_job_delay(struct sandbox_options *o, const char *value, struct diag *d)
{
	return set_duration(&o->job_delay_ms, "job-delay", value, d);
}

static int
set_page_size(struct sandbox_options *o, const char *value, struct diag *d)
{
	if (!text_parse_uint(text_of(value), &o->page_size) ||
	    o->page_size == 0 || o->page_size > 10000)
		return bad_value(
		    "page-size", value, "is a number from 1 to 10000", d);
	return 0;
}

static int
set_max_body(struct sandbox_options *o, const char *value, struct diag *d)
{
	if (!text_parse_size(text_of(value), &o->max_body) ||
	    o->max_body == 0 || o->max_body > (uint64_t)512 << 20)
		return bad_value("max-body", value,
		    "is a size of at most 512MiB, as in 64KiB or 2MiB", d);
	return 0;
}

static int
set_fault(struct sandbox_options *o, const char *value, struct diag *d)
{
	return fault_plan_add(&o->faults, text_of(value), d);
}

static int
set_seed(struct sandbox_options *o, const char *value, struct diag *d)
{
	if (!text_parse_uint(text_of(value), &o->faults.seed))
		return bad_value("seed", value, "is a whole number", d);
	return 0;
}

struct row {
	struct sandbox_option_text text;
	int (*set)(
	    struct sandbox_options *o, const char *value, struct diag *d);
	int action;
};

static const struct row rows[] = {
    {{"listen", "HOST:PORT", "127.0.0.1:8787",
	 "where to listen; port 0 picks a free one"},
	set_listen, 0},
    {{"allow-remote", NULL, NULL,
	 "listen on an address that is not loopback"},
	set_allow_remote, 0},
    {{"port-file", "FILE", NULL, "write the port there once it listens"},
	set_port_file, 0},
    {{"db", "FILE", ":memory:", "where processes are kept"}, set_db, 0},
    {{"token-file", "FILE", NULL,
	 "the access token to ask for (else one is made and printed)"},
	set_token_file, 0},
    {{"ack", "job|empty", "job", "what a bulk-create is answered with"},
	set_ack, 0},
    {{"duplicates", "error|merge|allow", "error",
	 "what a primary key that exists does"},
	set_duplicates, 0},
    {{"latency", "D", "0s", "wait before each answer of the API"},
	set_latency, 0},
    {{"job-delay", "D", "0s", "how long a job takes"}, set_job_delay, 0},
    {{"page-size", "N", "100", "entries on a page of a job"},
	set_page_size, 0},
    {{"max-body", "SIZE", "16MiB", "answer 413 to larger bodies"},
	set_max_body, 0},
    {{"fault", "KIND=RATE[,WORD]...", NULL,
	 "go wrong on purpose; may be given again"},
	set_fault, 0},
    {{"seed", "N", "0", "of the draws of the faults"}, set_seed, 0},
    {{"log", "FILE", NULL, "append a line of JSON for each request"},
	set_log, 0},
    {{"help", NULL, NULL, "show this"}, NULL, SANDBOX_HELP},
    {{"version", NULL, NULL, "show the version"}, NULL, SANDBOX_VERSION},
};
#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

size_t
sandbox_option_count(void)
{
	return ROW_COUNT;
}

struct sandbox_option_text
sandbox_option_at(size_t i)
{
	return rows[i].text;
}

static int
unknown_option(struct text name, struct diag *d)
{
	struct text names[ROW_COUNT];
	int guess;

	for (size_t i = 0; i < ROW_COUNT; i++)
		names[i] = text_of(rows[i].text.name);
	diag_set(d, DIAG_USAGE, "unknown option '--%.*s'", (int)name.len,
	    name.s);
	guess = text_did_you_mean(name, names, ROW_COUNT);
	if (guess >= 0)
		return diag_help(
		    d, "did you mean '--%s'?", rows[guess].text.name);
	return diag_help(d, "try 'chakra-sandbox --help'");
}

/* One option at argv[*at]; *at ends at its last word. */
static int
parse_option(struct sandbox_options *o, int argc, char *const argv[], int *at,
    struct diag *d)
{
	const char *name = argv[*at] + 2, *value = strchr(name, '=');
	struct text said = {
	    name, value != NULL ? (size_t)(value - name) : strlen(name)};
	const struct row *row = NULL;

	for (size_t i = 0; i < ROW_COUNT; i++)
		if (text_is(said, rows[i].text.name))
			row = &rows[i];
	if (row == NULL)
		return unknown_option(said, d);
	if (row->text.arg == NULL && value != NULL)
		return diag_set(d, DIAG_USAGE, "--%s takes no value",
		    row->text.name);
	if (row->text.arg != NULL && value == NULL && ++*at == argc)
		return diag_set(d, DIAG_USAGE, "--%s needs a value (%s)",
		    row->text.name, row->text.arg);
	if (row->set == NULL)
		return row->action;
	return row->set(o,
	    value != NULL ? value + 1 : argv[*at], d);
}

int
sandbox_options_parse(struct sandbox_options *o, int argc, char *const argv[],
    struct diag *d)
{
	*o = (struct sandbox_options){.listen = "127.0.0.1:8787",
	    .db = ":memory:",
	    .page_size = 100,
	    .max_body = (uint64_t)16 << 20};
	for (int at = 1; at < argc; at++) {
		int action;

		if (strcmp(argv[at], "-h") == 0)
			return SANDBOX_HELP;
		if (strncmp(argv[at], "--", 2) != 0 || argv[at][2] == '\0') {
			diag_set(d, DIAG_USAGE, "unexpected argument '%s'",
			    argv[at]);
			return diag_help(d, "try 'chakra-sandbox --help'");
		}
		action = parse_option(o, argc, argv, &at, d);
		if (action != SANDBOX_RUN)
			return action;
	}
	return SANDBOX_RUN;
}

void
sandbox_options_release(struct sandbox_options *o)
{
	fault_plan_release(&o->faults);
}

void
sandbox_options_help(struct buf *out)
{
	buf_adds(out,
	    "usage: chakra-sandbox [option]...\n\n"
	    "A ChakraHQ to rehearse against: it answers like the real one, "
	    "on this machine,\nand keeps what it gets.\n\noptions:\n");
	for (size_t i = 0; i < ROW_COUNT; i++) {
		const struct sandbox_option_text *t = &rows[i].text;
		size_t start = out->len;

		buf_addf(out, "  --%s", t->name);
		if (t->arg != NULL)
			buf_addf(out, " %s", t->arg);
		if (out->len - start > 26)
			buf_addf(out, "\n%28s", "");
		else
			while (out->len - start < 28)
				buf_addc(out, ' ');
		buf_adds(out, t->help);
		if (t->standard != NULL)
			buf_addf(out, " [%s]", t->standard);
		buf_addc(out, '\n');
	}
	buf_adds(out, "\nexamples:\n"
		      "  chakra-sandbox --job-delay 2s\n"
		      "  chakra-sandbox --fault 503=0.1,2s --fault "
		      "reset-after=0.05 --seed 7\n\n"
		      "chakra-sandbox(1) has the rest: faults, endpoints, "
		      "files, exit status.\n");
}
