/* SPDX-License-Identifier: MIT */
/*
 * The yardsticks of the measurements, with 128 KiB reads: libcsv and nothing
 * else, with callbacks that count, as it comes or told to keep blanks (as the
 * reader keeps them, which costs it a quarter); and memchr for line ends, which
 * is as fast as a file can be looked at. Prints what it counted.
 *
 *	split-alone [--keep-blanks | --memchr] CSV
 */
#include <csv.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char bytes[128 << 10];

struct counts {
	uint64_t cells, records;
};

static void
count_cell(void *s, size_t len, void *ctx)
{
	struct counts *c = ctx;

	(void)s;
	(void)len;
	c->cells++;
}

static void
count_record(int end, void *ctx)
{
	struct counts *c = ctx;

	(void)end;
	c->records++;
}

static int
is_no_blank(unsigned char c)
{
	(void)c;
	return 0;
}

static int
count_lines(int fd)
{
	uint64_t lines = 0;
	ssize_t n;

	while ((n = read(fd, bytes, sizeof(bytes))) > 0)
		for (const char *s = bytes, *end = bytes + n;
		     (s = memchr(s, '\n', (size_t)(end - s))); s++)
			lines++;
	printf("%ju lines\n", (uintmax_t)lines);
	return n < 0;
}

int
main(int argc, char **argv)
{
	const char *how = argc == 3 ? argv[1] : "";
	struct counts c = {0, 0};
	struct csv_parser p;
	ssize_t n;
	int fd = argc > 1 ? open(argv[argc - 1], O_RDONLY) : -1;

	if (fd < 0 || argc > 3 || csv_init(&p, 0) != 0) {
		fputs("usage: split-alone [--keep-blanks | --memchr] CSV\n",
		    stderr);
		return 2;
	}
	if (strcmp(how, "--memchr") == 0)
		return count_lines(fd);
	if (strcmp(how, "--keep-blanks") == 0)
		csv_set_space_func(&p, is_no_blank);
	while ((n = read(fd, bytes, sizeof(bytes))) > 0) {
		size_t len = (size_t)n;

		if (csv_parse(&p, bytes, len, count_cell, count_record, &c) !=
		    len)
			return 1;
	}
	csv_fini(&p, count_cell, count_record, &c);
	csv_free(&p);
	close(fd);
	printf("%ju records, %ju cells\n", (uintmax_t)c.records,
	    (uintmax_t)c.cells);
	return n < 0;
}
