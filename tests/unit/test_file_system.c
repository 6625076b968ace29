/* SPDX-License-Identifier: MIT */
#include "author/file_system.h"
#include "test.h"

#include <string.h>

/* What the kernel writes: blanks and the like in octal, any number of optional
 * fields before the dash. */
static const char mounts[] =
    "21 28 0:20 / /sys rw,nosuid - sysfs sysfs rw\n"
    "28 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda1 rw,discard\n"
    "128 28 0:44 / /nfs rw - nfs4 nas:/export rw,vers=4.2,hard\n"
    "2 28 0:45 /sub /a\\040b rw master:1 propagate_from:2 - xfs /dev/b rw\n"
    "8 28 0:46 / /dash rw - tmpfs - rw,size=4k\n"
    "9 28 0:47 / /short rw - ext4 /dev/c\n"
    "10 28 0:48 / /nodash rw shared:3\n"
    "x 28 0:49 / /x rw - ext4 /dev/d rw\n"
    "11 28 0:50 / /last rw - btrfs /dev/e rw,space_cache";

TEST(finds_a_mount_by_its_number)
{
	static const struct {
		uint64_t number;
		const char *type, *place, *source, *options; /* NULL: none */
	} cases[] = {
	    {28, "ext4", "/", "/dev/vda1", "rw,discard"},
	    {128, "nfs4", "/nfs", "nas:/export", "rw,vers=4.2,hard"},
	    {2, "xfs", "/a\\040b", "/dev/b", "rw"},
	    {8, "tmpfs", "/dash", "-", "rw,size=4k"},
	    {11, "btrfs", "/last", "/dev/e", "rw,space_cache"},
	    /* not whole, not there */
	    {9, NULL, NULL, NULL, NULL},
	    {10, NULL, NULL, NULL, NULL},
	    {1, NULL, NULL, NULL, NULL},
	    {0, NULL, NULL, NULL, NULL},
	};

	EACH (i, cases) {
		struct file_system fs;
		bool found =
		    file_system_find(text_of(mounts), cases[i].number, &fs);

		if (found != (cases[i].type != NULL))
			fail_msg("%llu: found %d",
			    (unsigned long long)cases[i].number, found);
		if (!found)
			continue;
		assert_true(text_is(fs.type, cases[i].type));
		assert_true(text_is(fs.place, cases[i].place));
		assert_true(text_is(fs.source, cases[i].source));
		assert_true(text_is(fs.options, cases[i].options));
	}
}

TEST(bears_any_text_for_the_mounts)
{
	struct file_system fs;

	for (size_t len = 0; len < sizeof(mounts); len++) {
		struct text cut = {mounts, len};

		for (uint64_t n = 0; n < 130; n++)
			(void)file_system_find(cut, n, &fs);
	}
	assert_false(file_system_find(text_of("\n\n 5\n5"), 5, &fs));
}

