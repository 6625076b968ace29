/* SPDX-License-Identifier: MIT */
#include "mapping/mapping.h"
#include "test.h"

/*
 * Mistakes and what is said to them: the exact code, line and column, and a
 * piece of the message or help. H is a header that makes the rest whole.
 */

#define H "version: 1\nlead_id: A\n"
#define D H "data:\n  f: "

struct mistake {
	const char *yaml, *code;
	int line, column;
	const char *words; /* in the message or the help */
};

static const struct mistake mistakes[] = {
    /* The document. */
    {"", "mapping.empty", 1, 1, "empty"},
    {"# nothing\n", "mapping.empty", 1, 1, "empty"},
    {"- a\n", "mapping.wrong_kind", 1, 1, "not a list"},
    {"text\n", "mapping.wrong_kind", 1, 1, "not text"},
    {"data: {a: A}\n", "mapping.missing_key", 1, 1, "version: 1"},
    {"version: 2\nlead_id: A\n", "mapping.version", 1, 10, "version 1"},
    {"version: 2\nlead_id: A\n", "mapping.version", 1, 10,
	"update the program"},
    {"version: \"12\"\nlead_id: A\n", "mapping.version", 1, 10,
	"update the program"},
    {"version: 0\nlead_id: A\n", "mapping.version", 1, 10, "version: 1"},
    {"version: 1.0\nlead_id: A\n", "mapping.version", 1, 10, "version: 1"},
    {"version: one\nlead_id: A\n", "mapping.version", 1, 10, "version: 1"},
    /* What ends a line for some readers only. */
    {H "data: {a: A}\n# note\xc2\x85state: {value: WON}\n", "mapping.yaml", 4,
	7, "U+0085"},
    {H "# note\xe2\x80\xa8state: {value: WON}\n", "mapping.yaml", 3, 7,
	"U+2028"},
    {H "data: {a: A\xc2\x85 B}\n", "mapping.yaml", 3, 12, "U+0085"},
    {H "data:\n  a:\n    value: |\n      x\xe2\x80\xa9y\n", "mapping.yaml", 6,
	8, "U+2029"},
    {H "data: {\"a\": {value: \"x\xc2\x85y\"}} # \xc2\x85\n", "mapping.yaml", 3,
	31, "U+0085"},
    {H "---\na: b\n", "mapping.several_documents", 3, 1, "one YAML"},
    {H "data: &x {a: A}\n", "mapping.alias", 3, 7, "anchors"},
    {H "data: {a: A, b: *x}\n", "mapping.alias", 3, 17, "anchors"},
    {H "data: {a: !!str A}\n", "mapping.tag", 3, 11, "tags"},
    {H "data: {a: A, a: B}\n", "mapping.duplicate_key", 3, 14, "line 3"},
    {H "lead_id: B\n", "mapping.duplicate_key", 3, 1, "line 2"},
    {H "data: {'': A, '': B}\n", "mapping.duplicate_key", 3, 15, "line 3"},
    {H "data: {a: \"\\0\"}\n", "mapping.nul", 3, 11, "NUL"},
    {H "data: {? [a] : A}\n", "mapping.wrong_kind", 3, 10, "key"},
    {H "data: {a: \x01}\n", "mapping.yaml", 3, 11, "control"},
    {H "data: {a: \xff}\n", "mapping.bad_encoding", 3, 11, "UTF-8"},
    /* What the end of the file interrupts has a place in the file. */
    {"version: 1\nlead", "mapping.yaml", 2, 1, "expected ':'"},
    {"version: 1\rlead\r", "mapping.yaml", 2, 1, "expected ':'"},
    {H "data: {a: {", "mapping.yaml", 3, 12, "expected node"},
    {"\xff\xfe"
     "v\0",
	"mapping.bad_encoding", 1, 1, "UTF-16"},

    /* What an update compares and sends. */
    {H "data: {a: B}\nupdate: {fields: [data.a]}\n", "mapping.update", 4, 9,
	"add mode: update"},
    {"version: 1\nmode: update\ndata: {a: B}\n", "mapping.update", 2, 7,
	"needs a key"},
    {H "mode: upsert\ndata: {a: B}\nupdate: {fields: [lead_id]}\n",
	"mapping.update", 5, 18, "is the key"},
    {H "mode: update\ndata: {a: B}\nupdate: {fields: [data.b]}\n",
	"mapping.update", 5, 18, "write paths such as data.score"},
    {H "mode: update\ndata: {a: {fields: {b: B}}}\n"
       "update: {send_only: [data.a.b]}\n",
	"mapping.update", 5, 21, "compared and sent as a whole"},
    {H "mode: update\ndata: {a: B}\n"
       "update: {fill_only: [data.a], send_only: [data.a]}\n",
	"mapping.update", 5, 21, "cannot be in fill_only and in send_only"},
    /* One text in two Unicode forms. */
    {D "{column: B, map: {\"\u00e9\": 1, \"e\u0301\": 2}}\n",
	"mapping.duplicate_key", 4, 32, "two Unicode forms"},

    /* YAML that everybody writes once. */
    {H "source:\n  delimiter: |\n", "mapping.wrong_kind", 4, 14,
	"write delimiter: \"|\""},
    {H "source: {delimiter: |}\n", "mapping.yaml", 3, 21,
	"write delimiter: \"|\""},
    {H "source:\n  delimiter: ,\n", "mapping.yaml", 4, 14,
	"write delimiter: \",\""},
    {H "source: {delimiter: ,}\n", "mapping.wrong_kind", 3, 21,
	"write delimiter: \",\""},
    {H "source:\n  quote: #\n", "mapping.wrong_kind", 4, 9,
	"write quote: \"#\""},
    {D "{template: {A} {B}}\n", "mapping.yaml", 4, 17,
	"write template: \"{A} {B}\""},
    {D "{template: {A} {B}, trim: true}\n", "mapping.yaml", 4, 17,
	"write template: \"{A} {B}\""},
    {D "\n    template: {A} {B}\n", "mapping.yaml", 5, 15,
	"write template: \"{A} {B}\""},
    {D "{template: {A}}\n", "mapping.wrong_kind", 4, 17,
	"write template: \"{A}\""},
    {D "{column: P, pattern: ^[0-9]{6}$}\n", "mapping.yaml", 4, 27,
	"write pattern: \"^[0-9]{6}$\""},
    {D "{column: P, pattern: \"\\d+\"}\n", "mapping.yaml", 4, 28,
	"write pattern: '\\d+'"},
    {D "{column: P, type: date, format: %d/%m/%Y}\n", "mapping.yaml", 4, 38,
	"write format: \"%d/%m/%Y\""},
    {H "source: {nulls: [#N/A]}\n", "mapping.yaml", 3, 18,
	"write nulls: [\"#N/A\"]"},
    {H "source:\n  nulls: [\"-\", #N/A, x]\n  quote: none\n", "mapping.yaml", 4,
	16, "write nulls: [\"-\", \"#N/A\", x]"},
    {H "data:\n\ta: A\n", "mapping.yaml", 4, 1, "  a: A"},
    {"version:1\nlead_id: A\n", "mapping.yaml", 1, 9, "write version: 1"},
    {"version:1\n", "mapping.wrong_kind", 1, 1, "write version: 1"},
    {"version: 1\nlead_id:Lead Ref\ndata: {a: A}\n", "mapping.yaml", 2, 9,
	"write lead_id: Lead Ref"},
    {H "data: {a:B}\n", "mapping.no_source", 3, 8, "write a: B"},
    {H "data:\n  a:B\n", "mapping.wrong_kind", 4, 3, "write a: B"},
    {D "Name: first\n", "mapping.yaml", 4, 10, "write f: \"Name: first\""},
    {D "\"abc\n", "mapping.yaml", 4, 6, "never closed"},
    {D "@me\n", "mapping.yaml", 4, 6, "write f: \"@me\""},
    {H "   data: {a: A}\n", "mapping.yaml", 3, 8, "indentation"},
    {H "data: {a: A\n", "mapping.yaml", 3, 7, ""},

    /* Keys. */
    {H "dtaa: {a: A}\n", "mapping.unknown_key", 3, 1, "'data'"},
    {H "Data: {a: A}\n", "mapping.unknown_key", 3, 1, "'data'"},
    {H "source: {delimeter: x}\n", "mapping.unknown_key", 3, 10, "'delimiter'"},
    {D "{colunm: A}\n", "mapping.unknown_key", 4, 7, "'column'"},
    {H "zzz: 1\n", "mapping.unknown_key", 3, 1, "in the mapping"},

    /* Sources. */
    {D "\n", "mapping.no_source", 4, 3, "no column"},
    {D "[A, B]\n", "mapping.wrong_kind", 4, 6, "{column: [A, B]}"},
    {D "{column: A, index: 2}\n", "mapping.two_sources", 4, 18, "index"},
    {D "{column: A, value: 2, meta: row}\n", "mapping.two_sources", 4, 28,
	"meta"},
    {D "{trim: true}\n", "mapping.no_source", 4, 6, "column:"},
    {D "{column: \" \"}\n", "mapping.bad_value", 4, 15, "index"},
    {D "{column: []}\n", "mapping.bad_value", 4, 15, "no column"},
    {D "{column: [A, {b: c}]}\n", "mapping.wrong_kind", 4, 19, "a map"},
    {D "{index: 0}\n", "mapping.bad_value", 4, 14, "1 to 16384"},
    {D "{index: one}\n", "mapping.wrong_kind", 4, 14, "whole number"},
    {D "{value: null}\n", "mapping.bad_value", 4, 14, "\"null\""},
    {D "{value: [a]}\n", "mapping.wrong_kind", 4, 14, "list"},
    {D "{meta: rwo}\n", "mapping.bad_value", 4, 13, "'row'"},
    {D "{fields: {}}\n", "mapping.wrong_kind", 4, 15, "empty"},
    {D "{fields: {a: A}, trim: true}\n", "mapping.not_for_type", 4, 23,
	"object"},
    {D "{fields: {a: A}, type: json}\n", "mapping.not_for_type", 4, 23,
	"object"},
    {D "{fields: {a: {colum: A}}}\n", "mapping.unknown_key", 4, 20, "column"},

    /* Templates. */
    {D "{template: \"{A\"}\n", "mapping.template", 4, 18, "never closed"},
    {D "{template: \"xx}\"}\n", "mapping.template", 4, 20, "}}"},
    {D "{template: \"{A} {}\"}\n", "mapping.template", 4, 22, "without"},
    {D "{template: \"{A {B}\"}\n", "mapping.template", 4, 18, "inside"},
    {D "{template: \"{{A}}\"}\n", "mapping.template", 4, 18, "needs a column"},
    {D "{template: \"{{{A}} x\"}\n", "mapping.template", 4, 23, "closes"},

    /* Rules. */
    {D "{column: A, otherwise: keep}\n", "mapping.conflict", 4, 18,
	"needs 'map'"},
    {D "{column: A, map: {a: b}, otherwise: kep}\n", "mapping.bad_value", 4, 42,
	"'keep'"},
    {D "{column: A, map: {a: b}, otherwise: {valeu: x}}\n",
	"mapping.unknown_key", 4, 43, "'value'"},
    {D "{column: A, map: {}}\n", "mapping.wrong_kind", 4, 23, "empty"},
    {D "{column: A, map: {a: }}\n", "mapping.wrong_kind", 4, 27, "nothing"},
    {D "{column: A, case: upper, map: {Open: N}}\n", "mapping.never_matches", 4,
	37, "upper"},
    {D "{column: A, case: lower, map: {oPen: N}}\n", "mapping.never_matches", 4,
	37, "lower"},
    {D "{column: A, case: title, map: {open: N}}\n", "mapping.never_matches", 4,
	37, "title"},
    {D "{column: A, map: {\" x\": N}}\n", "mapping.never_matches", 4, 24,
	"trim"},
    {D "{column: A, map: {\"\": N}}\n", "mapping.never_matches", 4, 24,
	"default"},
    {H "source: {nulls: [x]}\ndata: {f: {column: A, map: {x: N}}}\n",
	"mapping.never_matches", 4, 29, "nulls"},
    {D "{column: A, replace: {pattern: \"(\", with: x}}\n", "mapping.pattern",
	4, 39, "parenthesis"},
    {D "{column: A, replace: {pattern: x}}\n", "mapping.missing_key", 4, 27,
	"with"},
    {D "{column: A, replace: {pattern: x, with: $7}}\n", "mapping.pattern", 4,
	46, "$1"},
    {D "{column: A, default: null}\n", "mapping.bad_value", 4, 27,
	"empty: null"},
    {D "{column: A, required: yes}\n", "mapping.wrong_kind", 4, 28,
	"required: true"},
    {D "{column: A, trim: \"true\"}\n", "mapping.wrong_kind", 4, 24,
	"without quotes"},
    {D "{column: A, empty: nul}\n", "mapping.bad_value", 4, 25, "'null'"},

    /* Types. */
    {D "{column: A, type: integr}\n", "mapping.unknown_type", 4, 24,
	"'integer'"},
    {D "{column: A, type: DateTime}\n", "mapping.unknown_type", 4, 24,
	"'datetime'"},
    {D "{column: A, decimal: \",\"}\n", "mapping.not_for_type", 4, 18,
	"float, decimal"},
    {D "{column: A, type: integer, format: \"%Y\"}\n", "mapping.not_for_type",
	4, 33, "date"},
    {D "{column: A, type: email, separator: x}\n", "mapping.not_for_type", 4,
	31, "multiString"},
    {D "{column: A, type: boolean, pattern: x}\n", "mapping.not_for_type", 4,
	33, "string"},
    {D "{column: A, type: time, as: iso}\n", "mapping.bad_value", 4, 34,
	"seconds or ms"},
    {D "{column: A, type: date, format: \"%d/%m\"}\n", "mapping.format", 4, 39,
	"no year"},
    {D "{column: A, type: date, format: \"%Y/%m\"}\n", "mapping.format", 4, 39,
	"no day"},
    {D "{column: A, type: datetime, format: [\"%Y-%m-%d\", \"%Y-%Q\"]}\n",
	"mapping.format", 4, 59, "the directives are %Y %y"},
    {D "{column: A, type: datetime, format: \"%Y-%m-%d %I:%M\"}\n",
	"mapping.format", 4, 43, "%p"},
    {D "{column: A, type: time, format: \"%M\"}\n", "mapping.format", 4, 39,
	"no hour"},
    {D "{column: A, type: date, timezone: Asia/Calcuta}\n",
	"mapping.unknown_zone", 4, 40, "Asia/Calcutta"},
    {D "{column: A, type: date, timezone: \"../UTC\"}\n",
	"mapping.unknown_zone", 4, 40, "IANA"},
    {D "{column: A, type: decimal, decimal: \",,\"}\n", "mapping.bad_value", 4,
	42, "one ASCII"},
    {D "{column: A, type: decimal, decimal: \"5\"}\n", "mapping.bad_value", 4,
	42, "part of a number"},
    {D "{column: A, type: decimal, thousands: \".\"}\n", "mapping.conflict", 4,
	44, "both"},
    {D "{column: A, type: phone, calling_code: \"+91\"}\n", "mapping.bad_value",
	4, 45, "digits"},
    {D "{column: A, type: phone, trunk_prefix: \"0\"}\n", "mapping.conflict", 4,
	31, "calling_code"},
    {D "{column: A, type: boolean, true_words: [Ja, No]}\n", "mapping.conflict",
	4, 45, "true and false"},
    {D "{column: A, type: boolean, true_words: ja}\n", "mapping.wrong_kind", 4,
	45, "[ja]"},

    /* Checks. */
    {D "{column: A, pattern: \"^[0-9\"}\n", "mapping.pattern", 4, 33,
	"character 6"},
    {D "{column: A, type: integer, min: 10, max: 9}\n", "mapping.conflict", 4,
	38, "above"},
    {D "{column: A, type: decimal, min: -1, max: -1.5}\n", "mapping.conflict",
	4, 38, "above"},
    {D "{column: A, type: integer, min: 1.5}\n", "mapping.bad_value", 4, 38,
	"whole number"},
    {D "{column: A, type: float, max: 1e5}\n", "mapping.bad_value", 4, 36,
	"number"},
    {D "{column: A, type: date, min: 2025-02-30}\n", "mapping.bad_value", 4, 35,
	"that exists"},
    {D "{column: A, type: date, min: 2025-02-02, max: 2025-02-01}\n",
	"mapping.conflict", 4, 35, "above"},
    {D "{column: A, min: 1}\n", "mapping.not_for_type", 4, 18, "integer"},
    {D "{column: A, min_length: 5, max_length: 4}\n", "mapping.conflict", 4, 30,
	"above"},
    {D "{column: A, max_length: -1}\n", "mapping.wrong_kind", 4, 30,
	"whole number"},
    {D "{column: A, one_of: []}\n", "mapping.bad_value", 4, 26, "empty"},
    {D "{column: A, one_of: [a, [b]]}\n", "mapping.wrong_kind", 4, 30, "list"},
    {D "{column: A, one_of: [a, b], default: c}\n", "mapping.refused_value", 4,
	43, "one_of"},
    {D "{column: A, pattern: '[0-9]+', default: c}\n", "mapping.refused_value",
	4, 46, "pattern"},
    {D "{column: A, max_length: 2, default: abc}\n", "mapping.refused_value", 4,
	42, "max_length"},
    {D "{column: A, min_length: 2, default: é}\n", "mapping.refused_value", 4,
	42, "min_length"},
    {D "{column: A, type: integer, default: none}\n", "mapping.refused_value",
	4, 42, "not a number"},
    {D "{column: A, map: {a: x}, one_of: [y]}\n", "mapping.refused_value", 4,
	24, "one_of"},
    {D "{column: A, unique: 1}\n", "mapping.wrong_kind", 4, 26, "true"},
    {D "{column: A, on_error: skip}\n", "mapping.bad_value", 4, 28, "omit"},

    /* The mapping as a whole. */
    {"version: 1\nstate: S\n", "mapping.nothing_mapped", 1, 1, "lead_id"},
    {H "key: {name: k, column: K}\n", "mapping.conflict", 3, 1, "both"},
    {"version: 1\nkey: K\n", "mapping.wrong_kind", 2, 6, "not text"},
    {"version: 1\nkey: {column: K}\n", "mapping.missing_key", 2, 6, "name"},
    {"version: 1\nkey: {name: k}\n", "mapping.no_source", 2, 6, "column:"},
    {"version: 1\nkey: {name: k, column: K, in: dta}\n", "mapping.bad_value", 2,
	31, "data"},
    {"version: 1\nlead_id: {column: A, on_error: omit}\n", "mapping.key", 2, 1,
	"on_error"},
    {"version: 1\nlead_id: {column: A, type: json}\n", "mapping.key", 2, 1,
	"text or a number"},
    {"version: 1\nlead_id: {value: x}\n", "mapping.key", 2, 1, "constant"},
    {H "status: {value: Open}\n", "mapping.refused_value", 3, 17,
	"OPEN, COMPLETED or CANCELLED"},
    {H "status: {column: S, map: {x: DONE}}\n", "mapping.refused_value", 3, 27,
	"OPEN"},
    {H "data: {a: A, a.b: B}\n", "mapping.path_clash", 3, 14, "inside"},
    {H "data: {a.b: B, a: {fields: {b: C}}}\n", "mapping.path_clash", 3, 29,
	"twice"},
    {"version: 1\nkey: {name: k, column: K, in: data}\ndata: {k: X}\n",
	"mapping.path_clash", 3, 8, "twice"},
    {"version: 1\nkey: {name: state, column: K}\nstate: X\n",
	"mapping.path_clash", 3, 1, "twice"},
    {H "record: {a: B}\n", "mapping.unknown_key", 3, 10, "record"},
    {H "record: {a: B}\n", "mapping.missing_key", 3, 9, "data"},
    {H "data: A\n", "mapping.wrong_kind", 3, 7, "map of fields"},
    {H "data: {\"\": A}\n", "mapping.bad_value", 3, 8, "empty"},

    /* Source, defaults, rows, submit. */
    {H "source: {encoding: utf8000}\n", "mapping.bad_value", 3, 20, "encoding"},
    {H "source: {encoding: windows1252}\n", "mapping.bad_value", 3, 20,
	"'windows-1252'"},
    {H "source: {encoding: \"utf-8//IGNORE\"}\n", "mapping.bad_value", 3, 20,
	"encoding"},
    {H "source: {delimiter: '\\x0a'}\n", "mapping.bad_value", 3, 21,
	"one ASCII"},
    {H "source: {delimiter: '\\x8f'}\n", "mapping.bad_value", 3, 21,
	"one ASCII"},
    {H "source: {quote: \"\\x1f\"}\n", "mapping.bad_value", 3, 17, "one ASCII"},
    {H "source: {delimiter: \"é\"}\n", "mapping.bad_value", 3, 21, "ASCII"},
    {H "source: {delimiter: ';', quote: ';'}\n", "mapping.conflict", 3, 33,
	"both"},
    {H "source: {header: 1}\n", "mapping.wrong_kind", 3, 18, "true"},
    {H "source: {skip_lines: two}\n", "mapping.wrong_kind", 3, 22, "whole"},
    {H "source: {ragged: fill}\n", "mapping.bad_value", 3, 18,
	"did you mean 'fit'?"},
    {H "source: {blank_lines: keep}\n", "mapping.bad_value", 3, 23,
	"skip or record"},
    {H "source: {nulls: N/A}\n", "mapping.wrong_kind", 3, 17, "[N/A]"},
    {H "source: x\n", "mapping.wrong_kind", 3, 9, "map"},
    {H "defaults: {trim: no}\n", "mapping.wrong_kind", 3, 18, "trim: true"},
    {H "defaults: {emtpy: omit}\n", "mapping.unknown_key", 3, 12, "'empty'"},
    {H "rows: {empty: omit}\n", "mapping.bad_value", 3, 15, "skip, reject"},
    {H "rows: {only: A}\n", "mapping.wrong_kind", 3, 14, "map"},
    {H "rows: {only: {in: [a]}}\n", "mapping.no_source", 3, 14, "column"},
    {H "rows: {only: {column: A}}\n", "mapping.missing_key", 3, 14, "in:"},
    {H "rows: {only: {column: A, in: a}}\n", "mapping.wrong_kind", 3, 30,
	"[a]"},
    {H "rows: {only: {column: A, in: [a], empty: true}}\n", "mapping.conflict",
	3, 35, "one test"},
    {H "rows: {except: [{column: A, matches: '['}]}\n", "mapping.pattern", 3,
	40, "]"},
    {H "submit: {chunk_rows: 0}\n", "mapping.bad_value", 3, 22, "10000"},
    {H "submit: {chunk_rows: 10001}\n", "mapping.bad_value", 3, 22, "10000"},
    {H "submit: {chunk_bytes: 1023}\n", "mapping.bad_value", 3, 23, "1KiB"},
    {H "submit: {chunk_bytes: big}\n", "mapping.bad_value", 3, 23, "512KiB"},
    {H "submit: {in_flight: 65}\n", "mapping.bad_value", 3, 21, "64"},

    /* Tests. */
    {H "tests: {row: {A: x}}\n", "mapping.wrong_kind", 3, 8, "list"},
    {H "tests:\n  - gives: {}\n", "mapping.missing_key", 4, 5, "row"},
    {H "tests:\n  - row: {A: x}\n", "mapping.missing_key", 4, 5, "gives"},
    {H "tests:\n  - {row: {A: x}, gives: {}, rejects: x}\n", "mapping.conflict",
	4, 30, "both"},
    {H "tests:\n  - {row: [A], rejects: x}\n", "mapping.wrong_kind", 4, 11,
	"map of cells"},
    {H "tests:\n  - {row: {A: [x]}, rejects: x}\n", "mapping.wrong_kind", 4, 15,
	"cell"},
    {H "tests:\n  - {row: {A: x}, gives: [a]}\n", "mapping.wrong_kind", 4, 26,
	"process object"},
    {H "tests:\n  - {row: {A: x}, rejects: rule.require}\n",
	"mapping.bad_value", 4, 28, "did you mean 'rule.required'?"},
    {H "tests:\n  - {row: {A: x}, rejects: none}\n", "mapping.bad_value", 4, 28,
	"csv2chakra-mapping(5)"},
    {H "data: {a: {column: A #, type: text}}\n", "mapping.yaml", 3, 22,
	"write column: \"A #\""},
};

