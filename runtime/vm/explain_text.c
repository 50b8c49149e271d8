/* Expressions and values in the language's terms, reconstructed from the instructions that made
 * them. */
#include "runtime/vm/explain.h"

#include "runtime/base/num.h"

#define EXPR_DEPTH 24
#define EXPR_LENGTH \
    ((size_t)600) /* bytes; what is shared many times over is not spelt out each time */
#define SHOWN_MEMBERS 3u
#define JSON_LIMIT ((size_t)4 << 10) /* bytes of a value in evidence */

/* ---- spots ---- */

const struct cd_vec *
cd_spot_vec(const struct cd_eval *e, struct cd_spot s)
{
    uint32_t at;
    const struct cd_vec *v = NULL;
    if (!s.frame->parent) {
        /* What a loop computed is kept with its chunks; its registers have been used again. */
        uint32_t domain = e->img->regs.items[s.reg].domain;
        bool in_loop = e->img->domains.items[domain].kind == CD_DOMAIN_LOOP;
        v = in_loop ? NULL : &e->regs[s.reg];
    } else if (cd_idmap_get(&s.frame->by_reg, s.reg, &at)) {
        v = &s.frame->vecs[at];
    }
    bool made = v && (v->kind == CD_KIND_BOOL ? v->v.b != NULL : v->state != NULL);
    return made && s.lane < v->n ? v : NULL;
}

const struct cd_insn *
cd_spot_def(const struct cd_eval *e, struct cd_spot *s)
{
    for (;;) {
        uint32_t pc = e->def[s->reg];
        const struct cd_insn *in = pc == CD_NONE ? NULL : &e->img->code.items[pc];
        if (!in || in->op != CD_OP_BCAST) {
            return in;
        }
        s->reg = in->a;
        uint32_t domain = e->img->regs.items[in->a].domain;
        while (s->frame->parent && s->frame->domain != domain) {
            s->lane = s->frame->up[s->lane];
            s->frame = s->frame->parent;
        }
    }
}

/* ---- values ---- */

static bool
is_plain(struct cd_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c <= ' ' || c == '"' || c == ',' || c == '{' || c == '}' || c == 0x7F) {
            return false;
        }
    }
    return s.n > 0;
}

static void
put_string(struct cd_str s, struct cd_buf *out)
{
    if (is_plain(s)) {
        cd_buf_str(out, s);
    } else {
        cd_buf_json_str(out, s);
    }
}

static void
put_number(const struct cd_vec *v, uint32_t lane, struct cd_buf *out)
{
    char text[CD_NUMBER_SIZE];
    double lo;
    if (cd_vec_point(v, lane, &lo)) {
        cd_buf_str(out, cd_format_number(lo, text));
        return;
    }
    cd_buf_puts(out, "at least ");
    cd_buf_str(out, cd_format_number(lo, text));
    if (v->hi[lane] <= 9007199254740992.0) {
        cd_buf_puts(out, " and at most ");
        cd_buf_str(out, cd_format_number(v->hi[lane], text));
    }
}

static void
put_members(const struct cd_explainer *x, const struct cd_vec *v, uint32_t lane, struct cd_buf *out)
{
    bool is_set = x->e->img->types.items[v->type].is_set != 0;
    cd_buf_putc(out, is_set ? '{' : '[');
    for (uint32_t k = 0; k < v->len[lane] && k < SHOWN_MEMBERS; k++) {
        if (k > 0) {
            cd_buf_puts(out, ", ");
        }
        cd_explain_value(x, v->elem, v->off[lane] + k, out);
    }
    if (v->len[lane] > SHOWN_MEMBERS || v->open[lane] != 0) {
        cd_buf_puts(out, v->len[lane] > 0 ? ", …" : "…");
    }
    cd_buf_putc(out, is_set ? '}' : ']');
}

