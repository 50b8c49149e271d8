/* Collections: equality, membership, unions, counts, loops over constants. */
#include "vm_fixture.h"

static uint32_t
eq(struct fx *x, uint32_t a, uint32_t b)
{
    return fx_op(x, CD_OP_EQ, x->boolean, a, b, 0);
}

Test(vm_lists, equality_of_lists)
{
    struct fx x;
    fx_begin(&x);
    uint32_t ab = fx_list(&x, x.strings, "a b");
    ASK(&x, eq(&x, ab, fx_list(&x, x.strings, "a b")), 'T');
    ASK(&x, eq(&x, ab, fx_list(&x, x.strings, "b a")), 'F');
    ASK(&x, eq(&x, ab, fx_list(&x, x.strings, "a b b")), 'F');
    ASK(&x, eq(&x, fx_list(&x, x.strings, ""), fx_list(&x, x.strings, "")), 'T');
    ASK(&x, eq(&x, ab, fx_absent(&x, x.strings)), 'F');
    ASK(&x, eq(&x, ab, fx_unknown(&x, x.strings)), 'U');
    ASK(&x, eq(&x, fx_open(&x, x.strings, "a"), ab), 'U');
    ASK(&x, eq(&x, fx_open(&x, x.strings, "c"), ab), 'F');
    ASK(&x, eq(&x, ab, fx_open(&x, x.strings, "b a")), 'F');
    ASK(&x, eq(&x, fx_open(&x, x.strings, "c"), fx_open(&x, x.strings, "d")), 'U');
    fx_check(&x);
}

Test(vm_lists, equality_of_sets)
{
    struct fx x;
    fx_begin(&x);
    uint32_t ab = fx_list(&x, x.string_set, "a b");
    ASK(&x, eq(&x, ab, fx_list(&x, x.string_set, "b a")), 'T');
    ASK(&x, eq(&x, ab, fx_list(&x, x.string_set, "a")), 'F');
    ASK(&x, eq(&x, fx_open(&x, x.string_set, "a"), ab), 'U');
    ASK(&x, eq(&x, fx_open(&x, x.string_set, "a b"), ab), 'U');
    ASK(&x, eq(&x, fx_open(&x, x.string_set, "z"), ab), 'F');
    fx_check(&x);
}

Test(vm_lists, membership_of_open_sets)
{
    struct fx x;
    fx_begin(&x);
    uint32_t open = fx_open(&x, x.string_set, "a");
    ASK(&x, fx_op(&x, CD_OP_IN, x.boolean, fx_text(&x, "a"), open, 0), 'T');
    ASK(&x, fx_op(&x, CD_OP_IN, x.boolean, fx_text(&x, "b"), open, 0), 'U');
    ASK(&x, fx_op(&x, CD_OP_LIKE, x.boolean, fx_text(&x, "b"), fx_open(&x, x.string_set, "a*"), 0),
        'U');
    ASK(&x, fx_op(&x, CD_OP_LIKE, x.boolean, fx_text(&x, "ab"), fx_open(&x, x.string_set, "a*"), 0),
        'T');
    fx_check(&x);
}

