/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A ruleset that is in force and the objects that it is made of come in, files that
 * outlive the machine's next stop go out, and the other way round.
 *
 * The first line of each file names the digest of the ruleset, so that line tells
 * whether the file has to be written at all.
 *
 * Writing megabytes takes longer than the change that they are written for, and what is
 * to be written is known before: so a copy of the process does it meanwhile, beside the
 * files, and what is left is to put it in their place.  Nothing depends on the
 * copy: whatever it has not done is done then.
 */
#include <netpolc/enforce/last_good.h>

#include <netpolc/base/detached.h>
#include <netpolc/base/diag.h>
#include <netpolc/base/json_out.h>
#include <netpolc/base/private_file.h>
#include <netpolc/manifest/fingerprint.h>
#include <netpolc/manifest/write.h>
#include <netpolc/nft/text.h>

#include <errno.h>
#include <fcntl.h>
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

enum kept_file { RULESET, OBJECTS, FILES };

static const struct {
	const char *suffix, *unkept;
} kinds[FILES] = {
	[RULESET] = { "nft", "it is not kept for the next start" },
	[OBJECTS] = { "json", "what it was made of is not kept" },
};

struct file_name {
	char at[NAME_BYTES];
};

static struct file_name name_of(const struct config *cfg, enum kept_file f)
{
	struct file_name name;

