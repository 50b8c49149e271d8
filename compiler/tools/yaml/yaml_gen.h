/* What the tools that turn YAML into C tables share: files that map types to what is said of them,
 * the table sorted by type, members of mappings, strings as initializers, and one way to fail. */
#ifndef CD_TOOLS_YAML_GEN_H
#define CD_TOOLS_YAML_GEN_H

#include "runtime/base/arena.h"
#include "runtime/base/buf.h"
#include "runtime/base/yaml.h"

struct yaml_type {
    struct cd_str name;
    struct cd_buf code; /* its initializer */
};

struct yaml_gen {
    const char *file;     /* being read, for messages */
    struct cd_buf tables; /* the arrays, inner ones first */
    unsigned n_arrays;
    struct yaml_type *types;
    size_t n_types, cap_types;
    struct cd_arena arena;
};

/* A tool: what it makes of mappings of types. */
struct yaml_tool {
    const char *name;
    const char *head;  /* of the file that is made */
    const char *array; /* `struct cd_x cd_xs`, the table, */
    const char *count; /* `cd_n_xs`, and the number of its rows */
    /* The row of type KEY, of which the mapping VALUE says what it is, into OUT. */
    void (*put_type)(struct yaml_gen *g, const struct cd_yaml *key, const struct cd_yaml *value,
                     struct cd_buf *out);
};
/* All of the tool: `TOOL OUT.c FILE.yaml…`. Returns its exit code. */
int yg_run(const struct yaml_tool *tool, int argc, char **argv);

/* `FILE:line: …` to standard error; ends the tool with 2. */
void yg_die(const struct yaml_gen *g, const struct cd_yaml *at, const char *fmt, ...);
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

/* `static const struct OF LETTERn[]` with the rows CODE, which is freed. Returns n. */
unsigned yg_put_array(struct yaml_gen *g, const char *of, char letter, struct cd_buf *code);

struct yaml_pair {
    const struct cd_yaml *key, *value;
};
/* The pairs of a mapping in the order of their keys. */
struct yaml_pair *yg_sorted_pairs(struct yaml_gen *g, const struct cd_yaml *n);

#endif
