/* SPDX-License-Identifier: MIT */
/*
 * All of the file is checked, whatever is used of it: a key that is misspelt in
 * a profile would else be found on the day on which that is needed.
 */
#include "profile.h"

#include "base/text.h"
#include "base/xalloc.h"
#include "mapping/mapping.h"
#include "system/own_files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FILE_NAME "csv2chakra/config.yaml"
#define FILE_MAX ((size_t)1 << 20)
#define KEYS_MAX 16
#define NO_PROFILE "none"

struct item {
	char *profile, *value;
	const char *key; /* of the table */
	int line, column;
};

struct profile {
	char *path, *home;
	char *fallback; /* default_profile */
	int fallback_line, fallback_column;
	struct item *items;
	size_t count, cap;
	char **names;
	size_t name_count, name_cap;
	/* while the file is read */
	bool is_in_profiles;
	struct diagnostics list;
};

void
profile_free(struct profile *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->count; i++) {
		free(p->items[i].profile);
		free(p->items[i].value);
	}
	for (size_t i = 0; i < p->name_count; i++)
		free(p->names[i]);
	free(p->items);
	free(p->names);
	free(p->fallback);
	free(p->path);
	free(p->home);
	diagnostics_release(&p->list);
	free(p);
}

/* The keys that a profile may have, each once. */
static size_t
known_keys(struct text keys[KEYS_MAX])
{
	const struct optspec_table *t = options_table();
	size_t count = 0;

	for (size_t i = 0; i < t->count; i++) {
		const char *key = t->items[i].profile;
		bool is_new = key != NULL;

		for (size_t k = 0; is_new && k < count; k++)
			is_new = !text_is(keys[k], key);
		if (is_new && count < KEYS_MAX)
			keys[count++] = text_of(key);
	}
	return count;
}

/* Is it a map? Else that is a mistake: "expected a map of WHAT". */
static void
want_map(struct profile *p, const struct yaml_entry *e, const char *what)
{
	if (!e->is_map)
		diagnostics_add(&p->list, SEVERITY_ERROR, "profile.value",
		    p->path, e->value_line, e->value_column,
		    "expected a map of %s, and this is %s", what, e->what);
}

static void
complain_unknown(struct profile *p, const struct yaml_entry *e,
    const struct text *known, size_t count)
{
	int near = text_did_you_mean(e->key, known, count);
	struct buf all = BUF_INIT(1024), shown = BUF_INIT(1024);
	struct diagnostic *x;

	text_display(&shown, e->key, 60);
	x = diagnostics_add(&p->list, SEVERITY_ERROR, "profile.unknown_key",
	    p->path, e->line, e->column, "unknown key '%s'", buf_str(&shown));
	buf_release(&shown);
	for (size_t i = 0; i < count; i++)
		buf_addf(&all, "%s%.*s", i > 0 ? ", " : "", (int)known[i].len,
		    known[i].s);
	if (near >= 0)
		diagnostics_help(&p->list, x, "did you mean '%.*s'?",
		    (int)known[near].len, known[near].s);
	else
		diagnostics_help(
		    &p->list, x, "the keys here are: %s", buf_str(&all));
	buf_release(&all);
}

static bool
is_text(struct profile *p, const struct yaml_entry *e)
{
	if (e->is_scalar && e->value.len > 0 &&
	    memchr(e->value.s, '\0', e->value.len) == NULL)
		return true;
	diagnostics_add(&p->list, SEVERITY_ERROR, "profile.value", p->path,
	    e->value_line, e->value_column, "expected a text, and this is %s",
	    e->is_scalar ? "empty" : e->what);
	return false;
}

static void
take_top(struct profile *p, const struct yaml_entry *e)
{
	const struct text known[] = {
	    TEXT_LITERAL("profiles"), TEXT_LITERAL("default_profile")};

	p->is_in_profiles = text_is(e->key, "profiles");
	if (p->is_in_profiles) {
		want_map(p, e, "profiles");
	} else if (!text_is(e->key, "default_profile")) {
		complain_unknown(p, e, known, 2);
	} else if (is_text(p, e)) {
		p->fallback = xstrndup(e->value.s, e->value.len);
		p->fallback_line = e->value_line;
		p->fallback_column = e->value_column;
	}
}

static void
take_name(struct profile *p, const struct yaml_entry *e)
{
	if (text_is(e->key, NO_PROFILE))
		diagnostics_add(&p->list, SEVERITY_ERROR, "profile.value",
		    p->path, e->line, e->column,
		    "a profile cannot be called '" NO_PROFILE
		    "', which means that there is none");
	want_map(p, e, "settings");
	ARRAY_ROOM(p->names, p->name_count, p->name_cap);
	p->names[p->name_count++] = xstrndup(e->key.s, e->key.len);
}

