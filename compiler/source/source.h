/* Source files of one compilation: their bytes, their paths as given, and positions in them. */
#ifndef CD_SOURCE_SOURCE_H
#define CD_SOURCE_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "cordon/status.h"
#include "runtime/base/arena.h"

#define CD_SOURCE_LIMIT (128u << 20) /* bytes of one file */

/* A range of bytes in one file. */
struct cd_span {
    uint32_t file; /* index into cd_sources.files, UINT32_MAX: no place */
    uint32_t start, end;
};

#define CD_NO_SPAN ((struct cd_span){UINT32_MAX, 0, 0})

struct cd_source {
    struct cd_str path; /* as given; `std/regions.cordon` for built-in modules */
    struct cd_str text; /* NUL-terminated past its length */
    bool builtin;       /* of the standard library in the binary */
    uint32_t *lines;    /* start offsets of the lines 0, 256, 512, …; made on first use */
    uint32_t n_lines;   /* entries of LINES */
    uint32_t seen_offset, seen_start,
        seen_column; /* the last place asked for: many errors in one long line stay cheap */
};

struct cd_sources {
    struct cd_arena *arena;
    struct cd_source *files;
    size_t n, cap;
};

void cd_sources_init(struct cd_sources *s, struct cd_arena *arena);
/* Adds text that stays owned by the caller (it has to outlive S); returns its index, UINT32_MAX
 * when memory is out. */
uint32_t cd_sources_add(struct cd_sources *s, struct cd_str path, struct cd_str text, bool builtin);
/* Reads a file and adds it. */
CORDON_MUST_CHECK cordon_status cd_sources_read(struct cd_sources *s, const char *path,
                                                uint32_t *index, struct cordon_error *err);
/* One-based line and column (in code points) of a byte offset; the whole line's bytes (without its
 * end) in *line_text if not NULL. */
void cd_sources_place(struct cd_sources *s, uint32_t file, uint32_t offset, uint32_t *line,
                      uint32_t *column, struct cd_str *line_text);
/* The source text of SPAN, a place in a file, on one line: blanks folded, comments left out (ARENA,
 * whose jump is set). */
struct cd_str cd_sources_text(const struct cd_sources *s, struct cd_span span,
                              struct cd_arena *arena);
struct cd_span cd_span_join(struct cd_span a, struct cd_span b);

#endif
