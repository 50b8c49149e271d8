/* The grammar of the language, as docs/LANGUAGE.md prints it. One line an action; trees are built by compiler/ast/build. The driver
 * (parse.c) offers a token only if the grammar accepts it, so that errors are found with the whole stack at hand and Lemon's own
 * recovery is never needed. */
%name cd_grammar_
%token_prefix CD_TOK_
%token_type {struct cd_span}
%extra_argument {struct cd_tree *b}
%stack_size 6000
%start_symbol file

%include {
#include <assert.h>
#include <stddef.h>
#include "compiler/ast/build.h"
#include "compiler/parse/grammar_api.h"
#define YYNOERRORRECOVERY 1
#define NOWHERE ((struct cd_on){NULL, false})
#define REL(name, negated) ((struct cd_rel_op){CD_REL_##name, negated})
}

%fallback NAME USE AS ON UNTIL BECAUSE GIVEN REQUEST EXPECT.

%type path       {struct cd_name_list *}
%type type       {struct cd_type_expr *}
%type type_opt   {struct cd_type_expr *}
%type type_path  {struct cd_type_expr *}
%type fn_params  {struct cd_fn_param_list *}
%type fn_list    {struct cd_fn_param_list *}
%type value_opt  {struct cd_expr *}
%type where_opt  {struct cd_expr *}
%type when_opt   {struct cd_expr *}
%type unless_opt {struct cd_expr *}
%type text       {struct cd_expr *}
%type strings    {struct cd_span_list *}
%type texts      {struct cd_expr_list *}
%type on_opt     {struct cd_expr_list *}
%type deny_on    {struct cd_on}
%type metas      {struct cd_meta_list *}
%type acts       {struct cd_act_list *}
%type except_opt {struct cd_act_list *}
%type act        {struct cd_act}
%type data       {struct cd_data *}
%type object     {struct cd_data *}
%type pairs      {struct cd_pair_list *}
%type datas      {struct cd_data_list *}
%type expr       {struct cd_expr *}
%type or         {struct cd_expr *}
%type and        {struct cd_expr *}
%type not        {struct cd_expr *}
%type sum        {struct cd_expr *}
%type unary      {struct cd_expr *}
%type post       {struct cd_expr *}
%type atom       {struct cd_expr *}
%type scalar     {struct cd_expr *}
%type exprs      {struct cd_expr_list *}
%type args       {struct cd_expr_list *}
%type rel        {struct cd_rel_op}
%type quant      {struct cd_quant_word}

/* ---- the file ---- */
file  ::= decls.
decls ::= .
decls ::= decls decl.
decls ::= decls DOC(D).                              { cd_ast_doc(b, D); }

decl  ::= MODULE(A) path(P).                         { cd_ast_module(b, A, P); }
decl  ::= USE uses.
decl  ::= PARAM(A) LABEL(N) type(T) value_opt(V) where_opt(W). { cd_ast_param(b, A, N, T, V, W); }
decl  ::= LET(A) NAME(N) ASSIGN expr(E).             { cd_ast_let(b, A, N, E); }
decl  ::= FN(A) NAME(N) LPAREN fn_params(P) RPAREN type_opt(T) ASSIGN expr(E). { cd_ast_fn(b, A, N, P, T, E); }
decl  ::= control_head LBRACE items RBRACE(E).       { cd_ast_block_end(b, E); }
decl  ::= test_head LBRACE steps RBRACE(E).          { cd_ast_block_end(b, E); }
decl  ::= WAIVE(A) path(P) ON texts(X) UNTIL DATE(D) BECAUSE text(T). { cd_ast_waive(b, A, P, X, D, T); }

uses  ::= use.
uses  ::= uses COMMA use.
use   ::= path(P).                                   { cd_ast_use(b, P, NULL); }
use   ::= path(P) AS NAME(N).                        { cd_ast_use(b, P, &N); }

control_head ::= CONTROL(A) NAME(N).                 { cd_ast_control_begin(b, A, N); }
test_head    ::= TEST(A) STRING(S).                  { cd_ast_test_begin(b, A, S); }

