/* Parameters in JSON, by cJSON. */
#include <cjson/cJSON.h>

#include "runtime/base/map.h"
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

/* cJSON would end a string at such a character. */
static bool
has_zero(struct cd_str text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\\' && i + 1 < text.n) {
            if (cd_str_starts(cd_str_sub(text, i, text.n), CD_STR("\\u0000"))) {
                return true;
            }
            i++; /* a backslash escapes one, too */
        }
    }
    return memchr(text.p, 0, text.n) != NULL;
}

struct reader {
    struct cd_arena *arena;
    const char *fault; /* why it ended early */
};

static bool convert(struct reader *r, const cJSON *v, struct cd_given *out, int depth);

/* Members up to one that is wrong. SEEN: the keys so far. */
static bool
convert_each(struct reader *r, const cJSON *v, struct cd_given *out, struct cd_map *seen, int depth)
{
    const cJSON *member;
    cJSON_ArrayForEach(member, v)
    {
        struct cd_str key = cd_str_of(member->string);
        uint32_t earlier;
        if (member->string && cd_map_get(seen, key, &earlier)) {
            r->fault = "a key stands twice in this JSON";
            return false;
        }
        bool is_noted = !member->string || cd_map_put(seen, key, 0);
        struct cd_given *one = cd_given_add(r->arena, out, member->string ? &key : NULL);
        if (!is_noted || !one || !convert(r, member, one, depth + 1)) {
            return false;
        }
    }
    return true;
}

static bool
convert_members(struct reader *r, const cJSON *v, struct cd_given *out, int depth)
{
    struct cd_map seen;
    cd_map_init(&seen);
    bool ok = convert_each(r, v, out, &seen, depth);
    cd_map_finish(&seen);
    return ok;
}

static bool
convert(struct reader *r, const cJSON *v, struct cd_given *out, int depth)
{
    if (depth > CD_GIVEN_DEPTH) {
        r->fault = "this JSON is nested too deeply";
        return false;
    }
    if (cJSON_IsString(v)) {
        out->kind = CD_GIVEN_QUOTED;
        out->text = cd_arena_str(r->arena, cd_str_of(v->valuestring));
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
    return convert_members(r, v, out, depth);
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
    if (has_zero(copy)) {
        return cordon_fail(err, CORDON_EINPUT, CORDON_NO_OFFSET,
                           "a text of this JSON holds the character U+0000");
    }
    cJSON *v = cJSON_ParseWithOpts(copy.p, &end, 1);
    if (!v) {
        size_t at = end ? (size_t)(end - copy.p) : 0;
        return cordon_fail(err, CORDON_EINPUT, at, "this is not JSON, at byte %zu", at);
    }
    struct reader r = {.arena = a};
    bool ok = convert(&r, v, out, 0);
    cJSON_Delete(v);
    return ok ? CORDON_OK
              : cordon_fail(err, r.fault ? CORDON_EINPUT : CORDON_ENOMEM, CORDON_NO_OFFSET, "%s",
                            r.fault ? r.fault : "out of memory");
}
