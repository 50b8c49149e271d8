/* Compilation and matching of texts with wildcards. After a mismatch only the last star takes one
 * character more: those before it matched as early as they could, so that time is at most text
 * times pattern. */
#include "runtime/iam/glob.h"

/* ---- compilation ---- */

/* A place in the text that only goes on; do quotes in odd number stand before it? */
struct place {
    size_t at;
    bool is_odd;
};

struct compiler {
    struct cd_arena *a;
    struct cd_str text;
    unsigned holds;
    struct place variable; /* where the last one begins */
    struct place brace[2]; /* where such as begin behind quotes in even, in odd number may end */
    struct cd_glob_part *parts;
    size_t n, cap;
    uint32_t n_keys;
};

/* `*?` is `?*`: so a text stands behind each star, which can be searched for. */
static cordon_status
push_one(struct compiler *c)
{
    size_t at = c->n != 0 && c->parts[c->n - 1].kind == CD_GLOB_ANY ? c->n - 1 : c->n;
    if (at != 0 && c->parts[at - 1].kind == CD_GLOB_ONE) {
        c->parts[at - 1].count++;
        return CORDON_OK;
    }
    struct cd_glob_part *slot = CD_PUSH(c->a, c->parts, c->n, c->cap);
    if (slot == NULL) {
        return CORDON_ENOMEM;
    }
    *slot = (struct cd_glob_part){.kind = CD_GLOB_ANY}; /* the star, if there is one */
    c->parts[at] = (struct cd_glob_part){.kind = CD_GLOB_ONE, .count = 1};
    return CORDON_OK;
}

static cordon_status
push(struct compiler *c, struct cd_glob_part part)
{
    bool is_repeated =
        part.kind == CD_GLOB_ANY && c->n != 0 && c->parts[c->n - 1].kind == part.kind;
    if (is_repeated || (part.kind == CD_GLOB_TEXT && part.text.n == 0)) {
        return CORDON_OK;
    }
    struct cd_glob_part *slot = CD_PUSH(c->a, c->parts, c->n, c->cap);
    if (slot == NULL) {
        return CORDON_ENOMEM;
    }
    *slot = part;
    return CORDON_OK;
}

static struct cd_str
trimmed(struct cd_str s)
{
    while (s.n != 0 && s.p[0] == ' ') {
        s = cd_str_sub(s, 1, s.n);
    }
    while (s.n != 0 && s.p[s.n - 1] == ' ') {
        s.n--;
    }
    return s;
}

/* The text between single quotes, in which '' is one quote; false if S is something else. */
static bool
unquoted(struct cd_arena *a, struct cd_str s, struct cd_str *out)
{
    if (s.n < 2 || s.p[0] != '\'' || s.p[s.n - 1] != '\'') {
        return false;
    }
    struct cd_str inner = cd_str_sub(s, 1, s.n - 1);
    char *p = cd_arena_alloc(a, inner.n + 1);
    size_t n = 0;
    if (p == NULL) {
        return false;
    }
    for (size_t i = 0; i < inner.n; i++) {
        p[n++] = inner.p[i];
        if (inner.p[i] == '\'') {
            if (i + 1 == inner.n || inner.p[i + 1] != '\'') {
                return false;
            }
            i++;
        }
    }
    *out = (struct cd_str){p, n};
    return true;
}

/* BODY stands between `${` and `}`. What is no name of a key names none, and so has no value; a
 * default stands behind a comma and a space («Specifying default values»). */
static cordon_status
push_variable(struct compiler *c, struct cd_str body)
{
    struct cd_glob_part part = {.kind = CD_GLOB_KEY, .text = trimmed(body)};
    if (body.n == 1 && (body.p[0] == '*' || body.p[0] == '?' || body.p[0] == '$')) {
        return push(c, (struct cd_glob_part){.kind = CD_GLOB_TEXT, .text = body});
    }
    size_t comma = cd_str_find(body, ',', 0);
    if (comma + 1 < body.n && body.p[comma + 1] == ' '
        && unquoted(c->a, trimmed(cd_str_sub(body, comma + 1, body.n)), &part.fallback)) {
        part.text = trimmed(cd_str_sub(body, 0, comma));
        part.has_fallback = true;
    }
    if (++c->n_keys > CD_GLOB_KEYS) {
        return CORDON_ELIMIT;
    }
    return push(c, part);
}

static void
go_on(struct place *p, struct cd_str text, size_t to)
{
    for (; p->at < to; p->at++) {
        p->is_odd = p->is_odd != (text.p[p->at] == '\'');
    }
}

/* Where the variable that begins at I, behind those before, ends: the place of its brace, outside
 * quotes; text.n if it has none. However many begin, the text is gone through three times. */
