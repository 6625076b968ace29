/* SPDX-License-Identifier: MIT */
/*
 * Evaluating `where` over process objects by walking its tree: queries are
 * small, rows are many, and what saves time is where_bounds, which lets the
 * caller use the index on the primary key. Refused: translating to SQL with
 * json_extract; it would bend numbers and add a second set of rules.
 */
#include "where.h"

#include "base/civil.h"
#include "base/xalloc.h"
#include "scan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 32

enum op { OP_EQ, OP_NE, OP_GT, OP_GE, OP_LT, OP_LE, OP_NONE };

static enum op
op_of(const char *name)
{
	static const char *const names[] = {"=", "!=", ">", ">=", "<", "<="};

	for (int i = 0; i < OP_NONE; i++)
		if (strcmp(name, names[i]) == 0)
			return (enum op)i;
	return OP_NONE;
}

static bool
is_time(const char *name)
{
	return strcmp(name, "createdAt") == 0 || strcmp(name, "updatedAt") == 0;
}

static bool
is_group(const char *name)
{
	return strcmp(name, "or") == 0 || strcmp(name, "and") == 0;
}

static bool
check_value(const char *name, const cJSON *value, char error[160])
{
	if (cJSON_IsObject(value) || cJSON_IsArray(value)) {
		snprintf(error, 160,
		    "where: '%.60s' has a value that is "
		    "neither a text nor a number",
		    name);
		return false;
	}
	if (is_time(name) && cJSON_IsString(value) &&
	    iso_moment_ms(value->valuestring) < 0) {
		snprintf(error, 160,
		    "where: '%.60s' takes ISO 8601 or "
		    "milliseconds",
		    name);
		return false;
	}
	return true;
}

static bool
check_operand(const char *name, enum op op, const cJSON *rhs, char error[160])
{
	const cJSON *value;

	if (!cJSON_IsArray(rhs))
		return check_value(name, rhs, error);
	if (op != OP_EQ && op != OP_NE) {
		snprintf(
		    error, 160, "where: '%.60s' compares with a list", name);
		return false;
	}
	cJSON_ArrayForEach(
	    value, rhs) if (!check_value(name, value, error)) return false;
	return true;
}

static bool
check_rhs(const char *name, const cJSON *rhs, char error[160])
{
	const cJSON *operand;

	if (!cJSON_IsObject(rhs))
		return check_operand(name, OP_EQ, rhs, error);
	cJSON_ArrayForEach(operand, rhs)
	{
		enum op op = op_of(operand->string);

		if (op == OP_NONE) {
			snprintf(error, 160,
			    "where: '%.60s': unknown "
			    "operator '%.20s'",
			    name, operand->string);
			return false;
		}
		if (!check_operand(name, op, operand, error))
			return false;
	}
	return true;
}

static bool check_query(const cJSON *query, int depth, char error[160]);

static bool
check_group(const cJSON *group, int depth, char error[160])
{
	const cJSON *query;

	if (!cJSON_IsArray(group)) {
		snprintf(error, 160, "where: '%s' takes a list of queries",
		    group->string);
		return false;
	}
	cJSON_ArrayForEach(query,
	    group) if (!check_query(query, depth + 1, error)) return false;
	return true;
}

static bool
check_query(const cJSON *query, int depth, char error[160])
{
	const cJSON *member;

	if (!cJSON_IsObject(query)) {
		snprintf(error, 160, "where: a query is an object");
		return false;
	}
	if (depth > DEPTH_MAX) {
		snprintf(error, 160, "where: nested too deeply");
		return false;
	}
	cJSON_ArrayForEach(member, query)
	{
		bool good = is_group(member->string)
				? check_group(member, depth, error)
				: check_rhs(member->string, member, error);

		if (!good)
			return false;
	}
	return true;
}

bool
where_check(const cJSON *where, char error[160])
{
	error[0] = '\0';
	return where == NULL || check_query(where, 0, error);
}

