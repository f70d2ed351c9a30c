/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A ruleset that is in force comes in, a file that outlives the machine's next stop
 * goes out, and the other way round.
 *
 * The first line of the file names the digest of all that follows, so that line
 * tells whether the file has to be written at all.
 */
#include <netpolc/cli/last_good.h>

#include <netpolc/nft/text.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_BYTES  64 /* a table's name has 31 at most */
#define HEAD_BYTES  160
#define CHUNK_BYTES (64 * 1024)
#define DIGEST_MARK ", digest "
#define DIGEST_LEN  (sizeof(struct digest_hex) - 1)

/* The open state directory, and the names in it. */
struct place_of_state {
	int fd;
	char file[NAME_BYTES];
	char fresh[NAME_BYTES]; /* what is renamed to file */
};

#define STATE_AUTO __attribute__((cleanup(leave))) struct place_of_state

static void leave(struct place_of_state *at)
{
	if (at->fd >= 0)
		close(at->fd);
}

static void close_file(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

#define FD_AUTO __attribute__((cleanup(close_file))) int

/* NULL, or why what is open must not be trusted. */
static const char *fault_of(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return strerror(errno);
	if (st.st_uid != geteuid())
		return "it belongs to another user";
	if (st.st_mode & (S_IWGRP | S_IWOTH))
		return "others may write to it";
	return NULL;
}

/* NULL with *at open, or why not. */
static const char *enter(struct place_of_state *at, const struct config *cfg, bool make)
{
	if (make && mkdir(cfg->state_dir, 0700) < 0 && errno != EEXIST)
		return strerror(errno);
	at->fd = open(cfg->state_dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (at->fd < 0)
		return errno == ENOTDIR || errno == ELOOP ? "it is no directory"
							  : strerror(errno);
	snprintf(at->file, sizeof(at->file), "%s.nft", cfg->lower.table);
	snprintf(at->fresh, sizeof(at->fresh), ".%s.nft", cfg->lower.table);
	return fault_of(at->fd);
}

/* ---- reading ---- */

/* The open file, or -1 with *why. */
static int open_kept(const struct place_of_state *at, const char **why)
{
	int fd = openat(at->fd, at->file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	*why = fd < 0 ? strerror(errno) : fault_of(fd);
	if (!*why && (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)))
		*why = "it is no regular file";
	if (!*why)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static bool holds(int fd, const char *digest)
{
	char head[HEAD_BYTES + 1];
	ssize_t len = pread(fd, head, HEAD_BYTES, 0);
	const char *mark;

	if (len <= 0)
		return false;
	head[len] = '\0';
	head[strcspn(head, "\n")] = '\0';
	mark = strstr(head, DIGEST_MARK);
	return mark && !strncmp(mark + strlen(DIGEST_MARK), digest, DIGEST_LEN);
}

static const char *read_all(int fd, struct buf *text)
{
	char chunk[CHUNK_BYTES];
	ssize_t len;

	while ((len = read(fd, chunk, sizeof(chunk))) > 0)
		buf_add(text, chunk, (size_t)len);
	return len < 0 ? strerror(errno) : NULL;
}

/* ---- writing ---- */

/* True when the file holds rs already; then now is its time, unless the file system
 * has become a read-only one. */
static bool touch(const struct place_of_state *at, const struct ruleset *rs)
{
	const char *why;
	FD_AUTO fd = open_kept(at, &why);
	bool same = !why && holds(fd, rs->digest.at);

	if (same)
		futimens(fd, NULL);
	return same;
}

static const char *write_fresh(const struct place_of_state *at, const struct buf *text)
{
	FD_AUTO fd = openat(at->fd, at->fresh,
			    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int err = fd < 0 ? -errno : buf_write(text, fd);

	if (!err && fsync(fd) < 0)
		err = -errno;
	return err ? strerror(-err) : NULL;
}

/* A run that was killed may have left a file of that name; no other run uses it now:
 * networks apart may share a directory, so the directory is locked too. */
static const char *replace(const struct place_of_state *at, const struct buf *text)
{
	const char *why;

	if (flock(at->fd, LOCK_EX | LOCK_NB) < 0)
		return "another process is writing there";
	unlinkat(at->fd, at->fresh, 0);
	why = write_fresh(at, text);
	if (!why && renameat(at->fd, at->fresh, at->fd, at->file) < 0)
		why = strerror(errno);
	if (why)
		unlinkat(at->fd, at->fresh, 0);
	else if (fsync(at->fd) < 0)
		why = strerror(errno);
	return why;
}

/* ---- what others call ---- */

void last_good_keep(struct ctx *cx, const struct config *cfg, const struct ruleset *rs)
{
	STATE_AUTO at = { .fd = -1 };
	BUF_AUTO text = { 0 };
	const char *why;

	if (!*cfg->state_dir)
		return;
	why = enter(&at, cfg, true);
	if (!why && !touch(&at, rs)) {
		text_print(&text, rs, NULL);
		why = replace(&at, &text);
	}
	if (why)
		diag_add(cx->diags, DIAG_LAST_GOOD, NULL,
			 "the ruleset is in force, but not kept for the next start: "
			 "'%s': %s",
			 cfg->state_dir, why);
}

void last_good_forget(struct ctx *cx, const struct config *cfg)
{
	STATE_AUTO at = { .fd = -1 };
	const char *why;

	if (!*cfg->state_dir)
		return;
	why = enter(&at, cfg, false);
	if (at.fd < 0 && errno == ENOENT)
		return;
	if (!why && unlinkat(at.fd, at.file, 0) < 0 && errno != ENOENT)
		why = strerror(errno);
	if (!why && fsync(at.fd) < 0)
		why = strerror(errno);
	if (why)
		diag_add(cx->diags, DIAG_LAST_GOOD, NULL,
			 "the table is gone, but the next start may bring it back: "
			 "'%s': %s",
			 cfg->state_dir, why);
}

const char *last_good_read(const struct config *cfg, const char *digest, struct buf *text,
			   struct timespec *applied)
{
	STATE_AUTO at = { .fd = -1 };
	const char *why;
	struct stat st;

	if (!*cfg->state_dir)
		return "no state directory";
	why = enter(&at, cfg, false);
	if (why)
		return why;

	FD_AUTO fd = open_kept(&at, &why);

	if (why)
		return why;
	if (!holds(fd, digest))
		return "it holds another ruleset";
	if (fstat(fd, &st) < 0)
		return strerror(errno);
	*applied = st.st_mtim;
	return text ? read_all(fd, text) : NULL;
}
