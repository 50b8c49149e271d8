/* The header of the normalized form: when the snapshot was captured, what it is complete for, and
 * its sources.
 *
 * An entry of `complete` names one type in one place. A large estate would need a hundred million
 * bytes of them; where there would be more than MOST_SINGLE, types that are complete in the same
 * places are one entry, and so are accounts with the same regions. */
#include <stdlib.h>

#include "runtime/base/num.h"
#include "runtime/ingest/load.h"

#define MOST_SINGLE 4096u

struct cd_str
cd_normal_str(const struct cd_snapshot *s, uint32_t id)
{
    return id == CD_NO_STR ? (struct cd_str){"", 0} : cd_intern_str(&s->dict, id);
}

void
cd_normal_put_member(struct cd_buf *out, const char *name, struct cd_str value)
{
    cd_buf_printf(out, "\"%s\":", name);
    cd_buf_json_str(out, value);
}

void
cd_normal_put_time(struct cd_buf *out, int64_t ms)
{
    char text[32];
    cd_buf_puts(out, ",\"captured\":");
    cd_buf_json_str(out, cd_format_time(ms, text));
}

/* ---- what is complete: sorted, once each, without what was lost ---- */

static int
by_complete(const void *a, const void *b, void *snapshot)
{
    const struct cd_complete *x = a;
    const struct cd_complete *y = b;
    int order = cd_str_cmp(x->type, y->type);
    order = order != 0 ? order
                       : cd_str_cmp(cd_normal_str(snapshot, x->account),
                                    cd_normal_str(snapshot, y->account));
    return order != 0
               ? order
               : cd_str_cmp(cd_normal_str(snapshot, x->region), cd_normal_str(snapshot, y->region));
}

/* Could patterns A and B, each exact or with a `*` at the end, mean the same type? */
static bool
types_meet(struct cd_str a, struct cd_str b)
{
    bool a_open = a.n > 0 && a.p[a.n - 1] == '*';
    bool b_open = b.n > 0 && b.p[b.n - 1] == '*';
    struct cd_str x = cd_str_sub(a, 0, a.n - a_open);
    struct cd_str y = cd_str_sub(b, 0, b.n - b_open);
    return (a_open && cd_str_starts(y, x)) || (b_open && cd_str_starts(x, y)) || cd_str_eq(a, b);
}

static bool
places_meet(uint32_t a, uint32_t b)
{
    return a == CD_NO_STR || b == CD_NO_STR || a == b;
}

static bool
is_lost(const struct cd_snapshot *s, const struct cd_complete *c)
{
    for (size_t i = 0; i < s->n_lost; i++) {
        const struct cd_complete *lost = &s->lost[i];
        if (types_meet(lost->type, c->type) && places_meet(lost->account, c->account)
            && places_meet(lost->region, c->region)) {
            return true;
        }
    }
    return false;
}

struct entries {
    struct cd_complete *items;
    size_t n;
};

/* Of the heap; false: out of memory. */
static bool
gather(const struct cd_snapshot *s, struct entries *out)
{
    *out = (struct entries){.items = malloc((s->n_complete + 1) * sizeof *out->items)};
    if (out->items == NULL) {
        return false;
    }
    for (size_t i = 0; i < s->n_complete; i++) {
        if (!is_lost(s, &s->complete[i])) {
            out->items[out->n++] = s->complete[i];
        }
    }
    size_t n = 0;
    if (out->n > 1) {
        qsort_r(out->items, out->n, sizeof *out->items, by_complete, (void *)(uintptr_t)s);
    }
    for (size_t i = 0; i < out->n; i++) {
        if (n == 0 || by_complete(&out->items[n - 1], &out->items[i], (void *)(uintptr_t)s) != 0) {
            out->items[n++] = out->items[i];
        }
    }
    out->n = n;
    return true;
}

static void
put_single(const struct cd_snapshot *s, const struct cd_complete *c, struct cd_buf *out)
{
    cd_buf_putc(out, '{');
    cd_normal_put_member(out, "type", c->type);
    if (c->account != CD_NO_STR) {
        cd_buf_putc(out, ',');
        cd_normal_put_member(out, "account", cd_normal_str(s, c->account));
    }
    if (c->region != CD_NO_STR) {
        cd_buf_putc(out, ',');
        cd_normal_put_member(out, "region", cd_normal_str(s, c->region));
    }
    cd_buf_putc(out, '}');
}

