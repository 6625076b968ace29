/* SPDX-License-Identifier: MIT */
/* The option table of chakra-sandbox; system/optspec reads it. */
#include "options.h"

#include "base/xalloc.h"
#include "system/optspec.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AT(member) .offset = offsetof(struct sandbox_options, member)
#define SERVER .group = "Server", .commands = 1
#define BEHAVIOUR .group = "Behaviour", .commands = 1
#define FAULTS .group = "Faults", .commands = 1
#define GENERAL .group = "General", .commands = 1

/* A day is more than any rehearsal needs, and far from overflow. */
#define DURATION_MAX 86400000u
#define OFFSET_MAX (30 * (int64_t)DURATION_MAX)

static int
parse_fault(const char *text, void *field, char why[OPTSPEC_WHY_SIZE])
{
	return fault_plan_add(field, text_of(text), why);
}

static int
parse_offset(const char *text, void *field, char why[OPTSPEC_WHY_SIZE])
{
	bool is_behind = text[0] == '-';
	int64_t ms;

	if (!text_parse_duration(text_of(text + is_behind), &ms) ||
	    ms > (int64_t)OFFSET_MAX) {
		snprintf(why, OPTSPEC_WHY_SIZE,
		    "expected a duration of at most 30 days, such as 6m or "
		    "-1d");
		return -1;
	}
	*(int64_t *)field = is_behind ? -ms : ms;
	return 0;
}

static const struct optspec rows[] = {
    {SERVER, .name = "listen", .kind = OPTSPEC_TEXT, .argument = "HOST:PORT",
	AT(listen), .default_text = "127.0.0.1:8787",
	.help = "address to listen on; port 0 picks a free one"},
    {SERVER, .name = "allow-remote", .kind = OPTSPEC_FLAG, AT(allow_remote),
	.help = "listen on an address that is not loopback"},
    {SERVER, .name = "port-file", .kind = OPTSPEC_TEXT, .argument = "FILE",
	AT(port_file), .help = "write the port to this file once it listens"},
    {SERVER, .name = "db", .kind = OPTSPEC_TEXT, .argument = "FILE", AT(db),
	.default_text = ":memory:", .help = "file in which processes are kept"},
    {SERVER, .name = "token-file", .kind = OPTSPEC_TEXT, .argument = "FILE",
	AT(token_file), .default_note = "one is made and printed",
	.help = "file with the access token to require"},
    {SERVER, .name = "log", .kind = OPTSPEC_TEXT, .argument = "FILE", AT(log),
	.help = "append a line of JSON for each request"},
    {BEHAVIOUR, .name = "ack", .kind = OPTSPEC_WORD, .argument = "job|empty",
	AT(ack), .words = "job|empty", .default_text = "job",
	.help = "how a bulk-create is answered"},
    {BEHAVIOUR, .name = "duplicates", .kind = OPTSPEC_WORD,
	.argument = "error|merge|allow", AT(duplicates),
	.words = "error|merge|allow", .default_text = "error",
	.help = "what happens to a primary key that already exists"},
    {BEHAVIOUR, .name = "missing", .kind = OPTSPEC_WORD,
	.argument = "error|create|ignore", AT(missing),
	.words = "error|create|ignore", .default_text = "error",
	.help = "what happens to an update of a process that does not exist"},
    {BEHAVIOUR, .name = "updates", .kind = OPTSPEC_WORD,
	.argument = "merge|replace", AT(updates), .words = "merge|replace",
	.default_text = "merge",
	.help = "an update adds to data, or replaces it"},
    {BEHAVIOUR, .name = "states", .kind = OPTSPEC_WORD,
	.argument = "free|graph", AT(states), .words = "free|graph",
	.default_text = "free", .help = "to which states an update may lead"},
    {BEHAVIOUR, .name = "state-form", .kind = OPTSPEC_WORD,
	.argument = "short|uuid", AT(state_form), .words = "short|uuid",
	.default_text = "short",
	.help = "a state is shown by its short id, or its uuid"},
    {BEHAVIOUR, .name = "numbers", .kind = OPTSPEC_WORD,
	.argument = "keep|text", AT(numbers), .words = "keep|text",
	.default_text = "keep",
	.help = "numbers are shown as sent, or as texts"},
    {BEHAVIOUR, .name = "timestamps", .kind = OPTSPEC_WORD,
	.argument = "on|off", AT(timestamps), .words = "on|off",
	.default_text = "on",
	.help = "show createdAt, updatedAt and createdBy"},
    {BEHAVIOUR, .name = "deletes", .kind = OPTSPEC_WORD,
	.argument = "soft|hard", AT(deletes), .words = "soft|hard",
	.default_text = "soft",
	.help = "a deleted process is shown by its id, or gone"},
    {BEHAVIOUR, .name = "procedure", .kind = OPTSPEC_TEXT,
	.argument = "NAME=KEY", AT(procedure),
	.help = "know this procedure, too, with its key and any state"},
    {BEHAVIOUR, .name = "role", .kind = OPTSPEC_WORD,
	.argument = "full|no-delete", AT(role), .words = "full|no-delete",
	.default_text = "full", .help = "what the access token may do"},
    {BEHAVIOUR, .name = "entry-ids", .kind = OPTSPEC_WORD, .argument = "on|off",
	AT(entry_ids), .words = "on|off", .default_text = "on",
	.help = "entries name the process that they led to"},
    {BEHAVIOUR, .name = "entry-shape", .kind = OPTSPEC_COUNT,
	.argument = "1|2|3", AT(entry_shape), .min = 1, .max = 3,
	.default_text = "1", .help = "how a job's entries name things"},
    {BEHAVIOUR, .name = "list-shape", .kind = OPTSPEC_COUNT, .argument = "1|2",
	AT(list_shape), .min = 1, .max = 2, .default_text = "1",
	.help = "listed processes have the key as it was sent, or in data"},
    {BEHAVIOUR, .name = "latency", .kind = OPTSPEC_DURATION, .argument = "D",
	AT(latency_ms), .max = DURATION_MAX, .default_text = "0s",
	.help = "wait before each answer of the API"},
    {BEHAVIOUR, .name = "job-delay", .kind = OPTSPEC_DURATION, .argument = "D",
	AT(job_delay_ms), .max = DURATION_MAX, .default_text = "0s",
	.help = "how long a job takes"},
    {BEHAVIOUR, .name = "clock-offset", .kind = OPTSPEC_CUSTOM,
	.argument = "[-]D", AT(clock_offset_ms), .parse = parse_offset,
	.default_note = "0s",
	.help = "how far its clock is ahead of this machine's (-: behind)"},
    {BEHAVIOUR, .name = "page-size", .kind = OPTSPEC_COUNT, .argument = "N",
	AT(page_size), .min = 1, .max = 10000, .default_text = "100",
	.help = "entries per page of a job"},
    {BEHAVIOUR, .name = "max-body", .kind = OPTSPEC_SIZE, .argument = "SIZE",
	AT(max_body), .min = 1, .max = 512u << 20, .default_text = "16MiB",
	.help = "answer 413 to larger bodies"},
    {FAULTS, .name = "fault", .kind = OPTSPEC_CUSTOM,
	.argument = "KIND=RATE[,WORD]...", AT(faults), .parse = parse_fault,
	.help = "fail on purpose; may be repeated"},
    {FAULTS, .name = "seed", .kind = OPTSPEC_COUNT, .argument = "N",
	AT(faults.seed), .default_text = "0",
	.help = "seed of the random faults"},
    {GENERAL, .name = "help", .letter = 'h', .kind = OPTSPEC_LAST, AT(help),
	.help = "show this help"},
    {GENERAL, .name = "version", .kind = OPTSPEC_LAST, AT(version),
	.help = "show the version"},
};
#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

