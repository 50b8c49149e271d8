/* Numbers for conditions and sets of requests; documents and answers, each made once. */
#include "runtime/vm/questions.h"

#include <math.h>
#include <stdio.h>

#include "runtime/base/num.h"

#define FIRST_SLOTS 256u

/* ---- triples ---- */

static uint32_t *
slot_of(const struct cd_triples *t, uint32_t x, uint32_t y, uint32_t z)
{
    uint64_t h = (uint64_t)x * 0x9E3779B97F4A7C15u;
    h = (h ^ y) * 0xC2B2AE3D27D4EB4Fu;
    h = (h ^ (h >> 31) ^ z) * 0x165667B19E3779F9u;
    uint32_t i = (uint32_t)(h >> 32) & t->mask;
    while (t->slots[i] != 0) {
        const uint32_t *item = t->items[t->slots[i] - 1];
        if (item[0] == x && item[1] == y && item[2] == z) {
            break;
        }
        i = (i + 1) & t->mask;
    }
    return &t->slots[i];
}

static void
grow(struct cd_arena *a, struct cd_triples *t)
{
    uint32_t size = t->slots == NULL ? FIRST_SLOTS : 2 * (t->mask + 1);
    uint32_t(*items)[3] = cd_arena_array_raw(a, size / 2, sizeof *items);
    if (t->n != 0) {
        memcpy(items, t->items, t->n * sizeof *items);
    }
    t->items = items;
    t->slots = CD_NEW_ARRAY(a, size, uint32_t);
    t->mask = size - 1;
    for (uint32_t i = 0; i < t->n; i++) {
        *slot_of(t, items[i][0], items[i][1], items[i][2]) = i + 1;
    }
}

uint32_t
cd_triples_put(struct cd_arena *a, struct cd_triples *t, uint32_t x, uint32_t y, uint32_t z,
               bool *is_new)
{
    if (t->slots == NULL || t->n == (t->mask + 1) / 2) {
        grow(a, t);
    }
    uint32_t *slot = slot_of(t, x, y, z);
    *is_new = *slot == 0;
    if (*is_new) {
        uint32_t *item = t->items[t->n++];
        item[0] = x;
        item[1] = y;
        item[2] = z;
        *slot = t->n;
    }
    return *slot - 1;
}

/* ---- life ---- */

struct cd_questions *
cd_questions_of(struct cd_eval *e)
{
    if (e->questions == NULL) {
        struct cd_questions *q = CD_NEW(&e->arena, struct cd_questions);
        cd_arena_init(&q->documents);
        cd_arena_init(&q->scratch);
        q->scratch.on_oom = &e->oom;
        q->n_policies = (uint32_t)e->s->n_policy_texts;
        q->policies = CD_NEW_ARRAY(&e->arena, (size_t)q->n_policies + 1, struct cd_vm_policy *);
        e->questions = q;
    }
    return e->questions;
}

void
cd_questions_finish(struct cd_eval *e)
{
    if (e->questions != NULL) {
        cd_arena_finish(&e->questions->documents);
        cd_arena_finish(&e->questions->scratch);
    }
}

/* ---- numbers ---- */

/* The index that a known lane of an instruction's number is; N are given out. */
static uint32_t
index_of(struct cd_eval *e, const struct cd_vec *v, uint32_t lane, size_t n)
{
    double d = v->v.f64[lane];
    if (!(d >= 0 && d < (double)n) || d != floor(d)) {
        cd_vm_fail(e, CORDON_ECORRUPT, "the program asks about requests that it has not described");
    }
    return (uint32_t)d;
}

const struct cd_when *
cd_questions_when(struct cd_eval *e, uint32_t when)
{
    return when == CD_NONE ? NULL : cd_questions_of(e)->whens.items[when];
}

