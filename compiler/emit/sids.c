/* Sids: readable names that lead back to the control, unique in the whole emission. */
#include "compiler/emit/emit.h"

#include <ctype.h>

#include "runtime/base/map.h"

#define HASH_DIGITS 8u

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
cd_sids_give(struct cd_arena *a, struct cd_statement *statements, size_t n, struct cd_map *taken)
{
    for (size_t first = 0, end; first < n; first = end) {
        const struct cd_decl *control = statements[first].control;
        for (end = first; end < n && statements[end].control == control;) {
            end++;
        }
        struct cd_str stem = free_stem(a, taken, &statements[first], end - first);
        for (size_t i = first; i < end; i++) {
            statements[i].sid = sid_of(a, stem, statements[i].number);
            cd_map_put(taken, statements[i].sid, 0);
        }
    }
}

void
cd_emit_sids(struct cd_emission *out)
{
    struct cd_map taken;
    cd_map_init(&taken);
    cd_sids_give(out->arena, out->statements, out->n, &taken);
    cd_map_finish(&taken);
}

/* How many characters of TEXT, from its beginning, are digits; of HEX ones. */
static size_t
count_digits(struct cd_str text, bool hex)
{
    size_t n = 0;
    while (n < text.n
           && ((text.p[n] >= '0' && text.p[n] <= '9')
               || (hex && text.p[n] >= 'a' && text.p[n] <= 'f'))) {
        n++;
    }
    return n;
}

/* What follows on MARK and a number at the beginning of TEXT, if they stand there. */
static struct cd_str
behind_number(struct cd_str text, char mark)
{
    size_t n =
        text.n == 0 || text.p[0] != mark ? 0 : count_digits(cd_str_sub(text, 1, text.n), false);
    return n == 0 ? text : cd_str_sub(text, 1 + n, text.n);
}

bool
cd_sid_leads_to(struct cd_arena *a, struct cd_str sid, const struct cd_decl *control)
{
    struct cd_arena_mark mark = cd_arena_mark(a);
    struct cd_str stem =
        stem_of(a, control->id.n != 0 ? control->id : cd_sema_full_name(control, a));
    bool is_begin = cd_str_starts(sid, stem);
    cd_arena_reset(a, mark); /* this is asked of every statement and control */
    if (!is_begin) {
        return false;
    }
    struct cd_str rest = cd_str_sub(sid, stem.n, sid.n);
    if (rest.n > HASH_DIGITS && rest.p[0] == 'h'
        && count_digits(cd_str_sub(rest, 1, rest.n), true) >= HASH_DIGITS) {
        rest = cd_str_sub(rest, 1 + HASH_DIGITS, rest.n);
    }
    rest = behind_number(rest, 'x');
    return behind_number(rest, 'p').n == 0; /* a piece of a large statement */
}