static const struct diagnostic *
find(const struct diagnostics *l, const struct mistake *m)
{
	for (size_t i = 0; i < l->count; i++)
		if (!strcmp(l->items[i].code, m->code) &&
		    l->items[i].line == m->line &&
		    l->items[i].column == m->column &&
		    l->items[i].length >= 1 &&
		    (strstr(l->items[i].message, m->words) ||
			(l->items[i].help &&
			    strstr(l->items[i].help, m->words))))
			return &l->items[i];
	return NULL;
}

TEST(each_mistake_has_its_code_place_and_help)
{
	size_t wrong = 0;
	EACH (i, mistakes) {
		const struct mistake *m = &mistakes[i];
		struct text yaml = text_of(m->yaml);
		struct diagnostics list;
		diagnostics_init(&list);
		struct mapping *loaded = mapping_parse("m.yaml", yaml, &list);
		if (loaded || !find(&list, m)) {
			struct buf b = BUF_INIT(0);
			diagnostics_text(&list, yaml, false, &b);
			print_error("case %zu wants %s at %d:%d with \"%s\"; "
				    "%s:\n%s%s\n",
			    i, m->code, m->line, m->column, m->words,
			    loaded ? "loaded" : "refused", m->yaml,
			    buf_str(&b));
			buf_release(&b);
			wrong++;
		}
		mapping_free(loaded);
		diagnostics_release(&list);
	}
	assert_int_equal(wrong, 0);
}

