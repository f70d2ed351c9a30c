/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * shapes - which fields of a manifest are read at all
 *
 * A trie of the fields that the decoders ask for; everything else is skipped where
 * it stands.  One trie serves all kinds, as the kind may stand behind what depends
 * on it.
 */
#include <netpolc/manifest/decode.h>

#define LEAF(name)                                                                       \
	{                                                                                \
		name, leaf                                                               \
	}
#define END                                                                              \
	{                                                                                \
		NULL, NULL                                                               \
	}

static const struct shape leaf[] = { END };
static const struct shape labels_shape[] = { LEAF("*"), END };
static const struct shape port_shape[] = {
	LEAF("name"),
	LEAF("containerPort"),
	LEAF("protocol"),
	END,
};
static const struct shape container_shape[] = {
	LEAF("restartPolicy"),
	{ "ports", port_shape },
	END,
};
static const struct shape requirement_shape[] = {
	LEAF("key"),
	LEAF("operator"),
	LEAF("values"),
	END,
};
static const struct shape selector_shape[] = {
	{ "matchLabels", labels_shape },
	{ "matchExpressions", requirement_shape },
	END,
};
static const struct shape block_shape[] = { LEAF("cidr"), LEAF("except"), END };
static const struct shape peer_shape[] = {
	{ "podSelector", selector_shape },
	{ "namespaceSelector", selector_shape },
	{ "ipBlock", block_shape },
	END,
};
static const struct shape policy_port_shape[] = {
	LEAF("protocol"),
	LEAF("port"),
	LEAF("endPort"),
	END,
};
static const struct shape rule_shape[] = {
	{ "from", peer_shape },
	{ "to", peer_shape },
	{ "ports", policy_port_shape },
	END,
};
static const struct shape template_spec_shape[] = {
	LEAF("hostNetwork"),
	{ "containers", container_shape },
	{ "initContainers", container_shape },
	END,
};
static const struct shape template_metadata_shape[] = { { "labels", labels_shape }, END };
static const struct shape template_shape[] = {
	{ "metadata", template_metadata_shape },
	{ "spec", template_spec_shape },
	END,
};
static const struct shape job_spec_shape[] = { { "template", template_shape }, END };
static const struct shape job_template_shape[] = { { "spec", job_spec_shape }, END };
static const struct shape annotations_shape[] = {
	LEAF(ISOLATION_ANNOTATION),
	END,
};
static const struct shape owner_shape[] = {
	LEAF("kind"),
	LEAF("name"),
	LEAF("controller"),
	END,
};
static const struct shape metadata_shape[] = {
	LEAF("name"),
	LEAF("namespace"),
	{ "labels", labels_shape },
	{ "annotations", annotations_shape },
	LEAF("deletionTimestamp"),
	{ "ownerReferences", owner_shape },
	END,
};
static const struct shape service_port_shape[] = {
	LEAF("name"), LEAF("port"), LEAF("targetPort"), LEAF("protocol"), END,
};
static const struct shape spec_shape[] = {
	LEAF("nodeName"),
	LEAF("hostNetwork"),
	{ "containers", container_shape },
	{ "initContainers", container_shape },
	LEAF("podCIDR"),
	LEAF("podCIDRs"),
	{ "podSelector", selector_shape },
	LEAF("policyTypes"),
	{ "ingress", rule_shape },
	{ "egress", rule_shape },
	{ "template", template_shape },
	{ "jobTemplate", job_template_shape },
	{ "selector", labels_shape },
	{ "ports", service_port_shape },
	LEAF("clusterIP"),
	LEAF("publishNotReadyAddresses"),
	LEAF("type"),
	END,
};
static const struct shape pod_ip_shape[] = { LEAF("ip"), END };
static const struct shape node_address_shape[] = { LEAF("type"), LEAF("address"), END };
static const struct shape status_shape[] = {
	LEAF("phase"),
	LEAF("podIP"),
	{ "podIPs", pod_ip_shape },
	LEAF("startTime"),
	{ "addresses", node_address_shape },
	END,
};

/* The union of all kinds': the kind may stand behind what it decides. */
const struct shape object_shape[] = {
	LEAF("kind"),
	LEAF("apiVersion"),
	{ "metadata", metadata_shape },
	{ "spec", spec_shape },
	{ "status", status_shape },
	END,
};
static const struct shape name_shape[] = { LEAF("name"), LEAF("namespace"), END };
static const struct shape foreign_template_shape[] = {
	{ "metadata", template_metadata_shape },
	END,
};
static const struct shape foreign_spec_shape[] = {
	{ "template", foreign_template_shape },
	END,
};
const struct shape skipped_shape[] = {
	LEAF("kind"),
	LEAF("apiVersion"),
	{ "metadata", name_shape },
	{ "spec", foreign_spec_shape },
	END,
};
