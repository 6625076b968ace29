/* SPDX-License-Identifier: MIT */
/*
 * What people export. Encodings of Windows come first: of two that read the
 * same text, the one that Excel writes is named. EUC-KR comes before cp949
 * because it is the same without the rarer syllables, big5 before its Hong
 * Kong extension. shift_jis is not among them: what Windows calls so is cp932.
 */
#include "encoding_score.h"

#define WEST "de fr es pt it nl da sv fi is ca en et"
#define DOS_WEST "de fr es pt it nl da sv fi ca en"
#define CENTRAL "pl cs sk hu hr ro de"
#define BALTIC "et lv lt de pl fi"

static const struct encoding_candidate CANDIDATES[] = {
    {"windows-1252", FORM_SINGLE, WEST, 0, 0, false},
    {"windows-1250", FORM_SINGLE, CENTRAL, 0, -120, false},
    {"windows-1251", FORM_SINGLE, "ru uk bg", 0, 0, false},
    {"windows-1253", FORM_SINGLE, "el", 0, 0, false},
    {"windows-1254", FORM_SINGLE, "tr de fr es pt it nl en", 0, -150, false},
    {"windows-1255", FORM_SINGLE, "he", 0, 0, false},
    {"windows-1256", FORM_SINGLE, "ar fr", 0, -100, false},
    {"windows-1257", FORM_SINGLE, BALTIC, 0, -200, false},
    {"windows-874", FORM_SINGLE, "th", 0, 0, false},
    {"iso-8859-15", FORM_SINGLE, WEST, 0, -250, false},
    {"iso-8859-1", FORM_SINGLE, WEST, 0, -300, false},
    {"iso-8859-2", FORM_SINGLE, CENTRAL, 0, -220, false},
    {"iso-8859-5", FORM_SINGLE, "ru uk bg", 0, -250, false},
    {"iso-8859-6", FORM_SINGLE, "ar", 0, -150, false},
    {"iso-8859-7", FORM_SINGLE, "el", 0, -100, false},
    {"iso-8859-8", FORM_SINGLE, "he", 0, -100, false},
    {"iso-8859-9", FORM_SINGLE, "tr de fr es pt it nl en", 0, -300, false},
    {"iso-8859-13", FORM_SINGLE, BALTIC, 0, -320, false},
    {"iso-8859-4", FORM_SINGLE, BALTIC, 0, -450, false},
    {"iso-8859-16", FORM_SINGLE, "ro pl hu hr de fr it", 0, -420, false},
    {"tis-620", FORM_SINGLE, "th", 0, -50, false},
    {"koi8-r", FORM_SINGLE, "ru bg", 0, -120, false},
    {"koi8-u", FORM_SINGLE, "uk ru", 0, -150, false},
    {"macintosh", FORM_SINGLE, WEST, 0, -350, true},
    {"mac-centraleurope", FORM_SINGLE, CENTRAL " lv lt et", 0, -600, true},
    {"mac-cyrillic", FORM_SINGLE, "ru uk bg", 0, -400, true},
    {"cp850", FORM_SINGLE, DOS_WEST " is", 0, -300, false},
    {"cp858", FORM_SINGLE, DOS_WEST " is", 0, -420, false},
    {"cp437", FORM_SINGLE, "de fr es it nl sv fi en", 0, -420, false},
    {"cp852", FORM_SINGLE, CENTRAL, 0, -350, false},
    {"cp865", FORM_SINGLE, "da sv", 0, -500, false},
    {"cp857", FORM_SINGLE, "tr de fr", 0, -420, false},
    {"cp775", FORM_SINGLE, BALTIC, 0, -500, false},
    {"cp866", FORM_SINGLE, "ru uk bg", 0, -200, false},
    {"cp855", FORM_SINGLE, "ru bg", 0, -450, false},
    {"cp737", FORM_SINGLE, "el", 0, -250, false},
    {"cp862", FORM_SINGLE, "he", 0, -250, false},
    {"cp932", FORM_CP932, "", IDEOGRAPHS_JAPANESE, 0, false},
    {"euc-jp", FORM_EUC_JP, "", IDEOGRAPHS_JAPANESE, -150, false},
    {"gb18030", FORM_GB18030, "", IDEOGRAPHS_CHINESE_SIMPLE, 0, false},
    {"big5", FORM_BIG5, "", IDEOGRAPHS_CHINESE_FULL, 0, false},
    {"big5-hkscs", FORM_BIG5, "", IDEOGRAPHS_CHINESE_FULL, -100, false},
    {"euc-kr", FORM_EUC_KR, "", IDEOGRAPHS_KOREAN, 0, false},
    {"cp949", FORM_CP949, "", IDEOGRAPHS_KOREAN, -50, false},
};

const struct encoding_candidate encoding_candidate_utf8 = {"utf-8", FORM_UTF8,
    "de fr es pt it nl da sv fi is ca en et pl cs sk hu hr ro lv lt tr el ru "
    "uk "
    "bg he ar th",
    0, 0, false};

const struct encoding_candidate *
encoding_candidates(size_t *count)
{
	*count = sizeof(CANDIDATES) / sizeof(CANDIDATES[0]);
	return CANDIDATES;
}