/* A resource by its id, a nested object by its place. */
static void
put_row(const struct cd_explainer *x, cd_rowref r, struct cd_buf *out)
{
    const struct cd_snapshot *s = x->e->s;
    const struct cd_node *n =
        cd_rowref_node(r) == CD_CONST_MAP ? NULL : s->nodes[cd_rowref_node(r)];
    if (n && n->parent == CD_NONE && n->table != CD_NONE) {
        uint32_t id = s->tables[n->table]->id[cd_rowref_row(r)];
        put_string(id == CD_NO_STR ? CD_STR("?") : cd_vm_text(x->e, id), out);
    } else {
        cd_buf_puts(out, "{…}");
    }
}

void
cd_explain_value(const struct cd_explainer *x, const struct cd_vec *v, uint32_t lane,
                 struct cd_buf *out)
{
    char text[48];
    switch ((enum cd_kind)v->kind) {
    case CD_KIND_BOOL: cd_buf_puts(out, v->v.b[lane] == CD_T ? "true" : "false"); return;
    case CD_KIND_NUMBER: put_number(v, lane, out); return;
    case CD_KIND_STRING: put_string(cd_vm_text(x->e, v->v.u32[lane]), out); return;
    case CD_KIND_TIME: cd_buf_str(out, cd_format_time(v->v.i64[lane], text)); return;
    case CD_KIND_DURATION: cd_buf_str(out, cd_format_duration(v->v.i64[lane], text)); return;
    case CD_KIND_JSON: cd_explain_json(x, v, lane, out); return;
    case CD_KIND_LIST: put_members(x, v, lane, out); return;
    case CD_KIND_ROW:
    case CD_KIND_MAP: put_row(x, v->v.u64[lane], out); return;
    case CD_N_KINDS: return;
    }
}

static void
json_members(const struct cd_explainer *x, const struct cd_vec *v, uint32_t lane,
             struct cd_buf *out)
{
    cd_buf_putc(out, '[');
    for (uint32_t k = 0; k < v->len[lane]; k++) {
        if (k > 0) {
            cd_buf_putc(out, ',');
        }
        cd_explain_json(x, v->elem, v->off[lane] + k, out);
    }
    cd_buf_putc(out, ']');
}

static void
json_row(const struct cd_explainer *x, cd_rowref r, struct cd_buf *out)
{
    const struct cd_snapshot *s = x->e->s;
    if (cd_rowref_node(r) == CD_CONST_MAP) {
        cd_buf_puts(out, "{}");
        return;
    }
    const struct cd_node *n = s->nodes[cd_rowref_node(r)];
    if (n->parent == CD_NONE && n->table != CD_NONE && n->kind == CD_NODE_RECORD) {
        uint32_t id = s->tables[n->table]->id[cd_rowref_row(r)];
        cd_buf_json_str(out, id == CD_NO_STR ? CD_STR("") : cd_vm_text(x->e, id));
    } else {
        cd_node_write(s, n, cd_rowref_row(r), out);
    }
}

static void
json_of(const struct cd_explainer *x, const struct cd_vec *v, uint32_t lane, struct cd_buf *out)
{
    char text[48];
    switch ((enum cd_kind)v->kind) {
    case CD_KIND_BOOL: cd_buf_puts(out, v->v.b[lane] == CD_T ? "true" : "false"); return;
    case CD_KIND_NUMBER: cd_buf_number(out, v->v.f64[lane]); return;
    case CD_KIND_STRING: cd_buf_json_str(out, cd_vm_text(x->e, v->v.u32[lane])); return;
    case CD_KIND_TIME: cd_buf_json_str(out, cd_format_time(v->v.i64[lane], text)); return;
    case CD_KIND_DURATION: cd_buf_json_str(out, cd_format_duration(v->v.i64[lane], text)); return;
    case CD_KIND_JSON: cd_json_write(x->e->s, v->v.u32[lane], out); return;
    case CD_KIND_LIST: json_members(x, v, lane, out); return;
    case CD_KIND_ROW:
    case CD_KIND_MAP: json_row(x, v->v.u64[lane], out); return;
    case CD_N_KINDS: return;
    }
}

