/* Keys are given a class of values one after the other; what is decided while others are unknown
 * holds whatever they are. Where a set of requests is ruled out, the keys to blame are known: a key
 * that is not among them need not be tried with other values. */
#include "runtime/iam/ask_search.h"

#include <setjmp.h>

/* ---- what the request is asked ---- */

static enum cd_meant
means(const struct cd_ask_search *s, const struct cd_policy_statement *st)
{
    return cd_principals_mean(&st->principals, s->caller);
}

/* One document: is the request allowed (or, for DENIES, just not denied)? */
static enum cd_truth
ask_document(struct cd_ask_search *s, uint64_t *blame)
{
    const struct cd_asker *k = s->k;
    enum cd_truth allows = cd_truth_of(k->in.kind == CD_ASK_DENIES), denies = CD_NO;
    s->allowing = NULL;
    for (size_t i = 0; i < k->n_statements; i++) {
        const struct cd_policy_statement *st = k->statements[i];
        enum cd_truth applies = means(s, st) == CD_MEANT_NOT
                                    ? CD_NO
                                    : cd_statement_applies(st, &s->access, &s->missing);
        if (!st->is_deny) {
            s->allowing = applies == CD_YES && allows != CD_YES ? st : s->allowing;
            allows = cd_truth_or(allows, applies);
        } else if (applies == CD_YES) {
            *blame = cd_ask_keys_of(k, st);
            return CD_NO;
        } else {
            denies = cd_truth_or(denies, applies);
        }
    }
    *blame = k->allow_keys;
    return cd_truth_and(allows, cd_truth_not(denies));
}

static struct cd_str
account_of(const struct cd_ask_search *s)
{
    struct cd_str account = s->access.has_arn ? cd_arn_account(&s->access.arn) : CD_STR("");
    return account.n != 0 ? account : s->k->in.account;
}

static enum cd_truth
ask_all(struct cd_ask_search *s, uint64_t *blame)
{
    struct cd_question q = *s->k->in.around;
    q.access = s->access;
    q.account = account_of(s);
    if (!cd_decide(&q, &s->decided)) {
        longjmp(*s->a->on_oom, 1);
    }
    *blame = s->k->allow_keys;
    switch (s->decided.decision) {
    case CD_ALLOWED: return CD_YES;
    case CD_EXPLICIT_DENY:
        *blame = cd_ask_keys_of(s->k, s->decided.because[0].statement);
        return CD_NO;
    case CD_IMPLICIT_DENY: return CD_NO;
    case CD_UNDECIDED: break;
    }
    if (s->decided.allowed == CD_NO) {
        return CD_NO;
    }
    for (size_t i = 0; i < s->decided.missing.n; i++) {
        cd_missing_add(&s->missing, s->decided.missing.names[i]);
    }
    return CD_MAYBE;
}

/* Is the request one of those that are looked for? What it depends on goes to s->missing. */
static enum cd_truth
ask(struct cd_ask_search *s, uint64_t *blame)
{
    cd_missing_back(&s->missing, 0);
    enum cd_truth when = cd_when_holds(s->k->in.when, &s->access, &s->missing);
    if (when == CD_NO) {
        *blame = s->k->when_keys;
        return CD_NO;
    }
    enum cd_truth answer = s->k->in.kind == CD_ASK_CAN ? ask_all(s, blame) : ask_document(s, blame);
    if (s->missing.oom) {
        longjmp(*s->a->on_oom, 1);
    }
    return cd_truth_and(when, answer);
}

/* ---- keys ---- */

static void
give(struct cd_ask_search *s, uint32_t key, const struct cd_ask_class *c)
{
    s->keys[key] = (struct cd_access_key){.name = s->k->keys[key].name,
                                          .values = c->values,
                                          .n_values = c->n,
                                          .is_list = s->k->keys[key].is_multivalued,
                                          .is_absent = c->is_absent,
                                          .is_unknown = c->is_other};
}

/* The account of the resource is a key of requests, too. */
static bool
resource_fixes(const struct cd_ask_search *s, struct cd_str name, struct cd_access_key *out)
{
    struct cd_str *account = CD_NEW(s->a, struct cd_str);
    *account = account_of(s);
    *out = (struct cd_access_key){.name = name, .values = account, .n_values = 1};
    return s->k->in.kind == CD_ASK_CAN && account->n != 0
           && (cd_str_eq_nocase(name, CD_STR("aws:ResourceAccount"))
               || cd_str_eq_nocase(name, CD_STR("s3:ResourceAccount")));
}

static bool
fact_of(const struct cd_ask_search *s, const struct cd_ask_key *key, struct cd_access_key *out)
{
    if (key->is_fixed) {
        *out = key->fact;
        return true;
    }
    return cd_ask_caller_fixes(s->caller, key->name, s->a, out)
           || resource_fixes(s, key->name, out);
}

