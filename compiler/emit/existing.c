/* Documents that are there already: taken apart at their statements, whose texts stay as they are
 * but for blanks between them. */
#include "compiler/emit/existing.h"

#include "compiler/emit/strings.h"
#include "runtime/iam/cursor.h"

/* ---- reading ---- */

/* Without the blanks outside of strings. */
static void
put_minified(struct cd_str text, struct cd_buf *out)
{
    bool in_string = false;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (in_string && c == '\\' && i + 1 < text.n) {
            cd_buf_putc(out, c);
            c = text.p[++i];
        } else if (c == '"') {
            in_string = !in_string;
        } else if (!in_string && (c == ' ' || c == '\n' || c == '\r' || c == '\t')) {
            continue;
        }
        cd_buf_putc(out, c);
    }
}

static struct cd_str
minified(struct cd_arena *a, struct cd_str text)
{
    struct cd_buf b = CD_BUF_INIT;
    put_minified(text, &b);
    struct cd_str copy = cd_arena_str(a, cd_buf_view(&b));
    cd_buf_finish(&b);
    return copy;
}

struct reader {
    struct cd_arena *a;
    struct cd_buf head, tail;
    struct cd_str *statements;
    size_t n, cap;
    bool is_found; /* the member Statement */
    bool has_variables;
};

static void
take_statements(struct reader *r, struct cd_str value)
{
    struct cd_cursor c = {value.p, value.p + value.n};
    struct cd_str one;
    if (!cd_cursor_take(&c, '[')) {
        *CD_PUSH(r->a, r->statements, r->n, r->cap) = minified(r->a, value);
        return;
    }
    while (cd_cursor_peek(&c) != ']' && cd_cursor_skip(&c, &one)) {
        *CD_PUSH(r->a, r->statements, r->n, r->cap) = minified(r->a, one);
        (void)cd_cursor_take(&c, ',');
    }
}

/* The members of a document that was read before, so that it is sound. */
static void
take_members(struct reader *r, struct cd_str text)
{
    struct cd_cursor c = {text.p, text.p + text.n};
    struct cd_str name, value;
    bool is_plain, is_first = true;
    (void)cd_cursor_take(&c, '{');
    cd_buf_putc(&r->head, '{');
    while (cd_cursor_string(&c, &name, &is_plain) && cd_cursor_take(&c, ':')
           && cd_cursor_skip(&c, &value)) {
        struct cd_buf *out = r->is_found ? &r->tail : &r->head;
        cd_buf_printf(out, "%s\"%.*s\":", is_first ? "" : ",", CD_FMT(name));
        is_first = false;
        if (cd_str_eq(name, CD_STR("Statement"))) {
            r->is_found = true;
            take_statements(r, value);
        } else {
            put_minified(value, out);
            r->has_variables = r->has_variables || cd_str_eq(value, CD_STR("\"2012-10-17\""));
        }
        (void)cd_cursor_take(&c, ',');
    }
    cd_buf_putc(&r->tail, '}');
}

cordon_status
cd_existing_read(struct cd_arena *a, struct cd_str text, struct cd_existing *out,
                 struct cordon_error *err)
{
    const struct cd_policy *policy;
    struct reader r = {.a = a, .head = CD_BUF_INIT, .tail = CD_BUF_INIT};
    CORDON_TRY(cd_policy_read(a, NULL, text, &policy, err));
    CORDON_TRY(cd_policy_fits(policy, CD_POLICY_RESOURCE, err));
    take_members(&r, text);
    const struct cd_policy_statement **read =
        CD_NEW_ARRAY(a, policy->n_statements + 1, const struct cd_policy_statement *);
    for (uint32_t i = 0; i < policy->n_statements; i++) {
        read[i] = &policy->statements[i];
    }
    *out = (struct cd_existing){.head = cd_arena_str(a, cd_buf_view(&r.head)),
                                .tail = cd_arena_str(a, cd_buf_view(&r.tail)),
                                .statements = r.statements,
                                .read = read,
                                .n = r.n,
                                .has_variables = r.has_variables};
    cd_buf_finish(&r.head);
    cd_buf_finish(&r.tail);
    return r.is_found && r.n == policy->n_statements
               ? CORDON_OK
               : cordon_fail(err, CORDON_EINPUT, CORDON_NO_OFFSET,
                             "the names of its members are written with escapes");
}

/* ---- what an earlier emission put there ---- */

static bool
is_everybody(const struct cd_principals *p)
{
    return p->is_there && !p->is_not && p->n == 1 && p->items[0].kind == CD_PRINCIPAL_ANY;
}

static bool
is_ours(struct cd_arena *a, const struct cd_policy_statement *s, const struct cd_decls *controls)
{
    bool found = false;
    for (size_t i = 0; i < controls->n && !found && s->is_deny && is_everybody(&s->principals);
         i++) {
        found = cd_sid_leads_to(a, s->sid, controls->items[i]);
    }
    return found;
}

struct cd_existing *
cd_existing_without(struct cd_arena *a, const struct cd_existing *existing,
                    const struct cd_decls *controls)
{
    struct cd_existing *kept = CD_NEW(a, struct cd_existing);
    struct cd_str *statements = CD_NEW_ARRAY(a, existing->n + 1, struct cd_str);
    struct cd_str *replaced = CD_NEW_ARRAY(a, existing->n + 1, struct cd_str);
    const struct cd_policy_statement **read =
        CD_NEW_ARRAY(a, existing->n + 1, const struct cd_policy_statement *);
    *kept = *existing;
    kept->n = 0;
    for (size_t i = 0; i < existing->n; i++) {
        if (is_ours(a, existing->read[i], controls)) {
            replaced[kept->n_replaced++] = existing->read[i]->sid;
            continue;
        }
        statements[kept->n] = existing->statements[i];
        read[kept->n++] = existing->read[i];
    }
    kept->statements = statements;
    kept->read = read;
    kept->replaced = replaced;
    return kept;
}

/* ---- Sids ---- */

void
cd_existing_part_sids(struct cd_arena *a, const struct cd_existing *existing,
                      struct cd_statement *statements, size_t n)
{
    struct cd_map taken;
    cd_map_init(&taken);
    for (size_t i = 0; i < existing->n; i++) {
        cd_map_put(&taken, existing->read[i]->sid, 0);
    }
    cd_sids_give(a, statements, n, &taken);
    cd_map_finish(&taken);
}

/* ---- versions ---- */

bool
cd_statement_has_variable(const struct cd_statement *s)
{
    bool found = cd_strs_have_variable(s->resources, s->n_resources);
    for (size_t i = 0; i < s->conditions.n && !found; i++) {
        found =
            cd_strs_have_variable(s->conditions.items[i].values, s->conditions.items[i].n_values);
    }
    return found;
}
