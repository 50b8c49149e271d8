/* The tables of three-valued logic, of absent and unknown operands, and of comparisons. */
#include "vm_fixture.h"

enum { F, T, U, A };
static const char letters[] = "FTU";

/* The four values of a condition as registers. */
static void
four(struct fx *x, uint32_t reg[4])
{
    reg[F] = fx_bool(x, false);
    reg[T] = fx_bool(x, true);
    reg[U] = fx_unknown(x, x->boolean);
    reg[A] = fx_absent(x, x->boolean);
}

Test(vm_logic, and_or_not)
{
    static const char and[4][4] = {{F, F, F, F}, {F, T, U, F}, {F, U, U, F}, {F, F, F, F}};
    static const char or [4][4] = {{F, T, U, F}, {T, T, T, T}, {U, T, U, U}, {F, T, U, F}};
    static const char not [4] = {T, F, U, T};
    struct fx x;
    uint32_t r[4];
    fx_begin(&x);
    four(&x, r);
    for (int i = 0; i < 4; i++) {
        ASK(&x, fx_op(&x, CD_OP_NOT, x.boolean, r[i], 0, 0), letters[(int)not [i]]);
        for (int j = 0; j < 4; j++) {
            ASK(&x, fx_op(&x, CD_OP_AND, x.boolean, r[i], r[j], 0), letters[(int)and[i][j]]);
            ASK(&x, fx_op(&x, CD_OP_OR, x.boolean, r[i], r[j], 0), letters[(int) or [i][j]]);
        }
    }
    fx_check(&x);
}

Test(vm_logic, bare_conditions_and_presence)
{
    struct fx x;
    uint32_t r[4];
    fx_begin(&x);
    four(&x, r);
    ASK(&x, r[A], 'F');
    ASK(&x, r[U], 'U');
    ASK(&x, fx_op(&x, CD_OP_ISABSENT, x.boolean, r[A], 0, 0), 'T');
    ASK(&x, fx_op(&x, CD_OP_ISABSENT, x.boolean, r[U], 0, 0), 'U');
    ASK(&x, fx_op(&x, CD_OP_ISABSENT, x.boolean, r[F], 0, 0), 'F');
    ASK(&x, fx_op(&x, CD_OP_ISABSENT, x.boolean, fx_absent(&x, x.strings), 0, 0), 'T');
    ASK(&x, fx_op(&x, CD_OP_EQ, x.boolean, r[A], r[A], 0), 'F');
    ASK(&x, fx_op(&x, CD_OP_EQ, x.boolean, r[A], r[F], 0), 'F');
    ASK(&x, fx_op(&x, CD_OP_EQ, x.boolean, r[F], r[F], 0), 'T');
    ASK(&x, fx_op(&x, CD_OP_EQ, x.boolean, r[U], r[F], 0), 'U');
    ASK(&x, fx_op(&x, CD_OP_EQ, x.boolean, r[U], r[A], 0), 'F');
    fx_check(&x);
}

/* Of an absent and an unknown side the absent one decides, in every comparison. */
Test(vm_logic, absent_and_unknown_operands)
{
    struct fx x;
    fx_begin(&x);
    uint32_t known = fx_text(&x, "10.0.0.1");
    uint32_t absent = fx_absent(&x, x.string);
    uint32_t unknown = fx_unknown(&x, x.string);
    uint32_t set = fx_list(&x, x.string_set, "10.0.0.1 b");
    uint32_t no_set = fx_absent(&x, x.string_set);
    uint32_t unknown_set = fx_unknown(&x, x.string_set);
    enum cd_op ops[] = {CD_OP_EQ, CD_OP_LIKE, CD_OP_ARNLIKE, CD_OP_WITHIN};
    for (size_t i = 0; i < 4; i++) {
        ASK(&x, fx_op(&x, ops[i], x.boolean, absent, known, 0), 'F');
        ASK(&x, fx_op(&x, ops[i], x.boolean, known, absent, 0), 'F');
        ASK(&x, fx_op(&x, ops[i], x.boolean, absent, unknown, 0), 'F');
        ASK(&x, fx_op(&x, ops[i], x.boolean, unknown, absent, 0), 'F');
        ASK(&x, fx_op(&x, ops[i], x.boolean, unknown, known, 0), 'U');
        ASK(&x, fx_op(&x, ops[i], x.boolean, known, unknown, 0), 'U');
        ASK(&x, fx_op(&x, ops[i], x.boolean, unknown, unknown, 0), 'U');
    }
    ASK(&x, fx_op(&x, CD_OP_IN, x.boolean, known, set, 0), 'T');
    ASK(&x, fx_op(&x, CD_OP_IN, x.boolean, fx_text(&x, "z"), set, 0), 'F');
    ASK(&x, fx_op(&x, CD_OP_IN, x.boolean, absent, unknown_set, 0), 'F');
    ASK(&x, fx_op(&x, CD_OP_IN, x.boolean, unknown, no_set, 0), 'F');
    ASK(&x, fx_op(&x, CD_OP_IN, x.boolean, unknown, set, 0), 'U');
    ASK(&x, fx_op(&x, CD_OP_IN, x.boolean, known, unknown_set, 0), 'U');
    ASK(&x, fx_op(&x, CD_OP_MATCHES, x.boolean, absent, fx_str(&x, "a"), 0), 'F');
    ASK(&x, fx_op(&x, CD_OP_MATCHES, x.boolean, unknown, fx_str(&x, "a"), 0), 'U');
    ASK(&x, fx_op(&x, CD_OP_MATCHES, x.boolean, known, fx_str(&x, "0.0"), 0), 'T');
    ASK(&x, fx_op(&x, CD_OP_MATCHES, x.boolean, known, fx_str(&x, "^0"), 0), 'F');
    uint32_t three = fx_num(&x, 3);
    uint32_t no_number = fx_absent(&x, x.number);
    uint32_t unknown_number = fx_unknown(&x, x.number);
    ASK(&x, fx_op(&x, CD_OP_LT, x.boolean, three, fx_num(&x, 4), 0), 'T');
    ASK(&x, fx_op(&x, CD_OP_LT, x.boolean, three, three, 0), 'F');
    ASK(&x, fx_op(&x, CD_OP_LE, x.boolean, three, three, 0), 'T');
    ASK(&x, fx_op(&x, CD_OP_LE, x.boolean, three, no_number, 0), 'F');
    ASK(&x, fx_op(&x, CD_OP_LT, x.boolean, no_number, unknown_number, 0), 'F');
    ASK(&x, fx_op(&x, CD_OP_LT, x.boolean, three, unknown_number, 0), 'U');
    fx_check(&x);
}

