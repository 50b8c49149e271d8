/* Several files at once, each written beside the one that it replaces: all of them change, or none.
 */
#include "runtime/base/aside.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/file.h"

#define MAX_TRIES 100u

int
cd_write_full(int fd, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t step = write(fd, p, n);
        if (step >= 0) {
            p += step;
            n -= (size_t)step;
        } else if (errno == EAGAIN) {
            struct pollfd wait = {.fd = fd, .events = POLLOUT};
            (void)poll(&wait, 1, -1);
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

int
cd_open_aside(const char *path, mode_t mode, char *name, size_t size)
{
    for (unsigned attempt = 0; attempt < MAX_TRIES; attempt++) {
        int n = snprintf(name, size, "%s.%ld-%u.tmp", path, (long)getpid(), attempt);
        if (n < 0 || (size_t)n >= size) {
            errno = ENAMETOOLONG;
            return -1;
        }
        int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (fd >= 0 || errno != EEXIST) {
            return fd;
        }
    }
    return -1;
}

int
cd_write_aside(const char *path, mode_t mode, struct cd_str bytes, char *name, size_t size)
{
    int fd = cd_open_aside(path, mode, name, size);
    if (fd < 0) {
        return errno;
    }
    int failed = cd_write_full(fd, bytes.p, bytes.n);
    if (!failed && fsync(fd) != 0 && errno != EINVAL) {
        failed = errno;
    }
    if (close(fd) != 0 && !failed) {
        failed = errno;
    }
    if (failed) {
        unlink(name);
    }
    return failed;
}

/* ---- several at once ---- */

#define NAME_SIZE (PATH_MAX + 64)

struct staged {
    char target[PATH_MAX]; /* behind symbolic links */
    char aside[NAME_SIZE]; /* empty: nothing is there */
    char old[NAME_SIZE];   /* what TARGET was, empty: nothing */
    bool existed, is_renamed;
};

static cordon_status
failed_at(const struct cd_file_bytes *file, int failed, struct cordon_error *err)
{
    return cordon_fail(err, CORDON_EIO, CORDON_NO_OFFSET, "cannot write %s: %s", file->path,
                       strerror(failed));
}

/* Writes FILE beside its target. */
static int
stage(const struct cd_file_bytes *file, struct staged *s)
{
    struct stat st;
    mode_t mode = 0666;
    if (stat(file->path, &st) == 0) {
        if (!S_ISREG(st.st_mode)) {
            return S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
        }
        mode = st.st_mode & 0777;
        s->existed = true;
        if (realpath(file->path, s->target) == NULL) {
            return errno;
        }
    } else if (snprintf(s->target, sizeof s->target, "%s", file->path) >= (int)sizeof s->target) {
        return ENAMETOOLONG;
    }
    int failed = cd_write_aside(s->target, mode, file->bytes, s->aside, sizeof s->aside);
    if (failed) {
        s->aside[0] = '\0';
    }
    return failed;
}

/* Keeps what TARGET was under a second name, where the file system has such, and renames. */
static int
commit(struct staged *s)
{
    (void)snprintf(s->old, sizeof s->old, "%s.old", s->aside);
    if (link(s->target, s->old) != 0) {
        s->old[0] = '\0';
    }
    if (rename(s->aside, s->target) != 0) {
        return errno;
    }
    s->aside[0] = '\0';
    s->is_renamed = true;
    return 0;
}

static void
undo(struct staged *s)
{
    if (s->is_renamed && s->old[0] != '\0') {
        (void)rename(s->old, s->target);
        s->old[0] = '\0';
    } else if (s->is_renamed && !s->existed) {
        (void)unlink(s->target);
    }
}

static void
clean(struct staged *s)
{
    if (s->aside[0] != '\0') {
        (void)unlink(s->aside);
    }
    if (s->old[0] != '\0') {
        (void)unlink(s->old);
    }
}

cordon_status
cd_files_write(const struct cd_file_bytes *files, size_t n, struct cordon_error *err)
{
    struct staged *staged = calloc(n + 1, sizeof *staged);
    int failed = 0;
    size_t at = 0;
    if (staged == NULL) {
        return cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory");
    }
    for (size_t i = 0; i < n && !failed; i++, at++) {
        failed = stage(&files[i], &staged[i]);
    }
    if (!failed) {
        at = 0;
    }
    for (size_t i = 0; i < n && !failed; i++, at++) {
        failed = commit(&staged[i]);
    }
    for (size_t i = n; i > 0; i--) {
        if (failed) {
            undo(&staged[i - 1]);
        }
        clean(&staged[i - 1]);
    }
    free(staged);
    return failed ? failed_at(&files[at - 1], failed, err) : CORDON_OK;
}
