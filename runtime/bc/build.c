/* The builder of images. */
#include "runtime/bc/build.h"

#include <assert.h>
#include <string.h>

void
cd_build_init(struct cd_builder *b, struct cd_image *img)
{
    assert(img->arena && img->arena->on_oom);
    *b = (struct cd_builder){.img = img};
    cd_map_init(&b->strings);
    cd_map_init(&b->types);
    cd_map_init(&b->consts);
    cd_map_init(&b->shapes);
    cd_map_init(&b->places);
}

void
cd_build_finish(struct cd_builder *b)
{
    cd_map_finish(&b->strings);
    cd_map_finish(&b->types);
    cd_map_finish(&b->consts);
    cd_map_finish(&b->shapes);
    cd_map_finish(&b->places);
}

static void
remember(struct cd_builder *b, struct cd_map *map, struct cd_str key, uint32_t value)
{
    if (!cd_map_put(map, key, value)) {
        longjmp(*b->img->arena->on_oom, 1);
    }
}

/* A key of N words that lasts as long as the image. */
static struct cd_str
words_key(struct cd_builder *b, const uint32_t *words, size_t n)
{
    return cd_arena_str(b->img->arena, (struct cd_str){(const char *)words, n * sizeof *words});
}

static bool
known(const struct cd_map *map, const uint32_t *words, size_t n, uint32_t *value)
{
    return cd_map_get(map, (struct cd_str){(const char *)words, n * sizeof *words}, value);
}

uint32_t
cd_build_string(struct cd_builder *b, struct cd_str s)
{
    uint32_t i;
    if (cd_map_get(&b->strings, s, &i)) {
        return i;
    }
    i = (uint32_t)b->img->strings.n;
    struct cd_str copy = cd_arena_str(b->img->arena, s);
    *CD_BUILD_PUSH(b, strings) = copy;
    remember(b, &b->strings, copy, i);
    return i;
}

uint32_t
cd_build_cstr(struct cd_builder *b, const char *z)
{
    return cd_build_string(b, cd_str_of(z));
}

uint32_t
cd_build_file(struct cd_builder *b, struct cd_str path)
{
    uint32_t s = cd_build_string(b, path);
    for (size_t i = 0; i < b->img->files.n; i++) {
        if (b->img->files.items[i] == s) {
            return (uint32_t)i;
        }
    }
    *CD_BUILD_PUSH(b, files) = s;
    return (uint32_t)(b->img->files.n - 1);
}

uint32_t
cd_build_place(struct cd_builder *b, uint32_t file, uint32_t line, uint32_t column)
{
    const uint32_t words[] = {file, line, column};
    uint32_t i;
    if (known(&b->places, words, CD_ARRAY_LEN(words), &i)) {
        return i;
    }
    i = (uint32_t)b->img->places.n;
    *CD_BUILD_PUSH(b, places) = (struct cd_place){file, line, column};
    remember(b, &b->places, words_key(b, words, CD_ARRAY_LEN(words)), i);
    return i;
}

static uint32_t
add_type(struct cd_builder *b, struct cd_value_type type)
{
    const uint32_t words[] = {type.kind, type.elem, type.shape, type.is_set};
    uint32_t i;
    if (known(&b->types, words, CD_ARRAY_LEN(words), &i)) {
        return i;
    }
    i = (uint32_t)b->img->types.n;
    *CD_BUILD_PUSH(b, types) = type;
    remember(b, &b->types, words_key(b, words, CD_ARRAY_LEN(words)), i);
    return i;
}

uint32_t
cd_build_simple_type(struct cd_builder *b, enum cd_kind kind)
{
    assert(kind != CD_KIND_LIST && kind != CD_KIND_MAP && kind != CD_KIND_ROW);
    return add_type(b, (struct cd_value_type){kind, CD_NONE, CD_NONE, 0});
}

uint32_t
cd_build_list_type(struct cd_builder *b, uint32_t elem, bool is_set)
{
    return add_type(b, (struct cd_value_type){CD_KIND_LIST, elem, CD_NONE, is_set});
}

uint32_t
cd_build_map_type(struct cd_builder *b, uint32_t elem)
{
    return add_type(b, (struct cd_value_type){CD_KIND_MAP, elem, CD_NONE, 0});
}

uint32_t
cd_build_row_type(struct cd_builder *b, uint32_t shape)
{
    return add_type(b, (struct cd_value_type){CD_KIND_ROW, CD_NONE, shape, 0});
}

uint32_t
cd_build_shape(struct cd_builder *b, struct cd_str name, bool is_table)
{
    uint32_t i;
    if (cd_map_get(&b->shapes, name, &i)) {
        return i;
    }
    i = (uint32_t)b->img->shapes.n;
    uint32_t s = cd_build_string(b, name);
    *CD_BUILD_PUSH(b, shapes) = (struct cd_shape){.name = s, .is_table = is_table};
    remember(b, &b->shapes, b->img->strings.items[s], i);
    return i;
}

