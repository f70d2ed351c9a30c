/* SPDX-License-Identifier: GPL-2.0-or-later */
/* portgap: what one set has and another lacks, and how it reads. */
#include "helpers.h"

#include <netpolc/analysis/portgap.h>

#include <string.h>

#define NOTHING RANGES()
#define ALL	RANGES({ 0, PORT_MAX })

struct sample {
	bool no_packet, everything;
	struct ranges ports[PROTOCOLS];
};

static const struct {
	const char *what;
	struct sample x, y;
	bool allow_others;
	const char *text; /* NULL: no gap */
} cases[] = {
	{ "nothing and nothing",
	  { .ports = { NOTHING } },
	  { .ports = { NOTHING } },
	  false,
	  NULL },
	{ "a port more",
	  { .ports = { RANGES({ 80, 81 }) } },
	  { .ports = { RANGES({ 81, 81 }) } },
	  false,
	  "tcp 80" },
	{ "a port less",
	  { .ports = { RANGES({ 81, 81 }) } },
	  { .ports = { RANGES({ 80, 81 }) } },
	  false,
	  NULL },
	{ "two protocols",
	  { .ports = { RANGES({ 80, 80 }), RANGES({ 53, 53 }) } },
	  { .ports = { NOTHING } },
	  false,
	  "tcp 80; udp 53" },
	{ "everything",
	  { .everything = true },
	  { .ports = { NOTHING } },
	  false,
	  "everything" },
	{ "everything but a port",
	  { .everything = true },
	  { .ports = { NOTHING, RANGES({ 53, 53 }) } },
	  false,
	  "everything but udp 53" },
	{ "everything but one protocol's",
	  { .everything = true },
	  { .ports = { ALL } },
	  false,
	  "everything but tcp any" },
	{ "other protocols alone",
	  { .everything = true },
	  { .ports = { ALL, ALL, ALL } },
	  false,
	  "other protocols" },
	{ "other protocols and little else",
	  { .everything = true },
	  { .ports = { ALL, ALL, RANGES({ 1, PORT_MAX }) } },
	  false,
	  "sctp 0; other protocols" },
	{ "against everything",
	  { .ports = { ALL, ALL, ALL } },
	  { .everything = true },
	  false,
	  NULL },
	{ "other protocols pass anyway",
	  { .everything = true },
	  { .ports = { ALL, ALL, ALL } },
	  true,
	  NULL },
	{ "no packet at all",
	  { .ports = { NOTHING } },
	  { .no_packet = true },
	  true,
	  "other protocols" },
	{ "no packet at all, to ports",
	  { .ports = { RANGES({ 80, 80 }) } },
	  { .no_packet = true },
	  false,
	  "tcp 80" },
	{ "no packet at all, to everything",
	  { .everything = true },
	  { .no_packet = true },
	  false,
	  "everything" },
	{ "from no packet", { .no_packet = true }, { .ports = { NOTHING } }, true, NULL },
};

static const struct portset *set_of(struct portsets *all, const struct sample *s)
{
	if (s->no_packet)
		return NULL;
	return s->everything ? portset_everything(all) : portset_make(all, s->ports);
}

static void a_gap_is_what_is_missing(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct portsets *all = portsets_new(*state);
		struct portgaps *gaps = portgaps_new(*state, cases[i].allow_others);
		const struct portset *x = set_of(all, &cases[i].x);
		const struct portset *y = set_of(all, &cases[i].y);
		const struct portgap *gap = portgap_of(gaps, x, y);
		BUF_AUTO text = { 0 };

		if (!gap != !cases[i].text)
			fail_msg("%s: %s", cases[i].what, gap ? "a gap" : "no gap");
		assert_ptr_equal(portgap_of(gaps, x, y), gap);
		if (!gap)
			continue;
		portgap_print(&text, gap);
		if (strcmp(text.at, cases[i].text) != 0)
			fail_msg("%s: %s", cases[i].what, text.at);
	}
}

static const struct sample samples[] = {
	{ .ports = { RANGES({ 80, 81 }) } },
	{ .ports = { RANGES({ 81, 81 }) } },
	{ .ports = { RANGES({ 80, 80 }) } },
	{ .ports = { NOTHING } },
};

static void equal_gaps_are_one(void **state)
{
	struct portsets *all = portsets_new(*state);
	struct portgaps *gaps = portgaps_new(*state, false);
	const struct portset *set[ARRAY_SIZE(samples)];

	for (size_t i = 0; i < ARRAY_SIZE(samples); i++)
		set[i] = set_of(all, &samples[i]);
	assert_int_equal(portgap_of(gaps, set[0], set[1])->id, 0);
	assert_ptr_equal(portgap_of(gaps, set[0], set[1]),
			 portgap_of(gaps, set[2], set[3]));
	assert_int_equal(portgap_of(gaps, set[0], set[2])->id, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_gap_is_what_is_missing),
		TEST(equal_gaps_are_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
