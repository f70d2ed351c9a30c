/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * findings - what check finds in input that is valid
 *
 * The part of the table of diagnostics that nobody reports but check.  Nothing here
 * refuses a run.  FAULT is for what cannot have been meant, WARNING for what has no
 * effect or another one than it seems to have, INFO for what is worth knowing.
 */
#ifndef NETPOLC_FINDINGS_H
#define NETPOLC_FINDINGS_H

/* X(symbol, name, default level, meaning, what to do about it) */
#define FINDING_TABLE(X)                                                                 \
	X(DIAG_SELECTS_NOTHING, "selects-no-pod", DIAG_WARNING,                          \
	  "a policy whose podSelector selects no pod",                                   \
	  "correct the podSelector or the namespace, or remove the policy")              \
	X(DIAG_PEER_NOBODY, "peer-matches-nothing", DIAG_WARNING,                        \
	  "a peer that matches nobody",                                                  \
	  "correct the selectors or excepts, or remove the peer; a peer on the host's "  \
	  "network or outside of the cluster is an ipBlock")                             \
	X(DIAG_NAME_LABEL, "namespace-name-label", DIAG_WARNING,                         \
	  "a namespaceSelector asks for a label 'name' that the namespace lacks",        \
	  "write kubernetes.io/metadata.name, a label that every namespace has")         \
	X(DIAG_ABSENT_NAMESPACE, "absent-namespace", DIAG_INFO,                          \
	  "a peer in a namespace that the input does not hold",                          \
	  "add the namespace and its pods to the input, or correct the name")            \
	X(DIAG_SPLIT_PEER, "split-peer", DIAG_WARNING,                                   \
	  "two peers, where one with both selectors was probably meant",                 \
	  "join the two items of the list: both selectors under one '-'")                \
	X(DIAG_CONTRADICTION, "contradictory-selector", DIAG_FAULT,                      \
	  "a selector that no labels can match",                                         \
	  "correct the requirements for that key")                                       \
	X(DIAG_HOST_NETWORK, "host-network-selected", DIAG_WARNING,                      \
	  "a policy selects pods on the host's network, to which none applies",          \
	  "protect these pods by other means, such as a firewall of their nodes")        \
	X(DIAG_RULES_IGNORED, "ignored-rules", DIAG_FAULT,                               \
	  "rules for a direction that policyTypes leaves out",                           \
	  "add the direction to policyTypes, or remove the rules")                       \
	X(DIAG_EMPTY_IGNORED, "ignored-empty-list", DIAG_WARNING,                        \
	  "an empty ingress or egress for a direction that policyTypes leaves out",      \
	  "add the direction to policyTypes to deny all of it, or remove the empty "     \
	  "list")                                                                        \
	X(DIAG_EMPTY_MEANS_ALL, "empty-means-all", DIAG_WARNING,                         \
	  "an empty list or field that stands for everything",                           \
	  "leave the field out if everything is meant; a rule that is to allow nobody "  \
	  "is "                                                                          \
	  "no rule at all")                                                              \
	X(DIAG_OLD_VERSION, "deprecated-version", DIAG_WARNING,                          \
	  "an apiVersion that Kubernetes does not serve any more",                       \
	  "write networking.k8s.io/v1 for a NetworkPolicy, apps/v1 or batch/v1 for a "   \
	  "workload")                                                                    \
	X(DIAG_OLD_ANNOTATION, "ignored-annotation", DIAG_WARNING,                       \
	  "the annotation that isolated a namespace in Kubernetes 1.6",                  \
	  "add a policy with an empty podSelector and no rules, and remove the "         \
	  "annotation")                                                                  \
	X(DIAG_DUPLICATE_RULE, "duplicate-rule", DIAG_WARNING,                           \
	  "two rules of a policy that allow the same", "remove one of the two")          \
	X(DIAG_SHADOWED_RULE, "shadowed-rule", DIAG_WARNING,                             \
	  "a rule that allows nothing that other rules do not allow already",            \
	  "remove the rule, or narrow the others if they were not meant to allow so "    \
	  "much")                                                                        \
	X(DIAG_SHADOWED_PEER, "shadowed-peer", DIAG_WARNING,                             \
	  "a peer that another one of its rule covers",                                  \
	  "remove the peer; selectors that have to match together stand under one '-'")  \
	X(DIAG_SHADOWED_PORT, "shadowed-port", DIAG_WARNING,                             \
	  "a port that another one of its rule is or includes", "remove the port")       \
	X(DIAG_REDUNDANT_POLICY, "redundant-policy", DIAG_WARNING,                       \
	  "a policy without which every decision would be the same",                     \
	  "remove it, alone, and check again; or narrow the others if they were not "    \
	  "meant "                                                                       \
	  "to allow so much")                                                            \
	X(DIAG_NO_DNS, "egress-without-dns", DIAG_WARNING,                               \
	  "pods that may go somewhere, but may ask nobody for a name",                   \
	  "add an egress rule for UDP and TCP port 53 to the cluster's DNS pods")        \
	X(DIAG_UNCOVERED, "uncovered-pod", DIAG_INFO, "a pod that no policy selects",    \
	  "add a policy that selects it; one with an empty podSelector selects all")     \
	X(DIAG_BLOCK_PODS, "block-covers-pods", DIAG_WARNING,                            \
	  "an ipBlock that covers addresses of pods",                                    \
	  "select pods by their labels, and leave their addresses out with except")      \
	X(DIAG_USELESS_EXCEPT, "useless-except", DIAG_WARNING,                           \
	  "an except without which every decision would be the same",                    \
	  "remove the entry, or narrow what allows those addresses all the same")        \
	X(DIAG_PORT_UNDECLARED, "port-undeclared", DIAG_INFO,                            \
	  "a port that no pod concerned declares, though they declare others",           \
	  "correct the port, or add it to the container's ports")                        \
	X(DIAG_SERVICE_CLOSED, "closed-service-port", DIAG_WARNING,                      \
	  "a port of a Service that policies let nobody reach",                          \
	  "add an ingress rule for the target port, or remove the port from the "        \
	  "Service")                                                                     \
	X(DIAG_SERVICE_TARGET, "service-port-unresolved", DIAG_WARNING,                  \
	  "a targetPort of a Service that is a name which no pod behind it has",         \
	  "correct the targetPort, or give the container's port that name")              \
	X(DIAG_NO_DEFAULT_DENY, "missing-default-deny", DIAG_INFO,                       \
	  "a namespace where pods that no policy selects are open for ingress",          \
	  "add a policy with an empty podSelector, policyTypes Ingress and no rules")

#endif
