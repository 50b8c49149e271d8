/* Whole files in and out, folders, and the buffered output stream that remembers its first failure.
 */
#include "runtime/base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/aside.h"

#define FLUSH_AT ((size_t)64 << 10)
#define READ_STEP ((size_t)64 << 10)

const char *
cd_path_shown(const char *path, char out[CD_PATH_SHOWN])
{
    size_t n = strlen(path);
    size_t half = CD_PATH_SHOWN / 2 - 8;
    if (n < CD_PATH_SHOWN) {
        return path;
    }
    (void)snprintf(out, CD_PATH_SHOWN, "%.*s…%s", (int)half, path, path + n - half);
    return out;
}

static cordon_status
fail_errno(struct cordon_error *err, const char *what, const char *path)
{
    char shown[CD_PATH_SHOWN];
    const char *reason = strerror(errno);
    return cordon_fail(err, CORDON_EIO, CORDON_NO_OFFSET, "cannot %s %s: %s", what,
                       path[0] == '\0' ? "a file without a name" : cd_path_shown(path, shown),
                       reason);
}

/* Reads up to N bytes, fewer only at the end; -1 with errno on failure. */
static ssize_t
read_full(int fd, char *p, size_t n)
{
    size_t got = 0;
    while (got < n) {
        ssize_t step = read(fd, p + got, n - got);
        if (step == 0) {
            break;
        }
        if (step < 0 && errno != EINTR) {
            return -1;
        }
        got += step > 0 ? (size_t)step : 0;
    }
    return (ssize_t)got;
}

/* All of FD, whose size is not known in advance, into B; stops once more than LIMIT is there. */
static bool
read_stream(int fd, size_t limit, struct cd_buf *b)
{
    for (;;) {
        size_t before = b->n;
        char *p = cd_buf_space(b, READ_STEP);
        if (!p) {
            return true;
        }
        ssize_t got = read_full(fd, p, READ_STEP);
        b->n = before + (got > 0 ? (size_t)got : 0);
        if (got < 0) {
            return false;
        }
        if ((size_t)got < READ_STEP || b->n > limit) {
            return true;
        }
    }
}

static cordon_status
read_fd(int fd, const char *path, size_t limit, struct cd_arena *a, struct cd_str *out,
        struct cordon_error *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0) {
        return fail_errno(err, "read", path);
    }
    if (S_ISDIR(st.st_mode)) {
        errno = EISDIR;
        return fail_errno(err, "read", path);
    }
    struct cd_buf b = CD_BUF_INIT;
    cordon_status status = CORDON_OK;
    bool sized = S_ISREG(st.st_mode) && st.st_size > 0;
    if (sized && (uint64_t)st.st_size > limit) {
        return cordon_fail(err, CORDON_ELIMIT, CORDON_NO_OFFSET, "%s is larger than %zu bytes",
                           path, limit);
    }
    if (sized) {
        char *p = cd_arena_alloc(a, (size_t)st.st_size + 1);
        ssize_t got = p ? read_full(fd, p, (size_t)st.st_size) : 0;
        if (got < 0) {
            return fail_errno(err, "read", path);
        }
        *out = (struct cd_str){p, (size_t)got};
    } else if (!read_stream(fd, limit, &b)) {
        status = fail_errno(err, "read", path);
    } else if (b.n > limit) {
        status = cordon_fail(err, CORDON_ELIMIT, CORDON_NO_OFFSET, "%s is larger than %zu bytes",
                             path, limit);
    } else {
        *out = b.oom ? (struct cd_str){NULL, 0} : cd_arena_str(a, cd_buf_view(&b));
    }
    cd_buf_finish(&b);
    if (status == CORDON_OK && !out->p) {
        status =
            cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory reading %s", path);
    }
    return status;
}

cordon_status
cd_file_read(const char *path, size_t limit, struct cd_arena *a, struct cd_str *out,
             struct cordon_error *err)
{
    bool is_stdin = strcmp(path, "-") == 0;
    int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return fail_errno(err, "read", path);
    }
    /* A jump out of here would lose the file descriptor. */
    jmp_buf *on_oom = a->on_oom;
    a->on_oom = NULL;
    cordon_status status = read_fd(fd, is_stdin ? "standard input" : path, limit, a, out, err);
    a->on_oom = on_oom;
    if (!is_stdin) {
        close(fd);
    }
    return status;
}

