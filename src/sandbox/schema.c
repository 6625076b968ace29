/* SPDX-License-Identifier: MIT */
/*
 * The procedures as tables, and GET /v1/ext/config printed from them. The
 * page about fetch-config lists the top-level keys and says that objects are
 * found by shortId and linked by uuid; what the elements look like is not
 * documented, so theirs is a shape of our own: id, shortId, name, and the
 * links by uuid.
 */
#include "schema.h"

#include "base/json_write.h"
#include "base/xalloc.h"
#include "sandbox/sandbox.h"

#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
/* A uuid without its last digit. */
#define ID "5f0c1c52-1d5e-4a55-9a51-6c0a3d1b2e0"

static const struct schema_attribute lead_attributes[] = {
    {"lead_id", "Lead id", "stringId", NULL},
    {"full_name", "Full name", "name", NULL},
    {"first_name", "First name", "name", NULL},
    {"last_name", "Last name", "name", NULL},
    {"email", "Email", "email", NULL},
    {"phone_number", "Phone number", "phone", NULL},
    {"company", "Company", "string", NULL},
    {"score", "Score", "string", NULL},
    {"city", "City", "string", NULL},
    {"source", "Source", "stringEnum",
	"web-form|referral|spreadsheet|phone|other"},
    {"tags", "Tags", "multiString", NULL},
    {"loan_amount", "Loan amount", "decimal", NULL},
    {"employees", "Employees", "integer", NULL},
    {"is_customer", "Is a customer", "boolean", NULL},
    {"joined_on", "Joined on", "datetime", NULL},
    {"birthday", "Birthday", "date", NULL},
    {"notes", "Notes", "textArea", NULL},
    {"website", "Website", "url", NULL},
    {"address", "Address", "customObject", NULL},
    {"location", "Location", "geolocation", NULL},
};
static const char *const lead_states[] = {"NEW", "CONTACTED", "IN_PROGRESS",
    "QUALIFIED", "NOT_INTERESTED", "CONVERTED", "LOST"};

static const struct schema_attribute ticket_attributes[] = {
    {"ticket_id", "Ticket id", "stringId", NULL},
    {"subject", "Subject", "string", NULL},
    {"description", "Description", "textArea", NULL},
    {"customer_email", "Customer's email", "email", NULL},
    {"phone_number", "Phone number", "phone", NULL},
    {"priority", "Priority", "stringEnum", "low|normal|high|urgent"},
    {"category", "Category", "stringEnum", "Billing|Technical|Account|Other"},
    {"tags", "Tags", "multiString", NULL},
    {"opened_at", "Opened at", "datetime", NULL},
    {"due_on", "Due on", "date", NULL},
    {"attempts", "Attempts", "integer", NULL},
};
static const char *const ticket_states[] = {
    "NEW", "OPEN", "IN_PROGRESS", "ON_HOLD", "RESOLVED", "CLOSED"};

static const struct schema_attribute visit_attributes[] = {
    {"visit_id", "Visit id", "stringId", NULL},
    {"lead_ref", "Lead", "string", NULL},
    {"agent", "Agent", "name", NULL},
    {"phone_number", "Phone number", "phone", NULL},
    {"visited_on", "Visited on", "date", NULL},
    {"started_at", "Started at", "time", NULL},
    {"ended_at", "Ended at", "time", NULL},
    {"check_in", "Check-in", "datetimeISO8601", NULL},
    {"location", "Location", "geolocation", NULL},
    {"city", "City", "string", NULL},
    {"distance_km", "Distance in km", "decimal", NULL},
    {"billing_month", "Billing month", "monthOfYear", NULL},
    {"photos", "Photos", "multiPhotos", NULL},
    {"checklist", "Checklist", "json", NULL},
    {"remarks", "Remarks", "textArea", NULL},
    {"imported_from", "Imported from", "string", NULL},
};
static const char *const visit_states[] = {
    "PLANNED", "DONE", "MISSED", "CANCELLED"};

