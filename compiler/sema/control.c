/* Controls: their clauses, what every clause has to have, and their metadata decoded. */
#include "compiler/sema/check.h"
#include "runtime/bc/program.h"

/* ---- clauses ---- */

static void
check_requires(struct cd_checker *c, struct cd_clause *clause)
{
    const struct cd_type *string = cd_simple(c, CD_TYPE_STRING);
    for (size_t i = 0; i < clause->n_requires; i++) {
        struct cd_require *r = &clause->requires[i];
        cd_expect_bool(c, &r->cond, "the condition of `require`");
        if (r->message) {
            cd_expect(c, &r->message, string, "the text of `else`");
        }
    }
}

/* The type of the resources that a clause is about. */
static const struct cd_type *
clause_source(struct cd_checker *c, struct cd_clause *clause)
{
    struct cd_expr *e = clause->source;
    const struct cd_type *t = cd_infer(c, &clause->source, NULL);
    if (e->ref.kind == CD_REF_TABLE && cd_type_is_collection(t)) {
        return t->elem;
    }
    if (!cd_type_is_broken(t)) {
        struct cd_str found = cd_type_text(c, t);
        struct cd_diag *d =
            cd_diag_add(c->s->diags, CD_DIAG_FOR_SOURCE, e->span,
                        "`for` goes over a resource type or `resource`, found %.*s", CD_FMT(found));
        cd_diag_help(
            c->s->diags, d,
            "write `for x in AWS::S3::Bucket where …`; members are asked with all, any, none");
    }
    return cd_simple(c, CD_TYPE_ERROR);
}

static void
check_clause(struct cd_sema *s, struct cd_decl *d, struct cd_clause *clause)
{
    struct cd_checker c = cd_checker_of(s, d, CD_PLACE_CONTROL, NULL);
    if (!clause->binding) {
        check_requires(&c, clause);
        return;
    }
    cd_bind(&c, clause->binding, clause_source(&c, clause));
    if (clause->where) {
        cd_expect_bool(&c, &clause->where, "the condition of `where`");
    }
    check_requires(&c, clause);
    if (clause->n_requires == 0) {
        struct cd_diag *diag = cd_diag_add(s->diags, CD_DIAG_NO_REQUIRE, clause->span,
                                           "a `for` without a `require` asks nothing");
        cd_diag_help(s->diags, diag, "write below it what has to hold: require %.*s.…",
                     CD_FMT(clause->binding->name.text));
    }
}

static void
check_costs(struct cd_sema *s, struct cd_decl *d)
{
    for (size_t i = 0; i < d->n_clauses; i++) {
        const struct cd_clause *clause = &d->clauses[i];
        if (clause->where) {
            cd_check_expansion(s, clause->where, d->name.text);
        }
        for (size_t k = 0; k < clause->n_requires; k++) {
            cd_check_expansion(s, clause->requires[k].cond, d->name.text);
        }
    }
    for (size_t i = 0; i < d->n_denies; i++) {
        if (d->denies[i].when) {
            cd_check_expansion(s, d->denies[i].when, d->name.text);
        }
        if (d->denies[i].unless) {
            cd_check_expansion(s, d->denies[i].unless, d->name.text);
        }
    }
    if (!s->too_large) {
        cd_check_degree(s, d);
    }
}

void
cd_check_control(struct cd_sema *s, struct cd_decl *d)
{
    cd_check_metadata(s, d);
    for (size_t i = 0; i < d->n_clauses; i++) {
        check_clause(s, d, &d->clauses[i]);
    }
    if (d->n_denies > 0) {
        struct cd_checker c = cd_checker_of(s, d, CD_PLACE_DENY, NULL);
        cd_check_denies(&c, d);
    }
    check_costs(s, d);
    if (d->n_clauses == 0 && d->n_denies == 0) {
        struct cd_diag *diag =
            cd_diag_add(s->diags, CD_DIAG_EMPTY_CONTROL, d->name.span,
                        "control `%.*s` requires and denies nothing", CD_FMT(d->name.text));
        cd_diag_help(s->diags, diag, "give it a `for … require …`, a `require`, or a `deny`");
    }
}

/* One module in two files, which is reported: its controls are no further mistakes. */
static bool
stand_in_twins(const struct cd_decl *a, const struct cd_decl *b)
{
    return a->module != b->module && cd_str_eq(a->module->name, b->module->name);
}

/* Two controls that run may not share an id; a control without one goes by its full name. */
void
cd_check_ids(struct cd_sema *s)
{
    struct cd_map *seen = &s->ids;
    for (size_t i = 0; i < s->controls.n; i++) {
        struct cd_decl *d = s->controls.items[i];
        uint32_t other;
        if (d->id.n == 0) {
            continue;
        }
        if (cd_map_get(seen, d->id, &other)) {
            if (stand_in_twins(s->controls.items[other], d)) {
                continue;
            }
            struct cd_span span = d->name.span;
            for (size_t k = 0; k < d->n_metas; k++) {
                span = cd_str_eq(d->metas[k].word.text, CD_STR("id")) ? d->metas[k].values[0].span
                                                                      : span;
            }
            const struct cd_decl *first = s->controls.items[other];
            struct cd_str where = cd_place_text(s, first->name.span);
            struct cd_diag *diag =
                cd_diag_add(s->diags, CD_DIAG_DUPLICATE_ID, span,
                            "id \"%.*s\" is already that of control `%.*s` at %.*s", CD_FMT(d->id),
                            CD_FMT(first->name.text), CD_FMT(where));
            cd_diag_help(s->diags, diag, "findings are told apart by the ids of their controls");
        } else if (!cd_map_put(seen, d->id, (uint32_t)i) && s->arena->on_oom) {
            longjmp(*s->arena->on_oom, 1);
        }
    }
}
