/* SPDX-License-Identifier: MIT */
/*
 * doctor: is everything there that an import needs? One GET of the team's
 * configuration tells most of it: whether the address has a host that
 * answers, whether the token is good, whether the procedure exists, and by
 * its Date whether the clocks agree. Nothing is created. Every check is made
 * that can still be made, so that one call finds all that is wrong.
 */
#include "author/author.h"
#include "base/civil.h"
#include "base/signals.h"
#include "base/xalloc.h"
#include "chakra/contact.h"
#include "chakra/response.h"
#include "chakra/verb.h"
#include "command.h"
#include "http/transport.h"
#include "plan/plan.h"
#include "plan/settings.h"
#include "report/terminal.h"
#include "runs/run.h"
#include "system/fault.h"
#include "system/own_files.h"
#include "system/screen.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Lookups compare the service's times with ours, with 5 minutes of grace. */
#define SKEW_MS INT64_C(120000)

#define TOKEN_VARIABLE "CHAKRA_API_TOKEN"

struct doctor {
	struct options *options;
	struct checkup checkup;
	struct plan plan; /* of which only the mapping is used */
	char *procedure;  /* owned; NULL = none named */
	char *token;
	struct base_url url;
	char shown_url[1400]; /* normalised */
};

static void
check_mapping_file(struct doctor *x)
{
	const char *path = x->options->settings.operands[0];
	const struct mapping *m;
	struct diag d = DIAG_INIT;

	if (x->options->settings.procedure)
		x->procedure = xstrdup(x->options->settings.procedure);
	if (x->options->settings.operand_count == 0)
		return;
	if (plan_load_mapping(&x->plan, path, &x->options->settings, &d)) {
		show_diagnostics(&x->plan, &x->options->settings, path, 0);
		screen_help_command(&d, "csv2chakra check", path);
		checkup_add_diag(&x->checkup, "mapping", &d);
		return;
	}
	m = x->plan.mapping;
	if (x->procedure == NULL)
		x->procedure = xstrndup(m->procedure.s, m->procedure.len);
	checkup_add(&x->checkup, "mapping", FINDING_OK, 0,
	    "'%s' has no mistakes", path);
	if (m->mode != MODE_CREATE)
		finding_help(
		    checkup_add(&x->checkup, "mode", FINDING_OK, 0,
			"mode: %s changes processes; ChakraHQ documents the "
			"call and its job, but not how values read back, nor "
			"what happens to a key that does not exist",
			mapping_mode_name(m->mode)),
		    "try it with one row: `csv2chakra diff`, then `csv2chakra "
		    "import --limit 1`, and look at that process in ChakraHQ");
}

/* A folder that can be written: how much is in it? */
static void
add_runs(struct doctor *x, const char *dir)
{
	struct diag d = DIAG_INIT;
	struct run_list *l = run_list_read(dir, &d);
	size_t runs = l ? run_list_count(l) : 0, closed = 0;
	uint64_t bytes = l ? runs_disk_bytes(dir, &closed) : 0;
	char number[32], size[48];

	if (l == NULL)
		checkup_add_diag(&x->checkup, "runs", &d);
	else if (runs == 0)
		checkup_add(&x->checkup, "runs", FINDING_OK, 0,
		    "'%s' can be written, locked and synced; no run is in it",
		    dir);
	else
		checkup_add(&x->checkup, "runs",
		    closed > 0 ? FINDING_WARNING : FINDING_OK, 0,
		    "'%s' can be written, locked and synced; %s run%s take%s "
		    "%s%s",
		    dir, text_count(runs, number), runs == 1 ? "" : "s",
		    runs == 1 ? "s" : "", page_bytes(bytes, size),
		    closed > 0 ? " and what is in folders that cannot be "
				 "opened: csv2chakra status lists them (no "
				 "access)"
			       : "");
	run_list_free(l);
}

static void
check_runs_dir(struct doctor *x)
{
	struct diag d = DIAG_INIT;
	char *dir = runs_dir_own(x->options->settings.runs_dir, &d);

	if (dir == NULL)
		checkup_add_diag(&x->checkup, "runs", &d);
	else if (checkup_folder(&x->checkup, dir, x->options->any_file_system))
		add_runs(x, dir);
	free(dir);
}

