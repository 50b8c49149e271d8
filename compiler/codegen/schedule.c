/* The order of code. Within a domain, a node comes after its operands, and a loop after everything
 * that is read in it from outside; so loops whose results are read in other loops come first. Every
 * loop is gone through once, if that is possible: where the results of two loops are needed by each
 * other's bodies, each is gone through once a stage. */
#include <string.h>

#include "compiler/codegen/gen.h"

#define PASS_LIMIT 40u

struct stages {
    const struct cd_gen *g;
    uint8_t use;
    uint32_t *of;      /* by node */
    uint32_t *of_loop; /* by domain: the stage of its loop in its parent */
    bool changed;
};

static void
raise(struct stages *s, uint32_t *stage, uint32_t to)
{
    if (*stage < to) {
        *stage = to;
        s->changed = true;
    }
}

/* Something in DOMAIN reads node READ from outside: the loop around it, in the domain of READ,
 * comes after it. */
static void
read_from_outside(struct stages *s, uint32_t domain, uint32_t read)
{
    const struct cd_plan *p = &s->g->plan;
    uint32_t outer = p->nodes.items[read].domain;
    while (p->domains.items[domain].parent != outer) {
        domain = p->domains.items[domain].parent;
        if (domain == CD_NONE || p->domains.items[domain].parent == CD_NONE) {
            return;
        }
    }
    raise(s, &s->of_loop[domain], s->of[read] + 1);
}

static void
visit(struct stages *s, uint32_t node)
{
    const struct cd_plan_node *n = &s->g->plan.nodes.items[node];
    bool reduces = cd_plan_is_reduction(n->op);
    uint32_t inside = reduces ? n->c : n->domain; /* where the operands are read */
    uint32_t reads[3];
    cd_plan_operands(n, reads);
    for (unsigned i = 0; i < 3 && reads[i] != CD_NONE; i++) {
        if (s->g->plan.nodes.items[reads[i]].domain != inside) {
            read_from_outside(s, inside, reads[i]);
        } else if (!reduces) {
            raise(s, &s->of[node], s->of[reads[i]]);
        }
    }
    if (reduces) {
        raise(s, &s->of[node], s->of_loop[n->c]);
    }
}

/* Stages of which no two passes through a loop depend on each other: one more for each reduction on
 * the way. */
static void
rank(struct stages *s)
{
    const struct cd_plan *p = &s->g->plan;
    memset(s->of, 0, p->nodes.n * sizeof *s->of);
    for (uint32_t i = 0; i < p->nodes.n; i++) {
        const struct cd_plan_node *n = &p->nodes.items[i];
        uint32_t reads[3];
        cd_plan_operands(n, reads);
        uint32_t most = cd_plan_is_reduction(n->op) ? s->of[p->domains.items[n->c].member] : 0;
        for (unsigned k = 0; k < 3 && reads[k] != CD_NONE; k++) {
            most = most < s->of[reads[k]] ? s->of[reads[k]] : most;
        }
        s->of[i] = most + cd_plan_is_reduction(n->op);
    }
}

uint32_t *
cd_gen_stages(struct cd_gen *g, uint8_t use)
{
    const struct cd_plan *p = &g->plan;
    struct stages s = {
        .g = g,
        .use = use,
        .of = CD_NEW_ARRAY(g->arena, p->nodes.n, uint32_t),
        .of_loop = CD_NEW_ARRAY(g->arena, p->domains.n, uint32_t),
        .changed = true,
    };
    for (uint32_t i = 0; i < p->domains.n; i++) {
        s.of_loop[i] = 1;
    }
    unsigned pass = 0;
    while (s.changed && pass++ < PASS_LIMIT) {
        s.changed = false;
        for (uint32_t i = 0; i < p->nodes.n; i++) {
            if (g->use[i] & use) {
                visit(&s, i);
            }
        }
    }
    if (s.changed) {
        rank(&s);
    }
    return s.of;
}
