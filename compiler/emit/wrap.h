/* Documents wrapped for the tools that deploy them: one file beside them, which makes and attaches
 * what they are the policies of. */
#ifndef CD_EMIT_WRAP_H
#define CD_EMIT_WRAP_H

#include "compiler/emit/attach.h"

enum cd_format { CD_FORMAT_JSON, CD_FORMAT_TERRAFORM, CD_FORMAT_CLOUDFORMATION, CD_N_FORMATS };

/* `json`, `terraform`, `cloudformation`. */
struct cd_str cd_format_name(enum cd_format format);
/* Reads a name, or `tf`, `cfn`. */
bool cd_format_find(struct cd_str name, enum cd_format *out);

struct cd_wrapping {
    enum cd_format format; /* not JSON */
    enum cd_target target;
    const struct cd_documents *documents; /* at least one */
    const struct cd_attachments *attachments;
    const struct cd_sema *sema;
    struct cd_arena *arena;
};

struct cd_wrapped {
    enum cd_format format;
    struct cd_str file, bytes; /* no file: nothing is wrapped */
};

/* CORDON_EINPUT if the format cannot hold a document's text, CORDON_ELIMIT if not that many. */
CORDON_MUST_CHECK cordon_status cd_wrap(const struct cd_wrapping *w, struct cd_wrapped *out,
                                        struct cordon_error *err);

/* ---- its parts ---- */

/* The document's file without `.json`. */
struct cd_str cd_wrap_stem(const struct cd_emitted_document *d);
/* «Emitted by Cordon for the controls m.a, m.b, …», at most some 500 bytes, all ASCII. */
struct cd_str cd_wrap_description(const struct cd_wrapping *w, const struct cd_emitted_document *d);
void cd_wrap_terraform(const struct cd_wrapping *w, struct cd_buf *out);
void cd_wrap_cloudformation(const struct cd_wrapping *w, struct cd_buf *out);

#endif
