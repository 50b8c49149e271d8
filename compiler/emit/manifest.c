/* The manifest of an emission. */
#include "compiler/emit/manifest.h"

#include "compiler/emit/wrap.h"
#include "compiler/sema/const_json.h"
#include "cordon/version.h"
#include "runtime/base/num.h"

struct cd_str
cd_not_expressible_text(const struct cd_not_expressible *n, struct cd_arena *arena)
{
    return n->help.n == 0 ? n->why
                          : cd_arena_printf(arena, "%.*s; %.*s", CD_FMT(n->why), CD_FMT(n->help));
}

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

struct cd_str
cd_document_hash(struct cd_str bytes, char text[17])
{
    return cd_format_hex(cd_str_hash(bytes), text);
}

void
cd_manifest_parameters(const struct cd_sema *sema, const struct cd_const_env *env,
                       struct cd_arena *arena, struct cd_buf *out)
{
    bool first = true;
    cd_buf_puts(out, "\"parameters\":{");
    for (size_t i = 0; i < sema->params.n; i++) {
        const struct cd_decl *param = sema->params.items[i];
        const struct cd_const *value = value_of(arena, param, env);
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
put_text(const char *name, struct cd_str value, struct cd_buf *out)
{
    if (value.n != 0) {
        cd_buf_printf(out, ",\"%s\":", name);
        cd_buf_json_str(out, value);
    }
}

static void
put_scope(const struct cd_scope *s, struct cd_arena *arena, struct cd_buf *out)
{
    switch (s->kind) {
    case CD_SCOPE_ALL: return;
    case CD_SCOPE_BUCKET:
        put_text("bucket", s->bucket.name, out);
        put_text("partition", s->bucket.partition, out);
        return;
    case CD_SCOPE_KEY:
        put_text("key", s->key.id.n == 0 ? CD_STR("") : cd_key_arn(arena, &s->key), out);
        put_text("account", s->key.account, out);
        return;
    case CD_SCOPE_SERVICE: put_text("service", s->service, out); return;
    }
}

/* How many statements of the resource's own stand before ours, and which Sids of ours made way. */
static void
put_existing(const struct cd_existing *existing, struct cd_buf *out)
{
    cd_buf_printf(out, ",\"merged\":{\"kept\":%zu,\"replaced\":[", existing->n);
    for (size_t i = 0; i < existing->n_replaced; i++) {
        cd_buf_puts(out, i == 0 ? "" : ",");
        cd_buf_json_str(out, existing->replaced[i]);
    }
    cd_buf_puts(out, "]}");
}

static void
put_day(struct cd_str day, struct cd_buf *out)
{
    if (day.n == 0) {
        cd_buf_puts(out, "null");
    } else {
        cd_buf_json_str(out, day);
    }
}

/* A line for each deny that the statement says. */
static void
put_statement(const struct cd_manifest *m, const struct cd_statement *s, bool first,
              struct cd_arena *arena, struct cd_buf *out)
{
    const struct cd_statement *sources = s->n_sources == 0 ? s : s->sources;
    for (size_t i = 0; i == 0 || i < s->n_sources; i++) {
        cd_buf_puts(out, first && i == 0 ? "\n{\"sid\":" : ",\n{\"sid\":");
        cd_buf_json_str(out, s->sid);
        cd_buf_puts(out, ",\"control\":");
        cd_buf_json_str(out, cd_sema_full_name(sources[i].control, arena));
        put_place(m, sources[i].span, out);
        cd_buf_puts(out, sources[i].deny->require != NULL ? ",\"derived\":true" : "");
        cd_buf_puts(out, sources[i].deny->is_stricter ? ",\"stricter\":true}" : "}");
    }
}

static void
put_document(const struct cd_manifest *m, const struct cd_emitted_document *d,
             struct cd_arena *arena, struct cd_buf *out)
{
    char hash[17];
    cd_buf_puts(out, "\n{\"file\":");
    cd_buf_json_str(out, d->file);
    cd_buf_printf(out, ",\"target\":\"%s\"", cd_target_name(d->target));
    put_scope(&d->scope, arena, out);
    cd_buf_printf(out, ",\"bytes\":%zu,\"limit\":%u,\"limit_since\":", cd_document_size(d),
                  d->quota.max_bytes);
    put_day(d->quota.since, out);
    cd_buf_printf(out, ",\"hash\":\"%.*s\"", CD_FMT(cd_document_hash(d->bytes, hash)));
    struct cd_document_allow allow = cd_document_allow_of(d);
    if (allow.sid.n != 0) {
        cd_buf_printf(out, ",\"allow\":{\"sid\":\"%.*s\",\"why\":\"%.*s\"}", CD_FMT(allow.sid),
                      CD_FMT(allow.why));
    }
    if (d->scope.existing != NULL) {
        put_existing(d->scope.existing, out);
    }
    cd_buf_puts(out, ",\"statements\":[");
    for (size_t i = 0; i < d->n_statements; i++) {
        put_statement(m, &d->statements[i], i == 0, arena, out);
    }
    cd_buf_puts(out, "]}");
}

static void
put_attachment(const struct cd_manifest *m, const struct cd_attachment *attachment,
               struct cd_buf *out)
{
    cd_buf_puts(out, "\n{\"to\":");
    cd_buf_json_str(out, attachment->to);
    cd_buf_printf(out, ",\"level\":%zu,\"documents\":[", attachment->level);
    for (size_t i = 0; i < attachment->n; i++) {
        cd_buf_puts(out, i == 0 ? "" : ",");
        cd_buf_json_str(out, m->documents->items[attachment->first + i].file);
    }
    cd_buf_printf(out, "],\"existing\":%u,\"attached\":%zu,\"limit\":%u}", attachment->n_existing,
                  attachment->n_existing + attachment->n, attachment->n_limit);
}

static void
put_attachments(const struct cd_manifest *m, struct cd_buf *out)
{
    cd_buf_printf(out, ",\n\"packing\":{\"documents\":%zu,\"at_least\":%zu,\"fewest\":%s}",
                  m->documents->n, m->documents->at_least,
                  m->documents->is_minimal ? "true" : "false");
    cd_buf_puts(out, ",\n\"attachments\":[");
    for (size_t i = 0; i < m->attachments->n; i++) {
        cd_buf_puts(out, i == 0 ? "" : ",");
        put_attachment(m, &m->attachments->items[i], out);
    }
    cd_buf_puts(out, "]");
}

static void
put_wrapped(const struct cd_manifest *m, struct cd_buf *out)
{
    char hash[17];
    if (m->wrapped != NULL && m->wrapped->file.n != 0) {
        cd_buf_puts(out, ",\n\"wrapped\":{\"file\":");
        cd_buf_json_str(out, m->wrapped->file);
        cd_buf_printf(out, ",\"format\":\"%.*s\",\"target\":\"%s\",\"hash\":\"%.*s\"}",
                      CD_FMT(cd_format_name(m->wrapped->format)),
                      cd_target_name(m->emission->target),
                      CD_FMT(cd_document_hash(m->wrapped->bytes, hash)));
    }
}

void
cd_manifest_write(const struct cd_manifest *m, struct cd_arena *arena, struct cd_buf *out)
{
    cd_buf_puts(out, "{\"schema\":1,\"cordon\":{\"version\":\"" CORDON_VERSION "\"},\n");
    cd_manifest_parameters(m->sema, m->env, arena, out);
    cd_buf_puts(out, ",\n\"quota_date\":");
    put_day(m->quota_date, out);
    cd_buf_puts(out, ",\n\"documents\":[");
    for (size_t i = 0; i < m->documents->n; i++) {
        cd_buf_puts(out, i == 0 ? "" : ",");
        put_document(m, &m->documents->items[i], arena, out);
    }
    cd_buf_puts(out, "]");
    put_attachments(m, out);
    put_wrapped(m, out);
    cd_buf_puts(out, ",\n\"not_expressible\":[");
    for (size_t i = 0; i < m->emission->n_not; i++) {
        const struct cd_not_expressible *n = &m->emission->not_expressible[i];
        cd_buf_puts(out, i == 0 ? "\n{\"control\":" : ",\n{\"control\":");
        cd_buf_json_str(out, cd_sema_full_name(n->control, arena));
        put_place(m, n->span, out);
        cd_buf_puts(out, ",\"why\":");
        cd_buf_json_str(out, cd_not_expressible_text(n, arena));
        cd_buf_putc(out, '}');
    }
    cd_buf_puts(out, "]}\n");
}
