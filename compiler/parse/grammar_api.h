/* The generated automaton as the driver sees it: a block of cd_grammar_size() bytes, aligned for
 * any type. */
#ifndef CD_PARSE_GRAMMAR_API_H
#define CD_PARSE_GRAMMAR_API_H

#include <stdbool.h>
#include <stddef.h>

#include "compiler/ast/build.h"

struct cd_quant_word { /* all, any, none, count, and where it stands */
    enum cd_quant quant;
    struct cd_span span;
};

size_t cd_grammar_size(void);
void cd_grammar_begin(void *parser);
/* Feeds a token that is accepted; kind 0 at the end of the file. */
void cd_grammar_feed(void *parser, int kind, struct cd_span span, struct cd_tree *b);
/* Would a token of this kind be right here? Nothing changes. */
bool cd_grammar_accepts(const void *parser, int kind);
/* Entries on the stack, and whether there is no room for another token. */
size_t cd_grammar_height(const void *parser);
bool cd_grammar_is_full(const void *parser);
/* Drops entries down to HEIGHT; drops entries until KIND is accepted (false: it never is). */
void cd_grammar_cut(void *parser, size_t height);
bool cd_grammar_unwind(void *parser, int kind);

#endif
