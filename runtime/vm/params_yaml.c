/* Parameters in YAML: a document that maps names to values. */
#include "runtime/base/yaml.h"
#include "runtime/vm/params_read.h"

_Static_assert(CD_YAML_DEPTH <= CD_GIVEN_DEPTH, "what was read is not too deep for what reads it");

static cordon_status
out_of_memory(struct cordon_error *err)
{
    return cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory");
}

static enum cd_given_kind
kind_of(enum cd_yaml_kind kind)
{
    switch (kind) {
    case CD_YAML_NULL: return CD_GIVEN_NULL;
    case CD_YAML_PLAIN: return CD_GIVEN_PLAIN;
    case CD_YAML_QUOTED: return CD_GIVEN_QUOTED;
    case CD_YAML_LIST: return CD_GIVEN_LIST;
    case CD_YAML_MAP: return CD_GIVEN_MAP;
    }
    return CD_GIVEN_NULL;
}

/* The depth of Y is limited by its reader. */
static cordon_status
convert(struct cd_arena *a, const struct cd_yaml *y, struct cd_given *out, struct cordon_error *err)
{
    out->kind = kind_of(y->kind);
    out->text = y->text;
    for (size_t i = 0; i < y->n; i++) {
        struct cd_given *one =
            cd_given_add(a, out, y->kind == CD_YAML_MAP ? &y->keys[i].text : NULL);
        if (!one) {
            return out_of_memory(err);
        }
        CORDON_TRY(convert(a, &y->items[i], one, err));
    }
    return CORDON_OK;
}

cordon_status
cd_given_yaml(struct cd_arena *a, struct cd_str path, struct cd_str text, struct cd_given *out,
              struct cordon_error *err)
{
    struct cd_yaml root;
    CORDON_TRY(cd_yaml_read(a, path, text, &root, err));
    if (root.kind == CD_YAML_NULL) { /* a file of comments: no parameters */
        out->kind = CD_GIVEN_MAP;
        return CORDON_OK;
    }
    if (root.kind != CD_YAML_MAP) {
        return cd_yaml_fail(err, path, &root, "a file of parameters maps names to values");
    }
    return convert(a, &root, out, err);
}
