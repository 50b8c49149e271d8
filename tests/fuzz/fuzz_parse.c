/* Any bytes as a policy: lexer, parser, resolution, semantic analysis, emission, and everything
 * that is said about them. */
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include "compiler/ast/dump.h"
#include "compiler/derive/derive.h"
#include "compiler/emit/attach.h"
#include "compiler/emit/fit.h"
#include "compiler/emit/table.h"
#include "compiler/emit/wrap.h"
#include "compiler/parse/parse.h"
#include "compiler/parse/resolve.h"
#include "compiler/sema/sema.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct compilation {
    struct cd_arena arena;
    struct cd_sources sources;
    struct cd_diags diags;
    struct cd_modules modules;
    struct cd_types types;
    struct cd_sema sema;
};

static void
render(struct compilation *c)
{
    struct cd_out out;
    struct cd_buf b = CD_BUF_INIT;
    cd_out_init(&out, -1, "nowhere");
    cd_diags_text(&c->diags, &c->sources, true, &out);
    cd_diags_json(&c->diags, &c->sources, &out);
    cordon_status written = cd_out_finish(&out, NULL);
    (void)written; /* nothing can be written there */
    cd_dump_tokens(&c->sources, 0, &b);
    cd_ast_dump(c->modules.items[0], &b);
    cd_buf_finish(&b);
}

static void
emit(struct compilation *c, enum cd_target target)
{
    const struct cd_scope scopes[] = {
        {.kind = CD_SCOPE_BUCKET, .bucket = {CD_STR("aws"), CD_STR("acme-data")}},
        {.kind = CD_SCOPE_KEY,
         .key = {.partition = CD_STR("aws"), .account = CD_STR("111122223333")}},
        {.kind = CD_SCOPE_SERVICE, .service = CD_STR("s3")}};
    const struct cd_emit_asked asked = {.items = &scopes[target == CD_TARGET_KEY_POLICY        ? 1
                                                         : target == CD_TARGET_ENDPOINT_POLICY ? 2
                                                                                               : 0],
                                        .n = target == CD_TARGET_BUCKET_POLICY
                                             || target == CD_TARGET_KEY_POLICY
                                             || target == CD_TARGET_ENDPOINT_POLICY};
    const struct cd_const_env env = {.n = 0};
    struct cd_emission e = {.arena = &c->arena, .target = target, .diags = &c->diags};
    struct cd_documents documents;
    struct cordon_error err = {.code = CORDON_OK};
    struct cd_buf manifest = CD_BUF_INIT;
    cd_emit_statements(&e, &c->sema, &env);
    cordon_status status = cd_emit_documents(&e, &asked, &documents, &err);
    /* So small that service control policies are packed, split and merged. */
    const struct cd_quota_choice quota = {.max_bytes = target == CD_TARGET_SCP ? 600 : 0};
    const struct cd_fitting fitting = {&e, &c->sema, &quota};
    struct cd_attachments attachments = {.n = 0};
    if (status == CORDON_OK) {
        status = cd_fit_documents(&fitting, &documents, &err);
    }
    if (status == CORDON_OK) {
        status = cd_attach(&documents, 0, &c->arena, &attachments, &err);
    }
    struct cd_wrapped wrapped = {.file = CD_STR("")};
    struct cd_wrapping wrapping = {.target = target,
                                   .documents = &documents,
                                   .attachments = &attachments,
                                   .sema = &c->sema,
                                   .arena = &c->arena};
    for (int f = CD_FORMAT_TERRAFORM; f < CD_N_FORMATS && status == CORDON_OK; f++) {
        wrapping.format = (enum cd_format)f;
        status = documents.n == 0 ? CORDON_OK : cd_wrap(&wrapping, &wrapped, &err);
    }
    const struct cd_manifest m = {.sema = &c->sema,
                                  .emission = &e,
                                  .env = &env,
                                  .documents = &documents,
                                  .attachments = &attachments,
                                  .wrapped = &wrapped};
    cd_manifest_write(&m, &c->arena, &manifest);
    cd_buf_finish(&manifest);
}

static void
write_table(struct compilation *c)
{
    struct cd_table table;
    struct cd_buf text = CD_BUF_INIT;
    cd_table_make(&c->sema, NULL, &table);
    cd_table_text(&table, &text);
    cd_table_json(&table, NULL, &text);
    cd_buf_finish(&text);
}

static void
compile(struct compilation *c, struct cd_str text)
{
    struct cd_load load = {
        .arena = &c->arena, .sources = &c->sources, .diags = &c->diags, .modules = &c->modules};
    uint32_t file =
        cd_sources_add(&c->sources, CD_STR("fuzz.cordon"), cd_arena_str(&c->arena, text), false);
    struct cd_module **slot = CD_PUSH(&c->arena, c->modules.items, c->modules.n, c->modules.cap);
    *slot = cd_parse(&c->arena, &c->diags, &c->sources, file, NULL);
    (*slot)->selected = true;
    render(c);
    cd_load_resolve(&load);
    const struct cd_derive_options derive = {.stricter = true};
    if (c->diags.n_errors == 0 && cd_sema_check(&c->sema) == CORDON_OK
        && cd_derive_denies(&c->sema, &derive) == CORDON_OK) {
        struct cd_buf b = CD_BUF_INIT;
        cd_sema_dump(&c->sema, &b);
        cd_buf_finish(&b);
        for (int t = 0; t < CD_N_TARGETS; t++) {
            emit(c, (enum cd_target)t);
        }
        write_table(c);
    }
    render(c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct compilation c;
    static jmp_buf out_of_memory;
    c = (struct compilation){.modules = {NULL, 0, 0}};
    cd_arena_init(&c.arena);
    c.arena.limit = (size_t)512 << 20;
    cd_sources_init(&c.sources, &c.arena);
    cd_diags_init(&c.diags, &c.arena);
    if (setjmp(out_of_memory) == 0) {
        c.arena.on_oom = &out_of_memory;
        cd_types_init(&c.types, &c.arena);
        cd_sema_init(&c.sema, &c.arena, &c.types, &c.diags, &c.sources, &c.modules);
        compile(&c, (struct cd_str){(const char *)data, size});
    }
    cd_sema_finish(&c.sema);
    cd_arena_finish(&c.arena);
    return 0;
}
