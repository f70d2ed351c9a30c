/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plain scalar has one type, and a value that fits that type. */
#include "fuzz.h"
#include <netpolc/manifest/scalar.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = memcpy(calloc(1, size + 1), data, size);
	enum scalar_type type = scalar_type(SCALAR_PLAIN, text, size);
	int64_t value = 0;
	bool integer = scalar_integer(text, size, &value);

	HOLDS(scalar_type_name(type) != NULL);
	HOLDS(type == TYPE_BOOL || !scalar_bool(text, size));
	if (type == TYPE_FLOAT || type == TYPE_BOOL || type == TYPE_NULL)
		HOLDS(!integer);
	if (integer && size < 20 && strspn(text, "123456789") == size)
		HOLDS(type == TYPE_INTEGER && value == strtoll(text, NULL, 10));
	free(text);
	return 0;
}
