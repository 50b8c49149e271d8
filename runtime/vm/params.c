/* Parameters: collects values by name, then gives each the type of the parameter that it is for. */
#include "runtime/vm/params.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "runtime/base/nearest.h"
#include "runtime/base/num.h"
#include "runtime/schema/arn.h"
#include "runtime/schema/schema.h"
#include "runtime/vm/params_read.h"
#include "runtime/vm/pattern.h"

#define LARGEST_WHOLE 9007199254740992.0 /* 2^53 */
#define SHOWN 100 /* bytes of a text in a message, which has only so much room */

/* ---- collecting ---- */

struct entry {
    struct cd_str name;
    struct cd_str origin; /* for messages: `--param`, or the file */
    struct cd_given value;
};

struct cd_params {
    struct cd_arena arena;
    struct entry *items;
    size_t n, cap;
};

cordon_status
cd_params_new(struct cd_params **out)
{
    *out = calloc(1, sizeof **out);
    if (!*out) {
        return CORDON_ENOMEM;
    }
    cd_arena_init(&(*out)->arena);
    return CORDON_OK;
}

void
cd_params_free(struct cd_params *p)
{
    if (p) {
        cd_arena_finish(&p->arena);
        free(p);
    }
}

static cordon_status
no_memory(struct cordon_error *err)
{
    return cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory");
}

cordon_status
cd_params_add_text(struct cd_params *p, struct cd_str text, struct cordon_error *err)
{
    size_t equals = cd_str_find(text, '=', 0);
    if (equals == 0 || equals >= text.n) {
        return cordon_fail(err, CORDON_EUSAGE, CORDON_NO_OFFSET, "--param %.*s: write name=value",
                           CD_FMT(text));
    }
    size_t good = cd_utf8_check(text);
    if (good != text.n) {
        return cordon_fail(err, CORDON_EINPUT, good, "--param %.*s…: byte %zu is not UTF-8",
                           CD_FMT(cd_str_sub(text, 0, good < 80 ? good : 80)), good);
    }
    struct entry *entry = CD_PUSH(&p->arena, p->items, p->n, p->cap);
    if (!entry) {
        return no_memory(err);
    }
    entry->name = cd_arena_str(&p->arena, cd_str_sub(text, 0, equals));
    entry->value =
        (struct cd_given){.kind = CD_GIVEN_PLAIN,
                          .text = cd_arena_str(&p->arena, cd_str_sub(text, equals + 1, text.n))};
    entry->origin = CD_STR("--param");
    return entry->name.p && entry->value.text.p ? CORDON_OK : no_memory(err);
}

cordon_status
cd_params_add_yaml(struct cd_params *p, struct cd_str path, struct cd_str text,
                   struct cordon_error *err)
{
    struct cd_given root = {.kind = CD_GIVEN_MAP};
    if (cd_utf8_check(text) != text.n) {
        return cordon_fail(err, CORDON_EINPUT, cd_utf8_check(text),
                           "%.*s: this is not UTF-8, at byte %zu", CD_FMT(path),
                           cd_utf8_check(text));
    }
    CORDON_TRY(cd_given_yaml(&p->arena, path, text, &root, err));
    struct cd_str origin = cd_arena_str(&p->arena, path);
    for (size_t i = 0; i < root.n; i++) {
        struct entry *entry = CD_PUSH(&p->arena, p->items, p->n, p->cap);
        if (!entry || !origin.p) {
            return no_memory(err);
        }
        *entry = (struct entry){root.keys[i], origin, root.items[i]};
    }
    return CORDON_OK;
}

/* ---- binding ---- */

struct binder {
    const struct cd_image *img;
    struct cd_bound_params *out;
    struct cd_arena *arena;
    struct cordon_error *err;
    struct cd_str origin, name; /* of the value that is bound */
};

static cordon_status refuse(const struct binder *b, const char *fmt, ...) CORDON_PRINTF(2, 3);

static cordon_status
refuse(const struct binder *b, const char *fmt, ...)
{
    char text[300];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return cordon_fail(b->err, CORDON_EINPUT, CORDON_NO_OFFSET, "%.*s: parameter %.*s: %s",
                       CD_FMT(b->origin), CD_FMT(b->name), text);
}