/* Warnings and notes do not stop a mapping. */
TEST(warns_where_a_mapping_can_still_be_used)
{
	static const struct mistake warnings[] = {
	    {"version: 1\ndata: {a: A}\n", "mapping.no_key", 2, 1, "lead_id"},
	    {H "data: {a.b: A}\n", "mapping.dotted_key", 3, 8, "fields:"},
	    {H "data: {a: Amount}\ntests: [{row: {amount: 1}, rejects: "
	       "rule.min}]\n",
		"mapping.unused_column", 4, 16, "'Amount'"},
	    {H "data: {a: Amount}\nstate: Deal #\n", "mapping.cut_by_comment",
		4, 8, "\"Deal #\""},
	    {H "data:\n  a: \xe2\x80\x9cno \"1\xe2\x80\x9d\n",
		"mapping.curly_quotes", 4, 6, "'no \"1'"},
	};
	EACH (i, warnings) {
		struct diagnostics list;
		diagnostics_init(&list);
		struct mapping *m =
		    mapping_parse("m.yaml", text_of(warnings[i].yaml), &list);
		assert_non_null(m);
		assert_int_equal(list.errors, 0);
		assert_non_null(find(&list, &warnings[i]));
		mapping_free(m);
		diagnostics_release(&list);
	}
}

