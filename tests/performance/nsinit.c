// SPDX-License-Identifier: Apache-2.0
// nsinit: pid 1 of the private pid namespace. Brings lo up, runs the given
// command, reaps every orphan at once (a slow reaper would distort the time a
// daemon needs to see that a guest process is gone), exits with the command.
#include <errno.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
static void lo_up(void) {
    int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (s < 0) return;
    struct ifreq r;
    memset(&r, 0, sizeof r);
    strcpy(r.ifr_name, "lo");
    if (ioctl(s, SIOCGIFFLAGS, &r) == 0) {
        r.ifr_flags |= IFF_UP;
        ioctl(s, SIOCSIFFLAGS, &r);
    }
    close(s);
}
int main(int argc, char** argv) {
    if (argc < 2) return 2;
    if (getpid() == 1) lo_up();
    pid_t child = fork();
    if (child < 0) return 1;
    if (child == 0) {
        execvp(argv[1], argv + 1);
        perror(argv[1]);
        _exit(127);
    }
    signal(SIGINT, SIG_IGN);
    // NSINIT_REAP_MS=N imitates a pid 1 that only looks for dead orphans every N ms
    const char* slow = getenv("NSINIT_REAP_MS");
    if (slow) {
        for (;;) {
            int st;
            pid_t p;
            usleep(atoi(slow) * 1000);
            while ((p = waitpid(-1, &st, WNOHANG)) > 0)
                if (p == child) return WIFEXITED(st) ? WEXITSTATUS(st) : 128 + WTERMSIG(st);
        }
    }
    for (;;) {
        int st;
        pid_t p = waitpid(-1, &st, 0);
        if (p == child) return WIFEXITED(st) ? WEXITSTATUS(st) : 128 + WTERMSIG(st);
        if (p < 0 && errno == ECHILD) return 1;
    }
}
