/* The check of what is emitted catches every slip of an emitter: documents are changed in one
 * place, and each change has to be found, save those that change nothing (`same`). */
#include <stdio.h>
#include <stdlib.h>

#include "emit_fixture.h"
#include "json_lists.h"

static struct emission e;

static void
setup(void)
{
    fx_begin(&e, "tests/unit/emit_check.cordon");
    fx_emit((struct fx_call){.e = &e});
    cr_assert_eq(e.documents.n, 1);
}

static void
teardown(void)
{
    fx_end(&e);
}

TestSuite(emit_check, .init = setup, .fini = teardown);

Test(emit_check, what_is_emitted_passes)
{
    cr_assert_eq(fx_check(&e, 0, e.documents.items[0].bytes), CORDON_OK, "%s", e.err.message);
}

/* ---- slips ---- */

static cJSON *root;
static size_t n_slips, n_missed;

/* Asks about the document as it stands now. */
static void
expect_caught(const cJSON *statement, const char *what, const char *where)
{
    char *text = cJSON_PrintUnformatted(root);
    n_slips++;
    cordon_status status = fx_check(&e, 0, cd_str_of(text));
    if (status != CORDON_EDEFECT) {
        n_missed++;
        printf("missed: %s %s: %s (status %d %s)\n",
               cJSON_GetObjectItem(statement, "Sid")->valuestring, what, where, status,
               status != CORDON_OK ? e.err.message : "");
    }
    free(text);
}

/* ---- operators that mean the same ---- */

struct meaning {
    char relation[32];
    bool of_absent; /* does it hold of an absent key? */
    char set;       /* of keys with several values: which set operator */
};

static bool
has_any(const cJSON *values, const char *characters)
{
    const cJSON *one = values->child;
    bool found = cJSON_IsString(values) && strpbrk(values->valuestring, characters) != NULL;
    for (; one != NULL && !found; one = one->next) {
        found = strpbrk(one->valuestring, characters) != NULL;
    }
    return found;
}

/* Of a single value all set operators ask the same; of an absent key a negated operator, IfExists
 * and ForAllValues hold, ForAnyValue does not. A pattern without wildcards is a text; a truth value
 * is a text, too, and a number of seconds a date. Null asks for absence, and so does ForAllValues
 * of a pattern that is no ARN. */
static struct meaning
meaning_of(const char *op, const cJSON *key)
{
    struct meaning m = {.of_absent = false};
    const cJSON *values = key;
    bool several = strcmp(key->string, "aws:TagKeys") == 0;
    m.set = strncmp(op, "ForAny", 6) == 0 ? 'A' : strncmp(op, "ForAll", 6) == 0 ? 'L' : 'S';
    (void)snprintf(m.relation, sizeof m.relation, "%s", m.set == 'S' ? op : strchr(op, ':') + 1);
    char *if_exists = strstr(m.relation, "IfExists");
    m.of_absent =
        m.set == 'L' || (m.set == 'S' && (if_exists != NULL || strstr(m.relation, "Not") != NULL));
    m.set = several ? m.set : 0;
    if (if_exists != NULL) {
        *if_exists = '\0';
    }
    bool is_truth =
        cJSON_IsString(values)
        && (strcmp(values->valuestring, "true") == 0 || strcmp(values->valuestring, "false") == 0);
    bool is_equality = strcmp(m.relation, "StringEquals") == 0
                       || (strcmp(m.relation, "StringLike") == 0 && !has_any(values, "*?"));
    if (strcmp(m.relation, "StringNotLike") == 0 && !has_any(values, "*?")) {
        (void)snprintf(m.relation, sizeof m.relation, "StringNotEquals");
    } else if (is_equality || (is_truth && strcmp(m.relation, "Bool") == 0)
               || (is_truth && strcmp(m.relation, "StringEqualsIgnoreCase") == 0)) {
        (void)snprintf(m.relation, sizeof m.relation, "=");
    } else if (strncmp(m.relation, "Date", 4) == 0 && !has_any(values, "-")) {
        char test[sizeof m.relation + 8];
        (void)snprintf(test, sizeof test, "Numeric%s", m.relation + 4);
        memcpy(m.relation, test, sizeof m.relation);
        m.relation[sizeof m.relation - 1] = '\0';
    }
    if (is_truth && strncmp(m.relation, "Arn", 3) == 0) {
        bool negated = strcmp(m.relation, "ArnNotLike") == 0;
        m.of_absent = m.of_absent && !negated;
        (void)snprintf(m.relation, sizeof m.relation, negated ? "present" : "absent");
    } else if (is_truth && strcmp(op, "Null") == 0) {
        m.of_absent = strcmp(values->valuestring, "true") == 0;
        (void)snprintf(m.relation, sizeof m.relation, m.of_absent ? "absent" : "present");
    }
    return m;
}