TEST(reports_all_mistakes_in_the_order_of_the_file)
{
	static const char yaml[] = "verison: 1\n"
				   "data:\n"
				   "  a: {column: A, type: nope}\n"
				   "  b: {column: B, min: 1}\n"
				   "source: {ragged: x}\n"
				   "rows: {only: {column: A}}\n";
	struct diagnostics list;
	diagnostics_init(&list);
	assert_null(mapping_parse("m.yaml", text_of(yaml), &list));
	/* `verison` is one mistake and a missing key another one. */
	assert_int_equal(list.errors, 6);
	for (size_t i = 1; i < list.count; i++)
		assert_true(list.items[i - 1].line <= list.items[i].line);
	diagnostics_release(&list);
}

TEST(ends_at_thirty_two_levels_and_at_a_megabyte)
{
	size_t len = ((size_t)1 << 20) + 1;
	char *s = malloc(len);
	struct diagnostics list;
	static const char signs[] = "[{-?";
	for (size_t i = 0; i < 4; i++) {
		for (size_t k = 0; k < len; k++)
			s[k] = i < 2 || k % 2 == 0 ? signs[i] : ' ';
		diagnostics_init(&list);
		assert_null(
		    mapping_parse("m.yaml", (struct text){s, len - 1}, &list));
		assert_string_equal(list.items[0].code, "mapping.too_deep");
		diagnostics_release(&list);
	}
	diagnostics_init(&list);
	assert_null(mapping_parse("m.yaml", (struct text){s, len}, &list));
	assert_string_equal(list.items[0].code, "mapping.too_large");
	diagnostics_release(&list);
	free(s);
}

TEST(a_file_that_cannot_be_read_is_the_only_error)
{
	struct diagnostics list;
	diagnostics_init(&list);
	assert_null(mapping_load("/nonexistent/m.yaml", &list));
	assert_int_equal(list.count, 1);
	assert_string_equal(list.items[0].code, "mapping.unreadable");
	assert_non_null(strstr(list.items[0].message, "No such file"));
	diagnostics_release(&list);
	diagnostics_init(&list);
	assert_null(mapping_load("/", &list));
	assert_int_equal(list.count, 1);
	assert_string_equal(list.items[0].code, "mapping.unreadable");
	diagnostics_release(&list);
}

TEST(the_man_page_has_every_code)
{
	static char page[1 << 17];
	FILE *f = fopen("man/csv2chakra-mapping.5", "rb");
	assert_non_null(f);
	page[fread(page, 1, sizeof(page) - 1, f)] = '\0';
	fclose(f);
	EACH (i, mistakes)
		if (!strstr(page, mistakes[i].code))
			fail_msg("the man page lacks %s", mistakes[i].code);
}
