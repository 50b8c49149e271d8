/* What documents are the policies of: names of keys, which keys a pattern means, Sids that lead
 * back to controls, and policies that are there already. */
#include "compiler/emit/scope.h"
#include "tests/unit/arena_fixture.h"

TestSuite(emit_scopes, .init = fx_arena_begin, .fini = fx_arena_end);

/* ---- keys ---- */

Test(emit_scopes, keys_are_named_by_their_arns)
{
    static const char *const none[] = {"",
                                       "0a1b",
                                       "arn:aws:kms:eu-west-1:111122223333:alias/x",
                                       "arn:aws:kms:eu-west-9:111122223333:key/0a1b",
                                       "arn:aws-cn:kms:eu-west-1:111122223333:key/0a1b",
                                       "arn:aws:kms:eu-west-1:11112222333:key/0a1b",
                                       "arn:aws:kms:eu-west-1:111122223333:key/",
                                       "arn:aws:kms:eu-west-1:111122223333:key/../x",
                                       "arn:aws:kms:*:111122223333:key/0a1b",
                                       "arn:aws:s3:::b"};
    struct cd_key key;
    for (size_t i = 0; i < CD_ARRAY_LEN(none); i++) {
        cr_expect(!cd_key_parse(cd_str_of(none[i]), &key), "%s", none[i]);
    }
    cr_assert(cd_key_parse(CD_STR("arn:aws-cn:kms:cn-north-1:111122223333:key/mrk-0a"), &key));
    cr_expect(cd_str_eq(key.id, CD_STR("mrk-0a")));
    cr_expect(cd_str_eq(cd_key_arn(&arena, &key),
                        CD_STR("arn:aws-cn:kms:cn-north-1:111122223333:key/mrk-0a")));
}

Test(emit_scopes, accounts_are_named_by_their_digits_or_their_root)
{
    struct cd_key key;
    cr_assert(cd_key_account_parse(CD_STR("111122223333"), &key));
    cr_expect(cd_str_eq(key.partition, CD_STR("aws")));
    cr_assert(cd_key_account_parse(CD_STR("arn:aws-us-gov:iam::111122223333:root"), &key));
    cr_expect(cd_str_eq(key.partition, CD_STR("aws-us-gov")));
    cr_expect(cd_str_eq(key.account, CD_STR("111122223333")));
    cr_expect(!cd_key_account_parse(CD_STR("1111-2222-3333"), &key));
    cr_expect(!cd_key_account_parse(CD_STR("arn:aws:iam::111122223333:role/root"), &key));
    cr_expect(!cd_key_account_parse(CD_STR("arn:aws-xx:iam::111122223333:root"), &key));
}

static enum cd_cut
cut(const char *pattern, bool is_not, const struct cd_key *key)
{
    struct cd_str action = CD_STR("kms:Decrypt"), resource = cd_str_of(pattern);
    const struct cd_statement s = {.actions = &action,
                                   .n_actions = 1,
                                   .resources = &resource,
                                   .n_resources = 1,
                                   .not_resource = is_not};
    struct cd_statement out;
    enum cd_cut result = cd_key_cut(&arena, &s, key, &out);
    if (result == CD_CUT_DONE) {
        cr_expect(out.n_resources == 1 && cd_str_eq(out.resources[0], CD_STR("*")));
        cr_expect(!out.not_resource);
    }
    return result;
}