static void
check_confinement(struct doctor *x)
{
	struct confinement c;

	confine_begin(&c);
	if (c.ruleset < 0) {
		checkup_add(&x->checkup, "confinement", FINDING_OK, 0,
		    "off: %s", c.why);
		return;
	}
	close(c.ruleset);
	checkup_add(&x->checkup, "confinement", FINDING_OK, 0,
	    "commands write only where they have to (Landlock, version %d)",
	    confine_version());
}

/* "the option", "CHAKRA_BASE_URL in the environment", …: who said it. */
static void
add_origin(const struct doctor *x, const struct optspec *row, struct buf *out)
{
	const struct settings *s = &x->options->settings;

	switch (settings_origin(s, row->name)) {
	case ORIGIN_OPTION:
		buf_addf(out, "--%s", row->name);
		break;
	case ORIGIN_ENVIRONMENT:
		buf_addf(out, "%s in the environment", row->environment);
		break;
	case ORIGIN_PROFILE:
		buf_addf(
		    out, "%s of the profile '%s'", row->profile, s->profile);
		break;
	case ORIGIN_DEFAULT:
	case ORIGIN_NONE:
		buf_adds(out, "the default");
		break;
	}
}

/* Those that were said, and where it goes to. */
static bool
is_told(const struct doctor *x, const struct optspec *row)
{
	if ((row->commands >> COMMAND_DOCTOR & 1U) == 0 || row->name == NULL ||
	    row->kind == OPTSPEC_FLAG || row->kind == OPTSPEC_LAST ||
	    strcmp(row->name, "format") == 0 ||
	    strcmp(row->name, "profile") == 0)
		return false;
	return settings_given(&x->options->settings, row->name) ||
	       strcmp(row->name, "base-url") == 0 ||
	       strcmp(row->name, "runs-dir") == 0;
}

/* What a token command is stays unsaid: its words may be secret. So does an
 * address that cannot be one: it may have a password. */
static void
add_value(const struct doctor *x, const struct optspec *row, struct buf *out)
{
	const struct settings *s = &x->options->settings;
	struct diag ignored = DIAG_INIT;

	if (strcmp(row->name, "base-url") == 0) {
		if (base_url_normalise(s->base_url, out, &ignored) != 0)
			buf_adds(out, "see address");
	} else if (strcmp(row->name, "token-command") == 0) {
		buf_adds(out, s->token_command ? "a command" : "");
	} else {
		optspec_text(row, (const char *)x->options + row->offset, out);
	}
	if (out->len == 0)
		buf_adds(out,
		    settings_given(s, row->name)
			? "not used: a setting above it in precedence is given"
			: row->default_note);
}

/* Where each setting comes from. */
static void
check_settings(struct doctor *x)
{
	const struct optspec_table *t = options_table();
	const struct settings *s = &x->options->settings;
	struct buf from = BUF_INIT(0), value = BUF_INIT(0);

	if (s->profile)
		checkup_add(&x->checkup, "profile", FINDING_OK, 0,
		    "'%s' of '%s'", s->profile, s->profile_file);
	for (size_t i = 0; i < t->count; i++) {
		if (!is_told(x, &t->items[i]))
			continue;
		buf_clear(&from);
		buf_clear(&value);
		add_value(x, &t->items[i], &value);
		add_origin(x, &t->items[i], &from);
		checkup_add(&x->checkup, "setting", FINDING_OK, 0,
		    "%s: %s, from %s", t->items[i].name, buf_str(&value),
		    buf_str(&from));
	}
	if (!s->token_file && !s->token_command && getenv(TOKEN_VARIABLE))
		checkup_add(&x->checkup, "setting", FINDING_OK, 0,
		    "token: from " TOKEN_VARIABLE " in the environment");
	buf_release(&from);
	buf_release(&value);
}

static void
check_token_source(struct doctor *x)
{
	struct diag d = DIAG_INIT;

	x->token = token_load(&x->options->settings, getenv, &d);
	if (x->token == NULL)
		checkup_add_diag(&x->checkup, "token", &d);
}