/* Appends a constant; CD_NONE when memory is out. */
static uint32_t
add_const(struct binder *b, uint32_t type, uint64_t value, uint32_t n)
{
    struct cd_constant *c = CD_PUSH(b->arena, b->out->consts.consts.items, b->out->consts.consts.n,
                                    b->out->consts.consts.cap);
    if (!c) {
        return CD_NONE;
    }
    *c = (struct cd_constant){.type = type, .value = value, .n = n};
    return (uint32_t)(b->out->consts.consts.n - 1);
}

static uint32_t
add_string(struct binder *b, struct cd_str s)
{
    struct cd_str *place = CD_PUSH(b->arena, b->out->consts.strings.items, b->out->consts.strings.n,
                                   b->out->consts.strings.cap);
    if (!place) {
        return CD_NONE;
    }
    *place = cd_arena_str(b->arena, s);
    return place->p ? (uint32_t)(b->out->consts.strings.n - 1) : CD_NONE;
}

/* Does A hold what B holds? Constants of one type. */
static bool
same_const(const struct cd_image *img, uint32_t a, uint32_t b)
{
    const struct cd_constant *x = &img->consts.items[a];
    const struct cd_constant *y = &img->consts.items[b];
    uint32_t kind = img->types.items[x->type].kind;
    if (kind == CD_KIND_STRING) {
        return cd_str_eq(img->strings.items[x->value], img->strings.items[y->value]);
    }
    if (kind != CD_KIND_LIST && kind != CD_KIND_MAP) {
        return x->value == y->value;
    }
    if (x->n != y->n || kind == CD_KIND_MAP) {
        return false;
    }
    for (uint32_t i = 0; i < x->n; i++) {
        if (!same_const(img, img->const_items.items[x->value + i],
                        img->const_items.items[y->value + i])) {
            return false;
        }
    }
    return true;
}

/* ---- scalars ---- */

/* Units in the order in which a duration names them. */
static const struct {
    char letter;
    int64_t ms;
} units[] = {{'d', 86400000}, {'h', 3600000}, {'m', 60000}, {'s', 1000}};

/* `90d`, `1d12h`, `-15s`: each unit at most once, the larger first. */
static bool
parse_duration(struct cd_str s, int64_t *out)
{
    bool minus = s.n > 0 && s.p[0] == '-';
    size_t i = minus;
    size_t unit = 0;
    int64_t sum = 0;
    while (i < s.n) {
        size_t from = i;
        uint64_t count;
        while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9') {
            i++;
        }
        if (i >= s.n || !cd_parse_u64(cd_str_sub(s, from, i), &count) || count > 100000000000u) {
            return false;
        }
        while (unit < CD_ARRAY_LEN(units) && units[unit].letter != s.p[i]) {
            unit++;
        }
        int64_t part;
        if (unit == CD_ARRAY_LEN(units)
            || __builtin_mul_overflow((int64_t)count, units[unit].ms, &part)
            || __builtin_add_overflow(sum, part, &sum)) {
            return false;
        }
        unit++;
        i++;
    }
    *out = minus ? -sum : sum;
    return s.n > (size_t)minus;
}

static cordon_status
refuse_text(const struct binder *b, struct cd_str s, const char *what)
{
    struct cd_str text = cd_arena_shown(b->arena, s, SHOWN);
    return refuse(b, "\"%.*s\" %s", CD_FMT(text), what);
}

static cordon_status
refuse_region(const struct binder *b, struct cd_str s)
{
    struct cd_nearest nearest;
    cd_nearest_init(&nearest, s);
    for (uint32_t i = 0; i < cd_region_n(); i++) {
        cd_nearest_try(&nearest, cd_region_at(i));
    }
    if (nearest.best.n > 0) {
        return refuse(b, "\"%.*s\" is not a region; did you mean %.*s?", CD_FMT(s),
                      CD_FMT(nearest.best));
    }
    return refuse_text(b, s, "is not a region");
}