fn_params(L) ::= .                                   { L = NULL; }
fn_params(L) ::= fn_list(P).                         { L = P; }
fn_list(L)   ::= LABEL(N) type(T).                   { L = cd_ast_fn_params(b, NULL, N, T); }
fn_list(L)   ::= fn_list(P) COMMA LABEL(N) type(T).  { L = cd_ast_fn_params(b, P, N, T); }
type_opt(T)  ::= .                                   { T = NULL; }
type_opt(T)  ::= COLON type(X).                      { T = X; }
value_opt(V) ::= .                                   { V = NULL; }
value_opt(V) ::= ASSIGN expr(E).                     { V = E; }
where_opt(W) ::= .                                   { W = NULL; }
where_opt(W) ::= WHERE expr(E).                      { W = E; }

type(T)      ::= NAME(N).                            { T = cd_ast_type_name(b, N, NULL, N); }
type(T)      ::= NAME(N) LT type(X) GT(E).           { T = cd_ast_type_name(b, N, X, E); }
type(T)      ::= type_path(P).                       { T = P; }
type_path(T) ::= TYPE(N).                            { T = cd_ast_type_resource(b, N); }
type_path(T) ::= type_path(P) FIELD(F).              { T = cd_ast_type_field(b, P, F); }

path(L)  ::= NAME(N).                                { L = cd_ast_names(b, NULL, N); }
path(L)  ::= path(P) FIELD(F).                       { L = cd_ast_names(b, P, F); }
text(T)  ::= strings(L).                             { T = cd_ast_text(b, L); }
strings(L) ::= STRING(S).                            { L = cd_ast_strings(b, NULL, S); }
strings(L) ::= strings(X) STRING(S).                 { L = cd_ast_strings(b, X, S); }
texts(L) ::= STRING(S).                              { L = cd_ast_exprs(b, NULL, cd_ast_string(b, S)); }
texts(L) ::= texts(X) COMMA STRING(S).               { L = cd_ast_exprs(b, X, cd_ast_string(b, S)); }

/* ---- controls ---- */
items ::= .
items ::= items item.
item  ::= NAME(W) metas(M).                          { cd_ast_meta(b, W, M); }
item  ::= FOR(A) NAME(N) IN sum(S) where_opt(W).     { cd_ast_for(b, A, N, S, W); }
item  ::= REQUIRE(A) expr(E).                        { cd_ast_require(b, A, E, NULL); }
item  ::= REQUIRE(A) expr(E) ELSE text(T).           { cd_ast_require(b, A, E, T); }
item  ::= DENY(A) acts(X) except_opt(Y) deny_on(O) when_opt(W) unless_opt(U). { cd_ast_deny(b, A, X, Y, O, W, U); }

metas(L) ::= text(T).                                { L = cd_ast_metas(b, NULL, T, NULL); }
metas(L) ::= path(P).                                { L = cd_ast_metas(b, NULL, NULL, P); }
metas(L) ::= metas(M) COMMA text(T).                 { L = cd_ast_metas(b, M, T, NULL); }
metas(L) ::= metas(M) COMMA path(P).                 { L = cd_ast_metas(b, M, NULL, P); }

acts(L) ::= act(A).                                  { L = cd_ast_acts(b, NULL, A); }
acts(L) ::= acts(X) COMMA act(A).                    { L = cd_ast_acts(b, X, A); }
act(A)  ::= STAR(S).                                 { A = cd_ast_act_star(S); }
act(A)  ::= ANAME(N).                                { A = cd_ast_act_aname(b, N); }
act(A)  ::= path(P).                                 { A = cd_ast_act_path(P); }
except_opt(L) ::= .                                  { L = NULL; }
except_opt(L) ::= EXCEPT acts(X).                    { L = X; }
deny_on(O) ::= .                                     { O = NOWHERE; }
deny_on(O) ::= ON texts(X).                          { O = (struct cd_on){X, false}; }
deny_on(O) ::= NOT ON texts(X).                      { O = (struct cd_on){X, true}; }
when_opt(W)   ::= .                                  { W = NULL; }
when_opt(W)   ::= WHEN expr(E).                      { W = E; }
unless_opt(U) ::= .                                  { U = NULL; }
unless_opt(U) ::= UNLESS expr(E).                    { U = E; }