	snprintf(name.at, sizeof(name.at), "%s.%s", cfg->lower.table, kinds[f].suffix);
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

/* Whether the file need not be written. */
static bool is_kept(int dir, const char *name, const char *mark)
{
	FD_AUTO fd = -1;

	return !private_file_open(dir, name, &fd) && holds(fd, mark);
}

/* Now is its time, unless the file system has become a read-only one. */
static void touch(int dir, const char *name)
{
	utimensat(dir, name, NULL, AT_SYMLINK_NOFOLLOW);
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

/* What tells one such file from another: what its first line has, and, of the objects,
 * what goes into its quotes. */
struct mark {
	struct buf note, at;
};

static void mark_free(struct mark *m)
{
	buf_free(&m->note);
	buf_free(&m->at);
}

#define MARK_AUTO __attribute__((cleanup(mark_free))) struct mark

static struct mark mark_of(const struct last_good *lg, enum kept_file f)
{
	struct mark m = { 0 };

	if (f == RULESET) {
		put_digest(&m.at, lg->rs->digest.at);
		return m;
	}
	put_note(&m.note, lg->rs->digest.at, &lg->cfg->set);
	buf_printf(&m.note, "%016" PRIx64 "%s", cluster_fingerprint(lg->cl),
		   lg->cfg->lower.audit ? AUDIT : "");
	json_quote(&m.at, m.note.at);
	return m;
}

static void print(struct buf *out, const struct last_good *lg, enum kept_file f,
		  const struct mark *m)
{
	if (f == RULESET)
		text_print(out, lg->rs, NULL);
	else
		cluster_write(out, lg->cl, m->note.at);
}

/* ---- writing ---- */

/* What stands beside the files, unless another process is writing there. */
static void drop_all(int dir, const struct config *cfg)
{
	bool ours = !private_dir_take(dir);

	for (enum kept_file f = 0; ours && f < FILES; f++)
		private_file_drop(dir, name_of(cfg, f).at);
}

/* Writes the file beside, unless it is kept already: then *fd is -1. */
static const char *write_beside(const struct last_good *lg, int dir, enum kept_file f,
				struct buf *text, int *fd)
{
	const struct file_name name = name_of(lg->cfg, f);
	MARK_AUTO mark = mark_of(lg, f);
	const char *why;

	*fd = -1;
	if (is_kept(dir, name.at, mark.at.at))
		return NULL;
	why = private_dir_take(dir);
	if (why)
		return why;
	text->len = 0;
	print(text, lg, f, &mark);
	return private_file_write(dir, name.at, text, fd);
}

/* ---- ahead, in the copy ---- */

/* Which files are written, and wait to be put in their place. */
struct ahead {
	bool has[FILES];
};

static void write_all_beside(const struct last_good *lg, int dir, struct ahead *ahead)
{
	struct buf text = { 0 }; /* for both: fresh memory costs as much as printing */
	const char *why = NULL;
	int fds[FILES];

	for (enum kept_file f = 0; f < FILES; f++) {
		why = why ? why : write_beside(lg, dir, f, &text, &fds[f]);
		ahead->has[f] = !why && fds[f] >= 0;
	}
	for (enum kept_file f = 0; f < FILES; f++)
		ahead->has[f] = ahead->has[f] && !private_sync(fds[f]);
}

/* Ends there.  The directory is handed over as it was taken. */
static void be_copy(const struct last_good *lg)
{
	struct ahead ahead = { 0 };
	int dir;

	if (!private_dir_open(lg->cfg->state_dir, true, &dir)) {
		write_all_beside(lg, dir, &ahead);
		if (!detached_say_with(lg->line, &ahead, sizeof(ahead), dir))
			drop_all(dir, lg->cfg);
	}
	_exit(0);
}

/* Also where it has not said anything; then *dir is -1. */
static void hear_copy(const struct last_good *lg, struct ahead *ahead, int *dir)
{
	*dir = -1;
	if (!lg->copy || !detached_hear_with(lg->line, ahead, sizeof(*ahead), dir))
		*ahead = (struct ahead){ 0 };
}

static void end_copy(struct last_good *lg)
{
	if (lg->copy)
		detached_wait(lg->copy, lg->line);
	lg->copy = 0;
}

/* ---- keeping ---- */

static const char *write_now(const struct last_good *lg, int dir, enum kept_file f,
			     bool *changed)
{
	const struct file_name name = name_of(lg->cfg, f);
	BUF_AUTO text = { 0 };
	FD_AUTO fd = -1;
	const char *why = write_beside(lg, dir, f, &text, &fd);

	if (!why && fd < 0) {
		touch(dir, name.at);
		return NULL;
	}
	if (!why)
		why = private_sync(fd);
	if (!why)
		why = private_file_put(dir, name.at);
	*changed |= !why;
	return why;
}

/* *f: which one cannot be kept. */
static const char *keep_all(const struct last_good *lg, int dir,
			    const struct ahead *ahead, enum kept_file *f)
{
	const char *why = NULL;
	bool changed = false;

	for (*f = 0; !why && *f < FILES; ++*f) {
		if (ahead->has[*f] && !private_file_put(dir, name_of(lg->cfg, *f).at))
			changed = true;
		else
			why = write_now(lg, dir, *f, &changed);
	}
	--*f;
	if (!why && changed)
		why = private_sync(dir);
	return why;
}

/* ---- what others call ---- */

bool last_good_ahead(struct last_good *lg)
{
	if (!*lg->cfg->state_dir)
		return false;
	lg->copy = detached_begin(&lg->line);
	if (!lg->copy)
		be_copy(lg);
	if (lg->copy < 0)
		lg->copy = 0;
	return lg->copy;
}

void last_good_keep(struct last_good *lg)
{
	enum kept_file f = RULESET;
	const char *why = NULL;
	struct ahead ahead;
	FD_AUTO dir = -1;

	if (!*lg->cfg->state_dir)
		return;
	hear_copy(lg, &ahead, &dir);
	if (dir < 0)
		why = private_dir_open(lg->cfg->state_dir, true, &dir);
	if (!why) {
		why = keep_all(lg, dir, &ahead, &f);
		/* Also what a run has left that was killed. */
		drop_all(dir, lg->cfg);
	}
	if (why)
		diag_add(lg->cx->diags, DIAG_LAST_GOOD, NULL,
			 "the ruleset is in force, but %s: '%s': %s", kinds[f].unkept,
			 lg->cfg->state_dir, why);
	end_copy(lg);
}

void last_good_drop(struct last_good *lg)
{
	struct ahead ahead;
	FD_AUTO dir = -1;

	if (!lg->copy)
		return;
	hear_copy(lg, &ahead, &dir);
	if (dir >= 0 || !private_dir_open(lg->cfg->state_dir, false, &dir))
		drop_all(dir, lg->cfg);
	end_copy(lg);
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
		drop_all(dir, cfg);
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
static const char *open_kept(const struct config *cfg, enum kept_file f,
			     const char *digest, int *fd)
{
	const struct file_name name = name_of(cfg, f);
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
