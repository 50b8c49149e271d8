/* Formats a file declaration by declaration, then reads the result again and compares: a formatter
 * that changes what a policy says must never get to write it. */
#include "compiler/fmt/fmt.h"

#include <stdlib.h>

#include "compiler/ast/dump.h"
#include "compiler/fmt/build.h"
#include "compiler/parse/parse.h"

/* What is checked only of a whole file says nothing about its form. */
static bool
is_incomplete(const struct cd_diag *d)
{
    return d->code == CD_DIAG_MODULE_MISSING || d->code == CD_DIAG_DOC_DANGLING;
}

/* The tree of TEXT; NULL if it has syntax errors. Everything is the arena's, which may be reset
 * afterwards: sources remember lines in theirs, so these are not the caller's. */
static const struct cd_module *
parse(struct cd_arena *arena, struct cd_str text)
{
    struct cd_diags diags;
    struct cd_sources sources;
    cd_diags_init(&diags, arena);
    cd_sources_init(&sources, arena);
    uint32_t file = cd_sources_add(&sources, CD_STR("text"), text, false);
    const struct cd_module *m = cd_parse(arena, &diags, &sources, file, NULL);
    for (size_t i = 0; i < diags.n; i++) {
        if (diags.items[i]->severity == CD_ERROR && !is_incomplete(diags.items[i])) {
            return NULL;
        }
    }
    return m;
}

/* Appends the tree of TEXT to TREE; false if it has syntax errors. */
static bool
dump(struct cd_arena *arena, struct cd_str text, struct cd_buf *tree)
{
    struct cd_arena_mark mark = cd_arena_mark(arena);
    const struct cd_module *m = parse(arena, text);
    if (m != NULL) {
        cd_ast_dump(m, tree);
    }
    cd_arena_reset(arena, mark);
    return m != NULL;
}

/* ---- writing ---- */

static bool
is_header(int kind)
{
    return kind == CD_TOK_MODULE || kind == CD_TOK_USE;
}

static bool
is_block(int kind)
{
    return kind == CD_TOK_CONTROL || kind == CD_TOK_TEST;
}

/* Does any empty line stand among the comments above the token at the cursor? */
static bool
is_set_apart(const struct cd_fmt_builder *f)
{
    const struct cd_fmt_token *t = &f->tokens->items[f->at];
    for (uint32_t k = 0; k <= t->n_comments; k++) {
        if (cd_fmt_has_blank(f->tokens, t, k)) {
            return true;
        }
    }
    return false;
}

/* Blocks stand apart, and so do the declarations from the lines that name modules. Else the author
 * decides. */
static bool
needs_blank(const struct cd_fmt_builder *f, int before)
{
    int kind = cd_fmt_kind(f);
    bool apart = is_block(before) || is_block(kind) || (is_header(before) && !is_header(kind));
    return cd_fmt_blank_above(f) || (apart && kind != CD_TOK_END && !is_set_apart(f));
}

/* ARENA holds nothing but the operations of one declaration. */
static void
write(struct cd_arena *arena, struct cd_fmt_tokens *tokens, struct cd_buf *out)
{
    struct cd_layout layout;
    struct cd_fmt_builder f = {.layout = &layout, .tokens = tokens, .led = SIZE_MAX};
    struct cd_arena_mark mark = cd_arena_mark(arena);
    int before = CD_TOK_END;
    cd_layout_init(&layout, arena, tokens, out);
    for (bool first = true; cd_fmt_kind(&f) != CD_TOK_END; first = false) {
        size_t op = cd_fmt_add(&f, CD_LAY_HARD);
        layout.ops[op].blank = !first && needs_blank(&f, before);
        before = cd_fmt_kind(&f);
        cd_fmt_lead(&f);
        cd_fmt_decl(&f);
        cd_layout_print(&layout);
        cd_arena_reset(arena, mark);
    }
    cd_fmt_closing(&f, CD_LAY_HARD);
    cd_layout_print(&layout);
    cd_layout_finish(&layout);
    cd_arena_reset(arena, mark);
}

