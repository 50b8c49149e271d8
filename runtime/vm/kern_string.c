/* Strings: patterns, expressions, networks, parts of ARNs. What depends on one string and on
 * constants is computed once for each distinct string. */
#include "runtime/vm/vm.h"

#include "runtime/vm/pattern.h"

/* Distinct strings that an instruction remembers; beyond it they are computed again. */
#define CACHE_LIMIT (UINT32_C(1) << 16)
/* Bytes of a string that an expression makes. */
#define LONGEST_STRING ((size_t)16 << 20)

static void
remember(struct cd_eval *e, struct cd_cache *cache, uint32_t key, uint32_t value)
{
    if (cache->results.n < CACHE_LIMIT) {
        cd_idmap_put(&e->arena, &cache->results, key, value);
    }
}

/* ---- like, within ---- */

static bool
matches_one(const struct cd_eval *e, const struct cd_insn *in, uint32_t text, uint32_t pattern)
{
    struct cd_str t = cd_vm_text(e, text);
    struct cd_str p = cd_vm_text(e, pattern);
    if (in->op == CD_OP_LIKE) {
        return in->c ? cd_like_nocase(p, t) : cd_like(p, t);
    }
    if (in->op == CD_OP_ARNLIKE) {
        return cd_arn_like(p, t);
    }
    struct cd_net inner = cd_net_parse(t);
    struct cd_net outer = cd_net_parse(p);
    return cd_net_within(&inner, &outer);
}

/* Of an address that is none nothing is unknown: it is as absent. */
static bool
is_absent_text(const struct cd_eval *e, const struct cd_insn *in, uint32_t text)
{
    return in->op == CD_OP_WITHIN && cd_net_parse(cd_vm_text(e, text)).family == 0;
}

/* The known string TEXT against lane J of the patterns. */
static enum cd_answer_value
match(const struct cd_eval *e, const struct cd_insn *in, uint32_t text,
      const struct cd_vec *patterns, uint32_t j)
{
    enum cd_state state = cd_vec_state(patterns, j);
    if (state == CD_ABSENT || is_absent_text(e, in, text)) {
        return CD_F;
    }
    if (state == CD_UNKNOWN) {
        return CD_U;
    }
    if (patterns->kind == CD_KIND_STRING) {
        return matches_one(e, in, text, patterns->v.u32[j]) ? CD_T : CD_F;
    }
    if (patterns->kind != CD_KIND_LIST
        || (patterns->elem && patterns->elem->kind != CD_KIND_STRING)) {
        return CD_F;
    }
    for (uint32_t k = 0; k < patterns->len[j]; k++) {
        if (matches_one(e, in, text, patterns->elem->v.u32[patterns->off[j] + k])) {
            return CD_T;
        }
    }
    return patterns->open[j] ? CD_U : CD_F;
}

/* The same against patterns that every lane shares. */
static enum cd_answer_value
match_constant(struct cd_eval *e, const struct cd_insn *in, uint32_t text,
               const struct cd_vec *patterns, struct cd_cache *cache)
{
    uint32_t known;
    if (cd_idmap_get(&cache->results, text, &known)) {
        return (enum cd_answer_value)known;
    }
    enum cd_answer_value v = match(e, in, text, patterns, 0);
    remember(e, cache, text, v);
    return v;
}

static uint32_t
pattern_reason(const struct cd_vec *patterns, uint32_t i)
{
    if (cd_vec_state(patterns, i) == CD_UNKNOWN) {
        return cd_vec_reason(patterns, i);
    }
    return patterns->kind == CD_KIND_LIST ? patterns->open[i] : 0;
}

/* Is what a string matches worth remembering? */
static bool
is_costly(const struct cd_eval *e, const struct cd_insn *in, const struct cd_vec *patterns)
{
    bool is_single = in->op == CD_OP_LIKE && !in->c && patterns->kind == CD_KIND_STRING
                     && cd_vec_state(patterns, 0) == CD_KNOWN;
    return !is_single || !cd_like_is_plain(cd_vm_text(e, patterns->v.u32[0]));
}

void
cd_k_pattern(struct cd_eval *e, const struct cd_insn *in, uint32_t pc)
{
    struct cd_arena *a;
    const struct cd_vec *x = cd_vm_reg(e, in->a);
    const struct cd_vec *y = cd_vm_reg(e, in->b);
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    struct cd_cache *cache = y->uni && is_costly(e, in, y->uni) ? cd_vm_cache(e, pc) : NULL;
    for (uint32_t i = 0; i < d->n; i++) {
        bool no_network = y->kind == CD_KIND_STRING && y->state[i] == CD_KNOWN
                          && is_absent_text(e, in, y->v.u32[i]);
        if (x->state[i] == CD_ABSENT || cd_vec_state(y, i) == CD_ABSENT || no_network) {
            continue; /* false */
        }
        if (x->state[i] == CD_UNKNOWN) {
            cd_vec_set_unknown(a, d, i, cd_vec_reason(x, i));
            continue;
        }
        enum cd_answer_value v = cache ? match_constant(e, in, x->v.u32[i], y->uni, cache)
                                       : match(e, in, x->v.u32[i], y, i);
        d->v.b[i] = (uint8_t)v;
        if (v == CD_U) {
            cd_vec_set_unknown(a, d, i, pattern_reason(y, i));
        }
    }
}

/* ---- regular expressions ---- */

static const struct cd_regex *
regex_of(struct cd_eval *e, struct cd_cache *cache, uint32_t string)
{
    char why[200];
    if (!cache->regex) {
        struct cd_str text = cd_image_str(e->img, string);
        cache->regex = cd_regex_new(text, why, sizeof why);
        if (!cache->regex && why[0] == '\0') {
            cd_vm_oom(e);
        }
        if (!cache->regex) {
            cd_vm_fail(e, CORDON_ECORRUPT, "the program's expression \"%.*s\" is none: %s",
                       CD_FMT(text), why);
        }
    }
    return cache->regex;
}

