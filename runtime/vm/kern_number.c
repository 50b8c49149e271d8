/* Arithmetic of numbers, times and durations. A count that is not certain has no sum; what leaves
 * the range is unknown. */
#include "runtime/vm/vm.h"

#include <math.h>

#include "runtime/base/num.h"

/* The sum or difference of two known times or durations; false if it is out of range. */
static bool
add_ms(int64_t x, int64_t y, bool minus, int64_t *out)
{
    return minus ? !__builtin_sub_overflow(x, y, out) : !__builtin_add_overflow(x, y, out);
}

static void
add_lane(struct cd_eval *e, struct cd_arena *a, struct cd_vec *d, uint32_t i,
         const struct cd_vec *x, const struct cd_vec *y, bool minus)
{
    if (x->kind != CD_KIND_NUMBER) {
        if (!add_ms(x->v.i64[i], y->v.i64[i], minus, &d->v.i64[i])) {
            cd_vec_set_unknown(a, d, i, e->why_overflow);
        }
        return;
    }
    double left;
    double right;
    if (!cd_vec_point(x, i, &left) || !cd_vec_point(y, i, &right)) {
        cd_vec_set_unknown(a, d, i, e->why_interval);
        return;
    }
    d->v.f64[i] = minus ? left - right : left + right;
    if (!isfinite(d->v.f64[i])) {
        cd_vec_set_unknown(a, d, i, e->why_overflow);
    }
}

void
cd_k_arith(struct cd_eval *e, const struct cd_insn *in)
{
    struct cd_arena *a;
    const struct cd_vec *x = cd_vm_reg(e, in->a);
    const struct cd_vec *y = cd_vm_reg(e, in->b);
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    for (uint32_t i = 0; i < d->n; i++) {
        if (cd_vec_both_known(a, d, i, x, y)) {
            add_lane(e, a, d, i, x, y, in->op == CD_OP_SUB);
        }
    }
}

void
cd_k_neg(struct cd_eval *e, const struct cd_insn *in)
{
    struct cd_arena *a;
    const struct cd_vec *x = cd_vm_reg(e, in->a);
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    for (uint32_t i = 0; i < d->n; i++) {
        double value;
        if (!cd_vec_copy_state(a, d, i, x, i)) {
            continue;
        }
        if (x->kind != CD_KIND_NUMBER) {
            if (!add_ms(0, x->v.i64[i], true, &d->v.i64[i])) {
                cd_vec_set_unknown(a, d, i, e->why_overflow);
            }
        } else if (cd_vec_point(x, i, &value)) {
            d->v.f64[i] = -value;
        } else {
            cd_vec_set_unknown(a, d, i, e->why_interval);
        }
    }
}

/* ---- to and from text ---- */

void
cd_k_tonumber(struct cd_eval *e, const struct cd_insn *in)
{
    struct cd_arena *a;
    const struct cd_vec *x = cd_vm_reg(e, in->a);
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    for (uint32_t i = 0; i < d->n; i++) {
        if (x->state[i] == CD_UNKNOWN) {
            cd_vec_set_unknown(a, d, i, cd_vec_reason(x, i));
            continue;
        }
        double value = 0;
        if (x->state[i] == CD_ABSENT || !cd_parse_number(cd_vm_text(e, x->v.u32[i]), &value)) {
            cd_vec_set_absent(d, i);
        } else if (fabs(value) > 9007199254740992.0 && value == floor(value)) {
            cd_vec_set_unknown(a, d, i, e->why_overflow);
        } else {
            d->v.f64[i] = value;
        }
    }
}

/* The text of a known json value: scalars as they are, the rest as JSON. */
static void
json_text(const struct cd_eval *e, uint32_t json, struct cd_buf *out)
{
    if (e->s->json[json].kind == CD_JSON_STRING) {
        cd_buf_str(out, cd_vm_text(e, e->s->json[json].n));
    } else {
        cd_json_write(e->s, json, out);
    }
}

/* The text of the known lane I; false if it has none. */
static bool
lane_text(struct cd_eval *e, const struct cd_vec *x, uint32_t i, struct cd_buf *out)
{
    char text[48];
    switch ((enum cd_kind)x->kind) {
    case CD_KIND_BOOL: cd_buf_puts(out, x->v.b[i] == CD_T ? "true" : "false"); return true;
    case CD_KIND_NUMBER: cd_buf_str(out, cd_format_number(x->v.f64[i], text)); return true;
    case CD_KIND_STRING: cd_buf_str(out, cd_vm_text(e, x->v.u32[i])); return true;
    case CD_KIND_TIME: cd_buf_str(out, cd_format_time(x->v.i64[i], text)); return true;
    case CD_KIND_DURATION: cd_buf_str(out, cd_format_duration(x->v.i64[i], text)); return true;
    case CD_KIND_JSON: json_text(e, x->v.u32[i], out); return true;
    case CD_KIND_ROW:
    case CD_KIND_MAP:
    case CD_KIND_LIST:
    case CD_N_KINDS: break;
    }
    return false;
}

static void
text_lane(struct cd_eval *e, struct cd_vec *d, uint32_t i, const struct cd_vec *x)
{
    struct cd_buf text = CD_BUF_INIT;
    bool has_text = lane_text(e, x, i, &text);
    uint32_t id = has_text && !text.oom ? cd_snapshot_str(e->s, cd_buf_view(&text)) : CD_NO_STR;
    bool oom = text.oom || (has_text && id == CD_NO_STR);
    cd_buf_finish(&text);
    if (oom) {
        cd_vm_oom(e);
    }
    if (has_text) {
        d->v.u32[i] = id;
    } else {
        cd_vec_set_absent(d, i);
    }
}

void
cd_k_tostring(struct cd_eval *e, const struct cd_insn *in)
{
    struct cd_arena *a;
    const struct cd_vec *x = cd_vm_reg(e, in->a);
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    for (uint32_t i = 0; i < d->n; i++) {
        double number;
        if (!cd_vec_copy_state(a, d, i, x, i)) {
            continue;
        }
        if (x->kind == CD_KIND_STRING) {
            d->v.u32[i] = x->v.u32[i];
        } else if (x->kind == CD_KIND_NUMBER && !cd_vec_point(x, i, &number)) {
            cd_vec_set_unknown(a, d, i, e->why_interval);
        } else {
            text_lane(e, d, i, x);
        }
    }
}
