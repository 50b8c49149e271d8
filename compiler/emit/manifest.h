/* Documents with their names and quotas, and the manifest of an emission, which leads each
 * statement back to its control, file and line. */
#ifndef CD_EMIT_MANIFEST_H
#define CD_EMIT_MANIFEST_H

#include "compiler/emit/scope.h"
#include "runtime/schema/schema.h"

struct cd_emitted_document {
    struct cd_str file; /* relative to the output folder */
    enum cd_target target;
    struct cd_scope scope; /* what it is the policy of */
    struct cd_str bytes;
    struct cd_quota_row quota; /* from cd_fit_documents on */
    const struct cd_statement *statements;
    size_t n_statements;
};

struct cd_documents {
    struct cd_emitted_document *items;
    size_t n, cap;
    size_t at_least; /* no fewer could hold the statements */
    bool is_minimal; /* nor could as many less one: proven */
};

/* The documents of E's statements, one for each scope (cd_scopes_of), none without a statement.
 * What reaches no document is listed in E as not expressible. */
CORDON_MUST_CHECK cordon_status cd_emit_documents(struct cd_emission *e,
                                                  const struct cd_emit_asked *asked,
                                                  struct cd_documents *out,
                                                  struct cordon_error *err);

/* The statement that D has beside its denies: its Sid, empty if there is none, and why it is there.
 */
struct cd_document_allow {
    struct cd_str sid, why;
};
struct cd_document_allow cd_document_allow_of(const struct cd_emitted_document *d);
/* D as minified JSON, version 2012-10-17: what the target has to allow, then D's statements. */
void cd_document_write(const struct cd_emitted_document *d, struct cd_buf *out);
/* D with its bytes, behind the others. */
CORDON_MUST_CHECK cordon_status cd_documents_add(struct cd_documents *out,
                                                 struct cd_emitted_document d,
                                                 struct cd_arena *arena, struct cordon_error *err);
/* Its size as its quota counts it. */
size_t cd_document_size(const struct cd_emitted_document *d);
struct cd_attachments;
struct cd_wrapped;

struct cd_manifest {
    const struct cd_sema *sema;
    const struct cd_emission *emission;
    const struct cd_const_env *env;
    const struct cd_documents *documents;
    const struct cd_attachments *attachments;
    const struct cd_wrapped *wrapped; /* NULL: the documents stand by themselves */
    struct cd_str quota_date; /* the day whose quotas were kept; empty: the newest that are known */
};

/* {schema, cordon, parameters, quota_date,
 * documents:[{file,target,[bucket…],bytes,limit,limit_since,hash,[allow:{sid,why}],
 * statements:[{sid,control,file,line}]}], packing:{documents,at_least,fewest},
 * attachments:[{to,level,documents:[],existing,attached,limit}],
 * [wrapped:{file,format,target,hash}], not_expressible:[{control,file,line,why}]} */
void cd_manifest_write(const struct cd_manifest *m, struct cd_arena *arena, struct cd_buf *out);
/* `"parameters":{"module.name":value, …}` with every parameter that has a value. */
void cd_manifest_parameters(const struct cd_sema *sema, const struct cd_const_env *env,
                            struct cd_arena *arena, struct cd_buf *out);
/* The hash of a document's bytes as the manifest has it: 16 hexadecimal digits of XXH3. */
struct cd_str cd_document_hash(struct cd_str bytes, char text[17]);
/* Why, and what to write instead, in one. */
struct cd_str cd_not_expressible_text(const struct cd_not_expressible *n, struct cd_arena *arena);

#endif
