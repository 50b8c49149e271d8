/* What the code answers for: controls with their metadata, clauses, requires and denies; waivers;
 * parameters. */
#include "compiler/codegen/gen.h"
#include "runtime/bc/reach.h"

#define ESCAPE '\x1B' /* in a pattern: the next character stands for itself */

static uint32_t
place_of(struct cd_gen *g, struct cd_span span)
{
    uint32_t line;
    uint32_t column;
    cd_sources_place(g->sema->sources, span.file, span.start, &line, &column, NULL);
    return cd_build_place(&g->b, cd_build_file(&g->b, g->sema->sources->files[span.file].path),
                          line, column);
}

/* CD_NONE for an empty text. */
static uint32_t
text_or_none(struct cd_gen *g, struct cd_str text)
{
    return text.n > 0 ? cd_build_string(&g->b, text) : CD_NONE;
}

static uint32_t
source_text(struct cd_gen *g, struct cd_span span)
{
    return cd_build_string(&g->b, cd_sources_text(g->sema->sources, span, g->arena));
}

/* ---- patterns ---- */

static cordon_status
not_constant(const struct cd_gen *g, struct cd_span span, const char *what,
             struct cordon_error *err)
{
    if (!g->is_bound) {
        return CORDON_OK;
    }
    uint32_t line;
    uint32_t column;
    cd_sources_place(g->sema->sources, span.file, span.start, &line, &column, NULL);
    return cordon_fail(err, CORDON_EINPUT, CORDON_NO_OFFSET,
                       "%.*s:%u:%u: %s has to be known where documents are made of it: give the "
                       "parameter that it reads a default, or a value (--param)",
                       CD_FMT(g->sema->sources->files[span.file].path), line, column, what);
}

static void
add_pattern(struct cd_gen *g, struct cd_str text, uint32_t *n)
{
    uint32_t s = cd_build_string(&g->b, text);
    *CD_BUILD_PUSH(&g->b, pattern_refs) = s;
    ++*n;
}

/* Bytes that stand for themselves are marked as such where they could be read as wildcards. */
static struct cd_str
escaped(struct cd_gen *g, struct cd_str text, const uint8_t *literal)
{
    char *out = cd_arena_alloc(g->arena, 2 * text.n);
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        bool wild = text.p[i] == '*' || text.p[i] == '?';
        if (text.p[i] == ESCAPE || (wild && literal[i])) {
            out[n++] = ESCAPE;
        }
        out[n++] = text.p[i];
    }
    return (struct cd_str){out, n};
}

static bool
is_key(const struct cd_text_part *part)
{
    return part->expr && part->expr->ref.kind == CD_REF_KEY;
}

static bool
reads_key(const struct cd_expr *e)
{
    bool found = false;
    for (size_t i = 0; e->kind == CD_EXPR_STRING && i < e->n_parts; i++) {
        found = found || is_key(&e->parts[i]);
    }
    return found;
}

/* A pattern with keys of the request in it: ESCAPE and the key in braces for each. */
static cordon_status
add_keyed_pattern(struct cd_gen *g, const struct cd_expr *e, uint32_t *n, struct cordon_error *err)
{
    struct cd_str all = CD_STR("");
    for (size_t i = 0; i < e->n_parts; i++) {
        struct cd_str text;
        const uint8_t *literal;
        struct cd_expr one = *e;
        one.parts = &e->parts[i];
        one.n_parts = 1;
        if (is_key(&e->parts[i])) {
            text = cd_arena_printf(g->arena, "%c{%.*s}", ESCAPE, CD_FMT(e->parts[i].expr->text));
        } else if (cd_const_pattern(g->arena, &one, g->env, &text, &literal)) {
            text = escaped(g, text, literal);
        } else {
            return not_constant(g, e->span, "an ARN pattern of a deny", err);
        }
        all = cd_arena_printf(g->arena, "%.*s%.*s", CD_FMT(all), CD_FMT(text));
    }
    add_pattern(g, all, n);
    return CORDON_OK;
}

static cordon_status
add_texts(struct cd_gen *g, struct cd_expr *const *texts, size_t n_texts, const char *what,
          uint32_t *first, uint32_t *n, struct cordon_error *err)
{
    *first = (uint32_t)g->img->pattern_refs.n;
    *n = 0;
    for (size_t i = 0; i < n_texts; i++) {
        struct cd_str text;
        const uint8_t *literal;
        if (reads_key(texts[i])) {
            CORDON_TRY(add_keyed_pattern(g, texts[i], n, err));
            continue;
        }
        if (!cd_const_pattern(g->arena, texts[i], g->env, &text, &literal)) {
            CORDON_TRY(not_constant(g, texts[i]->span, what, err));
            add_pattern(g, CD_STR(""), n);
            continue;
        }
        add_pattern(g, escaped(g, text, literal), n);
    }
    return CORDON_OK;
}

