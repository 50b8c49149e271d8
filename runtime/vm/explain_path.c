/* Where in the source a value was read: from the register back to the property, and up the columns
 * to the resource. */
#include "runtime/vm/explain.h"

#define PATH_DEPTH 48
#define MAX_STEPS 64u
#define MAX_VISITS 2000u /* of registers, which may be shared many times over */

/* A path that is being collected. */
struct trail {
    const struct cd_explainer *x;
    uint32_t table, row;
    bool is_envelope;
    bool ended; /* a reference was followed: what comes behind it stands in another resource */
    struct cd_path_step steps[MAX_STEPS];
    size_t n;
    unsigned visited;
    struct cd_spot read;
};

static void
push(struct trail *t, struct cd_path_step step)
{
    if (t->n < MAX_STEPS && !t->ended) {
        t->steps[t->n++] = step;
    }
}

/* ---- from a row up to its resource ---- */

static struct cd_path_step
step_of(const struct cd_snapshot *s, const struct cd_node *n, uint32_t row, uint32_t *up)
{
    const struct cd_node *parent = s->nodes[n->parent];
    *up = row;
    if (parent->kind == CD_NODE_RECORD) {
        return (struct cd_path_step){cd_node_slot_name(s, parent, n->slot), CD_NONE, false};
    }
    *up = cd_node_holder(parent, row);
    if (parent->kind == CD_NODE_MAP) {
        struct cd_str key = n->key ? cd_intern_str(&s->dict, n->key[row]) : CD_STR("");
        return (struct cd_path_step){key, CD_NONE, true};
    }
    uint32_t place = n->place ? n->place[row] : *up == CD_NONE ? 0 : row - parent->off[*up];
    return (struct cd_path_step){CD_STR(""), place, false};
}

/* The steps from the resource to a row of one of its nodes; false if it belongs to none. */
static bool
climb(struct trail *t, cd_rowref r)
{
    const struct cd_snapshot *s = t->x->e->s;
    struct cd_path_step back[MAX_STEPS];
    size_t n = 0;
    if (cd_rowref_node(r) == CD_CONST_MAP) {
        return false;
    }
    cd_snapshot_owner(s, r, &t->table, &t->row);
    if (t->table == CD_NONE) {
        return false;
    }
    const struct cd_node *node = s->nodes[cd_rowref_node(r)];
    uint32_t row = cd_rowref_row(r);
    while (node->parent != CD_NONE && row != CD_NONE && n < MAX_STEPS) {
        back[n++] = step_of(s, node, row, &row);
        node = s->nodes[node->parent];
    }
    if (node->kind == CD_NODE_MAP) { /* the tags stand in the envelope */
        push(t, (struct cd_path_step){CD_STR("tags"), CD_NONE, false});
        t->is_envelope = true;
    }
    while (n > 0) {
        push(t, back[--n]);
    }
    return true;
}

/* ---- from a register back to what was read ---- */

static bool walk(struct trail *t, struct cd_spot s, int depth);

static bool
walk_operand(struct trail *t, struct cd_spot s, uint32_t reg, int depth)
{
    return walk(t, cd_spot_at(s, reg), depth + 1);
}

/* The row's own path if it is certain whose it is. */
static bool
walk_row(struct trail *t, struct cd_spot s)
{
    const struct cd_vec *v = cd_spot_vec(t->x->e, s);
    return v && (v->kind == CD_KIND_ROW || v->kind == CD_KIND_MAP) && v->state[s.lane] == CD_KNOWN
           && climb(t, v->v.u64[s.lane]);
}

/* A property of a row: the row's path and its name. */
static bool
walk_named(struct trail *t, struct cd_spot s, uint32_t row, struct cd_path_step step, int depth)
{
    if (!walk_operand(t, s, row, depth)) {
        return false;
    }
    if (!t->ended) {
        push(t, step);
        t->read = s;
    }
    return true;
}

static struct cd_path_step
named(struct cd_str name, bool is_key)
{
    return (struct cd_path_step){name, CD_NONE, is_key};
}

static struct cd_str
field_name(const struct cd_image *img, const struct cd_insn *in)
{
    uint32_t shape = img->types.items[img->regs.items[in->a].type].shape;
    return cd_image_str(img, img->fields.items[img->shapes.items[shape].first_field + in->b].name);
}