/* Does another line of the condition ask for the key's presence? */
static bool
is_present(const cJSON *condition, const cJSON *operator_member, const char *key)
{
    const cJSON *null = cJSON_GetObjectItem(condition, "Null"),
                *value = cJSON_GetObjectItem(null, key);
    return null != operator_member && value != NULL && strcmp(value->valuestring, "false") == 0;
}

static bool
mean_the_same(const char *x, const char *y, const cJSON *condition, const cJSON *operator_member)
{
    for (const cJSON *key = operator_member->child; key != NULL; key = key->next) {
        struct meaning a = meaning_of(x, key), b = meaning_of(y, key);
        if (is_present(condition, operator_member, key->string)) {
            a.of_absent = b.of_absent = false;
        }
        if (strcmp(a.relation, b.relation) != 0 || a.of_absent != b.of_absent || a.set != b.set) {
            return false;
        }
    }
    return true;
}

/* Every other operator in the place of ITEM, an operator's member of a Condition. */
static void
swap_operators(const cJSON *statement, cJSON *item)
{
    static const char *const operators[] = {
        "StringEquals",
        "StringNotEquals",
        "StringEqualsIgnoreCase",
        "StringLike",
        "StringNotLike",
        "ArnLike",
        "ArnNotLike",
        "NumericEquals",
        "NumericLessThan",
        "NumericLessThanEquals",
        "NumericGreaterThan",
        "NumericGreaterThanEquals",
        "DateLessThan",
        "DateLessThanEquals",
        "DateGreaterThan",
        "DateGreaterThanEquals",
        "Bool",
        "IpAddress",
        "NotIpAddress",
        "Null",
    };
    static const char *const sets[] = {"", "ForAnyValue:", "ForAllValues:"};
    static const char *const ends[] = {"", "IfExists"};
    char *was = item->string;
    for (size_t i = 0; i < CD_ARRAY_LEN(operators) * 6; i++) {
        char now[64];
        (void)snprintf(now, sizeof now, "%s%s%s", sets[i % 3], operators[i / 6], ends[i / 3 % 2]);
        if (!mean_the_same(was, now, cJSON_GetObjectItem(statement, "Condition"), item)) {
            item->string = now;
            expect_caught(statement, was, now);
        }
    }
    item->string = was;
}

/* LIST without each of its members in turn, and with each of them changed; a single value is only
 * changed. */
static void
change_values(const cJSON *statement, cJSON *list, const char *other)
{
    if (cJSON_IsString(list)) {
        char *was = list->valuestring;
        list->valuestring = (char *)(strcmp(was, "true") == 0    ? "false"
                                     : strcmp(was, "false") == 0 ? "true"
                                                                 : other);
        expect_caught(statement, was, list->valuestring);
        list->valuestring = was;
    }
    for (int i = 0; i < cJSON_GetArraySize(list); i++) {
        cJSON *taken = cJSON_DetachItemFromArray(list, i);
        expect_caught(statement, list->string, "a value less");
        json_put_back(list, i, taken);
    }
}

