/* The graph: nodes, constants and loops, each made once. */
#include <assert.h>
#include <setjmp.h>
#include <string.h>

#include "compiler/plan/plan.h"
#include "runtime/schema/schema.h"

#define FIRST_SLOTS 1024u

_Static_assert(CD_SCHEMA_NONE == CD_NONE,
               "`resource` is no shape in the schema and in images alike");

void
cd_plan_init(struct cd_plan *p, struct cd_arena *arena, struct cd_types *types)
{
    assert(arena->on_oom);
    *p = (struct cd_plan){.arena = arena, .types = types, .request = CD_NONE};
    cd_map_init(&p->const_ids);
    cd_map_init(&p->string_ids);
    cd_map_init(&p->domain_ids);
    cd_map_init(&p->index_ids);
    cd_map_init(&p->lets);
    p->slots = CD_NEW_ARRAY(arena, FIRST_SLOTS, uint32_t);
    p->slot_mask = FIRST_SLOTS - 1;
    *CD_PUSH(arena, p->domains.items, p->domains.n, p->domains.cap) = (struct cd_plan_domain){
        .kind = CD_DOMAIN_GLOBAL, .parent = CD_NONE, .member = CD_NONE, .shape = CD_NONE};
}

void
cd_plan_finish(struct cd_plan *p)
{
    cd_map_finish(&p->const_ids);
    cd_map_finish(&p->string_ids);
    cd_map_finish(&p->domain_ids);
    cd_map_finish(&p->index_ids);
    cd_map_finish(&p->lets);
    cd_buf_finish(&p->key);
}

static void
remember(struct cd_plan *p, struct cd_map *map, struct cd_str key, uint32_t value)
{
    if (!cd_map_put(map, key, value)) {
        longjmp(*p->arena->on_oom, 1);
    }
}

/* ---- nodes ---- */

static uint32_t
hash_of(const struct cd_plan_node *n)
{
    uint64_t h = (uint64_t)n->op * 0x9E3779B97F4A7C15u;
    h = (h ^ n->a) * 0xC2B2AE3D27D4EB4Fu;
    h = (h ^ (h >> 29) ^ n->b) * 0x165667B19E3779F9u;
    h = (h ^ (h >> 31) ^ n->c) * 0x9E3779B97F4A7C15u;
    return (uint32_t)(h >> 32);
}

static bool
equal(const struct cd_plan_node *x, const struct cd_plan_node *y)
{
    return x->op == y->op && x->a == y->a && x->b == y->b && x->c == y->c && x->type == y->type;
}

static uint32_t *
slot_of(struct cd_plan *p, const struct cd_plan_node *n)
{
    uint32_t i = hash_of(n) & p->slot_mask;
    while (p->slots[i] != 0 && !equal(&p->nodes.items[p->slots[i] - 1], n)) {
        i = (i + 1) & p->slot_mask;
    }
    return &p->slots[i];
}

static void
grow_slots(struct cd_plan *p)
{
    p->slot_mask = p->slot_mask * 2 + 1;
    p->slots = CD_NEW_ARRAY(p->arena, (size_t)p->slot_mask + 1, uint32_t);
    for (uint32_t i = 0; i < p->nodes.n; i++) {
        *slot_of(p, &p->nodes.items[i]) = i + 1;
    }
}

static uint32_t
add_node(struct cd_plan *p, struct cd_plan_node n)
{
    uint32_t *slot = slot_of(p, &n);
    if (*slot != 0) {
        return *slot - 1;
    }
    *CD_PUSH(p->arena, p->nodes.items, p->nodes.n, p->nodes.cap) = n;
    *slot = (uint32_t)p->nodes.n;
    if (p->nodes.n > p->slot_mask / 2) {
        grow_slots(p);
    }
    return (uint32_t)p->nodes.n - 1;
}

static void
operand(enum cd_operand kind, uint32_t value, uint32_t out[3], unsigned *n)
{
    if ((kind == CD_OPERAND_REG || kind == CD_OPERAND_OPTREG) && value != CD_NONE) {
        out[(*n)++] = value;
    }
}

void
cd_plan_operands(const struct cd_plan_node *n, uint32_t out[3])
{
    const struct cd_opinfo *info = &cd_opinfo[n->op];
    unsigned count = 0;
    operand(info->a, n->a, out, &count);
    operand(info->b, n->b, out, &count);
    operand(info->c, n->c, out, &count);
    while (count < 3) {
        out[count++] = CD_NONE;
    }
}

bool
cd_plan_is_inside(const struct cd_plan *p, uint32_t inner, uint32_t outer)
{
    while (p->domains.items[inner].depth > p->domains.items[outer].depth) {
        inner = p->domains.items[inner].parent;
    }
    return inner == outer;
}

uint32_t
cd_plan_deeper(const struct cd_plan *p, uint32_t x, uint32_t y)
{
    uint32_t deeper = p->domains.items[x].depth >= p->domains.items[y].depth ? x : y;
    assert(cd_plan_is_inside(p, deeper, deeper == x ? y : x));
    return deeper;
}

