/* Constants: the values of expressions that depend on no snapshot and no request. Used for `let`,
 * parameters and their `where`, metadata, the `on` texts and action sets of denies, and the data of
 * tests. */
#ifndef CD_SEMA_CONST_H
#define CD_SEMA_CONST_H

#include "compiler/ast/ast.h"
#include "runtime/base/arena.h"
#include "runtime/base/buf.h"

enum cd_const_kind {
    CD_CONST_ABSENT,
    CD_CONST_BOOL,     /* boolean */
    CD_CONST_NUMBER,   /* number */
    CD_CONST_STRING,   /* text; regions, accounts, ARNs, actions, addresses too */
    CD_CONST_TIME,     /* ms since the epoch */
    CD_CONST_DURATION, /* ms */
    CD_CONST_LIST,     /* items in order */
    CD_CONST_SET,      /* items sorted by cd_const_cmp, no two equal */
    CD_CONST_MAP,      /* items by keys, sorted by key */
};

/* Immutable once made; parts are shared freely. No collection holds an absent member. */
struct cd_const {
    enum cd_const_kind kind;
    bool boolean;
    double number;
    int64_t ms;
    struct cd_str text;
    const struct cd_const **items;
    struct cd_str *keys;
    size_t n;
};

/* Values of parameters that were set from outside; a parameter that is not here has its default.
 * Borrowed. */
struct cd_const_env {
    struct cd_decl *const *params;
    const struct cd_const *const *values;
    size_t n;
};

/* The value of a checked expression without variables, in A; ENV may be NULL. NULL if it has none
 * at compile time: it reads a table, a variable, a request's key or a parameter that has neither
 * value nor default, had a type error, or would take more than a million steps. */
const struct cd_const *cd_const_eval(struct cd_arena *a, const struct cd_expr *e,
                                     const struct cd_const_env *env);
/* The same for text that is used as a pattern: what interpolation brought in stands for itself.
 * Every literal `*` and `?` of an interpolated value is flagged in *literal (one byte per byte of
 * the text, 1: stands for itself). */
bool cd_const_pattern(struct cd_arena *a, const struct cd_expr *e, const struct cd_const_env *env,
                      struct cd_str *text, const uint8_t **literal);
/* Total order over constants of one kind (kinds among each other in the order of the enum). */
int cd_const_cmp(const struct cd_const *x, const struct cd_const *y);
bool cd_const_eq(const struct cd_const *x, const struct cd_const *y);

const struct cd_const *cd_const_absent(void);
const struct cd_const *cd_const_bool(struct cd_arena *a, bool value);
const struct cd_const *cd_const_number(struct cd_arena *a, double value);
const struct cd_const *cd_const_string(struct cd_arena *a, struct cd_str text);
const struct cd_const *cd_const_time(struct cd_arena *a, int64_t ms);
const struct cd_const *cd_const_duration(struct cd_arena *a, int64_t ms);
/* A list or set of N members (copied; absent ones drop out; a set is sorted and loses doubles). */
const struct cd_const *cd_const_collection(struct cd_arena *a, enum cd_const_kind kind,
                                           const struct cd_const *const *items, size_t n);
/* As the language writes it: `{"a", "b"}`, `90d`; maps as `{"k": "v"}`. */
void cd_const_print(const struct cd_const *c, struct cd_buf *out);

#endif
