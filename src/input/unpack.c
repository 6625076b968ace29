/* SPDX-License-Identifier: MIT */
/*
 * libarchive is told which one filter or format to expect, so nothing else is
 * tried on hostile bytes. A zip in a regular file is read twice: first its
 * list of members, to know a workbook and to count, then the one member.
 * It undoes a filter as often as it finds it: what has two is refused. gzip is
 * not its: it leaves the checksum unchecked (gunzip.h).
 */
#include "unpack.h"

#include "archive_api.h"
#include "base/xalloc.h"
#include "gunzip.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define FEED_SIZE ((size_t)64 << 10)
#define MEMBER_HEAD ((size_t)128)
/* libarchive holds a zip's whole directory: 400 bytes for each member. */
#define DIRECTORY_MAX ((uint64_t)4 << 20)

struct unpack {
	struct unpack_source from;
	enum compression compression;
	char *name;
	struct archive_api api;
	struct archive *a;
	char *feed;
	uint64_t given;
	bool is_over;
	struct gunzip *gzip; /* NULL: not gzip */
	bool reads_directory;
	uint64_t fed; /* bytes of a zip's directory */
	uint64_t members;
	struct diag source_error; /* of from.read, within libarchive */
};

static int
many_members(const struct unpack *u, struct diag *d)
{
	diag_set(d, DIAG_INPUT,
	    "'%s' is a zip archive with more than %d members", u->name,
	    UNPACK_MEMBERS_MAX);
	diag_code(d, "input.not_csv");
	return diag_help(d, "extract the CSV and load that");
}

static la_ssize_t
feed(struct archive *a, void *ctx, const void **bytes)
{
	struct unpack *u = ctx;
	ssize_t n = u->from.from.read(
	    u->from.from.ctx, u->feed, FEED_SIZE, &u->source_error);

	*bytes = u->feed;
	if (n < 0)
		u->api.set_error(a, EIO, "read error");
	else if (u->reads_directory)
		u->fed += (uint64_t)n;
	if (u->fed > DIRECTORY_MAX) {
		u->api.set_error(a, EIO, "large directory");
		(void)many_members(u, &u->source_error);
		return ARCHIVE_FATAL;
	}
	return n < 0 ? ARCHIVE_FATAL : n;
}

static la_int64_t
seek(struct archive *a, void *ctx, la_int64_t offset, int whence)
{
	struct unpack *u = ctx;
	int64_t at = u->from.seek(u->from.from.ctx, offset, whence);

	if (at < 0)
		u->api.set_error(a, EIO, "cannot seek");
	return at < 0 ? ARCHIVE_FATAL : at;
}

/* What libarchive said, as a run error. */
static int
damaged(struct unpack *u, const char *words, struct diag *d)
{
	if (!words)
		words = u->api.error_string(u->a);
	if (u->source_error.kind != DIAG_NONE) {
		*d = u->source_error;
		return -1;
	}
	diag_set(d, DIAG_INPUT,
	    "'%s' is damaged or cut off: %s (met at or before byte %" PRIu64
	    " of the file, after %" PRIu64 " decompressed bytes)",
	    u->name, words ? words : "unknown error",
	    u->from.position(u->from.from.ctx), u->given);
	diag_code(d, "input.damaged");
	return diag_help(d, "get the file again, and compare its size");
}

static int
support(struct unpack *u)
{
	struct archive *a = u->a;

	if (u->compression == COMPRESSION_ZIP)
		return u->api.read_support_format_zip(a);
	if (u->api.read_support_format_raw(a) != ARCHIVE_OK ||
	    u->api.read_support_format_empty(a) != ARCHIVE_OK)
		return ARCHIVE_FATAL;
	switch (u->compression) {
	case COMPRESSION_ZSTD:
		return u->api.read_support_filter_zstd(a);
	case COMPRESSION_XZ:
		return u->api.read_support_filter_xz(a);
	case COMPRESSION_BZIP2:
		return u->api.read_support_filter_bzip2(a);
	case COMPRESSION_NONE:
	case COMPRESSION_GZIP:
	case COMPRESSION_ZIP:
		break;
	}
	return ARCHIVE_FATAL;
}

