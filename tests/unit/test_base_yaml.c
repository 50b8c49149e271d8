/* YAML as trees: kinds, places, and what is refused. */
#include "runtime/base/yaml.h"
#include "tests/unit/arena_fixture.h"

static struct cordon_error err;

TestSuite(yaml, .init = fx_arena_begin, .fini = fx_arena_end);

static struct cd_yaml
read_text(const char *text)
{
    struct cd_yaml y;
    cr_assert_eq(cd_yaml_read(&arena, CD_STR("f.yaml"), cd_str_of(text), &y, &err), CORDON_OK, "%s",
                 err.message);
    return y;
}

static void
refuses(const char *text, const char *message)
{
    struct cd_yaml y;
    cr_assert_eq(cd_yaml_read(&arena, CD_STR("f.yaml"), cd_str_of(text), &y, &err), CORDON_EINPUT);
    cr_assert_str_eq(err.message, message);
}

Test(yaml, kinds_and_places)
{
    struct cd_yaml y = read_text("a: 1\nb: \"1\"\nc: [x, ~]\nd: {e: null}\n");
    cr_assert_eq(y.kind, CD_YAML_MAP);
    cr_assert_eq(y.n, 4);
    cr_assert(cd_str_eq(y.keys[3].text, CD_STR("d")));
    const struct cd_yaml *b = cd_yaml_get(&y, CD_STR("b"));
    cr_assert_eq(cd_yaml_get(&y, CD_STR("a"))->kind, CD_YAML_PLAIN);
    cr_assert_eq(b->kind, CD_YAML_QUOTED);
    cr_assert_eq(b->line, 2);
    cr_assert_eq(b->column, 4);
    const struct cd_yaml *c = cd_yaml_get(&y, CD_STR("c"));
    cr_assert_eq(c->kind, CD_YAML_LIST);
    cr_assert_eq(c->n, 2);
    cr_assert_eq(c->items[1].kind, CD_YAML_NULL);
    cr_assert_null(cd_yaml_get(c, CD_STR("x")));
    const struct cd_yaml *d = cd_yaml_get(&y, CD_STR("d"));
    cr_assert_eq(cd_yaml_get(d, CD_STR("e"))->kind, CD_YAML_NULL);
}

Test(yaml, empty_files_are_null)
{
    cr_assert_eq(read_text("").kind, CD_YAML_NULL);
    cr_assert_eq(read_text("# nothing\n").kind, CD_YAML_NULL);
    cr_assert_eq(read_text("---\n").kind, CD_YAML_NULL);
}

Test(yaml, refuses)
{
    refuses("a: 1\na: 2\n", "f.yaml:2:1: this name stands twice");
    refuses("a: &x 1\nb: *x\n", "f.yaml:2:4: aliases are not read here");
    refuses("a: 1\n---\nb: 2\n", "f.yaml:2:1: one document is expected");
    refuses("[x]: 1\n", "f.yaml:1:1: a name was expected here");
    refuses("a: [1\n", "f.yaml:2:1: did not find expected ',' or ']'");
}

Test(yaml, depth_has_a_limit)
{
    char deep[2 * CD_YAML_DEPTH + 8];
    struct cd_yaml y;
    memset(deep, '[', sizeof deep);
    cr_assert_eq(cd_yaml_read(&arena, CD_STR("f"), (struct cd_str){deep, sizeof deep}, &y, &err),
                 CORDON_EINPUT);
}
