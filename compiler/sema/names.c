/* What a name stands for: variables, declarations, members of modules, functions, paths to
 * controls. */
#include "compiler/sema/check.h"

#include "compiler/diag/habits.h"
#include "compiler/source/std_modules.h"

static void
near_scope(struct cd_nearest *near, const struct cd_sema_scope *scope)
{
    for (size_t i = 0; i < scope->n_symbols; i++) {
        const struct cd_symbol *sym = &scope->symbols[i];
        cd_nearest_try(near,
                       sym->kind == CD_SYMBOL_DECL ? sym->decl->name.text : sym->use->alias.text);
    }
}

/* Is WORD what follows the last SEPARATOR in NAME? */
static bool
ends_with_word(struct cd_str name, struct cd_str word, char separator)
{
    return word.n > 0 && name.n > word.n && name.p[name.n - word.n - 1] == separator
           && cd_str_eq(cd_str_sub(name, name.n - word.n, name.n), word);
}

/* `std/frameworks/gdpr.cordon` is std.frameworks.gdpr. */
static struct cd_str
module_of_path(struct cd_arena *a, struct cd_str path)
{
    size_t n = cd_str_find(path, '.', 0);
    char *name = CD_NEW_ARRAY(a, n + 1, char);
    for (size_t i = 0; i < n; i++) {
        name[i] = path.p[i];
        if (name[i] == '/') {
            name[i] = '.';
        }
    }
    return (struct cd_str){name, n};
}

/* A module of the library that would go by NAME, if it was brought in. */
static bool
near_library(struct cd_sema *s, struct cd_diag *d, struct cd_str name)
{
    for (size_t i = 0; i < cd_n_std_modules; i++) {
        struct cd_str full = module_of_path(s->arena, cd_str_of(cd_std_modules[i].path));
        if (ends_with_word(full, name, '.')) {
            cd_diag_help(s->diags, d, "bring the module in: use %.*s", CD_FMT(full));
            return true;
        }
    }
    return false;
}

/* A module that goes by another name here, or that was not brought in. */
static bool
near_module(struct cd_checker *c, struct cd_diag *d, struct cd_str name)
{
    if (cd_str_eq(name, CD_STR("std"))) {
        cd_diag_help(c->s->diags, d,
                     "a module goes by the last word of its name: use std.regions, "
                     "and then regions.eu");
        return true;
    }
    for (size_t i = 0; i < c->module->n_uses; i++) {
        const struct cd_use *use = &c->module->uses[i];
        if (cd_str_eq(use->path.parts[use->path.n - 1].text, name)) {
            cd_diag_help(c->s->diags, d, "this module is brought in as %.*s",
                         CD_FMT(use->alias.text));
            return true;
        }
    }
    return near_library(c->s, d, name);
}

/* `Bucket`, `AWS.S3.Bucket`: a type by half its name. */
static void
near_type(struct cd_checker *c, struct cd_diag *d, struct cd_str name)
{
    if (cd_str_eq(name, CD_STR("AWS"))) {
        cd_diag_help(c->s->diags, d, "a type is written AWS::S3::Bucket");
        return;
    }
    struct cd_str shortest = CD_STR("");
    for (uint32_t i = 0; i < cd_schema_n_shapes(); i++) {
        struct cd_schema_shape shape = cd_schema_shape_at(i);
        bool is_better = shortest.n == 0 || shape.name.n < shortest.n;
        if (is_better && shape.is_resource && ends_with_word(shape.name, name, ':')) {
            shortest = shape.name;
        }
    }
    if (shortest.n > 0) {
        cd_diag_help(c->s->diags, d, "a type is written with all its words, such as %.*s",
                     CD_FMT(shortest));
        return;
    }
    uint32_t first, n;
    if (cd_iam_service_actions(name, &first, &n)) {
        cd_diag_help(c->s->diags, d, "an action is written %.*s:Name, all of a service %.*s:*",
                     CD_FMT(name), CD_FMT(name));
    }
}