/* The set of requests that the known lane LANE of V is a number of; ends the call if it is none. */
static struct cd_vm_requests
requests_at(struct cd_eval *e, const struct cd_vec *v, uint32_t lane)
{
    struct cd_questions *q = cd_questions_of(e);
    const uint32_t *item = q->request_keys.items[index_of(e, v, lane, q->request_keys.n)];
    return (struct cd_vm_requests){item[0], item[1], item[2]};
}

uint32_t
cd_questions_row(struct cd_eval *e, cd_rowref row)
{
    struct cd_questions *q = cd_questions_of(e);
    bool is_new;
    return cd_triples_put(&e->arena, &q->row_keys, cd_rowref_node(row), cd_rowref_row(row), 0,
                          &is_new);
}

/* ---- conditions ---- */

/* The number of the condition that three numbers stand for; *slot is where a new one goes. */
static uint32_t
when_of(struct cd_eval *e, uint32_t x, uint32_t y, uint32_t z, const struct cd_when ***slot)
{
    struct cd_questions *q = cd_questions_of(e);
    bool is_new;
    uint32_t i = cd_triples_put(&e->arena, &q->when_keys, x, y, z, &is_new);
    *slot = is_new ? CD_PUSH(&e->arena, q->whens.items, q->whens.n, q->whens.cap) : NULL;
    return i;
}

/* The first numbers of a condition's three: kinds of conditions, then relations of keys. */
enum {
    OF_TRUTH = 1000,
    OF_JOIN = 1100,
    OF_EACH = 1200,
    OF_KEY_IS = 1300,
};

static uint32_t
truth_of(struct cd_eval *e, enum cd_truth truth, uint32_t why)
{
    const struct cd_when **slot;
    uint32_t i = when_of(e, OF_TRUTH, (uint32_t)truth, why, &slot);
    if (slot != NULL) {
        struct cd_str text = why == 0 ? CD_STR("") : cd_arena_str(&e->arena, cd_vm_text(e, why));
        *slot = cd_when_truth(&e->arena, truth, text);
    }
    return i;
}

void
cd_k_whenis(struct cd_eval *e, const struct cd_insn *in)
{
    struct cd_arena *a;
    const struct cd_vec *x = cd_vm_reg(e, in->a);
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    for (uint32_t i = 0; i < d->n; i++) {
        uint8_t answer = x->v.b[i];
        uint32_t reason = cd_vec_reason(x, i) != 0 ? cd_vec_reason(x, i) : e->why_unknown;
        d->v.f64[i] = answer == CD_U ? truth_of(e, CD_MAYBE, reason)
                                     : truth_of(e, cd_truth_of(answer == CD_T), 0);
    }
}

/* ---- keys ---- */

/* The text on the wire of a known lane that is no collection. */
static struct cd_str
wire_text(struct cd_eval *e, const struct cd_vec *v, uint32_t i)
{
    char text[64];
    double number;
    switch ((enum cd_kind)v->kind) {
    case CD_KIND_BOOL: return v->v.b[i] == CD_T ? CD_STR("true") : CD_STR("false");
    case CD_KIND_NUMBER:
        return cd_vec_point(v, i, &number) ? cd_arena_str(&e->arena, cd_format_number(number, text))
                                           : CD_STR("");
    case CD_KIND_TIME: return cd_arena_str(&e->arena, cd_format_time(v->v.i64[i], text));
    case CD_KIND_STRING: return cd_arena_str(&e->arena, cd_vm_text(e, v->v.u32[i]));
    case CD_KIND_DURATION:
    case CD_KIND_ROW:
    case CD_KIND_MAP:
    case CD_KIND_JSON:
    case CD_KIND_LIST:
    case CD_N_KINDS: break;
    }
    return CD_STR("");
}