bool
cd_plan_is_reduction(enum cd_op op)
{
    return op == CD_OP_ALL || op == CD_OP_ANY || op == CD_OP_COUNT || op == CD_OP_COLLECT
           || op == CD_OP_MAPEACH;
}

uint32_t
cd_plan_node(struct cd_plan *p, enum cd_op op, const struct cd_type *type, uint32_t a, uint32_t b,
             uint32_t c)
{
    struct cd_plan_node n = {.op = op, .a = a, .b = b, .c = c, .type = type};
    if (op == CD_OP_KEY || op == CD_OP_ASKED) {
        n.domain = cd_plan_request(p);
    } else if (cd_plan_is_reduction(op)) {
        n.domain = p->domains.items[c].parent;
    } else {
        uint32_t reads[3];
        cd_plan_operands(&n, reads);
        for (unsigned i = 0; i < 3 && reads[i] != CD_NONE; i++) {
            n.domain = cd_plan_deeper(p, n.domain, p->nodes.items[reads[i]].domain);
        }
    }
    return add_node(p, n);
}

/* ---- constants, strings, indexes ---- */

uint32_t
cd_plan_string(struct cd_plan *p, struct cd_str s)
{
    uint32_t id;
    if (cd_map_get(&p->string_ids, s, &id)) {
        return id;
    }
    id = (uint32_t)p->strings.n;
    struct cd_str copy = cd_arena_str(p->arena, s);
    *CD_PUSH(p->arena, p->strings.items, p->strings.n, p->strings.cap) = copy;
    remember(p, &p->string_ids, copy, id);
    return id;
}

/* Appends what tells VALUE from others of its type. */
static void
put_key(struct cd_buf *out, const struct cd_const *value)
{
    cd_buf_putc(out, (char)('A' + (int)value->kind));
    switch (value->kind) {
    case CD_CONST_ABSENT: break;
    case CD_CONST_BOOL: cd_buf_putc(out, value->boolean ? '1' : '0'); break;
    case CD_CONST_NUMBER: cd_buf_put(out, &value->number, sizeof value->number); break;
    case CD_CONST_STRING:
        cd_buf_put(out, &value->text.n, sizeof value->text.n);
        cd_buf_str(out, value->text);
        break;
    case CD_CONST_TIME:
    case CD_CONST_DURATION: cd_buf_put(out, &value->ms, sizeof value->ms); break;
    case CD_CONST_LIST:
    case CD_CONST_SET:
    case CD_CONST_MAP: cd_buf_put(out, &value->n, sizeof value->n); break;
    }
    for (size_t i = 0; i < value->n; i++) {
        if (value->kind == CD_CONST_MAP) {
            cd_buf_put(out, &value->keys[i].n, sizeof value->keys[i].n);
            cd_buf_str(out, value->keys[i]);
        }
        put_key(out, value->items[i]);
    }
}

uint32_t
cd_plan_const(struct cd_plan *p, const struct cd_type *type, const struct cd_const *value)
{
    cd_buf_clear(&p->key);
    cd_buf_put(&p->key, &type, sizeof type);
    put_key(&p->key, value);
    if (p->key.oom) {
        longjmp(*p->arena->on_oom, 1);
    }
    uint32_t id;
    if (!cd_map_get(&p->const_ids, cd_buf_view(&p->key), &id)) {
        id = (uint32_t)p->consts.n;
        *CD_PUSH(p->arena, p->consts.items, p->consts.n, p->consts.cap) =
            (struct cd_plan_const){type, value};
        remember(p, &p->const_ids, cd_arena_str(p->arena, cd_buf_view(&p->key)), id);
    }
    return add_node(p, (struct cd_plan_node){.op = CD_OP_CONST, .a = id, .type = type});
}

/* A key of N words that lasts. */
static struct cd_str
words_key(struct cd_plan *p, const uint32_t *words, size_t n)
{
    return cd_arena_str(p->arena, (struct cd_str){(const char *)words, n * sizeof *words});
}

uint32_t
cd_plan_index(struct cd_plan *p, uint32_t shape, enum cd_env env, const uint32_t *fields,
              uint32_t n_fields)
{
    uint32_t *words = CD_NEW_ARRAY(p->arena, (size_t)n_fields + 2, uint32_t);
    words[0] = shape;
    words[1] = (uint32_t)env;
    if (n_fields > 0) {
        memcpy(words + 2, fields, n_fields * sizeof *fields);
    }
    struct cd_str key = {(const char *)words, (n_fields + 2) * sizeof *words};
    uint32_t id;
    if (cd_map_get(&p->index_ids, key, &id)) {
        return id;
    }
    id = (uint32_t)p->indexes.n;
    *CD_PUSH(p->arena, p->indexes.items, p->indexes.n, p->indexes.cap) =
        (struct cd_plan_index){shape, env, words + 2, n_fields};
    remember(p, &p->index_ids, key, id);
    return id;
}

