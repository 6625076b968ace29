/* SPDX-License-Identifier: MIT */
/*
 * The reader: the same records and problems by its fast way and by libcsv,
 * whole and in pieces; ranges that tile the input; a tally of every byte and
 * line. The first four bytes of the input are options, the rest is the CSV.
 */
#include "csv/reader.h"
#include "fuzz.h"
#include "value/forms.h"

#include <inttypes.h>

/* As many as an input can choose among. */
static const struct ignore_rule *
rules(void)
{
	static const char *const texts[] = {
	    "#", "\"?(a|\xc3\xa9)[^,]*$", "(?s).*,\"\""};
	static struct ignore_rule rule[3];
	char error[160];
	size_t at;

	for (size_t i = 0; i < 3 && !rule[i].pattern; i++) {
		rule[i].text = text_of(texts[i]);
		rule[i].pattern =
		    pattern_compile_at_start(rule[i].text, error, &at);
	}
	return rule;
}

static struct reader_options
take_options(struct fuzz_input *in, uint32_t *seed)
{
	static const char delimiters[] = ",;\t|: #x", quotes[] = "\"'\"";
	static const size_t sizes[] = {0, 1, 2, 3, 7, 16, 64, 300};
	struct reader_options o = {.max_cell = READER_MAX_CELL,
	    .max_record = READER_MAX_RECORD,
	    .max_columns = READER_MAX_COLUMNS,
	    .name = "x.csv"};
	uint8_t flags = fuzz_byte(in), signs = fuzz_byte(in);
	uint8_t before = fuzz_byte(in), pieces = fuzz_byte(in);

	o.dialect.has_header = flags & 1;
	o.blank_line_is_record = flags & 2;
	o.ragged = (enum ragged_policy)((flags >> 2 & 1) | (before >> 4 & 2));
	o.repeated_header_is_record = before & 64;
	o.end_marker_is_record = before & 128;
	o.dialect.blanks = signs & 32 ? BLANKS_AROUND_QUOTES : BLANKS_KEEP;
	o.dialect.ignore = rules();
	o.dialect.ignore_count = signs >> 6;
	o.trim = flags & 8;
	o.keeps_empty = flags & 16;
	if (flags & 32)
		o.max_cell = 5;
	if (flags & 64)
		o.max_record = 24;
	if (flags & 128)
		o.max_columns = 4;
	o.dialect.delimiter = delimiters[signs & 7];
	o.dialect.quote = quotes[(signs >> 3) & 3];
	o.dialect.skip_lines = before & 3;
	o.dialect.has_sep_line = before & 4;
	o.min_width = (before >> 3) & 3;
	o.read_size = sizes[pieces & 7];
	*seed = (uint32_t)(pieces >> 3) * 2654435761u;
	return o;
}

static void
write_record(struct buf *out, const struct record *rec)
{
	buf_addf(out,
	    " n%" PRIu64 " r%" PRIu64 " l%" PRIu64 "+%" PRIu64 " %" PRIu64
	    "-%" PRIu64 ":",
	    rec->number, rec->row, rec->line, rec->line_count, rec->begin,
	    rec->end);
	if (rec->skip_code) {
		HOLDS(rec->cell_count == 0);
		buf_addf(out, " %s %zu", rec->skip_code, rec->skip_rule);
	}
	for (size_t i = 0; i < rec->cell_count; i++) {
		buf_adds(out, " [");
		buf_add(out, rec->cells[i].s, rec->cells[i].len);
		buf_addc(out, ']');
	}
}

static void
write_problems(struct buf *out, const struct problem_list *l, size_t len)
{
	for (size_t i = 0; i < l->count; i++) {
		const struct problem *p = &l->items[i];
		struct text message = problem_message(l, p);

		HOLDS(p->stage == STAGE_READ);
		HOLDS(message.len > 0);
		HOLDS(p->byte == PROBLEM_NO_BYTE || p->byte < len);
		buf_addf(out, " %s %d %d %" PRIu64 " ", p->code, p->level,
		    p->column, p->byte);
		buf_add(out, message.s, message.len);
	}
	buf_addf(out, " %zu %zu", l->rejects, l->dropped);
}

static bool
must_be_escaped(struct text t)
{
	for (size_t i = 0; i < t.len; i++)
		if ((unsigned char)t.s[i] < 0x20 || t.s[i] == '"' ||
		    t.s[i] == '\\')
			return true;
	return false;
}