/* An action of IAM, or a pattern that some action matches. */
static cordon_status
check_action(const struct binder *b, struct cd_str s)
{
    size_t colon = cd_str_find(s, ':', 0);
    uint32_t first, n;
    bool known = cd_str_eq(s, CD_STR("*"));
    if (colon < s.n && cd_iam_service_actions(cd_str_sub(s, 0, colon), &first, &n)) {
        struct cd_str name = cd_str_sub(s, colon + 1, s.n);
        for (uint32_t i = first; i < first + n && !known; i++) {
            known = cd_like_nocase(name, cd_iam_action_at(i).name);
        }
    }
    return known ? CORDON_OK
                 : refuse_text(b, s, "is not an action that IAM knows (s3:GetObject, s3:Get*)");
}

/* Is the string what its refinement asks for? */
static cordon_status
check_refine(const struct binder *b, enum cd_refine refine, struct cd_str s)
{
    struct cd_str segments[CD_ARN_SEGMENTS];
    struct cd_net net = cd_net_parse(s);
    bool has_bits = cd_str_find(s, '/', 0) < s.n;
    switch (refine) {
    case CD_REFINE_NONE: return CORDON_OK;
    case CD_REFINE_REGION: return cd_region_partition(s).n > 0 ? CORDON_OK : refuse_region(b, s);
    case CD_REFINE_ACCOUNT:
        return cd_is_account(s)
                   ? CORDON_OK
                   : refuse_text(b, s, "is not an account: twelve digits are expected");
    case CD_REFINE_ARN:
        return cd_arn_split(s, segments) ? CORDON_OK : refuse_text(b, s, "is not an ARN");
    case CD_REFINE_ACTION: return check_action(b, s);
    case CD_REFINE_IP:
        return net.family != 0 && !has_bits ? CORDON_OK : refuse_text(b, s, "is not an IP address");
    case CD_REFINE_CIDR:
        return net.family != 0 ? CORDON_OK : refuse_text(b, s, "is not a network (10.0.0.0/8)");
    }
    return CORDON_OK;
}

static cordon_status
bind_string(struct binder *b, uint32_t type, enum cd_refine refine, const struct cd_given *v,
            uint32_t *out)
{
    if (v->kind != CD_GIVEN_PLAIN && v->kind != CD_GIVEN_QUOTED) {
        bool is_bare = v->kind == CD_GIVEN_NUMBER || v->kind == CD_GIVEN_BOOL;
        return refuse(b, is_bare ? "a string is expected, in quotes" : "a string is expected");
    }
    CORDON_TRY(check_refine(b, refine, v->text));
    uint32_t string = add_string(b, v->text);
    *out = string == CD_NONE ? CD_NONE : add_const(b, type, string, 0);
    return CORDON_OK;
}

static cordon_status
bind_number(struct binder *b, uint32_t type, const struct cd_given *v, uint32_t *out)
{
    double d = v->number;
    if (v->kind != CD_GIVEN_NUMBER
        && !(v->kind == CD_GIVEN_PLAIN && cd_parse_number(v->text, &d))) {
        return refuse(b, "a number is expected");
    }
    if (d > LARGEST_WHOLE || d < -LARGEST_WHOLE) {
        return refuse(b, "the number is out of range: whole numbers are exact up to 2^53");
    }
    uint64_t bits;
    memcpy(&bits, &d, sizeof bits);
    *out = add_const(b, type, bits, 0);
    return CORDON_OK;
}

static cordon_status
bind_bool(struct binder *b, uint32_t type, const struct cd_given *v, uint32_t *out)
{
    bool is_true = v->kind == CD_GIVEN_BOOL
                       ? v->boolean
                       : v->kind == CD_GIVEN_PLAIN && cd_str_eq(v->text, CD_STR("true"));
    bool is_false = v->kind == CD_GIVEN_BOOL
                        ? !v->boolean
                        : v->kind == CD_GIVEN_PLAIN && cd_str_eq(v->text, CD_STR("false"));
    if (!is_true && !is_false) {
        return refuse(b, "true or false is expected");
    }
    *out = add_const(b, type, is_true, 0);
    return CORDON_OK;
}