/* The values of a lane, and in *id the dictionary id of a text that tells them from others. */
static struct cd_when_values
values_at(struct cd_eval *e, const struct cd_vec *v, uint32_t i, uint32_t *id)
{
    enum cd_state state = cd_vec_state(v, i);
    bool is_list = v->kind == CD_KIND_LIST && state == CD_KNOWN;
    uint32_t n = state != CD_KNOWN ? 0 : is_list ? v->len[i] : 1;
    uint32_t open = state == CD_UNKNOWN ? cd_vec_reason(v, i) : is_list ? v->open[i] : 0;
    open = state == CD_UNKNOWN && open == 0 ? e->why_unknown : open;
    struct cd_str *items = CD_NEW_ARRAY(&e->arena, (size_t)n + 1, struct cd_str);
    struct cd_buf key = CD_BUF_INIT;
    for (uint32_t k = 0; k < n; k++) {
        items[k] = is_list ? wire_text(e, v->elem, v->off[i] + k) : wire_text(e, v, i);
        cd_buf_printf(&key, "%zu:", items[k].n);
        cd_buf_str(&key, items[k]);
    }
    cd_buf_printf(&key, "%u", open);
    *id = key.oom ? CD_NO_STR : cd_snapshot_str(e->s, cd_buf_view(&key));
    cd_buf_finish(&key);
    if (*id == CD_NO_STR) {
        cd_vm_oom(e);
    }
    return (struct cd_when_values){
        items, n, open == 0 ? CD_STR("") : cd_arena_str(&e->arena, cd_vm_text(e, open))};
}

static uint32_t
key_condition(struct cd_eval *e, const struct cd_insn *in, const struct cd_vec *v, uint32_t i)
{
    const struct cd_when **slot;
    uint32_t id = 0;
    struct cd_when_values values = {.n = 0};
    if (v != NULL) {
        values = values_at(e, v, i, &id);
    }
    uint32_t number = when_of(e, in->c, in->a, id, &slot);
    if (slot != NULL) {
        *slot = cd_when_line(&e->arena, cd_image_str(e->img, in->a), (enum cd_when_relation)in->c,
                             &values);
    }
    return number;
}

void
cd_k_whenkey(struct cd_eval *e, const struct cd_insn *in)
{
    struct cd_arena *a;
    const struct cd_vec *v = in->b == CD_NONE ? NULL : cd_vm_reg(e, in->b);
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    bool is_same = v == NULL || v->uni != NULL;
    for (uint32_t i = 0; i < d->n; i++) {
        d->v.f64[i] = is_same && i != 0 ? d->v.f64[0] : key_condition(e, in, v, i);
    }
}

/* ---- joins ---- */

static uint32_t
joined(struct cd_eval *e, const struct cd_insn *in, const struct cd_vec *x, const struct cd_vec *y,
       uint32_t i)
{
    static const enum cd_when_kind kinds[CD_N_WHENJOINS] = {[CD_WHENJOIN_AND] = CD_WHEN_AND,
                                                            [CD_WHENJOIN_OR] = CD_WHEN_OR,
                                                            [CD_WHENJOIN_NOT] = CD_WHEN_NOT};
    struct cd_questions *q = cd_questions_of(e);
    const struct cd_when **slot;
    uint32_t a = index_of(e, x, i, q->whens.n);
    uint32_t b = y == NULL ? CD_NONE : index_of(e, y, i, q->whens.n);
    uint32_t number = when_of(e, OF_JOIN + in->c, a, b, &slot);
    if (slot != NULL) {
        *slot = cd_when_join(&e->arena, kinds[in->c], CD_STR(""), q->whens.items[a],
                             b == CD_NONE ? NULL : q->whens.items[b]);
    }
    return number;
}

void
cd_k_whenjoin(struct cd_eval *e, const struct cd_insn *in)
{
    struct cd_arena *a;
    const struct cd_vec *x = cd_vm_reg(e, in->a);
    const struct cd_vec *y = in->b == CD_NONE ? NULL : cd_vm_reg(e, in->b);
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    bool is_same = x->uni != NULL && (y == NULL || y->uni != NULL);
    for (uint32_t i = 0; i < d->n; i++) {
        d->v.f64[i] = is_same && i != 0 ? d->v.f64[0] : joined(e, in, x, y, i);
    }
}

