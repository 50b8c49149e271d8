/* One file of source to its syntax tree: drives lexer and grammar, reports what is wrong and goes
 * on behind it. */
#ifndef CD_PARSE_PARSE_H
#define CD_PARSE_PARSE_H

#include "compiler/ast/ast.h"
#include "compiler/diag/diag.h"
#include "runtime/base/buf.h"

#define CD_PARSE_NESTING_LIMIT 256u   /* open brackets and braces */
#define CD_PARSE_TOKEN_LIMIT 2000000u /* of one file */

struct cd_parse;

/* The module of FILE; always a module, if there are errors an incomplete one. ARENA has to jump
 * when it is out of memory. *SCRATCH, NULL at first, is the parser's own memory in ARENA, which one
 * file after the other may use; SCRATCH may be NULL. */
struct cd_module *cd_parse(struct cd_arena *arena, struct cd_diags *diags,
                           struct cd_sources *sources, uint32_t file, struct cd_parse **scratch);

/* `check --dump=tokens`: `line:column KIND text` for every token. */
void cd_dump_tokens(struct cd_sources *sources, uint32_t file, struct cd_buf *out);

#endif
