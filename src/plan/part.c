/* SPDX-License-Identifier: MIT */
/*
 * Read line by line, in a few KiB, by position: the copy that a run keeps is
 * made from the file that was checked, whatever lies under its name by then.
 * Stretches are numbers in lines rather than JSON because a file of which each
 * second row was rejected has half as many of them as rows.
 */
#include "plan/part.h"

#include "base/json_read.h"
#include "base/json_write.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "system/atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUM "sha256 "
#define HEAD "{\"schema\":\"" ROWS_SCHEMA "\""
#define BLOCK ((size_t)16384)

/* Lines of a file, from an offset on. */
struct lines {
	int fd;
	uint64_t at; /* of what comes next */
	size_t used, have;
	char block[BLOCK];
};

/* 1 = *line is the next one, without its line end; 0 = the end; -1 = it is
 * longer than any of ours, is cut, or cannot be read. */
static int
next_line(struct lines *l, struct text *line)
{
	const char *end = memchr(l->block + l->used, '\n', l->have - l->used);

	if (end == NULL) {
		ssize_t n;

		l->have -= l->used;
		memmove(l->block, l->block + l->used, l->have);
		l->used = 0;
		n = pread(l->fd, l->block + l->have, BLOCK - l->have,
		    (off_t)(l->at + l->have));
		if (n < 0)
			return -1;
		end = memchr(l->block + l->have, '\n', (size_t)n);
		l->have += (size_t)n;
		if (end == NULL)
			return l->have == 0 ? 0 : -1;
	}
	*line = (struct text){
	    l->block + l->used, (size_t)(end - (l->block + l->used))};
	l->used += line->len + 1;
	l->at += line->len + 1;
	return 1;
}

static bool
take_number(struct text *line, char end, uint64_t *out)
{
	const char *stop = memchr(line->s, end, line->len);
	struct text word = {line->s, stop ? (size_t)(stop - line->s) : 0};

	if (end == '\0')
		word.len = line->len;
	if (word.len == 0 || !text_parse_uint(word, out))
		return false;
	line->s += word.len + 1;
	line->len -= end == '\0' ? word.len : word.len + 1;
	return true;
}

static bool
take_stretch(struct text line, struct stretch *s)
{
	return take_number(&line, ' ', &s->at) &&
	       take_number(&line, ' ', &s->row) &&
	       take_number(&line, ' ', &s->line) &&
	       take_number(&line, '\0', &s->begin) && s->row > 0 &&
	       s->line > 0 && s->begin >= s->at;
}

void
part_add_stretch(FILE *stretches, const struct stretch *s)
{
	fprintf(stretches, "%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
	    s->at, s->row, s->line, s->begin);
}

static void
add_reading(struct buf *b, const struct part_reading *r)
{
	json_object(b, "reading");
	json_string(b, "encoding", r->encoding);
	json_text(b, "delimiter", (struct text){&r->delimiter, 1});
	json_text(b, "quote", (struct text){&r->quote, r->quote != '\0'});
	json_bool(b, "header", r->has_header);
	json_uint(b, "skip_lines", r->skip_lines);
	json_bool(b, "sep_line", r->has_sep_line);
	json_bool(b, "skips_blanks", r->skips_blanks);
	json_uint(b, "front_bytes", r->front_bytes);
	json_uint(b, "width", r->width);
	json_end_object(b);
}

static void
add_head(struct buf *b, const struct part *p)
{
	json_object(b, NULL);
	json_string(b, "schema", ROWS_SCHEMA);
	json_object(b, "part");
	json_uint(b, "number", p->number);
	json_string(b, "sha256", p->sha256);
	json_uint(b, "bytes", p->bytes);
	json_uint(b, "records", p->records);
	json_uint(b, "first_row", p->first_row);
	json_uint(b, "last_row", p->last_row);
	json_end_object(b);
	json_object(b, "whole");
	json_string(b, "name", p->whole_name);
	json_string(b, "sha256", p->whole_sha256);
	json_uint(b, "bytes", p->whole_bytes);
	json_end_object(b);
	add_reading(b, &p->reading);
	json_end_object(b);
	buf_addc(b, '\n');
}

