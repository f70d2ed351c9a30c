/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What jansson accepts our scanner accepts, as the same values, and nothing else. */
#include "../json_tree.h"
#include "fuzz.h"

/* What only we take: a byte order mark, and --- between values. */
static bool is_ours_alone(const uint8_t *data, size_t size)
{
	return memmem(data, size, "---", 3) ||
	       (size >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool our_limit, their_limit;
	json_t *ours = our_trees(data, size, &our_limit);
	json_t *theirs = jansson_trees((const char *)data, size, &their_limit);

	if (!is_ours_alone(data, size) && !our_limit && !their_limit) {
		HOLDS(!ours == !theirs);
		HOLDS(!ours || json_equal(ours, theirs));
	}
	json_decref(ours);
	json_decref(theirs);
	return 0;
}
