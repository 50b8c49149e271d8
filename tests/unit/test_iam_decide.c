/* What policies decide together. Expected decisions are those of the IAM User Guide, «Policy
 * evaluation logic» with «Cross-account policy evaluation logic», «Permissions boundaries» and
 * «Session policies», of the Organizations User Guide, and of the KMS Developer Guide. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "runtime/iam/decide.h"

#define HOME "111122223333"
#define AWAY "444455556666"
#define BOB "arn:aws:iam::" HOME ":user/bob"
#define WORKER "arn:aws:iam::" HOME ":role/worker"
#define JOB "arn:aws:sts::" HOME ":assumed-role/worker/job"
#define KEY "arn:aws:kms:eu-west-1:" HOME ":key/12345678-1234-1234-1234-123456789012"

#define ALLOW "{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}"
#define DENY "{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}"
#define OTHER "{\"Effect\":\"Allow\",\"Action\":\"ec2:*\",\"Resource\":\"*\"}"
#define MAYBE(effect)                                                 \
    "{\"Effect\":\"" effect "\",\"Action\":\"*\",\"Resource\":\"*\"," \
    "\"Condition\":{\"StringEquals\":{\"aws:userid\":\"x\"}}}"
#define TO(effect, principal) \
    "{\"Effect\":\"" effect "\",\"Action\":\"*\",\"Resource\":\"*\",\"Principal\":" principal "}"
#define AWS(arn) "{\"AWS\":\"" arn "\"}"

/* Statements of each kind; NULL: there is no such policy. */
struct given {
    const char *caller;                      /* NULL: anonymous */
    const char *action, *resource, *account; /* NULL: s3:GetObject on an object at home */
    const char *policies[CD_N_POLICY_KINDS];
    const char *management_account;
    bool is_partial;
};

struct room {
    struct cd_arena a;
    struct cd_named_policy named[CD_N_POLICY_KINDS];
    struct cd_policy_level levels[CD_N_POLICY_KINDS];
};

static void
compile(struct room *room, enum cd_policy_kind kind, const char *statements)
{
    char text[2048];
    struct cordon_error err = {.code = CORDON_OK};
    (void)snprintf(text, sizeof text, "{\"Version\":\"2012-10-17\",\"Statement\":[%s]}",
                   statements);
    cordon_status status =
        cd_policy_read(&room->a, NULL, cd_str_of(text), &room->named[kind].policy, &err);
    cr_assert_eq(status, CORDON_OK, "%s: %s", text, err.message);
    room->named[kind].name = cd_policy_kind_name(kind);
    room->levels[kind] = (struct cd_policy_level){CD_STR("level"), {&room->named[kind], 1}};
}

static struct cd_question
question(struct room *room, const struct given *g)
{
    struct cd_question q = {.caller = {.kind = CD_CALLER_ANONYMOUS}};
    q.access.action = cd_str_of(g->action != NULL ? g->action : "s3:GetObject");
    q.access.resource = cd_str_of(g->resource != NULL ? g->resource : "arn:aws:s3:::data/a");
    q.access.is_partial = g->is_partial;
    q.account = cd_str_of(g->account != NULL ? g->account : HOME);
    q.management_account = cd_str_of(g->management_account != NULL ? g->management_account : "");
    cd_access_prepare(&q.access);
    cr_assert(g->caller == NULL || cd_caller_read(cd_str_of(g->caller), &q.caller));
    struct cd_policy_set *const sets[CD_N_POLICY_KINDS] = {
        [CD_POLICY_IDENTITY] = &q.identity,   [CD_POLICY_RESOURCE] = &q.resource,
        [CD_POLICY_BOUNDARY] = &q.boundaries, [CD_POLICY_SESSION] = &q.session,
        [CD_POLICY_ENDPOINT] = &q.endpoints,
    };
    for (enum cd_policy_kind kind = 0; kind < CD_N_POLICY_KINDS; kind++) {
        if (g->policies[kind] == NULL) {
            continue;
        }
        compile(room, kind, g->policies[kind]);
        struct cd_policy_levels levels = {&room->levels[kind], 1};
        if (sets[kind] != NULL) {
            *sets[kind] = (struct cd_policy_set){&room->named[kind], 1};
        } else if (kind == CD_POLICY_SCP) {
            q.scps = levels;
        } else {
            q.rcps = levels;
        }
    }
    return q;
}

static enum cd_decision
decide(const struct given *g)
{
    struct room room;
    struct cd_decided decided = {.n_because = 0};
    cd_arena_init(&room.a);
    struct cd_question q = question(&room, g);
    cr_assert(cd_decide(&q, &decided));
    enum cd_decision decision = decided.decision;
    cd_decided_finish(&decided);
    cd_arena_finish(&room.a);
    return decision;
}

