/* Tests: what they give, request and expect. */
#include "compiler/sema/check.h"

/* ---- parameters ---- */

/* A parameter of this module, or of one that it uses. */
static struct cd_decl *
find_param(struct cd_checker *c, struct cd_name name)
{
    struct cd_decl *own = cd_module_find(c->s, c->module, name.text);
    if (own && own->kind == CD_DECL_PARAM) {
        return own;
    }
    struct cd_nearest near;
    cd_nearest_init(&near, name.text);
    struct cd_decl *found = NULL;
    for (size_t i = 0; i <= c->module->n_uses; i++) {
        const struct cd_module *m = i < c->module->n_uses ? c->module->uses[i].module : c->module;
        for (size_t k = 0; m && k < m->n_decls; k++) {
            struct cd_decl *d = m->decls[k];
            if (d->kind == CD_DECL_PARAM) {
                cd_nearest_try(&near, d->name.text);
                found = cd_str_eq(d->name.text, name.text) ? d : found;
            }
        }
    }
    if (!found) {
        struct cd_diag *d = cd_diag_add(c->s->diags, CD_DIAG_UNKNOWN_NAME, name.span,
                                        "there is no parameter `%.*s`", CD_FMT(name.text));
        cd_nearest_help(c->s->diags, d, &near);
    }
    return found;
}

static void
check_given_param(struct cd_checker *c, struct cd_step *step)
{
    if (step->path.n == 1) {
        step->decl = find_param(c, step->path.parts[0]);
    } else {
        step->decl = cd_resolve_path(c->s, c->module, &step->path, CD_DECL_PARAM, "parameter");
    }
    if (!step->decl || !step->decl->type) {
        cd_infer(c, &step->value, NULL);
        return;
    }
    struct cd_str what =
        cd_arena_printf(c->s->arena, "parameter `%.*s`", CD_FMT(step->decl->name.text));
    if (!cd_expect(c, &step->value, step->decl->type, what.p)) {
        return;
    }
    const struct cd_const *value = cd_const_eval(c->s->arena, step->value, NULL);
    struct cd_const_env env = {&step->decl, &value, 1};
    if (value && !cd_sema_param_holds(c->s->arena, step->decl, &env)) {
        cd_diag_add(c->s->diags, CD_DIAG_PARAM_VALUE, step->value->span,
                    "this value of `%.*s` does not meet its `where`",
                    CD_FMT(step->decl->name.text));
    }
}

/* ---- requests ---- */

static void
check_key(struct cd_checker *c, struct cd_data_pair *pair)
{
    uint32_t key = cd_check_key(c->s, pair->key.span, pair->key.text);
    if (key == CD_SCHEMA_NONE) {
        return;
    }
    const struct cd_type *t = cd_key_type(c, key);
    struct cd_str what = cd_arena_printf(c->s->arena, "`%.*s`", CD_FMT(pair->key.text));
    if (pair->value->kind == CD_DATA_UNKNOWN) {
        struct cd_diag *d =
            cd_diag_add(c->s->diags, CD_DIAG_TEST_DATA, pair->value->span,
                        "a request has a key or has it not; nothing of it is unknown");
        cd_diag_help(c->s->diags, d, "leave the key out, or give it a value");
        return;
    }
    cd_check_value(c, pair->value, t, what);
}

static bool
has_wildcard(struct cd_str s)
{
    return cd_str_find(s, '*', 0) < s.n || cd_str_find(s, '?', 0) < s.n;
}

void
cd_check_request(struct cd_checker *c, struct cd_step *step)
{
    if (has_wildcard(step->action.text)) {
        struct cd_diag *d = cd_diag_add(c->s->diags, CD_DIAG_TEST_REQUEST, step->action.span,
                                        "a request is for one action, found the pattern `%.*s`",
                                        CD_FMT(step->action.text));
        cd_diag_help(c->s->diags, d, "name one action, such as s3:GetObject");
    } else {
        cd_check_action(c->s, step->action.span, step->action.text);
    }
    for (size_t i = 0; i < step->n_on; i++) {
        if (!cd_expect_constant_text(c, &step->on[i], "the ARN of a request")
            || !cd_is_literal(step->on[i])) {
            continue;
        }
        struct cd_str text = cd_literal_text(c, step->on[i]);
        if (!cd_arn_text_ok(text) && !cd_str_eq(text, CD_STR("*"))) {
            cd_check_refined(c->s, step->on[i]->span, text, CD_TYPE_ARN);
        }
    }
    for (size_t i = 0; step->object && i < step->object->n; i++) {
        check_key(c, &step->object->pairs[i]);
    }
}

/* ---- expectations ---- */

static void
check_expect(struct cd_checker *c, struct cd_step *step, bool requested)
{
    step->decl = cd_resolve_path(c->s, c->module, &step->path, CD_DECL_CONTROL, "control");
    for (size_t i = 0; i < step->n_on; i++) {
        cd_expect_constant_text(c, &step->on[i], "the id after `on`");
    }
    if (step->kind != CD_STEP_EXPECT_DENY || !step->decl) {
        return;
    }
    if (!requested) {
        struct cd_diag *d = cd_diag_add(c->s->diags, CD_DIAG_TEST_DENY, step->span,
                                        "no request stands before this expectation");
        cd_diag_help(c->s->diags, d,
                     "write it above: request s3:GetObject { aws:RequestedRegion: \"us-east-1\" }");
    }
}

static void
check_step(struct cd_checker *c, struct cd_step *step, bool *requested)
{
    switch (step->kind) {
    case CD_STEP_GIVEN: cd_check_given(c, step); break;
    case CD_STEP_GIVEN_UNKNOWN:
        step->shape = cd_resolve_table(c->s, step->type_name.text, step->type_name.span);
        break;
    case CD_STEP_GIVEN_FILE: cd_expect_constant_text(c, &step->text, "the name of the file"); break;
    case CD_STEP_GIVEN_PARAM: check_given_param(c, step); break;
    case CD_STEP_REQUEST:
        cd_check_request(c, step);
        *requested = true;
        break;
    case CD_STEP_EXPECT:
    case CD_STEP_EXPECT_DENY: check_expect(c, step, *requested); break;
    }
}

void
cd_check_test(struct cd_sema *s, struct cd_decl *d)
{
    struct cd_checker c = cd_checker_of(s, d, CD_PLACE_PARAM, NULL);
    bool requested = false, expects = false;
    for (size_t i = 0; i < d->n_steps; i++) {
        d->steps[i].shape = CD_SCHEMA_NONE;
        check_step(&c, &d->steps[i], &requested);
        expects = expects || d->steps[i].kind == CD_STEP_EXPECT
                  || d->steps[i].kind == CD_STEP_EXPECT_DENY;
    }
    if (!expects) {
        struct cd_diag *diag = cd_diag_add(s->diags, CD_DIAG_TEST_EXPECTS_NOTHING, d->span,
                                           "this test expects nothing");
        cd_diag_help(s->diags, diag, "write: expect pass C on \"id\", or expect deny C");
    }
}