/* Is NAME a property of the innermost variable that has one of this name? */
static bool
near_property(struct cd_checker *c, struct cd_diag *d, struct cd_str name)
{
    for (size_t i = c->n_bindings; i-- > 0;) {
        const struct cd_binding *b = c->bindings[i];
        enum cd_type_kind kind = b->type->kind;
        enum cd_envelope word;
        bool is_resource = kind == CD_TYPE_RESOURCE || kind == CD_TYPE_ANY_RESOURCE;
        bool is_shaped = kind == CD_TYPE_RESOURCE || kind == CD_TYPE_RECORD;
        if ((is_resource && cd_envelope_word(name, &word))
            || (is_shaped && cd_schema_find_field(b->type->shape, name) != CD_SCHEMA_NONE)) {
            cd_diag_help(c->s->diags, d, "write %.*s.%.*s", CD_FMT(b->name.text), CD_FMT(name));
            return true;
        }
    }
    return false;
}

/* `RequestedRegion`, in a condition on requests: a key without its prefix. */
static bool
near_key(struct cd_checker *c, struct cd_diag *d, struct cd_str name)
{
    struct cd_str shortest = CD_STR("");
    for (uint32_t i = 0; c->keys && i < cd_iam_n_keys(); i++) {
        struct cd_iam_key key = cd_iam_key_at(i);
        bool is_better = shortest.n == 0 || key.is_global || key.name.n < shortest.n;
        if (is_better && !key.is_retired && ends_with_word(key.name, name, ':')) {
            shortest = key.name;
        }
    }
    if (shortest.n > 0) {
        cd_diag_help(c->s->diags, d, "did you mean the condition key %.*s?", CD_FMT(shortest));
    }
    return shortest.n > 0;
}

static void
unknown_name(struct cd_checker *c, const struct cd_expr *e)
{
    struct cd_nearest near;
    cd_nearest_init(&near, e->text);
    for (size_t i = c->n_bindings; i-- > 0;) {
        cd_nearest_try(&near, c->bindings[i]->name.text);
    }
    near_scope(&near, c->scope);
    cd_nearest_builtins(&near);
    cd_nearest_try(&near, CD_STR("resource"));
    cd_nearest_try(&near, CD_STR("internet"));
    struct cd_diag *d = cd_diag_add(c->s->diags, CD_DIAG_UNKNOWN_NAME, e->span,
                                    "nothing here is called `%.*s`", CD_FMT(e->text));
    const char *habit = cd_habit_help(e->text);
    if (habit != NULL) {
        cd_diag_help(c->s->diags, d, "%s", habit);
    } else if (cd_str_eq(e->text, CD_STR("unknown"))) {
        cd_diag_help(
            c->s->diags, d,
            "whether a value is known cannot be asked; an answer that needs it is unknown");
    } else if (near_property(c, d, e->text) || near_key(c, d, e->text)) {
        return;
    } else if (near.best.p == NULL && !near_module(c, d, e->text)) {
        near_type(c, d, e->text);
        if (d->help.n == 0 && c->place == CD_PLACE_DENY) {
            cd_diag_help(c->s->diags, d, "a deny sees the request, constants and parameters only");
        }
    } else {
        cd_nearest_help(c->s->diags, d, &near);
    }
}

static const struct cd_type *
wrong_name(struct cd_checker *c, struct cd_expr *e, const char *what, struct cd_str help)
{
    struct cd_diag *d = cd_diag_add(c->s->diags, CD_DIAG_WRONG_NAME, e->span,
                                    "`%.*s` is %s, not a value", CD_FMT(e->text), what);
    cd_diag_help(c->s->diags, d, "%.*s", CD_FMT(help));
    return cd_error_type(c, e);
}

static struct cd_str
call_it(struct cd_checker *c, const struct cd_expr *e)
{
    return cd_arena_printf(c->s->arena, "call it: %.*s(…)", CD_FMT(e->text));
}

/* The type of a use of D; constants and functions of other modules are checked on the way. */
static const struct cd_type *
use_decl(struct cd_checker *c, struct cd_expr *e, struct cd_decl *d)
{
    switch (d->kind) {
    case CD_DECL_FN: return wrong_name(c, e, "a function", call_it(c, e));
    case CD_DECL_CONTROL:
        return wrong_name(c, e, "a control", CD_STR("put what the two share into a function"));
    case CD_DECL_PARAM:
    case CD_DECL_LET: break;
    case CD_DECL_WAIVE:
    case CD_DECL_TEST: return cd_error_type(c, e);
    }
    e->ref.kind = d->kind == CD_DECL_PARAM ? CD_REF_PARAM : CD_REF_LET;
    e->ref.decl = d;
    if (!cd_need_decl(c, d, e->span)) {
        return cd_error_type(c, e);
    }
    c->uses |= d->kind == CD_DECL_PARAM ? CD_USES_PARAM : cd_sema_info(c->s, d)->uses;
    return d->type;
}

