/* Resources that have documents of their own: buckets, keys, roles with their trust policies. */
#include "runtime/vm/estate.h"

/* ---- making ---- */

struct sites {
    struct cd_vm_site *items;
    size_t n, cap;
};

static void
add_site(struct cd_eval *e, struct sites *out, const struct cd_table *t, uint32_t row,
         struct cd_str name, struct cd_at document)
{
    uint32_t account = cd_table_site(e->s, t, row)->account;
    struct cd_vm_site site = {.name = name,
                              .row = row,
                              .account =
                                  account == CD_NO_STR ? CD_STR("") : cd_vm_text(e, account)};
    cd_estate_add(e, &site.documents, name, document);
    *CD_PUSH(&e->arena, out->items, out->n, out->cap) = site;
}

static struct cd_str
id_of(const struct cd_eval *e, const struct cd_table *t, uint32_t row)
{
    return t->id[row] == CD_NO_STR ? CD_STR("") : cd_vm_text(e, t->id[row]);
}

/* Buckets with a policy; then those without, if it is known that they have none. */
static void
make_buckets(struct cd_eval *e, struct sites *out)
{
    const struct cd_table *t = cd_estate_table(e, "AWS::S3::BucketPolicy");
    for (uint32_t row = 0; cd_estate_next(t, &row); row++) {
        struct cd_at root = cd_estate_root(t, row);
        struct cd_str name = cd_estate_text(e, cd_estate_property(e, root, "Bucket"));
        if (name.n != 0) {
            add_site(e, out, t, row, name, cd_estate_property(e, root, "PolicyDocument"));
        }
    }
    struct cd_idmap with_policy = {0};
    for (size_t i = 0; i < out->n; i++) {
        cd_idmap_put(&e->arena, &with_policy, cd_vm_str(e, out->items[i].name), 0);
    }
    t = cd_estate_table(e, "AWS::S3::Bucket");
    for (uint32_t row = 0; cd_estate_next(t, &row); row++) {
        struct cd_str name =
            cd_estate_text(e, cd_estate_property(e, cd_estate_root(t, row), "BucketName"));
        name = name.n == 0 ? id_of(e, t, row) : name;
        uint32_t unused;
        if (name.n == 0 || cd_idmap_get(&with_policy, cd_vm_str(e, name), &unused)) {
            continue;
        }
        add_site(e, out, t, row, name, (struct cd_at){NULL, 0});
        const struct cd_site *place = cd_table_site(e->s, t, row);
        if (!cd_snapshot_is_complete_at(e->s, CD_STR("AWS::S3::BucketPolicy"), place->account,
                                        place->region)) {
            cd_estate_add_unknown(e, &out->items[out->n - 1].documents,
                                  "the policy of bucket %.*s is not in the snapshot", CD_FMT(name));
        }
    }
}

static void
make_keys(struct cd_eval *e, struct sites *out)
{
    const struct cd_table *t = cd_estate_table(e, "AWS::KMS::Key");
    for (uint32_t row = 0; cd_estate_next(t, &row); row++) {
        struct cd_at policy = cd_estate_property(e, cd_estate_root(t, row), "KeyPolicy");
        add_site(e, out, t, row, id_of(e, t, row), policy);
        if (cd_at_state(policy) == CD_ABSENT) {
            cd_estate_add_unknown(e, &out->items[out->n - 1].documents,
                                  "the policy of key %.*s is not in the snapshot",
                                  CD_FMT(id_of(e, t, row)));
        }
    }
}

/* A role is named by its whole ARN, as its path is part of it. */
static void
make_roles(struct cd_eval *e, struct sites *out)
{
    const struct cd_table *t = cd_estate_table(e, "AWS::IAM::Role");
    for (uint32_t row = 0; cd_estate_next(t, &row); row++) {
        uint32_t arn = cd_vm_arn(e, t, row);
        struct cd_at trust =
            cd_estate_property(e, cd_estate_root(t, row), "AssumeRolePolicyDocument");
        if (arn == CD_NO_STR) {
            continue;
        }
        add_site(e, out, t, row, cd_vm_text(e, arn), trust);
        if (cd_at_state(trust) == CD_ABSENT) {
            cd_estate_add_unknown(e, &out->items[out->n - 1].documents,
                                  "the trust policy of role %.*s is not in the snapshot",
                                  CD_FMT(id_of(e, t, row)));
        }
    }
}

static void (*const makers[CD_N_SITE_SERVICES])(struct cd_eval *, struct sites *) = {
    [CD_SITES_S3] = make_buckets, [CD_SITES_KMS] = make_keys, [CD_SITES_ROLES] = make_roles};

