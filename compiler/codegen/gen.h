/* What the files of code generation share. Internal to compiler/codegen. */
#ifndef CD_CODEGEN_GEN_H
#define CD_CODEGEN_GEN_H

#include "compiler/plan/plan.h"
#include "runtime/bc/build.h"

/* Items by a number: those of K are items[first[K]] to items[first[K + 1]]. */
struct cd_grouped {
    uint32_t *first, *items;
};

struct cd_gen {
    const struct cd_const_env *env; /* values for actions and ARN patterns of denies, or NULL */
    bool is_bound;                  /* one that has none is an error, else it matches nothing */
    struct cd_arena *arena;
    struct cd_sema *sema;
    struct cd_plan plan;
    struct cd_builder b;
    struct cd_image *img;
    uint8_t *use;                /* by node: cd_plan_uses */
    struct cd_grouped by_domain; /* nodes by plan domain */
    uint32_t *shapes;            /* by schema shape: its shape in the image, CD_NONE: none yet */
    CD_VEC(uint32_t) schema_of;  /* by shape of the image */
    CD_VEC(uint32_t) fields;     /* schema fields that are read, ascending */
    uint32_t *indexes;           /* by plan index: its index in the image, CD_NONE */
};

/* ---- data.c: types, shapes, constants ---- */
/* Notes all properties that are read, and makes the tables' shapes. */
void cd_gen_collect(struct cd_gen *g);
/* Gives all shapes their fields; after the last type has been made. */
void cd_gen_fields(struct cd_gen *g);
uint32_t cd_gen_shape(struct cd_gen *g, uint32_t schema_shape);
uint32_t cd_gen_type(struct cd_gen *g, const struct cd_type *type);
uint32_t cd_gen_slot(const struct cd_gen *g, uint32_t schema_field, uint32_t schema_shape);
uint32_t cd_gen_const(struct cd_gen *g, const struct cd_type *type, const struct cd_const *value);
uint32_t cd_gen_index(struct cd_gen *g, uint32_t plan_index);

/* ---- schedule.c: the order of code ---- */
/* The stage of each node within its domain for the code that USE needs (arena): a domain's code
 * goes through the stages upwards, in each first through the loops whose results have this stage,
 * then through the other nodes. */
uint32_t *cd_gen_stages(struct cd_gen *g, uint8_t use);

/* ---- emit.c: sections ---- */
void cd_gen_sections(struct cd_gen *g);

/* ---- controls.c: what the code answers for ---- */
CORDON_MUST_CHECK cordon_status cd_gen_controls(struct cd_gen *g, struct cordon_error *err);
/* Fills tables, parameters and costs of the controls from the code. */
CORDON_MUST_CHECK cordon_status cd_gen_costs(struct cd_gen *g, struct cordon_error *err);

#endif