static struct cd_binding *
find_binding(const struct cd_checker *c, struct cd_str name)
{
    for (size_t i = c->n_bindings; i-- > 0;) {
        if (cd_str_eq(c->bindings[i]->name.text, name)) {
            return c->bindings[i];
        }
    }
    return NULL;
}

static const struct cd_type *
infer_runtime_name(struct cd_checker *c, struct cd_expr *e)
{
    if (cd_str_eq(e->text, CD_STR("resource"))) {
        e->ref.kind = CD_REF_TABLE;
        e->shape = CD_SCHEMA_NONE;
        cd_note_table(c, e->span, e->text);
        return cd_type_of(c->s->types, CD_TYPE_SET, cd_simple(c, CD_TYPE_ANY_RESOURCE));
    }
    if (cd_str_eq(e->text, CD_STR("internet"))) {
        return wrong_name(c, e, "an end point of `reaches`",
                          CD_STR("it stands only there: reaches(internet, to, port)"));
    }
    return wrong_name(c, e, "a function", call_it(c, e));
}

bool
cd_name_is_known(struct cd_checker *c, struct cd_str name)
{
    enum cd_builtin b;
    return find_binding(c, name) || cd_scope_find(c->scope, name) || cd_is_value_builtin(name, &b);
}

const struct cd_type *
cd_infer_name(struct cd_checker *c, struct cd_expr *e)
{
    struct cd_binding *b = find_binding(c, e->text);
    if (b) {
        e->ref.kind = CD_REF_BINDING;
        e->ref.binding = b;
        c->uses |= CD_USES_BINDING;
        return b->type;
    }
    const struct cd_symbol *sym = cd_scope_find(c->scope, e->text);
    if (sym && sym->kind == CD_SYMBOL_MODULE) {
        e->ref.kind = CD_REF_MODULE;
        e->ref.module = sym->use->module;
        return wrong_name(
            c, e, "a module",
            cd_arena_printf(c->s->arena, "name what you mean in it: %.*s.NAME", CD_FMT(e->text)));
    }
    if (sym) {
        return use_decl(c, e, sym->decl);
    }
    if (cd_name_is_runtimes(e->text) && !cd_str_eq(e->text, CD_STR("unknown"))) {
        return infer_runtime_name(c, e);
    }
    unknown_name(c, e);
    return cd_error_type(c, e);
}

bool
cd_names_module(struct cd_checker *c, struct cd_expr *e, struct cd_module **module)
{
    if (e->kind != CD_EXPR_NAME || find_binding(c, e->text)) {
        return false;
    }
    const struct cd_symbol *sym = cd_scope_find(c->scope, e->text);
    if (!sym || sym->kind != CD_SYMBOL_MODULE) {
        return false;
    }
    e->ref.kind = CD_REF_MODULE;
    e->ref.module = *module = sym->use->module;
    e->type = cd_simple(c, CD_TYPE_ERROR);
    return true;
}

/* The declaration NAME of M; reports if there is none. M is NULL after an error of an earlier
 * stage. */
static struct cd_decl *
member(struct cd_sema *s, struct cd_module *m, struct cd_name name)
{
    if (!m) {
        return NULL;
    }
    struct cd_decl *d = cd_module_find(s, m, name.text);
    if (d) {
        return d;
    }
    struct cd_nearest near;
    cd_nearest_init(&near, name.text);
    for (size_t i = 0; i < m->n_decls; i++) {
        if (m->decls[i]->name.text.n > 0) {
            cd_nearest_try(&near, m->decls[i]->name.text);
        }
    }
    struct cd_diag *diag =
        cd_diag_add(s->diags, CD_DIAG_UNKNOWN_MEMBER, name.span, "module %.*s declares no `%.*s`",
                    CD_FMT(m->name), CD_FMT(name.text));
    cd_nearest_help(s->diags, diag, &near);
    return NULL;
}

static struct cd_name
field_name(const struct cd_expr *e)
{
    struct cd_span span = e->span;
    if (span.end - span.start > e->text.n) {
        span.start = span.end - (uint32_t)e->text.n;
    }
    return (struct cd_name){e->text, span};
}

