#!/bin/sh
# SPDX-License-Identifier: MIT
# What became of all parts, in one summary. array.sh starts it after the last
# one (afterany); by hand: report.sh DIR. Exit status 4: some parts are not done,
# and it says which; array.sh DIR MAPPING 3,17-19 goes on with these.
#SBATCH --job-name=csv2chakra-report
#SBATCH --ntasks=1
set -u

exec csv2chakra report "${1:?usage: report.sh DIR}"
