/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's counters come in as text; whether one of them is zero goes out.
 */
#include <netpolc/node/forwarded.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_BYTES 4096
#define BLANKS	   " \n"

/* The word of a line that has so many before it, or NULL. */
static const char *word_at(char *line, size_t n)
{
	char *rest = line, *word;

	do
		word = strtok_r(NULL, BLANKS, &rest);
	while (word && n--);
	return word;
}

/* A line of names, then one of numbers: "Ip: Forwarding ..." */
static bool is_zero_in_table(FILE *file, const char *kind, const char *name)
{
	char names[LINE_BYTES], numbers[LINE_BYTES];

	while (fgets(names, sizeof(names), file) &&
	       fgets(numbers, sizeof(numbers), file)) {
		const char *word;
		size_t i = 0;

		if (strncmp(names, kind, strlen(kind)))
			continue;
		for (char *rest = names; (word = strtok_r(NULL, BLANKS, &rest)); i++)
			if (!strcmp(word, name))
				break;
		word = word ? word_at(numbers, i) : NULL;
		return word && !strcmp(word, "0");
	}
	return false;
}

/* A name and a number in each line. */
static bool is_zero_in_list(FILE *file, const char *name)
{
	char line[LINE_BYTES];

	while (fgets(line, sizeof(line), file))
		if (!strncmp(line, name, strlen(name)))
			return strtoul(line + strlen(name), NULL, 10) == 0;
	return false;
}

bool forwarded_any(enum family f)
{
	FILE *file = fopen(f == FAMILY_IPV4 ? "/proc/net/snmp" : "/proc/net/snmp6", "re");
	bool none;

	if (!file)
		return true;
	none = f == FAMILY_IPV4 ? is_zero_in_table(file, "Ip: ", "ForwDatagrams")
				: is_zero_in_list(file, "Ip6OutForwDatagrams ");
	fclose(file);
	return !none;
}
