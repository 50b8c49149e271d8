/* Which operands decided an answer: from the require through and, or, not and the quantifiers down
 * to comparisons, each of which becomes one piece of evidence. */
#include "runtime/vm/explain.h"

#define WHY_DEPTH 40
#define MAX_EVIDENCE 8u
#define MAX_MEMBERS 5u /* of a quantifier that are shown */

static bool
is_full(const struct cd_explainer *x)
{
    return x->n >= MAX_EVIDENCE;
}

/* ---- one piece of evidence ---- */

static struct cd_str
keep(const struct cd_explainer *x, struct cd_buf *b)
{
    struct cd_str s = cd_arena_str(x->arena, (struct cd_str){b->p ? b->p : "", b->oom ? 0 : b->n});
    cd_buf_finish(b);
    return s;
}

static bool
is_there(const struct cd_explainer *x, const struct cd_evidence *one)
{
    for (size_t i = 0; i < x->n; i++) {
        if (cd_str_eq(x->evidence[i].path, one->path) && cd_str_eq(x->evidence[i].why, one->why)) {
            return true;
        }
    }
    return false;
}

/* Names the resource if it is not the one that the answer is about. */
static void
put_resource(const struct cd_explainer *x, const struct cd_explained_read *read, struct cd_buf *out)
{
    if (read->table == x->table && read->row == x->row) {
        return;
    }
    const struct cd_table *t = x->e->s->tables[read->table];
    struct cd_str id =
        t->id[read->row] == CD_NO_STR ? CD_STR("?") : cd_vm_text(x->e, t->id[read->row]);
    cd_buf_printf(out, " (%.*s %.*s)", CD_FMT(cd_vm_text(x->e, t->type)), CD_FMT(id));
}

/* Evidence with the text WHY (which is consumed) about what SUBJECT rests on. */
static void
add_evidence(struct cd_explainer *x, struct cd_spot subject, struct cd_buf *why)
{
    struct cd_buf path = CD_BUF_INIT;
    struct cd_buf value = CD_BUF_INIT;
    struct cd_explained_read read;
    if (cd_explain_path(x, subject, &path, &read)) {
        const struct cd_vec *v = cd_spot_vec(x->e, read.spot);
        if (v) {
            cd_explain_json(x, v, read.spot.lane, &value);
        }
        put_resource(x, &read, why);
    }
    struct cd_evidence one = {
        .path = keep(x, &path), .value = keep(x, &value), .why = keep(x, why)};
    if (!is_full(x) && !is_there(x, &one)) {
        struct cd_evidence *place = CD_PUSH(x->arena, x->evidence, x->n, x->cap);
        *place = one;
    }
}

static void
put_reason(const struct cd_explainer *x, uint32_t reason, struct cd_buf *out)
{
    cd_buf_str(out, cd_vm_text(x->e, reason ? reason : x->e->why_unknown));
}

/* «E is absent», «E is unknown: why», «E is V». */
static void
state_evidence(struct cd_explainer *x, struct cd_spot s)
{
    struct cd_buf why = CD_BUF_INIT;
    const struct cd_vec *v = cd_spot_vec(x->e, s);
    cd_explain_expr(x, s, &why, 0);
    if (!v || cd_vec_state(v, s.lane) == CD_ABSENT) {
        cd_buf_puts(&why, " is absent");
    } else if (cd_vec_state(v, s.lane) == CD_UNKNOWN) {
        cd_buf_puts(&why, " is unknown: ");
        put_reason(x, cd_vec_reason(v, s.lane), &why);
    } else {
        cd_buf_puts(&why, " is ");
        cd_explain_value(x, v, s.lane, &why);
    }
    add_evidence(x, s, &why);
}

/* ---- comparisons ---- */

static bool
is_fixed(const struct cd_explainer *x, struct cd_spot s)
{
    const struct cd_insn *in = cd_spot_def(x->e, &s);
    while (in
           && (in->op == CD_OP_JAS || in->op == CD_OP_QUOTE || in->op == CD_OP_UNIQ
               || in->op == CD_OP_NEG)) {
        s.reg = in->a;
        in = cd_spot_def(x->e, &s);
    }
    return !in || in->op == CD_OP_CONST || in->op == CD_OP_PARAM;
}

/* The words between a subject and the other side, as the answer is; FLIPPED: the subject is the
 * relation's right side. */
