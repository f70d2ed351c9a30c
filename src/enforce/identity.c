/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end of a socket comes in, words about the other one go out.
 */
#include <netpolc/enforce/identity.h>

#include <netpolc/base/private_file.h>
#include <netpolc/base/visible.h>

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define COMMAND_BYTES 200

socklen_t identity_name(struct sockaddr_un *out, const char *table, const char *suffix)
{
	int len;

	*out = (struct sockaddr_un){ .sun_family = AF_UNIX };
	len = snprintf(out->sun_path + 1, sizeof(out->sun_path) - 1, "netpolc/%s%s",
		       table, suffix);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)len);
}

struct identity identity_of(int fd)
{
	struct ucred who;
	socklen_t len = sizeof(who);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) < 0)
		return IDENTITY_UNKNOWN;
	return (struct identity){ .process = who.pid, .user = who.uid };
}

bool identity_is_trusted(const struct identity *p)
{
	return !p->user || p->user == geteuid();
}

/* The words of the process's command line; nothing when it cannot be seen. */
static void put_command(struct buf *out, pid_t pid)
{
	char path[sizeof("/proc/") + 10 + sizeof("/cmdline")];
	char words[COMMAND_BYTES + 1];
	FD_AUTO fd = -1;
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	len = fd < 0 ? 0 : read(fd, words, COMMAND_BYTES);
	while (len > 0 && !words[len - 1])
		len--;
	if (len <= 0)
		return;
	words[len] = '\0';
	for (ssize_t i = 0; i < len; i++)
		if (!words[i])
			words[i] = ' ';
	buf_puts(out, ", '");
	visible_text(out, words);
	buf_puts(out, "'");
}

void identity_describe(struct buf *out, const struct identity *p)
{
	const struct identity unknown = IDENTITY_UNKNOWN;

	if (p->user == unknown.user) {
		buf_puts(out, "a process that does not say who it is");
		return;
	}
	if (p->process > 0)
		buf_printf(out, "process %d", (int)p->process);
	else
		buf_puts(out, "a process of another PID namespace");
	if (!identity_is_trusted(p))
		buf_printf(out, " of user %u", (unsigned)p->user);
	if (p->process > 0)
		put_command(out, p->process);
}