static void
change_conditions(const cJSON *statement, cJSON *condition)
{
    cJSON *op;
    cJSON_ArrayForEach(op, condition)
    {
        swap_operators(statement, op);
        cJSON *key;
        cJSON_ArrayForEach(key, op)
        {
            char *was = key->string, other[] = "aws:userid";
            key->string = other;
            expect_caught(statement, was, other);
            key->string = was;
            change_values(statement, key, "2026-12-31");
        }
        for (int i = 0; i < cJSON_GetArraySize(op); i++) {
            cJSON *taken = cJSON_DetachItemFromArray(op, i);
            expect_caught(statement, taken->string, "dropped");
            json_put_back(op, i, taken);
        }
    }
}

static void
swap_name(const cJSON *statement, const char *from, const char *to)
{
    cJSON *item = cJSON_GetObjectItem(statement, from);
    if (item != NULL) {
        char *was = item->string, now[32];
        (void)snprintf(now, sizeof now, "%s", to);
        item->string = now;
        expect_caught(statement, was, now);
        item->string = was;
    }
}

/* ITEM as the one string TEXT. */
static void
replace(const cJSON *statement, cJSON *item, const char *text)
{
    cJSON was = *item;
    if (cJSON_IsString(item) && strcmp(item->valuestring, text) == 0) {
        return;
    }
    item->type = cJSON_String;
    item->child = NULL;
    item->valuestring = (char *)text;
    expect_caught(statement, item->string, text);
    item->type = was.type;
    item->child = was.child;
    item->valuestring = was.valuestring;
}

static void
change_statement(cJSON *s)
{
    static const char *const lists[] = {"Action", "NotAction", "Resource", "NotResource"};
    static const char *const others[] = {"zz:None", "zz:None", "arn:aws:zz:::none",
                                         "arn:aws:zz:::none"};
    cJSON *effect = cJSON_GetObjectItem(s, "Effect");
    char *deny = effect->valuestring, allow[] = "Allow";
    effect->valuestring = allow;
    expect_caught(s, "Effect", "Allow");
    effect->valuestring = deny;
    swap_name(s, "Action", "NotAction");
    swap_name(s, "NotAction", "Action");
    swap_name(s, "Resource", "NotResource");
    swap_name(s, "NotResource", "Resource");
    for (size_t i = 0; i < CD_ARRAY_LEN(lists); i++) {
        cJSON *list = cJSON_GetObjectItem(s, lists[i]);
        if (list != NULL) {
            change_values(s, list, others[i]);
        }
        if (list != NULL) {
            replace(s, list, others[i]);
            replace(s, list, "*");
        }
    }
    change_conditions(s, cJSON_GetObjectItem(s, "Condition"));
}

/* What is said of a variable without a value holds already for whoever takes it to be equal to
 * nothing, as the check does: no change of it is a change. */
static bool
is_spare(const cJSON *statement)
{
    const cJSON *condition = cJSON_GetObjectItem(statement, "Condition");
    const cJSON *null = cJSON_GetObjectItem(condition, "Null");
    return cJSON_GetArraySize(condition) == 1 && cJSON_GetObjectItem(null, "aws:username") != NULL;
}

Test(emit_check, slips_are_caught, .timeout = 300)
{
    struct cd_str bytes = e.documents.items[0].bytes;
    root = cJSON_ParseWithLength(bytes.p, bytes.n);
    cJSON *statements = cJSON_GetObjectItem(root, "Statement"), *s;
    cJSON_ArrayForEach(s, statements)
    {
        if (!is_spare(s)) {
            change_statement(s);
        }
    }
    char *text = cJSON_PrintUnformatted(root);
    cr_assert_str_eq(text, bytes.p, "every change is taken back");
    cJSON_Delete(root);
    free(text);
    cr_expect_eq(n_missed, 0, "%zu of %zu slips missed", n_missed, n_slips);
    cr_expect_gt(n_slips, 4000);
}
