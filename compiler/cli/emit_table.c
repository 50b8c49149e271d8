/* The table of prevention on standard output. */
#include "compiler/cli/emit_table.h"

#include <string.h>
#include <unistd.h>

#include "compiler/cli/emit_check.h"
#include "compiler/doc/doc.h"
#include "compiler/emit/table.h"
#include "runtime/driver/exit.h"

struct run {
    struct cd_frontend *front;
    const struct cd_const_env *env;
    enum cd_emit_table_format format;
    struct cd_buf text;
    struct cordon_error *err;
};

bool
cd_emit_table_format(const char *name, enum cd_emit_table_format *out)
{
    static const char *const names[] = {[CD_EMIT_TABLE_TEXT] = "text",
                                        [CD_EMIT_TABLE_JSON] = "json",
                                        [CD_EMIT_TABLE_MARKDOWN] = "markdown"};
    *out = CD_EMIT_TABLE_TEXT;
    for (size_t i = 0; name != NULL && i < CD_ARRAY_LEN(names); i++) {
        if (strcmp(name, names[i]) == 0) {
            *out = (enum cd_emit_table_format)i;
            return true;
        }
    }
    return name == NULL;
}

static cordon_status
make(void *ctx)
{
    struct run *r = ctx;
    struct cd_table table;
    struct cd_diags unused; /* what is wrong with a deny stands in the table */
    struct cd_emission trial = {
        .arena = &r->front->arena, .target = CD_TARGET_SCP, .diags = &unused};
    cd_diags_init(&unused, trial.arena);
    cd_emit_statements(&trial, &r->front->sema, r->env);
    CORDON_TRY(cd_cli_check_bound(&trial, &r->front->sema, r->env, r->err));
    cd_table_make(&r->front->sema, r->env, &table);
    switch (r->format) {
    case CD_EMIT_TABLE_TEXT: cd_table_text(&table, &r->text); break;
    case CD_EMIT_TABLE_JSON: cd_table_json(&table, r->env, &r->text); break;
    case CD_EMIT_TABLE_MARKDOWN: CORDON_TRY(cd_doc_table(&table, &r->text)); break;
    }
    return r->text.oom ? CORDON_ENOMEM : CORDON_OK;
}

int
cd_emit_table(struct cd_frontend *front, const char *const *policies, size_t n,
              const struct cd_param_texts *params, enum cd_emit_table_format format)
{
    struct cordon_error err = {.code = CORDON_OK};
    struct cd_const_env env = {.n = 0};
    struct cd_loaded compiled = {0};
    struct run r = {
        .front = front, .env = &env, .format = format, .text = CD_BUF_INIT, .err = &err};
    cordon_status status = cd_cli_compile_bound(front, policies, n, params, &env, &compiled, &err);
    if (status == CORDON_OK) {
        status = cd_frontend_guard(front, make, &r, &err);
    }
    int code = cd_frontend_report(front, status, &err);
    if (code == CD_EXIT_HOLDS) {
        struct cd_out out;
        cd_out_init(&out, STDOUT_FILENO, "standard output");
        cd_out_buf(&out, &r.text);
        code = cd_cli_finish(&out, CD_EXIT_HOLDS);
    }
    cd_buf_finish(&r.text);
    cd_loaded_finish(&compiled);
    return code;
}
