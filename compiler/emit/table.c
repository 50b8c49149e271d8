/* The table of prevention is put together from what derivation noted of each breach and from what
 * each target can carry of each deny. */
#include "compiler/emit/table.h"

#include "compiler/emit/carries.h"
#include "compiler/emit/manifest.h"
#include "compiler/emit/table_cover.h"

#define LONGEST_REQUIRE 72

const char *
cd_prevented_name(enum cd_prevented p)
{
    switch (p) {
    case CD_PREVENTED_EXACTLY: return "exactly";
    case CD_PREVENTED_IN_PART: return "in part";
    case CD_PREVENTED_DETECTED: return "detected only";
    case CD_PREVENTED_NOT: return "not at all";
    }
    return "";
}

/* ---- sentences ---- */

static bool
is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

struct cd_str
cd_table_require_text(const struct cd_sema *sema, const struct cd_require *r)
{
    struct cd_str text = cd_sources_text(sema->sources, r->cond->span, sema->arena);
    char *p = CD_NEW_ARRAY(sema->arena, text.n + 4, char);
    size_t n = 0, i = 0;
    for (; i < text.n && n < LONGEST_REQUIRE; i++) {
        bool blank = is_blank(text.p[i]);
        if (!blank || (n > 0 && p[n - 1] != ' ')) {
            p[n++] = blank ? ' ' : text.p[i];
        }
    }
    if (i < text.n) {
        while (n > 0 && p[n - 1] != ' ') {
            n--; /* words stay whole, and so do characters of several bytes */
        }
        memcpy(p + n, "…", sizeof "…" - 1);
        n += sizeof "…" - 1;
    }
    return (struct cd_str){p, n};
}

static uint32_t
line_of(const struct cd_sema *sema, struct cd_span span)
{
    uint32_t line = 0, column = 0;
    cd_sources_place(sema->sources, span.file, span.start, &line, &column, NULL);
    return line;
}

/* «`require not db.PubliclyAccessible` (line 52)» */
static struct cd_str
named(const struct cd_sema *sema, const struct cd_require *r)
{
    return cd_arena_printf(sema->arena, "`require %.*s` (line %u)",
                           CD_FMT(cd_table_require_text(sema, r)), line_of(sema, r->span));
}

/* «a, b and c» */
static struct cd_str
listed(struct cd_arena *a, const struct cd_str *items, size_t n)
{
    struct cd_str text = n > 0 ? items[0] : CD_STR("");
    for (size_t i = 1; i < n; i++) {
        text = cd_arena_printf(a, "%.*s%s%.*s", CD_FMT(text), i + 1 == n ? " and " : ", ",
                               CD_FMT(items[i]));
    }
    return text;
}

/* ---- what escapes whatever the target ---- */

static struct cd_str
action_name(const struct cd_sema *sema, uint32_t action)
{
    struct cd_iam_action a = cd_iam_action_at(action);
    return cd_arena_printf(sema->arena, "%.*s:%.*s", CD_FMT(a.service), CD_FMT(a.name));
}

static bool
is_told_of(const struct cd_breach *b, const struct cd_breach *first)
{
    return b->require == first->require && b->fate == first->fate && cd_str_eq(b->why, first->why)
           && (b->action == CD_SCHEMA_NONE) == (first->action == CD_SCHEMA_NONE);
}

/* Is some breach of the same require denied? */
static bool
is_denied_elsewhere(const struct cd_decl *c, const struct cd_breach *b)
{
    for (size_t i = 0; i < c->n_breaches; i++) {
        if (c->breaches[i].require == b->require && c->breaches[i].fate != CD_BREACH_ESCAPES
            && c->breaches[i].fate != CD_BREACH_STRICTER) {
            return true;
        }
    }
    return false;
}

static bool
is_denied_strictly(const struct cd_decl *c, const struct cd_require *r)
{
    for (size_t i = 0; i < c->n_denies; i++) {
        if (c->denies[i].require == r && c->denies[i].is_stricter) {
            return true;
        }
    }
    return false;
}