/* What follows from the caller, the action and the resource; the others are open. */
static void
begin_keys(struct cd_ask_search *s)
{
    static const struct cd_ask_class absent = {.is_absent = true};
    s->open = s->given = 0;
    s->access = (struct cd_access){.action = s->action->name,
                                   .resource = s->resource->arn,
                                   .keys = s->keys,
                                   .n_keys = s->k->n_keys};
    cd_access_prepare(&s->access);
    for (uint32_t i = 0; i < s->k->n_keys; i++) {
        const struct cd_ask_key *key = &s->k->keys[i];
        if (fact_of(s, key, &s->keys[i])) {
            continue;
        }
        if (!cd_ask_is_carried(key, s->action, s->resource->type)) {
            give(s, i, &absent);
            continue;
        }
        s->keys[i] = (struct cd_access_key){.name = key->name, .is_unknown = true};
        s->open |= UINT64_C(1) << i;
    }
}

/* The first open key among those on which the answer depends; CD_ASK_KEYS: none. */
static uint32_t
next_key(const struct cd_ask_search *s)
{
    for (size_t i = 0; i < s->missing.n; i++) {
        uint32_t key = cd_ask_find_key(s->k, s->missing.names[i]);
        if (key != CD_ASK_KEYS && (s->open >> key & 1) != 0) {
            return key;
        }
    }
    return CD_ASK_KEYS;
}

bool
cd_ask_is_reason(struct cd_str key)
{
    size_t blank = cd_str_find(key, ' ', 0);
    return blank < key.n && cd_str_find(key, ':', 0) > blank;
}

static void
note_why(struct cd_ask_search *s)
{
    struct cd_str name = s->missing.n != 0 ? s->missing.names[0] : CD_STR("");
    if (s->why.n != 0) {
        return;
    }
    s->why = cd_ask_is_reason(name) ? name
             : name.n == 0
                 ? CD_STR("a statement has a value that cannot be read")
                 : cd_arena_printf(s->a, "it depends on %.*s, of which the value cannot be told",
                                   CD_FMT(name));
}

/* ---- the search ---- */

/* A key whose classes are tried; at most CD_ASK_KEYS stand on the way. */
struct level {
    uint32_t key, next; /* class */
    uint64_t blame;     /* of the classes before */
    bool is_maybe;      /* one of them */
};

static enum cd_truth
step(struct cd_ask_search *s, uint64_t *blame, uint32_t *key)
{
    if (s->steps == 0) {
        s->is_exhausted = true;
        s->why =
            cd_arena_printf(s->a, "there are more than %u requests to tell apart", CD_ASK_STEPS);
        return CD_MAYBE;
    }
    s->steps--;
    enum cd_truth answer = ask(s, blame);
    *key = answer == CD_MAYBE ? next_key(s) : CD_ASK_KEYS;
    if (answer == CD_MAYBE && *key == CD_ASK_KEYS) {
        note_why(s);
    }
    return answer;
}

static void
take_back(struct cd_ask_search *s, uint32_t key)
{
    s->keys[key] = (struct cd_access_key){.name = s->k->keys[key].name, .is_unknown = true};
    s->open |= UINT64_C(1) << key;
    s->given &= ~(UINT64_C(1) << key);
}

/* Gives the next class of the level's key; false: there are no more. */
static bool
give_next(struct cd_ask_search *s, struct level *level)
{
    const struct cd_ask_key *key = &s->k->keys[level->key];
    while (level->next < key->n_classes && key->classes[level->next].is_absent
           && key->is_always_there) {
        level->next++;
    }
    if (level->next == key->n_classes) {
        return false;
    }
    give(s, level->key, &key->classes[level->next++]);
    s->open &= ~(UINT64_C(1) << level->key);
    s->given |= UINT64_C(1) << level->key;
    return true;
}

enum cd_truth
cd_ask_search(struct cd_ask_search *s)
{
    struct level levels[CD_ASK_KEYS];
    uint32_t depth = 0, key = CD_ASK_KEYS;
    uint64_t blame = 0;
    begin_keys(s);
    enum cd_truth answer = step(s, &blame, &key);
    while (answer != CD_YES && !s->is_exhausted) {
        if (answer == CD_MAYBE && key != CD_ASK_KEYS) {
            levels[depth++] = (struct level){.key = key};
        }
        bool gave = false;
        while (depth != 0 && !gave) {
            struct level *top = &levels[depth - 1];
            uint64_t bit = UINT64_C(1) << top->key;
            bool is_innocent = top->next != 0 && answer == CD_NO && (blame & bit) == 0;
            bool is_first = top->next == 0;
            top->is_maybe = top->is_maybe || (!is_first && answer == CD_MAYBE);
            top->blame |= is_first ? 0 : blame;
            gave = !is_innocent && give_next(s, top);
            if (!gave) {
                take_back(s, top->key);
                answer = top->is_maybe && !is_innocent ? CD_MAYBE : CD_NO;
                blame = is_innocent ? blame : top->blame & ~bit;
                depth--;
            }
        }
        if (!gave) {
            return answer;
        }
        answer = step(s, &blame, &key);
    }
    return answer == CD_YES ? CD_YES : CD_MAYBE;
}
