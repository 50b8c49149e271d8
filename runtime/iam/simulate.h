/* `cordon simulate`: a request and the policies around it in a line of JSON, the decision in
 * another. docs/SIMULATE.md has both formats. */
#ifndef CD_IAM_SIMULATE_H
#define CD_IAM_SIMULATE_H

#include "cordon/status.h"
#include "runtime/base/buf.h"

#define CD_SIMULATE_LINE_LIMIT ((size_t)64 << 20) /* bytes of a line */

enum cd_simulated { CD_SIMULATED, CD_SIMULATED_UNKNOWN, CD_SIMULATED_WRONG };

struct cd_simulator;
struct cd_simulator *cd_simulator_new(void); /* NULL: memory is out */
void cd_simulator_free(struct cd_simulator *s);
/* Appends the answer to LINE, and a newline, to OUT. What is wrong with the line is its answer,
 * too, and sets *ok to false; only memory fails. NUMBER is the line's, from 1: it stands in the
 * error of a line that has no id. */
CORDON_MUST_CHECK cordon_status cd_simulate_line(struct cd_simulator *s, struct cd_str line,
                                                 uint64_t number, struct cd_buf *out,
                                                 enum cd_simulated *simulated);
/* The error of a line that is longer than CD_SIMULATE_LINE_LIMIT. */
void cd_simulate_too_long(uint64_t number, struct cd_buf *out);

#endif