/* ---- tests ---- */
steps ::= .
steps ::= steps step.
step  ::= GIVEN(A) TYPE(T) object(O).                { cd_ast_given(b, A, T, O); }
step  ::= GIVEN(A) NAME(W) TYPE(T).                  { cd_ast_given_unknown(b, A, W, T); }
step  ::= GIVEN(A) NAME(W) STRING(S).                { cd_ast_given_file(b, A, W, S); }
step  ::= GIVEN(A) NAME(N) ASSIGN expr(E).           { cd_ast_given_param(b, A, N, E); }
step  ::= REQUEST(A) ANAME(N) on_opt(L) object(O).   { cd_ast_request(b, A, N, L, O); }
step  ::= EXPECT(A) NAME(W) path(P) on_opt(L).       { cd_ast_expect(b, A, W, P, L); }
step  ::= EXPECT(A) DENY path(P).                    { cd_ast_expect_deny(b, A, false, P); }
step  ::= EXPECT(A) NOT DENY path(P).                { cd_ast_expect_deny(b, A, true, P); }
on_opt(L) ::= .                                      { L = NULL; }
on_opt(L) ::= ON texts(X).                           { L = X; }

object(D) ::= LBRACE(A) RBRACE(E).                   { D = cd_ast_data_object(b, A, NULL, E); }
object(D) ::= LBRACE(A) pairs(P) RBRACE(E).          { D = cd_ast_data_object(b, A, P, E); }
object(D) ::= LBRACE(A) pairs(P) COMMA RBRACE(E).    { D = cd_ast_data_object(b, A, P, E); }
pairs(L)  ::= LABEL(K) data(V).                      { L = cd_ast_pairs(b, NULL, K, V); }
pairs(L)  ::= STRING(K) COLON data(V).               { L = cd_ast_pairs(b, NULL, K, V); }
pairs(L)  ::= ANAME(K) COLON data(V).                { L = cd_ast_pairs(b, NULL, K, V); }
pairs(L)  ::= pairs(P) COMMA LABEL(K) data(V).       { L = cd_ast_pairs(b, P, K, V); }
pairs(L)  ::= pairs(P) COMMA STRING(K) COLON data(V). { L = cd_ast_pairs(b, P, K, V); }
pairs(L)  ::= pairs(P) COMMA ANAME(K) COLON data(V). { L = cd_ast_pairs(b, P, K, V); }

data(D)  ::= scalar(E).                              { D = cd_ast_data_scalar(b, E); }
data(D)  ::= MINUS(A) NUMBER(N).                     { D = cd_ast_data_negative(b, A, N); }
data(D)  ::= path(P).                                { D = cd_ast_data_path(b, P); }
data(D)  ::= ABSENT(A).                              { D = cd_ast_data_absent(b, A); }
data(D)  ::= object(O).                              { D = O; }
data(D)  ::= LBRACKET(A) RBRACKET(E).                { D = cd_ast_data_list(b, A, NULL, E); }
data(D)  ::= LBRACKET(A) datas(L) RBRACKET(E).       { D = cd_ast_data_list(b, A, L, E); }
data(D)  ::= LBRACKET(A) datas(L) COMMA RBRACKET(E). { D = cd_ast_data_list(b, A, L, E); }
datas(L) ::= data(V).                                { L = cd_ast_datas(b, NULL, V); }
datas(L) ::= datas(X) COMMA data(V).                 { L = cd_ast_datas(b, X, V); }