void
cd_k_wheneach(struct cd_eval *e, const struct cd_insn *in)
{
    struct cd_arena *a;
    struct cd_questions *q = cd_questions_of(e);
    const struct cd_vec *x = cd_vm_reg(e, in->b);
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    for (uint32_t i = 0; i < d->n; i++) {
        const struct cd_when **slot;
        uint32_t body = index_of(e, x, i, q->whens.n);
        uint32_t number = when_of(e, OF_EACH + in->c, in->a, body, &slot);
        if (slot != NULL) {
            *slot = cd_when_join(&e->arena, in->c != 0 ? CD_WHEN_ALL : CD_WHEN_ANY,
                                 cd_image_str(e->img, in->a), q->whens.items[body], NULL);
        }
        d->v.f64[i] = number;
    }
}

/* ---- sets of requests ---- */

static uint32_t
actions_at(struct cd_eval *e, const struct cd_vec *v, uint32_t i)
{
    struct cd_questions *q = cd_questions_of(e);
    uint32_t id;
    bool is_new;
    struct cd_when_values values = values_at(e, v, i, &id);
    uint32_t number = cd_triples_put(&e->arena, &q->action_keys, id, 0, 0, &is_new);
    if (is_new) {
        *CD_PUSH(&e->arena, q->actions.items, q->actions.n, q->actions.cap) =
            (struct cd_vm_actions){values.items, values.n,
                                   v->kind == CD_KIND_LIST ? v->open[i] : 0};
    }
    return number;
}

uint32_t
cd_questions_action(struct cd_eval *e, struct cd_str action)
{
    struct cd_questions *q = cd_questions_of(e);
    bool is_new;
    uint32_t number =
        cd_triples_put(&e->arena, &q->action_keys, cd_vm_str(e, action), 1, 0, &is_new);
    if (is_new) {
        struct cd_str *pattern = CD_NEW(&e->arena, struct cd_str);
        *pattern = cd_arena_str(&e->arena, action);
        *CD_PUSH(&e->arena, q->actions.items, q->actions.n, q->actions.cap) =
            (struct cd_vm_actions){pattern, 1, 0};
    }
    return number;
}

uint32_t
cd_questions_key_is(struct cd_eval *e, struct cd_str key, struct cd_str value)
{
    const struct cd_when **slot;
    uint32_t number = when_of(e, OF_KEY_IS, cd_vm_str(e, key), cd_vm_str(e, value), &slot);
    if (slot != NULL) {
        struct cd_str *kept = CD_NEW(&e->arena, struct cd_str);
        *kept = cd_arena_str(&e->arena, value);
        struct cd_when_values values = {kept, 1, CD_STR("")};
        *slot = cd_when_line(&e->arena, cd_arena_str(&e->arena, key), CD_WHEN_EQUALS, &values);
    }
    return number;
}

void
cd_k_requests(struct cd_eval *e, const struct cd_insn *in, uint32_t pc)
{
    struct cd_arena *a;
    struct cd_questions *q = cd_questions_of(e);
    const struct cd_vec *x = cd_vm_reg(e, in->a), *y = cd_vm_reg(e, in->b);
    const struct cd_vec *w = in->c == CD_NONE ? NULL : cd_vm_reg(e, in->c);
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    uint32_t actions = CD_NONE;
    bool is_new;
    (void)pc;
    for (uint32_t i = 0; i < d->n; i++) {
        if (!cd_vec_both_known(a, d, i, x, y)) {
            continue;
        }
        actions = x->uni != NULL && actions != CD_NONE ? actions : actions_at(e, x, i);
        uint32_t when = w == NULL ? CD_NONE : index_of(e, w, i, q->whens.n);
        d->v.f64[i] =
            cd_triples_put(&e->arena, &q->request_keys, actions, y->v.u32[i], when, &is_new);
    }
}

/* ---- documents ---- */

