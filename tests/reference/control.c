/* Controls of the reference evaluator: clauses, waivers, and the answers of all of them folded. */
#include "tests/reference/ref.h"

/* In the order in which answers are folded: the higher decides. */
enum verdict { NONE, PASS, WAIVED, UNKNOWN, FAIL };
static const char *const verdict_names[] = {"none", "pass", "waived", "unknown", "fail"};

#define DAY_MS ((int64_t)86400000)

static enum verdict
worse(enum verdict a, enum verdict b)
{
    return a > b ? a : b;
}

static enum ref_tri
requires_of(struct ref *r, const struct cd_clause *clause, const struct ref_env *env)
{
    enum ref_tri all = REF_T;
    for (size_t i = 0; i < clause->n_requires; i++) {
        all = ref_and(all, ref_cond(r, clause->requires[i].cond, env));
    }
    return all;
}

/* The table of clauses: where, require, answer. */
static enum verdict
answer_of(enum ref_tri where, enum ref_tri require)
{
    if (where == REF_F) {
        return NONE;
    }
    if (require == REF_T) {
        return PASS;
    }
    return where == REF_T && require == REF_F ? FAIL : UNKNOWN;
}

static uint32_t
shape_of(const struct cd_clause *clause)
{
    return clause->source->kind == CD_EXPR_TYPE ? clause->source->shape : CD_SCHEMA_NONE;
}

/* Adds the clause's answers to ANSWERS, one a resource; returns what it says for want of a resource
 * in scope. */
static enum verdict
resource_clause(struct ref *r, const struct cd_clause *clause, enum verdict *answers)
{
    bool any = false;
    for (size_t i = 0; i < r->n_resources; i++) {
        if (!ref_in_table(&r->resources[i], shape_of(clause))) {
            continue;
        }
        struct ref_env env = {clause->binding, ref_resource_value(&r->resources[i]), NULL};
        enum ref_tri where = clause->where == NULL ? REF_T : ref_cond(r, clause->where, &env);
        any |= where != REF_F;
        answers[i] = worse(answers[i], answer_of(where, requires_of(r, clause, &env)));
    }
    if (any) {
        return NONE;
    }
    return ref_table(r, shape_of(clause)).open ? UNKNOWN : PASS;
}

static bool
waives(struct ref *r, const struct cd_decl *w, const struct ref_resource *res)
{
    for (size_t i = 0; i < w->n_on; i++) {
        struct ref_value p = ref_eval(r, w->on[i], NULL);
        if (p.kind == REF_STRING
            && ((res->arn.p != NULL && ref_arn_like(res->arn, p.text, p.literal))
                || ref_glob(res->id, p.text, p.literal, false))) {
            return true;
        }
    }
    return false;
}

static bool
is_waived(struct ref *r, const struct cd_sema *sema, const struct cd_decl *control,
          const struct ref_resource *res)
{
    for (size_t i = 0; i < sema->waives.n; i++) {
        const struct cd_decl *w = sema->waives.items[i];
        if (w->target_decl == control && r->has_captured && r->captured < w->until_ms + DAY_MS
            && waives(r, w, res)) {
            return true;
        }
    }
    return false;
}

static void
print_text(struct cd_buf *out, struct cd_str s)
{
    cd_buf_str(out, s.p == NULL ? CD_STR("-") : s);
    cd_buf_putc(out, '\t');
}

static void
print_resource(struct cd_buf *out, struct cd_str name, const struct ref_resource *res,
               enum verdict v)
{
    print_text(out, name);
    print_text(out, res->type);
    print_text(out, res->id);
    print_text(out, res->account);
    print_text(out, res->region);
    cd_buf_printf(out, "%s\n", verdict_names[v]);
}

void
ref_control(struct ref *r, const struct cd_sema *sema, const struct cd_decl *control,
            struct cd_buf *out)
{
    struct cd_str name = cd_sema_full_name(control, r->arena);
    enum verdict *answers = CD_NEW_ARRAY(r->arena, r->n_resources, enum verdict);
    enum verdict overall = PASS;
    bool has_estate = false;
    enum ref_tri estate = REF_T;
    for (size_t i = 0; i < control->n_clauses; i++) {
        const struct cd_clause *clause = &control->clauses[i];
        if (clause->binding == NULL) {
            has_estate = true;
            estate = ref_and(estate, requires_of(r, clause, NULL));
        } else {
            overall = worse(overall, resource_clause(r, clause, answers));
        }
    }
    if (has_estate) {
        overall = worse(overall, answer_of(REF_T, estate));
        cd_buf_printf(out, "%.*s\testate\t%s\n", CD_FMT(name),
                      verdict_names[answer_of(REF_T, estate)]);
    }
    for (size_t i = 0; i < r->n_resources; i++) {
        if (answers[i] == FAIL && is_waived(r, sema, control, &r->resources[i])) {
            answers[i] = WAIVED;
        }
        overall = worse(overall, answers[i]);
        if (answers[i] != NONE) {
            print_resource(out, name, &r->resources[i], answers[i]);
        }
    }
    cd_buf_printf(out, "%.*s\t-\t%s\n", CD_FMT(name), verdict_names[overall]);
}