/* The known string of a register, empty if it is none. */
static struct cd_str
string_at(const struct cd_explainer *x, struct cd_spot s)
{
    cd_spot_def(x->e, &s);
    const struct cd_vec *v = cd_spot_vec(x->e, s);
    bool known = v && v->kind == CD_KIND_STRING && v->state[s.lane] == CD_KNOWN;
    return known ? cd_vm_text(x->e, v->v.u32[s.lane]) : CD_STR("");
}

static bool
walk_env(struct trail *t, struct cd_spot s, const struct cd_insn *in, int depth)
{
    static const char *const names[CD_N_ENV] = {"id",     "arn",     "type", "partition",
                                                "region", "account", "tags", "captured"};
    if (!walk_operand(t, s, in->a, depth)) {
        return false;
    }
    if (!t->ended) {
        t->is_envelope = true;
        push(t, named(cd_str_of(names[in->b]), false));
        t->read = s;
    }
    return true;
}

/* The place in the source of member K of a list property, members that are absent or unknown not
 * counted. */
static uint32_t
place_of_member(struct trail *t, struct cd_spot list, uint32_t k)
{
    const struct cd_eval *e = t->x->e;
    const struct cd_insn *def = cd_spot_def(e, &list);
    const struct cd_vec *rows =
        def && def->op == CD_OP_FIELD ? cd_spot_vec(e, cd_spot_at(list, def->a)) : NULL;
    if (!rows || rows->state[list.lane] != CD_KNOWN) {
        return k;
    }
    const struct cd_node *record = e->s->nodes[cd_rowref_node(rows->v.u64[list.lane])];
    const struct cd_node *n = def->b < record->n_child ? record->child[def->b] : NULL;
    uint32_t row = cd_rowref_row(rows->v.u64[list.lane]);
    if (cd_node_state(n, row) != CD_KNOWN || n->kind != CD_NODE_LIST || !n->child[0]) {
        return k;
    }
    const struct cd_node *elem = n->child[0];
    for (uint32_t i = 0; i < n->len[row]; i++) {
        uint32_t at = n->off[row] + i;
        if (cd_node_state(elem, at) == CD_KNOWN && k-- == 0) {
            return elem->place ? elem->place[at] : i;
        }
    }
    return 0;
}

/* A member of a list that is no row of a resource: the list's path, and the place. */
static bool
walk_member(struct trail *t, struct cd_spot s, const struct cd_insn *in, int depth)
{
    if (!s.frame->parent || in->op != CD_OP_LOOP) {
        return false;
    }
    struct cd_spot list = {s.frame->parent, in->a, s.frame->up[s.lane]};
    const struct cd_vec *v = cd_spot_vec(t->x->e, list);
    if (!walk(t, list, depth + 1)) {
        return false;
    }
    if (v && !t->ended) {
        push(t, (struct cd_path_step){
                    CD_STR(""), place_of_member(t, list, s.frame->idx[s.lane] - v->off[list.lane]),
                    false});
        t->read = s;
    }
    return true;
}

static bool
walk_element(struct trail *t, struct cd_spot s, const struct cd_insn *in, int depth)
{
    struct cd_spot list = cd_spot_at(s, in->a);
    struct cd_spot at = cd_spot_at(s, in->b);
    cd_spot_def(t->x->e, &at);
    const struct cd_vec *place = cd_spot_vec(t->x->e, at);
    if (!walk(t, list, depth + 1)) {
        return false;
    }
    if (place && place->kind == CD_KIND_NUMBER && place->state[at.lane] == CD_KNOWN
        && place->v.f64[at.lane] >= 0 && place->v.f64[at.lane] < 1e6 && !t->ended) {
        uint32_t k = (uint32_t)place->v.f64[at.lane];
        push(t, (struct cd_path_step){CD_STR(""),
                                      in->op == CD_OP_AT ? place_of_member(t, list, k) : k, false});
        t->read = s;
    }
    return true;
}

/* The reduction of a loop speaks of what the loop goes through. */
static bool
walk_source(struct trail *t, struct cd_spot s, const struct cd_insn *in, int depth)
{
    const struct cd_eval *e = t->x->e;
    uint32_t domain = e->img->regs.items[in->a].domain;
    for (size_t pc = 0; pc < e->img->code.n; pc++) {
        const struct cd_insn *loop = &e->img->code.items[pc];
        if ((loop->op == CD_OP_LOOP || loop->op == CD_OP_PROBE) && loop->b == domain) {
            return walk_operand(t, s, loop->a, depth);
        }
    }
    return false;
}

