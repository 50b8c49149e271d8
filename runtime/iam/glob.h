/* Texts of policy documents with wildcards and policy variables, compiled once.
 *
 * `*` stands for any characters, `?` for one. `${key}` stands for the one value of a context key,
 * `${key, 'text'}` for TEXT where the key has none, and `${*} ${?} ${$}` for the character itself;
 * what a variable stands for is never a wildcard (IAM User Guide, «IAM policy elements: Variables
 * and tags», reference_policies_variables.html). A variable without a value matches nothing (there,
 * «Policy variables with no value»). */
#ifndef CD_IAM_GLOB_H
#define CD_IAM_GLOB_H

#include "cordon/status.h"
#include "runtime/base/arena.h"
#include "runtime/iam/access.h"

#define CD_GLOB_KEYS 32     /* variables in one text */
#define CD_GLOB_SEGMENT 512 /* parts between two stars, or behind the last */

enum cd_glob_kind {
    CD_GLOB_TEXT,
    CD_GLOB_ANY, /* `*` */
    CD_GLOB_ONE, /* `?`, or several */
    CD_GLOB_KEY, /* `${key}` */
};

struct cd_glob_part {
    enum cd_glob_kind kind;
    bool has_fallback;
    uint32_t count;         /* ONE: how many */
    struct cd_str text;     /* TEXT; KEY: its name */
    struct cd_str fallback; /* KEY */
};

struct cd_glob {
    const struct cd_glob_part *parts;
    uint32_t n;
    uint32_t n_keys; /* parts that are variables */
    bool nocase;     /* ASCII letters are compared without case */
};

/* What a text may hold, and how it compares. */
enum {
    CD_GLOB_WILD = 1,  /* wildcards */
    CD_GLOB_KEYED = 2, /* variables: not in documents of version 2008-10-17 */
    CD_GLOB_NOCASE = 4,
};

/* Compiles TEXT (borrowed while the glob is used) with memory from A. CORDON_ENOMEM, or
 * CORDON_ELIMIT beyond CD_GLOB_KEYS and CD_GLOB_SEGMENT. */
CORDON_MUST_CHECK cordon_status cd_glob_compile(struct cd_arena *a, struct cd_str text,
                                                unsigned holds, struct cd_glob *out);
/* Is the text `*` and nothing else? */
static inline bool
cd_glob_is_any(const struct cd_glob *g)
{
    return g->n == 1 && g->parts[0].kind == CD_GLOB_ANY;
}

enum cd_truth cd_glob_match_parts(const struct cd_glob *g, struct cd_str text,
                                  const struct cd_access *access, struct cd_missing *missing);
/* Does TEXT match? Variables are looked up in ACCESS (may be NULL if there are none); the names of
 * unknown ones on which the answer depends go to MISSING. */
static inline enum cd_truth
cd_glob_match(const struct cd_glob *g, struct cd_str text, const struct cd_access *access,
              struct cd_missing *missing)
{
    if (g->n == 1 && g->parts[0].kind == CD_GLOB_ANY) {
        return CD_YES;
    }
    if (g->n == 1 && g->parts[0].kind == CD_GLOB_TEXT && !g->nocase) {
        return cd_truth_of(cd_str_eq(g->parts[0].text, text));
    }
    return cd_glob_match_parts(g, text, access, missing);
}

/* Is KEY one of the variables (with an empty KEY: is there any)? */
bool cd_glob_names(const struct cd_glob *g, struct cd_str key);

#endif
