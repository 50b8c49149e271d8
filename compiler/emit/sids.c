/* Sids: readable names that lead back to the control, unique in the whole emission. */
#include "compiler/emit/emit.h"

#include <ctype.h>

#include "runtime/base/map.h"

/* The letters and digits of ID: a Sid takes no others. */
static struct cd_str
stem_of(struct cd_arena *a, struct cd_str id)
{
    char *p = CD_NEW_ARRAY(a, id.n + 1, char);
    size_t n = 0;
    for (size_t i = 0; i < id.n; i++) {
        if (isalnum((unsigned char)id.p[i]) != 0 && (unsigned char)id.p[i] < 0x80) {
            p[n++] = id.p[i];
        }
    }
    return n == 0 ? CD_STR("Cordon") : (struct cd_str){p, n};
}

/* STEM for a control's first statement, STEMx2 for its second. */
static struct cd_str
sid_of(struct cd_arena *a, struct cd_str stem, size_t i)
{
    return i == 0 ? stem : cd_arena_printf(a, "%.*sx%zu", CD_FMT(stem), i + 1);
}

static bool
is_taken(const struct cd_map *taken, struct cd_arena *a, struct cd_str stem,
         const struct cd_statement *statements, size_t n)
{
    uint32_t unused;
    bool found = false;
    for (size_t i = 0; i < n && !found; i++) {
        found = cd_map_get(taken, sid_of(a, stem, statements[i].number), &unused);
    }
    return found;
}

/* Where «A-1» and «A.1» would meet in A1, the later control gets eight hex digits of its full name
 * as well: they depend on nothing else, so its Sids stay as the others change. */
static struct cd_str
free_stem(struct cd_arena *a, const struct cd_map *taken, const struct cd_statement *statements,
          size_t n)
{
    const struct cd_decl *control = statements[0].control;
    struct cd_str full_name = cd_sema_full_name(control, a);
    struct cd_str stem = stem_of(a, control->id.n != 0 ? control->id : full_name), free = stem;
    for (uint32_t hash = (uint32_t)(cd_str_hash(full_name) >> 32);
         is_taken(taken, a, free, statements, n); hash++) {
        free = cd_arena_printf(a, "%.*sh%08x", CD_FMT(stem), (unsigned)hash);
    }
    return free;
}

void
cd_emit_sids(struct cd_emission *out)
{
    struct cd_map taken;
    cd_map_init(&taken);
    for (size_t first = 0, end; first < out->n; first = end) {
        const struct cd_decl *control = out->statements[first].control;
        for (end = first; end < out->n && out->statements[end].control == control;) {
            end++;
        }
        struct cd_str stem = free_stem(out->arena, &taken, &out->statements[first], end - first);
        for (size_t i = first; i < end; i++) {
            out->statements[i].sid = sid_of(out->arena, stem, out->statements[i].number);
            cd_map_put(&taken, out->statements[i].sid, 0);
        }
    }
    cd_map_finish(&taken);
}
