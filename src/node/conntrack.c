/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: the kernel's dump of connections, message by message.  Out: a question about
 * each, and for those that are to end a deletion, through a second socket.
 */
#include <netpolc/node/conntrack.h>

#include <netpolc/base/arena.h>

#include <arpa/inet.h>
#include <errno.h>
#include <libnetfilter_conntrack/libnetfilter_conntrack.h>
#include <libnetfilter_conntrack/libnetfilter_conntrack_tcp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

struct conntrack {
	struct nfct_handle *dump, *change;
};

/* One walk through the entries of a family. */
struct walk {
	struct nfct_handle *change; /* NULL: nothing is deleted */
	enum family family;
	conntrack_judge *is_denied;
	void *arg;
	struct conntrack_count *count;
	int err; /* of the deletion that ended the walk */
};

static struct address address_of(const struct nf_conntrack *entry, enum family f,
				 enum nf_conntrack_attr four, enum nf_conntrack_attr six)
{
	struct address a = { .family = f };
	const uint8_t *bytes = nfct_get_attr(entry, f == FAMILY_IPV4 ? four : six);

	for (size_t i = 0; bytes && i < family_bits(f) / 8; i++)
		a.number = a.number << 8 | bytes[i];
	return a;
}

/* The kernel is lenient with both ends where it has not seen them agree on windows. */
static bool is_midway(const struct nf_conntrack *entry)
{
	return nfct_get_attr_u8(entry, ATTR_TCP_FLAGS_ORIG) &
	       nfct_get_attr_u8(entry, ATTR_TCP_FLAGS_REPL) & IP_CT_TCP_FLAG_BE_LIBERAL;
}

/* Whoever answers is the destination behind its translation. */
static struct conntrack_opening opening_of(const struct nf_conntrack *entry,
					   enum family f)
{
	struct conntrack_opening o = {
		.from = address_of(entry, f, ATTR_ORIG_IPV4_SRC, ATTR_ORIG_IPV6_SRC),
		.to = address_of(entry, f, ATTR_REPL_IPV4_SRC, ATTR_REPL_IPV6_SRC),
		.protocol = nfct_get_attr_u8(entry, ATTR_ORIG_L4PROTO),
	};

	if (nfct_attr_is_set(entry, ATTR_REPL_PORT_SRC) > 0)
		o.port = ntohs(nfct_get_attr_u16(entry, ATTR_REPL_PORT_SRC));
	if (nfct_attr_is_set(entry, ATTR_ORIG_PORT_SRC) > 0)
		o.source_port = ntohs(nfct_get_attr_u16(entry, ATTR_ORIG_PORT_SRC));
	o.midway = o.protocol == IPPROTO_TCP && is_midway(entry);
	return o;
}

/* Of the connection that this one belongs to, as data belongs to FTP: the destination is
 * the one that was asked for, since the kernel says no more. */
static struct conntrack_opening opening_of_master(const struct nf_conntrack *entry,
						  enum family f)
{
	return (struct conntrack_opening){
		.from = address_of(entry, f, ATTR_MASTER_IPV4_SRC, ATTR_MASTER_IPV6_SRC),
		.to = address_of(entry, f, ATTR_MASTER_IPV4_DST, ATTR_MASTER_IPV6_DST),
		.protocol = nfct_get_attr_u8(entry, ATTR_MASTER_L4PROTO),
		.port = ntohs(nfct_get_attr_u16(entry, ATTR_MASTER_PORT_DST)),
		.source_port = ntohs(nfct_get_attr_u16(entry, ATTR_MASTER_PORT_SRC)),
	};
}

/* What belongs to a connection that may go on could begin too: it is related. */
static bool is_to_end(const struct walk *w, const struct nf_conntrack *entry)
{
	struct conntrack_opening opening = opening_of(entry, w->family);

	if (!w->is_denied(&opening, w->arg))
		return false;
	if (nfct_attr_is_set(entry, ATTR_MASTER_L4PROTO) <= 0)
		return true;
	opening = opening_of_master(entry, w->family);
	return w->is_denied(&opening, w->arg);
}

