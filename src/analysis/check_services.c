/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: Services.  Out: their ports that lead nowhere, and those that no rule lets anybody
 * reach.
 */
#include <netpolc/analysis/checking.h>

#include <netpolc/analysis/party.h>
#include <netpolc/base/arena.h>
#include <netpolc/base/buf.h>
#include <netpolc/base/nearest.h>

#include <string.h>

/* ---- ports that lead nowhere ------------------------------------------------------ */

/* Whether a pod has the target; else the nearest of the names that they have.  Pods that
 * lack it are not behind the port, so one is enough. */
static bool has_target(struct checking *ck, const struct party *party,
		       const struct service_port *port, struct nearest *near)
{
	for (size_t k = 0; k < party->len; k++) {
		const struct pod *pod = &ck->cluster->pods[party_at(party, k)->pod];
		size_t n;

		if (pod->invalid || !check_spend(ck, 16 + pod->nports) ||
		    pod_ports_named(pod, port->target_name, port->protocol, &n))
			return true;
		for (size_t i = 0; i < pod->nports; i++)
			if (pod->ports[i].protocol == port->protocol)
				nearest_offer(near, pod->ports[i].name);
	}
	return false;
}

static void check_target(struct checking *ck, const struct party *party,
			 const struct service_port *port)
{
	struct nearest near = nearest_to(port->target_name, strlen(port->target_name));

	if (party->len == 0 || has_target(ck, party, port, &near))
		return;
	diag_add(ck->cx->diags, DIAG_SERVICE_TARGET, &port->origin,
		 "port %u of the Service leads to %s port '%s', which no pod behind it "
		 "has%s",
		 port->number, protocol_name(port->protocol), port->target_name,
		 nearest_hint(ck->cx->arena, near.best));
}

/* ---- ports that are closed -------------------------------------------------------- */

/* Whether the row lets somebody have the port.  A rule for that counts even when nobody
 * in the input is its peer, which is another finding. */
static bool lets_in(struct checking *ck, const struct row *row, enum protocol protocol,
		    uint16_t port)
{
	if (!check_spend(ck, 4 * row->ngrants))
		return true;
	for (size_t i = 0; i < row->ngrants; i++)
		if (portset_contains(row->grants[i].ports, protocol, port))
			return true;
	return false;
}

/* Whether the pod is isolated, has the target, and nobody may reach it there. */
static bool is_closed(struct checking *ck, const struct service_port *port, uint32_t pod,
		      uint16_t *number)
{
	uint32_t class = ck->dc->classes->of_pod[INGRESS][pod];
	struct ranges numbers = { 0 };

	if (class == NO_CLASS || ck->cluster->pods[pod].invalid)
		return false;
	if (port->target_name)
		numbers = pod_port_numbers(ck->scratch, &ck->cluster->pods[pod],
					   port->target_name, port->protocol);
	else
		ranges_add(ck->scratch, &numbers,
			   (struct range){ port->target, port->target });
	for (size_t i = 0; i < numbers.len; i++)
		for (u128 n = numbers.at[i].lo; n <= numbers.at[i].hi; n++) {
			*number = (uint16_t)n;
			if (lets_in(ck, ck->dc->rows[INGRESS][class], port->protocol,
				    *number))
				return false;
		}
	return numbers.len > 0;
}

static void report(struct checking *ck, const struct service_port *port, uint32_t pod,
		   uint16_t number)
{
	const struct class *class =
		&ck->dc->classes->at[INGRESS][ck->dc->classes->of_pod[INGRESS][pod]];
	BUF_AUTO name = { 0 };
	struct diag *diag;

	pod_print(&name, ck->cluster, pod);
	diag = diag_add(ck->cx->diags, DIAG_SERVICE_CLOSED, &port->origin,
			"port %u of the Service leads to %s port %u of %s, which no rule "
			"lets anybody reach",
			port->number, protocol_name(port->protocol), number, name.at);
	if (class->npolicies > 0)
		diag_see(ck->cx->diags, diag,
			 &ck->cluster->policies[class->policies[0]].origin,
			 "this policy isolates it");
}

/* With the first pod that it is closed on. */
static void check_closed(struct checking *ck, const struct party *party,
			 const struct service_port *port)
{
	for (size_t k = 0; k < party->len; k++) {
		uint32_t pod = party_at(party, k)->pod;
		uint16_t number = 0;

		if (!check_spend(ck, 16) || !is_closed(ck, port, pod, &number))
			continue;
		report(ck, port, pod, number);
		return;
	}
}

static void check_service(struct checking *ck, const struct service *s)
{
	const struct party party = party_of_service(ck->scratch, ck->cluster, s);

	for (size_t p = 0; p < s->nports; p++) {
		if (s->ports[p].target_name)
			check_target(ck, &party, &s->ports[p]);
		check_closed(ck, &party, &s->ports[p]);
	}
}

void check_services(struct checking *ck)
{
	for (size_t i = 0; i < ck->cluster->nservices; i++) {
		const struct service *s = &ck->cluster->services[i];
		const struct namespace *ns = cluster_namespace(ck->cluster, s->space);

		if (s->invalid || s->external || !s->selector || !ns ||
		    !check_spend(ck, ns->pods * selector_cost(s->selector)))
			continue;
		check_service(ck, s);
		arena_reset(ck->scratch);
	}
}
