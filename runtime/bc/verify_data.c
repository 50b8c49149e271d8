/* Verification of what is not code: types, shapes, constants, parameters, join indexes, domains. */
#include <math.h>
#include <string.h>

#include "runtime/base/map.h"
#include "runtime/bc/limits.h"
#include "runtime/bc/verify.h"

static cordon_status
bad(struct cordon_error *err, const char *array, size_t i, const char *what)
{
    return cordon_fail(err, CORDON_ECORRUPT, CORDON_NO_OFFSET, "%s[%zu]: %s", array, i, what);
}

bool
cd_types_agree(const struct cd_image *img, uint32_t x, uint32_t y)
{
    while (x != y) {
        const struct cd_value_type *a = &img->types.items[x];
        const struct cd_value_type *b = &img->types.items[y];
        if (a->kind != b->kind || a->is_set != b->is_set) {
            return false;
        }
        if (a->elem == CD_NONE) {
            return a->shape == b->shape || a->shape == CD_NONE || b->shape == CD_NONE;
        }
        x = a->elem;
        y = b->elem;
    }
    return true;
}

/* A type is made of earlier ones, so that none contains itself. */
static cordon_status
check_types(const struct cd_image *img, struct cordon_error *err)
{
    for (size_t i = 0; i < img->types.n; i++) {
        const struct cd_value_type *t = &img->types.items[i];
        bool has_elem = t->kind == CD_KIND_LIST || t->kind == CD_KIND_MAP;
        if (has_elem != (t->elem != CD_NONE) || (has_elem && t->elem >= i)) {
            return bad(err, "types", i, "the element type is wrong");
        }
        if ((t->shape != CD_NONE && t->kind != CD_KIND_ROW)
            || (t->is_set && t->kind != CD_KIND_LIST)) {
            return bad(err, "types", i, "a shape or a set where there is none");
        }
        unsigned depth = 0;
        for (uint32_t at = t->elem; at != CD_NONE; at = img->types.items[at].elem) {
            if (++depth > CD_LIMIT_TYPE_DEPTH) {
                return bad(err, "types", i, "collections are nested too deep");
            }
        }
    }
    return CORDON_OK;
}

static cordon_status
check_fields(const struct cd_image *img, size_t shape, struct cordon_error *err)
{
    const struct cd_shape *s = &img->shapes.items[shape];
    for (uint32_t f = 1; f < s->n_fields; f++) {
        const struct cd_field *field = &img->fields.items[s->first_field + f];
        if (cd_str_cmp(cd_image_str(img, field[-1].name), cd_image_str(img, field->name)) >= 0) {
            return bad(err, "shapes", shape, "its fields are not sorted by name");
        }
    }
    return CORDON_OK;
}

static cordon_status
check_shapes(const struct cd_image *img, struct cordon_error *err)
{
    struct cd_map names;
    cd_map_init(&names);
    cordon_status status = CORDON_OK;
    size_t next = 0;
    for (size_t i = 0; status == CORDON_OK && i < img->shapes.n; i++) {
        const struct cd_shape *s = &img->shapes.items[i];
        uint32_t other;
        struct cd_str name = cd_image_str(img, s->name);
        if (cd_map_get(&names, name, &other)) {
            status = bad(err, "shapes", i, "there are two of its name");
        } else if (!cd_map_put(&names, name, (uint32_t)i)) {
            status = cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory");
        } else if (s->n_fields > 0 && s->first_field != next) {
            status = bad(err, "shapes", i, "its fields are not in their place");
        } else {
            next += s->n_fields;
            status = check_fields(img, i, err);
        }
    }
    cd_map_finish(&names);
    if (status == CORDON_OK && next != img->fields.n) {
        return bad(err, "fields", next, "it belongs to no shape");
    }
    return status;
}

/* A member is an earlier, known constant of the element type: so constants nest no deeper than
 * types. */
static bool
is_member(const struct cd_image *img, size_t constant, uint32_t member, uint32_t elem)
{
    return member < constant && img->consts.items[member].state == 0
           && cd_types_agree(img, img->consts.items[member].type, elem);
}

/* The members of collection I stand at *NEXT of const_items, which moves on. */
static cordon_status
check_members(const struct cd_image *img, size_t i, size_t *next, struct cordon_error *err)
{
    const struct cd_constant *c = &img->consts.items[i];
    const struct cd_value_type *t = &img->types.items[c->type];
    uint64_t step = t->kind == CD_KIND_MAP ? 2 : 1;
    if (c->n > 0 && (c->value != *next || c->n * step > img->const_items.n - *next)) {
        return bad(err, "consts", i, "its members are not in their place");
    }
    for (uint64_t k = 0; k < c->n * step; k++) {
        uint32_t item = img->const_items.items[*next + k];
        bool is_key = step == 2 && k % 2 == 0;
        if (is_key ? item >= img->strings.n : !is_member(img, i, item, t->elem)) {
            return bad(err, "consts", i, "a member is not of its type");
        }
    }
    *next += (size_t)(c->n * step);
    return CORDON_OK;
}