static int
open_archive(struct unpack *u, struct diag *d)
{
	if (u->a)
		u->api.read_free(u->a);
	u->a = u->api.read_new();
	if (!u->a || support(u) != ARCHIVE_OK)
		return diag_set(d, DIAG_INPUT,
		    "unable to read '%s': %s is not supported here", u->name,
		    compression_name(u->compression));
	if (u->from.seek)
		u->api.read_set_seek_callback(u->a, seek);
	if (u->api.read_open(u->a, u, NULL, feed, NULL) < ARCHIVE_WARN)
		return damaged(u, NULL, d);
	return 0;
}

static struct text
member_name(const struct unpack *u, struct archive_entry *entry)
{
	const char *s = u->api.entry_pathname(entry);

	return s ? text_of(s) : (struct text){"", 0};
}

static bool
is_counted(const struct unpack *u, struct archive_entry *entry)
{
	struct text name = member_name(u, entry);
	bool is_folder = name.len > 0 && name.s[name.len - 1] == '/';
	bool is_mac_extra =
	    name.len >= 9 && memcmp(name.s, "__MACOSX/", 9) == 0;

	return !is_folder && !is_mac_extra;
}

/* The member's first bytes, if it is small text that says what the archive
 * is. */
static struct text
member_head(
    struct unpack *u, struct archive_entry *entry, char head[MEMBER_HEAD])
{
	la_ssize_t n = 0;

	if (text_is(member_name(u, entry), "mimetype"))
		n = u->api.read_data(u->a, head, MEMBER_HEAD);
	return (struct text){head, n > 0 ? (size_t)n : 0};
}

static int
several_members(struct unpack *u, size_t count, struct diag *d)
{
	if (count == 0)
		diag_set(d, DIAG_INPUT, "'%s' is a zip archive without a file",
		    u->name);
	else
		diag_set(d, DIAG_INPUT,
		    "'%s' is a zip archive with more than one file", u->name);
	return diag_help(d, "extract the CSV and load that");
}

/* Past a member that nobody asked for. libarchive decompresses it when its
 * length is not known, so it is counted like what is read. */
static int
skip_member(struct unpack *u, struct diag *d)
{
	char bytes[16384];
	la_ssize_t n = 1;

	while (!u->from.seek && n > 0) {
		n = u->api.read_data(u->a, bytes, sizeof(bytes));
		if (n < 0)
			return damaged(u, NULL, d);
		if (u->from.spent(u->from.from.ctx, (size_t)n, d) < 0)
			return -1;
	}
	return 0;
}

/* Goes to the next member that counts; 1 = there is one, 0 = the end. */
static int
next_member(struct unpack *u, struct archive_entry **entry, struct diag *d)
{
	char head[MEMBER_HEAD];
	int ret;

	for (;;) {
		ret = u->api.read_next_header(u->a, entry);
		if (ret == ARCHIVE_EOF)
			return 0;
		if (ret < ARCHIVE_WARN)
			return damaged(u, NULL, d);
		if (++u->members > UNPACK_MEMBERS_MAX)
			return many_members(u, d);
		if (content_refuse_zip(u->name, member_name(u, *entry),
			member_head(u, *entry, head), d) < 0)
			return -1;
		if (is_counted(u, *entry))
			return 1;
		if (skip_member(u, d) < 0)
			return -1;
	}
}

/* False for the members that every Office document has. */
static bool
says_which(struct text name)
{
	return name.len > 0 && name.s[0] != '[' && name.s[0] != '_' &&
	       name.s[0] != 'd';
}

/*
 * All members of a zip in a regular file. A workbook may name its
 * `[Content_Types].xml` first, which says less than the `xl/` after it: the
 * refusal that was found last among the first few is the better one.
 */
