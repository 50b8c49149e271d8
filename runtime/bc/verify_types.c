/* Verification of types: what each opcode takes and gives. Operands are in range already. */
#include "runtime/bc/verify.h"

/* The instruction that is looked at, with the types of its registers. */
struct typed {
    const struct cd_image *img;
    const struct cd_insn *in;
    uint32_t d, a, b, c; /* types; CD_NONE where the operand is no register */
};

static bool
is_kind(const struct typed *t, uint32_t type, enum cd_kind kind)
{
    return t->img->types.items[type].kind == (uint32_t)kind;
}

static bool
agree(const struct typed *t, uint32_t x, uint32_t y)
{
    return cd_types_agree(t->img, x, y);
}

static uint32_t
elem_of(const struct typed *t, uint32_t type)
{
    return t->img->types.items[type].elem;
}

static bool
is_list(const struct typed *t, uint32_t type, bool set)
{
    return is_kind(t, type, CD_KIND_LIST) && t->img->types.items[type].is_set == (uint32_t)set;
}

static bool
is_list_of(const struct typed *t, uint32_t type, uint32_t elem)
{
    return is_kind(t, type, CD_KIND_LIST) && agree(t, elem_of(t, type), elem);
}

static bool
is_list_of_kind(const struct typed *t, uint32_t type, enum cd_kind kind)
{
    return is_kind(t, type, CD_KIND_LIST) && is_kind(t, elem_of(t, type), kind);
}

/* A row of the table SHAPE (CD_NONE: of several). */
static bool
is_row(const struct typed *t, uint32_t type, uint32_t shape)
{
    return is_kind(t, type, CD_KIND_ROW) && t->img->types.items[type].shape == shape;
}

/* A row that has an envelope. */
static bool
is_resource(const struct typed *t, uint32_t type)
{
    const struct cd_value_type *v = &t->img->types.items[type];
    return v->kind == CD_KIND_ROW
           && (v->shape == CD_NONE || t->img->shapes.items[v->shape].is_table);
}

static bool
is_condition(const struct typed *t, uint32_t type)
{
    return type == CD_NONE || is_kind(t, type, CD_KIND_BOOL);
}

static bool
env_holds(const struct typed *t)
{
    if (!is_resource(t, t->a)) {
        return false;
    }
    if (t->in->b == CD_ENVOP_TAGS) {
        return is_kind(t, t->d, CD_KIND_MAP) && is_kind(t, elem_of(t, t->d), CD_KIND_STRING);
    }
    return is_kind(t, t->d, t->in->b == CD_ENVOP_CAPTURED ? CD_KIND_TIME : CD_KIND_STRING);
}

static bool
field_holds(const struct typed *t)
{
    const struct cd_shape *s = &t->img->shapes.items[t->img->types.items[t->a].shape];
    return agree(t, t->d, t->img->fields.items[s->first_field + t->in->b].type);
}

/* What a json value can be read as. */
static bool
json_target_holds(const struct typed *t)
{
    uint32_t type = t->d;
    if (is_kind(t, type, CD_KIND_LIST) || is_kind(t, type, CD_KIND_MAP)) {
        type = elem_of(t, type);
    }
    return is_kind(t, type, CD_KIND_BOOL) || is_kind(t, type, CD_KIND_NUMBER)
           || is_kind(t, type, CD_KIND_STRING) || is_kind(t, type, CD_KIND_TIME)
           || is_kind(t, type, CD_KIND_JSON);
}

static bool
ordered(const struct typed *t)
{
    return agree(t, t->a, t->b)
           && (is_kind(t, t->a, CD_KIND_NUMBER) || is_kind(t, t->a, CD_KIND_TIME)
               || is_kind(t, t->a, CD_KIND_DURATION));
}

/* A string, matched against a pattern or any of a collection of them. */
static bool
pattern_holds(const struct typed *t)
{
    return is_kind(t, t->a, CD_KIND_STRING)
           && (is_kind(t, t->b, CD_KIND_STRING) || is_list_of_kind(t, t->b, CD_KIND_STRING));
}

