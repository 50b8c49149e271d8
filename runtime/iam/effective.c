/* Questions about sets of requests: who, what and on what is gone through one by one, and their
 * keys are searched. */
#include "runtime/iam/effective.h"

#include <setjmp.h>

#include "runtime/iam/ask_search.h"

struct cd_asker *
cd_asker_new(struct cd_arena *a, const struct cd_ask_input *input)
{
    struct cd_asker *k = CD_NEW(a, struct cd_asker);
    *k = (struct cd_asker){.a = a, .in = *input};
    cd_ask_find_statements(k);
    cd_ask_make_keys(k);
    cd_ask_merge_actions(k);
    cd_ask_make_callers(k);
    for (size_t i = 0; i < k->n_statements; i++) {
        const struct cd_policy_statement *s = k->statements[i];
        k->allow_keys |= s->is_deny ? 0 : cd_ask_keys_of(k, s);
    }
    return k;
}

/* ---- the answer ---- */

/* The keys that were given; what follows from caller, action and resource is left out. */
static void
keep_keys(struct cd_ask_search *s, struct cd_asked *out)
{
    struct cd_access_key *keys = CD_NEW_ARRAY(s->a, (size_t)s->k->n_keys + 1, struct cd_access_key);
    for (uint32_t i = 0; i < s->k->n_keys; i++) {
        if ((s->given >> i & 1) != 0) {
            keys[out->n_keys++] = s->keys[i];
        }
    }
    out->keys = keys;
}

static void
keep_request(struct cd_ask_search *s, struct cd_asked *out)
{
    bool is_can = s->k->in.kind == CD_ASK_CAN;
    out->has_request = true;
    out->action = s->action->name;
    out->resource = s->resource->arn;
    out->caller = is_can || s->k->n_callers == 0 ? CD_STR("") : s->caller->text;
    keep_keys(s, out);
    struct cd_because *because =
        CD_NEW_ARRAY(s->a, (is_can ? s->decided.n_because : 0) + 1, struct cd_because);
    if (is_can) {
        memcpy(because, s->decided.because, s->decided.n_because * sizeof *because);
        out->n_because = s->decided.n_because;
    } else if (s->k->in.kind == CD_ASK_ALLOWS) {
        because[0] = (struct cd_because){.kind = CD_POLICY_RESOURCE, .statement = s->allowing};
        out->n_because = s->allowing != NULL;
    }
    out->because = because;
}

/* ---- the questions ---- */

static enum cd_truth
ask_callers(struct cd_ask_search *s)
{
    enum cd_truth any = CD_NO;
    for (size_t i = 0; i < s->k->n_callers && any != CD_YES; i++) {
        s->caller = &s->k->callers[i];
        any = cd_truth_or(any, cd_ask_search(s));
    }
    return any;
}

static enum cd_truth
ask_actions(struct cd_ask_search *s, const struct cd_arn_glob *pattern,
            const struct cd_ask_within *within)
{
    const struct cd_asker *k = s->k;
    enum cd_truth any = CD_NO;
    size_t n_resources = 0;
    for (size_t i = 0; i < k->n_actions && any != CD_YES; i++) {
        struct cd_ask_resources resources;
        s->action = &k->actions[i];
        cd_ask_make_resources(k, s->a, s->action, pattern, within, &resources);
        n_resources += resources.n;
        for (size_t r = 0; r < resources.n && any != CD_YES; r++) {
            s->resource = &resources.items[r];
            if (k->in.is_here == NULL || k->in.is_here(k->in.data, s->resource->arn)) {
                any = cd_truth_or(any, ask_callers(s));
            }
        }
        if (resources.is_partial && any == CD_NO) {
            s->why = CD_STR("there are more resources to tell apart than can be asked about");
            any = CD_MAYBE;
        }
    }
    if (n_resources == 0 && k->n_actions != 0 && within == NULL) {
        s->why = cd_arena_printf(
            s->a, "%.*s%s on no resource like %.*s", CD_FMT(k->actions[0].name),
            k->n_asked == 1 ? " acts" : " and the other actions act", CD_FMT(pattern->text));
        return CD_MAYBE;
    }
    return any;
}

/* What cannot be asked at all; empty: nothing. */
static struct cd_str
refusal(const struct cd_asker *k, const struct cd_arn_glob *pattern)
{
    return k->is_too_large ? CD_STR("the documents ask about more than 64 condition keys")
           : pattern->is_short && !pattern->is_any ? CD_STR("the pattern is no ARN of six parts")
           : k->n_asked == 0                       ? CD_STR("there is no such action")
                                                   : CD_STR("");
}

void
cd_asker_ask(const struct cd_asker *k, struct cd_arena *a, struct cd_str pattern,
             const struct cd_ask_within *within, struct cd_asked *out)
{
    const struct cd_arn_glob *glob = cd_when_arn(a, pattern);
    struct cd_ask_search *s = CD_NEW(a, struct cd_ask_search);
    *s = (struct cd_ask_search){.k = k, .a = a, .steps = CD_ASK_STEPS};
    *out = (struct cd_asked){.answer = CD_MAYBE, .why = refusal(k, glob)};
    if (out->why.n != 0) {
        return;
    }
    jmp_buf *outer = a->on_oom, own;
    if (setjmp(own) != 0) { /* what is on the heap is freed on the way out */
        a->on_oom = outer;
        cd_missing_finish(&s->missing);
        cd_decided_finish(&s->decided);
        longjmp(*outer, 1);
    }
    a->on_oom = &own;
    enum cd_truth found = ask_actions(s, glob, within);
    if (found == CD_NO && k->is_partial) {
        s->why = CD_STR("there are more principals to tell apart than can be asked about");
        found = CD_MAYBE;
    }
    if (found == CD_YES) {
        keep_request(s, out);
    }
    a->on_oom = outer;
    cd_missing_finish(&s->missing);
    cd_decided_finish(&s->decided);
    out->answer = k->in.kind == CD_ASK_DENIES ? cd_truth_not(found) : found;
    out->why = found == CD_MAYBE ? s->why : CD_STR("");
}

/* ---- in words ---- */

static void
write_key(const struct cd_access_key *key, bool is_first, struct cd_buf *out)
{
    if (key->is_absent) {
        cd_buf_printf(out, "%s without %.*s", is_first ? "" : ",", CD_FMT(key->name));
        return;
    }
    cd_buf_printf(out, "%s with %.*s=", is_first ? "" : ",", CD_FMT(key->name));
    cd_buf_puts(out, key->is_list ? "[" : "");
    for (uint32_t i = 0; i < key->n_values; i++) {
        cd_buf_puts(out, i == 0 ? "" : ",");
        cd_buf_str(out, key->values[i]);
    }
    cd_buf_puts(out, key->is_list ? "]" : "");
}

void
cd_asked_write(const struct cd_asked *asked, struct cd_buf *out)
{
    cd_buf_str(out, asked->action);
    cd_buf_puts(out, " on ");
    cd_buf_str(out, asked->resource);
    if (asked->caller.n != 0) {
        cd_buf_puts(out, cd_str_eq(asked->caller, CD_STR("*")) ? " by anonymous" : " by ");
        if (!cd_str_eq(asked->caller, CD_STR("*"))) {
            cd_buf_str(out, asked->caller);
        }
    }
    for (uint32_t i = 0; i < asked->n_keys; i++) {
        write_key(&asked->keys[i], i == 0, out);
    }
}