const struct cd_type *
cd_infer_member(struct cd_checker *c, struct cd_expr *e, struct cd_module *m)
{
    struct cd_decl *d = member(c->s, m, field_name(e));
    return d ? use_decl(c, e, d) : cd_error_type(c, e);
}

static bool
callee_is_fn(struct cd_checker *c, struct cd_expr *callee, struct cd_decl *d, struct cd_ref *ref)
{
    if (d->kind != CD_DECL_FN) {
        struct cd_diag *diag = cd_diag_add(c->s->diags, CD_DIAG_NOT_A_FUNCTION, callee->span,
                                           "`%.*s` is no function", CD_FMT(callee->text));
        cd_diag_help(c->s->diags, diag,
                     "only what fn declares, and the functions of the language, are called");
        return false;
    }
    callee->ref.kind = CD_REF_FN;
    callee->ref.decl = d;
    callee->type = cd_simple(c, CD_TYPE_ERROR);
    *ref = callee->ref;
    return cd_need_decl(c, d, callee->span);
}

static bool
unknown_function(struct cd_checker *c, const struct cd_expr *callee)
{
    struct cd_nearest near;
    cd_nearest_init(&near, callee->text);
    cd_nearest_builtins(&near);
    for (size_t i = 0; i < c->scope->n_symbols; i++) {
        const struct cd_symbol *sym = &c->scope->symbols[i];
        if (sym->kind == CD_SYMBOL_DECL && sym->decl->kind == CD_DECL_FN) {
            cd_nearest_try(&near, sym->decl->name.text);
        }
    }
    struct cd_diag *d = cd_diag_add(c->s->diags, CD_DIAG_UNKNOWN_NAME, callee->span,
                                    "there is no function `%.*s`", CD_FMT(callee->text));
    const char *habit = cd_habit_help(callee->text);
    if (habit != NULL) {
        cd_diag_help(c->s->diags, d, "%s", habit);
    } else {
        cd_nearest_help(c->s->diags, d, &near);
    }
    return false;
}

static bool
name_callee(struct cd_checker *c, struct cd_expr *callee, struct cd_ref *ref)
{
    enum cd_builtin b;
    const struct cd_symbol *sym = cd_scope_find(c->scope, callee->text);
    if (find_binding(c, callee->text) || (sym && sym->kind == CD_SYMBOL_MODULE)) {
        cd_diag_add(c->s->diags, CD_DIAG_NOT_A_FUNCTION, callee->span, "`%.*s` is no function",
                    CD_FMT(callee->text));
        return false;
    }
    if (sym) {
        return callee_is_fn(c, callee, sym->decl, ref);
    }
    if (cd_is_value_builtin(callee->text, &b)) {
        callee->ref.kind = CD_REF_BUILTIN;
        callee->ref.builtin = b;
        *ref = callee->ref;
        return true;
    }
    return unknown_function(c, callee);
}

bool
cd_resolve_callee(struct cd_checker *c, struct cd_expr *callee, struct cd_ref *ref)
{
    struct cd_module *m;
    callee->type = cd_simple(c, CD_TYPE_ERROR);
    if (callee->kind == CD_EXPR_NAME) {
        return name_callee(c, callee, ref);
    }
    if (callee->kind == CD_EXPR_FIELD && cd_names_module(c, callee->a, &m)) {
        struct cd_decl *d = member(c->s, m, field_name(callee));
        return d && callee_is_fn(c, callee, d, ref);
    }
    bool of_name = callee->kind == CD_EXPR_FIELD && callee->a->kind == CD_EXPR_NAME;
    if (of_name && !find_binding(c, callee->a->text)
        && cd_scope_find(c->scope, callee->a->text) == NULL
        && !cd_name_is_runtimes(callee->a->text)) {
        unknown_name(c, callee->a);
        return false;
    }
    struct cd_diag *d =
        cd_diag_add(c->s->diags, CD_DIAG_NOT_A_FUNCTION, callee->span, "only functions are called");
    const char *habit = callee->kind == CD_EXPR_FIELD ? cd_habit_help(callee->text) : NULL;
    if (habit != NULL) {
        cd_diag_help(c->s->diags, d, "%s", habit);
    } else if (callee->kind == CD_EXPR_FIELD) {
        cd_diag_help(c->s->diags, d, "values have no functions of their own: write %.*s(x, …)",
                     CD_FMT(callee->text));
    }
    return false;
}

