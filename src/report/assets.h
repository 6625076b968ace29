/* SPDX-License-Identifier: MIT */
#ifndef REPORT_ASSETS_H
#define REPORT_ASSETS_H

/*
 * Files of src/report/ that stand in the program byte by byte: the makefile
 * turns each into a C file of its own. They are ASCII and hold no NUL.
 */

#include "base/text.h"

extern const struct text asset_page_css;
extern const struct text asset_page_js;
extern const struct text asset_report_schema_json;

#endif