void
cd_explain_json(const struct cd_explainer *x, const struct cd_vec *v, uint32_t lane,
                struct cd_buf *out)
{
    if (cd_vec_state(v, lane) != CD_KNOWN) {
        return;
    }
    size_t before = out->n;
    json_of(x, v, lane, out);
    if (out->n - before
        > JSON_LIMIT) { /* evidence points at a large value, it does not repeat it */
        out->n = before;
    }
}

/* ---- expressions ---- */

static const char *const env_names[CD_N_ENV] = {
    [CD_ENVOP_ID] = "id",         [CD_ENVOP_ARN] = "arn",
    [CD_ENVOP_TYPE] = "type",     [CD_ENVOP_PARTITION] = "partition",
    [CD_ENVOP_REGION] = "region", [CD_ENVOP_ACCOUNT] = "account",
    [CD_ENVOP_TAGS] = "tags",     [CD_ENVOP_CAPTURED] = "captured",
};
static const char *const part_names[CD_N_ARNPARTS] = {
    [CD_ARNPART_PARTITION] = "partition", [CD_ARNPART_SERVICE] = "service",
    [CD_ARNPART_REGION] = "region",       [CD_ARNPART_ACCOUNT] = "account",
    [CD_ARNPART_RESOURCE] = "resource",
};

static void
put_operand(const struct cd_explainer *x, struct cd_spot s, uint32_t reg, struct cd_buf *out,
            int depth)
{
    cd_explain_expr(x, cd_spot_at(s, reg), out, depth + 1);
}

/* A value where there is one; used for what only computes text. */
static void
put_result(const struct cd_explainer *x, struct cd_spot s, struct cd_buf *out)
{
    const struct cd_vec *v = cd_spot_vec(x->e, s);
    if (v && cd_vec_state(v, s.lane) == CD_KNOWN) {
        cd_explain_value(x, v, s.lane, out);
    } else {
        cd_buf_puts(out, "…");
    }
}

/* `ref -> member`, leaving out the type, or `row.member`. */
static void
put_member(const struct cd_explainer *x, struct cd_spot s, uint32_t row, struct cd_str name,
           struct cd_buf *out, int depth)
{
    struct cd_spot of = cd_spot_at(s, row);
    const struct cd_insn *def = cd_spot_def(x->e, &of);
    if (def && def->op == CD_OP_FOLLOW) {
        cd_explain_expr(x, cd_spot_at(of, def->a), out, depth + 1);
        cd_buf_puts(out, " -> ");
    } else {
        cd_explain_expr(x, of, out, depth + 1);
        cd_buf_putc(out, '.');
    }
    cd_buf_str(out, name);
}

static void
put_field(const struct cd_explainer *x, struct cd_spot s, const struct cd_insn *in,
          struct cd_buf *out, int depth)
{
    const struct cd_image *img = x->e->img;
    uint32_t shape = img->types.items[img->regs.items[in->a].type].shape;
    uint32_t field = img->shapes.items[shape].first_field + in->b;
    put_member(x, s, in->a, cd_image_str(img, img->fields.items[field].name), out, depth);
}

static void
put_infix(const struct cd_explainer *x, struct cd_spot s, const struct cd_insn *in,
          const char *word, struct cd_buf *out, int depth)
{
    put_operand(x, s, in->a, out, depth);
    cd_buf_printf(out, " %s ", word);
    put_operand(x, s, in->b, out, depth);
}

static void
put_call(const struct cd_explainer *x, struct cd_spot s, const struct cd_insn *in, const char *name,
         struct cd_buf *out, int depth)
{
    cd_buf_printf(out, "%s(", name);
    put_operand(x, s, in->a, out, depth);
    cd_buf_putc(out, ')');
}

static void
put_prefix(const struct cd_explainer *x, struct cd_spot s, const struct cd_insn *in,
           const char *word, struct cd_buf *out, int depth)
{
    cd_buf_puts(out, word);
    put_operand(x, s, in->a, out, depth);
}

