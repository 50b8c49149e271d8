/* The verifier: the sample program is accepted, and each way of breaking it is refused for its own
 * reason. */
#include <criterion/criterion.h>
#include <setjmp.h>
#include <stdio.h>

#include "runtime/bc/build.h"
#include "runtime/bc/layout.h"
#include "runtime/bc/limits.h"
#include "tests/support/sample_image.h"

static struct cd_arena arena;
static jmp_buf oom;
static struct cd_image img;
static struct cordon_error err;

static void
setup(void)
{
    cd_arena_init(&arena);
    arena.on_oom = &oom;
    cr_assert(setjmp(oom) == 0);
    sample_image(&img, &arena);
}

static void
teardown(void)
{
    cd_arena_finish(&arena);
}

TestSuite(verify, .init = setup, .fini = teardown);

static cordon_status
verify(void)
{
    struct cd_program program;
    err = (struct cordon_error){.code = CORDON_OK};
    cordon_status status = cd_program_verify(&img, &program, &err);
    cr_assert_eq(program.img, status == CORDON_OK ? &img : NULL);
    return status;
}

static void
expect_refused(const char *why)
{
    cr_assert_eq(verify(), CORDON_ECORRUPT, "not refused: %s", why);
    cr_assert(strstr(err.message, why) != NULL, "refused for «%s», not for «%s»", err.message, why);
}

Test(verify, accepts_the_sample)
{
    cr_assert_eq(verify(), CORDON_OK, "%s", err.message);
}

/* ---- one word changed ---- */

static const struct cd_word_info *
find_word(enum cd_array array, const char *member)
{
    for (size_t i = 0; i < cd_n_words; i++) {
        if (cd_words[i].array == array && strcmp(cd_words[i].name, member) == 0) {
            return &cd_words[i];
        }
    }
    cr_assert(false, "no member %s", member);
    return NULL;
}

/* A word of the sample, the value it gets, and what the verifier says then. */
struct broken {
    enum cd_array array;
    size_t index;
    const char *member; /* "" for plain numbers */
    uint64_t value;
    const char *why;
};

static void
expect_each_refused(const struct broken *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct broken *b = &cases[i];
        const struct cd_word_info *w = find_word(b->array, b->member);
        struct cd_any_vec vec = cd_array_get(&img, b->array);
        cr_assert_lt(b->index, vec.n, "case %zu", i);
        char *elem = (char *)vec.items + b->index * cd_arrays[b->array].elem_size;
        uint64_t old = cd_word_get(w, elem);
        cr_assert_neq(old, b->value, "case %zu", i);
        cd_word_set(w, elem, b->value);
        expect_refused(b->why);
        cd_word_set(w, elem, old);
    }
    cr_assert_eq(verify(), CORDON_OK, "%s", err.message);
}

/* Index of the type of KIND. */
static size_t
type_of(enum cd_kind kind)
{
    for (size_t i = 0; i < img.types.n; i++) {
        if (img.types.items[i].kind == (uint32_t)kind) {
            return i;
        }
    }
    cr_assert(false, "the sample has no type of this kind");
    return 0;
}

Test(verify, types)
{
    size_t list = type_of(CD_KIND_LIST);
    size_t text = type_of(CD_KIND_STRING);
    size_t row = type_of(CD_KIND_ROW);
    const struct broken cases[] = {
        {CD_ARRAY_types, list, "elem", list, "element type"},
        {CD_ARRAY_types, list, "elem", CD_NONE, "element type"},
        {CD_ARRAY_types, text, "elem", 0, "element type"},
        {CD_ARRAY_types, text, "shape", 0, "shape or a set"},
        {CD_ARRAY_types, row, "is_set", 1, "shape or a set"},
    };
    expect_each_refused(cases, CD_ARRAY_LEN(cases));
}