/* What of name, connection and TLS was reached. False if not all of it. */
static bool
check_way(struct doctor *x, const struct http_response *r)
{
	static const char *const names[] = {
	    "name", "connection", "tls", "answer"};
	static const char *const next[] = {
	    "is the host in --base-url right, and this machine online?",
	    "is the port right, is the service up, is a firewall or a proxy "
	    "(https_proxy) in between?",
	    "is there a proxy that opens TLS? name its certificate with "
	    "--ca-file",
	    "try again; if it fails again, ask whoever runs the service",
	};
	struct checkup *c = &x->checkup;
	enum http_step step = r->failed_at;
	bool whole = r->status != 0;
	struct finding *f;

	if (whole || step > HTTP_STEP_NAME)
		checkup_add(c, "name", FINDING_OK, 0, "the host name resolves");
	if (whole || step > HTTP_STEP_CONNECT)
		checkup_add(c, "connection", FINDING_OK, 0, "connected to %s",
		    x->shown_url);
	if (x->url.https && (whole || step > HTTP_STEP_TLS))
		checkup_add(c, "tls", FINDING_OK, 0,
		    "the certificate is valid for '%s'", x->url.host);
	if (whole)
		return true;
	f = checkup_add(c, names[step], FINDING_FAILED, EXIT_SERVICE, "%s: %s",
	    x->shown_url, r->error);
	finding_help(f, "%s", next[step]);
	return false;
}

static void
check_clock(struct doctor *x, const struct http_response *r, int64_t now_ms)
{
	int64_t theirs = http_date_ms(r->date);
	int64_t skew = theirs - (now_ms - r->elapsed_ms / 2);
	int64_t seconds = (skew < 0 ? -skew : skew) / 1000;
	struct finding *f;

	if (r->date[0] == '\0' || theirs < 0) {
		checkup_add(&x->checkup, "clock", FINDING_WARNING, 0,
		    "not compared: the service does not tell the time");
	} else if (skew > SKEW_MS || skew < -SKEW_MS) {
		f = checkup_add(&x->checkup, "clock", FINDING_WARNING, 0,
		    "this machine's clock is %" PRId64 " s %s the service's",
		    seconds, skew > 0 ? "behind" : "ahead of");
		finding_help(f, "set the clock: lookups of lost answers "
				"compare creation times");
	} else {
		checkup_add(&x->checkup, "clock", FINDING_OK, 0,
		    "within %" PRId64 " s of the service's", seconds + 1);
	}
}

/* A status that is not success: who has to do what. */
static void
refuse_status(struct doctor *x, const struct http_response *r)
{
	struct checkup *c = &x->checkup;
	struct finding *f;
	char words[256];

	response_words(r, words, sizeof(words));
	if (r->status == 401 || r->status == 403) {
		/* Without a token that is what has to come. */
		if (x->token == NULL)
			return;
		f = checkup_add(c, "token", FINDING_FAILED, EXIT_USAGE,
		    "HTTP %d: %s", r->status, words);
		finding_help(f, "%s",
		    r->status == 401
			? "the token is wrong, has expired or belongs to "
			  "another team: create a new one in ChakraHQ"
			: "the token is valid, but its access role may not "
			  "read the configuration: ask for that permission");
		return;
	}
	f = checkup_add(c, "answer", FINDING_FAILED, EXIT_SERVICE,
	    "HTTP %d for %s: %s", r->status, PATH_OF_CONFIG, words);
	if (r->status >= 300 && r->status < 400)
		finding_help(f,
		    "it points to '%.180s'; redirects are not "
		    "followed: fix --base-url",
		    r->location);
	else if (r->status == 404)
		finding_help(f, "is --base-url right? it ends before /v1");
	else if (r->status == 407)
		finding_help(f, "the proxy asks for a user and a password");
	else
		finding_help(f, "try again later");
}

static void
check_answer(struct doctor *x, const struct http_response *r)
{
	char words[256];
	struct config *config;
	struct finding *f;

	if (r->status < 200 || r->status > 299) {
		refuse_status(x, r);
		return;
	}
	if (x->token != NULL)
		checkup_add(&x->checkup, "token", FINDING_OK, 0,
		    "accepted (HTTP %d)", r->status);
	config = response_config(r, words, sizeof(words));
	if (config == NULL) {
		f = checkup_add(&x->checkup, "procedure", FINDING_WARNING, 0,
		    "not checked: %s", words);
		finding_help(f, "is --base-url ChakraHQ, and not a proxy's "
				"own page?");
		return;
	}
	checkup_schema(&x->checkup, config, x->plan.mapping, x->procedure);
	config_free(config);
}

