/* Requests put to the denies. */
#include "runtime/vm/vm.h"

#include "runtime/base/num.h"
#include "runtime/vm/pattern.h"

/* ---- condition keys ---- */

static const struct cd_request_key *
find_key(const struct cd_eval *e, struct cd_str name)
{
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
    } else if (!(d->kind == CD_KIND_NUMBER && cd_parse_number(text, &d->v.f64[i]))
               && !(d->kind == CD_KIND_TIME && cd_parse_time(text, &d->v.i64[i]))) {
        cd_vec_set_absent(d, i);
    }
}

void
cd_k_key(struct cd_eval *e, const struct cd_insn *in)
{
    struct cd_arena *a;
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    const struct cd_request_key *key = find_key(e, cd_image_str(e->img, in->a));
    if (!key || (!key->is_unknown && key->n_values == 0)) {
        cd_vec_set_absent(d, 0); /* IAM's Null holds of a key without values, too */
    } else if (key->is_unknown) {
        cd_vec_set_unknown(a, d, 0, cd_vm_str(e, CD_STR("the request does not say")));
    } else if (d->kind != CD_KIND_LIST) {
        key_value(e, d, 0, key->values[0]);
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
        if (cd_like_nocase(cd_image_str(e->img, e->img->pattern_refs.items[first + i]),
                           e->request->action)) {
            return true;
        }
    }
    return false;
}

/* Appends TEXT so that a pattern reads it as itself. */
static size_t
put_quoted(char *out, struct cd_str text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '*' || text.p[i] == '?' || text.p[i] == CD_PATTERN_QUOTE) {
            out[n++] = CD_PATTERN_QUOTE;
        }
        out[n++] = text.p[i];
    }
    return n;
}

/* The key in braces behind the quote at *AT, which moves behind it; CD_T if it has one value. */
static uint8_t
key_in_pattern(const struct cd_eval *e, struct cd_str pattern, size_t *at, struct cd_str *value)
{
    size_t end = cd_str_find(pattern, '}', *at);
    const struct cd_request_key *key = find_key(e, cd_str_sub(pattern, *at + 2, end));
    *at = end < pattern.n ? end + 1 : end;
    if (!key || (!key->is_unknown && key->n_values != 1)) {
        return CD_F;
    }
    if (key->is_unknown) {
        return CD_U;
    }
    *value = key->values[0];
    return CD_T;
}

/* PATTERN with the values of its keys, each quoted; OUT has room for SIZE bytes, or is NULL: then
 * *n is the room that is needed. */
static uint8_t
fill_pattern(const struct cd_eval *e, struct cd_str pattern, char *out, size_t *n)
{
    uint8_t known = CD_T;
    *n = 0;
    for (size_t at = 0; at < pattern.n && known != CD_F;) {
        struct cd_str value;
        bool is_quote = pattern.p[at] == CD_PATTERN_QUOTE && at + 1 < pattern.n;
        if (!is_quote || pattern.p[at + 1] != '{') {
            for (size_t end = at + (is_quote ? 2 : 1); at < end; at++, ++*n) {
                if (out) {
                    out[*n] = pattern.p[at];
                }
            }
            continue;
        }
        uint8_t has = key_in_pattern(e, pattern, &at, &value);
        if (has == CD_T) {
            *n += out ? put_quoted(out + *n, value) : 2 * value.n;
        } else {
            known = has;
        }
    }
    return known;
}

/* Does the request's resource match PATTERN? An absent key in it matches nothing. */
static uint8_t
pattern_matches(struct cd_eval *e, struct cd_str pattern)
{
    size_t n;
    uint8_t known = fill_pattern(e, pattern, NULL, &n);
    if (known != CD_T) {
        return known;
    }
    struct cd_arena_mark mark = cd_arena_mark(&e->arena);
    char *text = cd_arena_alloc(&e->arena, n + 1);
    (void)fill_pattern(e, pattern, text, &n);
    uint8_t matches = cd_arn_like((struct cd_str){text, n}, e->request->resource) ? CD_T : CD_F;
    cd_arena_reset(&e->arena, mark);
    return matches;
}

static const uint8_t not_of[4] = {[CD_F] = CD_T, [CD_T] = CD_F, [CD_U] = CD_U, [CD_A] = CD_T};

/* A request that names no resource matches no pattern that is written, save `*`. */
static uint8_t
resource_matches(struct cd_eval *e, const struct cd_deny_info *deny)
{
    if (deny->n_on == 0 || (deny->not_on == CD_DENY_SCOPE && e->request->resource.n == 0)) {
        return CD_T;
    }
    uint8_t any = CD_F;
    for (uint32_t i = 0; i < deny->n_on; i++) {
        struct cd_str pattern =
            cd_image_str(e->img, e->img->pattern_refs.items[deny->first_on + i]);
        uint8_t one = cd_str_eq(pattern, CD_STR("*")) ? CD_T
                      : e->request->resource.n == 0   ? CD_F
                                                      : pattern_matches(e, pattern);
        any = any == CD_T || one == CD_F ? any : one;
    }
    return deny->not_on == CD_DENY_NOT_ON ? not_of[any] : any;
}

