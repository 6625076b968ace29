/* SPDX-License-Identifier: MIT */
/* resume, reconcile and retry: a run that was made before is worked on again,
 * or its rows that failed are. */
#include "command.h"
#include "import/import.h"

static struct again_request
request_of(const struct options *o, const struct run_audience *audience)
{
	const struct settings *s = &o->settings;

	return (struct again_request){
	    .settings = s,
	    .run = s->operands[0],
	    .csv = s->operand_count > 1 ? s->operands[1] : NULL,
	    .audience = audience,
	};
}

static int
run_resume(const struct options *o, const struct run_audience *audience,
    struct diag *d)
{
	struct again_request q = request_of(o, audience);

	return resume_run(&q, d);
}

static int
run_reconcile(const struct options *o, const struct run_audience *audience,
    struct diag *d)
{
	struct again_request q = request_of(o, audience);

	return reconcile_run(&q, d);
}

const struct command command_resume = {
    .id = COMMAND_RESUME,
    .name = "resume",
    .operands = "RUN [CSV]",
    .operands_min = 1,
    .operands_max = 2,
    .summary = "continue a stopped run",
    .details = "Reads the input from the start, checks it chunk by chunk "
	       "against the ledger, keeps what is settled, looks up what may "
	       "have been sent, and sends the rest. The file may have moved; "
	       "only its content matters.",
    .examples = {{"resume latest", "continue the newest run"},
	{"resume latest /new/place/leads.csv", "the same, after the file was "
					       "moved"}},
    .send = run_resume,
};

const struct command command_reconcile = {
    .id = COMMAND_RECONCILE,
    .name = "reconcile",
    .operands = "RUN [CSV]",
    .operands_min = 1,
    .operands_max = 2,
    .summary = "look up unknown rows, follow unfinished jobs",
    .details = "Sends nothing, except with --resend-absent: then a call is "
	       "sent again, once, if none of its rows was ever found.",
    .examples = {{"reconcile latest", "settle what can be settled"},
	{"reconcile --resend-absent latest",
	    "also send calls again of which no row was found"}},
    .send = run_reconcile,
};

static int
run_retry(const struct options *o, const struct run_audience *audience,
    struct diag *d)
{
	return retry_run(&o->settings, audience, d);
}

const struct command command_retry = {
    .id = COMMAND_RETRY,
    .name = "retry",
    .operands = "RUN [TO-FIX.csv]",
    .operands_min = 1,
    .operands_max = 2,
    .summary = "send rejected and refused rows again, once fixed",
    .details = "Starts a new run. Rows of a to-fix.csv are matched by "
	       "csv2chakra_row, or by key if that column is missing. Only "
	       "rows that failed in RUN are sent; rows that may have been "
	       "sent before are looked up first. Without a file, RUN's own "
	       "to-fix.csv is read; with --mapping, RUN's rejected.csv if "
	       "to-fix.csv was not edited.",
    .examples = {{"retry latest",
		     "send the rows that were fixed in RUN's to-fix.csv"},
	{"retry --mapping leads.yaml latest",
	    "the mapping was fixed, not the data"}},
    .send = run_retry,
};