int
part_write(const struct part *p, FILE *stretches, FILE *out, struct diag *d)
{
	struct sha256 *sum = sha256_new();
	unsigned char digest[SHA256_BYTES];
	char block[BLOCK], hex[SHA256_HEX_SIZE];
	struct buf head = BUF_INIT(0);
	int ret = 0;
	size_t n;

	add_head(&head, p);
	fwrite(head.data, 1, head.len, out);
	sha256_add(sum, head.data, head.len);
	if (fflush(stretches) != 0 || fseek(stretches, 0, SEEK_SET) != 0)
		ret = -1;
	while (
	    ret == 0 && (n = fread(block, 1, sizeof(block), stretches)) > 0) {
		fwrite(block, 1, n, out);
		sha256_add(sum, block, n);
	}
	if (ret < 0 || ferror(stretches))
		ret = diag_set_errno(d, DIAG_DISK, errno,
		    "unable to keep the rows of part %" PRIu64, p->number);
	sha256_digest(sum, digest);
	sha256_hex(digest, hex);
	fprintf(out, SUM "%s\n", hex);
	sha256_free(sum);
	buf_release(&head);
	return ret;
}

char *
part_rows_path(const char *csv_path)
{
	const char *slash = strrchr(csv_path, '/');
	const char *name = slash ? slash + 1 : csv_path, *found = NULL;
	struct buf path = BUF_INIT(0);

	for (const char *at = name; (at = strstr(at, ".csv")); at++)
		if (at > name && (at[4] == '\0' || at[4] == '.'))
			found = at;
	if (found == NULL)
		return NULL;
	buf_addf(&path, "%.*s.rows", (int)(found - csv_path), csv_path);
	return buf_detach(&path);
}

static bool
take_sum(struct text root, const char *name, char out[SHA256_HEX_SIZE])
{
	return json_get_text(json_member(root, name), out, SHA256_HEX_SIZE) &&
	       strlen(out) == SHA256_HEX_SIZE - 1;
}

static bool
take_sign(struct text root, const char *name, char *out)
{
	char sign[2] = {0};

	if (!json_get_text(json_member(root, name), sign, sizeof(sign)))
		return false;
	*out = sign[0];
	return (unsigned char)sign[0] < 0x80;
}

static bool
take_count(struct text root, const char *name, uint64_t *out)
{
	return json_get_uint(json_member(root, name), out);
}

static bool
take_bool(struct text root, const char *name, bool *out)
{
	return json_get_bool(json_member(root, name), out);
}

static bool
take_reading(struct text root, struct part_reading *r)
{
	return json_get_text(json_member(root, "encoding"), r->encoding,
		   sizeof(r->encoding)) &&
	       take_sign(root, "delimiter", &r->delimiter) &&
	       take_sign(root, "quote", &r->quote) &&
	       take_bool(root, "header", &r->has_header) &&
	       take_count(root, "skip_lines", &r->skip_lines) &&
	       take_bool(root, "sep_line", &r->has_sep_line) &&
	       take_bool(root, "skips_blanks", &r->skips_blanks) &&
	       take_count(root, "front_bytes", &r->front_bytes) &&
	       take_count(root, "width", &r->width) && r->delimiter != '\0' &&
	       r->has_header == (r->width == 0);
}

static bool
take_head(struct text line, struct part *p)
{
	struct text root, part, whole;

	if (!json_document(line, &root) ||
	    !json_is_text(json_member(root, "schema"), ROWS_SCHEMA))
		return false;
	part = json_member(root, "part");
	whole = json_member(root, "whole");
	return take_count(part, "number", &p->number) &&
	       take_sum(part, "sha256", p->sha256) &&
	       take_count(part, "bytes", &p->bytes) &&
	       take_count(part, "records", &p->records) &&
	       take_count(part, "first_row", &p->first_row) &&
	       take_count(part, "last_row", &p->last_row) &&
	       json_get_text(json_member(whole, "name"), p->whole_name,
		   sizeof(p->whole_name)) &&
	       take_sum(whole, "sha256", p->whole_sha256) &&
	       take_count(whole, "bytes", &p->whole_bytes) &&
	       take_reading(json_member(root, "reading"), &p->reading) &&
	       p->number > 0 && p->records > 0;
}

