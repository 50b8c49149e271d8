/* `cordon emit --table`: what of the controls is prevented, and where. */
#ifndef CD_CLI_EMIT_TABLE_H
#define CD_CLI_EMIT_TABLE_H

#include "compiler/cli/frontend.h"
#include "compiler/cli/program.h"

enum cd_emit_table_format { CD_EMIT_TABLE_TEXT, CD_EMIT_TABLE_JSON, CD_EMIT_TABLE_MARKDOWN };

/* `text`, `json`, `markdown`; NULL is text. False if it is none of them. */
bool cd_emit_table_format(const char *name, enum cd_emit_table_format *out);
/* Writes the table of N POLICIES to standard output; the exit code. FRONT is initialized. */
int cd_emit_table(struct cd_frontend *front, const char *const *policies, size_t n,
                  const struct cd_param_texts *params, enum cd_emit_table_format format);

#endif
