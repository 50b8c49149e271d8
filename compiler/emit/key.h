/* Key policies: what of a statement can stand in the policy of a KMS key. In it `Resource: "*"` is
 * the key (AWS KMS Developer Guide, «Key policies in AWS KMS»). */
#ifndef CD_EMIT_KEY_H
#define CD_EMIT_KEY_H

#include "compiler/emit/cut.h"

/* A key; without an id any key of the account; without an account any key at all. */
struct cd_key {
    struct cd_str partition, region, account, id;
};

/* A key's ARN. False if it is none. */
bool cd_key_parse(struct cd_str text, struct cd_key *out);
/* An account as the call names it: its twelve digits, or the ARN of its root. */
bool cd_key_account_parse(struct cd_str text, struct cd_key *out);
int cd_key_cmp(const struct cd_key *x, const struct cd_key *y);
/* The keys that the resources of the statements name without wildcards, as they come. */
size_t cd_keys_named(const struct cd_emission *e, struct cd_key **out);
/* Is ARN the key's, or that of one of those that the key stands for? */
bool cd_key_has(const struct cd_key *key, struct cd_str arn);
/* The ARN of the key, or of an example of those that it stands for. */
struct cd_str cd_key_arn(struct cd_arena *a, const struct cd_key *key);
/* S cut to the key. */
enum cd_cut cd_key_cut(struct cd_arena *a, const struct cd_statement *s, const struct cd_key *key,
                       struct cd_statement *out);

/* Does S deny everybody to change the key's policy? KMS refuses a policy with it. */
bool cd_key_locks_out(const struct cd_statement *s);

#endif
