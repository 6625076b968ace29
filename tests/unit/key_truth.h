/* SPDX-License-Identifier: MIT */
#ifndef KEY_TRUTH_H
#define KEY_TRUTH_H

/* A plain table of values over several files, and a spool of them, for the
 * tests on unique keys. */

#include "build/builder.h"
#include "random.h"
#include "temp_folder.h"
#include "test.h"

#include <stdlib.h>

#define ROOM ((size_t)128 << 10)

struct scene {
	char folder[128];
};

static int
set_up(void **state)
{
	struct scene *p = calloc(1, sizeof(*p));

	*state = p;
	return p && temp_folder_make(p->folder, sizeof(p->folder), "spool")
		   ? 0
		   : -1;
}

#define FILES 3
#define ROWS 4000
#define FIELDS 2

struct truth {
	uint32_t value[FILES][ROWS][FIELDS]; /* 0 = none */
};

static inline uint64_t
row_of(size_t i)
{
	return 2 + i * 3 + (i > ROWS / 2 ? UINT64_C(1) << 36 : 0);
}

static inline uint64_t
line_of(size_t i)
{
	return row_of(i) + i;
}

static inline void
fill_truth(struct truth *t, uint32_t range)
{
	for (size_t f = 0; f < FILES; f++)
		for (size_t i = 0; i < ROWS; i++)
			for (size_t k = 0; k < FIELDS; k++)
				t->value[f][i][k] = next_random() % range;
}

static inline void
spool_truth(const struct truth *t, struct key_spool *s)
{
	char text[32];

	/* The last file first, and the last row first: it is all the same. */
	for (size_t f = FILES; f-- > 0;)
		for (size_t i = ROWS; i-- > 0;)
			for (size_t k = 0; k < FIELDS; k++) {
				int len = snprintf(text, sizeof(text), "%u",
				    t->value[f][i][k]);

				if (t->value[f][i][k] != 0)
					key_spool_add(s, f, k,
					    (struct text){text, (size_t)len},
					    row_of(i), line_of(i));
			}
}

static inline struct key_verdicts *
settle_truth(
    const struct truth *t, const char *folder, const char *const *names)
{
	const struct key_spool_options o = {
	    .folder = folder,
	    .seed = "a key by chance",
	    .fields = FIELDS,
	    .names = names,
	    .memory = ROOM,
	};
	struct diag d = DIAG_INIT;
	struct key_spool *s = key_spool_new(&o, &d);
	struct key_verdicts *v;

	assert_non_null(s);
	spool_truth(t, s);
	v = key_spool_settle(s, &d);
	key_spool_free(s);
	assert_non_null(v);
	return v;
}

#endif
