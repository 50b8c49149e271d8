/* The assembly text of an image. It needs references in range (cd_image_check_refs) and nothing
 * else: operands, types and constants may still be nonsense, and are then shown as they are. */
#include "runtime/bc/program.h"

#include <inttypes.h>
#include <string.h>

#include "runtime/base/num.h"
#include "runtime/bc/limits.h"

static const char *const kind_names[] = {
    [CD_KIND_BOOL] = "bool", [CD_KIND_NUMBER] = "number",     [CD_KIND_STRING] = "string",
    [CD_KIND_TIME] = "time", [CD_KIND_DURATION] = "duration", [CD_KIND_ROW] = "row",
    [CD_KIND_MAP] = "map",   [CD_KIND_JSON] = "json",         [CD_KIND_LIST] = "list",
};
static const char *const env_names[] = {
    [CD_ENVOP_ID] = "id",         [CD_ENVOP_ARN] = "arn",
    [CD_ENVOP_TYPE] = "type",     [CD_ENVOP_PARTITION] = "partition",
    [CD_ENVOP_REGION] = "region", [CD_ENVOP_ACCOUNT] = "account",
    [CD_ENVOP_TAGS] = "tags",     [CD_ENVOP_CAPTURED] = "captured",
};
static const char *const part_names[] = {
    [CD_ARNPART_PARTITION] = "partition", [CD_ARNPART_SERVICE] = "service",
    [CD_ARNPART_REGION] = "region",       [CD_ARNPART_ACCOUNT] = "account",
    [CD_ARNPART_RESOURCE] = "resource",
};
static const char *const refine_names[] = {
    [CD_REFINE_NONE] = "",      [CD_REFINE_REGION] = " region", [CD_REFINE_ACCOUNT] = " account",
    [CD_REFINE_ARN] = " arn",   [CD_REFINE_ACTION] = " action", [CD_REFINE_IP] = " ip",
    [CD_REFINE_CIDR] = " cidr",
};
static const char *const level_names[] = {
    [CD_LEVEL_INFO] = "info", [CD_LEVEL_LOW] = "low",           [CD_LEVEL_MEDIUM] = "medium",
    [CD_LEVEL_HIGH] = "high", [CD_LEVEL_CRITICAL] = "critical",
};
static const char *const domain_names[] = {
    [CD_DOMAIN_GLOBAL] = "global",
    [CD_DOMAIN_ROOT] = "root",
    [CD_DOMAIN_LOOP] = "loop",
    [CD_DOMAIN_REQUEST] = "request",
};
static const char *const section_names[] = {
    [CD_SECTION_GLOBAL] = "global",
    [CD_SECTION_TABLE] = "table",
    [CD_SECTION_MESSAGES] = "messages",
    [CD_SECTION_REQUEST] = "request",
};

static void
put_str(const struct cd_image *img, uint32_t s, struct cd_buf *out)
{
    cd_buf_str(out, cd_image_str(img, s));
}

static void
put_quoted(const struct cd_image *img, uint32_t s, struct cd_buf *out)
{
    cd_buf_json_str(out, cd_image_str(img, s));
}

static void
put_type(const struct cd_image *img, uint32_t type, struct cd_buf *out)
{
    unsigned depth = 0;
    const struct cd_value_type *t = &img->types.items[type];
    while ((t->kind == CD_KIND_LIST || t->kind == CD_KIND_MAP) && t->elem != CD_NONE
           && depth < CD_LIMIT_TYPE_DEPTH) {
        cd_buf_printf(out, "%s<", t->is_set ? "set" : kind_names[t->kind]);
        t = &img->types.items[t->elem];
        depth++;
    }
    if (t->kind == CD_KIND_ROW) {
        cd_buf_str(out, t->shape == CD_NONE ? CD_STR("resource")
                                            : cd_image_str(img, img->shapes.items[t->shape].name));
    } else {
        cd_buf_puts(out, kind_names[t->kind]);
    }
    while (depth-- > 0) {
        cd_buf_putc(out, '>');
    }
}

