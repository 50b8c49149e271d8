/* What the files of constant evaluation share. Nobody else includes this. */
#ifndef CD_SEMA_CONST_RUN_H
#define CD_SEMA_CONST_RUN_H

#include "compiler/sema/const.h"

/* A variable and its value, innermost first. */
struct cd_const_frame {
    const struct cd_binding *binding;
    const struct cd_const *value;
    const struct cd_const_frame *outer;
};

struct cd_const_run {
    struct cd_arena *a;
    const struct cd_const_env *env;
    uint32_t steps;
    unsigned depth;
};

/* All give NULL if there is no value. */
const struct cd_const *cd_const_run(struct cd_const_run *r, const struct cd_expr *e,
                                    const struct cd_const_frame *f);
/* The text of a STRING; *literal flags the bytes that came in by interpolation (NULL: none). */
const struct cd_const *cd_const_run_text(struct cd_const_run *r, const struct cd_expr *e,
                                         const struct cd_const_frame *f, const uint8_t **literal);
const struct cd_const *cd_const_run_sum(struct cd_const_run *r, const struct cd_expr *e,
                                        const struct cd_const_frame *f);
const struct cd_const *cd_const_run_neg(struct cd_const_run *r, const struct cd_expr *e,
                                        const struct cd_const_frame *f);
const struct cd_const *cd_const_run_rel(struct cd_const_run *r, const struct cd_expr *e,
                                        const struct cd_const_frame *f);
const struct cd_const *cd_const_run_call(struct cd_const_run *r, const struct cd_expr *e,
                                         const struct cd_const_frame *f);
/* Scalars as text; false for what has none. */
bool cd_const_text_of(struct cd_const_run *r, const struct cd_const *v, struct cd_str *out);
bool cd_const_contains(const struct cd_const *set, const struct cd_const *v);

static inline bool
cd_const_has_members(const struct cd_const *v)
{
    return v->kind == CD_CONST_LIST || v->kind == CD_CONST_SET;
}

#endif
