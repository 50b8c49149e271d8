/* Small YAML files as trees: parameters, mappings. The one place that knows libyaml is yaml.c. One
 * document, no aliases (so that a tree is no larger than its file), no key twice, nesting at most
 * CD_YAML_DEPTH. */
#ifndef CD_BASE_YAML_H
#define CD_BASE_YAML_H

#include "cordon/status.h"
#include "runtime/base/arena.h"

#define CD_YAML_DEPTH 32

enum cd_yaml_kind {
    CD_YAML_NULL,   /* nothing, `~` or `null` without quotes */
    CD_YAML_PLAIN,  /* a scalar without quotes */
    CD_YAML_QUOTED, /* a scalar in quotes, or a block */
    CD_YAML_LIST,
    CD_YAML_MAP,
};

struct cd_yaml {
    enum cd_yaml_kind kind;
    struct cd_str text;    /* NULL, PLAIN, QUOTED */
    struct cd_yaml *items; /* LIST: members; MAP: values */
    struct cd_yaml *keys;  /* MAP: scalars, in the order of the file */
    size_t n, cap, cap_keys;
    size_t offset;       /* bytes from the start */
    size_t line, column; /* from 1 */
};

/* The whole of TEXT; a file without a document is NULL. What is wrong is CORDON_EINPUT with
 * `PATH:line:column: …`. */
CORDON_MUST_CHECK cordon_status cd_yaml_read(struct cd_arena *a, struct cd_str path,
                                             struct cd_str text, struct cd_yaml *out,
                                             struct cordon_error *err);
/* The value of KEY in a MAP; NULL if it is not there, or if Y is no MAP. */
const struct cd_yaml *cd_yaml_get(const struct cd_yaml *y, struct cd_str key);
/* `PATH:line:column: …`, as CORDON_EINPUT. */
cordon_status cd_yaml_fail(struct cordon_error *err, struct cd_str path, const struct cd_yaml *at,
                           const char *what);

#endif