Test(vm_lists, unions_and_differences)
{
    struct fx x;
    fx_begin(&x);
    uint32_t ab = fx_list(&x, x.string_set, "a b");
    uint32_t bc = fx_list(&x, x.string_set, "b c");
    uint32_t none = fx_absent(&x, x.string_set);
    uint32_t unknown = fx_unknown(&x, x.string_set);
    ASK(&x,
        eq(&x, fx_op(&x, CD_OP_UNION, x.string_set, ab, bc, 0), fx_list(&x, x.string_set, "a b c")),
        'T');
    ASK(&x, eq(&x, fx_op(&x, CD_OP_UNION, x.string_set, ab, none, 0), ab), 'T');
    ASK(&x,
        eq(&x, fx_op(&x, CD_OP_UNION, x.string_set, none, none, 0), fx_list(&x, x.string_set, "")),
        'T');
    ASK(&x, eq(&x, fx_op(&x, CD_OP_MINUS, x.string_set, ab, bc, 0), fx_list(&x, x.string_set, "a")),
        'T');
    ASK(&x, eq(&x, fx_op(&x, CD_OP_MINUS, x.string_set, ab, none, 0), ab), 'T');
    uint32_t less = fx_op(&x, CD_OP_MINUS, x.string_set, ab, unknown, 0);
    ASK(&x, fx_op(&x, CD_OP_IN, x.boolean, fx_text(&x, "a"), less, 0), 'U');
    uint32_t more = fx_op(&x, CD_OP_UNION, x.string_set, ab, unknown, 0);
    ASK(&x, fx_op(&x, CD_OP_IN, x.boolean, fx_text(&x, "a"), more, 0), 'T');
    ASK(&x, fx_op(&x, CD_OP_IN, x.boolean, fx_text(&x, "z"), more, 0), 'U');
    uint32_t doubled = fx_op(&x, CD_OP_APPEND, x.strings, fx_list(&x, x.strings, "a"),
                             fx_list(&x, x.strings, "a"), 0);
    ASK(&x, eq(&x, doubled, fx_list(&x, x.strings, "a a")), 'T');
    ASK(&x,
        eq(&x, fx_op(&x, CD_OP_UNIQ, x.string_set, doubled, 0, 0), fx_list(&x, x.string_set, "a")),
        'T');
    uint32_t single = fx_op(&x, CD_OP_LIST1, x.strings, fx_text(&x, "a"), 0, 0);
    ASK(&x, eq(&x, single, fx_list(&x, x.strings, "a")), 'T');
    ASK(&x,
        eq(&x, fx_op(&x, CD_OP_LIST1, x.strings, fx_absent(&x, x.string), 0, 0),
           fx_list(&x, x.strings, "")),
        'T');
    ASK(&x,
        eq(&x, fx_op(&x, CD_OP_LIST1, x.strings, fx_unknown(&x, x.string), 0, 0),
           fx_list(&x, x.strings, "")),
        'U');
    fx_check(&x);
}

Test(vm_lists, elements_by_place)
{
    struct fx x;
    fx_begin(&x);
    uint32_t ab = fx_list(&x, x.strings, "a b");
    struct {
        uint32_t list;
        double at;
        char is_b, is_absent;
    } cases[] = {{ab, 1, 'T', 'F'},
                 {ab, 2, 'F', 'T'},
                 {ab, -1, 'F', 'T'},
                 {ab, 0.5, 'F', 'T'},
                 {fx_open(&x, x.strings, "a b"), 1, 'U', 'U'},
                 {fx_absent(&x, x.strings), 0, 'F', 'T'}};
    for (size_t i = 0; i < CD_ARRAY_LEN(cases); i++) {
        uint32_t at = fx_op(&x, CD_OP_AT, x.string, cases[i].list, fx_num(&x, cases[i].at), 0);
        ASK(&x, eq(&x, at, fx_text(&x, "b")), cases[i].is_b);
        ASK(&x, fx_op(&x, CD_OP_ISABSENT, x.boolean, at, 0, 0), cases[i].is_absent);
    }
    fx_check(&x);
}

Test(vm_lists, sizes_are_intervals)
{
    struct fx x;
    fx_begin(&x);
    uint32_t closed = fx_op(&x, CD_OP_SIZE, x.number, fx_list(&x, x.strings, "a b"), 0, 0);
    uint32_t open = fx_op(&x, CD_OP_SIZE, x.number, fx_open(&x, x.strings, "a b"), 0, 0);
    uint32_t none = fx_op(&x, CD_OP_SIZE, x.number, fx_absent(&x, x.strings), 0, 0);
    uint32_t unknown = fx_op(&x, CD_OP_SIZE, x.number, fx_unknown(&x, x.strings), 0, 0);
    ASK(&x, eq(&x, closed, fx_num(&x, 2)), 'T');
    ASK(&x, eq(&x, none, fx_num(&x, 0)), 'T');
    ASK(&x, eq(&x, open, fx_num(&x, 2)), 'U');
    ASK(&x, eq(&x, open, fx_num(&x, 1)), 'F');
    ASK(&x, fx_op(&x, CD_OP_LT, x.boolean, fx_num(&x, 1), open, 0), 'T');
    ASK(&x, fx_op(&x, CD_OP_LE, x.boolean, open, fx_num(&x, 1), 0), 'F');
    ASK(&x, fx_op(&x, CD_OP_LE, x.boolean, open, fx_num(&x, 5), 0), 'U');
    ASK(&x, fx_op(&x, CD_OP_LE, x.boolean, fx_num(&x, 0), unknown, 0), 'T');
    ASK(&x, eq(&x, fx_op(&x, CD_OP_ADD, x.number, open, fx_num(&x, 1), 0), fx_num(&x, 0)), 'U');
    ASK(&x, fx_op(&x, CD_OP_ISABSENT, x.boolean, unknown, 0, 0), 'F');
    fx_check(&x);
}

