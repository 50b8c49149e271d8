/* Images: read, then verified; nothing else makes a program. */
#include "runtime/driver/load.h"

#include <stdio.h>
#include <string.h>

#include "runtime/base/file.h"
#include "runtime/bc/limits.h"

/* Puts the image's name before the message. */
static cordon_status
name_it(cordon_status status, const char *name, struct cordon_error *err)
{
    if (status != CORDON_OK && err != NULL) {
        char message[sizeof err->message];
        memcpy(message, err->message, sizeof message);
        snprintf(err->message, sizeof err->message, "%.200s: %.300s", name, message);
    }
    return status;
}

cordon_status
cd_loaded_read(const char *name, struct cd_str bytes, struct cd_loaded *out,
               struct cordon_error *err)
{
    if (!out->has_arena) {
        cd_arena_init(&out->arena);
        out->has_arena = true;
    }
    cordon_status status = cd_image_read(bytes, &out->arena, &out->img, err);
    if (status == CORDON_OK) {
        status = cd_program_verify(&out->img, &out->program, err);
    }
    return name_it(status, name, err);
}

cordon_status
cd_loaded_file(const char *path, struct cd_loaded *out, struct cordon_error *err)
{
    struct cd_str bytes;
    cd_arena_init(&out->arena);
    out->has_arena = true;
    CORDON_TRY(cd_file_read(path, CD_LIMIT_IMAGE_SIZE, &out->arena, &bytes, err));
    return cd_loaded_read(path, bytes, out, err);
}

void
cd_loaded_finish(struct cd_loaded *l)
{
    if (l->has_arena) {
        cd_arena_finish(&l->arena);
    }
    *l = (struct cd_loaded){.has_arena = false};
}