static bool
is_of_kind(const struct cd_decl *d, enum cd_decl_kind kind)
{
    return d && d->kind == kind;
}

static void
unknown_path(struct cd_sema *s, const struct cd_module *m, struct cd_name name,
             enum cd_decl_kind kind, const char *what)
{
    struct cd_nearest near;
    cd_nearest_init(&near, name.text);
    for (size_t i = 0; i < m->n_decls; i++) {
        if (m->decls[i]->kind == kind) {
            cd_nearest_try(&near, m->decls[i]->name.text);
        }
    }
    const struct cd_decl *other = cd_module_find(s, m, name.text);
    struct cd_diag *d = other ? cd_diag_add(s->diags, CD_DIAG_WRONG_NAME, name.span,
                                            "`%.*s` is no %s", CD_FMT(name.text), what)
                              : cd_diag_add(s->diags, CD_DIAG_UNKNOWN_NAME, name.span,
                                            "module %.*s has no %s `%.*s`", CD_FMT(m->name), what,
                                            CD_FMT(name.text));
    cd_nearest_help(s->diags, d, &near);
}

/* The module that the parts of PATH before its last name: this one, one of its aliases, or a used
 * module by its whole name. */
static struct cd_module *
path_module(struct cd_sema *s, struct cd_module *m, const struct cd_path *path, bool *reported)
{
    *reported = false;
    if (path->n == 1) {
        return m;
    }
    const struct cd_symbol *sym =
        path->n == 2 ? cd_scope_find(&s->scopes[m->state], path->parts[0].text) : NULL;
    if (sym && sym->kind == CD_SYMBOL_MODULE) {
        *reported = sym->use->module == NULL;
        return sym->use->module;
    }
    struct cd_str whole = path->parts[0].text;
    for (size_t i = 1; i + 1 < path->n; i++) {
        whole = cd_arena_printf(s->arena, "%.*s.%.*s", CD_FMT(whole), CD_FMT(path->parts[i].text));
    }
    for (size_t i = 0; i < m->n_uses; i++) {
        if (m->uses[i].module && cd_str_eq(m->uses[i].module->name, whole)) {
            return m->uses[i].module;
        }
    }
    return cd_str_eq(m->name, whole) ? m : NULL;
}

struct cd_decl *
cd_resolve_path(struct cd_sema *s, struct cd_module *m, const struct cd_path *path,
                enum cd_decl_kind kind, const char *what)
{
    bool reported;
    if (path->n == 0) {
        return NULL;
    }
    struct cd_module *owner = path_module(s, m, path, &reported);
    if (!owner) {
        if (!reported) {
            struct cd_nearest near;
            cd_nearest_init(&near, path->parts[0].text);
            for (size_t i = 0; i < m->n_uses; i++) {
                cd_nearest_try(&near, m->uses[i].alias.text);
            }
            struct cd_diag *d =
                cd_diag_add(s->diags, CD_DIAG_UNKNOWN_NAME, path->parts[0].span,
                            "no module is brought in as `%.*s`", CD_FMT(path->parts[0].text));
            if (near.best.n > 0 || !near_library(s, d, path->parts[0].text)) {
                cd_nearest_help(s->diags, d, &near);
            }
        }
        return NULL;
    }
    struct cd_name last = path->parts[path->n - 1];
    struct cd_decl *d = cd_module_find(s, owner, last.text);
    if (!is_of_kind(d, kind)) {
        unknown_path(s, owner, last, kind, what);
        return NULL;
    }
    return d;
}

struct cd_expr *
cd_path_expr(struct cd_sema *s, const struct cd_path *path)
{
    struct cd_expr *e = CD_NEW(s->arena, struct cd_expr);
    *e = (struct cd_expr){
        .kind = CD_EXPR_NAME, .span = path->parts[0].span, .text = path->parts[0].text};
    for (size_t i = 1; i < path->n; i++) {
        struct cd_expr *field = CD_NEW(s->arena, struct cd_expr);
        *field = (struct cd_expr){
            .kind = CD_EXPR_FIELD,
            .span = cd_span_join(e->span, path->parts[i].span),
            .text = path->parts[i].text,
            .a = e,
        };
        e = field;
    }
    return e;
}
