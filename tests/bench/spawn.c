/* Runs a program with its output thrown away, and prints its exit code, wall and processor time in
 * microseconds, and peak memory in KB. A small process of its own: the peak of a child counts that
 * of the process which it was forked from. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long
now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static long long
us_of(struct timeval t)
{
    return t.tv_sec * 1000000LL + t.tv_usec;
}

static void
become(char **argv)
{
    int nowhere = open("/dev/null", O_RDWR);
    for (int fd = 0; fd <= 2; fd++) {
        (void)dup2(nowhere, fd);
    }
    execvp(argv[0], argv);
    _exit(127);
}

int
main(int argc, char **argv)
{
    int status;
    struct rusage usage;
    long long start = now_us();
    pid_t child = argc < 2 ? -1 : fork();
    if (child == 0) {
        become(argv + 1);
    }
    if (child < 0 || wait4(child, &status, 0, &usage) != child) {
        perror("spawn");
        return 2;
    }
    printf("%d %lld %lld %ld\n", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
           now_us() - start, us_of(usage.ru_utime) + us_of(usage.ru_stime), usage.ru_maxrss);
    return 0;
}
