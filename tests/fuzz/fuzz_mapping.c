/* SPDX-License-Identifier: MIT */
/*
 * The mapping's loader: each input is a mapping file. What is not taken has
 * an error with a place in the file; what is taken binds to a header of its
 * own columns, keeps its canonical text, and builds rows that are JSON or
 * have problems, never both. Zones are loaded once and kept (the Makefile
 * wraps zone_load): asking libc for one takes longer than all the rest.
 */
#include "base/problem.h"
#include "build/builder.h"
#include "fuzz.h"
#include "mapping/mapping.h"
#include "value/forms.h"

/* It need not be there; lookup tables lie beside it, in ../samples/tables. */
#define NAME "mappings/fuzz.yaml"
#define COLUMNS_MAX 300
#define ZONES_MAX 700

struct zone *__real_zone_load(const char *name);
struct zone *__wrap_zone_load(const char *name);
void __wrap_zone_free(struct zone *z);

struct zone *
__wrap_zone_load(const char *name)
{
	static struct {
		char name[64];
		struct zone *zone;
	} kept[ZONES_MAX];
	static size_t count;

	for (size_t i = 0; i < count; i++)
		if (strcmp(kept[i].name, name) == 0)
			return kept[i].zone;
	struct zone *zone = __real_zone_load(name);
	if (zone != NULL) {
		HOLDS(count < ZONES_MAX && strlen(name) < sizeof(kept[0].name));
		strncpy(kept[count].name, name, sizeof(kept[0].name) - 1);
		kept[count++].zone = zone;
	}
	return zone;
}

void
__wrap_zone_free(struct zone *z)
{
	(void)z;
}

struct names {
	struct text all[COLUMNS_MAX];
	size_t count;
};

static void
add_names(void *ctx, struct field *f)
{
	struct names *names = ctx;

	for (size_t i = 0; i < f->column_count; i++)
		if (f->columns[i].index == 0 && names->count < COLUMNS_MAX)
			names->all[names->count++] = f->columns[i].name;
	HOLDS(f->path.len > 0 && f->at.line > 0 && f->at.column > 0);
}

static bool
is_known(const struct names *names, struct text name)
{
	for (size_t i = 0; i < names->count; i++)
		if (text_equal(names->all[i], name))
			return true;
	return false;
}

/* The columns that it names, each once: most mappings bind to that. */
static void
header_of(struct mapping *m, struct names *out)
{
	static struct names all;

	all.count = 0;
	out->count = 0;
	mapping_each_field(m, add_names, &all);
	for (size_t i = 0; i < m->only_count && all.count < COLUMNS_MAX; i++)
		all.all[all.count++] = m->only[i].column.name;
	for (size_t i = 0; i < m->except_count && all.count < COLUMNS_MAX; i++)
		all.all[all.count++] = m->except[i].column.name;
	for (size_t i = 0; i < all.count; i++)
		if (!is_known(out, all.all[i]))
			out->all[out->count++] = all.all[i];
	while (out->count < mapping_max_index(m) && out->count < COLUMNS_MAX)
		out->all[out->count++] = TEXT_LITERAL("");
}

static int
count_lines(struct text t)
{
	int lines = 1;

	for (size_t i = 0; i < t.len; i++)
		lines += t.s[i] == '\n' || t.s[i] == '\r';
	/* YAML 1.1, which libyaml reads, has three more line ends. */
	for (size_t i = 0; i + 1 < t.len; i++)
		lines += (t.s[i] == '\xc2' && t.s[i + 1] == '\x85') ||
			 (t.s[i] == '\xe2' && t.s[i + 1] == '\x80');
	return lines;
}

static void
check_list(const struct diagnostics *l, struct text yaml, bool is_located)
{
	struct buf out = BUF_INIT(0);
	int lines = count_lines(yaml);
	size_t errors = 0;

	for (size_t i = 0; i < l->count; i++) {
		const struct diagnostic *x = &l->items[i];

		HOLDS(x->message[0] != '\0' && x->code[0] != '\0');
		HOLDS(utf8_check(x->message, strlen(x->message)) ==
		      strlen(x->message));
		HOLDS(x->length >= 1);
		errors += x->severity == SEVERITY_ERROR;
		if (is_located || x->line != 0) {
			HOLDS(x->line >= 1 && x->line <= lines);
			HOLDS(x->column >= 1);
		}
	}
	HOLDS(errors == l->errors);
	diagnostics_text(l, yaml, false, &out);
	HOLDS(l->count == 0 || out.len > 0);
	buf_clear(&out);
	diagnostics_github(l, &out);
	buf_clear(&out);
	diagnostics_json(l, &out);
	cJSON *root = fuzz_json((struct text){buf_str(&out), out.len});
	HOLDS(root != NULL);
	HOLDS((size_t)cJSON_GetArraySize(root) == l->count);
	cJSON_Delete(root);
	buf_release(&out);
}

