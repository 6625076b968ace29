/* SPDX-License-Identifier: MIT */
/*
 * Writes a CSV for the measurements: the same seed gives the same bytes on
 * every machine, so that instruction counts can be compared.
 *
 *	make-data leads|plain|wide|heavy|analyst ROWS
 *
 * leads: 12 columns, about one cell in ten quoted, with commas, line ends and
 * quotes inside, and names beyond ASCII; plain: the same without quotes; wide:
 * 100 short columns; heavy: every cell quoted, many with line ends; analyst: 12
 * columns as a person's spreadsheet has them, each for a rule of a mapping.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define SEED UINT64_C(0x9e3779b97f4a7c15)
#define WIDE_COLUMNS 100

enum quoting { QUOTE_NEVER, QUOTE_SOME, QUOTE_ALL };

static const char *const firsts[] = {"Ted", "Zoë", "José", "Chloé", "Jürgen",
    "Søren", "Anil", "Priya", "अनिल", "Ravi", "Anita", "Łukasz", "Mary Ann",
    "Ngozi", "Imran", "Maeve"};
static const char *const lasts[] = {"Mosby", "Núñez", "Álvarez", "Lefèvre",
    "Groß", "Åkesson", "Sharma", "शर्मा", "O'Brien", "Kumar", "Desai",
    "van der Berg", "Okafor", "Jónsdóttir", "Shaikh", "Wang"};
static const char *const cities[] = {"Goa", "Pune", "Bengaluru", "New Delhi",
    "São Paulo", "München", "Córdoba", "Mumbai"};
static const char *const states[] = {"Open", "In progress", "Won", "Lost"};
static const char *const companies[] = {"Acme", "Globex", "Initech",
    "Stark & Sons", "Hooli Pvt Ltd", "Müller GmbH", "", "Wayne Enterprises"};
static const char *const awkward[] = {"Acme, Inc.", "Umbrella \"Health\" Ltd",
    "Hooli, Pvt. Ltd.", "two lines:\nprefers e-mail", "50% down, rest later",
    "said: \"maybe next month\"", "Park Street 5, flat 2", "a, b and c"};

static uint64_t
next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state >> 11;
}

static const char *
choose(uint64_t *r, const char *const *words, size_t count)
{
	return words[next_random(r) % count];
}

static void
put_cell(const char *s, enum quoting quoting, char end)
{
	bool quoted = quoting == QUOTE_ALL ||
		      (quoting == QUOTE_SOME && strpbrk(s, ",\"\n"));

	if (quoted)
		putchar_unlocked('"');
	for (; *s; s++) {
		if (quoted && *s == '"')
			putchar_unlocked('"');
		putchar_unlocked(*s);
	}
	if (quoted)
		putchar_unlocked('"');
	putchar_unlocked(end);
}

/* A cell that may need quotes: `often` in 64 of them do. */
static void
put_text(uint64_t *r, enum quoting quoting, unsigned often)
{
	if (quoting != QUOTE_NEVER && next_random(r) % 64 < often)
		put_cell(choose(r, awkward, COUNT(awkward)), quoting, ',');
	else
		put_cell(choose(r, companies, COUNT(companies)), quoting, ',');
}

static void
put_lead(uint64_t *r, uint64_t row, enum quoting quoting)
{
	char text[64];

	snprintf(text, sizeof(text), "EXT-%08" PRIu64, row);
	put_cell(text, quoting, ',');
	put_cell(choose(r, firsts, COUNT(firsts)), quoting, ',');
	put_cell(choose(r, lasts, COUNT(lasts)), quoting, ',');
	snprintf(text, sizeof(text), "lead%" PRIu64 "@example.com", row);
	put_cell(text, quoting, ',');
	snprintf(text, sizeof(text), "+91%010" PRIu64,
	    next_random(r) % UINT64_C(10000000000));
	put_cell(text, quoting, ',');
	put_text(r, quoting, 36);
	put_cell(choose(r, cities, COUNT(cities)), quoting, ',');
	put_cell(choose(r, states, COUNT(states)), quoting, ',');
	snprintf(text, sizeof(text), "%03u", (unsigned)(next_random(r) % 1000));
	put_cell(text, quoting, ',');
	snprintf(text, sizeof(text), "%u.%02u",
	    (unsigned)(next_random(r) % 100000), (unsigned)(row % 100));
	put_cell(text, quoting, ',');
	put_text(r, quoting, 40);
	snprintf(text, sizeof(text), "20%02u-%02u-%02uT10:%02u:00Z",
	    (unsigned)(next_random(r) % 26), (unsigned)(row % 12 + 1),
	    (unsigned)(row % 28 + 1), (unsigned)(row % 60));
	put_cell(text, quoting, '\n');
}

