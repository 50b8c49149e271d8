/* Condition keys, services, actions, resource types of IAM, and sets of keys. */
#include "compiler/tools/tablegen/tablegen.h"

static uint32_t
key_type(const struct line *l, struct cd_str name)
{
    static const char *const names[] = {
        [CD_IAM_KEY_STRING] = "string",   [CD_IAM_KEY_ARN] = "arn",   [CD_IAM_KEY_BOOL] = "bool",
        [CD_IAM_KEY_NUMERIC] = "numeric", [CD_IAM_KEY_DATE] = "date", [CD_IAM_KEY_IP] = "ip",
        [CD_IAM_KEY_BINARY] = "binary"};
    for (uint32_t i = 0; i < CD_ARRAY_LEN(names); i++) {
        if (cd_str_eq(name, cd_str_of(names[i]))) {
            return i;
        }
    }
    tg_die(l->text->path, l->number, "no key type %.*s", CD_FMT(name));
    return 0;
}

/* The span of KEY_SCOPES for the comma-separated names in LIST. */
static struct cd_blob_span
read_scope(struct gen *g, struct cd_str list)
{
    struct cd_blob_span span = {tg_emitted(g, CD_BLOB_KEY_SCOPES, 4), 0};
    for (size_t from = 0; from <= list.n; span.n++) {
        size_t comma = cd_str_find(list, ',', from);
        uint32_t name = tg_intern(g, cd_str_sub(list, from, comma));
        tg_emit(g, CD_BLOB_KEY_SCOPES, &name, sizeof name);
        from = comma + 1;
    }
    return span;
}

/* One word of a key's line; false if there is no such word. */
static bool
read_key_word(struct gen *g, struct cd_blob_key *key, struct cd_str word)
{
    static const struct {
        const char *word;
        uint32_t flag;
    } words[] = {{"array", CD_BLOB_KEY_MULTIVALUED},
                 {"global", CD_BLOB_KEY_GLOBAL},
                 {"always", CD_BLOB_KEY_ALWAYS | CD_BLOB_KEY_ANY_ACTION},
                 {"any", CD_BLOB_KEY_ANY_ACTION},
                 {"retired", CD_BLOB_KEY_RETIRED}};
    for (size_t i = 0; i < CD_ARRAY_LEN(words); i++) {
        if (cd_str_eq(word, cd_str_of(words[i].word))) {
            key->flags |= words[i].flag;
            return true;
        }
    }
    size_t equals = cd_str_find(word, '=', 0);
    struct cd_str name = cd_str_sub(word, 0, equals);
    struct cd_str value = equals < word.n ? cd_str_sub(word, equals + 1, word.n) : CD_STR("");
    if (cd_str_eq(name, CD_STR("successor"))) {
        key->successor = tg_intern(g, value);
    } else if (cd_str_eq(name, CD_STR("only"))) {
        key->only = read_scope(g, value);
    } else if (cd_str_eq(name, CD_STR("not"))) {
        key->except = read_scope(g, value);
    } else {
        return false;
    }
    return true;
}

/* `name type word…`: array (multivalued), global, always (every request has it), any (any action
 * may have it; only= SERVICE,… and not=SERVICE:ACTION,… limit that), retired (no action has it),
 * successor=KEY. A later table replaces an earlier line. */
void
tg_read_keys(struct gen *g, const struct line *l)
{
    struct cd_blob_key key = {.name = tg_intern(g, l->cells[0]),
                              .type = key_type(l, tg_cell(l, 1))};
    for (size_t i = 2; i < l->n; i++) {
        if (!read_key_word(g, &key, l->cells[i])) {
            tg_die(l->text->path, l->number, "a key is not %.*s", CD_FMT(l->cells[i]));
        }
    }
    struct cd_str lower = tg_lowered(g, l->cells[0]);
    uint32_t at;
    if (cd_map_get(&g->key_ids, lower, &at)) {
        g->keys.items[at] = key;
        return;
    }
    struct cd_blob_key *slot = PUSH(g, g->keys);
    tg_check(slot != NULL && cd_map_put(&g->key_ids, lower, (uint32_t)(g->keys.n - 1)));
    *slot = key;
}