/* Without values from outside, parameters in sets of actions have their defaults. */
static cordon_status
add_acts(struct cd_gen *g, const struct cd_act *acts, size_t n_acts, uint32_t *first, uint32_t *n,
         struct cordon_error *err)
{
    *first = (uint32_t)g->img->pattern_refs.n;
    *n = 0;
    for (size_t i = 0; i < n_acts; i++) {
        if (acts[i].is_star || acts[i].path.n == 0) {
            add_pattern(g, acts[i].is_star ? CD_STR("*") : acts[i].aname, n);
            continue;
        }
        const struct cd_const *v =
            acts[i].value ? cd_const_eval(g->arena, acts[i].value, g->env) : NULL;
        if (!v) {
            CORDON_TRY(not_constant(g, acts[i].span, "a set of actions", err));
            add_pattern(g, CD_STR(""), n);
            continue;
        }
        if (v->kind == CD_CONST_STRING) {
            add_pattern(g, v->text, n);
        }
        for (size_t k = 0; k < v->n; k++) {
            add_pattern(g, v->items[k]->text, n);
        }
    }
    if (*n == 0 && n_acts > 0) { /* an empty set: no action matches */
        add_pattern(g, CD_STR(""), n);
    }
    return CORDON_OK;
}

/* ---- parts of controls ---- */

static uint32_t
add_mapping(struct cd_gen *g, const struct cd_meta_value *v, bool suggested)
{
    const struct cd_expr *e = v->decl ? v->decl->value : v->text;
    const struct cd_const *c = e ? cd_const_eval(g->arena, e, NULL) : NULL;
    if (!c || c->kind != CD_CONST_STRING) {
        return 0;
    }
    uint32_t text = cd_build_string(&g->b, c->text);
    *CD_BUILD_PUSH(&g->b, maps) = (struct cd_mapping){text, suggested};
    return 1;
}

static void
add_mappings(struct cd_gen *g, const struct cd_decl *d, struct cd_control *c)
{
    c->first_map = (uint32_t)g->img->maps.n;
    for (size_t i = 0; i < d->n_metas; i++) {
        bool suggested = cd_str_eq(d->metas[i].word.text, CD_STR("suggests"));
        if (!suggested && !cd_str_eq(d->metas[i].word.text, CD_STR("maps"))) {
            continue;
        }
        for (size_t k = 0; k < d->metas[i].n_values; k++) {
            c->n_maps += add_mapping(g, &d->metas[i].values[k], suggested);
        }
    }
}

static void
add_require(struct cd_gen *g, const struct cd_require *r, uint32_t clause)
{
    uint32_t text = source_text(g, r->cond->span);
    uint32_t place = place_of(g, r->span);
    *CD_BUILD_PUSH(&g->b, requires) =
        (struct cd_require_info){clause, text, place, r->message != NULL};
}

static void
add_clause(struct cd_gen *g, const struct cd_clause *k, uint32_t control)
{
    struct cd_clause_info info = {.control = control,
                                  .shape = CD_NONE,
                                  .is_estate = k->binding == NULL,
                                  .variable = CD_NONE,
                                  .where_text = k->where ? source_text(g, k->where->span) : CD_NONE,
                                  .place = place_of(g, k->span),
                                  .first_require = (uint32_t)g->img->requires.n,
                                  .n_requires = (uint32_t)k->n_requires};
    if (k->binding) {
        info.variable = cd_build_string(&g->b, k->binding->name.text);
        info.shape = k->source->kind == CD_EXPR_TYPE ? cd_gen_shape(g, k->source->shape) : CD_NONE;
    }
    uint32_t clause = (uint32_t)g->img->clauses.n;
    *CD_BUILD_PUSH(&g->b, clauses) = info;
    for (size_t i = 0; i < k->n_requires; i++) {
        add_require(g, &k->requires[i], clause);
    }
}

static cordon_status
add_deny(struct cd_gen *g, const struct cd_deny *d, uint32_t control, struct cordon_error *err)
{
    struct cd_deny_info info = {.control = control,
                                .not_on = d->is_scope ? CD_DENY_SCOPE
                                          : d->not_on ? CD_DENY_NOT_ON
                                                      : CD_DENY_ON,
                                .place = place_of(g, d->span)};
    CORDON_TRY(add_acts(g, d->acts, d->n_acts, &info.first_act, &info.n_acts, err));
    CORDON_TRY(add_acts(g, d->excepts, d->n_excepts, &info.first_except, &info.n_excepts, err));
    CORDON_TRY(
        add_texts(g, d->on, d->n_on, "an ARN pattern of a deny", &info.first_on, &info.n_on, err));
    *CD_BUILD_PUSH(&g->b, denies) = info;
    return CORDON_OK;
}