static void
put_matches(const struct cd_explainer *x, struct cd_spot s, const struct cd_insn *in,
            struct cd_buf *out, int depth)
{
    put_operand(x, s, in->a, out, depth);
    cd_buf_puts(out, " matches ");
    cd_buf_json_str(out, cd_image_str(x->e->img, in->b));
}

/* `row -> Type`. */
static void
put_follow(const struct cd_explainer *x, struct cd_spot s, const struct cd_insn *in,
           struct cd_buf *out, int depth)
{
    const struct cd_image *img = x->e->img;
    put_operand(x, s, in->a, out, depth);
    cd_buf_printf(out, " -> %.*s", CD_FMT(cd_image_str(img, img->shapes.items[in->c].name)));
}

/* `value.member` of json. */
static void
put_json_member(const struct cd_explainer *x, struct cd_spot s, const struct cd_insn *in,
                struct cd_buf *out, int depth)
{
    put_operand(x, s, in->a, out, depth);
    cd_buf_putc(out, '.');
    put_operand(x, s, in->b, out, depth);
}

static void
put_arn_part(const struct cd_explainer *x, struct cd_spot s, const struct cd_insn *in,
             struct cd_buf *out, int depth)
{
    put_operand(x, s, in->a, out, depth);
    cd_buf_printf(out, ".%s", part_names[in->b]);
}

/* The type of SHAPE; CD_NONE: of any resource. */
static void
put_shape(const struct cd_explainer *x, uint32_t shape, struct cd_buf *out)
{
    const struct cd_image *img = x->e->img;
    cd_buf_str(out, shape == CD_NONE ? CD_STR("resource")
                                     : cd_image_str(img, img->shapes.items[shape].name));
}

/* The loop that opens DOMAIN. */
static const struct cd_insn *
loop_of(const struct cd_eval *e, uint32_t domain)
{
    for (size_t pc = 0; pc < e->img->code.n; pc++) {
        const struct cd_insn *in = &e->img->code.items[pc];
        if ((in->op == CD_OP_LOOP || in->op == CD_OP_PROBE) && in->b == domain) {
            return in;
        }
    }
    return NULL;
}

/* The collection that the loop of DOMAIN goes through. */
static void
put_source(const struct cd_explainer *x, struct cd_spot s, uint32_t domain, struct cd_buf *out,
           int depth)
{
    const struct cd_image *img = x->e->img;
    const struct cd_insn *loop = loop_of(x->e, domain);
    if (loop && loop->op == CD_OP_LOOP) {
        put_operand(x, s, loop->a, out, depth);
    } else if (loop) {
        cd_buf_str(out,
                   cd_image_str(img, img->shapes.items[img->indexes.items[loop->c].shape].name));
    }
}

/* `count x in xs {…}` and its like: the word and what it goes through. */
static void
put_reduction(const struct cd_explainer *x, struct cd_spot s, const struct cd_insn *in,
              const char *word, struct cd_buf *out, int depth)
{
    const struct cd_image *img = x->e->img;
    uint32_t domain = img->regs.items[in->a].domain;
    uint32_t name = img->domains.items[domain].name;
    cd_buf_puts(out, word);
    if (name != CD_NONE) {
        cd_buf_printf(out, " %.*s in ", CD_FMT(cd_image_str(img, name)));
    } else {
        cd_buf_putc(out, ' ');
    }
    put_source(x, s, domain, out, depth);
    cd_buf_puts(out, " {…}");
}

/* `xs[*].P`, or `{e for x in xs}`. */
static void
put_each(const struct cd_explainer *x, struct cd_spot s, const struct cd_insn *in,
         struct cd_buf *out, int depth)
{
    const struct cd_image *img = x->e->img;
    uint32_t domain = img->regs.items[in->a].domain;
    uint32_t name = img->domains.items[domain].name;
    if (name == CD_NONE) {
        put_operand(x, s, in->a, out, depth);
        return;
    }
    cd_buf_putc(out, '{');
    put_operand(x, s, in->a, out, depth);
    cd_buf_printf(out, " for %.*s in ", CD_FMT(cd_image_str(img, name)));
    put_source(x, s, domain, out, depth);
    cd_buf_putc(out, '}');
}