/* Devices and pipes have no contents to protect: what is written there is written in place. */
static cordon_status
write_in_place(const char *path, struct cd_str bytes, struct cordon_error *err)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) {
        return fail_errno(err, "write", path);
    }
    int failed = cd_write_full(fd, bytes.p, bytes.n);
    if (close(fd) != 0 && !failed) {
        failed = errno;
    }
    errno = failed;
    return failed ? fail_errno(err, "write", path) : CORDON_OK;
}

static cordon_status
replace(const char *path, mode_t mode, struct cd_str bytes, struct cordon_error *err)
{
    char aside[PATH_MAX + 64];
    int failed = cd_write_aside(path, mode, bytes, aside, sizeof aside);
    if (!failed && rename(aside, path) != 0) {
        failed = errno;
        unlink(aside);
    }
    errno = failed;
    return failed ? fail_errno(err, "write", path) : CORDON_OK;
}

cordon_status
cd_file_write(const char *path, struct cd_str bytes, struct cordon_error *err)
{
    struct stat st;
    if (stat(path, &st) != 0) {
        return replace(path, 0666, bytes, err);
    }
    if (S_ISDIR(st.st_mode)) {
        errno = EISDIR;
        return fail_errno(err, "write", path);
    }
    if (!S_ISREG(st.st_mode)) {
        return write_in_place(path, bytes, err);
    }
    /* Behind a symbolic link the file is replaced, not the link. */
    char target[PATH_MAX];
    return replace(realpath(path, target) ? target : path, st.st_mode & 0777, bytes, err);
}

bool
cd_path_is_dir(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool
cd_path_is_same(const char *a, const char *b)
{
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && S_ISREG(x.st_mode) && x.st_dev == y.st_dev
           && x.st_ino == y.st_ino;
}

cordon_status
cd_dir_make(const char *path, struct cordon_error *err)
{
    char part[PATH_MAX];
    size_t n = strlen(path);
    if (n >= sizeof part) {
        errno = ENAMETOOLONG;
        return fail_errno(err, "make the folder", path);
    }
    memcpy(part, path, n + 1);
    for (size_t i = 1; i <= n; i++) {
        if (part[i] != '/' && part[i] != '\0') {
            continue;
        }
        part[i] = '\0';
        int error = mkdir(part, 0777) != 0 ? errno : 0;
        if (error != 0 && !cd_path_is_dir(part)) {
            errno = error == EEXIST ? ENOTDIR : error;
            return fail_errno(err, "make the folder", part);
        }
        if (i < n) {
            part[i] = '/';
        }
    }
    return CORDON_OK;
}

struct path_list {
    const char **paths;
    size_t n, cap;
};

static bool
push_path(struct cd_arena *a, struct path_list *list, const char *path)
{
    const char **slot = CD_PUSH(a, list->paths, list->n, list->cap);
    if (slot) {
        *slot = path;
    }
    return slot != NULL;
}

/* Files an entry of DIR under folders or files; false when memory is out. */
static bool
list_entry(const char *dir, const struct dirent *entry, struct cd_str suffix, struct cd_arena *a,
           struct path_list *folders, struct path_list *files)
{
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
        return true;
    }
    size_t n = strlen(dir);
    const char *slash = n > 0 && dir[n - 1] == '/' ? "" : "/";
    const char *path = cd_arena_printf(a, "%s%s%s", dir, slash, entry->d_name).p;
    struct stat st;
    if (!path) {
        return false;
    }
    if (lstat(path, &st) != 0) {
        return true; /* gone since */
    }
    if (S_ISDIR(st.st_mode)) {
        return push_path(a, folders, path);
    }
    if (S_ISLNK(st.st_mode) && stat(path, &st) != 0) {
        return true;
    }
    bool wanted = S_ISREG(st.st_mode) && cd_str_ends(cd_str_of(path), suffix);
    return !wanted || push_path(a, files, path);
}