/* The kernel finds an entry by its zone and the addresses of its opening packet. */
static int delete (struct nfct_handle *change, const struct nf_conntrack *entry)
{
	struct nf_conntrack *key = nfct_new();
	int err = 0;

	if (!key)
		return -ENOMEM;
	nfct_copy(key, entry, NFCT_CP_ORIG);
	if (nfct_attr_is_set(entry, ATTR_ZONE) > 0)
		nfct_set_attr_u16(key, ATTR_ZONE, nfct_get_attr_u16(entry, ATTR_ZONE));
	if (nfct_query(change, NFCT_Q_DESTROY, key) < 0)
		err = -errno;
	nfct_destroy(key);
	return err == -ENOENT ? 0 : err; /* it has ended by itself */
}

static int look_at(enum nf_conntrack_msg_type type, struct nf_conntrack *entry, void *arg)
{
	struct walk *w = arg;

	(void)type;
	w->count->seen++;
	if (w->err || !is_to_end(w, entry))
		return NFCT_CB_CONTINUE;
	w->count->cut++;
	if (w->change)
		w->err = delete (w->change, entry);
	return NFCT_CB_CONTINUE;
}

int conntrack_cut(struct conntrack *ct, enum family family, bool check,
		  conntrack_judge *is_denied, void *arg, struct conntrack_count *count)
{
	const uint32_t wanted = family == FAMILY_IPV4 ? AF_INET : AF_INET6;
	struct walk w = { .change = check ? NULL : ct->change,
			  .family = family,
			  .is_denied = is_denied,
			  .arg = arg,
			  .count = count };
	int err = 0;

	if (nfct_callback_register(ct->dump, NFCT_T_ALL, look_at, &w) < 0)
		return -errno;
	if (nfct_query(ct->dump, NFCT_Q_DUMP, &wanted) < 0)
		err = -errno;
	nfct_callback_unregister(ct->dump);
	return w.err ? w.err : err;
}

void conntrack_close(struct conntrack *ct)
{
	if (ct->dump)
		nfct_close(ct->dump);
	if (ct->change)
		nfct_close(ct->change);
	free(ct);
}

static void put_address(struct nf_conntrack *entry, struct address a,
			enum nf_conntrack_attr four, enum nf_conntrack_attr six)
{
	uint8_t bytes[16];
	size_t len = family_bits(a.family) / 8;

	for (size_t i = len; i--; a.number >>= 8)
		bytes[i] = (uint8_t)a.number;
	nfct_set_attr(entry, a.family == FAMILY_IPV4 ? four : six, bytes);
}

static int query_udp(struct conntrack *ct, enum nf_conntrack_query query,
		     const struct conntrack_end *from, const struct conntrack_end *to)
{
	struct nf_conntrack *entry = nfct_new();
	bool old = from->address.family == FAMILY_IPV4;
	int err = 0;

	if (!entry)
		return -ENOMEM;
	nfct_set_attr_u8(entry, ATTR_ORIG_L3PROTO, old ? AF_INET : AF_INET6);
	nfct_set_attr_u8(entry, ATTR_ORIG_L4PROTO, IPPROTO_UDP);
	put_address(entry, from->address, ATTR_ORIG_IPV4_SRC, ATTR_ORIG_IPV6_SRC);
	put_address(entry, to->address, ATTR_ORIG_IPV4_DST, ATTR_ORIG_IPV6_DST);
	nfct_set_attr_u16(entry, ATTR_ORIG_PORT_SRC, htons(from->port));
	nfct_set_attr_u16(entry, ATTR_ORIG_PORT_DST, htons(to->port));
	if (nfct_query(ct->change, query, entry) < 0)
		err = -errno;
	nfct_destroy(entry);
	return err;
}

int conntrack_forget_udp(struct conntrack *ct, const struct conntrack_end *from,
			 const struct conntrack_end *to)
{
	return query_udp(ct, NFCT_Q_DESTROY, from, to);
}

/* Asks for a connection that nobody has: who may ask, and where it can be answered, is
 * told that there is none. */
static int try_out(struct conntrack *ct)
{
	const struct conntrack_end nobody = { { FAMILY_IPV4, 0 }, 0 };
	int err = query_udp(ct, NFCT_Q_GET, &nobody, &nobody);

	return err == -ENOENT ? 0 : err;
}

int conntrack_open(struct conntrack **out)
{
	struct conntrack *ct = heap_resize(NULL, sizeof(*ct), 1);
	int err;

	ct->dump = nfct_open(CONNTRACK, 0);
	ct->change = ct->dump ? nfct_open(CONNTRACK, 0) : NULL;
	err = ct->change ? try_out(ct) : -errno;
	*out = ct;
	if (err)
		conntrack_close(ct);
	return err;
}
