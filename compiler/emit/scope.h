/* Scopes: what a document is the policy of, where a target has a document for each of them. A deny
 * is cut to what it says there. */
#ifndef CD_EMIT_SCOPE_H
#define CD_EMIT_SCOPE_H

#include "compiler/emit/bucket.h"
#include "compiler/emit/existing.h"
#include "compiler/emit/key.h"

enum cd_scope_kind {
    CD_SCOPE_ALL, /* whatever the document is attached to */
    CD_SCOPE_BUCKET,
    CD_SCOPE_KEY,
    CD_SCOPE_SERVICE, /* of an endpoint */
};

struct cd_scope {
    enum cd_scope_kind kind;
    struct cd_bucket bucket;
    struct cd_key key;
    struct cd_str service;
    const struct cd_existing *existing; /* its policy that is there already, or NULL */
};

/* What a snapshot shows of a resource's policy. */
struct cd_shown_policy {
    struct cd_scope scope; /* first: scopes are looked up among these */
    struct cd_str text;    /* the document; empty: it has none, */
    struct cd_str unknown; /* or, if this is not empty, why that is not known; */
    bool is_wrong;         /* what stands there is no document */
};

/* What the call says of the resources whose policies it wants. */
struct cd_emit_asked {
    const struct cd_scope *items;
    size_t n;
    bool merges; /* into what SHOWN has; if ITEMS is empty, it is for all of them that are known */
    const struct cd_shown_policy *shown;
    size_t n_shown;
};

/* The scopes of the emission's documents: those that are ASKED for and those that the denies name
 * without wildcards, each once, in a fixed order. Where there is none: whatever the document is
 * attached to, or any key; of buckets CORDON_EINPUT, if there is a statement. Likewise if a policy
 * that is to be merged into is not shown, or is none. */
CORDON_MUST_CHECK cordon_status cd_scopes_of(const struct cd_emission *e,
                                             const struct cd_emit_asked *asked,
                                             struct cd_scope **out, size_t *n,
                                             struct cordon_error *err);
/* The name of the document's file: `scp.json`, `bucket-policy-acme-data.json`. */
struct cd_str cd_scope_file(struct cd_arena *a, enum cd_target target, const struct cd_scope *s);
/* In the order of the documents; 0 if both are of the same. */
int cd_scope_cmp(const struct cd_scope *x, const struct cd_scope *y);
/* «bucket acme-data», «bucket acme of aws-cn», «key arn:…», «keys of account 1…», «endpoints of
 * s3»: of what has a policy; empty for whatever a document is attached to. */
struct cd_str cd_scope_title(struct cd_arena *a, const struct cd_scope *s);
/* What S says of the scope. */
enum cd_cut cd_scope_cut(struct cd_arena *a, const struct cd_statement *s,
                         const struct cd_scope *scope, struct cd_statement *out);
/* Can the action, on the resource, meet the document at all? */
bool cd_scope_has(const struct cd_scope *scope, uint32_t action, struct cd_str resource);

#endif
