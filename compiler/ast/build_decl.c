/* Declarations: modules and uses, parameters, functions, controls with their items, waivers. Tests
 * are in build_test.c. */
#include "compiler/ast/build.h"
#include "compiler/ast/metadata.h"

/* ---- documentation ---- */

void
cd_ast_doc(struct cd_tree *b, struct cd_span line)
{
    struct cd_str text = cd_tree_slice(b, line);
    size_t from = 0;
    while (from < text.n && text.p[from] == '#') {
        from++;
    }
    from += from < text.n && text.p[from] == ' ';
    while (text.n > from
           && (text.p[text.n - 1] == ' ' || text.p[text.n - 1] == '\t'
               || text.p[text.n - 1] == '\r')) {
        text.n--;
    }
    if (b->n_doc_lines == 0) {
        b->doc = line;
    }
    struct cd_str *slot = CD_PUSH(b->arena, b->doc_lines, b->n_doc_lines, b->cap_doc_lines);
    *slot = cd_str_sub(text, from, text.n);
}

/* The lines that wait, joined; none wait afterwards. */
static struct cd_str
take_doc(struct cd_tree *b)
{
    size_t size = 0;
    for (size_t i = 0; i < b->n_doc_lines; i++) {
        size += b->doc_lines[i].n + 1;
    }
    if (size == 0) {
        return CD_STR("");
    }
    char *joined = cd_arena_alloc(b->arena, size);
    size_t n = 0;
    for (size_t i = 0; i < b->n_doc_lines; i++) {
        if (i > 0) {
            joined[n++] = '\n';
        }
        if (b->doc_lines[i].n > 0) {
            memcpy(joined + n, b->doc_lines[i].p, b->doc_lines[i].n);
        }
        n += b->doc_lines[i].n;
    }
    b->n_doc_lines = 0;
    b->doc = CD_NO_SPAN;
    return (struct cd_str){joined, n};
}

void
cd_tree_finish(struct cd_tree *b)
{
    if (b->n_doc_lines > 0) {
        struct cd_diag *d = cd_diag_add(b->diags, CD_DIAG_DOC_DANGLING, b->doc,
                                        "no declaration follows this documentation");
        cd_diag_help(b->diags, d, "an ordinary comment begins with a single #");
    }
    if (b->module->name.n == 0) {
        struct cd_span start = {b->file, 0, 0};
        struct cd_diag *d =
            cd_diag_add(b->diags, CD_DIAG_MODULE_MISSING, start, "the file has no module line");
        cd_diag_help(b->diags, d, "begin it with: module name");
    }
}

/* ---- modules and constants ---- */

static struct cd_decl *
open_decl(struct cd_tree *b, enum cd_decl_kind kind, struct cd_span at)
{
    struct cd_decl *d = CD_NEW(b->arena, struct cd_decl);
    d->kind = kind;
    d->span = at;
    d->name = (struct cd_name){CD_STR(""), at};
    d->doc = take_doc(b);
    d->module = b->module;
    d->id = d->title = d->text = d->remedy = d->owner = d->detect_only = d->title_text = CD_STR("");
    return d;
}

static void
close_decl(struct cd_tree *b, struct cd_decl *d, struct cd_span end)
{
    d->span = cd_span_join(d->span, end);
    d->index = (uint32_t)b->module->n_decls;
    struct cd_decl **slot =
        CD_PUSH(b->arena, b->module->decls, b->module->n_decls, b->module->cap_decls);
    *slot = d;
}

struct cd_str
cd_path_text(struct cd_arena *arena, const struct cd_path *path)
{
    size_t size = 0;
    for (size_t i = 0; i < path->n; i++) {
        size += path->parts[i].text.n + 1;
    }
    char *p = cd_arena_alloc(arena, size);
    size_t n = 0;
    for (size_t i = 0; i < path->n; i++) {
        if (i > 0) {
            p[n++] = '.';
        }
        memcpy(p + n, path->parts[i].text.p, path->parts[i].text.n);
        n += path->parts[i].text.n;
    }
    return (struct cd_str){p, n};
}

void
cd_ast_module(struct cd_tree *b, struct cd_span at, const struct cd_name_list *path)
{
    struct cd_str doc = take_doc(b);
    if (b->module->name.n > 0) {
        struct cd_diag *d =
            cd_diag_add(b->diags, CD_DIAG_MODULE_SECOND, at, "this file is already module %.*s",
                        CD_FMT(b->module->name));
        cd_diag_help(b->diags, d, "one file is one module: move what follows to a file of its own");
        return;
    }
    struct cd_path name = cd_ast_path(path);
    b->module->name = cd_path_text(b->arena, &name);
    b->module->name_span = name.span;
    b->module->doc = doc;
}