Test(verify, depth_of_types)
{
    uint32_t type = (uint32_t)type_of(CD_KIND_STRING);
    for (int i = 0; i < 40; i++) {
        *CD_PUSH(&arena, img.types.items, img.types.n, img.types.cap) =
            (struct cd_value_type){CD_KIND_LIST, type, CD_NONE, 0};
        type = (uint32_t)img.types.n - 1;
    }
    expect_refused("nested too deep");
}

Test(verify, shapes)
{
    const struct broken cases[] = {
        {CD_ARRAY_shapes, 1, "name", img.shapes.items[0].name, "two of its name"},
        {CD_ARRAY_shapes, 1, "first_field", 0, "not in their place"},
        {CD_ARRAY_shapes, 2, "n_fields", 1, "belongs to no shape"},
        {CD_ARRAY_fields, 1, "name", img.fields.items[0].name, "not sorted by name"},
    };
    expect_each_refused(cases, CD_ARRAY_LEN(cases));
}

Test(verify, constants)
{
    const struct broken cases[] = {
        {CD_ARRAY_consts, 2, "state", 1, "absent constant has a value"},
        {CD_ARRAY_consts, 0, "value", img.strings.n, "value is not of its type"},
        {CD_ARRAY_consts, 0, "n", 1, "value is not of its type"},
        {CD_ARRAY_consts, 0, "type", type_of(CD_KIND_ROW), "value is not of its type"},
        {CD_ARRAY_consts, 2, "value", 1, "members are not in their place"},
        {CD_ARRAY_consts, 2, "n", 3, "members are not in their place"},
        {CD_ARRAY_consts, 2, "n", 1, "belongs to no constant"},
        {CD_ARRAY_const_items, 1, "", 2, "member is not of its type"},
        {CD_ARRAY_const_items, 1, "", 3000, "member is not of its type"},
    };
    expect_each_refused(cases, CD_ARRAY_LEN(cases));
}

Test(verify, numbers_are_finite)
{
    uint32_t number = (uint32_t)type_of(CD_KIND_NUMBER);
    *CD_PUSH(&arena, img.consts.items, img.consts.n, img.consts.cap) =
        (struct cd_constant){.type = number, .value = UINT64_C(0x7ff8000000000000)};
    expect_refused("value is not of its type");
}

Test(verify, parameters)
{
    const struct broken cases[] = {
        {CD_ARRAY_params, 0, "default_const", 0, "default is of another type"},
    };
    expect_each_refused(cases, CD_ARRAY_LEN(cases));
    struct cd_param copy = img.params.items[0];
    *CD_PUSH(&arena, img.params.items, img.params.n, img.params.cap) = copy;
    expect_refused("not sorted by name");
}

Test(verify, indexes)
{
    const struct broken cases[] = {
        {CD_ARRAY_indexes, 0, "shape", 1, "not of a table"},
        {CD_ARRAY_indexes, 0, "env", CD_ENVOP_ARN, "leads to no string"},
        {CD_ARRAY_indexes, 0, "n_path", 0, "belongs to no index"},
        {CD_ARRAY_paths, 0, "", 1, "leads to no string"},
        {CD_ARRAY_paths, 0, "", 2, "leads to no string"},
    };
    expect_each_refused(cases, CD_ARRAY_LEN(cases));
}

Test(verify, domains)
{
    const struct broken cases[] = {
        {CD_ARRAY_domains, SAMPLE_GLOBAL, "kind", CD_DOMAIN_ROOT, "not the global one"},
        {CD_ARRAY_domains, SAMPLE_GLOBAL, "parent", 0, "parent or its name"},
        {CD_ARRAY_domains, SAMPLE_BUCKET, "kind", CD_DOMAIN_GLOBAL, "parent or its name"},
        {CD_ARRAY_domains, SAMPLE_BUCKET, "parent", CD_NONE, "parent or its name"},
        {CD_ARRAY_domains, SAMPLE_BUCKET, "name", 0, "parent or its name"},
        {CD_ARRAY_domains, SAMPLE_RULE, "parent", SAMPLE_RULE, "parent or its name"},
        {CD_ARRAY_domains, SAMPLE_REQUEST, "parent", 0, "parent or its name"},
    };
    expect_each_refused(cases, CD_ARRAY_LEN(cases));
}