static void
put_scalar(const struct cd_image *img, const struct cd_constant *c, struct cd_buf *out)
{
    double number;
    char text[48];
    switch ((enum cd_kind)img->types.items[c->type].kind) {
    case CD_KIND_BOOL: cd_buf_puts(out, c->value ? "true" : "false"); return;
    case CD_KIND_NUMBER:
        memcpy(&number, &c->value, sizeof number);
        cd_buf_str(out, cd_format_number(number, text));
        return;
    case CD_KIND_STRING:
        if (c->value < img->strings.n) {
            put_quoted(img, (uint32_t)c->value, out);
            return;
        }
        break;
    case CD_KIND_TIME: cd_buf_str(out, cd_format_time((int64_t)c->value, text)); return;
    case CD_KIND_DURATION: cd_buf_str(out, cd_format_duration((int64_t)c->value, text)); return;
    case CD_KIND_ROW:
    case CD_KIND_MAP:
    case CD_KIND_JSON:
    case CD_KIND_LIST:
    case CD_N_KINDS: break;
    }
    cd_buf_printf(out, "%" PRIu64, c->value);
}

static bool
is_collection(const struct cd_image *img, const struct cd_constant *c)
{
    uint32_t kind = img->types.items[c->type].kind;
    return c->state == 0 && (kind == CD_KIND_LIST || kind == CD_KIND_MAP);
}

/* A member of a collection: collections inside it are named, not shown, so that the text is as long
 * as the image. */
static void
put_member(const struct cd_image *img, uint32_t c, struct cd_buf *out)
{
    if (c >= img->consts.n || img->consts.items[c].state != 0
        || is_collection(img, &img->consts.items[c])) {
        cd_buf_printf(out, "c%u", c);
    } else {
        put_scalar(img, &img->consts.items[c], out);
    }
}

static void
put_const(const struct cd_image *img, uint32_t index, struct cd_buf *out)
{
    const struct cd_constant *c = &img->consts.items[index];
    if (c->state != 0) {
        cd_buf_puts(out, "absent");
        return;
    }
    if (!is_collection(img, c)) {
        put_scalar(img, c, out);
        return;
    }
    bool is_map = img->types.items[c->type].kind == CD_KIND_MAP;
    uint64_t n = is_map ? 2 * (uint64_t)c->n : c->n;
    if (c->value > img->const_items.n || n > img->const_items.n - c->value) {
        cd_buf_printf(out, "%u of %" PRIu64, c->n, c->value);
        return;
    }
    const uint32_t *items = n > 0 ? img->const_items.items + c->value : NULL;
    cd_buf_putc(out, is_map || img->types.items[c->type].is_set ? '{' : '[');
    for (uint32_t i = 0; i < n; i++) {
        cd_buf_puts(out, i == 0 ? "" : is_map && i % 2 == 1 ? ": " : ", ");
        if (is_map && i % 2 == 0) {
            cd_buf_json_str(out,
                            items[i] < img->strings.n ? img->strings.items[items[i]] : CD_STR(""));
        } else {
            put_member(img, items[i], out);
        }
    }
    cd_buf_putc(out, is_map || img->types.items[c->type].is_set ? '}' : ']');
}

static void
put_place(const struct cd_image *img, uint32_t place, struct cd_buf *out)
{
    const struct cd_place *p = &img->places.items[place];
    cd_buf_puts(out, " at ");
    put_str(img, img->files.items[p->file], out);
    cd_buf_printf(out, ":%u:%u", p->line, p->column);
}

static void
put_shape(uint32_t shape, struct cd_buf *out)
{
    if (shape == CD_NONE) {
        cd_buf_puts(out, "resource");
    } else {
        cd_buf_printf(out, "t%u", shape);
    }
}

/* ---- data ---- */

static void
dump_shapes(const struct cd_image *img, struct cd_buf *out)
{
    for (uint32_t i = 0; i < img->shapes.n; i++) {
        const struct cd_shape *s = &img->shapes.items[i];
        cd_buf_printf(out, "%s t%u ", s->is_table ? "table" : "shape", i);
        put_str(img, s->name, out);
        cd_buf_putc(out, '\n');
        for (uint32_t f = 0; f < s->n_fields; f++) {
            const struct cd_field *field = &img->fields.items[s->first_field + f];
            cd_buf_printf(out, "  .%u ", f);
            put_str(img, field->name, out);
            cd_buf_puts(out, ": ");
            put_type(img, field->type, out);
            cd_buf_putc(out, '\n');
        }
    }
}

