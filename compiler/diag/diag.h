/* Diagnostics as data: what is wrong with a policy, where, and what to write instead. Stored,
 * sorted by place and de-duplicated, then rendered as text or JSON. */
#ifndef CD_DIAG_DIAG_H
#define CD_DIAG_DIAG_H

#include <stdbool.h>

#include "compiler/source/source.h"
#include "runtime/base/file.h"
#include "runtime/base/nearest.h"

/* Rows of diag_codes.def: CD_DIAG(number, NAME, severity, "what it means and what to do", "a line
 * that provokes it"). Numbers: 01xx tokens, 02xx grammar, 03xx names, modules and parameters, 04xx
 * types, 05xx controls and metadata, 06xx denies, 07xx tests and waivers, 08xx limits, 09xx
 * emission. Released numbers never change their meaning. */
enum cd_diag_code {
#define CD_DIAG(number, name, severity, meaning, example) CD_DIAG_##name = number,
#include "compiler/diag/diag_codes.def"
#undef CD_DIAG
};

enum cd_severity { CD_ERROR, CD_WARNING, CD_NOTE };

struct cd_diag {
    enum cd_diag_code code;
    enum cd_severity severity;
    struct cd_span span;
    struct cd_str message; /* one sentence, what was expected and what was found */
    struct cd_str help;    /* what to write instead; empty if there is nothing to say */
};

struct cd_diags {
    struct cd_arena *arena;
    struct cd_diag **items;
    size_t n, cap;
    size_t n_errors, n_others; /* kept or not */
    size_t limit; /* of errors, and of others, that are kept; later ones are counted only */
    bool is_cut;  /* with the limit reached, the rest of the policies was not read */
};

void cd_diags_init(struct cd_diags *d, struct cd_arena *arena);
/* Adds a diagnostic with a printf message; never fails (the arena jumps on out of memory). */
struct cd_diag *cd_diag_add(struct cd_diags *d, enum cd_diag_code code, struct cd_span span,
                            const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* Sets the help text. */
void cd_diag_help(struct cd_diags *d, struct cd_diag *diag, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Sorts by file, offset and code and drops repetitions. */
void cd_diags_sort(struct cd_diags *d);
/* `file:line:column: error[CD0203]: message`, the source line, a caret, the help. */
void cd_diags_text(struct cd_diags *d, struct cd_sources *s, bool colour, struct cd_out *out);
/* {"diagnostics":[{code,severity,file,line,column,message,help}]} */
void cd_diags_json(struct cd_diags *d, struct cd_sources *s, struct cd_out *out);

/* Adds «did you mean X?» as help if something was near enough. */
void cd_nearest_help(struct cd_diags *d, struct cd_diag *diag, const struct cd_nearest *n);

#endif
