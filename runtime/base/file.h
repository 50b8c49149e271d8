/* Whole files in, files and streams out. Every failure names the path and the system's reason. */
#ifndef CD_BASE_FILE_H
#define CD_BASE_FILE_H

#include <stdbool.h>
#include <stdio.h>

#include "cordon/status.h"
#include "runtime/base/arena.h"
#include "runtime/base/buf.h"

/* Reads a whole file ("-" is standard input) into A, at most LIMIT bytes (CORDON_ELIMIT beyond it);
 * NUL-terminated past its length. A folder is CORDON_EIO. */
CORDON_MUST_CHECK cordon_status cd_file_read(const char *path, size_t limit, struct cd_arena *a,
                                             struct cd_str *out, struct cordon_error *err);
/* Writes aside (same folder), syncs, and renames over PATH; on failure nothing of PATH has changed
 * and nothing is left. */
CORDON_MUST_CHECK cordon_status cd_file_write(const char *path, struct cd_str bytes,
                                              struct cordon_error *err);
struct cd_file_bytes {
    const char *path;
    struct cd_str bytes;
};
/* Writes N files, each aside first, then renamed in their order; on failure all are as they were.
 * What is there already has to be a regular file or a link to one. */
CORDON_MUST_CHECK cordon_status cd_files_write(const struct cd_file_bytes *files, size_t n,
                                               struct cordon_error *err);
/* A file that is written piece by piece, aside like the others: at its end it takes PATH's place,
 * or nothing of it is left. Devices and pipes are written in place. */
struct cd_new_file {
    const char *path;
    char *target, *aside; /* NULL: PATH is written itself */
    int fd;
    int failed;       /* errno of the first failure, 0 if none */
    uint64_t written; /* bytes so far */
    struct cd_buf buf;
};
CORDON_MUST_CHECK cordon_status cd_new_file_open(const char *path, struct cd_new_file *f,
                                                 struct cordon_error *err);
void cd_new_file_put(struct cd_new_file *f, const void *p, size_t n);
/* Ends it: syncs and renames, unless something failed or IS_DROPPED, in which case nothing of PATH
 * has changed. The status is OK for one that is dropped as is wished. */
CORDON_MUST_CHECK cordon_status cd_new_file_close(struct cd_new_file *f, bool is_dropped,
                                                  struct cordon_error *err);
/* Makes DIR and its parents. */
CORDON_MUST_CHECK cordon_status cd_dir_make(const char *path, struct cordon_error *err);
bool cd_path_is_dir(const char *path);
/* PATH as messages show it: of a very long one the beginning and the end, in OUT. */
#define CD_PATH_SHOWN 256
const char *cd_path_shown(const char *path, char out[CD_PATH_SHOWN]);
/* Are both there, and one regular file? */
bool cd_path_is_same(const char *a, const char *b);
/* Regular files below DIR (recursively, links to folders not followed) whose names end in SUFFIX,
 * sorted by path. */
CORDON_MUST_CHECK cordon_status cd_dir_list(const char *dir, const char *suffix, struct cd_arena *a,
                                            const char ***paths, size_t *n,
                                            struct cordon_error *err);

/* A buffered output stream that remembers its first failure (full disk, closed pipe). SIGPIPE has
 * to be ignored by main. */
struct cd_out {
    int fd;
    struct cd_buf buf;
    int failed; /* errno of the first failure, 0 if none */
    size_t flush_at;
    const char *name;
};

void cd_out_init(struct cd_out *o, int fd, const char *name);
void cd_out_put(struct cd_out *o, const void *p, size_t n);
void cd_out_str(struct cd_out *o, struct cd_str s);
void cd_out_puts(struct cd_out *o, const char *z);
void cd_out_printf(struct cd_out *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Moves what B holds to the stream and clears B. */
void cd_out_buf(struct cd_out *o, struct cd_buf *b);
/* Keeps what is put to it back, up to N bytes, for a caller who may have to drop it … */
void cd_out_hold(struct cd_out *o, size_t n);
/* … which drops what has not been written. */
void cd_out_drop(struct cd_out *o);
/* Writes what is buffered. */
void cd_out_flush(struct cd_out *o);
/* Writes what is buffered; CORDON_EIO with the reason if anything failed since the start. Frees the
 * buffer. */
CORDON_MUST_CHECK cordon_status cd_out_finish(struct cd_out *o, struct cordon_error *err);
/* True if FD is a terminal that wants colour (NO_COLOR unset, TERM not dumb). */
bool cd_out_wants_colour(int fd);

#endif
