/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A ruleset that is in force and the objects that it is made of come in, files that
 * outlive the machine's next stop go out, and the other way round.
 *
 * The first line of each file names the digest of the ruleset, so that line tells
 * whether the file has to be written at all.
 */
#include <netpolc/enforce/last_good.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/diag.h>
#include <netpolc/base/json_out.h>
#include <netpolc/base/private_file.h>
#include <netpolc/manifest/write.h>
#include <netpolc/nft/text.h>
#include <netpolc/run/pipeline.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_BYTES  64 /* a table's name has 31 at most */
#define HEAD_BYTES  4096
#define CHUNK_BYTES (64 * 1024)
#define DIGEST_LEN  (sizeof(struct digest_hex) - 1)

struct file_name {
	char at[NAME_BYTES];
};

static struct file_name name_of(const struct config *cfg, const char *suffix)
{
	struct file_name name;

	snprintf(name.at, sizeof(name.at), "%s.%s", cfg->lower.table, suffix);
	return name;
}

static struct file_name ruleset_name(const struct config *cfg)
{
	return name_of(cfg, "nft");
}

static struct file_name objects_name(const struct config *cfg)
{
	return name_of(cfg, "json");
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

/* What manifests were taken to mean, as far as that is not the usual. */
static void put_settings(struct buf *out, const struct settings *set)
{
	if (set->node)
		buf_printf(out, " --node %s", set->node);
	if (set->legacy)
		buf_puts(out, " --legacy");
	if (set->allow_other_protocols)
		buf_puts(out, " --other-protocols allow");
	for (enum family f = 0; f < FAMILIES; f++)
		if (!set->families[f])
			buf_printf(out, " without %s", family_name(f));
	if (set->deny_unknown)
		buf_puts(out, " --unknown-pods deny");
	for (size_t i = 0; i < set->npod_cidrs; i++) {
		buf_puts(out, " --pod-cidr ");
		prefix_print(out, set->pod_cidrs[i]);
	}
}

/* What the objects' file says of itself: by which options which ruleset was made of
 * them. */
static void put_note(struct buf *out, const char *digest, const struct settings *set)
{
	put_digest(out, digest);
	put_settings(out, set);
}

/* ---- keeping ---- */

static const char *keep_ruleset(int dir, const struct config *cfg,
				const struct ruleset *rs)
{
	const struct file_name name = ruleset_name(cfg);
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
	const struct file_name name = objects_name(cfg);
	BUF_AUTO note = { 0 };
	BUF_AUTO quoted = { 0 };
	BUF_AUTO text = { 0 };

	put_note(&note, rs->digest.at, &cfg->set);
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
	const struct file_name ruleset = ruleset_name(cfg), objects = objects_name(cfg);
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

/* Opens the kept file, if its first line has the text. */
static const char *open_kept(const struct config *cfg, struct file_name name,
			     const char *text, int *fd)
{
	FD_AUTO dir = -1;
	const char *why;

	if (!*cfg->state_dir)
		return "no state directory";
	why = private_dir_open(cfg->state_dir, false, &dir);
	if (!why)
		why = private_file_open(dir, name.at, fd);
	if (!why && !holds(*fd, text))
		why = "it holds another ruleset";
	return why;
}

const char *last_good_read(const struct config *cfg, const char *digest, struct buf *text,
			   struct timespec *applied)
{
	BUF_AUTO wanted = { 0 };
	FD_AUTO fd = -1;
	const char *why;
	struct stat st;

	put_digest(&wanted, digest);
	why = open_kept(cfg, ruleset_name(cfg), wanted.at, &fd);
	if (why)
		return why;
	if (fstat(fd, &st) < 0)
		return strerror(errno);
	*applied = st.st_mtim;
	return text ? read_all(fd, text) : NULL;
}

/* Reads the file as it is meant: what is invalid in it was contained when it was
 * applied, too. */
static const struct cluster *read_objects(struct ctx *cx, const struct config *cfg,
					  char *path)
{
	const struct settings settings = cx->set;
	const struct cluster *cl;

	cx->set.isolate_invalid = true;
	cx->set.strict = cx->set.pitfalls = false;
	cx->set.nexcludes = 0;
	cl = pipeline_read_from(cx, cfg, &path, 1);
	cx->set = settings;
	return cl;
}

const struct cluster *last_good_objects(struct ctx *cx, const struct config *cfg,
					const char *digest, const char **why)
{
	const struct file_name name = objects_name(cfg);
	BUF_AUTO ruleset = { 0 };
	BUF_AUTO quoted = { 0 };
	BUF_AUTO note = { 0 };
	FD_AUTO fd = -1;
	const struct cluster *cl = NULL;
	char *path;

	put_digest(&ruleset, digest);
	put_note(&note, digest, &cx->set);
	json_quote(&quoted, note.at);
	path = arena_printf(cx->arena, "%s/%s", cfg->state_dir, name.at);
	*why = open_kept(cfg, name, ruleset.at, &fd);
	if (!*why && !holds(fd, quoted.at))
		*why = "what it holds was applied with other options";
	if (!*why)
		cl = read_objects(cx, cfg, path);
	if (!*why && !cl)
		*why = "it cannot be read";
	if (*why && *cfg->state_dir)
		*why = arena_printf(cx->arena, "'%s': %s", path, *why);
	return cl;
}
