/* Tables out of a store: the envelopes of their rows, as far as the program needs them, and their
 * trees of tags and properties. */
#include "runtime/ingest/keep.h"
#include "runtime/store/read.h"

static cordon_status
wrong_table(const struct cd_store_load *l, const char *what)
{
    return cd_store_corrupt(l->st, CD_STORE_HEAD, what, l->err);
}

/* ---- envelopes ---- */

/* Does the program read member ENV of envelopes? */
static bool
reads_envelope(const struct cd_snapshot *s, enum cd_env env)
{
    const struct cd_image *img = s->projection.img;
    for (size_t i = 0; img != NULL && i < img->code.n; i++) {
        if (img->code.items[i].op == CD_OP_ENV && img->code.items[i].b == env) {
            return true;
        }
    }
    return img == NULL;
}

/* Does the program compare the names of T's resources with other strings? */
static bool
compares_names(const struct cd_snapshot *s, const struct cd_table *t)
{
    const struct cd_image *img = s->projection.img;
    bool compares = reads_envelope(s, CD_ENVOP_ID) || reads_envelope(s, CD_ENVOP_ARN);
    for (size_t i = 0; !compares && i < img->code.n; i++) {
        const struct cd_insn *in = &img->code.items[i];
        compares = in->op == CD_OP_FOLLOW && in->c == t->shape;
    }
    for (size_t i = 0; !compares && i < img->indexes.n; i++) {
        compares = img->indexes.items[i].shape == t->shape;
    }
    return compares;
}

/* Rows are added to these, and settled, after the store was read. */
static bool
is_added_to(const struct cd_snapshot *s, struct cd_str type)
{
    return s->projection.img != NULL && cd_str_starts(type, CD_STR("Cordon::"));
}

static cordon_status
load_flags(struct cd_store_load *l, struct cd_bytes *bytes, struct cd_table *t, uint32_t n)
{
    uint8_t *flags;
    void *room;
    CORDON_TRY(cd_store_load_small(l, bytes, n, (CD_ROW_DEAD | CD_ROW_DERIVED) + 1, &flags));
    CORDON_TRY(cd_store_room(l, n, 1, &room)); /* they are written to */
    t->flags = room;
    t->n_live = 0;
    for (uint32_t row = 0; row < n; row++) {
        t->flags[row] = l->is_settled ? flags[row] : flags[row] & CD_ROW_DERIVED;
        t->n_live += !cd_table_is_dead(t, row);
    }
    return CORDON_OK;
}

static cordon_status
load_stretches(struct cd_store_load *l, struct cd_bytes *bytes, struct cd_table *t, uint32_t n)
{
    uint32_t n_stretches = cd_bytes_get_u32(bytes);
    void *room;
    if (n_stretches > cd_bytes_left(bytes) || (n_stretches == 0) != (n == 0)) {
        return wrong_table(l, "a table does not say where its rows come from");
    }
    CORDON_TRY(cd_store_room(l, n_stretches, sizeof *t->stretches, &room));
    t->stretches = room;
    t->n_stretches = t->cap_stretches = n_stretches;
    for (uint32_t i = 0; i < n_stretches; i++) {
        struct cd_stretch *stretch = &t->stretches[i];
        stretch->first = cd_bytes_get_u32(bytes);
        stretch->source = cd_store_get_optional(bytes);
        stretch->from_table = cd_store_get_optional(bytes);
        stretch->place = cd_store_get_optional(bytes);
        stretch->offset = cd_bytes_get(bytes, UINT64_MAX);
        bool follows = i == 0 ? stretch->first == 0 : stretch->first > stretch[-1].first;
        if (bytes->bad || !follows || stretch->first >= n || stretch->source >= l->st->n_sources
            || (stretch->from_table != CD_NONE && stretch->from_table >= l->st->n_tables)) {
            return wrong_table(l, "a table does not say where its rows come from");
        }
        stretch->source += l->first_source;
        if (stretch->from_table != CD_NONE) {
            stretch->from_table = l->tables[stretch->from_table];
        }
    }
    return CORDON_OK;
}

static bool
names_hold(struct cd_store_load *l, const struct cd_table *t, uint32_t n)
{
    bool hold = true;
    for (uint32_t row = 0; row < n && hold; row++) {
        hold = cd_store_id_holds(l, t->id[row])
               && (t->arn[row] >= CD_ARN_MADE || cd_store_id_holds(l, t->arn[row]));
    }
    return hold;
}

/* A column that only some need; out stays NULL for the others. */
static cordon_status
load_if(struct cd_store_load *l, struct cd_bytes *bytes, bool is_needed, uint32_t n, uint32_t **out)
{
    if (!is_needed) {
        cd_store_skip_ints(l->st, bytes);
        return CORDON_OK;
    }
    return cd_store_load_ints(l, bytes, n, (struct cd_store_column){CD_STORE_ANY, 0}, out);
}