static void
dump_consts(const struct cd_image *img, struct cd_buf *out)
{
    for (uint32_t i = 0; i < img->consts.n; i++) {
        cd_buf_printf(out, "const c%u: ", i);
        put_type(img, img->consts.items[i].type, out);
        cd_buf_puts(out, " = ");
        put_const(img, i, out);
        cd_buf_putc(out, '\n');
    }
    for (uint32_t i = 0; i < img->params.n; i++) {
        const struct cd_param *p = &img->params.items[i];
        cd_buf_printf(out, "param p%u ", i);
        put_str(img, p->name, out);
        cd_buf_puts(out, ": ");
        put_type(img, p->type, out);
        cd_buf_puts(out, refine_names[p->refine]);
        if (p->default_const != CD_NONE) {
            cd_buf_printf(out, " = c%u", p->default_const);
        }
        put_place(img, p->place, out);
        cd_buf_putc(out, '\n');
    }
}

static void
dump_domains(const struct cd_image *img, struct cd_buf *out)
{
    for (uint32_t i = 0; i < img->indexes.n; i++) {
        const struct cd_index *x = &img->indexes.items[i];
        cd_buf_printf(out, "index i%u t%u", i, x->shape);
        if (x->n_path == 0) {
            cd_buf_printf(out, " %s", env_names[x->env]);
        }
        for (uint32_t k = 0; k < x->n_path; k++) {
            cd_buf_printf(out, " .%u", img->paths.items[x->first_path + k]);
        }
        cd_buf_putc(out, '\n');
    }
    for (uint32_t i = 0; i < img->domains.n; i++) {
        const struct cd_domain *d = &img->domains.items[i];
        cd_buf_printf(out, "domain d%u %s", i, domain_names[d->kind]);
        if (d->parent != CD_NONE) {
            cd_buf_printf(out, " in d%u", d->parent);
        }
        if (d->name != CD_NONE) {
            cd_buf_putc(out, ' ');
            put_str(img, d->name, out);
        }
        cd_buf_putc(out, '\n');
    }
}

/* ---- controls ---- */

static void
put_patterns(const struct cd_image *img, const char *word, uint32_t first, uint32_t n,
             struct cd_buf *out)
{
    for (uint32_t i = 0; i < n; i++) {
        cd_buf_puts(out, i == 0 ? word : ", ");
        put_quoted(img, img->pattern_refs.items[first + i], out);
    }
}

static void
put_text(const struct cd_image *img, const char *word, uint32_t s, struct cd_buf *out)
{
    if (s != CD_NONE) {
        cd_buf_printf(out, "  %s ", word);
        put_quoted(img, s, out);
        cd_buf_putc(out, '\n');
    }
}

static void
dump_clause(const struct cd_image *img, uint32_t index, struct cd_buf *out)
{
    const struct cd_clause_info *k = &img->clauses.items[index];
    if (k->is_estate) {
        cd_buf_puts(out, "  estate");
    } else {
        cd_buf_puts(out, "  for ");
        put_str(img, k->variable, out);
        cd_buf_puts(out, " in ");
        put_shape(k->shape, out);
    }
    if (k->where_text != CD_NONE) {
        cd_buf_puts(out, " where ");
        put_quoted(img, k->where_text, out);
    }
    put_place(img, k->place, out);
    cd_buf_putc(out, '\n');
    for (uint32_t i = 0; i < k->n_requires; i++) {
        const struct cd_require_info *q = &img->requires.items[k->first_require + i];
        cd_buf_printf(out, "    require q%u ", k->first_require + i);
        put_quoted(img, q->text, out);
        cd_buf_puts(out, q->has_message ? " with a message" : "");
        put_place(img, q->place, out);
        cd_buf_putc(out, '\n');
    }
}

static void
put_tables(const struct cd_image *img, const char *word, const char *separator, uint32_t first,
           uint32_t n, struct cd_buf *out)
{
    for (uint32_t i = 0; i < n; i++) {
        cd_buf_puts(out, i == 0 ? word : separator);
        put_shape(img->tables.items[first + i], out);
    }
    cd_buf_puts(out, n > 0 ? "\n" : "");
}

static void
dump_deny(const struct cd_image *img, uint32_t index, struct cd_buf *out)
{
    const struct cd_deny_info *n = &img->denies.items[index];
    cd_buf_printf(out, "  deny n%u ", index);
    put_patterns(img, "", n->first_act, n->n_acts, out);
    put_patterns(img, " except ", n->first_except, n->n_excepts, out);
    put_patterns(img,
                 n->not_on == CD_DENY_NOT_ON  ? " not on "
                 : n->not_on == CD_DENY_SCOPE ? " scope "
                                              : " on ",
                 n->first_on, n->n_on, out);
    put_place(img, n->place, out);
    cd_buf_putc(out, '\n');
}