void
cd_ast_use(struct cd_tree *b, const struct cd_name_list *path, const struct cd_span *alias)
{
    (void)take_doc(b);
    struct cd_use *use = CD_PUSH(b->arena, b->module->uses, b->module->n_uses, b->module->cap_uses);
    *use = (struct cd_use){.path = cd_ast_path(path), .alias = path->items[path->n - 1]};
    use->span = use->path.span;
    if (alias != NULL) {
        use->alias = cd_ast_name(b, *alias);
        use->span = cd_span_join(use->span, *alias);
    }
}

/* The word of a LABEL: without the blanks and the colon behind it. */
static struct cd_name
label_name(struct cd_tree *b, struct cd_span label)
{
    struct cd_str text = cd_tree_slice(b, label);
    size_t n = 0;
    while (n < text.n && text.p[n] != ':' && text.p[n] != ' ' && text.p[n] != '\t'
           && text.p[n] != '\r' && text.p[n] != '\n') {
        n++;
    }
    label.end = label.start + (uint32_t)n;
    return cd_ast_name(b, label);
}

void
cd_ast_param(struct cd_tree *b, struct cd_span at, struct cd_span label, struct cd_type_expr *t,
             struct cd_expr *value, struct cd_expr *where)
{
    struct cd_decl *d = open_decl(b, CD_DECL_PARAM, at);
    d->name = label_name(b, label);
    d->type_expr = t;
    d->value = value;
    d->where = where;
    close_decl(b, d, where != NULL ? where->span : value != NULL ? value->span : t->span);
}

void
cd_ast_let(struct cd_tree *b, struct cd_span at, struct cd_span name, struct cd_expr *value)
{
    struct cd_decl *d = open_decl(b, CD_DECL_LET, at);
    d->name = cd_ast_name(b, name);
    d->value = value;
    close_decl(b, d, value->span);
}

struct cd_fn_param_list *
cd_ast_fn_params(struct cd_tree *b, struct cd_fn_param_list *list, struct cd_span label,
                 struct cd_type_expr *t)
{
    if (list == NULL) {
        list = CD_NEW(b->arena, struct cd_fn_param_list);
    }
    size_t index = list->n;
    struct cd_fn_param *p = CD_PUSH(b->arena, list->items, list->n, list->cap);
    p->binding = cd_ast_binding(b, label_name(b, label).span, index);
    p->type = t;
    return list;
}

void
cd_ast_fn(struct cd_tree *b, struct cd_span at, struct cd_span name,
          struct cd_fn_param_list *params, struct cd_type_expr *result, struct cd_expr *body)
{
    struct cd_decl *d = open_decl(b, CD_DECL_FN, at);
    d->name = cd_ast_name(b, name);
    if (params != NULL) {
        d->params = params->items;
        d->n_params = params->n;
    }
    d->type_expr = result;
    d->value = body;
    close_decl(b, d, body->span);
}

void
cd_ast_waive(struct cd_tree *b, struct cd_span at, const struct cd_name_list *target,
             struct cd_expr_list *on, struct cd_span until, struct cd_expr *because)
{
    struct cd_decl *d = open_decl(b, CD_DECL_WAIVE, at);
    d->target = cd_ast_path(target);
    d->on = on->items;
    d->n_on = on->n;
    d->until_ms = cd_ast_date(b, until)->ms;
    d->because = because;
    close_decl(b, d, because->span);
}

/* ---- controls ---- */

void
cd_ast_control_begin(struct cd_tree *b, struct cd_span at, struct cd_span name)
{
    b->decl = open_decl(b, CD_DECL_CONTROL, at);
    b->decl->name = cd_ast_name(b, name);
}

/* Metadata is kept in the order of its table, whatever order it is written in; the rest stays. */
static void
sort_metadata(struct cd_tree *b, struct cd_decl *d)
{
    struct cd_meta *sorted = CD_NEW_ARRAY(b->arena, d->n_metas, struct cd_meta);
    size_t n = 0;
    for (unsigned rank = 0; rank <= CD_N_METADATA; rank++) {
        for (size_t i = 0; i < d->n_metas; i++) {
            if (cd_metadata_find(d->metas[i].word.text) == rank) {
                sorted[n++] = d->metas[i];
            }
        }
    }
    d->metas = sorted;
    d->cap_metas = n;
}

