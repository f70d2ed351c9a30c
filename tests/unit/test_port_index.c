/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * port_index and pod_set: which pods have a port name, and what sets of pods share.
 */
#include "manifests.h"

#include <netpolc/policy/pod_set.h>
#include <netpolc/policy/port_index.h>

/* ---- port names ---- */

#define PORTS_OF(ports)	  "containers: [{name: c, ports: [" ports "]}]"
#define UDP(name, number) "{name: " name ", containerPort: " number ", protocol: UDP}"

/* Ids 0 to 8; the last three are no pods that selectors can match. */
static const char pods[] = POD_PORTS(
	"a", "p0", "", "10.0.0.1",
	PORT("http", "80")) POD_PORTS("a", "p1", "", "10.0.0.2",
				      PORT("http", "81") ", " UDP("dns", "53"))
	POD_PORTS("a", "p2", "", "10.0.0.3", UDP("http", "80")) POD_SPEC(
		"a", "p3", "",
		"containers: [{name: c, ports: [" PORT(
			"many", "1") "]}, "
				     "{name: d, ports: [" PORT("many", "2") ", " UDP(
					     "many", "1") "]}, "
							  "{name: e, ports: [" PORT(
								  "many", "3") "]}]",
		"podIP: 10.0.0.4") POD("a", "p4", "",
				       "10.0.0.5") POD_PORTS("b", "p5", "", "10.0.0.6",
							     PORT("http", "9") ", " PORT(
								     "many", "9"))
		POD_SPEC("b", "p6", "",
			 "hostNetwork: true, " PORTS_OF(PORT("http", "80")),
			 "podIP: 10.9.0.1")
			POD_SPEC("b", "p7", "",
				 PORTS_OF(PORT("http", "80") ", " PORT("over", "80")),
				 "phase: Succeeded")
				POD_PORTS("b", "p8", "", "10.0.0.9",
					  PORT("http", "80") ", " PORT("bad", "80"));

static const struct {
	const char *what, *name;
	enum protocol protocol;
	const char *want; /* ids as digits; NULL: no entry */
} cases[] = {
	{ "pods of all namespaces, ascending", "http", PROTO_TCP, "015" },
	{ "another protocol is another name", "http", PROTO_UDP, "2" },
	{ "and one that nobody uses", "http", PROTO_SCTP, NULL },
	{ "the second port of a pod", "dns", PROTO_UDP, "1" },
	{ "not with its first one's protocol", "dns", PROTO_TCP, NULL },
	{ "three numbers in three containers are one pod", "many", PROTO_TCP, "35" },
	{ "between them another protocol", "many", PROTO_UDP, "3" },
	{ "a name that only a finished pod has", "over", PROTO_TCP, NULL },
	{ "a name that only a contained pod has", "bad", PROTO_TCP, NULL },
	{ "a name that no pod has", "none", PROTO_TCP, NULL },
	{ "case counts", "HTTP", PROTO_TCP, NULL },
};

/* Ids as digits. */
static const char *digits(struct arena *a, const uint32_t *at, size_t len)
{
	char *out = arena_alloc(a, len + 1);

	for (size_t i = 0; i < len; i++)
		out[i] = (char)('0' + at[i]);
	return out;
}

static struct port_index *index_of(struct run *r)
{
	run_read(r, NULL, pods);
	assert_int_equal(r->cluster->npods, 9);
	r->cluster->pods[8].invalid = true;
	return port_index_build(r->cx.arena, r->cluster);
}

static void names_find_their_pods(void **state)
{
	struct run r;
	struct port_index *ix = index_of(&r);

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct port_holders *h = port_index_find(
			ix, intern_str(r.cx.intern, cases[i].name), cases[i].protocol);
		const char *got = h ? digits(*state, h->pods.at, h->pods.len) : NULL;

		if (!got != !cases[i].want || (got && strcmp(got, cases[i].want) != 0))
			fail_msg("%s: %s", cases[i].what, got ? got : "no entry");
		if (!h)
			continue;
		assert_string_equal(h->name, cases[i].name);
		assert_int_equal(h->protocol, cases[i].protocol);
		assert_int_equal(h->id[INGRESS], NO_PORT_NAME);
		assert_int_equal(h->id[EGRESS], NO_PORT_NAME);
	}
	run_free(&r);
}

