/* Sources into a snapshot: a file or text goes through the splitter, and each piece is parsed and
 * read. */
#include "runtime/ingest/ingest.h"

#include "runtime/base/file.h"
#include "runtime/ingest/load.h"
#include "runtime/ingest/pipeline.h"
#include "runtime/ingest/source.h"

/* ---- pieces ---- */

static void
read_broken(struct cd_load *l, const struct cd_piece *piece)
{
    const char *what = "it is nested too deeply, or too long";
    size_t at = 0;
    l->s->sources[l->source].items++;
    l->item++;
    if (piece->too_long) {
        cd_item_lost(l, CD_STR("*"), CD_NO_STR, CD_NO_STR, "an item of more than %zu MB",
                     CD_ITEM_LIMIT >> 20);
        return;
    }
    if (piece->text.n == 0) {
        cd_item_lost(l, CD_STR("*"), CD_NO_STR, CD_NO_STR,
                     "nothing stands where an item is expected");
        return;
    }
    at = cd_text_fault(piece->text, &what);
    cd_item_lost(l, CD_STR("*"), CD_NO_STR, CD_NO_STR, "an item that is not JSON: %s, at byte %llu",
                 what, (unsigned long long)(piece->offset + at));
}

/* PARSED: NULL if the text is still to be parsed; otherwise M is what cd_item_look found. */
static cordon_status
read_item(struct cd_load *l, const struct cd_piece *piece, const struct cd_dom_doc *parsed,
          struct cd_members *m, struct cordon_error *err)
{
    struct cd_dom_val root = cd_dom_root(parsed);
    l->offset = piece->offset;
    enum cd_dom_status status = parsed != NULL ? CD_DOM_OK
                                : piece->text.n == 0
                                    ? CD_DOM_SYNTAX
                                    : cd_text_parse(l, l->dom, piece->text, true, &root);
    if (status == CD_DOM_OK && parsed == NULL) {
        cd_item_look(l, root, m);
    }
    if (status == CD_DOM_OK) {
        cd_item_read(l, root, m);
    } else if (status == CD_DOM_MEMORY) {
        l->oom = true;
    } else {
        read_broken(l, piece);
    }
    return l->oom ? cordon_fail(err, CORDON_ENOMEM, piece->offset, "out of memory") : CORDON_OK;
}

/* A document that is broken is no snapshot: an error, with its place in the stream. */
static cordon_status
fail_document(const struct cd_window *w, const struct cd_piece *piece, struct cordon_error *err)
{
    const char *what;
    uint64_t at = cd_text_fault(piece->text, &what);
    at += at >= w->cut_at ? w->cut : 0;
    return cordon_fail(err, CORDON_EINPUT, piece->offset + at, "it is not JSON: %s", what);
}

static cordon_status
read_document(struct cd_load *l, const struct cd_window *w, const struct cd_piece *piece,
              struct cordon_error *err)
{
    struct cd_dom_val root;
    l->offset = piece->offset;
    enum cd_dom_status status = cd_text_parse(l, l->dom, piece->text, true, &root);
    if (status == CD_DOM_MEMORY) {
        return cordon_fail(err, CORDON_ENOMEM, piece->offset, "out of memory");
    }
    if (status == CD_DOM_DEPTH) {
        return cordon_fail(err, CORDON_EINPUT, piece->offset, "it is nested too deeply");
    }
    if (status != CD_DOM_OK) {
        return fail_document(w, piece, err);
    }
    if (!piece->had_items) {
        struct cd_members m;
        cd_item_look(l, root, &m);
        cd_item_read(l, root, &m);
    } else {
        cd_page_note(l, root);
    }
    return l->oom ? cordon_fail(err, CORDON_ENOMEM, piece->offset, "out of memory") : CORDON_OK;
}

/* Nothing in the source is of a known format: the first problem says why. */
static cordon_status
fail_unknown(const struct cd_load *l, struct cordon_error *err)
{
    const struct cd_problem *first = &l->s->problems[l->first_problem];
    return cordon_fail(err, CORDON_EINPUT, first->offset,
                       "no known format (AWS Config's, or Cordon's own): %.*s",
                       CD_FMT(first->message));
}

