/* SPDX-License-Identifier: MIT */
#include "mapping/mapping.h"
#include "test.h"

/* The mapping of the manual, with one of everything. */
static const char example[] =
    "version: 1\n"
    "procedure: lead\n"
    "source: {delimiter: \"|\", quote: none, nulls: [\"N/A\", \"-\"]}\n"
    "defaults: {trim: true, empty: \"null\"}\n"
    "lead_id: Lead Ref\n"
    "state:\n"
    "  column: Status\n"
    "  map: {Open: NEW, \"In progress\": IN_PROGRESS, NO: \"010\"}\n"
    "  otherwise: {value: NEW}\n"
    "nextActionAt: Due\n"
    "data:\n"
    "  full_name: {template: \"Dear {First} {{{Last}}}\"}\n"
    "  score: {value: 10.50}\n"
    "  text: {value: \"10.50\"}\n"
    "  flag: {value: true}\n"
    "  city: {column: [City, Town], case: title, empty: omit}\n"
    "  amount: {column: Amount, type: decimal, decimal: \",\", thousands: "
    "\".\"}\n"
    "  on: {column: Joined, type: date, format: \"%d/%m/%Y\", timezone: "
    "Asia/Kolkata, min: 01/02/2020, max: 2020-02-01}\n"
    "  address:\n"
    "    fields:\n"
    "      pin: {index: 7, pattern: '[0-9]{6}', unique: true}\n"
    "rows:\n"
    "  only: {column: Country, in: [NO, AE]}\n"
    "  except: [{column: Status, matches: '^T'}, {index: 9, empty: false}]\n"
    "submit: {chunk_rows: 100, chunk_bytes: 2MiB}\n"
    "tests:\n"
    "  - row: {Lead Ref: L-1, Amount: 010}\n"
    "    gives: {lead_id: L-1, n: [1, \"1\", true, 010, null], z: {a: NO}}\n"
    "  - {row: {Lead Ref: \"\"}, rejects: rule.required}\n";

static struct mapping *
must_parse(const char *yaml)
{
	struct diagnostics list;
	diagnostics_init(&list);
	struct mapping *m = mapping_parse("m.yaml", text_of(yaml), &list);
	if (!m || list.errors) {
		struct buf b = BUF_INIT(0);
		diagnostics_text(&list, text_of(yaml), false, &b);
		fail_msg("refused:\n%s\n%s", yaml, buf_str(&b));
	}
	diagnostics_release(&list);
	return m;
}

static void
assert_text(struct text t, const char *expected)
{
	if (!text_is(t, expected))
		fail_msg("'%.*s' is not '%s'", (int)t.len, t.s, expected);
}

TEST(loads_one_of_everything)
{
	struct mapping *m = must_parse(example);
	assert_text(m->procedure, "lead");
	assert_int_equal(m->procedure_at.line, 2);
	assert_int_equal(m->procedure_at.column, 12);
	assert_int_equal(m->source.dialect.delimiter, '|');
	assert_int_equal(m->source.dialect.quote, 0);
	assert_true(m->source.dialect.has_header);
	assert_int_equal(m->source.null_count, 2);
	assert_int_equal(m->field_count, 4);

	const struct field *key = &m->fields[0], *st = &m->fields[1];
	assert_ptr_equal(m->key, key);
	assert_text(m->key_name, "lead_id");
	assert_true(key->required && key->unique);
	assert_int_equal(key->unique_slot, 0);
	assert_int_equal(key->empty, EMPTY_NULL);
	assert_text(key->columns[0].name, "Lead Ref");

	assert_int_equal(st->steps.map_count, 3);
	assert_text(st->steps.map[0].from, "In progress");
	assert_text(st->steps.map[1].from, "NO");
	assert_text(st->steps.map[1].to, "010");
	assert_int_equal(st->steps.otherwise, OTHERWISE_VALUE);
	assert_text(st->steps.otherwise_value, "NEW");
	assert_int_equal(m->fields[2].type, TYPE_DATETIME);

	const struct field *d = m->fields[3].children;
	assert_int_equal(m->fields[3].child_count, 8);
	assert_int_equal(m->fields[3].source, SOURCE_OBJECT);
	assert_int_equal(d[0].part_count, 3);
	assert_text(d[0].parts[0].literal, "Dear ");
	assert_text(d[0].parts[1].literal, " {");
	assert_int_equal(d[0].parts[1].ref, 1);
	assert_text(d[0].parts[2].literal, "}");
	assert_int_equal(d[0].parts[2].ref, -1);
	assert_int_equal(d[0].columns[1].at.column, 42);
	assert_text(d[1].constant_json, "10.50");
	assert_false(d[1].constant_is_text);
	assert_text(d[2].constant_json, "\"10.50\"");
	assert_true(d[2].constant_is_text);
	assert_text(d[3].constant_json, "true");
	assert_int_equal(d[4].column_count, 2);
	assert_int_equal(d[4].steps.case_rule, CASE_TITLE);
	assert_int_equal(d[4].empty, EMPTY_OMIT);
	assert_int_equal(d[5].decimal_sign, ',');
	assert_int_equal(d[5].thousands_sign, '.');
	/* Midnight in India; the last day counts to its end. */
	assert_true(d[6].min_ms == INT64_C(1580495400000));
	assert_true(d[6].max_ms == INT64_C(1580495400000) + 86399999);
	assert_text(d[7].children[0].path, "data.address.pin");
	assert_int_equal(d[7].children[0].columns[0].index, 7);
	assert_int_equal(d[7].children[0].unique_slot, 1);
	assert_int_equal(m->unique_count, 2);

	assert_int_equal(m->only_count, 1);
	assert_text(m->only[0].words[0], "AE");
	assert_int_equal(m->except_count, 2);
	assert_int_equal(m->except[0].kind, ROW_MATCHES);
	assert_int_equal(m->except[1].kind, ROW_EMPTY);
	assert_false(m->except[1].empty);
	assert_int_equal(m->chunk_rows, 100);
	assert_int_equal(m->chunk_bytes, 2 << 20);
	assert_int_equal(m->in_flight, 0);
	assert_int_equal(mapping_max_index(m), 9);

	assert_int_equal(m->test_count, 2);
	assert_text(m->tests[0].columns[1], "Amount");
	assert_text(m->tests[0].cells[1], "010");
	assert_text(m->tests[0].gives_json,
	    "{\"lead_id\":\"L-1\",\"n\":[1,\"1\",true,\"010\",null],"
	    "\"z\":{\"a\":\"NO\"}}");
	assert_text(m->tests[1].rejects, "rule.required");
	mapping_free(m);
}