static void a_name_that_rules_use_gets_an_entry(void **state)
{
	struct run r;
	struct port_index *ix = index_of(&r);
	const char *none = intern_str(r.cx.intern, "none");
	const char *http = intern_str(r.cx.intern, "http");
	struct port_holders *added = port_index_add(ix, none, PROTO_TCP);
	struct port_holders *known = port_index_add(ix, http, PROTO_TCP);

	(void)state;
	assert_ptr_equal(added->name, none);
	assert_int_equal(added->protocol, PROTO_TCP);
	assert_int_equal(added->pods.len, 0);
	assert_int_equal(added->id[INGRESS], NO_PORT_NAME);
	assert_int_equal(added->id[EGRESS], NO_PORT_NAME);
	added->id[EGRESS] = 3;
	assert_ptr_equal(port_index_add(ix, none, PROTO_TCP), added);
	assert_ptr_equal(port_index_find(ix, none, PROTO_TCP), added);
	assert_int_equal(added->id[EGRESS], 3);
	assert_null(port_index_find(ix, none, PROTO_UDP));
	assert_ptr_not_equal(port_index_add(ix, none, PROTO_UDP), added);
	/* Adding what is there changes nothing. */
	assert_ptr_equal(port_index_find(ix, http, PROTO_TCP), known);
	assert_int_equal(known->pods.len, 3);
	run_free(&r);
}

/* ---- sets of pods ---- */

#define SET(...)                                                                         \
	{                                                                                \
		(const uint32_t[]){ __VA_ARGS__ },                                       \
			sizeof((const uint32_t[]){ __VA_ARGS__ }) / sizeof(uint32_t)     \
	}

static const struct {
	const char *what;
	struct pod_set x, y;
	const char *both;
} pairs[] = {
	{ "two empty sets", { NULL, 0 }, { NULL, 0 }, "" },
	{ "an empty set", { NULL, 0 }, SET(1, 2, 3), "" },
	{ "equal sets", SET(1, 4, 6), SET(1, 4, 6), "146" },
	{ "the same single pod", SET(0), SET(0), "0" },
	{ "different single pods", SET(0), SET(1), "" },
	{ "the first of a larger one", SET(1), SET(1, 2, 3), "1" },
	{ "its last", SET(3), SET(1, 2, 3), "3" },
	{ "its middle", SET(2), SET(1, 2, 3), "2" },
	{ "before it", SET(0), SET(1, 2, 3), "" },
	{ "behind it", SET(4), SET(1, 2, 3), "" },
	{ "in a gap", SET(2), SET(1, 3), "" },
	{ "one inside the other", SET(2, 5), SET(1, 2, 4, 5, 7), "25" },
	{ "apart, and by turns", SET(1, 3, 5, 7), SET(0, 2, 4, 6, 8), "" },
	{ "the last of both", SET(1, 3, 9), SET(0, 2, 4, 6, 9), "9" },
	{ "the first of both", SET(0, 3, 7), SET(0, 2, 4, 6, 8), "0" },
	{ "some", SET(0, 1, 2, 3, 4), SET(3, 4, 5, 6), "34" },
};

static void check_pair(struct arena *a, size_t i, const struct pod_set *x,
		       const struct pod_set *y)
{
	struct pod_set got = pod_set_intersect(a, x, y);

	if (strcmp(digits(a, got.at, got.len), pairs[i].both) != 0)
		fail_msg("%s: %s", pairs[i].what, digits(a, got.at, got.len));
	if (pod_sets_meet(x, y) != (got.len > 0))
		fail_msg("%s: whether they meet", pairs[i].what);
	for (uint32_t pod = 0; pod < 10; pod++)
		if (pod_set_has(&got, pod) !=
		    (pod_set_has(x, pod) && pod_set_has(y, pod)))
			fail_msg("%s: pod %u", pairs[i].what, pod);
}

static void sets_share_what_both_have(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		check_pair(*state, i, &pairs[i].x, &pairs[i].y);
		check_pair(*state, i, &pairs[i].y, &pairs[i].x);
	}
}

static void sets_have_their_members(void **state)
{
	const struct pod_set set = SET(0, 3, 4, UINT32_MAX - 1), empty = { NULL, 0 };
	static const struct {
		uint32_t pod;
		bool has;
	} asked[] = { { 0, true },
		      { 1, false },
		      { 2, false },
		      { 3, true },
		      { 4, true },
		      { 5, false },
		      { UINT32_MAX - 2, false },
		      { UINT32_MAX - 1, true },
		      { UINT32_MAX, false } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(asked); i++) {
		if (pod_set_has(&set, asked[i].pod) != asked[i].has)
			fail_msg("pod %u", asked[i].pod);
		assert_false(pod_set_has(&empty, asked[i].pod));
	}
}

/* What is found goes into memory of its own: the sets stay what they were. */
static void what_is_shared_is_a_copy(void **state)
{
	const struct pod_set x = SET(1, 2, 3), y = SET(1, 2, 3);
	struct pod_set got = pod_set_intersect(*state, &x, &y);

	assert_int_equal(got.len, 3);
	assert_ptr_not_equal(got.at, x.at);
	assert_ptr_not_equal(got.at, y.at);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(names_find_their_pods),
		TEST(a_name_that_rules_use_gets_an_entry),
		TEST(sets_share_what_both_have),
		TEST(sets_have_their_members),
		TEST(what_is_shared_is_a_copy),
	};

	return cmocka_run_group_tests_name("port_index", tests, NULL, NULL);
}
