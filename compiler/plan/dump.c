/* The text of a plan: what is needed, a node a line, with its domain and its type. Nodes and
 * domains are numbered without the gaps that unneeded ones leave. */
#include "compiler/plan/plan.h"
#include "runtime/schema/schema.h"

struct dump {
    const struct cd_plan *p;
    uint32_t *nodes, *domains; /* by node, by domain: its number here; CD_NONE: not shown */
    struct cd_buf *out;
};

static const char *const env_words[] = {
    [CD_ENVOP_ID] = "id",         [CD_ENVOP_ARN] = "arn",
    [CD_ENVOP_TYPE] = "type",     [CD_ENVOP_PARTITION] = "partition",
    [CD_ENVOP_REGION] = "region", [CD_ENVOP_ACCOUNT] = "account",
    [CD_ENVOP_TAGS] = "tags",     [CD_ENVOP_CAPTURED] = "captured",
};
static const char *const part_words[] = {
    [CD_ARNPART_PARTITION] = "partition", [CD_ARNPART_SERVICE] = "service",
    [CD_ARNPART_REGION] = "region",       [CD_ARNPART_ACCOUNT] = "account",
    [CD_ARNPART_RESOURCE] = "resource",
};

static const char *const relation_words[CD_N_WHEN_RELATIONS] = {
    [CD_WHEN_EQUALS] = "==",      [CD_WHEN_LIKE] = "like",     [CD_WHEN_LESS] = "<",
    [CD_WHEN_LESS_EQUALS] = "<=", [CD_WHEN_GREATER] = ">",     [CD_WHEN_GREATER_EQUALS] = ">=",
    [CD_WHEN_WITHIN] = "within",  [CD_WHEN_ABSENT] = "absent",
};
static const char *const join_words[CD_N_WHENJOINS] = {
    [CD_WHENJOIN_AND] = "and", [CD_WHENJOIN_OR] = "or", [CD_WHENJOIN_NOT] = "not"};

static void
put_shape(struct dump *d, uint32_t shape)
{
    cd_buf_str(d->out,
               shape == CD_SCHEMA_NONE ? CD_STR("resource") : cd_schema_shape_at(shape).name);
}

static void
put_field(struct dump *d, uint32_t field)
{
    cd_buf_printf(d->out, ".%.*s", CD_FMT(cd_schema_field_at(field).name));
}

static void
put_index(struct dump *d, uint32_t index)
{
    const struct cd_plan_index *x = &d->p->indexes.items[index];
    put_shape(d, x->shape);
    if (x->n_fields == 0) {
        cd_buf_printf(d->out, ".%s", env_words[x->env]);
    }
    for (uint32_t i = 0; i < x->n_fields; i++) {
        put_field(d, x->fields[i]);
    }
}

/* The operand VALUE of KIND of an instruction OP. */
static void
put_operand(struct dump *d, enum cd_op op, enum cd_operand kind, uint32_t value)
{
    struct cd_buf *out = d->out;
    if (kind == CD_OPERAND_NONE || kind == CD_OPERAND_DST
        || (kind == CD_OPERAND_FLAG && value == 0)) {
        return;
    }
    cd_buf_putc(out, ' ');
    switch (kind) {
    case CD_OPERAND_REG:
    case CD_OPERAND_OPTREG:
        if (value == CD_NONE) {
            cd_buf_putc(out, '-');
        } else {
            cd_buf_printf(out, "n%u", d->nodes[value]);
        }
        return;
    case CD_OPERAND_CONST: cd_const_print(d->p->consts.items[value].value, out); return;
    case CD_OPERAND_STRING: cd_buf_json_str(out, d->p->strings.items[value]); return;
    case CD_OPERAND_SHAPE: put_shape(d, value); return;
    case CD_OPERAND_SLOT: put_field(d, value); return;
    case CD_OPERAND_PARAM:
        cd_buf_str(out, cd_sema_full_name(d->p->params.items[value], d->p->arena));
        return;
    case CD_OPERAND_INDEX: put_index(d, value); return;
    case CD_OPERAND_DOMAIN: cd_buf_printf(out, "d%u", d->domains[value]); return;
    case CD_OPERAND_REQUIRE: cd_buf_printf(out, "q%u", value); return;
    case CD_OPERAND_DENY: cd_buf_printf(out, "deny%u", value); return;
    case CD_OPERAND_IMM:
        if (op == CD_OP_OBSERVE) {
            cd_buf_printf(out, "branch%u", value);
        } else {
            cd_buf_puts(out, op == CD_OP_ENV        ? env_words[value]
                             : op == CD_OP_WHENKEY  ? relation_words[value]
                             : op == CD_OP_WHENJOIN ? join_words[value]
                                                    : part_words[value]);
        }
        return;
    case CD_OPERAND_FLAG:
        cd_buf_puts(out, op == CD_OP_WHENEACH ? "all of them" : "without case");
        return;
    case CD_OPERAND_NONE:
    case CD_OPERAND_DST: return;
    }
}

