/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file comes in, its columns go out.
 */
#include <netpolc/cli/terminal.h>

#include <sys/ioctl.h>
#include <unistd.h>

size_t terminal_width(int fd)
{
	struct winsize size;

	if (!isatty(fd) || ioctl(fd, TIOCGWINSZ, &size) < 0)
		return 0;
	return size.ws_col;
}