static void
put_variable(const struct cd_explainer *x, struct cd_spot s, const struct cd_insn *in,
             struct cd_buf *out, int depth)
{
    const struct cd_image *img = x->e->img;
    uint32_t name = img->domains.items[in->b].name;
    if (name != CD_NONE) {
        cd_buf_str(out, cd_image_str(img, name));
        return;
    }
    put_operand(x, s, in->a, out, depth);
    cd_buf_puts(out, "[*]");
}

/* A constant key stands in quotes, as one writes it. */
static void
put_index(const struct cd_explainer *x, struct cd_spot s, struct cd_buf *out, int depth)
{
    const struct cd_insn *in = cd_spot_def(x->e, &s);
    const struct cd_vec *v = cd_spot_vec(x->e, s);
    if (in && in->op == CD_OP_CONST && v && v->kind == CD_KIND_STRING
        && v->state[s.lane] == CD_KNOWN) {
        cd_buf_json_str(out, cd_vm_text(x->e, v->v.u32[s.lane]));
    } else {
        cd_explain_expr(x, s, out, depth + 1);
    }
}

static void
put_indexed(const struct cd_explainer *x, struct cd_spot s, const struct cd_insn *in,
            struct cd_buf *out, int depth)
{
    put_operand(x, s, in->a, out, depth);
    cd_buf_putc(out, '[');
    put_index(x, cd_spot_at(s, in->b), out, depth);
    cd_buf_putc(out, ']');
}

static void
put_param(const struct cd_explainer *x, const struct cd_insn *in, struct cd_buf *out)
{
    struct cd_str name = cd_image_str(x->e->img, x->e->img->params.items[in->a].name);
    size_t dot = name.n;
    while (dot > 0 && name.p[dot - 1] != '.') {
        dot--;
    }
    cd_buf_str(out, cd_str_sub(name, dot, name.n));
}

/* `denies(document, requests)`. */
static void
put_question(const struct cd_explainer *x, struct cd_spot s, const struct cd_insn *in,
             const char *name, struct cd_buf *out, int depth)
{
    cd_buf_printf(out, "%s(", name);
    put_operand(x, s, in->a, out, depth);
    cd_buf_puts(out, ", ");
    put_operand(x, s, in->b, out, depth);
    cd_buf_putc(out, ')');
}