/* What earlier runs met at this address. */
static void
check_known(struct doctor *x)
{
	struct diag d = DIAG_INIT;
	char *dir = runs_dir_default(x->options->settings.runs_dir, &d);
	struct contact_list all = {NULL, 0};
	const struct contact *known = NULL;
	struct buf words = BUF_INIT(4096), flags = BUF_INIT(1024);
	struct finding *f;

	if (dir == NULL)
		return; /* reported by check_runs_dir */
	if (contact_list_read(dir, &all, &d)) {
		f = checkup_add(
		    &x->checkup, "known", FINDING_WARNING, 0, "%s", d.message);
		finding_help(f, "%s", d.help);
	} else if (x->procedure != NULL) {
		known = contact_list_find(&all, x->shown_url, x->procedure);
		if (known == NULL)
			checkup_add(&x->checkup, "known", FINDING_OK, 0,
			    "no run has used this procedure there yet; the "
			    "first one records what it learns");
	}
	if (known != NULL) {
		contact_words(known, &words);
		contact_sandbox_flags(known, &flags);
		f = checkup_add(&x->checkup, "known", FINDING_OK, 0,
		    "from earlier runs, %s", buf_str(&words));
		if (flags.len > 0)
			finding_help(f,
			    "'csv2chakra service' shows all of it; to "
			    "imitate it: chakra-sandbox %s",
			    buf_str(&flags));
	}
	buf_release(&words);
	buf_release(&flags);
	contact_list_release(&all);
	free(dir);
}

static int
check_service(struct doctor *x, struct diag *d)
{
	struct clock clock = FAULT_CLOCK(clock_system());
	struct http_response r = {0};
	struct buf shown = BUF_INIT(4096);
	int failed =
	    base_url_parse(x->options->settings.base_url, &x->url, d) ||
	    base_url_normalise(x->options->settings.base_url, &shown, d);

	snprintf(x->shown_url, sizeof(x->shown_url), "%s", buf_str(&shown));
	buf_release(&shown);
	if (failed || config_fetch(&x->options->settings, x->token, &r, d))
		return -1;
	if (check_way(x, &r)) {
		check_clock(x, &r, clock.wall_ms(clock.ctx));
		check_answer(x, &r);
	}
	check_known(x);
	http_response_release(&r);
	return 0;
}

static int
print(const struct doctor *x, struct diag *d)
{
	struct buf out = BUF_INIT(0);
	bool is_json = x->options->settings.format == FORMAT_JSON;
	bool all_well = true;

	for (size_t i = 0; i < x->checkup.count; i++)
		all_well &= x->checkup.items[i].result == FINDING_OK;
	if (is_json)
		checkup_json(&x->checkup, &out);
	else if (!all_well || !x->options->settings.quiet)
		checkup_text(&x->checkup, &out);
	return out.len > 0 ? command_answer(&out, is_json, d) : 0;
}

static int
run_doctor(struct options *o, struct diag *d)
{
	struct doctor x;
	struct diag service = DIAG_INIT;
	int status;

	memset(&x, 0, sizeof(x));
	x.options = o;
	diagnostics_init(&x.plan.diagnostics);
	signals_ignore_pipe();
	check_mapping_file(&x);
	check_settings(&x);
	check_runs_dir(&x);
	check_confinement(&x);
	check_token_source(&x);
	if (check_service(&x, &service))
		checkup_add_diag(&x.checkup, "address", &service);
	status = x.checkup.exit_status;
	if (print(&x, d))
		status = -1;
	token_free(x.token);
	free(x.procedure);
	plan_release(&x.plan);
	return status;
}

const struct command command_doctor = {
    .id = COMMAND_DOCTOR,
    .name = "doctor",
    .operands = "[MAPPING]",
    .operands_max = 1,
    .summary = "check that ChakraHQ answers and the token is valid",
    .details = "Prints one line per check: ok, warning or failed, with the "
	       "next step. With a mapping, also checks that its procedure, "
	       "data keys and states exist there. Nothing is created. Exit "
	       "status 2: mapping or token; 4: service or disk.",
    .examples = {{"doctor", "address and token"},
	{"doctor leads.yaml", "and the mapping's procedure"}},
    .run = run_doctor,
};