static const char *
relation(enum cd_op op, bool flipped, uint8_t answer)
{
    bool holds = answer == CD_T;
    if (op == CD_OP_LT) {
        return flipped ? (holds ? ", > " : ", not > ") : holds ? ", < " : ", not < ";
    }
    if (op == CD_OP_LE) {
        return flipped ? (holds ? ", >= " : ", not >= ") : holds ? ", <= " : ", not <= ";
    }
    if (op == CD_OP_IN) {
        return flipped ? (holds ? ", with " : ", without ") : holds ? ", in " : ", not in ";
    }
    if (op == CD_OP_WITHIN) {
        return holds ? ", within " : ", not within ";
    }
    if (op == CD_OP_LIKE || op == CD_OP_ARNLIKE) {
        return holds ? ", like " : ", not like ";
    }
    return holds ? " == " : ", not ";
}

/* The operand as it stands on the other side of a comparison: its value, and its name where it is
 * no constant. */
static void
put_other(const struct cd_explainer *x, struct cd_spot s, struct cd_buf *out)
{
    const struct cd_vec *v = cd_spot_vec(x->e, s);
    bool known = v && cd_vec_state(v, s.lane) == CD_KNOWN;
    bool fixed = is_fixed(x, s);
    if (!fixed || !known) {
        cd_explain_expr(x, s, out, 0);
    }
    if (known && !fixed) {
        cd_buf_puts(out, " (");
    }
    if (known) {
        cd_explain_value(x, v, s.lane, out);
    }
    if (known && !fixed) {
        cd_buf_putc(out, ')');
    }
}

/* The expression that is not decided although both sides are known: a collection or a count is
 * open. */
static void
put_undecided(struct cd_explainer *x, struct cd_spot s, struct cd_buf *why)
{
    const struct cd_vec *v = cd_spot_vec(x->e, s);
    cd_explain_expr(x, s, why, 0);
    cd_buf_puts(why, " is unknown: ");
    put_reason(x, v ? cd_vec_reason(v, s.lane) : 0, why);
}

/* «E V, not in {…}», «E == V»: both sides known. */
static void
put_comparison(struct cd_explainer *x, struct cd_spot subject, struct cd_spot other, enum cd_op op,
               bool flipped, uint8_t answer, struct cd_buf *why)
{
    const struct cd_vec *v = cd_spot_vec(x->e, subject);
    cd_explain_expr(x, subject, why, 0);
    if (v && !(op == CD_OP_EQ && answer == CD_T)) {
        cd_buf_putc(why, ' ');
        cd_explain_value(x, v, subject.lane, why);
    }
    cd_buf_puts(why, relation(op, flipped, answer));
    put_other(x, other, why);
}

static enum cd_state
state_at(const struct cd_explainer *x, struct cd_spot s)
{
    const struct cd_vec *v = cd_spot_vec(x->e, s);
    return v ? cd_vec_state(v, s.lane) : CD_ABSENT;
}

static void
compare_evidence(struct cd_explainer *x, struct cd_spot s, const struct cd_insn *in, uint8_t answer)
{
    struct cd_spot left = cd_spot_at(s, in->a);
    struct cd_spot right = cd_spot_at(s, in->b);
    bool flipped = is_fixed(x, left) && !is_fixed(x, right);
    struct cd_spot subject = flipped ? right : left;
    struct cd_spot other = flipped ? left : right;
    enum cd_state wanted = answer == CD_U ? CD_UNKNOWN : CD_ABSENT;
    if (state_at(x, subject) == wanted
        || (state_at(x, subject) != CD_KNOWN && state_at(x, other) == CD_KNOWN)) {
        state_evidence(x, subject);
    } else if (state_at(x, other) != CD_KNOWN) {
        state_evidence(x, other);
    } else {
        struct cd_buf why = CD_BUF_INIT;
        if (answer == CD_U) {
            put_undecided(x, s, &why);
        } else {
            put_comparison(x, subject, other, (enum cd_op)in->op, flipped, answer, &why);
        }
        add_evidence(x, subject, &why);
    }
}

static void
matches_evidence(struct cd_explainer *x, struct cd_spot s, const struct cd_insn *in, uint8_t answer)
{
    struct cd_spot subject = cd_spot_at(s, in->a);
    if (state_at(x, subject) != CD_KNOWN) {
        state_evidence(x, subject);
        return;
    }
    struct cd_buf why = CD_BUF_INIT;
    cd_explain_expr(x, subject, &why, 0);
    cd_buf_putc(&why, ' ');
    cd_explain_value(x, cd_spot_vec(x->e, subject), subject.lane, &why);
    cd_buf_puts(&why, answer == CD_F ? ", does not match " : ", matches ");
    cd_buf_json_str(&why, cd_image_str(x->e->img, in->b));
    add_evidence(x, subject, &why);
}

