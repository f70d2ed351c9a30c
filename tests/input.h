/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * input - a reader for bytes in memory
 *
 * For unit tests and fuzzers.  The name decides what reader_open() sees: one that
 * ends in .json makes the bytes JSON.
 */
#ifndef NETPOLC_TEST_INPUT_H
#define NETPOLC_TEST_INPUT_H

#include <assert.h>
#include <netpolc/base/diag.h>
#include <netpolc/base/source.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/manifest/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct input {
	struct ctx cx;
	int fd; /* -1 for a file of somebody else's */
	struct source *src;
	struct reader *r;
};

static inline void input_open_path(struct input *in, const char *name, char *path)
{
	struct settings set = settings_default();

	ctx_init(&in->cx, &set);
	sources_expand(&in->cx.sources, in->cx.diags, &path, 1);
	in->src = source_open(&in->cx.sources, in->cx.diags, 0);
	if (!in->src)
		abort();
	in->cx.sources.at[0] = name;
	in->r = reader_open(&in->cx, in->src);
}

static inline void input_open(struct input *in, const char *name, const void *bytes,
			      size_t len)
{
	char path[64];

	in->fd = memfd_create("input", MFD_CLOEXEC);
	if (in->fd < 0 || write(in->fd, bytes, len) != (ssize_t)len)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", in->fd);
	input_open_path(in, name, path);
}

static inline void input_close(struct input *in)
{
	reader_close(in->r);
	source_close(in->src);
	if (in->fd >= 0)
		close(in->fd);
	ctx_free(&in->cx);
}

#endif
