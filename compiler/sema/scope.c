/* Scopes: which names a module declares and brings in, which variables are bound, and that none of
 * them shadows another. */
#include "compiler/sema/check.h"

static const struct {
    struct cd_str name;
    enum cd_builtin builtin;
} builtins[] = {
    {CD_STR_INIT("arn"), CD_BUILTIN_ARN},         {CD_STR_INIT("number"), CD_BUILTIN_NUMBER},
    {CD_STR_INIT("string"), CD_BUILTIN_STRING},   {CD_STR_INIT("size"), CD_BUILTIN_SIZE},
    {CD_STR_INIT("capture"), CD_BUILTIN_CAPTURE}, {CD_STR_INIT("can"), CD_BUILTIN_CAN},
    {CD_STR_INIT("allows"), CD_BUILTIN_ALLOWS},   {CD_STR_INIT("denies"), CD_BUILTIN_DENIES},
    {CD_STR_INIT("becomes"), CD_BUILTIN_BECOMES}, {CD_STR_INIT("reaches"), CD_BUILTIN_REACHES},
};

bool
cd_is_value_builtin(struct cd_str name, enum cd_builtin *builtin)
{
    for (size_t i = 0; i < CD_ARRAY_LEN(builtins); i++) {
        if (cd_str_eq(builtins[i].name, name)) {
            *builtin = builtins[i].builtin;
            return true;
        }
    }
    return false;
}

struct cd_str
cd_builtin_name(enum cd_builtin b)
{
    for (size_t i = 0; i < CD_ARRAY_LEN(builtins); i++) {
        if (builtins[i].builtin == b) {
            return builtins[i].name;
        }
    }
    return CD_STR("");
}

void
cd_nearest_builtins(struct cd_nearest *near)
{
    for (size_t i = 0; i < CD_ARRAY_LEN(builtins); i++) {
        cd_nearest_try(near, builtins[i].name);
    }
}

/* A name of the runtime stands for the same thing everywhere. */
bool
cd_name_is_runtimes(struct cd_str name)
{
    enum cd_builtin b;
    return cd_is_value_builtin(name, &b) || cd_str_eq(name, CD_STR("resource"))
           || cd_str_eq(name, CD_STR("internet")) || cd_str_eq(name, CD_STR("unknown"));
}

struct cd_str
cd_place_text(struct cd_sema *s, struct cd_span span)
{
    if (span.file == UINT32_MAX) {
        return CD_STR("");
    }
    uint32_t line, column;
    cd_sources_place(s->sources, span.file, span.start, &line, &column, NULL);
    struct cd_str path = s->sources->files[span.file].path;
    return cd_arena_printf(s->arena, "%.*s:%u", CD_FMT(path), (unsigned)line);
}

static struct cd_span
symbol_span(const struct cd_symbol *sym)
{
    return sym->kind == CD_SYMBOL_DECL ? sym->decl->name.span : sym->use->span;
}

const struct cd_symbol *
cd_scope_find(const struct cd_sema_scope *scope, struct cd_str name)
{
    uint32_t i;
    return cd_map_get(&scope->names, name, &i) ? &scope->symbols[i] : NULL;
}

struct cd_decl *
cd_module_find(struct cd_sema *s, const struct cd_module *m, struct cd_str name)
{
    const struct cd_symbol *sym = cd_scope_find(&s->scopes[m->state], name);
    return sym && sym->kind == CD_SYMBOL_DECL ? sym->decl : NULL;
}

struct cd_decl_info *
cd_sema_info(struct cd_sema *s, const struct cd_decl *d)
{
    return &s->scopes[d->module->state].infos[d->index];
}

struct cd_checker
cd_checker_of(struct cd_sema *s, struct cd_decl *d, enum cd_place_kind place,
              struct cd_checker *outer)
{
    return (struct cd_checker){
        .s = s,
        .module = d->module,
        .scope = &s->scopes[d->module->state],
        .decl = d,
        .place = place,
        .table_span = CD_NO_SPAN,
        .outer = outer,
        .depth = outer ? outer->depth + 1 : 0,
    };
}

/* Adds a name to a module's scope; reports a double, with both places, and a name of the runtime,
 * which then means what was declared: its uses are no second mistake. */