static size_t
variable_end(struct compiler *c, size_t i)
{
    go_on(&c->variable, c->text, i);
    bool is_odd = c->variable.is_odd;
    struct place *brace = &c->brace[is_odd];
    go_on(brace, c->text, i);
    while (brace->at < c->text.n && (c->text.p[brace->at] != '}' || brace->is_odd != is_odd)) {
        go_on(brace, c->text, brace->at + 1);
    }
    return brace->at;
}

static cordon_status
compile(struct compiler *c)
{
    size_t from = 0;
    for (size_t i = 0; i < c->text.n;) {
        char ch = c->text.p[i];
        bool is_wild = (c->holds & CD_GLOB_WILD) != 0 && (ch == '*' || ch == '?');
        size_t end = c->text.n;
        if ((c->holds & CD_GLOB_KEYED) != 0 && ch == '$' && i + 1 < c->text.n
            && c->text.p[i + 1] == '{') {
            end = variable_end(c, i + 2);
        }
        if (!is_wild && end == c->text.n) {
            i++;
            continue;
        }
        CORDON_TRY(push(c, (struct cd_glob_part){.text = cd_str_sub(c->text, from, i)}));
        if (is_wild) {
            CORDON_TRY(ch == '?' ? push_one(c)
                                 : push(c, (struct cd_glob_part){.kind = CD_GLOB_ANY}));
            from = ++i;
        } else {
            CORDON_TRY(push_variable(c, cd_str_sub(c->text, i + 2, end)));
            from = i = end + 1;
        }
    }
    return push(c, (struct cd_glob_part){.text = cd_str_sub(c->text, from, c->text.n)});
}

/* What stands between two stars is tried again and again: the number of its parts is what matching
 * costs beyond the text's length. */
static bool
is_affordable(const struct compiler *c)
{
    size_t star = c->n;
    for (size_t i = 0; i < c->n; i++) {
        star = c->parts[i].kind == CD_GLOB_ANY ? i : star;
        if (star < i && i - star > CD_GLOB_SEGMENT) {
            return false;
        }
    }
    return true;
}

/* How many parts there may be: most texts are one, and documents have many of them. */
static size_t
most_parts(struct cd_str text)
{
    size_t n = text.n != 0;
    for (size_t i = 0; i < text.n; i++) {
        n += text.p[i] == '*' || text.p[i] == '?' || text.p[i] == '$' ? 2 : 0;
    }
    return n;
}

cordon_status
cd_glob_compile(struct cd_arena *a, struct cd_str text, unsigned holds, struct cd_glob *out)
{
    struct compiler c = {.a = a, .text = text, .holds = holds, .cap = most_parts(text)};
    c.parts = CD_NEW_ARRAY(a, c.cap, struct cd_glob_part);
    if (c.parts == NULL) {
        return CORDON_ENOMEM;
    }
    CORDON_TRY(compile(&c));
    if (!is_affordable(&c)) {
        return CORDON_ELIMIT;
    }
    *out = (struct cd_glob){c.parts, (uint32_t)c.n, c.n_keys, (holds & CD_GLOB_NOCASE) != 0};
    return CORDON_OK;
}

/* ---- matching ---- */

struct matcher {
    const struct cd_glob *g;
    const struct cd_str
        *values; /* of the variables, in their order; NULL pointers match anything */
};

static bool
stands_at(const struct matcher *m, struct cd_str text, size_t at, struct cd_str part)
{
    if (text.n - at < part.n || part.n == 0) {
        return part.n == 0;
    }
    if (!m->g->nocase) {
        return memcmp(text.p + at, part.p, part.n) == 0;
    }
    return cd_ascii_lower(text.p[at]) == cd_ascii_lower(part.p[0])
           && cd_str_eq_nocase(cd_str_sub(text, at, at + part.n), part);
}

/* Where PART may stand next; text.n + 1: nowhere. It begins with a whole character. */
static size_t
find_nocase(struct cd_str text, size_t from, struct cd_str part)
{
    char first = cd_ascii_lower(part.p[0]);
    while (from < text.n && cd_ascii_lower(text.p[from]) != first) {
        from++;
    }
    return text.n - from >= part.n ? from : text.n + 1;
}

/* Where matching goes on when the last star takes one character more; text.n + 1: nowhere. */
static size_t
next_try(const struct matcher *m, struct cd_str text, size_t from, const struct cd_glob_part *after)
{
    if (from >= text.n) {
        return text.n + 1;
    }
    from += cd_utf8_size(text, from);
    if (after->kind != CD_GLOB_TEXT) {
        return from;
    }
    if (m->g->nocase) {
        return find_nocase(text, from, after->text);
    }
    const char *found = memmem(text.p + from, text.n - from, after->text.p, after->text.n);
    return found != NULL ? (size_t)(found - text.p) : text.n + 1;
}

