/* Host program of the build: reads the reference tables of stdlib/schema as text and writes the
 * blob that the runtime carries (runtime/schema/blob.h). Usage: tablegen OUT.bin IN.txt…
 *
 * A table is lines of cells separated by tabs; `#` begins a comment line. `%table KIND` says what
 * it holds, `%source` lines say where it comes from. Tables are read in the order of the kinds,
 * files of one kind by name, whatever order they are given in, so that the same tables give the
 * same bytes. */
#include "compiler/tools/tablegen/tablegen.h"

/* In the order in which they are read. */
static const struct {
    const char *kind;
    void (*read)(struct gen *g, const struct line *l);
    void (*end)(struct gen *g); /* when all tables up to this kind are read */
} kinds[] = {
    {"shapes", tg_read_shapes, NULL},   {"overlay", tg_read_shapes, NULL},
    {"arns", tg_read_arns, NULL},       {"overlay-arns", tg_read_arns, NULL},
    {"names", tg_read_names, NULL},     {"overlay-names", tg_read_names, NULL},
    {"flags", tg_read_flags, NULL},     {"carries", tg_read_carries, tg_emit_shapes},
    {"keys", tg_read_keys, NULL},       {"overlay-keys", tg_read_keys, tg_emit_keys},
    {"actions", tg_read_actions, NULL}, {"regions", tg_read_region, NULL},
    {"quotas", tg_read_quota, NULL},    {"rcp", tg_read_rcp, tg_emit_facts},
};

static bool
next_line(struct cd_str *rest, struct cd_str *line)
{
    if (rest->n == 0) {
        return false;
    }
    size_t end = cd_str_find(*rest, '\n', 0);
    *line = cd_str_sub(*rest, 0, end);
    *rest = cd_str_sub(*rest, end < rest->n ? end + 1 : end, rest->n);
    return true;
}

static void
split(struct line *l, struct cd_str bytes)
{
    l->n = 0;
    for (size_t from = 0; from <= bytes.n;) {
        size_t tab = cd_str_find(bytes, '\t', from);
        if (l->n == MAX_CELLS) {
            tg_die(l->text->path, l->number, "too many cells");
        }
        l->cells[l->n++] = cd_str_sub(bytes, from, tab);
        from = tab + 1;
    }
}

static void
read_source(struct gen *g, const struct line *l)
{
    struct cd_blob_source s = {tg_intern(g, tg_cell(l, 1)), tg_intern(g, tg_cell(l, 2)),
                               tg_intern(g, tg_cell(l, 3)), tg_intern(g, tg_cell(l, 4))};
    const struct cd_buf *b = &g->sections[CD_BLOB_SOURCES];
    for (size_t at = 0; at < b->n; at += sizeof s) {
        if (memcmp(b->p + at, &s, sizeof s) == 0) {
            return;
        }
    }
    tg_emit(g, CD_BLOB_SOURCES, &s, sizeof s);
}

static void
read_text(struct gen *g, struct text *t)
{
    static struct line l; /* large, and there is one at a time */
    struct cd_str rest = t->bytes, bytes;
    g->resource = g->shape = NULL;
    l.text = t;
    for (l.number = 1; next_line(&rest, &bytes); l.number++) {
        if (bytes.n == 0 || bytes.p[0] == '#' || cd_str_starts(bytes, CD_STR("%table"))) {
            continue;
        }
        split(&l, bytes);
        if (cd_str_eq(l.cells[0], CD_STR("%source"))) {
            read_source(g, &l);
        } else {
            kinds[t->rank].read(g, &l);
        }
    }
}

static void
open_text(struct gen *g, struct text *t, const char *path)
{
    struct cordon_error err = {0};
    struct cd_str rest, line;
    *t = (struct text){.path = path, .rank = -1};
    if (cd_file_read(path, MAX_TEXT, &g->arena, &t->bytes, &err) != CORDON_OK) {
        tg_die(path, 0, "%s", err.message);
    }
    for (rest = t->bytes; t->rank < 0 && next_line(&rest, &line);) {
        if (!cd_str_starts(line, CD_STR("%table\t"))) {
            continue;
        }
        t->kind = cd_str_sub(line, 7, line.n);
        for (size_t i = 0; i < CD_ARRAY_LEN(kinds); i++) {
            if (cd_str_eq(t->kind, cd_str_of(kinds[i].kind))) {
                t->rank = (int)i;
            }
        }
    }
    if (t->rank < 0) {
        tg_die(path, 1, "no %%table line, or of no known kind");
    }
}

static int
cmp_text(const void *a, const void *b)
{
    const struct text *x = a, *y = b;
    return x->rank != y->rank ? x->rank - y->rank : strcmp(x->path, y->path);
}

static void
emit_strings(struct gen *g)
{
    uint32_t offset = 0;
    for (uint32_t i = 0; i < g->strings.n; i++) {
        struct cd_str s = tg_string_of(g, i);
        tg_emit(g, CD_BLOB_STR_OFFSETS, &offset, sizeof offset);
        cd_buf_str(&g->sections[CD_BLOB_STR_BYTES], s);
        offset += (uint32_t)s.n;
    }
    tg_emit(g, CD_BLOB_STR_OFFSETS, &offset, sizeof offset);
    tg_check(!g->sections[CD_BLOB_STR_BYTES].oom);
}