static const struct optspec_table table = {
    .program = "chakra-sandbox", .items = rows, .count = ROW_COUNT};

/* No option of the sandbox comes from the environment: CHAKRA_* there are
 * meant for the importer. */
static char *
no_environment(const char *name)
{
	(void)name;
	return NULL;
}

int
sandbox_options_parse(
    struct sandbox_options *o, int argc, char **argv, struct diag *d)
{
	struct optspec_result result = {.origins = xcalloc(ROW_COUNT, 1),
	    .operands = xcalloc((size_t)argc + 1, sizeof(*result.operands))};
	int parsed;

	memset(o, 0, sizeof(*o));
	parsed = optspec_parse(
	    &table, 0, argc - 1, argv + 1, no_environment, o, &result, d);
	if (parsed == 0 && !o->help && !o->version &&
	    result.operand_count > 0) {
		parsed = diag_set(d, DIAG_USAGE, "unexpected argument '%s'",
		    result.operands[0]);
		diag_help(d, "try 'chakra-sandbox --help'");
	}
	free(result.origins);
	free(result.operands);
	return parsed;
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
	    "usage: chakra-sandbox [OPTION]...\n\nA ChakraHQ to rehearse "
	    "against: it answers like the real one, on this machine,\n"
	    "and keeps what it receives.\n");
	optspec_help(&table, 0, out);
	buf_adds(out, "\nexamples:\n"
		      "  chakra-sandbox --job-delay 2s\n"
		      "  chakra-sandbox --fault 503=0.1,2s --fault "
		      "reset-after=0.05 --seed 7\n\nSee chakra-sandbox(1) "
		      "for faults, endpoints, files and the exit status.\n");
}