static void
dump_control(const struct cd_image *img, uint32_t index, struct cd_buf *out)
{
    const struct cd_control *c = &img->controls.items[index];
    cd_buf_puts(out, "control ");
    put_str(img, c->name, out);
    cd_buf_putc(out, ' ');
    put_quoted(img, c->id, out);
    cd_buf_printf(out, " %s%s", level_names[c->level], c->selected ? "" : " not selected");
    put_place(img, c->place, out);
    cd_buf_putc(out, '\n');
    put_text(img, "title", c->title, out);
    put_text(img, "text", c->text, out);
    put_text(img, "remedy", c->remedy, out);
    put_text(img, "owner", c->owner, out);
    put_text(img, "detect_only", c->detect_only, out);
    for (uint32_t i = 0; i < c->n_maps; i++) {
        const struct cd_mapping *m = &img->maps.items[c->first_map + i];
        put_text(img, m->suggested ? "suggests" : "maps", m->text, out);
    }
    put_tables(img, "  tables ", " ", c->first_table, c->n_tables, out);
    for (uint32_t i = 0; i < c->n_params; i++) {
        cd_buf_printf(out, "%sp%u", i == 0 ? "  params " : " ",
                      img->param_refs.items[c->first_param + i]);
    }
    cd_buf_puts(out, c->n_params > 0 ? "\n" : "");
    for (uint32_t i = 0; i < c->n_clauses; i++) {
        dump_clause(img, c->first_clause + i, out);
    }
    for (uint32_t i = 0; i < c->n_denies; i++) {
        dump_deny(img, c->first_deny + i, out);
    }
}

static void
dump_controls(const struct cd_image *img, struct cd_buf *out)
{
    for (uint32_t i = 0; i < img->controls.n; i++) {
        dump_control(img, i, out);
    }
    for (uint32_t i = 0; i < img->costs.n; i++) {
        const struct cd_cost *cost = &img->costs.items[i];
        cd_buf_puts(out, "cost ");
        put_str(img, img->controls.items[cost->control].name, out);
        put_tables(img, " ", " * ", cost->first_table, cost->n_tables, out);
        cd_buf_puts(out, cost->n_tables > 0 ? "" : "\n");
    }
    for (uint32_t i = 0; i < img->waives.n; i++) {
        const struct cd_waive_info *w = &img->waives.items[i];
        char text[32];
        cd_buf_puts(out, "waive ");
        put_str(img, img->controls.items[w->control].name, out);
        put_patterns(img, " on ", w->first_pattern, w->n_patterns, out);
        cd_buf_puts(out, " until ");
        cd_buf_str(out, cd_format_time(w->until_ms, text));
        cd_buf_puts(out, " because ");
        put_quoted(img, w->because, out);
        put_place(img, w->place, out);
        cd_buf_putc(out, '\n');
    }
}

/* ---- code ---- */

/* The name of slot SLOT of the shape of register REG. */
static struct cd_str
slot_name(const struct cd_image *img, uint32_t reg, uint32_t slot)
{
    if (reg >= img->regs.n) {
        return CD_STR("");
    }
    uint32_t shape = img->types.items[img->regs.items[reg].type].shape;
    if (shape == CD_NONE || slot >= img->shapes.items[shape].n_fields) {
        return CD_STR("");
    }
    return cd_image_str(img, img->fields.items[img->shapes.items[shape].first_field + slot].name);
}

/* What stands behind the number of an operand, in parentheses. */
static void
put_meaning(const struct cd_image *img, const struct cd_insn *in, enum cd_operand kind, uint32_t v,
            struct cd_buf *out)
{
    switch (kind) {
    case CD_OPERAND_CONST:
        if (v < img->consts.n) {
            cd_buf_putc(out, '(');
            put_const(img, v, out);
            cd_buf_putc(out, ')');
        }
        return;
    case CD_OPERAND_STRING:
        if (v < img->strings.n) {
            cd_buf_putc(out, '(');
            put_quoted(img, v, out);
            cd_buf_putc(out, ')');
        }
        return;
    case CD_OPERAND_SHAPE:
        if (v < img->shapes.n) {
            cd_buf_printf(out, "(%.*s)", CD_FMT(cd_image_str(img, img->shapes.items[v].name)));
        }
        return;
    case CD_OPERAND_SLOT: cd_buf_printf(out, "(%.*s)", CD_FMT(slot_name(img, in->a, v))); return;
    case CD_OPERAND_PARAM:
        if (v < img->params.n) {
            cd_buf_printf(out, "(%.*s)", CD_FMT(cd_image_str(img, img->params.items[v].name)));
        }
        return;
    case CD_OPERAND_IMM:
        if (in->op == CD_OP_ENV && v < CD_N_ENV) {
            cd_buf_printf(out, "(%s)", env_names[v]);
        } else if (in->op == CD_OP_ARNPART && v < CD_N_ARNPARTS) {
            cd_buf_printf(out, "(%s)", part_names[v]);
        }
        return;
    case CD_OPERAND_NONE:
    case CD_OPERAND_DST:
    case CD_OPERAND_REG:
    case CD_OPERAND_OPTREG:
    case CD_OPERAND_DOMAIN:
    case CD_OPERAND_REQUIRE:
    case CD_OPERAND_DENY:
    case CD_OPERAND_INDEX:
    case CD_OPERAND_FLAG: return;
    }
}