/* ---- domains ---- */

static uint32_t
add_domain(struct cd_plan *p, struct cd_plan_domain d)
{
    d.depth = p->domains.items[d.parent].depth + 1;
    *CD_PUSH(p->arena, p->domains.items, p->domains.n, p->domains.cap) = d;
    return (uint32_t)p->domains.n - 1;
}

/* Makes the node of domain ID's members, which is the one node that lies in the domain without
 * reading from it. */
static void
add_member(struct cd_plan *p, uint32_t id, struct cd_plan_node n)
{
    n.domain = id;
    p->domains.items[id].member = add_node(p, n);
}

uint32_t
cd_plan_root(struct cd_plan *p, uint32_t shape)
{
    const uint32_t words[] = {CD_OP_ROOT, shape};
    uint32_t id;
    if (cd_map_get(&p->domain_ids, (struct cd_str){(const char *)words, sizeof words}, &id)) {
        return id;
    }
    id = add_domain(p, (struct cd_plan_domain){.kind = CD_DOMAIN_ROOT, .shape = shape});
    const struct cd_type *type = shape == CD_NONE
                                     ? cd_type_simple(p->types, CD_TYPE_ANY_RESOURCE)
                                     : cd_type_shape(p->types, CD_TYPE_RESOURCE, shape);
    add_member(p, id, (struct cd_plan_node){.op = CD_OP_ROOT, .a = shape, .type = type});
    remember(p, &p->domain_ids, words_key(p, words, CD_ARRAY_LEN(words)), id);
    return id;
}

uint32_t
cd_plan_request(struct cd_plan *p)
{
    if (p->request == CD_NONE) {
        p->request =
            add_domain(p, (struct cd_plan_domain){
                              .kind = CD_DOMAIN_REQUEST, .member = CD_NONE, .shape = CD_NONE});
    }
    return p->request;
}

/* A loop is told from others by where it is, what it goes over, for probes how, and by the name of
 * its variable, so that no finding speaks of a variable of another control. */
static uint32_t
loop(struct cd_plan *p, struct cd_plan_node n, uint32_t parent, struct cd_str name)
{
    const uint32_t words[] = {(uint32_t)n.op, n.a, n.c, parent,
                              name.n > 0 ? cd_plan_string(p, name) : CD_NONE};
    uint32_t id;
    if (cd_map_get(&p->domain_ids, (struct cd_str){(const char *)words, sizeof words}, &id)) {
        return id;
    }
    id = add_domain(p,
                    (struct cd_plan_domain){
                        .kind = CD_DOMAIN_LOOP, .parent = parent, .shape = CD_NONE, .name = name});
    n.b = id;
    add_member(p, id, n);
    remember(p, &p->domain_ids, words_key(p, words, CD_ARRAY_LEN(words)), id);
    return id;
}

uint32_t
cd_plan_loop(struct cd_plan *p, uint32_t list, uint32_t parent, const struct cd_type *type,
             struct cd_str name)
{
    return loop(p, (struct cd_plan_node){.op = CD_OP_LOOP, .a = list, .type = type}, parent, name);
}

uint32_t
cd_plan_probe(struct cd_plan *p, uint32_t key, uint32_t index, uint32_t parent,
              const struct cd_type *type, struct cd_str name)
{
    return loop(p, (struct cd_plan_node){.op = CD_OP_PROBE, .a = key, .c = index, .type = type},
                parent, name);
}

/* ---- what is needed ---- */

uint8_t
cd_plan_use_of(enum cd_op effect)
{
    return effect == CD_OP_MESSAGE ? CD_FOR_MESSAGES
           : effect == CD_OP_FIRE  ? CD_FOR_DENIES
                                   : CD_FOR_VERDICTS;
}

/* An effect reads nodes like an instruction. */
static void
mark_effect(const struct cd_plan_effect *e, uint8_t *uses)
{
    const struct cd_plan_node n = {.op = e->op, .a = e->a, .b = e->b, .c = e->c};
    uint32_t reads[3];
    cd_plan_operands(&n, reads);
    for (unsigned i = 0; i < 3 && reads[i] != CD_NONE; i++) {
        uses[reads[i]] |= cd_plan_use_of(e->op);
    }
}

uint8_t *
cd_plan_uses(const struct cd_plan *p)
{
    uint8_t *uses = CD_NEW_ARRAY(p->arena, p->nodes.n, uint8_t);
    for (size_t i = 0; i < p->effects.n; i++) {
        mark_effect(&p->effects.items[i], uses);
    }
    for (size_t i = p->nodes.n; i-- > 0;) {
        const struct cd_plan_node *n = &p->nodes.items[i];
        uint32_t reads[3];
        cd_plan_operands(n, reads);
        for (unsigned k = 0; k < 3 && reads[k] != CD_NONE; k++) {
            uses[reads[k]] |= uses[i];
        }
        if (cd_plan_is_reduction(n->op)) {
            uses[p->domains.items[n->c].member] |= uses[i];
        }
    }
    return uses;
}