/* A path is that of the machine, of the home, or begins where the file is. */
static char *
resolve(const struct profile *p, struct text value)
{
	const char *slash = strrchr(p->path, '/');
	struct buf path = BUF_INIT(0);

	if (value.s[0] == '~' && value.len > 1 && value.s[1] == '/') {
		buf_addf(
		    &path, "%s%.*s", p->home, (int)value.len - 1, value.s + 1);
	} else {
		if (value.s[0] != '/')
			buf_add(&path, p->path, (size_t)(slash - p->path) + 1);
		buf_add(&path, value.s, value.len);
	}
	return buf_detach(&path);
}

static void
take_item(struct profile *p, const struct yaml_entry *e)
{
	struct text known[KEYS_MAX];
	size_t count = known_keys(known), at = 0;
	bool is_path =
	    text_is(e->key, "token_file") || text_is(e->key, "runs_dir");

	while (at < count && !text_equal(known[at], e->key))
		at++;
	if (at == count) {
		complain_unknown(p, e, known, count);
		return;
	}
	if (!is_text(p, e))
		return;
	ARRAY_ROOM(p->items, p->count, p->cap);
	p->items[p->count++] = (struct item){
	    .profile = xstrdup(p->names[p->name_count - 1]),
	    .key = known[at].s,
	    .value = is_path ? resolve(p, e->value)
			     : xstrndup(e->value.s, e->value.len),
	    .line = e->value_line,
	    .column = e->value_column,
	};
}

static void
visit(void *ctx, const struct yaml_entry *e)
{
	struct profile *p = ctx;

	if (e->depth == 0)
		take_top(p, e);
	else if (p->is_in_profiles && e->depth == 1)
		take_name(p, e);
	else if (p->is_in_profiles && e->depth == 2)
		take_item(p, e);
}

/* The path of the file, or NULL: there is no place where it could be. */
static char *
find_path(char *(*lookup)(const char *))
{
	const char *folder = lookup("XDG_CONFIG_HOME"), *home = lookup("HOME");
	struct buf path = BUF_INIT(0);

	/* A relative one is to be ignored, says its specification. */
	if (folder != NULL && folder[0] == '/')
		buf_addf(&path, "%s/" FILE_NAME, folder);
	else if (home != NULL && home[0] == '/')
		buf_addf(&path, "%s/.config/" FILE_NAME, home);
	else
		return NULL;
	return buf_detach(&path);
}

static bool
is_named(const char *name)
{
	return name != NULL && strcmp(name, NO_PROFILE) != 0;
}

/* Somebody who acts for another has HOME still, and may not look into it. */
static bool
is_out_of_reach(const struct profile *p, struct settings *s)
{
	if (errno != EACCES || is_named(s->profile))
		return false;
	s->profile_unseen = p->path;
	return true;
}

/* 1 = read, 0 = there is no such file, -1. */
static int
read_file(
    struct profile *p, struct settings *s, struct buf *bytes, struct diag *d)
{
	char block[8192], *resolved;
	struct stat st;
	size_t n;
	FILE *f;
	int ret = 1;

	if (stat(p->path, &st) != 0 &&
	    (errno == ENOENT || errno == ENOTDIR || is_out_of_reach(p, s)))
		return 0;
	resolved = path_trusted(p->path, "configuration", d);
	if (resolved == NULL)
		return -1;
	f = S_ISREG(st.st_mode) ? fopen(resolved, "re") : NULL;
	free(resolved);
	if (f == NULL)
		return diag_set_errno(d, DIAG_USAGE,
		    S_ISREG(st.st_mode) ? errno : EINVAL,
		    "unable to open the configuration '%s'", p->path);
	while ((n = fread(block, 1, sizeof(block), f)) > 0 &&
	       buf_add(bytes, block, n))
		;
	if (ferror(f))
		ret = diag_set_errno(d, DIAG_USAGE, errno,
		    "unable to read the configuration '%s'", p->path);
	else if (bytes->overflow)
		ret = diag_set(d, DIAG_USAGE,
		    "the configuration '%s' has more than 1 MiB", p->path);
	fclose(f);
	return ret;
}

/* The first mistake, with its place, and how many there are. */
static int
refuse(const struct profile *p, struct diag *d)
{
	const struct diagnostic *x = &p->list.items[0];

	for (size_t i = 0; x->severity != SEVERITY_ERROR; i++)
		x = &p->list.items[i];
	if (p->list.errors > 1)
		diag_set(d, DIAG_USAGE, "%s (the first of %zu mistakes)",
		    x->message, p->list.errors);
	else
		diag_set(d, DIAG_USAGE, "%s", x->message);
	diag_at(d, p->path, x->line, x->column);
	diag_code(d, x->code);
	if (x->help)
		diag_help(d, "%s", x->help);
	return -1;
}

static const char *
value_of(const struct profile *p, const char *name, const char *key)
{
	for (size_t i = 0; i < p->count; i++)
		if (strcmp(p->items[i].profile, name) == 0 &&
		    strcmp(p->items[i].key, key) == 0)
			return p->items[i].value;
	return NULL;
}

