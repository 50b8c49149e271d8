/* What the files that turn comparisons into conditions share. Internal to compiler/emit. */
#ifndef CD_EMIT_ATOM_H
#define CD_EMIT_ATOM_H

#include "compiler/emit/emit.h"
#include "runtime/schema/schema.h"

struct cd_atom_context {
    struct cd_arena *a;
    const struct cd_const_env *env;
    struct cd_condition *out;
    struct cd_reason *reason;
    bool has_variable; /* a policy variable is among the values */
};

/* CD_ATOM_INEXPRESSIBLE with the reason. */
enum cd_atom cd_atom_refuse(struct cd_atom_context *x, const char *why, const char *help);
enum cd_iam_key_type cd_key_type_of(const struct cd_expr *key);
/* The operator of `==` and `in`, and those of the other relations, for a key's type. */
enum cd_iam_op cd_equality_op(const struct cd_expr *key);
enum cd_iam_op cd_ordering_op(const struct cd_expr *key, enum cd_rel rel);
/* `<` seen from the other side is `>`. */
enum cd_rel cd_rel_mirrored(enum cd_rel rel);
void cd_atom_key(struct cd_atom_context *x, const struct cd_expr *key);
enum cd_atom cd_atom_null(struct cd_atom_context *x, const struct cd_expr *key, bool is_null);
/* The values that KEY is compared with by REL, into out->values, sorted; and the positive operator
 * into out->op. CONDITION if they are there, though there may be none of them. */
enum cd_atom cd_atom_values(struct cd_atom_context *x, const struct cd_expr *key,
                            const struct cd_expr *values, enum cd_rel rel);

#endif