static bool
sum_holds(const struct typed *t, enum cd_kind a, enum cd_kind b, enum cd_kind d)
{
    return is_kind(t, t->a, a) && is_kind(t, t->b, b) && is_kind(t, t->d, d);
}

static bool
add_holds(const struct typed *t)
{
    return sum_holds(t, CD_KIND_NUMBER, CD_KIND_NUMBER, CD_KIND_NUMBER)
           || sum_holds(t, CD_KIND_TIME, CD_KIND_DURATION, CD_KIND_TIME)
           || sum_holds(t, CD_KIND_DURATION, CD_KIND_TIME, CD_KIND_TIME)
           || sum_holds(t, CD_KIND_DURATION, CD_KIND_DURATION, CD_KIND_DURATION);
}

static bool
sub_holds(const struct typed *t)
{
    return sum_holds(t, CD_KIND_NUMBER, CD_KIND_NUMBER, CD_KIND_NUMBER)
           || sum_holds(t, CD_KIND_TIME, CD_KIND_TIME, CD_KIND_DURATION)
           || sum_holds(t, CD_KIND_TIME, CD_KIND_DURATION, CD_KIND_TIME)
           || sum_holds(t, CD_KIND_DURATION, CD_KIND_DURATION, CD_KIND_DURATION);
}

static bool
flatten_holds(const struct typed *t)
{
    return is_list(t, t->d, false) && is_kind(t, t->a, CD_KIND_LIST)
           && is_list_of(t, elem_of(t, t->a), elem_of(t, t->d));
}

static bool
key_holds(const struct typed *t)
{
    return is_kind(t, t->d, CD_KIND_BOOL) || is_kind(t, t->d, CD_KIND_NUMBER)
           || is_kind(t, t->d, CD_KIND_STRING) || is_kind(t, t->d, CD_KIND_TIME)
           || is_list_of_kind(t, t->d, CD_KIND_STRING);
}

static bool
pattern_or_set(const struct typed *t, uint32_t type)
{
    return is_kind(t, type, CD_KIND_STRING) || is_list_of_kind(t, type, CD_KIND_STRING);
}

/* What the key of a request can be compared with. */
static bool
key_value_holds(const struct typed *t)
{
    uint32_t one = t->b != CD_NONE && is_kind(t, t->b, CD_KIND_LIST) ? elem_of(t, t->b) : t->b;
    return one == CD_NONE || is_kind(t, one, CD_KIND_STRING) || is_kind(t, one, CD_KIND_NUMBER)
           || is_kind(t, one, CD_KIND_BOOL) || is_kind(t, one, CD_KIND_TIME);
}

static bool
bools(const struct typed *t)
{
    return is_condition(t, t->a) && is_condition(t, t->b) && is_kind(t, t->d, CD_KIND_BOOL);
}

static bool
strings(const struct typed *t)
{
    return is_kind(t, t->a, CD_KIND_STRING) && (t->b == CD_NONE || is_kind(t, t->b, CD_KIND_STRING))
           && is_kind(t, t->d, CD_KIND_STRING);
}

