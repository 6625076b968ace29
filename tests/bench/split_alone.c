/* SPDX-License-Identifier: MIT */
/*
 * libcsv and nothing else: the yardstick of the measurements. Callbacks that
 * count, 128 KiB reads, blanks kept (as the reader keeps them). Prints the
 * number of records and cells, which the caller may compare.
 *
 *	split-alone CSV
 */
#include <csv.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

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

int
main(int argc, char **argv)
{
	static char bytes[128 << 10];
	struct counts c = {0, 0};
	struct csv_parser p;
	ssize_t n;
	int fd = argc == 2 ? open(argv[1], O_RDONLY) : -1;

	if (fd < 0 || csv_init(&p, 0) != 0) {
		fputs("usage: split-alone CSV\n", stderr);
		return 2;
	}
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