/* «denies(d, …) is false: s3:GetObject on … is not denied». An absent or unknown operand decides
 * before documents do. */
static void
question_evidence(struct cd_explainer *x, struct cd_spot s, const struct cd_insn *in,
                  uint8_t answer)
{
    struct cd_spot first = cd_spot_at(s, in->a), second = cd_spot_at(s, in->b);
    enum cd_state wanted = answer == CD_U ? CD_UNKNOWN : CD_ABSENT;
    if (state_at(x, first) == wanted || state_at(x, second) == wanted) {
        state_evidence(x, state_at(x, first) == wanted ? first : second);
        return;
    }
    struct cd_buf why = CD_BUF_INIT;
    cd_explain_expr(x, s, &why, 0);
    cd_buf_puts(&why, answer == CD_U ? " is unknown: " : answer == CD_T ? " is true" : " is false");
    if (answer == CD_U) {
        put_reason(x, cd_vec_reason(cd_spot_vec(x->e, s), s.lane), &why);
    } else {
        (void)cd_explain_question(x, s, in, &why);
    }
    add_evidence(x, first, &why);
}

/* ---- logic ---- */

static uint8_t
answer_at(const struct cd_explainer *x, struct cd_spot s)
{
    const struct cd_vec *v = cd_spot_vec(x->e, s);
    if (!v || v->kind != CD_KIND_BOOL) {
        return CD_A;
    }
    return v->v.b[s.lane];
}

/* False and absent are one as conditions. */
static bool
answers_agree(uint8_t a, uint8_t b)
{
    return (a == CD_A ? CD_F : a) == (b == CD_A ? CD_F : b);
}

static void
why_both(struct cd_explainer *x, struct cd_spot s, const struct cd_insn *in, uint8_t answer,
         int depth)
{
    struct cd_spot sides[2] = {cd_spot_at(s, in->a), cd_spot_at(s, in->b)};
    for (int i = 0; i < 2; i++) {
        if (answers_agree(answer_at(x, sides[i]), answer)) {
            cd_explain_why(x, sides[i], depth + 1);
        }
    }
}

/* ---- quantifiers ---- */

static const struct cd_trace_loop *
loop_in(const struct cd_trace_frame *f, uint32_t domain)
{
    const struct cd_trace_loop *loop = f->loops;
    while (loop && loop->domain != domain) {
        loop = loop->next;
    }
    return loop;
}

/* The instruction that opens DOMAIN. */
static const struct cd_insn *
opening_of(const struct cd_eval *e, uint32_t domain)
{
    for (size_t pc = 0; pc < e->img->code.n; pc++) {
        const struct cd_insn *in = &e->img->code.items[pc];
        if ((in->op == CD_OP_LOOP || in->op == CD_OP_PROBE) && in->b == domain) {
            return in;
        }
    }
    return NULL;
}

/* A member's body answers; what its `where` says only says that it counts. The body of `all` is the
 * other side of an `or` with the negated `where`, that of `any` the second side of an `and`. */
static struct cd_spot
body_of(const struct cd_explainer *x, struct cd_spot member, enum cd_op op)
{
    struct cd_spot at = member;
    const struct cd_insn *in = cd_spot_def(x->e, &at);
    if (op == CD_OP_ALL && in && in->op == CD_OP_OR) {
        struct cd_spot left = cd_spot_at(at, in->a);
        const struct cd_insn *not = cd_spot_def(x->e, &left);
        if (not &&not ->op == CD_OP_NOT && answer_at(x, cd_spot_at(at, in->a)) == CD_F) {
            return cd_spot_at(at, in->b);
        }
    }
    return member;
}

/* Explains the members that have the answer WANTED; gives their number. */
static unsigned
why_members(struct cd_explainer *x, struct cd_spot s, const struct cd_insn *in, uint8_t wanted,
            unsigned most, int depth)
{
    const struct cd_trace_loop *loop = loop_in(s.frame, x->e->img->regs.items[in->a].domain);
    unsigned n = 0;
    for (struct cd_trace_frame *f = loop ? loop->chunks : NULL; f; f = f->next) {
        for (uint32_t i = 0; i < f->n && n < most && !is_full(x); i++) {
            struct cd_spot member = {f, in->a, i};
            if (f->up[i] == s.lane && answers_agree(answer_at(x, member), wanted)) {
                cd_explain_why(x, body_of(x, member, (enum cd_op)in->op), depth + 1);
                n++;
            }
        }
    }
    return n;
}