static bool
scalar_holds(const struct cd_image *img, const struct cd_constant *c)
{
    double number;
    switch ((enum cd_kind)img->types.items[c->type].kind) {
    case CD_KIND_BOOL: return c->value <= 1;
    case CD_KIND_NUMBER: memcpy(&number, &c->value, sizeof number); return isfinite(number);
    case CD_KIND_STRING: return c->value < img->strings.n;
    case CD_KIND_TIME:
    case CD_KIND_DURATION: return true;
    case CD_KIND_ROW:
    case CD_KIND_JSON: return false;
    case CD_KIND_MAP:
    case CD_KIND_LIST:
    case CD_N_KINDS: break;
    }
    return false;
}

static cordon_status
check_consts(const struct cd_image *img, struct cordon_error *err)
{
    size_t next = 0;
    for (size_t i = 0; i < img->consts.n; i++) {
        const struct cd_constant *c = &img->consts.items[i];
        uint32_t kind = img->types.items[c->type].kind;
        if (c->state == 1) {
            if (c->value != 0 || c->n != 0) {
                return bad(err, "consts", i, "an absent constant has a value");
            }
        } else if (kind == CD_KIND_LIST || kind == CD_KIND_MAP) {
            CORDON_TRY(check_members(img, i, &next, err));
        } else if (c->n != 0 || !scalar_holds(img, c)) {
            return bad(err, "consts", i, "the value is not of its type");
        }
    }
    return next == img->const_items.n ? CORDON_OK
                                      : bad(err, "const_items", next, "it belongs to no constant");
}

static cordon_status
check_params(const struct cd_image *img, struct cordon_error *err)
{
    for (size_t i = 0; i < img->params.n; i++) {
        const struct cd_param *p = &img->params.items[i];
        if (i > 0 && cd_str_cmp(cd_image_str(img, p[-1].name), cd_image_str(img, p->name)) >= 0) {
            return bad(err, "params", i, "parameters are not sorted by name");
        }
        if (p->default_const != CD_NONE
            && !cd_types_agree(img, img->consts.items[p->default_const].type, p->type)) {
            return bad(err, "params", i, "the default is of another type");
        }
    }
    return CORDON_OK;
}

/* Follows the path of index I from its table to a string. */
static bool
path_holds(const struct cd_image *img, const struct cd_index *x)
{
    uint32_t shape = x->shape;
    for (uint32_t k = 0; k < x->n_path; k++) {
        uint32_t slot = img->paths.items[x->first_path + k];
        if (shape == CD_NONE || slot >= img->shapes.items[shape].n_fields) {
            return false;
        }
        const struct cd_field *field =
            &img->fields.items[img->shapes.items[shape].first_field + slot];
        const struct cd_value_type *t = &img->types.items[field->type];
        if (k + 1 == x->n_path) {
            return t->kind == CD_KIND_STRING;
        }
        if (t->kind != CD_KIND_ROW) {
            return false;
        }
        shape = t->shape;
    }
    return x->env != CD_ENVOP_TAGS && x->env != CD_ENVOP_CAPTURED;
}

static cordon_status
check_indexes(const struct cd_image *img, struct cordon_error *err)
{
    size_t next = 0;
    for (size_t i = 0; i < img->indexes.n; i++) {
        const struct cd_index *x = &img->indexes.items[i];
        if (!img->shapes.items[x->shape].is_table) {
            return bad(err, "indexes", i, "it is not of a table");
        }
        if (x->n_path > CD_LIMIT_PATH || (x->n_path > 0 && (x->first_path != next || x->env != 0))
            || !path_holds(img, x)) {
            return bad(err, "indexes", i, "its path leads to no string");
        }
        next += x->n_path;
    }
    return next == img->paths.n ? CORDON_OK : bad(err, "paths", next, "it belongs to no index");
}

static bool
domain_holds(const struct cd_image *img, size_t i)
{
    const struct cd_domain *d = &img->domains.items[i];
    switch ((enum cd_domain_kind)d->kind) {
    case CD_DOMAIN_GLOBAL: return i == 0 && d->parent == CD_NONE && d->name == CD_NONE;
    case CD_DOMAIN_ROOT: return d->parent == 0 && d->name == CD_NONE;
    case CD_DOMAIN_LOOP: return d->parent < i;
    case CD_DOMAIN_REQUEST: return d->parent == CD_NONE && d->name == CD_NONE;
    }
    return false;
}

static cordon_status
check_domains(const struct cd_image *img, struct cordon_error *err)
{
    if (img->domains.n == 0 || img->domains.items[0].kind != CD_DOMAIN_GLOBAL) {
        return bad(err, "domains", 0, "it is not the global one");
    }
    for (size_t i = 0; i < img->domains.n; i++) {
        if (!domain_holds(img, i)) {
            return bad(err, "domains", i, "its parent or its name is wrong");
        }
    }
    return CORDON_OK;
}

cordon_status
cd_verify_data(const struct cd_image *img, struct cordon_error *err)
{
    CORDON_TRY(check_types(img, err));
    CORDON_TRY(check_shapes(img, err));
    CORDON_TRY(check_consts(img, err));
    CORDON_TRY(check_params(img, err));
    CORDON_TRY(check_indexes(img, err));
    return check_domains(img, err);
}
