/* SPDX-License-Identifier: MIT */
/*
 * Runs a fuzz target over the files of its corpus, so that what was found
 * once stays fixed in every build, without clang.
 * usage: TARGET CORPUS-FOLDER-OR-FILE...
 * Prints TAP: one test, and each input's name before it runs, so that the
 * last name is that of the input which ended the program.
 */
#include "fuzz.h"

#include <dirent.h>
#include <sys/stat.h>

/* Exactly as many bytes as the file has, so that AddressSanitizer sees the
 * first one behind. */
static void
replay_file(const char *path)
{
	struct stat st;
	FILE *f = fopen(path, "rb");
	uint8_t *bytes;
	size_t size;

	HOLDS(f != NULL && fstat(fileno(f), &st) == 0);
	size = (size_t)st.st_size;
	bytes = malloc(size > 0 ? size : 1);
	HOLDS(bytes != NULL && fread(bytes, 1, size, f) == size);
	fclose(f);
	printf("# %s\n", path);
	fflush(stdout);
	LLVMFuzzerTestOneInput(bytes, size);
	free(bytes);
}

static int
is_visible(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static size_t
replay_folder(const char *folder)
{
	struct dirent **names;
	int count = scandir(folder, &names, is_visible, alphasort);
	char path[4096];

	if (count < 0) {
		replay_file(folder);
		return 1;
	}
	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]->d_name);
		replay_file(path);
		free(names[i]);
	}
	free(names);
	return (size_t)count;
}

int
main(int argc, char **argv)
{
	size_t inputs = 0;

	for (int i = 1; i < argc; i++)
		inputs += replay_folder(argv[i]);
	if (inputs == 0) {
		printf("not ok 1 - there is no input\n1..1\n");
		return 1;
	}
	printf("ok 1 - %zu inputs\n1..1\n", inputs);
	return 0;
}
