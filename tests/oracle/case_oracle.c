/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hand-written cases in, agreement out: every line of every expect.tsv is put to
 * the oracle and to the witnesses, so that cases and oracle check each other.
 *
 *   case_oracle CASES_DIRECTORY...
 */
#include "load.h"
#include "witness.h"
#include <dirent.h>
#include <netpolc/base/arena.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tally {
	size_t lines, testimonies, bad;
};

/* The options that cases use; a case with any other is a mistake. */
static bool apply_option(struct settings *set, const char *name, const char *value)
{
	if (!strcmp(name, "--namespace"))
		set->default_namespace = value;
	else if (!strcmp(name, "--node"))
		set->node = value;
	else if (!strcmp(name, "--family"))
		set->families[!strcmp(value, "4") ? FAMILY_IPV6 : FAMILY_IPV4] = false;
	else if (!strcmp(name, "--other-protocols"))
		set->allow_other_protocols = !strcmp(value, "allow");
	else if (!strcmp(name, "--on-invalid"))
		set->isolate_invalid = !strcmp(value, "isolate");
	else
		return false;
	return true;
}

static bool read_args(struct arena *a, const char *directory, struct settings *set)
{
	FILE *f = fopen(arena_printf(a, "%s/args", directory), "re");
	char name[64], value[64];
	bool good = true;

	*set = settings_default();
	if (!f)
		return true;
	while (good && fscanf(f, "%63s", name) == 1) {
		if (!strcmp(name, "--legacy"))
			set->legacy = true;
		else
			good = fscanf(f, "%63s", value) == 1 &&
			       apply_option(set, name, arena_printf(a, "%s", value));
	}
	fclose(f);
	return good;
}

static void compare(struct tally *t, const char *line, const char *who, bool says,
		    bool want)
{
	if (says == want)
		return;
	t->bad++;
	printf("%s says %s: %s\n", who, says ? "allow" : "deny", line);
}

static void ask_all(struct tally *t, const struct loaded_input *l,
		    const void *const prepared[], const char *line,
		    const struct model_probe *text, bool want)
{
	struct oracle_probe probe;

	if (!find_probe(l->cluster, text, &probe)) {
		t->bad++;
		printf("no such end: %s\n", line);
		return;
	}
	compare(t, line, "oracle", oracle_allows(l->cluster, &l->cx.set, &probe), want);
	for (size_t i = 0; witnesses[i]; i++) {
		const char *fault = NULL;
		enum testimony said =
			witnesses[i]->ask(prepared[i], l->cluster, &probe, &fault);

		if (fault) {
			t->bad++;
			printf("%s: %s: %s\n", witnesses[i]->name, fault, line);
		} else if (said != ABSTAINS) {
			t->testimonies++;
			compare(t, line, witnesses[i]->name, said == SAYS_ALLOW, want);
		}
	}
}

static void ask_line(struct tally *t, const struct loaded_input *l,
		     const void *const prepared[], char *line)
{
	char *whole, *rest = line, *column[5] = { 0 };
	struct model_probe text;

	line[strcspn(line, "\n")] = 0;
	whole = strdup(line);
	for (size_t i = 0; i < ARRAY_SIZE(column); i++)
		column[i] = strsep(&rest, "\t");
	t->lines++;
	if (!column[4]) {
		t->bad++;
		printf("too few columns: %s\n", whole);
	} else {
		text = (struct model_probe){ column[0], column[1], column[2],
					     (uint16_t)strtoul(column[3], NULL, 10) };
		ask_all(t, l, prepared, whole, &text, !strcmp(column[4], "allow"));
	}
	free(whole);
}

static void ask_lines(struct tally *t, struct loaded_input *l, FILE *expect)
{
	const void *prepared[WITNESSES];
	char *line = NULL;
	size_t size = 0;

	for (size_t i = 0; witnesses[i]; i++)
		prepared[i] = witnesses[i]->prepare(witnesses[i], &l->cx, l->cluster);
	while (getline(&line, &size, expect) > 0)
		if (line[0] != '#' && line[0] != '\n')
			ask_line(t, l, prepared, line);
	free(line);
}

static void run_case(struct tally *t, struct arena *a, const char *directory)
{
	FILE *expect = fopen(arena_printf(a, "%s/expect.tsv", directory), "re");
	char *input = arena_printf(a, "%s/manifests.yaml", directory);
	FILE *yaml = fopen(input, "re");
	struct settings set;
	struct loaded_input l;

	if (!yaml)
		input = arena_printf(a, "%s/manifests.json", directory);
	else
		fclose(yaml);
	if (!expect)
		return;
	if (!read_args(a, directory, &set)) {
		printf("%s: an option that is not known here\n", directory);
		t->bad++;
	} else {
		load_inputs(&l, &set, &input, 1);
		if (l.cluster) {
			ask_lines(t, &l, expect);
		} else {
			t->bad++;
			loaded_complain(&l);
		}
		loaded_free(&l);
	}
	fclose(expect);
}

static bool run_directory(struct tally *t, const char *directory)
{
	struct dirent **entries;
	int n = scandir(directory, &entries, NULL, alphasort);
	struct arena *a;

	if (n < 0) {
		fprintf(stderr, "%s: no directory of cases\n", directory);
		return false;
	}
	a = arena_new();
	for (int i = 0; i < n; i++) {
		if (entries[i]->d_name[0] != '.')
			run_case(t, a,
				 arena_printf(a, "%s/%s", directory, entries[i]->d_name));
		free(entries[i]);
	}
	free(entries);
	arena_free(a);
	return true;
}

int main(int argc, char *argv[])
{
	struct tally tally = { 0 };
	bool good = argc > 1;

	for (int i = 1; i < argc; i++)
		good = run_directory(&tally, argv[i]) && good;
	printf("%zu lines, %zu testimonies, %zu wrong\n", tally.lines, tally.testimonies,
	       tally.bad);
	return good && !tally.bad && tally.lines >= 300 ? 0 : 1;
}