static void
add_symbol(struct cd_sema *s, struct cd_sema_scope *scope, struct cd_name name,
           struct cd_symbol sym)
{
    if (name.text.n == 0) {
        return;
    }
    if (cd_name_is_runtimes(name.text)) {
        struct cd_diag *d = cd_diag_add(
            s->diags, CD_DIAG_SHADOWED_NAME, name.span,
            "`%.*s` is a name of the language itself and may name nothing else", CD_FMT(name.text));
        cd_diag_help(s->diags, d, "choose another name; no name shadows another");
    }
    const struct cd_symbol *there = cd_scope_find(scope, name.text);
    if (there) {
        struct cd_str where = cd_place_text(s, symbol_span(there));
        struct cd_diag *d = cd_diag_add(
            s->diags, CD_DIAG_DUPLICATE_NAME, name.span, "`%.*s` is already %s at %.*s",
            CD_FMT(name.text),
            there->kind == CD_SYMBOL_DECL ? "declared" : "the name of a module, brought in",
            CD_FMT(where));
        cd_diag_help(
            s->diags, d,
            there->kind == CD_SYMBOL_DECL && sym.kind == CD_SYMBOL_DECL
                ? "a name is declared once in a module"
                : "rename one of them, or bring the module in under another name: use … as …");
        return;
    }
    struct cd_symbol *slot =
        CD_PUSH(s->arena, scope->symbols, scope->n_symbols, scope->cap_symbols);
    *slot = sym;
    if (!cd_map_put(&scope->names, name.text, (uint32_t)(scope->n_symbols - 1))
        && s->arena->on_oom) {
        longjmp(*s->arena->on_oom, 1);
    }
}

static bool
declares_a_name(const struct cd_decl *d)
{
    return d->kind != CD_DECL_WAIVE && d->kind != CD_DECL_TEST;
}

static void
fill_scope(struct cd_sema *s, struct cd_sema_scope *scope)
{
    struct cd_module *m = scope->module;
    scope->infos = CD_NEW_ARRAY(s->arena, m->n_decls, struct cd_decl_info);
    for (size_t i = 0; i < m->n_uses; i++) {
        add_symbol(s, scope, m->uses[i].alias,
                   (struct cd_symbol){.kind = CD_SYMBOL_MODULE, .use = &m->uses[i]});
    }
    for (size_t i = 0; i < m->n_decls; i++) {
        struct cd_decl *d = m->decls[i];
        d->index = (uint32_t)i;
        d->module = m;
        if (declares_a_name(d)) {
            add_symbol(s, scope, d->name, (struct cd_symbol){.kind = CD_SYMBOL_DECL, .decl = d});
        }
    }
}

void
cd_sema_scopes(struct cd_sema *s)
{
    s->scopes = CD_NEW_ARRAY(s->arena, s->modules->n, struct cd_sema_scope);
    for (size_t i = 0; i < s->modules->n; i++) {
        cd_map_init(&s->scopes[i].names);
        s->n_scopes = i + 1;
        s->scopes[i].module = s->modules->items[i];
        s->modules->items[i]->state = (int)i;
    }
    for (size_t i = 0; i < s->n_scopes; i++) {
        fill_scope(s, &s->scopes[i]);
    }
}

static void
report_shadow(struct cd_checker *c, struct cd_name name, const char *what, struct cd_span there)
{
    struct cd_diag *d;
    if (there.file == UINT32_MAX) {
        d = cd_diag_add(c->s->diags, CD_DIAG_SHADOWED_NAME, name.span,
                        "`%.*s` is already the name of %s", CD_FMT(name.text), what);
    } else {
        struct cd_str where = cd_place_text(c->s, there);
        d = cd_diag_add(c->s->diags, CD_DIAG_SHADOWED_NAME, name.span,
                        "`%.*s` is already the name of %s at %.*s", CD_FMT(name.text), what,
                        CD_FMT(where));
    }
    cd_diag_help(c->s->diags, d, "choose another name; no name shadows another");
}

static const char *
decl_what(const struct cd_decl *d)
{
    switch (d->kind) {
    case CD_DECL_PARAM: return "a parameter";
    case CD_DECL_LET: return "a constant";
    case CD_DECL_FN: return "a function";
    case CD_DECL_CONTROL: return "a control";
    case CD_DECL_WAIVE:
    case CD_DECL_TEST: break;
    }
    return "a declaration";
}

static void
check_shadowing(struct cd_checker *c, struct cd_name name)
{
    for (size_t i = c->n_bindings; i-- > 0;) {
        if (cd_str_eq(c->bindings[i]->name.text, name.text)) {
            report_shadow(c, name, "a variable", c->bindings[i]->name.span);
            return;
        }
    }
    const struct cd_symbol *sym = cd_scope_find(c->scope, name.text);
    if (sym && sym->kind == CD_SYMBOL_MODULE) {
        report_shadow(c, name, "a module, brought in", sym->use->span);
    } else if (sym) {
        report_shadow(c, name, decl_what(sym->decl), sym->decl->name.span);
    } else if (cd_name_is_runtimes(name.text)) {
        report_shadow(c, name, "something of the language itself", CD_NO_SPAN);
    }
}

void
cd_bind(struct cd_checker *c, struct cd_binding *b, const struct cd_type *type)
{
    b->type = type;
    check_shadowing(c, b->name);
    *CD_PUSH(c->s->arena, c->bindings, c->n_bindings, c->cap_bindings) = b;
}

void
cd_unbind(struct cd_checker *c)
{
    c->n_bindings--;
}
