/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a test file: they are refused, or each assertion in them is whole. */
#include "fuzz.h"

#include <netpolc/base/diag.h>
#include <netpolc/manifest/assertions.h>
#include <netpolc/manifest/ctx.h>

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static void check_end(const struct assertion_end *end)
{
	HOLDS(end->text || (end->space && end->pods));
	HOLDS(end->origin.path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct settings set = settings_default();
	struct assertions all = { .len = 0 };
	int fd = memfd_create("tests", MFD_CLOEXEC);
	char path[32];
	uint32_t file;
	struct ctx cx;

	HOLDS(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	ctx_init(&cx, &set);
	file = sources_add(&cx.sources, path);
	assertions_read(&cx, &file, 1, &all);
	HOLDS(all.len || diag_failed(cx.diags));
	for (size_t i = 0; i < all.len; i++) {
		HOLDS(all.at[i].name && all.at[i].nports && all.at[i].ports[0].port.text);
		check_end(&all.at[i].from);
		check_end(&all.at[i].to);
	}
	ctx_free(&cx);
	close(fd);
	return 0;
}