static const struct schema_attribute order_attributes[] = {
    {"order_id", "Order id", "stringId", NULL},
    {"kind", "Kind", "stringEnum", "order|credit_note"},
    {"customer_no", "Customer number", "string", NULL},
    {"customer", "Customer", "string", NULL},
    {"ordered_on", "Ordered on", "string", NULL},
    {"due_on", "Due on", "string", NULL},
    {"net", "Net", "decimal", NULL},
    {"vat", "VAT rate", "decimal", NULL},
    {"gross", "Gross", "decimal", NULL},
    {"lines", "Lines", "multiCustomObject", NULL},
    {"clerk", "Clerk", "name", NULL},
};
static const char *const order_states[] = {"OPEN", "DONE"};

static const struct schema_attribute transaction_attributes[] = {
    {"transaction_id", "Transaction id", "stringId", NULL},
    {"amount", "Amount", "decimal", NULL},
    {"balance", "Balance", "decimal", NULL},
    {"direction", "Direction", "stringEnum", "debit|credit"},
    {"posted_on", "Posted on", "string", NULL},
    {"value_on", "Value date", "string", NULL},
    {"account", "Account", "string", NULL},
    {"cheque", "Cheque", "string", NULL},
    {"narration", "Narration", "textArea", NULL},
};
static const char *const transaction_states[] = {"POSTED", "RECONCILED"};

#define LISTS(procedure)                                                       \
	procedure##_attributes, COUNT(procedure##_attributes),                 \
	    procedure##_states, COUNT(procedure##_states), false

static const struct schema_procedure schema_procedures[] = {
    {"lead", "Lead", ID "1", "lead_id", LISTS(lead)},
    {"ticket", "Ticket", ID "2", "ticket_id", LISTS(ticket)},
    {"visit", "Field visit", ID "3", "visit_id", LISTS(visit)},
    {"order", "Order", ID "4", "order_id", LISTS(order)},
    {"transaction", "Transaction", ID "5", "transaction_id",
	LISTS(transaction)},
};
static const size_t schema_procedure_count = COUNT(schema_procedures);
/* The number of the one that an option adds. */
#define OWN ((int)COUNT(schema_procedures))

const char *
schema_team(void)
{
	return ID "0";
}

const char *
schema_user(void)
{
	return ID "8";
}

const char *
schema_colleague(void)
{
	return ID "9";
}

const struct schema_procedure *
schema_at(const struct sandbox *s, int i)
{
	return i == OWN ? s->own : &schema_procedures[i];
}

/* Where a process without a state begins. */
static const char *const any_states[] = {"NEW"};

struct schema_procedure *
schema_make(const char *text)
{
	const char *equals = strchr(text, '=');
	struct schema_procedure *p;
	char *name;

	if (!equals || equals == text || equals[1] == '\0')
		return NULL;
	p = xcalloc(1, sizeof(*p) + strlen(text) + 1);
	name = (char *)(p + 1);
	memcpy(name, text, strlen(text) + 1);
	name[equals - text] = '\0';
	*p = (struct schema_procedure){.name = name,
	    .title = name,
	    .id = ID "6",
	    .key = name + (equals - text) + 1,
	    .states = any_states,
	    .state_count = COUNT(any_states),
	    .takes_any_state = true};
	return p;
}

int
schema_find(const struct sandbox *s, struct text name)
{
	if (s->own &&
	    (text_is(name, s->own->name) || text_is(name, s->own->id)))
		return OWN;
	for (size_t i = 0; i < schema_procedure_count; i++)
		if (text_is(name, schema_procedures[i].name) ||
		    text_is(name, schema_procedures[i].id))
			return (int)i;
	return -1;
}

/* A uuid for the n-th part of a procedure: fixed, so that it is the same at
 * each start. */
static void
make_part_id(const struct schema_procedure *p, char part, size_t n, char id[37])
{
	snprintf(id, 37, "%.24s%c%c%010u", p->id, part, p->id[35],
	    (unsigned)(n % 1000));
}

