/* The manifest of an emission, which leads each statement back to its control, file and line; and
 * the check against quotas. */
#ifndef CD_EMIT_MANIFEST_H
#define CD_EMIT_MANIFEST_H

#include "compiler/emit/emit.h"
#include "runtime/schema/schema.h"

struct cd_emitted_document {
    struct cd_str file; /* relative to the output folder */
    const char *target; /* `scp` */
    struct cd_str bytes;
    struct cd_quota_row quota;
    const struct cd_statement *statements;
    size_t n_statements;
};

struct cd_manifest {
    const struct cd_sema *sema;
    const struct cd_emission *emission;
    const struct cd_const_env *env;
    const struct cd_emitted_document *documents;
    size_t n_documents;
};

/* {schema, cordon, parameters,
 * documents:[{file,target,bytes,limit,quota_since,statements:[{sid,control,file,line}]}],
 * not_expressible:[{control,file,line,why}]} */
void cd_manifest_write(const struct cd_manifest *m, struct cd_arena *arena, struct cd_buf *out);
/* CORDON_ELIMIT with the sizes and the largest statements if the document is over its quota. */
CORDON_MUST_CHECK cordon_status cd_document_fits(const struct cd_emitted_document *d,
                                                 struct cordon_error *err);

#endif
