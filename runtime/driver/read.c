#include "runtime/driver/read.h"

#include "runtime/store/store.h"

cordon_status
cd_driver_read(struct cd_snapshot *s, const char *path, bool is_alone,
               const struct cd_ingest_options *options, struct cordon_error *err)
{
    if (!cd_store_is(path)) {
        return cd_ingest_file(s, path, options, err);
    }
    return cd_store_read(s, path, is_alone, err);
}