/* ---- groups ---- */

/* Entries [from, from + n) that have the same type, or the same type and account. */
struct run {
    size_t from, n;
    uint64_t hash; /* of what is to be the same in a group: the places, or the regions */
    size_t group;  /* the first run that is the same */
};

struct runs {
    struct run *items;
    size_t n;
};

static bool
same_places(const struct entries *e, const struct run *a, const struct run *b, bool is_account)
{
    if (a->hash != b->hash || a->n != b->n) {
        return false;
    }
    for (size_t i = 0; i < a->n; i++) {
        const struct cd_complete *x = &e->items[a->from + i];
        const struct cd_complete *y = &e->items[b->from + i];
        if (x->region != y->region || (!is_account && x->account != y->account)) {
            return false;
        }
    }
    return true;
}

static int
by_hash(const void *a, const void *b, void *runs)
{
    const struct run *items = runs;
    const struct run *x = &items[*(const size_t *)a];
    const struct run *y = &items[*(const size_t *)b];
    return x->hash != y->hash ? (x->hash < y->hash ? -1 : 1)
                              : (x->from > y->from) - (x->from < y->from);
}

/* Gives each run the first one that is the same. */
static bool
group_runs(const struct entries *e, struct runs *runs, bool is_account)
{
    size_t *order = malloc((runs->n + 1) * sizeof *order);
    for (size_t i = 0; order != NULL && i < runs->n; i++) {
        order[i] = i;
        runs->items[i].group = i;
    }
    if (order != NULL && runs->n > 1) {
        qsort_r(order, runs->n, sizeof *order, by_hash, runs->items);
    }
    for (size_t i = 1; order != NULL && i < runs->n; i++) {
        struct run *before = &runs->items[order[i - 1]];
        struct run *run = &runs->items[order[i]];
        const struct run *first = &runs->items[before->group];
        if (same_places(e, first, run, is_account)) {
            run->group = before->group;
        }
    }
    free(order);
    return order != NULL;
}

/* The runs of entries [from, to), by type or, of one type, by account. */
static bool
split_runs(const struct entries *e, size_t from, size_t to, bool is_account, struct runs *out)
{
    *out = (struct runs){.items = malloc((to - from + 1) * sizeof *out->items)};
    for (size_t i = from; out->items != NULL && i < to; i++) {
        const struct cd_complete *c = &e->items[i];
        bool is_next =
            i == from
            || (is_account ? c->account != c[-1].account : !cd_str_eq(c->type, c[-1].type));
        if (is_next) {
            out->items[out->n++] = (struct run){.from = i};
        }
        struct run *run = &out->items[out->n - 1];
        uint64_t place = (uint64_t)(is_account ? 0 : c->account) << 32 | c->region;
        run->hash = (run->hash ^ place) * UINT64_C(0x9E3779B97F4A7C15);
        run->hash ^= run->hash >> 29;
        run->n++;
    }
    return out->items != NULL && group_runs(e, out, is_account);
}

static void
put_string(struct cd_buf *out, const char *before, struct cd_str s)
{
    cd_buf_puts(out, before);
    cd_buf_json_str(out, s);
}

/* The types of a group. */
static void
put_types(const struct entries *e, const struct runs *types, size_t group, struct cd_buf *out)
{
    const char *before = "{\"type\":[";
    for (size_t i = group; i < types->n; i++) {
        if (types->items[i].group == group) {
            put_string(out, before, e->items[types->items[i].from].type);
            before = ",";
        }
    }
    cd_buf_putc(out, ']');
}

/* The accounts of a group, and their regions. What an entry leaves out is left out. */
static void
put_places(const struct cd_snapshot *s, const struct entries *e, const struct runs *accounts,
           size_t group, struct cd_buf *out)
{
    const struct run *first = &accounts->items[group];
    const char *before = ",\"account\":[";
    bool any = false;
    for (size_t i = group; i < accounts->n; i++) {
        uint32_t account = e->items[accounts->items[i].from].account;
        if (accounts->items[i].group == group && account != CD_NO_STR) {
            put_string(out, before, cd_normal_str(s, account));
            before = ",";
            any = true;
        }
    }
    cd_buf_puts(out, any ? "]" : "");
    before = ",\"region\":[";
    any = false;
    for (size_t i = 0; i < first->n; i++) {
        uint32_t region = e->items[first->from + i].region;
        if (region != CD_NO_STR) {
            put_string(out, before, cd_normal_str(s, region));
            before = ",";
            any = true;
        }
    }
    cd_buf_puts(out, any ? "]}" : "}");
}

