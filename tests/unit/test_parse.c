/* Parsing: trees and their places, errors that are found together, the tables of tokens. What trees
 * look like in text is in tests/golden/parse. */
#include <criterion/criterion.h>

#include "compiler/ast/build.h"
#include "compiler/ast/dump.h"
#include "compiler/parse/lexer.h"
#include "compiler/parse/parse.h"

struct parsed {
    struct cd_arena arena;
    struct cd_sources sources;
    struct cd_diags diags;
    struct cd_module *module;
};

static void
parse(struct parsed *p, struct cd_str text)
{
    static jmp_buf out_of_memory;
    *p = (struct parsed){.module = NULL};
    cd_arena_init(&p->arena);
    cr_assert_eq(setjmp(out_of_memory), 0);
    p->arena.on_oom = &out_of_memory;
    cd_sources_init(&p->sources, &p->arena);
    cd_diags_init(&p->diags, &p->arena);
    uint32_t file =
        cd_sources_add(&p->sources, CD_STR("t.cordon"), cd_arena_str(&p->arena, text), false);
    p->module = cd_parse(&p->arena, &p->diags, &p->sources, file, NULL);
}

static struct cd_str
slice(const struct parsed *p, struct cd_span span)
{
    return cd_str_sub(p->sources.files[0].text, span.start, span.end);
}

static void
expect_span(const struct parsed *p, struct cd_span span, const char *text)
{
    struct cd_str got = slice(p, span);
    cr_assert(cd_str_eq(got, cd_str_of(text)), "got `%.*s`, expected `%s`", CD_FMT(got), text);
}

/* The expression of `let x = SOURCE`. */
static struct cd_expr *
parse_expr(struct parsed *p, const char *source)
{
    struct cd_arena text;
    cd_arena_init(&text);
    parse(p, cd_arena_printf(&text, "module t\nlet x = %s\n", source));
    cd_arena_finish(&text);
    cr_assert_eq(p->diags.n_errors, 0, "%s", source);
    cr_assert_eq(p->module->n_decls, 1);
    return p->module->decls[0]->value;
}

Test(parse, every_keyword_is_its_own_token_and_free_behind_a_dot)
{
    static const struct {
        int kind;
        const char *word;
    } keywords[] = {
#define CD_TOKEN(name, text)
#define CD_KEYWORD(name, word) {CD_TOK_##name, word},
#define CD_SOFT(name, word) {CD_TOK_##name, word},
#include "compiler/parse/tokens.def"
#undef CD_TOKEN
#undef CD_KEYWORD
#undef CD_SOFT
    };
    for (size_t i = 0; i < CD_ARRAY_LEN(keywords); i++) {
        struct parsed p;
        char field[64];
        cr_assert_eq(cd_lexer_keyword(cd_str_of(keywords[i].word)), keywords[i].kind);
        (void)snprintf(field, sizeof field, "a.%s", keywords[i].word);
        struct cd_expr *e = parse_expr(&p, field);
        cr_assert_eq(e->kind, CD_EXPR_FIELD);
        cr_assert(cd_str_eq(e->text, cd_str_of(keywords[i].word)));
        cd_arena_finish(&p.arena);
    }
    cr_assert_eq(cd_lexer_keyword(CD_STR("Module")), CD_TOK_NAME);
    cr_assert_eq(cd_lexer_keyword(CD_STR("enum")), CD_BAD_RESERVED);
}

Test(parse, spans_cover_what_was_written)
{
    struct parsed p;
    struct cd_expr *e = parse_expr(&p, "a.B[0] == (f(x) + \"q\") and all y in ys where y { y.Z }");
    cr_assert_eq(e->kind, CD_EXPR_AND);
    expect_span(&p, e->span, "a.B[0] == (f(x) + \"q\") and all y in ys where y { y.Z }");
    expect_span(&p, e->a->span, "a.B[0] == (f(x) + \"q\")");
    expect_span(&p, e->a->a->span, "a.B[0]");
    expect_span(&p, e->a->b->span, "(f(x) + \"q\")");
    cr_assert(e->a->b->paren);
    expect_span(&p, e->a->b->a->span, "f(x)");
    expect_span(&p, e->b->span, "all y in ys where y { y.Z }");
    expect_span(&p, e->b->binding->name.span, "y");
    cd_arena_finish(&p.arena);
}

Test(parse, an_interpolated_path_has_its_true_place)
{
    struct parsed p;
    struct cd_expr *e = parse_expr(&p, "\"\\n\\u{20ac}{b.arn}/{aws:username}\"");
    cr_assert_eq(e->n_parts, 4);
    expect_span(&p, e->parts[1].expr->span, "b.arn");
    expect_span(&p, e->parts[1].expr->a->span, "b");
    expect_span(&p, e->parts[3].expr->span, "aws:username");
    cr_assert_eq(e->parts[3].expr->kind, CD_EXPR_ANAME);
    cr_assert(cd_str_eq(e->parts[0].text, CD_STR("\n\xe2\x82\xac")));
    cd_arena_finish(&p.arena);
}