const struct cd_vm_site *
cd_estate_sites(struct cd_eval *e, enum cd_site_service service, uint32_t *n)
{
    struct cd_estate *s = cd_estate_of(e);
    if (s->sites[service] == NULL) {
        struct sites made = {.items = CD_NEW_ARRAY(&e->arena, 8, struct cd_vm_site), .cap = 8};
        makers[service](e, &made);
        for (size_t i = 0; i < made.n; i++) {
            cd_idmap_put(&e->arena, &s->site_of[service], cd_vm_str(e, made.items[i].name),
                         (uint32_t)i);
        }
        s->n_sites[service] = (uint32_t)made.n;
        s->sites[service] = made.items;
    }
    *n = s->n_sites[service];
    return s->sites[service];
}

bool
cd_estate_speaks_to(const struct cd_vm_site *site, const struct cd_caller *caller,
                    enum cd_meant least, const struct cd_access *access)
{
    for (size_t i = 0; i < site->documents.n; i++) {
        const struct cd_policy *p = site->documents.items[i].policy;
        for (uint32_t s = 0; s < p->n_statements; s++) {
            const struct cd_policy_statement *st = &p->statements[s];
            if (!st->is_deny && cd_principals_mean(&st->principals, caller) >= least
                && (access == NULL || cd_actions_match(&st->actions, access))) {
                return true;
            }
        }
    }
    return false;
}

/* ---- finding ---- */

/* Services whose resources may have documents that no table of ours carries (IAM User Guide, «AWS
 * services that work with IAM», resource-based policies). */
static bool
has_other_documents(struct cd_str service)
{
    static const char *const services[] = {
        "acm-pca",
        "backup",
        "codeartifact",
        "codebuild",
        "dynamodb",
        "ecr",
        "elasticfilesystem",
        "es",
        "events",
        "execute-api",
        "glacier",
        "glue",
        "iot",
        "kafka",
        "kinesis",
        "lambda",
        "lex",
        "logs",
        "mediastore",
        "rekognition",
        "secretsmanager",
        "serverlessrepo",
        "ses",
        "signer",
        "sns",
        "sqs",
        "ssm",
        "ssm-incidents",
        "vpc-lattice",
        "xray",
    };
    for (size_t i = 0; i < CD_ARRAY_LEN(services); i++) {
        if (cd_str_eq(service, cd_str_of(services[i]))) {
            return true;
        }
    }
    return false;
}

/* The name by which the sites of its service know the resource; false: it is of no such service. */
static bool
name_of(const struct cd_arn *arn, struct cd_str whole, enum cd_site_service *service,
        struct cd_str *name)
{
    struct cd_str tail = arn->part[CD_ARN_TAIL];
    if (cd_str_eq(arn->part[2], CD_STR("s3")) && !cd_str_starts(tail, CD_STR("accesspoint/"))) {
        *service = CD_SITES_S3;
        *name = cd_str_sub(tail, 0, cd_str_find(tail, '/', 0));
        return true;
    }
    if (cd_str_eq(arn->part[2], CD_STR("kms")) && cd_str_starts(tail, CD_STR("key/"))) {
        *service = CD_SITES_KMS;
        *name = cd_str_sub(tail, 4, tail.n);
        return true;
    }
    *service = CD_SITES_ROLES;
    *name = whole;
    return cd_str_eq(arn->part[2], CD_STR("iam")) && cd_str_starts(tail, CD_STR("role/"));
}

uint32_t
cd_estate_site(struct cd_eval *e, struct cd_str text, bool named, enum cd_site_service *service)
{
    struct cd_arn arn;
    struct cd_str name;
    uint32_t n, site;
    if (!cd_arn_read(text, &arn)) {
        return CD_SITE_NONE;
    }
    if (!name_of(&arn, text, service, &name)) {
        return has_other_documents(arn.part[2]) ? CD_SITE_UNKNOWN : CD_SITE_NONE;
    }
    (void)cd_estate_sites(e, *service, &n);
    if (n != 0 && cd_idmap_get(&cd_estate_of(e)->site_of[*service], cd_vm_str(e, name), &site)) {
        return site;
    }
    bool is_foreign =
        *service == CD_SITES_S3 && cd_snapshot_is_complete(e->s, CD_STR("AWS::S3::Bucket"));
    return !named ? CD_SITE_NONE : is_foreign ? CD_SITE_FOREIGN : CD_SITE_UNKNOWN;
}