void
cd_ast_block_end(struct cd_tree *b, struct cd_span close)
{
    sort_metadata(b, b->decl);
    close_decl(b, b->decl, close);
    b->decl = NULL;
}

struct cd_meta_list *
cd_ast_metas(struct cd_tree *b, struct cd_meta_list *list, struct cd_expr *text,
             const struct cd_name_list *path)
{
    if (list == NULL) {
        list = CD_NEW(b->arena, struct cd_meta_list);
    }
    struct cd_meta_value *v = CD_PUSH(b->arena, list->items, list->n, list->cap);
    v->text = text;
    if (path != NULL) {
        v->path = cd_ast_path(path);
    }
    v->span = text != NULL ? text->span : v->path.span;
    return list;
}

void
cd_ast_meta(struct cd_tree *b, struct cd_span word, const struct cd_meta_list *values)
{
    struct cd_decl *d = b->decl;
    struct cd_meta *m = CD_PUSH(b->arena, d->metas, d->n_metas, d->cap_metas);
    *m = (struct cd_meta){cd_ast_name(b, word), values->items, values->n};
}

static struct cd_clause *
add_clause(struct cd_tree *b, struct cd_span at)
{
    struct cd_decl *d = b->decl;
    struct cd_clause *c = CD_PUSH(b->arena, d->clauses, d->n_clauses, d->cap_clauses);
    *c = (struct cd_clause){.span = at};
    return c;
}

void
cd_ast_for(struct cd_tree *b, struct cd_span at, struct cd_span name, struct cd_expr *source,
           struct cd_expr *where)
{
    struct cd_clause *c = add_clause(b, at);
    c->binding = cd_ast_binding(b, name, 0);
    c->source = source;
    c->where = where;
    c->span = cd_span_join(at, where != NULL ? where->span : source->span);
}

/* A `require` belongs to the last `for`; before the first one it is asked of the whole snapshot. */
void
cd_ast_require(struct cd_tree *b, struct cd_span at, struct cd_expr *cond, struct cd_expr *message)
{
    struct cd_decl *d = b->decl;
    struct cd_clause *c = d->n_clauses > 0 ? &d->clauses[d->n_clauses - 1] : add_clause(b, at);
    struct cd_require *r = CD_PUSH(b->arena, c->requires, c->n_requires, c->cap_requires);
    r->span = cd_span_join(at, message != NULL ? message->span : cond->span);
    r->cond = cond;
    r->message = message;
    c->span = cd_span_join(c->span, r->span);
}

struct cd_act
cd_ast_act_star(struct cd_span at)
{
    return (struct cd_act){.span = at, .is_star = true, .aname = CD_STR("")};
}

struct cd_act
cd_ast_act_aname(struct cd_tree *b, struct cd_span at)
{
    return (struct cd_act){.span = at, .aname = cd_ast_word(b, CD_EXPR_ANAME, at)->text};
}

struct cd_act
cd_ast_act_path(const struct cd_name_list *names)
{
    struct cd_path path = cd_ast_path(names);
    return (struct cd_act){.span = path.span, .aname = CD_STR(""), .path = path};
}

struct cd_act_list *
cd_ast_acts(struct cd_tree *b, struct cd_act_list *list, struct cd_act act)
{
    if (list == NULL) {
        list = CD_NEW(b->arena, struct cd_act_list);
    }
    struct cd_act *slot = CD_PUSH(b->arena, list->items, list->n, list->cap);
    *slot = act;
    return list;
}

void
cd_ast_deny(struct cd_tree *b, struct cd_span at, const struct cd_act_list *acts,
            const struct cd_act_list *excepts, struct cd_on on, struct cd_expr *when,
            struct cd_expr *unless)
{
    struct cd_decl *d = b->decl;
    struct cd_deny *deny = CD_PUSH(b->arena, d->denies, d->n_denies, d->cap_denies);
    *deny = (struct cd_deny){.acts = acts->items,
                             .n_acts = acts->n,
                             .not_on = on.negated,
                             .when = when,
                             .unless = unless};
    struct cd_span end = acts->items[acts->n - 1].span;
    if (excepts != NULL) {
        deny->excepts = excepts->items;
        deny->n_excepts = excepts->n;
        end = excepts->items[excepts->n - 1].span;
    }
    if (on.patterns != NULL) {
        deny->on = on.patterns->items;
        deny->n_on = on.patterns->n;
        end = deny->on[deny->n_on - 1]->span;
    }
    end = when != NULL ? when->span : end;
    deny->span = cd_span_join(at, unless != NULL ? unless->span : end);
}
