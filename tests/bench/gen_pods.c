/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The number of a pod comes in, the pod goes out, about 4 KB of it: what its
 * template says, who owns which of its fields, and what became of it.
 */
#include "gen.h"

/* {name: NAME, value: VALUE} */
static void variable(struct gen *g, const char *name, const char *value)
{
	map(g, NULL);
	print_text(&g->out, "name", "%s", name);
	print_text(&g->out, "value", "%s", value);
	end(g);
}

static void leaves(struct gen *g, const char *const keys[])
{
	for (; *keys; keys++)
		print_raw(&g->out, *keys, "{}");
}

static void field_owner(struct gen *g, const char *manager, const char *time)
{
	map(g, NULL);
	print_text(&g->out, "apiVersion", "v1");
	print_text(&g->out, "fieldsType", "FieldsV1");
	print_text(&g->out, "manager", "%s", manager);
	print_text(&g->out, "operation", "Update");
	print_quoted(&g->out, "time", time);
	map(g, "fieldsV1");
}

static void managed_fields(struct gen *g)
{
	static const char *const meta[] = { "f:generateName", NULL };
	static const char *const labels[] = { ".", "f:app", "f:pod-template-hash",
					      "f:tier", NULL };
	static const char *const container[] = { ".",
						 "f:image",
						 "f:imagePullPolicy",
						 "f:name",
						 "f:resources",
						 "f:terminationMessagePath",
						 "f:terminationMessagePolicy",
						 NULL };
	static const char *const spec[] = { "f:dnsPolicy",
					    "f:enableServiceLinks",
					    "f:restartPolicy",
					    "f:schedulerName",
					    "f:securityContext",
					    "f:terminationGracePeriodSeconds",
					    NULL };
	static const char *const status[] = { "f:conditions", "f:containerStatuses",
					      "f:hostIP",     "f:phase",
					      "f:podIP",      "f:podIPs",
					      "f:startTime",  NULL };

	list(g, "managedFields");
	field_owner(g, "kube-controller-manager", "2024-05-01T08:00:00Z");
	map(g, "f:metadata");
	leaves(g, meta);
	map(g, "f:labels");
	leaves(g, labels);
	end(g);
	end(g);
	map(g, "f:spec");
	map(g, "f:containers");
	map(g, "k:{\"name\":\"main\"}");
	leaves(g, container);
	end(g);
	end(g);
	leaves(g, spec);
	end(g);
	end(g);
	end(g);
	field_owner(g, "kubelet", "2024-05-01T08:00:04Z");
	map(g, "f:status");
	leaves(g, status);
	end(g);
	end(g);
	end(g);
	end(g);
}

static void pod_metadata(struct gen *g, unsigned i)
{
	unsigned space = i / PODS_PER_NAMESPACE, app = i % APPS;
	char version[16];

	map(g, "annotations");
	print_quoted(&g->out, "prometheus.io/scrape", "true");
	print_text(&g->out, "checksum/config", "%08x%08x%08x%08x", below(g, ~0u),
		   below(g, ~0u), below(g, ~0u), below(g, ~0u));
	end(g);
	print_quoted(&g->out, "creationTimestamp", "2024-05-01T08:00:00Z");
	print_text(&g->out, "generateName", "app-%u-7d9c5b8f6-", app);
	map(g, "labels");
	print_text(&g->out, "app", "app-%u", app);
	print_text(&g->out, "pod-template-hash", "7d9c5b8f6");
	print_text(&g->out, "tier", "%s",
		   app < 3   ? "web"
		   : app < 8 ? "service"
			     : "store");
	end(g);
	managed_fields(g);
	print_text(&g->out, "name", POD_NAME, app, i);
	print_text(&g->out, "namespace", POD_SPACE, space);
	list(g, "ownerReferences");
	map(g, NULL);
	print_text(&g->out, "apiVersion", "apps/v1");
	print_raw(&g->out, "blockOwnerDeletion", "true");
	print_raw(&g->out, "controller", "true");
	print_text(&g->out, "kind", "ReplicaSet");
	print_text(&g->out, "name", "app-%u-7d9c5b8f6", app);
	uid(g);
	end(g);
	end(g);
	snprintf(version, sizeof(version), "%u", 100000 + i);
	print_quoted(&g->out, "resourceVersion", version);
	uid(g);
	end(g);
}

static void probe(struct gen *g, const char *key)
{
	map(g, key);
	number(g, "failureThreshold", 3);
	map(g, "httpGet");
	print_text(&g->out, "path", "/healthz");
	print_text(&g->out, "port", "http");
	print_text(&g->out, "scheme", "HTTP");
	end(g);
	number(g, "periodSeconds", 10);
	number(g, "successThreshold", 1);
	number(g, "timeoutSeconds", 1);
	end(g);
}

static void port(struct gen *g, unsigned value, const char *name)
{
	map(g, NULL);
	number(g, "containerPort", value);
	print_text(&g->out, "name", "%s", name);
	print_text(&g->out, "protocol", "TCP");
	end(g);
}

