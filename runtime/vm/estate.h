/* The documents of a snapshot by what they are attached to: to users and roles, to resources, to
 * accounts by way of their organization. What the snapshot does not tell stands among them as a
 * document that may say anything, with the reason. */
#ifndef CD_VM_ESTATE_H
#define CD_VM_ESTATE_H

#include "runtime/vm/questions.h"

/* A place in a snapshot: a node and its row. */
struct cd_at {
    const struct cd_node *node;
    uint32_t row;
};

/* ---- reading (estate_read.c) ---- */

/* Rows of a table in which nothing is dead, one after the other: *row is the next one from there
 * on. False: there are no more. */
bool cd_estate_next(const struct cd_table *t, uint32_t *row);
const struct cd_table *cd_estate_table(const struct cd_eval *e, const char *type); /* or NULL */
struct cd_at cd_estate_root(const struct cd_table *t, uint32_t row);
/* The property NAME of a record; its node is NULL where nothing is said of it. */
struct cd_at cd_estate_property(const struct cd_eval *e, struct cd_at record, const char *name);
static inline enum cd_state
cd_at_state(struct cd_at at)
{
    return cd_node_state(at.node, at.row);
}
/* The string that stands there, empty if none is known. */
struct cd_str cd_estate_text(const struct cd_eval *e, struct cd_at at);
/* The members of a known list: their number, and each. */
uint32_t cd_estate_size(struct cd_at list);
struct cd_at cd_estate_member(struct cd_at list, uint32_t i);
/* Is the text among the members of a list of strings? CD_MAYBE: it may be. */
enum cd_truth cd_estate_has(const struct cd_eval *e, struct cd_at list, struct cd_str text);
/* Is the row of the account? */
bool cd_estate_is_of(const struct cd_eval *e, const struct cd_table *t, uint32_t row,
                     struct cd_str account);
/* Was everything of the type collected in the account (empty: in all of them)? */
bool cd_estate_is_complete(struct cd_eval *e, const char *type, struct cd_str account);

/* ---- documents ---- */

struct cd_documents {
    struct cd_named_policy *items;
    size_t n, cap;
};
/* Adds what stands there as NAME: a document, or one that is unknown. Nothing where none is. */
void cd_estate_add(struct cd_eval *e, struct cd_documents *out, struct cd_str name,
                   struct cd_at document);
void cd_estate_add_unknown(struct cd_eval *e, struct cd_documents *out, const char *why, ...)
    __attribute__((format(printf, 3, 4)));
/* JSON as it stands in a property: a text that holds it, or an object. Adds one document. */
void cd_estate_add_json(struct cd_eval *e, struct cd_documents *out, struct cd_str name,
                        struct cd_at json);
struct cd_policy_set cd_estate_set(const struct cd_documents *d);

/* ---- all of it ---- */

enum cd_site_service { CD_SITES_S3, CD_SITES_KMS, CD_SITES_ROLES, CD_N_SITE_SERVICES };

struct cd_vm_principal;
struct cd_vm_site;

enum cd_holder { CD_HOLDER_ROLE, CD_HOLDER_USER, CD_HOLDER_GROUP, CD_N_HOLDERS };
#define CD_ATTACHING 3 /* ways in which a resource attaches a document to a holder */

/* The rows of one way, by whom they name. */
struct cd_attachments {
    bool made;
    const struct cd_table *table; /* NULL: none */
    struct cd_name_map names;
    uint32_t *open; /* rows that may name others, too, from the last one on */
    size_t n_open, cap_open;
};

struct cd_estate {
    struct cd_idmap managed;   /* by dictionary id of an ARN: row of AWS::IAM::ManagedPolicy */
    struct cd_name_map groups; /* rows of AWS::IAM::Group by their names */
    struct cd_attachments attachments[CD_N_HOLDERS][CD_ATTACHING];
    struct cd_idmap principal_of[2]; /* by row of roles, of users: number of the principal */
    CD_VEC(struct cd_vm_principal *) principals;
    struct cd_idmap levels_of[2]; /* by dictionary id of an account: of principals, of resources */
    CD_VEC(struct cd_policy_levels *) levels;
    struct cd_idmap content_of; /* by row of AWS::Organizations::Policy */
    CD_VEC(struct cd_named_policy) contents;
    struct cd_vm_site *sites[CD_N_SITE_SERVICES];
    uint32_t n_sites[CD_N_SITE_SERVICES];
    struct cd_idmap site_of[CD_N_SITE_SERVICES]; /* by dictionary id of the name */
};
struct cd_estate *cd_estate_of(struct cd_eval *e);

/* ---- what resources of their own attach (estate_attached.c) ---- */

/* Adds the documents that are attached to the role, user or group NAME of the account. */
void cd_estate_add_attached(struct cd_eval *e, struct cd_documents *out, enum cd_holder holder,
                            struct cd_str name, struct cd_str account);

/* ---- principals (estate.c) ---- */

struct cd_vm_principal {
    const struct cd_table *table;
    uint32_t row;
    struct cd_str arn;
    struct cd_question question; /* without documents of resources, and RCPs */
    uint32_t number;             /* among the principals that were asked about */
};
/* The principal of a row of AWS::IAM::Role or AWS::IAM::User, made once. NULL: it has no ARN. */
const struct cd_vm_principal *cd_estate_principal(struct cd_eval *e, cd_rowref row);
/* What follows from the principal for KEY, beside its ARN. */
bool cd_estate_fixes(struct cd_eval *e, const struct cd_vm_principal *p, struct cd_str key,
                     struct cd_arena *a, struct cd_access_key *out);

/* ---- organizations (estate_organization.c) ---- */

/* The levels of service control (or resource control) policies above the account, made once. */
const struct cd_policy_levels *cd_estate_levels(struct cd_eval *e, struct cd_str account,
                                                bool of_resources);
struct cd_str cd_estate_management_account(struct cd_eval *e);
/* The id of the organization: CD_NO: there is none; CD_MAYBE: nobody knows. */
enum cd_truth cd_estate_organization(struct cd_eval *e, struct cd_str *id);

/* ---- resources (estate_site.c) ---- */

/* A resource with a document of its own, or one of the three sites that stand for all others. */
struct cd_vm_site {
    struct cd_str name; /* in ARNs: bucket, key, role */
    uint32_t row;       /* of the table of its service */
    struct cd_str account;
    struct cd_documents documents;
};
#define CD_SITE_NONE UINT32_MAX          /* it has no document */
#define CD_SITE_UNKNOWN (UINT32_MAX - 1) /* what it has is not known */
#define CD_SITE_FOREIGN (UINT32_MAX - 2) /* the same, and it is of an account outside */
/* The site of the resource ARN, an index into the sites of its service, or one of the above. NAMED:
 * documents name it, so that somebody has it. */
uint32_t cd_estate_site(struct cd_eval *e, struct cd_str arn, bool named,
                        enum cd_site_service *service);
const struct cd_vm_site *cd_estate_sites(struct cd_eval *e, enum cd_site_service service,
                                         uint32_t *n);
/* Does a statement of the site's documents allow ACCESS's action (NULL: any) to the caller, whom it
 * means by LEAST or more? */
bool cd_estate_speaks_to(const struct cd_vm_site *site, const struct cd_caller *caller,
                         enum cd_meant least, const struct cd_access *access);

/* ---- what is told at a glance (can_quick.c) ---- */

/* Is it clear, without a question to the engine, that none of the requests is allowed? */
bool cd_questions_cannot(struct cd_eval *e, cd_rowref principal, struct cd_vm_requests requests);

#endif