/* A row an opcode. */
void
cd_explain_expr(const struct cd_explainer *x, struct cd_spot s, struct cd_buf *out, int depth)
{
    const struct cd_image *img = x->e->img;
    const struct cd_insn *in = cd_spot_def(x->e, &s);
    if (!in || depth > EXPR_DEPTH || out->n > EXPR_LENGTH) {
        cd_buf_puts(out, "…");
        return;
    }
    switch ((enum cd_op)in->op) {
    case CD_OP_CONST: put_result(x, s, out); return;
    case CD_OP_PARAM: put_param(x, in, out); return;
    case CD_OP_UNKNOWN: cd_buf_str(out, cd_image_str(img, in->a)); return;
    case CD_OP_TABLE: put_shape(x, in->a, out); return;
    case CD_OP_ROOT: cd_buf_str(out, cd_image_str(img, x->variable)); return;
    case CD_OP_LOOP:
    case CD_OP_PROBE: put_variable(x, s, in, out, depth); return;
    case CD_OP_ALL: put_reduction(x, s, in, "all", out, depth); return;
    case CD_OP_ANY: put_reduction(x, s, in, "any", out, depth); return;
    case CD_OP_COUNT: put_reduction(x, s, in, "count", out, depth); return;
    case CD_OP_COLLECT:
    case CD_OP_MAPEACH: put_each(x, s, in, out, depth); return;
    case CD_OP_ENV: put_member(x, s, in->a, cd_str_of(env_names[in->b]), out, depth); return;
    case CD_OP_FIELD: put_field(x, s, in, out, depth); return;
    case CD_OP_MAPGET:
    case CD_OP_AT:
    case CD_OP_JAT: put_indexed(x, s, in, out, depth); return;
    case CD_OP_JGET: put_json_member(x, s, in, out, depth); return;
    case CD_OP_FOLLOW: put_follow(x, s, in, out, depth); return;
    case CD_OP_EQ: put_infix(x, s, in, "==", out, depth); return;
    case CD_OP_LT: put_infix(x, s, in, "<", out, depth); return;
    case CD_OP_LE: put_infix(x, s, in, "<=", out, depth); return;
    case CD_OP_IN: put_infix(x, s, in, "in", out, depth); return;
    case CD_OP_LIKE:
    case CD_OP_ARNLIKE: put_infix(x, s, in, "like", out, depth); return;
    case CD_OP_WITHIN: put_infix(x, s, in, "within", out, depth); return;
    case CD_OP_MATCHES: put_matches(x, s, in, out, depth); return;
    case CD_OP_AND: put_infix(x, s, in, "and", out, depth); return;
    case CD_OP_OR: put_infix(x, s, in, "or", out, depth); return;
    case CD_OP_NOT: put_prefix(x, s, in, "not ", out, depth); return;
    case CD_OP_ISABSENT: put_prefix(x, s, in, "absent ", out, depth); return;
    case CD_OP_NEG: put_prefix(x, s, in, "-", out, depth); return;
    case CD_OP_ADD:
    case CD_OP_UNION:
    case CD_OP_APPEND: put_infix(x, s, in, "+", out, depth); return;
    case CD_OP_SUB:
    case CD_OP_MINUS: put_infix(x, s, in, "-", out, depth); return;
    case CD_OP_SIZE: put_call(x, s, in, "size", out, depth); return;
    case CD_OP_TONUMBER: put_call(x, s, in, "number", out, depth); return;
    case CD_OP_TOARN: put_call(x, s, in, "arn", out, depth); return;
    case CD_OP_CAPTURE: put_call(x, s, in, "capture", out, depth); return;
    case CD_OP_ARNPART: put_arn_part(x, s, in, out, depth); return;
    case CD_OP_OBSERVE:
    case CD_OP_JAS:
    case CD_OP_UNIQ:
    case CD_OP_FLATTEN:
    case CD_OP_QUOTE: put_operand(x, s, in->a, out, depth); return;
    case CD_OP_KEY: cd_buf_str(out, cd_image_str(img, in->a)); return;
    case CD_OP_WHENIS: put_operand(x, s, in->a, out, depth); return;
    case CD_OP_WHENKEY:
    case CD_OP_WHENJOIN:
    case CD_OP_WHENEACH: cd_explain_when(x, s, in, out, depth); return;
    case CD_OP_REQUESTS: cd_explain_requests(x, s, in, out, depth); return;
    case CD_OP_CAN: put_question(x, s, in, "can", out, depth); return;
    case CD_OP_ALLOWS: put_question(x, s, in, "allows", out, depth); return;
    case CD_OP_DENIES: put_question(x, s, in, "denies", out, depth); return;
    case CD_OP_BECOMES: put_question(x, s, in, "becomes", out, depth); return;
    case CD_OP_IF:
    case CD_OP_LIST1:
    case CD_OP_CONCAT:
    case CD_OP_TOSTRING: put_result(x, s, out); return;
    case CD_OP_BCAST:
    case CD_OP_ENDLOOP:
    case CD_OP_CHECK:
    case CD_OP_VERDICT:
    case CD_OP_MESSAGE:
    case CD_OP_FIRE:
    case CD_OP_ASKED:
    case CD_N_OPS: return;
    }
}
