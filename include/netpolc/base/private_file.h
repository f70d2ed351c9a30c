/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * private_file - files that nobody else can have written
 *
 * A file is looked up in an open directory; both have to be ours, and nobody else may
 * write to them.  No symbolic link is followed, and nothing waits for a pipe.  A file is
 * written under another name, synced and renamed, so whoever reads it finds a whole one:
 * the one of before or the one of afterwards, also when the machine stops.
 *
 * Each function returns NULL, or the reason why not, and leaves errno as the kernel set
 * it; 0 where the kernel has no objections and we have.
 */
#ifndef NETPOLC_PRIVATE_FILE_H
#define NETPOLC_PRIVATE_FILE_H

#include <netpolc/base/buf.h>

#include <stdbool.h>

/* Opens the directory; make: where it is missing it is made, for us alone.  *dir is -1
 * unless all is well. */
const char *private_dir_open(const char *path, bool make, int *dir)
	__attribute__((warn_unused_result));

/* Opens a regular file for reading; *fd is -1 unless all is well. */
const char *private_file_open(int dir, const char *name, int *fd)
	__attribute__((warn_unused_result));

/* Whether the path still leads to the open file. */
bool private_file_is(int fd, const char *path);

/*
 * In steps: takes the directory, so that no other process writes there until dir is
 * closed by all processes that have it from this one; writes bytes beside the file, where
 * what a process that was killed has left is no obstacle; waits until they are on the
 * disk, with which the kernel is told to begin at once, and without which a machine that
 * stops may leave an empty file; and puts what was written in its place, for good when
 * the directory is on the disk, too.
 */
const char *private_dir_take(int dir) __attribute__((warn_unused_result));

/* *fd is the open file, -1 unless all is well. */
const char *private_file_write(int dir, const char *name, const struct buf *bytes,
			       int *fd) __attribute__((warn_unused_result));
const char *private_sync(int fd) __attribute__((warn_unused_result));
const char *private_file_put(int dir, const char *name)
	__attribute__((warn_unused_result));

/* Removes what was written and not put in its place, if anything. */
void private_file_drop(int dir, const char *name);

/* All of that: makes bytes the file's. */
const char *private_file_replace(int dir, const char *name, const struct buf *bytes)
	__attribute__((warn_unused_result));

/* Removes the file for good; that there is none is fine. */
const char *private_file_remove(int dir, const char *name)
	__attribute__((warn_unused_result));

/* Closes what is open. */
void private_close(const int *fd);

#define FD_AUTO __attribute__((cleanup(private_close))) int

#endif