/* Every cell of a record that is not rejected is text that JSON can hold. */
static void
check_cells(const struct record *rec, const struct problem_list *l,
    const struct reader_options *o)
{
	if (l->rejects > 0)
		return;
	HOLDS(rec->cell_count <= o->max_columns);
	for (size_t i = 0; i < rec->cell_count; i++) {
		struct text t = rec->cells[i];

		HOLDS(t.len <= o->max_cell);
		HOLDS(utf8_check(t.s, t.len) == t.len);
		HOLDS(t.len == 0 || memchr(t.s, '\0', t.len) == NULL);
		HOLDS(!rec->is_padded || !must_be_escaped(t) ||
		      (rec->odd && (rec->odd[i / 64] >> i % 64 & 1)));
	}
}

static void
check_tally(
    const struct reader *r, size_t len, uint64_t records, uint64_t blank_lines)
{
	const struct reader_tally *t = reader_tally(r);

	HOLDS(t->bom_bytes + t->preamble_bytes + t->header_bytes +
		  t->blank_bytes + t->record_bytes ==
	      len);
	HOLDS(t->records == records);
	HOLDS(t->blank_lines == blank_lines);
}

static void
read_body(struct reader *r, const struct reader_options *o, size_t len,
    struct buf *out)
{
	struct diag d = DIAG_INIT;
	struct problem_list problems;
	struct record rec = {0};
	struct text guess;
	uint64_t at = reader_body_begin(r), records = 0, row = 0;
	/* Those before the header are counted already. */
	uint64_t blanks = reader_tally(r)->blank_lines;
	int event;

	problem_list_init(&problems);
	while ((event = reader_next(r, &rec, &problems, &d)) != READER_END) {
		HOLDS(event == READER_RECORD || event == READER_BLANK);
		HOLDS(rec.begin == at && rec.end > rec.begin);
		HOLDS(rec.source_begin == rec.begin);
		HOLDS(rec.source_end == rec.end);
		HOLDS(rec.row > row && rec.line >= rec.row);
		at = rec.end;
		row = rec.row;
		records += event == READER_RECORD;
		blanks += event == READER_BLANK;
		buf_addc(out, event == READER_RECORD ? '\n' : '-');
		if (event == READER_RECORD) {
			HOLDS(rec.number == records);
			write_record(out, &rec);
			check_cells(&rec, &problems, o);
			if (reader_record_is_empty(r, &rec))
				buf_adds(out, " empty");
		}
		write_problems(out, &problems, len);
		problem_list_clear(&problems);
		/* A guess is bytes of the input, and changes nothing. */
		while (reader_peek(r, row % 4, &guess)) {
			HOLDS(guess.len <= len);
			(void)utf8_check(guess.s, guess.len);
		}
	}
	HOLDS(at == len);
	check_tally(r, len, records, blanks);
	buf_addf(out, "\n%" PRIu64 " lines%s", reader_tally(r)->lines,
	    reader_unclosed(r) ? ", unclosed" : "");
	problem_list_release(&problems);
}

static void
transcribe(struct text csv, const struct reader_options *o, uint32_t seed,
    struct buf *out)
{
	struct fuzz_memory m = {csv.s, csv.len, 0, seed};
	struct diag d = DIAG_INIT;
	struct reader *r =
	    reader_new(fuzz_memory_source(&m), NULL, NULL, o, &d);
	const struct header *h;

	if (r == NULL) {
		HOLDS(d.kind != DIAG_NONE && d.message[0] != '\0');
		HOLDS(d.kind != DIAG_INTERNAL);
		buf_addf(out, "%d %s %s %d %d", d.kind, d.code, d.message,
		    d.line, d.column);
		return;
	}
	HOLDS(csv.len > 0);
	h = reader_header(r);
	buf_addf(out, "header %" PRIu64 " %" PRIu64 ":", h->row, h->line);
	for (size_t i = 0; i < h->count; i++) {
		HOLDS(utf8_check(h->names[i].s, h->names[i].len) ==
		      h->names[i].len);
		buf_adds(out, " [");
		buf_add(out, h->names[i].s, h->names[i].len);
		buf_addc(out, ']');
	}
	read_body(r, o, csv.len, out);
	reader_free(r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	struct buf whole = BUF_INIT(0), pieces = BUF_INIT(0);
	struct buf plain = BUF_INIT(0);
	uint32_t seed;
	struct reader_options o = take_options(&in, &seed);
	size_t read_size = o.read_size;

	o.read_size = 0;
	transcribe(fuzz_rest(&in), &o, 0, &whole);
	o.read_size = read_size;
	transcribe(fuzz_rest(&in), &o, seed, &pieces);
	o.libcsv_only = true;
	transcribe(fuzz_rest(&in), &o, seed / 3, &plain);
	HOLDS(whole.len == pieces.len &&
	      memcmp(whole.data, pieces.data, whole.len) == 0);
	HOLDS(whole.len == plain.len &&
	      memcmp(whole.data, plain.data, whole.len) == 0);
	buf_release(&whole);
	buf_release(&pieces);
	buf_release(&plain);
	return 0;
}
