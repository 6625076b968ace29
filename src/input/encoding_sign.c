/* SPDX-License-Identifier: MIT */
/*
 * Signs tell encodings apart by their places: an apostrophe stands between
 * letters, a degree sign after a number, and nothing but an apostrophe in
 * the middle of a word.
 */
#include "base/unicode.h"
#include "encoding_model.h"

struct script_range {
	uint32_t from, to;
	enum encoding_script script;
};

enum encoding_script
encoding_script_of(uint32_t c)
{
	static const struct script_range ranges[] = {{0x00, 0x08, SCRIPT_BAD},
	    {0x0e, 0x1f, SCRIPT_BAD}, {'A', 'Z', SCRIPT_LATIN},
	    {'a', 'z', SCRIPT_LATIN}, {0x7f, 0x9f, SCRIPT_BAD},
	    {0xc0, 0xd6, SCRIPT_LATIN}, {0xd8, 0xf6, SCRIPT_LATIN},
	    {0xf8, 0x24f, SCRIPT_LATIN}, {0x300, 0x36f, SCRIPT_MARK},
	    {0x386, 0x386, SCRIPT_GREEK}, {0x388, 0x3ff, SCRIPT_GREEK},
	    {0x400, 0x52f, SCRIPT_CYRILLIC}, {0x591, 0x5c7, SCRIPT_MARK},
	    {0x5d0, 0x5f2, SCRIPT_HEBREW}, {0x620, 0x64a, SCRIPT_ARABIC},
	    {0x64b, 0x65f, SCRIPT_MARK}, {0x671, 0x6d3, SCRIPT_ARABIC},
	    {0xe01, 0xe3a, SCRIPT_THAI}, {0xe40, 0xe4e, SCRIPT_THAI},
	    {0x1e00, 0x1eff, SCRIPT_LATIN}, {0x2500, 0x259f, SCRIPT_BOX},
	    {0x3041, 0x30ff, SCRIPT_KANA}, {0x3400, 0x9fff, SCRIPT_HAN},
	    {0xac00, 0xd7a3, SCRIPT_HANGUL}, {0xe000, 0xf8ff, SCRIPT_BAD},
	    {0xf900, 0xfaff, SCRIPT_HAN}, {0xff66, 0xff9f, SCRIPT_KANA},
	    {0xfff0, 0xffff, SCRIPT_BAD}, {0x20000, 0x3ffff, SCRIPT_HAN}};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (c >= ranges[i].from && c <= ranges[i].to)
			return ranges[i].script;
	return SCRIPT_NONE;
}

/* What a sign may have beside it. */
enum {
	BLANK = 1,  /* a blank, a no-break space, an end */
	LETTER = 2, /* of any script */
	DIGIT = 4,
	POINT = 8, /* . , ; : ! ? ) ] " ' … and other signs */
	OUT = BLANK | POINT,
	ANY = BLANK | LETTER | DIGIT | POINT
};

static int
neighbour_of(uint32_t c)
{
	if (c == 0 || c == ' ' || c == '\t' || c == 0xa0)
		return BLANK;
	if (c >= '0' && c <= '9')
		return DIGIT;
	return encoding_script_of(c) == SCRIPT_NONE ? POINT : LETTER;
}

#define MISPLACED (-650)
#define RARE (-800)

