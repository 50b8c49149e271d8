/* Constants, parameters and functions: each is checked once, when it is first needed. */
#include "compiler/sema/check.h"

#define SHOWN 8 /* names of a long circle */

/* "f -> g -> f": the way from D back to it, a long one without its middle. */
static struct cd_str
circle(struct cd_checker *c, const struct cd_decl *d)
{
    struct cd_str text = d->name.text;
    unsigned n = 0;
    for (const struct cd_checker *x = c; x; x = x->outer) {
        bool last = x->decl == d;
        n++;
        if (n < SHOWN || last) {
            text = cd_arena_printf(c->s->arena, "%.*s -> %.*s", CD_FMT(x->decl->name.text),
                                   CD_FMT(text));
        } else if (n == SHOWN) {
            text = cd_arena_printf(c->s->arena, "… -> %.*s", CD_FMT(text));
        }
        if (last) {
            break;
        }
    }
    return text;
}

bool
cd_need_decl(struct cd_checker *c, struct cd_decl *d, struct cd_span span)
{
    struct cd_decl_info *info = cd_sema_info(c->s, d);
    if (info->progress == CD_PROGRESS_BUSY) {
        struct cd_str way = circle(c, d);
        struct cd_diag *diag =
            cd_diag_add(c->s->diags, CD_DIAG_RECURSION, span, "`%.*s` depends on itself: %.*s",
                        CD_FMT(d->name.text), CD_FMT(way));
        if (d->kind == CD_DECL_FN) {
            cd_diag_help(c->s->diags, diag,
                         "functions are not recursive; quantifiers and xs[*] go over members");
        }
        return false;
    }
    if (info->progress == CD_PROGRESS_NEW) {
        if (c->depth >= CD_SEMA_DEPTH_LIMIT) {
            cd_diag_add(c->s->diags, CD_DIAG_SEMA_DEPTH, span,
                        "this is more than %d expressions deep, functions and constants that it "
                        "uses counted",
                        CD_SEMA_DEPTH_LIMIT);
            return false;
        }
        cd_check_decl(c->s, d, c);
    }
    return true;
}

void
cd_check_decl(struct cd_sema *s, struct cd_decl *d, struct cd_checker *outer)
{
    struct cd_decl_info *info = cd_sema_info(s, d);
    if (info->progress != CD_PROGRESS_NEW) {
        return;
    }
    info->progress = CD_PROGRESS_BUSY;
    if (d->kind == CD_DECL_LET) {
        cd_check_let(s, d, outer);
    } else if (d->kind == CD_DECL_PARAM) {
        cd_check_param(s, d, outer);
    } else if (d->kind == CD_DECL_FN) {
        cd_check_fn(s, d, outer);
    }
    info->progress = CD_PROGRESS_DONE;
}

void
cd_check_let(struct cd_sema *s, struct cd_decl *d, struct cd_checker *outer)
{
    struct cd_checker c = cd_checker_of(s, d, CD_PLACE_LET, outer);
    d->type = cd_infer(&c, &d->value, NULL);
    cd_sema_info(s, d)->uses = c.uses;
}

/* ---- parameters ---- */

static bool
can_be_set(const struct cd_type *t)
{
    while (cd_type_is_container(t)) {
        t = t->elem;
    }
    return cd_type_class(t) == CD_CLASS_SCALAR || cd_type_is_stringlike(t)
           || t->kind == CD_TYPE_ERROR;
}

/* Does the default meet the parameter's `where`? Not asked if other parameters without a value take
 * part. */
static void
check_default_holds(struct cd_checker *c, const struct cd_decl *d)
{
    const struct cd_const *value = cd_const_eval(c->s->arena, d->value, NULL);
    const struct cd_const *holds = value ? cd_const_eval(c->s->arena, d->where, NULL) : NULL;
    if (!holds || (holds->kind == CD_CONST_BOOL && holds->boolean)) {
        return;
    }
    struct cd_buf buf = CD_BUF_INIT;
    cd_const_print(value, &buf);
    struct cd_str text =
        cd_arena_str(c->s->arena, cd_str_sub(cd_buf_view(&buf), 0, buf.n < 80 ? buf.n : 80));
    cd_buf_finish(&buf);
    struct cd_diag *diag = cd_diag_add(c->s->diags, CD_DIAG_PARAM_VALUE, d->value->span,
                                       "the default %.*s of `%.*s` does not meet its `where`",
                                       CD_FMT(text), CD_FMT(d->name.text));
    cd_diag_help(c->s->diags, diag,
                 "choose a default that does, or leave it out: then the caller has to set it");
}

void
cd_check_param(struct cd_sema *s, struct cd_decl *d, struct cd_checker *outer)
{
    struct cd_checker c = cd_checker_of(s, d, CD_PLACE_PARAM, outer);
    d->type = cd_resolve_type(&c, d->type_expr);
    if (!can_be_set(d->type)) {
        struct cd_str found = cd_type_text(&c, d->type);
        struct cd_diag *diag = cd_diag_add(s->diags, CD_DIAG_PARAM_TYPE, d->type_expr->span,
                                           "a parameter cannot be of type %.*s", CD_FMT(found));
        cd_diag_help(s->diags, diag,
                     "it is set from outside: bool, number, string, time, duration, region, "
                     "account, arn, action, ip, cidr, "
                     "or a set, list or map of these");
        d->type = cd_simple(&c, CD_TYPE_ERROR);
    }
    bool good = true;
    if (d->value) {
        struct cd_str what =
            cd_arena_printf(s->arena, "the default of `%.*s`", CD_FMT(d->name.text));
        good = cd_expect(&c, &d->value, d->type, what.p);
    }
    cd_sema_info(s, d)->uses = CD_USES_PARAM;
    cd_sema_info(s, d)->progress = CD_PROGRESS_DONE; /* its `where` speaks of it */
    if (d->where) {
        good = cd_expect_bool(&c, &d->where, "the condition of `where`") && good;
        if (good && d->value) {
            check_default_holds(&c, d);
        }
    }
}

/* ---- functions ---- */

void
cd_check_fn(struct cd_sema *s, struct cd_decl *d, struct cd_checker *outer)
{
    struct cd_checker c = cd_checker_of(s, d, CD_PLACE_CONTROL, outer);
    for (size_t i = 0; i < d->n_params; i++) {
        d->params[i].binding->index = (uint32_t)i;
        cd_bind(&c, d->params[i].binding, cd_resolve_type(&c, d->params[i].type));
    }
    if (d->type_expr) {
        struct cd_str what =
            cd_arena_printf(s->arena, "the result of `%.*s`", CD_FMT(d->name.text));
        d->type = cd_resolve_type(&c, d->type_expr);
        cd_expect(&c, &d->value, d->type, what.p);
    } else {
        d->type = cd_infer(&c, &d->value, NULL);
    }
    struct cd_decl_info *info = cd_sema_info(s, d);
    info->uses = c.uses & (CD_USES_TABLE | CD_USES_PARAM);
    info->table_span = c.table_span;
}