/* Looks at item I of the batch, unless it is still to be parsed. */
static const struct cd_dom_doc *
look(struct cd_load *l, const struct cd_batch *b, size_t i, struct cd_members *m)
{
    const struct cd_dom_doc *parsed = i < b->w.n_pieces && i < CD_DOM_SHELF ? b->parsed[i] : NULL;
    if (parsed != NULL) {
        cd_item_look(l, cd_dom_root(parsed), m);
    }
    return parsed;
}

/* Each item is looked at while the one before it is still to be read. */
static cordon_status
read_batch(void *user, const struct cd_batch *b, struct cordon_error *err)
{
    struct cd_load *l = user;
    struct cd_members m[2];
    const struct cd_dom_doc *next = look(l, b, 0, &m[0]);
    for (size_t i = 0; i < b->w.n_pieces; i++) {
        const struct cd_piece *piece = &b->w.pieces[i];
        const struct cd_dom_doc *parsed = next;
        next = look(l, b, i + 1, &m[(i + 1) % 2]);
        switch (piece->kind) {
        case CD_PIECE_ITEM: CORDON_TRY(read_item(l, piece, parsed, &m[i % 2], err)); break;
        case CD_PIECE_DOCUMENT: CORDON_TRY(read_document(l, &b->w, piece, err)); break;
        }
    }
    return CORDON_OK;
}

static cordon_status
read_all(struct cd_load *l, struct cd_source *in, struct cordon_error *err)
{
    struct cd_split split;
    size_t n_scanners;
    unsigned n_threads = in->options == NULL ? 1 : in->options->n_threads;
    cd_split_init(&split, cd_source_read, in, cd_scanners(&n_scanners)[0], 0);
    cordon_status status = cd_pipeline_run(&split, n_threads, read_batch, l, err);
    cd_split_finish(&split);
    bool is_unknown = !l->recognized && l->s->sources[l->source].items > 0;
    if (status == CORDON_OK && is_unknown) {
        return fail_unknown(l, err);
    }
    if (status == CORDON_OK) {
        cd_config_complete(l);
    }
    return l->oom ? CORDON_ENOMEM : status;
}

/* ---- a source ---- */

/* What the program asks for beside properties; without one, everything is kept. */
static void
look_at_program(struct cd_ingest *in, const struct cd_image *img)
{
    in->reads_tags = in->asks_documents = img == NULL;
    for (size_t i = 0; img != NULL && i < img->code.n; i++) {
        enum cd_op op = (enum cd_op)img->code.items[i].op;
        bool asks_principal = op == CD_OP_CAN || op == CD_OP_BECOMES; /* whose tags are keys */
        bool is_tags = op == CD_OP_ENV && img->code.items[i].b == CD_ENVOP_TAGS;
        in->reads_tags |= asks_principal || is_tags;
        in->asks_documents |= asks_principal || op == CD_OP_ALLOWS || op == CD_OP_DENIES;
    }
}

struct cd_ingest *
cd_ingest_of(struct cd_snapshot *s)
{
    if (s->ingest == NULL) {
        s->ingest = CD_NEW(&s->arena, struct cd_ingest);
        if (s->ingest != NULL) {
            look_at_program(s->ingest, s->projection.img);
        }
    }
    return s->ingest;
}

static cordon_status
start_load(struct cd_load *l, struct cd_snapshot *s, struct cd_str path)
{
    *l = (struct cd_load){.s = s, .first_problem = s->n_problems};
    cd_arena_init(&l->arena);
    cd_arena_init(&l->item_arena);
    cd_map_init(&l->notes);
    l->in = cd_ingest_of(s);
    l->dom = cd_dom_new();
    l->scratch = cd_dom_new();
    l->source = cd_snapshot_source(s, path, CD_STR("aws-config"));
    bool ok = l->in != NULL && l->dom != NULL && l->scratch != NULL && l->source != CD_NONE;
    return ok ? CORDON_OK : CORDON_ENOMEM;
}

