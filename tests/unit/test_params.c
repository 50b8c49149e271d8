/* Parameters: names, types, refinements, and what is said of wrong ones. */
#include <criterion/criterion.h>
#include <setjmp.h>

#include "runtime/bc/build.h"
#include "runtime/vm/params.h"

static struct cd_arena arena;
static jmp_buf oom;
static struct cd_image img;
static struct cd_builder b;
static struct cd_params *params;
static struct cd_bound_params bound;
static struct cordon_error err;

static void
param(const char *name, uint32_t type, enum cd_refine refine)
{
    struct cd_param *p = CD_BUILD_PUSH(&b, params);
    *p = (struct cd_param){cd_build_cstr(&b, name), type, refine, CD_NONE, 0};
}

enum { ALLOWED, DAYS, FROM, LIMIT, NETS, STRICT, OWNER, OTHER_LIMIT };

static void
setup(void)
{
    cd_arena_init(&arena);
    arena.on_oom = &oom;
    img.arena = &arena;
    cd_build_init(&b, &img);
    uint32_t string = cd_build_simple_type(&b, CD_KIND_STRING);
    param("acme.a.allowed", cd_build_list_type(&b, string, true), CD_REFINE_REGION);
    param("acme.a.days", cd_build_simple_type(&b, CD_KIND_DURATION), CD_REFINE_NONE);
    param("acme.a.from", cd_build_simple_type(&b, CD_KIND_TIME), CD_REFINE_NONE);
    param("acme.a.limit", cd_build_simple_type(&b, CD_KIND_NUMBER), CD_REFINE_NONE);
    param("acme.a.nets", cd_build_map_type(&b, string), CD_REFINE_CIDR);
    param("acme.a.strict", cd_build_simple_type(&b, CD_KIND_BOOL), CD_REFINE_NONE);
    param("acme.b.owner", string, CD_REFINE_ACCOUNT);
    param("acme.b.limit", cd_build_simple_type(&b, CD_KIND_NUMBER), CD_REFINE_NONE);
    cr_assert_eq(cd_params_new(&params), CORDON_OK);
}

static void
teardown(void)
{
    cd_params_free(params);
    cd_build_finish(&b);
    cd_arena_finish(&arena);
}

TestSuite(params, .init = setup, .fini = teardown);

static cordon_status
give(const char *text)
{
    cordon_status status = cd_params_add_text(params, cd_str_of(text), &err);
    return status == CORDON_OK ? cd_params_bind(params, &img, &arena, &bound, &err) : status;
}

static cordon_status
give_yaml(const char *text)
{
    cordon_status status = cd_params_add_yaml(params, CD_STR("p.yaml"), cd_str_of(text), &err);
    return status == CORDON_OK ? cd_params_bind(params, &img, &arena, &bound, &err) : status;
}

static const struct cd_constant *
value(uint32_t p)
{
    cr_assert(bound.values[p] != CD_NONE);
    return &bound.consts.consts.items[bound.values[p]];
}

static struct cd_str
text_of(uint32_t constant)
{
    return bound.consts.strings.items[bound.consts.consts.items[constant].value];
}

static double
number(uint32_t p)
{
    double d;
    memcpy(&d, &value(p)->value, sizeof d);
    return d;
}

Test(params, of_the_command_line)
{
    cr_assert_eq(give("allowed=[\"eu-west-1\",\"eu-central-1\",\"eu-west-1\"]"), CORDON_OK, "%s",
                 err.message);
    cr_assert_eq(give("days=1d12h"), CORDON_OK, "%s", err.message);
    cr_assert_eq(give("from=2027-03-31"), CORDON_OK, "%s", err.message);
    cr_assert_eq(give("acme.a.limit=-1.5"), CORDON_OK, "%s", err.message);
    cr_assert_eq(give("nets={\"office\":\"10.0.0.0/8\"}"), CORDON_OK, "%s", err.message);
    cr_assert_eq(give("strict=true"), CORDON_OK, "%s", err.message);
    cr_assert_eq(give("owner=011122223333"), CORDON_OK, "%s", err.message);
    cr_expect_eq(value(ALLOWED)->n, 2u); /* a set */
    cr_expect(cd_str_eq(text_of(bound.consts.const_items.items[value(ALLOWED)->value + 1]),
                        CD_STR("eu-central-1")));
    cr_expect_eq(value(DAYS)->value, 36u * 3600 * 1000);
    cr_expect_eq(value(FROM)->value, 1806451200000u);
    cr_expect_eq(number(LIMIT), -1.5);
    cr_expect_eq(value(NETS)->n, 1u);
    cr_expect_eq(value(STRICT)->value, 1u);
    cr_expect(cd_str_eq(text_of(bound.values[OWNER]), CD_STR("011122223333")));
    cr_expect_eq(bound.values[OTHER_LIMIT], CD_NONE);
}

Test(params, the_last_value_counts)
{
    cr_assert_eq(give_yaml("acme.b.limit: 1\n"), CORDON_OK, "%s", err.message);
    cr_assert_eq(give("acme.b.limit=2"), CORDON_OK, "%s", err.message);
    cr_expect_eq(number(OTHER_LIMIT), 2);
}

