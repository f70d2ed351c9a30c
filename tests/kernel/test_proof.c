/* SPDX-License-Identifier: GPL-2.0-or-later */
/* proof: a kernel that does something else than was decided is told of. */
#include "../unit/helpers.h"
#include "compiled.h"
#include "namespace.h"

#include <netpolc/analysis/test_run.h>
#include <netpolc/lab/proof.h>

static struct ctx cx;
static struct testbed *tb;

static const char pods[] =
	"apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n---\n"
	"apiVersion: v1\nkind: Pod\n"
	"metadata: {name: web, namespace: shop, labels: {app: web}}\n"
	"status: {podIPs: [{ip: 10.0.0.1}, {ip: 'fd00::1'}]}\n---\n"
	"apiVersion: v1\nkind: Pod\n"
	"metadata: {name: db, namespace: shop, labels: {app: db}}\n"
	"status: {podIPs: [{ip: 10.0.0.2}, {ip: 'fd00::2'}]}\n---\n";

/* Web may reach db on that port. */
static void compile_port(struct compiled *c, unsigned port)
{
	BUF_AUTO policy = { 0 };

	buf_printf(&policy,
		   "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
		   "metadata: {name: db, namespace: shop}\n"
		   "spec:\n  podSelector: {matchLabels: {app: db}}\n"
		   "  ingress:\n  - from: [{podSelector: {matchLabels: {app: web}}}]\n"
		   "    ports: [{port: %u}]\n",
		   port);
	compile(c, pods, policy.at);
}

/* From web to db on ports 80 and 81; of both families each, so four packets. */
static struct proof prove_against(struct compiled *c, const struct ruleset *rs)
{
	static const char tests[] = "tests:\n"
				    "- {from: shop/web, to: shop/db, "
				    "ports: [tcp/80, tcp/81], expect: allow}\n";
	const struct cluster *cl = c->input.cluster;
	const struct pod_sets *sets = resolve(&c->input.cx, cl);
	const struct decisions *dc =
		decide(&c->input.cx, cl, sets, classify(&c->input.cx, cl, sets));
	char path[32] = "/tmp/netpolc-test-XXXXXX";
	struct assertions assertions = { 0 };
	struct proof proof;
	int fd = mkstemp(path);
	uint32_t file;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, tests, strlen(tests)), strlen(tests));
	file = sources_add(&c->input.cx.sources, path);
	assertions_read(&c->input.cx, &file, 1, &assertions);
	unlink(path);
	close(fd);
	assert_true(testbed_load(tb, rs));
	assert_true(prove_loaded(
		&c->input.cx, tb, dc,
		test_run(&c->input.cx, asker_new(&c->input.cx, dc), &assertions),
		&proof));
	return proof;
}

static size_t differences(struct compiled *c)
{
	size_t n, found = 0;
	const struct diag *const *all = diag_sorted(c->input.cx.diags, &n);

	for (size_t i = 0; i < n; i++)
		found += all[i]->id == DIAG_KERNEL_DIFFERS;
	return found;
}

static void what_was_decided_is_done(void **state)
{
	struct compiled c;
	struct proof proof;

	(void)state;
	compile_port(&c, 80);
	proof = prove_against(&c, c.ruleset);
	assert_int_equal(proof.packets, 4);
	assert_int_equal(proof.proven, 2);
	assert_int_equal(proof.unproven, 0);
	assert_int_equal(proof.differing, 0);
	assert_int_equal(differences(&c), 0);
	loaded_free(&c.input);
}

static void another_ruleset_is_found_out(void **state)
{
	struct compiled decided, other;
	struct proof proof;
	size_t n;

	(void)state;
	compile_port(&decided, 80);
	compile_port(&other, 81);
	proof = prove_against(&decided, other.ruleset);
	assert_int_equal(proof.differing, 4);
	assert_int_equal(differences(&decided), 4);
	assert_non_null(strstr(diag_sorted(decided.input.cx.diags, &n)[0]->message,
			       "shop/web (10.0.0.1)"));
	assert_int_equal(diag_exit_status(decided.input.cx.diags), 3);
	loaded_free(&other.input);
	loaded_free(&decided.input);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_decided_is_done),
		cmocka_unit_test(another_ruleset_is_found_out),
	};
	struct settings set = settings_default();
	const char *why_not;
	int failed;

	ctx_init(&cx, &set);
	tb = testbed_open(&cx, &why_not);
	if (!tb)
		skip_test(why_not);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	testbed_close(tb);
	ctx_free(&cx);
	return failed;
}
