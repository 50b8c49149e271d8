/* Lists, sets, comprehensions and quantifiers. */
#include "compiler/sema/check.h"

static void
report_members(struct cd_checker *c, const struct cd_expr *e, const struct cd_expr *item,
               const struct cd_type *before)
{
    struct cd_str want = cd_type_text(c, before), found = cd_type_text(c, item->type);
    cd_diag_add(c->s->diags, CD_DIAG_BRANCHES, item->span,
                "the members of a %s are of one type: expected %.*s, found %.*s",
                e->kind == CD_EXPR_SET ? "set" : "list", CD_FMT(want), CD_FMT(found));
}

/* The type that members other than json have in common; NULL after a diagnostic. */
static const struct cd_type *
common_member(struct cd_checker *c, struct cd_expr *e)
{
    const struct cd_type *elem = cd_simple(c, CD_TYPE_NEVER);
    for (size_t i = 0; i < e->n_items; i++) {
        const struct cd_type *t = e->items[i]->type;
        if (t->kind == CD_TYPE_JSON) {
            continue;
        }
        const struct cd_type *joined = cd_type_join(c->s->types, elem, t);
        if (!joined) {
            report_members(c, e, e->items[i], elem);
            return NULL;
        }
        elem = joined;
    }
    return elem;
}

const struct cd_type *
cd_infer_literal_collection(struct cd_checker *c, struct cd_expr *e, const struct cd_type *hint)
{
    enum cd_type_kind kind = e->kind == CD_EXPR_SET ? CD_TYPE_SET : CD_TYPE_LIST;
    if (hint && hint->kind == CD_TYPE_MAP && kind == CD_TYPE_SET && e->n_items == 0) {
        return hint; /* {} is the empty map where one is asked for */
    }
    const struct cd_type *member = hint && cd_type_is_collection(hint) ? hint->elem : NULL;
    for (size_t i = 0; i < e->n_items; i++) {
        cd_infer(c, &e->items[i], member);
    }
    const struct cd_type *elem = common_member(c, e);
    if (!elem) {
        return cd_type_of(c->s->types, kind, cd_simple(c, CD_TYPE_ERROR));
    }
    bool any_json = false;
    for (size_t i = 0; i < e->n_items; i++) {
        any_json = any_json || e->items[i]->type->kind == CD_TYPE_JSON;
    }
    if (any_json && elem->kind == CD_TYPE_NEVER) {
        elem = cd_simple(c, CD_TYPE_JSON);
    }
    for (size_t i = 0; any_json && elem->kind != CD_TYPE_JSON && i < e->n_items; i++) {
        if (e->items[i]->type->kind == CD_TYPE_JSON) {
            e->items[i] = cd_convert(c, e->items[i], elem);
        }
    }
    return cd_type_of(c->s->types, kind, elem);
}

/* The type of the members of *SOURCE, which becomes a list if it is json. */
static const struct cd_type *
source_member(struct cd_checker *c, struct cd_expr **source)
{
    const struct cd_type *t = cd_infer(c, source, NULL);
    if (cd_type_is_collection(t)) {
        return t->elem;
    }
    if (t->kind == CD_TYPE_JSON) {
        *source = cd_convert(c, *source, cd_type_of(c->s->types, CD_TYPE_LIST, t));
        return t;
    }
    if (t->kind == CD_TYPE_ERROR) {
        return t;
    }
    struct cd_str found = cd_type_text(c, t);
    struct cd_diag *d = cd_diag_add(c->s->diags, CD_DIAG_NOT_A_COLLECTION, (*source)->span,
                                    "expected a list, a set or a table, found %.*s", CD_FMT(found));
    if (t->kind == CD_TYPE_MAP) {
        cd_diag_help(c->s->diags, d, "a map is asked for one key at a time: m[\"key\"]");
    } else if (c->keys && (*source)->kind == CD_EXPR_ANAME) {
        cd_diag_help(c->s->diags, d, "this key has one value; compare it as it is");
    }
    return cd_simple(c, CD_TYPE_ERROR);
}

const struct cd_type *
cd_infer_comprehension(struct cd_checker *c, struct cd_expr *e)
{
    const struct cd_type *member = source_member(c, &e->source);
    cd_bind(c, e->binding, member);
    if (e->where) {
        cd_expect_bool(c, &e->where, "the condition of `where`");
    }
    const struct cd_type *elem = cd_infer(c, &e->b, NULL);
    cd_unbind(c);
    return cd_type_of(c->s->types, CD_TYPE_SET, elem);
}

const struct cd_type *
cd_infer_quantifier(struct cd_checker *c, struct cd_expr *e)
{
    static const char *const bodies[] = {
        [CD_QUANT_ALL] = "the body of `all`",
        [CD_QUANT_ANY] = "the body of `any`",
        [CD_QUANT_NONE] = "the body of `none`",
        [CD_QUANT_COUNT] = "the body of `count`",
    };
    const struct cd_type *member = source_member(c, &e->source);
    cd_bind(c, e->binding, member);
    if (e->where) {
        cd_expect_bool(c, &e->where, "the condition of `where`");
    }
    cd_expect_bool(c, &e->b, bodies[e->quant]);
    cd_unbind(c);
    return cd_simple(c, e->quant == CD_QUANT_COUNT ? CD_TYPE_NUMBER : CD_TYPE_BOOL);
}
