/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * own_dir - a directory of its own for a test, which works in it
 */
#ifndef NETPOLC_TEST_OWN_DIR_H
#define NETPOLC_TEST_OWN_DIR_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char own_dir[] = "/tmp/netpolc-test-XXXXXX";

static inline int own_dir_remove(const char *path, const struct stat *st, int flag,
				 struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

/* For setup and teardown: 0, or not. */
static inline int own_dir_enter(void **state)
{
	(void)state;
	strcpy(own_dir + strlen(own_dir) - 6, "XXXXXX");
	return mkdtemp(own_dir) && !chdir(own_dir) ? 0 : -1;
}

static inline int own_dir_leave(void **state)
{
	(void)state;
	return chdir("/") || nftw(own_dir, own_dir_remove, 8, FTW_DEPTH | FTW_PHYS);
}

#endif
