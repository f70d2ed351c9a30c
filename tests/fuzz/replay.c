/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * replay - files and directories in, each file given to a fuzz entry
 *
 * For builds without libFuzzer: the corpus is a test everywhere.
 */
#include "fuzz.h"
#include <fts.h>
#include <netpolc/base/buf.h>
#include <stdio.h>

static void replay(const char *path)
{
	BUF_AUTO bytes = { 0 };
	FILE *file = fopen(path, "rb");
	char block[4096];
	size_t got;

	if (!file) {
		perror(path);
		exit(1);
	}
	while ((got = fread(block, 1, sizeof(block), file)) > 0)
		buf_add(&bytes, block, got);
	fclose(file);
	printf("%s\n", path);
	fflush(stdout);
	LLVMFuzzerTestOneInput(bytes.at ? (uint8_t *)bytes.at : (const uint8_t *)"",
			       bytes.len);
}

int main(int argc, char **argv)
{
	FTS *tree = fts_open(argv + 1, FTS_LOGICAL | FTS_NOCHDIR, NULL);
	size_t files = 0;
	FTSENT *entry;

	while (tree && (entry = fts_read(tree)))
		if (entry->fts_info == FTS_F) {
			replay(entry->fts_path);
			files++;
		}
	if (tree)
		fts_close(tree);
	if (argc < 2 || files == 0) {
		fprintf(stderr, "usage: %s FILE|DIRECTORY...\n", argv[0]);
		return 1;
	}
	return 0;
}
