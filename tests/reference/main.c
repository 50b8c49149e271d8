/* cordon-reference: verdicts of the reference evaluator, one line each, sorted.
 *
 *   control TAB type TAB id TAB account TAB region TAB verdict      an answer for a resource
 *   control TAB estate TAB verdict                                  the answer of its estate
 * clauses control TAB - TAB verdict                                       the control's verdict */
#include "tests/reference/ref.h"

#include <stdio.h>
#include <stdlib.h>

#include "compiler/parse/load.h"

#define MAX_FILES 64

struct arguments {
    const char *policies[MAX_FILES], *snapshots[MAX_FILES], *params[MAX_FILES];
    size_t n_policies, n_snapshots, n_params;
};

static bool
read_arguments(int argc, char **argv, struct arguments *a)
{
    for (int i = 1; i < argc && i < MAX_FILES; i++) {
        if (strcmp(argv[i], "--param") == 0 && i + 1 < argc) {
            a->params[a->n_params++] = argv[++i];
        } else if (cd_str_ends(cd_str_of(argv[i]), CD_STR(".ndjson"))) {
            a->snapshots[a->n_snapshots++] = argv[i];
        } else {
            a->policies[a->n_policies++] = argv[i];
        }
    }
    return a->n_policies > 0 && a->n_snapshots > 0;
}

/* NAME=VALUE: JSON, or the bare text of a string. */
static bool
set_param(struct ref *r, const struct cd_sema *sema, struct cd_str text)
{
    size_t equals = cd_str_find(text, '=', 0);
    struct cd_decl *decl = NULL;
    if (equals == text.n
        || cd_sema_find_param(sema, cd_str_sub(text, 0, equals), &decl, NULL) != CD_PARAM_FOUND) {
        return false;
    }
    struct cd_str value = cd_str_sub(text, equals + 1, text.n);
    const cJSON *j = cJSON_ParseWithLength(value.p, value.n);
    if (cd_type_is_stringlike(decl->type) && !cJSON_IsString(j)) {
        j = cJSON_CreateString(value.p);
    }
    *CD_PUSH(r->arena, r->params, r->n_params, r->cap_params) =
        (struct ref_param){decl, ref_convert(r, ref_json(j, NULL), decl->type)};
    return true;
}

static int
compare_lines(const void *a, const void *b)
{
    return cd_str_cmp(*(const struct cd_str *)a, *(const struct cd_str *)b);
}

static void
print_sorted(struct cd_arena *arena, struct cd_str text)
{
    struct cd_str *lines = CD_NEW_ARRAY(arena, text.n + 1, struct cd_str);
    size_t n = 0;
    for (size_t at = 0; at < text.n;) {
        size_t end = cd_str_find(text, '\n', at);
        lines[n++] = cd_str_sub(text, at, end);
        at = end + 1;
    }
    qsort(lines, n, sizeof *lines, compare_lines);
    for (size_t i = 0; i < n; i++) {
        printf("%.*s\n", CD_FMT(lines[i]));
    }
}

static int
evaluate(struct ref *r, const struct cd_sema *sema, const struct arguments *a)
{
    for (size_t i = 0; i < a->n_params; i++) {
        if (!set_param(r, sema, cd_str_of(a->params[i]))) {
            fprintf(stderr, "no such parameter: %s\n", a->params[i]);
            return 2;
        }
    }
    for (size_t i = 0; i < a->n_snapshots; i++) {
        if (!ref_load(r, a->snapshots[i])) {
            return 2;
        }
    }
    ref_seal(r);
    struct cd_buf out = CD_BUF_INIT;
    for (size_t i = 0; i < sema->controls.n; i++) {
        ref_control(r, sema, sema->controls.items[i], &out);
    }
    print_sorted(r->arena, cd_buf_view(&out));
    cd_buf_finish(&out);
    return 0;
}

static int
compile_and_evaluate(struct cd_arena *arena, const struct arguments *a)
{
    struct cd_types types;
    struct cd_sources sources;
    struct cd_diags diags;
    struct cd_modules modules = {0};
    struct cd_sema sema;
    struct cordon_error err = {0};
    cd_types_init(&types, arena);
    cd_sources_init(&sources, arena);
    cd_diags_init(&diags, arena);
    struct cd_load load = {
        .arena = arena, .sources = &sources, .diags = &diags, .modules = &modules};
    cordon_status status = cd_load(&load, a->policies, a->n_policies, &err);
    if (status == CORDON_OK) {
        cd_sema_init(&sema, arena, &types, &diags, &sources, &modules);
        status = cd_sema_check(&sema);
    }
    if (status != CORDON_OK || diags.n_errors > 0) {
        struct cd_out out;
        cd_out_init(&out, 2, "standard error");
        cd_diags_sort(&diags);
        cd_diags_text(&diags, &sources, false, &out);
        if (cd_out_finish(&out, &err) != CORDON_OK || err.message[0] != 0) {
            fprintf(stderr, "%s\n", err.message);
        }
        return 2;
    }
    struct ref r = {.arena = arena};
    int code = evaluate(&r, &sema, a);
    cd_sema_finish(&sema);
    return code;
}

int
main(int argc, char **argv)
{
    struct arguments arguments = {0};
    struct cd_arena arena;
    jmp_buf oom;
    if (!read_arguments(argc, argv, &arguments)) {
        fprintf(stderr, "usage: cordon-reference [--param NAME=VALUE] POLICY… SNAPSHOT.ndjson…\n");
        return 2;
    }
    cd_arena_init(&arena);
    if (setjmp(oom) != 0) {
        fprintf(stderr, "memory is out\n");
        return 2;
    }
    arena.on_oom = &oom;
    int code = compile_and_evaluate(&arena, &arguments);
    cd_arena_finish(&arena);
    return code;
}
