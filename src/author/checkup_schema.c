/* SPDX-License-Identifier: MIT */
/*
 * A mapping beside the configuration of the service: its procedure, the keys
 * of its `data`, the states that it can produce. The service's own check of a
 * row has the last word, so whatever is odd here is a warning; only a
 * procedure that a readable list does not have is a failure.
 */
#include "author/author.h"
#include "base/outcome.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "config_ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_MAX 5

/* Names that are not there, for one line. */
struct missing {
	const char *kind; /* "attribute", "state" */
	size_t asked, yes, unclear, count;
	struct buf shown;
	char meant[128];
};

static void
guess(const struct config *c, enum config_list list, const char *name,
    char *out, size_t size)
{
	size_t count;
	const char **names = config_names(c, list, &count);
	struct text *texts = xcalloc(count + 1, sizeof(*texts));
	int at;

	for (size_t i = 0; i < count; i++)
		texts[i] = text_of(names[i]);
	at = text_did_you_mean(text_of(name), texts, count);
	if (at >= 0)
		snprintf(out, size, "'%s'", names[at]);
	free(texts);
	free(names);
}

static void
add_missing(struct missing *m, const struct config *c, enum config_list list,
    const char *name, enum config_answer answer)
{
	m->asked++;
	m->yes += answer == CONFIG_YES;
	m->unclear += answer == CONFIG_CANNOT_TELL;
	if (answer == CONFIG_YES || answer == CONFIG_CANNOT_TELL)
		return;
	m->count++;
	if (m->count > SHOWN_MAX)
		return;
	buf_addf(&m->shown, "%s'", m->count > 1 ? ", " : "");
	text_display(&m->shown, text_of(name), 60);
	buf_adds(&m->shown,
	    answer == CONFIG_ELSEWHERE ? "' (of another procedure)" : "'");
	if (m->meant[0] == '\0')
		guess(c, list, name, m->meant, sizeof(m->meant));
}

static void
report_missing(struct checkup *c, const char *check, struct missing *m,
    const char *procedure)
{
	struct finding *f;
	const char *s = m->count == 1 ? "" : "s";

	if (m->count > SHOWN_MAX)
		buf_addf(&m->shown, " and %zu more", m->count - SHOWN_MAX);
	if (m->count > 0) {
		f = checkup_add(c, check, FINDING_WARNING, 0,
		    "procedure '%s' does not list the %s%s %s", procedure,
		    m->kind, s, buf_str(&m->shown));
		if (m->meant[0] != '\0')
			finding_help(f, "did you mean %s?", m->meant);
		else
			finding_help(f,
			    "compare with the procedure in ChakraHQ, or "
			    "send a few rows first: import --limit 3");
	} else if (m->asked == 0) {
		checkup_add(c, check, FINDING_OK, 0, "the mapping names no %s",
		    m->kind);
	} else if (m->unclear > 0) {
		f = checkup_add(c, check, FINDING_WARNING, 0,
		    "the service's configuration does not list the %ss of "
		    "'%s'; %zu not checked",
		    m->kind, procedure, m->unclear);
		finding_help(f, "send a few rows first: import --limit 3");
	} else {
		checkup_add(c, check, FINDING_OK, 0, "%zu %s%s, all listed",
		    m->asked, m->kind, m->asked == 1 ? "" : "s");
	}
	buf_release(&m->shown);
}

static const struct field *
find_field(const struct mapping *m, const char *key)
{
	for (size_t i = 0; i < m->field_count; i++)
		if (text_is(m->fields[i].key, key))
			return &m->fields[i];
	return NULL;
}

static void
check_attributes(struct checkup *c, const struct config *config,
    const struct mapping *m, const char *procedure)
{
	struct missing missing = {.kind = "attribute", .shown = BUF_INIT(4096)};
	const struct field *data = find_field(m, "data");

	for (size_t i = 0; data && i < data->child_count; i++) {
		const struct field *f = &data->children[i];
		char *name = xstrndup(f->key.s, f->key.len);

		add_missing(&missing, config, CONFIG_ATTRIBUTES, name,
		    config_attribute(config, name));
		free(name);
	}
	report_missing(c, "attributes", &missing, procedure);
}

static void
ask_state(struct missing *m, const struct config *config, struct text state)
{
	char *name;

	if (state.len == 0)
		return;
	name = xstrndup(state.s, state.len);
	add_missing(m, config, CONFIG_STATES, name, config_state(config, name));
	free(name);
}

/* States that stand in the mapping; those of the data are not known here. */
static void
check_states(struct checkup *c, const struct config *config,
    const struct mapping *m, const char *procedure)
{
	struct missing missing = {.kind = "state", .shown = BUF_INIT(4096)};
	const struct field *f = find_field(m, "state");

	if (f == NULL) {
		checkup_add(c, "states", FINDING_OK, 0,
		    "the mapping sets none: the procedure's first state is "
		    "used");
		return;
	}
	for (size_t i = 0; i < f->steps.map_count; i++)
		ask_state(&missing, config, f->steps.map[i].to);
	if (f->steps.otherwise == OTHERWISE_VALUE)
		ask_state(&missing, config, f->steps.otherwise_value);
	if (!steps_have_map(&f->steps) && f->source == SOURCE_CONSTANT) {
		ask_state(&missing, config, f->constant_text);
	}
	if (f->has_default)
		ask_state(&missing, config, f->default_text);
	if (missing.asked == 0) {
		checkup_add(c, "states", FINDING_OK, 0,
		    "not checked: they come from the data unchanged");
		return;
	}
	report_missing(c, "states", &missing, procedure);
}

static bool
check_procedure(struct checkup *c, struct config *config, const char *procedure)
{
	struct buf known = BUF_INIT(4096);
	struct finding *f;
	enum config_answer answer = CONFIG_CANNOT_TELL;

	config_add_procedures(config, SHOWN_MAX, &known);
	if (procedure != NULL)
		answer = config_procedure(config, procedure);
	if (procedure == NULL && known.len > 0) {
		f = checkup_add(c, "procedure", FINDING_OK, 0,
		    "none named; the token sees %s", buf_str(&known));
		finding_help(f, "name a mapping, or --procedure");
	} else if (answer == CONFIG_YES) {
		const char *title = config_procedure_title(config);

		checkup_add(c, "procedure", FINDING_OK, 0, "'%s' exists%s%s%s",
		    procedure, title[0] != '\0' ? " (" : "", title,
		    title[0] != '\0' ? ")" : "");
	} else if (answer == CONFIG_NO) {
		f = checkup_add(c, "procedure", FINDING_FAILED, EXIT_USAGE,
		    "there is no procedure '%s' that this token may see",
		    procedure);
		finding_help(f,
		    "it sees %s; fix 'procedure:', or the access "
		    "role of the token",
		    buf_str(&known));
	} else {
		f = checkup_add(c, "procedure", FINDING_WARNING, 0,
		    "the service's configuration has an unknown form, so the "
		    "procedure and its fields were not checked");
		finding_help(f, "send a few rows first: import --limit 3");
	}
	buf_release(&known);
	return answer == CONFIG_YES;
}

void
checkup_schema(struct checkup *c, struct config *config,
    const struct mapping *m, const char *procedure)
{
	if (!check_procedure(c, config, procedure) || m == NULL)
		return;
	check_attributes(c, config, m, procedure);
	check_states(c, config, m, procedure);
}
