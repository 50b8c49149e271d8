/* Statements: the actions, resources and conditions of one deny. */
#include "compiler/emit/emit.h"

#include "compiler/emit/actions.h"
#include "compiler/emit/carries.h"
#include "compiler/emit/endpoint.h"
#include "compiler/emit/strings.h"

static void
refuse(struct cd_emission *out, const struct cd_decl *control, struct cd_span span,
       struct cd_str why, struct cd_str help)
{
    *CD_PUSH(out->arena, out->not_expressible, out->n_not, out->cap_not) =
        (struct cd_not_expressible){control, span, why, help};
}

void
cd_emission_refuse(struct cd_emission *out, const struct cd_decl *control, struct cd_span span,
                   struct cd_str why)
{
    refuse(out, control, span, why, CD_STR(""));
}

/* Parameters may have brought anything. */
static bool
is_arn_pattern(struct cd_str text)
{
    size_t colons = 0;
    for (size_t i = 0; i < text.n; i++) {
        colons += text.p[i] == ':';
    }
    return cd_str_eq(text, CD_STR("*")) || (cd_str_starts(text, CD_STR("arn:")) && colons >= 5);
}

static void
report_on(struct cd_emission *out, struct cd_span span, struct cd_str found)
{
    struct cd_diag *d = cd_diag_add(
        out->diags, CD_DIAG_EMIT_ON, span,
        "with its parameters' values this is \"%.*s\", which is no pattern of ARNs", CD_FMT(found));
    cd_diag_help(out->diags, d, "an ARN has six segments: arn:aws:s3:::my-bucket/*");
}

/* The resources that the author wrote. */
static enum cd_emit_text
written_resources(struct cd_emission *out, const struct cd_deny *deny,
                  const struct cd_const_env *env, struct cd_statement *s)
{
    s->not_resource = deny->not_on && deny->n_on != 0;
    s->resources = CD_NEW_ARRAY(out->arena, deny->n_on + 1, struct cd_str);
    for (size_t i = 0; i < deny->n_on; i++) {
        bool has_variable = false;
        enum cd_emit_text status =
            cd_emit_text(out->arena, deny->on[i], true, env, &s->resources[i], &has_variable);
        if (status != CD_TEXT_DONE) {
            return status;
        }
        if (!is_arn_pattern(s->resources[i])) {
            report_on(out, deny->on[i]->span, s->resources[i]);
        }
    }
    s->n_resources = cd_strs_sort(s->resources, deny->n_on);
    if (deny->n_on == 0) {
        s->resources[0] = CD_STR("*");
        s->n_resources = 1;
    }
    return CD_TEXT_DONE;
}

static void
push_statement(struct cd_emission *out, struct cd_statement s)
{
    struct cd_statement *slot = CD_PUSH(out->arena, out->statements, out->n, out->cap);
    *slot = s;
    slot->number = out->next_number++;
}

/* What the target cannot carry of the deny's actions. */
static void
refuse_dropped(struct cd_emission *out, const struct cd_decl *control, const struct cd_deny *deny,
               const struct cd_acts *acts)
{
    struct cd_buf names = CD_BUF_INIT;
    for (size_t i = 0; i < acts->n_dropped && i < 3; i++) {
        cd_buf_printf(&names, "%s%.*s", i == 0 ? "" : ", ", CD_FMT(acts->dropped[i]));
    }
    cd_emission_refuse(
        out, control, deny->span,
        cd_arena_printf(out->arena, "%.*s; %.*s%s %s",
                        CD_FMT(cd_target_limits(out->target, acts->dropped, acts->n_dropped)),
                        CD_FMT(cd_buf_view(&names)), acts->n_dropped > 3 ? ", …" : "",
                        acts->n_acts == 0 ? "cannot stand in it" : "can stand in it only so far"));
    cd_buf_finish(&names);
}

static void
report_expanded(struct cd_emission *out, const struct cd_deny *deny)
{
    bool could = cd_target_info[out->target].takes_not_action;
    struct cd_diag *d = cd_diag_add(
        out->diags, CD_DIAG_EMIT_EXPANDED, deny->span,
        "%s: the known actions that are left are listed, and actions yet to come escape",
        could ? "IAM cannot subtract actions from a pattern"
              : "a resource control policy cannot subtract actions from those of a service");
    cd_diag_help(out->diags, d,
                 could ? "name the actions, or write `deny * except …`"
                       : "except whole services, or name the actions");
}