void
cd_build_fields(struct cd_builder *b, uint32_t shape, const struct cd_field *fields, size_t n)
{
    struct cd_shape *s = &b->img->shapes.items[shape];
    assert(s->n_fields == 0);
    s->first_field = (uint32_t)b->img->fields.n;
    s->n_fields = (uint32_t)n;
    for (size_t i = 0; i < n; i++) {
        *CD_BUILD_PUSH(b, fields) = fields[i];
    }
}

static uint32_t
add_const(struct cd_builder *b, struct cd_constant c, const uint32_t *items, size_t n_items)
{
    uint32_t *words = CD_NEW_ARRAY(b->img->arena, n_items + 5, uint32_t);
    uint32_t head[] = {c.type, c.state, (uint32_t)c.value, (uint32_t)(c.value >> 32), c.n};
    memcpy(words, head, sizeof head);
    if (n_items > 0) {
        memcpy(words + 5, items, n_items * sizeof *items);
    }
    uint32_t i;
    if (known(&b->consts, words, n_items + 5, &i)) {
        return i;
    }
    i = (uint32_t)b->img->consts.n;
    if (n_items > 0) {
        c.value = b->img->const_items.n;
    }
    for (size_t k = 0; k < n_items; k++) {
        *CD_BUILD_PUSH(b, const_items) = items[k];
    }
    *CD_BUILD_PUSH(b, consts) = c;
    remember(b, &b->consts, (struct cd_str){(const char *)words, (n_items + 5) * sizeof *words}, i);
    return i;
}

uint32_t
cd_build_absent(struct cd_builder *b, uint32_t type)
{
    return add_const(b, (struct cd_constant){.type = type, .state = 1}, NULL, 0);
}

uint32_t
cd_build_scalar(struct cd_builder *b, uint32_t type, uint64_t value)
{
    return add_const(b, (struct cd_constant){.type = type, .value = value}, NULL, 0);
}

uint32_t
cd_build_bool(struct cd_builder *b, bool value)
{
    return cd_build_scalar(b, cd_build_simple_type(b, CD_KIND_BOOL), value);
}

uint32_t
cd_build_number(struct cd_builder *b, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return cd_build_scalar(b, cd_build_simple_type(b, CD_KIND_NUMBER), bits);
}

uint32_t
cd_build_text(struct cd_builder *b, struct cd_str value)
{
    return cd_build_scalar(b, cd_build_simple_type(b, CD_KIND_STRING), cd_build_string(b, value));
}

uint32_t
cd_build_collection(struct cd_builder *b, uint32_t type, const uint32_t *items, size_t n)
{
    bool is_map = b->img->types.items[type].kind == CD_KIND_MAP;
    return add_const(b, (struct cd_constant){.type = type, .n = (uint32_t)n}, items,
                     is_map ? 2 * n : n);
}

uint32_t
cd_build_domain(struct cd_builder *b, enum cd_domain_kind kind, uint32_t parent, uint32_t name)
{
    *CD_BUILD_PUSH(b, domains) = (struct cd_domain){kind, parent, name};
    return (uint32_t)(b->img->domains.n - 1);
}

uint32_t
cd_build_reg(struct cd_builder *b, uint32_t type, uint32_t domain)
{
    *CD_BUILD_PUSH(b, regs) = (struct cd_reg){type, domain};
    return (uint32_t)(b->img->regs.n - 1);
}

uint32_t
cd_build_index(struct cd_builder *b, uint32_t shape, uint32_t env, const uint32_t *path,
               size_t n_path)
{
    uint32_t first = (uint32_t)b->img->paths.n;
    for (size_t i = 0; i < n_path; i++) {
        *CD_BUILD_PUSH(b, paths) = path[i];
    }
    *CD_BUILD_PUSH(b, indexes) = (struct cd_index){shape, env, first, (uint32_t)n_path};
    return (uint32_t)(b->img->indexes.n - 1);
}

void
cd_build_section(struct cd_builder *b, enum cd_section_kind kind, uint32_t shape, uint32_t domain)
{
    *CD_BUILD_PUSH(b, sections) =
        (struct cd_section){kind, shape, domain, (uint32_t)b->img->code.n, 0};
}

void
cd_build_insn(struct cd_builder *b, enum cd_op op, uint32_t d, uint32_t x, uint32_t y, uint32_t z)
{
    assert(b->img->sections.n > 0);
    *CD_BUILD_PUSH(b, code) = (struct cd_insn){.op = (uint16_t)op, .d = d, .a = x, .b = y, .c = z};
    b->img->sections.items[b->img->sections.n - 1].n++;
}

uint32_t
cd_build_value(struct cd_builder *b, enum cd_op op, uint32_t type, uint32_t domain, uint32_t x,
               uint32_t y, uint32_t z)
{
    uint32_t r = cd_build_reg(b, type, domain);
    cd_build_insn(b, op, r, x, y, z);
    return r;
}
