/* The catalogue of controls as Markdown: what each control says, what it detects and prevents, its
 * parameters, its tests as examples, and which entries of which framework the controls map to. In
 * come checked policies; out goes one document for GitHub's Markdown, the same for the same
 * policies. */
#ifndef CD_DOC_DOC_H
#define CD_DOC_DOC_H

#include "compiler/emit/table.h"
#include "compiler/sema/sema.h"

/* Appends the catalogue of all controls of SEMA (checked without errors). The arena's jump is set;
 * OUT's `oom` says if the text is cut. CORDON_ENOMEM besides. */
CORDON_MUST_CHECK cordon_status cd_doc_catalogue(const struct cd_sema *sema, struct cd_buf *out);
/* Appends the table of prevention, with the reasons control by control; otherwise the same. */
CORDON_MUST_CHECK cordon_status cd_doc_table(const struct cd_table *table, struct cd_buf *out);

#endif