Test(verify, controls)
{
    const struct broken cases[] = {
        {CD_ARRAY_controls, 1, "name", img.controls.items[0].name, "not sorted by name"},
        {CD_ARRAY_controls, 1, "first_clause", 0, "not in their place"},
        {CD_ARRAY_controls, 0, "n_maps", 0, "belongs to nobody"},
        {CD_ARRAY_clauses, 1, "control", 0, "another control's"},
        {CD_ARRAY_clauses, 0, "is_estate", 1, "neither of a table nor of the estate"},
        {CD_ARRAY_clauses, 0, "variable", CD_NONE, "neither of a table nor of the estate"},
        {CD_ARRAY_clauses, 0, "shape", 1, "no table"},
        {CD_ARRAY_clauses, 1, "first_require", 0, "not in their place"},
        {CD_ARRAY_requires, 1, "clause", 0, "another clause's"},
        {CD_ARRAY_denies, 0, "control", 1, "another control's"},
        {CD_ARRAY_denies, 0, "n_acts", 0, "no actions"},
        {CD_ARRAY_denies, 0, "not_on", 1, "without patterns"},
        {CD_ARRAY_denies, 0, "first_act", 1, "not in their place"},
        {CD_ARRAY_waives, 0, "n_patterns", 0, "not in their place"},
        {CD_ARRAY_waives, 0, "first_pattern", 0, "not in their place"},
    };
    expect_each_refused(cases, CD_ARRAY_LEN(cases));
}

Test(verify, sections)
{
    const struct broken cases[] = {
        {CD_ARRAY_sections, 0, "kind", CD_SECTION_TABLE, "domain or its table"},
        {CD_ARRAY_sections, 1, "kind", CD_SECTION_GLOBAL, "domain or its table"},
        {CD_ARRAY_sections, 1, "domain", SAMPLE_RULE, "domain or its table"},
        {CD_ARRAY_sections, 1, "shape", 1, "domain or its table"},
        {CD_ARRAY_sections, 1, "shape", 2, "not sorted"},
        {CD_ARRAY_sections, 2, "domain", SAMPLE_BUCKET, "two sections"},
        {CD_ARRAY_sections, 2, "first", 0, "not in its place"},
        {CD_ARRAY_sections, 4, "n", 0, "belongs to no section"},
    };
    expect_each_refused(cases, CD_ARRAY_LEN(cases));
}

Test(verify, costs)
{
    const struct broken cases[] = {
        {CD_ARRAY_controls, 0, "n_tables", 0, "its tables"},
        {CD_ARRAY_controls, 0, "n_params", 0, "its parameters"},
        {CD_ARRAY_tables, 0, "", 2, "its tables"},
        {CD_ARRAY_tables, 1, "", 2, "its costs"},
        {CD_ARRAY_costs, 0, "n_tables", 2, "its costs"},
        {CD_ARRAY_costs, 0, "control", 1, "its costs"},
    };
    expect_each_refused(cases, CD_ARRAY_LEN(cases));
    img.costs.n--;
    expect_refused("costs are not those of the code");
}

/* ---- code ---- */

Test(verify, every_operand_is_in_range)
{
    for (uint32_t i = 0; i < img.code.n; i++) {
        struct cd_insn *in = &img.code.items[i];
        uint32_t *const operands[] = {&in->d, &in->a, &in->b, &in->c};
        for (size_t k = 0; k < CD_ARRAY_LEN(operands); k++) {
            uint32_t old = *operands[k];
            *operands[k] = 0x7fffffff;
            char why[64];
            (void)snprintf(why, sizeof why, "%s is out of range",
                           k == 0 ? "the destination"
                                  : (const char *[]){"operand a", "operand b", "operand c"}[k - 1]);
            expect_refused(why);
            *operands[k] = old;
        }
    }
}