static uint32_t
why_unreadable(struct cd_eval *e, struct cd_str text, const struct cordon_error *err)
{
    static const char marker[] = "\"Cordon::Unknown\"";
    char why[sizeof err->message + 64];
    if (memmem(text.p, text.n, marker, sizeof marker - 1) != NULL) {
        return cd_vm_str(e, CD_STR("part of the policy document is unknown"));
    }
    snprintf(why, sizeof why, "the policy document cannot be read: %s", err->message);
    return cd_vm_str(e, cd_str_of(why));
}

const struct cd_vm_policy *
cd_questions_policy(struct cd_eval *e, uint32_t row)
{
    struct cd_questions *q = cd_questions_of(e);
    static const struct cd_vm_policy none = {NULL, 0};
    if (row >= q->n_policies || e->s->policy_texts[row] == CD_NO_STR) {
        return &none;
    }
    if (q->policies[row] == NULL) {
        struct cordon_error err = {.code = CORDON_OK};
        struct cd_vm_policy *p = CD_NEW(&e->arena, struct cd_vm_policy);
        struct cd_str text = cd_vm_text(e, e->s->policy_texts[row]);
        cordon_status status = cd_policy_read(&q->documents, NULL, text, &p->policy, &err);
        if (status == CORDON_ENOMEM) {
            cd_vm_oom(e);
        }
        if (status != CORDON_OK) {
            *p = (struct cd_vm_policy){NULL, why_unreadable(e, text, &err)};
        }
        q->policies[row] = p;
    }
    return q->policies[row];
}

/* ---- lanes ---- */

/* Is lane I of the question IN to be asked? If not, D has its answer: it is masked, or an operand
 * is absent or unknown. */
static bool
is_asked(struct cd_eval *e, const struct cd_insn *in, struct cd_arena *a, struct cd_vec *d,
         uint32_t i)
{
    const struct cd_vec *mask = in->c == CD_NONE ? NULL : cd_vm_reg(e, in->c);
    if (mask != NULL && (mask->v.b[i] == CD_F || mask->v.b[i] == CD_A)) {
        return false;
    }
    bool known = cd_vec_both_known(a, d, i, cd_vm_reg(e, in->a), cd_vm_reg(e, in->b));
    d->v.b[i] = d->v.b[i] == CD_A ? CD_F : d->v.b[i];
    return known;
}

struct cd_vm_question
cd_questions_at(struct cd_eval *e, enum cd_op op, const struct cd_vec *x, const struct cd_vec *y,
                uint32_t lane)
{
    struct cd_vm_question q = {.op = op, .row = x->v.u64[lane]};
    if (op == CD_OP_BECOMES) {
        q.role = y->v.u64[lane];
    } else {
        q.requests = requests_at(e, y, lane);
    }
    return q;
}

/* What lane I asks, and in *number what tells its second operand from others. */
static struct cd_vm_question
question_at(struct cd_eval *e, const struct cd_insn *in, uint32_t i, uint32_t *number)
{
    const struct cd_vec *y = cd_vm_reg(e, in->b);
    struct cd_vm_question q = cd_questions_at(e, (enum cd_op)in->op, cd_vm_reg(e, in->a), y, i);
    *number = q.op == CD_OP_BECOMES ? cd_questions_row(e, q.role) : (uint32_t)y->v.f64[i];
    return q;
}

void
cd_questions_answer(struct cd_eval *e, const struct cd_insn *in,
                    bool (*is_no)(struct cd_eval *, const struct cd_vm_question *),
                    struct cd_vm_answer (*answer)(struct cd_eval *, const struct cd_vm_question *))
{
    struct cd_arena *a;
    struct cd_questions *q = cd_questions_of(e);
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    for (uint32_t i = 0; i < d->n; i++) {
        uint32_t number;
        bool is_new;
        if (!is_asked(e, in, a, d, i)) {
            continue;
        }
        struct cd_vm_question question = question_at(e, in, i, &number);
        if (is_no != NULL && is_no(e, &question)) {
            continue;
        }
        uint32_t at = cd_triples_put(&e->arena, &q->answer_keys, in->op,
                                     cd_questions_row(e, question.row), number, &is_new);
        if (is_new) {
            struct cd_vm_answer made = answer(e, &question);
            *CD_PUSH(&e->arena, q->answers.items, q->answers.n, q->answers.cap) = made;
        }
        const struct cd_vm_answer *known = &q->answers.items[at];
        d->v.b[i] = known->truth == CD_YES ? CD_T : CD_F;
        if (known->truth == CD_MAYBE) {
            cd_vec_set_unknown(a, d, i, known->why);
        }
    }
}

