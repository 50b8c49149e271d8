/* Two tables keyed by text: members of lines, and documents. A member that is the same as one of
 * the last few of its kind is found by comparing bytes alone, without looking for its end: a JSON
 * object or list is never the beginning of another one. */
#include "runtime/iam/policy_cache.h"

#include <stdlib.h>

#include "runtime/iam/policy_member.h"

#define BEGINNING 256                   /* bytes of a member by which it is found */
#define SAME_BEGINNING 8                /* members that are compared then */
#define BYTES_LIMIT ((size_t)512 << 20) /* of texts and what is compiled from them */

struct entry {
    struct cd_str text;
    uint64_t hash;
    uint32_t kind; /* of a member; documents: CD_N_POLICY_KINDS */
    struct cd_policy_member member;
    struct cd_policy_document document;
    struct entry *next;
    uint64_t beginning;        /* of a member: hash of its first bytes */
    struct entry *next_begins; /* alike, as far as the slot tells */
};

struct cd_policy_cache {
    struct cd_arena arena;
    struct cd_dom *dom;
    struct entry **slots; /* chains; a power of two of them */
    size_t n, n_slots;
    struct entry **begins; /* as many slots: members by their beginning, newest first */
};

#define FIRST_SLOTS 256

struct cd_policy_cache *
cd_policy_cache_new(void)
{
    struct cd_policy_cache *c = calloc(1, sizeof *c);
    if (c == NULL) {
        return NULL;
    }
    cd_arena_init(&c->arena);
    c->dom = cd_dom_new();
    c->slots = calloc(FIRST_SLOTS, sizeof *c->slots);
    c->begins = calloc(FIRST_SLOTS, sizeof *c->begins);
    c->n_slots = FIRST_SLOTS;
    if (c->dom == NULL || c->slots == NULL || c->begins == NULL) {
        cd_policy_cache_free(c);
        return NULL;
    }
    return c;
}

void
cd_policy_cache_free(struct cd_policy_cache *c)
{
    if (c != NULL) {
        cd_dom_free(c->dom);
        cd_arena_finish(&c->arena);
        free(c->slots);
        free(c->begins);
        free(c);
    }
}

void
cd_policy_cache_trim(struct cd_policy_cache *c)
{
    if (c->arena.used > BYTES_LIMIT) {
        cd_arena_finish(&c->arena);
        cd_arena_init(&c->arena);
        memset(c->slots, 0, c->n_slots * sizeof *c->slots);
        memset(c->begins, 0, c->n_slots * sizeof *c->begins);
        c->n = 0;
    }
}

/* ---- the table ---- */

static struct entry *
find(const struct cd_policy_cache *c, struct cd_str text, uint64_t hash, uint32_t kind)
{
    struct entry *e = c->slots[hash & (c->n_slots - 1)];
    while (e != NULL && (e->hash != hash || e->kind != kind || !cd_str_eq(e->text, text))) {
        e = e->next;
    }
    return e;
}

/* Chains get long before this fails to matter: growth is only tried. */
static void
grow(struct cd_policy_cache *c)
{
    size_t n = 4 * c->n_slots;
    struct entry **slots = calloc(n, sizeof *slots), **begins = calloc(n, sizeof *begins);
    if (slots == NULL || begins == NULL) {
        free(slots);
        free(begins);
        return;
    }
    for (size_t i = 0; i < c->n_slots; i++) {
        for (struct entry *e = c->slots[i], *next; e != NULL; e = next) {
            next = e->next;
            e->next = slots[e->hash & (n - 1)];
            slots[e->hash & (n - 1)] = e;
        }
    }
    for (size_t i = 0; i < c->n_slots; i++) {
        for (struct entry *e = c->begins[i], *next; e != NULL; e = next) {
            next = e->next_begins;
            e->next_begins = begins[e->beginning & (n - 1)];
            begins[e->beginning & (n - 1)] = e;
        }
    }
    free(c->slots);
    free(c->begins);
    c->slots = slots;
    c->begins = begins;
    c->n_slots = n;
}

static struct entry *
add(struct cd_policy_cache *c, struct cd_str text, uint64_t hash, uint32_t kind)
{
    struct entry *e = CD_NEW(&c->arena, struct entry);
    struct cd_str copy = cd_arena_str(&c->arena, text);
    if (e == NULL || copy.p == NULL) {
        return NULL;
    }
    if (c->n >= 2 * c->n_slots) {
        grow(c);
    }
    *e = (struct entry){.text = copy, .hash = hash, .kind = kind};
    e->next = c->slots[hash & (c->n_slots - 1)];
    c->slots[hash & (c->n_slots - 1)] = e;
    c->n++;
    return e;
}

/* ---- documents ---- */

