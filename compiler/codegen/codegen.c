/* The way from checked policies to an image. */
#include "compiler/codegen/codegen.h"

#include <setjmp.h>

#include "compiler/codegen/gen.h"

/* Sorts the plan's nodes by their domains, keeping their order. */
static struct cd_grouped
group_nodes(struct cd_arena *arena, const struct cd_plan *p)
{
    struct cd_grouped out = {.first = CD_NEW_ARRAY(arena, p->domains.n + 2, uint32_t),
                             .items = CD_NEW_ARRAY(arena, p->nodes.n, uint32_t)};
    for (size_t i = 0; i < p->nodes.n; i++) {
        out.first[p->nodes.items[i].domain + 2]++;
    }
    for (size_t i = 2; i < p->domains.n + 2; i++) {
        out.first[i] += out.first[i - 1];
    }
    for (uint32_t i = 0; i < p->nodes.n; i++) {
        out.items[out.first[p->nodes.items[i].domain + 1]++] = i;
    }
    return out;
}

static cordon_status
generate(struct cd_gen *g, struct cordon_error *err)
{
    CORDON_TRY(cd_plan_lower(&g->plan, g->sema, err));
    g->use = cd_plan_uses(&g->plan);
    g->by_domain = group_nodes(g->arena, &g->plan);
    cd_gen_collect(g);
    CORDON_TRY(cd_gen_controls(g, err));
    cd_gen_sections(g);
    cd_gen_fields(g);
    return cd_gen_costs(g, err);
}

/* Plans and builders hold memory beside the arena: this is the guard that frees it when the arena's
 * jump comes. */
static cordon_status
guarded(struct cd_sema *sema,
        cordon_status (*work)(struct cd_gen *g, void *ctx, struct cordon_error *err), void *ctx,
        struct cd_image *img, struct cordon_error *err)
{
    struct cd_gen *g = CD_NEW(sema->arena, struct cd_gen);
    *g = (struct cd_gen){.arena = sema->arena, .sema = sema, .img = img};
    jmp_buf *outer = sema->arena->on_oom;
    jmp_buf here;
    sema->arena->on_oom = &here;
    volatile cordon_status status = CORDON_ENOMEM;
    if (setjmp(here) == 0) {
        cd_plan_init(&g->plan, g->arena, sema->types);
        *img = (struct cd_image){.arena = g->arena};
        cd_build_init(&g->b, img);
        status = work(g, ctx, err);
    } else {
        status = cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory while compiling");
    }
    sema->arena->on_oom = outer;
    cd_build_finish(&g->b);
    cd_plan_finish(&g->plan);
    return status;
}

/* What is asked of an image. */
struct order {
    const struct cd_const_env *env;
    bool observes, is_bound;
};

static cordon_status
work_image(struct cd_gen *g, void *ctx, struct cordon_error *err)
{
    const struct order *order = ctx;
    g->env = order->env;
    g->is_bound = order->is_bound;
    g->plan.observes = order->observes;
    return generate(g, err);
}

cordon_status
cd_codegen(struct cd_sema *sema, const struct cd_const_env *env, struct cd_image *out,
           struct cordon_error *err)
{
    struct order order = {.env = env};
    return guarded(sema, work_image, &order, out, err);
}

cordon_status
cd_codegen_observed(struct cd_sema *sema, const struct cd_const_env *env, struct cd_image *out,
                    struct cordon_error *err)
{
    struct order order = {.env = env, .observes = true};
    return guarded(sema, work_image, &order, out, err);
}

cordon_status
cd_codegen_bound(struct cd_sema *sema, const struct cd_const_env *env, struct cd_image *out,
                 struct cordon_error *err)
{
    struct order order = {.env = env, .is_bound = true};
    return guarded(sema, work_image, &order, out, err);
}

static cordon_status
work_text(struct cd_gen *g, void *ctx, struct cordon_error *err)
{
    CORDON_TRY(cd_plan_lower(&g->plan, g->sema, err));
    cd_plan_dump(&g->plan, ctx);
    return CORDON_OK;
}

cordon_status
cd_codegen_plan_text(struct cd_sema *sema, struct cd_buf *out, struct cordon_error *err)
{
    struct cd_image unused;
    return guarded(sema, work_text, out, &unused, err);
}
