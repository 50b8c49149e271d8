/* Values of parameters: from `--param [module.]name=value`, from a YAML file, from a test's
 * `given`. */
#ifndef CD_VM_PARAMS_H
#define CD_VM_PARAMS_H

#include "cordon/status.h"
#include "runtime/bc/program.h"

/* Parsed, untyped values by name, as they were given. */
struct cd_params;

CORDON_MUST_CHECK cordon_status cd_params_new(struct cd_params **out);
void cd_params_free(struct cd_params *p);
/* `[module.]name=value`: a bare scalar, or JSON for sets, lists and maps. */
CORDON_MUST_CHECK cordon_status cd_params_add_text(struct cd_params *p,
                                                   struct cd_str name_equals_value,
                                                   struct cordon_error *err);
/* A YAML mapping of names to values (dotted names, or nested mappings of modules). */
CORDON_MUST_CHECK cordon_status cd_params_add_yaml(struct cd_params *p, struct cd_str path,
                                                   struct cd_str text, struct cordon_error *err);
/* Resolves names (exact `module.name`, or the bare name if only one module has it) and types
 * against IMG: unknown name, wrong type, or a value that is no region, account, … are CORDON_EINPUT
 * with the nearest right name. VALUES[i] is the value of parameter i as an index into CONSTS (an
 * image whose consts, strings and types are filled for the purpose), CD_NONE if it keeps its
 * default. */
struct cd_bound_params {
    struct cd_image consts;
    uint32_t *values; /* by parameter */
};
CORDON_MUST_CHECK cordon_status cd_params_bind(const struct cd_params *p,
                                               const struct cd_image *img, struct cd_arena *arena,
                                               struct cd_bound_params *out,
                                               struct cordon_error *err);

#endif
