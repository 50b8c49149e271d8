/* Calls of the reference evaluator: functions of the policy and those of the runtime. */
#include "tests/reference/ref.h"

#include <math.h>

#define MAX_ARGS 64

/* A function passes its arguments on as they are, counts as intervals too. */
static struct ref_value
call_function(struct ref *r, const struct cd_decl *fn, const struct cd_expr *e,
              const struct ref_env *env)
{
    struct ref_env args[MAX_ARGS];
    const struct ref_env *inner = NULL;
    for (size_t i = 0; i < fn->n_params && i < e->n_items && i < MAX_ARGS; i++) {
        args[i] = (struct ref_env){fn->params[i].binding, ref_eval(r, e->items[i], env), inner};
        inner = &args[i];
    }
    return ref_eval(r, fn->value, inner);
}

struct cd_str
ref_text(struct ref *r, struct ref_value v)
{
    char number[CD_NUMBER_SIZE], time[32], duration[48];
    switch (v.kind) {
    case REF_STRING: return v.text;
    case REF_BOOL: return v.boolean ? CD_STR("true") : CD_STR("false");
    case REF_NUMBER: return cd_arena_str(r->arena, cd_format_number(v.lo, number));
    case REF_TIME: return cd_arena_str(r->arena, cd_format_time(v.ms, time));
    case REF_DURATION: return cd_arena_str(r->arena, cd_format_duration(v.ms, duration));
    case REF_ABSENT:
    case REF_UNKNOWN:
    case REF_COLLECTION:
    case REF_RECORD:
    case REF_RESOURCE:
    case REF_MAP:
    case REF_JSON:
    case REF_INTERNET: break;
    }
    return CD_STR("");
}

struct ref_value
ref_arn(struct ref_value v)
{
    struct cd_str parts[6];
    return v.kind == REF_STRING && !ref_arn_split(v.text, parts) ? ref_absent() : v;
}

struct ref_value
ref_arn_part(struct ref_value v, enum cd_arn_part part)
{
    struct cd_str parts[6];
    if (v.kind != REF_STRING) {
        return v.kind == REF_UNKNOWN ? v : ref_absent();
    }
    if (!ref_arn_split(v.text, parts) || parts[(int)part + 1].n == 0) {
        return ref_absent();
    }
    return ref_string(parts[(int)part + 1], NULL);
}

static struct ref_value
size_of(struct ref *r, struct ref_value v)
{
    if (v.kind == REF_UNKNOWN) {
        return ref_interval(0, (double)INFINITY);
    }
    if (v.kind == REF_JSON) {
        v = ref_json_items(r, v);
    }
    if (v.kind == REF_MAP) {
        size_t n = 0;
        for (const cJSON *m = v.json->child; m != NULL; m = m->next) {
            n += !cJSON_IsNull(m);
        }
        return ref_number((double)n);
    }
    return ref_interval((double)v.n, v.open ? (double)INFINITY : (double)v.n);
}

static struct ref_value
number_of(struct ref_value v)
{
    double d;
    if (v.kind != REF_STRING) {
        return v;
    }
    if (!cd_parse_number(v.text, &d)) {
        return ref_absent();
    }
    return fabs(d) > 9007199254740992.0 ? ref_unknown() : ref_number(d);
}

static struct ref_value
captured_by(struct ref_value v, struct ref_value pattern)
{
    struct cd_str group;
    bool has_group;
    if (v.kind != REF_STRING || pattern.kind != REF_STRING) {
        return v.kind == REF_ABSENT || pattern.kind == REF_ABSENT ? ref_absent() : ref_unknown();
    }
    bool found = ref_regex(v.text, pattern.text, &group, &has_group);
    return found && has_group ? ref_string(group, NULL) : ref_absent();
}

/* `can`, `reaches` and the like are not computed: an absent argument decides, all else is unknown.
 */
static struct ref_value
relation(struct ref *r, const struct cd_expr *e, const struct ref_env *env)
{
    for (size_t i = 0; i < e->n_items; i++) {
        if (ref_eval(r, e->items[i], env).kind == REF_ABSENT) {
            return ref_bool(false);
        }
    }
    return ref_unknown();
}

struct ref_value
ref_call(struct ref *r, const struct cd_expr *e, const struct ref_env *env)
{
    if (e->ref.kind == CD_REF_FN) {
        return call_function(r, e->ref.decl, e, env);
    }
    struct ref_value first = e->n_items > 0 ? ref_eval(r, e->items[0], env) : ref_absent();
    switch (e->ref.builtin) {
    case CD_BUILTIN_ARN: return ref_arn(first);
    case CD_BUILTIN_NUMBER: return number_of(ref_exact(first));
    case CD_BUILTIN_STRING:
        first = ref_exact(first);
        return first.kind == REF_ABSENT || first.kind == REF_UNKNOWN || first.kind == REF_STRING
                   ? first
                   : ref_string(ref_text(r, first), NULL);
    case CD_BUILTIN_SIZE: return size_of(r, first);
    case CD_BUILTIN_CAPTURE: return captured_by(first, ref_eval(r, e->items[1], env));
    case CD_BUILTIN_CAN:
    case CD_BUILTIN_ALLOWS:
    case CD_BUILTIN_DENIES:
    case CD_BUILTIN_BECOMES:
    case CD_BUILTIN_REACHES: return relation(r, e, env);
    }
    return ref_unknown();
}