/* Each begins after the one before, in the part and in the whole. */
static bool
follows(const struct stretch *s, const struct stretch *last,
    const struct part *p, bool is_first)
{
	if (is_first)
		return s->at == p->reading.front_bytes &&
		       s->row == p->first_row;
	return s->at > last->at && s->row > last->row && s->line > last->line &&
	       s->begin - s->at > last->begin - last->at;
}

/* All lines after the head; the last one is the sum of the others. */
static bool
check_lines(struct lines *l, struct part *p, struct sha256 *sum)
{
	struct stretch s, last = {0};
	unsigned char digest[SHA256_BYTES];
	char hex[SHA256_HEX_SIZE];
	bool is_first = true;
	struct text line;

	p->begin = p->end = l->at;
	while (next_line(l, &line) > 0 && take_stretch(line, &s)) {
		if (!follows(&s, &last, p, is_first))
			return false;
		sha256_add(sum, line.s, line.len + 1);
		is_first = false;
		last = s;
		p->end = l->at;
	}
	sha256_digest(sum, digest);
	sha256_hex(digest, hex);
	return !is_first && last.row <= p->last_row &&
	       line.len == strlen(SUM) + strlen(hex) &&
	       memcmp(line.s, SUM, strlen(SUM)) == 0 &&
	       memcmp(line.s + strlen(SUM), hex, strlen(hex)) == 0 &&
	       next_line(l, &line) == 0;
}

static int
refuse(const char *path, struct diag *d)
{
	diag_set(d, DIAG_INPUT,
	    "'%s' is damaged: it does not say where the rows of its part stood",
	    path);
	diag_code(d, "part.damaged");
	return diag_help(d,
	    "put the part and its .rows back as csv2chakra split wrote them, "
	    "or split the file again");
}

static int
read_all(struct part *p, const char *path, struct lines *l, struct diag *d)
{
	struct sha256 *sum = sha256_new();
	struct text line;
	bool good = next_line(l, &line) > 0;

	if (good) {
		sha256_add(sum, line.s, line.len + 1);
		good = take_head(line, p) && check_lines(l, p, sum) &&
		       sha256_of_file(p->fd, p->rows_sha256) == 0;
	}
	sha256_free(sum);
	return good ? 0 : refuse(path, d);
}

/* Without it a part is not known as one, and its rows may be there already. */
static int
refuse_unread(const char *path, int err, struct diag *d)
{
	diag_set_errno(d, DIAG_INPUT, err,
	    "unable to read '%s', which may say that this is a part", path);
	diag_code(d, "part.damaged");
	return diag_help(d,
	    "make it readable; if csv2chakra split did not write it, give it "
	    "another name");
}