Test(vm_logic, derived_values_keep_absent_and_unknown)
{
    struct fx x;
    fx_begin(&x);
    uint32_t one = fx_num(&x, 1);
    uint32_t no_number = fx_absent(&x, x.number);
    uint32_t unknown_number = fx_unknown(&x, x.number);
    uint32_t no_text = fx_absent(&x, x.string);
    uint32_t unknown_text = fx_unknown(&x, x.string);
    struct {
        uint32_t reg;
        char absent;
    } cases[] = {
        {fx_op(&x, CD_OP_ADD, x.number, one, no_number, 0), 'T'},
        {fx_op(&x, CD_OP_ADD, x.number, unknown_number, no_number, 0), 'T'},
        {fx_op(&x, CD_OP_ADD, x.number, unknown_number, one, 0), 'U'},
        {fx_op(&x, CD_OP_NEG, x.number, no_number, 0, 0), 'T'},
        {fx_op(&x, CD_OP_CONCAT, x.string, no_text, unknown_text, 0), 'T'},
        {fx_op(&x, CD_OP_CONCAT, x.string, unknown_text, fx_text(&x, "b"), 0), 'U'},
        {fx_op(&x, CD_OP_TOARN, x.string, no_text, 0, 0), 'T'},
        {fx_op(&x, CD_OP_TOARN, x.string, fx_text(&x, "vol-1"), 0, 0), 'T'},
        {fx_op(&x, CD_OP_TOARN, x.string, unknown_text, 0, 0), 'U'},
        {fx_op(&x, CD_OP_TONUMBER, x.number, fx_text(&x, "1e3"), 0, 0), 'T'},
        {fx_op(&x, CD_OP_TONUMBER, x.number, fx_text(&x, "-1.5"), 0, 0), 'F'},
        {fx_op(&x, CD_OP_TOSTRING, x.string, unknown_number, 0, 0), 'U'},
        {fx_op(&x, CD_OP_CAPTURE, x.string, fx_text(&x, "a-17"), fx_str(&x, "a-([0-9]+)"), 0), 'F'},
        {fx_op(&x, CD_OP_CAPTURE, x.string, fx_text(&x, "b"), fx_str(&x, "a-([0-9]+)"), 0), 'T'},
    };
    for (size_t i = 0; i < CD_ARRAY_LEN(cases); i++) {
        ASK(&x, fx_op(&x, CD_OP_ISABSENT, x.boolean, cases[i].reg, 0, 0), cases[i].absent);
    }
    fx_check(&x);
}