/* ---- expressions, loosest first ---- */
expr(E) ::= IF(A) expr(C) THEN expr(X) ELSE expr(Y). { E = cd_ast_if(b, A, C, X, Y); }
expr(E) ::= or(X).                                   { E = X; }
or(E)   ::= and(X).                                  { E = X; }
or(E)   ::= or(X) OR and(Y).                         { E = cd_ast_binary(b, CD_EXPR_OR, X, Y); }
and(E)  ::= not(X).                                  { E = X; }
and(E)  ::= and(X) AND not(Y).                       { E = cd_ast_binary(b, CD_EXPR_AND, X, Y); }
not(E)  ::= NOT(A) not(X).                           { E = cd_ast_unary(b, CD_EXPR_NOT, A, X); }
not(E)  ::= sum(X).                                  { E = X; }
not(E)  ::= sum(X) rel(R) sum(Y).                    { E = cd_ast_rel(b, X, R, Y); }
rel(R)  ::= EQ.                                      { R = REL(EQ, false); }
rel(R)  ::= NE.                                      { R = REL(EQ, true); }
rel(R)  ::= LT.                                      { R = REL(LT, false); }
rel(R)  ::= LE.                                      { R = REL(LE, false); }
rel(R)  ::= GT.                                      { R = REL(GT, false); }
rel(R)  ::= GE.                                      { R = REL(GE, false); }
rel(R)  ::= IN.                                      { R = REL(IN, false); }
rel(R)  ::= LIKE.                                    { R = REL(LIKE, false); }
rel(R)  ::= MATCHES.                                 { R = REL(MATCHES, false); }
rel(R)  ::= WITHIN.                                  { R = REL(WITHIN, false); }
rel(R)  ::= NOT IN.                                  { R = REL(IN, true); }
rel(R)  ::= NOT LIKE.                                { R = REL(LIKE, true); }
rel(R)  ::= NOT MATCHES.                             { R = REL(MATCHES, true); }
rel(R)  ::= NOT WITHIN.                              { R = REL(WITHIN, true); }
sum(E)  ::= unary(X).                                { E = X; }
sum(E)  ::= sum(X) PLUS unary(Y).                    { E = cd_ast_binary(b, CD_EXPR_ADD, X, Y); }
sum(E)  ::= sum(X) MINUS unary(Y).                   { E = cd_ast_binary(b, CD_EXPR_SUB, X, Y); }
unary(E) ::= MINUS(A) unary(X).                      { E = cd_ast_unary(b, CD_EXPR_NEG, A, X); }
unary(E) ::= ABSENT(A) unary(X).                     { E = cd_ast_unary(b, CD_EXPR_ABSENT, A, X); }
unary(E) ::= PRESENT(A) unary(X).                    { E = cd_ast_unary(b, CD_EXPR_PRESENT, A, X); }
unary(E) ::= post(X).                                { E = X; }

post(E) ::= atom(X).                                 { E = X; }
post(E) ::= post(X) FIELD(F).                        { E = cd_ast_field(b, X, F); }
post(E) ::= post(X) LBRACKET STAR RBRACKET(C).       { E = cd_ast_each(b, X, C); }
post(E) ::= post(X) LBRACKET expr(I) RBRACKET(C).    { E = cd_ast_index(b, X, I, C); }
post(E) ::= post(X) LPAREN args(L) RPAREN(C).        { E = cd_ast_call(b, X, L, NULL, C); }
post(E) ::= post(X) LPAREN args(L) WHEN expr(W) RPAREN(C). { E = cd_ast_call(b, X, L, W, C); }
post(E) ::= post(X) ARROW TYPE(T).                   { E = cd_ast_follow(b, X, T); }
args(L) ::= .                                        { L = NULL; }
args(L) ::= exprs(X).                                { L = X; }
exprs(L) ::= expr(E).                                { L = cd_ast_exprs(b, NULL, E); }
exprs(L) ::= exprs(X) COMMA expr(E).                 { L = cd_ast_exprs(b, X, E); }

