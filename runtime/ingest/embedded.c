/* JSON in strings, and values at paths through it. */
#include "runtime/ingest/load.h"

/* A parser that is not in use; NULL: too many are, or memory is out. */
static struct cd_dom *
embedded_parser(struct cd_load *l)
{
    if (l->n_embedded == CD_EMBEDDED_AT_ONCE) {
        return NULL;
    }
    struct cd_dom **at = &l->embedded[l->n_embedded];
    if (*at == NULL) {
        *at = cd_dom_new();
        l->oom |= *at == NULL;
    }
    return *at;
}

struct cd_dom_val
cd_value_decoded(struct cd_load *l, struct cd_dom_val val)
{
    for (int i = 0; i < CD_EMBED_LIMIT && cd_dom_is(val, '"'); i++) {
        struct cd_str text = cd_dom_str(val);
        if (text.n < 2 || memchr("{[\"", text.p[0], 3) == NULL) {
            break;
        }
        struct cd_dom *dom = embedded_parser(l);
        struct cd_dom_val inner;
        if (dom == NULL || cd_dom_parse(dom, text, false, &inner) != CD_DOM_OK) {
            break;
        }
        l->n_embedded++;
        val = inner;
    }
    return val;
}

/* The element of a list whose MEMBER is true. */
static bool
chosen_element(struct cd_dom_val list, struct cd_str member, struct cd_dom_val *out)
{
    for (struct cd_dom_iter it = cd_dom_iter(list); cd_dom_is(list, '[') && cd_dom_next(&it);) {
        struct cd_dom_val flag;
        if (cd_dom_member(it.val, member, &flag) && cd_dom_is(flag, 't')) {
            *out = it.val;
            return true;
        }
    }
    return false;
}

/* The member of an object that stands there once. */
static bool
single_member(struct cd_dom_val val, struct cd_str name, struct cd_dom_val *out)
{
    uint32_t n = 0;
    for (struct cd_dom_iter it = cd_dom_iter(val); cd_dom_is(val, '{') && cd_dom_next(&it);) {
        if (cd_str_eq(it.key, name)) {
            *out = it.val;
            n++;
        }
    }
    return n == 1;
}

bool
cd_value_at(struct cd_load *l, struct cd_dom_val val, struct cd_str path, struct cd_dom_val *out)
{
    for (size_t from = 0; from <= path.n;) {
        size_t dot = cd_str_find(path, '.', from);
        struct cd_str part = cd_str_sub(path, from, dot);
        size_t bracket = cd_str_find(part, '[', 0);
        if (!single_member(cd_value_decoded(l, val), cd_str_sub(part, 0, bracket), &val)) {
            return false;
        }
        if (bracket < part.n
            && !chosen_element(cd_value_decoded(l, val), cd_str_sub(part, bracket + 1, part.n - 1),
                               &val)) {
            return false;
        }
        from = dot + 1;
    }
    *out = val;
    return !cd_dom_is(val, 'n');
}
