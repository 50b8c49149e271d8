#include "runtime/driver/read.h"

#include "runtime/driver/progress.h"
#include "runtime/store/store.h"

cordon_status
cd_driver_read(struct cd_snapshot *s, const char *const *paths, size_t n, struct cd_reading how,
               struct cordon_error *err)
{
    struct cd_progress progress;
    cd_progress_init(&progress);
    const struct cd_ingest_options options = {.progress = how.is_silent ? NULL : cd_progress_show,
                                              .user = &progress,
                                              .n_threads = how.n_threads};
    bool is_alone = n == 1 && !how.keeps_duplicates;
    for (size_t i = 0; i < n; i++) {
        cordon_status status = cd_store_is(paths[i]) ? cd_store_read(s, paths[i], is_alone, err)
                                                     : cd_ingest_file(s, paths[i], &options, err);
        cd_progress_clear(&progress);
        CORDON_TRY(status);
    }
    return CORDON_OK;
}

cordon_status
cd_driver_read_whole(struct cd_snapshot *s, const char *const *paths, size_t n,
                     struct cd_reading how, struct cordon_error *err)
{
    CORDON_TRY(cd_driver_read(s, paths, n, how, err));
    CORDON_TRY(cd_snapshot_seal(s, err));
    return cd_store_check(s, err);
}