Test(params, of_a_file)
{
    cr_assert_eq(give_yaml("# ours\nallowed: [eu-west-1, \"eu-north-1\"]\nacme:\n  b:\n    owner: "
                           "111122223333\n    limit: 7\n"
                           "acme.a.strict: false\ndays: 90d\nnets:\n  lab: 10.1.0.0/16\n"),
                 CORDON_OK, "%s", err.message);
    cr_expect_eq(value(ALLOWED)->n, 2u);
    cr_expect(cd_str_eq(text_of(bound.values[OWNER]), CD_STR("111122223333")));
    cr_expect_eq(number(OTHER_LIMIT), 7);
    cr_expect_eq(value(STRICT)->value, 0u);
    cr_expect_eq(value(NETS)->n, 1u);
    cr_assert_eq(give_yaml(""), CORDON_OK, "%s", err.message);
}

/* Each is refused with a message that holds the words. */
Test(params, wrong_values)
{
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"alowed=[]", "did you mean allowed?"},
        {"limit=3", "may be acme.a.limit or acme.b.limit"},
        {"acme.c.limit=3", "there is no parameter acme.c.limit"},
        {"allowed=[\"eu-west-9\"]", "\"eu-west-9\" is not a region"},
        {"allowed=eu-west-1", "a set is expected, in JSON"},
        {"allowed=[1]", "a string is expected, in quotes"},
        {"allowed=[\"eu-west-1\"", "this is not JSON, at byte 12"},
        {"allowed=[\"eu-west-1\\u0000\"]", "U+0000"},
        {"nets={\"x\":\"10.0.0.0/8\",\"x\":\"10.0.0.0/9\"}", "a key stands twice"},
        {"owner=\x1B[31m", "\"?[31m\" is not an account"},
        {"own\xFF"
         "er=1",
         "--param own…: byte 3 is not UTF-8"},
        {"allowed=\"eu-west-1\"", "a set is expected"},
        {"days=90", "a duration is expected"},
        {"days=5m1h", "a duration is expected"},
        {"from=31.3.2027", "a date or time is expected"},
        {"acme.a.limit=many", "a number is expected"},
        {"acme.a.limit=1e400", "a number is expected"},
        {"strict=yes", "true or false is expected"},
        {"owner=12345", "twelve digits"},
        {"nets={\"x\":\"10.0.0.1/33\"}", "is not a network"},
        {"nets=[]", "a map is expected"},
        {"limit", "write name=value"},
    };
    for (size_t i = 0; i < CD_ARRAY_LEN(cases); i++) {
        cd_params_free(params);
        cr_assert_eq(cd_params_new(&params), CORDON_OK);
        cordon_status status = give(cases[i].text);
        cr_expect(status == CORDON_EINPUT || status == CORDON_EUSAGE, "%s", cases[i].text);
        cr_expect(strstr(err.message, cases[i].words), "%s: %s", cases[i].text, err.message);
    }
}

/* Of a long value the message shows the beginning, up to a whole character. */
Test(params, a_long_wrong_value)
{
    char text[600] = "owner=a";
    for (size_t n = strlen(text); n + 2 < sizeof text; n += 2) {
        memcpy(text + n, "ä", 3);
    }
    cr_assert_eq(give(text), CORDON_EINPUT);
    cr_expect(strstr(err.message, "ä…\" is not an account: twelve digits are expected"), "%s",
              err.message);
    cr_expect_eq(cd_utf8_check(cd_str_of(err.message)), strlen(err.message));
}

/* A set of as many as a large organization has, most of them twice. */
Test(params, large_collections, .timeout = 10)
{
    struct cd_buf text = CD_BUF_INIT;
    cd_buf_puts(&text, "allowed:\n");
    for (unsigned i = 0; i < 200000; i++) {
        cd_buf_printf(&text, "  - %s\n", i % 3 != 0 ? "eu-west-1" : "eu-central-1");
    }
    cd_buf_puts(&text, "nets:\n");
    for (unsigned i = 0; i < 200000; i++) {
        cd_buf_printf(&text, "  n%u: 10.0.0.0/8\n", i);
    }
    cr_assert_eq(cd_params_add_yaml(params, CD_STR("p.yaml"), cd_buf_view(&text), &err), CORDON_OK);
    cr_assert_eq(cd_params_bind(params, &img, &arena, &bound, &err), CORDON_OK, "%s", err.message);
    cr_expect_eq(value(ALLOWED)->n, 2u);
    cr_expect(cd_str_eq(text_of(bound.consts.const_items.items[value(ALLOWED)->value]),
                        CD_STR("eu-central-1")));
    cr_expect_eq(value(NETS)->n, 200000u);
    cd_buf_finish(&text);
}

Test(params, wrong_files)
{
    static const char *const cases[] = {"a: [",
                                        "- 1",
                                        "just text",
                                        "strict: true\nstrict: false\n",
                                        "a: &x 1\nb: *x\n",
                                        "strict: true\n---\nstrict: true\n",
                                        "strict: ~\n",
                                        "strict: \"true\"\n",
                                        "allowed: {a: b}\n",
                                        "\xFF: 1\n"};
    for (size_t i = 0; i < CD_ARRAY_LEN(cases); i++) {
        cd_params_free(params);
        cr_assert_eq(cd_params_new(&params), CORDON_OK);
        cr_expect_eq(give_yaml(cases[i]), CORDON_EINPUT, "%s", cases[i]);
    }
}