/* CD_NONE stands for nothing only where an operand may be left out. */
Test(verify, operands_that_have_to_be_there)
{
    for (uint32_t i = 0; i < img.code.n; i++) {
        struct cd_insn *in = &img.code.items[i];
        if (cd_opinfo[in->op].a == CD_OPERAND_REG) {
            uint32_t old = in->a;
            in->a = CD_NONE;
            expect_refused("operand a is out of range");
            in->a = old;
        }
    }
}

Test(verify, every_register_has_one_type)
{
    uint32_t types = (uint32_t)img.types.n;
    for (size_t r = 0; r < img.regs.n; r++) {
        uint32_t old = img.regs.items[r].type;
        for (uint32_t t = 0; t < types; t++) {
            if (t == old) {
                continue;
            }
            img.regs.items[r].type = t;
            cr_assert_eq(verify(), CORDON_ECORRUPT, "register %zu as type %u", r, t);
            img.regs.items[r].type = old;
        }
    }
}

Test(verify, every_register_has_one_domain)
{
    for (size_t r = 0; r < img.regs.n; r++) {
        uint32_t old = img.regs.items[r].domain;
        for (uint32_t d = 0; d < img.domains.n; d++) {
            if (d != old) {
                img.regs.items[r].domain = d;
                cr_assert_eq(verify(), CORDON_ECORRUPT, "register %zu in domain %u", r, d);
                img.regs.items[r].domain = old;
            }
        }
    }
}

static struct cd_insn *
insn(enum cd_op op, unsigned n)
{
    uint32_t at = sample_insn(&img, op, n);
    cr_assert_lt(at, img.code.n);
    return &img.code.items[at];
}

Test(verify, a_register_is_written_before_it_is_read)
{
    struct cd_insn *eq = insn(CD_OP_EQ, 0);
    struct cd_insn *not = insn(CD_OP_NOT, 0);
    struct cd_insn swap = *eq;
    *eq = *not ;
    *not = swap;
    expect_refused("not yet written");
}

Test(verify, a_register_is_written_once)
{
    insn(CD_OP_NOT, 0)->d = insn(CD_OP_EQ, 0)->d;
    expect_refused("written already");
}

Test(verify, every_register_is_written)
{
    struct cd_reg copy = img.regs.items[0];
    *CD_PUSH(&arena, img.regs.items, img.regs.n, img.regs.cap) = copy;
    expect_refused("never written");
}

Test(verify, every_domain_is_opened)
{
    *CD_PUSH(&arena, img.domains.items, img.domains.n, img.domains.cap) =
        (struct cd_domain){CD_DOMAIN_LOOP, SAMPLE_RULE, CD_NONE};
    expect_refused("never opened");
}

Test(verify, a_result_is_read_after_its_loop)
{
    struct cd_insn *end = insn(CD_OP_ENDLOOP, 0);
    struct cd_insn *verdict = insn(CD_OP_VERDICT, 0);
    cr_assert_eq(verdict, end + 1);
    struct cd_insn swap = *end;
    *end = *verdict;
    *verdict = swap;
    expect_refused("wrong place");
}

Test(verify, loops_end_where_they_began)
{
    insn(CD_OP_ENDLOOP, 0)->b = SAMPLE_PROBE;
    expect_refused("not the innermost open one");
}

Test(verify, a_loop_is_opened_in_its_parent)
{
    struct cd_insn *loop = insn(CD_OP_LOOP, 0);
    loop->b = SAMPLE_PROBE;
    img.regs.items[loop->d].domain = SAMPLE_PROBE;
    expect_refused("no loop of this domain");
}

Test(verify, a_section_ends_outside_its_loops)
{
    struct cd_insn *end = insn(CD_OP_ENDLOOP, 0);
    struct cd_insn *all = insn(CD_OP_ALL, 0);
    *end = *all;
    uint32_t r = all->d;
    struct cd_reg copy = img.regs.items[r];
    *CD_PUSH(&arena, img.regs.items, img.regs.n, img.regs.cap) = copy;
    end->d = (uint32_t)img.regs.n - 1;
    insn(CD_OP_VERDICT, 0)->op = CD_OP_NOT;
    cr_assert_eq(verify(), CORDON_ECORRUPT);
}