TEST(judges_by_type_and_mount_options)
{
	CASES(cases, const char *type, *options; enum finding_result result;
	      const char *words) = {
	    {"ext4", "rw", FINDING_OK, "local"},
	    {"xfs", "rw", FINDING_OK, "local"},
	    {"zfs", "rw", FINDING_OK, "local"},
	    {"btrfs", "rw,space_cache=v2", FINDING_OK, "local"},
	    {"nfs4", "rw,vers=4.2,hard,local_lock=none", FINDING_OK, "all"},
	    {"nfs4", "rw", FINDING_OK, "all"},
	    {"nfs", "rw,vers=4,hard", FINDING_OK, "all"},
	    {"nfs", "rw,vers=4.1,hard", FINDING_OK, "all"},
	    {"ceph", "rw", FINDING_OK, "all"},
	    {"fuse.ceph-fuse", "rw", FINDING_OK, "all"},
	    {"gpfs", "rw", FINDING_OK, "all"},
	    {"lustre", "rw,flock,lazystatfs", FINDING_OK, "all"},
	    /* locks of one machine, or none */
	    {"nfs", "rw,vers=3,hard", FINDING_FAILED, "before version 4"},
	    {"nfs", "rw,vers=2", FINDING_FAILED, "before version 4"},
	    {"nfs", "rw,hard", FINDING_FAILED, "before version 4"},
	    {"nfs", "rw,vers=40", FINDING_FAILED, "before version 4"},
	    {"nfs", "rw,vers=4.0,nolock", FINDING_FAILED, "nolock"},
	    {"nfs4", "nolock,rw", FINDING_FAILED, "nolock"},
	    {"nfs4", "rw,local_lock=flock", FINDING_FAILED, "local_lock"},
	    {"nfs4", "rw,local_lock=posix", FINDING_FAILED, "local_lock"},
	    {"nfs4", "rw,local_lock=all", FINDING_FAILED, "local_lock"},
	    {"lustre", "rw,localflock", FINDING_FAILED, "localflock"},
	    {"cifs", "rw,vers=3.1.1", FINDING_FAILED, "SMB"},
	    {"smb3", "rw", FINDING_FAILED, "SMB"},
	    {"fuse.s3fs", "rw", FINDING_FAILED, "FUSE"},
	    {"fuse.rclone", "rw", FINDING_FAILED, "FUSE"},
	    {"fuse.gcsfuse", "rw", FINDING_FAILED, "FUSE"},
	    {"fuse", "rw", FINDING_FAILED, "FUSE"},
	    /* a person has to judge */
	    {"nfs4", "rw,vers=4.2,soft", FINDING_WARNING, "soft"},
	    {"nfs4", "rw,vers=4.2,softerr", FINDING_WARNING, "soft"},
	    {"nfs4", "rw,vers=4.2,softreval,hard", FINDING_OK, "all"},
	    {"tmpfs", "rw", FINDING_WARNING, "memory"},
	    {"overlay", "rw", FINDING_WARNING, "container"},
	    {"9p", "rw", FINDING_WARNING, "not known"},
	    {"beegfs", "rw", FINDING_WARNING, "not known"},
	    {"fusectl", "rw", FINDING_WARNING, "not known"},
	    {"EXT4", "rw", FINDING_WARNING, "not known"},
	};

	EACH (i, cases) {
		struct file_system fs = {.type = text_of(cases[i].type),
		    .options = text_of(cases[i].options)};
		struct file_system_verdict v = file_system_judge(&fs);

		if (v.result != cases[i].result ||
		    strstr(v.why, cases[i].words) == NULL)
			fail_msg("%s, %s: %d, %s", cases[i].type,
			    cases[i].options, (int)v.result, v.why);
	}
}

TEST(a_refusal_is_a_warning_for_who_takes_any_file_system)
{
	static const char lines[] =
	    "5 1 0:5 / /a\\040\\134b rw - nfs nas:/x rw,vers=3\n"
	    "6 1 0:6 / /disk rw - ext4 /dev/a rw\n";
	CASES(cases, uint64_t mount; bool any; enum finding_result result;
	      int exit_status; const char *message, *help) = {
	    {5, false, FINDING_FAILED, 2, "nfs, mounted at '/a \\b': NFS",
		"--any-file-system allows it"},
	    {5, true, FINDING_WARNING, 0, "nfs, mounted at '/a \\b': NFS",
		"one machine only"},
	    {6, false, FINDING_OK, 0, "ext4, mounted at '/disk'", ""},
	    {6, true, FINDING_OK, 0, "ext4, mounted at '/disk'", ""},
	    {7, false, FINDING_WARNING, 0, "not known", ""},
	};

	EACH (i, cases) {
		struct checkup c = {.count = 0};

		file_system_check(
		    &c, text_of(lines), cases[i].mount, cases[i].any);
		assert_int_equal(c.count, 1);
		assert_string_equal(c.items[0].check, "filesystem");
		assert_int_equal(c.items[0].result, cases[i].result);
		assert_int_equal(c.exit_status, cases[i].exit_status);
		if (!strstr(c.items[0].message, cases[i].message) ||
		    !strstr(c.items[0].help, cases[i].help))
			fail_msg("%s; %s", c.items[0].message, c.items[0].help);
	}
}
