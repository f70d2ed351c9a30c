/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: a file; out: what it says is loaded, or that it is not to be believed.
 *
 * The idea: a header of fixed size says for which namespace, generation and ruleset
 * the body stands, so that in most runs the body is never read.  The file is made
 * anew under another name and renamed, so it is whole or not there.
 */
#include <netpolc/nft/cache.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/hashset.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BOOT_ID "/proc/sys/kernel/random/boot_id"

struct header {
	char magic[8];
	uint32_t layout, generation;
	uint64_t space; /* network namespace */
	char boot[40];
	char table[RULESET_NAME + 1];
	struct digest_hex digest;
	uint64_t len, hash; /* of the body */
	uint64_t own_hash;  /* of what stands before it */
};

static const char magic[8] = "npolc-1";

static uint64_t header_hash(const struct header *h)
{
	return hash_bytes(h, offsetof(struct header, own_hash), 0);
}

static void read_boot_id(char out[40])
{
	int fd = open(BOOT_ID, O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && read(fd, out, 39) < 0)
		out[0] = '\0';
	if (fd >= 0)
		close(fd);
}

/* What the header of a file must say to be about what is loaded now; the rest is 0. */
static int expected(const char *table, struct header *out)
{
	struct arena *scratch = arena_new();
	struct table_reader *l;
	int err = loaded_open(&l, scratch);

	memset(out, 0, sizeof(*out));
	memcpy(out->magic, magic, sizeof(magic));
	out->layout = RULESET_LAYOUT;
	snprintf(out->table, sizeof(out->table), "%s", table);
	read_boot_id(out->boot);
	if (!err)
		err = loaded_namespace(l, &out->space);
	if (!err)
		err = loaded_generation(l, &out->generation);
	loaded_close(l);
	arena_free(scratch);
	return err;
}

static bool is_expected(const struct header *have, const struct header *want)
{
	return have->own_hash == header_hash(have) &&
	       memcmp(have, want, offsetof(struct header, digest)) == 0 &&
	       have->digest.at[sizeof(have->digest.at) - 1] == '\0';
}

/* ---- files ---- */

/* Nobody but us may have written it. */
static bool is_private(int fd, mode_t type)
{
	struct stat st;

	return fstat(fd, &st) == 0 && (st.st_mode & S_IFMT) == type &&
	       st.st_uid == geteuid() && !(st.st_mode & (S_IWGRP | S_IWOTH));
}

static int open_directory(const char *dir)
{
	int fd = open(dir, O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (is_private(fd, S_IFDIR))
		return fd;
	close(fd);
	return -EPERM;
}

static int open_file(const char *dir, const char *table)
{
	int at = open_directory(dir), fd;
	char name[NAME_MAX];

	if (at < 0)
		return at;
	snprintf(name, sizeof(name), "%s.cache", table);
	fd = openat(at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	close(at);
	if (fd < 0)
		return -errno;
	if (is_private(fd, S_IFREG))
		return fd;
	close(fd);
	return -EPERM;
}

static bool read_all(int fd, void *to, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = read(fd, (char *)to + done, len - done);

		if (n <= 0 && !(n < 0 && errno == EINTR))
			return false;
		done += n > 0 ? (size_t)n : 0;
	}
	return true;
}

/* The bytes behind the header, if these and no others are there. */
static uint8_t *read_body(struct arena *a, int fd, const struct header *h)
{
	struct stat st;
	uint8_t *body;

	if (fstat(fd, &st) < 0 || (uint64_t)st.st_size != sizeof(*h) + h->len)
		return NULL;
	body = arena_alloc(a, h->len + 1);
	if (!read_all(fd, body, h->len) || hash_bytes(body, h->len, 0) != h->hash)
		return NULL;
	return body;
}

static int write_file(int at, const char *name, const struct header *h,
		      const struct buf *body)
{
	int fd = openat(at, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	struct buf head = { 0 };
	int err;

	if (fd < 0)
		return -errno;
	buf_add(&head, h, sizeof(*h));
	err = buf_write(&head, fd);
	if (!err)
		err = buf_write(body, fd);
	if (close(fd) < 0 && !err)
		err = -errno;
	buf_free(&head);
	return err;
}

/* Under a name of its own first, which a process that was killed may have left. */
static int replace_file(int at, const char *table, const struct header *h,
			const struct buf *body)
{
	char name[NAME_MAX], fresh[NAME_MAX];
	int err;

	snprintf(name, sizeof(name), "%s.cache", table);
	snprintf(fresh, sizeof(fresh), "%s.cache-new", table);
	unlinkat(at, fresh, 0);
	err = write_file(at, fresh, h, body);
	if (!err && renameat(at, fresh, at, name) < 0)
		err = -errno;
	if (err) {
		unlinkat(at, fresh, 0);
		unlinkat(at, name, 0);
	}
	return err;
}

/* ---- public ---- */

int cache_store(const char *dir, const struct ruleset *rs, uint32_t generation)
{
	struct header h;
	struct buf body = { 0 };
	int err = expected(rs->table, &h), at;

	if (err)
		return err;
	if (h.generation != generation || ruleset_elements(rs) > CACHE_ELEMENTS)
		return 0;
	if (mkdir(dir, 0700) < 0 && errno != EEXIST)
		return -errno;
	at = open_directory(dir);
	if (at < 0)
		return at;
	cache_body_put(&body, rs);
	h.digest = rs->digest;
	h.len = body.len;
	h.hash = hash_bytes(body.at, body.len, 0);
	h.own_hash = header_hash(&h);
	err = replace_file(at, rs->table, &h, &body);
	buf_free(&body);
	close(at);
	return err;
}

struct cache *cache_open(struct arena *a, const char *dir, const char *table, bool whole)
{
	struct cache *c = ARENA_NEW(a, struct cache);
	int fd = dir ? open_file(dir, table) : -ENOENT;
	struct header have, want;
	const uint8_t *body;
	bool good;

	if (fd < 0)
		return NULL;
	good = read_all(fd, &have, sizeof(have)) && !expected(table, &want) &&
	       is_expected(&have, &want);
	if (good && whole) {
		body = read_body(a, fd, &have);
		good = body && cache_body_get(a, body, have.len, c);
	}
	close(fd);
	c->generation = have.generation;
	c->digest = have.digest;
	return good ? c : NULL;
}