/* A value is good or not whatever the command takes of it. */
static void
take_value(struct profile *p, const struct item *x, struct options *o)
{
	const struct optspec_table *t = options_table();
	unsigned char *origins = o->settings.origins;
	char why[OPTSPEC_WHY_SIZE] = "";
	/* Of any kind that a profile has: a text, a number. */
	uint64_t aside[2] = {0};
	const struct optspec *any = NULL;
	void *field = aside;

	for (size_t i = 0; i < t->count; i++) {
		const struct optspec *row = &t->items[i];

		if (row->profile == NULL || strcmp(row->profile, x->key) != 0)
			continue;
		any = any ? any : row;
		if ((row->commands >> o->settings.command & 1U) == 0 ||
		    origins[i] > ORIGIN_PROFILE)
			continue;
		any = row;
		field = (char *)o + row->offset;
		origins[i] = ORIGIN_PROFILE;
		break;
	}
	if (any == NULL || optspec_convert(any, x->value, field, why) == 0)
		return;
	diagnostics_add(&p->list, SEVERITY_ERROR, "profile.value", p->path,
	    x->line, x->column, "invalid value for '%s': %s", x->key, why);
}

/* There is no such profile; `from` says who named it. */
static int
refuse_name(
    const struct profile *p, const char *name, const char *from, struct diag *d)
{
	struct buf known = BUF_INIT(1024), shown = BUF_INIT(1024);

	for (size_t i = 0; i < p->name_count; i++)
		buf_addf(&known, "%s%s", i > 0 ? ", " : "", p->names[i]);
	text_display(&shown, text_of(name), 60);
	diag_set(d, DIAG_USAGE, "there is no profile '%s'%s in '%s'",
	    buf_str(&shown), from, p->path);
	diag_code(d, "profile.none");
	if (known.len > 0 && !known.overflow)
		diag_help(d, "its profiles are: %s", buf_str(&known));
	else
		diag_help(d, "profiles: {%s: {base_url: ..., token_file: ...}}",
		    buf_str(&shown));
	buf_release(&known);
	buf_release(&shown);
	return -1;
}

static int
choose(struct profile *p, struct options *o, struct diag *d)
{
	struct settings *s = &o->settings;
	const char *name = s->profile ? s->profile : p->fallback;
	bool is_there = false;

	s->profile = NULL;
	if (!is_named(name))
		return 0;
	for (size_t i = 0; i < p->name_count; i++)
		is_there |= strcmp(p->names[i], name) == 0;
	if (!is_there) {
		if (name != p->fallback)
			return refuse_name(p, name, "", d);
		(void)refuse_name(p, name, " (default_profile)", d);
		return diag_at(
		    d, p->path, p->fallback_line, p->fallback_column);
	}
	s->profile = name;
	s->profile_file = p->path;
	s->profile_url = value_of(p, name, "base_url");
	for (size_t i = 0; i < p->count; i++)
		if (strcmp(p->items[i].profile, name) == 0)
			take_value(p, &p->items[i], o);
	return p->list.errors > 0 ? refuse(p, d) : 0;
}

static struct profile *
new_profile(char *path, char *(*lookup)(const char *))
{
	struct profile *p = xcalloc(1, sizeof(*p));
	const char *home = lookup("HOME");

	diagnostics_init(&p->list);
	p->path = path;
	p->home = xstrdup(home ? home : "");
	return p;
}

/* What is wrong inside the file is in p->list. */
static int
read_all(struct profile *p, struct settings *s, struct diag *d)
{
	struct buf bytes = BUF_INIT(FILE_MAX);
	int ret = read_file(p, s, &bytes, d);

	if (ret > 0)
		(void)yaml_entries(p->path,
		    (struct text){buf_str(&bytes), bytes.len}, visit, p,
		    &p->list);
	buf_release(&bytes);
	return ret;
}

int
profile_apply(struct options *o, char *(*lookup)(const char *), struct diag *d)
{
	bool is_meant =
	    optspec_find(options_table(), o->settings.command, "profile") >= 0;
	char *path = is_meant ? find_path(lookup) : NULL;
	struct profile *p;

	if (path == NULL && is_meant && is_named(o->settings.profile)) {
		diag_set(d, DIAG_USAGE,
		    "there is no place for profiles: neither XDG_CONFIG_HOME "
		    "nor HOME has an absolute path");
		return diag_code(d, "profile.none");
	}
	if (path == NULL)
		return 0;
	p = new_profile(path, lookup);
	o->own_profile = p;
	if (read_all(p, &o->settings, d) < 0)
		return -1;
	return p->list.errors > 0 ? refuse(p, d) : choose(p, o, d);
}

void
options_each_profile(char *(*lookup)(const char *),
    void (*each)(void *ctx, const char *name), void *ctx)
{
	char *path = find_path(lookup);
	struct settings ignored_settings = {0};
	struct diag ignored = DIAG_INIT;
	struct profile *p;

	if (path == NULL)
		return;
	p = new_profile(path, lookup);
	(void)read_all(p, &ignored_settings, &ignored);
	for (size_t i = 0; i < p->name_count; i++)
		each(ctx, p->names[i]);
	profile_free(p);
}
