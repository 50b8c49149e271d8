/* Constant values as JSON. */
#ifndef CD_REPORT_VALUE_H
#define CD_REPORT_VALUE_H

#include "runtime/base/buf.h"
#include "runtime/bc/program.h"

/* Appends constant C of IMG: times and durations as text, absent as null. */
void cd_value_json(const struct cd_image *img, uint32_t c, struct cd_buf *out);

#endif
