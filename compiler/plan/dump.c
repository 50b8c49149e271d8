/* The text of a plan: what is needed, a node a line, with its domain and its type. */
#include "compiler/plan/plan.h"
#include "runtime/schema/schema.h"

static void
put_type(const struct cd_plan *p, const struct cd_type *type, struct cd_buf *out)
{
    cd_buf_str(out, cd_type_name(type, p->arena));
}

static void
put_shape(uint32_t shape, struct cd_buf *out)
{
    cd_buf_str(out, shape == CD_SCHEMA_NONE ? CD_STR("resource") : cd_schema_shape_at(shape).name);
}

static void
put_index(const struct cd_plan *p, uint32_t index, struct cd_buf *out)
{
    static const char *const words[] = {
        [CD_ENVOP_ID] = "id",         [CD_ENVOP_ARN] = "arn",
        [CD_ENVOP_TYPE] = "type",     [CD_ENVOP_PARTITION] = "partition",
        [CD_ENVOP_REGION] = "region", [CD_ENVOP_ACCOUNT] = "account",
        [CD_ENVOP_TAGS] = "tags",     [CD_ENVOP_CAPTURED] = "captured",
    };
    const struct cd_plan_index *x = &p->indexes.items[index];
    put_shape(x->shape, out);
    if (x->n_fields == 0) {
        cd_buf_printf(out, ".%s", words[x->env]);
    }
    for (uint32_t i = 0; i < x->n_fields; i++) {
        cd_buf_printf(out, ".%.*s", CD_FMT(cd_schema_field_at(x->fields[i]).name));
    }
}

static void
put_operand(const struct cd_plan *p, enum cd_operand kind, uint32_t v, struct cd_buf *out)
{
    if (kind == CD_OPERAND_FLAG) {
        cd_buf_puts(out, v ? " without case" : "");
        return;
    }
    if (kind != CD_OPERAND_NONE) {
        cd_buf_putc(out, ' ');
    }
    switch (kind) {
    case CD_OPERAND_NONE:
    case CD_OPERAND_FLAG:
    case CD_OPERAND_DST: return;
    case CD_OPERAND_REG:
    case CD_OPERAND_OPTREG:
        if (v == CD_NONE) {
            cd_buf_putc(out, '-');
        } else {
            cd_buf_printf(out, "n%u", v);
        }
        return;
    case CD_OPERAND_CONST: cd_const_print(p->consts.items[v].value, out); return;
    case CD_OPERAND_STRING: cd_buf_json_str(out, p->strings.items[v]); return;
    case CD_OPERAND_SHAPE: put_shape(v, out); return;
    case CD_OPERAND_SLOT: cd_buf_printf(out, ".%.*s", CD_FMT(cd_schema_field_at(v).name)); return;
    case CD_OPERAND_PARAM: cd_buf_str(out, cd_sema_full_name(p->params.items[v], p->arena)); return;
    case CD_OPERAND_INDEX: put_index(p, v, out); return;
    case CD_OPERAND_DOMAIN: cd_buf_printf(out, "d%u", v); return;
    case CD_OPERAND_REQUIRE: cd_buf_printf(out, "q%u", v); return;
    case CD_OPERAND_DENY: cd_buf_printf(out, "deny%u", v); return;
    case CD_OPERAND_IMM: cd_buf_printf(out, "%u", v); return;
    }
}

static void
put_operands(const struct cd_plan *p, enum cd_op op, uint32_t a, uint32_t b, uint32_t c,
             struct cd_buf *out)
{
    const struct cd_opinfo *info = &cd_opinfo[op];
    cd_buf_puts(out, info->mnemonic);
    put_operand(p, info->a, a, out);
    put_operand(p, info->b, b, out);
    put_operand(p, info->c, c, out);
    if (cd_plan_is_reduction(op)) {
        cd_buf_printf(out, " over d%u", c);
    }
}

static void
put_domain(const struct cd_plan *p, uint32_t domain, struct cd_buf *out)
{
    static const char *const kinds[] = {[CD_DOMAIN_GLOBAL] = "global",
                                        [CD_DOMAIN_ROOT] = "root",
                                        [CD_DOMAIN_LOOP] = "loop",
                                        [CD_DOMAIN_REQUEST] = "request"};
    const struct cd_plan_domain *d = &p->domains.items[domain];
    cd_buf_printf(out, "domain d%u %s", domain, kinds[d->kind]);
    if (d->kind == CD_DOMAIN_LOOP) {
        cd_buf_printf(out, " in d%u%s%.*s", d->parent, d->name.n > 0 ? " " : "", CD_FMT(d->name));
    }
    if (d->kind == CD_DOMAIN_ROOT) {
        cd_buf_putc(out, ' ');
        put_shape(d->shape, out);
    }
    cd_buf_putc(out, '\n');
}

void
cd_plan_dump(const struct cd_plan *p, struct cd_buf *out)
{
    const uint8_t *needed = cd_plan_uses(p);
    for (uint32_t i = 0; i < p->domains.n; i++) {
        if (p->domains.items[i].kind != CD_DOMAIN_LOOP || needed[p->domains.items[i].member]) {
            put_domain(p, i, out);
        }
    }
    for (uint32_t i = 0; i < p->nodes.n; i++) {
        const struct cd_plan_node *n = &p->nodes.items[i];
        if (!needed[i]) {
            continue;
        }
        cd_buf_printf(out, "n%u d%u ", i, n->domain);
        put_type(p, n->type, out);
        cd_buf_puts(out, " = ");
        put_operands(p, n->op, n->a, n->b, n->c, out);
        cd_buf_putc(out, '\n');
    }
    for (size_t i = 0; i < p->effects.n; i++) {
        const struct cd_plan_effect *e = &p->effects.items[i];
        cd_buf_printf(out, "d%u ", e->domain);
        put_operands(p, e->op, e->a, e->b, e->c, out);
        cd_buf_putc(out, '\n');
    }
}