static void
put_wide(uint64_t *r, uint64_t row)
{
	char text[32];

	for (int i = 1; i <= WIDE_COLUMNS; i++) {
		char end = i < WIDE_COLUMNS ? ',' : '\n';
		uint64_t n = next_random(r);

		if (i == 1)
			snprintf(text, sizeof(text), "W%08" PRIu64, row);
		else if (n % 16 == 0)
			snprintf(text, sizeof(text), "%s",
			    awkward[n / 16 % COUNT(awkward)]);
		else if (n % 8 == 1)
			text[0] = '\0';
		else
			snprintf(
			    text, sizeof(text), "%" PRIu64, n / 64 % 10000000);
		put_cell(text, QUOTE_SOME, end);
	}
}

/* Columns for a mapping with rules: words in any case, numbers with thousands,
 * day before month, lists, several spellings of nothing. */
static void
put_analyst(uint64_t *r, uint64_t row)
{
	static const char *const nothing[] = {"", "-", "N/A", "none"};
	static const char *const tags[] = {
	    "new", "warm", "cold call", "fair", "partner", "renewal", "web"};
	char text[96];
	uint64_t n = next_random(r);

	snprintf(text, sizeof(text), "DE-%07" PRIu64, row);
	put_cell(text, QUOTE_SOME, ',');
	put_cell(choose(r, states, COUNT(states)), QUOTE_SOME, ',');
	put_cell(choose(r, firsts, COUNT(firsts)), QUOTE_SOME, ',');
	put_cell(choose(r, lasts, COUNT(lasts)), QUOTE_SOME, ',');
	snprintf(text, sizeof(text), "%s.%" PRIu64 "@Mail%u.Example.com",
	    n % 2 == 0 ? "Info" : "First_Last", row, (unsigned)(n / 2 % 10));
	put_cell(text, QUOTE_SOME, ',');
	n = next_random(r);
	snprintf(text, sizeof(text),
	    n % 4 == 0 ? "+91 %05u %05u" : "0%05u-%05u",
	    (unsigned)(n / 4 % 90000 + 10000), (unsigned)(n / 400000 % 100000));
	put_cell(text, QUOTE_SOME, ',');
	put_text(r, QUOTE_SOME, 6);
	n = next_random(r);
	snprintf(text, sizeof(text), "%s%s", n % 3 == 0 ? "NORTH " : "",
	    cities[n / 3 % COUNT(cities)]);
	put_cell(text, QUOTE_SOME, ',');
	snprintf(
	    text, sizeof(text), "%u", (unsigned)(next_random(r) % 100 + 1));
	put_cell(text, QUOTE_SOME, ',');
	n = next_random(r);
	snprintf(text, sizeof(text), n % 8 == 0 ? "%u.%02u" : "%u,%03u.%02u",
	    (unsigned)(n / 8 % 999 + 1),
	    (unsigned)(n % 8 == 0 ? row % 100 : n / 8000 % 1000),
	    (unsigned)(row % 100));
	put_cell(text, QUOTE_SOME, ',');
	n = next_random(r);
	snprintf(text, sizeof(text), "%02u/%02u/20%02u %02u:%02u",
	    (unsigned)(n % 28 + 1), (unsigned)(n / 28 % 12 + 1),
	    (unsigned)(n / 336 % 26), (unsigned)(row % 24),
	    (unsigned)(row % 60));
	put_cell(text, QUOTE_SOME, ',');
	n = next_random(r);
	if (n % 4 == 0)
		snprintf(
		    text, sizeof(text), "%s", nothing[n / 4 % COUNT(nothing)]);
	else
		snprintf(text, sizeof(text), "%s; %s",
		    tags[n / 4 % COUNT(tags)], tags[n / 28 % COUNT(tags)]);
	put_cell(text, QUOTE_SOME, '\n');
}

int
main(int argc, char **argv)
{
	uint64_t state = SEED, rows;
	enum quoting quoting;
	bool is_wide, is_analyst;

	if (argc != 3 || (rows = strtoull(argv[2], NULL, 10)) == 0) {
		fputs("usage: make-data leads|plain|wide|heavy|analyst ROWS\n",
		    stderr);
		return 2;
	}
	is_wide = strcmp(argv[1], "wide") == 0;
	is_analyst = strcmp(argv[1], "analyst") == 0;
	quoting = strcmp(argv[1], "plain") == 0	  ? QUOTE_NEVER
		  : strcmp(argv[1], "heavy") == 0 ? QUOTE_ALL
						  : QUOTE_SOME;
	if (is_wide)
		for (int i = 1; i <= WIDE_COLUMNS; i++)
			printf("c%d%c", i, i < WIDE_COLUMNS ? ',' : '\n');
	else if (is_analyst)
		puts("Ref,Stage,First Name,Last Name,E-mail,Phone,Company,"
		     "Region,Units,Amount,Closed,Tags");
	else
		puts("ref,first,last,email,phone,company,city,status,score,"
		     "amount,notes,joined");
	for (uint64_t row = 1; row <= rows; row++) {
		if (is_wide)
			put_wide(&state, row);
		else if (is_analyst)
			put_analyst(&state, row);
		else
			put_lead(&state, row, quoting);
	}
	return ferror(stdout) || fflush(stdout) != 0;
}
