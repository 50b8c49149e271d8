/* `cordon version`. */
#include <unistd.h>

#include "compiler/cli/verbs.h"
#include "cordon/version.h"
#include "runtime/bc/program.h"
#include "runtime/driver/options.h"
#include "runtime/schema/schema.h"

int
cd_verb_version(int argc, char **argv)
{
    const struct cd_usage usage = {
        "cordon version",
        "",
        "Prints the version, the edition of the language, and the origin of the built-in tables.",
        NULL,
        0,
        NULL};
    size_t n;
    int code;
    if (!cd_options_read(&usage, argc, argv, &n, &code)) {
        return code;
    }
    if (n != 0) {
        return cd_usage_error(&usage, "it takes no arguments, and %s is one", argv[1]);
    }
    struct cd_out out;
    cd_out_init(&out, STDOUT_FILENO, "standard output");
    cd_out_printf(&out, "cordon %s (language edition %d)\n", CORDON_VERSION,
                  (int)CD_LANGUAGE_EDITION);
    for (uint32_t i = 0; i < cd_schema_n_sources(); i++) {
        struct cd_schema_source s = cd_schema_source_at(i);
        cd_out_printf(&out, "  %.*s %.*s, %.*s, %.*s\n", CD_FMT(s.name), CD_FMT(s.version),
                      CD_FMT(s.date), CD_FMT(s.licence));
    }
    return cd_cli_finish(&out, CD_EXIT_HOLDS);
}
