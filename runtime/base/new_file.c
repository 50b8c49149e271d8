/* Files that are written piece by piece, beside what they replace. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/aside.h"
#include "runtime/base/file.h"

#define FLUSH_AT ((size_t)256 << 10)
#define NAME_SIZE (PATH_MAX + 64)

static cordon_status
fail(const struct cd_new_file *f, int failed, struct cordon_error *err)
{
    return failed == ENOMEM ? cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET,
                                          "out of memory writing %s", f->path)
                            : cordon_fail(err, CORDON_EIO, CORDON_NO_OFFSET, "cannot write %s: %s",
                                          f->path, strerror(failed));
}

/* Opens what is to be written; the errno of a failure. */
static int
open_it(struct cd_new_file *f)
{
    struct stat st;
    bool is_there = stat(f->path, &st) == 0;
    if (is_there && S_ISDIR(st.st_mode)) {
        return EISDIR;
    }
    if (is_there && !S_ISREG(st.st_mode)) {
        f->fd = open(f->path, O_WRONLY | O_CLOEXEC);
        return f->fd < 0 ? errno : 0;
    }
    f->target = is_there ? realpath(f->path, NULL) : strdup(f->path);
    f->aside = malloc(NAME_SIZE);
    if (f->target == NULL || f->aside == NULL) {
        return f->target == NULL && is_there ? errno : ENOMEM;
    }
    f->fd = cd_open_aside(f->target, is_there ? st.st_mode & 0777 : 0666, f->aside, NAME_SIZE);
    return f->fd < 0 ? errno : 0;
}

cordon_status
cd_new_file_open(const char *path, struct cd_new_file *f, struct cordon_error *err)
{
    *f = (struct cd_new_file){.path = path, .fd = -1, .buf = CD_BUF_INIT};
    int failed = open_it(f);
    if (failed) {
        free(f->target);
        free(f->aside);
        return fail(f, failed, err);
    }
    return CORDON_OK;
}

static void
flush(struct cd_new_file *f)
{
    if (f->buf.oom && !f->failed) {
        f->failed = ENOMEM;
    }
    if (!f->failed) {
        f->failed = cd_write_full(f->fd, f->buf.p, f->buf.n);
    }
    cd_buf_clear(&f->buf);
}

void
cd_new_file_put(struct cd_new_file *f, const void *p, size_t n)
{
    f->written += n;
    if (n >= FLUSH_AT) { /* what is long is not copied */
        flush(f);
        f->failed = f->failed ? f->failed : cd_write_full(f->fd, p, n);
        return;
    }
    cd_buf_put(&f->buf, p, n);
    if (f->buf.n >= FLUSH_AT || f->buf.oom) {
        flush(f);
    }
}

cordon_status
cd_new_file_close(struct cd_new_file *f, bool is_dropped, struct cordon_error *err)
{
    if (!is_dropped) {
        flush(f);
    }
    if (!is_dropped && !f->failed && f->aside != NULL && fsync(f->fd) != 0 && errno != EINVAL) {
        f->failed = errno;
    }
    if (close(f->fd) != 0 && !f->failed) {
        f->failed = errno;
    }
    if (!is_dropped && !f->failed && f->aside != NULL && rename(f->aside, f->target) != 0) {
        f->failed = errno;
    }
    if (f->aside != NULL && (is_dropped || f->failed)) {
        unlink(f->aside);
    }
    cordon_status status = is_dropped || !f->failed ? CORDON_OK : fail(f, f->failed, err);
    cd_buf_finish(&f->buf);
    free(f->target);
    free(f->aside);
    return status;
}