/* A reference rests on the property that it follows. */
static bool
walk_reference(struct trail *t, struct cd_spot s, const struct cd_insn *in, int depth)
{
    bool reads = walk_operand(t, s, in->a, depth);
    t->ended = t->ended || reads;
    return reads;
}

/* The first operand that reads something. */
static bool
walk_first(struct trail *t, struct cd_spot s, const struct cd_insn *in, int depth)
{
    return walk_operand(t, s, in->a, depth) || walk_operand(t, s, in->b, depth);
}

/* A row an opcode. */
static bool
walk(struct trail *t, struct cd_spot s, int depth)
{
    const struct cd_insn *in = cd_spot_def(t->x->e, &s);
    if (!in || depth > PATH_DEPTH || ++t->visited > MAX_VISITS) {
        return false;
    }
    switch ((enum cd_op)in->op) {
    case CD_OP_ROOT: t->read = s; return walk_row(t, s);
    case CD_OP_LOOP:
    case CD_OP_PROBE: t->read = s; return walk_row(t, s) || walk_member(t, s, in, depth);
    case CD_OP_ENV: return walk_env(t, s, in, depth);
    case CD_OP_FIELD:
        return walk_named(t, s, in->a, named(field_name(t->x->e->img, in), false), depth);
    case CD_OP_MAPGET:
    case CD_OP_JGET:
        return walk_named(t, s, in->a, named(string_at(t->x, cd_spot_at(s, in->b)), true), depth);
    case CD_OP_AT:
    case CD_OP_JAT: return walk_element(t, s, in, depth);
    case CD_OP_FOLLOW: return walk_reference(t, s, in, depth);
    case CD_OP_ALL:
    case CD_OP_ANY:
    case CD_OP_COUNT:
    case CD_OP_COLLECT:
    case CD_OP_MAPEACH: return walk_source(t, s, in, depth);
    case CD_OP_JAS:
    case CD_OP_UNIQ:
    case CD_OP_FLATTEN:
    case CD_OP_LIST1:
    case CD_OP_SIZE:
    case CD_OP_QUOTE:
    case CD_OP_TOSTRING:
    case CD_OP_TONUMBER:
    case CD_OP_TOARN:
    case CD_OP_ARNPART:
    case CD_OP_CAPTURE:
    case CD_OP_NEG:
    case CD_OP_NOT:
    case CD_OP_OBSERVE:
    case CD_OP_MATCHES:
    case CD_OP_WHENIS:
    case CD_OP_CAN:
    case CD_OP_ALLOWS:
    case CD_OP_DENIES:
    case CD_OP_BECOMES:
    case CD_OP_ISABSENT: return walk_operand(t, s, in->a, depth);
    case CD_OP_EQ:
    case CD_OP_LT:
    case CD_OP_LE:
    case CD_OP_IN:
    case CD_OP_LIKE:
    case CD_OP_ARNLIKE:
    case CD_OP_WITHIN:
    case CD_OP_AND:
    case CD_OP_OR:
    case CD_OP_ADD:
    case CD_OP_SUB:
    case CD_OP_UNION:
    case CD_OP_MINUS:
    case CD_OP_APPEND:
    case CD_OP_CONCAT: return walk_first(t, s, in, depth);
    case CD_OP_IF:
        return walk_operand(t, s, in->b, depth) || walk_operand(t, s, in->c, depth)
               || walk_operand(t, s, in->a, depth);
    case CD_OP_CONST:
    case CD_OP_PARAM:
    case CD_OP_UNKNOWN:
    case CD_OP_TABLE:
    case CD_OP_BCAST:
    case CD_OP_ENDLOOP:
    case CD_OP_KEY:
    case CD_OP_WHENKEY:
    case CD_OP_WHENJOIN:
    case CD_OP_WHENEACH:
    case CD_OP_REQUESTS:
    case CD_OP_CHECK:
    case CD_OP_VERDICT:
    case CD_OP_MESSAGE:
    case CD_OP_FIRE:
    case CD_OP_ASKED:
    case CD_N_OPS: return false;
    }
    return false;
}

bool
cd_explain_path(const struct cd_explainer *x, struct cd_spot s, struct cd_buf *path,
                struct cd_explained_read *read)
{
    struct trail t = {.x = x, .table = CD_NONE};
    if (!walk(&t, s, 0) || t.table == CD_NONE) {
        return false;
    }
    cd_ingest_source_path(x->e->s, t.table, t.row, t.is_envelope, t.steps, t.n, path);
    *read = (struct cd_explained_read){t.read, t.table, t.row};
    return true;
}
