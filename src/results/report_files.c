/* SPDX-License-Identifier: MIT */
/*
 * All files of a report, in an order in which a kill does no harm: everything
 * is on disk under temporary names; then report.json, which lists the sums of
 * the new files and of those that they replace; then the others. So every file
 * in the folder is listed.
 */
#include "report/run_report.h"
#include "results/row_files.h"
#include "system/atomic_file.h"
#include "system/log.h"

#include <string.h>

static int
finish_page(const struct run_report *r, const char *folder,
    struct own_files *own, struct atomic_file *page, struct diag *d)
{
	char sum[SHA256_HEX_SIZE];

	if (atomic_open_in(page, folder, d) != 0)
		return -1;
	if (report_html(r, page->stream, d) == 0 &&
	    atomic_finish(page, sum, d) == 0 &&
	    own_files_choose(own, OWN_PAGE, sum, d) == 0)
		return 0;
	atomic_abort(page);
	return -1;
}

static int
commit(struct atomic_file *f, const struct own_files *own, enum own_file which,
    struct diag *d)
{
	const struct own_entry *e = &own->file[which];

	/* The page is the last one. */
	atomic_name(f, e->new_name, e->is_new);
	return which == OWN_PAGE ? atomic_commit(f, d)
				 : atomic_commit_early(f, d);
}

static int
write_json(const struct run_report *r, const char *folder,
    const struct own_files *own, struct diag *d)
{
	struct atomic_file file;

	if (atomic_open_in(&file, folder, d) != 0)
		return -1;
	if (report_json(r, false, file.stream, d) == 0)
		return commit(&file, own, OWN_JSON, d);
	atomic_abort(&file);
	return -1;
}

/* Both are named, the one that stays and the new one. */
static void
tell_names(const struct own_files *own)
{
	struct buf folder = BUF_INIT(0);
	const char *why =
	    own->has_report
		? "is not, or no longer, what csv2chakra wrote"
		: "may be anybody's, since no report.json that can be read "
		  "lists it";

	text_display(&folder, text_of(own->folder), 0);
	for (int i = 0; i < OWN_FILES; i++) {
		const char *usual = own_file_name((enum own_file)i);
		const char *name = own->file[i].new_name;

		if (name[0] != '\0' && strcmp(name, usual) != 0)
			log_warn("'%s/%s' %s: it stays, and the new one is "
				 "'%s/%s'",
			    buf_str(&folder), usual, why, buf_str(&folder),
			    name);
	}
	buf_release(&folder);
}

int
report_files_write(struct run_report *r, const char *folder,
    struct own_files *own, struct row_files *rows, struct diag *d)
{
	struct atomic_file page;

	r->files = own;
	/* Which names there are is known before the page says them. */
	if ((rows && row_files_finish(rows, d) != 0) ||
	    own_files_choose(own, OWN_JSON, NULL, d) != 0 ||
	    finish_page(r, folder, own, &page, d) != 0)
		return -1;
	if (write_json(r, folder, own, d) != 0 ||
	    (rows && row_files_commit(rows, d) != 0)) {
		atomic_abort(&page);
		return -1;
	}
	if (commit(&page, own, OWN_PAGE, d) != 0)
		return -1;
	tell_names(own);
	return 0;
}
