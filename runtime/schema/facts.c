/* Regions and partitions, quotas of policy documents, services with resource control policies,
 * origins of the tables. */
#include "runtime/schema/access.h"
#include "runtime/schema/schema.h"

uint32_t
cd_region_n(void)
{
    return cd_blob_count(CD_BLOB_REGIONS);
}

struct cd_str
cd_region_at(uint32_t i)
{
    struct cd_blob_region r;
    cd_blob_load(CD_BLOB_REGIONS, i, &r, sizeof r);
    return cd_blob_str(r.name);
}

struct cd_str
cd_region_partition(struct cd_str region)
{
    struct cd_blob_region r = {0, 0};
    uint32_t i =
        cd_blob_search(CD_BLOB_REGIONS, cd_blob_whole(CD_BLOB_REGIONS), sizeof r, 0, region, false);
    if (i != CD_SCHEMA_NONE) {
        cd_blob_load(CD_BLOB_REGIONS, i, &r, sizeof r);
    }
    return cd_blob_str(r.partition);
}

bool
cd_partition_exists(struct cd_str partition)
{
    return cd_blob_search(CD_BLOB_PARTITIONS, cd_blob_whole(CD_BLOB_PARTITIONS), 4, 0, partition,
                          false)
           != CD_SCHEMA_NONE;
}

static struct cd_quota_row
quota_row(const struct cd_blob_quota *q)
{
    return (struct cd_quota_row){
        .max_bytes = q->max_bytes,
        .max_attached = q->max_attached,
        .blanks_count = q->blanks_count != 0,
        .since = cd_blob_str(q->since),
        .origin = cd_blob_str(q->origin),
    };
}

/* Rows are sorted by document and date; a date before the first row gets the first row. */
struct cd_quota_row
cd_quota_of(enum cd_quota document, struct cd_str date)
{
    struct cd_quota_row row = {0};
    bool found = false;
    uint32_t n = cd_blob_count(CD_BLOB_QUOTAS);
    for (uint32_t i = 0; i < n; i++) {
        struct cd_blob_quota q;
        cd_blob_load(CD_BLOB_QUOTAS, i, &q, sizeof q);
        if (q.document != (uint32_t)document) {
            continue;
        }
        if (!found || date.n == 0 || cd_str_cmp(cd_blob_str(q.since), date) <= 0) {
            row = quota_row(&q);
            found = true;
        }
    }
    return row;
}

bool
cd_rcp_service(struct cd_str service)
{
    return cd_blob_search(CD_BLOB_RCP, cd_blob_whole(CD_BLOB_RCP), sizeof(struct cd_blob_rcp), 0,
                          service, false)
           != CD_SCHEMA_NONE;
}

uint32_t
cd_schema_n_sources(void)
{
    return cd_blob_count(CD_BLOB_SOURCES);
}

struct cd_schema_source
cd_schema_source_at(uint32_t i)
{
    struct cd_blob_source s;
    cd_blob_load(CD_BLOB_SOURCES, i, &s, sizeof s);
    return (struct cd_schema_source){cd_blob_str(s.name), cd_blob_str(s.version),
                                     cd_blob_str(s.date), cd_blob_str(s.licence)};
}