/* The place in `values` of the variable at part AT. */
static uint32_t
slot_of(const struct cd_glob *g, uint32_t at)
{
    uint32_t slot = 0;
    for (uint32_t i = 0; i < at; i++) {
        slot += g->parts[i].kind == CD_GLOB_KEY;
    }
    return slot;
}

/* What part AT asks for: a star, a character, or the text *VALUE. */
static enum cd_glob_kind
asked(const struct matcher *m, uint32_t at, struct cd_str *value)
{
    const struct cd_glob_part *part = &m->g->parts[at];
    *value = part->text;
    if (part->kind != CD_GLOB_KEY) {
        return part->kind;
    }
    *value = m->values[slot_of(m->g, at)];
    return value->p == NULL ? CD_GLOB_ANY : CD_GLOB_TEXT;
}

/* Moves *T behind N characters, or behind the text VALUE; false if they do not stand there. */
static bool
takes_some(struct cd_str text, uint32_t n, size_t *t)
{
    size_t at = *t;
    for (; n != 0 && at < text.n; n--) {
        at += cd_utf8_size(text, at);
    }
    *t = n == 0 ? at : *t;
    return n == 0;
}

static bool
takes_text(const struct matcher *m, struct cd_str value, struct cd_str text, size_t *t)
{
    bool stands = stands_at(m, text, *t, value);
    *t += stands ? value.n : 0;
    return stands;
}

static bool
run(const struct matcher *m, struct cd_str text)
{
    const struct cd_glob *g = m->g;
    uint32_t p = 0, star = UINT32_MAX; /* the part behind the last star, and where its try began */
    size_t t = 0, star_t = 0;
    while (p < g->n || t < text.n) {
        struct cd_str value = {NULL, 0};
        enum cd_glob_kind kind = p < g->n ? asked(m, p, &value) : CD_GLOB_KEY;
        if (kind == CD_GLOB_ANY) {
            star = ++p;
            star_t = t;
            if (p == g->n) {
                return true;
            }
            continue;
        }
        if (p < g->n
            && (kind == CD_GLOB_ONE ? takes_some(text, g->parts[p].count, &t)
                                    : takes_text(m, value, text, &t))) {
            p++;
            continue;
        }
        star_t = star == UINT32_MAX ? text.n + 1 : next_try(m, text, star_t, &g->parts[star]);
        if (star_t > text.n) {
            return false;
        }
        p = star;
        t = star_t;
    }
    return true;
}

/* The values of the variables; CD_NO if one has none. */
static enum cd_truth
resolve(const struct cd_glob *g, const struct cd_access *access, struct cd_missing *missing,
        struct cd_str *values)
{
    uint32_t slot = 0;
    enum cd_truth all = CD_YES;
    for (uint32_t i = 0; i < g->n; i++) {
        const struct cd_glob_part *part = &g->parts[i];
        if (part->kind != CD_GLOB_KEY) {
            continue;
        }
        values[slot] = (struct cd_str){NULL, 0};
        enum cd_truth has = cd_access_value(access, part->text, &values[slot]);
        if (has == CD_YES && values[slot].p == NULL) {
            values[slot].p = "";
        }
        if (has == CD_NO && part->has_fallback) {
            values[slot] = part->fallback;
            has = CD_YES;
        } else if (has == CD_MAYBE) {
            cd_missing_add(missing, part->text);
        }
        all = cd_truth_and(all, has);
        slot++;
    }
    return all;
}

enum cd_truth
cd_glob_match_parts(const struct cd_glob *g, struct cd_str text, const struct cd_access *access,
                    struct cd_missing *missing)
{
    struct cd_str values[CD_GLOB_KEYS];
    size_t mark = missing != NULL ? missing->n : 0;
    enum cd_truth known = g->n_keys == 0 ? CD_YES : resolve(g, access, missing, values);
    struct matcher m = {g, values};
    if (known == CD_NO || !run(&m, text)) {
        if (missing != NULL) {
            cd_missing_back(missing, mark);
        }
        return CD_NO;
    }
    return known;
}

bool
cd_glob_names(const struct cd_glob *g, struct cd_str key)
{
    for (uint32_t i = 0; i < g->n; i++) {
        if (g->parts[i].kind == CD_GLOB_KEY
            && (key.n == 0 || cd_str_eq_nocase(g->parts[i].text, key))) {
            return true;
        }
    }
    return false;
}
