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

bool
cd_value_at(struct cd_load *l, struct cd_dom_val val, struct cd_str path, struct cd_dom_val *out)
{
    for (size_t from = 0; from <= path.n;) {
        size_t dot = cd_str_find(path, '.', from);
        struct cd_str name = cd_str_sub(path, from, dot);
        uint32_t n = 0;
        val = cd_value_decoded(l, val);
        if (!cd_dom_is(val, '{')) {
            return false;
        }
        struct cd_dom_val found = val;
        for (struct cd_dom_iter it = cd_dom_iter(val); cd_dom_next(&it);) {
            if (cd_str_eq(it.key, name)) {
                found = it.val;
                n++;
            }
        }
        if (n != 1) {
            return false;
        }
        val = found;
        from = dot + 1;
    }
    *out = val;
    return !cd_dom_is(val, 'n');
}
