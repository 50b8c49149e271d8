/* Policy documents as minified JSON: the same statements give the same bytes. */
#include "compiler/emit/manifest.h"

#include <stdlib.h>

/* One value as a scalar, several as an array: what AWS reads alike, the shorter form. */
static void
put_values(struct cd_buf *out, const struct cd_str *values, size_t n)
{
    if (n != 1) {
        cd_buf_putc(out, '[');
    }
    for (size_t i = 0; i < n; i++) {
        if (i != 0) {
            cd_buf_putc(out, ',');
        }
        cd_buf_json_str(out, values[i]);
    }
    if (n != 1) {
        cd_buf_putc(out, ']');
    }
}

static void
put_operator(struct cd_buf *out, const struct cd_condition *c)
{
    static const char *const sets[] = {[CD_IAM_SINGLE] = "",
                                       [CD_IAM_FOR_ANY] = "ForAnyValue:",
                                       [CD_IAM_FOR_ALL] = "ForAllValues:"};
    cd_buf_printf(out, "\"%s%s%s\":{", sets[c->set], cd_iam_op_info[c->op].text,
                  c->if_exists ? "IfExists" : "");
}

static int
by_operator_and_key(const void *x, const void *y)
{
    const struct cd_condition *a = *(const struct cd_condition *const *)x,
                              *b = *(const struct cd_condition *const *)y;
    if (a->set != b->set) {
        return a->set < b->set ? -1 : 1;
    }
    if (a->op != b->op) {
        return a->op < b->op ? -1 : 1;
    }
    if (a->if_exists != b->if_exists) {
        return a->if_exists ? 1 : -1;
    }
    return cd_str_cmp(a->key, b->key);
}

static bool
same_operator(const struct cd_condition *a, const struct cd_condition *b)
{
    return a->set == b->set && a->op == b->op && a->if_exists == b->if_exists;
}

static void
put_conditions(struct cd_buf *out, const struct cd_conditions *conditions)
{
    const struct cd_condition **sorted = malloc(conditions->n * sizeof *sorted);
    if (sorted == NULL) {
        out->oom = true;
        return;
    }
    for (size_t i = 0; i < conditions->n; i++) {
        sorted[i] = &conditions->items[i];
    }
    qsort(sorted, conditions->n, sizeof *sorted, by_operator_and_key);
    cd_buf_puts(out, ",\"Condition\":{");
    for (size_t i = 0; i < conditions->n; i++) {
        bool continues = i != 0 && same_operator(sorted[i - 1], sorted[i]);
        if (i != 0) {
            cd_buf_puts(out, continues ? "," : "},");
        }
        if (!continues) {
            put_operator(out, sorted[i]);
        }
        cd_buf_json_str(out, sorted[i]->key);
        cd_buf_putc(out, ':');
        put_values(out, sorted[i]->values, sorted[i]->n_values);
    }
    cd_buf_puts(out, "}}");
    free(sorted);
}

static void
put_statement(enum cd_target target, struct cd_buf *out, const struct cd_statement *s)
{
    cd_buf_puts(out, "{\"Sid\":");
    cd_buf_json_str(out, s->sid);
    cd_buf_puts(out, ",\"Effect\":\"Deny\"");
    cd_buf_puts(out, cd_target_info[target].has_principal ? ",\"Principal\":\"*\"" : "");
    cd_buf_printf(out, ",\"%s\":", s->not_action ? "NotAction" : "Action");
    put_values(out, s->actions, s->n_actions);
    cd_buf_printf(out, ",\"%s\":", s->not_resource ? "NotResource" : "Resource");
    put_values(out, s->resources, s->n_resources);
    if (s->conditions.n != 0) {
        put_conditions(out, &s->conditions);
    }
    cd_buf_putc(out, '}');
}

struct cd_document_allow
cd_document_allow_of(const struct cd_emitted_document *d)
{
    switch (cd_target_info[d->target].allows) {
    case CD_ALLOWS_NOTHING: break;
    case CD_ALLOWS_EVERYTHING:
        return (struct cd_document_allow){
            CD_STR("AllowWhatIsNotDenied"),
            CD_STR("without it the document would deny everything, since it takes the place of one "
                   "that allows everything, or limits what others allow")};
    case CD_ALLOWS_ACCOUNT:
        if (d->scope.key.account.n == 0 || d->scope.existing != NULL) {
            break;
        }
        return (struct cd_document_allow){
            CD_STR("KeepAccountInControl"),
            CD_STR("without it nobody could use the key, nor change its policy")};
    }
    return (struct cd_document_allow){CD_STR(""), CD_STR("")};
}

/* What the document has to allow beside its denies; true if that is anything. */
static bool
put_allow(const struct cd_emitted_document *d, struct cd_buf *out)
{
    struct cd_str sid = cd_document_allow_of(d).sid;
    const struct cd_key *key = &d->scope.key;
    if (sid.n == 0) {
        return false;
    }
    cd_buf_printf(out, "{\"Sid\":\"%.*s\",\"Effect\":\"Allow\",", CD_FMT(sid));
    if (cd_target_info[d->target].allows == CD_ALLOWS_ACCOUNT) {
        cd_buf_printf(out,
                      "\"Principal\":{\"AWS\":\"arn:%.*s:iam::%.*s:root\"},\"Action\":\"kms:*\",",
                      CD_FMT(key->partition), CD_FMT(key->account));
    } else {
        cd_buf_puts(out, cd_target_info[d->target].has_principal ? "\"Principal\":\"*\"," : "");
        cd_buf_puts(out, "\"Action\":\"*\",");
    }
    cd_buf_puts(out, "\"Resource\":\"*\"}");
    return true;
}

/* The statements that are there already. */
static bool
put_existing(const struct cd_existing *existing, struct cd_buf *out)
{
    for (size_t i = 0; i < existing->n; i++) {
        cd_buf_puts(out, i == 0 ? "" : ",");
        cd_buf_str(out, existing->statements[i]);
    }
    return existing->n != 0;
}

void
cd_document_write(const struct cd_emitted_document *d, struct cd_buf *out)
{
    const struct cd_existing *existing = d->scope.existing;
    cd_buf_str(out, existing != NULL ? existing->head
                                     : CD_STR("{\"Version\":\"2012-10-17\",\"Statement\":"));
    cd_buf_putc(out, '[');
    bool first = existing != NULL ? !put_existing(existing, out) : !put_allow(d, out);
    for (size_t i = 0; i < d->n_statements; i++) {
        cd_buf_puts(out, first ? "" : ",");
        put_statement(d->target, out, &d->statements[i]);
        first = false;
    }
    cd_buf_putc(out, ']');
    cd_buf_str(out, existing != NULL ? existing->tail : CD_STR("}"));
}