static void
put_operand(const struct cd_image *img, const struct cd_insn *in, enum cd_operand kind, uint32_t v,
            struct cd_buf *out)
{
    static const char *const formats[] = {
#define CD_OPERAND(name, format, what) format,
#include "runtime/bc/operands.def"
#undef CD_OPERAND
    };
    if (kind == CD_OPERAND_NONE || (kind == CD_OPERAND_FLAG && v == 0)) {
        return;
    }
    cd_buf_putc(out, ' ');
    if (v == CD_NONE) {
        cd_buf_puts(out, kind == CD_OPERAND_SHAPE ? "resource" : "-");
        return;
    }
    const char *letter = formats[kind];
    cd_buf_printf(out, "%.*s%u", (int)strcspn(letter, "%"), letter, v);
    put_meaning(img, in, kind, v, out);
}

static void
put_insn(const struct cd_image *img, const struct cd_insn *in, unsigned depth, struct cd_buf *out)
{
    const struct cd_opinfo *op = &cd_opinfo[in->op];
    cd_buf_printf(out, "  %*s", (int)(2 * depth), "");
    if (op->d == CD_OPERAND_DST) {
        cd_buf_printf(out, "r%u", in->d);
        if (in->d < img->regs.n) {
            cd_buf_printf(out, " d%u ", img->regs.items[in->d].domain);
            put_type(img, img->regs.items[in->d].type, out);
        }
        cd_buf_puts(out, " = ");
    }
    cd_buf_puts(out, op->mnemonic);
    put_operand(img, in, op->a, in->a, out);
    put_operand(img, in, op->b, in->b, out);
    put_operand(img, in, op->c, in->c, out);
    cd_buf_putc(out, '\n');
}

static void
put_section_table(const struct cd_section *s, struct cd_buf *out)
{
    if (s->kind == CD_SECTION_MESSAGES && s->domain == 0) {
        cd_buf_puts(out, "estate");
    } else {
        put_shape(s->shape, out);
    }
}

static void
dump_section(const struct cd_image *img, const struct cd_section *s, struct cd_buf *out)
{
    cd_buf_printf(out, "section %s d%u", section_names[s->kind], s->domain);
    if (s->kind == CD_SECTION_TABLE || s->kind == CD_SECTION_MESSAGES) {
        cd_buf_putc(out, ' ');
        put_section_table(s, out);
        if (s->shape != CD_NONE) {
            cd_buf_printf(out, "(%.*s)",
                          CD_FMT(cd_image_str(img, img->shapes.items[s->shape].name)));
        }
    }
    cd_buf_putc(out, '\n');
    unsigned depth = 0;
    for (uint32_t i = 0; i < s->n; i++) {
        const struct cd_insn *in = &img->code.items[s->first + i];
        depth -= in->op == CD_OP_ENDLOOP && depth > 0;
        put_insn(img, in, depth, out);
        depth += (in->op == CD_OP_LOOP || in->op == CD_OP_PROBE) && depth < CD_LIMIT_LOOP_DEPTH;
    }
}

void
cd_image_disasm(const struct cd_image *img, struct cd_buf *out)
{
    cd_buf_printf(out, "program of format %u, language edition %u\n", CD_IMAGE_VERSION,
                  CD_LANGUAGE_EDITION);
    dump_shapes(img, out);
    dump_consts(img, out);
    dump_domains(img, out);
    dump_controls(img, out);
    for (size_t i = 0; i < img->sections.n; i++) {
        dump_section(img, &img->sections.items[i], out);
    }
}