static void container(struct gen *g, unsigned i)
{
	map(g, NULL);
	list(g, "env");
	variable(g, "LOG_LEVEL", "info");
	variable(g, "CONFIG_PATH", "/etc/app/config.yaml");
	variable(g, "DATABASE_URL", "postgres://store:5432/app");
	variable(g, "OTEL_EXPORTER_OTLP_ENDPOINT", "http://otel-collector.ops:4317");
	end(g);
	print_text(&g->out, "image", "registry.example/team/app-%u:1.%u.0", i % APPS,
		   i % 7);
	print_text(&g->out, "imagePullPolicy", "IfNotPresent");
	probe(g, "livenessProbe");
	print_text(&g->out, "name", "main");
	list(g, "ports");
	/* the name means another number on every second app */
	port(g, i % 2 ? 8080 : 8000, "http");
	port(g, 9100, "metrics");
	end(g);
	print_raw(&g->out, "resources", "{}");
	print_text(&g->out, "terminationMessagePath", "/dev/termination-log");
	print_text(&g->out, "terminationMessagePolicy", "File");
	list(g, "volumeMounts");
	map(g, NULL);
	print_text(&g->out, "mountPath", "/var/run/secrets/kubernetes.io/serviceaccount");
	print_text(&g->out, "name", "kube-api-access-%05x", i);
	print_raw(&g->out, "readOnly", "true");
	end(g);
	end(g);
	end(g);
}

static void toleration(struct gen *g, const char *key)
{
	map(g, NULL);
	print_text(&g->out, "effect", "NoExecute");
	print_text(&g->out, "key", "%s", key);
	print_text(&g->out, "operator", "Exists");
	number(g, "tolerationSeconds", 300);
	end(g);
}

static void pod_spec(struct gen *g, unsigned i)
{
	map(g, "spec");
	list(g, "containers");
	container(g, i);
	end(g);
	print_text(&g->out, "dnsPolicy", "ClusterFirst");
	print_raw(&g->out, "enableServiceLinks", "true");
	print_text(&g->out, "nodeName", "node-%03u", i % 97);
	print_text(&g->out, "preemptionPolicy", "PreemptLowerPriority");
	number(g, "priority", 0);
	print_text(&g->out, "restartPolicy", "Always");
	print_text(&g->out, "schedulerName", "default-scheduler");
	print_raw(&g->out, "securityContext", "{}");
	print_text(&g->out, "serviceAccountName", "default");
	number(g, "terminationGracePeriodSeconds", 30);
	list(g, "tolerations");
	toleration(g, "node.kubernetes.io/not-ready");
	toleration(g, "node.kubernetes.io/unreachable");
	end(g);
	list(g, "volumes");
	map(g, NULL);
	print_text(&g->out, "name", "kube-api-access-%05x", i);
	map(g, "projected");
	number(g, "defaultMode", 420);
	list(g, "sources");
	map(g, NULL);
	map(g, "serviceAccountToken");
	number(g, "expirationSeconds", 3607);
	print_text(&g->out, "path", "token");
	end(g);
	end(g);
	end(g);
	end(g);
	end(g);
	end(g);
	end(g);
}

static void condition(struct gen *g, const char *type)
{
	map(g, NULL);
	print_raw(&g->out, "lastProbeTime", "null");
	print_quoted(&g->out, "lastTransitionTime", "2024-05-01T08:00:02Z");
	print_quoted(&g->out, "status", "True");
	print_text(&g->out, "type", "%s", type);
	end(g);
}

static void addresses(struct gen *g, unsigned i)
{
	unsigned n = i + 256;

	print_text(&g->out, "podIP", "10.%u.%u.%u", n >> 16, n >> 8 & 255, n & 255);
	list(g, "podIPs");
	map(g, NULL);
	print_text(&g->out, "ip", "10.%u.%u.%u", n >> 16, n >> 8 & 255, n & 255);
	end(g);
	if (i / PODS_PER_NAMESPACE % 4 == 0) {
		map(g, NULL);
		print_text(&g->out, "ip", "fd00::%x:%x", n >> 16, n & 0xffff);
		end(g);
	}
	end(g);
}

static void pod_status(struct gen *g, unsigned i)
{
	map(g, "status");
	list(g, "conditions");
	condition(g, "Initialized");
	condition(g, "Ready");
	condition(g, "ContainersReady");
	condition(g, "PodScheduled");
	end(g);
	list(g, "containerStatuses");
	map(g, NULL);
	print_text(&g->out, "containerID", "containerd://%08x%08x%08x%08x", below(g, ~0u),
		   below(g, ~0u), below(g, ~0u), below(g, ~0u));
	print_text(&g->out, "image", "registry.example/team/app-%u:1.%u.0", i % APPS,
		   i % 7);
	print_raw(&g->out, "lastState", "{}");
	print_text(&g->out, "name", "main");
	print_raw(&g->out, "ready", "true");
	number(g, "restartCount", 0);
	print_raw(&g->out, "started", "true");
	map(g, "state");
	map(g, "running");
	print_quoted(&g->out, "startedAt", "2024-05-01T08:00:02Z");
	end(g);
	end(g);
	end(g);
	end(g);
	print_text(&g->out, "hostIP", "192.168.0.%u", 1 + i % 97);
	print_text(&g->out, "phase", "Running");
	addresses(g, i);
	print_text(&g->out, "qosClass", "BestEffort");
	print_quoted(&g->out, "startTime", "2024-05-01T08:00:00Z");
	end(g);
}

void gen_pod(struct gen *g, unsigned i)
{
	head(g, "v1", "Pod");
	pod_metadata(g, i);
	pod_spec(g, i);
	pod_status(g, i);
	end(g);
}