static struct cd_str
sentence_of(const struct cd_sema *sema, const struct cd_decl *c, const struct cd_breach *b,
            struct cd_str actions)
{
    struct cd_arena *a = sema->arena;
    struct cd_str require = named(sema, b->require);
    switch (b->fate) {
    case CD_BREACH_STRICTER:
        return cd_arena_printf(a,
                               is_denied_strictly(c, b->require)
                                   ? "%.*s is denied together with what its `where` leaves out: "
                                     "%.*s."
                                   : "%.*s is not denied, since a deny would be stricter than its "
                                     "`where` (--stricter writes it): %.*s.",
                               CD_FMT(require), CD_FMT(b->why));
    case CD_BREACH_WRITTEN:
        return cd_arena_printf(a,
                               "Requests of %.*s are denied as the control's author wrote it, "
                               "which is not every breach of %.*s.",
                               CD_FMT(actions), CD_FMT(require));
    case CD_BREACH_DENIED:
    case CD_BREACH_ESCAPES: break;
    }
    if (actions.n != 0) {
        return cd_arena_printf(a, "Requests of %.*s escape %.*s: %.*s.", CD_FMT(actions),
                               CD_FMT(require), CD_FMT(b->why));
    }
    return cd_arena_printf(a,
                           is_denied_elsewhere(c, b)
                               ? "Not every breach of %.*s is prevented: %.*s."
                               : "%.*s is a rule for snapshots only: %.*s.",
                           CD_FMT(require), CD_FMT(b->why));
}

/* Is the breach prevented, so that there is nothing to say? */
static bool
is_prevented(const struct cd_table_cover *cover, const struct cd_breach *b)
{
    return b->fate == CD_BREACH_DENIED || (b->fate == CD_BREACH_WRITTEN && cd_is_covered(cover, b));
}

/* Of a require of which nothing is denied one reason is enough. */
static bool
is_said(const struct cd_table_row *row, const struct cd_breach *b)
{
    for (size_t i = 0; i < row->reasons.n && b->fate == CD_BREACH_ESCAPES; i++) {
        const struct cd_table_reason *r = &row->reasons.items[i];
        if (r->require == b->require && r->n_actions == 0 && b->action == CD_SCHEMA_NONE
            && !is_denied_elsewhere(row->control, b)) {
            return true;
        }
    }
    return false;
}

static bool
is_listed(const struct cd_str *items, size_t n, struct cd_str item)
{
    for (size_t i = 0; i < n; i++) {
        if (cd_str_eq(items[i], item)) {
            return true;
        }
    }
    return false;
}

/* Requests that escape for the same reason are told of together. TOLD is true of breaches of which
 * nothing is to be said any more. */
static void
add_escape(const struct cd_sema *sema, struct cd_table_row *row, size_t first, bool *told)
{
    const struct cd_decl *c = row->control;
    const struct cd_breach *b = &c->breaches[first];
    struct cd_table_reason *r =
        CD_PUSH(sema->arena, row->reasons.items, row->reasons.n, row->reasons.cap);
    *r = (struct cd_table_reason){.require = b->require, .span = b->require->span};
    r->actions = CD_NEW_ARRAY(sema->arena, c->n_breaches, struct cd_str);
    for (size_t i = first; i < c->n_breaches; i++) {
        if (told[i] || !is_told_of(&c->breaches[i], b)) {
            continue;
        }
        told[i] = true;
        struct cd_str name =
            b->action == CD_SCHEMA_NONE ? CD_STR("") : action_name(sema, c->breaches[i].action);
        if (name.n != 0 && !is_listed(r->actions, r->n_actions, name)) {
            r->actions[r->n_actions++] = name;
        }
    }
    r->sentence = sentence_of(sema, c, b, listed(sema->arena, r->actions, r->n_actions));
}

static void
find_escapes(const struct cd_sema *sema, const struct cd_const_env *env, struct cd_table_row *row)
{
    const struct cd_decl *c = row->control;
    const struct cd_table_cover cover = {sema->arena, c, env};
    bool *told = CD_NEW_ARRAY(sema->arena, c->n_breaches + 1, bool);
    for (size_t i = 0; i < c->n_breaches; i++) {
        told[i] = is_prevented(&cover, &c->breaches[i]);
    }
    for (size_t i = 0; i < c->n_breaches; i++) {
        if (!told[i] && !is_said(row, &c->breaches[i])) {
            add_escape(sema, row, i, told);
        }
    }
    if (c->detect_only_set) {
        *CD_PUSH(sema->arena, row->reasons.items, row->reasons.n, row->reasons.cap) =
            (struct cd_table_reason){
                .span = c->span,
                .sentence =
                    cd_arena_printf(sema->arena, "Its author has nothing derived from it: %.*s.",
                                    CD_FMT(c->detect_only))};
    }
}

