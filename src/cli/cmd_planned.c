/* SPDX-License-Identifier: MIT */
#include "cli/command.h"

/*
 * Commands that are part of the contract and not built yet: they are listed,
 * their options are checked, and running one is exit 2. A command that gets
 * built moves into a file of its own.
 */

const struct command command_init = {
    .id = COMMAND_INIT,
    .name = "init",
    .operands = "CSV",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "write a commented mapping for a file",
    .examples = {{"init leads.csv", "on stdout"},
	{"init -o leads.yaml leads.csv", "into a new file"}},
};
