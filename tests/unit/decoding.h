/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decoding - the objects that a text holds, for tests of decode
 *
 * One struct decoded is one run over bytes in memory, as YAML or JSON by their
 * look.  Its dump and its diagnostics are what tests compare.
 */
#ifndef NETPOLC_TEST_DECODING_H
#define NETPOLC_TEST_DECODING_H

#include "helpers.h"
#include <netpolc/base/buf.h>
#include <netpolc/manifest/cluster.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/manifest/validate.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct decoded {
	struct ctx cx;
	struct cluster *cluster;
	struct buf dump;
	const char *ids; /* "bad-port bad-cidr": of all warnings and errors, in order */
};

static inline const char *decoded_ids(struct decoded *dec)
{
	size_t n;
	const struct diag *const *diags = diag_sorted(dec->cx.diags, &n);
	const char *ids = "";

	for (size_t i = 0; i < n; i++)
		if (diags[i]->level >= DIAG_WARNING)
			ids = arena_printf(dec->cx.arena, "%s%s%s", ids, *ids ? " " : "",
					   diag_name(diags[i]->id));
	return ids;
}

static inline void decode_bytes(struct decoded *dec, const struct settings *set,
				const void *bytes, size_t len)
{
	struct settings defaults = settings_default();
	int fd = memfd_create("decoding", MFD_CLOEXEC);
	char path[64], *paths[] = { path };

	*dec = (struct decoded){ 0 };
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), (ssize_t)len);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	ctx_init(&dec->cx, set ? set : &defaults);
	dec->cluster = cluster_read(&dec->cx, paths, 1);
	close(fd);
	validate(&dec->cx, dec->cluster);
	buf_puts(&dec->dump, "");
	cluster_dump(&dec->dump, &dec->cx, dec->cluster);
	dec->ids = decoded_ids(dec);
}

static inline void decode_text(struct decoded *dec, const struct settings *set,
			       const char *text)
{
	decode_bytes(dec, set, text, strlen(text));
}

static inline void decoded_free(struct decoded *dec)
{
	buf_free(&dec->dump);
	ctx_free(&dec->cx);
}

#endif
