/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end of a socket comes in, words about the other one go out.
 */
#include <netpolc/enforce/identity.h>

#include <netpolc/base/private_file.h>
#include <netpolc/base/visible.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define COMMAND_READ  4096 /* the path of a program may be long */
#define COMMAND_SHOWN 80

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

/* The words of the process's command line; 0 when it cannot be seen. */
static size_t read_command(pid_t pid, char words[COMMAND_READ + 1])
{
	char path[sizeof("/proc/") + 10 + sizeof("/cmdline")];
	FD_AUTO fd = -1;
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	len = fd < 0 ? 0 : read(fd, words, COMMAND_READ);
	while (len > 0 && !words[len - 1])
		len--;
	if (len <= 0)
		return 0;
	words[len] = '\0';
	return (size_t)len;
}

/* The name of the program, without the directory of an absolute one, and what follows as
 * far as anybody wants to read it.  Any other slash may stand in a name that the process
 * gave itself. */
static void put_command(struct buf *out, pid_t pid)
{
	char words[COMMAND_READ + 1], *begin = words;
	size_t len = read_command(pid, words), shown;

	if (!len)
		return;
	if (*words == '/')
		begin = strrchr(words, '/') + 1;
	len -= (size_t)(begin - words);
	shown = text_fit(begin, len, COMMAND_SHOWN);
	begin[shown] = '\0';
	for (size_t i = 0; i < shown; i++)
		if (!begin[i])
			begin[i] = ' ';
	buf_puts(out, ", '");
	visible_text(out, begin);
	buf_puts(out, shown < len ? "…'" : "'");
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
		buf_puts(out, p->process == IDENTITY_UNTOLD
				      ? "a process"
				      : "a process of another PID namespace");
	if (!identity_is_trusted(p))
		buf_printf(out, " of user %u", (unsigned)p->user);
	if (p->process > 0)
		put_command(out, p->process);
}