/* «xs is absent», «xs may hold more: why», «no member of xs»: of the collection itself. */
static void
source_evidence(struct cd_explainer *x, struct cd_spot s, const struct cd_insn *in, uint8_t answer)
{
    const struct cd_insn *loop = opening_of(x->e, x->e->img->regs.items[in->a].domain);
    if (!loop) {
        return;
    }
    struct cd_spot list = cd_spot_at(s, loop->a);
    const struct cd_vec *v = cd_spot_vec(x->e, list);
    if (loop->op == CD_OP_LOOP && (!v || v->state[list.lane] != CD_KNOWN)) {
        state_evidence(x, list);
        return;
    }
    struct cd_buf why = CD_BUF_INIT;
    cd_explain_expr(x, s, &why, 0);
    if (answer == CD_U) {
        cd_buf_puts(&why, ": there may be more members: ");
        put_reason(x, cd_vec_reason(cd_spot_vec(x->e, s), s.lane), &why);
    } else {
        cd_buf_puts(&why, answer == CD_T ? " holds" : " does not hold");
        if (loop->op == CD_OP_LOOP) {
            cd_buf_printf(&why, ": %u member%s", v->len[list.lane],
                          v->len[list.lane] == 1 ? "" : "s");
        }
    }
    add_evidence(x, list, &why);
}

static void
why_quantifier(struct cd_explainer *x, struct cd_spot s, const struct cd_insn *in, uint8_t answer,
               int depth)
{
    bool decided_by_member = answer == (in->op == CD_OP_ALL ? CD_F : CD_T);
    unsigned n = 0;
    if (decided_by_member || answer == CD_U) {
        n = why_members(x, s, in, answer, MAX_MEMBERS, depth);
    }
    if (n > 0) {
        return;
    }
    source_evidence(x, s, in, answer);
    if (answer != CD_U) {
        why_members(x, s, in, answer, 2,
                    depth); /* every member has this answer: the first two show why */
    }
}

/* ---- all of it ---- */

static void
why_if(struct cd_explainer *x, struct cd_spot s, const struct cd_insn *in, int depth)
{
    uint8_t cond = answer_at(x, cd_spot_at(s, in->a));
    if (cond == CD_U) {
        cd_explain_why(x, cd_spot_at(s, in->a), depth + 1);
    }
    if (cond != CD_U || answer_at(x, s) != CD_U) {
        cd_explain_why(x, cd_spot_at(s, cond == CD_T ? in->b : in->c), depth + 1);
    }
}

void
cd_explain_why(struct cd_explainer *x, struct cd_spot s, int depth)
{
    const struct cd_insn *in = cd_spot_def(x->e, &s);
    uint8_t answer = answer_at(x, s);
    if (!in || is_full(x)) {
        return;
    }
    if (depth > WHY_DEPTH || cd_opinfo[in->op].d != CD_OPERAND_DST) {
        state_evidence(x, s);
        return;
    }
    if (in->op == CD_OP_AND || in->op == CD_OP_OR) {
        why_both(x, s, in, answer, depth);
    } else if (in->op == CD_OP_NOT || in->op == CD_OP_OBSERVE) {
        cd_explain_why(x, cd_spot_at(s, in->a), depth + 1);
    } else if (in->op == CD_OP_IF) {
        why_if(x, s, in, depth);
    } else if (in->op == CD_OP_ALL || in->op == CD_OP_ANY) {
        why_quantifier(x, s, in, answer, depth);
    } else if (in->op == CD_OP_EQ || in->op == CD_OP_LT || in->op == CD_OP_LE || in->op == CD_OP_IN
               || in->op == CD_OP_LIKE || in->op == CD_OP_ARNLIKE || in->op == CD_OP_WITHIN) {
        compare_evidence(x, s, in, answer);
    } else if (in->op == CD_OP_MATCHES) {
        matches_evidence(x, s, in, answer);
    } else if (in->op == CD_OP_ISABSENT) {
        state_evidence(x, cd_spot_at(s, in->a));
    } else if (in->op == CD_OP_CAN || in->op == CD_OP_ALLOWS || in->op == CD_OP_DENIES
               || in->op == CD_OP_BECOMES) {
        question_evidence(x, s, in, answer);
    } else {
        state_evidence(x, s);
    }
}