Test(verify, a_reduction_stands_in_a_loop)
{
    struct cd_insn *check = insn(CD_OP_LE, 0);
    check->op = CD_OP_ANY;
    check->b = 0;
    check->a = check->d;
    cr_assert_eq(verify(), CORDON_ECORRUPT);
}

Test(verify, bcast_reads_an_outer_domain)
{
    insn(CD_OP_BCAST, 0)->a = insn(CD_OP_FIELD, 1)->d;
    expect_refused("not of an outer domain");
}

Test(verify, instructions_have_their_places)
{
    static const struct {
        enum cd_op op;
        uint32_t a, b;
    } strangers[] = {
        {CD_OP_CONST, 3, 0}, {CD_OP_PARAM, 0, 0}, {CD_OP_UNKNOWN, 0, 0}, {CD_OP_TABLE, 0, 0},
        {CD_OP_ROOT, 0, 0},  {CD_OP_KEY, 0, 0},   {CD_OP_ASKED, 0, 0},
    };
    struct cd_insn *in = insn(CD_OP_FIELD, 1); /* inside a loop */
    struct cd_insn old = *in;
    for (size_t i = 0; i < CD_ARRAY_LEN(strangers); i++) {
        *in = (struct cd_insn){
            .op = (uint16_t)strangers[i].op, .d = old.d, .a = strangers[i].a, .b = strangers[i].b};
        expect_refused("wrong place");
    }
}

Test(verify, questions_are_about_rows_and_requests)
{
    static const enum cd_op questions[] = {CD_OP_CAN, CD_OP_ALLOWS, CD_OP_DENIES, CD_OP_BECOMES};
    struct cd_insn *in = insn(CD_OP_EQ, 0); /* of texts */
    in->c = CD_NONE;
    for (size_t i = 0; i < CD_ARRAY_LEN(questions); i++) {
        in->op = (uint16_t)questions[i];
        expect_refused("types are wrong");
    }
    *in = (struct cd_insn){.op = CD_OP_WHENJOIN, .d = in->d, .a = in->a, .b = CD_NONE, .c = 3};
    expect_refused("operand c is out of range");
}

Test(verify, a_table_section_begins_with_its_rows)
{
    struct cd_insn *root = insn(CD_OP_ROOT, 0);
    root->op = CD_OP_ENV;
    expect_refused("does not begin with its rows");
}

Test(verify, answers_are_given_once)
{
    insn(CD_OP_VERDICT, 1)->c = 0;
    cr_assert_eq(verify(), CORDON_ECORRUPT);
    sample_image(&img, &arena);
    img.requires.items[1].has_message = 1;
    expect_refused("no answer, or no message");
    sample_image(&img, &arena);
    insn(CD_OP_FIRE, 0)->op = CD_OP_CHECK;
    cr_assert_eq(verify(), CORDON_ECORRUPT);
}

Test(verify, reserved_bits_are_zero)
{
    img.code.items[0].zero = 1;
    expect_refused("zero is out of range");
}

Test(verify, observes_conditions_of_any_number_below_the_limit)
{
    struct cd_insn *not = insn(CD_OP_NOT, 0);
    *not = (struct cd_insn){.op = CD_OP_OBSERVE, .d = not ->d, .a = not ->a, .b = CD_NONE, .c = 7};
    cr_assert_eq(verify(), CORDON_OK);
    not ->c = CD_LIMIT_ITEMS;
    expect_refused("operand c is out of range");
    not ->c = 0;
    not ->b = not ->a;
    cr_assert_eq(verify(), CORDON_OK);
    not ->a = CD_NONE;
    expect_refused("operand a is out of range");
}
