/* Policy documents: their elements, and the statements' elements. */
#include "runtime/iam/compile.h"

#include "runtime/base/fail.h"
#include "runtime/schema/schema.h"

/* ---- places and failures ---- */

#define PLACE_SHOWN 96 /* bytes of a name */

/* `Statement[1].Action`; the deepest step is written last. Documents nest a few levels only. */
static void
put_place(const struct cd_step_to *at, struct cd_buf *out)
{
    const struct cd_step_to *way[16];
    size_t n = 0;
    for (; at != NULL && n < CD_ARRAY_LEN(way); at = at->above) {
        way[n++] = at;
    }
    while (n-- > 0) {
        if (way[n]->name.p == NULL) {
            cd_buf_printf(out, "[%u]", way[n]->i);
        } else {
            cd_buf_puts(out, out->n == 0 ? "" : ".");
            cd_buf_str(out, cd_str_cut(way[n]->name, PLACE_SHOWN));
        }
    }
}

/* `Statement[1].Action: WHAT`. */
static void
put_message(const struct cd_step_to *at, const char *what, va_list ap, struct cd_buf *out)
{
    put_place(at, out);
    cd_buf_puts(out, out->n == 0 ? "" : ": ");
    cd_buf_vprintf(out, what, ap);
}

cordon_status
cd_compile_fail(struct cd_compiler *c, cordon_status code, const struct cd_step_to *at,
                const char *what, ...)
{
    struct cd_buf text = CD_BUF_INIT;
    va_list ap;
    va_start(ap, what);
    put_message(at, what, ap, &text);
    va_end(ap);
    return cd_fail_with(c->err, code, &text);
}

cordon_status
cd_compile_refuse(struct cd_compiler *c, const struct cd_step_to *at, struct cd_str text,
                  const char *what)
{
    struct cd_str shown = cd_arena_shown(c->a, text, CD_COMPILE_SHOWN);
    return shown.p == NULL ? cd_compile_oom(c)
                           : cd_compile_fail(c, CORDON_EINPUT, at, "%.*s %s", CD_FMT(shown), what);
}

cordon_status
cd_compile_warn(struct cd_compiler *c, const struct cd_step_to *at, const char *what, ...)
{
    struct cd_buf text = CD_BUF_INIT;
    va_list ap;
    va_start(ap, what);
    put_message(at, what, ap, &text);
    va_end(ap);
    bool added = !text.oom && cd_warnings_add(c->a, &c->warnings, cd_buf_view(&text));
    cd_buf_finish(&text);
    return added ? CORDON_OK : cd_compile_oom(c);
}

