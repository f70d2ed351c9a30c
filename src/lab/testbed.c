/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: probes; out: which of them came through the router.
 *
 * The idea: all of it runs in one queue.  The sending thread stays on one CPU, so
 * a frame is received, judged, forwarded and delivered in the order in which it
 * was sent.  Behind each batch goes a sentinel, a frame that is no IP and that no
 * ruleset sees: when it has reached the router, all before it were judged; then
 * the router sends it on, and when it has reached the sink, all that passed are
 * there.
 *
 *     source  s0 ──── r0  router  r1 ──── k0  sink
 */
#include <netpolc/lab/testbed.h>

#include <netpolc/base/arena.h>
#include <netpolc/lab/links.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/nft/apply.h>
#include <netpolc/nft/pieces.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/capability.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>

#define BATCH	    128	    /* frames: the receive queue of a CPU has room for 1000 */
#define ATTEMPTS    5	    /* for a batch whose sentinel is lost */
#define PATIENCE_MS 2000    /* for a sentinel */
#define QUEUE_BYTES 4194304 /* what the sink may have in store */
#define FIRST_PORT  1024    /* of those taken as source ports */
#define WARM_UPS    40	    /* until links that have just come up carry packets */
#define WARM_UP_MS  50

#define ETHERTYPE_SENTINEL 0x88b5 /* for local experiments, IEEE 802 */
#define SENTINEL_BYTES	   18

enum space { SOURCE, ROUTER, SINK, PLACES };

struct testbed {
	struct ctx *cx;
	int home; /* the namespace to be in between calls */
	int spaces[PLACES];
	int source, sink; /* packet sockets on s0 and k0 */
	int near, far;	  /* sentinels on r0, and on r1 */
	int conntrack;	  /* netlink socket of the router */
	uint32_t number;  /* of the last packet */
	unsigned port;	  /* next one to take as source port */
	bool used[65536]; /* destination ports of live connections */
	cpu_set_t cpus;	  /* that the thread may run on, outside testbed_send() */
	bool small;	  /* sockets have no large buffers */
};

/* A batch on its way: probe i has the number first + i. */
struct batch {
	const struct packet_probe *probes;
	size_t n;
	bool *arrived;
	uint32_t first;
	uint32_t sentinel;
};

static const uint8_t router_mac[6] = { 2, 0, 0, 0, 0, 1 };

/* ---- sending ---- */

static void build_sentinel(uint8_t frame[SENTINEL_BYTES], uint32_t number)
{
	const uint16_t type = htons(ETHERTYPE_SENTINEL);
	const uint32_t id = htonl(number);

	memset(frame, 0xff, 12); /* to everyone */
	memcpy(frame + 12, &type, 2);
	memcpy(frame + 14, &id, 4);
}

static bool is_sentinel(const uint8_t *frame, size_t len, uint32_t number)
{
	uint8_t expected[SENTINEL_BYTES];

	build_sentinel(expected, number);
	return len >= sizeof(expected) && memcmp(frame, expected, sizeof(expected)) == 0;
}

static int send_all(int fd, struct mmsghdr *messages, unsigned n)
{
	for (unsigned done = 0; done < n;) {
		int sent = sendmmsg(fd, messages + done, n - done, 0);

		if (sent < 0 && errno != EINTR && errno != ENOBUFS)
			return -errno;
		done += sent > 0 ? (unsigned)sent : 0;
	}
	return 0;
}

