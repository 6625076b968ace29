/* SPDX-License-Identifier: MIT */
#ifndef CHAKRA_OUTLINE_H
#define CHAKRA_OUTLINE_H

/*
 * Objects that resemble each other, as the processes of an answer do: once the
 * names of their members are known, the next object is read, strictly, by
 * comparing each name with the one that comes next. What is found has a place
 * by its name, and no name is there twice.
 *
 * It reads what is written as most writers do: no blanks, no escapes in names,
 * the members in an order that does not change (any of them may be missing).
 * For everything else it says no, and the caller reads the object by json_next;
 * outline_learn then takes up what was new in it.
 */

#include "base/text.h"
#include "base/xalloc.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OUTLINE_NAMES ((size_t)64)
#define OUTLINE_START ((size_t)16)

/* Of a process or of a row: the objects that have fields. */
enum outline_place {
	OUTLINE_ROOT,
	OUTLINE_DATA,
	OUTLINE_RECORD,
	OUTLINE_RECORD_DATA,
	OUTLINE_PLACES
};

struct outline_name {
	char start[OUTLINE_START]; /* of `token`, with zeros after it */
	struct text token;	   /* with its quotes and its colon */
	int inner;		   /* the place of its value's members, or -1 */
};
struct outline {
	struct outline_name names[OUTLINE_NAMES]; /* as they were learnt */
	uint8_t order[OUTLINE_NAMES]; /* as they come in an object */
	size_t count;
};
/* Begins with `places[].count` 0 and no names. */
struct outlines {
	struct outline places[OUTLINE_PLACES];
	struct arena names;
};
/* Nothing is known any more. */
void outlines_clear(struct outlines *o);

/* What an object has, by the numbers of the names; .s NULL: it is missing. A
 * name that was learnt later has a number beyond `count`. */
struct outlined {
	struct text *values[OUTLINE_PLACES];
	uint8_t count[OUTLINE_PLACES];
	bool has_nested; /* objects or lists whose members are not outlined */
};

/* How many values an object may have by now. */
size_t outline_room(const struct outlines *o);
struct outline_text {
	struct text text; /* begins with the object */
	unsigned levels;  /* so many values may be inside each other in a
			   * member's value */
	/* Its data, if it is this object to the byte, is not read: nothing of
	 * it is in the outlined values. len 0 = all is read. */
	struct text data;
};
/* `room` is for the values, outline_room of them, and has only zeros. Returns
 * the object's end; NULL: it is another one, or no good JSON. *values counts
 * what it has, itself included. */
const char *outline_read(const struct outlines *o, const struct outline_text *t,
    struct text *room, struct outlined *out, size_t *values);
/* An object that is good JSON, and that was not known. */
void outline_learn(struct outlines *o, struct text object);

/* The number of a name at a place, or -1; with its quotes and its colon. */
int outline_number(
    const struct outlines *o, enum outline_place place, struct text token);
static inline struct text
outline_value(const struct outlined *x, enum outline_place place, int number)
{
	return number >= 0 && number < x->count[place]
		   ? x->values[place][number]
		   : (struct text){NULL, 0};
}

#endif
