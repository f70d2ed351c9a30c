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
	X(DIAG_NO_DEFAULT_DENY, "missing-default-deny", DIAG_INFO,                       \
	  "a namespace where pods that no policy selects are open for ingress",          \
	  "add a policy with an empty podSelector, policyTypes Ingress and no rules")

#endif