static cordon_status
add_control(struct cd_gen *g, const struct cd_decl *d, struct cordon_error *err)
{
    uint32_t index = (uint32_t)g->img->controls.n;
    uint32_t name = cd_build_string(&g->b, cd_sema_full_name(d, g->arena));
    struct cd_control c = {.name = name,
                           .id = d->id.n > 0 ? cd_build_string(&g->b, d->id) : name,
                           .title = text_or_none(g, d->title),
                           .text = text_or_none(g, d->text),
                           .remedy = text_or_none(g, d->remedy),
                           .owner = text_or_none(g, d->owner),
                           .detect_only = text_or_none(g, d->detect_only),
                           .level = d->severity,
                           .place = place_of(g, d->name.span),
                           .first_clause = (uint32_t)g->img->clauses.n,
                           .n_clauses = (uint32_t)d->n_clauses,
                           .first_deny = (uint32_t)g->img->denies.n,
                           .n_denies = (uint32_t)d->n_denies,
                           .selected = 1};
    add_mappings(g, d, &c);
    *CD_BUILD_PUSH(&g->b, controls) = c;
    for (size_t i = 0; i < d->n_clauses; i++) {
        add_clause(g, &d->clauses[i], index);
    }
    for (size_t i = 0; i < d->n_denies; i++) {
        CORDON_TRY(add_deny(g, &d->denies[i], index, err));
    }
    return CORDON_OK;
}

/* ---- waivers, parameters ---- */

static uint32_t
control_index(const struct cd_gen *g, const struct cd_decl *d)
{
    for (uint32_t i = 0; i < g->plan.controls.n; i++) {
        if (g->plan.controls.items[i] == d) {
            return i;
        }
    }
    return CD_NONE;
}

static cordon_status
add_waive(struct cd_gen *g, const struct cd_decl *d, struct cordon_error *err)
{
    struct cd_waive_info w = {.control = control_index(g, d->target_decl),
                              .place = place_of(g, d->span),
                              .until_ms =
                                  d->until_ms + INT64_C(86400000)}; /* its last day counts */
    if (w.control == CD_NONE) {
        return CORDON_OK; /* of a control that does not run */
    }
    const struct cd_const *because = cd_const_eval(g->arena, d->because, NULL);
    w.because = cd_build_string(&g->b, because && because->kind == CD_CONST_STRING ? because->text
                                                                                   : CD_STR(""));
    CORDON_TRY(add_texts(g, d->on, d->n_on, "the pattern of a waiver", &w.first_pattern,
                         &w.n_patterns, err));
    *CD_BUILD_PUSH(&g->b, waives) = w;
    return CORDON_OK;
}

/* What a text has to be, of the type's innermost members. */
static uint32_t
refine_of(const struct cd_type *type)
{
    static const uint32_t refines[CD_N_TYPES] = {
        [CD_TYPE_REGION] = CD_REFINE_REGION, [CD_TYPE_ACCOUNT] = CD_REFINE_ACCOUNT,
        [CD_TYPE_ARN] = CD_REFINE_ARN,       [CD_TYPE_ACTION] = CD_REFINE_ACTION,
        [CD_TYPE_IP] = CD_REFINE_IP,         [CD_TYPE_CIDR] = CD_REFINE_CIDR,
    }; /* the others: CD_REFINE_NONE */
    while (type->elem) {
        type = type->elem;
    }
    return refines[type->kind];
}

static void
add_param(struct cd_gen *g, const struct cd_decl *d)
{
    const struct cd_const *value = d->value ? cd_const_eval(g->arena, d->value, NULL) : NULL;
    struct cd_param p = {.name = cd_build_string(&g->b, cd_sema_full_name(d, g->arena)),
                         .type = cd_gen_type(g, d->type),
                         .refine = refine_of(d->type),
                         .default_const = value ? cd_gen_const(g, d->type, value) : CD_NONE,
                         .place = place_of(g, d->name.span)};
    *CD_BUILD_PUSH(&g->b, params) = p;
}

cordon_status
cd_gen_controls(struct cd_gen *g, struct cordon_error *err)
{
    for (size_t i = 0; i < g->plan.params.n; i++) {
        add_param(g, g->plan.params.items[i]);
    }
    for (size_t i = 0; i < g->plan.controls.n; i++) {
        CORDON_TRY(add_control(g, g->plan.controls.items[i], err));
    }
    for (size_t i = 0; i < g->sema->waives.n; i++) {
        CORDON_TRY(add_waive(g, g->sema->waives.items[i], err));
    }
    return CORDON_OK;
}

/* ---- costs ---- */

cordon_status
cd_gen_costs(struct cd_gen *g, struct cordon_error *err)
{
    struct cd_image *img = g->img;
    struct cd_reach r;
    CORDON_TRY(cd_reach_compute(img, g->arena, &r, err));
    for (uint32_t i = 0; i < img->controls.n; i++) {
        struct cd_control *c = &img->controls.items[i];
        c->first_table = r.control_tables[i].first;
        c->n_tables = r.control_tables[i].n;
        c->first_param = r.control_params[i].first;
        c->n_params = r.control_params[i].n;
    }
    img->tables.items = r.tables.items;
    img->tables.n = img->tables.cap = r.tables.n;
    img->param_refs.items = r.params.items;
    img->param_refs.n = img->param_refs.cap = r.params.n;
    for (size_t i = 0; i < r.costs.n; i++) {
        const struct cd_reach_term *t = &r.costs.items[i];
        *CD_BUILD_PUSH(&g->b, costs) = (struct cd_cost){t->control, t->tables.first, t->tables.n};
    }
    return CORDON_OK;
}