/* Is the run of one class: do all of its entries name an account, and a region, or none? */
static bool
is_uniform(const struct entries *e, const struct run *run)
{
    const struct cd_complete *first = &e->items[run->from];
    for (size_t i = 1; i < run->n; i++) {
        const struct cd_complete *c = first + i;
        if ((c->account == CD_NO_STR) != (first->account == CD_NO_STR)
            || (c->region == CD_NO_STR) != (first->region == CD_NO_STR)) {
            return false;
        }
    }
    return true;
}

static bool
put_group(const struct cd_snapshot *s, const struct entries *e, const struct runs *types,
          size_t group, const char *before, struct cd_buf *out)
{
    const struct run *first = &types->items[group];
    struct runs accounts;
    bool ok = split_runs(e, first->from, first->from + first->n, true, &accounts);
    for (size_t i = 0; ok && i < accounts.n; i++) {
        if (accounts.items[i].group == i) {
            cd_buf_puts(out, before);
            put_types(e, types, group, out);
            put_places(s, e, &accounts, i, out);
            before = ",";
        }
    }
    free(accounts.items);
    return ok;
}

static bool
put_groups(const struct cd_snapshot *s, const struct entries *e, struct cd_buf *out)
{
    struct runs types;
    bool ok = split_runs(e, 0, e->n, false, &types);
    const char *before = "";
    for (size_t i = 0; ok && i < types.n; i++) {
        const struct run *run = &types.items[i];
        if (run->group != i) {
            continue;
        }
        if (is_uniform(e, run)) {
            ok = put_group(s, e, &types, i, before, out);
            before = ",";
            continue;
        }
        for (size_t k = i; k < types.n; k++) {
            for (size_t at = 0; types.items[k].group == i && at < types.items[k].n; at++) {
                cd_buf_puts(out, before);
                put_single(s, &e->items[types.items[k].from + at], out);
                before = ",";
            }
        }
    }
    free(types.items);
    return ok;
}

static void
put_complete(const struct cd_snapshot *s, struct cd_buf *out)
{
    struct entries e;
    bool ok = gather(s, &e);
    cd_buf_puts(out, ",\"complete\":[");
    if (ok && e.n > MOST_SINGLE) {
        ok = put_groups(s, &e, out);
    } else {
        for (size_t i = 0; ok && i < e.n; i++) {
            cd_buf_puts(out, i > 0 ? "," : "");
            put_single(s, &e.items[i], out);
        }
    }
    out->oom |= !ok;
    free(e.items);
    cd_buf_putc(out, ']');
}

/* ---- the header ---- */

static void
put_source(struct cd_buf *out, struct cd_str file, struct cd_str format, bool *first)
{
    cd_buf_puts(out, *first ? "{" : ",{");
    cd_normal_put_member(out, "file", file);
    if (format.n > 0) {
        cd_buf_putc(out, ',');
        cd_normal_put_member(out, "format", format);
    }
    cd_buf_putc(out, '}');
    *first = false;
}

/* A normalized file stands for the sources that it names. */
static bool
put_notes(const struct cd_ingest *in, uint32_t source, struct cd_buf *out, bool *first)
{
    bool any = false;
    for (size_t i = 0; in != NULL && i < in->n_notes; i++) {
        if (in->notes[i].source == source) {
            put_source(out, in->notes[i].file, in->notes[i].format, first);
            any = true;
        }
    }
    return any;
}

void
cd_normal_put_header(const struct cd_snapshot *s, struct cd_buf *out)
{
    bool first = true;
    cd_buf_puts(out, "{\"cordon\":1");
    if (s->captured != INT64_MIN) {
        cd_normal_put_time(out, s->captured);
    }
    put_complete(s, out);
    cd_buf_puts(out, ",\"sources\":[");
    for (uint32_t i = 0; i < s->n_sources; i++) {
        if (!put_notes(s->ingest, i, out, &first)) {
            put_source(out, s->sources[i].file, s->sources[i].format, &first);
        }
    }
    cd_buf_puts(out, "]}\n");
}