static void
emit_templates(struct gen *g)
{
    struct sort_key *keys = tg_sort_keys(g, g->templates.n);
    for (size_t i = 0; i < g->templates.n; i++) {
        const struct cd_blob_template *t = &g->templates.items[i];
        keys[i] = (struct sort_key){tg_lowered(g, tg_string_of(g, t->prefix)),
                                    tg_lowered(g, tg_string_of(g, t->suffix)), (uint32_t)i};
    }
    tg_sort(keys, g->templates.n);
    /* Longer suffixes first: the most exact template of a prefix is found first. */
    for (size_t i = 0; i < g->templates.n;) {
        size_t end = i;
        while (end < g->templates.n && cd_str_eq(keys[end].text, keys[i].text)) {
            end++;
        }
        for (size_t k = end; k > i; k--) {
            tg_emit(g, CD_BLOB_TEMPLATES, &g->templates.items[keys[k - 1].index],
                    sizeof(struct cd_blob_template));
        }
        i = end;
    }
}

/* Sorts the keys once all tables with keys are read; from here on key_ids holds sorted positions.
 */
void
tg_emit_keys(struct gen *g)
{
    struct sort_key *keys = tg_sort_keys(g, g->keys.n);
    for (size_t i = 0; i < g->keys.n; i++) {
        keys[i] = (struct sort_key){tg_lowered(g, tg_string_of(g, g->keys.items[i].name)),
                                    CD_STR(""), (uint32_t)i};
    }
    tg_sort(keys, g->keys.n);
    for (size_t i = 0; i < g->keys.n; i++) {
        const struct cd_blob_key *key = &g->keys.items[keys[i].index];
        struct cd_str name = tg_string_of(g, key->name);
        uint32_t index = tg_emit(g, CD_BLOB_KEYS, key, sizeof *key);
        tg_check(cd_map_put(&g->key_ids, keys[i].text, index));
        size_t open = 0, close = name.n;
        while (open + 1 < name.n && !(name.p[open] == '$' && name.p[open + 1] == '{')) {
            open++;
        }
        while (close > 0 && name.p[close - 1] != '}') {
            close--;
        }
        if (open + 1 < name.n && close > open) {
            struct cd_blob_template *t = PUSH(g, g->templates);
            tg_check(t != NULL);
            *t = (struct cd_blob_template){tg_intern(g, cd_str_sub(name, 0, open)),
                                           tg_intern(g, cd_str_sub(name, close, name.n)), index};
        }
    }
    emit_templates(g);
}

static int
cmp_u32(const void *a, const void *b)
{
    uint32_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return x < y ? -1 : x > y;
}

/* `=NAME key…` */
static void
read_key_set(struct gen *g, const struct line *l)
{
    uint32_t items[MAX_CELLS];
    size_t n = l->n - 1;
    for (size_t i = 0; i < n; i++) {
        if (!cd_map_get(&g->key_ids, tg_lowered(g, l->cells[i + 1]), &items[i])) {
            tg_die(l->text->path, l->number, "no condition key %.*s", CD_FMT(l->cells[i + 1]));
        }
    }
    qsort(items, n, sizeof *items, cmp_u32);
    struct cd_blob_span span = {tg_emitted(g, CD_BLOB_KEY_SET_ITEMS, 4), (uint32_t)n};
    cd_buf_put(&g->sections[CD_BLOB_KEY_SET_ITEMS], items, n * 4);
    uint32_t id = tg_emit(g, CD_BLOB_KEY_SETS, &span, sizeof span);
    tg_check(cd_map_put(&g->set_ids, cd_str_sub(l->cells[0], 1, l->cells[0].n), id));
}

static uint32_t
key_set(const struct gen *g, const struct line *l, struct cd_str name)
{
    uint32_t id = CD_SCHEMA_NONE;
    if (!cd_str_eq(name, CD_STR("-")) && !cd_map_get(&g->set_ids, name, &id)) {
        tg_die(l->text->path, l->number, "no key set %.*s", CD_FMT(name));
    }
    return id;
}