/* ---- checking ---- */

static int
compare_texts(const void *x, const void *y)
{
    return cd_str_cmp(*(const struct cd_str *)x, *(const struct cd_str *)y);
}

struct comments {
    struct cd_str *items;
    size_t n, cap;
};

static struct comments
comments_of(struct cd_arena *arena, const struct cd_fmt_tokens *tokens)
{
    struct comments all = {.n = 0};
    for (size_t i = 0; i < tokens->n_comments; i++) {
        struct cd_str *slot = CD_PUSH(arena, all.items, all.n, all.cap);
        *slot = tokens->comments[i].text;
    }
    for (size_t i = 0; i < tokens->n; i++) {
        if (tokens->items[i].trail.n > 0) {
            struct cd_str *slot = CD_PUSH(arena, all.items, all.n, all.cap);
            *slot = tokens->items[i].trail;
        }
    }
    if (all.n > 1) {
        qsort(all.items, all.n, sizeof *all.items, compare_texts);
    }
    return all;
}

static bool
same_comments(struct cd_arena *arena, const struct cd_fmt_tokens *a, const struct cd_fmt_tokens *b)
{
    struct comments x = comments_of(arena, a);
    struct comments y = comments_of(arena, b);
    if (x.n != y.n) {
        return false;
    }
    for (size_t i = 0; i < x.n; i++) {
        if (!cd_str_eq(x.items[i], y.items[i])) {
            return false;
        }
    }
    return true;
}

/* Has the text the tree of its source? */
static bool
same_tree(struct cd_arena *arena, struct cd_formatted *result)
{
    size_t n = result->tree.n;
    bool parses = dump(arena, cd_buf_view(&result->text), &result->tree);
    struct cd_str both = cd_buf_view(&result->tree);
    return parses && cd_str_eq(cd_str_sub(both, 0, n), cd_str_sub(both, n, both.n));
}

/* ---- the steps ---- */

/* True if the text says what FILE says. */
static bool
format(struct cd_arena *arena, struct cd_str text, struct cd_formatted *result)
{
    struct cd_fmt_tokens before;
    struct cd_fmt_tokens after;
    cd_fmt_scan(arena, text, &before);
    cd_fmt_drop_parens(arena, &before);
    cd_fmt_settle(&before);
    write(arena, &before, &result->text);
    cd_buf_putc(&result->text, '\0'); /* as the lexer needs it */
    if (result->text.oom || result->tree.oom) {
        return true;
    }
    result->text.n--;
    if (!same_tree(arena, result)) {
        return false;
    }
    cd_fmt_scan(arena, cd_buf_view(&result->text), &after);
    return same_comments(arena, &before, &after);
}

cordon_status
cd_fmt(struct cd_arena *arena, struct cd_diags *diags, struct cd_sources *sources, uint32_t file,
       struct cd_formatted *result, struct cordon_error *err)
{
    if (!dump(arena, sources->files[file].text, &result->tree)) {
        (void)cd_parse(arena, diags, sources, file, NULL);
        return CORDON_EPOLICY;
    }
    struct cd_arena_mark mark = cd_arena_mark(arena);
    bool says_the_same = format(arena, sources->files[file].text, result);
    cd_arena_reset(arena, mark);
    if (result->text.oom || result->tree.oom) {
        return cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory");
    }
    if (!says_the_same) {
        return cordon_fail(err, CORDON_EDEFECT, CORDON_NO_OFFSET,
                           "%.*s: formatting would change what it says; it is left alone",
                           CD_FMT(sources->files[file].path));
    }
    return CORDON_OK;
}

void
cd_formatted_finish(struct cd_formatted *result)
{
    cd_buf_finish(&result->text);
    cd_buf_finish(&result->tree);
}
