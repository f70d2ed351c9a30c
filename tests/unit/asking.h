/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * asking - a small cluster to ask questions about
 *
 * web may reach db on the ports named pg, on both pods of the Deployment api on
 * nothing; db is on IPv4 alone.  The Services of namespace shop lead to them.
 */
#ifndef NETPOLC_TEST_ASKING_H
#define NETPOLC_TEST_ASKING_H

#include "helpers.h"

#include <netpolc/analysis/ask.h>
#include <netpolc/run/pipeline.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char asking_manifest[] =
	"apiVersion: v1\n"
	"kind: Namespace\n"
	"metadata: {name: shop}\n"
	"---\n"
	"apiVersion: v1\n"
	"kind: Pod\n"
	"metadata: {name: web, namespace: shop, labels: {app: web, tier: any}}\n"
	"spec: {containers: [{name: c, ports: [{name: http, containerPort: 80}]}]}\n"
	"status: {podIPs: [{ip: 10.0.0.1}, {ip: \"fd00::1\"}]}\n"
	"---\n"
	"apiVersion: v1\n"
	"kind: Pod\n"
	"metadata: {name: db-0, namespace: shop, labels: {app: db, tier: any}}\n"
	"spec:\n"
	"  containers:\n"
	"  - {name: c, ports: [{name: pg, containerPort: 5432}]}\n"
	"  - {name: d, ports: [{name: pg, containerPort: 5433},\n"
	"                      {name: mixed, containerPort: 5432},\n"
	"                      {name: mixed, containerPort: 9, protocol: UDP}]}\n"
	"  - {name: e, ports: [{name: mixed, containerPort: 80}]}\n"
	"status: {podIPs: [{ip: 10.0.0.2}]}\n"
	"---\n"
	"apiVersion: v1\n"
	"kind: Pod\n"
	"metadata: {name: done, namespace: shop, labels: {app: db}}\n"
	"status: {phase: Succeeded, podIPs: [{ip: 10.0.0.3}]}\n"
	"---\n"
	"apiVersion: v1\n"
	"kind: Pod\n"
	"metadata: {name: agent, namespace: shop}\n"
	"spec: {hostNetwork: true,\n"
	"       containers: [{name: c, ports: [{name: http, containerPort: 80}]}]}\n"
	"status: {podIPs: [{ip: 192.168.0.1}]}\n"
	"---\n"
	"apiVersion: apps/v1\n"
	"kind: Deployment\n"
	"metadata: {name: api, namespace: shop}\n"
	"spec:\n"
	"  selector: {matchLabels: {app: api}}\n"
	"  template:\n"
	"    metadata: {labels: {app: api}}\n"
	"    spec: {containers: [{name: c}]}\n"
	"---\n"
	"apiVersion: networking.k8s.io/v1\n"
	"kind: NetworkPolicy\n"
	"metadata: {name: db, namespace: shop}\n"
	"spec:\n"
	"  podSelector: {matchLabels: {app: db}}\n"
	"  ingress:\n"
	"  - from:\n"
	"    - podSelector: {matchLabels: {app: nobody}}\n"
	"    - podSelector: {matchLabels: {app: web}}\n"
	"    ports:\n"
	"    - {port: pg}\n"
	"  - from:\n"
	"    - ipBlock: {cidr: 172.16.0.0/12}\n"
	"    ports:\n"
	"    - {port: 22}\n"
	"---\n"
	"apiVersion: networking.k8s.io/v1\n"
	"kind: NetworkPolicy\n"
	"metadata: {name: api, namespace: shop}\n"
	"spec:\n"
	"  podSelector: {matchLabels: {app: api}}\n"
	"---\n"
	"apiVersion: v1\n"
	"kind: List\n"
	"items:\n"
	"- apiVersion: v1\n"
	"  kind: Service\n"
	"  metadata: {name: front, namespace: shop}\n"
	"  spec: {selector: {app: web}, ports: [{port: 8080, targetPort: http}]}\n"
	"- apiVersion: v1\n"
	"  kind: Service\n"
	"  metadata: {name: db, namespace: shop}\n"
	"  spec: {selector: {app: db}, ports: [{name: sql, port: 1, targetPort: 5432},\n"
	"                                      {port: 2, targetPort: 80},\n"
	"                                      {port: 2, protocol: UDP}]}\n"
	"- apiVersion: v1\n"
	"  kind: Service\n"
	"  metadata: {name: direct, namespace: shop}\n"
	"  spec: {clusterIP: None, selector: {app: db},\n"
	"         ports: [{name: sql, port: 1, targetPort: 5432}]}\n"
	"- apiVersion: v1\n"
	"  kind: Service\n"
	"  metadata: {name: both, namespace: shop}\n"
	"  spec: {selector: {tier: any},\n"
	"         ports: [{port: 80}, {port: 81, targetPort: pg}]}\n"
	"- apiVersion: v1\n"
	"  kind: Service\n"
	"  metadata: {name: twins, namespace: shop}\n"
	"  spec: {selector: {app: api}, ports: [{port: 80}]}\n"
	"- apiVersion: v1\n"
	"  kind: Service\n"
	"  metadata: {name: mail, namespace: shop}\n"
	"  spec: {type: ExternalName, selector: {app: db}}\n"
	"- apiVersion: v1\n"
	"  kind: Service\n"
	"  metadata: {name: by-hand, namespace: shop}\n"
	"  spec: {ports: [{port: 80}]}\n"
	"- apiVersion: v1\n"
	"  kind: Service\n"
	"  metadata: {name: nobody, namespace: shop}\n"
	"  spec: {selector: {app: nobody}, ports: [{port: 80}]}\n"
	"- apiVersion: v1\n"
	"  kind: Service\n"
	"  metadata: {name: nobody, namespace: elsewhere}\n"
	"  spec: {selector: {app: web}, ports: [{port: 80}]}\n"
	"- apiVersion: v1\n"
	"  kind: Service\n"
	"  metadata: {name: faulty, namespace: shop}\n"
	"  spec: {selector: {app: web}, ports: [{port: 0}]}\n";

struct asking {
	struct ctx cx;
	const struct decisions *dc;
	struct asker *asker;
	char manifest[32];
};

/* Writes text to a new file, whose name goes to path. */
static inline void asking_file(char path[32], const char *text, size_t len)
{
	int fd;

	strcpy(path, "/tmp/netpolc-test-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), len);
	close(fd);
}

static inline int asking_setup(void **state)
{
	struct asking *as = calloc(1, sizeof(*as));
	char *inputs[1];
	const struct config cfg = { .set = settings_default(),
				    .inputs = inputs,
				    .ninputs = 1 };

	asking_file(as->manifest, asking_manifest, strlen(asking_manifest));
	inputs[0] = as->manifest;
	ctx_init(&as->cx, &cfg.set);
	as->dc = pipeline_decide(&as->cx, &cfg);
	assert_non_null(as->dc);
	as->asker = asker_new(&as->cx, as->dc);
	*state = as;
	return 0;
}

static inline int asking_done(void **state)
{
	struct asking *as = *state;

	unlink(as->manifest);
	ctx_free(&as->cx);
	free(as);
	return 0;
}

#define ASKING(function)                                                                 \
	cmocka_unit_test_setup_teardown(function, asking_setup, asking_done)

#endif
