/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: Services.  Out: their ports that no rule lets anybody reach.
 */
#include <netpolc/analysis/checking.h>

#include <netpolc/analysis/party.h>
#include <netpolc/base/arena.h>
#include <netpolc/base/buf.h>

/* Whether the row lets somebody have the port. */
static bool lets_in(struct checking *ck, const struct row *row, enum protocol protocol,
		    uint16_t port)
{
	if (portset_contains(row->base, protocol, port) ||
	    !check_spend(ck, 4 * row->ncells))
		return true;
	for (size_t i = 0; i < row->ncells; i++)
		if (portset_contains(row->cells[i].ports, protocol, port))
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

static void report(struct checking *ck, const struct service *s,
		   const struct service_port *port, uint32_t pod, uint16_t number)
{
	const struct class *class =
		&ck->dc->classes->at[INGRESS][ck->dc->classes->of_pod[INGRESS][pod]];
	BUF_AUTO name = { 0 };
	struct diag *diag;

	pod_print(&name, ck->cluster, pod);
	diag = diag_add(ck->cx->diags, DIAG_SERVICE_CLOSED, &s->origin,
			"port %u of the Service leads to %s port %u of %s, which no rule "
			"lets anybody reach",
			port->number, protocol_name(port->protocol), number, name.at);
	if (class->npolicies > 0)
		diag_see(ck->cx->diags, diag,
			 &ck->cluster->policies[class->policies[0]].origin,
			 "this policy isolates it");
}

/* Each port once, with the first pod that it is closed on. */
static void check_service(struct checking *ck, const struct service *s)
{
	const struct party party = party_of_service(ck->scratch, ck->cluster, s);

	for (size_t p = 0; p < s->nports; p++)
		for (size_t k = 0; k < party.len; k++) {
			uint32_t pod = party_at(&party, k)->pod;
			uint16_t number = 0;

			if (!check_spend(ck, 16) ||
			    !is_closed(ck, &s->ports[p], pod, &number))
				continue;
			report(ck, s, &s->ports[p], pod, number);
			break;
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