int
encoding_sign_score(uint32_t before, uint32_t c, uint32_t after)
{
	static const struct place {
		uint32_t sign;
		int before, after;
		short score;
	} places[] = {{0x2019, LETTER, LETTER, -150},
	    {0x2019, LETTER, OUT, -330},
	    {0x2019, OUT | DIGIT, LETTER | DIGIT, -450},
	    {0x2019, POINT | DIGIT, OUT, -350},
	    {0x2018, OUT, LETTER | DIGIT, -350},
	    {0x2018, LETTER | POINT, OUT, -450},
	    {0x201c, OUT, LETTER | DIGIT, -280},
	    {0x201c, LETTER | DIGIT | POINT, OUT, -350},
	    {0x201d, LETTER | DIGIT | POINT, OUT, -280},
	    {0x201d, OUT, LETTER | DIGIT, -450},
	    {0x201e, OUT, LETTER | DIGIT, -300},
	    {0x201a, OUT, LETTER | DIGIT, -500},
	    {0xab, OUT, LETTER | DIGIT | BLANK, -350},
	    {0xab, LETTER | DIGIT | POINT, OUT, -450},
	    {0xbb, LETTER | DIGIT | OUT, OUT, -350},
	    {0xbb, OUT, LETTER | DIGIT, -450}, {0x2039, OUT, LETTER, -550},
	    {0x203a, LETTER, OUT, -550}, {0x2013, OUT, OUT | DIGIT, -250},
	    {0x2013, DIGIT, DIGIT, -250}, {0x2013, LETTER, LETTER, -400},
	    {0x2013, DIGIT | LETTER, BLANK, -450}, {0x2014, OUT, OUT, -280},
	    {0x2014, LETTER, LETTER, -500},
	    {0x2014, DIGIT | LETTER, BLANK, -450},
	    {0x2026, LETTER | DIGIT, OUT, -320}, {0x2026, OUT, ANY, -480},
	    {0x20ac, DIGIT | OUT, OUT | DIGIT, -260},
	    {0x20ac, OUT, LETTER, -600}, {0xa3, OUT, DIGIT | OUT, -330},
	    {0xa3, DIGIT, OUT, -450}, {0xa5, OUT, DIGIT | BLANK, -420},
	    {0xb0, DIGIT, OUT | LETTER, -300},
	    {0xb0, LETTER, OUT | DIGIT, -360}, {0xb0, BLANK, LETTER, -420},
	    {0xba, DIGIT, OUT | LETTER, -340},
	    {0xba, LETTER, OUT | DIGIT, -400}, {0xaa, DIGIT, OUT, -380},
	    {0xaa, LETTER, OUT, -480}, {0xb2, LETTER, OUT, -380},
	    {0xb2, DIGIT, OUT, -480}, {0xb3, LETTER, OUT, -430},
	    {0xbd, DIGIT | BLANK, OUT, -400}, {0xbc, DIGIT | BLANK, OUT, -450},
	    {0xbe, DIGIT | BLANK, OUT, -480}, {0xa7, OUT, BLANK | DIGIT, -380},
	    {0xa9, OUT, BLANK | DIGIT, -420}, {0xa9, LETTER, BLANK, -500},
	    {0xae, LETTER | DIGIT, OUT, -380},
	    {0x2122, LETTER | DIGIT, OUT, -380}, {0xb7, BLANK, BLANK, -450},
	    {0xb7, LETTER, LETTER, -480}, {0x2022, OUT, BLANK | LETTER, -420},
	    {0xbf, OUT, LETTER, -300}, {0xa1, OUT, LETTER, -320},
	    {0xa0, ANY, ANY, -420}, {0xd7, DIGIT | BLANK, DIGIT | BLANK, -400},
	    {0xb1, OUT | DIGIT, DIGIT | BLANK, -450},
	    {0xf7, DIGIT | BLANK, DIGIT | BLANK, -550},
	    {0xb5, OUT | DIGIT, OUT | LETTER, -420},
	    {0x2116, BLANK, BLANK | DIGIT, -260}, {0x2212, OUT, DIGIT, -420},
	    {0x2030, DIGIT | BLANK, OUT, -500}, {0xa8, OUT, LETTER, -800},
	    {0x3000, ANY, ANY, -420}};
	int left = neighbour_of(before), right = neighbour_of(after);

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (places[i].sign == c && (places[i].before & left) != 0 &&
		    (places[i].after & right) != 0)
			return places[i].score;
	if (encoding_script_of(c) == SCRIPT_BAD)
		return -1400;
	return RARE + (left == LETTER && right == LETTER ? MISPLACED : 0) +
	       (encoding_script_of(c) == SCRIPT_BOX ? -300 : 0);
}
