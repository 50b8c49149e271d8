/* What the tools that turn YAML into C tables share: members of mappings, strings as initializers,
 * and one way to fail. */
#ifndef CD_TOOLS_YAML_GEN_H
#define CD_TOOLS_YAML_GEN_H

#include "runtime/base/arena.h"
#include "runtime/base/buf.h"
#include "runtime/base/yaml.h"

struct yaml_gen {
    const char *file;     /* being read, for messages */
    struct cd_buf tables; /* the arrays, inner ones first */
    unsigned n_arrays;
    struct cd_arena arena;
};

/* `FILE:line: …` to standard error; ends the tool with 2. */
void yg_die(const struct yaml_gen *g, const struct cd_yaml *at, const char *fmt, ...);
/* The document of PATH, which is g->file from here on. */
void yg_read(struct yaml_gen *g, const char *path, struct cd_yaml *root);
struct cd_str yg_scalar(const struct yaml_gen *g, const struct cd_yaml *n);
/* The value of KEY in a mapping, or NULL. */
const struct cd_yaml *yg_member(const struct yaml_gen *g, const struct cd_yaml *n, const char *key);
/* Every key of N is one of KNOWN. */
void yg_check_keys(const struct yaml_gen *g, const struct cd_yaml *n, const char *const *known,
                   size_t n_known);

/* An initializer of a `struct cd_str`. */
void yg_put_str(struct cd_buf *out, struct cd_str s);
/* A word, or a list of them: an array of strings `sN`. Returns its number; *n its length. */
unsigned yg_put_strings(struct yaml_gen *g, const struct cd_yaml *value, size_t *n);

struct yaml_pair {
    const struct cd_yaml *key, *value;
};
/* The pairs of a mapping in the order of their keys. */
struct yaml_pair *yg_sorted_pairs(struct yaml_gen *g, const struct cd_yaml *n);

#endif