/* The bytes of ="…" at `at`, with doubled quotes in it; 0 = none stands there.
 */
static size_t
wrapped_at(struct text yaml, size_t at)
{
	size_t len = 2;

	if (yaml.len - at < 3 || memcmp(yaml.s + at, "=\"", 2) != 0)
		return 0;
	while (at + len < yaml.len && yaml.s[at + len] != '\n') {
		if (yaml.s[at + len++] != '"')
			continue;
		if (at + len == yaml.len || yaml.s[at + len] != '"')
			return len;
		len++;
	}
	return 0;
}

/* One row whose cells are pieces of the mapping file itself: words that its
 * maps, lists and formats know are among them. */
static void
build_row(struct builder *b, struct text yaml, size_t width, size_t turn)
{
	static struct text cells[COLUMNS_MAX];
	struct record rec = {.number = turn + 1,
	    .row = turn + 2,
	    .line = turn + 2,
	    .line_count = 1,
	    .cell_count = width,
	    .cells = cells};
	struct buf out = BUF_INIT(1 << 20);
	struct problem_list problems;
	struct built_row built = {0};
	size_t at = turn * 7;

	for (size_t i = 0; i < width; i++) {
		size_t len = 0;

		while (at < yaml.len && (strchr(" \n:,{}\"'[]", yaml.s[at]) ||
					    (yaml.s[at] & 0xc0) == 0x80))
			at++;
		if (at < yaml.len)
			len = wrapped_at(yaml, at);
		if (len == 0)
			while (at + len < yaml.len &&
			       !strchr("\n,{}\"'[]", yaml.s[at + len]))
				len++;
		/* What is not UTF-8 never gets past the reader. */
		if (utf8_check(yaml.s + at, len) < len)
			len = 0;
		cells[i] = (struct text){len ? yaml.s + at : "", len};
		at += len + turn;
	}
	problem_list_init(&problems);
	enum row_verdict verdict =
	    builder_row(b, &rec, false, &out, &problems, &built);
	if (verdict == ROW_BUILT) {
		cJSON *root = fuzz_json(
		    (struct text){out.data + built.json_at, built.json_len});
		HOLDS(cJSON_IsObject(root) && problems.rejects == 0);
		HOLDS(built.key_len == 0 ||
		      (built.key_at >= built.json_at &&
			  built.key_at + built.key_len <= out.len));
		cJSON_Delete(root);
	} else {
		HOLDS(out.len == 0);
		HOLDS((verdict == ROW_REJECTED) == (problems.rejects > 0));
		HOLDS((verdict == ROW_SKIPPED) == (built.skip_code != NULL));
	}
	problem_list_release(&problems);
	buf_release(&out);
}

static void
bind_and_build(struct mapping *m, struct text yaml)
{
	static struct names names;
	struct builder_facts facts = {"x.csv", "0123abcd"};
	struct diagnostics list;

	header_of(m, &names);
	struct header header = {
	    .count = names.count, .names = names.all, .row = 1, .line = 1};
	diagnostics_init(&list);
	if (mapping_bind(m, &header, "x.csv", &list) == 0) {
		HOLDS(list.errors == 0);
		struct builder *b = builder_new(m, &facts);
		for (size_t turn = 0; turn < 3; turn++)
			build_row(b, yaml, names.count, turn);
		builder_free(b);
	} else {
		HOLDS(list.errors > 0);
	}
	check_list(&list, yaml, false);
	diagnostics_release(&list);
	/* And to one that lacks a column. */
	diagnostics_init(&list);
	if (header.count > 0) {
		header.count--;
		int result = mapping_bind(m, &header, "x.csv", &list);
		HOLDS((result != 0) == (list.errors > 0));
	}
	check_list(&list, yaml, false);
	diagnostics_release(&list);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text yaml = {(const char *)data, size};
	struct diagnostics list;

	diagnostics_init(&list);
	struct mapping *m = mapping_parse(NAME, yaml, &list);
	HOLDS((m == NULL) == (list.errors > 0));
	check_list(&list, yaml, true);
	diagnostics_release(&list);
	if (m == NULL)
		return 0;
	char *canonical = fuzz_string(m->canonical);
	mapping_canonicalise(m);
	HOLDS(text_is(m->canonical, canonical));
	free(canonical);
	bind_and_build(m, yaml);
	mapping_free(m);
	return 0;
}