bool
schema_state_id(
    const struct schema_procedure *p, struct text state, char id[37])
{
	for (size_t i = 0; i < p->state_count; i++) {
		if (text_is(state, p->states[i])) {
			make_part_id(p, 'b', i, id);
			return true;
		}
	}
	return false;
}

bool
schema_has_state(const struct schema_procedure *p, struct text state)
{
	char ignored[37];

	return p->takes_any_state || schema_state_id(p, state, ignored);
}

static void
add_part_id(struct buf *out, const char *name, const struct schema_procedure *p,
    char part, size_t n)
{
	char id[37];

	make_part_id(p, part, n, id);
	json_string(out, name, id);
}

static void
add_names(struct buf *out, const char *name, const char *title)
{
	json_string(out, "shortId", name);
	json_string(out, "name", title);
}

static void
add_procedure(struct buf *out, const struct schema_procedure *p)
{
	json_object(out, NULL);
	json_string(out, "id", p->id);
	add_names(out, p->name, p->title);
	json_string(out, "team", schema_team());
	add_part_id(out, "primaryKey", p, 'a', 0);
	add_part_id(out, "defaultStartState", p, 'b', 0);
	json_array(out, "states");
	for (size_t i = 0; i < p->state_count; i++) {
		json_object(out, NULL);
		add_part_id(out, "id", p, 'b', i);
		add_names(out, p->states[i], p->states[i]);
		json_end_object(out);
	}
	json_end_array(out);
	json_end_object(out);
}

static void
add_own(struct buf *out, const struct schema_procedure *p)
{
	json_object(out, NULL);
	json_string(out, "id", p->id);
	add_names(out, p->name, p->title);
	json_string(out, "team", schema_team());
	json_object(out, "primaryKey");
	json_string(out, "shortId", p->key);
	json_end_object(out);
	json_end_object(out);
}

static void
add_options(struct buf *out, const char *options)
{
	if (options == NULL)
		return;
	json_array(out, "options");
	while (*options != '\0') {
		size_t n = strcspn(options, "|");

		json_text(out, NULL, (struct text){options, n});
		options += n + (options[n] == '|');
	}
	json_end_array(out);
}

static void
add_attributes(struct buf *out, const struct schema_procedure *p)
{
	for (size_t i = 0; i < p->attribute_count; i++) {
		const struct schema_attribute *a = &p->attributes[i];

		json_object(out, NULL);
		add_part_id(out, "id", p, 'a', i);
		add_names(out, a->name, a->title);
		json_string(out, "type", a->type);
		add_options(out, a->options);
		json_string(out, "procedure", p->id);
		json_end_object(out);
	}
}

void
schema_config(const struct sandbox *s, struct buf *out)
{
	static const char *const empty[] = {"entities", "attributeTypes",
	    "derivedAttributes", "attributeGroups", "roles", "pods",
	    "taskTypes", "forms", "formFields", "formActionButtons",
	    "stateTasks", "userProfiles", "attributeConfig", "skillTypes"};

	json_object(out, NULL);
	json_object(out, "_data");
	json_object(out, "team");
	json_string(out, "id", schema_team());
	add_names(out, "sandbox", "Sandbox");
	json_end_object(out);
	json_array(out, "procedures");
	for (size_t i = 0; i < schema_procedure_count; i++)
		add_procedure(out, &schema_procedures[i]);
	if (s->own != NULL)
		add_own(out, s->own);
	json_end_array(out);
	json_array(out, "attributes");
	for (size_t i = 0; i < schema_procedure_count; i++)
		add_attributes(out, &schema_procedures[i]);
	json_end_array(out);
	for (size_t i = 0; i < COUNT(empty); i++) {
		json_array(out, empty[i]);
		json_end_array(out);
	}
	json_end_object(out);
	json_object(out, "_meta");
	json_end_object(out);
	json_end_object(out);
}