cordon_status
cd_compile_oom(struct cd_compiler *c)
{
    return cordon_fail(c->err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory");
}

/* ---- texts and lists ---- */

cordon_status
cd_compile_text(struct cd_compiler *c, struct cd_dom_val v, const struct cd_step_to *at,
                struct cd_str *out)
{
    if (cd_dom_kind(v) != CD_DOM_STRING) {
        return cd_compile_fail(c, CORDON_EINPUT, at, "a string is expected");
    }
    struct cd_str text = cd_dom_str(v);
    if (text.n > CD_POLICY_TEXT_LIMIT) {
        return cd_compile_fail(c, CORDON_ELIMIT, at, "a text of %zu bytes, more than %d", text.n,
                               CD_POLICY_TEXT_LIMIT);
    }
    *out = cd_arena_str(c->a, text);
    return out->p == NULL ? cd_compile_oom(c) : CORDON_OK;
}

uint32_t
cd_compile_count(struct cd_dom_val v)
{
    uint32_t n = 0;
    if (!cd_dom_is(v, '[')) {
        return 1;
    }
    for (struct cd_dom_iter it = cd_dom_iter(v); cd_dom_next(&it);) {
        n++;
    }
    return n;
}

struct cd_compile_items
cd_compile_items(struct cd_dom_val v, const struct cd_step_to *at)
{
    struct cd_compile_items it = {.val = v, .is_list = cd_dom_is(v, '[')};
    it.at = it.is_list ? (struct cd_step_to){.above = at} : *at;
    it.list = cd_dom_iter(v);
    return it;
}

bool
cd_compile_next(struct cd_compile_items *it)
{
    if (!it->is_list) {
        bool is_first = !it->is_over;
        it->is_over = true;
        return is_first;
    }
    if (!cd_dom_next(&it->list)) {
        return false;
    }
    it->val = it->list.val;
    it->at.i = it->list.i;
    return true;
}

/* ---- patterns ---- */

cordon_status
cd_compile_glob(struct cd_compiler *c, struct cd_str text, unsigned holds,
                const struct cd_step_to *at, struct cd_glob *out)
{
    cordon_status status = cd_glob_compile(
        c->a, text, c->has_variables ? holds : holds & ~(unsigned)CD_GLOB_KEYED, out);
    if (status == CORDON_ELIMIT) {
        return cd_compile_fail(c, status, at,
                               "more than %d policy variables in one text, or more than %d texts "
                               "and ? without a * between them",
                               CD_GLOB_KEYS, CD_GLOB_SEGMENT);
    }
    if (status != CORDON_OK) {
        return cd_compile_oom(c);
    }
    bool is_plain =
        c->has_variables || (holds & CD_GLOB_KEYED) == 0 || memmem(text.p, text.n, "${", 2) == NULL;
    return is_plain ? CORDON_OK
                    : cd_compile_warn(c, at,
                                      "${ begins a policy variable only in documents of Version "
                                      "2012-10-17; here it is text");
}

static bool
is_literal(const struct cd_glob *g, struct cd_str written)
{
    return written.n == 0
           || (g->n == 1 && g->parts[0].kind == CD_GLOB_TEXT && g->parts[0].text.n == written.n);
}

/* The shape of a pattern whose parts, as WRITTEN, are compiled. */
static void
set_shape(struct cd_arn_glob *pattern, const struct cd_str *written)
{
    const struct cd_glob *tail = &pattern->part[CD_ARN_TAIL];
    for (size_t i = 0; i < CD_ARN_TAIL; i++) {
        if (!is_literal(&pattern->part[i], written[i])) {
            pattern->shape = CD_ARN_OF_PARTS;
            return;
        }
    }
    struct cd_str stem = written[CD_ARN_TAIL];
    bool is_prefix = tail->n != 0 && tail->parts[tail->n - 1].kind == CD_GLOB_ANY;
    stem.n -= is_prefix;
    bool is_stem = is_prefix
                   && (stem.n == 0 ? tail->n == 1
                                   : tail->n == 2 && tail->parts[0].kind == CD_GLOB_TEXT
                                         && tail->parts[0].text.n == stem.n);
    pattern->head_n = (uint32_t)(pattern->text.n - written[CD_ARN_TAIL].n);
    pattern->shape = is_literal(tail, written[CD_ARN_TAIL]) ? CD_ARN_LITERAL
                     : is_stem                              ? CD_ARN_PREFIX
                                                            : CD_ARN_HEADED;
}

cordon_status
cd_compile_arn(struct cd_compiler *c, struct cd_str text, bool is_resource,
               const struct cd_step_to *at, struct cd_arn_glob *out)
{
    struct cd_arn arn;
    size_t from = 0;
    *out = (struct cd_arn_glob){.text = text};
    for (size_t i = 0; i < CD_ARN_PARTS; i++) {
        size_t colon = i == CD_ARN_TAIL ? text.n : cd_str_find(text, ':', from);
        bool is_left_out = from > text.n;
        out->is_short = out->is_short || is_left_out;
        arn.part[i] = is_left_out ? CD_STR("*") : cd_str_sub(text, from, colon);
        from = is_left_out ? from : colon + 1;
        unsigned holds = i == CD_ARN_TAIL ? CD_GLOB_WILD | CD_GLOB_KEYED
                         : is_resource    ? CD_GLOB_WILD | CD_GLOB_NOCASE
                                          : CD_GLOB_WILD;
        CORDON_TRY(cd_compile_glob(c, arn.part[i], holds, at, &out->part[i]));
    }
    if (!out->is_short) {
        set_shape(out, arn.part);
    }
    out->is_open = text.n != 0 && text.p[text.n - 1] == '*';
    out->is_any = out->is_short && cd_glob_is_any(&out->part[CD_ARN_SCHEME])
                  && arn.part[CD_ARN_SCHEME].n == text.n;
    if (is_resource && !out->is_any
        && cd_glob_match(&out->part[CD_ARN_SCHEME], CD_STR("arn"), NULL, NULL) == CD_NO) {
        return cd_compile_refuse(c, at, text, "is no ARN; write an ARN, or * for all");
    }
    return CORDON_OK;
}

/* ---- statements ---- */

static cordon_status
compile_resources(struct cd_compiler *c, struct cd_dom_val v, const struct cd_step_to *at,
                  struct cd_resources *out)
{
    struct cd_arn_glob *items = CD_NEW_ARRAY(c->a, cd_compile_count(v) + 1, struct cd_arn_glob);
    if (items == NULL) {
        return cd_compile_oom(c);
    }
    for (struct cd_compile_items it = cd_compile_items(v, at); cd_compile_next(&it);) {
        struct cd_str text;
        CORDON_TRY(cd_compile_text(c, it.val, &it.at, &text));
        CORDON_TRY(cd_compile_arn(c, text, true, &it.at, &items[out->n++]));
    }
    out->items = items;
    out->is_there = true;
    return out->n != 0 ? CORDON_OK
                       : cd_compile_fail(c, CORDON_EINPUT, at, "a resource is expected");
}

static cordon_status
compile_effect(struct cd_compiler *c, struct cd_dom_val v, const struct cd_step_to *at,
               struct cd_policy_statement *out)
{
    struct cd_str effect;
    CORDON_TRY(cd_compile_text(c, v, at, &effect));
    out->is_deny = cd_str_eq(effect, CD_STR("Deny"));
    return out->is_deny || cd_str_eq(effect, CD_STR("Allow"))
               ? CORDON_OK
               : cd_compile_fail(c, CORDON_EINPUT, at, "Allow or Deny is expected");
}

enum element {
    SID,
    EFFECT,
    PRINCIPAL,
    NOT_PRINCIPAL,
    ACTION,
    NOT_ACTION,
    RESOURCE,
    NOT_RESOURCE,
    CONDITION,
    N_ELEMENTS
};
static const struct cd_str element_names[N_ELEMENTS] = {
    [SID] = CD_STR_INIT("Sid"),
    [EFFECT] = CD_STR_INIT("Effect"),
    [PRINCIPAL] = CD_STR_INIT("Principal"),
    [NOT_PRINCIPAL] = CD_STR_INIT("NotPrincipal"),
    [ACTION] = CD_STR_INIT("Action"),
    [NOT_ACTION] = CD_STR_INIT("NotAction"),
    [RESOURCE] = CD_STR_INIT("Resource"),
    [NOT_RESOURCE] = CD_STR_INIT("NotResource"),
    [CONDITION] = CD_STR_INIT("Condition"),
};

static cordon_status
compile_element(struct cd_compiler *c, enum element element, struct cd_dom_val v,
                const struct cd_step_to *at, struct cd_policy_statement *out)
{
    switch (element) {
    case SID: return cd_compile_text(c, v, at, &out->sid);
    case EFFECT: return compile_effect(c, v, at, out);
    case PRINCIPAL:
    case NOT_PRINCIPAL:
        out->principals.is_not = element == NOT_PRINCIPAL;
        return cd_compile_principals(c, v, at, &out->principals);
    case ACTION:
    case NOT_ACTION:
        out->actions.is_not = element == NOT_ACTION;
        return cd_compile_actions(c, v, at, &out->actions);
    case RESOURCE:
    case NOT_RESOURCE:
        out->resources.is_not = element == NOT_RESOURCE;
        return compile_resources(c, v, at, &out->resources);
    case CONDITION: return cd_compile_conditions(c, v, at, out);
    case N_ELEMENTS: break;
    }
    return CORDON_OK;
}

/* The elements that exclude each other. */
static const enum element opposites[N_ELEMENTS] = {
    [SID] = N_ELEMENTS,          [EFFECT] = N_ELEMENTS,       [CONDITION] = N_ELEMENTS,
    [PRINCIPAL] = NOT_PRINCIPAL, [NOT_PRINCIPAL] = PRINCIPAL, [ACTION] = NOT_ACTION,
    [NOT_ACTION] = ACTION,       [RESOURCE] = NOT_RESOURCE,   [NOT_RESOURCE] = RESOURCE,
};

/* Elements are compiled once each: their lists hold what one element has. */
static cordon_status
check_element(struct cd_compiler *c, enum element element, const bool *seen,
              const struct cd_step_to *at)
{
    enum element opposite = opposites[element];
    if (seen[element]) {
        return cd_compile_fail(c, CORDON_EINPUT, at, "stands here twice");
    }
    return opposite == N_ELEMENTS || !seen[opposite]
               ? CORDON_OK
               : cd_compile_fail(c, CORDON_EINPUT, at,
                                 "stands beside %s, and they exclude each other",
                                 element_names[opposite].p);
}

static cordon_status
check_elements(struct cd_compiler *c, const bool *seen, const struct cd_step_to *at)
{
    if (!seen[EFFECT]) {
        return cd_compile_fail(c, CORDON_EINPUT, at, "Effect is missing");
    }
    return seen[ACTION] || seen[NOT_ACTION]
               ? CORDON_OK
               : cd_compile_fail(c, CORDON_EINPUT, at, "Action or NotAction is missing");
}

static cordon_status
compile_statement(struct cd_compiler *c, struct cd_dom_val v, const struct cd_step_to *at,
                  struct cd_policy_statement *out)
{
    bool seen[N_ELEMENTS] = {false};
    if (!cd_dom_is(v, '{')) {
        return cd_compile_fail(c, CORDON_EINPUT, at, "an object is expected");
    }
    for (struct cd_dom_iter it = cd_dom_iter(v); cd_dom_next(&it);) {
        struct cd_step_to below = {at, it.key, 0};
        size_t element = 0;
        while (element < N_ELEMENTS && !cd_str_eq(it.key, element_names[element])) {
            element++;
        }
        if (element == N_ELEMENTS) {
            return cd_compile_fail(c, CORDON_EINPUT, &below, "statements have no such element");
        }
        CORDON_TRY(check_element(c, (enum element)element, seen, &below));
        seen[element] = true;
        CORDON_TRY(compile_element(c, (enum element)element, it.val, &below, out));
    }
    return check_elements(c, seen, at);
}

/* ---- documents ---- */

static cordon_status
compile_version(struct cd_compiler *c, struct cd_dom_val v)
{
    struct cd_step_to at = {NULL, CD_STR("Version"), 0};
    struct cd_str text;
    CORDON_TRY(cd_compile_text(c, v, &at, &text));
    c->has_variables = cd_str_eq(text, CD_STR("2012-10-17"));
    return c->has_variables || cd_str_eq(text, CD_STR("2008-10-17"))
               ? CORDON_OK
               : cd_compile_fail(c, CORDON_EINPUT, &at,
                                 "there are the versions 2012-10-17 and 2008-10-17");
}

static cordon_status
compile_statements(struct cd_compiler *c, struct cd_dom_val v, struct cd_policy *out)
{
    struct cd_step_to at = {NULL, CD_STR("Statement"), 0};
    struct cd_policy_statement *items =
        CD_NEW_ARRAY(c->a, cd_compile_count(v) + 1, struct cd_policy_statement);
    if (items == NULL) {
        return cd_compile_oom(c);
    }
    for (struct cd_compile_items it = cd_compile_items(v, &at); cd_compile_next(&it);) {
        struct cd_policy_statement *s = &items[out->n_statements];
        s->index = out->n_statements++;
        CORDON_TRY(compile_statement(c, it.val, &it.at, s));
    }
    out->statements = items;
    return CORDON_OK;
}

/* The document's members; the statements, whose variables depend on the version, are compiled
 * last. */
static cordon_status
compile_members(struct cd_compiler *c, struct cd_dom_val v, struct cd_policy *out)
{
    static const struct cd_str names[] = {CD_STR_INIT("Version"), CD_STR_INIT("Id"),
                                          CD_STR_INIT("Statement")};
    struct cd_dom_val found[CD_ARRAY_LEN(names)];
    bool seen[CD_ARRAY_LEN(names)] = {false};
    for (struct cd_dom_iter it = cd_dom_iter(v); cd_dom_next(&it);) {
        struct cd_step_to at = {NULL, it.key, 0};
        size_t i = 0;
        while (i < CD_ARRAY_LEN(names) && !cd_str_eq(it.key, names[i])) {
            i++;
        }
        if (i == CD_ARRAY_LEN(names)) {
            return cd_compile_fail(c, CORDON_EINPUT, &at, "policy documents have no such element");
        }
        if (seen[i]) {
            return cd_compile_fail(c, CORDON_EINPUT, &at, "stands here twice");
        }
        seen[i] = true;
        found[i] = it.val;
    }
    if (!seen[2]) {
        return cd_compile_fail(c, CORDON_EINPUT, NULL, "Statement is missing");
    }
    if (seen[0]) {
        CORDON_TRY(compile_version(c, found[0]));
    }
    if (seen[1]) {
        struct cd_step_to at = {NULL, names[1], 0};
        struct cd_str unused;
        CORDON_TRY(cd_compile_text(c, found[1], &at, &unused));
    }
    return compile_statements(c, found[2], out);
}

cordon_status
cd_policy_compile(struct cd_arena *a, struct cd_dom_val v, const struct cd_policy **out,
                  struct cordon_error *err)
{
    struct cd_compiler c = {.a = a, .err = err};
    struct cd_policy *policy = CD_NEW(a, struct cd_policy);
    *out = policy;
    if (policy == NULL) {
        return cd_compile_oom(&c);
    }
    if (!cd_dom_is(v, '{')) {
        return cd_compile_fail(&c, CORDON_EINPUT, NULL, "a policy document is an object");
    }
    if (cd_iam_n_actions() > CD_COMPILE_ACTIONS) {
        return cd_compile_fail(&c, CORDON_ELIMIT, NULL, "the table of actions is too large");
    }
    CORDON_TRY(compile_members(&c, v, policy));
    policy->has_variables = c.has_variables;
    CORDON_TRY(cd_compile_segments(&c, policy));
    CORDON_TRY(cd_warn_sids(&c, policy));
    policy->warnings = c.warnings;
    return CORDON_OK;
}

static const char *
reason_of(enum cd_dom_status status)
{
    switch (status) {
    case CD_DOM_OK:
    case CD_DOM_MEMORY: break;
    case CD_DOM_DEPTH: return "nested too deep";
    case CD_DOM_UTF8: return "not UTF-8";
    case CD_DOM_RANGE: return "a number that is out of range";
    case CD_DOM_SYNTAX: return "not JSON";
    }
    return "out of memory";
}

static cordon_status
read_with(struct cd_arena *a, struct cd_dom *dom, struct cd_str text, const struct cd_policy **out,
          struct cordon_error *err)
{
    struct cd_dom_val root;
    enum cd_dom_status parsed = dom == NULL ? CD_DOM_MEMORY : cd_dom_parse(dom, text, false, &root);
    if (parsed != CD_DOM_OK) {
        return cordon_fail(err, parsed == CD_DOM_MEMORY ? CORDON_ENOMEM : CORDON_EINPUT,
                           CORDON_NO_OFFSET, "%s", reason_of(parsed));
    }
    return cd_policy_compile(a, root, out, err);
}

cordon_status
cd_policy_read(struct cd_arena *a, struct cd_dom *dom, struct cd_str text,
               const struct cd_policy **out, struct cordon_error *err)
{
    if (text.n > CD_POLICY_LIMIT) {
        return cordon_fail(err, CORDON_ELIMIT, CORDON_NO_OFFSET,
                           "a policy document of %zu bytes, more than %zu", text.n,
                           CD_POLICY_LIMIT);
    }
    if (dom != NULL) {
        return read_with(a, dom, text, out, err);
    }
    struct cd_dom *own = cd_dom_new();
    cordon_status status = read_with(a, own, text, out, err);
    cd_dom_free(own);
    return status;
}
