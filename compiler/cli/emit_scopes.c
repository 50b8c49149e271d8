/* What `--bucket`, `--key`, `--account` and `--service` name. */
#include "compiler/cli/emit_scopes.h"

static cordon_status
read_bucket(const char *text, struct cd_scope *out, struct cordon_error *err)
{
    *out = (struct cd_scope){.kind = CD_SCOPE_BUCKET};
    return cd_bucket_parse(cd_str_of(text), &out->bucket)
               ? CORDON_OK
               : cordon_fail(err, CORDON_EUSAGE, CORDON_NO_OFFSET,
                             "--bucket %s: expected the name of a bucket (3 to 63 lower-case "
                             "letters, digits, hyphens and dots) or its ARN",
                             text);
}

static cordon_status
read_key(const char *text, struct cd_scope *out, struct cordon_error *err)
{
    *out = (struct cd_scope){.kind = CD_SCOPE_KEY};
    return cd_key_parse(cd_str_of(text), &out->key)
               ? CORDON_OK
               : cordon_fail(err, CORDON_EUSAGE, CORDON_NO_OFFSET,
                             "--key %s: expected the ARN of a key, "
                             "arn:aws:kms:eu-west-1:111122223333:key/…",
                             text);
}

static cordon_status
read_account(const char *text, struct cd_scope *out, struct cordon_error *err)
{
    *out = (struct cd_scope){.kind = CD_SCOPE_KEY};
    return cd_key_account_parse(cd_str_of(text), &out->key)
               ? CORDON_OK
               : cordon_fail(err, CORDON_EUSAGE, CORDON_NO_OFFSET,
                             "--account %s: expected twelve digits, or the ARN of the account's "
                             "root",
                             text);
}

static cordon_status
read_service(const char *text, struct cd_scope *out, struct cordon_error *err)
{
    struct cd_nearest near;
    *out = (struct cd_scope){.kind = CD_SCOPE_SERVICE, .service = cd_str_of(text)};
    if (cd_iam_service_exists(out->service)) {
        return CORDON_OK;
    }
    cd_nearest_init(&near, out->service);
    for (uint32_t i = 0; i < cd_iam_n_services(); i++) {
        cd_nearest_try(&near, cd_iam_service_at(i));
    }
    return cordon_fail(err, CORDON_EUSAGE, CORDON_NO_OFFSET,
                       "--service %s: no AWS service has this prefix before the colon of its "
                       "actions%s%.*s%s",
                       text, near.best.p != NULL ? "; did you mean " : "", CD_FMT(near.best),
                       near.best.p != NULL ? "?" : "");
}

static const struct {
    const char *option;
    enum cd_target target;
    cordon_status (*read)(const char *text, struct cd_scope *out, struct cordon_error *err);
} options[CD_N_EMIT_SCOPES] = {
    [CD_EMIT_SCOPE_BUCKET] = {"--bucket", CD_TARGET_BUCKET_POLICY, read_bucket},
    [CD_EMIT_SCOPE_KEY] = {"--key", CD_TARGET_KEY_POLICY, read_key},
    [CD_EMIT_SCOPE_ACCOUNT] = {"--account", CD_TARGET_KEY_POLICY, read_account},
    [CD_EMIT_SCOPE_SERVICE] = {"--service", CD_TARGET_ENDPOINT_POLICY, read_service},
};

const char *
cd_emit_scopes_misplaced(const struct cd_emit_scopes *s, enum cd_target *target)
{
    for (size_t i = 0; i < CD_N_EMIT_SCOPES; i++) {
        if (s->names[i].n != 0 && *target != options[i].target) {
            *target = options[i].target;
            return options[i].option;
        }
    }
    return NULL;
}

cordon_status
cd_emit_scopes_read(const struct cd_emit_scopes *s, struct cd_arena *arena,
                    struct cd_emit_asked *out, struct cordon_error *err)
{
    size_t n = 0;
    for (size_t i = 0; i < CD_N_EMIT_SCOPES; i++) {
        n += s->names[i].n;
    }
    struct cd_scope *scopes = CD_NEW_ARRAY(arena, n + 1, struct cd_scope);
    *out = (struct cd_emit_asked){.items = scopes};
    for (size_t i = 0; i < CD_N_EMIT_SCOPES; i++) {
        for (size_t k = 0; k < s->names[i].n; k++) {
            CORDON_TRY(options[i].read(s->names[i].items[k], &scopes[out->n++], err));
        }
    }
    return CORDON_OK;
}
