/* SPDX-License-Identifier: MIT */
/*
 * The names of ChakraHQ's attribute types and the codes of their casts: the
 * names are the ones that the mapping writes, in the order of the enum.
 */
#include "mapping/mapping.h"

#include <assert.h>

struct type_row {
	const char *name, *code;
};

#define TYPE_ROW(name)                                                         \
	{                                                                      \
		name, "type." name                                             \
	}

static const struct type_row rows[TYPE_COUNT] = {
    [TYPE_STRING] = TYPE_ROW("string"),
    [TYPE_TEXT] = TYPE_ROW("text"),
    [TYPE_NAME] = TYPE_ROW("name"),
    [TYPE_TEXT_AREA] = TYPE_ROW("textArea"),
    [TYPE_URL] = TYPE_ROW("url"),
    [TYPE_HTML] = TYPE_ROW("html"),
    [TYPE_STRING_ID] = TYPE_ROW("stringId"),
    [TYPE_STRING_ENUM] = TYPE_ROW("stringEnum"),
    [TYPE_PHOTO] = TYPE_ROW("photo"),
    [TYPE_AUDIO] = TYPE_ROW("audio"),
    [TYPE_DOCUMENT] = TYPE_ROW("document"),
    [TYPE_USER] = TYPE_ROW("user"),
    [TYPE_EMAIL] = TYPE_ROW("email"),
    [TYPE_PHONE] = TYPE_ROW("phone"),
    [TYPE_INTEGER] = TYPE_ROW("integer"),
    [TYPE_NUMBER] = TYPE_ROW("number"),
    [TYPE_INTEGER_ID] = TYPE_ROW("integerId"),
    [TYPE_INTEGER_ENUM] = TYPE_ROW("integerEnum"),
    [TYPE_FLOAT] = TYPE_ROW("float"),
    [TYPE_DECIMAL] = TYPE_ROW("decimal"),
    [TYPE_FLOAT_ENUM] = TYPE_ROW("floatEnum"),
    [TYPE_BOOLEAN] = TYPE_ROW("boolean"),
    [TYPE_DATE] = TYPE_ROW("date"),
    [TYPE_DATETIME] = TYPE_ROW("datetime"),
    [TYPE_DATETIME_ISO8601] = TYPE_ROW("datetimeISO8601"),
    [TYPE_TIME] = TYPE_ROW("time"),
    [TYPE_MONTH_OF_YEAR] = TYPE_ROW("monthOfYear"),
    [TYPE_MULTI_STRING] = TYPE_ROW("multiString"),
    [TYPE_MULTI_STRING_ENUM] = TYPE_ROW("multiStringEnum"),
    [TYPE_MULTI_INTEGER_ENUM] = TYPE_ROW("multiIntegerEnum"),
    [TYPE_MULTI_FLOAT_ENUM] = TYPE_ROW("multiFloatEnum"),
    [TYPE_MULTI_PHOTOS] = TYPE_ROW("multiPhotos"),
    [TYPE_MULTI_DOCUMENTS] = TYPE_ROW("multiDocuments"),
    [TYPE_JSON] = TYPE_ROW("json"),
    [TYPE_CUSTOM_OBJECT] = TYPE_ROW("customObject"),
    [TYPE_EXTERNAL_OBJECT] = TYPE_ROW("externalObject"),
    [TYPE_MULTI_CUSTOM_OBJECT] = TYPE_ROW("multiCustomObject"),
    [TYPE_MULTI_EXTERNAL_OBJECT] = TYPE_ROW("multiExternalObject"),
    [TYPE_GEOLOCATION] = TYPE_ROW("geolocation"),
};

const char *
field_type_name(enum field_type type)
{
	assert(type < TYPE_COUNT);
	return rows[type].name;
}

const char *
field_type_code(enum field_type type)
{
	assert(type < TYPE_COUNT);
	return rows[type].code;
}