#define GIVEN(...) (&(const struct given){.caller = __VA_ARGS__})
#define IDENTITY .policies[CD_POLICY_IDENTITY]
#define RESOURCE .policies[CD_POLICY_RESOURCE]
#define BOUNDARY .policies[CD_POLICY_BOUNDARY]
#define SESSION .policies[CD_POLICY_SESSION]
#define SCP .policies[CD_POLICY_SCP]
#define RCP .policies[CD_POLICY_RCP]
#define ENDPOINT .policies[CD_POLICY_ENDPOINT]
#define ALLOWED(...) cr_expect_eq(decide(GIVEN(__VA_ARGS__)), CD_ALLOWED)
#define DENIED(...) cr_expect_eq(decide(GIVEN(__VA_ARGS__)), CD_EXPLICIT_DENY)
#define NOT_ALLOWED(...) cr_expect_eq(decide(GIVEN(__VA_ARGS__)), CD_IMPLICIT_DENY)
#define UNKNOWN(...) cr_expect_eq(decide(GIVEN(__VA_ARGS__)), CD_UNDECIDED)

Test(iam_decide, within_an_account_one_allow_is_enough)
{
    NOT_ALLOWED(BOB);
    ALLOWED(BOB, IDENTITY = ALLOW);
    NOT_ALLOWED(BOB, IDENTITY = OTHER);
    ALLOWED(BOB, RESOURCE = TO("Allow", AWS(BOB)));
    NOT_ALLOWED(BOB, RESOURCE = TO("Allow", AWS(WORKER)));
    /* the account's policies have to give what the account was given */
    NOT_ALLOWED(BOB, RESOURCE = TO("Allow", AWS(HOME)));
    ALLOWED(BOB, IDENTITY = ALLOW, RESOURCE = TO("Allow", AWS(HOME)));
}

Test(iam_decide, across_accounts_both_have_to)
{
    NOT_ALLOWED(BOB, .account = AWAY, IDENTITY = ALLOW);
    NOT_ALLOWED(BOB, .account = AWAY, RESOURCE = TO("Allow", AWS(BOB)));
    ALLOWED(BOB, .account = AWAY, IDENTITY = ALLOW, RESOURCE = TO("Allow", AWS(BOB)));
    ALLOWED(BOB, .account = AWAY, IDENTITY = ALLOW, RESOURCE = TO("Allow", AWS(HOME)));
    NOT_ALLOWED(BOB, .account = AWAY, IDENTITY = ALLOW, RESOURCE = TO("Allow", AWS(AWAY)));
    ALLOWED(NULL, RESOURCE = TO("Allow", "\"*\""));
    NOT_ALLOWED(NULL, RESOURCE = TO("Allow", AWS(HOME)));
}

Test(iam_decide, a_deny_anywhere_counts_more)
{
    DENIED(BOB, IDENTITY = ALLOW "," DENY);
    DENIED(BOB, IDENTITY = ALLOW, BOUNDARY = ALLOW "," DENY);
    DENIED(JOB, IDENTITY = ALLOW, SESSION = DENY);
    DENIED(BOB, IDENTITY = ALLOW, SCP = ALLOW "," DENY);
    DENIED(BOB, IDENTITY = ALLOW, RCP = TO("Deny", "\"*\""));
    DENIED(BOB, IDENTITY = ALLOW, RESOURCE = TO("Deny", AWS(BOB)));
    DENIED(BOB, IDENTITY = ALLOW, ENDPOINT = TO("Deny", "\"*\""));
    ALLOWED(BOB, IDENTITY = ALLOW, RESOURCE = TO("Deny", AWS(WORKER)));
    DENIED(BOB, IDENTITY = DENY);
}

Test(iam_decide, limits)
{
    NOT_ALLOWED(BOB, IDENTITY = ALLOW, BOUNDARY = OTHER);
    NOT_ALLOWED(BOB, BOUNDARY = ALLOW);
    /* what a resource's policy gives a user by their ARN is not limited; a role is */
    ALLOWED(BOB, RESOURCE = TO("Allow", AWS(BOB)), BOUNDARY = OTHER);
    NOT_ALLOWED(JOB, RESOURCE = TO("Allow", AWS(WORKER)), BOUNDARY = OTHER);
    ALLOWED(JOB, RESOURCE = TO("Allow", AWS(JOB)), BOUNDARY = OTHER);
    NOT_ALLOWED(JOB, IDENTITY = ALLOW, SESSION = OTHER);
    ALLOWED(JOB, IDENTITY = ALLOW, SESSION = ALLOW);
    NOT_ALLOWED(JOB, RESOURCE = TO("Allow", AWS(WORKER)), SESSION = OTHER);
    ALLOWED(JOB, RESOURCE = TO("Allow", AWS(JOB)), SESSION = OTHER);
    NOT_ALLOWED(BOB, IDENTITY = ALLOW, ENDPOINT = TO("Allow", AWS(WORKER)));
}

