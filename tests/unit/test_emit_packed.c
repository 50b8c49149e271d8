/* Documents of a small limit, with merged and split statements: the check passes them, and finds
 * what is changed in them. */
#include <stdlib.h>

#include "emit_fixture.h"
#include "json_lists.h"

static struct emission e;

static void
setup(void)
{
    fx_begin(&e, "tests/unit/emit_packed.cordon");
}

static void
teardown(void)
{
    fx_end(&e);
}

TestSuite(emit_packed, .init = setup, .fini = teardown);

static void
emit_within(uint32_t max_bytes)
{
    fx_emit((struct fx_call){.e = &e, .quota = {.max_bytes = max_bytes}});
}

Test(emit_packed, within_the_quota_nothing_is_merged)
{
    emit_within(5120);
    cr_assert_eq(e.documents.n, 1);
    cr_assert_eq(e.documents.items[0].n_statements, 5);
}

Test(emit_packed, three_controls_are_merged_where_that_saves_a_document)
{
    emit_within(900);
    cr_assert_eq(e.documents.n, 1);
    cr_assert_eq(e.documents.items[0].n_statements, 3);
    cr_assert_eq(e.documents.items[0].statements[0].n_sources, 3);
    cr_assert_eq(fx_check(&e, 0, e.documents.items[0].bytes), CORDON_OK, "%s", e.err.message);
}

Test(emit_packed, pieces_of_statements_are_checked_together)
{
    emit_within(300);
    cr_assert_gt(e.documents.n, 3);
    cr_assert(cd_str_eq(e.documents.items[3].statements[0].sid, CD_STR("A5p2")));
    for (size_t i = 0; i < e.documents.n; i++) {
        cr_assert_leq(e.documents.items[i].bytes.n, 300);
        cr_assert_eq(fx_check(&e, i, e.documents.items[i].bytes), CORDON_OK, "%s", e.err.message);
    }
}

/* ---- slips ---- */

static size_t n_slips;

static void
expect_caught(size_t at, const cJSON *root, const char *what)
{
    char *text = cJSON_PrintUnformatted(root);
    cordon_status status = fx_check(&e, at, cd_str_of(text));
    n_slips++;
    cr_expect_eq(status, CORDON_EDEFECT, "%s is missed in document %zu: %s", what, at, text);
    free(text);
}

/* Without each of its items, and with another one. */
static void
slip_list(size_t at, const cJSON *root, cJSON *list, const char *another)
{
    if (!cJSON_IsArray(list)) {
        return;
    }
    for (int i = 0; i < cJSON_GetArraySize(list); i++) {
        cJSON *item = cJSON_DetachItemFromArray(list, i);
        expect_caught(at, root, "a missing item");
        json_put_back(list, i, item);
    }
    cJSON_AddItemToArray(list, cJSON_CreateString(another));
    expect_caught(at, root, "another item");
    cJSON_DeleteItemFromArray(list, cJSON_GetArraySize(list) - 1);
}

static void
slip_conditions(size_t at, const cJSON *root, cJSON *statement)
{
    cJSON *conditions = cJSON_DetachItemFromObject(statement, "Condition");
    if (conditions != NULL) {
        expect_caught(at, root, "a missing condition");
        cJSON_AddItemToObject(statement, "Condition", conditions);
        for (cJSON *op = conditions->child; op != NULL; op = op->next) {
            slip_list(at, root, op->child, "arn:aws:iam::*:role/another");
        }
    }
}

static void
slip_document(size_t at)
{
    cJSON *root = cJSON_Parse(e.documents.items[at].bytes.p);
    cJSON *statements = cJSON_GetObjectItem(root, "Statement");
    for (int i = 0; i < cJSON_GetArraySize(statements); i++) {
        cJSON *s = cJSON_GetArrayItem(statements, i);
        slip_list(at, root, cJSON_GetObjectItem(s, "Action"), "s3:GetObject");
        slip_list(at, root, cJSON_GetObjectItem(s, "Resource"), "arn:aws:s3:::another/*");
        slip_conditions(at, root, s);
    }
    cJSON_Delete(root);
}

Test(emit_packed, slips_in_merged_statements_are_found)
{
    emit_within(900);
    slip_document(0);
    cr_assert_gt(n_slips, 12);
}

Test(emit_packed, slips_in_pieces_are_found)
{
    emit_within(300);
    cr_assert_gt(e.documents.n, 1);
    for (size_t i = 0; i < e.documents.n; i++) {
        slip_document(i);
    }
    cr_assert_gt(n_slips, 12);
}
