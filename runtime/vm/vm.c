/* What all of the evaluator uses: memory that ends the call when it is out, caches, id maps. */
#include "runtime/vm/vm.h"

#include <stdarg.h>
#include <stdio.h>

#define FIRST_SLOTS 16u
#define FIRST_BLOCK ((size_t)256 << 10)

void
cd_vm_oom(struct cd_eval *e)
{
    longjmp(e->oom, 1);
}

void
cd_vm_fail(struct cd_eval *e, cordon_status code, const char *fmt, ...)
{
    char text[400];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    e->status = cordon_fail(e->err, code, CORDON_NO_OFFSET, "%s", text);
    longjmp(e->oom, 2);
}

uint32_t
cd_vm_arn(struct cd_eval *e, const struct cd_table *t, uint32_t row)
{
    uint32_t id;
    if (!cd_table_arn_id(e->s, t, row, &id)) {
        cd_vm_oom(e);
    }
    return id;
}

uint32_t
cd_vm_str(struct cd_eval *e, struct cd_str s)
{
    uint32_t id = cd_snapshot_str(e->s, s);
    if (id == CD_NO_STR) {
        cd_vm_oom(e);
    }
    return id;
}

void
cd_vm_reset(struct cd_eval *e, uint32_t depth)
{
    struct cd_arena *a = &e->lanes[depth];
    if (!e->empty[depth].block) {
        cd_arena_alloc(a,
                       FIRST_BLOCK); /* one block that stays, so that most batches need no other */
        e->empty[depth] = (struct cd_arena_mark){a->head, 0, 0};
    }
    cd_arena_reset(a, e->empty[depth]);
}

struct cd_cache *
cd_vm_cache(struct cd_eval *e, uint32_t pc)
{
    if (!e->caches[pc]) {
        e->caches[pc] = CD_NEW(&e->arena, struct cd_cache);
    }
    return e->caches[pc];
}

struct cd_vec *
cd_vm_dst(struct cd_eval *e, const struct cd_insn *in, struct cd_arena **arena)
{
    const struct cd_reg *r = &e->img->regs.items[in->d];
    *arena = cd_vm_arena(e, r->domain);
    cd_vec_init(e, *arena, &e->regs[in->d], r->type, e->frames[r->domain].n);
    return &e->regs[in->d];
}

bool
cd_vm_complete(struct cd_eval *e, uint32_t shape)
{
    uint8_t *known = &e->complete[shape == CD_NONE ? 0 : shape + 1];
    if (*known == 0) {
        struct cd_str type =
            shape == CD_NONE ? CD_STR("*") : cd_image_str(e->img, e->img->shapes.items[shape].name);
        *known = cd_snapshot_is_complete(e->s, type) ? 2 : 1;
    }
    return *known == 2;
}

/* ---- id maps ---- */

static uint32_t
slot_of(const struct cd_idmap *m, uint32_t key)
{
    uint32_t i = (key * UINT32_C(2654435769)) >> 7 & m->mask;
    while (m->keys[i] != 0 && m->keys[i] != key + 1) {
        i = (i + 1) & m->mask;
    }
    return i;
}

/* Moves the map into SIZE slots, a power of two. */
static void
resize_map(struct cd_arena *a, struct cd_idmap *m, uint32_t size)
{
    struct cd_idmap old = *m;
    m->keys = CD_NEW_ARRAY(a, size, uint32_t);
    m->values = CD_NEW_ARRAY(a, size, uint32_t);
    m->mask = size - 1;
    for (uint32_t i = 0; old.keys && i <= old.mask; i++) {
        if (old.keys[i] != 0) {
            uint32_t slot = slot_of(m, old.keys[i] - 1);
            m->keys[slot] = old.keys[i];
            m->values[slot] = old.values[i];
        }
    }
}

void
cd_idmap_reserve(struct cd_arena *a, struct cd_idmap *m, uint32_t n)
{
    uint32_t size = m->keys ? m->mask + 1 : FIRST_SLOTS;
    while (size / 2 < n && size < UINT32_C(1) << 31) {
        size *= 2;
    }
    if (!m->keys || size > m->mask + 1) {
        resize_map(a, m, size);
    }
}

void
cd_idmap_put(struct cd_arena *a, struct cd_idmap *m, uint32_t key, uint32_t value)
{
    if (!m->keys || m->n >= (m->mask + 1) / 2) {
        cd_idmap_reserve(a, m, m->n + 1);
    }
    uint32_t slot = slot_of(m, key);
    m->n += m->keys[slot] == 0;
    m->keys[slot] = key + 1;
    m->values[slot] = value;
}

bool
cd_idmap_get(const struct cd_idmap *m, uint32_t key, uint32_t *value)
{
    if (!m->keys) {
        return false;
    }
    uint32_t slot = slot_of(m, key);
    if (m->keys[slot] == 0) {
        return false;
    }
    *value = m->values[slot];
    return true;
}
