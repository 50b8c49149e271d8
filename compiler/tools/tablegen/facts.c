/* Regions and partitions, quotas of policy documents, services with resource control policies. */
#include "compiler/tools/tablegen/tablegen.h"

void
tg_read_region(struct gen *g, const struct line *l)
{
    struct cd_blob_region *r = PUSH(g, g->regions);
    tg_check(r != NULL);
    *r = (struct cd_blob_region){tg_intern(g, l->cells[0]), tg_intern(g, tg_cell(l, 1))};
}

static uint32_t
number(const struct line *l, size_t i)
{
    uint64_t n;
    if (!cd_parse_u64(tg_cell(l, i), &n) || n > UINT32_MAX) {
        tg_die(l->text->path, l->number, "cell %zu is no number", i + 1);
    }
    return (uint32_t)n;
}

/* `document since bytes attached blanks|no-blanks origin` */
void
tg_read_quota(struct gen *g, const struct line *l)
{
    static const char *const names[] = {[CD_QUOTA_SCP] = "scp",
                                        [CD_QUOTA_RCP] = "rcp",
                                        [CD_QUOTA_BUCKET_POLICY] = "bucket-policy",
                                        [CD_QUOTA_VPCE_POLICY] = "vpce-policy",
                                        [CD_QUOTA_KEY_POLICY] = "key-policy",
                                        [CD_QUOTA_BOUNDARY] = "boundary",
                                        [CD_QUOTA_ROLE_POLICY] = "role-policy",
                                        [CD_QUOTA_SESSION_POLICY] = "session-policy"};
    uint32_t document = 0;
    while (document < CD_ARRAY_LEN(names) && !cd_str_eq(l->cells[0], cd_str_of(names[document]))) {
        document++;
    }
    if (document == CD_ARRAY_LEN(names)) {
        tg_die(l->text->path, l->number, "no such document");
    }
    struct cd_blob_quota *q = PUSH(g, g->quotas);
    tg_check(q != NULL);
    *q = (struct cd_blob_quota){document,
                                tg_intern(g, tg_cell(l, 1)),
                                number(l, 2),
                                number(l, 3),
                                cd_str_eq(tg_cell(l, 4), CD_STR("blanks")),
                                tg_intern(g, tg_cell(l, 5))};
}

void
tg_read_rcp(struct gen *g, const struct line *l)
{
    struct cd_blob_rcp *r = PUSH(g, g->rcp);
    tg_check(r != NULL);
    *r = (struct cd_blob_rcp){tg_intern(g, l->cells[0]), tg_intern(g, tg_cell(l, 1))};
}

/* Records that begin with a string id, sorted by it and then by the one at SECOND. */
static void
emit_sorted(struct gen *g, enum cd_blob_section section, const void *records, size_t n, size_t size)
{
    struct sort_key *keys = tg_sort_keys(g, n);
    for (size_t i = 0; i < n; i++) {
        uint32_t id;
        memcpy(&id, (const char *)records + i * size, sizeof id);
        keys[i] = (struct sort_key){tg_string_of(g, id), CD_STR(""), (uint32_t)i};
    }
    tg_sort(keys, n);
    for (size_t i = 0; i < n; i++) {
        tg_emit(g, section, (const char *)records + (size_t)keys[i].index * size, size);
    }
}

void
tg_emit_facts(struct gen *g)
{
    emit_sorted(g, CD_BLOB_REGIONS, g->regions.items, g->regions.n, sizeof(struct cd_blob_region));
    emit_sorted(g, CD_BLOB_RCP, g->rcp.items, g->rcp.n, sizeof(struct cd_blob_rcp));
    struct sort_key *keys = tg_sort_keys(g, g->regions.n);
    for (size_t i = 0; i < g->regions.n; i++) {
        keys[i] = (struct sort_key){tg_string_of(g, g->regions.items[i].partition), CD_STR(""),
                                    (uint32_t)i};
    }
    tg_sort(keys, g->regions.n);
    for (size_t i = 0; i < g->regions.n; i++) {
        if (i == 0 || !cd_str_eq(keys[i].text, keys[i - 1].text)) {
            tg_emit(g, CD_BLOB_PARTITIONS, &g->regions.items[keys[i].index].partition, 4);
        }
    }
    keys = tg_sort_keys(g, g->quotas.n);
    for (size_t i = 0; i < g->quotas.n; i++) {
        keys[i] =
            (struct sort_key){tg_string_of(g, g->quotas.items[i].since), CD_STR(""), (uint32_t)i};
    }
    tg_sort(keys, g->quotas.n);
    for (size_t i = 0; i < g->quotas.n; i++) {
        tg_emit(g, CD_BLOB_QUOTAS, &g->quotas.items[keys[i].index], sizeof(struct cd_blob_quota));
    }
}
