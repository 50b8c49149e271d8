/* Questions about policy documents in words, and the requests that answer them. */
#include "runtime/vm/explain.h"
#include "runtime/vm/questions.h"

static const char *
relation_word(enum cd_when_relation relation)
{
    switch (relation) {
    case CD_WHEN_EQUALS: return "==";
    case CD_WHEN_LIKE: return "like";
    case CD_WHEN_LESS: return "<";
    case CD_WHEN_LESS_EQUALS: return "<=";
    case CD_WHEN_GREATER: return ">";
    case CD_WHEN_GREATER_EQUALS: return ">=";
    case CD_WHEN_WITHIN: return "within";
    case CD_WHEN_ABSENT:
    case CD_N_WHEN_RELATIONS: break;
    }
    return "";
}

static void
put_key(const struct cd_explainer *x, struct cd_spot s, const struct cd_insn *in,
        struct cd_buf *out, int depth)
{
    struct cd_str key = cd_image_str(x->e->img, in->a);
    if (in->c == CD_WHEN_ABSENT || in->b == CD_NONE) {
        cd_buf_printf(out, "absent %.*s", CD_FMT(key));
        return;
    }
    const struct cd_vec *v = cd_spot_vec(x->e, cd_spot_at(s, in->b));
    bool is_set = v != NULL && v->kind == CD_KIND_LIST && in->c == CD_WHEN_EQUALS;
    cd_buf_printf(out, "%.*s %s ", CD_FMT(key),
                  is_set ? "in" : relation_word((enum cd_when_relation)in->c));
    cd_explain_expr(x, cd_spot_at(s, in->b), out, depth + 1);
}

void
cd_explain_when(const struct cd_explainer *x, struct cd_spot s, const struct cd_insn *in,
                struct cd_buf *out, int depth)
{
    if (in->op == CD_OP_WHENKEY) {
        put_key(x, s, in, out, depth);
    } else if (in->op == CD_OP_WHENEACH) {
        cd_buf_printf(out, "%s %.*s {", in->c != 0 ? "all" : "any",
                      CD_FMT(cd_image_str(x->e->img, in->a)));
        cd_explain_expr(x, cd_spot_at(s, in->b), out, depth + 1);
        cd_buf_putc(out, '}');
    } else if (in->c == CD_WHENJOIN_NOT) {
        cd_buf_puts(out, "not (");
        cd_explain_expr(x, cd_spot_at(s, in->a), out, depth + 1);
        cd_buf_putc(out, ')');
    } else {
        cd_explain_expr(x, cd_spot_at(s, in->a), out, depth + 1);
        cd_buf_puts(out, in->c == CD_WHENJOIN_AND ? " and " : " or ");
        cd_explain_expr(x, cd_spot_at(s, in->b), out, depth + 1);
    }
}

void
cd_explain_requests(const struct cd_explainer *x, struct cd_spot s, const struct cd_insn *in,
                    struct cd_buf *out, int depth)
{
    cd_explain_expr(x, cd_spot_at(s, in->a), out, depth + 1);
    cd_buf_puts(out, ", ");
    cd_explain_expr(x, cd_spot_at(s, in->b), out, depth + 1);
    if (in->c != CD_NONE) {
        cd_buf_puts(out, " when ");
        cd_explain_expr(x, cd_spot_at(s, in->c), out, depth + 1);
    }
}

/* ---- what answers ---- */

/* `statement AllowAll`, `statement 2`; with the name of the document where it has one. */
static void
put_because(const struct cd_because *b, struct cd_buf *out)
{
    if (b->statement == NULL) {
        return;
    }
    cd_buf_puts(out, ", by ");
    if (b->name.n != 0) {
        cd_buf_printf(out, "%.*s, ", CD_FMT(b->name));
    }
    if (b->statement->sid.n != 0) {
        cd_buf_printf(out, "statement %.*s", CD_FMT(b->statement->sid));
    } else {
        cd_buf_printf(out, "Statement[%u]", b->statement->index);
    }
}

static bool
put_asked(enum cd_op op, const struct cd_asked *asked, struct cd_buf *out)
{
    if (!asked->has_request) {
        return false;
    }
    cd_buf_puts(out, ": ");
    cd_asked_write(asked, out);
    cd_buf_puts(out, op == CD_OP_DENIES ? " is not denied" : " is allowed");
    for (size_t i = 0; i < asked->n_because; i++) {
        put_because(&asked->because[i], out);
    }
    return true;
}

bool
cd_explain_question(const struct cd_explainer *x, struct cd_spot s, const struct cd_insn *in,
                    struct cd_buf *out)
{
    struct cd_eval *e = x->e;
    const struct cd_vec *first = cd_spot_vec(e, cd_spot_at(s, in->a));
    const struct cd_vec *second = cd_spot_vec(e, cd_spot_at(s, in->b));
    struct cd_asked asked = {.has_request = false};
    uint32_t why;
    if (first == NULL || second == NULL || cd_vec_state(first, s.lane) != CD_KNOWN
        || cd_vec_state(second, s.lane) != CD_KNOWN) {
        return false;
    }
    struct cd_vm_question q = cd_questions_at(e, (enum cd_op)in->op, first, second, s.lane);
    if (q.op == CD_OP_BECOMES) {
        cd_buf_puts(out, ": ");
        (void)cd_questions_becomes(e, q.row, q.role, out);
        return true;
    }
    return cd_questions_ask(e, &q, &asked, &why) && put_asked(q.op, &asked, out);
}