static bool
is_about_action(const struct cd_eval *e, uint32_t at)
{
    const struct cd_deny_info *deny = &e->img->denies.items[at];
    bool is_meant =
        e->request_deny == CD_NONE ? deny->control == e->request_control : at == e->request_deny;
    return is_meant && action_matches(e, deny->first_act, deny->n_acts)
           && !action_matches(e, deny->first_except, deny->n_excepts);
}

/* Is the request put to deny AT, by its control or itself, its action and resource? */
static uint8_t
is_asked(struct cd_eval *e, uint32_t at)
{
    return is_about_action(e, at) ? resource_matches(e, &e->img->denies.items[at]) : CD_F;
}

/* Keeps the deny that got farthest, of equal ones the first. */
static void
note_stop(struct cd_eval *e, uint32_t deny, enum cd_deny_stop stop)
{
    if (stop > e->stop) {
        e->stop = stop;
        e->stopped = deny;
    }
}

void
cd_k_asked(struct cd_eval *e, const struct cd_insn *in)
{
    struct cd_arena *a;
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    uint8_t answer = is_asked(e, in->a);
    for (uint32_t i = 0; i < d->n; i++) {
        d->v.b[i] = answer;
    }
}

void
cd_k_fire(struct cd_eval *e, const struct cd_insn *in)
{
    uint8_t on = is_asked(e, in->c);
    uint8_t when = in->a == CD_NONE ? CD_T : cd_vm_reg(e, in->a)->v.b[0];
    uint8_t holds = in->b == CD_NONE ? CD_T : not_of[cd_vm_reg(e, in->b)->v.b[0]];
    bool no = on == CD_F || when == CD_F || when == CD_A || holds == CD_F;
    enum cd_answer_value fires = no                                            ? CD_F
                                 : on == CD_T && when == CD_T && holds == CD_T ? CD_T
                                                                               : CD_U;
    if (fires == CD_T || e->fired == CD_F) {
        e->fired = fires;
    }
    note_stop(e, in->c,
              !is_about_action(e, in->c)     ? CD_STOP_ACTION
              : on == CD_F                   ? CD_STOP_RESOURCE
              : when == CD_F || when == CD_A ? CD_STOP_WHEN
              : holds == CD_F                ? CD_STOP_UNLESS
                                             : CD_STOP_NONE);
}

enum cd_deny_stop
cd_eval_request_stop(const struct cd_eval *e, uint32_t *deny)
{
    *deny = e->stopped;
    return e->stop;
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

/* From here on only DENY is planned for. */
static void
plan_deny(struct cd_eval *e, uint32_t deny)
{
    memset(e->needs_require, 0, e->img->requires.n * sizeof *e->needs_require);
    memset(e->needs_deny, 0, e->img->denies.n * sizeof *e->needs_deny);
    e->needs_deny[deny] = true;
    e->request_deny = deny;
    e->globals_done = false;
    cd_vm_plan(e);
}

/* Of DENY, or with CD_NONE of all denies of the control. */
static cordon_status
answer(struct cd_eval *e, const struct cd_request *request, uint32_t deny, int *fires,
       struct cordon_error *err)
{
    e->err = err;
    e->request = request;
    e->fired = CD_F;
    e->stop = CD_STOP_ACTION;
    e->stopped = CD_NONE;
    int jumped = setjmp(e->oom);
    if (jumped != 0) {
        return cd_vm_ended(e, jumped);
    }
    if (deny != e->request_deny) {
        plan_deny(e, deny);
    }
    run_request(e);
    *fires = e->fired == CD_T ? 1 : e->fired == CD_U ? 2 : 0;
    return CORDON_OK;
}

cordon_status
cd_eval_request(struct cd_eval *e, const struct cd_request *request, uint32_t control, int *fires,
                struct cordon_error *err)
{
    e->request_control = control;
    return answer(e, request, CD_NONE, fires, err);
}

cordon_status
cd_eval_request_deny(struct cd_eval *e, const struct cd_request *request, uint32_t deny, int *fires,
                     struct cordon_error *err)
{
    return answer(e, request, deny, fires, err);
}

cordon_status
cd_eval_request_trait(struct cd_eval *e, const struct cd_request *request, uint32_t deny,
                      struct cd_str key, struct cd_buf *out, bool *is_told,
                      struct cordon_error *err)
{
    int fires;
    CORDON_TRY(answer(e, request, deny, &fires, err));
    int jumped = setjmp(e->oom);
    if (jumped != 0) {
        return cd_vm_ended(e, jumped);
    }
    *is_told = cd_vm_trait(e, deny, key, out);
    return CORDON_OK;
}