/* A plain decimal number and nothing else. */
static bool
number_of(const char *s, double *n)
{
	char *end;

	if (*s != '-' && (*s < '0' || *s > '9'))
		return false;
	*n = strtod(s, &end);
	return *end == '\0';
}

/* A value that is neither a list nor an object, ready to be compared. */
struct operand {
	enum scan_kind kind;
	struct buf text; /* what a string says, the digits of a number */
};

/* A field of the process; queries ask for one many times. */
struct field {
	const struct proc *p;
	const char *name; /* NULL: none yet */
	struct text token;
	struct buf scratch;
	struct operand value; /* one that is missing is null */
};

static bool
is_nested(enum scan_kind kind)
{
	return kind == SCAN_ARRAY || kind == SCAN_OBJECT;
}

static void
field_find(struct field *f, const char *name)
{
	bool has;

	if (f->name != NULL && strcmp(f->name, name) == 0)
		return;
	f->name = name;
	has = proc_value(f->p, name, &f->token, &f->scratch);
	f->value.kind = has ? scan_kind(f->token) : SCAN_NULL;
	buf_clear(&f->value.text);
	if (has && !is_nested(f->value.kind))
		json_decode(f->token, &f->value.text);
}

static bool
equal_scalar(const struct operand *left, const cJSON *rhs)
{
	const char *text = buf_str(&left->text);
	double n;

	if (left->kind == SCAN_NULL)
		return cJSON_IsNull(rhs);
	if (left->kind == SCAN_BOOLEAN)
		return cJSON_IsBool(rhs) &&
		       (text[0] == 't') == (cJSON_IsTrue(rhs) != 0);
	if (cJSON_IsString(rhs))
		return left->text.len == strlen(rhs->valuestring) &&
		       memcmp(text, rhs->valuestring, left->text.len) == 0;
	/* Both came through strtod, so the same digits are the same double. */
	return cJSON_IsNumber(rhs) && number_of(text, &n) &&
	       n <= rhs->valuedouble && n >= rhs->valuedouble;
}

static bool
is_one_of(const struct operand *left, const cJSON *rhs)
{
	const cJSON *value;

	if (is_nested(left->kind))
		return false;
	if (!cJSON_IsArray(rhs))
		return equal_scalar(left, rhs);
	for (value = rhs->child; value != NULL; value = value->next)
		if (equal_scalar(left, value))
			return true;
	return false;
}

/* A field with several values equals each of them. */
static bool
any_equal(const struct field *f, const cJSON *rhs)
{
	struct json_walk it;
	struct text element;
	bool same = false;

	if (f->value.kind != SCAN_ARRAY)
		return is_one_of(&f->value, rhs);
	json_walk_begin(&it, f->token);
	while (!same && json_walk_next(&it, NULL, &element)) {
		struct operand left = {.kind = scan_kind(element)};

		json_decode(element, &left.text);
		same = is_one_of(&left, rhs);
		buf_release(&left.text);
	}
	return same;
}

/* Below 0, 0, above 0 into *order; false if they cannot be compared. */
static bool
compare(const struct operand *left, const cJSON *rhs, int *order)
{
	const char *text = buf_str(&left->text);
	double n;

	if (left->kind != SCAN_STRING && left->kind != SCAN_NUMBER)
		return false;
	if (cJSON_IsNumber(rhs) && number_of(text, &n)) {
		*order = (n > rhs->valuedouble) - (n < rhs->valuedouble);
		return true;
	}
	if (!cJSON_IsString(rhs) || left->kind != SCAN_STRING)
		return false;
	*order = strcmp(text, rhs->valuestring);
	return true;
}

static bool
operand_holds(const struct field *f, enum op op, const cJSON *rhs)
{
	int order;

	if (op == OP_EQ)
		return any_equal(f, rhs);
	if (op == OP_NE)
		return !any_equal(f, rhs);
	if (!compare(&f->value, rhs, &order))
		return false;
	switch (op) {
	case OP_GT:
		return order > 0;
	case OP_GE:
		return order >= 0;
	case OP_LT:
		return order < 0;
	default:
		return order <= 0;
	}
}

