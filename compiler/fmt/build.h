/* What the builders share: a cursor over the tokens of a file that the parser has accepted, from
 * which they make operations of the layout. Every builder takes its tokens in their order and
 * leaves the cursor behind them. Recursion is bounded by the parser's limits of nesting and depth.
 */
#ifndef CD_FMT_BUILD_H
#define CD_FMT_BUILD_H

#include "compiler/fmt/layout.h"

/* Tokens FROM up to TO. */
struct cd_fmt_range {
    size_t from, to;
};

struct cd_fmt_builder {
    struct cd_layout *layout;
    struct cd_fmt_tokens *tokens;
    size_t at;
    size_t led;                    /* the comments above this token are there already; SIZE_MAX */
    struct cd_fmt_range bracketed; /* the last expression that ends its lines by its brackets: set,
                                      call by name, quantifier, comparison of one */
    size_t head;                   /* its width up to where its lines can break first */
    bool words_only;               /* it is a list without brackets in it */
    bool is_map;                   /* the object that is being built has strings as keys */
    size_t n_brackets,
        n_quantifiers; /* built so far: the difference says what an expression holds */
};

/* ---- primitives ---- */

int cd_fmt_kind(const struct cd_fmt_builder *f);      /* of the token at the cursor */
int cd_fmt_next_kind(const struct cd_fmt_builder *f); /* of the one behind it */
size_t cd_fmt_add(struct cd_fmt_builder *f, enum cd_lay_kind kind);
/* The token at the cursor with its comments; the index of its text. */
size_t cd_fmt_token(struct cd_fmt_builder *f);
/* The same with a blank behind it. */
void cd_fmt_word(struct cd_fmt_builder *f);
/* Only the comments of the token at the cursor. */
void cd_fmt_skip(struct cd_fmt_builder *f);
/* The comments above the token at the cursor, which may begin a line: they stand as far in as what
 * is around it. */
void cd_fmt_lead(struct cd_fmt_builder *f);
/* Does an empty line stand above the token at the cursor and its comments? */
bool cd_fmt_blank_above(const struct cd_fmt_builder *f);
/* The comments above the closing token at the cursor, on lines of their own inside the block; their
 * first line begins with BREAK. */
void cd_fmt_closing(struct cd_fmt_builder *f, enum cd_lay_kind brk);
/* Changes an operation that was added before. */
void cd_fmt_patch(struct cd_fmt_builder *f, size_t op, enum cd_lay_kind kind);
bool cd_fmt_is_range(struct cd_fmt_range r, size_t from, size_t to);

/* ---- lists ---- */

typedef void cd_fmt_member(struct cd_fmt_builder *f);

/* `a, b, c`: as many on a line as fit, the others further in. */
void cd_fmt_list(struct cd_fmt_builder *f, cd_fmt_member *member);

/* A pair of brackets that is being built. */
struct cd_fmt_bracket {
    size_t open_token, group, in, pad; /* operations, but the first */
    size_t n;                          /* members */
    size_t last, value, end;           /* tokens: the last member, the value if it is a pair */
    bool last_is_bracketed;            /* its value */
    bool may_hug;                      /* holds nothing but members */
};

/* PAD is SOFT for `(a)`, LINE for `{ a }`. */
struct cd_fmt_bracket cd_fmt_bracket_open(struct cd_fmt_builder *f, enum cd_lay_kind pad);
/* Members up to CLOSER, WHEN or FOR; a comma behind the last one goes. */
void cd_fmt_members(struct cd_fmt_builder *f, struct cd_fmt_bracket *b, cd_fmt_member *member,
                    int closer);
void cd_fmt_bracket_close(struct cd_fmt_builder *f, struct cd_fmt_bracket *b, enum cd_lay_kind pad);
/* `[…]` or `{…}` of MEMBERs alone. */
void cd_fmt_brackets(struct cd_fmt_builder *f, cd_fmt_member *member, int closer);

/* ---- what the grammar calls so ---- */

void cd_fmt_expr(struct cd_fmt_builder *f);
/* `in sum [where expr]`, from `in` on. */
void cd_fmt_range_of(struct cd_fmt_builder *f);
/* A break before an expression and what indents it, unless it is in brackets. KIND: LINE. */
void cd_fmt_hanging(struct cd_fmt_builder *f, cd_fmt_member *member);
/* `WORD expr`, lines of the expression further in. */
void cd_fmt_clause(struct cd_fmt_builder *f);
void cd_fmt_path(struct cd_fmt_builder *f);
void cd_fmt_text(struct cd_fmt_builder *f);
void cd_fmt_object(struct cd_fmt_builder *f);

/* A declaration from its first token to its last. */
void cd_fmt_decl(struct cd_fmt_builder *f);

#endif
