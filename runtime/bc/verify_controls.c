/* Verification of what the code answers for: controls with their clauses, requires and denies,
 * waivers; and of the sections' order. Every range begins where the one before it ends, so that
 * nothing is shared and nothing is left over. */
#include "runtime/bc/verify.h"

static cordon_status
bad(struct cordon_error *err, const char *array, size_t i, const char *what)
{
    return cordon_fail(err, CORDON_ECORRUPT, CORDON_NO_OFFSET, "%s[%zu]: %s", array, i, what);
}

/* Does the range of N elements at FIRST begin at *NEXT? Moves *NEXT behind it. An empty range may
 * stand anywhere. */
static bool
follows(uint32_t first, uint32_t n, size_t *next)
{
    bool holds = n == 0 || first == *next;
    *next += n;
    return holds;
}

/* How far the ranges have come. */
struct progress {
    size_t maps, clauses, requires, denies, patterns;
};

static cordon_status
check_clause(const struct cd_image *img, size_t i, uint32_t control, struct progress *at,
             struct cordon_error *err)
{
    const struct cd_clause_info *k = &img->clauses.items[i];
    if (k->control != control) {
        return bad(err, "clauses", i, "it is another control's");
    }
    if (k->is_estate ? k->shape != CD_NONE || k->variable != CD_NONE || k->where_text != CD_NONE
                     : k->variable == CD_NONE) {
        return bad(err, "clauses", i, "it is neither of a table nor of the estate");
    }
    if (k->shape != CD_NONE && !img->shapes.items[k->shape].is_table) {
        return bad(err, "clauses", i, "its shape is no table");
    }
    if (!follows(k->first_require, k->n_requires, &at->requires)) {
        return bad(err, "clauses", i, "its requires are not in their place");
    }
    for (uint32_t q = 0; q < k->n_requires; q++) {
        if (img->requires.items[k->first_require + q].clause != i) {
            return bad(err, "requires", k->first_require + q, "it is another clause's");
        }
    }
    return CORDON_OK;
}

static cordon_status
check_deny(const struct cd_image *img, size_t i, uint32_t control, struct progress *at,
           struct cordon_error *err)
{
    const struct cd_deny_info *n = &img->denies.items[i];
    if (n->control != control) {
        return bad(err, "denies", i, "it is another control's");
    }
    if (n->n_acts == 0 || (n->not_on != CD_DENY_ON && n->n_on == 0)) {
        return bad(err, "denies", i, "it has no actions, or a `not on` without patterns");
    }
    if (!follows(n->first_act, n->n_acts, &at->patterns)
        || !follows(n->first_except, n->n_excepts, &at->patterns)
        || !follows(n->first_on, n->n_on, &at->patterns)) {
        return bad(err, "denies", i, "its patterns are not in their place");
    }
    return CORDON_OK;
}

static cordon_status
check_control(const struct cd_image *img, uint32_t i, struct progress *at, struct cordon_error *err)
{
    const struct cd_control *c = &img->controls.items[i];
    if (i > 0 && cd_str_cmp(cd_image_str(img, c[-1].name), cd_image_str(img, c->name)) >= 0) {
        return bad(err, "controls", i, "controls are not sorted by name");
    }
    if (!follows(c->first_map, c->n_maps, &at->maps)
        || !follows(c->first_clause, c->n_clauses, &at->clauses)
        || !follows(c->first_deny, c->n_denies, &at->denies)) {
        return bad(err, "controls", i, "its mappings, clauses or denies are not in their place");
    }
    for (uint32_t k = 0; k < c->n_clauses; k++) {
        CORDON_TRY(check_clause(img, c->first_clause + k, i, at, err));
    }
    for (uint32_t n = 0; n < c->n_denies; n++) {
        CORDON_TRY(check_deny(img, c->first_deny + n, i, at, err));
    }
    return CORDON_OK;
}

static cordon_status
check_controls(const struct cd_image *img, struct cordon_error *err)
{
    struct progress at = {0};
    for (uint32_t i = 0; i < img->controls.n; i++) {
        CORDON_TRY(check_control(img, i, &at, err));
    }
    for (size_t i = 0; i < img->waives.n; i++) {
        const struct cd_waive_info *w = &img->waives.items[i];
        if (w->n_patterns == 0 || !follows(w->first_pattern, w->n_patterns, &at.patterns)) {
            return bad(err, "waives", i, "its patterns are not in their place");
        }
    }
    if (at.maps != img->maps.n || at.clauses != img->clauses.n || at.requires != img->requires.n
        || at.denies != img->denies.n || at.patterns != img->pattern_refs.n) {
        return cordon_fail(err, CORDON_ECORRUPT, CORDON_NO_OFFSET,
                           "a mapping, clause, require, deny or pattern belongs to nobody");
    }
    return CORDON_OK;
}

/* Is S of its kind? */
static bool
section_holds(const struct cd_image *img, const struct cd_section *s, bool first)
{
    uint32_t domain = img->domains.items[s->domain].kind;
    bool is_table = s->shape == CD_NONE || img->shapes.items[s->shape].is_table;
    switch ((enum cd_section_kind)s->kind) {
    case CD_SECTION_GLOBAL: return first && domain == CD_DOMAIN_GLOBAL && s->shape == CD_NONE;
    case CD_SECTION_TABLE: return !first && domain == CD_DOMAIN_ROOT && is_table;
    case CD_SECTION_MESSAGES:
        return !first
               && (domain == CD_DOMAIN_ROOT ? is_table
                                            : domain == CD_DOMAIN_GLOBAL && s->shape == CD_NONE);
    case CD_SECTION_REQUEST: return !first && domain == CD_DOMAIN_REQUEST && s->shape == CD_NONE;
    }
    return false;
}

/* Place of a section among its kind: the estate's messages, then tables, then `resource`. */
static uint64_t
rank(const struct cd_section *s)
{
    return (uint64_t)s->kind << 40 | (s->domain == 0 ? 0 : (uint64_t)s->shape + 1);
}

static cordon_status
check_sections(const struct cd_image *img, struct cordon_error *err)
{
    size_t next = 0;
    for (size_t i = 0; i < img->sections.n; i++) {
        const struct cd_section *s = &img->sections.items[i];
        if (!section_holds(img, s, i == 0)) {
            return bad(err, "sections", i, "its domain or its table is wrong");
        }
        if (i > 0 && rank(s) <= rank(s - 1)) {
            return bad(err, "sections", i, "sections are not sorted by kind and table");
        }
        if (s->first != next) {
            return bad(err, "sections", i, "its code is not in its place");
        }
        next += s->n;
    }
    if (img->sections.n == 0 || next != img->code.n) {
        return cordon_fail(err, CORDON_ECORRUPT, CORDON_NO_OFFSET,
                           "there is code that belongs to no section");
    }
    return CORDON_OK;
}

cordon_status
cd_verify_controls(const struct cd_image *img, struct cordon_error *err)
{
    CORDON_TRY(check_controls(img, err));
    return check_sections(img, err);
}