static const size_t record_sizes[CD_BLOB_N_SECTIONS] = {
    [CD_BLOB_STR_OFFSETS] = 4,
    [CD_BLOB_STR_BYTES] = 1,
    [CD_BLOB_SHAPES] = sizeof(struct cd_blob_shape),
    [CD_BLOB_FIELDS] = sizeof(struct cd_blob_field),
    [CD_BLOB_TYPES] = sizeof(struct cd_blob_type),
    [CD_BLOB_ENUMS] = sizeof(struct cd_blob_span),
    [CD_BLOB_ENUM_VALUES] = 4,
    [CD_BLOB_NAMES] = 4,
    [CD_BLOB_CARRIES] = sizeof(struct cd_blob_carry),
    [CD_BLOB_SERVICES] = sizeof(struct cd_blob_service),
    [CD_BLOB_ACTIONS] = sizeof(struct cd_blob_action),
    [CD_BLOB_ACTION_RESOURCES] = sizeof(struct cd_blob_action_resource),
    [CD_BLOB_RESOURCES] = sizeof(struct cd_blob_resource),
    [CD_BLOB_ARNS] = 4,
    [CD_BLOB_KEY_SETS] = sizeof(struct cd_blob_span),
    [CD_BLOB_KEY_SET_ITEMS] = 4,
    [CD_BLOB_KEYS] = sizeof(struct cd_blob_key),
    [CD_BLOB_KEY_SCOPES] = 4,
    [CD_BLOB_TEMPLATES] = sizeof(struct cd_blob_template),
    [CD_BLOB_REGIONS] = sizeof(struct cd_blob_region),
    [CD_BLOB_PARTITIONS] = 4,
    [CD_BLOB_QUOTAS] = sizeof(struct cd_blob_quota),
    [CD_BLOB_RCP] = sizeof(struct cd_blob_rcp),
    [CD_BLOB_SOURCES] = sizeof(struct cd_blob_source),
};

static void
write_blob(struct gen *g, const char *path)
{
    struct cd_blob_header h = {.magic = CD_BLOB_MAGIC, .version = CD_BLOB_VERSION};
    struct cd_buf out = CD_BUF_INIT;
    struct cordon_error err = {0};
    const struct shape *policy = tg_find_shape(g, CD_STR("iam_policy"));
    h.policy_shape = policy != NULL ? policy->index : CD_SCHEMA_NONE;
    emit_strings(g);
    cd_buf_put(&out, &h, sizeof h);
    for (size_t i = 0; i < CD_BLOB_N_SECTIONS; i++) {
        while (out.n % 8 != 0) {
            cd_buf_putc(&out, 0);
        }
        h.sections[i].offset = (uint32_t)out.n;
        h.sections[i].count = (uint32_t)(g->sections[i].n / record_sizes[i]);
        cd_buf_put(&out, g->sections[i].p, g->sections[i].n);
    }
    h.size = (uint32_t)out.n;
    tg_check(!out.oom);
    memcpy(out.p, &h, sizeof h);
    if (cd_file_write(path, cd_buf_view(&out), &err) != CORDON_OK) {
        tg_die(path, 0, "%s", err.message);
    }
    cd_buf_finish(&out);
}

int
main(int argc, char **argv)
{
    struct gen *g = calloc(1, sizeof *g);
    if (argc < 3 || g == NULL) {
        fputs("usage: tablegen OUT.bin IN.txt...\n", stderr);
        return 2;
    }
    size_t n = (size_t)argc - 2;
    cd_arena_init(&g->arena);
    tg_check(cd_intern_init(&g->strings));
    struct text *texts = CD_NEW_ARRAY(&g->arena, n, struct text);
    tg_check(texts != NULL);
    for (size_t i = 0; i < n; i++) {
        open_text(g, &texts[i], argv[i + 2]);
    }
    qsort(texts, n, sizeof *texts, cmp_text);
    size_t at = 0;
    for (size_t k = 0; k < CD_ARRAY_LEN(kinds); k++) {
        for (; at < n && texts[at].rank == (int)k; at++) {
            read_text(g, &texts[at]);
        }
        if (kinds[k].end != NULL) {
            kinds[k].end(g);
        }
    }
    write_blob(g, argv[1]);
    for (size_t i = 0; i < CD_BLOB_N_SECTIONS; i++) {
        cd_buf_finish(&g->sections[i]);
    }
    struct cd_map *maps[] = {&g->shape_ids, &g->type_ids, &g->enum_ids,
                             &g->set_ids,   &g->key_ids,  &g->resource_ids};
    for (size_t i = 0; i < CD_ARRAY_LEN(maps); i++) {
        cd_map_finish(maps[i]);
    }
    cd_intern_finish(&g->strings);
    cd_arena_finish(&g->arena);
    free(g);
    return 0;
}