Test(emit_scopes, a_pattern_means_all_keys_of_an_account_some_or_none)
{
    struct cd_key one, any = {.partition = CD_STR("aws"), .account = CD_STR("111122223333")};
    static const struct {
        const char *pattern;
        enum cd_cut of_one, of_any;
    } cases[] = {
        {"*", CD_CUT_DONE, CD_CUT_DONE},
        {"arn:aws:kms:*:*:key/*", CD_CUT_DONE, CD_CUT_DONE},
        {"arn:*:kms:*:111122223333:*", CD_CUT_DONE, CD_CUT_DONE},
        {"arn:aws:kms:*:*:k?y/**", CD_CUT_DONE, CD_CUT_DONE},
        {"arn:aws:kms:eu-west-1:111122223333:key/0a1b", CD_CUT_DONE, CD_CUT_IN_PART},
        {"arn:aws:kms:eu-*:*:key/*", CD_CUT_DONE, CD_CUT_IN_PART},
        {"arn:aws:kms:*:*:key/0a*", CD_CUT_DONE, CD_CUT_IN_PART},
        {"arn:aws:kms:*:*:key/ffff", CD_CUT_NOTHING, CD_CUT_IN_PART},
        {"arn:aws:kms:*:444455556666:key/*", CD_CUT_NOTHING, CD_CUT_NOTHING},
        {"arn:aws-cn:kms:*:*:key/*", CD_CUT_NOTHING, CD_CUT_NOTHING},
        {"arn:aws:kms:*:*:alias/*", CD_CUT_NOTHING, CD_CUT_NOTHING},
        {"arn:aws:s3:::b", CD_CUT_NOTHING, CD_CUT_NOTHING},
        {"arn:aws:kms:*:*:key/${aws:username}", CD_CUT_INTERPOLATED, CD_CUT_INTERPOLATED},
        {"arn:aws:kms:*:*:alias/${aws:username}", CD_CUT_NOTHING, CD_CUT_NOTHING},
        {"arn:aws:kms:*:*:${aws:username}b", CD_CUT_INTERPOLATED, CD_CUT_INTERPOLATED},
    };
    cr_assert(cd_key_parse(CD_STR("arn:aws:kms:eu-west-1:111122223333:key/0a1b"), &one));
    for (size_t i = 0; i < CD_ARRAY_LEN(cases); i++) {
        cr_expect_eq(cut(cases[i].pattern, false, &one), cases[i].of_one, "%s", cases[i].pattern);
        cr_expect_eq(cut(cases[i].pattern, false, &any), cases[i].of_any, "%s", cases[i].pattern);
        enum cd_cut other = cases[i].of_one == CD_CUT_DONE      ? CD_CUT_NOTHING
                            : cases[i].of_one == CD_CUT_NOTHING ? CD_CUT_DONE
                                                                : cases[i].of_one;
        cr_expect_eq(cut(cases[i].pattern, true, &one), other, "not %s", cases[i].pattern);
    }
}

/* ---- Sids ---- */

Test(emit_scopes, sids_lead_to_their_controls)
{
    struct cd_decl control = {.id = CD_STR("RES-02")};
    static const char *const ours[] = {
        "RES02",     "RES02x2",        "RES02x10",         "RES02p2",
        "RES02x2p3", "RES02h0123abcd", "RES02h0123abcdx2", "RES02h0123abcdx2p2"};
    static const char *const others[] = {"",        "RES0",     "RES021",         "RES02x",
                                         "RES02xx", "RES02 x2", "RES02h0123abc",  "res02",
                                         "XRES02",  "RES02x2y", "RES02h0123abcg", "RES02p"};
    for (size_t i = 0; i < CD_ARRAY_LEN(ours); i++) {
        cr_expect(cd_sid_leads_to(&arena, cd_str_of(ours[i]), &control), "%s", ours[i]);
    }
    for (size_t i = 0; i < CD_ARRAY_LEN(others); i++) {
        cr_expect(!cd_sid_leads_to(&arena, cd_str_of(others[i]), &control), "%s", others[i]);
    }
}

/* ---- policies that are there ---- */

Test(emit_scopes, only_what_denies_everybody_under_a_sid_of_ours_makes_way)
{
    static const char text[] =
        "{\"Version\": \"2012-10-17\", \"Statement\": ["
        "{\"Sid\":\"RES02\",\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"s3:*\","
        "\"Resource\":\"*\"},"
        "{\"Sid\":\"RES02\",\"Effect\":\"Deny\",\"Principal\":{\"AWS\":\"111122223333\"},"
        "\"Action\":\"s3:*\",\"Resource\":\"*\"},"
        "{\"Sid\":\"RES02\",\"Effect\":\"Deny\",\"NotPrincipal\":\"*\",\"Action\":\"s3:*\","
        "\"Resource\":\"*\"},"
        "{\"Sid\":\"RES02x2\",\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"s3:*\","
        "\"Resource\":\"*\"},"
        "{\"Sid\":\"RES03\",\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"s3:*\","
        "\"Resource\":\"*\"},"
        "{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"s3:*\",\"Resource\":\"*\"}]}";
    struct cd_decl control = {.id = CD_STR("RES-02")}, *of_controls[] = {&control};
    const struct cd_decls controls = {.items = of_controls, .n = 1};
    struct cd_existing existing;
    struct cordon_error err;
    cr_assert_eq(cd_existing_read(&arena, cd_str_of(text), &existing, &err), CORDON_OK, "%s",
                 err.message);
    cr_expect(existing.n == 6 && existing.has_variables);
    const struct cd_existing *kept = cd_existing_without(&arena, &existing, &controls);
    cr_expect(kept->n == 5 && kept->n_replaced == 1);
    cr_expect(cd_str_eq(kept->replaced[0], CD_STR("RES02x2")));
    for (size_t i = 0; i < kept->n; i++) {
        cr_expect(cd_str_eq(kept->statements[i], existing.statements[i < 3 ? i : i + 1]));
    }
}