static void
put_operands(struct dump *d, enum cd_op op, uint32_t a, uint32_t b, uint32_t c)
{
    const struct cd_opinfo *info = &cd_opinfo[op];
    cd_buf_puts(d->out, info->mnemonic);
    put_operand(d, op, info->a, a);
    put_operand(d, op, info->b, b);
    put_operand(d, op, info->c, c);
    if (cd_plan_is_reduction(op)) {
        cd_buf_printf(d->out, " over d%u", d->domains[c]);
    }
    cd_buf_putc(d->out, '\n');
}

static void
put_domain(struct dump *d, uint32_t index)
{
    static const char *const kinds[] = {[CD_DOMAIN_GLOBAL] = "global",
                                        [CD_DOMAIN_ROOT] = "root",
                                        [CD_DOMAIN_LOOP] = "loop",
                                        [CD_DOMAIN_REQUEST] = "request"};
    const struct cd_plan_domain *domain = &d->p->domains.items[index];
    cd_buf_printf(d->out, "domain d%u %s", d->domains[index], kinds[domain->kind]);
    if (domain->kind == CD_DOMAIN_LOOP) {
        cd_buf_printf(d->out, " in d%u%s%.*s", d->domains[domain->parent],
                      domain->name.n > 0 ? " " : "", CD_FMT(domain->name));
    }
    if (domain->kind == CD_DOMAIN_ROOT) {
        cd_buf_putc(d->out, ' ');
        put_shape(d, domain->shape);
    }
    cd_buf_putc(d->out, '\n');
}

/* Numbers what is needed. */
static void
number(struct dump *d)
{
    const struct cd_plan *p = d->p;
    const uint8_t *needed = cd_plan_uses(p);
    d->nodes = CD_NEW_ARRAY(p->arena, p->nodes.n, uint32_t);
    d->domains = CD_NEW_ARRAY(p->arena, p->domains.n, uint32_t);
    uint32_t n_nodes = 0;
    uint32_t n_domains = 0;
    for (uint32_t i = 0; i < p->nodes.n; i++) {
        d->nodes[i] = needed[i] ? n_nodes++ : CD_NONE;
    }
    for (uint32_t i = 0; i < p->domains.n; i++) {
        const struct cd_plan_domain *domain = &p->domains.items[i];
        d->domains[i] =
            domain->kind != CD_DOMAIN_LOOP || needed[domain->member] ? n_domains++ : CD_NONE;
    }
}

void
cd_plan_dump(const struct cd_plan *p, struct cd_buf *out)
{
    struct dump d = {.p = p, .out = out};
    number(&d);
    for (uint32_t i = 0; i < p->domains.n; i++) {
        if (d.domains[i] != CD_NONE) {
            put_domain(&d, i);
        }
    }
    for (uint32_t i = 0; i < p->nodes.n; i++) {
        const struct cd_plan_node *n = &p->nodes.items[i];
        if (d.nodes[i] != CD_NONE) {
            cd_buf_printf(out, "n%u d%u ", d.nodes[i], d.domains[n->domain]);
            cd_buf_str(out, cd_type_name(n->type, p->arena));
            cd_buf_puts(out, " = ");
            put_operands(&d, n->op, n->a, n->b, n->c);
        }
    }
    for (size_t i = 0; i < p->effects.n; i++) {
        const struct cd_plan_effect *e = &p->effects.items[i];
        cd_buf_printf(out, "d%u ", d.domains[e->domain]);
        put_operands(&d, e->op, e->a, e->b, e->c);
    }
}