/* Problems that were met more than once say how often. */
static void
count_problems(struct cd_load *l)
{
    for (size_t i = 0; i < l->n_reported && !l->oom; i++) {
        const struct cd_value_plan *v = l->reported[i];
        struct cd_str *message = &l->s->problems[v->problem].message;
        if (v->n_problems > 1) {
            struct cd_str counted = cd_arena_printf(&l->s->arena, "%.*s (and %u more like it)",
                                                    CD_FMT(*message), v->n_problems - 1);
            *message = counted.p == NULL ? *message : counted;
        }
    }
}

static void
finish_load(struct cd_load *l)
{
    if (l->is_normal && l->source != CD_NONE && l->source < l->s->n_sources) {
        l->s->sources[l->source].format = CD_STR("cordon");
    }
    count_problems(l);
    for (size_t i = 0; i < CD_EMBEDDED_AT_ONCE; i++) {
        cd_dom_free(l->embedded[i]);
    }
    cd_dom_free(l->dom);
    cd_dom_free(l->scratch);
    cd_buf_finish(&l->text);
    cd_buf_finish(&l->clamped);
    cd_map_finish(&l->notes);
    cd_arena_finish(&l->item_arena);
    cd_arena_finish(&l->arena);
}

/* Puts the path before, and the place behind, a message. */
static cordon_status
located(cordon_status status, const char *path, struct cordon_error *err)
{
    if (status != CORDON_OK && err != NULL) {
        char what[sizeof err->message];
        memcpy(what, err->message, sizeof what);
        const char *text = what[0] == '\0' ? "out of memory" : what;
        char shown[CD_PATH_SHOWN];
        path = strcmp(path, "-") == 0 ? "standard input"
               : path[0] == '\0'      ? "\"\""
                                      : cd_path_shown(path, shown);
        uint64_t offset = what[0] == '\0' ? CORDON_NO_OFFSET : err->offset;
        if (offset == CORDON_NO_OFFSET) {
            return cordon_fail(err, status, offset, "%s: %.400s", path, text);
        }
        return cordon_fail(err, status, offset, "%s: byte %llu: %.400s", path,
                           (unsigned long long)offset, text);
    }
    return status;
}

static cordon_status
ingest(struct cd_snapshot *s, struct cd_source *in, struct cd_str path, struct cordon_error *err)
{
    struct cd_load l;
    struct cordon_error local = {.code = CORDON_OK};
    err = err == NULL ? &local : err;
    err->message[0] = '\0';
    cordon_status status = start_load(&l, s, path);
    if (status == CORDON_OK) {
        status = read_all(&l, in, err);
    }
    finish_load(&l);
    return located(status, in->path, err);
}

static bool
is_read_again(const struct cd_snapshot *s, const char *path)
{
    bool found = false;
    for (size_t i = 0; i < s->n_sources && strcmp(path, "-") == 0; i++) {
        found = found || cd_str_eq(s->sources[i].file, CD_STR("-"));
    }
    return found;
}

cordon_status
cd_ingest_file(struct cd_snapshot *s, const char *path, const struct cd_ingest_options *options,
               struct cordon_error *err)
{
    struct cd_source in;
    struct cordon_error local = {.code = CORDON_OK};
    err = err == NULL ? &local : err;
    cordon_status status = is_read_again(s, path)
                               ? cordon_fail(err, CORDON_EIO, CORDON_NO_OFFSET,
                                             "it is named twice, and can be read once")
                               : cd_source_open(&in, path, options, err);
    if (status != CORDON_OK) {
        return located(status, path, err);
    }
    status = ingest(s, &in, cd_str_of(path), err);
    cd_source_close(&in);
    return status;
}

cordon_status
cd_ingest_text(struct cd_snapshot *s, struct cd_str path, struct cd_str text,
               struct cordon_error *err)
{
    char name[256];
    size_t n = path.n < sizeof name ? path.n : sizeof name - 1;
    memcpy(name, path.p, n);
    name[n] = '\0';
    struct cd_source in;
    cd_source_text(&in, name, text);
    cordon_status status = ingest(s, &in, path, err);
    cd_source_close(&in);
    return status;
}