static size_t
size_without_blanks(struct cd_str text)
{
    size_t n = 0;
    bool in_string = false;
    for (size_t i = 0; i < text.n; i++) {
        char ch = text.p[i];
        n += in_string || (ch != ' ' && ch != '\t' && ch != '\r' && ch != '\n');
        if (ch == '\\' && in_string && i + 1 < text.n) {
            i++;
            n++;
        } else if (ch == '"') {
            in_string = !in_string;
        }
    }
    return n;
}

const struct cd_policy_document *
cd_policy_cache_document(struct cd_policy_cache *c, struct cd_str text)
{
    uint64_t hash = cd_str_hash(text);
    struct entry *e = find(c, text, hash, CD_N_POLICY_KINDS);
    struct cordon_error err = {.code = CORDON_OK};
    if (e != NULL) {
        return &e->document;
    }
    e = add(c, text, hash, CD_N_POLICY_KINDS);
    if (e == NULL) {
        return NULL;
    }
    cordon_status status = cd_policy_read(&c->arena, c->dom, e->text, &e->document.policy, &err);
    if (status == CORDON_ENOMEM) {
        return NULL;
    }
    if (status != CORDON_OK) {
        e->document.policy = NULL;
        e->document.error = cd_arena_str(&c->arena, cd_str_of(err.message));
        return e->document.error.p == NULL ? NULL : &e->document;
    }
    e->document.size = size_without_blanks(e->text);
    return &e->document;
}

/* ---- finding them again ---- */

/* What begins alike is told apart at its end first. */
static bool
stands_at(const struct entry *e, const struct cd_cursor *at)
{
    size_t n = e->text.n, tail = n < 32 ? n : 32;
    return (size_t)(at->end - at->p) >= n
           && memcmp(at->p + n - tail, e->text.p + n - tail, tail) == 0
           && memcmp(at->p, e->text.p, n) == 0;
}

/* A few words of the first BEGINNING bytes: what is alike in them is told apart byte by byte. */
static uint64_t
hash_of_beginning(const char *p, enum cd_policy_kind kind)
{
    uint64_t hash = (uint64_t)kind + 1;
    for (size_t i = 0; i + sizeof(uint64_t) <= BEGINNING; i += 24) {
        uint64_t word;
        memcpy(&word, p + i, sizeof word);
        hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
        hash ^= hash >> 29;
    }
    return hash | 1; /* 0: none */
}

static struct entry *
find_by_beginning(const struct cd_policy_cache *c, enum cd_policy_kind kind, struct cd_cursor *at)
{
    if (at->end - at->p < BEGINNING) {
        return NULL;
    }
    uint64_t beginning = hash_of_beginning(at->p, kind);
    struct entry *e = c->begins[beginning & (c->n_slots - 1)];
    for (size_t i = 0; i < SAME_BEGINNING && e != NULL; i++, e = e->next_begins) {
        if (e->beginning == beginning && e->kind == kind && stands_at(e, at)) {
            at->p += e->text.n;
            return e;
        }
    }
    return NULL;
}

/* To be found by its beginning from now on. */
static void
set_beginning(struct cd_policy_cache *c, struct entry *e)
{
    if (e->text.n < BEGINNING || e->beginning != 0) {
        return;
    }
    e->beginning = hash_of_beginning(e->text.p, (enum cd_policy_kind)e->kind);
    e->next_begins = c->begins[e->beginning & (c->n_slots - 1)];
    c->begins[e->beginning & (c->n_slots - 1)] = e;
}

static const struct cd_policy_member no_policies = {.largest = 0};
static const struct cd_policy_member unended = {.error = CD_STR_INIT("the line is not JSON")};

const struct cd_policy_member *
cd_policy_cache_take(struct cd_policy_cache *c, enum cd_policy_kind kind, struct cd_str name,
                     struct cd_cursor *at)
{
    struct cd_str text;
    char first = cd_cursor_peek(at);
    struct entry *e = first == '{' || first == '[' ? find_by_beginning(c, kind, at) : NULL;
    if (e != NULL) {
        return &e->member;
    }
    if (!cd_cursor_skip(at, &text)) {
        return &unended;
    }
    if (cd_str_eq(text, CD_STR("null"))) {
        return &no_policies;
    }
    uint64_t hash = cd_str_hash(text);
    e = find(c, text, hash, kind);
    if (e == NULL) {
        e = add(c, text, hash, kind);
        if (e == NULL) {
            return NULL;
        }
        struct cd_policy_reading reading = {c, &c->arena, c->dom, kind, name};
        if (!cd_policy_member_read(&reading, e->text, &e->member)) {
            return NULL;
        }
    }
    if (first == '{' || first == '[') {
        set_beginning(c, e);
    }
    return &e->member;
}
