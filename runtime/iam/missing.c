/* Names of missing keys: few are looked through, many are found by their hash. What is forgotten is
 * always what was added last, whose slot no other name was found behind. */
#include <stdlib.h>

#include "runtime/iam/access.h"

#define FEW 32u

void
cd_missing_finish(struct cd_missing *m)
{
    free(m->names);
    free(m->slots);
    *m = (struct cd_missing){.n = 0};
}

/* The slot of the name, or the free one where it belongs. */
static uint32_t *
slot_of(const struct cd_missing *m, struct cd_str name)
{
    size_t i = cd_str_hash_nocase(name) & (m->n_slots - 1);
    while (m->slots[i] != 0 && !cd_str_eq_nocase(m->names[m->slots[i] - 1], name)) {
        i = (i + 1) & (m->n_slots - 1);
    }
    return &m->slots[i];
}

static bool
has(const struct cd_missing *m, struct cd_str name)
{
    if (m->slots != NULL) {
        return *slot_of(m, name) != 0;
    }
    for (size_t i = 0; i < m->n; i++) {
        if (cd_str_eq_nocase(m->names[i], name)) {
            return true;
        }
    }
    return false;
}

static bool
grow(struct cd_missing *m)
{
    size_t cap = m->cap == 0 ? 16 : 2 * m->cap;
    struct cd_str *names = realloc(m->names, cap * sizeof *names);
    m->names = names != NULL ? names : m->names;
    uint32_t *slots = names != NULL && cap > FEW ? calloc(2 * cap, sizeof *slots) : NULL;
    if (names == NULL || (slots == NULL && cap > FEW)) {
        return false;
    }
    free(m->slots);
    m->slots = slots;
    m->n_slots = 2 * cap;
    m->cap = cap;
    for (size_t i = 0; slots != NULL && i < m->n; i++) {
        *slot_of(m, names[i]) = (uint32_t)i + 1;
    }
    return true;
}

void
cd_missing_add(struct cd_missing *m, struct cd_str name)
{
    if (has(m, name)) {
        return;
    }
    if (m->n == m->cap && !grow(m)) {
        m->oom = true;
        return;
    }
    uint32_t *slot = m->slots == NULL ? NULL : slot_of(m, name);
    m->names[m->n++] = name;
    if (slot != NULL) {
        *slot = (uint32_t)m->n;
    }
}

void
cd_missing_forget(struct cd_missing *m, size_t n)
{
    while (m->n > n) {
        *slot_of(m, m->names[m->n - 1]) = 0;
        m->n--;
    }
}
