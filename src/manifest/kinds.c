/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kinds - the name of a kind in, who decodes it out
 */
#include <netpolc/manifest/decode.h>

#include <string.h>
#include <strings.h>

/* Of one kind, the group that serves it today comes first. */
static const struct kind kinds[] = {
	{ "", "v1", "Pod", true, false, decode_pod },
	{ "", "v1", "Namespace", false, false, decode_namespace },
	{ "", "v1", "Node", false, false, decode_node },
	{ "", "v1", "Service", true, true, decode_service },
	{ "networking.k8s.io", "v1", "NetworkPolicy", true, false, decode_policy },
	{ "extensions", "v1beta1", "NetworkPolicy", true, false, decode_policy },
	{ "apps", NULL, "Deployment", true, false, decode_workload },
	{ "apps", NULL, "StatefulSet", true, false, decode_workload },
	{ "apps", NULL, "DaemonSet", true, false, decode_workload },
	{ "apps", NULL, "ReplicaSet", true, false, decode_workload },
	{ "extensions", "v1beta1", "Deployment", true, false, decode_workload },
	{ "extensions", "v1beta1", "DaemonSet", true, false, decode_workload },
	{ "extensions", "v1beta1", "ReplicaSet", true, false, decode_workload },
	{ "", "v1", "ReplicationController", true, false, decode_workload },
	{ "batch", NULL, "Job", true, false, decode_workload },
	{ "batch", NULL, "CronJob", true, false, decode_workload },
};

static bool ends_in(const char *text, const char *end)
{
	size_t len = strlen(text), tail = strlen(end);

	return len >= tail && strcmp(text + len - tail, end) == 0;
}

bool kind_is_list(const char *kind)
{
	return kind && ends_in(kind, "List");
}

bool kind_is_policy(const char *kind)
{
	return ends_in(kind, "NetworkPolicy");
}

const struct kind *kind_find(const char *group, const char *kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcasecmp(kinds[i].kind, kind) == 0 &&
		    (!group || strcmp(kinds[i].group, group) == 0))
			return &kinds[i];
	return NULL;
}

bool kind_is_known_list(const char *kind)
{
	if (strcmp(kind, "List") == 0)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strncmp(kinds[i].kind, kind, strlen(kinds[i].kind)) == 0 &&
		    strcmp(kind + strlen(kinds[i].kind), "List") == 0)
			return true;
	return false;
}
