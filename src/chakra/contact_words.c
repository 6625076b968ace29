/* SPDX-License-Identifier: MIT */
/*
 * One row a fact: what it is about, the sentence when it was seen, the one
 * when there was nothing, and what was assumed. The assumptions are those of
 * csv2chakra(1), SERVICE.
 */
#include "chakra/contact.h"

#include <inttypes.h>
#include <string.h>

static const struct fact {
	const char *about;   /* for a change */
	const char *seen;    /* before the value; NULL = not told to people */
	const char *none;    /* the sentence for CONTACT_NONE */
	const char *assumed; /* NULL = nothing */
} facts[CONTACT_FACTS] = {
    [CONTACT_ACK] = {"the acknowledgement names", NULL, NULL, CONTACT_ACK_JOB},
    [CONTACT_ACK_MEMBERS] = {"members of the acknowledgement", NULL, NULL,
	NULL},
    [CONTACT_JOB_MEMBERS] = {"members of a job", NULL, NULL, NULL},
    [CONTACT_JOB_COUNTS] = {"where a job counts its entries",
	"a job counts its entries in ", "a job does not count its entries",
	"_meta"},
    [CONTACT_JOB_STATUS] = {"the status of a finished job", NULL, NULL, NULL},
    [CONTACT_ENTRY_MEMBERS] = {"members of an entry", NULL, NULL, NULL},
    [CONTACT_ENTRY_STATUS] = {"where an entry tells its outcome",
	"entries tell their outcome in ", "entries do not tell their outcome",
	"completionStatus"},
    [CONTACT_ENTRY_KEY] = {"where an entry has the key",
	"entries name the key as ",
	"entries do not name the key: rows that failed are found by position, "
	"if a lookup confirms it",
	NULL},
    [CONTACT_ENTRY_MATCH] = {"how entries are matched to rows", NULL, NULL,
	NULL},
    [CONTACT_CHANGED_MEMBERS] = {"members of an update's entry", NULL, NULL,
	NULL},
    [CONTACT_CHANGED_STATUS] = {"where an update's entry tells its outcome",
	"entries of updates tell their outcome in ",
	"entries of updates do not tell their outcome", "completionStatus"},
    [CONTACT_CHANGED_KEY] = {"where an update's entry has the key",
	"entries of updates name the key as ",
	"entries of updates do not name the key: rows that failed are found by "
	"position, if a lookup confirms it",
	NULL},
    [CONTACT_CHANGED_MATCH] = {"how an update's entries are matched to rows",
	NULL, NULL, NULL},
    [CONTACT_LIST_KEY] = {"where a listed process has the key",
	"listed processes name it as ",
	"listed processes do not name the key: lookups settle nothing", NULL},
    [CONTACT_CREATED_AT] = {"createdAt of a listed process", "createdAt is in ",
	"listed processes have no createdAt", "milliseconds"},
    [CONTACT_HAS_MORE] = {"hasMore of a list", "hasMore is ",
	"a list has no hasMore", "boolean"},
    [CONTACT_SECOND_CREATE] = {"a second create of a key",
	"a second create of a key was ", NULL, NULL},
    [CONTACT_READ_BACK] = {"how an updated field reads back",
	"an updated field reads back ", NULL, CONTACT_READ_SAME},
    [CONTACT_RETRY_AFTER] = {"Retry-After", "Retry-After comes as ", NULL,
	NULL},
};

/* A value for people: with the key's name. */
static void
add_value(const struct contact *c, const char *value, struct buf *out)
{
	const char *at = strstr(value, CONTACT_KEY);

	if (at == NULL || c->key[0] == '\0') {
		text_display(out, text_of(value), 0);
		return;
	}
	text_display(out, (struct text){value, (size_t)(at - value)}, 0);
	text_display(out, text_of(c->key), 0);
	text_display(out, text_of(at + sizeof(CONTACT_KEY) - 1), 0);
}

static void
add_acknowledgement(const char *value, struct buf *out)
{
	buf_adds(out,
	    strcmp(value, CONTACT_ACK_JOB) == 0
		? "the acknowledgement names a job, as bulk update's does"
		: "the acknowledgement names no job: rows are confirmed by "
		  "lookups");
}

static void
add_second(const char *value, struct buf *out)
{
	buf_adds(out, facts[CONTACT_SECOND_CREATE].seen);
	if (strcmp(value, CONTACT_SECOND_MERGED) == 0)
		buf_adds(out, "merged into the existing process");
	else if (strcmp(value, CONTACT_SECOND_ANOTHER) == 0)
		buf_adds(out, "taken as another process");
	else
		text_display(out, text_of(value), 0);
}

/* "entries name the key as input.lead_id", and which finding that is. False:
 * it was not seen, or is of no interest to people. */
static bool
fact_words(const struct contact *c, enum contact_fact fact,
    enum contact_finding *finding, struct buf *out)
{
	const struct fact *f = &facts[fact];
	const char *value = c->facts[fact];
	bool is_none = strcmp(value, CONTACT_NONE) == 0;

	if (value[0] == '\0' || (fact != CONTACT_ACK && f->seen == NULL) ||
	    (is_none && f->none == NULL))
		return false;
	*finding = f->assumed == NULL		    ? CONTACT_FOUND
		   : strcmp(f->assumed, value) == 0 ? CONTACT_AS_ASSUMED
						    : CONTACT_NOT_AS_ASSUMED;
	if (fact == CONTACT_ACK) {
		add_acknowledgement(value, out);
	} else if (fact == CONTACT_SECOND_CREATE) {
		add_second(value, out);
	} else if (is_none) {
		buf_adds(out, f->none);
	} else {
		buf_adds(out, f->seen);
		add_value(c, value, out);
	}
	return true;
}