static int send_batch(struct testbed *tb, const struct batch *b, const uint16_t *ports)
{
	uint8_t frames[BATCH + 1][PACKET_MAX];
	struct iovec parts[BATCH + 1];
	struct mmsghdr messages[BATCH + 1] = { 0 };

	for (size_t i = 0; i < b->n; i++) {
		struct packet_probe p = b->probes[i];

		p.source_port = ports[i];
		parts[i].iov_len =
			packet_build(frames[i], &p, b->first + (uint32_t)i, router_mac);
	}
	build_sentinel(frames[b->n], b->sentinel);
	parts[b->n].iov_len = SENTINEL_BYTES;
	for (size_t i = 0; i <= b->n; i++) {
		parts[i].iov_base = frames[i];
		messages[i].msg_hdr.msg_iov = &parts[i];
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	return send_all(tb->source, messages, (unsigned)b->n + 1);
}

/* ---- receiving ---- */

static void note_arrival(const struct batch *b, const uint8_t *frame, size_t len)
{
	uint32_t number;

	if (b && packet_number(frame, len, &number) && number - b->first < b->n)
		b->arrived[number - b->first] = true;
}

/* Reads frames until the sentinel, marking those of b (may be NULL). */
static int await_sentinel(int fd, uint32_t sentinel, const struct batch *b)
{
	uint8_t frame[2048];

	for (;;) {
		struct pollfd ready = { .fd = fd, .events = POLLIN };
		int polled = poll(&ready, 1, PATIENCE_MS);
		ssize_t n;

		if (polled < 0 && errno != EINTR)
			return -errno;
		if (!polled)
			return -ETIMEDOUT;
		n = recv(fd, frame, sizeof(frame), MSG_DONTWAIT);
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return -errno;
		if (n > 0 && is_sentinel(frame, (size_t)n, sentinel))
			return 0;
		if (n > 0)
			note_arrival(b, frame, (size_t)n);
	}
}

/* ---- connections ---- */

/* Makes the router's connection tracking forget everything. */
static int forget(struct testbed *tb)
{
	struct {
		struct nlmsghdr header;
		struct nfgenmsg nf;
	} ask = {
		.header = { .nlmsg_len = sizeof(ask),
			    .nlmsg_type =
				    NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_DELETE,
			    .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK },
	};
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
	} answer;

	if (send(tb->conntrack, &ask, sizeof(ask), 0) < 0)
		return -errno;
	if (recv(tb->conntrack, &answer, sizeof(answer), 0) < (ssize_t)sizeof(answer))
		return -EIO;
	memset(tb->used, 0, sizeof(tb->used));
	tb->port = FIRST_PORT;
	return answer.error.error;
}

/*
 * A source port for each probe.  None is taken twice, nor one that any probe has
 * as its destination: so no probe can be taken for the answer to another.  False
 * when they have run out.
 */
static bool choose_ports(struct testbed *tb, const struct batch *b, uint16_t *ports)
{
	for (size_t i = 0; i < b->n; i++)
		tb->used[b->probes[i].port] = true;
	for (size_t i = 0; i < b->n; i++) {
		if (b->probes[i].source_port) {
			ports[i] = b->probes[i].source_port;
			tb->used[ports[i]] = true;
			continue;
		}
		while (tb->port < ARRAY_SIZE(tb->used) && tb->used[tb->port])
			tb->port++;
		if (tb->port >= ARRAY_SIZE(tb->used))
			return false;
		ports[i] = (uint16_t)tb->port++;
	}
	return true;
}

static int try_batch(struct testbed *tb, struct batch *b)
{
	uint8_t sentinel[SENTINEL_BYTES];
	uint16_t ports[BATCH];
	int err = 0;

	if (!choose_ports(tb, b, ports)) {
		err = forget(tb);
		if (!err && !choose_ports(tb, b, ports))
			err = -ENOSPC;
	}
	memset(b->arrived, 0, b->n * sizeof(*b->arrived));
	b->first = tb->number + 1;
	b->sentinel = b->first + (uint32_t)b->n;
	tb->number = b->sentinel;
	build_sentinel(sentinel, b->sentinel);

	if (!err)
		err = send_batch(tb, b, ports);
	if (!err)
		err = await_sentinel(tb->near, b->sentinel, NULL);
	if (!err && send(tb->far, sentinel, sizeof(sentinel), 0) < 0)
		err = -errno;
	if (!err)
		err = await_sentinel(tb->sink, b->sentinel, b);
	return err;
}

static int run_batch(struct testbed *tb, struct batch *b)
{
	int err = -ETIMEDOUT;

	for (int left = ATTEMPTS; left-- && err == -ETIMEDOUT;)
		err = try_batch(tb, b);
	return err;
}

/* ---- building ---- */

/* A packet socket on a link of the namespace that the thread is in; it sees frames
 * of one kind, or with ETH_P_ALL all of them. */
