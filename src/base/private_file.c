/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes come in, a file that can be trusted goes out, and the other way round.
 */
#include <netpolc/base/private_file.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

void private_close(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static const char *objection(const char *reason)
{
	errno = 0;
	return reason;
}

/* Whether what is open is what it should be, and nobody else's. */
static const char *look_at(int fd, mode_t type, const char *no_such_type)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return strerror(errno);
	if ((st.st_mode & S_IFMT) != type)
		return objection(no_such_type);
	if (st.st_uid != geteuid())
		return objection("it belongs to another user");
	if (st.st_mode & (S_IWGRP | S_IWOTH))
		return objection("others may write to it");
	return NULL;
}

/* What was opened, if it is to be trusted. */
static const char *keep(int opened, mode_t type, const char *no_such_type, int *fd)
{
	const char *why = look_at(opened, type, no_such_type);
	int err = errno;

	*fd = why ? -1 : opened;
	if (why)
		close(opened);
	errno = err;
	return why;
}

const char *private_dir_open(const char *path, bool make, int *dir)
{
	static const char no_directory[] = "it is no directory";
	int fd;

	*dir = -1;
	if (make && mkdir(path, 0700) < 0 && errno != EEXIST)
		return strerror(errno);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOTDIR || errno == ELOOP ? no_directory
							  : strerror(errno);
	return keep(fd, S_IFDIR, no_directory, dir);
}

const char *private_file_open(int dir, const char *name, int *fd)
{
	int opened = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	*fd = -1;
	if (opened < 0)
		return strerror(errno);
	return keep(opened, S_IFREG, "it is no regular file", fd);
}

/* What a file is written under before it is put in its place. */
struct fresh_name {
	char at[NAME_MAX + 1];
};

static bool name_fresh(struct fresh_name *out, const char *name)
{
	return snprintf(out->at, sizeof(out->at), ".%s", name) < (int)sizeof(out->at);
}

bool private_file_is(int fd, const char *path)
{
	struct stat open, now;

	return !fstat(fd, &open) && !lstat(path, &now) && open.st_dev == now.st_dev &&
	       open.st_ino == now.st_ino;
}

const char *private_dir_take(int dir)
{
	if (flock(dir, LOCK_EX | LOCK_NB) < 0)
		return "another process is writing there";
	return NULL;
}

const char *private_sync(int fd)
{
	return fsync(fd) < 0 ? strerror(errno) : NULL;
}

void private_file_drop(int dir, const char *name)
{
	struct fresh_name fresh;

	if (name_fresh(&fresh, name))
		unlinkat(dir, fresh.at, 0);
}

const char *private_file_write(int dir, const char *name, const struct buf *bytes,
			       int *fd)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	struct fresh_name fresh;
	int err;

	*fd = -1;
	if (!name_fresh(&fresh, name))
		return strerror(ENAMETOOLONG);
	private_file_drop(dir, name);
	*fd = openat(dir, fresh.at, flags, 0600);
	err = *fd < 0 ? -errno : buf_write(bytes, *fd);
	if (!err) {
		/* Whether that works shows when it is waited for. */
		(void)!sync_file_range(*fd, 0, 0, SYNC_FILE_RANGE_WRITE);
		return NULL;
	}
	private_close(fd);
	*fd = -1;
	private_file_drop(dir, name);
	return strerror(-err);
}

const char *private_file_put(int dir, const char *name)
{
	struct fresh_name fresh;

	if (!name_fresh(&fresh, name))
		return strerror(ENAMETOOLONG);
	return renameat(dir, fresh.at, dir, name) < 0 ? strerror(errno) : NULL;
}

const char *private_file_replace(int dir, const char *name, const struct buf *bytes)
{
	/* Networks apart may share a directory. */
	const char *why = private_dir_take(dir);
	FD_AUTO fd = -1;

	if (why)
		return why;
	why = private_file_write(dir, name, bytes, &fd);
	if (!why)
		why = private_sync(fd);
	if (!why)
		why = private_file_put(dir, name);
	if (why)
		private_file_drop(dir, name);
	else
		why = private_sync(dir);
	flock(dir, LOCK_UN);
	return why;
}

const char *private_file_remove(int dir, const char *name)
{
	if (unlinkat(dir, name, 0) < 0 && errno != ENOENT)
		return strerror(errno);
	return private_sync(dir);
}