Test(parse, a_text_without_interpolation_is_one_part)
{
    struct parsed p;
    parse(&p,
          CD_STR("module t\ncontrol c { remedy \"a\" \"\" \"b\" \"c\"\n require true else \"\" }"));
    cr_assert_eq(p.diags.n_errors, 0);
    const struct cd_decl *c = p.module->decls[0];
    struct cd_str text;
    cr_assert(cd_expr_constant_text(c->metas[0].values[0].text, &text));
    cr_assert(cd_str_eq(text, CD_STR("abc")));
    cr_assert(cd_expr_constant_text(c->clauses[0].requires[0].message, &text));
    cr_assert_eq(text.n, 0);
    cd_arena_finish(&p.arena);
}

Test(parse, durations_add_up_and_dates_are_midnight)
{
    struct parsed p;
    cr_assert_eq(parse_expr(&p, "1d12h30m15s")->ms, INT64_C(131415000));
    cd_arena_finish(&p.arena);
    cr_assert_eq(parse_expr(&p, "2027-03-31")->ms,
                 INT64_C(1806451200000)); /* date -u -d 2027-03-31 +%s */
    cd_arena_finish(&p.arena);
}

Test(parse, depth_is_counted_and_bounded)
{
    struct parsed p;
    cr_assert_eq(parse_expr(&p, "a")->depth, 1);
    cd_arena_finish(&p.arena);
    cr_assert_eq(parse_expr(&p, "a.b + f(c, {d, -e})")->depth, 5); /* + call {} - e */
    ;
    cd_arena_finish(&p.arena);

    struct cd_buf b = CD_BUF_INIT;
    cd_buf_puts(&b, "module t\nlet x = a");
    for (int i = 0; i < 5000; i++) {
        cd_buf_puts(&b, " or a");
    }
    parse(&p, cd_buf_view(&b));
    cr_assert_eq(p.diags.n_errors, 1);
    cr_assert_eq(p.diags.items[0]->code, CD_DIAG_DEPTH);
    cr_assert(p.module->decls[0]->value->depth <= CD_EXPR_DEPTH_LIMIT);
    cd_buf_finish(&b);
    cd_arena_finish(&p.arena);
}

Test(parse, an_error_leaves_its_neighbours_alone)
{
    struct parsed p;
    parse(&p, CD_STR("module t\n"
                     "let a = = 1\n"
                     "fn f(x: bool) = x\n"
                     "control c {\n"
                     "  require x ==\n"
                     "  require y\n"
                     "  for b in in\n"
                     "  deny s3:*\n"
                     "}\n"
                     "let z = 2\n"));
    cr_assert_eq(p.diags.n_errors, 3);
    cr_assert_eq(p.module->n_decls, 3);
    const struct cd_decl *c = p.module->decls[1];
    cr_assert_eq(c->kind, CD_DECL_CONTROL);
    cr_assert_eq(c->n_clauses, 1);
    cr_assert_eq(c->clauses[0].n_requires, 1);
    expect_span(&p, c->clauses[0].requires[0].span, "require y");
    cr_assert_eq(c->n_denies, 1);
    cd_arena_finish(&p.arena);
}

Test(parse, every_prefix_of_a_file_parses_to_something)
{
    struct cd_str text =
        CD_STR("## doc\nmodule t\nuse a.b as c\nparam p: set<region> = {\"x\"} where p != {}\n"
               "fn f(a: AWS::S3::Bucket.Prop): bool = if a.X then not a.Y[*].Z -> AWS::KMS::Key.Z "
               "else none q in {1, 2} { q }\n"
               "control k { id \"1\" for b in T::U where b.c require f(b) else \"x{b.d}\" deny "
               "s3:*, p.q except s3:Get* on \"a\" when aws:x }\n"
               "waive k on \"*\" until 2027-01-01 because \"a\" \"b\"\n"
               "test \"t\" { given A::B { x: [1, -2, absent], aws:y: {\"k\": 90d} } request s3:Get "
               "{ } expect not deny k }\n");
    for (size_t n = 0; n <= text.n; n++) {
        struct parsed p;
        parse(&p, cd_str_sub(text, 0, n));
        cr_assert_not_null(p.module);
        struct cd_buf b = CD_BUF_INIT;
        cd_ast_dump(p.module, &b);
        cr_assert_not(b.oom);
        cd_buf_finish(&b);
        cr_assert(n < text.n || p.diags.n_errors == 0);
        cd_arena_finish(&p.arena);
    }
}

Test(parse, errors_beyond_the_limit_end_the_file)
{
    struct cd_buf b = CD_BUF_INIT;
    cd_buf_puts(&b, "module t\n");
    for (int i = 0; i < 100000; i++) {
        cd_buf_puts(&b, "let = 1\n");
    }
    struct parsed p;
    parse(&p, cd_buf_view(&b));
    cr_assert_eq(p.diags.n_errors, p.diags.limit);
    cd_buf_finish(&b);
    cd_arena_finish(&p.arena);
}