atom(E) ::= scalar(X).                               { E = X; }
atom(E) ::= NAME(N).                                 { E = cd_ast_word(b, CD_EXPR_NAME, N); }
atom(E) ::= ANAME(N).                                { E = cd_ast_word(b, CD_EXPR_ANAME, N); }
atom(E) ::= TYPE(N).                                 { E = cd_ast_word(b, CD_EXPR_TYPE, N); }
atom(E) ::= LPAREN(A) expr(X) RPAREN(C).             { E = cd_ast_paren(b, A, X, C); }
atom(E) ::= LBRACKET(A) RBRACKET(C).                 { E = cd_ast_items(b, CD_EXPR_LIST, A, NULL, C); }
atom(E) ::= LBRACKET(A) exprs(L) RBRACKET(C).        { E = cd_ast_items(b, CD_EXPR_LIST, A, L, C); }
atom(E) ::= LBRACKET(A) exprs(L) COMMA RBRACKET(C).  { E = cd_ast_items(b, CD_EXPR_LIST, A, L, C); }
atom(E) ::= LBRACE(A) RBRACE(C).                     { E = cd_ast_items(b, CD_EXPR_SET, A, NULL, C); }
atom(E) ::= LBRACE(A) exprs(L) RBRACE(C).            { E = cd_ast_items(b, CD_EXPR_SET, A, L, C); }
atom(E) ::= LBRACE(A) exprs(L) COMMA RBRACE(C).      { E = cd_ast_items(b, CD_EXPR_SET, A, L, C); }
atom(E) ::= LBRACE(A) expr(X) FOR NAME(N) IN sum(S) where_opt(W) RBRACE(C). { E = cd_ast_span(cd_ast_comprehension(b, X, N, S, W), A, C); }
atom(E) ::= quant(Q) NAME(N) IN sum(S) where_opt(W) LBRACE expr(X) RBRACE(C). { E = cd_ast_span(cd_ast_quantifier(b, Q.quant, N, S, W, X), Q.span, C); }
quant(Q) ::= ALL(A).                                 { Q = (struct cd_quant_word){CD_QUANT_ALL, A}; }
quant(Q) ::= ANY(A).                                 { Q = (struct cd_quant_word){CD_QUANT_ANY, A}; }
quant(Q) ::= NONE(A).                                { Q = (struct cd_quant_word){CD_QUANT_NONE, A}; }
quant(Q) ::= COUNT(A).                               { Q = (struct cd_quant_word){CD_QUANT_COUNT, A}; }

scalar(E) ::= STRING(S).                             { E = cd_ast_string(b, S); }
scalar(E) ::= NUMBER(S).                             { E = cd_ast_number(b, S); }
scalar(E) ::= DURATION(S).                           { E = cd_ast_duration(b, S); }
scalar(E) ::= DATE(S).                               { E = cd_ast_date(b, S); }
scalar(E) ::= TRUE(S).                               { E = cd_ast_bool(b, S, true); }
scalar(E) ::= FALSE(S).                              { E = cd_ast_bool(b, S, false); }

%code {
/* What the driver has to know of the automaton. Here, because only here its tables can be seen. */
size_t
cd_grammar_size(void)
{
    return sizeof(yyParser);
}

void
cd_grammar_begin(void *parser)
{
    cd_grammar_Init(parser);
}

void
cd_grammar_feed(void *parser, int kind, struct cd_span span, struct cd_tree *b)
{
    cd_grammar_(parser, kind, span, b);
}

/* Follows the automaton with the token on a copy of the stack's top: reductions only pop from the real stack and push on the copy,
 * which grows by rules with an empty right side alone. */
bool
cd_grammar_accepts(const void *parser, int kind)
{
    YYACTIONTYPE copy[64];
    size_t n = 0;
    const yyStackEntry *top = ((const yyParser *)parser)->yytos;
    for (;;) {
        YYACTIONTYPE act = yy_find_shift_action((YYCODETYPE)kind, n > 0 ? copy[n - 1] : top->stateno);
        if (act <= YY_MAX_SHIFTREDUCE || act == YY_ACCEPT_ACTION) {
            return true;
        }
        if (act < YY_MIN_REDUCE) {
            return false;
        }
        unsigned rule = (unsigned)act - YY_MIN_REDUCE;
        size_t size = (size_t)-yyRuleInfoNRhs[rule];
        size_t taken = size < n ? size : n;
        n -= taken;
        top -= size - taken;
        if (n == sizeof(copy) / sizeof(copy[0])) {
            return false;
        }
        copy[n] = yy_find_reduce_action(n > 0 ? copy[n - 1] : top->stateno, yyRuleInfoLhs[rule]);
        n++;
    }
}

size_t
cd_grammar_height(const void *parser)
{
    const yyParser *p = parser;
    return (size_t)(p->yytos - p->yystack);
}

bool
cd_grammar_is_full(const void *parser)
{
    return cd_grammar_height(parser) + 16 >= YYSTACKDEPTH;
}

void
cd_grammar_cut(void *parser, size_t height)
{
    yyParser *p = parser;
    while (cd_grammar_height(p) > height) {
        yy_pop_parser_stack(p);
    }
}

bool
cd_grammar_unwind(void *parser, int kind)
{
    yyParser *p = parser;
    while (!cd_grammar_accepts(p, kind)) {
        if (p->yytos == p->yystack) {
            return false;
        }
        yy_pop_parser_stack(p);
    }
    return true;
}
}