static int
compare_paths(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static cordon_status
list_folder(const char *dir, struct cd_str suffix, struct cd_arena *a, struct path_list *folders,
            struct path_list *files, struct cordon_error *err)
{
    DIR *stream = opendir(dir);
    if (!stream) {
        return fail_errno(err, "read the folder", dir);
    }
    bool fits = true;
    const struct dirent *entry;
    while (fits && (errno = 0, entry = readdir(stream)) != NULL) {
        fits = list_entry(dir, entry, suffix, a, folders, files);
    }
    int failed = fits ? errno : 0;
    closedir(stream);
    errno = failed;
    if (failed) {
        return fail_errno(err, "read the folder", dir);
    }
    return fits
               ? CORDON_OK
               : cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory listing %s", dir);
}

cordon_status
cd_dir_list(const char *dir, const char *suffix, struct cd_arena *a, const char ***paths, size_t *n,
            struct cordon_error *err)
{
    struct path_list folders = {NULL, 0, 0};
    struct path_list files = {NULL, 0, 0};
    jmp_buf *on_oom = a->on_oom;
    a->on_oom = NULL;
    cordon_status status = push_path(a, &folders, dir) ? CORDON_OK : CORDON_ENOMEM;
    while (status == CORDON_OK && folders.n > 0) {
        const char *folder = folders.paths[--folders.n];
        status = list_folder(folder, cd_str_of(suffix), a, &folders, &files, err);
    }
    a->on_oom = on_oom;
    if (status == CORDON_OK) {
        if (files.n > 0) {
            qsort(files.paths, files.n, sizeof *files.paths, compare_paths);
        }
        *paths = files.paths;
        *n = files.n;
    }
    return status;
}

void
cd_out_init(struct cd_out *o, int fd, const char *name)
{
    *o = (struct cd_out){.fd = fd, .buf = CD_BUF_INIT, .flush_at = FLUSH_AT, .name = name};
}

static void
flush(struct cd_out *o)
{
    if (o->buf.oom && !o->failed) {
        o->failed = ENOMEM;
    }
    if (!o->failed) {
        o->failed = cd_write_full(o->fd, o->buf.p, o->buf.n);
    }
    cd_buf_clear(&o->buf);
}

static void
flush_if_full(struct cd_out *o)
{
    if (o->buf.n >= o->flush_at || o->buf.oom) {
        flush(o);
    }
}

void
cd_out_hold(struct cd_out *o, size_t n)
{
    o->flush_at = n;
}

void
cd_out_drop(struct cd_out *o)
{
    cd_buf_clear(&o->buf);
}

void
cd_out_put(struct cd_out *o, const void *p, size_t n)
{
    cd_buf_put(&o->buf, p, n);
    flush_if_full(o);
}

void
cd_out_str(struct cd_out *o, struct cd_str s)
{
    cd_out_put(o, s.p, s.n);
}

void
cd_out_puts(struct cd_out *o, const char *z)
{
    cd_out_put(o, z, strlen(z));
}

void
cd_out_printf(struct cd_out *o, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    cd_buf_vprintf(&o->buf, fmt, ap);
    va_end(ap);
    flush_if_full(o);
}

void
cd_out_buf(struct cd_out *o, struct cd_buf *b)
{
    o->buf.oom = o->buf.oom || b->oom;
    cd_out_str(o, cd_buf_view(b));
    cd_buf_clear(b);
}

void
cd_out_flush(struct cd_out *o)
{
    flush(o);
}

cordon_status
cd_out_finish(struct cd_out *o, struct cordon_error *err)
{
    flush(o);
    cd_buf_finish(&o->buf);
    if (o->failed) {
        errno = o->failed;
        return fail_errno(err, "write", o->name);
    }
    return CORDON_OK;
}

bool
cd_out_wants_colour(int fd)
{
    const char *no_colour = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    return isatty(fd) && (!no_colour || !*no_colour) && term && strcmp(term, "dumb") != 0;
}
