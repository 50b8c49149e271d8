/* Files, folders, output streams, and what is said when they fail. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/file.h"

static char folder[] = "/tmp/cordon-file-XXXXXX";
static struct cd_arena arena;
static struct cordon_error err;

static void
setup(void)
{
    cr_assert_not_null(mkdtemp(folder));
    cr_assert_eq(chdir(folder), 0);
    cd_arena_init(&arena);
}

static void
teardown(void)
{
    cd_arena_finish(&arena);
    cr_assert_eq(chdir("/"), 0);
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    cr_assert_eq(system(command), 0);
}

TestSuite(file, .init = setup, .fini = teardown);

static size_t
n_files(void)
{
    const char **paths;
    size_t n;
    cr_assert_eq(cd_dir_list(".", "", &arena, &paths, &n, &err), CORDON_OK);
    return n;
}

Test(file, what_is_written_is_read)
{
    struct cd_str s;
    cr_assert_eq(cd_file_write("a", CD_STR("one\0two"), &err), CORDON_OK);
    cr_assert_eq(cd_file_read("a", 100, &arena, &s, &err), CORDON_OK);
    cr_assert(cd_str_eq(s, CD_STR("one\0two")));
    cr_assert_eq(s.p[s.n], '\0');
    cr_assert_eq(cd_file_write("a", CD_STR(""), &err), CORDON_OK);
    cr_assert_eq(cd_file_read("a", 100, &arena, &s, &err), CORDON_OK);
    cr_assert_eq(s.n, 0);
    cr_assert_not_null(s.p);
    cr_assert_eq(n_files(), 1, "nothing is left aside");
}

Test(file, a_rewritten_file_keeps_its_mode_and_links)
{
    struct stat st;
    cr_assert_eq(cd_file_write("a", CD_STR("1"), &err), CORDON_OK);
    cr_assert_eq(chmod("a", 0640), 0);
    cr_assert_eq(symlink("a", "link"), 0);
    cr_assert_eq(cd_file_write("link", CD_STR("2"), &err), CORDON_OK);
    cr_assert_eq(lstat("link", &st), 0);
    cr_assert(S_ISLNK(st.st_mode));
    cr_assert_eq(stat("a", &st), 0);
    cr_assert_eq(st.st_mode & 0777, 0640);
}

Test(file, failures_name_the_path_and_the_reason)
{
    struct cd_str s;
    cr_assert_eq(cd_file_read("missing.cordon", 9, &arena, &s, &err), CORDON_EIO);
    cr_assert_str_eq(err.message, "cannot read missing.cordon: No such file or directory");
    cr_assert_eq(cd_file_read(".", 9, &arena, &s, &err), CORDON_EIO);
    cr_assert_str_eq(err.message, "cannot read .: Is a directory");
    cr_assert_eq(cd_file_write("no/such/x", CD_STR("1"), &err), CORDON_EIO);
    cr_assert_str_eq(err.message, "cannot write no/such/x: No such file or directory");
    cr_assert_eq(cd_file_write("/dev/full", CD_STR("1"), &err), CORDON_EIO);
    cr_assert_str_eq(err.message, "cannot write /dev/full: No space left on device");
}

Test(file, limit_holds)
{
    struct cd_str s;
    cr_assert_eq(cd_file_write("a", CD_STR("12345"), &err), CORDON_OK);
    cr_assert_eq(cd_file_read("a", 5, &arena, &s, &err), CORDON_OK);
    cr_assert_eq(cd_file_read("a", 4, &arena, &s, &err), CORDON_ELIMIT);
    cr_assert_eq(cd_file_read("/dev/zero", 1000000, &arena, &s, &err), CORDON_ELIMIT);
}

Test(file, folders)
{
    const char **paths;
    size_t n;
    cr_assert_eq(cd_dir_make("x/y/z", &err), CORDON_OK);
    cr_assert_eq(cd_dir_make("x/y/z/", &err), CORDON_OK, "is there already");
    cr_assert(cd_path_is_dir("x/y/z"));
    cr_assert_eq(cd_file_write("x/b.cordon", CD_STR(""), &err), CORDON_OK);
    cr_assert_eq(cd_file_write("x/y/a.cordon", CD_STR(""), &err), CORDON_OK);
    cr_assert_eq(cd_file_write("x/y/z/c.json", CD_STR(""), &err), CORDON_OK);
    cr_assert_eq(symlink("../..", "x/y/loop"), 0);
    cr_assert_eq(cd_dir_list("x", ".cordon", &arena, &paths, &n, &err), CORDON_OK);
    cr_assert_eq(n, 2);
    cr_assert_str_eq(paths[0], "x/b.cordon");
    cr_assert_str_eq(paths[1], "x/y/a.cordon");
    cr_assert_eq(cd_dir_make("x/b.cordon/d", &err), CORDON_EIO);
    cr_assert_eq(cd_dir_list("nowhere", "", &arena, &paths, &n, &err), CORDON_EIO);
}

Test(file, stream)
{
    struct cd_out o;
    struct cd_str s;
    int fd = open("out", O_WRONLY | O_CREAT, 0666);
    cd_out_init(&o, fd, "out");
    for (int i = 0; i < 20000; i++) {
        cd_out_printf(&o, "%08d\n", i);
    }
    struct cd_buf b = CD_BUF_INIT;
    cd_buf_puts(&b, "end");
    cd_out_buf(&o, &b);
    cr_assert_eq(b.n, 0);
    cd_buf_finish(&b);
    cr_assert_eq(cd_out_finish(&o, &err), CORDON_OK);
    close(fd);
    cr_assert_eq(cd_file_read("out", 1000000, &arena, &s, &err), CORDON_OK);
    cr_assert_eq(s.n, 20000 * 9 + 3);
    cr_assert(cd_str_ends(s, CD_STR("00019999\nend")));
}

Test(file, a_stream_that_is_held_back_can_be_dropped)
{
    struct cd_out o;
    char got[16];
    int fds[2];
    cr_assert_eq(pipe(fds), 0);
    cd_out_init(&o, fds[1], "pipe");
    cd_out_hold(&o, (size_t)1 << 20);
    for (int i = 0; i < 100000; i++) { /* more than a pipe takes: it would wait */
        cd_out_puts(&o, "0123456789");
    }
    cd_out_drop(&o);
    cd_out_puts(&o, "kept");
    cr_assert_eq(cd_out_finish(&o, &err), CORDON_OK);
    cr_expect_eq(read(fds[0], got, sizeof got), 4);
    close(fds[0]);
    close(fds[1]);
}

