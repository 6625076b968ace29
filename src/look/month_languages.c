/* SPDX-License-Identifier: MIT */
/*
 * Names of months as tables that people fill in have them, whole and short,
 * in the forms that stand in dates. A mapping lists the names that it means;
 * this is only for proposing such a list.
 */
#include "look/column_profile.h"
#include "value/forms.h"

#include <string.h>

/* The names of a month with a bar between; January first. */
static const struct {
	const char *name;
	const char *months[12];
} languages[] = {
    {"English", {"Jan|January", "Feb|February", "Mar|March", "Apr|April", "May",
		    "Jun|June", "Jul|July", "Aug|August", "Sep|Sept|September",
		    "Oct|October", "Nov|November", "Dec|December"}},
    {"German",
	{"Jan|Januar|Jänner", "Feb|Februar", "Mär|März|Mrz", "Apr|April", "Mai",
	    "Jun|Juni", "Jul|Juli", "Aug|August", "Sep|Sept|September",
	    "Okt|Oktober", "Nov|November", "Dez|Dezember"}},
    {"French", {"janv|janvier", "févr|février|fév", "mars", "avr|avril", "mai",
		   "juin", "juil|juillet", "août", "sept|septembre",
		   "oct|octobre", "nov|novembre", "déc|décembre"}},
    {"Spanish",
	{"ene|enero", "feb|febrero", "mar|marzo", "abr|abril", "may|mayo",
	    "jun|junio", "jul|julio", "ago|agosto", "sep|sept|septiembre",
	    "oct|octubre", "nov|noviembre", "dic|diciembre"}},
    {"Portuguese",
	{"jan|janeiro", "fev|fevereiro", "mar|março", "abr|abril", "mai|maio",
	    "jun|junho", "jul|julho", "ago|agosto", "set|setembro",
	    "out|outubro", "nov|novembro", "dez|dezembro"}},
    {"Italian",
	{"gen|gennaio", "feb|febbraio", "mar|marzo", "apr|aprile", "mag|maggio",
	    "giu|giugno", "lug|luglio", "ago|agosto", "set|settembre",
	    "ott|ottobre", "nov|novembre", "dic|dicembre"}},
    {"Dutch", {"jan|januari", "feb|februari", "mrt|maart", "apr|april", "mei",
		  "jun|juni", "jul|juli", "aug|augustus", "sep|sept|september",
		  "okt|oktober", "nov|november", "dec|december"}},
    {"Polish", {"sty|stycznia|styczeń", "lut|lutego|luty", "mar|marca|marzec",
		   "kwi|kwietnia|kwiecień", "maj|maja", "cze|czerwca|czerwiec",
		   "lip|lipca|lipiec", "sie|sierpnia|sierpień",
		   "wrz|września|wrzesień", "paź|października|październik",
		   "lis|listopada|listopad", "gru|grudnia|grudzień"}},
    {"Swedish", {"jan|januari", "feb|februari", "mar|mars", "apr|april", "maj",
		    "jun|juni", "jul|juli", "aug|augusti", "sep|sept|september",
		    "okt|oktober", "nov|november", "dec|december"}},
    {"Danish or Norwegian",
	{"jan|januar", "feb|februar", "mar|marts|mars", "apr|april", "maj|mai",
	    "jun|juni", "jul|juli", "aug|august", "sep|sept|september",
	    "okt|oktober", "nov|november", "dec|des|december|desember"}},
    {"Turkish", {"Oca|Ocak", "Şub|Şubat", "Mar|Mart", "Nis|Nisan", "May|Mayıs",
		    "Haz|Haziran", "Tem|Temmuz", "Ağu|Ağustos", "Eyl|Eylül",
		    "Eki|Ekim", "Kas|Kasım", "Ara|Aralık"}},
    {"Russian",
	{"янв|января|январь", "фев|февраля|февраль", "мар|марта|март",
	    "апр|апреля|апрель", "мая|май", "июн|июня|июнь", "июл|июля|июль",
	    "авг|августа|август", "сен|сентября|сентябрь",
	    "окт|октября|октябрь", "ноя|ноября|ноябрь", "дек|декабря|декабрь"}},
};
#define LANGUAGES (sizeof(languages) / sizeof(languages[0]))

static const char *const english[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

const char *
month_language_name(unsigned language)
{
	return languages[language].name;
}

/* The next of the names in a text with bars. */
static bool
next_name(const char **rest, struct text *name)
{
	size_t len = strcspn(*rest, "|");

	*name = (struct text){*rest, len};
	*rest += len + ((*rest)[len] == '|');
	return len > 0;
}

void
month_language_list(unsigned language, struct buf *out)
{
	for (size_t i = 0; i < 12; i++) {
		const char *rest = languages[language].months[i];
		bool several = strchr(rest, '|') != NULL;
		struct text name;

		buf_adds(out, i == 0 ? "[" : ", ");
		for (size_t n = 0; next_name(&rest, &name); n++) {
			buf_adds(out, n > 0 ? ", " : several ? "[" : "");
			buf_add(out, name.s, name.len);
		}
		buf_adds(out, several ? "]" : "");
	}
	buf_addc(out, ']');
}

static bool
is_letter_at(struct text t, size_t at)
{
	return at < t.len &&
	       (ascii_is_letter(t.s[at]) || (unsigned char)t.s[at] >= 0x80);
}

struct text
month_word(struct text t)
{
	size_t at = 0;

	while (at < t.len) {
		size_t begin = at;

		while (is_letter_at(t, at))
			at++;
		if (at - begin >= 3)
			return (struct text){t.s + begin, at - begin};
		at += at == begin;
	}
	return (struct text){t.s, 0};
}

/* What most names are told by, before they are folded. */
static bool
begins_alike(struct text name, struct text folded)
{
	return (unsigned char)name.s[0] >= 0x80 ||
	       ascii_lower(name.s[0]) == folded.s[0];
}

/* 1-12, or 0. */
static int
month_in(size_t language, struct text folded)
{
	struct buf name = BUF_INIT(0);
	struct text next;
	int month = 0;

	for (int i = 0; i < 12 && month == 0; i++) {
		const char *rest = languages[language].months[i];

		while (month == 0 && next_name(&rest, &next)) {
			if (!begins_alike(next, folded))
				continue;
			buf_clear(&name);
			month_name_fold(&name, next);
			if (text_equal((struct text){buf_str(&name), name.len},
				folded))
				month = i + 1;
		}
	}
	buf_release(&name);
	return month;
}

uint32_t
month_languages_of(struct text word, int *month)
{
	struct text folded;
	struct buf name = BUF_INIT(0);
	uint32_t found = 0;

	*month = 0;
	if (word.len == 0 || word.len > 32)
		return 0;
	month_name_fold(&name, word);
	folded = (struct text){buf_str(&name), name.len};
	for (size_t i = 0; i < LANGUAGES; i++) {
		int here = month_in(i, folded);

		if (here == 0 || (*month != 0 && here != *month))
			continue;
		*month = here;
		found |= UINT32_C(1) << i;
	}
	buf_release(&name);
	return found;
}

void
month_as_english(struct text t, struct text word, int month, struct buf *out)
{
	size_t before = (size_t)(word.s - t.s);

	buf_add(out, t.s, before);
	buf_adds(out, english[month - 1]);
	buf_add(out, word.s + word.len, t.len - before - word.len);
}
