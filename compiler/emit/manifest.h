/* Documents with their names and quotas, and the manifest of an emission, which leads each
 * statement back to its control, file and line. */
#ifndef CD_EMIT_MANIFEST_H
#define CD_EMIT_MANIFEST_H

#include "compiler/emit/bucket.h"
#include "runtime/schema/schema.h"

struct cd_emitted_document {
    struct cd_str file; /* relative to the output folder */
    enum cd_target target;
    const struct cd_bucket *bucket;   /* whose policy it is, or NULL */
    struct cd_str partition, account; /* of a key policy: who has to stay in control */
    struct cd_str bytes;
    struct cd_quota_row quota;
    const struct cd_statement *statements;
    size_t n_statements;
};

struct cd_documents {
    struct cd_emitted_document *items;
    size_t n, cap;
};

/* What the call says of the resources whose policies it wants. */
struct cd_emit_asked {
    const struct cd_bucket *buckets;
    size_t n_buckets;
    struct cd_str partition, account; /* of the keys; without one, empty */
};

/* The documents of E's statements, none without a statement: one for the whole organization,
 * account or endpoint, or one for each resource that ASKED or the denies name (an error if there is
 * none). What reaches no document is listed in E as not expressible. */
CORDON_MUST_CHECK cordon_status cd_emit_documents(struct cd_emission *e,
                                                  const struct cd_emit_asked *asked,
                                                  struct cd_documents *out,
                                                  struct cordon_error *err);

/* Sids of statements that lead to no control. */
#define CD_SID_ALLOW_ALL "AllowWhatIsNotDenied"
#define CD_SID_ALLOW_ACCOUNT "KeepAccountInControl"
/* D as minified JSON, version 2012-10-17: what the target has to allow, then D's statements. */
void cd_document_write(const struct cd_emitted_document *d, struct cd_buf *out);
/* Its size as its quota counts it. */
size_t cd_document_size(const struct cd_emitted_document *d);
/* CORDON_ELIMIT with the sizes and the largest statements if the document is over its quota. */
CORDON_MUST_CHECK cordon_status cd_document_fits(const struct cd_emitted_document *d,
                                                 const struct cd_sema *sema, struct cd_arena *arena,
                                                 struct cordon_error *err);

struct cd_manifest {
    const struct cd_sema *sema;
    const struct cd_emission *emission;
    const struct cd_const_env *env;
    const struct cd_documents *documents;
};

/* {schema, cordon, parameters, documents:[{file,target,[bucket],bytes,limit,limit_since,hash,
 * statements:[{sid,control,file,line}]}], not_expressible:[{control,file,line,why}]} */
void cd_manifest_write(const struct cd_manifest *m, struct cd_arena *arena, struct cd_buf *out);
/* The hash of a document's bytes as the manifest has it: 16 hexadecimal digits of XXH3. */
struct cd_str cd_document_hash(struct cd_str bytes, char text[17]);
/* Why, and what to write instead, in one. */
struct cd_str cd_not_expressible_text(const struct cd_not_expressible *n, struct cd_arena *arena);

#endif