/* Reductions of a loop over LIST whose members answer MEMBER == "a". */
static void
quantify(struct fx *x, uint32_t list, const char *expected)
{
    uint32_t domain = cd_build_domain(&x->b, CD_DOMAIN_LOOP, 0, fx_str(x, "m"));
    uint32_t a = fx_text(x, "a");
    uint32_t member = cd_build_value(&x->b, CD_OP_LOOP, x->string, domain, list, domain, 0);
    uint32_t wanted = cd_build_value(&x->b, CD_OP_BCAST, x->string, domain, a, 0, 0);
    uint32_t is_a = cd_build_value(&x->b, CD_OP_EQ, x->boolean, domain, member, wanted, 0);
    uint32_t all = cd_build_value(&x->b, CD_OP_ALL, x->boolean, 0, is_a, 0, 0);
    uint32_t any = cd_build_value(&x->b, CD_OP_ANY, x->boolean, 0, is_a, 0, 0);
    uint32_t count = cd_build_value(&x->b, CD_OP_COUNT, x->number, 0, is_a, 0, 0);
    uint32_t collect = cd_build_value(&x->b, CD_OP_COLLECT, x->strings, 0, member, is_a, 0);
    uint32_t each = cd_build_value(&x->b, CD_OP_MAPEACH, x->strings, 0, member, 0, 0);
    cd_build_insn(&x->b, CD_OP_ENDLOOP, 0, 0, domain, 0);
    ASK(x, all, expected[0]);
    ASK(x, any, expected[1]);
    ASK(x, eq(x, count, fx_num(x, 1)), expected[2]);
    ASK(x, eq(x, collect, fx_list(x, x->strings, "a")), expected[3]);
    ASK(x, fx_op(x, CD_OP_ISABSENT, x->boolean, each, 0, 0), expected[4]);
}

Test(vm_lists, quantifiers)
{
    struct fx x;
    fx_begin(&x);
    quantify(&x, fx_list(&x, x.strings, "a b"), "FTTTF");
    quantify(&x, fx_list(&x, x.strings, "b"), "FFFFF");
    quantify(&x, fx_list(&x, x.strings, ""), "TFFFF");
    quantify(&x, fx_absent(&x, x.strings), "TFFFT");
    quantify(&x, fx_unknown(&x, x.strings), "UUUUU");
    quantify(&x, fx_open(&x, x.strings, "a"), "UTUUF");
    quantify(&x, fx_open(&x, x.strings, "b"), "FUUUF");
    quantify(&x, fx_open(&x, x.strings, "a a"), "UTFFF");
    fx_check(&x);
}

Test(vm_lists, nested_lists_flatten)
{
    struct fx x;
    fx_begin(&x);
    uint32_t lists = cd_build_list_type(&x.b, x.strings, false);
    uint32_t two = fx_op(&x, CD_OP_APPEND, lists,
                         fx_op(&x, CD_OP_LIST1, lists, fx_list(&x, x.strings, "a"), 0, 0),
                         fx_op(&x, CD_OP_LIST1, lists, fx_list(&x, x.strings, "b c"), 0, 0), 0);
    uint32_t flat = fx_op(&x, CD_OP_FLATTEN, x.strings, two, 0, 0);
    ASK(&x, eq(&x, flat, fx_list(&x, x.strings, "a b c")), 'T');
    uint32_t open = fx_op(&x, CD_OP_LIST1, lists, fx_open(&x, x.strings, "a"), 0, 0);
    ASK(&x, eq(&x, fx_op(&x, CD_OP_FLATTEN, x.strings, open, 0, 0), fx_list(&x, x.strings, "a")),
        'U');
    ASK(&x,
        fx_op(&x, CD_OP_ISABSENT, x.boolean,
              fx_op(&x, CD_OP_FLATTEN, x.strings, fx_absent(&x, lists), 0, 0), 0, 0),
        'T');
    fx_check(&x);
}
