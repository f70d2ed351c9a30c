/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Results come in, one JSON object goes out.
 */
#include <netpolc/cli/answer.h>
#include <netpolc/cli/test_report.h>

#include <netpolc/base/json_out.h>
#include <netpolc/manifest/ctx.h>

static json_t *verdict(bool allow)
{
	return json_string(allow ? "allow" : "deny");
}

static json_t *inquiry(const struct test_report *report, const struct inquiry *q)
{
	json_t *out = json_object(), *contrary = json_array();
	BUF_AUTO port = { 0 };

	probe_port_print(&port, &q->port);
	json_set(out, "port", json_text(port.at));
	json_set(out, "connections", json_count(q->tally.pairs));
	json_set(out, "contrary", json_count(q->tally.contrary));
	for (size_t i = 0; q->tally.contrary && i < q->tally.nkept; i++) {
		struct answered pair = answer_pair(report->cx, q, i);

		json_array_append_new(contrary,
				      answer_pair_json(report->cx, &pair, i == 0));
	}
	json_set(out, "examples", contrary);
	return out;
}

static json_t *result(const struct test_report *report, const struct test_result *r)
{
	const struct assertion *a = r->assertion;
	json_t *out = json_object(), *ports = json_array();

	json_set(out, "name", json_text(a->name));
	json_set(out, "file",
		 json_text(source_name(&report->cx->sources, a->origin.at.file)));
	json_set(out, "line", json_count(a->origin.at.line));
	json_set(out, "expect", verdict(a->allow));
	json_set(out, "passed", json_boolean(!r->contrary));
	for (size_t i = 0; i < a->nports; i++)
		json_array_append_new(ports, inquiry(report, &r->inquiries[i]));
	json_set(out, "ports", ports);
	return out;
}

static json_t *coverage(const struct test_report *report)
{
	const struct coverage *c = report->coverage;
	json_t *out = json_object(), *idle = json_array();

	for (size_t i = 0; i < c->nidle; i++) {
		const struct policy *policy = c->idle[i].policy;
		const struct origin *at = &c->idle[i].rule->origin;
		json_t *one = json_object();

		json_set(one, "namespace", json_text(policy->origin.object->space));
		json_set(one, "policy", json_text(policy->name));
		json_set(one, "path", json_text(at->path));
		json_set_where(one, &report->cx->sources, &at->at);
		json_array_append_new(idle, one);
	}
	json_set(out, "rules", json_count(c->rules));
	json_set(out, "unexercised", idle);
	return out;
}

void test_json(struct buf *out, const struct test_report *report)
{
	const struct test_run *run = report->run;
	json_t *root = json_object(), *results = json_array();

	for (size_t i = 0; i < run->len; i++)
		json_array_append_new(results, result(report, &run->results[i]));
	json_set(root, "tests", results);
	json_set(root, "failed", json_count(run->failed));
	json_set(root, "connections", json_count(run->pairs));
	if (report->proven) {
		json_t *kernel = json_object();

		json_set(kernel, "packets", json_count(report->proof.packets));
		json_set(kernel, "proven", json_count(report->proof.proven));
		json_set(kernel, "unproven", json_count(report->proof.unproven));
		json_set(root, "kernel", kernel);
	}
	if (report->coverage)
		json_set(root, "coverage", coverage(report));
	json_write(out, root, JSON_INDENT(2));
}
