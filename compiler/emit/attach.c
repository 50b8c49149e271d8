/* The plan of attachments. */
#include "compiler/emit/attach.h"

#include "compiler/emit/target.h"

/* From the root over organizational units, which nest five deep (AWS Organizations quotas), to the
 * account. */
#define LEVELS 7

static bool
is_of_organization(enum cd_target target)
{
    return target == CD_TARGET_SCP || target == CD_TARGET_RCP;
}

uint32_t
cd_attached_before(enum cd_target target)
{
    return is_of_organization(target) ? 1 : 0;
}

/* ---- what hangs on the organization ---- */

static struct cd_str
level_name(struct cd_arena *a, size_t level, size_t n_levels)
{
    if (n_levels == 1) {
        return CD_STR("each root, organizational unit or account that is to be guarded");
    }
    if (level == 0) {
        return CD_STR("the root, or the organizational unit that is to be guarded");
    }
    return cd_arena_printf(a, "each organizational unit and account %zu level%s below it", level,
                           level == 1 ? "" : "s");
}

static cordon_status
spread(const struct cd_documents *documents, uint32_t n_existing, struct cd_arena *a,
       struct cd_attachments *out, struct cordon_error *err)
{
    uint32_t limit = documents->items[0].quota.max_attached;
    struct cd_str noun = cd_target_info[documents->items[0].target].noun;
    size_t n_free = n_existing < limit ? limit - n_existing : 0;
    if (n_free == 0) {
        return cordon_fail(err, CORDON_ELIMIT, CORDON_NO_OFFSET,
                           "%u policies of this kind may be attached to one target, and %u are: "
                           "detach some for %.*s",
                           limit, n_existing, CD_FMT(noun));
    }
    if (documents->n > n_free * LEVELS) {
        return cordon_fail(
            err, CORDON_ELIMIT, CORDON_NO_OFFSET,
            "the denies take %zu documents, but no account can have more than %zu: %u may be "
            "attached to one target, of which %u %s, on each of %d levels (the root, five of "
            "organizational units, the account); emit fewer controls, or shorten their lists",
            documents->n, n_free * LEVELS, limit, n_existing, n_existing == 1 ? "is" : "are",
            LEVELS);
    }
    size_t n_levels = (documents->n + n_free - 1) / n_free;
    for (size_t level = 0; level < n_levels; level++) {
        size_t first = level * n_free, left = documents->n - first;
        *CD_PUSH(a, out->items, out->n, out->cap) =
            (struct cd_attachment){.to = level_name(a, level, n_levels),
                                   .level = level,
                                   .first = first,
                                   .n = left < n_free ? left : n_free,
                                   .n_existing = n_existing,
                                   .n_limit = limit};
    }
    return CORDON_OK;
}

/* ---- what hangs on one thing ---- */

static struct cd_str
place_of(struct cd_arena *a, const struct cd_emitted_document *d)
{
    switch (d->scope.kind) {
    case CD_SCOPE_BUCKET:
        return cd_arena_printf(a, "the bucket %.*s", CD_FMT(d->scope.bucket.name));
    case CD_SCOPE_KEY:
        return d->scope.key.id.n == 0 ? CD_STR("each key that is to be guarded")
                                      : cd_key_arn(a, &d->scope.key);
    case CD_SCOPE_SERVICE:
        return cd_arena_printf(a, "each endpoint of %.*s that is to be guarded",
                               CD_FMT(d->scope.service));
    case CD_SCOPE_ALL: break;
    }
    return d->target == CD_TARGET_BOUNDARY ? CD_STR("each user and role that is to be bounded")
                                           : CD_STR("each VPC endpoint that is to be guarded");
}

cordon_status
cd_attach(const struct cd_documents *documents, uint32_t n_existing, struct cd_arena *a,
          struct cd_attachments *out, struct cordon_error *err)
{
    *out = (struct cd_attachments){.n = 0};
    if (documents->n != 0 && is_of_organization(documents->items[0].target)) {
        return spread(documents, n_existing, a, out, err);
    }
    for (size_t i = 0; i < documents->n; i++) {
        const struct cd_emitted_document *d = &documents->items[i];
        *CD_PUSH(a, out->items, out->n, out->cap) =
            (struct cd_attachment){.to = place_of(a, d),
                                   .first = i,
                                   .n = 1,
                                   .n_existing = n_existing,
                                   .n_limit = d->quota.max_attached};
    }
    return CORDON_OK;
}
