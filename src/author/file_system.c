/* SPDX-License-Identifier: MIT */
/*
 * The kinds of file systems that are known by name. What is not known is a
 * warning, since its locks may be those of one machine; but for FUSE, whose
 * programs mostly show an object store as if it were a disk: there the kernel
 * answers for locks that nobody else sees, and a rename is a copy.
 */
#include "file_system.h"

#include <string.h>

static const char local[] = "a local disk";
static const char shared[] = "its locks hold on all machines";
static const char memory[] =
    "it is in memory: a restart of this machine forgets what was sent";
static const char container[] = "it is gone with its container, and the record "
				"of what was sent with it; mount a volume";
static const char smb[] =
    "SMB: its locks and renames are not those of a local disk";

static const struct kind {
	const char *type;
	enum finding_result result;
	const char *why;
} kinds[] = {
    {"bcachefs", FINDING_OK, local},
    {"btrfs", FINDING_OK, local},
    {"ext2", FINDING_OK, local},
    {"ext3", FINDING_OK, local},
    {"ext4", FINDING_OK, local},
    {"f2fs", FINDING_OK, local},
    {"fuseblk", FINDING_OK, local},
    {"jfs", FINDING_OK, local},
    {"xfs", FINDING_OK, local},
    {"zfs", FINDING_OK, local},
    {"ceph", FINDING_OK, shared},
    {"fuse.ceph-fuse", FINDING_OK, shared},
    {"gpfs", FINDING_OK, shared},
    {"lustre", FINDING_OK, shared},
    {"nfs", FINDING_OK, shared},
    {"nfs4", FINDING_OK, shared},
    {"overlay", FINDING_WARNING, container},
    {"ramfs", FINDING_WARNING, memory},
    {"tmpfs", FINDING_WARNING, memory},
    {"cifs", FINDING_FAILED, smb},
    {"smb3", FINDING_FAILED, smb},
    {"smbfs", FINDING_FAILED, smb},
};

/* Fields are separated by a blank; blanks in them are \040. */
static struct text
next_field(struct text *line)
{
	const char *end = memchr(line->s, ' ', line->len);
	struct text field = {
	    line->s, end ? (size_t)(end - line->s) : line->len};
	size_t used = field.len + (end != NULL);

	line->s += used;
	line->len -= used;
	return field;
}

/* 27 1 254:0 / /data rw,relatime shared:1 - ext4 /dev/vda rw,errors=continue */
static bool
read_line(struct text line, uint64_t mount, struct file_system *fs)
{
	uint64_t number;

	if (!text_parse_uint(next_field(&line), &number) || number != mount)
		return false;
	for (int i = 0; i < 3; i++)
		(void)next_field(&line);
	fs->place = next_field(&line);
	while (line.len > 0 && !text_is(next_field(&line), "-"))
		;
	fs->type = next_field(&line);
	fs->source = next_field(&line);
	fs->options = next_field(&line);
	return fs->type.len > 0 && fs->options.len > 0;
}

bool
file_system_find(struct text mountinfo, uint64_t mount, struct file_system *out)
{
	while (mountinfo.len > 0) {
		const char *end = memchr(mountinfo.s, '\n', mountinfo.len);
		size_t len = end ? (size_t)(end - mountinfo.s) : mountinfo.len;

		if (read_line((struct text){mountinfo.s, len}, mount, out))
			return true;
		len += end != NULL;
		mountinfo.s += len;
		mountinfo.len -= len;
	}
	return false;
}

/* Is `name` one of "rw,vers=4.2,hard"? One that ends in '=' or '.' is the
 * beginning of one. */
static bool
has_option(struct text options, const char *name)
{
	size_t len = strlen(name);
	bool is_start = strchr("=.", name[len - 1]) != NULL;

	while (options.len > 0) {
		const char *end = memchr(options.s, ',', options.len);
		size_t n = end ? (size_t)(end - options.s) : options.len;

		if (n >= len && memcmp(options.s, name, len) == 0 &&
		    (n == len || is_start))
			return true;
		n += end != NULL;
		options.s += n;
		options.len -= n;
	}
	return false;
}

