/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: decisions.  Out: --dump=decisions, text that golden tests and bug reports
 * use: what each peer and atom is, then each class with its row.
 */
#include <netpolc/policy/decide.h>

static void dump_pod(struct buf *out, const struct cluster *cl, uint32_t id)
{
	const struct pod *pod = &cl->pods[id];

	buf_printf(out, "%s/", cl->namespaces[pod->namespace].name);
	if (pod->workload)
		buf_printf(out, "%s/%s%s", pod->kind, pod->name,
			   pod->replica ? "#2" : "");
	else
		buf_puts(out, pod->name);
}

static void dump_peers(struct buf *out, const struct decisions *dc)
{
	for (size_t i = 0; i < dc->sets->npeers; i++) {
		buf_printf(out, "peer %zu: %s\n  atoms", i, dc->sets->peers[i].key);
		for (size_t j = 0; j < dc->classes->npeer_atoms[i]; j++)
			buf_printf(out, " %u", dc->classes->peer_atoms[i][j]);
		buf_putc(out, '\n');
	}
}

static void dump_atoms(struct buf *out, const struct decisions *dc)
{
	const struct classes *cs = dc->classes;

	for (enum family f = 0; f < FAMILIES; f++) {
		for (size_t i = 0; i < cs->naddresses[f]; i++) {
			const struct pod_address *a = &cs->addresses[f][i];

			buf_puts(out, "address ");
			address_print(out, (struct address){ f, a->number });
			buf_puts(out, " of ");
			dump_pod(out, dc->cluster, a->pod);
			buf_printf(out, ": atom %u\n", a->atom);
		}
		for (size_t i = 0; i < cs->nintervals[f]; i++) {
			const struct interval *v = &cs->intervals[f][i];

			buf_puts(out, "others ");
			address_print(out, (struct address){ f, v->lo });
			buf_puts(out, "-");
			address_print(out, (struct address){ f, v->hi });
			buf_printf(out, ": atom %u\n", v->atom);
		}
	}
	for (uint32_t id = 0; id < dc->cluster->npods; id++) {
		uint32_t four = cs->atom_of_pod[FAMILY_IPV4][id];
		uint32_t six = cs->atom_of_pod[FAMILY_IPV6][id];

		if (four == NO_ATOM)
			continue;
		buf_puts(out, "without address ");
		dump_pod(out, dc->cluster, id);
		buf_printf(out, ": atom %u", four);
		if (six != four)
			buf_printf(out, " in IPv4, %u in IPv6", six);
		buf_putc(out, '\n');
	}
}

static void dump_class(struct buf *out, const struct decisions *dc, enum direction d,
		       size_t index)
{
	const struct class *class = &dc->classes->at[d][index];
	const struct row *row = dc->rows[d][index];

	buf_printf(out, "class %s %zu:", direction_name(d), index);
	for (size_t i = 0; i < class->pods.len; i++) {
		buf_putc(out, ' ');
		dump_pod(out, dc->cluster, class->pods.at[i]);
	}
	buf_puts(out, "\n  policies");
	for (size_t i = 0; i < class->npolicies; i++) {
		const struct policy *p = &dc->cluster->policies[class->policies[i]];

		buf_printf(out, " %s/%s", dc->cluster->namespaces[p->namespace].name,
			   p->name);
	}
	buf_puts(out, "\n  any peer: ");
	portset_print(out, row->base);
	for (size_t i = 0; i < row->ncells; i++) {
		buf_printf(out, "\n  atom %u: ", row->cells[i].atom);
		portset_print(out, row->cells[i].ports);
	}
	buf_putc(out, '\n');
}

void decisions_dump(struct buf *out, const struct decisions *dc)
{
	dump_peers(out, dc);
	dump_atoms(out, dc);
	for (enum direction d = 0; d < DIRECTIONS; d++)
		for (size_t i = 0; i < dc->classes->len[d]; i++)
			dump_class(out, dc, d, i);
}