/* ---- one document ---- */

static struct cd_asker *
asker_of(struct cd_eval *e, enum cd_ask_kind kind, uint32_t document,
         const struct cd_policy *policy, struct cd_vm_requests requests)
{
    struct cd_questions *q = cd_questions_of(e);
    bool is_new;
    uint32_t what = cd_triples_put(&e->arena, &q->list_keys, (uint32_t)kind, document,
                                   requests.actions, &is_new);
    uint32_t i = cd_triples_put(&e->arena, &q->asker_keys, what, requests.when, 0, &is_new);
    if (is_new) {
        const struct cd_vm_actions *actions = &q->actions.items[requests.actions];
        struct cd_ask_input input = {.kind = kind,
                                     .document = policy,
                                     .patterns = actions->patterns,
                                     .n_patterns = actions->n,
                                     .when = cd_questions_when(e, requests.when)};
        struct cd_asker *asker = cd_asker_new(&e->arena, &input);
        *CD_PUSH(&e->arena, q->askers.items, q->askers.n, q->askers.cap) = asker;
    }
    return q->askers.items[i];
}

static bool
ask_document(struct cd_eval *e, enum cd_ask_kind kind, uint32_t document,
             struct cd_vm_requests requests, struct cd_asked *out, uint32_t *why)
{
    struct cd_questions *q = cd_questions_of(e);
    const struct cd_vm_policy *p = cd_questions_policy(e, document);
    struct cd_arena_mark empty = {NULL, 0, 0};
    if (p->policy == NULL) {
        *why = p->why;
        return false;
    }
    struct cd_asker *asker = asker_of(e, kind, document, p->policy, requests);
    cd_arena_reset(&q->scratch, empty);
    struct cd_str pattern = cd_arena_str(&q->scratch, cd_vm_text(e, requests.pattern));
    cd_asker_ask(asker, &q->scratch, pattern, NULL, out);
    return true;
}

bool
cd_questions_ask(struct cd_eval *e, const struct cd_vm_question *q, struct cd_asked *out,
                 uint32_t *why)
{
    enum cd_ask_kind kind = q->op == CD_OP_ALLOWS ? CD_ASK_ALLOWS : CD_ASK_DENIES;
    return q->op == CD_OP_CAN ? cd_questions_can(e, q->row, q->requests, out, why)
                              : ask_document(e, kind, cd_rowref_row(q->row), q->requests, out, why);
}

struct cd_vm_answer
cd_questions_of_requests(struct cd_eval *e, const struct cd_vm_question *q)
{
    struct cd_asked asked;
    uint32_t why;
    uint32_t open = cd_questions_of(e)->actions.items[q->requests.actions].open;
    if (!cd_questions_ask(e, q, &asked, &why)) {
        return (struct cd_vm_answer){CD_MAYBE, why};
    }
    /* Further actions can only add to what is allowed, and to what is not denied. */
    if (open != 0 && asked.answer != cd_truth_of(q->op != CD_OP_DENIES)) {
        return (struct cd_vm_answer){CD_MAYBE, open};
    }
    return (struct cd_vm_answer){asked.answer,
                                 asked.answer == CD_MAYBE ? cd_vm_str(e, asked.why) : 0};
}

void
cd_k_document(struct cd_eval *e, const struct cd_insn *in)
{
    cd_questions_answer(e, in, NULL, cd_questions_of_requests);
}