/* ---- targets ---- */

static void
add_reason(const struct cd_sema *sema, struct cd_table_cell *cell, struct cd_span span,
           struct cd_str why)
{
    for (size_t i = 0; i < cell->reasons.n; i++) {
        if (cd_str_eq(cell->reasons.items[i].sentence, why)) {
            return;
        }
    }
    *CD_PUSH(sema->arena, cell->reasons.items, cell->reasons.n, cell->reasons.cap) =
        (struct cd_table_reason){.span = span, .sentence = why};
}

static struct cd_str
as_sentence(struct cd_arena *a, const char *what, const struct cd_sema *sema, struct cd_span span,
            struct cd_str why)
{
    return cd_arena_printf(a, "%s (line %u): %.*s.", what, line_of(sema, span), CD_FMT(why));
}

/* What TARGET carries of one deny; what it does not is a reason. */
static void
add_deny(const struct cd_sema *sema, const struct cd_const_env *env, enum cd_target target,
         const struct cd_deny *deny, struct cd_table_row *row)
{
    struct cd_table_cell *cell = &row->cells[target];
    struct cd_diags diags;
    struct cd_emission e = {
        .arena = sema->arena, .target = target, .params = &sema->params, .diags = &diags};
    const char *what = deny->require != NULL ? "The deny of this `require`" : "The deny";
    cd_diags_init(&diags, sema->arena);
    cd_emit_deny(&e, row->control, deny, env);
    cell->n_statements += e.n;
    for (size_t i = 0; i < e.n_not; i++) {
        add_reason(sema, cell, e.not_expressible[i].span,
                   as_sentence(sema->arena, what, sema, e.not_expressible[i].span,
                               cd_not_expressible_text(&e.not_expressible[i], sema->arena)));
    }
    if (e.n_open != 0) {
        add_reason(sema, cell, deny->span,
                   as_sentence(sema->arena, what, sema, deny->span,
                               CD_STR("it depends on a parameter that has no value")));
    }
}

/* Of a target that carries nothing of the control's one sentence says enough. */
static void
shorten(const struct cd_sema *sema, struct cd_table_row *row, enum cd_target target)
{
    struct cd_table_cell *cell = &row->cells[target];
    struct cd_str limits = cd_target_limits(target, NULL, 0);
    if (cell->n_statements == 0 && cell->reasons.n != 0 && limits.n != 0) {
        struct cd_str why = cd_arena_printf(
            sema->arena, "None of its denies is for this target: %.*s.", CD_FMT(limits));
        cell->reasons.n = 0;
        add_reason(sema, cell, row->control->span, why);
    }
}

static enum cd_prevented
level_of(const struct cd_table_row *row, const struct cd_table_cell *cell)
{
    if (cell->n_statements == 0) {
        return row->control->n_clauses != 0 ? CD_PREVENTED_DETECTED : CD_PREVENTED_NOT;
    }
    return row->reasons.n == 0 && cell->reasons.n == 0 ? CD_PREVENTED_EXACTLY
                                                       : CD_PREVENTED_IN_PART;
}

void
cd_table_make(const struct cd_sema *sema, const struct cd_const_env *env, struct cd_table *out)
{
    *out = (struct cd_table){.sema = sema, .n = sema->controls.n};
    out->rows = CD_NEW_ARRAY(sema->arena, out->n + 1, struct cd_table_row);
    for (size_t i = 0; i < out->n; i++) {
        struct cd_table_row *row = &out->rows[i];
        row->control = sema->controls.items[i];
        find_escapes(sema, env, row);
        for (int t = 0; t < CD_N_TARGETS; t++) {
            for (size_t k = 0; k < row->control->n_denies; k++) {
                add_deny(sema, env, (enum cd_target)t, &row->control->denies[k], row);
            }
            shorten(sema, row, (enum cd_target)t);
            row->cells[t].prevented = level_of(row, &row->cells[t]);
        }
    }
}
