/* Parameters in JSON, by cJSON. */
#include <cjson/cJSON.h>

#include "runtime/vm/params_read.h"

struct cd_given *
cd_given_add(struct cd_arena *a, struct cd_given *to, const struct cd_str *key)
{
    if (key) {
        size_t n = to->n;
        struct cd_str *place = CD_PUSH(a, to->keys, n, to->cap_keys);
        if (!place) {
            return NULL;
        }
        *place = cd_arena_str(a, *key);
        if (!place->p) {
            return NULL;
        }
    }
    return CD_PUSH(a, to->items, to->n, to->cap);
}

static bool convert(struct cd_arena *a, const cJSON *v, struct cd_given *out, int depth);

static bool
convert_members(struct cd_arena *a, const cJSON *v, struct cd_given *out, int depth)
{
    const cJSON *member;
    cJSON_ArrayForEach(member, v)
    {
        struct cd_str key = cd_str_of(member->string);
        struct cd_given *one = cd_given_add(a, out, member->string ? &key : NULL);
        if (!one || !convert(a, member, one, depth + 1)) {
            return false;
        }
    }
    return true;
}

static bool
convert(struct cd_arena *a, const cJSON *v, struct cd_given *out, int depth)
{
    if (depth > CD_GIVEN_DEPTH) {
        return false;
    }
    if (cJSON_IsString(v)) {
        out->kind = CD_GIVEN_QUOTED;
        out->text = cd_arena_str(a, cd_str_of(v->valuestring));
        return out->text.p != NULL;
    }
    if (cJSON_IsNumber(v)) {
        out->kind = CD_GIVEN_NUMBER;
        out->number = v->valuedouble;
        return true;
    }
    if (cJSON_IsBool(v)) {
        out->kind = CD_GIVEN_BOOL;
        out->boolean = cJSON_IsTrue(v) != 0;
        return true;
    }
    if (cJSON_IsNull(v)) {
        out->kind = CD_GIVEN_NULL;
        return true;
    }
    out->kind = cJSON_IsObject(v) ? CD_GIVEN_MAP : CD_GIVEN_LIST;
    return convert_members(a, v, out, depth);
}

cordon_status
cd_given_json(struct cd_arena *a, struct cd_str text, struct cd_given *out,
              struct cordon_error *err)
{
    const char *end = NULL;
    struct cd_str copy = cd_arena_str(a, text); /* ends in NUL */
    if (!copy.p) {
        return cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory");
    }
    cJSON *v = memchr(text.p, 0, text.n) ? NULL : cJSON_ParseWithOpts(copy.p, &end, 1);
    if (!v) {
        size_t at = end ? (size_t)(end - copy.p) : 0;
        return cordon_fail(err, CORDON_EINPUT, at, "this is not JSON, at byte %zu: %.*s", at,
                           CD_FMT(cd_str_sub(copy, 0, copy.n < 80 ? copy.n : 80)));
    }
    bool ok = convert(a, v, out, 0);
    cJSON_Delete(v);
    return ok ? CORDON_OK
              : cordon_fail(err, CORDON_EINPUT, CORDON_NO_OFFSET, "this JSON is nested too deeply");
}
