/* Waivers: the control that they except from, and their constant texts. */
#include "compiler/sema/check.h"

bool
cd_expect_constant_text(struct cd_checker *c, struct cd_expr **e, const char *what)
{
    unsigned before = c->uses;
    c->uses = 0;
    bool text = cd_expect(c, e, cd_simple(c, CD_TYPE_STRING), what);
    unsigned uses = c->uses;
    c->uses |= before;
    if (text && uses != 0) {
        struct cd_diag *d = cd_diag_add(c->s->diags, CD_DIAG_NOT_CONSTANT_TEXT, (*e)->span,
                                        "%s: expected a constant text", what);
        cd_diag_help(c->s->diags, d, "only constants can be interpolated here");
        return false;
    }
    return text;
}

/* A pattern that begins as an ARN does is meant as one; others are those of ids. */
static void
check_pattern(struct cd_checker *c, struct cd_expr *e)
{
    const struct cd_const *text = cd_const_eval(c->s->arena, e, NULL);
    if (text && text->kind == CD_CONST_STRING && cd_str_starts(text->text, CD_STR("arn:"))) {
        cd_check_arn_pattern(c, e, CD_DIAG_SHORT_ARN);
    }
}

void
cd_check_waive(struct cd_sema *s, struct cd_decl *d)
{
    struct cd_checker c = cd_checker_of(s, d, CD_PLACE_PARAM, NULL);
    d->target_decl = cd_resolve_path(s, d->module, &d->target, CD_DECL_CONTROL, "control");
    for (size_t i = 0; i < d->n_on; i++) {
        if (cd_expect_constant_text(&c, &d->on[i], "the pattern of a waiver")) {
            check_pattern(&c, d->on[i]);
        }
    }
    if (d->because) {
        cd_expect_constant_text(&c, &d->because, "the reason of a waiver");
    }
}