static cordon_status
bind_moment(struct binder *b, uint32_t type, const struct cd_given *v, uint32_t *out)
{
    bool is_time = b->img->types.items[type].kind == CD_KIND_TIME;
    bool is_text = v->kind == CD_GIVEN_PLAIN || v->kind == CD_GIVEN_QUOTED;
    int64_t ms = 0;
    if (!is_text || !(is_time ? cd_parse_time(v->text, &ms) : parse_duration(v->text, &ms))) {
        return refuse(b, is_time ? "a date or time is expected (2027-03-31, 2027-03-31T06:00:00Z)"
                                 : "a duration is expected (90d, 12h, 30m, 15s)");
    }
    *out = add_const(b, type, (uint64_t)ms, 0);
    return CORDON_OK;
}

/* ---- collections ---- */

static cordon_status bind_value(struct binder *b, uint32_t type, enum cd_refine refine,
                                const struct cd_given *v, uint32_t *out, int depth);

/* The same for constants that hold the same. */
static uint64_t
hash_const(const struct cd_image *img, uint32_t constant)
{
    const struct cd_constant *c = &img->consts.items[constant];
    uint32_t kind = img->types.items[c->type].kind;
    if (kind == CD_KIND_STRING) {
        return cd_str_hash(img->strings.items[c->value]);
    }
    uint64_t hash = kind == CD_KIND_LIST || kind == CD_KIND_MAP ? c->n : c->value;
    for (uint32_t i = 0; kind == CD_KIND_LIST && i < c->n; i++) {
        hash = hash * 31 + hash_const(img, img->const_items.items[c->value + i]);
    }
    return cd_str_hash((struct cd_str){(const char *)&hash, sizeof hash});
}

/* Leaves each of ITEMS once, at its first place. Returns how many are left; CD_NONE when memory is
 * out. */
static uint32_t
drop_repeated(const struct binder *b, uint32_t *items, uint32_t n)
{
    const struct cd_image *img = &b->out->consts;
    size_t n_slots = 2;
    while (n_slots < (size_t)n * 2) {
        n_slots *= 2;
    }
    uint32_t *slots = CD_NEW_ARRAY(b->arena, n_slots, uint32_t); /* place in ITEMS, from 1 */
    uint32_t kept = 0;
    for (uint32_t i = 0; slots && i < n; i++) {
        size_t slot = (size_t)hash_const(img, items[i]) & (n_slots - 1);
        while (slots[slot] != 0 && !same_const(img, items[slots[slot] - 1], items[i])) {
            slot = (slot + 1) & (n_slots - 1);
        }
        if (slots[slot] == 0) {
            items[kept++] = items[i];
            slots[slot] = kept;
        }
    }
    return slots ? kept : CD_NONE;
}

/* Appends the items that a collection was bound to; a set has each once. */
static cordon_status
finish_collection(struct binder *b, uint32_t type, const uint32_t *items, uint32_t n,
                  uint32_t pairs, uint32_t *out)
{
    struct cd_image *consts = &b->out->consts;
    size_t first = consts->const_items.n;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t *place = CD_PUSH(b->arena, consts->const_items.items, consts->const_items.n,
                                  consts->const_items.cap);
        if (!place) {
            return no_memory(b->err);
        }
        *place = items[i];
    }
    *out = add_const(b, type, first, pairs);
    return CORDON_OK;
}

static cordon_status
bind_list(struct binder *b, uint32_t type, enum cd_refine refine, const struct cd_given *v,
          uint32_t *out, int depth)
{
    const struct cd_value_type *t = &b->img->types.items[type];
    if (v->kind != CD_GIVEN_LIST) {
        return refuse(b, "a %s is expected, in JSON: [\"…\", \"…\"]", t->is_set ? "set" : "list");
    }
    uint32_t *items = CD_NEW_ARRAY(b->arena, v->n, uint32_t);
    uint32_t n = items ? (uint32_t)v->n : CD_NONE;
    for (size_t i = 0; items && i < v->n; i++) {
        CORDON_TRY(bind_value(b, t->elem, refine, &v->items[i], &items[i], depth + 1));
    }
    n = n != CD_NONE && t->is_set ? drop_repeated(b, items, n) : n;
    return n != CD_NONE ? finish_collection(b, type, items, n, n, out) : no_memory(b->err);
}