int
part_open(const char *path, struct part **out, struct diag *d)
{
	struct lines l = {.fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
	int err = l.fd < 0 ? errno : 0;
	struct stat st;
	char head[sizeof(HEAD)] = "";
	ssize_t n = -1;

	*out = NULL;
	if (err == ENOENT || err == ENOTDIR || err == ENAMETOOLONG)
		return 0;
	if (err == 0 && fstat(l.fd, &st) == 0 && S_ISREG(st.st_mode)) {
		n = pread(l.fd, head, strlen(HEAD), 0);
		err = n < 0 ? errno : 0;
	}
	/* One that is cut short may be ours. */
	if (n < 0 || memcmp(head, HEAD, (size_t)n) != 0) {
		if (l.fd >= 0)
			close(l.fd);
		return err != 0 ? refuse_unread(path, err, d) : 0;
	}
	*out = xcalloc(1, sizeof(**out));
	(*out)->fd = l.fd;
	if (read_all(*out, path, &l, d) == 0)
		return 0;
	part_free(*out);
	*out = NULL;
	return -1;
}

void
part_free(struct part *p)
{
	if (p == NULL)
		return;
	close(p->fd);
	free(p);
}

int
part_check(const struct part *p, const char *csv_name, const char *sha256,
    struct diag *d)
{
	if (strcmp(p->sha256, sha256) == 0)
		return 0;
	diag_set(d, DIAG_INPUT,
	    "'%s' was changed since it was split from '%s': its SHA-256 is "
	    "%.12s…, and the .rows beside it has %.12s…",
	    csv_name, p->whole_name, sha256, p->sha256);
	diag_code(d, "part.changed");
	return diag_help(d,
	    "put it back as it was, or split the file again; rows are fixed in "
	    "the whole, or in the to-fix.csv of a run");
}

static int
refuse_option(const char *option, const struct part *p, struct diag *d)
{
	diag_set(d, DIAG_USAGE,
	    "--%s contradicts how '%s' was read when it was split", option,
	    p->whole_name);
	diag_code(d, "part.other_reading");
	return diag_help(d, "omit it: the .rows beside the part says how to "
			    "read it; or split the file again with it");
}

int
part_settle_dialect(const struct part *p, const struct settings *o,
    struct dialect *dialect, struct diag *d)
{
	const struct part_reading *r = &p->reading;
	const struct {
		const char *option;
		bool differs;
	} said[] = {
	    {"encoding", o->encoding && strcmp(o->encoding, "auto") != 0 &&
			     !encoding_is_same(o->encoding, r->encoding)},
	    {"delimiter", dialect->delimiter != r->delimiter},
	    {"quote", dialect->quote != r->quote},
	    {"header", o->header && !r->has_header},
	    {"no-header", o->no_header && r->has_header},
	    {"skip-lines", dialect->skip_lines != r->skip_lines},
	};

	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++)
		if (said[i].differs && settings_given(o, said[i].option))
			return refuse_option(said[i].option, p, d);
	dialect->delimiter = r->delimiter;
	dialect->quote = r->quote;
	dialect->has_header = r->has_header;
	dialect->skip_lines = r->skip_lines;
	dialect->blanks = r->skips_blanks ? BLANKS_AROUND_QUOTES : BLANKS_KEEP;
	return 0;
}

int
part_copy(const struct part *p, const char *to, struct diag *d)
{
	char block[BLOCK];
	uint64_t at = 0;
	ssize_t n = 1;
	int fd = open(
	    to, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int err = fd < 0 ? errno : 0;

	while (err == 0 && n > 0) {
		n = pread(p->fd, block, sizeof(block), (off_t)at);
		err = n < 0 ? errno : file_write_all(fd, block, (size_t)n);
		at += (uint64_t)(n > 0 ? n : 0);
	}
	if (err == 0 && fsync(fd) != 0)
		err = errno;
	if (fd >= 0 && close(fd) != 0 && err == 0)
		err = errno;
	return err == 0 ? 0
			: diag_set_errno(
			      d, DIAG_DISK, err, "unable to write '%s'", to);
}

struct part_way {
	uint64_t end;
	struct lines lines;
};

struct part_way *
part_way_new(const struct part *p)
{
	struct part_way *w = xcalloc(1, sizeof(*w));

	w->end = p->end;
	w->lines.fd = p->fd;
	w->lines.at = p->begin;
	return w;
}

void
part_way_free(struct part_way *w)
{
	free(w);
}

static int
way_next(void *ctx, struct stretch *out, struct diag *d)
{
	struct part_way *w = ctx;
	struct text line;

	if (w->lines.at >= w->end)
		return 0;
	if (next_line(&w->lines, &line) > 0 && take_stretch(line, out))
		return 1;
	diag_set(d, DIAG_INPUT,
	    "the .rows of the part was changed while it was read");
	return diag_code(d, "part.changed");
}

struct stretch_source
part_way_source(struct part_way *w)
{
	return (struct stretch_source){w, way_next};
}