/* A row an opcode: its rule. */
static bool
types_hold(const struct typed *t)
{
    const struct cd_image *img = t->img;
    const struct cd_insn *in = t->in;
    switch ((enum cd_op)in->op) {
    case CD_OP_CONST: return agree(t, t->d, img->consts.items[in->a].type);
    case CD_OP_PARAM: return agree(t, t->d, img->params.items[in->a].type);
    case CD_OP_UNKNOWN:
    case CD_OP_ENDLOOP: return true;
    case CD_OP_TABLE: return is_kind(t, t->d, CD_KIND_LIST) && is_row(t, elem_of(t, t->d), in->a);
    case CD_OP_ROOT: return is_row(t, t->d, in->a);
    case CD_OP_LOOP: return is_list_of(t, t->a, t->d);
    case CD_OP_PROBE:
        return is_kind(t, t->a, CD_KIND_STRING) && is_row(t, t->d, img->indexes.items[in->c].shape);
    case CD_OP_BCAST: return agree(t, t->a, t->d);
    case CD_OP_ALL:
    case CD_OP_ANY:
    case CD_OP_AND:
    case CD_OP_OR:
    case CD_OP_NOT:
    case CD_OP_OBSERVE: return bools(t);
    case CD_OP_COUNT: return is_kind(t, t->a, CD_KIND_BOOL) && is_kind(t, t->d, CD_KIND_NUMBER);
    case CD_OP_COLLECT:
        return is_list(t, t->d, false) && is_list_of(t, t->d, t->a) && is_condition(t, t->b);
    case CD_OP_MAPEACH:
    case CD_OP_LIST1: return is_list(t, t->d, false) && is_list_of(t, t->d, t->a);
    case CD_OP_ENV: return env_holds(t);
    case CD_OP_FIELD: return field_holds(t);
    case CD_OP_MAPGET:
        return is_kind(t, t->a, CD_KIND_MAP) && is_kind(t, t->b, CD_KIND_STRING)
               && agree(t, t->d, elem_of(t, t->a));
    case CD_OP_JGET: return sum_holds(t, CD_KIND_JSON, CD_KIND_STRING, CD_KIND_JSON);
    case CD_OP_JAT: return sum_holds(t, CD_KIND_JSON, CD_KIND_NUMBER, CD_KIND_JSON);
    case CD_OP_JAS: return is_kind(t, t->a, CD_KIND_JSON) && json_target_holds(t);
    case CD_OP_AT:
        return is_kind(t, t->a, CD_KIND_LIST) && is_kind(t, t->b, CD_KIND_NUMBER)
               && agree(t, t->d, elem_of(t, t->a));
    case CD_OP_FOLLOW:
        return is_kind(t, t->a, CD_KIND_STRING)
               && (t->b == CD_NONE || is_kind(t, t->b, CD_KIND_ROW)) && is_row(t, t->d, in->c);
    case CD_OP_EQ: return agree(t, t->a, t->b) && is_kind(t, t->d, CD_KIND_BOOL);
    case CD_OP_LT:
    case CD_OP_LE: return ordered(t) && is_kind(t, t->d, CD_KIND_BOOL);
    case CD_OP_IN: return is_list_of(t, t->b, t->a) && is_kind(t, t->d, CD_KIND_BOOL);
    case CD_OP_LIKE:
    case CD_OP_ARNLIKE:
    case CD_OP_WITHIN: return pattern_holds(t) && is_kind(t, t->d, CD_KIND_BOOL);
    case CD_OP_MATCHES: return is_kind(t, t->a, CD_KIND_STRING) && is_kind(t, t->d, CD_KIND_BOOL);
    case CD_OP_IF:
        return is_kind(t, t->a, CD_KIND_BOOL) && agree(t, t->d, t->b) && agree(t, t->d, t->c);
    case CD_OP_ISABSENT:
    case CD_OP_ASKED: return is_kind(t, t->d, CD_KIND_BOOL);
    case CD_OP_ADD: return add_holds(t);
    case CD_OP_SUB: return sub_holds(t);
    case CD_OP_NEG:
        return agree(t, t->a, t->d)
               && (is_kind(t, t->a, CD_KIND_NUMBER) || is_kind(t, t->a, CD_KIND_DURATION));
    case CD_OP_UNION:
    case CD_OP_MINUS: return is_list(t, t->d, true) && agree(t, t->d, t->a) && agree(t, t->d, t->b);
    case CD_OP_APPEND:
        return is_list(t, t->d, false) && agree(t, t->d, t->a) && agree(t, t->d, t->b);
    case CD_OP_UNIQ: return is_list(t, t->d, true) && is_list_of(t, t->a, elem_of(t, t->d));
    case CD_OP_FLATTEN: return flatten_holds(t);
    case CD_OP_SIZE:
        return (is_kind(t, t->a, CD_KIND_LIST) || is_kind(t, t->a, CD_KIND_MAP))
               && is_kind(t, t->d, CD_KIND_NUMBER);
    case CD_OP_CONCAT:
    case CD_OP_QUOTE:
    case CD_OP_TOARN:
    case CD_OP_ARNPART:
    case CD_OP_CAPTURE: return strings(t);
    case CD_OP_TOSTRING: return is_kind(t, t->d, CD_KIND_STRING);
    case CD_OP_TONUMBER:
        return is_kind(t, t->a, CD_KIND_STRING) && is_kind(t, t->d, CD_KIND_NUMBER);
    case CD_OP_KEY: return key_holds(t);
    case CD_OP_CHECK:
    case CD_OP_VERDICT:
    case CD_OP_FIRE: return is_condition(t, t->a) && is_condition(t, t->b);
    case CD_OP_MESSAGE: return is_kind(t, t->a, CD_KIND_STRING);
    case CD_OP_WHENIS: return is_kind(t, t->a, CD_KIND_BOOL) && is_kind(t, t->d, CD_KIND_NUMBER);
    case CD_OP_WHENKEY: return key_value_holds(t) && is_kind(t, t->d, CD_KIND_NUMBER);
    case CD_OP_WHENJOIN:
        return is_kind(t, t->a, CD_KIND_NUMBER) && is_kind(t, t->d, CD_KIND_NUMBER)
               && (t->b == CD_NONE) == (in->c == CD_WHENJOIN_NOT)
               && (t->b == CD_NONE || is_kind(t, t->b, CD_KIND_NUMBER));
    case CD_OP_WHENEACH:
        return is_kind(t, t->b, CD_KIND_NUMBER) && is_kind(t, t->d, CD_KIND_NUMBER);
    case CD_OP_REQUESTS:
        return pattern_or_set(t, t->a) && is_kind(t, t->b, CD_KIND_STRING)
               && (t->c == CD_NONE || is_kind(t, t->c, CD_KIND_NUMBER))
               && is_kind(t, t->d, CD_KIND_NUMBER);
    case CD_OP_CAN:
        return is_resource(t, t->a) && is_kind(t, t->b, CD_KIND_NUMBER) && is_condition(t, t->c)
               && is_kind(t, t->d, CD_KIND_BOOL);
    case CD_OP_ALLOWS:
    case CD_OP_DENIES:
        return is_kind(t, t->a, CD_KIND_ROW) && is_kind(t, t->b, CD_KIND_NUMBER)
               && is_condition(t, t->c) && is_kind(t, t->d, CD_KIND_BOOL);
    case CD_OP_BECOMES:
        return is_resource(t, t->a) && is_resource(t, t->b) && is_condition(t, t->c)
               && is_kind(t, t->d, CD_KIND_BOOL);
    case CD_N_OPS: break;
    }
    return false;
}

static uint32_t
type_of(const struct cd_image *img, enum cd_operand kind, uint32_t value)
{
    bool is_reg = kind == CD_OPERAND_DST || kind == CD_OPERAND_REG || kind == CD_OPERAND_OPTREG;
    return is_reg && value != CD_NONE ? img->regs.items[value].type : CD_NONE;
}

cordon_status
cd_verify_insn_types(const struct cd_image *img, uint32_t at, struct cordon_error *err)
{
    const struct cd_insn *in = &img->code.items[at];
    const struct cd_opinfo *op = &cd_opinfo[in->op];
    struct typed t = {
        .img = img,
        .in = in,
        .d = type_of(img, op->d, in->d),
        .a = type_of(img, op->a, in->a),
        .b = type_of(img, op->b, in->b),
        .c = type_of(img, op->c, in->c),
    };
    return types_hold(&t) ? CORDON_OK : cd_verify_fail(img, at, err, "its types are wrong");
}