static bool
are_all(const uint32_t *column, uint32_t n, uint32_t value)
{
    for (uint32_t row = 0; row < n; row++) {
        if (column[row] != value) {
            return false;
        }
    }
    return true;
}

/* A column that is not there where all of it is VALUE. */
static void
drop_if_all(uint32_t **column, uint32_t n, uint32_t value)
{
    if (*column != NULL && are_all(*column, n, value)) {
        *column = NULL;
    }
}

static cordon_status
load_envelope(struct cd_store_load *l, struct cd_bytes *bytes, const struct cd_store_table *from,
              struct cd_table *t)
{
    const struct cd_store_column ids = {CD_STORE_BELOW, l->st->dict.n};
    const struct cd_store_column arns = {CD_STORE_NAMES, 0};
    const struct cd_store_column sites = {CD_STORE_BELOW, (uint32_t)l->st->n_sites};
    uint32_t n = from->n;
    bool is_whole = l->s->projection.img == NULL || !l->is_settled || is_added_to(l->s, from->type);
    CORDON_TRY(cd_store_load_ints(l, bytes, n, ids, &t->id));
    CORDON_TRY(cd_store_load_ints(l, bytes, n, arns, &t->arn));
    CORDON_TRY(cd_store_load_ints(l, bytes, n, sites, &t->site));
    if ((!l->is_settled || compares_names(l->s, t)) && !names_hold(l, t, n)) {
        return wrong_table(l, "a resource is named by no string");
    }
    CORDON_TRY(load_flags(l, bytes, t, n));
    if (is_whole || reads_envelope(l->s, CD_ENVOP_CAPTURED)) {
        CORDON_TRY(cd_store_load_wide(l, bytes, n, false, &t->captured));
    } else {
        cd_store_skip_wide(l->st, bytes);
    }
    CORDON_TRY(load_stretches(l, bytes, t, n));
    CORDON_TRY(load_if(l, bytes, is_whole, n, &t->offset));
    CORDON_TRY(load_if(l, bytes, is_whole, n, &t->item));
    CORDON_TRY(load_if(l, bytes, is_whole, n, &t->from));
    drop_if_all(&t->arn, n, CD_ARN_MADE);
    drop_if_all(&t->item, n, CD_NONE);
    drop_if_all(&t->from, n, CD_NONE);
    t->n = t->cap = n;
    return bytes->bad ? wrong_table(l, "a table is not described as one") : CORDON_OK;
}

/* ---- properties without a shape ---- */

static cordon_status
load_unshaped(struct cd_store_load *l, struct cd_bytes *bytes, struct cd_table *t)
{
    uint32_t *values;
    uint32_t first, n;
    if (cd_bytes_get(bytes, 1) == 0 || !l->s->projection.all) {
        return CORDON_OK;
    }
    CORDON_TRY(
        cd_store_load_ints(l, bytes, t->n, (struct cd_store_column){CD_STORE_ANY, 0}, &values));
    CORDON_TRY(cd_store_load_json(l, bytes, &first, &n));
    for (uint32_t row = 0; row < t->n; row++) {
        if (values[row] == CD_NONE) {
            continue;
        }
        if (values[row] - first >= n) {
            return wrong_table(l, "a column points at no json value");
        }
        if (!cd_ingest_set_unshaped(l->s, t, row, values[row])) {
            return cd_store_no_memory(l->st, l->err);
        }
    }
    return CORDON_OK;
}

/* ---- a table ---- */

/* Rows of a table of which only the envelope is read. */
static cordon_status
load_bare_root(struct cd_store_load *l, struct cd_bytes *bytes, struct cd_table *t)
{
    t->root->is_borrowed = true;
    t->root->state = cd_store_zeros(l, t->n);
    t->root->n = t->root->cap = t->n;
    return t->root->state == NULL ? cd_store_no_memory(l->st, l->err)
                                  : cd_store_skip_tree(l, bytes);
}

cordon_status
cd_store_load_table(struct cd_store_load *l, const struct cd_store_table *from, struct cd_table *t)
{
    struct cd_str own;
    CORDON_TRY(cd_store_bytes(l->st, from->own.ref, from->own.n, &own, l->err));
    struct cd_bytes bytes = cd_bytes_of(own);
    l->next_node = from->first_node;
    CORDON_TRY(load_envelope(l, &bytes, from, t));
    t->is_settled = l->is_settled;
    if (cd_ingest_reads_tags(l->s, NULL)) {
        CORDON_TRY(cd_store_load_tree(l, &bytes, t->tags, from->n));
    } else {
        CORDON_TRY(cd_store_skip_tree(l, &bytes));
    }
    if (t->shape == CD_NONE && l->s->projection.img != NULL) {
        return load_bare_root(l, &bytes, t);
    }
    CORDON_TRY(cd_store_load_tree(l, &bytes, t->root, from->n));
    return load_unshaped(l, &bytes, t);
}