static cordon_status
bind_map(struct binder *b, uint32_t type, enum cd_refine refine, const struct cd_given *v,
         uint32_t *out, int depth)
{
    const struct cd_value_type *t = &b->img->types.items[type];
    if (v->kind != CD_GIVEN_MAP) {
        return refuse(b, "a map is expected, in JSON: {\"key\": …}");
    }
    uint32_t *items = CD_NEW_ARRAY(b->arena, v->n * 2, uint32_t);
    for (size_t i = 0; items && i < v->n; i++) {
        items[2 * i] = add_string(b, v->keys[i]);
        if (items[2 * i] == CD_NONE) {
            return no_memory(b->err);
        }
        CORDON_TRY(bind_value(b, t->elem, refine, &v->items[i], &items[2 * i + 1], depth + 1));
    }
    return items ? finish_collection(b, type, items, (uint32_t)v->n * 2, (uint32_t)v->n, out)
                 : no_memory(b->err);
}

static cordon_status
bind_by_kind(struct binder *b, uint32_t type, enum cd_refine refine, const struct cd_given *v,
             uint32_t *out, int depth)
{
    switch ((enum cd_kind)b->img->types.items[type].kind) {
    case CD_KIND_BOOL: return bind_bool(b, type, v, out);
    case CD_KIND_NUMBER: return bind_number(b, type, v, out);
    case CD_KIND_STRING: return bind_string(b, type, refine, v, out);
    case CD_KIND_TIME:
    case CD_KIND_DURATION: return bind_moment(b, type, v, out);
    case CD_KIND_LIST: return bind_list(b, type, refine, v, out, depth);
    case CD_KIND_MAP: return bind_map(b, type, refine, v, out, depth);
    case CD_KIND_ROW:
    case CD_KIND_JSON:
    case CD_N_KINDS: break;
    }
    return refuse(b, "values of this type cannot be given");
}

static cordon_status
bind_value(struct binder *b, uint32_t type, enum cd_refine refine, const struct cd_given *v,
           uint32_t *out, int depth)
{
    *out = CD_NONE;
    if (v->kind == CD_GIVEN_NULL || depth > CD_GIVEN_DEPTH) {
        return refuse(b, "a value is expected, not null");
    }
    CORDON_TRY(bind_by_kind(b, type, refine, v, out, depth));
    return *out == CD_NONE ? no_memory(b->err) : CORDON_OK;
}

/* ---- names ---- */

/* The last part of `module.name`. */
static struct cd_str
bare_name(struct cd_str full)
{
    size_t dot = full.n;
    while (dot > 0 && full.p[dot - 1] != '.') {
        dot--;
    }
    return cd_str_sub(full, dot, full.n);
}

/* The parameter that NAME means; CD_NONE if none, with *other a second one if it means several. */
static uint32_t
find_param(const struct cd_image *img, struct cd_str name, uint32_t *other)
{
    uint32_t found = CD_NONE;
    *other = CD_NONE;
    for (uint32_t p = 0; p < img->params.n; p++) {
        struct cd_str full = cd_image_str(img, img->params.items[p].name);
        if (cd_str_eq(full, name)) {
            *other = CD_NONE;
            return p;
        }
        if (cd_str_eq(bare_name(full), name)) {
            if (found == CD_NONE) {
                found = p;
            } else {
                *other = p;
            }
        }
    }
    return found;
}

static cordon_status
refuse_name(const struct binder *b, struct cd_str name)
{
    struct cd_nearest nearest;
    struct cd_str near = CD_STR("");
    bool dotted = cd_str_find(name, '.', 0) < name.n;
    cd_nearest_init(&nearest, name);
    for (uint32_t p = 0; p < b->img->params.n; p++) {
        struct cd_str full = cd_image_str(b->img, b->img->params.items[p].name);
        cd_nearest_try(&nearest, dotted ? full : bare_name(full));
    }
    near = nearest.best;
    if (near.n > 0) {
        return cordon_fail(b->err, CORDON_EINPUT, CORDON_NO_OFFSET,
                           "%.*s: there is no parameter %.*s; did you mean %.*s?",
                           CD_FMT(b->origin), CD_FMT(name), CD_FMT(near));
    }
    return cordon_fail(b->err, CORDON_EINPUT, CORDON_NO_OFFSET, "%.*s: there is no parameter %.*s",
                       CD_FMT(b->origin), CD_FMT(name));
}

