/* SPDX-License-Identifier: MIT */
/*
 * Every option of csv2chakra, once. The parser, the help, the completions and
 * the check of the man page read these rows; a new option is a row here, a
 * member of struct options and a paragraph in man/csv2chakra.1.
 */
#include "option_table.h"

#include "build/chunker.h"
#include "csv/reader.h"
#include "plan/options.h"
#include "plan/settings.h"

#include <stddef.h>

#define C(name) (1U << COMMAND_##name)
#define READS                                                                  \
	(C(CHECK) | C(PREVIEW) | C(SPLIT) | C(CONVERT) | C(DIFF) |             \
	    C(REHEARSE) | C(IMPORT) | C(RESUME))
#define LOOKS (READS | C(INSPECT) | C(INIT) | C(RETRY))
#define SENDS (C(REHEARSE) | C(IMPORT) | C(RESUME) | C(RETRY))
#define CALLS (SENDS | C(RECONCILE))
#define ASKS (CALLS | C(DIFF) | C(UNDO))
/* They ask for the configuration: one GET. */
#define CONFIGURES (C(DOCTOR) | C(FIELDS) | C(INIT))
#define TALKS (ASKS | CONFIGURES)
/* A rehearsal has its own service, token and folder. */
#define NOT_REHEARSE (~C(REHEARSE))
#define HAS_RUNS (CALLS | C(UNDO) | C(STATUS) | C(REPORT) | C(PRUNE))
#define PROFILES (READS | C(REPORT) | TALKS | HAS_RUNS | C(SERVICE))
#define ALL ((1U << COMMAND_COUNT) - 1)

#define AT(member) offsetof(struct options, member)

static const char service[] = "Service";
static const char sending[] = "Sending";
static const char rows_group[] = "Rows";
static const char run_group[] = "Run";
static const char input_group[] = "Input";
static const char answer_group[] = "Answer";

