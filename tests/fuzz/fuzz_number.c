/* SPDX-License-Identifier: MIT */
/*
 * The rules of integers and decimals against a plain reading of them, and the
 * comparison of numbers against one of digits written out. The first byte is
 * the signs; two lines are two cells.
 */
#include "fuzz.h"
#include "mapping/node.h"
#include "value/convert.h"

#define DIGITS_MAX 4096

/* A number taken apart; the digits without the signs. */
struct plain {
	bool ok, minus;
	char whole[DIGITS_MAX + 1], fraction[DIGITS_MAX + 1];
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* All groups between the separators: the first has one to three digits, the
 * last three, those between three each or two each. */
static bool
groups_are_good(const size_t *groups, size_t count)
{
	bool all_three = true, all_two = true;

	if (count == 1)
		return true;
	if (groups[count - 1] != 3 || groups[0] < 1)
		return false;
	for (size_t i = 1; i + 1 < count; i++) {
		all_three = all_three && groups[i] == 3;
		all_two = all_two && groups[i] == 2;
	}
	return (all_three && groups[0] <= 3) || (all_two && groups[0] <= 2);
}

/* [sign] digits and separators [decimal sign digits] */
static void
take_apart(struct text t, struct decimal_signs signs, bool with_fraction,
    struct plain *p)
{
	static size_t groups[DIGITS_MAX + 1];
	size_t i = 0, count = 1, n = 0, f = 0;

	p->ok = false;
	p->minus = t.len > 0 && t.s[0] == '-';
	if (t.len > 0 && (t.s[0] == '-' || t.s[0] == '+'))
		i++;
	groups[0] = 0;
	for (; i < t.len && t.s[i] != signs.decimal; i++) {
		if (is_digit(t.s[i])) {
			p->whole[n++] = t.s[i];
			groups[count - 1]++;
		} else if (signs.thousands != 0 && t.s[i] == signs.thousands) {
			groups[count++] = 0;
		} else {
			return;
		}
	}
	p->whole[n] = p->fraction[0] = '\0';
	if (!groups_are_good(groups, count))
		return;
	if (i == t.len) {
		p->ok = n > 0;
		return;
	}
	for (i++; i < t.len && is_digit(t.s[i]); i++)
		p->fraction[f++] = t.s[i];
	p->fraction[f] = '\0';
	p->ok = with_fraction && i == t.len && f > 0;
}

static void
write_plain(const struct plain *p, struct buf *out)
{
	const char *whole = p->whole;
	bool is_zero;

	while (*whole == '0')
		whole++;
	is_zero =
	    *whole == '\0' && strspn(p->fraction, "0") == strlen(p->fraction);
	if (p->minus && !is_zero)
		buf_addc(out, '-');
	buf_adds(out, *whole == '\0' ? "0" : whole);
	if (p->fraction[0] != '\0')
		buf_addf(out, ".%s", p->fraction);
}

static void
check_cell(
    struct text t, struct decimal_signs signs, bool is_integer, struct buf *out)
{
	static struct plain p;
	struct buf want = BUF_INIT(0);
	struct convert_reason r = {"", "", ""};
	bool ok = is_integer ? convert_integer(t, out, &r)
			     : convert_decimal(t, signs, out, &r);

	take_apart(t, signs, !is_integer, &p);
	HOLDS(ok == p.ok);
	if (ok) {
		write_plain(&p, &want);
		HOLDS(strcmp(buf_str(&want), buf_str(out)) == 0);
		HOLDS(
		    text_is_json_number((struct text){buf_str(out), out->len}));
	} else {
		HOLDS(out->len == 0 && r.message[0] != '\0');
	}
	buf_release(&want);
}

static void
check_safe(const struct buf *json)
{
	const char *digits = buf_str(json) + (buf_str(json)[0] == '-');
	unsigned long long n;

	if (json->len == 0 || strchr(digits, '.') != NULL)
		return;
	n = strlen(digits) > 18 ? ~0ull : strtoull(digits, NULL, 10);
	HOLDS(integer_is_safe((struct text){buf_str(json), json->len}) ==
	      (n <= 1ull << 53));
}

/* Both without a sign: aligned at the point, then digit by digit. */
static int
compare_digits(const struct plain *a, const struct plain *b)
{
	const char *x = a->whole + strspn(a->whole, "0");
	const char *y = b->whole + strspn(b->whole, "0");
	size_t n = strlen(a->fraction), m = strlen(b->fraction);
	int order;

	if (strlen(x) != strlen(y))
		return strlen(x) < strlen(y) ? -1 : 1;
	order = strcmp(x, y);
	for (size_t i = 0; order == 0 && (i < n || i < m); i++)
		order = (i < n ? a->fraction[i] : '0') -
			(i < m ? b->fraction[i] : '0');
	return (order > 0) - (order < 0);
}

static void
check_order(const struct buf *x, const struct buf *y)
{
	static struct plain a, b;
	struct decimal_signs signs = {'.', 0};
	struct text s = {buf_str(x), x->len}, t = {buf_str(y), y->len};
	int want;

	take_apart(s, signs, true, &a);
	take_apart(t, signs, true, &b);
	HOLDS(a.ok && b.ok);
	want = a.minus != b.minus ? (a.minus ? -1 : 1)
	       : a.minus	  ? compare_digits(&b, &a)
				  : compare_digits(&a, &b);
	HOLDS(number_compare(s, t) == want);
	HOLDS(number_compare(t, s) == -want);
	HOLDS(number_compare(s, s) == 0);
}

/* With exponents: the same number written in two ways. */
static void
check_exponent(const struct buf *x, int shift)
{
	struct buf other = BUF_INIT(0);

	buf_addf(&other, "%s%s", buf_str(x), "e0");
	HOLDS(number_compare((struct text){buf_str(x), x->len},
		  (struct text){buf_str(&other), other.len}) == 0);
	buf_clear(&other);
	/* 12.5 is 12.5 000e0 is 12500…e-N */
	if (strchr(buf_str(x), '.') == NULL) {
		buf_adds(&other, buf_str(x));
		for (int i = 0; i < shift; i++)
			buf_addc(&other, '0');
		buf_addf(&other, "E-%d", shift);
		HOLDS(number_compare((struct text){buf_str(x), x->len},
			  (struct text){buf_str(&other), other.len}) == 0);
	}
	buf_release(&other);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* The blank and the apostrophe also stand for other characters. */
	static const char thousands[] = {0, ',', '.', '_'};
	struct fuzz_input in = {data, size > DIGITS_MAX ? DIGITS_MAX : size};
	uint8_t options = fuzz_byte(&in);
	struct decimal_signs signs = {
	    options & 1 ? ',' : '.', thousands[(options >> 1) & 3]};
	bool is_integer = options & 8;
	struct text first = fuzz_line(&in), second = fuzz_line(&in);
	struct buf x = BUF_INIT(0), y = BUF_INIT(0);

	if (signs.thousands == signs.decimal)
		signs.thousands = 0;
	if (is_integer)
		signs = (struct decimal_signs){'.', 0};
	if (utf8_check(first.s, first.len) < first.len ||
	    utf8_check(second.s, second.len) < second.len)
		return 0;
	check_cell(first, signs, is_integer, &x);
	check_cell(second, signs, is_integer, &y);
	check_safe(&x);
	if (x.len > 0 && y.len > 0)
		check_order(&x, &y);
	if (x.len > 0)
		check_exponent(&x, options >> 4);
	buf_release(&x);
	buf_release(&y);
	return 0;
}
