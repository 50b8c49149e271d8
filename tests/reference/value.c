/* Values of the reference evaluator: making them, three-valued logic, equality and order. */
#include "tests/reference/ref.h"

#include <math.h>

struct ref_value
ref_absent(void)
{
    return (struct ref_value){.kind = REF_ABSENT};
}

struct ref_value
ref_unknown(void)
{
    return (struct ref_value){.kind = REF_UNKNOWN};
}

struct ref_value
ref_bool(bool b)
{
    return (struct ref_value){.kind = REF_BOOL, .boolean = b};
}

struct ref_value
ref_tri(enum ref_tri t)
{
    return t == REF_U ? ref_unknown() : ref_bool(t == REF_T);
}

struct ref_value
ref_number(double d)
{
    return ref_interval(d, d);
}

struct ref_value
ref_interval(double lo, double hi)
{
    return (struct ref_value){.kind = REF_NUMBER, .lo = lo, .hi = hi};
}

struct ref_value
ref_string(struct cd_str s, const struct ref_resource *holder)
{
    return (struct ref_value){.kind = REF_STRING, .text = s, .holder = holder};
}

struct ref_value
ref_ms(enum ref_kind kind, int64_t ms)
{
    return (struct ref_value){.kind = kind, .ms = ms};
}

struct ref_value
ref_resource_value(const struct ref_resource *res)
{
    return (struct ref_value){.kind = REF_RESOURCE, .holder = res, .shape = res->shape};
}

struct ref_value
ref_collection(bool is_set)
{
    return (struct ref_value){.kind = REF_COLLECTION, .is_set = is_set};
}

/* An equal text is one member, and yet two patterns if only one of them was interpolated. */
static void
keep_pattern(struct ref *r, struct ref_value *there, struct ref_value member)
{
    bool masked = there->literal != NULL || member.literal != NULL;
    if (there->kind == REF_STRING && masked) {
        struct ref_value *copy = CD_NEW(r->arena, struct ref_value);
        *copy = member;
        copy->also = there->also;
        there->also = copy;
    }
}

void
ref_add(struct ref *r, struct ref_value *c, struct ref_value member)
{
    member = ref_exact(member);
    if (member.kind == REF_ABSENT) {
        return;
    }
    if (member.kind == REF_UNKNOWN) {
        c->open = true;
        return;
    }
    for (size_t i = 0; c->is_set && i < c->n; i++) {
        if (ref_equal(r, c->items[i], member, false) == REF_T) {
            keep_pattern(r, &c->items[i], member);
            return;
        }
    }
    *CD_PUSH(r->arena, c->items, c->n, c->cap) = member;
}

struct ref_value
ref_exact(struct ref_value v)
{
    return v.kind == REF_NUMBER && v.lo != v.hi ? ref_unknown() : v;
}

enum ref_tri
ref_not(enum ref_tri t)
{
    return t == REF_T ? REF_F : t == REF_F ? REF_T : REF_U;
}

enum ref_tri
ref_and(enum ref_tri a, enum ref_tri b)
{
    return a < b ? a : b;
}

enum ref_tri
ref_or(enum ref_tri a, enum ref_tri b)
{
    return a > b ? a : b;
}

enum ref_tri
ref_condition(struct ref_value v)
{
    if (v.kind == REF_UNKNOWN) {
        return REF_U;
    }
    return v.kind == REF_BOOL && v.boolean ? REF_T : REF_F;
}

/* ---- equality ---- */

static enum ref_tri equal_json(const cJSON *a, const cJSON *b);

/* The next element that is a member: a null is none, an unknown one only opens. */
static const cJSON *
member_from(const cJSON *j)
{
    while (j != NULL && (cJSON_IsNull(j) || ref_is_unknown(j))) {
        j = j->next;
    }
    return j;
}

static bool
is_open(const cJSON *array)
{
    bool open = false;
    for (const cJSON *m = array->child; m != NULL; m = m->next) {
        open |= ref_is_unknown(m);
    }
    return open;
}

/* As lists: two open ones may be equal, and one open one if what it has stands in the other in its
 * order. */
static enum ref_tri
equal_arrays(const cJSON *a, const cJSON *b)
{
    bool a_open = is_open(a), b_open = is_open(b);
    const cJSON *m = member_from(a->child), *n = member_from(b->child);
    if (a_open && b_open) {
        return REF_U;
    }
    if (a_open || b_open) {
        const cJSON *part = a_open ? m : n, *whole = a_open ? n : m;
        while (part != NULL && whole != NULL) {
            part = equal_json(part, whole) == REF_F ? part : member_from(part->next);
            whole = member_from(whole->next);
        }
        return part == NULL ? REF_U : REF_F;
    }
    enum ref_tri all = REF_T;
    for (; m != NULL && n != NULL; m = member_from(m->next), n = member_from(n->next)) {
        all = ref_and(all, equal_json(m, n));
    }
    return m == n ? all : REF_F;
}

/* A member that is null is as one that is not there. */
static enum ref_tri
equal_objects(const cJSON *a, const cJSON *b)
{
    enum ref_tri all = REF_T;
    for (int turn = 0; turn < 2; turn++) {
        for (const cJSON *m = a->child; m != NULL; m = m->next) {
            const cJSON *other = cJSON_GetObjectItemCaseSensitive(b, m->string);
            if (cJSON_IsNull(m)) {
                continue;
            }
            all = ref_and(all, other == NULL || cJSON_IsNull(other)
                                   ? (ref_is_unknown(m) ? REF_U : REF_F)
                                   : equal_json(m, other));
        }
        const cJSON *swap = a;
        a = b;
        b = swap;
    }
    return all;
}