static struct cd_str
qualified(struct gen *g, struct cd_str name)
{
    struct cd_str s = cd_arena_printf(&g->arena, "%u:%.*s", g->service, CD_FMT(name));
    tg_check(s.p != NULL);
    return s;
}

/* `+type set arn…` */
static void
read_iam_resource(struct gen *g, const struct line *l)
{
    struct cd_str name = cd_str_sub(l->cells[0], 1, l->cells[0].n);
    struct cd_blob_resource r = {g->service, tg_intern(g, name), tg_emitted(g, CD_BLOB_ARNS, 4), 0,
                                 key_set(g, l, tg_cell(l, 1))};
    for (size_t i = 2; i < l->n; i++) {
        uint32_t arn = tg_intern(g, l->cells[i]);
        tg_emit(g, CD_BLOB_ARNS, &arn, sizeof arn);
        r.n_arns++;
    }
    uint32_t id = tg_emit(g, CD_BLOB_RESOURCES, &r, sizeof r);
    tg_check(cd_map_put(&g->resource_ids, qualified(g, name), id));
}

/* ` name set type[!][=set]…`; `~name` is permission-only. */
static void
read_action(struct gen *g, const struct line *l)
{
    struct cd_blob_action a = {
        .service = g->service,
        .name = tg_intern(g, cd_str_sub(l->cells[0], 1, l->cells[0].n)),
        .flags = l->cells[0].p[0] == '~' ? CD_BLOB_ACTION_PERMISSION_ONLY : 0,
        .key_set = key_set(g, l, tg_cell(l, 1)),
        .first_resource =
            tg_emitted(g, CD_BLOB_ACTION_RESOURCES, sizeof(struct cd_blob_action_resource)),
    };
    for (size_t i = 2; i < l->n; i++) {
        struct cd_str type = l->cells[i];
        struct cd_blob_action_resource pair = {0, CD_SCHEMA_NONE};
        size_t equals = cd_str_find(type, '=', 0);
        if (equals < type.n) {
            pair.key_set = key_set(g, l, cd_str_sub(type, equals + 1, type.n));
            type = cd_str_sub(type, 0, equals);
        }
        bool required = cd_str_ends(type, CD_STR("!"));
        type = required ? cd_str_sub(type, 0, type.n - 1) : type;
        if (!cd_map_get(&g->resource_ids, qualified(g, type), &pair.resource_and_required)) {
            tg_die(l->text->path, l->number, "no resource type %.*s", CD_FMT(type));
        }
        pair.resource_and_required |= required ? CD_BLOB_REQUIRED : 0;
        tg_emit(g, CD_BLOB_ACTION_RESOURCES, &pair, sizeof pair);
        a.n_resources++;
    }
    tg_emit(g, CD_BLOB_ACTIONS, &a, sizeof a);
}

/* The order of the lines is the order of the blob: update.py sorts services, and actions without
 * case. */
void
tg_read_actions(struct gen *g, const struct line *l)
{
    char first = l->cells[0].p[0];
    if (first == '=') {
        read_key_set(g, l);
    } else if (first == '+') {
        read_iam_resource(g, l);
    } else if (first == ' ' || first == '~') {
        read_action(g, l);
        struct cd_blob_service s;
        struct cd_buf *services = &g->sections[CD_BLOB_SERVICES];
        if (services->n == 0) {
            tg_die(l->text->path, l->number, "an action stands below a service");
        }
        memcpy(&s, services->p + services->n - sizeof s, sizeof s);
        s.n_actions++;
        memcpy(services->p + services->n - sizeof s, &s, sizeof s);
    } else {
        struct cd_blob_service s = {tg_intern(g, l->cells[0]),
                                    tg_emitted(g, CD_BLOB_ACTIONS, sizeof(struct cd_blob_action)),
                                    0};
        g->service = tg_emit(g, CD_BLOB_SERVICES, &s, sizeof s);
    }
}
