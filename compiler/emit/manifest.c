/* Manifest and quota check. */
#include "compiler/emit/manifest.h"

#include "compiler/sema/const_json.h"
#include "cordon/version.h"

static const struct cd_const *
value_of(struct cd_arena *arena, const struct cd_decl *param, const struct cd_const_env *env)
{
    for (size_t i = 0; env != NULL && i < env->n; i++) {
        if (env->params[i] == param) {
            return env->values[i];
        }
    }
    return param->value == NULL ? NULL : cd_const_eval(arena, param->value, env);
}

static void
put_parameters(const struct cd_manifest *m, struct cd_arena *arena, struct cd_buf *out)
{
    bool first = true;
    cd_buf_puts(out, "\"parameters\":{");
    for (size_t i = 0; i < m->sema->params.n; i++) {
        const struct cd_decl *param = m->sema->params.items[i];
        const struct cd_const *value = value_of(arena, param, m->env);
        if (value != NULL) {
            cd_buf_puts(out, first ? "" : ",");
            cd_buf_json_str(out, cd_sema_full_name(param, arena));
            cd_buf_putc(out, ':');
            cd_const_json(value, out);
            first = false;
        }
    }
    cd_buf_puts(out, "}");
}

static void
put_place(const struct cd_manifest *m, struct cd_span span, struct cd_buf *out)
{
    uint32_t line = 0, column = 0;
    cd_sources_place(m->sema->sources, span.file, span.start, &line, &column, NULL);
    cd_buf_puts(out, ",\"file\":");
    cd_buf_json_str(out, m->sema->sources->files[span.file].path);
    cd_buf_printf(out, ",\"line\":%u", line);
}

static void
put_document(const struct cd_manifest *m, const struct cd_emitted_document *d,
             struct cd_arena *arena, struct cd_buf *out)
{
    cd_buf_puts(out, "\n{\"file\":");
    cd_buf_json_str(out, d->file);
    cd_buf_printf(out, ",\"target\":\"%s\",\"bytes\":%zu,\"limit\":%u,\"limit_since\":", d->target,
                  d->bytes.n, d->quota.max_bytes);
    cd_buf_json_str(out, d->quota.since);
    cd_buf_puts(out, ",\"statements\":[");
    for (size_t i = 0; i < d->n_statements; i++) {
        const struct cd_statement *s = &d->statements[i];
        cd_buf_puts(out, i == 0 ? "\n{\"sid\":" : ",\n{\"sid\":");
        cd_buf_json_str(out, s->sid);
        cd_buf_puts(out, ",\"control\":");
        cd_buf_json_str(out, cd_sema_full_name(s->control, arena));
        put_place(m, s->span, out);
        cd_buf_putc(out, '}');
    }
    cd_buf_puts(out, "]}");
}

void
cd_manifest_write(const struct cd_manifest *m, struct cd_arena *arena, struct cd_buf *out)
{
    cd_buf_puts(out, "{\"schema\":1,\"cordon\":{\"version\":\"" CORDON_VERSION "\"},\n");
    put_parameters(m, arena, out);
    cd_buf_puts(out, ",\n\"documents\":[");
    for (size_t i = 0; i < m->n_documents; i++) {
        cd_buf_puts(out, i == 0 ? "" : ",");
        put_document(m, &m->documents[i], arena, out);
    }
    cd_buf_puts(out, "],\n\"not_expressible\":[");
    for (size_t i = 0; i < m->emission->n_not; i++) {
        const struct cd_not_expressible *n = &m->emission->not_expressible[i];
        cd_buf_puts(out, i == 0 ? "\n{\"control\":" : ",\n{\"control\":");
        cd_buf_json_str(out, cd_sema_full_name(n->control, arena));
        put_place(m, n->span, out);
        cd_buf_puts(out, ",\"why\":");
        cd_buf_json_str(out, n->why);
        cd_buf_putc(out, '}');
    }
    cd_buf_puts(out, "]}\n");
}

cordon_status
cd_document_fits(const struct cd_emitted_document *d, struct cordon_error *err)
{
    size_t largest = 0;
    struct cd_str sid = {"", 0};
    if (d->bytes.n <= d->quota.max_bytes) {
        return CORDON_OK;
    }
    for (size_t i = 0; i < d->n_statements; i++) {
        struct cd_buf one = CD_BUF_INIT;
        cd_emit_document(&d->statements[i], 1, &one);
        if (one.n > largest) {
            largest = one.n;
            sid = d->statements[i].sid;
        }
        cd_buf_finish(&one);
    }
    return cordon_fail(err, CORDON_ELIMIT, CORDON_NO_OFFSET,
                       "%.*s has %zu bytes, but a document of this kind may have %u (since %.*s); "
                       "its largest statement is %.*s with about "
                       "%zu bytes: emit fewer controls into one document, or split the control",
                       CD_FMT(d->file), d->bytes.n, d->quota.max_bytes, CD_FMT(d->quota.since),
                       CD_FMT(sid), largest);
}
