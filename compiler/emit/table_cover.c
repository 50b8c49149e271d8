/* Written denies against those that would have been derived, in normal form. */
#include "compiler/emit/table_cover.h"

static bool
covers_form(const struct cd_normal_form *wide, const struct cd_normal_form *narrow)
{
    for (size_t i = 0; i < narrow->n; i++) {
        bool found = false;
        for (size_t k = 0; k < wide->n && !found; k++) {
            found = cd_conditions_within(&wide->items[k], &narrow->items[i]);
        }
        if (!found) {
            return false;
        }
    }
    return true;
}

/* Is the deny about the resources ON? */
static bool
has_resources(const struct cd_table_cover *c, const struct cd_deny *deny, struct cd_str on)
{
    bool found = deny->n_on == 0;
    for (size_t i = 0; i < deny->n_on && !deny->not_on && !found; i++) {
        const struct cd_const *text = cd_const_eval(c->a, deny->on[i], c->env);
        found = text != NULL && text->kind == CD_CONST_STRING && cd_str_eq(text->text, on);
    }
    return found;
}

bool
cd_is_covered(const struct cd_table_cover *cover, const struct cd_breach *b)
{
    struct cd_normal_form wide, narrow;
    struct cd_reason reason;
    if (b->when == NULL
        || cd_normal_form_of(cover->a, b->when, NULL, cover->env, &narrow, &reason)
               != CD_FORM_DONE) {
        return false;
    }
    for (size_t i = 0; i < cover->control->n_denies; i++) {
        const struct cd_deny *deny = &cover->control->denies[i];
        if (deny->require == NULL && cd_deny_has_action(cover->a, deny, cover->env, b->action)
            && has_resources(cover, deny, b->on)
            && cd_normal_form_of(cover->a, deny->when, deny->unless, cover->env, &wide, &reason)
                   == CD_FORM_DONE
            && covers_form(&wide, &narrow)) {
            return true;
        }
    }
    return false;
}
