/* Reads a source from its file or text, a part at a time, through the inflater if it is compressed.
 */
#include "runtime/ingest/source.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROGRESS_STEP ((uint64_t)4 << 20)

static cordon_status
fail(const char *why, struct cordon_error *err)
{
    return cordon_fail(err, CORDON_EIO, CORDON_NO_OFFSET, "%s", why);
}

cordon_status
cd_source_open(struct cd_source *s, const char *path, const struct cd_ingest_options *options,
               struct cordon_error *err)
{
    struct stat st;
    *s = (struct cd_source){.path = path, .options = options};
    if (path[0] == '\0') {
        return fail("a file without a name", err);
    }
    s->fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (s->fd < 0 || fstat(s->fd, &st) != 0) {
        cordon_status status = fail(strerror(errno), err);
        cd_source_close(s);
        return status;
    }
    if (S_ISDIR(st.st_mode)) {
        cd_source_close(s);
        return fail("it is a folder: name the files in it", err);
    }
    s->size = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
    return CORDON_OK;
}

void
cd_source_text(struct cd_source *s, const char *path, struct cd_str text)
{
    *s = (struct cd_source){.path = path, .fd = -1, .text = text, .size = text.n};
}

void
cd_source_close(struct cd_source *s)
{
    cd_gzip_free(s->gzip);
    if (s->fd > STDIN_FILENO) {
        close(s->fd);
    }
}

static cordon_status
read_file(struct cd_source *s, void *into, size_t n, size_t *got, struct cordon_error *err)
{
    ssize_t r;
    do {
        r = read(s->fd, into, n);
    } while (r < 0 && errno == EINTR);
    if (r < 0) {
        return fail(strerror(errno), err);
    }
    if (r == 0 && s->done < s->size) {
        return cordon_fail(err, CORDON_EIO, CORDON_NO_OFFSET,
                           "it became shorter while it was read: %llu bytes instead of %llu",
                           (unsigned long long)s->done, (unsigned long long)s->size);
    }
    *got = (size_t)r;
    return CORDON_OK;
}

/* The bytes as they are stored. */
static cordon_status
read_stored(void *user, void *into, size_t n, size_t *got, struct cordon_error *err)
{
    struct cd_source *s = user;
    if (s->head_at < s->n_head) {
        *got = n < s->n_head - s->head_at ? n : s->n_head - s->head_at;
        memcpy(into, s->head + s->head_at, *got);
        s->head_at += *got;
        return CORDON_OK;
    }
    if (s->fd >= 0) {
        CORDON_TRY(read_file(s, into, n, got, err));
    } else {
        size_t left = s->text.n - (size_t)s->done;
        *got = left < n ? left : n;
        if (*got > 0) {
            memcpy(into, s->text.p + s->done, *got);
        }
    }
    s->done += *got;
    const struct cd_ingest_options *o = s->options;
    if (o != NULL && o->progress != NULL && s->done - s->told >= PROGRESS_STEP) {
        s->told = s->done;
        o->progress(o->user, cd_str_of(s->path), s->done, s->size);
    }
    return CORDON_OK;
}

/* Looks at the first bytes, and at the name, for whether it is compressed. */
static cordon_status
begin(struct cd_source *s, struct cordon_error *err)
{
    size_t got = 1;
    s->has_begun = true;
    while (got > 0 && s->n_head < sizeof s->head) {
        size_t n_head = s->n_head;
        s->n_head = s->head_at = 0; /* nothing of it is passed on yet */
        CORDON_TRY(read_stored(s, s->head + n_head, sizeof s->head - n_head, &got, err));
        s->n_head = n_head + got;
    }
    bool is_gzip = s->n_head == sizeof s->head && memcmp(s->head, CD_GZIP_MAGIC, 2) == 0;
    if (is_gzip) {
        s->gzip = cd_gzip_new(read_stored, s);
        return s->gzip == NULL ? CORDON_ENOMEM : CORDON_OK;
    }
    if (cd_str_ends(cd_str_of(s->path), CD_STR(".gz"))) {
        return cordon_fail(err, CORDON_EINPUT, 0,
                           "it is named as gzip, but does not begin as gzip does (1F 8B); if it is "
                           "not compressed, name it without .gz");
    }
    return CORDON_OK;
}

cordon_status
cd_source_read(void *user, void *into, size_t n, size_t *got, struct cordon_error *err)
{
    struct cd_source *s = user;
    if (!s->has_begun) {
        CORDON_TRY(begin(s, err));
    }
    return s->gzip != NULL ? cd_gzip_read(s->gzip, into, n, got, err)
                           : read_stored(s, into, n, got, err);
}