static void
report(struct cd_emission *out, enum cd_diag_code code, const struct cd_reason *reason)
{
    struct cd_diag *d = cd_diag_add(out->diags, code, reason->where, "%.*s", CD_FMT(reason->why));
    cd_diag_help(out->diags, d, "%.*s", CD_FMT(reason->help));
}

/* The condition's normal form; false if there are no statements, which has been said. */
static bool
form_of(struct cd_emission *out, const struct cd_decl *control, const struct cd_deny *deny,
        const struct cd_const_env *env, struct cd_normal_form *form)
{
    struct cd_reason reason;
    switch (cd_normal_form_of(out->arena, deny->when, deny->unless, env, form, &reason)) {
    case CD_FORM_DONE: return true;
    case CD_FORM_INEXPRESSIBLE:
        refuse(out, control, reason.where, reason.why, reason.help);
        return false;
    case CD_FORM_OPEN: out->n_open++; return false;
    case CD_FORM_WRONG: report(out, CD_DIAG_EMIT_ON, &reason); return false;
    case CD_FORM_TOO_LARGE: break;
    }
    if (out->is_check) {
        refuse(out, control, reason.where, reason.why, reason.help);
    } else {
        report(out, CD_DIAG_EMIT_NORMAL_FORM, &reason);
    }
    return false;
}

/* Is KEY read in the exemption only, of a deny whose `when` says of which calls? */
static bool
only_exempts(struct cd_emission *out, const struct cd_deny *deny, const struct cd_const_env *env,
             struct cd_str key)
{
    struct cd_normal_form form;
    struct cd_reason reason;
    bool found =
        deny->when == NULL || deny->unless == NULL
        || cd_normal_form_of(out->arena, deny->when, NULL, env, &form, &reason) != CD_FORM_DONE;
    for (size_t i = 0; !found && i < form.n; i++) {
        for (size_t k = 0; k < form.items[i].n; k++) {
            found = found || cd_str_eq_nocase(form.items[i].items[k].key, key);
        }
    }
    return !found;
}

/* Sets of actions may have come from outside: the rule for keys that an action does not carry, on
 * what they are now. */
static void
check_carried(struct cd_emission *out, const struct cd_deny *deny, const struct cd_const_env *env,
              const struct cd_normal_form *form)
{
    uint32_t *actions;
    size_t n;
    bool is_named = false;
    for (size_t i = 0; i < deny->n_acts; i++) {
        is_named = is_named || deny->acts[i].path.n > 0;
    }
    if (!is_named || env == NULL) {
        return;
    }
    cd_deny_actions(out->arena, deny, env, &actions, &n);
    for (size_t i = 0; i < form->n; i++) {
        const struct cd_condition *c = cd_uncarried(&form->items[i], actions, n);
        if (c != NULL && !only_exempts(out, deny, env, c->key)) {
            struct cd_diag *d = cd_diag_add(
                out->diags, CD_DIAG_EMIT_LACKING, deny->span,
                "with its parameters' values this deny is for actions that do not carry `%.*s`, "
                "and it fires where the key is absent",
                CD_FMT(c->key));
            cd_diag_help(out->diags, d, "give the parameter only actions that carry the key");
            return;
        }
    }
}

static void
leave_out(struct cd_emission *out, const struct cd_deny *deny)
{
    *CD_PUSH(out->arena, out->left_out, out->n_left_out, out->cap_left_out) = deny;
}

/* Sets of actions may have come from outside, where only their form was checked. */
static void
check_acts(struct cd_emission *out, const struct cd_deny *deny, const struct cd_acts *acts)
{
    for (size_t i = 0; i < acts->n_acts; i++) {
        if (!cd_str_eq(acts->acts[i], CD_STR("*")) && !cd_act_is_known(acts->acts[i])) {
            struct cd_diag *d = cd_diag_add(
                out->diags, CD_DIAG_EMIT_ACTION, deny->span,
                "with its parameters' values this deny names \"%.*s\", which is no known action "
                "and matches none",
                CD_FMT(acts->acts[i]));
            cd_diag_help(out->diags, d, "actions are written s3:GetObject, or s3:Get*");
        }
    }
}

/* Is the condition never true, whatever values the parameters get? */
static bool
is_never_true(struct cd_emission *out, const struct cd_deny *deny)
{
    size_t n = out->params->n;
    const struct cd_const_env open = {.params = out->params->items,
                                      .values =
                                          CD_NEW_ARRAY(out->arena, n + 1, const struct cd_const *),
                                      .n = n};
    struct cd_normal_form form;
    struct cd_reason reason;
    return cd_normal_form_of(out->arena, deny->when, deny->unless, &open, &form, &reason)
               == CD_FORM_DONE
           && form.n == 0;
}

