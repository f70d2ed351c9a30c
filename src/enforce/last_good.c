/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A ruleset that is in force comes in, a file that outlives the machine's next stop
 * goes out, and the other way round.
 *
 * The first line of the file names the digest of all that follows, so that line
 * tells whether the file has to be written at all.
 */
#include <netpolc/enforce/last_good.h>

#include <netpolc/base/private_file.h>
#include <netpolc/nft/text.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_BYTES  64 /* a table's name has 31 at most */
#define HEAD_BYTES  160
#define CHUNK_BYTES (64 * 1024)
#define DIGEST_MARK ", digest "
#define DIGEST_LEN  (sizeof(struct digest_hex) - 1)

struct file_name {
	char at[NAME_BYTES];
};

static struct file_name name_of(const struct config *cfg)
{
	struct file_name name;

	snprintf(name.at, sizeof(name.at), "%s.nft", cfg->lower.table);
	return name;
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

/* True when the file holds rs already; then now is its time, unless the file system
 * has become a read-only one. */
static bool touch(int dir, const char *name, const struct ruleset *rs)
{
	FD_AUTO fd = -1;
	bool same = !private_file_open(dir, name, &fd) && holds(fd, rs->digest.at);

	if (same)
		futimens(fd, NULL);
	return same;
}

/* ---- what others call ---- */

void last_good_keep(struct ctx *cx, const struct config *cfg, const struct ruleset *rs)
{
	const struct file_name name = name_of(cfg);
	BUF_AUTO text = { 0 };
	FD_AUTO dir = -1;
	const char *why;

	if (!*cfg->state_dir)
		return;
	why = private_dir_open(cfg->state_dir, true, &dir);
	if (!why && !touch(dir, name.at, rs)) {
		text_print(&text, rs, NULL);
		why = private_file_replace(dir, name.at, &text);
	}
	if (why)
		diag_add(cx->diags, DIAG_LAST_GOOD, NULL,
			 "the ruleset is in force, but not kept for the next start: "
			 "'%s': %s",
			 cfg->state_dir, why);
}

void last_good_forget(struct ctx *cx, const struct config *cfg)
{
	const struct file_name name = name_of(cfg);
	FD_AUTO dir = -1;
	const char *why;

	if (!*cfg->state_dir)
		return;
	why = private_dir_open(cfg->state_dir, false, &dir);
	if (why && errno == ENOENT)
		return;
	if (!why)
		why = private_file_remove(dir, name.at);
	if (why)
		diag_add(cx->diags, DIAG_LAST_GOOD, NULL,
			 "the table is gone, but the next start may bring it back: "
			 "'%s': %s",
			 cfg->state_dir, why);
}

const char *last_good_read(const struct config *cfg, const char *digest, struct buf *text,
			   struct timespec *applied)
{
	const struct file_name name = name_of(cfg);
	FD_AUTO dir = -1;
	FD_AUTO fd = -1;
	const char *why;
	struct stat st;

	if (!*cfg->state_dir)
		return "no state directory";
	why = private_dir_open(cfg->state_dir, false, &dir);
	if (!why)
		why = private_file_open(dir, name.at, &fd);
	if (why)
		return why;
	if (!holds(fd, digest))
		return "it holds another ruleset";
	if (fstat(fd, &st) < 0)
		return strerror(errno);
	*applied = st.st_mtim;
	return text ? read_all(fd, text) : NULL;
}