TEST(puts_a_key_with_another_name_where_it_is_asked_for)
{
	struct mapping *m = must_parse(
	    "version: 1\nkey: {name: ticket_id, column: No, type: integer}\n");
	assert_text(m->key->path, "ticket_id");
	assert_text(m->key_name, "ticket_id");
	assert_true(m->key->required && m->key->unique);
	assert_false(m->key_in_data);
	mapping_free(m);

	m = must_parse("version: 1\ndata: {a: A}\n"
		       "key: {name: ticket_id, column: No, in: data}\n");
	assert_true(m->key_in_data);
	assert_int_equal(m->field_count, 1);
	assert_ptr_equal(m->key, &m->fields[0].children[0]);
	assert_text(m->key->path, "data.ticket_id");
	assert_text(m->fields[0].children[1].key, "a");
	mapping_free(m);

	m = must_parse("version: 1\n"
		       "key: {name: ticket_id, column: No, in: data}\n");
	assert_text(m->fields[0].key, "data");
	assert_ptr_equal(m->key, &m->fields[0].children[0]);
	mapping_free(m);
}

TEST(loads_the_fields_of_the_record)
{
	struct mapping *m =
	    must_parse("version: 1\nlead_id: A\n"
		       "record: {data: {phone: {column: P, type: phone}}}\n");
	const struct field *r = &m->fields[1];
	assert_text(r->children[0].key, "data");
	assert_text(r->children[0].path, "record.data");
	assert_text(r->children[0].children[0].path, "record.data.phone");
	mapping_free(m);
}

TEST(the_canonical_text_knows_content_from_form)
{
	static const char *const same[] = {
	    "version: 1\nlead_id: A\n",
	    "# a comment\nversion: 1\nlead_id: {column: A}\n",
	    "lead_id: {required: true, column: \"A\", type: string}\n"
	    "submit: {in_flight: 3}\nversion: 1\n"
	    "tests: [{row: {A: x}, gives: {}}]\n",
	};
	static const char *const other[] = {
	    "version: 1\nlead_id: B\n",
	    "version: 1\nlead_id: {column: A, trim: false}\n",
	    "version: 1\nlead_id: {column: A, max_length: 0}\n",
	    "version: 1\nlead_id: A\ndata: {b: B}\n",
	    "version: 1\nlead_id: {column: A, unwrap: formula_text}\n",
	    "version: 1\nlead_id: A\ndefaults: {unwrap: formula_text}\n",
	    "version: 1\nlead_id: {column: A, type: integer}\n",
	    "version: 1\nlead_id: {column: A, type: integer, digits: any}\n",
	    "version: 1\nlead_id: {column: A, type: integer, units: [x]}\n",
	    "version: 1\nlead_id: {column: A, type: integer, units: [x, y]}\n",
	    "version: 1\nlead_id: {column: A, type: integer, negative: any}\n",
	    "version: 1\nlead_id: {column: A, type: decimal, units: [\"%\"], "
	    "percent: number}\n",
	    "version: 1\nlead_id: {column: A, type: decimal, units: [\"%\"], "
	    "percent: fraction}\n",
	    "version: 1\nlead_id: {column: A, type: date, format: \"%D\", "
	    "century: 1950}\n",
	    "version: 1\nlead_id: {column: A, type: date, format: \"%D\", "
	    "century: 1969}\n",
	    "version: 1\nlead_id: A\nsource: {delimiter: tab}\n",
	    "version: 1\nlead_id: A\nrows: {empty: keep}\n",
	    "version: 1\nlead_id: A\nrows: {only: {column: A, in: [x]}}\n",
	    "version: 1\nlead_id: A\nrows: {except: {column: A, in: [x]}}\n",
	};
	struct mapping *a = must_parse(same[0]);
	EACH (i, same) {
		struct mapping *b = must_parse(same[i]);
		assert_true(text_equal(a->canonical, b->canonical));
		mapping_free(b);
	}
	EACH (i, other) {
		struct mapping *b = must_parse(other[i]);
		assert_false(text_equal(a->canonical, b->canonical));
		for (size_t k = 0; k < i; k++) {
			struct mapping *c = must_parse(other[k]);
			assert_false(text_equal(c->canonical, b->canonical));
			mapping_free(c);
		}
		mapping_free(b);
	}
	a->source.dialect.delimiter = ';';
	struct mapping *b = must_parse(same[0]);
	mapping_canonicalise(a);
	assert_false(text_equal(a->canonical, b->canonical));
	mapping_free(b);
	mapping_free(a);
}