Test(iam_decide, organizations)
{
    NOT_ALLOWED(BOB, IDENTITY = ALLOW, SCP = OTHER);
    NOT_ALLOWED(BOB, SCP = ALLOW);
    ALLOWED(BOB, IDENTITY = ALLOW, SCP = OTHER, .management_account = HOME);
    NOT_ALLOWED(BOB, IDENTITY = ALLOW, SCP = OTHER, .management_account = AWAY);
    ALLOWED("arn:aws:sts::" HOME ":assumed-role/AWSServiceRoleForECS/x", IDENTITY = ALLOW,
            SCP = OTHER);
    ALLOWED("lambda.amazonaws.com",
            RESOURCE = TO("Allow", "{\"Service\":\"lambda.amazonaws.com\"}"), SCP = OTHER);
    NOT_ALLOWED("arn:aws:iam::" HOME ":root", SCP = OTHER);
    ALLOWED("arn:aws:iam::" HOME ":root", SCP = ALLOW);
    ALLOWED(BOB, IDENTITY = ALLOW, RCP = TO("Deny", "\"*\""), .management_account = HOME);
    ALLOWED(BOB, .action = "ec2:StartInstances",
            .resource = "arn:aws:ec2:eu-west-1:" HOME ":instance/i-1", IDENTITY = ALLOW,
            RCP = TO("Deny", "\"*\""));
}

/* Keys and roles are their own masters: without their policies nobody else's count. */
Test(iam_decide, keys_and_trust)
{
    NOT_ALLOWED(BOB, .action = "kms:Decrypt", .resource = KEY, IDENTITY = ALLOW);
    ALLOWED(BOB, .action = "kms:Decrypt", .resource = KEY, IDENTITY = ALLOW,
            RESOURCE = TO("Allow", AWS(HOME)));
    NOT_ALLOWED(BOB, .action = "kms:Decrypt", .resource = KEY, RESOURCE = TO("Allow", AWS(HOME)));
    ALLOWED(BOB, .action = "kms:Decrypt", .resource = KEY, RESOURCE = TO("Allow", AWS(BOB)));
    NOT_ALLOWED(BOB, .action = "sts:AssumeRole", .resource = WORKER, IDENTITY = ALLOW,
                RESOURCE = TO("Allow", AWS(AWAY)));
    NOT_ALLOWED(BOB, .action = "sts:AssumeRole", .resource = WORKER,
                RESOURCE = TO("Allow", AWS(HOME)));
    ALLOWED(BOB, .action = "sts:AssumeRole", .resource = WORKER, IDENTITY = ALLOW,
            RESOURCE = TO("Allow", AWS(HOME)));
    ALLOWED(BOB, .action = "sts:AssumeRole", .resource = WORKER, RESOURCE = TO("Allow", AWS(BOB)));
    ALLOWED(BOB, .action = "sts:GetCallerIdentity", .resource = "*", IDENTITY = DENY);
}

Test(iam_decide, what_is_unknown)
{
    UNKNOWN(BOB, IDENTITY = MAYBE("Allow"), .is_partial = true);
    NOT_ALLOWED(BOB, IDENTITY = MAYBE("Allow"));
    UNKNOWN(BOB, IDENTITY = ALLOW "," MAYBE("Deny"), .is_partial = true);
    ALLOWED(BOB, IDENTITY = ALLOW "," MAYBE("Deny"));
    ALLOWED(BOB, IDENTITY = ALLOW "," MAYBE("Allow"), .is_partial = true);
    DENIED(BOB, IDENTITY = DENY "," MAYBE("Allow"), .is_partial = true);
    NOT_ALLOWED(BOB, IDENTITY = MAYBE("Allow"), SCP = OTHER, .is_partial = true);
    /* implicitly or explicitly denied, the key decides */
    UNKNOWN(BOB, IDENTITY = MAYBE("Deny"), .is_partial = true);
}

/* Beyond the statements that are indexed. */
Test(iam_decide, many_statements)
{
    char statements[2048 * 4] = OTHER;
    struct room room;
    struct cd_decided decided = {.n_because = 0};
    const struct given g = {.caller = BOB};
    size_t n = strlen(statements);
    for (int i = 0; i < 100; i++) {
        n += (size_t)snprintf(statements + n, sizeof statements - n, ",%s",
                              i == 40 || i == 90 ? ALLOW : OTHER);
    }
    cd_arena_init(&room.a);
    struct cd_question q = question(&room, &g);
    struct cordon_error err = {.code = CORDON_OK};
    char text[2048 * 5];
    (void)snprintf(text, sizeof text, "{\"Statement\":[%s]}", statements);
    cr_assert_eq(cd_policy_read(&room.a, NULL, cd_str_of(text), &room.named[0].policy, &err),
                 CORDON_OK, "%s", err.message);
    room.named[0].name = CD_STR("p");
    q.identity = (struct cd_policy_set){room.named, 1};
    cr_assert(cd_decide(&q, &decided));
    cr_expect_eq(decided.decision, CD_ALLOWED);
    cr_assert_eq(decided.n_because, 2);
    cr_expect_eq(decided.because[0].statement->index, 41u);
    cr_expect_eq(decided.because[1].statement->index, 91u);
    cd_decided_finish(&decided);
    cd_arena_finish(&room.a);
}