static int
survey_zip(struct unpack *u, struct diag *d)
{
	struct archive_entry *entry;
	struct diag refusal = DIAG_INIT;
	char head[MEMBER_HEAD];
	size_t count = 0, members = 0;
	int ret;

	u->reads_directory = true;
	while ((ret = u->api.read_next_header(u->a, &entry)) != ARCHIVE_EOF) {
		struct text name = member_name(u, entry);

		u->reads_directory = false;
		if (ret < ARCHIVE_WARN)
			return damaged(u, NULL, d);
		if (++members > UNPACK_MEMBERS_MAX)
			return many_members(u, d);
		count += is_counted(u, entry);
		if (content_refuse_zip(u->name, name,
			member_head(u, entry, head), &refusal) < 0 &&
		    says_which(name))
			break;
	}
	if (refusal.kind != DIAG_NONE) {
		*d = refusal;
		return -1;
	}
	if (count != 1)
		return several_members(u, count, d);
	if (u->from.seek(u->from.from.ctx, 0, SEEK_SET) < 0)
		return diag_set(
		    d, DIAG_INPUT, "unable to rewind '%s'", u->name);
	return open_archive(u, d);
}

static int
open_zip(struct unpack *u, struct diag *d)
{
	struct archive_entry *entry;
	int ret;

	if (u->from.seek && survey_zip(u, d) < 0)
		return -1;
	ret = next_member(u, &entry, d);
	if (ret < 0)
		return -1;
	if (ret == 0)
		return several_members(u, 0, d);
	if (u->api.entry_is_encrypted(entry)) {
		diag_set(d, DIAG_INPUT, "'%s' is a zip archive with a password",
		    u->name);
		return diag_help(d, "extract the CSV and load that");
	}
	return 0;
}

static int
open_raw(struct unpack *u, struct diag *d)
{
	struct archive_entry *entry;
	int ret = u->api.read_next_header(u->a, &entry);

	if (ret == ARCHIVE_EOF) {
		u->is_over = true;
		return 0;
	}
	if (ret < ARCHIVE_WARN)
		return damaged(u, NULL, d);
	/* The filter, and the file itself. */
	if (u->api.filter_count(u->a) > 2)
		return content_refuse_packed(
		    u->name, u->compression, u->compression, d);
	return 0;
}

struct unpack *
unpack_new(const struct unpack_source *from, enum compression compression,
    const char *name, struct diag *d)
{
	struct unpack *u = xcalloc(1, sizeof(*u));
	int ret;

	u->from = *from;
	u->compression = compression;
	u->name = xstrdup(name);
	u->feed = xmalloc(FEED_SIZE);
	if (compression == COMPRESSION_GZIP) {
		u->gzip = gunzip_new(from->from);
		return u;
	}
	ret = archive_api_load(&u->api, d);
	if (ret == 0)
		ret = open_archive(u, d);
	if (ret == 0)
		ret = compression == COMPRESSION_ZIP ? open_zip(u, d)
						     : open_raw(u, d);
	if (ret < 0) {
		unpack_free(u);
		return NULL;
	}
	return u;
}

void
unpack_free(struct unpack *u)
{
	if (!u)
		return;
	if (u->a)
		u->api.read_free(u->a);
	free(u->feed);
	gunzip_free(u->gzip);
	free(u->name);
	free(u);
}

/* The data is over: a zip must not have a second file. */
static int
end(struct unpack *u, struct diag *d)
{
	struct archive_entry *entry;
	int ret;

	u->is_over = true;
	if (u->compression != COMPRESSION_ZIP)
		return 0;
	ret = next_member(u, &entry, d);
	return ret > 0 ? several_members(u, 2, d) : ret;
}

static ssize_t
read_gzip(struct unpack *u, char *buf, size_t max, struct diag *d)
{
	const char *why;
	ssize_t n = gunzip_read(u->gzip, buf, max, &why, d);

	if (n < 0)
		return why ? damaged(u, why, d) : -1;
	u->is_over = n == 0;
	u->given += (uint64_t)n;
	return n;
}

ssize_t
unpack_read(struct unpack *u, char *buf, size_t max, struct diag *d)
{
	la_ssize_t n;

	if (u->is_over)
		return 0;
	if (u->gzip)
		return read_gzip(u, buf, max, d);
	do
		n = u->api.read_data(u->a, buf, max);
	while (n == ARCHIVE_RETRY);
	if (n < 0)
		return damaged(u, NULL, d);
	if (n == 0)
		return end(u, d);
	u->given += (uint64_t)n;
	return n;
}
