/* The table of prevention: for every control and target whether what the control requires is
 * prevented, and why not all of it is. */
#ifndef CD_EMIT_TABLE_H
#define CD_EMIT_TABLE_H

#include "compiler/emit/emit.h"

enum cd_prevented {
    CD_PREVENTED_EXACTLY,  /* every breach is denied, and nothing else */
    CD_PREVENTED_IN_PART,  /* some requests escape */
    CD_PREVENTED_DETECTED, /* none is denied: it is found in a snapshot only */
    CD_PREVENTED_NOT,      /* nor that: the control only denies, and not in this target */
};
/* `exactly`, `in part`, `detected only`, `not at all`. */
const char *cd_prevented_name(enum cd_prevented p);

/* A breach that no deny prevents, or a deny that does not, and why. */
struct cd_table_reason {
    const struct cd_require *require; /* or NULL */
    struct cd_span span;
    struct cd_str *actions; /* whose requests escape; none: all */
    size_t n_actions;
    struct cd_str sentence; /* all of it, with its full stop */
};
struct cd_table_reasons {
    struct cd_table_reason *items;
    size_t n, cap;
};

struct cd_table_cell {
    enum cd_prevented prevented;
    size_t n_statements;
    struct cd_table_reasons reasons; /* of this target */
};
struct cd_table_row {
    const struct cd_decl *control;
    struct cd_table_reasons reasons; /* whatever the target */
    struct cd_table_cell cells[CD_N_TARGETS];
};
struct cd_table {
    const struct cd_sema *sema;
    struct cd_table_row *rows; /* in the order of the controls */
    size_t n;
};

/* ENV has the parameters' values; NULL: their defaults. The denies of the controls are derived. */
void cd_table_make(const struct cd_sema *sema, const struct cd_const_env *env,
                   struct cd_table *out);
/* The text of a require's condition in one line, shortened. */
struct cd_str cd_table_require_text(const struct cd_sema *sema, const struct cd_require *r);

void cd_table_text(const struct cd_table *t, struct cd_buf *out);
/* {schema, cordon, parameters, controls:[{control, id, title, file, line,
 * targets:[{target, prevented, statements, why}], escapes:[{file, line, require, actions, why}]}]}
 */
void cd_table_json(const struct cd_table *t, const struct cd_const_env *env, struct cd_buf *out);

#endif