static enum ref_tri
equal_json(const cJSON *a, const cJSON *b)
{
    if (ref_is_unknown(a) || ref_is_unknown(b)) {
        return REF_U;
    }
    if (cJSON_IsBool(a) && cJSON_IsBool(b)) {
        return cJSON_IsTrue(a) == cJSON_IsTrue(b) ? REF_T : REF_F;
    }
    if (cJSON_IsNumber(a) && cJSON_IsNumber(b)) {
        return a->valuedouble == b->valuedouble ? REF_T : REF_F;
    }
    if (cJSON_IsString(a) && cJSON_IsString(b)) {
        return strcmp(a->valuestring, b->valuestring) == 0 ? REF_T : REF_F;
    }
    if (cJSON_IsArray(a) && cJSON_IsArray(b)) {
        return equal_arrays(a, b);
    }
    if (cJSON_IsObject(a) && cJSON_IsObject(b)) {
        return equal_objects(a, b);
    }
    return REF_F;
}

enum ref_tri
ref_contains(struct ref *r, struct ref_value c, struct ref_value x, bool nocase)
{
    enum ref_tri any = c.open ? REF_U : REF_F;
    for (size_t i = 0; i < c.n; i++) {
        any = ref_or(any, ref_equal(r, c.items[i], x, nocase));
    }
    return any;
}

static enum ref_tri
equal_sets(struct ref *r, struct ref_value a, struct ref_value b, bool nocase)
{
    enum ref_tri all = a.open || b.open ? REF_U : REF_T;
    for (size_t i = 0; i < a.n; i++) {
        all = ref_and(all, ref_contains(r, b, a.items[i], nocase));
    }
    for (size_t i = 0; i < b.n; i++) {
        all = ref_and(all, ref_contains(r, a, b.items[i], nocase));
    }
    return all;
}

/* An open list may have more members in any place: it can equal a closed one only if its known
 * members stand there in their order. */
static enum ref_tri
equal_lists(struct ref *r, struct ref_value a, struct ref_value b, bool nocase)
{
    if (a.open && b.open) {
        return REF_U;
    }
    if (!a.open && !b.open) {
        enum ref_tri all = a.n == b.n ? REF_T : REF_F;
        for (size_t i = 0; all != REF_F && i < a.n; i++) {
            all = ref_and(all, ref_equal(r, a.items[i], b.items[i], nocase));
        }
        return all;
    }
    struct ref_value open = a.open ? a : b;
    struct ref_value closed = a.open ? b : a;
    size_t found = 0;
    for (size_t i = 0; i < closed.n && found < open.n; i++) {
        found += ref_equal(r, open.items[found], closed.items[i], nocase) != REF_F;
    }
    return found < open.n ? REF_F : REF_U;
}

static enum ref_tri
equal_numbers(struct ref_value a, struct ref_value b)
{
    if (a.lo > b.hi || b.lo > a.hi) {
        return REF_F;
    }
    return a.lo == a.hi && b.lo == b.hi ? REF_T : REF_U;
}

enum ref_tri
ref_equal(struct ref *r, struct ref_value a, struct ref_value b, bool nocase)
{
    if (a.kind == REF_ABSENT || b.kind == REF_ABSENT) {
        return REF_F;
    }
    if (a.kind == REF_UNKNOWN || b.kind == REF_UNKNOWN) {
        return REF_U;
    }
    if (a.kind != b.kind) {
        return REF_F;
    }
    switch (a.kind) {
    case REF_ABSENT: return REF_F;
    case REF_UNKNOWN: return REF_U;
    case REF_BOOL: return a.boolean == b.boolean ? REF_T : REF_F;
    case REF_NUMBER: return equal_numbers(a, b);
    case REF_STRING:
        return (nocase ? cd_str_eq_nocase(a.text, b.text) : cd_str_eq(a.text, b.text)) ? REF_T
                                                                                       : REF_F;
    case REF_TIME:
    case REF_DURATION: return a.ms == b.ms ? REF_T : REF_F;
    case REF_COLLECTION:
        return a.is_set || b.is_set ? equal_sets(r, a, b, nocase) : equal_lists(r, a, b, nocase);
    case REF_RESOURCE: return a.holder == b.holder ? REF_T : REF_F;
    case REF_RECORD:
    case REF_MAP:
        return a.json == b.json ? REF_T : REF_F; /* a place in a resource, as a row in a table */
    case REF_JSON: return equal_json(a.json, b.json);
    case REF_INTERNET: return REF_T;
    }
    return REF_F;
}

enum ref_tri
ref_less(struct ref_value a, struct ref_value b, bool or_equal)
{
    if (a.kind != b.kind) {
        return REF_F;
    }
    if (a.kind == REF_STRING) {
        int order = cd_str_cmp(a.text, b.text);
        return order < 0 || (or_equal && order == 0) ? REF_T : REF_F;
    }
    if (a.kind == REF_TIME || a.kind == REF_DURATION) {
        return a.ms < b.ms || (or_equal && a.ms == b.ms) ? REF_T : REF_F;
    }
    if (or_equal) {
        return a.hi <= b.lo ? REF_T : a.lo > b.hi ? REF_F : REF_U;
    }
    return a.hi < b.lo ? REF_T : a.lo >= b.hi ? REF_F : REF_U;
}

bool
ref_same(struct ref *r, struct ref_value a, struct ref_value b)
{
    if (a.kind != b.kind) {
        return false;
    }
    if (a.kind == REF_ABSENT) {
        return true;
    }
    if (a.kind == REF_NUMBER) {
        return a.lo == b.lo && a.hi == b.hi;
    }
    if (a.kind == REF_COLLECTION && a.open && b.open && a.n == b.n) {
        a.open = b.open = false;
    }
    return ref_equal(r, a, b, false) == REF_T;
}
