/* Constants as JSON. */
#ifndef CD_SEMA_CONST_JSON_H
#define CD_SEMA_CONST_JSON_H

#include "compiler/sema/const.h"

/* Appends C as JSON: times and durations as text, absent as null. */
void cd_const_json(const struct cd_const *c, struct cd_buf *out);

#endif
