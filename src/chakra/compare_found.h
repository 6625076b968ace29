/* SPDX-License-Identifier: MIT */
#ifndef CHAKRA_COMPARE_FOUND_H
#define CHAKRA_COMPARE_FOUND_H

/*
 * A row beside the process that a list answer showed, without reading either
 * again: rows resemble each other as processes do, so where a row's field is in
 * a process is found out once. It only ever says "nothing differs": most
 * rows of most updates. All else is compare.c's to say.
 */

#include "base/xalloc.h"
#include "chakra/verb.h"
#include "outline.h"

/* Of pages that resemble each other (response.h). */
struct found_page {
	struct outlines found, wanted;
	int data; /* the number of a process's data, once all were read */
	/* Of a row's field, by its number: where a process has it, or -1. */
	struct found_peer {
		int number, in_data;
		bool is_compared, is_inner;
	} peers[OUTLINE_PLACES][OUTLINE_NAMES];
	const struct compare_rules *rules; /* that they were made by … */
	size_t known;			   /* … and from so many names */
	bool is_other;	     /* most of the newest page was not like it */
	struct arena memory; /* what the next page's is made of */
	struct text room[OUTLINE_PLACES * OUTLINE_NAMES];
};
/* Forgets what the next page will most likely not be like. */
void found_page_begin(struct found_page *p);
/* Of one process. */
struct found_fields {
	struct outlined at;
	struct found_page *page;
};

/* Is the field compared? `place` is NULL, "data" or "record.data"; the name is
 * a string token. */
bool compare_looks_at(
    const struct compare_rules *r, const char *place, struct text name);

#endif