void
contact_group_words(
    const struct contact *c, enum contact_finding wanted, struct buf *out)
{
	bool first = true;

	for (int i = 0; i < CONTACT_FACTS; i++) {
		enum contact_finding finding;
		struct buf words = BUF_INIT(4096);

		if (fact_words(c, (enum contact_fact)i, &finding, &words) &&
		    finding == wanted) {
			buf_addf(
			    out, "%s%s", first ? "" : "; ", buf_str(&words));
			first = false;
		}
		buf_release(&words);
	}
}

const char *
contact_finding_title(enum contact_finding finding)
{
	static const char *const titles[] = {
	    [CONTACT_AS_ASSUMED] = "as assumed",
	    [CONTACT_NOT_AS_ASSUMED] = "not as assumed",
	    [CONTACT_FOUND] = "found out",
	};

	return titles[finding];
}

void
contact_words(const struct contact *c, struct buf *out)
{
	bool first = true;

	for (int i = 0; i < CONTACT_FINDINGS; i++) {
		struct buf words = BUF_INIT(1 << 16);

		contact_group_words(c, (enum contact_finding)i, &words);
		if (words.len > 0) {
			buf_addf(out, "%s%s: %s", first ? "" : ". ",
			    contact_finding_title((enum contact_finding)i),
			    buf_str(&words));
			first = false;
		}
		buf_release(&words);
	}
}

void
contact_change_words(const struct contact *c,
    const struct contact_change *change, struct buf *out)
{
	buf_addf(out, "%s: was ", facts[change->fact].about);
	add_value(c, change->was, out);
	buf_adds(out, ", is ");
	add_value(c, change->is, out);
}

static bool
is_fact(const struct contact *c, enum contact_fact fact, const char *value)
{
	return strcmp(c->facts[fact], value) == 0;
}

static void
add_flag(struct buf *out, const char *flag)
{
	buf_addf(out, "%s%s", out->len ? " " : "", flag);
}

/* Clocks within a minute of each other are the same for lookups. */
#define CLOCK_SAID_MS INT64_C(60000)
/* A sandbox on this machine is as quick by itself. */
#define LATENCY_SAID_MS 5

static void
add_numbers(const struct contact *c, struct buf *out)
{
	int64_t ms = c->clock_offset_ms;
	uint64_t latency_ms = c->times[CONTACT_CREATES].p50_ms;

	if (c->has_clock && (ms > CLOCK_SAID_MS || ms < -CLOCK_SAID_MS))
		buf_addf(out, " --clock-offset %" PRId64 "s", ms / 1000);
	if (latency_ms == 0)
		latency_ms = c->times[CONTACT_UPDATES].p50_ms;
	if (latency_ms >= LATENCY_SAID_MS)
		buf_addf(out, " --latency %" PRIu64 "ms", latency_ms);
	if (c->too_large_bytes > 1)
		buf_addf(out, " --max-body %" PRIu64,
		    c->taken_bytes && c->taken_bytes < c->too_large_bytes
			? c->taken_bytes
			: c->too_large_bytes - 1);
	for (size_t i = 0; i < c->status_count; i++)
		if (c->statuses[i] == 429)
			buf_addf(out, " --fault 429=0.05%s",
			    is_fact(c, CONTACT_RETRY_AFTER, "date") ? ",date"
			    : c->facts[CONTACT_RETRY_AFTER][0]	    ? ""
								    : ",none");
}

void
contact_sandbox_flags(const struct contact *c, struct buf *out)
{
	static const struct {
		enum contact_fact fact;
		const char *value, *flag;
	} flags[] = {
	    {CONTACT_ACK, CONTACT_ACK_JOB, "--ack job"},
	    {CONTACT_ACK, CONTACT_ACK_EMPTY, "--ack empty"},
	    {CONTACT_ENTRY_KEY, "input." CONTACT_KEY, "--entry-shape 1"},
	    {CONTACT_ENTRY_KEY, "payload (a text)." CONTACT_KEY,
		"--entry-shape 2"},
	    {CONTACT_ENTRY_KEY, CONTACT_KEY, "--entry-shape 3"},
	    {CONTACT_LIST_KEY, CONTACT_KEY, "--list-shape 1"},
	    {CONTACT_LIST_KEY, "data." CONTACT_KEY, "--list-shape 2"},
	    {CONTACT_SECOND_CREATE, CONTACT_SECOND_REFUSED,
		"--duplicates error"},
	    {CONTACT_SECOND_CREATE, CONTACT_SECOND_MERGED,
		"--duplicates merge"},
	    {CONTACT_SECOND_CREATE, CONTACT_SECOND_ANOTHER,
		"--duplicates allow"},
	    {CONTACT_CREATED_AT, "not a time", "--fault createdat-words=1"},
	};
	struct buf words = BUF_INIT(1024);

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (is_fact(c, flags[i].fact, flags[i].value))
			add_flag(&words, flags[i].flag);
	if (words.len)
		add_numbers(c, &words);
	buf_adds(out, buf_str(&words));
	buf_release(&words);
}
