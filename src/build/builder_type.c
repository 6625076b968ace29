/* SPDX-License-Identifier: MIT */
/*
 * Which conversion each type of field takes, and which text its checks look at.
 */
#include "base/json_write.h"
#include "builder_plan.h"

#include <string.h>

bool
type_is_text(enum field_type type)
{
	return type <= TYPE_PHONE;
}

bool
type_is_integer(enum field_type type)
{
	return type >= TYPE_INTEGER && type <= TYPE_INTEGER_ENUM;
}

bool
type_is_number(enum field_type type)
{
	return type >= TYPE_INTEGER && type <= TYPE_FLOAT_ENUM;
}

bool
type_is_moment(enum field_type type)
{
	return type == TYPE_DATE || type == TYPE_DATETIME ||
	       type == TYPE_DATETIME_ISO8601;
}

bool
type_is_list(enum field_type type)
{
	return type >= TYPE_MULTI_STRING && type <= TYPE_MULTI_DOCUMENTS;
}

bool
type_keeps_text(enum field_type type)
{
	return type != TYPE_PHONE && !type_is_number(type) &&
	       type != TYPE_BOOLEAN && type != TYPE_MONTH_OF_YEAR;
}

static bool
add_string(struct buf *out, struct text t, struct convert_reason *r)
{
	return convert_done(r, out, out->len, json_add_string(out, t));
}

/* A number that the plain reading refused, if it begins with U+2212, the minus
 * that typesetters write. */
static bool
convert_minus(const struct plan_field *p, struct text t, struct buf *out,
    struct convert_reason *r)
{
	return type_is_number(p->f->type) && t.len > 3 &&
	       memcmp(t.s, "\xE2\x88\x92", 3) == 0 && !out->overflow &&
	       convert_number(t, &p->number, out, r);
}

static bool
convert(struct builder *b, const struct plan_field *p, struct text t,
    struct typed *y, struct convert_reason *r)
{
	const struct field *f = p->f;
	enum field_type type = f->type;

	if (type == TYPE_EMAIL)
		return convert_email(t, b->out, r);
	if (type == TYPE_PHONE)
		return convert_phone(t, &p->phone, b->out, r);
	if (type_is_text(type))
		return add_string(b->out, t, r);
	if (type_is_integer(type))
		return convert_integer(t, b->out, r);
	if (type_is_number(type))
		return convert_decimal(t, p->list.signs, b->out, r);
	if (type_is_moment(type))
		return convert_date(t, &p->dates, b->out, &y->moment_ms, r);
	if (type_is_list(type))
		return convert_list(
		    b->list.items, b->list.count, &p->list, b->out, r);
	switch (type) {
	case TYPE_BOOLEAN:
		return convert_boolean(t, p->yes, p->no, b->out, r);
	case TYPE_TIME:
		return convert_time(t, f->formats, f->format_count,
		    p->time_form, b->out, &y->moment_ms, r);
	case TYPE_MONTH_OF_YEAR:
		return convert_month(t, &p->dates.months, b->out, r);
	case TYPE_GEOLOCATION:
		return convert_place(
		    t, f->decimal_sign, p->place_form, b->out, r);
	default:
		return convert_json(&b->json, t, b->out, r);
	}
}

bool
type_convert(struct builder *b, const struct plan_field *p, struct text t,
    struct typed *y, struct convert_reason *r)
{
	enum field_type type = p->f->type;

	*y = (struct typed){.text = t, .json_at = b->out->len};
	if (p->is_special && p->bad_format != NULL) {
		*r = *p->bad_format;
		return false;
	}
	if (p->is_special && p->is_marked) {
		if (!convert_number(t, &p->number, b->out, r))
			return false;
	} else if (!convert(b, p, t, y, r) && !convert_minus(p, t, b->out, r)) {
		return false;
	}
	/* A phone's digits need no escapes: its JSON holds them as they are. */
	if (type == TYPE_PHONE) {
		y->text.s = b->out->data + y->json_at + 1;
		y->text.len = b->out->len - y->json_at - 2;
	} else if (!type_keeps_text(type)) {
		y->text.s = b->out->data + y->json_at;
		y->text.len = b->out->len - y->json_at;
	}
	return true;
}
