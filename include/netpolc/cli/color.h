/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * color - whether what is written to a file is coloured
 */
#ifndef NETPOLC_COLOR_H
#define NETPOLC_COLOR_H

#include <netpolc/cli/options.h>

/* --color, where it says; else only on a terminal that is not dumb, and without
 * NO_COLOR. */
bool color_wanted(const struct config *cfg, int fd);

#endif