/* A bare scalar of the command line that has to be a collection is JSON. */
static cordon_status
as_json(struct binder *b, uint32_t type, const struct cd_given *v, struct cd_given *parsed)
{
    uint32_t kind = b->img->types.items[type].kind;
    struct cordon_error why = {.code = CORDON_OK};
    *parsed = *v;
    if (v->kind != CD_GIVEN_PLAIN || (kind != CD_KIND_LIST && kind != CD_KIND_MAP)) {
        return CORDON_OK;
    }
    *parsed = (struct cd_given){.kind = CD_GIVEN_NULL};
    cordon_status status = cd_given_json(b->arena, v->text, parsed, &why);
    bool is_meant = v->text.n > 0 && (v->text.p[0] == '[' || v->text.p[0] == '{');
    if (status == CORDON_EINPUT && is_meant) {
        return refuse(b, "%s", why.message);
    }
    if (status == CORDON_EINPUT) {
        return refuse(b, "a %s is expected, in JSON: %s",
                      kind == CD_KIND_MAP                ? "map"
                      : b->img->types.items[type].is_set ? "set"
                                                         : "list",
                      kind == CD_KIND_MAP ? "{\"key\": …}" : "[\"…\", \"…\"]");
    }
    return status;
}

static cordon_status
bind_param(struct binder *b, uint32_t param, const struct cd_given *v)
{
    const struct cd_param *p = &b->img->params.items[param];
    struct cd_given parsed;
    b->name = cd_image_str(b->img, p->name);
    CORDON_TRY(as_json(b, p->type, v, &parsed));
    return bind_value(b, p->type, (enum cd_refine)p->refine, &parsed, &b->out->values[param], 0);
}

/* A name that is no parameter may be that of a module, with a mapping of its parameters below it.
 */
static cordon_status
bind_entry(struct binder *b, struct cd_str name, const struct cd_given *v, int depth)
{
    uint32_t other;
    uint32_t param = find_param(b->img, name, &other);
    if (other != CD_NONE) {
        return cordon_fail(b->err, CORDON_EINPUT, CORDON_NO_OFFSET,
                           "%.*s: %.*s may be %.*s or %.*s: write the module before it",
                           CD_FMT(b->origin), CD_FMT(name),
                           CD_FMT(cd_image_str(b->img, b->img->params.items[param].name)),
                           CD_FMT(cd_image_str(b->img, b->img->params.items[other].name)));
    }
    if (param != CD_NONE) {
        return bind_param(b, param, v);
    }
    if (v->kind != CD_GIVEN_MAP || v->n == 0 || depth > CD_GIVEN_DEPTH) {
        return refuse_name(b, name);
    }
    for (size_t i = 0; i < v->n; i++) {
        struct cd_str full =
            cd_arena_printf(b->arena, "%.*s.%.*s", CD_FMT(name), CD_FMT(v->keys[i]));
        if (!full.p) {
            return no_memory(b->err);
        }
        CORDON_TRY(bind_entry(b, full, &v->items[i], depth + 1));
    }
    return CORDON_OK;
}

cordon_status
cd_params_bind(const struct cd_params *p, const struct cd_image *img, struct cd_arena *arena,
               struct cd_bound_params *out, struct cordon_error *err)
{
    struct binder b = {.img = img, .out = out, .arena = arena, .err = err};
    *out = (struct cd_bound_params){.consts = {.arena = arena}};
    out->consts.types.items = img->types.items; /* borrowed: values have the program's types */
    out->consts.types.n = img->types.n;
    out->consts.types.cap = img->types.n;
    out->values = CD_NEW_ARRAY(arena, img->params.n, uint32_t);
    if (!out->values) {
        return no_memory(err);
    }
    memset(out->values, 0xFF, img->params.n * sizeof *out->values);
    for (size_t i = 0; p && i < p->n; i++) {
        b.origin = p->items[i].origin;
        CORDON_TRY(bind_entry(&b, p->items[i].name, &p->items[i].value, 0));
    }
    return CORDON_OK;
}