Test(file, stream_remembers_its_failure)
{
    struct cd_out o;
    int fd = open("/dev/full", O_WRONLY);
    cd_out_init(&o, fd, "standard output");
    for (int i = 0; i < 20000; i++) {
        cd_out_puts(&o, "0123456789");
    }
    cr_assert_eq(cd_out_finish(&o, &err), CORDON_EIO);
    cr_assert_str_eq(err.message, "cannot write standard output: No space left on device");
    close(fd);
}

Test(file, stream_to_a_closed_pipe)
{
    int fds[2];
    struct cd_out o;
    signal(SIGPIPE, SIG_IGN);
    cr_assert_eq(pipe(fds), 0);
    close(fds[0]);
    cd_out_init(&o, fds[1], "standard output");
    cd_out_puts(&o, "x");
    cr_assert_eq(cd_out_finish(&o, &err), CORDON_EIO);
    cr_assert_str_eq(err.message, "cannot write standard output: Broken pipe");
    close(fds[1]);
}

Test(status, long_messages_are_cut_at_a_character)
{
    struct cordon_error e = {.code = CORDON_OK};
    char text[700];
    for (size_t i = 0; i + 1 < sizeof text; i += 2) {
        memcpy(text + i, "\xC3\xA9", 2);
    }
    text[sizeof text - 1] = '\0';
    text[sizeof text - 2] = '\0';
    cr_assert_eq(cordon_fail(&e, CORDON_ELIMIT, 7, "%s", text), CORDON_ELIMIT);
    cr_assert_eq(e.code, CORDON_ELIMIT);
    cr_assert_eq(e.offset, 7);
    struct cd_str message = cd_str_of(e.message);
    cr_assert_eq(cd_utf8_check(message), message.n);
    cr_assert(message.n >= 508);
    cr_assert_eq(cordon_fail(NULL, CORDON_EIO, 0, "x"), CORDON_EIO);
}

Test(file, several_are_written_all_or_none)
{
    const struct cd_file_bytes both[] = {{"a", CD_STR_INIT("new a")}, {"b", CD_STR_INIT("new b")}};
    const struct cd_file_bytes three[] = {
        {"a", CD_STR_INIT("x")}, {"b", CD_STR_INIT("y")}, {"dir", CD_STR_INIT("z")}};
    struct cd_str s;
    cr_assert_eq(cd_file_write("a", CD_STR("old a"), &err), CORDON_OK);
    cr_assert_eq(cd_files_write(both, 2, &err), CORDON_OK);
    cr_assert_eq(cd_file_read("a", 100, &arena, &s, &err), CORDON_OK);
    cr_assert(cd_str_eq(s, CD_STR("new a")));
    cr_assert_eq(n_files(), 2, "nothing is left aside");
    cr_assert_eq(mkdir("dir", 0755), 0);
    cr_assert_eq(cd_files_write(three, 3, &err), CORDON_EIO);
    cr_assert_str_eq(err.message, "cannot write dir: Is a directory");
    cr_assert_eq(cd_file_read("b", 100, &arena, &s, &err), CORDON_OK);
    cr_assert(cd_str_eq(s, CD_STR("new b")));
    cr_assert_eq(n_files(), 2, "nothing is left aside");
}

Test(file, one_that_cannot_be_written_leaves_all_as_they_were)
{
    const struct cd_file_bytes files[] = {{"a", CD_STR_INIT("one")}, {"sub/b", CD_STR_INIT("two")}};
    struct cd_str s;
    cr_assert_eq(cd_file_write("a", CD_STR("old a"), &err), CORDON_OK);
    cr_assert_eq(cd_files_write(files, 2, &err), CORDON_EIO, "there is no folder sub");
    cr_assert_eq(cd_file_read("a", 100, &arena, &s, &err), CORDON_OK);
    cr_assert(cd_str_eq(s, CD_STR("old a")));
    cr_assert_eq(n_files(), 1, "nothing is left aside");
}
