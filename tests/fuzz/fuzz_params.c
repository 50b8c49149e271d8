/* Any bytes as values of parameters: as a YAML file, and each line as a word of the command line.
 * What is accepted are whole values of text in UTF-8. */
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "runtime/bc/build.h"
#include "runtime/vm/params.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
param(struct cd_builder *b, const char *name, uint32_t type, enum cd_refine refine)
{
    struct cd_param *p = CD_BUILD_PUSH(b, params);
    *p = (struct cd_param){cd_build_cstr(b, name), type, refine, CD_NONE, 0};
}

/* A parameter of each kind, and of each thing that a text may have to be. */
static void
declare(struct cd_builder *b)
{
    static const char *const names[CD_N_REFINES] = {"acme.p", "acme.q", "acme.r", "acme.s",
                                                    "acme.t", "acme.u", "acme.v"};
    uint32_t string = cd_build_simple_type(b, CD_KIND_STRING);
    uint32_t number = cd_build_simple_type(b, CD_KIND_NUMBER);
    uint32_t set = cd_build_list_type(b, string, true);
    param(b, "acme.a.set", set, CD_REFINE_REGION);
    param(b, "acme.a.days", cd_build_simple_type(b, CD_KIND_DURATION), CD_REFINE_NONE);
    param(b, "acme.a.from", cd_build_simple_type(b, CD_KIND_TIME), CD_REFINE_NONE);
    param(b, "acme.a.limit", number, CD_REFINE_NONE);
    param(b, "acme.a.strict", cd_build_simple_type(b, CD_KIND_BOOL), CD_REFINE_NONE);
    param(b, "acme.a.nets", cd_build_map_type(b, string), CD_REFINE_CIDR);
    param(b, "acme.a.deep", cd_build_map_type(b, cd_build_list_type(b, set, false)),
          CD_REFINE_NONE);
    param(b, "acme.b.limit", cd_build_list_type(b, number, false), CD_REFINE_NONE);
    for (size_t i = 0; i < CD_N_REFINES; i++) {
        param(b, names[i], string, (enum cd_refine)i);
    }
}

/* Is constant I whole? Its parts stand before it. */
static void
check_constant(const struct cd_image *img, uint32_t i)
{
    if (i >= img->consts.n) {
        abort();
    }
    const struct cd_constant *c = &img->consts.items[i];
    if (c->type >= img->types.n) {
        abort();
    }
    if (img->types.items[c->type].kind == CD_KIND_STRING) {
        struct cd_str s = img->strings.items[c->value];
        if (c->value >= img->strings.n || cd_utf8_check(s) != s.n) {
            abort();
        }
    }
}

static void
bind(const struct cd_params *p, struct cd_arena *arena)
{
    static struct cd_image img;
    struct cd_builder b;
    struct cd_bound_params bound;
    struct cordon_error err = {.code = CORDON_OK};
    img = (struct cd_image){.arena = arena};
    cd_build_init(&b, &img);
    declare(&b);
    if (cd_params_bind(p, &img, arena, &bound, &err) == CORDON_OK) {
        for (size_t i = 0; i < img.params.n; i++) {
            if (bound.values[i] != CD_NONE) {
                check_constant(&bound.consts, bound.values[i]);
            }
        }
    }
    cd_build_finish(&b);
}

static void
read_yaml(struct cd_str text, struct cd_arena *arena)
{
    struct cd_params *p = NULL;
    struct cordon_error err = {.code = CORDON_OK};
    if (cd_params_new(&p) == CORDON_OK) {
        if (cd_params_add_yaml(p, CD_STR("fuzz.yaml"), text, &err) == CORDON_OK) {
            bind(p, arena);
        }
        cd_params_free(p);
    }
}

static void
read_words(struct cd_str text, struct cd_arena *arena)
{
    struct cd_params *p = NULL;
    struct cordon_error err = {.code = CORDON_OK};
    bool ok = cd_params_new(&p) == CORDON_OK;
    for (size_t at = 0; ok && at < text.n;) {
        size_t end = at;
        while (end < text.n && text.p[end] != '\n') {
            end++;
        }
        ok = cd_params_add_text(p, cd_str_sub(text, at, end), &err) == CORDON_OK;
        at = end + 1;
    }
    if (ok) {
        bind(p, arena);
    }
    cd_params_free(p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct cd_arena arena;
    static jmp_buf out_of_memory;
    struct cd_str text = {(const char *)data, size};
    cd_arena_init(&arena);
    if (setjmp(out_of_memory) == 0) {
        arena.on_oom = &out_of_memory;
        read_yaml(text, &arena);
        read_words(text, &arena);
    }
    cd_arena_finish(&arena);
    return 0;
}