void
cd_k_matches(struct cd_eval *e, const struct cd_insn *in, uint32_t pc)
{
    struct cd_arena *a;
    const struct cd_vec *x = cd_vm_reg(e, in->a);
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    struct cd_cache *cache = cd_vm_cache(e, pc);
    const struct cd_regex *regex = regex_of(e, cache, in->b);
    for (uint32_t i = 0; i < d->n; i++) {
        uint32_t known;
        if (x->state[i] == CD_UNKNOWN) {
            cd_vec_set_unknown(a, d, i, cd_vec_reason(x, i));
        } else if (x->state[i] == CD_KNOWN) {
            if (!cd_idmap_get(&cache->results, x->v.u32[i], &known)) {
                known = cd_regex_match(regex, cd_vm_text(e, x->v.u32[i]));
                remember(e, cache, x->v.u32[i], known);
            }
            d->v.b[i] = known ? CD_T : CD_F;
        }
    }
}

/* ---- from string to string ---- */

/* The string as a pattern of itself alone. Colons stay what they are: an interpolated ARN keeps its
 * segments. */
static uint32_t
quote(struct cd_eval *e, uint32_t string)
{
    struct cd_str s = cd_vm_text(e, string);
    struct cd_buf out = CD_BUF_INIT;
    bool plain = true;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '*' || s.p[i] == '?' || s.p[i] == CD_PATTERN_QUOTE) {
            cd_buf_putc(&out, CD_PATTERN_QUOTE);
            plain = false;
        }
        cd_buf_putc(&out, s.p[i]);
    }
    uint32_t id = plain ? string : out.oom ? CD_NO_STR : cd_snapshot_str(e->s, cd_buf_view(&out));
    cd_buf_finish(&out);
    if (id == CD_NO_STR) {
        cd_vm_oom(e);
    }
    return id;
}

/* Part B of the ARN; CD_NO_STR: it is no ARN, or leaves the part empty. */
static uint32_t
arn_part(struct cd_eval *e, uint32_t string, uint32_t part)
{
    struct cd_str segments[CD_ARN_SEGMENTS];
    if (!cd_arn_split(cd_vm_text(e, string), segments) || part >= CD_N_ARNPARTS
        || segments[part + 1].n == 0) {
        return CD_NO_STR;
    }
    return cd_vm_str(e, segments[part + 1]);
}

static uint32_t
text_of(struct cd_eval *e, const struct cd_insn *in, struct cd_cache *cache, uint32_t string)
{
    struct cd_str segments[CD_ARN_SEGMENTS];
    struct cd_str group;
    if (in->op == CD_OP_QUOTE) {
        return quote(e, string);
    }
    if (in->op == CD_OP_TOARN) {
        return cd_arn_split(cd_vm_text(e, string), segments) ? string : CD_NO_STR;
    }
    if (in->op == CD_OP_ARNPART) {
        return arn_part(e, string, in->b);
    }
    return cd_regex_capture(regex_of(e, cache, in->b), cd_vm_text(e, string), &group)
               ? cd_vm_str(e, group)
               : CD_NO_STR;
}

void
cd_k_text(struct cd_eval *e, const struct cd_insn *in, uint32_t pc)
{
    struct cd_arena *a;
    const struct cd_vec *x = cd_vm_reg(e, in->a);
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    struct cd_cache *cache = cd_vm_cache(e, pc);
    for (uint32_t i = 0; i < d->n; i++) {
        if (x->state[i] == CD_UNKNOWN) {
            cd_vec_set_unknown(a, d, i, cd_vec_reason(x, i));
            continue;
        }
        uint32_t result = CD_NO_STR;
        if (x->state[i] == CD_KNOWN && !cd_idmap_get(&cache->results, x->v.u32[i], &result)) {
            result = text_of(e, in, cache, x->v.u32[i]);
            remember(e, cache, x->v.u32[i], result);
        }
        d->v.u32[i] = result;
        if (result == CD_NO_STR) {
            cd_vec_set_absent(d, i);
        }
    }
}

/* ---- concatenation ---- */

static uint32_t
concat(struct cd_eval *e, uint32_t x, uint32_t y)
{
    struct cd_buf out = CD_BUF_INIT;
    if (cd_vm_text(e, x).n + cd_vm_text(e, y).n > LONGEST_STRING) {
        cd_vm_fail(e, CORDON_ELIMIT, "a string becomes longer than 16 MB");
    }
    cd_buf_str(&out, cd_vm_text(e, x));
    cd_buf_str(&out, cd_vm_text(e, y));
    uint32_t id =
        out.oom ? CD_NO_STR : cd_snapshot_str(e->s, (struct cd_str){out.p ? out.p : "", out.n});
    cd_buf_finish(&out);
    if (id == CD_NO_STR) {
        cd_vm_oom(e);
    }
    return id;
}

void
cd_k_concat(struct cd_eval *e, const struct cd_insn *in)
{
    struct cd_arena *a;
    const struct cd_vec *x = cd_vm_reg(e, in->a);
    const struct cd_vec *y = cd_vm_reg(e, in->b);
    struct cd_vec *d = cd_vm_dst(e, in, &a);
    for (uint32_t i = 0; i < d->n; i++) {
        if (cd_vec_both_known(a, d, i, x, y)) {
            d->v.u32[i] = concat(e, x->v.u32[i], y->v.u32[i]);
        }
    }
}