/* Moments are kept as milliseconds; a text on the other side becomes one. */
static cJSON *
as_milliseconds(const cJSON *value)
{
	if (!cJSON_IsString(value))
		return cJSON_Duplicate(value, 1);
	return cJSON_CreateNumber((double)iso_moment_ms(value->valuestring));
}

static cJSON *
time_operand(const cJSON *rhs)
{
	const cJSON *value;
	cJSON *list;

	if (!cJSON_IsArray(rhs))
		return as_milliseconds(rhs);
	list = cJSON_CreateArray();
	cJSON_ArrayForEach(value, rhs)
	{
		cJSON_AddItemToArray(list, as_milliseconds(value));
	}
	return list;
}

static bool
field_holds(struct field *f, const char *name, const cJSON *rhs)
{
	const cJSON *operand = cJSON_IsObject(rhs) ? rhs->child : rhs;
	bool holds = true;

	field_find(f, name);
	while (holds && operand != NULL) {
		enum op op =
		    cJSON_IsObject(rhs) ? op_of(operand->string) : OP_EQ;
		cJSON *ms = is_time(name) ? time_operand(operand) : NULL;

		holds = operand_holds(f, op, ms != NULL ? ms : operand);
		cJSON_Delete(ms);
		operand = cJSON_IsObject(rhs) ? operand->next : NULL;
	}
	return holds;
}

static bool query_holds(struct field *f, const cJSON *query);

static bool
group_holds(struct field *f, const cJSON *group)
{
	bool is_or = strcmp(group->string, "or") == 0;
	const cJSON *query;

	cJSON_ArrayForEach(
	    query, group) if (query_holds(f, query) == is_or) return is_or;
	return !is_or;
}

static bool
query_holds(struct field *f, const cJSON *query)
{
	const cJSON *member;

	cJSON_ArrayForEach(member, query)
	{
		bool holds = is_group(member->string)
				 ? group_holds(f, member)
				 : field_holds(f, member->string, member);

		if (!holds)
			return false;
	}
	return true;
}

bool
where_holds(const cJSON *where, const struct proc *p)
{
	struct field f = {.p = p};
	bool holds = query_holds(&f, where);

	buf_release(&f.scratch);
	buf_release(&f.value.text);
	return holds;
}

/* Rows without a key are not in the index, and "" is none. */
static bool
add_value(struct where_values *values, const cJSON *value)
{
	if (!cJSON_IsString(value) || value->valuestring[0] == '\0')
		return false;
	ARRAY_ROOM(values->items, values->count, values->cap);
	values->items[values->count++] = text_of(value->valuestring);
	return true;
}

/* rhs is a text or a list of texts. */
static bool
bounds_of_rhs(const cJSON *rhs, struct where_values *values)
{
	const cJSON *value;

	if (cJSON_IsObject(rhs))
		rhs = cJSON_GetObjectItemCaseSensitive(rhs, "=");
	if (!cJSON_IsArray(rhs))
		return add_value(values, rhs);
	cJSON_ArrayForEach(
	    value, rhs) if (!add_value(values, value)) return false;
	return true;
}

static bool
bounds_of_group(
    const cJSON *group, const char *name, struct where_values *values)
{
	bool is_or = strcmp(group->string, "or") == 0;
	const cJSON *query;

	cJSON_ArrayForEach(
	    query, group) if (where_bounds(query, name, values) !=
			      is_or) return !is_or;
	return is_or;
}

bool
where_bounds(const cJSON *where, const char *name, struct where_values *values)
{
	const cJSON *member;

	cJSON_ArrayForEach(member, where)
	{
		size_t before = values->count;
		bool bounded = false;

		if (is_group(member->string))
			bounded = bounds_of_group(member, name, values);
		else if (strcmp(member->string, name) == 0)
			bounded = bounds_of_rhs(member, values);
		if (bounded)
			return true;
		values->count = before;
	}
	return false;
}
