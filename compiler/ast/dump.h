/* The syntax tree as deterministic text: a line a declaration, item or step, expressions with the
 * operator first. */
#ifndef CD_AST_DUMP_H
#define CD_AST_DUMP_H

#include "compiler/ast/ast.h"
#include "runtime/base/buf.h"

/* `check --dump=ast`. */
void cd_ast_dump(const struct cd_module *m, struct cd_buf *out);
/* One expression, also of a later stage: `(and (== (field b Status) "Enabled") x)`. */
void cd_ast_dump_expr(const struct cd_expr *e, struct cd_buf *out);

#endif
