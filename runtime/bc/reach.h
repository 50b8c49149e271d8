/* What each control of a program depends on, computed from the code: its tables, its parameters,
 * its cost. The code generator writes what this finds, the verifier compares. */
#ifndef CD_BC_REACH_H
#define CD_BC_REACH_H

#include "runtime/bc/program.h"

struct cd_reach_range {
    uint32_t first, n;
};
struct cd_reach_term {
    uint32_t control;
    struct cd_reach_range tables; /* into `tables` */
};

struct cd_reach {
    struct cd_reach_range *control_tables, *control_params; /* by control */
    CD_VEC(uint32_t) tables; /* control by control: its tables, then those of its terms */
    CD_VEC(uint32_t) params;
    CD_VEC(struct cd_reach_term) costs;
};

/* IMG has passed all other checks; its `tables`, `param_refs` and `costs` and the ranges in them
 * are not read. Memory from ARENA. */
CORDON_MUST_CHECK cordon_status cd_reach_compute(const struct cd_image *img, struct cd_arena *arena,
                                                 struct cd_reach *out, struct cordon_error *err);

#endif
