/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A ruleset that is in force and the objects that it is made of come in, files that
 * outlive the machine's next stop go out, and the other way round.
 *
 * The first line of each file names the digest of the ruleset, so that line tells
 * whether the file has to be written at all.
 */
#include <netpolc/enforce/last_good.h>

#include <netpolc/base/diag.h>
#include <netpolc/base/json_out.h>
#include <netpolc/base/private_file.h>
#include <netpolc/manifest/fingerprint.h>
#include <netpolc/manifest/write.h>
#include <netpolc/nft/text.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_BYTES  64 /* a table's name has 31 at most */
#define HEAD_BYTES  4096
#define CHUNK_BYTES (64 * 1024)
#define AUDIT	    "; audit"
#define DIGEST_LEN  (sizeof(struct digest_hex) - 1)

#define RULESET "nft"
#define OBJECTS "json"

struct file_name {
	char at[NAME_BYTES];
};

static struct file_name name_of(const struct config *cfg, const char *suffix)
{
	struct file_name name;

	snprintf(name.at, sizeof(name.at), "%s.%s", cfg->lower.table, suffix);
	return name;
}

/* Whether the file's first line has the text. */
static bool holds(int fd, const char *text)
{
	char head[HEAD_BYTES + 1];
	ssize_t len = pread(fd, head, HEAD_BYTES, 0);

	if (len <= 0)
		return false;
	head[len] = '\0';
	head[strcspn(head, "\n")] = '\0';
	return strstr(head, text);
}

static const char *read_all(int fd, struct buf *text)
{
	char chunk[CHUNK_BYTES];
	ssize_t len;

	while ((len = read(fd, chunk, sizeof(chunk))) > 0)
		buf_add(text, chunk, (size_t)len);
	return len < 0 ? strerror(errno) : NULL;
}

/* True when the file's first line has the text; then now is its time, unless the file
 * system has become a read-only one. */
static bool touch(int dir, const char *name, const char *text)
{
	FD_AUTO fd = -1;
	bool same = !private_file_open(dir, name, &fd) && holds(fd, text);

	if (same)
		futimens(fd, NULL);
	return same;
}

/* ---- what the files begin with ---- */

static void put_digest(struct buf *out, const char *digest)
{
	buf_printf(out, "digest %.*s", (int)DIGEST_LEN, digest);
}

/* What the objects' file says of itself: which ruleset was made of them by which
 * options; and with the objects, which they are. */
static void put_note(struct buf *out, const char *digest, const struct settings *set)
{
	put_digest(out, digest);
	settings_print(out, set);
	buf_puts(out, "; objects ");
}

/* How what is in quotes in the file begins. */
static void put_beginning(struct buf *out, const struct buf *note)
{
	json_quote(out, note->at);
	out->at[--out->len] = '\0';
}

/* ---- keeping ---- */

static const char *keep_ruleset(int dir, const struct config *cfg,
				const struct ruleset *rs)
{
	const struct file_name name = name_of(cfg, RULESET);
	BUF_AUTO digest = { 0 };
	BUF_AUTO text = { 0 };

	put_digest(&digest, rs->digest.at);
	if (touch(dir, name.at, digest.at))
		return NULL;
	text_print(&text, rs, NULL);
	return private_file_replace(dir, name.at, &text);
}

static const char *keep_objects(int dir, const struct config *cfg,
				const struct ruleset *rs, const struct cluster *cl)
{
	const struct file_name name = name_of(cfg, OBJECTS);
	BUF_AUTO note = { 0 };
	BUF_AUTO quoted = { 0 };
	BUF_AUTO text = { 0 };

	put_note(&note, rs->digest.at, &cfg->set);
	buf_printf(&note, "%016" PRIx64 "%s", cluster_fingerprint(cl),
		   cfg->lower.audit ? AUDIT : "");
	json_quote(&quoted, note.at);
	if (touch(dir, name.at, quoted.at))
		return NULL;
	cluster_write(&text, cl, note.at);
	return private_file_replace(dir, name.at, &text);
}

/* ---- what others call ---- */

void last_good_keep(struct ctx *cx, const struct config *cfg, const struct ruleset *rs,
		    const struct cluster *cl)
{
	const char *what = "it is not kept for the next start";
	FD_AUTO dir = -1;
	const char *why;

	if (!*cfg->state_dir)
		return;
	why = private_dir_open(cfg->state_dir, true, &dir);
	if (!why)
		why = keep_ruleset(dir, cfg, rs);
	if (!why) {
		what = "what it was made of is not kept";
		why = keep_objects(dir, cfg, rs, cl);
	}
	if (why)
		diag_add(cx->diags, DIAG_LAST_GOOD, NULL,
			 "the ruleset is in force, but %s: '%s': %s", what,
			 cfg->state_dir, why);
}

void last_good_forget(struct ctx *cx, const struct config *cfg)
{
	const struct file_name ruleset = name_of(cfg, RULESET);
	const struct file_name objects = name_of(cfg, OBJECTS);
	FD_AUTO dir = -1;
	const char *why;

	if (!*cfg->state_dir)
		return;
	why = private_dir_open(cfg->state_dir, false, &dir);
	if (why && errno == ENOENT)
		return;
	if (!why)
		why = private_file_remove(dir, ruleset.at);
	if (!why)
		why = private_file_remove(dir, objects.at);
	if (why)
		diag_add(cx->diags, DIAG_LAST_GOOD, NULL,
			 "the table is gone, but the next start may bring it back: "
			 "'%s': %s",
			 cfg->state_dir, why);
}

/* Opens the kept file of the ruleset of that digest. */
static const char *open_kept(const struct config *cfg, const char *suffix,
			     const char *digest, int *fd)
{
	const struct file_name name = name_of(cfg, suffix);
	BUF_AUTO wanted = { 0 };
	FD_AUTO dir = -1;
	const char *why;

	if (!*cfg->state_dir)
		return "no state directory";
	if (strlen(digest) != DIGEST_LEN)
		return "the table does not say what was applied";
	put_digest(&wanted, digest);
	why = private_dir_open(cfg->state_dir, false, &dir);
	if (!why)
		why = private_file_open(dir, name.at, fd);
	if (!why && !holds(*fd, wanted.at))
		why = "it holds another ruleset";
	return why;
}

const char *last_good_read(const struct config *cfg, const char *digest, struct buf *text,
			   struct timespec *applied)
{
	FD_AUTO fd = -1;
	const char *why = open_kept(cfg, RULESET, digest, &fd);
	struct stat st;

	if (why)
		return why;
	if (fstat(fd, &st) < 0)
		return strerror(errno);
	*applied = st.st_mtim;
	return text ? read_all(fd, text) : NULL;
}

const char *last_good_objects(const struct config *cfg, const char *digest,
			      struct buf *path, int *fd, bool *audit)
{
	const char *why = open_kept(cfg, OBJECTS, digest, fd);
	BUF_AUTO beginning = { 0 };
	BUF_AUTO note = { 0 };

	if (*cfg->state_dir)
		buf_printf(path, "%s/%s", cfg->state_dir, name_of(cfg, OBJECTS).at);
	put_note(&note, digest, &cfg->set);
	put_beginning(&beginning, &note);
	if (!why && !holds(*fd, beginning.at))
		why = "what it holds was applied with other options";
	*audit = !why && holds(*fd, AUDIT "\"");
	return why;
}
