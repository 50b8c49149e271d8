/* Principals of statements. */
#include "runtime/iam/compile.h"

/* ---- principals: «AWS JSON policy elements: Principal»
 * (reference_policies_elements_principal.html) ---- */

static const struct {
    struct cd_str name;
    enum cd_principal_kind kind;
} principal_kinds[] = {
    {CD_STR_INIT("AWS"), CD_PRINCIPAL_AWS},
    {CD_STR_INIT("Service"), CD_PRINCIPAL_SERVICE},
    {CD_STR_INIT("Federated"), CD_PRINCIPAL_FEDERATED},
    {CD_STR_INIT("CanonicalUser"), CD_PRINCIPAL_CANONICAL_USER},
};

struct principals {
    struct cd_principal *items;
    size_t n, cap;
};

static cordon_status
push_principal(struct cd_compiler *c, struct principals *list, enum cd_principal_kind kind,
               struct cd_str text)
{
    struct cd_principal *slot = CD_PUSH(c->a, list->items, list->n, list->cap);
    if (slot == NULL) {
        return cd_compile_oom(c);
    }
    bool is_any = kind == CD_PRINCIPAL_AWS && cd_str_eq(text, CD_STR("*"));
    *slot = (struct cd_principal){is_any ? CD_PRINCIPAL_ANY : kind, text};
    return CORDON_OK;
}

static cordon_status
compile_kind(struct cd_compiler *c, const struct cd_dom_iter *member, const struct cd_step_to *at,
             struct principals *list, bool *seen)
{
    struct cd_step_to below = {at, member->key, 0};
    size_t k = 0;
    while (k < CD_ARRAY_LEN(principal_kinds) && !cd_str_eq(member->key, principal_kinds[k].name)) {
        k++;
    }
    if (k == CD_ARRAY_LEN(principal_kinds)) {
        return cd_compile_fail(c, CORDON_EINPUT, &below,
                               "there are the kinds AWS, Service, Federated and CanonicalUser");
    }
    if (seen[k]) {
        return cd_compile_fail(c, CORDON_EINPUT, &below, "stands here twice");
    }
    seen[k] = true;
    for (struct cd_compile_items it = cd_compile_items(member->val, &below);
         cd_compile_next(&it);) {
        struct cd_str text;
        CORDON_TRY(cd_compile_text(c, it.val, &it.at, &text));
        CORDON_TRY(push_principal(c, list, principal_kinds[k].kind, text));
    }
    return CORDON_OK;
}

cordon_status
cd_compile_principals(struct cd_compiler *c, struct cd_dom_val v, const struct cd_step_to *at,
                      struct cd_principals *out)
{
    struct principals list = {.n = 0};
    bool seen[CD_ARRAY_LEN(principal_kinds)] = {false};
    if (cd_dom_kind(v) == CD_DOM_STRING && cd_str_eq(cd_dom_str(v), CD_STR("*"))) {
        CORDON_TRY(push_principal(c, &list, CD_PRINCIPAL_ANY, CD_STR("*")));
    } else if (!cd_dom_is(v, '{')) {
        return cd_compile_fail(c, CORDON_EINPUT, at,
                               "* or an object like {\"AWS\": …} is expected");
    }
    for (struct cd_dom_iter it = cd_dom_iter(v); cd_dom_is(v, '{') && cd_dom_next(&it);) {
        CORDON_TRY(compile_kind(c, &it, at, &list, seen));
    }
    if (list.n == 0) {
        return cd_compile_fail(c, CORDON_EINPUT, at, "a principal is expected");
    }
    out->is_there = true;
    out->items = list.items;
    out->n = (uint32_t)list.n;
    return CORDON_OK;
}
