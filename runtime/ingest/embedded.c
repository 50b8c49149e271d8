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
        if (dom == NULL || cd_text_parse(l, dom, text, false, &inner) != CD_DOM_OK) {
            break;
        }
        l->n_embedded++;
        val = inner;
    }
    return val;
}

bool
cd_value_is_nothing(struct cd_dom_val val)
{
    struct cd_str text = cd_dom_is(val, '"') ? cd_dom_str(val) : CD_STR("…");
    return cd_dom_is(val, 'n') || text.n == 0 || cd_str_eq(text, CD_STR("null"));
}

struct cd_dom_val
cd_value_only(struct cd_dom_val val)
{
    struct cd_dom_iter it = cd_dom_iter(val);
    bool is_one = cd_dom_is(val, '[') && cd_dom_next(&it) && it.next >= it.end;
    return is_one ? it.val : val;
}

/* The element of a list whose MEMBER is true, or there and no boolean; for `0` the first one. */
static enum cd_found
chosen_element(struct cd_load *l, struct cd_dom_val list, struct cd_str member,
               struct cd_dom_val *out)
{
    if (!cd_dom_is(list, '[')) {
        return cd_value_is_nothing(list) ? CD_FOUND_NOTHING : CD_FOUND_BROKEN;
    }
    for (struct cd_dom_iter it = cd_dom_iter(list); cd_dom_next(&it);) {
        struct cd_dom_val flag;
        if (cd_str_eq(member, CD_STR("0"))
            || (cd_dom_member(it.val, member, &flag) && !cd_dom_is(flag, 'f')
                && !cd_dom_is(flag, 'n'))) {
            *out = it.val;
            l->element = it.i;
            return CD_FOUND_VALUE;
        }
    }
    return CD_FOUND_NOTHING;
}

/* The member of an object that stands there once. */
static enum cd_found
single_member(struct cd_dom_val val, struct cd_str name, struct cd_dom_val *out)
{
    uint32_t n = 0;
    if (!cd_dom_is(val, '{')) {
        return cd_value_is_nothing(val) ? CD_FOUND_NOTHING : CD_FOUND_BROKEN;
    }
    for (struct cd_dom_iter it = cd_dom_iter(val); cd_dom_next(&it);) {
        if (cd_str_eq_name(it.key, name)) {
            *out = it.val;
            n++;
        }
    }
    return n == 0 ? CD_FOUND_NOTHING : n == 1 ? CD_FOUND_VALUE : CD_FOUND_BROKEN;
}

enum cd_found
cd_value_find(struct cd_load *l, struct cd_dom_val val, struct cd_str path, struct cd_dom_val *out)
{
    l->element = 0;
    for (size_t from = 0; from <= path.n;) {
        size_t dot = cd_str_find(path, '.', from);
        struct cd_str part = cd_str_sub(path, from, dot);
        size_t bracket = cd_str_find(part, '[', 0);
        struct cd_str name = cd_str_sub(part, 0, bracket);
        enum cd_found found = single_member(cd_value_decoded(l, val), name, &val);
        if (found == CD_FOUND_VALUE && bracket < part.n) {
            struct cd_str which = cd_str_sub(part, bracket + 1, part.n - 1);
            found = chosen_element(l, cd_value_decoded(l, val), which, &val);
        }
        if (found != CD_FOUND_VALUE) {
            return found;
        }
        from = dot + 1;
    }
    *out = val;
    return cd_dom_is(val, 'n') ? CD_FOUND_NOTHING : CD_FOUND_VALUE;
}

bool
cd_value_at(struct cd_load *l, struct cd_dom_val val, struct cd_str path, struct cd_dom_val *out)
{
    return cd_value_find(l, val, path, out) == CD_FOUND_VALUE;
}
