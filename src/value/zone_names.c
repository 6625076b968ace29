/* SPDX-License-Identifier: MIT */
/*
 * The zone that a person meant who misspelt one: the names are those of the
 * system's own list (tzdata.zi, tzdata's text form: `Z NAME …` begins a zone,
 * `L OLD NEW` an alias). Without that file there is no suggestion.
 */
#include "value/forms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAMES_MAX 1000

static bool
read_zone_line(char *line, struct text *name)
{
	char *word;
	if (!strncmp(line, "Z ", 2)) {
		word = line + 2;
	} else if (!strncmp(line, "L ", 2)) {
		word = strchr(line + 2, ' ');
		if (!word)
			return false;
		word++;
	} else {
		return false;
	}
	size_t len = strcspn(word, " \n");
	*name = (struct text){word, len};
	return len > 0;
}

struct text
zone_did_you_mean(struct arena *a, struct text name)
{
	const char *folder = getenv("TZDIR");
	char path[4096], line[256];
	struct text *names = arena_array(a, NAMES_MAX, sizeof(*names));
	struct text found;
	size_t count = 0;
	snprintf(path, sizeof(path), "%s/tzdata.zi",
	    folder && *folder ? folder : "/usr/share/zoneinfo");
	FILE *f = fopen(path, "r");
	if (!f)
		return TEXT_LITERAL("");
	while (count < NAMES_MAX && fgets(line, sizeof(line), f))
		if (read_zone_line(line, &found))
			names[count++] = (struct text){
			    arena_strndup(a, found.s, found.len), found.len};
	fclose(f);
	int best = text_did_you_mean(name, names, count);
	return best < 0 ? TEXT_LITERAL("") : names[best];
}
