/* Classes of a key that are alike: each is put to the deny once, with the other keys absent, and
 * what the deny makes of it (cd_check.trait) and every line of its statements that asks for the key
 * are compared. Alike in all of that, they are alike in every combination. */
#include "compiler/emit/check_parts.h"

/* Does a statement use the key's value otherwise than in lines of its own, or do these lines read
 * others? */
static bool
is_variable(const struct cd_policy_statement *s, struct cd_str key)
{
    for (uint32_t i = 0; i < s->n_conditions; i++) {
        const struct cd_condition_line *line = &s->conditions[i];
        bool is_own = cd_str_eq_nocase(line->key, key);
        for (uint32_t k = 0; k < line->n_values; k++) {
            if (cd_cond_names(line, k, key) || (is_own && cd_cond_names(line, k, CD_STR("")))) {
                return true;
            }
        }
    }
    for (uint32_t i = 0; i < s->resources.n; i++) {
        if (cd_glob_names(&s->resources.items[i].part[CD_ARN_TAIL], key)) {
            return true;
        }
    }
    return false;
}

static void
put_lines(const struct cd_check_deny *d, const struct cd_access *access, struct cd_str key,
          struct cd_buf *out)
{
    struct cd_missing missing = {.n = 0};
    for (size_t i = 0; i < d->statements.n; i++) {
        const struct cd_policy_statement *s = d->statements.items[i];
        for (uint32_t k = 0; k < s->n_conditions; k++) {
            if (cd_str_eq_nocase(s->conditions[k].key, key)) {
                cd_buf_putc(out,
                            (char)('0' + cd_condition_holds(&s->conditions[k], access, &missing)));
            }
        }
    }
    cd_missing_finish(&missing);
}

/* What both sides make of a class. */
static cordon_status
trait_of(const struct cd_check_deny *d, const struct cd_check_key *key,
         const struct cd_check_class *class, struct cd_str *out, bool *is_told,
         struct cordon_error *err)
{
    struct cd_buf b = CD_BUF_INIT;
    const struct cd_access_key value = {.name = key->name,
                                        .values = class->values,
                                        .n_values = class->n,
                                        .is_list = key->is_multivalued,
                                        .is_absent = class->is_absent};
    const struct cd_access access = {
        .action = CD_STR("*"), .resource = CD_STR("*"), .keys = &value, .n_keys = 1};
    cordon_status status =
        d->check->trait(d->check->ctx, d->control, d->number, &access, key->name, &b, is_told, err);
    put_lines(d, &access, key->name, &b);
    *out = b.n == 0 ? CD_STR("") : cd_arena_str(d->check->arena, cd_buf_view(&b));
    cd_buf_finish(&b);
    return status;
}

static cordon_status
merge(const struct cd_check_deny *d, struct cd_check_key *key, struct cordon_error *err)
{
    struct cd_str *traits = CD_NEW_ARRAY(d->check->arena, key->n_classes, struct cd_str);
    struct cd_check_class *kept =
        CD_NEW_ARRAY(d->check->arena, key->n_classes, struct cd_check_class);
    size_t n = 0;
    for (size_t i = 0; i < key->n_classes; i++) {
        bool is_told = false, is_new = true;
        CORDON_TRY(trait_of(d, key, &key->classes[i], &traits[n], &is_told, err));
        if (!is_told) {
            return CORDON_OK;
        }
        for (size_t k = 0; k < n && is_new; k++) {
            is_new = !cd_str_eq(traits[k], traits[n]);
        }
        if (is_new) {
            kept[n++] = key->classes[i];
        }
    }
    key->classes = kept;
    key->n_classes = n;
    return CORDON_OK;
}

cordon_status
cd_check_merge_classes(struct cd_check_deny *d, struct cordon_error *err)
{
    for (size_t i = 0; i < d->keys.n; i++) {
        bool variable = false;
        for (size_t k = 0; k < d->statements.n && !variable; k++) {
            variable = is_variable(d->statements.items[k], d->keys.items[i].name);
        }
        if (!variable) {
            CORDON_TRY(merge(d, &d->keys.items[i], err));
        }
    }
    return CORDON_OK;
}