/* One option a row, laid out by hand. */
/* clang-format off */
static const struct optspec rows[] = {
    /* Service */
    {.name = "base-url", .kind = OPTSPEC_TEXT, .argument = "URL", .also = "url|host|endpoint|server",
	.offset = AT(settings.base_url), .environment = "CHAKRA_BASE_URL",
	.default_text = "https://api.chakrahq.com", .group = service,
	.commands = (READS | C(REPORT) | CONFIGURES) & NOT_REHEARSE,
	.uses = SETTING_FIXED | SETTING_PLACE,
	.profile = "base_url",
	.help = "address of ChakraHQ; http:// only for loopback"},
    {.name = "token-file", .kind = OPTSPEC_TEXT, .argument = "FILE", .also = "token|api-key|api-token|key",
	.offset = AT(settings.token_file), .group = service,
	.commands = TALKS & NOT_REHEARSE,
	.environment = "CHAKRA_API_TOKEN_FILE",
	.profile = "token_file",
	.help = "file with the API token; without it the token is read from "
		"CHAKRA_API_TOKEN"},
    {.name = "token-command", .kind = OPTSPEC_TEXT, .argument = "CMD",
	.offset = AT(settings.token_command), .group = service,
	.commands = TALKS & NOT_REHEARSE, .environment = "CHAKRA_API_TOKEN_COMMAND",
	.profile = "token_command",
	.help = "command that prints the API token, run without a shell: "
		"'op read op://it/chakra/token'"},
    {.name = "profile", .kind = OPTSPEC_TEXT, .argument = "NAME",
	.offset = AT(settings.profile), .environment = "CSV2CHAKRA_PROFILE",
	.default_note = "default_profile", .group = service, .commands = PROFILES,
	.help = "profile of ~/.config/csv2chakra/config.yaml to use, or none"},
    {.name = "procedure", .kind = OPTSPEC_TEXT, .argument = "ID",
	.offset = AT(settings.procedure), .default_note = "the mapping's",
	.group = service, .commands = READS | C(REPORT) | C(DOCTOR) | C(INIT),
	.uses = SETTING_FIXED | SETTING_PLACE,
	.help = "short id or uuid of the procedure"},
    {.name = "ca-file", .kind = OPTSPEC_TEXT, .argument = "FILE",
	.offset = AT(settings.ca_file), .default_note = "the system's",
	.environment = "SSL_CERT_FILE",
	.group = service, .commands = TALKS & NOT_REHEARSE,
	.help = "certificates to trust"},
    {.name = "timeout", .kind = OPTSPEC_DURATION, .argument = "D",
	.offset = AT(settings.timeout_ms), .default_text = "60s", .min = 1,
	.group = service, .commands = TALKS, .uses = SETTING_SHOWN,
	.help = "abort a call after this long without traffic"},
    {.name = "connect-timeout", .kind = OPTSPEC_DURATION, .argument = "D",
	.offset = AT(settings.connect_timeout_ms), .default_text = "10s", .min = 1,
	.group = service, .commands = TALKS,
	.help = "how long connecting may take"},
    {.name = "retry-for", .kind = OPTSPEC_DURATION, .argument = "D",
	.offset = AT(settings.submit.retry_for_ms), .default_text = "10m", .group = service,
	.commands = ASKS, .uses = SETTING_SHOWN,
	.help = "give up after this long without progress"},
    {.name = "rate", .kind = OPTSPEC_CUSTOM, .argument = "N/s",
	.offset = AT(settings.submit.rate_per_s), .parse = option_parse_rate,
	.default_note = "no limit", .group = service, .commands = ASKS,
	.profile = "rate",
	.help = "at most this many calls of any kind per second (N/s) or "
		"minute (N/m)"},
    {.name = "rate-share", .kind = OPTSPEC_CUSTOM, .argument = "I/W",
	.offset = AT(settings.submit.rate_share),
	.parse = option_parse_rate_share, .group = service, .commands = CALLS,
	.help = "this process is number I of W that share --rate: it uses 1/W of it"},

    /* Sending */
    {.name = "chunk-rows", .kind = OPTSPEC_COUNT, .argument = "N", .also = "batch-size|batch|chunk-size",
	.offset = AT(settings.chunk_rows), .default_text = "500", .min = 1,
	.max = CHUNK_ROWS_MAX, .group = sending, .commands = READS | C(RETRY),
	.uses = SETTING_FIXED | SETTING_SHOWN,
	.help = "rows per call, at most 10,000"},
    {.name = "chunk-bytes", .kind = OPTSPEC_SIZE, .argument = "SIZE",
	.offset = AT(settings.chunk_bytes), .default_text = "1MiB",
	.min = CHUNK_BYTES_MIN, .max = (uint64_t)256 << 20,
	.group = sending, .commands = READS | C(RETRY),
	.uses = SETTING_FIXED | SETTING_SHOWN,
	.help = "bytes per call; a row that needs more is rejected"},
    {.name = "in-flight", .kind = OPTSPEC_COUNT, .argument = "N", .also = "concurrency|parallel|threads|workers",
	.offset = AT(settings.submit.in_flight), .default_text = "4", .min = 1, .max = 64,
	.group = sending, .commands = SENDS | C(DIFF), .uses = SETTING_SHOWN,
	.profile = "in_flight",
	.help = "calls running at the same time; the first one runs alone"},
    {.name = "open-jobs", .kind = OPTSPEC_COUNT, .argument = "N",
	.offset = AT(settings.submit.open_jobs), .default_text = "16", .min = 1,
	.max = 100000, .group = sending, .commands = SENDS,
	.uses = SETTING_SHOWN,
	.help = "send no new chunk while this many background jobs are "
		"unfinished"},
    {.name = "gzip", .kind = OPTSPEC_FLAG, .offset = AT(settings.gzip),
	.group = sending, .commands = ASKS,
	.help = "compress request bodies; ChakraHQ does not document this; "
		"try `--limit 1` first"},
    {.name = "no-wait", .kind = OPTSPEC_FLAG, .offset = AT(settings.submit.no_wait),
	.group = sending, .commands = SENDS, .uses = SETTING_SHOWN,
	.help = "stop after the acknowledgements: do not follow jobs or look "
		"rows up"},
    {.name = "ids", .kind = OPTSPEC_FLAG, .offset = AT(settings.submit.ids),
	.group = sending, .commands = SENDS, .uses = SETTING_SHOWN,
	.help = "ask each finished job for the ids of the processes that it "
		"created: process_id in results.csv; at least a call more a chunk"},
    {.name = "wait-timeout", .kind = OPTSPEC_DURATION, .argument = "D",
	.offset = AT(settings.submit.wait_timeout_ms), .default_text = "30m",
	.group = sending, .commands = CALLS, .uses = SETTING_SHOWN,
	.help = "stop waiting for a job whose counts have not changed for "
		"this long"},
    {.name = "on-unknown", .kind = OPTSPEC_WORD, .argument = "WHAT",
	.offset = AT(settings.submit.on_unknown), .words = "hold|check|resend-absent",
	.default_text = "check", .group = sending, .commands = SENDS,
	.help = "rows whose answer was lost: hold them, check them by "
		"lookups, or also send them again if none is found "
		"(resend-absent)"},
    {.name = "settle", .kind = OPTSPEC_DURATION, .argument = "D",
	.offset = AT(settings.submit.settle_ms), .default_text = "2m", .group = sending,
	.commands = CALLS | C(UNDO), .uses = SETTING_SHOWN,
	.help = "keep looking rows up for this long after they were sent"},
    {.name = "resend-absent", .kind = OPTSPEC_FLAG,
	.offset = AT(settings.resend_absent), .group = sending,
	.commands = C(RECONCILE),
	.help = "send a call again, once, if none of its rows was ever found"},
    {.name = "after-damage", .kind = OPTSPEC_FLAG,
	.offset = AT(settings.after_damage), .group = sending,
	.commands = C(RESUME),
	.help = "for a ledger that has lost what was sent: look up every row "
		"it believes unsent, and send those that are not there"},
    {.name = "grace", .kind = OPTSPEC_DURATION, .argument = "D",
	.offset = AT(settings.grace_ms), .default_text = "20s", .group = sending,
	.commands = CALLS | C(UNDO),
	.help = "how long running calls may take to finish after Ctrl-C or "
		"SIGTERM"},

    /* Rows */
    {.name = "max-errors", .kind = OPTSPEC_CUSTOM, .argument = "N|P%",
	.offset = AT(settings.submit.max_errors), .parse = option_parse_max_errors,
	.default_note = "no limit", .group = rows_group,
	.commands = C(CHECK) | SENDS,
	.help = "stop when more than N rows, or more than P% of the rows, "
		"are rejected or refused"},
    {.name = "skip-existing", .kind = OPTSPEC_FLAG,
	.offset = AT(settings.submit.skip_existing), .group = rows_group,
	.commands = C(IMPORT), .uses = SETTING_FIXED,
	.help = "look keys up first and skip rows that already exist"},
    {.name = "all-or-nothing", .kind = OPTSPEC_FLAG,
	.offset = AT(settings.all_or_nothing), .group = rows_group,
	.commands = C(IMPORT) | C(REHEARSE),
	.help = "send nothing if any row would be rejected"},
    {.name = "expect-rows", .kind = OPTSPEC_CUSTOM, .argument = "MIN..MAX",
	.offset = AT(settings.expect_rows), .parse = option_parse_expect_rows,
	.group = rows_group,
	.commands = C(CHECK) | C(SPLIT) | C(REHEARSE) | C(IMPORT),
	.help = "fail (exit 7) before sending unless the file has this many "
		"rows"},
    {.name = "limit", .kind = OPTSPEC_COUNT, .argument = "N",
	.offset = AT(settings.limit), .min = 1, .group = rows_group,
	.commands = C(CHECK) | C(CONVERT) | C(DIFF) | C(REHEARSE) |
	    C(IMPORT) | C(RESUME), .uses = SETTING_KEPT | SETTING_SHOWN,
	.help = "stop after N records"},
    {.name = "unique-memory", .kind = OPTSPEC_SIZE, .argument = "SIZE",
	.offset = AT(settings.unique_memory), .default_text = "256MiB",
	.min = 1, .group = rows_group,
	.commands = C(CHECK) | C(SPLIT) | C(CONVERT) | ASKS | C(REPORT),
	.help = "memory for unique keys; beyond it the file is read once more, and they are compared on disk"},
    {.name = "unique-across", .kind = OPTSPEC_FLAG,
	.offset = AT(settings.unique_across), .group = rows_group,
	.commands = C(CHECK) | C(IMPORT), .uses = SETTING_FIXED | SETTING_SHOWN,
	.help = "compare unique fields over all files of the command, each "
		"of which is read once more"},
    {.letter = 'n', .kind = OPTSPEC_COUNT, .argument = "N",
	.offset = AT(count), .default_text = "5", .min = 1,
	.group = rows_group, .commands = C(PREVIEW),
	.help = "how many rows to show"},
    {.name = "rows", .kind = OPTSPEC_CUSTOM, .argument = "LIST",
	.offset = AT(rows), .parse = option_parse_rows, .group = rows_group,
	.commands = C(PREVIEW),
	.help = "show these rows, numbered as in a spreadsheet: 7,12-20"},
    {.name = "failing", .kind = OPTSPEC_FLAG, .offset = AT(failing),
	.group = rows_group, .commands = C(PREVIEW),
	.help = "show rows that would be rejected"},
    {.name = "explain", .kind = OPTSPEC_FLAG, .offset = AT(explain),
	.group = rows_group, .commands = C(PREVIEW),
	.help = "show how each value came about, rule by rule"},
    {.name = "field", .kind = OPTSPEC_TEXT, .argument = "PATH",
	.offset = AT(field), .group = rows_group, .commands = C(PREVIEW),
	.help = "with --explain: only this field, such as data.score"},
    {.name = "rows", .kind = OPTSPEC_WORD, .argument = "OUTCOME",
	.offset = AT(rows_outcome),
	.words = OUTCOME_WORDS,
	.group = rows_group, .commands = C(REPORT),
	.help = "print the exact records of the rows with this outcome"},

    {.name = "parts", .kind = OPTSPEC_COUNT, .argument = "N",
	.offset = AT(parts), .min = 1, .max = 100000, .default_note = "64",
	.group = rows_group, .commands = C(SPLIT),
	.help = "cut into at most this many parts of about the same size"},
    {.name = "rows", .kind = OPTSPEC_COUNT, .argument = "N",
	.offset = AT(part_rows), .min = 1, .group = rows_group,
	.commands = C(SPLIT),
	.help = "at most this many rows in a part"},
    {.name = "bytes", .kind = OPTSPEC_SIZE, .argument = "SIZE",
	.offset = AT(part_bytes), .min = 1, .group = rows_group,
	.commands = C(SPLIT),
	.help = "at most this many bytes in a part, unless one row has more"},

    /* Run */
    {.name = "dry-run", .kind = OPTSPEC_FLAG, .offset = AT(settings.dry_run),
	.group = run_group, .commands = C(IMPORT),
	.help = "do everything except send, like check MAPPING CSV"},
    {.name = "dry-run", .kind = OPTSPEC_FLAG, .offset = AT(settings.dry_run),
	.group = run_group, .commands = C(PRUNE),
	.help = "show what would be removed; remove nothing"},
    {.name = "dry-run", .kind = OPTSPEC_FLAG, .offset = AT(settings.dry_run),
	.group = run_group, .commands = C(UNDO),
	.help = "count what would be deleted, and what would be kept and why; "
		"delete nothing"},
    {.name = "delete", .kind = OPTSPEC_COUNT, .argument = "N",
	.offset = AT(settings.delete_rows), .group = run_group,
	.commands = C(UNDO),
	.help = "delete only if exactly N processes can be deleted: the number that --dry-run prints"},
    {.name = "even-if-changed", .kind = OPTSPEC_FLAG,
	.offset = AT(settings.even_if_changed), .group = run_group,
	.commands = C(UNDO),
	.help = "also delete processes that somebody has changed since"},
    {.name = "fault", .kind = OPTSPEC_CUSTOM, .argument = "KIND=RATE",
	.offset = AT(faults), .parse = option_parse_fault, .group = run_group,
	.commands = C(REHEARSE), .help = "a fault of the sandbox; repeatable"},
    {.name = "keep", .kind = OPTSPEC_FLAG, .offset = AT(keep),
	.group = run_group, .commands = C(REHEARSE), .help = "leave the sandbox running until Ctrl-C"},
    {.name = "again", .kind = OPTSPEC_FLAG, .offset = AT(settings.again),
	.group = run_group, .commands = C(IMPORT), .uses = SETTING_SHOWN,
	.help = "import even if this input was imported before"},
    {.name = "resume", .kind = OPTSPEC_FLAG, .offset = AT(settings.resume),
	.group = run_group, .commands = C(IMPORT),
	.help = "continue this input's stopped run, if there is one"},
    {.name = "if-changed", .kind = OPTSPEC_FLAG, .offset = AT(settings.if_changed),
	.group = run_group, .commands = C(IMPORT),
	.help = "do nothing (exit 0) if this input was imported before"},
    {.name = "after", .kind = OPTSPEC_TEXT, .argument = "RUN",
	.offset = AT(settings.after), .group = run_group,
	.commands = C(IMPORT), .uses = SETTING_SHOWN,
	.help = "the file has grown since this run imported it: send only "
		"the rows after its end"},
    {.name = "changes", .kind = OPTSPEC_TEXT, .argument = "FOLDER",
	.offset = AT(settings.changes), .group = run_group,
	.commands = C(IMPORT), .uses = SETTING_SHOWN,
	.help = "apply exactly the changes that diff listed in this folder"},
    {.name = "mapping", .kind = OPTSPEC_TEXT, .argument = "M",
	.offset = AT(settings.mapping), .default_note = "the run's",
	.group = run_group, .commands = C(RETRY),
	.help = "use this mapping instead of the run's own"},
    {.name = "older-than", .kind = OPTSPEC_CUSTOM, .argument = "D",
	.offset = AT(older_than_ms), .parse = option_parse_age,
	.group = run_group, .commands = C(PRUNE),
	.help = "remove settled runs that ended at least this long ago: 90d"},
    {.name = "all", .kind = OPTSPEC_FLAG, .offset = AT(all),
	.group = run_group, .commands = C(STATUS),
	.help = "list all runs, not only the newest 20"},
    {.name = "runs-dir", .kind = OPTSPEC_TEXT, .argument = "DIR",
	.offset = AT(settings.runs_dir), .environment = "CSV2CHAKRA_RUNS_DIR",
	.default_note = "$XDG_STATE_HOME/csv2chakra/runs",
	.group = run_group,
	.commands =
	    (HAS_RUNS & ~C(REPORT)) | C(DOCTOR) | C(SERVICE) | C(COMPLETION),
	.profile = "runs_dir",
	.help = "folder in which run folders are kept"},
    {.name = "runs-dir", .kind = OPTSPEC_CUSTOM, .argument = "DIR",
	.offset = AT(folders), .environment = "CSV2CHAKRA_RUNS_DIR",
	.default_note = "$XDG_STATE_HOME/csv2chakra/runs",
	.parse = option_parse_folder, .group = run_group,
	.commands = C(REPORT),
	.profile = "runs_dir",
	.help = "folder in which run folders are kept; for the parts of a file, repeat it for each folder that has runs of them"},
    {.name = "any-file-system", .kind = OPTSPEC_FLAG,
	.offset = AT(any_file_system), .group = run_group,
	.commands = C(DOCTOR),
	.help = "only warn of a runs folder on a file system whose locks do "
		"not hold on all machines"},

    {.name = "files-from", .kind = OPTSPEC_TEXT, .argument = "FILE",
	.offset = AT(files_from), .group = run_group,
	.commands = C(CHECK) | C(IMPORT),
	.help = "read the names of the CSVs from this file, one a line; - is "
		"standard input"},
    {.letter = '0', .kind = OPTSPEC_FLAG, .offset = AT(ends_in_nul),
	.group = run_group, .commands = C(CHECK) | C(IMPORT),
	.help = "names in --files-from end with NUL, not with a line end"},
    {.name = "move-done", .kind = OPTSPEC_TEXT, .argument = "DIR",
	.offset = AT(move_done), .group = run_group, .commands = C(IMPORT),
	.help = "move a file there once all its rows are imported"},
    {.name = "move-failed", .kind = OPTSPEC_TEXT, .argument = "DIR",
	.offset = AT(move_failed), .group = run_group, .commands = C(IMPORT),
	.help = "move a file there if it, or some of its rows, failed"},
    {.name = "quiet-for", .kind = OPTSPEC_DURATION, .argument = "D",
	.offset = AT(quiet_for_ms), .group = run_group, .commands = C(IMPORT),
	.help = "leave files that changed within this time for later: 60s"},

    /* Input */
    {.name = "delimiter", .kind = OPTSPEC_CUSTOM, .argument = "C", .also = "separator|sep",
	.offset = AT(settings.delimiter), .parse = option_parse_delimiter,
	.print = option_print_sign,
	.default_note = "the mapping's", .group = input_group,
	.commands = LOOKS, .uses = SETTING_FIXED | SETTING_READING,
	.help = "what separates cells: a character, or tab"},
    {.name = "encoding", .kind = OPTSPEC_TEXT, .argument = "NAME",
	.offset = AT(settings.encoding), .default_note = "the mapping's",
	.group = input_group, .commands = LOOKS,
	.uses = SETTING_FIXED | SETTING_READING,
	.help = "the input's encoding: utf-8, windows-1252, ..."},
    {.name = "quote", .kind = OPTSPEC_CUSTOM, .argument = "C",
	.offset = AT(settings.quote), .parse = option_parse_quote,
	.print = option_print_sign,
	.default_note = "the mapping's", .group = input_group,
	.commands = LOOKS, .uses = SETTING_FIXED | SETTING_READING,
	.help = "the quote character, or none"},
    {.name = "header", .kind = OPTSPEC_FLAG, .offset = AT(settings.header),
	.group = input_group, .commands = LOOKS,
	.uses = SETTING_FIXED | SETTING_READING,
	.help = "the first record is the header, whatever it looks like"},
    {.name = "no-header", .kind = OPTSPEC_FLAG, .offset = AT(settings.no_header),
	.group = input_group, .commands = LOOKS,
	.uses = SETTING_FIXED | SETTING_READING,
	.help = "the first record is data"},
    {.name = "skip-lines", .kind = OPTSPEC_COUNT, .argument = "N",
	.offset = AT(settings.skip_lines), .max = 1000000,
	.default_note = "the mapping's", .group = input_group,
	.commands = LOOKS, .uses = SETTING_FIXED | SETTING_READING,
	.help = "physical lines to skip before the header"},
    {.name = "max-cell", .kind = OPTSPEC_SIZE, .argument = "SIZE",
	.offset = AT(settings.max_cell), .default_text = "1MiB", .min = 1,
	.max = (uint64_t)1 << 30, .group = input_group, .commands = LOOKS,
	.uses = SETTING_FIXED,
	.help = "reject a row with a larger cell"},
    {.name = "max-record", .kind = OPTSPEC_SIZE, .argument = "SIZE",
	.offset = AT(settings.max_record), .default_text = "4MiB", .min = 1,
	.max = (uint64_t)1 << 30, .group = input_group, .commands = LOOKS,
	.uses = SETTING_FIXED,
	.help = "reject a larger record"},
    {.name = "max-columns", .kind = OPTSPEC_COUNT, .argument = "N",
	.offset = AT(settings.max_columns), .default_text = "16384", .min = 1,
	.max = 1000000, .group = input_group, .commands = LOOKS,
	.uses = SETTING_FIXED,
	.help = "reject a row with more cells"},
    {.name = "max-input", .kind = OPTSPEC_SIZE, .argument = "SIZE",
	.offset = AT(settings.max_input), .min = 1, .default_note = "no limit",
	.group = input_group, .commands = LOOKS, .uses = SETTING_FIXED,
	.help = "refuse a larger input, measured when decompressed"},
    {.name = "engine", .kind = OPTSPEC_WORD, .argument = "E",
	.offset = AT(settings.engine), .words = "fast|libcsv", .default_text = "fast",
	.group = input_group, .commands = READS,
	.help = "CSV parser: fast, or libcsv (slower, same result)"},

    /* Answer */
    {.name = "format", .kind = OPTSPEC_WORD, .argument = "F",
	.offset = AT(settings.format), .words = "text|json|github",
	.default_text = "text", .group = answer_group, .commands = C(CHECK),
	.help = "format of the answer on stdout: text, json or github"},
    {.name = "format", .kind = OPTSPEC_CUSTOM, .argument = "F",
	.offset = AT(settings.format), .parse = option_parse_report_format,
	.words = "text|json|html", /* for completions */
	.default_text = "text", .group = answer_group,
	.commands = C(REPORT),
	.help = "format of the answer on stdout: text, json or html"},
    {.name = "format", .kind = OPTSPEC_WORD, .argument = "F",
	.offset = AT(settings.format), .words = "text|json", .default_text = "text",
	.group = answer_group,
	.commands = ASKS | C(STATUS) | C(PRUNE) | C(INSPECT) | C(DOCTOR) |
	    C(SERVICE) | C(FIELDS),
	.help = "format of the answer on stdout: text or json"},
    {.name = "calls", .kind = OPTSPEC_FLAG, .offset = AT(settings.calls),
	.group = answer_group, .commands = C(CHECK) | C(REPORT),
	.help = "with --format json: all chunks and calls, however many"},
    {.name = "all-problems", .kind = OPTSPEC_FLAG,
	.offset = AT(settings.all_problems), .group = answer_group,
	.commands = C(CHECK) | CALLS | C(REPORT),
	.help = "a line for every problem of every row, and all causes"},
    {.name = "output", .letter = 'o', .kind = OPTSPEC_TEXT,
	.argument = "PATH", .offset = AT(settings.output), .group = answer_group,
	.commands = C(CHECK) | C(IMPORT),
	.help = "folder for the dry run's files"},
    {.name = "output", .letter = 'o', .kind = OPTSPEC_TEXT,
	.argument = "DIR", .offset = AT(settings.output), .group = answer_group,
	.commands = C(SPLIT),
	.help = "folder to make, for the parts and the report"},
    {.name = "output", .letter = 'o', .kind = OPTSPEC_TEXT,
	.argument = "PATH", .offset = AT(settings.output), .group = answer_group,
	.commands = C(INIT),
	.help = "write to this file instead of stdout"},
    {.name = "output", .letter = 'o', .kind = OPTSPEC_TEXT,
	.argument = "PATH", .offset = AT(settings.output), .group = answer_group,
	.commands = C(DIFF),
	.help = "new folder for the list of changes"},
    {.name = "output", .letter = 'o', .kind = OPTSPEC_TEXT,
	.argument = "PATH", .offset = AT(settings.output), .group = answer_group,
	.commands = C(UNDO),
	.help = "new folder for the way back of what was changed"},
    {.name = "exit-code", .kind = OPTSPEC_FLAG,
	.offset = AT(settings.exit_code), .group = answer_group,
	.commands = C(DIFF),
	.help = "exit 1 if anything would be changed, or cannot be"},
    {.name = "export", .kind = OPTSPEC_FLAG, .offset = AT(export),
	.group = answer_group, .commands = C(SERVICE),
	.help = "print JSON for a bug report; it names no host but "
		"ChakraHQ's own"},
    {.name = "metrics-file", .kind = OPTSPEC_TEXT, .argument = "FILE",
	.offset = AT(settings.metrics_file), .group = answer_group,
	.commands = (SENDS | C(UNDO)) & NOT_REHEARSE,
	.help = "write Prometheus metrics to this file at the end"},
    {.name = "notify", .kind = OPTSPEC_TEXT, .argument = "CMD",
	.offset = AT(settings.notify), .group = answer_group,
	.commands = (CALLS | C(UNDO)) & NOT_REHEARSE,
	.help = "run this command at the end; its environment has the exit "
		"status and the report"},
    {.name = "progress", .kind = OPTSPEC_WORD, .argument = "HOW",
	.offset = AT(settings.progress), .words = "auto|bar|lines|json|none",
	.default_text = "auto", .group = answer_group,
	.commands = ASKS | C(CHECK) | C(CONVERT) | C(SPLIT) | C(INSPECT) |
	    C(INIT) | C(FIELDS) | C(DOCTOR),
	.help = "progress on stderr: auto, bar, lines, json or none"},
    {.name = "quiet", .letter = 'q', .kind = OPTSPEC_FLAG,
	.offset = AT(settings.quiet), .group = answer_group, .commands = ALL,
	.help = "print nothing when all is well"},
    {.name = "verbose", .letter = 'v', .kind = OPTSPEC_REPEAT,
	.offset = AT(settings.verbose), .group = answer_group, .commands = ALL,
	.help = "print decisions and calls on stderr; -vv: headers, too"},
    {.name = "log-format", .kind = OPTSPEC_WORD, .argument = "F",
	.offset = AT(settings.log_format), .words = "text|json",
	.default_text = "text", .group = answer_group, .commands = ALL,
	.help = "format of messages on stderr: text or json"},
    {.name = "no-confinement", .kind = OPTSPEC_FLAG,
	.offset = AT(settings.no_confinement), .group = answer_group,
	.commands = C(CHECK) | C(SPLIT) | C(CONVERT) | C(DIFF) | C(REHEARSE) |
	    C(IMPORT) | C(RESUME) | C(RECONCILE) | C(RETRY) | C(UNDO),
	.help = "allow writing to any folder and starting any program"},
    {.name = "no-color", .kind = OPTSPEC_FLAG, .offset = AT(settings.no_color),
	.group = answer_group, .commands = ALL,
	.help = "no colours; setting NO_COLOR does the same"},
    {.name = "help", .letter = 'h', .kind = OPTSPEC_LAST,
	.offset = AT(help), .group = answer_group, .commands = ALL,
	.help = "show this help"},
};
/* clang-format on */

static const struct optspec_table table = {
    .program = "csv2chakra",
    .items = rows,
    .count = sizeof(rows) / sizeof(rows[0]),
    .command_names = option_commands,
    .command_count = COMMAND_COUNT,
};

_Static_assert(sizeof(rows) / sizeof(rows[0]) <= OPTION_ROWS_MAX,
    "struct settings has an origin for every row");
_Static_assert(COMMAND_COUNT <= 31, "a bit for every command");

const struct optspec_table *
options_table(void)
{
	return &table;
}