/* By its parameters' defaults alone that is no matter for a check. */
static void
refuse_never_true(struct cd_emission *out, const struct cd_decl *control,
                  const struct cd_deny *deny)
{
    if (deny->require != NULL) {
        return; /* it is derived from what nothing can breach */
    }
    if (is_never_true(out, deny)) {
        cd_emission_refuse(out, control, deny->span,
                           CD_STR("its condition is never true, so that it denies nothing"));
    } else if (!out->is_check) {
        cd_emission_refuse(out, control, deny->span,
                           CD_STR("with its parameters' values its condition is never true, so "
                                  "that it denies nothing"));
    }
}

/* What of the deny's actions the statement S has not. */
static void
report_missing(struct cd_emission *out, const struct cd_statement *s, const struct cd_acts *acts)
{
    if (acts->n_acts != 0 && s->n_actions == 0) {
        cd_emission_refuse(out, s->control, s->span,
                           CD_STR("nothing is left of its actions but what is excepted"));
    } else if (acts->n_dropped != 0) {
        refuse_dropped(out, s->control, s->deny, acts);
    } else if (acts->n_acts == 0) {
        cd_emission_refuse(out, s->control, s->span, CD_STR("its set of actions is empty"));
    }
}

/* Does the grammar of the target's documents take all statements of the deny? */
static bool
is_taken(struct cd_emission *out, const struct cd_statement *base,
         const struct cd_normal_form *form, struct cd_reason *reason)
{
    bool ok = true;
    for (size_t i = 0; i < form->n && ok && out->target == CD_TARGET_ENDPOINT_POLICY; i++) {
        ok = cd_endpoint_takes(out->arena, base, &form->items[i], reason);
    }
    return ok;
}

void
cd_emit_deny(struct cd_emission *out, const struct cd_decl *control, const struct cd_deny *deny,
             const struct cd_const_env *env)
{
    struct cd_statement base = {.control = control, .deny = deny, .span = deny->span};
    struct cd_normal_form form;
    struct cd_reason reason;
    struct cd_acts acts;
    if (!form_of(out, control, deny, env, &form)) {
        leave_out(out, deny);
        return;
    }
    if (!cd_acts_of(out->arena, out->target, deny, env, &acts)
        || written_resources(out, deny, env, &base) != CD_TEXT_DONE) {
        out->n_open++;
        leave_out(out, deny);
        return;
    }
    check_acts(out, deny, &acts);
    cd_acts_whole(out->arena, &acts, &base);
    report_missing(out, &base, &acts);
    if (base.n_actions == 0) {
        out->next_number += form.n;
        return;
    }
    if (form.n == 0) {
        refuse_never_true(out, control, deny);
        return;
    }
    if (!is_taken(out, &base, &form, &reason)) {
        refuse(out, control, deny->span, reason.why, reason.help);
        out->next_number += form.n;
        leave_out(out, deny);
        return;
    }
    if (acts.loses_future && !out->is_check) {
        report_expanded(out, deny);
    }
    check_carried(out, deny, env, &form);
    for (size_t i = 0; i < form.n; i++) {
        base.conditions = form.items[i];
        push_statement(out, base);
    }
}

void
cd_emit_statements(struct cd_emission *out, const struct cd_sema *s, const struct cd_const_env *env)
{
    out->params = &s->params;
    out->controls = &s->controls;
    for (uint32_t c = 0; c < s->controls.n; c++) {
        const struct cd_decl *control = s->controls.items[c];
        out->next_number = 0;
        for (size_t d = 0; d < control->n_denies; d++) {
            if (out->is_check && control->denies[d].require != NULL) {
                continue; /* what is derived is not the author's text */
            }
            cd_emit_deny(out, control, &control->denies[d], env);
        }
    }
    cd_emit_sids(out);
}

void
cd_emit_check(struct cd_arena *arena, const struct cd_sema *s, struct cd_diags *diags)
{
    struct cd_emission e = {.arena = arena,
                            .target = CD_TARGET_SCP,
                            .is_check = true,
                            .params = &s->params,
                            .diags = diags};
    cd_emit_statements(&e, s, NULL);
    for (size_t i = 0; i < e.n_not; i++) {
        const struct cd_not_expressible *n = &e.not_expressible[i];
        struct cd_diag *d = cd_diag_add(diags, CD_DIAG_EMIT_INEXPRESSIBLE, n->span,
                                        "no document can say this: %.*s", CD_FMT(n->why));
        if (n->help.n != 0) {
            cd_diag_help(diags, d, "%.*s", CD_FMT(n->help));
        }
    }
}