static struct file_system_verdict
judge_nfs(const struct file_system *fs)
{
	bool is_4 = text_is(fs->type, "nfs4") ||
		    has_option(fs->options, "vers=4") ||
		    has_option(fs->options, "vers=4.");

	if (!is_4)
		return (struct file_system_verdict){FINDING_FAILED,
		    "NFS before version 4: its locks are kept apart from the "
		    "files, and are lost when the server or this machine "
		    "restarts"};
	if (has_option(fs->options, "nolock") ||
	    (has_option(fs->options, "local_lock=") &&
		!has_option(fs->options, "local_lock=none")))
		return (struct file_system_verdict){FINDING_FAILED,
		    "mounted so that locks hold on this machine only (nolock, "
		    "local_lock)"};
	if (has_option(fs->options, "soft") ||
	    has_option(fs->options, "softerr"))
		return (struct file_system_verdict){FINDING_WARNING,
		    "mounted soft: a slow server ends an import that could "
		    "wait for it; mount it hard"};
	return (struct file_system_verdict){FINDING_OK, shared};
}

struct file_system_verdict
file_system_judge(const struct file_system *fs)
{
	struct text type = fs->type;

	if (text_is(type, "nfs") || text_is(type, "nfs4"))
		return judge_nfs(fs);
	if (text_is(type, "lustre") && has_option(fs->options, "localflock"))
		return (struct file_system_verdict){FINDING_FAILED,
		    "mounted so that locks hold on this machine only "
		    "(localflock)"};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (text_is(type, kinds[i].type))
			return (struct file_system_verdict){
			    kinds[i].result, kinds[i].why};
	if (text_is(type, "fuse") ||
	    (type.len > 5 && memcmp(type.s, "fuse.", 5) == 0))
		return (struct file_system_verdict){FINDING_FAILED,
		    "FUSE: mostly an object store, whose locks hold on this "
		    "machine only and whose renames are copies"};
	return (struct file_system_verdict){FINDING_WARNING,
	    "not known here: find out whether flock holds for "
	    "all machines that use it"};
}

/* "\040" and the like, as the kernel writes them. */
static void
add_mount_text(struct buf *out, struct text t)
{
	for (size_t i = 0; i < t.len; i++) {
		if (t.s[i] == '\\' && t.len - i > 3 &&
		    strspn(t.s + i + 1, "01234567") >= 3) {
			buf_addc(out,
			    (char)((t.s[i + 1] - '0') * 64 +
				   (t.s[i + 2] - '0') * 8 + t.s[i + 3] - '0'));
			i += 3;
		} else {
			buf_addc(out, t.s[i]);
		}
	}
}

void
file_system_check(struct checkup *c, struct text mountinfo, uint64_t mount,
    bool any_file_system)
{
	struct file_system_verdict v;
	struct buf place = BUF_INIT(8192);
	struct file_system fs;
	struct finding *f;
	bool overruled;

	if (!file_system_find(mountinfo, mount, &fs)) {
		checkup_add(c, "filesystem", FINDING_WARNING, 0,
		    "its type is not known: /proc/self/mountinfo does not "
		    "tell");
		return;
	}
	v = file_system_judge(&fs);
	overruled = v.result == FINDING_FAILED && any_file_system;
	add_mount_text(&place, fs.place);
	f = checkup_add(c, "filesystem", overruled ? FINDING_WARNING : v.result,
	    v.result == FINDING_FAILED ? EXIT_USAGE : 0,
	    "%.*s, mounted at '%.200s': %s", (int)fs.type.len, fs.type.s,
	    buf_str(&place), v.why);
	if (overruled)
		finding_help(f, "--any-file-system allows it anyway: start "
				"each import on one machine only");
	else if (v.result == FINDING_FAILED)
		finding_help(f, "name a folder elsewhere with --runs-dir; "
				"--any-file-system allows it anyway");
	buf_release(&place);
}
