/* SPDX-License-Identifier: MIT */
#ifndef IMPORT_CHECK_CSV_H
#define IMPORT_CHECK_CSV_H

#include "base/diag.h"
#include "plan/settings.h"

/* `check MAPPING CSV`, and `import --dry-run`: the same function. */
int check_run(const struct settings *o, const char *mapping_path,
    const char *csv_path, struct diag *d);

#endif