static int packet_socket(const char *link, uint16_t type, int *fd)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET,
				  .sll_protocol = htons(type),
				  .sll_ifindex = (int)if_nametoindex(link) };
	int size = QUEUE_BYTES;

	*fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (*fd < 0)
		return -errno;
	if (setsockopt(*fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		setsockopt(*fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	return bind(*fd, (struct sockaddr *)&to, sizeof(to)) < 0 ? -errno : 0;
}

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

/* A process of several threads may not, and one that was joined just now can be about to
 * end. */
static int leave_users(void)
{
	for (int left = ATTEMPTS; unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0; left--) {
		if (errno != EINVAL || !left)
			return -errno;
		poll(NULL, 0, 1);
	}
	return 0;
}

/* Without root, privilege over new network namespaces comes from a user namespace
 * that they belong to. */
static int become_root(void)
{
	char users[32], groups[32];
	int err;

	snprintf(users, sizeof(users), "0 %u 1", (unsigned)geteuid());
	snprintf(groups, sizeof(groups), "0 %u 1", (unsigned)getegid());
	err = leave_users();
	if (err)
		return err;
	err = write_file("/proc/self/setgroups", "deny");
	if (!err)
		err = write_file("/proc/self/uid_map", users);
	if (!err)
		err = write_file("/proc/self/gid_map", groups);
	return err;
}

/* Being root is not enough: a container's root often is none. */
static bool may_make_namespaces(void)
{
	struct __user_cap_header_struct header = { .version =
							   _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	return syscall(SYS_capget, &header, data) == 0 &&
	       data[CAP_SYS_ADMIN / 32].effective & 1u << CAP_SYS_ADMIN % 32 &&
	       data[CAP_NET_ADMIN / 32].effective & 1u << CAP_NET_ADMIN % 32;
}

/* Forwards anything from and to anywhere, and says nothing by itself. */
static int router_settings(void)
{
	static const struct {
		const char *path, *value;
	} settings[] = {
		{ "ipv4/ip_forward", "1" },
		{ "ipv4/conf/all/rp_filter", "0" },
		{ "ipv4/conf/default/rp_filter", "0" },
		{ "ipv6/conf/all/forwarding", "1" },
		{ "ipv6/conf/default/forwarding", "1" },
		{ "ipv6/conf/default/accept_dad", "0" },
		{ "ipv6/conf/default/accept_ra", "0" },
		{ "ipv6/conf/default/addr_gen_mode", "1" },
	};
	int err = 0;

	for (size_t i = 0; !err && i < ARRAY_SIZE(settings); i++)
		err = links_setting(settings[i].path, settings[i].value);
	return err;
}

/* The ends need no IP at all; with it they would send packets of their own. */
static int make_end(int *space)
{
	int err = links_namespace(space);

	if (!err)
		err = links_setting("ipv6/conf/default/disable_ipv6", "1");
	return err;
}

static int make_router(struct testbed *tb)
{
	int err = links_namespace(&tb->spaces[ROUTER]);

	if (!err)
		err = router_settings();
	if (!err)
		err = links_pair("r0", router_mac, "s0", tb->spaces[SOURCE]);
	if (!err)
		err = links_pair("r1", NULL, "k0", tb->spaces[SINK]);
	if (!err)
		err = links_up("lo", true); /* or no gateway counts as valid */
	if (!err)
		err = links_up("r0", false);
	if (!err)
		err = links_up("r1", false);
	if (!err)
		err = links_default_route("r1", FAMILY_IPV4);
	if (!err)
		err = links_default_route("r1", FAMILY_IPV6);
	if (!err)
		err = packet_socket("r0", ETHERTYPE_SENTINEL, &tb->near);
	if (!err)
		err = packet_socket("r1", ETHERTYPE_SENTINEL, &tb->far);
	if (err)
		return err;
	tb->conntrack = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
	return tb->conntrack < 0 ? -errno : 0;
}

static int open_end(int space, const char *link, uint16_t type, int *fd)
{
	int err = links_enter(space);

	if (!err)
		err = links_up(link, false);
	return err ? err : packet_socket(link, type, fd);
}

static int build(struct testbed *tb)
{
	int err;

	tb->small = !may_make_namespaces();
	err = tb->small ? become_root() : 0;
	if (err)
		return err;
	tb->home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (tb->home < 0)
		return -errno;
	err = make_end(&tb->spaces[SOURCE]);
	if (!err)
		err = make_end(&tb->spaces[SINK]);
	if (!err)
		err = make_router(tb);
	if (!err)
		err = open_end(tb->spaces[SOURCE], "s0", 0, &tb->source);
	if (!err)
		err = open_end(tb->spaces[SINK], "k0", ETH_P_ALL, &tb->sink);
	if (links_enter(tb->home))
		err = err ? err : -EPERM;
	return err;
}

/* A testbed that loses packets by itself would call everything denied.  The first
 * ones may be lost: the kernel gives a new link its queue when it gets round to it. */
static int check_forwarding(struct testbed *tb)
{
	const struct packet_probe probes[] = {
		{ .from = { FAMILY_IPV4, 0x0a000001 },
		  .to = { FAMILY_IPV4, 0x0a000002 },
		  .protocol = IPPROTO_UDP,
		  .port = 1 },
		{ .from = { FAMILY_IPV6, (u128)0xfd << 120 | 1 },
		  .to = { FAMILY_IPV6, (u128)0xfd << 120 | 2 },
		  .protocol = IPPROTO_UDP,
		  .port = 1 },
	};
	bool arrived[ARRAY_SIZE(probes)];

	for (int i = 0; i < WARM_UPS; i++) {
		if (!testbed_send(tb, probes, ARRAY_SIZE(probes), arrived))
			return -EIO;
		if (arrived[0] && arrived[1])
			return 0;
		poll(NULL, 0, WARM_UP_MS);
	}
	return -ENETUNREACH;
}

/* ---- public ---- */

static void report(struct testbed *tb, int err)
{
	diag_add(tb->cx->diags, DIAG_KERNEL, NULL, "the packet testbed failed: %s",
		 strerror(-err));
}

bool testbed_carries(struct address a)
{
	u128 n = a.number;

	if (a.family == FAMILY_IPV4)
		return n != 0 && n >> 24 != 127 && n >> 28 != 0xe && n != 0xffffffff;
	return n > 1 && n >> 118 != 0xfe80 >> 6 && n >> 120 != 0xff;
}

bool testbed_send(struct testbed *tb, const struct packet_probe *probes, size_t n,
		  bool *arrived)
{
	cpu_set_t here;
	int err = 0;

	CPU_ZERO(&here);
	CPU_SET((size_t)sched_getcpu(), &here);
	sched_setaffinity(0, sizeof(here), &here);
	for (size_t i = 0; !err && i < n; i += BATCH) {
		struct batch b = { .probes = probes + i,
				   .n = n - i < BATCH ? n - i : BATCH,
				   .arrived = arrived + i };

		err = run_batch(tb, &b);
	}
	sched_setaffinity(0, sizeof(tb->cpus), &tb->cpus);
	if (err)
		report(tb, err);
	return !err;
}

static bool replace(struct testbed *tb, const struct ruleset *rs)
{
	if (tb->small)
		return pieces_load(tb->cx, &kernel_libnftables, rs);
	return kernel_replace(tb->cx, &kernel_libnftables, rs, false);
}

bool testbed_swap(struct testbed *tb, const struct ruleset *rs)
{
	int err = links_enter(tb->spaces[ROUTER]);
	bool loaded = !err && replace(tb, rs);

	if (links_enter(tb->home) && !err)
		err = -EPERM;
	if (err)
		report(tb, err);
	return loaded && !err;
}

bool testbed_update(struct testbed *tb, const struct ruleset *rs,
		    struct apply_result *result)
{
	const struct apply_options options = { 0 };
	int err = links_enter(tb->spaces[ROUTER]);

	if (!err)
		*result = apply_ruleset(tb->cx, &kernel_libnftables, rs, &options);
	if (links_enter(tb->home) && !err)
		err = -EPERM;
	if (err)
		report(tb, err);
	return !err && result->outcome != APPLY_FAILED;
}

bool testbed_load(struct testbed *tb, const struct ruleset *rs)
{
	int err = forget(tb);

	if (err)
		report(tb, err);
	return !err && testbed_swap(tb, rs);
}

void testbed_close(struct testbed *tb)
{
	const int all[] = {
		tb->source,    tb->sink,	   tb->near,	       tb->far,
		tb->conntrack, tb->spaces[SOURCE], tb->spaces[ROUTER], tb->spaces[SINK],
		tb->home
	};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (all[i] >= 0)
			close(all[i]);
}

/* The kernel's word for a limit of namespaces is that of a full disk. */
static const char *meaning_of(int err)
{
	if (err == -ENOSPC)
		return "the system allows no more of them (user.max_user_namespaces, "
		       "user.max_net_namespaces)";
	return strerror(-err);
}

struct testbed *testbed_open(struct ctx *cx, const char **why_not)
{
	struct testbed *tb = ARENA_NEW(cx->arena, struct testbed);
	int err;

	tb->cx = cx;
	tb->home = tb->source = tb->sink = tb->near = tb->far = tb->conntrack = -1;
	for (int i = 0; i < PLACES; i++)
		tb->spaces[i] = -1;
	tb->port = FIRST_PORT;
	sched_getaffinity(0, sizeof(tb->cpus), &tb->cpus);
	err = build(tb);
	if (!err)
		err = check_forwarding(tb);
	if (!err)
		return tb;
	testbed_close(tb);
	*why_not = arena_printf(cx->arena, "network namespaces cannot be used: %s",
				meaning_of(err));
	return NULL;
}
