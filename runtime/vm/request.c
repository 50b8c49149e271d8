/* Requests put to the denies. */
#include "runtime/vm/vm.h"

#include "runtime/base/num.h"
#include "runtime/vm/pattern.h"

/* ---- condition keys ---- */

static const struct cd_request_key *
find_key(const struct cd_eval *e, uint32_t string)
{
    struct cd_str name = cd_image_str(e->img, string);
    for (size_t i = 0; i < e->request->n_keys; i++) {
        if (cd_str_eq_nocase(e->request->keys[i].name, name)) {
            return &e->request->keys[i];
        }
    }
    return NULL;
}

/* A value that came as text, as lane I's kind; absent if the text is none of it. */
static void
key_value(struct cd_eval *e, struct cd_vec *d, uint32_t i, struct cd_str text)
{
    bool is_true = cd_str_eq_nocase(text, CD_STR("true"));
    if (d->kind == CD_KIND_STRING) {
        d->v.u32[i] = cd_vm_str(e, text);
    } else if (d->kind == CD_KIND_BOOL && (is_true || cd_str_eq_nocase(text, CD_STR("false")))) {
        d->v.b[i] = is_true ? CD_T : CD_F;
    } else if (!(d->kind == CD_KIND_NUMBER && cd_parse_number(text, &d->v.f64[i])) &&
               !(d->kind == CD_KIND_TIME && cd_parse_time(text, &d->v.i64[i]))) {
        cd_vec_set_absent(d, i);
    }
}

void
cd_k_key(struct cd_eval *e, const struct cd_insn *in)
{
    struct cd_arena *a;
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    const struct cd_request_key *key = find_key(e, in->a);
    if (!key) {
        cd_vec_set_absent(d, 0);
    } else if (key->is_unknown) {
        cd_vec_set_unknown(a, d, 0, cd_vm_str(e, CD_STR("the request does not say")));
    } else if (d->kind != CD_KIND_LIST) {
        if (key->n_values > 0) {
            key_value(e, d, 0, key->values[0]);
        } else {
            cd_vec_set_absent(d, 0);
        }
    } else {
        struct cd_vec one;
        d->elem = cd_vec_new(e, a, e->img->types.items[d->type].elem, 0);
        for (size_t k = 0; k < key->n_values; k++) {
            cd_vec_init(e, a, &one, d->elem->type, 1);
            key_value(e, &one, 0, key->values[k]);
            if (cd_vec_state(&one, 0) == CD_KNOWN) {
                cd_vec_append(e, a, d->elem, &one, 0);
            }
        }
        d->len[0] = d->elem->n;
    }
}

/* ---- denies ---- */

static bool
action_matches(const struct cd_eval *e, uint32_t first, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (cd_like_nocase(cd_image_str(e->img, e->img->pattern_refs.items[first + i]), e->request->action)) {
            return true;
        }
    }
    return false;
}

/* A request that names no resource matches no pattern. */
static bool
resource_matches(const struct cd_eval *e, const struct cd_deny_info *deny)
{
    if (deny->n_on == 0) {
        return true;
    }
    bool any = false;
    for (uint32_t i = 0; i < deny->n_on && e->request->resource.n > 0; i++) {
        any |= cd_arn_like(cd_image_str(e->img, e->img->pattern_refs.items[deny->first_on + i]), e->request->resource);
    }
    return any != (deny->not_on != 0);
}

static const uint8_t not_of[4] = {[CD_F] = CD_T, [CD_T] = CD_F, [CD_U] = CD_U, [CD_A] = CD_T};

void
cd_k_fire(struct cd_eval *e, const struct cd_insn *in)
{
    const struct cd_deny_info *deny = &e->img->denies.items[in->c];
    if (deny->control != e->request_control || !action_matches(e, deny->first_act, deny->n_acts) ||
        action_matches(e, deny->first_except, deny->n_excepts) || !resource_matches(e, deny)) {
        return;
    }
    uint8_t when = in->a == CD_NONE ? CD_T : cd_vm_reg(e, in->a)->v.b[0];
    uint8_t holds = in->b == CD_NONE ? CD_T : not_of[cd_vm_reg(e, in->b)->v.b[0]];
    bool no = when == CD_F || when == CD_A || holds == CD_F;
    enum cd_answer_value fires = no ? CD_F : when == CD_T && holds == CD_T ? CD_T : CD_U;
    if (fires == CD_T || e->fired == CD_F) {
        e->fired = fires;
    }
}

static void
run_request(struct cd_eval *e)
{
    cd_vm_globals(e);
    for (size_t i = 0; i < e->img->sections.n; i++) {
        const struct cd_section *section = &e->img->sections.items[i];
        if (section->kind == CD_SECTION_REQUEST) {
            cd_vm_reset(e, 1);
            e->frames[section->domain] = (struct cd_frame){1, CD_NONE, NULL, NULL};
            cd_vm_exec(e, &e->plans[i], 0, e->plans[i].n);
        }
    }
}

cordon_status
cd_eval_request(struct cd_eval *e, const struct cd_request *request, uint32_t control, int *fires, struct cordon_error *err)
{
    e->err = err;
    e->request = request;
    e->request_control = control;
    e->fired = CD_F;
    int jumped = setjmp(e->oom);
    if (jumped != 0) {
        return cd_vm_ended(e, jumped);
    }
    run_request(e);
    *fires = e->fired == CD_T ? 1 : e->fired == CD_U ? 2 : 0;
    return CORDON_OK;
}