Test(vm_logic, if_then_else)
{
    struct fx x;
    uint32_t r[4];
    fx_begin(&x);
    four(&x, r);
    uint32_t a = fx_text(&x, "a");
    uint32_t b = fx_text(&x, "b");
    uint32_t same = fx_op(&x, CD_OP_IF, x.string, r[U], a, fx_text(&x, "a"));
    uint32_t differ = fx_op(&x, CD_OP_IF, x.string, r[U], a, b);
    uint32_t no_a = fx_absent(&x, x.string);
    ASK(&x, fx_op(&x, CD_OP_EQ, x.boolean, fx_op(&x, CD_OP_IF, x.string, r[T], a, b), a, 0), 'T');
    ASK(&x, fx_op(&x, CD_OP_EQ, x.boolean, fx_op(&x, CD_OP_IF, x.string, r[F], a, b), b, 0), 'T');
    ASK(&x, fx_op(&x, CD_OP_EQ, x.boolean, fx_op(&x, CD_OP_IF, x.string, r[A], a, b), b, 0), 'T');
    ASK(&x, fx_op(&x, CD_OP_EQ, x.boolean, same, a, 0), 'T');
    ASK(&x, fx_op(&x, CD_OP_EQ, x.boolean, differ, a, 0), 'U');
    ASK(&x,
        fx_op(&x, CD_OP_ISABSENT, x.boolean, fx_op(&x, CD_OP_IF, x.string, r[U], no_a, no_a), 0, 0),
        'T');
    ASK(&x,
        fx_op(&x, CD_OP_ISABSENT, x.boolean, fx_op(&x, CD_OP_IF, x.string, r[U], a, no_a), 0, 0),
        'U');
    ASK(&x, fx_op(&x, CD_OP_IF, x.boolean, r[U], r[T], r[T]), 'T');
    ASK(&x, fx_op(&x, CD_OP_IF, x.boolean, r[U], r[F], r[F]), 'F');
    ASK(&x, fx_op(&x, CD_OP_IF, x.boolean, r[U], r[T], r[F]), 'U');
    uint32_t list = fx_op(&x, CD_OP_IF, x.strings, r[F], fx_list(&x, x.strings, "a b"),
                          fx_list(&x, x.strings, "c"));
    ASK(&x, fx_op(&x, CD_OP_EQ, x.boolean, list, fx_list(&x, x.strings, "c"), 0), 'T');
    fx_check(&x);
}

Test(vm_logic, times_and_durations)
{
    struct fx x;
    fx_begin(&x);
    uint32_t t0 = fx_const(&x, x.time, cd_build_scalar(&x.b, x.time, 1000000));
    uint32_t t1 = fx_const(&x, x.time, cd_build_scalar(&x.b, x.time, 1090000));
    uint32_t d = fx_const(&x, x.duration, cd_build_scalar(&x.b, x.duration, 90000));
    uint32_t far = fx_const(&x, x.time, cd_build_scalar(&x.b, x.time, (uint64_t)INT64_MAX));
    ASK(&x, fx_op(&x, CD_OP_EQ, x.boolean, fx_op(&x, CD_OP_SUB, x.duration, t1, t0, 0), d, 0), 'T');
    ASK(&x, fx_op(&x, CD_OP_EQ, x.boolean, fx_op(&x, CD_OP_ADD, x.time, t0, d, 0), t1, 0), 'T');
    ASK(&x, fx_op(&x, CD_OP_LT, x.boolean, t0, t1, 0), 'T');
    ASK(&x, fx_op(&x, CD_OP_EQ, x.boolean, fx_op(&x, CD_OP_ADD, x.time, far, d, 0), t1, 0), 'U');
    ASK(&x,
        fx_op(&x, CD_OP_EQ, x.boolean, fx_op(&x, CD_OP_TOSTRING, x.string, d, 0, 0),
              fx_text(&x, "1m30s"), 0),
        'T');
    fx_check(&x);
}

/* Passed on as they are, and seen where the mask is not false; absent counts as false. */
Test(vm_logic, observed_conditions)
{
    static const uint8_t bit[4] = {CD_SEEN_FALSE, CD_SEEN_TRUE, CD_SEEN_UNKNOWN, CD_SEEN_FALSE};
    struct fx x;
    uint32_t r[4];
    uint8_t seen[20] = {0};
    fx_begin(&x);
    four(&x, r);
    for (uint32_t i = 0; i < 4; i++) {
        for (uint32_t j = 0; j < 4; j++) {
            uint32_t o = fx_op(&x, CD_OP_OBSERVE, x.boolean, r[i], r[j], 4 * i + j);
            ASK(&x, o, "FTUF"[i]);
        }
        ASK(&x, fx_op(&x, CD_OP_OBSERVE, x.boolean, r[i], CD_NONE, 16 + i), "FTUF"[i]);
    }
    ASK(&x, fx_op(&x, CD_OP_OBSERVE, x.boolean, r[T], CD_NONE, 1000), 'T'); /* nobody asked */
    fx_snapshot(&x);
    struct cordon_error err = {.code = CORDON_OK};
    struct cd_program program;
    fx_reach(&x);
    cr_assert_eq(cd_program_verify(&x.img, &program, &err), CORDON_OK, "%s", err.message);
    cr_assert_eq(cd_snapshot_seal(&x.s, &err), CORDON_OK);
    cr_assert_eq(cd_eval_new(&program, NULL, &x.s, NULL, &x.e, &err), CORDON_OK, "%s", err.message);
    cd_eval_observe(x.e, seen, CD_ARRAY_LEN(seen));
    cr_assert_eq(cd_eval_run(x.e, &err), CORDON_OK, "%s", err.message);
    for (size_t c = 0; c < x.img.controls.n; c++) {
        cr_expect_eq(fx_letter(cd_eval_results(x.e)[c].verdict), x.expected[c]);
    }
    for (int i = 0; i < 4; i++) {
        for (int j = 0; j < 4; j++) {
            cr_expect_eq(seen[4 * i + j], j == T || j == U ? bit[i] : 0, "%d under %d", i, j);
        }
        cr_expect_eq(seen[16 + i], bit[i]);
    }
    fx_end(&x);
}
